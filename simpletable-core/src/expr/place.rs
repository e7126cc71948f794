/// How many names a path can have: the field's, and those of the structs in it.
const DEPTH: usize = 8;

/// Where a value is in an item: an attribute's name, and the names inside it.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    names: [&'static str; DEPTH],
    length: usize,
}

impl Place {
    /// No place: what is inside it is where it is joined to another.
    pub(super) const NOWHERE: Self = Self { names: [""; DEPTH], length: 0 };

    /// A top-level attribute.
    pub const fn of(attribute: &'static str) -> Self {
        let mut names = [""; DEPTH];
        names[0] = attribute;
        Self { names, length: 1 }
    }

    /// A field of the struct that is here.
    ///
    /// # Panics
    /// Nested deeper than 8 structs.
    #[must_use]
    pub const fn inside(mut self, name: &'static str) -> Self {
        assert!(self.length < DEPTH, "a condition reaches at most 8 structs deep");
        self.names[self.length] = name;
        self.length += 1;
        self
    }

    /// The attribute, which an expression cannot do without.
    pub(super) fn attribute(&self) -> Vec<&'static str> {
        vec![self.names[0]]
    }

    pub(crate) fn names(&self) -> &[&'static str] {
        &self.names[..self.length]
    }
}
