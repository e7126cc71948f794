mod once;
mod or_create;
mod send;
mod steps;

pub use once::ExactlyOnce;
pub use or_create::{PatchOrCreate, PatchOrCreateOnce};

use self::steps::Steps;
use super::when::When;
use crate::codec;
use crate::entity::{Entity, IntoValue, Limits, Resource, WithoutUnique};
use crate::error::Result;
use crate::expr::role::{Changeable, Computable, Holds, IsSet, Open, Removable, Role, SetAlone, Steppable, Unclaimed};
use crate::expr::{Condition, ListField, Number, SetMembers, Single, Step, Target, Values};
use crate::handle::Handle;
use crate::json::RawRow;
use crate::key::Key;
use crate::schema::EntityDef;

/// Changes fields of a resource in place, without reading it; made by [`Table::patch`](crate::Table::patch).
///
/// Each step names a field by a closure: `|t| t.title`. Inside a field, [`Field::at`](crate::Field::at) names a field of a struct,
/// [`Field::key`](crate::Field::key) an entry of a map and [`Field::index`](crate::Field::index) an element of a list. Two steps cannot change one
/// place, or a place and something in it: that is an [`Error::Patch`](crate::Error::Patch), and nothing is sent.
///
/// What a step needs of the row is a condition of the request. A row that does not fulfil it (another writer has stored NULL, say, where a number
/// should be) is an [`Error::Patch`](crate::Error::Patch) that says so, and stays as it is.
#[must_use = "operations do nothing unless they are awaited"]
pub struct Patch<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    steps: Steps,
    when: When,
    decode: fn(&RawRow, &Limits) -> Result<Resource<T>>,
}

