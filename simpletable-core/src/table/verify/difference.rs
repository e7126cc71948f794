use std::fmt;

use aws_sdk_dynamodb::types::{IndexStatus, KeyType, ProjectionType, ScalarAttributeType, TableStatus};

/// One way in which the deployed table differs from the schema. `Display` says it in a line of names.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// There is no such table.
    TableMissing,
    /// The table is not active.
    TableNotActive {
        /// What it is instead.
        status: TableStatus,
    },
    /// The table has another primary key. Only a new table can have the right one.
    TableKey {
        /// The declared key.
        expected: Vec<KeyAttribute>,
        /// The table's.
        found: Vec<KeyAttribute>,
    },
    /// An index is missing.
    IndexMissing {
        /// The index.
        index: String,
        /// Its declared key.
        expected: Vec<KeyAttribute>,
    },
    /// An index has another key. It has to be deleted and made anew.
    IndexKey {
        /// The index.
        index: String,
        /// Its declared key.
        expected: Vec<KeyAttribute>,
        /// The key that it has.
        found: Vec<KeyAttribute>,
    },
    /// An index holds another part of its rows than declared. Unless that is all of them, it has to be deleted and made anew. One declared
    /// as `keys_only` is `INCLUDE` all the same: see `projection` in `#[gsi(...)]`.
    IndexProjection {
        /// The index.
        index: String,
        /// What it should hold.
        expected: ProjectionType,
        /// What it holds.
        found: ProjectionType,
    },
    /// An index includes other attributes than declared. Where it lacks one, it has to be deleted and made anew; otherwise it only costs more.
    IndexAttributes {
        /// The index.
        index: String,
        /// What it should include, in the order of names.
        expected: Vec<String>,
        /// What it includes.
        found: Vec<String>,
    },
    /// An index is not active: queries on it fail, or find only a part of the rows.
    IndexNotActive {
        /// The index.
        index: String,
        /// What it is instead.
        status: IndexStatus,
        /// Whether it is being filled with the rows that were there before it.
        backfilling: bool,
    },
    /// No entity uses the index. Every write of a row that is in it is paid for.
    UnknownIndex {
        /// The index.
        index: String,
    },
    /// TTL is off, and entities declare one: their rows are never deleted, though never read once they have expired.
    TtlDisabled {
        /// The attribute that it should be on.
        attribute: String,
    },
    /// TTL is being turned on.
    TtlEnabling {
        /// The attribute.
        attribute: String,
    },
    /// TTL is on another attribute than the declared one.
    TtlAttribute {
        /// The declared attribute.
        expected: String,
        /// The attribute that it is on.
        found: String,
    },
    /// TTL is on, and no entity declares one.
    UnknownTtl {
        /// The attribute that it is on.
        attribute: String,
        /// An entity that has a field of that name: DynamoDB takes its value for a time and deletes the row.
        field_of: Option<&'static str>,
    },
    /// The table has provisioned capacity, where the schema's own table is on demand: more is throttled.
    Provisioned {
        /// Read units a second.
        read: i64,
        /// Write units a second.
        write: i64,
    },
    /// An index takes fewer write units a second than its table, and so throttles the table's writes.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations>
    SlowIndex {
        /// The index.
        index: String,
        /// The index's write units a second.
        write: i64,
        /// The table's.
        table_write: i64,
    },
    /// On-demand capacity has an upper bound: more is throttled.
    CapacityLimit {
        /// Read units a second, where they are bounded.
        read: Option<i64>,
        /// Write units a second, where they are bounded.
        write: Option<i64>,
    },
    /// The table is of the class Standard-Infrequent Access: storage costs less, and every request more.
    InfrequentAccess,
    /// The table is replicated to other regions: every write is paid for in each, and unless the replicas are strongly consistent, a
    /// condition is checked in one region only, so that writes in two of them can undo one another.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html>
    Replicated {
        /// The other regions.
        regions: Vec<String>,
    },
}

/// How bad a difference is.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Everything works; it may cost more or be slower than expected.
    Notice,
    /// It passes by itself: DynamoDB is at work.
    Pending,
    /// Operations fail, miss rows, or rows are deleted or kept against the declaration, until somebody changes it.
    Broken,
}

/// One attribute of a key.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyAttribute {
    pub(super) name: String,
    pub(super) role: KeyType,
    pub(super) attribute_type: ScalarAttributeType,
}

impl KeyAttribute {
    /// The attribute's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is of the partition key (`HASH`) or the sort key (`RANGE`).
    pub fn role(&self) -> &KeyType {
        &self.role
    }

    /// The type of its values.
    pub fn attribute_type(&self) -> &ScalarAttributeType {
        &self.attribute_type
    }
}

