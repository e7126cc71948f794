//! What a plan becomes: the body of a request.

use super::request::Written;
use super::{Action, Plan, Write};
use crate::clock;
use crate::codec::name;
use crate::error::Result;
use crate::handle::{Body, DELETE_ITEM, Operation, PUT_ITEM, TRANSACT_WRITE_ITEMS, UPDATE_ITEM};
use crate::json::{write_name, write_text, write_value};
use crate::key::PrimaryKey;

/// How much room a request takes beside its rows.
const FRAME_BYTES: usize = 512;

impl Plan {
    /// The body of the one request that the plan is; a transaction has a token of its own. The entity is for errors.
    ///
    /// # Errors
    /// [`Error::Expression`](crate::Error::Expression).
    pub(super) fn body(&self, table: &str, entity: &'static str) -> Result<Body> {
        let rows = self.actions.iter().map(|action| FRAME_BYTES + action.write.row().map_or(0, |row| row.as_str().len()));
        let mut out = String::with_capacity(rows.sum());
        out.push('{');
        let operation = match &self.actions[..] {
            [action] if !self.is_transaction() => {
                action.write_members(&mut out, table, entity)?;
                if let Some(returns) = &self.returns {
                    write_member(&mut out, "ReturnValues", returns.as_str());
                }
                action.operation()
            }
            actions => {
                write_name(&mut out, "TransactItems");
                out.push('[');
                for (number, action) in actions.iter().enumerate() {
                    out.push_str(if number > 0 { ",{" } else { "{" });
                    write_name(&mut out, action.name());
                    out.push('{');
                    action.write_members(&mut out, table, entity)?;
                    out.push_str("}}");
                }
                out.push(']');
                write_member(&mut out, "ClientRequestToken", &clock::token());
                TRANSACT_WRITE_ITEMS
            }
        };
        write_member(&mut out, "ReturnConsumedCapacity", "TOTAL");
        out.push('}');
        Ok(Body::new(operation, out))
    }
}

impl Action {
    fn operation(&self) -> Operation {
        match self.write {
            Write::Put(_) => PUT_ITEM,
            Write::Delete(_) => DELETE_ITEM,
            Write::Change(_) => UPDATE_ITEM,
            Write::Check(_) => unreachable!("a check is always part of a transaction"),
        }
    }

    /// What it is called in a transaction.
    fn name(&self) -> &'static str {
        match self.write {
            Write::Put(_) => "Put",
            Write::Delete(_) => "Delete",
            Write::Change(_) => "Update",
            Write::Check(_) => "ConditionCheck",
        }
    }

    fn write_members(&self, out: &mut String, table: &str, entity: &'static str) -> Result<()> {
        let Written { update, condition, expression, returned } = Written::new(self, entity)?;
        write_member(out, "TableName", table);
        match &self.write {
            Write::Put(row) => {
                write_name(out, "Item");
                out.push_str(row.as_str());
            }
            Write::Delete(key) | Write::Check(key) => write_key(out, key),
            Write::Change(change) => write_key(out, &change.key),
        }
        if let Some(update) = update {
            write_member(out, "UpdateExpression", &update);
        }
        if let Some(condition) = condition {
            write_member(out, "ConditionExpression", &condition);
        }
        // DynamoDB refuses empty ones.
        if !expression.names.is_empty() {
            write_name(out, "ExpressionAttributeNames");
            out.push('{');
            for (number, name) in expression.names.iter().enumerate() {
                write_member(out, &format!("#n{number}"), name);
            }
            out.push('}');
        }
        if !expression.values.is_empty() {
            write_name(out, "ExpressionAttributeValues");
            out.push('{');
            for (number, value) in expression.values.iter().enumerate() {
                write_name(out, &format!(":v{number}"));
                write_value(out, value);
            }
            out.push('}');
        }
        if let Some(returned) = returned {
            write_member(out, "ReturnValuesOnConditionCheckFailure", returned.as_str());
        }
        Ok(())
    }
}

fn write_member(out: &mut String, name: &str, value: &str) {
    write_name(out, name);
    write_text(out, value);
}