impl<T: Entity> Patch<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>) -> Self {
        Self { handle, def: T::DEF, key, steps: Steps::new(T::DEF.name), when: When::default(), decode: codec::decode }
    }

    /// Gives a field a value. An `Option` takes the value, `Some` or `None`, and `None` removes it; the index keys that are made of the field are
    /// written with it, or removed where it becomes `None`.
    ///
    /// Fields that share an index key are set together, as a tuple in the order of their declaration. A list's element has to be there.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// use simpletable::{SingleTable, Table};
    ///
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[gsi(name = "owner", pk = "owner#<owner>")]
    /// #[gsi(name = "board", pk = "board", sk = "<status>#<rank:03>")]
    /// struct Task {
    ///     title: String,
    ///     note: Option<String>,
    ///     owner: Option<String>,
    ///     status: String,
    ///     rank: u8,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = Task { title: "write".into(), note: None, owner: None, status: "open".into(), rank: 9 };
    /// # let task = table.create(task).await?;
    /// let task = table
    ///     .patch(task.id())
    ///     .set(|t| t.title, "rewrite")
    ///     .set(|t| t.note, "soon")
    ///     .set(|t| t.owner, Some("ann".to_owned()))
    ///     .set(|t| (t.status, t.rank), ("done", 1))
    ///     .await?;
    /// assert_eq!(table.query(Task::by_owner("ann")).all().await?, [task]);
    /// # Ok(()) }
    /// ```
    pub fn set<F>(mut self, field: impl FnOnce(&T::Fields) -> F, value: impl Values<F>) -> Self
    where
        F: Target<T>,
        F::Role: Changeable + Unclaimed + Computable + Holds<F::Held> + SetAlone<<F::Role as Role>::Names, <F::Role as Role>::Indexes>,
    {
        self.steps.give(value.assign(field(T::FIELDS)));
        self
    }

    /// Gives a field a value if it has none.
    ///
    /// A NULL that another writer has stored for nothing is an [`Error::Patch`](crate::Error::Patch).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String, note: Option<String> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into(), note: None }).await?;
    /// let task = table.patch(task.id()).set_if_missing(|t| t.note, "first").await?;
    /// let task = table.patch(task.id()).set_if_missing(|t| t.note, "second").await?;
    /// assert_eq!(task.note.as_deref(), Some("first"));
    /// # Ok(()) }
    /// ```
    pub fn set_if_missing<F>(mut self, field: impl FnOnce(&T::Fields) -> F, value: impl IntoValue<F::Held>) -> Self
    where
        F: Single<T>,
        F::Role: Changeable + Unclaimed + Computable + Steppable,
    {
        self.steps.set_if_missing(field(T::FIELDS).locate(), value.into_value());
        self
    }

    /// Removes a field that may be absent: an `Option`, a field with `#[serde(default)]`, a set, an entry of a map, an element of a list (what is
    /// after it moves up). The row leaves the indexes whose keys are made of the field.
    ///
    /// # Examples
    /// ```
    /// # use std::collections::BTreeMap;
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { note: Option<String>, votes: BTreeMap<String, i32> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { note: Some("x".into()), votes: [("ann".to_owned(), 1)].into() }).await?;
    /// let task = table.patch(task.id()).remove(|t| t.note).remove(|t| t.votes.key("ann")).await?;
    /// assert_eq!((task.note.clone(), task.votes.len()), (None, 0));
    /// # Ok(()) }
    /// ```
    pub fn remove<F>(mut self, field: impl FnOnce(&T::Fields) -> F) -> Self
    where
        F: Single<T, Presence: Removable>,
        F::Role: Changeable + Unclaimed,
    {
        self.steps.give(field(T::FIELDS).locate().assign(None).map(|assigned| vec![assigned]));
        self
    }

    /// Adds to a number. DynamoDB does it, so that no addition is lost, however many come at once; what is absent counts as 0.
    ///
    /// The sum has to be one of the field's type: otherwise it is an [`Error::Patch`](crate::Error::Patch).
    ///
    /// # Examples
    /// ```
    /// # use std::collections::BTreeMap;
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Page { views: u64, by_country: BTreeMap<String, u32> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Page>().await?;
    /// # let page = table.create(Page { views: 1, by_country: BTreeMap::new() }).await?;
    /// let page = table.patch(page.id()).add(|p| p.views, 1).add(|p| p.by_country.key("no"), 1).await?;
    /// assert_eq!((page.views, page.by_country["no"]), (2, 1));
    /// # Ok(()) }
    /// ```
    pub fn add<F>(mut self, field: impl FnOnce(&T::Fields) -> F, by: impl IntoValue<F::Held>) -> Self
    where
        F: Single<T, Presence: Open, Held: Number>,
        F::Role: Changeable + Unclaimed + Computable + Steppable,
    {
        self.steps.add(field(T::FIELDS).locate(), by.into_value(), false);
        self
    }

    /// Subtracts from a number, like [`add`](Self::add). An unsigned number never goes below 0: that is an [`Error::Patch`](crate::Error::Patch).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// # use simpletable::{Error, PatchProblem, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Product { stock: u32 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Product>().await?;
    /// # let product = table.create(Product { stock: 3 }).await?;
    /// let product = table.patch(product.id()).subtract(|p| p.stock, 2).await?;
    /// assert_eq!(product.stock, 1);
    /// let refused = table.patch(product.id()).subtract(|p| p.stock, 2).await;
    /// assert!(matches!(refused, Err(Error::Patch { problem: PatchProblem::Range, .. })));
    /// # Ok(()) }
    /// ```
    pub fn subtract<F>(mut self, field: impl FnOnce(&T::Fields) -> F, by: impl IntoValue<F::Held>) -> Self
    where
        F: Single<T, Presence: Open, Held: Number>,
        F::Role: Changeable + Unclaimed + Computable + Steppable,
    {
        self.steps.add(field(T::FIELDS).locate(), by.into_value(), true);
        self
    }

    /// Inserts members into a field with `#[table(set)]`; those that it has stay once.
    ///
    /// # Examples
    /// ```
    /// # use std::collections::BTreeSet;
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { #[table(set)] tags: BTreeSet<String> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { tags: ["old".to_owned()].into() }).await?;
    /// let task = table.patch(task.id()).insert(|t| t.tags, ["new", "red"]).await?;
    /// let task = table.patch(task.id()).delete(|t| t.tags, ["old"]).await?;
    /// assert_eq!(task.tags, ["new".to_owned(), "red".to_owned()].into());
    /// # Ok(()) }
    /// ```
    pub fn insert<F, I>(mut self, field: impl FnOnce(&T::Fields) -> F, members: impl IntoIterator<Item = I>) -> Self
    where
        F: Single<T, Presence: IsSet, Held: SetMembers>,
        F::Role: Changeable + Unclaimed + Computable + Steppable,
        I: IntoValue<<F::Held as SetMembers>::Member>,
    {
        self.steps.members(field(T::FIELDS).locate(), members.into_iter().map(I::into_value), Step::Add);
        self
    }

    /// Deletes members from a field with `#[table(set)]`, those that it has. The set may become empty.
    ///
    /// [`insert`](Self::insert) has an example.
    pub fn delete<F, I>(mut self, field: impl FnOnce(&T::Fields) -> F, members: impl IntoIterator<Item = I>) -> Self
    where
        F: Single<T, Presence: IsSet, Held: SetMembers>,
        F::Role: Changeable + Unclaimed + Computable + Steppable,
        I: IntoValue<<F::Held as SetMembers>::Member>,
    {
        self.steps.members(field(T::FIELDS).locate(), members.into_iter().map(I::into_value), Step::Delete);
        self
    }

    /// Adds elements to the end of a list; what is absent counts as empty.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { steps: Vec<String> }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { steps: vec!["b".to_owned()] }).await?;
    /// let task = table.patch(task.id()).append(|t| t.steps, ["c"]).await?;
    /// let task = table.patch(task.id()).prepend(|t| t.steps, ["a"]).await?;
    /// assert_eq!(task.steps, ["a", "b", "c"]);
    /// # Ok(()) }
    /// ```
    pub fn append<F, I>(mut self, field: impl FnOnce(&T::Fields) -> F, elements: impl IntoIterator<Item = I>) -> Self
    where
        F: Single<T, Presence: Open, Held: ListField>,
        F::Role: Changeable + Unclaimed + Computable + Steppable,
        I: IntoValue<<F::Held as ListField>::Element>,
    {
        self.steps.elements(field(T::FIELDS).locate(), elements.into_iter().map(I::into_value), Step::Append);
        self
    }

    /// Adds elements to the beginning of a list, in their order; what is absent counts as empty.
    ///
    /// [`append`](Self::append) has an example.
    pub fn prepend<F, I>(mut self, field: impl FnOnce(&T::Fields) -> F, elements: impl IntoIterator<Item = I>) -> Self
    where
        F: Single<T, Presence: Open, Held: ListField>,
        F::Role: Changeable + Unclaimed + Computable + Steppable,
        I: IntoValue<<F::Held as ListField>::Element>,
    {
        self.steps.elements(field(T::FIELDS).locate(), elements.into_iter().map(I::into_value), Step::Prepend);
        self
    }

    /// Writes only if the row also fulfils a condition, in the language of filters; else [`Error::ConditionFailed`](crate::Error::ConditionFailed), with the row,
    /// also where a step does not fit the row.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String, open: bool }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into(), open: true }).await?;
    /// table.patch(task.id()).set(|t| t.open, false).when(|t| t.open.eq(true)).await?;
    /// let refused = table.patch(task.id()).set(|t| t.open, false).when(|t| t.open.eq(true)).await;
    /// assert!(refused.is_err_and(|error| error.is_condition_failed()));
    /// # Ok(()) }
    /// ```
    pub fn when(self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Self {
        Self { when: self.when.and(condition), ..self }
    }

    /// Creates the resource with this value where there is none, or none that has not expired. The steps are for one that is there; the value is
    /// stored as it is.
    ///
    /// 1 request where the resource is there (`UpdateItem`), 2 where it is not (and `PutItem`). When somebody else creates it between the two, it
    /// is patched: 3.
    ///
    /// An entity with unique values does not compile here: use [`create`](crate::Table::create), which claims them.
    ///
    /// A natural or composed key has to be the one that the value makes, else [`Error::KeyChanged`](crate::Error::KeyChanged) before anything is sent.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[table(id = "<path>")]
    /// struct Page {
    ///     path: String,
    ///     views: u64,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Page>().await?;
    /// let first = || Page { path: "/home".into(), views: 1 };
    /// let page = table.patch(Page::key("/home")).add(|p| p.views, 1).or_create(first()).await?;
    /// assert_eq!(page.views, 1);
    /// let page = table.patch(Page::key("/home")).add(|p| p.views, 1).or_create(first()).await?;
    /// assert_eq!(page.views, 2);
    /// # Ok(()) }
    /// ```
    pub fn or_create(self, value: T) -> PatchOrCreate<T>
    where
        T: WithoutUnique,
    {
        PatchOrCreate::new(self, value)
    }

    /// Sends it as a transaction of one action, whose token DynamoDB knows for 10 minutes: however often it is sent again, it is made once.
    ///
    /// A patch alone is known by its time: when an answer is lost and the row carries that time, it was made. What the time cannot tell is when
    /// somebody else writes between the lost answer and the repetition. Then the patch may be made twice; this one is not. It costs twice the
    /// capacity, and a transaction returns no row, so that the result is `()`.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Account { cents: i64 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Account>().await?;
    /// # let account = table.create(Account { cents: 0 }).await?;
    /// table.patch(account.id()).add(|a| a.cents, 500).exactly_once().await?;
    /// assert_eq!(table.read(account.id()).consistent().await?.cents, 500);
    /// # Ok(()) }
    /// ```
    pub fn exactly_once(self) -> ExactlyOnce<T> {
        ExactlyOnce::new(self, None)
    }

    /// Makes the patch once, however often it is sent with this key, as [`Create::idempotency_key`](crate::Create::idempotency_key) does: by this
    /// process or another, within 24 hours. It is a transaction then, which returns no row, so that the result is `()`.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Account { cents: i64 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Account>().await?;
    /// # let account = table.create(Account { cents: 0 }).await?;
    /// let pay = || table.patch(account.id()).add(|a| a.cents, 500).idempotency_key("payment 7");
    /// pay().await?;
    /// assert!(pay().await.is_err_and(|error| error.is_already_applied()));
    /// assert_eq!(table.read(account.id()).consistent().await?.cents, 500);
    /// # Ok(()) }
    /// ```
    pub fn idempotency_key(self, key: impl Into<String>) -> ExactlyOnce<T> {
        ExactlyOnce::new(self, Some(key.into()))
    }
}
