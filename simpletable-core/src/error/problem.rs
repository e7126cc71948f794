use std::fmt;

/// Why a value cannot stand in a key.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProblem {
    /// The rendered key is empty; DynamoDB's keys have 1 byte at least.
    Empty,
    /// The rendered key is longer than DynamoDB allows.
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
    /// The value contains the character that ends its place in the template.
    Delimiter(char),
    /// The integer has more digits than its placeholder's width.
    Width(u8),
    /// The date is outside the years 0000 to 9999.
    OutOfRange,
    /// The rendered key begins as the library's own rows do (`_INTERNAL#` or `SINGLETON#`).
    Reserved,
    /// The id is not the one that the singleton has: its name.
    AnotherSingleton,
}

impl fmt::Display for KeyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the key is empty"),
            Self::TooLong { limit } => write!(f, "the key is longer than {limit} bytes"),
            Self::Delimiter(delimiter) => write!(f, "the value contains `{delimiter}`, which ends its place in the template"),
            Self::Width(width) => write!(f, "the value has more than {width} digits"),
            Self::OutOfRange => f.write_str("the date is outside the years 0000 to 9999"),
            Self::Reserved => f.write_str("the key begins as the library's own rows do"),
            Self::AnotherSingleton => f.write_str("the id is not the singleton's"),
        }
    }
}

/// A value that does not fit the key that it makes; the fields of [`Error::KeyValue`](super::Error::KeyValue).
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyValueError {
    pub(crate) entity: &'static str,
    pub(crate) template: &'static str,
    pub(crate) field: Option<&'static str>,
    pub(crate) problem: KeyProblem,
}

/// Why a value cannot be stored.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodeProblem {
    /// A float is NaN or infinite.
    NotFinite,
    /// A number has more than 38 digits, or is outside DynamoDB's range (1E-130 to 9.99…E+125).
    NumberRange,
    /// A map's key is no string; or, as an attribute, it is empty or longer than 65,535 bytes.
    MapKey,
    /// The value is nested deeper than DynamoDB's 32 levels, of which the item is the first (128 inside compressed `data`).
    TooDeep,
    /// A set holds something else than strings, numbers or bytes, two types of them, or two members that are stored alike.
    SetElement,
    /// The entity does not serialize as a struct with named fields.
    NotAStruct,
    /// A time in chrono's own form (`…05.5Z`) does not sort as text, so no condition can compare it. Stored with
    /// `#[serde(with = "simpletable::time")]`, it sorts.
    UnorderedTime,
    /// The type's own `Serialize` refused.
    Custom,
}

impl fmt::Display for EncodeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFinite => "a float is not finite",
            Self::NumberRange => "a number has more than 38 digits or is out of range",
            Self::MapKey => "a map's key is no string of 1 to 65535 bytes",
            Self::TooDeep => "the value is nested too deep",
            Self::SetElement => "a set holds something else than strings, numbers or bytes of one type",
            Self::NotAStruct => "the entity does not serialize as named fields",
            Self::UnorderedTime => "a time in this form does not sort: store it with `#[serde(with = \"simpletable::time\")]`",
            Self::Custom => "the type's own `Serialize` refused",
        })
    }
}

/// Why a stored row cannot be read.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeProblem {
    /// The attribute is missing.
    Missing,
    /// Its type is not the one that the field needs.
    Type {
        /// What was found, by its name in DynamoDB (`S`, `N`, `M` …).
        found: &'static str,
    },
    /// The value does not fit the field: a number out of range, a time that is none.
    Value,
    /// An enum variant that the type does not know.
    Variant,
    /// An attribute that the struct does not know, under `deny_unknown`.
    Unknown,
    /// The row belongs to another entity.
    Entity,
    /// `data` is no gzip member, or no JSON object.
    Data,
    /// `data` inflates to more than the table's limit, or nests too deep.
    TooLarge,
    /// The type's own `Deserialize` refused.
    Custom,
}

