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
//! - [`Table`] is where they are created, read, queried, updated and deleted; its methods state requests, capacity and errors.
//! - [`Resource`] is what comes back: the value, its [`Id`], times, version and [`Revision`]. Many come as a [`Page`], a list or a stream.
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
//! [Access patterns](#access-patterns) is how the indexes are read.
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
//! ## One of a kind
//!
//! [`singleton`](Table::singleton) reads the one `T` of a table (`#[table(singleton)]`), and creates it on first use; of many first uses at once one
//! creates it. A [`Repository`] is what a table does with one entity: for code that is to know neither the table nor the other entities, and, as a
//! [`ReadRepository`], is not to change anything. Its [`get_or_create`](Repository::get_or_create) is for any key what `singleton` is for one.
//!
//! ```
//! # use serde::{Deserialize, Serialize}; use simpletable::{Repository, SingleTable, Table};
//! #[derive(Default, Serialize, Deserialize, SingleTable)]
//! #[table(singleton)]
//! struct Config {
//!     greeting: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Config>().await?;
//! let config = table.singleton::<Config>().await?;
//! let configs: Repository<Config> = table.repository();
//! configs.modify(Config::key(), |c| c.greeting = "hello".into()).await?;
//! assert_eq!(configs.read_only().read(&config).await?.greeting, "hello");
//! # Ok(()) }
//! ```
//!
//! ## History
//!
//! A `versioned` entity keeps every version, or the last `max_versions` numbers. [`versions`](Table::versions) reads them, newest first,
//! [`read_version`](Table::read_version) one of them. [`restore`](Table::restore) makes a new version with the content of an old one, and
//! [`diff`](Table::diff) tells people what changed. [`delete_version`](Table::delete_version) and
//! [`prune_versions`](Table::prune_versions) delete old ones. A version that is gone (pruned, deleted, expired, missing in a backup) is left
//! out, and is no error. [`check`](Table::check) tells whether the rows of a resource agree, and [`repair`](Table::repair) brings them to agree:
//! after a restored backup, or a program that broke off.
//!
//! ```
//! # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[table(versioned, max_versions = 10)]
//! struct Document {
//!     title: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! let table = Table::in_memory::<Document>().await?;
//! let document = table.create(Document { title: "draft".into() }).await?;
//! let document = table.update(document, |d| d.title = "nonsense".into()).await?;
//!
//! for change in table.diff(document.id(), 1, 2).await? {
//!     println!("{}: {:?} -> {:?}", change.field, change.old, change.new);
//! }
//! let document = table.restore(document.id(), 1).await?;
//! let versions = table.versions(document.id()).all().await?;
//! assert_eq!(versions.iter().map(|v| v.title.as_str()).collect::<Vec<_>>(), ["draft", "nonsense", "draft"]);
//! # Ok(()) }
//! ```
//!
//! ## Patch
//!
//! [`patch`](Table::patch) changes fields in place, in one request and without reading: a counter that many writers add to, a status. The keys of the
//! indexes that are made of a field are written with it, so that no index keeps the old ones.
//!
//! ```
//! # use std::collections::{BTreeMap, BTreeSet};
//! # use serde::{Deserialize, Serialize};
//! use simpletable::{Nested, SingleTable, Table};
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Nested)]
//! struct Address {
//!     city: String,
//! }
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[gsi(name = "status", pk = "status#<status>")]
//! #[gsi(name = "board", pk = "board#<board>", sk = "<rank:03>")]
//! struct Task {
//!     title: String,
//!     status: String,
//!     board: Option<String>,
//!     rank: u8,
//!     note: Option<String>,
//!     views: u64,
//!     by_country: BTreeMap<String, u32>,
//!     #[table(set)]
//!     tags: BTreeSet<String>,
//!     steps: Vec<String>,
//!     address: Address,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! # let task = Task { title: "write".into(), status: "open".into(), board: None, rank: 1, note: Some("x".into()), views: 0,
//! #     by_country: BTreeMap::new(), tags: BTreeSet::new(), steps: vec!["a".into()], address: Address { city: "Oslo".into() } };
//! # let task = table.create(task).await?;
//! let task = table
//!     .patch(task.id())
//!     .set(|t| t.status, "done") // and its index key
//!     .set(|t| (t.board, t.rank), ("red", 5)) // they share an index, so they change together
//!     .remove(|t| t.note)
//!     .add(|t| t.views, 1)
//!     .add(|t| t.by_country.key("no"), 1)
//!     .insert(|t| t.tags, ["urgent"])
//!     .append(|t| t.steps, ["b"])
//!     .set(|t| t.address.at(|a| a.city), "Bergen")
//!     .when(|t| t.status.eq("open"))
//!     .await?;
//! assert_eq!((task.views, task.rank), (1, 5));
//! # Ok(()) }
//! ```
//!
//! | what cannot be patched, and does not compile | instead |
//! |---|---|
//! | one of several fields that share an index key; of an index that an `Option` decides about, both keys are one | set all of them, as a tuple |
//! | a field that shares an index key with `<created_at>` or the primary key; a time to live in seconds | [`modify`](Table::modify); an `Option` can be removed |
//! | a field of the primary key | [`rekey`](Table::rekey) |
//! | versioned and compressed entities; with `pk_with` or `sk_with`; with `<updated_at>` beside fields in an index key | [`modify`](Table::modify) |
//!
//! A step that needs something of the row is conditional on it. So NULL that another writer has stored is an [`Error::Patch`], and so is a sum
//! out of the field's range; nothing is written.
//!
//! ## Upsert
//!
//! [`upsert`](Table::upsert) writes a whole value where nobody knows whether it is there: a device that reports, a user who signs in. What is there keeps
//! its `created_at`, the fields that are [create-only](crate::Upsert::create_only), and what its struct does not know.
//!
//! | | what is there | keeps |
//! |---|---|---|
//! | [`create`](Table::create) | [`AlreadyExists`](Error::AlreadyExists) | |
//! | [`upsert`](Table::upsert) | is overwritten | `created_at`, create-only fields, what the struct does not know |
//! | [`put`](Table::put) | is replaced | nothing |
//! | [`patch`](Table::patch)`(..)`[`.or_create(value)`](crate::Patch::or_create) | is patched | all that is not patched |
//!
//! Versioned and compressed entities, such with unique values, with `<created_at>` in a key or with a time to live in seconds cannot be
//! upserted; that does not compile.
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
//! # Access patterns
//!
//! A pattern is declared once, as a template, and read by the function that its declaration makes: a [`Finder`] of the rows of one partition.
//!
//! | declared | gives |
//! |---|---|
//! | `#[gsi(name = "owner", pk = "owner#<owner>", ...)]` | `Task::by_owner("ann")`: a partition of the index |
//! | `#[table(pk = "ORG#<org>", sk = "...")]` | `User::in_partition("acme")`: the rows of this entity in a partition of the table |
//! | an enum of entities | `App::partition_of(key)`: the rows of all entities in the partition of a key; see [collections](#collections) |
//!
//! The arguments are the fields of `pk`. Then the sort key can be narrowed, from its left: by a method for each further field, for equality,
//! and at the end by one `.range(...)` or, on text, one `.begins_with("...")`. All of it becomes one key condition: rows that do not match are
//! neither read nor paid for.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! use chrono::NaiveDate;
//! use simpletable::{Finder, SingleTable, Table};
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<due>")]
//! struct Task {
//!     owner: String,
//!     priority: u8,
//!     due: NaiveDate,
//! }
//!
//! /// A pattern with a name of its own.
//! fn urgent(owner: &str) -> impl Finder<Item = Task> {
//!     Task::by_owner(owner).range(3..)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).expect("a day of March");
//! # let task = |n: u32| Task { owner: "ann".into(), priority: (n % 5) as u8, due: day(n) };
//! # table.create_many((1..=20).map(task)).await?.into_complete()?;
//!
//! // The whole partition, in the order of its sort key; equality on the first part; then a range of the next.
//! let all = table.query(Task::by_owner("ann")).all().await?;
//! let fours = table.query(Task::by_owner("ann").priority(4)).all().await?;
//! let early = table.query(Task::by_owner("ann").priority(4).range(day(1)..=day(10))).all().await?;
//! assert_eq!((all.len(), fours.len(), early.len()), (20, 4, 2));
//!
//! // The other way round, and only the first.
//! let next = table.query(urgent("ann")).descending().limit(1).await?;
//! assert_eq!((next[0].priority, next[0].due), (4, day(19)));
//! # Ok(()) }
//! ```
//!
//! `.range` takes the standard library's ranges, also a pair of `Bound`s. **Bounds are exact**: `3..` holds 3 and `..3` does not, for integers,
//! dates, times and text. A range that nothing can be in is an empty page, and no request. The finders of one entity never return another
//! entity's rows, also where both share a partition of an index.
//!
//! What is no prefix of the sort key, in its order, does not exist as a method; so it does not compile. Nor does what would not be true:
//!
//! | written | why it does not compile |
//! |---|---|
//! | `Task::by_owner("ann").due(day)` | `priority` comes before it |
//! | `Task::by_owner("ann").range(3..).due(day)` | a range closes the finder |
//! | `.range(...)` on an enum | its names sort by the alphabet, not as its variants do |
//! | `.range("a".."b")` on text that a literal follows | text before a delimiter does not sort as its value |
//! | `.begins_with("1")` on a number | a number has no prefixes |
//! | `.range(...)` on an integer without a width | such an `sk` cannot be declared: write `<priority:03>` |
//! | `.consistent()` on an index | indexes are eventually consistent |
//!
//! ```compile_fail
//! # use serde::{Deserialize, Serialize};
//! # use simpletable::SingleTable;
//! #[derive(Serialize, Deserialize, SingleTable)]
//! #[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<title>")]
//! struct Task {
//!     owner: String,
//!     priority: u8,
//!     title: String,
//! }
//!
//! let skipped = Task::by_owner("ann").title("write"); // `priority` comes first
//! ```
//!
//! A query on an index that is declared with a `projection` of less than whole rows gives keys ([`keys`](Query::keys)), or the resources, read from
//! the table ([`fetch`](Query::fetch)); never half of one.
//!
//! Beside finders there are two ways to the rows of a type. [`list`](Table::list) reads the type index, most recently updated first; it is one
//! partition for each type. [`scan`](Table::scan) reads the whole table, in [`segments`](Scan::segments) at once if you like. A query without
//! anything else reads one page. What follows it says how much:
//!
//! | | reads |
//! |---|---|
//! | `.await` | one page: up to `.limit(n)` resources, or what one request brings |
//! | `.all().await` | everything, as a `Vec` |
//! | `.stream()` | everything, as a stream of resources ([`Rows`]) |
//! | `.pages()` | everything, as a stream of pages ([`Pages`]) |
//! | `.count().await` | how many there are; no rows are sent |
//!
//! # Filters
//!
//! [`filter`](Query::filter) takes a [`Condition`] on fields, typed as they are, which DynamoDB checks on the rows that the key condition finds.
//! It saves traffic, not capacity: rows that do not match
//! [are read and paid for](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html). What is asked for often
//! belongs into a key.
//!
//! | on | functions |
//! |---|---|
//! | every field | `eq`, `ne`, `in_`, `exists`, `not_exists` (absent, or NULL) |
//! | numbers, text, times | `lt`, `le`, `gt`, `ge`, `between` |
//! | text | `begins_with`, `contains` |
//! | sets and lists | `contains` |
//! | text, sets, lists, maps | `size()`, to be compared |
//! | a struct with `#[derive(Nested)]` | `at(\|inner\| inner.field)` |
//! | conditions | `and`, `or`, `!` |
//!
//! ```
//! # use std::collections::BTreeSet;
//! # use serde::{Deserialize, Serialize};
//! use simpletable::{Condition, Fields, Nested, SingleTable, Table};
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Nested)]
//! struct Place {
//!     city: String,
//! }
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! struct Task {
//!     title: String,
//!     hours: f64,
//!     #[table(set)]
//!     tags: BTreeSet<String>,
//!     place: Option<Place>,
//! }
//!
//! /// A condition with a name of its own.
//! fn long(t: &Fields<Task>) -> Condition<Task> {
//!     t.hours.gt(10.0).and(!t.tags.contains("paused"))
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! let task = |title: &str, hours, city: Option<&str>| Task {
//!     title: title.into(),
//!     hours,
//!     tags: BTreeSet::new(),
//!     place: city.map(|city| Place { city: city.into() }),
//! };
//! table.create_many([task("write", 12.0, Some("Oslo")), task("read", 30.0, None), task("rest", 1.0, None)]).await?.into_complete()?;
//!
//! assert_eq!(table.list::<Task>().filter(long).all().await?.len(), 2);
//! assert_eq!(table.list::<Task>().filter(|t| t.place.at(|p| p.city).eq("Oslo")).all().await?.len(), 1);
//! assert_eq!(table.list::<Task>().filter(|t| t.place.not_exists().and(t.title.size().gt(4))).count().await?, 0);
//! # Ok(()) }
//! ```
//!
//! DynamoDB does not see the fields inside compressed `data`: a filter on one does not compile. [`filter_fn`](Query::filter_fn) is for those, and for
//! whatever else a function can say; it runs here. With either, `limit` still counts results: requests ask for more rows than are missing, by the
//! share that matched so far, but not for more than 1,000 at a time unless the limit is larger.
//!
//! # Pages and cursors
//!
//! A [`Page`] is a slice of resources. Its [`next_cursor`](Page::next_cursor) is where the next page begins; a page without one is the last, so
//! a page that ends exactly at the last row has none. A page may be shorter than its limit and have a cursor:
//! [`max_requests`](Query::max_requests) ended it, and no row is lost. It says what it cost, too.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! # use simpletable::{Error, SingleTable, Table};
//! # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! # #[gsi(name = "owner", pk = "owner#<owner>")]
//! # struct Task { owner: String, hours: u32 }
//! use futures::TryStreamExt;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! # table.create_many((1..=15).map(|hours| Task { owner: "ann".into(), hours })).await?.into_complete()?;
//! // A handler: what came from the browser goes in, what goes to the browser comes out.
//! async fn tasks(table: &Table<Task>, cursor: Option<&str>) -> simpletable::Result<(usize, Option<String>)> {
//!     let page = table.query(Task::by_owner("ann")).limit(10).after(cursor).await?;
//!     Ok((page.len(), page.next_cursor().map(ToString::to_string)))
//! }
//!
//! let (first, cursor) = tasks(&table, None).await?;
//! let (second, end) = tasks(&table, cursor.as_deref()).await?;
//! assert_eq!((first, second, end), (10, 5, None));
//! assert!(matches!(tasks(&table, Some("from page one?")).await, Err(Error::InvalidCursor { .. })));
//!
//! // Inside one program a stream needs no cursor.
//! let hours = table.query(Task::by_owner("ann")).stream().try_fold(0, |sum, task| async move { Ok(sum + task.hours) }).await?;
//! assert_eq!(hours, 120);
//! # Ok(()) }
//! ```
//!
//! **What a walk promises.** Rows that do not change meanwhile come exactly once. A row that is written meanwhile may move in an index, and then come
//! twice or not at all: in a `list`, every update moves its row to the front. [`scan`](Table::scan) is the complete walk. It goes by the primary key,
//! which no update changes, so a row that exists all the while comes exactly once. Rows that are created or deleted meanwhile may come or not.
//!
//! **A [`Cursor`]** is text that fits into a URL. It belongs to its query: the table, the entity, the finder with its values, the direction and the filter.
//! Any other query refuses it, and any text that is no cursor is refused, as an [`Error::InvalidCursor`]; it never means page one. The limit may change
//! between pages. A `filter_fn` is not part of it, so give each page the same one.
//!
//! A cursor holds the keys of a row, and keys often hold personal data. With a [`cursor_key`](TableBuilder::cursor_key) it is encrypted, and one
//! that somebody else made is refused. To rotate keys, add the new one behind the old one everywhere, then put it first, and drop the old one when its
//! cursors are no longer used.
//!
//! # Batches
//!
//! | | sends | each result |
//! |---|---|---|
//! | [`get_many`](Table::get_many) | `BatchGetItem` for every 100 keys | in the order of the keys, `None` where there is no row; a key may come twice |
//! | [`create_many`](Table::create_many) | what `create` sends, for each | as `create` |
//! | [`put_many`](Table::put_many) | `BatchWriteItem` for every 25 rows | blind: what is there is replaced. Not for versioned and for counted entities |
//! | [`delete_many`](Table::delete_many) | what `delete` sends, for each | as `delete` |
//!
//! A batch is complete, or its [`Batch`] names what is left: it has a result for each resource, in order. [`into_complete`](Batch::into_complete) makes it
//! a list, or the first error. What DynamoDB leaves unprocessed is sent again with growing pauses. `create_many` also takes values of the enum.
//! `concurrency` bounds what runs at once, and `on_progress` tells how far it is.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! # use simpletable::{Id, SingleTable, Table};
//! # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! let tasks = (1..=30).map(|n| Task { title: format!("task {n}") });
//! let tasks = table.create_many(tasks).await?.into_complete()?;
//!
//! let found = table.get_many([tasks[0].id(), &Id::from("no-such-task")]).await?;
//! assert_eq!(found, [Some(tasks[0].clone()), None]);
//!
//! let deleted = table.delete_many([tasks[0].id(), &Id::from("no-such-task")]).await?;
//! for (position, error) in deleted.errors() {
//!     assert!(position == 1 && error.is_not_found());
//! }
//! # Ok(()) }
//! ```
//!
//! # Collections
//!
//! Several entities in one partition are read in one request: by `App::partition_of(key)` on the table, and by
//! [`rows_of`](Finder::rows_of) on an index. Each row comes as its own variant; [`downcast`](Resource::downcast) makes it a resource of one entity, which
//! can be updated. Rows of a history never show. A row of an entity that the enum does not have is an [`Error::Decode`], or passed over with
//! [`skip_unknown`](Query::skip_unknown).
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! use simpletable::{Finder, SingleTable, Table};
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[table(pk = "ORG#<org>", sk = "ORG")]
//! #[gsi(name = "region", index = "gsi1", pk = "region#<region>")]
//! struct Org {
//!     org: String,
//!     region: String,
//! }
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[table(pk = "ORG#<org>", sk = "USER#<email>")]
//! #[gsi(name = "region", index = "gsi1", pk = "region#<region>")]
//! struct User {
//!     org: String,
//!     email: String,
//!     region: String,
//! }
//!
//! #[derive(Debug, SingleTable)]
//! enum Billing {
//!     Org(Org),
//!     User(User),
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! let table = Table::in_memory::<Billing>().await?;
//! table.create(Org { org: "acme".into(), region: "eu".into() }).await?;
//! table.create(User { org: "acme".into(), email: "ann@acme.io".into(), region: "eu".into() }).await?;
//!
//! for row in table.query(Billing::partition_of(Org::key("acme"))).all().await? {
//!     match &*row {
//!         Billing::Org(org) => println!("{}", org.org),
//!         Billing::User(user) => println!("  {}", user.email),
//!     }
//!     if let Ok(user) = row.downcast::<User>() {
//!         table.update(user, |u| u.region = "us".into()).await?;
//!     }
//! }
//! assert_eq!(table.query(Org::by_region("eu").rows_of::<Billing>()).all().await?.len(), 1);
//! # Ok(()) }
//! ```
//!
//! # The deployed table
//!
//! `create_if_missing` of [`TableBuilder`] makes the table with its indexes and its TTL. [`verify`](Table::verify) compares a deployed one with the code,
//! and lists every [`Difference`]: a key of another type; an index that is missing, different or still being built; TTL; and what makes the table cost
//! more than expected. Each has a [`Severity`]. It changes nothing; run it in a deployment.
//!
//! A declaration that has changed holds for rows that are written from then on. [`rewrite`](Table::rewrite) brings the old ones up to it: to a new
//! `#[gsi]`, to a new `ttl`, to `compress` switched. It reads the whole table, and writes only rows that differ, each on the condition that
//! nobody has changed it since. It can be bounded in rows a second, it says how far it is, and it goes on from a cursor.
//!
//! ```
//! # use serde::{Deserialize, Serialize};
//! # use simpletable::{SingleTable, Table};
//! # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! # #[gsi(name = "owner", pk = "owner#<owner>")]
//! # struct Task { owner: String }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Task>().await?;
//! # table.create(Task { owner: "ann".into() }).await?;
//! let found = table.verify().await?;
//! assert!(found.is_ok(), "{found}");
//!
//! let done = table.rewrite::<Task>().rows_per_second(500).on_progress(|so_far| println!("{} written", so_far.changed())).await?;
//! assert!(done.is_complete());
//! println!("{} changed, {} were up to date", done.changed(), done.unchanged());
//! # Ok(()) }
//! ```
//!
//! # How rows look
//!
//! The layout is that of the Python library [simplesingletable](https://pypi.org/project/simplesingletable/) (10.0.0 and 22.0.0). Rows that it
//! wrote are read here, and it reads rows that are written here ([call by call](migrating)), with three exceptions: it knows no composed keys; its classes refuse attributes
//! that they do not know, on uncompressed rows; and 10.0.0 reads neither uncompressed histories, nor uncompressed rows with a TTL or with bytes.
//! `scripts/interop` has both at work on one table.
//!
//! | row | `pk` | `sk` |
//! |---|---|---|
//! | an entity with an id | `Task#01HK4Y…`: the prefix and the id | the same |
//! | … versioned: the head, a full copy of the latest version | `Document#01HK4Y…` | `v0` |
//! | … versioned: the history | `Document#01HK4Y…` | `v1`, `v2`, … |
//! | an entity with a composed key | what `pk` renders | what `sk` renders |
//! | a claim of a unique value: `owner` is the keys of the row that has it; it expires with that row | `_INTERNAL#Unique#User#email#ann@acme.io` | the same |
//! | an idempotency key, with the time until which it holds | `_INTERNAL#Idempotency#…` | the same |
//! | the counts by type | `_INTERNAL#MemoryStats` | the same |
//! | a singleton | `SINGLETON#Config`: its name | the same; `v0`, `v1`, … where it is versioned |
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
//! A field that takes any number (a type of decimals, `serde_json::Value`) is given one that no float holds exactly as its text.
//!
//! What a struct does not know is kept in the [`Resource`] and written back by updates. So an older program does not destroy what a newer one
//! wrote. A field that you add has to be an `Option` or `#[serde(default)]`, or older rows are an [`Error::Decode`]. An index that you add has no
//! rows until they are written again, because keys are made by writes; [`rewrite`](Table::rewrite) does that.
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
//! | `count` | the resources are counted, in the transactions that create and delete them; [`stats`](Table::stats) reads the numbers. One row holds them all, which is a ceiling of some 500 creations and deletions a second: [more](macro@SingleTable#count) |
//! | `singleton` | a table holds one; [`singleton`](Table::singleton) reads it, and creates it from its `Default` on first use |
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
//! what makes a stale copy visible. A patch does not read the row: it writes its own clock's time, which is like no other of the process. [`TableBuilder::clock`] takes another [`Clock`]. [`time`] stores a field in the rows' own form.
//!
//! # Unique values
//!
//! A primary key is unique by itself. What else no two resources may share is declared:
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use simpletable::{SingleTable, Table};
//!
//! #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
//! #[table(unique(name = "email", value = "<email>", fold = "lower"))]
//! #[table(unique(name = "badge", value = "<team>#<badge:04>"))]
//! struct User {
//!     email: String,
//!     team: String,
//!     /// `None` is no value: any number of users may be without.
//!     badge: Option<u32>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<User>().await?;
//! let ann = table.create(User { email: "Ann@Acme.io".into(), team: "red".into(), badge: Some(7) }).await?;
//! let refused = table.create(User { email: "ann@acme.io".into(), team: "blue".into(), badge: None }).await;
//! assert!(refused.is_err_and(|error| error.is_unique_violation()));
//! assert_eq!(table.find(User::find_by_badge("red", 7)).await?, Some(ann));
//! # Ok(()) }
//! ```
//!
//! Each value is a row of its own, a claim, that names the row which has it. It is written in the transaction that creates, changes, moves or
//! deletes that row, so neither a crash nor a lost answer can part them, and of any number of creators one wins. A write that changes no value is
//! what it is without them. A claim costs 2 write units in each such transaction, 4 where a value changes (one is released, one is taken), and a
//! deletion reads the row first, to know what it had. One value can be taken and released as often as any row is written: about 1,000 units a
//! second. A value and what names its constraint fit [1,024 bytes](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys).
//!
//! A row that others delete (Python, DynamoDB at the end of its time) leaves its claim behind. Whoever wants the value then finds that out and takes
//! the claim over, in one transaction that also checks that the row is still gone, has still expired, or still has another value: two requests
//! more. What overwrites rows unread, such as [`put_many`](Table::put_many), does not compile for such entities.
//!
//! Rows that were there before their values were declared unique, or that Python or an import wrote, claim nothing until they are written again with
//! another value. [`rebuild_claims`](Table::rebuild_claims) claims for them, removes the claims that no row needs, and tells the keys of rows that share
//! a value. `simpletable/examples/orders.rs` shows unique values beside transactions and patches.
//!
//! # Writes that are made once
//!
//! After [`Unknown`](Error::Unknown) nobody knows whether to repeat a write. With [`idempotency_key`](Create::idempotency_key) it can be repeated
//! blindly, from any process, for 24 hours:
//!
//! ```
//! # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
//! # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Counter { visits: u32 }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
//! # let table = Table::in_memory::<Counter>().await?;
//! # let counter = table.create(Counter { visits: 0 }).await?;
//! let visit = || table.modify(counter.id(), |counter| counter.visits += 1).idempotency_key("request b2f0");
//! visit().await?;
//! assert!(visit().await.is_err_and(|error| error.is_already_applied()));
//! assert_eq!(table.read(counter.id()).await?.visits, 1);
//! # Ok(()) }
//! ```
//!
//! # Actor, tags and deadline
//!
//! [`Table::with`] gives a clone of the table a [`Context`]: an actor and tags, which stand in the spans of its operations, and a deadline, after
//! which no request is begun. Values in it are the caller's: they are shown as they are given.
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
//! | [`ConditionFailed`](Error::ConditionFailed) | the row does not fulfil the `.when(..)` of the call; nobody else is to blame | no | tell the user; [`Error::current`] is the row |
//! | [`Patch`](Error::Patch) | the row does not hold what a step of a patch needs, or two steps change one place | no | [`modify`](Table::modify) reads the row first |
//! | [`Conflict`](Error::Conflict) | somebody else wrote since it was read | no | read again and decide anew, or use [`modify`](Table::modify); [`Error::current`] is the row that won |
//! | [`Transaction`](Error::Transaction) | one operation of a [`transact`](Table::transact) failed; the source says why, and the predicates see through it | no | as its source |
//! | [`InvalidTransaction`](Error::InvalidTransaction) | over 100 rows or 4 MB, one row twice, another table's operation, a history that is too long | no | a bug of the caller, or split it |
//! | [`OldLost`](Error::OldLost) | the write was made, and what it was to give back was lost with the answer | yes | do not repeat |
//! | [`Busy`](Error::Busy) | other transactions held the row at every attempt | no | repeat later. Often: one row is written by too many |
//! | [`UniqueViolation`](Error::UniqueViolation) | another resource has the unique value | no | tell the user |
//! | [`AlreadyApplied`](Error::AlreadyApplied) | the same write was made before, under this idempotency key | not now | it is done: read, if you need the result |
//! | [`DeadlineExceeded`](Error::DeadlineExceeded) | the deadline of the [`Context`] passed before there was an answer | no | repeat with another deadline |
//! | [`Unknown`](Error::Unknown) | the answer was lost, and the row does not tell | perhaps | read, then decide. A blind repetition may write twice; one with an [idempotency key](#writes-that-are-made-once) does not |
//! | [`Sdk`](Error::Sdk), throttled | the table or the partition is over its capacity, after the SDK's retries | no | repeat later; look for a hot partition |
//! | [`Sdk`](Error::Sdk), otherwise | see its code: credentials, a missing table, no network | no | repeat where [`Error::is_retryable`] |
//! | [`KeyChanged`](Error::KeyChanged) | the edit would move the row | no | a bug of the caller, or [`rekey`](Table::rekey) |
//! | [`PastVersion`](Error::PastVersion) | the resource was read from the history | no | a bug of the caller, or [`restore`](Table::restore) |
//! | [`LatestVersion`](Error::LatestVersion) | the latest version cannot be deleted alone | no | [`delete`](Table::delete), or [`restore`](Table::restore) another one first |
//! | [`KeyValue`](Error::KeyValue), [`Encode`](Error::Encode) | a value cannot stand in a key, or cannot be stored | no | refuse the input |
//! | [`ItemTooLarge`](Error::ItemTooLarge) | over DynamoDB's [400 KB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items) | no | split it, or declare `compress` |
//! | [`Expression`](Error::Expression) | a filter is larger than DynamoDB takes: over 100 values in one `in_`, 300 operators, or 4 KB | no | ask for less at a time |
//! | [`NotProjected`](Error::NotProjected) | a filter looks at a field that its index does not hold | no | list the field in the index's `projection`, or use `.fetch().filter_fn(..)` |
//! | [`InvalidCursor`](Error::InvalidCursor) | the cursor is broken, was made by another query, or its key is gone | – | refuse the input; start at page one only if the user agrees |
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
//! its own row is a success, not a conflict. A patch whose answer is lost, and whose row somebody else writes before it is sent again, may be made
//! twice: [`Patch::exactly_once`] is not.
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
//! Each operation is a [`tracing`](https://docs.rs/tracing) span named `simpletable`, with the fields `operation`, `table`, `entity`, the `index` of a query, and at its end
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
pub use simpletable_core::roles;
pub use simpletable_core::time;
pub use simpletable_core::{
    AcceptsId, All, AllVersions, Batch, BirthApart, BoxFuture, Change, Check, Checked, Clock, Collection, Comparable, Condition,
    Consistent, Container, Context, Count, Counted, Create, CreateMany, Current, Cursor, Deadline, DecodeProblem, Delete, DeleteMany,
    DeleteReturning, DeleteVersion, Diff, Difference, DuplicateValue, EncodeProblem, Entity, Error, ExactlyOnce, ExpressionProblem, Field,
    Fields, Find, Finder, Finding, Get, GetAll, GetMany, GetOrCreate, GetVersion, GivesResources, Id, Identified, InData, Index, Initial,
    Inner, Inside, IntoCursor, IntoKey, IntoResource, IntoValue, Key, KeyAttribute, KeyPage, KeyPart, KeyProblem, KeyRange, Keys, KeysOf,
    KeysOrFetch, Last, ListField, ListVersions, Listable, MapField, MaxVersions, Member, Modify, Nested, NoSchema, Number, OrderedKeyPart,
    Page, Pages, PartlyKept, Patch, PatchOrCreate, PatchOrCreateOnce, PatchProblem, Patchable, Precondition, PruneVersions, Put, PutMany,
    PutOnce, PutReturning, Query, Ranged, Read, ReadOnly, ReadRepository, ReadStats, ReadVersion, ReadWrite, RebuildClaims, RebuiltClaims,
    Recount, Repair, Repaired, Repository, Resource, Restore, Result, Revision, Rewrite, RewriteError, Rewritten, RowFailure, RowOf, Rows,
    Scan, Schema, SdkFailure, SetField, SetMembers, Severity, Singleton, Size, StampApart, Stats, Storable, Stored, Table, TableBuilder,
    TableKey, TemplateKeys, Text, TextPart, TextPrefix, Transact, TransactionOp, TransactionOps, TransactionProblem, TtlField, Uncounted,
    UniqueKey, Unversioned, Update, UpdateAt, Upsert, UpsertOnce, Upsertable, Verification, Verify, VersionInfo, VersionPages, VersionRows,
    Versioned, Versions, Visible, WholeRows, WithoutUnique, WriteRequest, Writes,
};
pub use simpletable_derive::{KeyPart, Nested, SingleTable};

#[doc = include_str!("../migrating.md")]
pub mod migrating {}

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
