use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

use super::Row;

/// The state of a row, as an opaque string that changes with every write: an ETag.
///
/// It holds a digest, no values. Compare it, send it to a browser, and hand it to [`Table::update_at`](crate::Table::update_at). It is the same
/// in every process. It is made of letters, digits and `-`, so an `ETag` header needs only the quotes around it.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// let task = table.create(Task { title: "write".into() }).await?;
/// let before = task.revision();
/// assert_eq!(table.read(task.id()).await?.revision(), before);
///
/// let task = table.update(task, |t| t.title = "rewrite".into()).await?;
/// assert_ne!(task.revision(), before);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Revision(String);

impl Revision {
    /// The digest of what a conditional write compares.
    pub(crate) fn of(row: &Row) -> Self {
        let mut digest = Digest::new();
        digest.add(row.updated_at.timestamp_micros().to_string().as_bytes());
        let mut checks = row.revision();
        checks.sort_by(|a, b| a.attribute.cmp(b.attribute));
        for check in checks {
            digest.add(check.attribute.as_bytes());
            digest.add_value(check.value.as_ref());
        }
        Self(format!("1-{:032x}", digest.0))
    }
}

/// One text for a number in any notation that a set of integers or floats is stored in.
fn number_form(number: &str) -> String {
    number
        .parse::<i128>()
        .map(|number| number.to_string())
        .or_else(|_| number.parse::<f64>().map(|number| number.to_string()))
        .unwrap_or_else(|_| number.to_owned())
}

/// FNV-1a of 128 bits: stable over processes and releases, which the standard library's hashers do not promise.
///
/// <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>
struct Digest(u128);

impl Digest {
    fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    /// Adds a length and the bytes, so that neighbours cannot run into one another.
    fn add(&mut self, bytes: &[u8]) {
        for byte in (bytes.len() as u64).to_le_bytes().iter().chain(bytes) {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    /// Adds what a revision can hold: a string, a number, a set, or nothing. DynamoDB gives sets in no promised order.
    fn add_value(&mut self, value: Option<&AttributeValue>) {
        let mut set = |members: &[String]| {
            let mut members: Vec<&String> = members.iter().collect();
            members.sort();
            for member in members {
                self.add(member.as_bytes());
            }
        };
        match value {
            Some(AttributeValue::S(text) | AttributeValue::N(text)) => self.add(text.as_bytes()),
            Some(AttributeValue::Ss(members)) => set(members),
            // DynamoDB gives numbers back in a notation of its own.
            Some(AttributeValue::Ns(members)) => set(&members.iter().map(|number| number_form(number)).collect::<Vec<_>>()),
            Some(AttributeValue::Bs(members)) => {
                let mut members: Vec<&[u8]> = members.iter().map(AsRef::as_ref).collect();
                members.sort_unstable();
                for member in members {
                    self.add(member);
                }
            }
            _ => self.add(b""),
        }
    }
}

impl AsRef<str> for Revision {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
