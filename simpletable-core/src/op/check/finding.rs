use std::fmt;

/// One thing that is wrong with the rows of a resource. `Display` says it in a line of names and version numbers.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The latest version has no row in the history. Mended by writing it from the head.
    VersionMissing {
        /// The latest version.
        version: u64,
    },
    /// The row of the latest version says something else than the head. No write of this library or of Python's can leave that: both are
    /// written in one transaction. The head is what is read, found by indexes and updated, so it is taken for the truth: mended by writing the
    /// row from it.
    VersionDiffers {
        /// The latest version.
        version: u64,
    },
    /// A long deletion was interrupted. Mended by bringing it to its end.
    OutOfService,
    /// Versions without a head: nobody sees them, and a new resource would overwrite them one by one. Mended by deleting them.
    Orphans {
        /// Their numbers, lowest first.
        versions: Vec<u64>,
    },
    /// Rows numbered above the head, which are no history: a backup or another program left them. Mended by deleting them.
    AboveHead {
        /// Their numbers, lowest first.
        versions: Vec<u64>,
    },
    /// Versions that `max_versions` keeps and that have no row: they were deleted by `delete_version`, have expired, or are lost. Nothing can
    /// bring them back, and readers pass over them.
    Gap {
        /// Their numbers, lowest first.
        versions: Vec<u64>,
    },
    /// Attributes of the row that are not what its fields make: keys of indexes, the type, the time to live; or a field that is written in
    /// a way that the declaration no longer writes. Mended by writing them anew; value, version and times stay.
    Derived {
        /// Their names, in order.
        attributes: Vec<String>,
    },
}

impl Finding {
    /// Whether [`Table::repair`](crate::Table::repair) mends it: all but a [`Gap`](Self::Gap).
    pub fn is_mendable(&self) -> bool {
        !matches!(self, Self::Gap { .. })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VersionMissing { version } => write!(f, "the latest version, {version}, has no row in the history"),
            Self::VersionDiffers { version } => write!(f, "the row of the latest version, {version}, differs from the head"),
            Self::OutOfService => f.write_str("a deletion was interrupted"),
            Self::Orphans { versions } => write!(f, "{} versions have no head", versions.len()),
            Self::AboveHead { versions } => write!(f, "{} rows are numbered above the head", versions.len()),
            Self::Gap { versions } => write!(f, "{} versions that are kept have no row", versions.len()),
            Self::Derived { attributes } => write!(f, "not as the fields make them: `{}`", attributes.join("`, `")),
        }
    }
}

/// What [`Table::check`](crate::Table::check) found.
#[must_use = "a check tells by its findings, and is no error"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    findings: Vec<Finding>,
}

impl Checked {
    pub(super) fn new(findings: Vec<Finding>) -> Self {
        Self { findings }
    }

    /// Whether there is nothing that [`Table::repair`](crate::Table::repair) would mend.
    pub fn is_ok(&self) -> bool {
        !self.findings.iter().any(Finding::is_mendable)
    }

    /// What is wrong.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// What [`Table::repair`](crate::Table::repair) did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    mended: Vec<Finding>,
    left: Vec<Finding>,
}

impl Repaired {
    pub(super) fn new(mended: Vec<Finding>, left: Vec<Finding>) -> Self {
        Self { mended, left }
    }

    /// What was wrong and is not any more.
    pub fn mended(&self) -> &[Finding] {
        &self.mended
    }

    /// What cannot be mended.
    pub fn left(&self) -> &[Finding] {
        &self.left
    }
}
