//! An ORM for DynamoDB single-table design. A struct says what it is and how it is reached; the compiler checks it; a small runtime
//! executes it.
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
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> simpletable::Result<()> {
//! let table = Table::in_memory::<Document>().await?;
//! let document = table.create(Document { title: "draft".into() }).await?;
//! let document = table.update(document, |d| d.title = "final".into()).await?;
//! assert_eq!(document.version(), 2);
//! assert_eq!(table.read(document.id()).await?, document);
//! table.delete(document.id()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`SingleTable`](macro@SingleTable) declares entities and the tables that hold them; its page lists every attribute.
//! - [`Table`] is where they are created, read, updated and deleted; [`Resource`] is what comes back.
//! - [`Error`] says what can go wrong.
//!
//! # Features
//! | feature | gives | default |
//! |---|---|---|
//! | `aws` | [`Table::connect`]: AWS's own configuration, and the SDK's HTTPS client | yes |
//! | `embedded` | `Table::in_memory` and `Table::open`: a DynamoDB engine inside the process | |
//! | `test-util` | for tests of programs that use the library: the fault connector, a settable clock | |

#[doc(hidden)]
pub use simpletable_core::NoSchema;
#[cfg(feature = "test-util")]
pub use simpletable_core::SettableClock;
#[cfg(feature = "test-util")]
pub use simpletable_core::fault;
#[doc(hidden)]
pub use simpletable_core::private as __private;
pub use simpletable_core::time;
pub use simpletable_core::{
    AcceptsId, BoxFuture, Clock, Create, Current, DecodeProblem, Delete, EncodeProblem, Entity, Error, Get, Id, Identified, IntoKey,
    IntoResource, IntoValue, Key, KeyPart, KeyProblem, Member, Modify, Read, Resource, Result, Revision, Schema, SdkFailure, SetField,
    Table, TableBuilder, TtlField, Unversioned, Update, UpdateAt, Versioned, WriteRequest,
};
pub use simpletable_derive::{KeyPart, SingleTable};
