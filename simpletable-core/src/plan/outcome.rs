//! What DynamoDB's refusals mean for a plan.

use aws_sdk_dynamodb::types::CancellationReason;

use super::Write;
use crate::error::{Error, Item};
use crate::expr::same;

/// Why a request was not made good.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The condition of one action failed; the row, where there is one.
    Condition { action: usize, item: Option<Item> },
    /// Another transaction held a row.
    Busy,
    /// A transaction was cancelled because its table or partition is throttled.
    Throttled(Error),
    /// Anything else, and the action that is to blame where DynamoDB says.
    Other { action: Option<usize>, error: Error },
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
    let blamed = reasons.iter().position(|reason| reason.code().is_some_and(|code| code != "None"));
    let failed = reasons.into_iter().enumerate().find(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"));
    match failed {
        Some((action, reason)) => Refusal::Condition { action, item: reason.item },
        None if busy => Refusal::Busy,
        None if throttled => Refusal::Throttled(as_throttled(error)),
        None => Refusal::Other { action: blamed, error },
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
        (Write::Put(row), Some(found)) => row.to_item().iter().all(|(name, value)| found.get(name).is_some_and(|found| same(value, found))),
        (Write::Delete(_), None) => true,
        (Write::Change(change), Some(found)) => change.mark.as_ref().is_some_and(|mark| found.get(mark.attribute) == mark.value.as_ref()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    fn item(count: AttributeValue) -> Item {
        Item::from([("pk".to_owned(), AttributeValue::S("a".to_owned())), ("count".to_owned(), count)])
    }

    fn is_ours(written: AttributeValue, found: AttributeValue) -> bool {
        super::is_ours(&Write::Put(item(written).into()), Some(&item(found)))
    }

    #[test]
    fn our_row_is_known_whatever_form_it_comes_back_in() {
        let n = |text: &str| AttributeValue::N(text.to_owned());
        let ns = |members: &[&str]| AttributeValue::Ns(members.iter().map(ToString::to_string).collect());
        let ss = |members: &[&str]| AttributeValue::Ss(members.iter().map(ToString::to_string).collect());
        let map = |value| AttributeValue::M(item(value));
        for (written, found) in [
            (n("1.0"), n("1")),
            (n("1e3"), n("1000")),
            (n("-0.0"), n("0")),
            (ns(&["1", "2.50"]), ns(&["2.5", "1"])),
            (ss(&["b", "a"]), ss(&["a", "b"])),
            (AttributeValue::L(vec![map(n("1.0"))]), AttributeValue::L(vec![map(n("1"))])),
            (AttributeValue::Null(true), AttributeValue::Null(true)),
        ] {
            assert!(is_ours(written.clone(), found.clone()), "{written:?} {found:?}");
        }
        for (written, found) in [
            (n("1"), n("2")),
            (n("1"), n("-1")),
            (n("1"), n("10")),
            (n("1"), AttributeValue::S("1".to_owned())),
            (ns(&["1"]), ns(&["1", "2"])),
            (ss(&["a", "b"]), ss(&["a", "c"])),
            (AttributeValue::L(vec![map(n("1"))]), AttributeValue::L(vec![map(n("2"))])),
            (AttributeValue::L(vec![n("1")]), AttributeValue::L(vec![])),
        ] {
            assert!(!is_ours(written.clone(), found.clone()), "{written:?} {found:?}");
        }
        assert!(!super::is_ours(&Write::Put(item(n("1")).into()), None));
    }

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
        assert!(matches!(refusal(&["None", "ValidationError"]), Refusal::Other { action: Some(1), .. }));
        assert!(matches!(refusal(&[]), Refusal::Other { action: None, .. }));
    }
}
