use std::future::IntoFuture;

use aws_sdk_dynamodb::types::ReturnValue;
use tracing::Instrument;

use super::create::birth;
use super::transact::{About, Planned, TransactionOp};
use super::when::When;
use super::{BoxFuture, Written};
use crate::codec;
use crate::entity::{AcceptsId, Entity, NewRows, Resource, Uncounted, Unversioned, WithoutUnique};
use crate::error::{Error, Result};
use crate::expr::Condition;
use crate::handle::Handle;
use crate::json::RawRow;
use crate::key::Id;
use crate::op::get::{Decode, old_row};
use crate::plan::{Action, Answer, Plan, WriteRequest};
use crate::schema::EntityDef;

/// What becomes of a value and an id.
type Prepare<T> = fn(&Handle, T, Option<Id<T>>) -> Result<Written<T>>;

/// Writes a resource, whatever is there; made by [`Table::put`](crate::Table::put).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Put<T> {
    handle: Handle,
    def: &'static EntityDef,
    value: T,
    id: Option<Id<T>>,
    when: When,
    prepare: Prepare<T>,
    decode: Decode<T>,
}

/// The same, made once for all that carry its idempotency key; made by [`Put::idempotency_key`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct PutOnce<T> {
    put: Put<T>,
    key: String,
}

/// The same, and gives what was there; made by [`Put::return_old`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct PutReturning<T>(Put<T>);

impl<T: Unversioned + Uncounted + WithoutUnique> Put<T> {
    pub(crate) fn new(handle: Handle, value: T) -> Self {
        Self { handle, def: T::DEF, value, id: None, when: When::default(), prepare, decode: codec::decode }
    }
}

impl<T: Entity> Put<T> {
    /// Gives the id of the resource that is replaced, instead of a generated one, of which there can be none.
    pub fn id(self, id: impl Into<Id<T>>) -> Self
    where
        T: AcceptsId,
    {
        Self { id: Some(id.into()), ..self }
    }

    /// Writes only if what is there, which may be nothing, fulfils a condition, in the language of filters; else
    /// [`Error::ConditionFailed`], with the row. A row whose time to live is over is asked too, as long as DynamoDB has not deleted it.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(id = "<device>")] struct Reading { device: String, number: u64 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Reading>().await?;
    /// let newer = |number| table.put(Reading { device: "door".into(), number }).when(move |r| r.number.not_exists().or(r.number.lt(number)));
    /// newer(7).await?;
    /// assert!(newer(5).await.is_err_and(|error| error.is_condition_failed()));
    /// # Ok(()) }
    /// ```
    pub fn when(self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Self {
        Self { when: self.when.and(condition), ..self }
    }

    /// Gives the new resource, and the one that it replaced; `None` where there was none, or its time to live was over.
    ///
    /// # Errors
    /// Beside those of [`put`](crate::Table::put): [`Error::OldLost`] when the resource was written and the answer that said what it replaced
    /// was lost; [`Error::Decode`] when it was written and what it replaced cannot be read as this entity.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let first = table.put(Task { title: "write".into() }).id("one").await?;
    /// let (second, old) = table.put(Task { title: "rewrite".into() }).id("one").return_old().await?;
    /// assert_eq!(old, Some(first));
    /// assert_eq!(second.title, "rewrite");
    /// # Ok(()) }
    /// ```
    pub fn return_old(self) -> PutReturning<T> {
        PutReturning(self)
    }
}

impl<T> Put<T> {
    /// Makes the write once, however often it is sent with this key, as [`Create::idempotency_key`](crate::Create::idempotency_key) does. It is
    /// a transaction then, which cannot return what was there: `return_old` does not go with it.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let put = |title: &str| table.put(Task { title: title.into() }).id("one").idempotency_key("request 8c1e");
    /// put("write").await?;
    /// assert!(put("rewrite").await.is_err_and(|error| error.is_already_applied()));
    /// # Ok(()) }
    /// ```
    pub fn idempotency_key(self, key: impl Into<String>) -> PutOnce<T> {
        PutOnce { put: self, key: key.into() }
    }

