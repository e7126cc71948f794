//! Whether the deployed table is the one that the schema declares.

mod compare;
mod difference;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::IntoFuture;

use aws_sdk_dynamodb::types::{TableDescription, TableStatus, TimeToLiveDescription};
use tracing::Instrument;

pub use difference::{Difference, KeyAttribute, Severity};

use self::compare::{Expected, differences};
use crate::entity::Schema;
use crate::error::Result;
use crate::handle::{Call, Handle};
use crate::op::BoxFuture;
use crate::table::Table;

/// Compares the deployed table with the schema; made by [`Table::verify`](crate::Table::verify).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Verify {
    handle: Handle,
    entity: &'static str,
    expected: Expected,
}

impl<S: Schema> Table<S> {
    /// Compares the deployed table with the schema, and lists every difference: another key; indexes that are missing, different, of
    /// another projection or still being built; TTL that is off or on another attribute; and what makes the table cost more or throttle
    /// otherwise than the one that [`create_if_missing`](crate::TableBuilder::create_if_missing) makes.
    ///
    /// A missing table is a [`Difference::TableMissing`], so that a deployment needs to look in one place only. Nothing is changed.
    ///
    /// 2 requests (`DescribeTable`, `DescribeTimeToLive`), no capacity; 1 where the table is missing or still being created, whose TTL is
    /// not compared.
    ///
    /// # Errors
    /// [`Sdk`](crate::Error::Sdk), when DynamoDB is out of reach or does not let the caller describe the table.
    ///
    /// # Examples
    /// ```
    /// use serde::{Deserialize, Serialize};
    /// use simpletable::{Severity, SingleTable, Table};
    ///
    /// #[derive(Serialize, Deserialize, SingleTable)]
    /// #[gsi(name = "owner", pk = "owner#<owner>")]
    /// struct Task {
    ///     owner: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> simpletable::Result<()> {
    /// let table = Table::in_memory::<Task>().await?;
    /// let found = table.verify().await?;
    /// for difference in found.differences() {
    ///     println!("{}: {difference}", difference.severity());
    /// }
    /// let code = match found.severity() {
    ///     Some(Severity::Broken) => 1,
    ///     Some(Severity::Pending) => 2, // again in a minute
    ///     _ => 0,
    /// };
    /// assert_eq!(code, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify(&self) -> Verify {
        Verify { handle: self.handle.clone(), entity: S::NAME, expected: Expected::of::<S>(self.handle.table()) }
    }
}

impl IntoFuture for Verify {
    type Output = Result<Verification>;
    type IntoFuture = BoxFuture<'static, Verification>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("verify", self.entity);
        let span = call.span.clone();
        let send = async move {
            let differences = match describe(&call).await? {
                Some((table, ttl)) => differences(&self.expected, &table, ttl.as_ref()),
                None => vec![Difference::TableMissing],
            };
            Ok(Verification { table: self.handle.table().to_owned(), differences })
        };
        Box::pin(send.instrument(span))
    }
}

/// The table as it is, where there is one. A table that is still being created has no TTL yet.
async fn describe(call: &Call) -> Result<Option<(TableDescription, Option<TimeToLiveDescription>)>> {
    let request = call.handle.client.describe_table().table_name(call.handle.table()).customize();
    let table = match call.in_time(call.counted(request).send()).await {
        Ok(output) => output.table,
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => None,
        Err(error) => return Err(call.failed(error)),
    };
    let Some(table) = table else { return Ok(None) };
    if table.table_status == Some(TableStatus::Creating) {
        return Ok(Some((table, None)));
    }
    let request = call.handle.client.describe_time_to_live().table_name(call.handle.table()).customize();
    match call.in_time(call.counted(request).send()).await {
        Ok(output) => Ok(Some((table, output.time_to_live_description))),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) => Ok(None),
        Err(error) => Err(call.failed(error)),
    }
}

/// How the deployed table differs from what the schema declares.
///
/// `Display` lists the differences, one a line; it and `Debug` hold names only, of tables, indexes and attributes.
#[must_use = "a verification tells by its differences, and is no error"]
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    table: String,
    differences: Vec<Difference>,
}

impl Verification {
    /// Whether operations find what they need, now: there is no difference, or only notices.
    pub fn is_ok(&self) -> bool {
        self.severity().is_none_or(|severity| severity == Severity::Notice)
    }

    /// The worst of the differences. [`Severity::Pending`]: verify again later.
    pub fn severity(&self) -> Option<Severity> {
        self.differences.iter().map(Difference::severity).max()
    }

    /// Every difference: those of the table first, then those of its indexes, of its TTL, and of what it costs.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }
}

impl fmt::Display for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.differences.is_empty() {
            return write!(f, "the table `{}` is as its schema declares", self.table);
        }
        write!(f, "the table `{}` differs from its schema:", self.table)?;
        self.differences.iter().try_for_each(|difference| write!(f, "\n- {}: {difference}", difference.severity()))
    }
}
