use std::future::IntoFuture;

use tracing::Instrument;

use super::once::once;
use super::transact::{About, Planned, TransactionOp};
use super::when::When;
use super::{BoxFuture, Written};
use crate::codec;
use crate::entity::{AcceptsId, Birth, Entity, NewRows, Resource, Schema};
use crate::error::{Error, Result};
use crate::expr::Condition;
use crate::handle::Handle;
use crate::json::RawRow;
use crate::key::{Id, PrimaryKey as Key};
use crate::plan::{self, Action, Failure, Plan, WriteRequest};
use crate::schema::{EntityDef, PrimaryKey};

/// What becomes of a value and an id.
type Prepare<T> = fn(&Handle, T, Option<Id<T>>) -> Result<Written<T>>;

/// Creates a resource; made by [`Table::create`](crate::Table::create).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Create<T> {
    handle: Handle,
    def: &'static EntityDef,
    value: T,
    id: Option<Id<T>>,
    when: When,
    once: Option<String>,
    prepare: Prepare<T>,
}

impl<T: Entity> Create<T> {
    pub(crate) fn new(handle: Handle, value: T) -> Self {
        Self { handle, def: T::DEF, value, id: None, when: When::default(), once: None, prepare }
    }

    /// Gives the id, instead of a generated ULID. It may be any text that fits a key, and is not checked against ids that were generated.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let task = table.create(Task { title: "hello".into() }).id("welcome").await?;
    /// assert_eq!(task.id().as_str(), "welcome");
    /// # Ok(()) }
    /// ```
    pub fn id(self, id: impl Into<Id<T>>) -> Self
    where
        T: AcceptsId,
    {
        Self { id: Some(id.into()), ..self }
    }

    /// Creates only if what is at the key fulfils a condition, in the language of filters: an expired row that would be replaced, or nothing,
    /// of which only `not_exists`, `ne` and their like are true. Else [`Error::ConditionFailed`]. A key that is taken is
    /// [`Error::AlreadyExists`] all the same.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let task = Task { title: "write".into() };
    /// table.create(task.clone()).id("first").when(|t| t.title.not_exists()).await?;
    /// let refused = table.create(task).id("second").when(|t| t.title.eq("read")).await;
    /// assert!(refused.is_err_and(|error| error.is_condition_failed()));
    /// # Ok(()) }
    /// ```
    pub fn when(self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Self {
        Self { when: self.when.and(condition), ..self }
    }

    /// The request, unsent. Every call makes its own times and, where the id is generated, its own id.
    ///
    /// # Errors
    /// [`Error::Encode`], [`Error::KeyValue`], [`Error::ItemTooLarge`], [`Error::Expression`].
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table, WriteRequest};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let WriteRequest::PutItem(put) = table.create(Task { title: "write".into() }).into_input()? else { unreachable!() };
    /// assert_eq!(put.condition_expression(), Some("attribute_not_exists(#n0)"));
    /// # Ok(()) }
    /// ```
    pub fn into_input(self) -> Result<WriteRequest> {
        let when = self.when.node(self.def.name)?;
        let plan = (self.prepare)(&self.handle, self.value, self.id)?.plan.when(when);
        plan.once(&self.handle, self.def.name, self.once.as_deref())?.into_request(self.handle.table(), self.def.name)
    }
}

once!([T] Create<T>);

fn prepare<T: Entity>(handle: &Handle, value: T, id: Option<Id<T>>) -> Result<Written<T>> {
    let new = codec::encode_new(value, birth(handle, T::DEF, id.map(String::from)), handle.limits())?;
    Ok(if_free(handle, T::DEF, new))
}

/// The id, generated where neither the fields make it nor the caller gave it, and the time.
pub(super) fn birth(handle: &Handle, def: &EntityDef, id: Option<String>) -> Birth {
    match (&def.primary, id) {
        (PrimaryKey::Id { .. }, None) => {
            let (id, time) = handle.stamps().next_id();
            Birth { id: Some(id.to_string()), time }
        }
        (_, id) => Birth { id, time: handle.stamps().next() },
    }
}

/// The id that a generated key holds; none where the declaration or the fields make it.
pub(super) fn id_at(def: &EntityDef, key: &Key) -> Option<String> {
    let PrimaryKey::Id { prefix } = &def.primary else { return None };
    Some(key.pk.strip_prefix(prefix)?.strip_prefix('#')?.to_owned())
}

/// The new rows of a value of any entity of the schema, and which one it is.
pub(super) fn new_rows<S: Schema>(handle: &Handle, mut value: S) -> Result<(&'static EntityDef, NewRows<S>)> {
    for variant in S::VARIANTS {
        match (variant.encode)(value, &|| birth(handle, variant.def, None), handle.limits()) {
            Ok(new) => return Ok((variant.def, new?)),
            Err(other) => value = other,
        }
    }
    unreachable!("every value of a schema is of one of its entities")
}

/// The rows are written if the key is free.
pub(super) fn if_free<T>(handle: &Handle, def: &'static EntityDef, new: NewRows<T>) -> Written<T> {
    let free = plan::free(def, handle.limits().ttl_attribute, handle.stamps().now());
    let head = Action::put(new.head).only_if(free, Failure::AlreadyExists).arriving(def, new.resource.updated_at());
    let claims = plan::claims(None, new.resource.row(), handle.limits().ttl_attribute);
    let actions = new.history.map(Action::put).into_iter().chain([head]).chain(claims).collect();
    Written { plan: Plan::of(actions), resource: new.resource }
}

impl<T: Send + Sync + 'static> TransactionOp for Create<T> {
    type Done = Resource<T>;

    fn about(&self) -> About {
        About::new(&self.handle, "create", self.def)
    }

    fn plan(self, _: Option<RawRow>) -> Result<Planned<Resource<T>>> {
        let when = self.when.node(self.def.name)?;
        let Written { plan, resource } = (self.prepare)(&self.handle, self.value, self.id)?;
        let plan = plan.when(when).once(&self.handle, self.def.name, self.once.as_deref())?;
        Ok(Planned { plan, done: resource })
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Create<T> {
    type Output = Result<Resource<T>, Error>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("create", self.def.name);
        let span = call.span.clone();
        let send = async move {
            let Written { plan, resource } = (self.prepare)(&self.handle, self.value, self.id)?;
            let plan = plan.when(self.when.node(self.def.name)?);
            call.execute(plan.once(&self.handle, self.def.name, self.once.as_deref())?).await?;
            Ok(resource)
        };
        Box::pin(send.instrument(span))
    }
}
