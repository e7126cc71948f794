//! The runtime of `simpletable`; use it through that crate.

mod clock;
mod codec;
#[cfg(feature = "embedded")]
mod embedded;
mod entity;
mod error;
mod expr;
#[cfg(feature = "test-util")]
pub mod fault;
mod handle;
mod key;
mod op;
mod plan;
#[doc(hidden)]
pub mod private;
mod schema;
mod table;
pub mod time;
#[cfg(any(feature = "embedded", feature = "test-util"))]
mod wire;

pub use clock::Clock;
#[cfg(feature = "test-util")]
pub use clock::SettableClock;
pub use entity::{
    AcceptsId, Entity, Identified, IntoKey, IntoResource, IntoValue, Member, Resource, Revision, Schema, SetField, Storable, TtlField,
    Unversioned, Versioned,
};
pub use error::{Current, DecodeProblem, EncodeProblem, Error, KeyProblem, Result, SdkFailure};
pub use key::{Id, Key, KeyPart};
pub use op::{BoxFuture, Create, Delete, Get, Modify, Read, Update, UpdateAt};
pub use plan::WriteRequest;
pub use table::{NoSchema, Table, TableBuilder};
