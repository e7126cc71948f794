use super::{About, AllPlanned, Planned};
use crate::error::{Error, Result};
use crate::json::RawRow;

/// An unsent operation that can be a part of a transaction.
///
/// | operation | gives |
/// |---|---|
/// | [`create`](crate::Table::create), [`put`](crate::Table::put) | the resource |
/// | [`update`](crate::Table::update), [`rekey`](crate::Table::rekey) | the resource |
/// | [`patch`](crate::Table::patch), [`upsert`](crate::Table::upsert) | `()`: a transaction returns no rows |
/// | [`delete`](crate::Table::delete) | `()` |
/// | [`check(key).when(..)`](crate::Table::check) | `()` |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a part of a transaction",
    label = "no unsent write",
    note = "a transaction takes `create`, `put`, `update`, `rekey`, `patch`, `upsert`, `delete` and `check(key).when(..)`, not awaited"
)]
pub trait TransactionOp: Send + 'static {
    /// What the operation gives.
    type Done: Send + 'static;
    #[doc(hidden)]
    fn about(&self) -> About;
    #[doc(hidden)]
    fn plan(self, read: Option<RawRow>) -> Result<Planned<Self::Done>>;
}

/// The operations of a transaction: a tuple of 1 to 12, or a `Vec` of one kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of operations",
    label = "neither a tuple of operations nor a `Vec` of one kind",
    note = "a transaction takes a tuple of up to 12 unsent operations, `(a,)` of one, or a `Vec` of operations of one type"
)]
pub trait TransactionOps: Send + 'static {
    /// What the operations give, by their positions.
    type Done: Send + 'static;
    #[doc(hidden)]
    fn about(&self) -> Vec<About>;
    #[doc(hidden)]
    fn plan(self, read: Vec<Option<RawRow>>) -> Result<AllPlanned<Self::Done>, (usize, Error)>;
}

impl<O: TransactionOp> TransactionOps for Vec<O> {
    type Done = Vec<O::Done>;

    fn about(&self) -> Vec<About> {
        self.iter().map(TransactionOp::about).collect()
    }

    fn plan(self, read: Vec<Option<RawRow>>) -> Result<AllPlanned<Self::Done>, (usize, Error)> {
        let mut all = AllPlanned { plans: Vec::new(), done: Vec::new() };
        for (position, (operation, read)) in self.into_iter().zip(read).enumerate() {
            let Planned { plan, done } = operation.plan(read).map_err(|error| (position, error))?;
            all.plans.push(plan);
            all.done.push(done);
        }
        Ok(all)
    }
}

macro_rules! tuples {
    ($($operation:ident $position:tt),+) => {
        impl<$($operation: TransactionOp),+> TransactionOps for ($($operation,)+) {
            type Done = ($($operation::Done,)+);

            fn about(&self) -> Vec<About> {
                vec![$(self.$position.about()),+]
            }

            fn plan(self, read: Vec<Option<RawRow>>) -> Result<AllPlanned<Self::Done>, (usize, Error)> {
                let mut plans = Vec::new();
                let mut read = read.into_iter();
                let done = ($({
                    let Planned { plan, done } = self.$position.plan(read.next().flatten()).map_err(|error| ($position, error))?;
                    plans.push(plan);
                    done
                },)+);
                Ok(AllPlanned { plans, done })
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);
