use crate::schema::{IndexDef, Projection};

/// An index as requests name it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexKey {
    pub(crate) name: &'static str,
    pub(crate) pk: &'static str,
    /// `None`: it ranges on the table's `pk`.
    pub(crate) sk: Option<&'static str>,
    pub(crate) projection: Projection,
}

impl From<&'static IndexDef> for IndexKey {
    fn from(index: &'static IndexDef) -> Self {
        Self { name: index.index, pk: index.pk_attribute, sk: index.sk_attribute, projection: index.projection }
    }
}

/// The bounds of a query.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Lookup {
    /// `None`: the table itself.
    pub(crate) index: Option<IndexKey>,
    pub(crate) pk: String,
    pub(crate) sort: Sort,
    /// Rows with exactly this sort key are read and dropped: no string is the last one below an exclusive upper end.
    pub(crate) without: Option<String>,
}

/// What the sort key has to fulfil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sort {
    Any,
    Equal(String),
    Prefix(String),
    Between(String, String),
    AtLeast(String),
    AtMost(String),
    /// Nothing can fulfil it, so nothing is sent.
    Nothing,
}

impl Lookup {
    pub(crate) fn partition(index: Option<IndexKey>, pk: String) -> Self {
        Self { index, pk, sort: Sort::Any, without: None }
    }

    pub(crate) fn whole_partition(self) -> Self {
        Self { sort: Sort::Any, without: None, ..self }
    }
}

impl Sort {
    /// The kind of condition, for cursors.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Equal(_) => "equal",
            Self::Prefix(_) => "prefix",
            Self::Between(..) => "between",
            Self::AtLeast(_) => "at least",
            Self::AtMost(_) => "at most",
            Self::Nothing => "nothing",
        }
    }

    /// The texts that a request would carry.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let (first, second) = match self {
            Self::Any | Self::Nothing => (None, None),
            Self::Equal(text) | Self::Prefix(text) | Self::AtLeast(text) | Self::AtMost(text) => (Some(text.as_str()), None),
            Self::Between(low, high) => (Some(low.as_str()), Some(high.as_str())),
        };
        first.into_iter().chain(second)
    }
}
