//! Where in a value something went wrong, in names only.

use std::fmt;

/// One step into a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Path {
    /// A field or variant, by the name that the code gives it.
    Field(&'static str),
    /// An entry of a map, whose key is data.
    Key,
    /// An element of a list.
    Index(usize),
}

/// A problem and the way to it, innermost step first.
#[derive(Debug)]
pub(crate) struct At<P> {
    pub(crate) problem: P,
    steps: Vec<Path>,
}

impl<P> At<P> {
    pub(crate) fn new(problem: P) -> Self {
        Self { problem, steps: Vec::new() }
    }

    pub(crate) fn inside(mut self, step: Path) -> Self {
        self.steps.push(step);
        self
    }

    pub(crate) fn in_field(self, name: &'static str) -> Self {
        self.inside(Path::Field(name))
    }

    pub(crate) fn at_index(self, index: usize) -> Self {
        self.inside(Path::Index(index))
    }

    /// `address.lines.0.*`; a problem of the whole value is at `*`.
    pub(crate) fn path(&self) -> String {
        if self.steps.is_empty() {
            return "*".to_owned();
        }
        let mut path = String::new();
        for step in self.steps.iter().rev() {
            if !path.is_empty() {
                path.push('.');
            }
            match step {
                Path::Field(name) => path.push_str(name),
                Path::Key => path.push('*'),
                Path::Index(index) => path.push_str(&index.to_string()),
            }
        }
        path
    }
}

impl<P: fmt::Display> fmt::Display for At<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path(), self.problem)
    }
}

impl<P: fmt::Display + fmt::Debug> std::error::Error for At<P> {}