/// Writes the key of the row that an action is about.
fn write_key(out: &mut String, key: &PrimaryKey) {
    write_name(out, "Key");
    out.push('{');
    for (name, text) in [(name::PK, &key.pk), (name::SK, &key.sk)] {
        write_name(out, name);
        out.push_str("{\"S\":");
        write_text(out, text);
        out.push('}');
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use aws_sdk_dynamodb::config::{ConfigBag, RuntimePlugin};
    use aws_sdk_dynamodb::operation::{
        delete_item::DeleteItem, put_item::PutItem, transact_write_items::TransactWriteItems, update_item::UpdateItem,
    };
    use aws_sdk_dynamodb::primitives::Blob;
    use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
    use aws_smithy_runtime_api::client::interceptors::context::Input;
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use aws_smithy_runtime_api::client::ser_de::{SerializeRequest, SharedRequestSerializer};
    use serde_json::Value;

    use super::*;
    use crate::error::Item;
    use crate::expr::{Node, Step};
    use crate::handle::key_item;
    use crate::plan::{Failure, WriteRequest};

    /// A request as the SDK writes it.
    fn by_the_sdk(operation: impl RuntimePlugin, input: Input) -> HttpRequest {
        let layer = operation.config().expect("an operation's configuration");
        let serializer = layer.load::<SharedRequestSerializer>().expect("an operation's serializer");
        serializer.serialize_input(input, &mut ConfigBag::base()).expect("a request")
    }

    /// What a request says, but for a token and the length that hangs on it.
    fn said(request: &HttpRequest) -> (String, String, BTreeMap<String, String>, Value) {
        let headers = request.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers = headers.filter(|(name, _)| name != "content-length").collect();
        let mut body: Value = serde_json::from_slice(request.body().bytes().expect("bytes")).expect("JSON");
        body.as_object_mut().expect("an object").remove("ClientRequestToken");
        (request.method().to_owned(), request.uri().to_owned(), headers, body)
    }

    fn is_what_the_sdk_writes(plan: &Plan) {
        let ours = plan.body("the \"table\"", "Thing").expect("a body").serialize_input(Input::erase(()), &mut ConfigBag::base());
        let theirs = match plan.clone().into_request("the \"table\"", "Thing").expect("a request") {
            WriteRequest::PutItem(input) => by_the_sdk(PutItem::new(), Input::erase(*input)),
            WriteRequest::DeleteItem(input) => by_the_sdk(DeleteItem::new(), Input::erase(*input)),
            WriteRequest::UpdateItem(input) => by_the_sdk(UpdateItem::new(), Input::erase(*input)),
            WriteRequest::TransactWriteItems(input) => by_the_sdk(TransactWriteItems::new(), Input::erase(*input)),
        };
        let ours = ours.expect("a request");
        assert_eq!(said(&ours), said(&theirs));
        let length = ours.headers().get("content-length").and_then(|length| length.parse().ok());
        assert_eq!(length, ours.body().bytes().map(<[u8]>::len));
    }

    fn key(sk: &str) -> PrimaryKey {
        PrimaryKey { pk: "Thing#\"é\\\u{1}".to_owned(), sk: sk.to_owned() }
    }

    fn row(sk: &str) -> Item {
        let nested = AttributeValue::M(Item::from([("\n".to_owned(), AttributeValue::L(vec![AttributeValue::Null(true)]))]));
        let own = [("bytes", AttributeValue::B(Blob::new([0, 255]))), ("nested", nested), ("set", AttributeValue::Ns(vec!["1e5".into()]))];
        key_item(key(sk)).into_iter().chain(own.map(|(name, value)| (name.to_owned(), value))).collect()
    }

    #[test]
    fn a_body_is_what_the_sdk_would_write_of_the_same_request() {
        let condition = || Node::Any(vec![Node::absent("pk"), Node::equal("né", AttributeValue::S("\"\u{2028}".to_owned()))]);
        let step = |name| Step::set(name, AttributeValue::M(row("x")));
        let actions = || {
            [
                Action::put(row("put")),
                Action::put(row("put if")).only_if(condition(), Failure::Conflict),
                Action::delete(key("delete")),
                Action::delete(key("delete if")).only_if(condition(), Failure::Conflict).when(Some(Node::exists("né"))),
                Action::change(key("change"), vec![step("a"), Step::set("né", AttributeValue::Bool(true))], None),
                Action::change(key("change if"), vec![step("a")], None).only_if(condition(), Failure::Conflict),
            ]
        };
        for action in actions() {
            for returns in [None, Some(ReturnValue::AllOld)] {
                is_what_the_sdk_writes(&Plan { returns, ..Plan::of(vec![action.clone()]) });
            }
            is_what_the_sdk_writes(&Plan { exactly_once: true, ..Plan::of(vec![action]) });
        }
        let check = Action::check(key("check")).only_if(condition(), Failure::Conflict);
        is_what_the_sdk_writes(&Plan::of(vec![check.clone()]));
        is_what_the_sdk_writes(&Plan::of(actions().into_iter().chain([check]).collect()));
    }
}
