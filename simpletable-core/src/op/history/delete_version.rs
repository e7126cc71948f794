use std::future::IntoFuture;
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;
use tracing::Instrument;

use super::version_key;
use crate::codec::name;
use crate::entity::Entity;
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::Handle;
use crate::key::{Key, PrimaryKey};
use crate::op::{BoxFuture, lookup};
use crate::plan::{self, Action, Failure, Plan, WriteRequest};
use crate::schema::EntityDef;

/// Deletes one version of a resource; made by [`Table::delete_version`](crate::Table::delete_version).
#[must_use = "operations do nothing unless they are awaited"]
pub struct DeleteVersion<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    number: u64,
    entity: PhantomData<fn() -> T>,
}

impl<T: Entity> DeleteVersion<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>, number: u64) -> Self {
        Self { handle, def: T::DEF, key, number, entity: PhantomData }
    }
}

impl<T> DeleteVersion<T> {
    /// The request, unsent.
    ///
    /// # Errors
    /// [`Error::KeyValue`] where no row can have the key, and [`Error::NotFound`] for version 0, which is none.
    pub fn into_input(self) -> Result<WriteRequest> {
        let key = self.key.primary.clone()?;
        self.plan(key)?.into_request(self.handle.table(), self.def.name)
    }

    /// The row goes if it is there, and if the head is beyond it: nobody may make it the latest version meanwhile.
    fn plan(&self, key: PrimaryKey) -> Result<Plan> {
        if self.number == 0 {
            return Err(Error::NotFound { entity: self.def.name });
        }
        let alive = || plan::alive(self.def, self.handle.limits().ttl_attribute, self.handle.stamps().now());
        let beyond = Node::above(name::VERSION, AttributeValue::N(self.number.to_string()));
        let row = version_key(&key, self.number);
        let head = Action::check(key).only_if(Node::All(vec![alive(), beyond]), Failure::ConflictOrNotFound);
        let row = Action::delete(row).only_if(alive(), Failure::NotFound);
        Ok(Plan::of(vec![head, row]))
    }

    /// What a head means that is not beyond the version.
    fn refused(&self, error: Error) -> Error {
        let Error::Conflict { current, entity, .. } = &error else { return error };
        let version = current.row().and_then(|row| row.item.get(name::VERSION)?.as_n().ok()?.parse().ok());
        // A row above the head is no version, and one without a head in service neither.
        if version == Some(self.number) { Error::LatestVersion { entity } } else { Error::NotFound { entity } }
    }
}

impl<T: 'static> IntoFuture for DeleteVersion<T> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("delete_version", self.def.name);
        let span = call.span.clone();
        let delete = async move {
            let key = lookup(self.key.clone())?.ok_or(Error::NotFound { entity: self.def.name })?;
            call.execute(self.plan(key)?).await.map_err(|error| self.refused(error))
        };
        Box::pin(delete.instrument(span))
    }
}
