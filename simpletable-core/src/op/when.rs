use crate::entity::Entity;
use crate::error::{Error, Result};
use crate::expr::{Condition, Node, Refused};

/// What a caller demands of a row, until the operation is sent; of several conditions, each.
#[derive(Clone, Default)]
pub(super) struct When(Vec<Result<Node, Refused>>);

impl When {
    pub(super) fn and<T: Entity>(mut self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Self {
        self.0.push(condition(T::FIELDS).node);
        self
    }

    /// The condition, if there is one.
    ///
    /// # Errors
    /// [`Error::Encode`] where a value cannot be sent.
    pub(super) fn node(self, entity: &'static str) -> Result<Option<Node>> {
        let refused = |Refused { path, problem }| Error::Encode { entity, path, problem };
        let nodes: Vec<Node> = self.0.into_iter().collect::<Result<_, _>>().map_err(refused)?;
        Ok((!nodes.is_empty()).then_some(Node::All(nodes)))
    }
}
