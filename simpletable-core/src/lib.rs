//! The runtime of `simpletable`; use it through that crate.

#![warn(clippy::unwrap_used)]

mod clock;
mod codec;
#[cfg(feature = "embedded")]
mod embedded;
mod entity;
mod error;
mod expr;
#[cfg(feature = "test-util")]
pub mod fault;
mod find;
mod handle;
mod json;
mod key;
mod op;
mod page;
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
    AcceptsId, BirthApart, Counted, Entity, Fields, Identified, Initial, IntoKey, IntoResource, IntoValue, Listable, MaxVersions, Member,
    PartlyKept, Patchable, Resource, Revision, RowOf, Schema, SetField, Singleton, StampApart, Storable, TemplateKeys, TtlField, Uncounted,
    UniqueKey, Unversioned, Upsertable, Versioned, WithoutUnique,
};
pub use error::{
    Current, DecodeProblem, EncodeProblem, Error, ExpressionProblem, KeyProblem, PatchProblem, Result, SdkFailure, TransactionProblem,
};
pub use expr::role as roles;
pub use expr::{
    Comparable, Condition, Container, Field, InData, Inside, ListField, MapField, Nested, Number, SetMembers, Size, Stored, Text, Visible,
};
pub use find::{
    Collection, Consistent, Finder, GivesResources, Index, Inner, KeyRange, KeysOrFetch, Last, OrderedKeyPart, Ranged, TableKey, TextPart,
    TextPrefix, WholeRows,
};
pub use handle::{Context, Deadline};
pub use key::{Id, Key, KeyPart};
pub use op::{
    All, AllVersions, Batch, BoxFuture, Change, Check, Checked, Count, Create, CreateMany, Delete, DeleteMany, DeleteReturning,
    DeleteVersion, Diff, DuplicateValue, ExactlyOnce, Find, Finding, Get, GetAll, GetMany, GetOrCreate, GetVersion, Keys, KeysOf,
    ListVersions, Modify, Pages, Patch, PatchOrCreate, PatchOrCreateOnce, Precondition, PruneVersions, Put, PutMany, PutOnce, PutReturning,
    Query, Read, ReadStats, ReadVersion, RebuildClaims, RebuiltClaims, Recount, Repair, Repaired, Restore, Rewrite, RewriteError,
    Rewritten, RowFailure, Rows, Scan, Stats, Transact, TransactionOp, TransactionOps, Update, UpdateAt, Upsert, UpsertOnce, VersionInfo,
    VersionPages, VersionRows, Versions,
};
pub use page::{Cursor, IntoCursor, KeyPage, Page};
pub use plan::WriteRequest;
pub use table::{
    Difference, KeyAttribute, NoSchema, ReadOnly, ReadRepository, ReadWrite, Repository, Severity, Table, TableBuilder, Verification,
    Verify, Writes,
};
