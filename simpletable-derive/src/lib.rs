//! The derive macros of `simpletable`; use them through that crate.

#![warn(clippy::unwrap_used)]

mod attr;
mod case;
mod diag;
mod expand;
mod model;
mod template;
mod ty;
mod validate;

use proc_macro::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, parse_macro_input};

use crate::diag::Errors;

/// Declares an entity, on a struct, or a table, on an enum of entities.
///
/// # An entity
/// A struct with named fields, which serde can write and read. It holds the domain's data only; what the library adds (id or key,
/// times, version) is beside it, in `Resource`.
///
/// ```
/// use std::collections::BTreeSet;
///
/// use chrono::{DateTime, NaiveDate, Utc};
/// use serde::{Deserialize, Serialize};
/// use simpletable::{Id, SingleTable};
///
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(ttl = "expires")]
/// #[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<due>")]
/// #[gsi(name = "parent", index = "gsi1", pk = "parent#<parent>")]
/// struct Task {
///     title: String,
///     owner: String,
///     priority: u8,
///     due: NaiveDate,
///     /// `None` leaves the task out of the `parent` index.
///     parent: Option<Id<Task>>,
///     #[table(set)]
///     tags: BTreeSet<String>,
///     expires: Option<DateTime<Utc>>,
/// }
/// ```
///
/// ## `#[table(...)]` on the struct
/// | attribute | meaning | without it |
/// |---|---|---|
/// | `versioned` | every update keeps the version before it | one row, updated in place |
/// | `max_versions = N` | of a history, the last `N` version numbers are kept | all are |
/// | `singleton` | a table holds one, at the key `SINGLETON#` and the type's name; `table.singleton::<T>()` reads it, and creates it on first use; without `prefix`, `id`, `pk` and `sk` | a table holds many |
/// | `compress`, `compress = false` | the fields are stored as one gzip member, `data`; they cannot be filtered on then | versioned entities are compressed, others are not |
/// | `name = "…"` | the type's name in rows (`gsitype`) | the struct's name |
/// | `prefix = "…"` | what keys begin with; no `#`, and neither `SINGLETON` nor `_…`, which are reserved | `name` |
/// | `id = "<email>"` | a natural id: the fields make it | a ULID, or any id given at creation |
/// | `pk = "…"`, `sk = "…"` | a composed primary key, made from the fields; such an entity has no id, and cannot be versioned | a key made from the id |
/// | `ttl = "field"` | the field says when the row expires: a `DateTime`, or whole seconds after creation, or an `Option` of either | rows do not expire |
/// | `type_index = false` | rows are left out of the type index (without `gsitypesk`), so they cannot be listed by type | rows are in it |
/// | `count` | the resources are counted, in the transactions that create and delete them; see below | they are not |
/// | `deny_unknown` | attributes that the struct does not know are an error | they are kept, and written back by updates |
/// | `unique(name = "…", value = "<email>")` | no two resources share this value, a template of fields; may stand several times. It gives `T::find_by_<name>(..)` for `table.find(..)`. With `fold = "lower"` values that differ in case alone are the same; an `Option` that is `None` is no value | any number may |
/// | `crate = path` | where the library is found, if not at `::simpletable` | `::simpletable` |
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use simpletable::{KeyPart, SingleTable};
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(versioned, compress = false, max_versions = 10, name = "doc", prefix = "Doc", type_index = false, count, deny_unknown)]
/// #[table(crate = simpletable)]
/// struct Document {
///     title: String,
/// }
///
/// // A natural id, and a function that makes its key.
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(id = "<email>")]
/// struct User {
///     email: String,
/// }
/// let key = User::key("ann@acme.io");
///
/// // A composed key: several types in one partition.
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(pk = "ORG#<org>", sk = "INVOICE#<number:08>")]
/// struct Invoice {
///     org: String,
///     number: u32,
/// }
/// let key = Invoice::key("acme", 7_u32);
///
/// // One for the whole table, versioned or not.
/// #[derive(Default, Serialize, Deserialize, SingleTable)]
/// #[table(singleton)]
/// struct Config {
///     greeting: String,
/// }
/// let key = Config::key();
/// ```
///
/// ### `count`
/// `table.stats()` tells how many resources of each counted entity there are. The number is in one row of the table, that of the Python library,
/// and moves in the transaction that creates or deletes: a create or a delete of a plain entity becomes a transaction, which costs twice its
/// write units, and two more for the number, and two in the type index. Updates cost nothing more.
///
/// **It has a ceiling.** All counted entities of a table share that row, and a row takes about 1,000 write units a second: some 500 creations and
/// deletions a second for all of them together, and less where many come at the same moment, as transactions on one row refuse one another: they
/// are sent again, up to 6 times, and then fail with `Busy`. Count what is created by people, not what is created by machines.
///
/// What expires is not counted down, neither when DynamoDB deletes it nor when a create replaces it; `table.recount::<T>()` sets the number
/// right, also after an entity that has resources was declared `count`. `put_many` does not know what was there, so it takes no counted entity.
///
/// ## `#[gsi(...)]` on the struct
/// One access pattern on a global secondary index; an entity has as many as it needs.
///
/// | attribute | meaning | without it |
/// |---|---|---|
/// | `name = "…"` | names the pattern; required | |
/// | `index = "…"` | the physical index: 3 to 255 of `a-z A-Z 0-9 _ . -`; several entities can share one | `name` |
/// | `pk = "…"` | the template of the partition key; this or `pk_with` is required | |
/// | `sk = "…"` | the template of the sort key | the index ranges on the table's `pk`, which for generated ids is the order of creation |
/// | `pk_attr = "…"`, `sk_attr = "…"` | the attributes of the keys | the index's name in lower case without `-` and `_`, and `pk` or `sk` |
/// | `pk_with = path`, `sk_with = path` | a function that makes the key, from `&Self` to `String` or `Option<String>`; `None` leaves the row out of the index | |
/// | `projection = "…"` | what the index holds of its rows beside keys: `all`, `keys_only`, or a list of fields (`"title, due"`) | `all` |
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use simpletable::SingleTable;
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[gsi(name = "status", index = "gsi1", pk = "status#<status>", pk_attr = "statuspk")]
/// #[gsi(name = "open", index = "gsi3", pk_with = Ticket::open, sk_with = rank, sk_attr = "openrank")]
/// struct Ticket {
///     status: String,
///     urgent: bool,
/// }
///
/// impl Ticket {
///     fn open(&self) -> Option<String> {
///         (self.status != "closed").then(|| "open".to_owned())
///     }
/// }
///
/// fn rank(ticket: &Ticket) -> String {
///     if ticket.urgent { "1".to_owned() } else { "2".to_owned() }
/// }
/// ```
///
/// An index that holds all is paid for and written as much as the table. One that holds less gives keys, or the resources by reading them
/// from the table; never a resource that lacks a field. The fields that it lists are what its queries can be filtered by. It also holds what
/// tells the library which rows to pass over (`gsitype`, and where entities need them `version` and the TTL attribute), so that DynamoDB
/// lists it as `INCLUDE`, never as `KEYS_ONLY`.
///
/// ```
/// # use chrono::NaiveDate;
/// # use serde::{Deserialize, Serialize};
/// # use simpletable::{SingleTable, Table};
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// #[gsi(name = "owner", pk = "owner#<owner>", sk = "<due>", projection = "done")]
/// struct Task {
///     owner: String,
///     due: NaiveDate,
///     done: bool,
///     description: String,
/// }
///
/// # async fn example(table: Table<Task>) -> simpletable::Result<()> {
/// let open = || table.query(Task::by_owner("ann")).filter(|t| t.done.eq(false));
/// let keys = open().limit(10).keys().await?;
/// let tasks = open().fetch().all().await?;
/// # Ok(()) }
/// ```
///
/// ## Finders
/// A pattern gives a function `by_<name>`, whose arguments are the placeholders of its `pk`; an entity with a composed primary key has
/// `in_partition`, the same for a partition of the table. What they return goes to `table.query(...)`, as it is or narrowed: first by a
/// method named like each placeholder of `sk`, in its order, then by one `.range(...)` or, on text, `.begins_with(...)` of the next
/// placeholder. What is no prefix of the template in its order does not compile.
///
/// `.range` takes the standard library's ranges, of integers, dates and times everywhere, of text where it is the last part. Ends are
/// exact: `3..` holds 3, `..3` does not. There are no finders for `pk_with`, and for `sk_with` only the partition's.
///
/// ```
/// # use chrono::NaiveDate;
/// # use serde::{Deserialize, Serialize};
/// # use simpletable::SingleTable;
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<due>")]
/// struct Task {
///     owner: String,
///     priority: u8,
///     due: NaiveDate,
/// }
///
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(pk = "ORG#<org>", sk = "INVOICE#<number:08>")]
/// struct Invoice {
///     org: String,
///     number: u32,
/// }
///
/// let all = Task::by_owner("ann");
/// let urgent = Task::by_owner("ann").range(4..);
/// let overdue = Task::by_owner("ann").priority(5).range(..NaiveDate::MAX);
/// let late = Invoice::in_partition("acme").range(100..=200);
/// ```
///
/// The derive makes a type for each finder (`TaskByOwner`), and one for the fields that conditions name (`TaskFields`).
///
/// ## `#[table(...)]` on a field
/// `set` stores the field, a `BTreeSet` or a `HashSet` of strings or numbers, as a DynamoDB set. An empty set is stored as absent, and
/// read back as empty. It has no place in a compressed entity.
///
/// ## Templates
/// Literals and placeholders: `"owner#<owner>#<priority:03>"`.
///
/// | placeholder | stands for |
/// |---|---|
/// | `<field>` | the value of a field whose type is a `KeyPart`; in an index key it may be an `Option` of one, and `None` leaves the row out of the index |
/// | `<field:03>` | an integer, padded with zeros to 3 digits, so that it sorts as a number; sort keys require it, up to `<field:039>` |
/// | `<created_at>` | when the resource was created |
/// | `<id>`, `<updated_at>` | the id, and when the resource was last written; in index keys only |
///
/// Between two placeholders stands a literal, and a value may not contain the first character of the literal behind it: two resources
/// would share a key. For text that is checked when a key is made; for other types, where they are declared.
///
/// ## Serde
/// Serde names the attributes: `rename`, `rename_all` and `alias` are read, `skip` takes a field out of the row, and `default`,
/// `skip_serializing_if` and `with` work as everywhere. What would contradict the declaration (`flatten`, `transparent`, `tag`,
/// `from`, `into`, names that are written other than they are read …) does not compile.
///
/// # A table
/// An enum with a variant of one field for each entity. Entities whose keys could meet, or that disagree about an index, do not
/// compile in one table. An entity alone is a table too.
///
/// `#[table(ttl = "…")]` on the enum names the table's TTL attribute (`ttl` without it); `#[table(crate = path)]` is as on a struct.
///
/// ```
/// # use serde::{Deserialize, Serialize};
/// # use simpletable::SingleTable;
/// # #[derive(Serialize, Deserialize, SingleTable)]
/// # struct Project { name: String }
/// # #[derive(Serialize, Deserialize, SingleTable)]
/// # struct Task { title: String }
/// #[derive(SingleTable)]
/// #[table(ttl = "expires_at")]
/// enum App {
///     Project(Project),
///     Task(Task),
/// }
///
/// let row: App = Task { title: "write".into() }.into();
/// ```
///
/// `App::partition_of(key)` finds the rows of all entities in the partition of the table that a key lies in:
/// `table.query(Billing::partition_of(Org::key("acme")))`.
#[proc_macro_derive(SingleTable, attributes(table, gsi))]
pub fn single_table(input: TokenStream) -> TokenStream {
    derive_single_table(&parse_macro_input!(input as DeriveInput)).into()
}