impl fmt::Display for DecodeProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("missing"),
            Self::Type { found } => write!(f, "unexpected type `{found}`"),
            Self::Value => f.write_str("the value does not fit the field"),
            Self::Variant => f.write_str("unknown variant"),
            Self::Unknown => f.write_str("unknown attribute"),
            Self::Entity => f.write_str("the row belongs to another entity"),
            Self::Data => f.write_str("neither gzip nor a JSON object"),
            Self::TooLarge => f.write_str("it inflates to more than the limit"),
            Self::Custom => f.write_str("the type's own `Deserialize` refused"),
        }
    }
}

/// Why operations cannot be sent together. Positions are counted from 0, as the fields of a tuple are.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html>
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionProblem {
    /// They write more rows than a transaction can; a versioned entity takes a row more for its history, and one for what is pruned.
    Actions {
        /// How many rows.
        actions: usize,
        /// The limit.
        limit: usize,
    },
    /// The rows together are too large.
    Bytes {
        /// Their size as DynamoDB counts it.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Two operations, or two parts of one, are about one row.
    SameRow {
        /// The first of them.
        first: usize,
        /// The second.
        second: usize,
    },
    /// An operation was begun on another table. Clones of a table are the same one.
    OtherTable {
        /// Which operation.
        position: usize,
    },
    /// The deletion of a long history takes several requests: delete it by itself.
    History {
        /// The last version with which it fits.
        limit: usize,
    },
    /// More keys than can be read together.
    Keys {
        /// How many.
        keys: usize,
        /// The limit.
        limit: usize,
    },
}

impl fmt::Display for TransactionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Actions { actions, limit } => write!(f, "{actions} rows are written, and {limit} can be"),
            Self::Bytes { bytes, limit } => write!(f, "the rows take {bytes} bytes, and {limit} can be written"),
            Self::SameRow { first, second } if first == second => write!(f, "operation {first} is about one row twice"),
            Self::SameRow { first, second } => write!(f, "the operations {first} and {second} are about one row"),
            Self::OtherTable { position } => write!(f, "operation {position} was begun on another table"),
            Self::History { limit } => write!(f, "the history is longer than {limit} versions: delete the resource by itself"),
            Self::Keys { keys, limit } => write!(f, "{keys} rows are read, and {limit} can be"),
        }
    }
}

/// Why a patch cannot be made of the row that is there, or of any. In each case `table.modify(key, ..)`, which reads the row first, can do it.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatchProblem {
    /// Two of its steps change one place, or a place and something in it.
    Overlap,
    /// There is nothing that the place could be in: a struct, map or list is absent, or a list is shorter.
    Missing,
    /// NULL is stored there, which other writers store for nothing.
    Null,
    /// What is stored there is of another type than the field.
    Type {
        /// What was found, by its name in DynamoDB (`S`, `N`, `M` …).
        found: &'static str,
    },
    /// The sum would be out of the range of the field's type.
    Range,
    /// The row was written when the entity was compressed: its fields are in `data`.
    Compressed,
    /// The row has the field under another of its names (`#[serde(alias = "..")]`).
    Renamed,
}

impl fmt::Display for PatchProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overlap => f.write_str("another step changes the same place"),
            Self::Missing => f.write_str("the row has nothing that it could be in"),
            Self::Null => f.write_str("the row holds NULL there"),
            Self::Type { found } => write!(f, "the row holds the type `{found}` there"),
            Self::Range => f.write_str("the sum would be out of the field's range"),
            Self::Compressed => f.write_str("the row holds its fields compressed"),
            Self::Renamed => f.write_str("the row holds the field under another name"),
        }
    }
}

/// Why DynamoDB would refuse a condition.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters>
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpressionProblem {
    /// One `in_` has too many values.
    Operands {
        /// The limit.
        limit: usize,
    },
    /// Too many comparisons, functions and junctions together.
    Operators {
        /// The limit.
        limit: usize,
    },
    /// The expression's text is too long.
    Bytes {
        /// The limit in bytes.
        limit: usize,
    },
}

impl fmt::Display for ExpressionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operands { limit } => write!(f, "one `in_` has more than {limit} values"),
            Self::Operators { limit } => write!(f, "it has more than {limit} operators"),
            Self::Bytes { limit } => write!(f, "it is longer than {limit} bytes"),
        }
    }
}
