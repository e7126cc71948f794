//! One run with one release: what is checked, and how it fails.

use std::error::Error as _;
use std::fmt::Debug;

use serde_json::{Value, json};
use simpletable::fault::Faults;
use simpletable::{Identified, Member, Resource, Table};

use crate::kinds::{App, time};
use crate::python::{Python, Raised};

/// A release of the Python library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Release {
    Old,
    New,
}

impl Release {
    pub(crate) const ALL: [Self; 2] = [Self::Old, Self::New];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Old => "10.0.0",
            Self::New => "22.0.0",
        }
    }
}

/// Why a case failed.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    raised: Option<Raised>,
}

impl Failure {
    pub(crate) fn new(message: String) -> Self {
        Self { message, raised: None }
    }

    pub(crate) fn raised(asked: &str, raised: Raised) -> Self {
        Self { message: format!("Python raised at `{asked}`: {}: {}", raised.class, raised.message), raised: Some(raised) }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The class of what Python raised, if that is why.
    pub(crate) fn class(&self) -> Option<&str> {
        self.raised.as_ref().map(|raised| raised.class.as_str())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(format!("Python is out of reach: {error}"))
    }
}

impl From<simpletable::Error> for Failure {
    fn from(error: simpletable::Error) -> Self {
        let mut message = format!("Rust: {error}");
        let mut source = error.source();
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Self::new(message)
    }
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// Both sides, on one table.
pub(crate) struct Session {
    pub(crate) release: Release,
    pub(crate) endpoint: String,
    pub(crate) interpreter: std::path::PathBuf,
    pub(crate) table: Table<App>,
    /// Counts what `table` sends.
    pub(crate) faults: Faults,
    pub(crate) python: Python,
    checks: usize,
    names: usize,
}

impl Session {
    pub(crate) async fn start(release: Release, interpreter: &std::path::Path, endpoint: &str) -> Outcome<Self> {
        let name = format!("interop-{}-{}", release.name(), std::process::id());
        let faults = Faults::new();
        let table = Table::builder::<App>(&name).create_if_missing().build().await?.with_faults(&faults);
        let python = Python::start(interpreter, endpoint, &name)?;
        let (endpoint, interpreter) = (endpoint.to_owned(), interpreter.to_owned());
        Ok(Self { release, endpoint, interpreter, table, faults, python, checks: 0, names: 0 })
    }

    pub(crate) fn checks(&self) -> usize {
        self.checks
    }

    /// A text that no other case has.
    pub(crate) fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}-{}", self.names)
    }

    pub(crate) fn equal<T: PartialEq + Debug + ?Sized>(&mut self, what: &str, found: &T, expected: &T) -> Outcome {
        self.checks += 1;
        if found == expected {
            return Ok(());
        }
        Err(Failure::new(format!("{what}\n    found    {found:?}\n    expected {expected:?}")))
    }

    /// Compares what Python stated with what is here: the id, the version, the times and the value.
    pub(crate) fn same<T: Member<App> + Identified>(
        &mut self,
        what: &str,
        stated: &Value,
        ours: &Resource<T>,
        version: Option<u64>,
        value: &Value,
    ) -> Outcome {
        let expected = json!({
            "id": ours.id(),
            "version": version,
            "created_at": time(ours.created_at()),
            "updated_at": time(ours.updated_at()),
            "value": value,
        });
        self.equal(what, stated, &expected)
    }

    pub(crate) fn ask(&mut self, request: Value) -> Outcome<Value> {
        self.python.ask(&request)
    }

    /// Asks for what Python must refuse, by an error of this class.
    pub(crate) fn refused(&mut self, what: &str, class: &str, request: Value) -> Outcome {
        let raised = self.python.refusal(&request)?;
        self.equal(&format!("{what}: what Python raises ({})", raised.message), raised.class.as_str(), class)
    }

    /// How Python refuses a stale copy of a versioned resource.
    pub(crate) fn stale_error(&self) -> &'static str {
        match self.release {
            Release::Old => "ValueError",
            Release::New => "VersionConflictError",
        }
    }
}