impl Difference {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::TableNotActive { status: TableStatus::Creating | TableStatus::Updating } => Severity::Pending,
            Self::IndexNotActive { status: IndexStatus::Creating | IndexStatus::Updating | IndexStatus::Active, .. } => Severity::Pending,
            Self::TtlEnabling { .. } => Severity::Pending,
            Self::UnknownIndex { .. } | Self::UnknownTtl { field_of: None, .. } => Severity::Notice,
            Self::Provisioned { .. } | Self::SlowIndex { .. } | Self::CapacityLimit { .. } => Severity::Notice,
            Self::InfrequentAccess | Self::Replicated { .. } => Severity::Notice,
            // It holds more than is asked of it.
            Self::IndexProjection { found: ProjectionType::All, .. } => Severity::Notice,
            Self::IndexAttributes { expected, found, .. } if expected.iter().all(|name| found.contains(name)) => Severity::Notice,
            Self::IndexAttributes { .. } => Severity::Broken,
            Self::TableMissing | Self::TableNotActive { .. } | Self::TableKey { .. } => Severity::Broken,
            Self::IndexMissing { .. } | Self::IndexKey { .. } | Self::IndexProjection { .. } => Severity::Broken,
            Self::IndexNotActive { .. } => Severity::Broken,
            Self::TtlDisabled { .. } | Self::TtlAttribute { .. } | Self::UnknownTtl { .. } => Severity::Broken,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TableMissing => f.write_str("the table does not exist"),
            Self::TableNotActive { status } => write!(f, "the table is {status}"),
            Self::TableKey { expected, found } => write!(f, "the table has {}, not {}", key(found), key(expected)),
            Self::IndexMissing { index, expected } => write!(f, "the index `{index}` is missing: {}", key(expected)),
            Self::IndexKey { index, expected, found } => write!(f, "the index `{index}` has {}, not {}", key(found), key(expected)),
            Self::IndexProjection { index, expected, found } => write!(f, "the index `{index}` projects {found}, not {expected}"),
            Self::IndexAttributes { index, expected, found } => {
                write!(f, "the index `{index}` includes {}, not {}", names(found), names(expected))
            }
            Self::IndexNotActive { index, status, backfilling } => {
                write!(f, "the index `{index}` is {status}{}", if *backfilling { " (backfilling)" } else { "" })
            }
            Self::UnknownIndex { index } => write!(f, "no entity uses the index `{index}`"),
            Self::TtlDisabled { attribute } => write!(f, "TTL is off, not on `{attribute}`"),
            Self::TtlEnabling { attribute } => write!(f, "TTL on `{attribute}` is being turned on"),
            Self::TtlAttribute { expected, found } => write!(f, "TTL is on `{found}`, not on `{expected}`"),
            Self::UnknownTtl { attribute, field_of: None } => write!(f, "TTL is on `{attribute}`, and no entity declares one"),
            Self::UnknownTtl { attribute, field_of: Some(entity) } => {
                write!(f, "TTL is on `{attribute}`, which is a field of {entity}: DynamoDB deletes its rows by it")
            }
            Self::Provisioned { read, write } => write!(f, "capacity is provisioned: {read} read and {write} write units a second"),
            Self::SlowIndex { index, write, table_write } => {
                write!(f, "the index `{index}` takes {write} write units a second, its table {table_write}: it throttles the table")
            }
            Self::CapacityLimit { read, write } => {
                let units = |units: &Option<i64>| units.map_or_else(|| "any number of".to_owned(), |units| units.to_string());
                write!(f, "on-demand capacity is limited: {} read and {} write units a second", units(read), units(write))
            }
            Self::InfrequentAccess => f.write_str("the table class is STANDARD_INFREQUENT_ACCESS"),
            Self::Replicated { regions } => write!(f, "the table is replicated to {}", regions.join(", ")),
        }
    }
}

fn names(attributes: &[String]) -> String {
    let attributes: Vec<String> = attributes.iter().map(|name| format!("`{name}`")).collect();
    if attributes.is_empty() { "nothing".to_owned() } else { attributes.join(", ") }
}

fn key(attributes: &[KeyAttribute]) -> String {
    let attributes: Vec<String> = attributes.iter().map(KeyAttribute::to_string).collect();
    attributes.join(" and ")
}

impl fmt::Display for KeyAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = match self.role {
            KeyType::Hash => "partition key",
            KeyType::Range => "sort key",
            _ => "key",
        };
        write!(f, "{role} `{}` ({})", self.name, self.attribute_type)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Notice => "notice",
            Self::Pending => "pending",
            Self::Broken => "broken",
        })
    }
}