    /// The request, unsent. Every call makes its own times and, where the id is generated, its own id.
    ///
    /// # Errors
    /// [`Error::Encode`], [`Error::KeyValue`], [`Error::ItemTooLarge`], [`Error::Expression`].
    pub fn into_input(self) -> Result<WriteRequest> {
        let (handle, def) = (self.handle.clone(), self.def);
        self.written()?.plan.into_request(handle.table(), def.name)
    }

    fn written(self) -> Result<Written<T>> {
        let Written { plan, resource } = (self.prepare)(&self.handle, self.value, self.id)?;
        Ok(Written { plan: plan.when(self.when.node(self.def.name)?), resource })
    }
}

impl<T> PutOnce<T> {
    /// The request, unsent. Every call makes its own times and, where the id is generated, its own id.
    ///
    /// # Errors
    /// Those of [`Put::into_input`].
    pub fn into_input(self) -> Result<WriteRequest> {
        let (handle, def) = (self.put.handle.clone(), self.put.def);
        self.written()?.plan.into_request(handle.table(), def.name)
    }

    fn written(self) -> Result<Written<T>> {
        let (handle, def) = (self.put.handle.clone(), self.put.def);
        let Written { plan, resource } = self.put.written()?;
        Ok(Written { plan: plan.once(&handle, def.name, Some(&self.key))?, resource })
    }
}

fn prepare<T: Entity>(handle: &Handle, value: T, id: Option<Id<T>>) -> Result<Written<T>> {
    let NewRows { resource, head, .. } = codec::encode_new(value, birth(handle, T::DEF, id.map(String::from)), handle.limits())?;
    Ok(Written { plan: Plan::of(vec![Action::put(head)]), resource })
}

impl<T: Send + Sync + 'static> TransactionOp for Put<T> {
    type Done = Resource<T>;

    fn about(&self) -> About {
        About::new(&self.handle, "put", self.def)
    }

    fn plan(self, _: Option<RawRow>) -> Result<Planned<Resource<T>>> {
        let Written { plan, resource } = self.written()?;
        Ok(Planned { plan, done: resource })
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Put<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("put", self.def.name);
        let span = call.span.clone();
        let send = async move {
            let Written { plan, resource } = self.written()?;
            call.execute(plan).await?;
            Ok(resource)
        };
        Box::pin(send.instrument(span))
    }
}

impl<T: Send + Sync + 'static> TransactionOp for PutOnce<T> {
    type Done = Resource<T>;

    fn about(&self) -> About {
        self.put.about()
    }

    fn plan(self, _: Option<RawRow>) -> Result<Planned<Resource<T>>> {
        let Written { plan, resource } = self.written()?;
        Ok(Planned { plan, done: resource })
    }
}

impl<T: Send + Sync + 'static> IntoFuture for PutOnce<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.put.handle.call("put", self.put.def.name);
        let span = call.span.clone();
        let send = async move {
            let Written { plan, resource } = self.written()?;
            call.execute(plan).await?;
            Ok(resource)
        };
        Box::pin(send.instrument(span))
    }
}

impl<T: Send + Sync + 'static> IntoFuture for PutReturning<T> {
    type Output = Result<(Resource<T>, Option<Resource<T>>)>;
    type IntoFuture = BoxFuture<'static, (Resource<T>, Option<Resource<T>>)>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.0.handle.call("put", self.0.def.name);
        let span = call.span.clone();
        let (def, decode) = (self.0.def, self.0.decode);
        let send = async move {
            let Written { plan, resource } = self.0.written()?;
            match call.execute_for(plan.returning(ReturnValue::AllOld)).await? {
                Answer::Returned(old) => Ok((resource, old_row(&call.handle, def, decode, old)?)),
                Answer::Found(_) => Err(Error::OldLost { entity: call.entity, operation: call.operation }),
            }
        };
        Box::pin(send.instrument(span))
    }
}
