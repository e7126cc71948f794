//! The deletion of a head and its history: in one transaction, or step by step.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Wanted, is_gone};
use crate::codec::{OUT_OF_SERVICE, is_out_of_service, name};
use crate::error::{DecodeProblem, Error, Result};
use crate::expr::Node;
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::key::PrimaryKey;
use crate::op::get::request;
use crate::op::history::delete_history;
use crate::plan::{self, Action, Failure, Plan, TRANSACTION_ACTIONS};
use crate::schema::EntityDef;

/// Deletes a head and its history: in one transaction where every number fits, else step by step.
///
/// The first transaction releases the claims, and leaves the idempotency key. So an interrupted deletion leaves no claim behind, and needs
/// none to be brought to its end.
pub(super) async fn with_history(call: &Call, def: &'static EntityDef, key: PrimaryKey, wanted: &Wanted) -> Result<()> {
    let head = call.get_item(request(&call.handle, key.clone(), true)).await?;
    let Some(head) = head else { return Err(Error::NotFound { entity: def.name }) };
    // Before its time is looked at: what is out of service holds the key until it is gone.
    if is_out_of_service(&head) {
        return finish(call, key, wanted.once.as_deref()).await;
    }
    if is_gone(&call.handle, def, &head) {
        return Err(Error::NotFound { entity: def.name });
    }
    match deletion(&call.handle, def, &key, wanted, &head)? {
        Deletion::Whole(plan) => call.execute(plan).await,
        Deletion::Steps(first) => {
            call.execute(first).await?;
            finish(call, key, None).await
        }
    }
}

/// How a head and its history are deleted.
pub(super) enum Deletion {
    /// In one transaction.
    Whole(Plan),
    /// They do not fit one: first the head is taken out of service, and then comes [`finish`].
    Steps(Plan),
}

/// What deletes a head that was read, and its history.
pub(super) fn deletion(handle: &Handle, def: &'static EntityDef, key: &PrimaryKey, wanted: &Wanted, head: &RawRow) -> Result<Deletion> {
    wanted.check_revision(handle, def, head)?;
    let unchanged = plan::unchanged(&plan::state(head));
    // Taken out of service, it is gone for everybody: so it is here that it stops being counted.
    let leaving = |action: Action| {
        action.only_if(unchanged, Failure::ConflictOrNotFound).when(wanted.when.clone()).leaving(def, handle.stamps().next())
    };
    let once = wanted.once.as_deref();
    let released = wanted.claims.released(handle, key, head);
    let others = released.len() + usize::from(once.is_some()) + usize::from(def.count);
    Ok(match history(def, key, head, others)? {
        Some(history) => {
            let actions = std::iter::once(leaving(Action::delete(key.clone()))).chain(history).chain(released);
            Deletion::Whole(Plan::of(actions.collect()).once(handle, def.name, once)?)
        }
        None => {
            let actions = std::iter::once(leaving(Action::retire(key.clone()))).chain(released);
            Deletion::Steps(Plan::of(actions.collect()).once(handle, def.name, once)?)
        }
    })
}

/// How many versions fit the transaction that deletes their head too, and counts it.
pub(super) fn versions_at_once(def: &EntityDef) -> usize {
    TRANSACTION_ACTIONS - 1 - usize::from(def.count)
}

/// The deletion of every version that can exist, where that, the head and so many others fit one transaction.
fn history(def: &EntityDef, key: &PrimaryKey, head: &RawRow, others: usize) -> Result<Option<Vec<Action>>> {
    let version = head.number(name::VERSION).and_then(|version| version.parse::<usize>().ok());
    let problem = DecodeProblem::Value;
    let version = version.ok_or_else(|| Error::Decode { entity: def.name, path: name::VERSION.to_owned(), problem })?;
    if version >= TRANSACTION_ACTIONS - others {
        return Ok(None);
    }
    Ok(Some((1..=version).map(|number| Action::delete(PrimaryKey { pk: key.pk.clone(), sk: format!("v{number}") })).collect()))
}

/// The rest of a long deletion, of a head that is out of service: no write can come between, and readers see nothing any more. It may be
/// repeated after any interruption, and by several at once: whoever is late finds another head or none, and deletes nothing of what was
/// created anew. The idempotency key of a call that did not begin the deletion comes with its end.
pub(in crate::op) async fn finish(call: &Call, key: PrimaryKey, once: Option<&str>) -> Result<()> {
    let retired = || Node::equal(name::VERSION, AttributeValue::N(OUT_OF_SERVICE.to_owned()));
    let guard = Action::check(key.clone()).only_if(retired(), Failure::NotFound);
    let last = Plan::of(vec![Action::delete(key.clone()).only_if(retired(), Failure::NotFound)]);
    let rest = async {
        delete_history(call, &key, &guard, |_| true).await?;
        match call.execute(last.clone().once(&call.handle, call.entity, once)?).await {
            // A call with this key began the deletion, and was interrupted.
            Err(Error::AlreadyApplied { .. }) => call.execute(last).await,
            result => result,
        }
    };
    match rest.await {
        // Somebody else brought the same deletion to its end.
        Err(Error::NotFound { .. }) => Ok(()),
        result => result,
    }
}
