use super::Check;
use crate::entity::Entity;
use crate::error::{Error, Result};
use crate::expr::{Condition, Node};
use crate::handle::Handle;
use crate::json::RawRow;
use crate::key::Key;
use crate::op::lookup;
use crate::op::transact::{About, Planned, TransactionOp};
use crate::op::when::When;
use crate::plan::{self, Action, Failure, Plan};
use crate::schema::EntityDef;

/// What a resource has to fulfil for a transaction to be made; made by [`Check::when`]. It is a part of
/// [`Table::transact`](crate::Table::transact) and no operation of its own.
#[must_use = "a precondition does nothing until a transaction has it"]
pub struct Precondition<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    when: When,
}

impl<T: Entity> Check<T> {
    /// Asks something of the resource in a transaction, instead of looking at its rows: it has to be there and to fulfil a condition, in the
    /// language of filters, or the transaction is not made: it fails with [`Error::NotFound`] or [`Error::ConditionFailed`]. The resource
    /// stays as it is.
    pub fn when(self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Precondition<T> {
        let Self { handle, def, key, .. } = self;
        Precondition { handle, def, key, when: When::default().and(condition) }
    }
}

impl<T: Entity> Precondition<T> {
    /// One more condition: all have to hold.
    pub fn when(self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Self {
        Self { when: self.when.and(condition), ..self }
    }
}

impl<T: 'static> TransactionOp for Precondition<T> {
    type Done = ();

    fn about(&self) -> About {
        About::new(&self.handle, "check", self.def)
    }

    fn plan(self, _: Option<RawRow>) -> Result<Planned<()>> {
        let Self { handle, def, key, when } = self;
        let Some(key) = lookup(key)? else { return Err(Error::NotFound { entity: def.name }) };
        let alive = plan::alive(def, handle.limits().ttl_attribute, handle.stamps().now());
        let alive = if def.versioned { Node::All(vec![alive, Node::in_service()]) } else { alive };
        let action = Action::check(key).only_if(alive, Failure::NotFound).when(when.node(def.name)?);
        Ok(Planned { plan: Plan::of(vec![action]), done: () })
    }
}
