//! Several plans as one transaction, and what DynamoDB would refuse of it.

use std::collections::HashMap;

use super::{Action, Origin, Plan, TRANSACTION_ACTIONS, Write};
use crate::codec::row_bytes;
use crate::error::{Error, Result, TransactionProblem};
use crate::expr::Step;
use crate::key::PrimaryKey;

/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
const TRANSACTION_BYTES: usize = 4 * 1024 * 1024;

impl Plan {
    /// One transaction of the plans of several operations. It is checked before anything is sent, because the engines of tests take more
    /// than DynamoDB, whose own words name neither operations nor rows. `once` is the claim of the idempotency key of the whole.
    ///
    /// # Errors
    /// [`Error::InvalidTransaction`].
    pub(crate) fn transaction(once: Option<Action>, plans: Vec<(Origin, Self)>) -> Result<Self> {
        let of = |(origin, plan): (Origin, Self)| plan.actions.into_iter().map(move |action| Action { origin: Some(origin), ..action });
        let Self { actions, .. } = Self::of(once.into_iter().chain(plans.into_iter().flat_map(of)).collect()).with_counts();
        let refused = |problem| Err(Error::InvalidTransaction { problem });
        if actions.len() > TRANSACTION_ACTIONS {
            return refused(TransactionProblem::Actions { actions: actions.len(), limit: TRANSACTION_ACTIONS });
        }
        let mut rows: HashMap<PrimaryKey, usize> = HashMap::new();
        for action in &actions {
            let second = action.origin.map_or(0, |origin| origin.position);
            if let Some(first) = rows.insert(action.write.key(), second) {
                return refused(TransactionProblem::SameRow { first, second });
            }
        }
        // A row's text is longer than what DynamoDB counts, which takes time to tell.
        let texts: usize = actions.iter().map(|action| action.write.row().map_or_else(|| action.bytes(), |row| row.as_str().len())).sum();
        let bytes = if texts > TRANSACTION_BYTES { actions.iter().map(Action::bytes).sum() } else { 0 };
        if bytes > TRANSACTION_BYTES {
            return refused(TransactionProblem::Bytes { bytes, limit: TRANSACTION_BYTES });
        }
        Ok(Self { exactly_once: true, ..Self::of(actions) })
    }
}

impl Action {
    /// How much of the row is known here: all of a put one, and of a changed one what it is given.
    fn bytes(&self) -> usize {
        match &self.write {
            Write::Put(row) => row_bytes(row),
            Write::Change(change) => change.steps.iter().map(Step::bytes).sum(),
            Write::Delete(_) | Write::Check(_) => 0,
        }
    }
}