/// Lets the values of a type stand in a key.
///
/// On a newtype, the key holds what the inner type renders. On an enum of variants without fields, it holds the string that serde
/// stores, with `rename` and `rename_all`. `#[table(crate = path)]` says where the library is found, if not at `::simpletable`.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use simpletable::{KeyPart, SingleTable};
///
/// #[derive(Serialize, Deserialize, KeyPart)]
/// struct Email(String);
///
/// #[derive(Serialize, Deserialize, KeyPart)]
/// #[serde(rename_all = "snake_case")]
/// enum Role {
///     Member,
///     TeamLead,
/// }
///
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(id = "<role>#<email>")]
/// struct User {
///     role: Role,
///     email: Email,
/// }
///
/// let lead = User::key(Role::TeamLead, Email("ann@acme.io".into())); // team_lead#ann@acme.io
/// ```
#[proc_macro_derive(KeyPart, attributes(table))]
pub fn key_part(input: TokenStream) -> TokenStream {
    derive_key_part(&parse_macro_input!(input as DeriveInput)).into()
}

/// Lets conditions name the fields of a struct inside an entity.
///
/// The struct has named fields, which serde can write; serde names them, as in an entity. A condition reaches them by `at`, through up to
/// 7 such structs. `#[table(crate = path)]` says where the library is found, if not at `::simpletable`.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use simpletable::{Condition, Fields, Nested, SingleTable};
///
/// #[derive(Serialize, Deserialize, Nested)]
/// #[serde(rename_all = "camelCase")]
/// struct Address {
///     city: String,
///     zip_code: Option<String>,
/// }
///
/// #[derive(Serialize, Deserialize, SingleTable)]
/// struct Customer {
///     name: String,
///     address: Option<Address>,
/// }
///
/// fn in_paris(customer: &Fields<Customer>) -> Condition<Customer> {
///     customer.address.at(|address| address.city).eq("Paris").and(customer.address.at(|address| address.zip_code).begins_with("750"))
/// }
/// ```
#[proc_macro_derive(Nested, attributes(table))]
pub fn nested(input: TokenStream) -> TokenStream {
    derive_nested(&parse_macro_input!(input as DeriveInput)).into()
}

fn derive_single_table(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut errors = Errors::default();
    match &input.data {
        Data::Enum(data) => {
            let schema = validate::schema(input, data, &mut errors);
            finish(errors, || expand::schema(&schema), || expand::stub::schema(&schema))
        }
        Data::Struct(_) | Data::Union(_) => {
            let entity = validate::entity(input, &mut errors);
            finish(errors, || expand::entity(&entity), || expand::stub::entity(&entity))
        }
    }
}

fn derive_key_part(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut errors = Errors::default();
    let part = validate::part(input, &mut errors);
    finish(errors, || expand::part(&part), || expand::stub::part(&part))
}

fn derive_nested(input: &DeriveInput) -> proc_macro2::TokenStream {
    let mut errors = Errors::default();
    let nested = validate::nested(input, &mut errors);
    finish(errors, || expand::nested(&nested), || expand::stub::nested(&nested))
}

/// The code, or every error and a stub beside them.
fn finish(
    errors: Errors,
    code: impl FnOnce() -> proc_macro2::TokenStream,
    stub: impl FnOnce() -> proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    if errors.is_empty() {
        return code();
    }
    let (errors, stub) = (errors.into_compile_errors(), stub());
    quote!(#errors #stub)
}
