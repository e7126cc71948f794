//! An ORM for DynamoDB single-table design. A struct says what it is and how it is reached; the compiler checks it; a small runtime
//! executes it.
//!
//! DynamoDB finds items by their keys. In
//! [single-table design](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/data-modeling-foundations.html#data-modeling-foundations-single)
//! many types of item share one table, and an item carries a key, composed from its fields, for every way in which it is looked up. Here
//! the declaration of a struct has those keys as templates, and every write keeps them in step with the fields.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use simpletable::{SingleTable, Table};
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[table(versioned)]
//! struct Document {
//!     title: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! let table = Table::in_memory::<Document>().await?;
//! let document = table.create(Document { title: "draft".into() }).await?;
//! let document = table.update(document, |d| d.title = "final".into()).await?;
//! assert_eq!(document.version(), 2);
//! assert_eq!(table.read(document.id()).await?, document);
//! table.delete(document.id()).await?;
//! # Ok(()) }
//! ```
//!
//! - [`SingleTable`](macro@SingleTable) declares entities and the tables that hold them; its page lists every attribute.
//! - [`Table`] is where they are created, read, updated and deleted; its methods state requests, capacity and errors.
//! - [`Resource`] is what comes back: the value, its [`Id`], times, version and [`Revision`].
//! - [`Error`] says what can go wrong; [below](#errors-at-3-am) is what to do then.
//!
//! # Ten minutes
//!
//! ## Declare
//!
//! An entity is a struct that serde can write and read. Its fields are the domain's; id, times and version are beside it, in [`Resource`],
//! which derefs to the struct. An `#[gsi(...)]` is one way to look it up, on a
//! [global secondary index](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html). An enum of entities is a table.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! use simpletable::{Id, SingleTable, Table, WriteRequest};
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! struct Project {
//!     name: String,
//! }
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>")]
//! #[gsi(name = "project", index = "gsi1", pk = "project#<project>")]
//! struct Task {
//!     title: String,
//!     owner: String,
//!     priority: u8,
//!     /// `None` leaves the task out of the `project` index.
//!     project: Option<Id<Project>>,
//! }
//!
//! #[derive(SingleTable)]
//! enum App {
//!     Project(Project),
//!     Task(Task),
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! let table = Table::in_memory::<App>().await?;
//! let project = table.create(Project { name: "launch".into() }).await?;
//! let task = Task { title: "write".into(), owner: "ann".into(), priority: 4, project: Some(project.id().clone()) };
//!
//! // What will be stored, before it is sent: the fields, and the keys that they make.
//! let WriteRequest::PutItem(put) = table.create(task).into_input()? else { unreachable!("one row") };
//! let item = put.item().expect("a put has an item");
//! assert_eq!(item["ownerpk"].as_s().map(String::as_str), Ok("owner#ann"));
//! assert_eq!(item["ownersk"].as_s().map(String::as_str), Ok("004"));
//! assert_eq!(item["gsi1pk"].as_s(), Ok(&format!("project#{}", project.id())));
//! # Ok(()) }
//! ```
//!
//! The indexes are there to be queried; the operations for that are not part of this version.
//!
//! ## Create and read
//!
//! [`create`](Table::create) never overwrites. [`get`](Table::get) answers `None` where [`read`](Table::read) is an error. An [`Id`] knows its
//! type, so what is read follows from what it is asked with. Every operation is a builder: options are methods, and `.await` sends it.
//!
//! ```
//! # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
//! # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! let task = table.create(Task { title: "write".into() }).await?;
//! let named = table.create(Task { title: "read".into() }).id("reading-list").await?;
//!
//! assert_eq!(table.read(task.id()).consistent().await?, task);
//! assert_eq!(table.get("reading-list".parse::<Id<Task>>().expect("any text")).await?, Some(named));
//! # Ok(()) }
//! ```
//!
//! ## Update
//!
//! [`update`](Table::update) takes the copy that was read, and writes only if nobody has written since. [`modify`](Table::modify) reads, edits and
//! writes, again where somebody else was faster. [`update_at`](Table::update_at) takes a [`Revision`] that was given out earlier, such as an
//! `If-Match` header.
//!
//! ```
//! # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
//! # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! # let task = table.create(Task { title: "write".into() }).await?;
//! let etag = task.revision().to_string();
//! let stale = task.clone();
//!
//! let task = table.update(task, |t| t.title = "rewrite".into()).await?;
//! assert!(table.update(stale, |t| t.title = "lost".into()).await.is_err_and(|error| error.is_conflict()));
//! assert!(table.update_at(task.id(), &etag, |t| t.title = "lost".into()).await.is_err_and(|error| error.is_conflict()));
//!
//! let task = table.modify(task.id(), |t| t.title.push('!')).await?;
//! assert_eq!(task.title, "rewrite!");
//! # Ok(()) }
//! ```
//!
//! ## Keys of your own
//!
//! `id = "…"` makes the id from fields. `pk` and `sk` make the whole primary key, so that several types can share a partition; such an entity is
//! reached by the `key` function that the derive generates. Fields of the primary key are not changed by an update:
//! [`rekey`](Table::rekey) moves the resource.
//!
//! ```
//! # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[table(pk = "ORG#<org>", sk = "ORG")]
//! struct Org {
//!     org: String,
//!     plan: String,
//! }
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[table(pk = "ORG#<org>", sk = "USER#<email>")]
//! struct User {
//!     org: String,
//!     email: String,
//! }
//!
//! #[derive(SingleTable)]
//! enum Billing {
//!     Org(Org),
//!     User(User),
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! let table = Table::in_memory::<Billing>().await?;
//! table.create(Org { org: "acme".into(), plan: "pro".into() }).await?;
//! let user = table.create(User { org: "acme".into(), email: "ann@acme.io".into() }).await?;
//!
//! let user = table.rekey(user, |u| u.email = "ann@acme.com".into()).await?;
//! assert_eq!(table.read(User::key("acme", "ann@acme.com")).await?, user);
//! assert!(table.get(User::key("acme", "ann@acme.io")).await?.is_none());
//! # Ok(()) }
//! ```
//!
//! # How rows look
//!
//! The layout is that of the Python library [simplesingletable](https://pypi.org/project/simplesingletable/) (10.0.0 and 22.0.0). Rows that it
//! wrote are read here, and it reads rows that are written here, with three exceptions: it knows no composed keys; its classes refuse attributes
//! that they do not know, on uncompressed rows; and 10.0.0 reads neither uncompressed histories nor rows with a TTL.
//!
//! | row | `pk` | `sk` |
//! |---|---|---|
//! | an entity with an id | `Task#01HK4Y…`: the prefix and the id | the same |
//! | … versioned: the head, a full copy of the latest version | `Document#01HK4Y…` | `v0` |
//! | … versioned: the history | `Document#01HK4Y…` | `v1`, `v2`, … |
//! | an entity with a composed key | what `pk` renders | what `sk` renders |
//!
//! | attribute | type | content | where |
//! |---|---|---|---|
//! | `gsitype` | S | the entity's name | not in the history |
//! | `gsitypesk` | S | `updated_at`; with `gsitype` it is the type index | not in the history; not with `type_index = false` |
//! | `resource_id` | S | the id | where there is one and the row is not compressed |
//! | `created_at`, `updated_at` | S | UTC, microseconds: `2024-01-02T03:04:05.678900+00:00` | where the row is not compressed |
//! | the fields, as serde names them | | numbers N, text S, lists L, structs and maps M; `None` is absent; `#[table(set)]` SS, NS or BS | where the row is not compressed |
//! | `data` | B | id, times, version and fields as JSON, in one gzip member | where the row is compressed |
//! | `version` | N | the version | versioned entities |
//! | `ownerpk`, `gsi1pk` … | S | what the templates of `#[gsi(...)]` render | not in the history; absent where any part is `None` |
//! | `ttl`, or as the enum says | N | when the row expires, in Unix seconds | entities with `ttl = "…"` |
//! | `_rev` | S | `updated_at` | compressed rows with `type_index = false` |
//!
//! What a struct does not know is kept in the [`Resource`] and written back by updates. So an older program does not destroy what a newer one
//! wrote. A field that you add has to be an `Option` or `#[serde(default)]`, or older rows are an [`Error::Decode`]. An index that you add has no
//! rows until they are written again: keys are made by writes.
//!
//! # Kinds of entities
//!
//! | declared | means |
//! |---|---|
//! | nothing | one row, updated in place; its fields are attributes |
//! | `versioned` | each update keeps the version before it, in one transaction; compressed unless `compress = false`; cannot have a composed key |
//! | `max_versions = N` | the last `N` version numbers are kept; each update deletes the one that leaves |
//! | `compress` | the fields are one gzip member: smaller, and not seen by DynamoDB |
//! | `id = "<email>"` | the fields make the id |
//! | `pk`, `sk` | the fields make the key; there is no id |
//! | `ttl = "field"` | from that time on the resource is gone for readers, and its key is free; DynamoDB deletes the row [within a few days](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html) |
//!
//! Kinds are types: [`Identified`], [`Versioned`], [`Unversioned`], [`AcceptsId`]. What an entity cannot do does not compile, with a message that
//! says what to declare. Generic code asks for [`Member`].
//!
//! # Keys and templates
//!
//! A template is literals and placeholders: `"owner#<owner>"`. What is a [`KeyPart`](trait@KeyPart) can stand in one; newtypes and enums become one
//! by [`#[derive(KeyPart)]`](macro@KeyPart). A key sorts as text, so `<priority:03>` pads integers with zeros.
//!
//! Two resources never share a primary key. A value may not contain the first character of the literal that follows it in the template; such a
//! value is an [`Error::KeyValue`] before anything is sent. So is a key over
//! [2,048 bytes (partition) or 1,024 (sort)](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys),
//! except where a row is only looked up: no row has it. Two entities whose keys could meet do not compile in one table.
//!
//! # Times
//!
//! UTC, in microseconds. `created_at` is the time in a generated id. `updated_at` moves forward with every update, whatever the clocks do, which is
//! what makes a stale copy visible. [`TableBuilder::clock`] takes another [`Clock`]. [`time`] stores a field in the rows' own form.
//!
//! # Errors at 3 a.m.
//!
//! A message holds names (of the entity, the operation, the attribute, the template), never values, so it may be logged; so may `{:?}`. Log the
//! whole chain of [`source`](std::error::Error::source): DynamoDB's code is in it.
//!
//! | error | what happened | written? | what to do |
//! |---|---|---|---|
//! | [`AlreadyExists`](Error::AlreadyExists) | the key is taken | no | do not repeat; [`Error::current`] is the row that is there |
//! | [`NotFound`](Error::NotFound) | no such resource, or its time to live is over | no | do not repeat |
//! | [`Conflict`](Error::Conflict) | somebody else wrote since it was read | no | read again and decide anew, or use [`modify`](Table::modify); [`Error::current`] is the row that won |
//! | [`Busy`](Error::Busy) | other transactions held the row at every attempt | no | repeat later. Often: one row is written by too many |
//! | [`Unknown`](Error::Unknown) | the answer was lost, and the row does not tell | perhaps | read, then decide. A blind repetition may write twice |
//! | [`Sdk`](Error::Sdk), throttled | the table or the partition is over its capacity, after the SDK's retries | no | repeat later; look for a hot partition |
//! | [`Sdk`](Error::Sdk), otherwise | see its code: credentials, a missing table, no network | no | repeat where [`Error::is_retryable`] |
//! | [`KeyChanged`](Error::KeyChanged) | the edit would move the row | no | a bug of the caller, or [`rekey`](Table::rekey) |
//! | [`KeyValue`](Error::KeyValue), [`Encode`](Error::Encode) | a value cannot stand in a key, or cannot be stored | no | refuse the input |
//! | [`ItemTooLarge`](Error::ItemTooLarge) | over DynamoDB's [400 KB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items) | no | split it, or declare `compress` |
//! | [`Decode`](Error::Decode) | the row is no such entity: another program wrote it, or the struct has changed | – | its path and problem say where; the row is untouched |
//! | [`Open`](Error::Open) | the embedded engine cannot open its file | – | its source says why |
//! | [`NotActive`](Error::NotActive) | a new table takes more than 2 minutes | – | wait; do not create it again |
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! # use simpletable::{Error, Id, Resource, SingleTable, Table};
//! # #[derive(Clone, Serialize, Deserialize, SingleTable)] struct Task { title: String }
//! enum Answer {
//!     Ok(Resource<Task>),
//!     NotFound,
//!     PreconditionFailed,
//!     TryAgainLater,
//! }
//!
//! async fn rename(table: &Table<Task>, id: Id<Task>, etag: &str, title: String) -> simpletable::Result<Answer> {
//!     match table.update_at(id, etag, |task| task.title = title).await {
//!         Ok(task) => Ok(Answer::Ok(task)),
//!         Err(Error::NotFound { .. }) => Ok(Answer::NotFound),
//!         Err(Error::Conflict { .. }) => Ok(Answer::PreconditionFailed),
//!         Err(error) if error.is_retryable() => Ok(Answer::TryAgainLater),
//!         Err(error) => Err(error), // among them `Unknown`: the next `If-Match` tells
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! # let task = table.create(Task { title: "write".into() }).await?;
//! # assert!(matches!(rename(&table, "no-such-id".into(), "", "x".into()).await?, Answer::NotFound));
//! # assert!(matches!(rename(&table, task.id().clone(), "", "x".into()).await?, Answer::PreconditionFailed));
//! # assert!(matches!(rename(&table, task.id().clone(), task.revision().as_ref(), "x".into()).await?, Answer::Ok(_)));
//! # Ok(()) }
//! ```
//!
//! Repeated before you see an error: by the SDK, requests that were throttled, lost or met a server's error; by this library, writes whose rows
//! another transaction held (6 times, with growing pauses), and by [`modify`](Table::modify) the whole edit. After a lost answer, a write that meets
//! its own row is a success, not a conflict.
//!
//! # Testing
//!
//! [`Table::in_memory`] is a DynamoDB engine inside the process, reached through the same SDK client as AWS: one table per test, no clean-up. It is
//! not AWS: it is always consistent, and nothing conflicts, throttles or gets lost on its own. [`fault::Faults`] makes such things happen to the
//! requests that a test names; [`SettableClock`] lets time pass.
//!
//! ```
//! # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
//! # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Task { title: String }
//! use simpletable::fault::{Failure, Fault, Faults};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! let faults = Faults::new();
//! let table = Table::in_memory::<Task>().await?.with_faults(&faults);
//!
//! // Another transaction holds the row, once: the write is sent again.
//! faults.inject(Fault::before(Failure::TransactionConflict));
//! table.create(Task { title: "write".into() }).await?;
//! assert_eq!(faults.requests(), ["TransactWriteItems", "TransactWriteItems"]);
//! # Ok(()) }
//! ```
//!
//! `AWS_ENDPOINT_URL_DYNAMODB` leads [`Table::connect`] to DynamoDB Local; `create_if_missing` of [`TableBuilder`] makes the table there.
//!
//! # Logs
//!
//! Each operation is a [`tracing`](https://docs.rs/tracing) span named `simpletable`, with the fields `operation`, `table`, `entity`, and at its end
//! `requests` (those that the SDK sent, its retries included) and `consumed_capacity`. It holds no values.
//! The SDK has events of its own: at the level `TRACE` they print whole requests, with all they hold. `aws_smithy_runtime=info` in the filter keeps
//! them out.
//!
//! # Features
//!
//! | feature | gives | default |
//! |---|---|---|
//! | `aws` | [`Table::connect`]: AWS's own configuration, and the SDK's HTTPS client | yes |
//! | `embedded` | [`Table::in_memory`] and [`Table::open`]: a DynamoDB engine inside the process | |
//! | `test-util` | for tests of programs that use the library: [`fault`], [`SettableClock`] | |
//!
//! A program needs beside it `serde` with its feature `derive`, and a tokio runtime.

#[cfg(feature = "test-util")]
pub use simpletable_core::SettableClock;
#[cfg(feature = "test-util")]
pub use simpletable_core::fault;
#[doc(hidden)]
pub use simpletable_core::private as __private;
pub use simpletable_core::time;
pub use simpletable_core::{
    AcceptsId, BoxFuture, Clock, Create, Current, DecodeProblem, Delete, EncodeProblem, Entity, Error, Get, Id, Identified, IntoKey,
    IntoResource, IntoValue, Key, KeyPart, KeyProblem, Member, Modify, NoSchema, Read, Resource, Result, Revision, Schema, SdkFailure,
    SetField, Storable, Table, TableBuilder, TtlField, Unversioned, Update, UpdateAt, Versioned, WriteRequest,
};
pub use simpletable_derive::{KeyPart, SingleTable};

/// The README's program is compiled and run, and it is the example `quickstart`:
///
/// ```
/// let readme = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"));
/// let quickstart = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/quickstart.rs"));
/// let (_, program) = quickstart.split_once("\n\n").expect("a header and a program");
/// assert!(readme.contains(program));
/// ```
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
