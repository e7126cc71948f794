//! What goes wrong, in the form in which the SDK gets it.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;

use crate::wire;

/// What DynamoDB says of an item that is part of a transaction under way.
const CONFLICT: &str = "Transaction is ongoing for the item";

/// What a request meets instead of the engine's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The connection breaks. The SDK sends the request again.
    Connection,
    /// The time for an answer runs out, at once, without waiting. The SDK sends the request again.
    TimeOut,
    /// `InternalServerError`, HTTP status 500. The SDK sends the request again.
    ServerError,
    /// A good answer, HTTP status 200, that breaks off in the middle. The SDK does not send the request again.
    Unreadable,
    /// `ProvisionedThroughputExceededException`, HTTP status 400. The SDK sends the request again.
    Throttling,
    /// A transaction is under way on the item: `TransactionConflictException`, or for a transaction the cancellation of its first action with the
    /// reason `TransactionConflict`. The SDK does not send the request again.
    TransactionConflict,
    /// `TransactionCanceledException` with exactly these reason codes, one per action; `None` for an action that would have succeeded. The SDK does
    /// not send the request again.
    Cancelled(&'static [&'static str]),
}

impl Failure {
    /// What the SDK gets in place of an answer to `request`.
    pub(super) fn answer(self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        match self {
            Self::Connection => Err(ConnectorError::io("injected fault: the connection broke".into())),
            Self::TimeOut => Err(ConnectorError::timeout("injected fault: the answer took too long".into())),
            Self::ServerError => refuse(500, "InternalServerError", "Internal server error"),
            Self::Unreadable => wire::respond(200, br#"{"Consumed"#.to_vec()),
            Self::Throttling => refuse(
                400,
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded",
            ),
            Self::TransactionConflict => match actions(request) {
                Some(actions) => cancel(["TransactionConflict"].into_iter().chain(std::iter::repeat_n("None", actions.saturating_sub(1)))),
                None => refuse(400, "TransactionConflictException", CONFLICT),
            },
            Self::Cancelled(codes) => cancel(codes.iter().copied()),
        }
    }
}

/// The number of actions of a transaction; `None` for the operations on one item.
fn actions(request: &HttpRequest) -> Option<usize> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Transaction {
        transact_items: Vec<IgnoredAny>,
    }
    let transaction: Transaction = serde_json::from_slice(request.body().bytes()?).ok()?;
    Some(transaction.transact_items.len())
}

fn refuse(status: u16, kind: &str, message: &str) -> Result<HttpResponse, ConnectorError> {
    let body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": message });
    wire::respond(status, body.to_string().into_bytes())
}

fn cancel<'a>(codes: impl Iterator<Item = &'a str>) -> Result<HttpResponse, ConnectorError> {
    let codes: Vec<_> = codes.collect();
    let reasons: Vec<_> = codes
        .iter()
        .map(|code| match *code {
            "None" => json!({ "Code": code }),
            "TransactionConflict" => json!({ "Code": code, "Message": CONFLICT }),
            "ConditionalCheckFailed" => json!({ "Code": code, "Message": "The conditional request failed" }),
            _ => json!({ "Code": code, "Message": "injected fault" }),
        })
        .collect();
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{}]", codes.join(", ")),
        "CancellationReasons": reasons,
    });
    wire::respond(400, body.to_string().into_bytes())
}
