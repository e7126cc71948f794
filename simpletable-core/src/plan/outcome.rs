//! What DynamoDB's refusals mean for a plan.

use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};

use super::Write;
use crate::codec::is_out_of_service;
use crate::error::{Error, Item};

/// Why a request was not made good.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The condition of one action failed; the row, where there is one.
    Condition { action: usize, item: Option<Item> },
    /// Another transaction held a row.
    Busy,
    /// A transaction was cancelled because its table or partition is throttled.
    Throttled(Error),
    /// Anything else.
    Other(Error),
}

/// Reads the reasons of a cancelled transaction, one for each action.
///
/// A failed condition wins over a conflict beside it: the write would fail again.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html>
pub(super) fn of_reasons(reasons: Vec<CancellationReason>, error: Error) -> Refusal {
    let has = |codes: &[&str]| reasons.iter().any(|reason| reason.code().is_some_and(|code| codes.contains(&code)));
    let busy = has(&["TransactionConflict"]);
    let throttled = has(&["ThrottlingError", "ProvisionedThroughputExceeded", "RequestLimitExceeded"]);
    let failed = reasons.into_iter().enumerate().find(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"));
    match failed {
        Some((action, reason)) => Refusal::Condition { action, item: reason.item },
        None if busy => Refusal::Busy,
        None if throttled => Refusal::Throttled(as_throttled(error)),
        None => Refusal::Other(error),
    }
}

/// The SDK's code says only that the transaction was cancelled.
fn as_throttled(error: Error) -> Error {
    match error {
        Error::Sdk { operation, table, source } => Error::Sdk { operation, table, source: source.throttled() },
        error => error,
    }
}

/// Whether the row that failed a condition is the one that this very write left, so that the write was made by an attempt whose answer
/// was lost.
pub(super) fn is_ours(write: &Write, found: Option<&Item>) -> bool {
    match (write, found) {
        (Write::Put(item), Some(found)) => item.iter().all(|(name, value)| carries(found, name, value)),
        (Write::Delete(_), None) => true,
        (Write::Retire(_), Some(found)) => is_out_of_service(found),
        _ => false,
    }
}

/// Strings, bytes and booleans come back as they were sent; numbers and the order of sets need not. The stamp, of which no two are
/// the same, is a string.
fn carries(found: &Item, name: &str, value: &AttributeValue) -> bool {
    match value {
        AttributeValue::S(_) | AttributeValue::B(_) | AttributeValue::Bool(_) => found.get(name) == Some(value),
        _ => found.contains_key(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    fn refusal(codes: &[&str]) -> Refusal {
        of_reasons(codes.iter().map(|code| reason(code)).collect(), Error::NotFound { entity: "Thing" })
    }

    #[test]
    fn a_failed_condition_wins_over_a_conflict() {
        assert!(matches!(refusal(&["TransactionConflict", "None", "ConditionalCheckFailed"]), Refusal::Condition { action: 2, .. }));
    }

    #[test]
    fn a_conflict_beside_none_is_busy() {
        assert!(matches!(refusal(&["None", "TransactionConflict"]), Refusal::Busy));
        assert!(matches!(refusal(&["ThrottlingError", "TransactionConflict"]), Refusal::Busy));
    }

    #[test]
    fn other_reasons_keep_their_error() {
        assert!(matches!(refusal(&["ThrottlingError"]), Refusal::Throttled(_)));
        assert!(matches!(refusal(&["ValidationError", "None"]), Refusal::Other(_)));
        assert!(matches!(refusal(&[]), Refusal::Other(_)));
    }
}
