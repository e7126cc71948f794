//! Whether two keys can be equal: decided exactly over what their templates can render.
//!
//! A template is a sequence of bytes and runs (a placeholder's value: any number of the bytes that it admits). Two templates have a
//! text in common when an automaton that walks both at once reaches both ends. It never walks back, so one row of its states at a
//! time is enough.
//!
//! Where this knows less than the run-time rules of `key::render` (widths of integers, lengths of dates, the words of an enum,
//! delimiters outside ASCII, one field in both keys), it errs on the side of an overlap.

use super::super::{EntityDef, PrimaryKey, SINGLETON, Segment, Shape, Template};

/// What one half of a primary key can be.
#[derive(Clone, Copy)]
pub(super) enum Key<'a> {
    /// `{prefix}#` and an id, which is free text.
    Prefixed(&'a str),
    /// `v0`, `v1`, …
    Version,
    /// A composed key.
    Template(&'a Template),
}

impl<'a> Key<'a> {
    pub(super) const fn partition(def: &'a EntityDef) -> Self {
        match &def.primary {
            PrimaryKey::Id { prefix } | PrimaryKey::NaturalId { prefix, .. } => Self::Prefixed(prefix),
            PrimaryKey::Singleton => Self::Prefixed(SINGLETON),
            PrimaryKey::Composed { pk, .. } => Self::Template(pk),
        }
    }

    pub(super) const fn sort(def: &'a EntityDef) -> Self {
        match &def.primary {
            _ if def.versioned => Self::Version,
            PrimaryKey::Composed { sk, .. } => Self::Template(sk),
            _ => Self::partition(def),
        }
    }

    /// What every such key begins with, and whether a `#` follows it.
    const fn head(self) -> (&'a [u8], bool) {
        match self {
            Self::Prefixed(prefix) => (prefix.as_bytes(), true),
            Self::Version => (b"v", false),
            Self::Template(template) => match template.segments {
                [Segment::Literal(literal), ..] => (literal.as_bytes(), false),
                _ => (b"", false),
            },
        }
    }

    /// Whether the keys begin with different literals: the quick answer, which a table of many entities lives on.
    pub(super) const fn heads_differ(self, other: Self) -> bool {
        let (mut a, a_hash) = self.head();
        let (mut b, b_hash) = other.head();
        while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
            if *x != *y {
                return true;
            }
            (a, b) = (a_rest, b_rest);
        }
        match (a, b) {
            ([], [y, ..]) => a_hash && *y != b'#',
            ([x, ..], []) => b_hash && *x != b'#',
            _ => false,
        }
    }

    /// Whether some text is a key of both kinds.
    pub(super) const fn overlaps(self, other: Self) -> bool {
        !self.heads_differ(other) && self.pattern().meets(&other.pattern())
    }

    const fn pattern(self) -> Pattern {
        let mut pattern = Pattern::new();
        match self {
            Self::Prefixed(prefix) => {
                pattern.literal(prefix);
                pattern.literal("#");
                pattern.push(Atom::Run(Bytes::ALL));
            }
            Self::Version => {
                pattern.literal("v");
                pattern.push(Atom::Run(Bytes::of(Shape::Unsigned)));
            }
            Self::Template(template) => pattern.template(template),
        }
        pattern
    }
}

/// A set of bytes; those outside ASCII are in it together or not at all.
#[derive(Clone, Copy)]
struct Bytes {
    ascii: u128,
    other: bool,
}

impl Bytes {
    const NONE: Self = Self { ascii: 0, other: false };
    const ALL: Self = Self { ascii: u128::MAX, other: true };

    const fn of(shape: Shape) -> Self {
        match shape {
            Shape::Text => Self::ALL,
            Shape::Unsigned => Self::NONE.with("0123456789"),
            Shape::Signed => Self::NONE.with("-0123456789"),
            Shape::Chars(chars) => Self::NONE.with(chars),
            Shape::Words(words) => {
                let mut all = Self::NONE;
                let mut i = 0;
                while i < words.len() {
                    all = all.with(words[i]);
                    i += 1;
                }
                all
            }
        }
    }

    const fn with(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            if bytes[i].is_ascii() {
                self.ascii |= 1 << bytes[i];
            } else {
                self.other = true;
            }
            i += 1;
        }
        self
    }

    /// Without the first character of a segment, if that is a literal and its character is in ASCII.
    const fn without_start(mut self, segment: &Segment) -> Self {
        if let Segment::Literal(literal) = segment
            && let [start, ..] = literal.as_bytes()
            && start.is_ascii()
        {
            self.ascii &= !(1 << *start);
        }
        self
    }

    const fn has(self, byte: u8) -> bool {
        if byte.is_ascii() { self.ascii >> byte & 1 == 1 } else { self.other }
    }
}

#[derive(Clone, Copy)]
enum Atom {
    Byte(u8),
    Run(Bytes),
}

/// A sequence of atoms.
struct Pattern {
    atoms: [Atom; Self::CAPACITY],
    len: usize,
}

impl Pattern {
    /// What does not fit is taken for any text.
    const CAPACITY: usize = 256;

    const fn new() -> Self {
        Self { atoms: [Atom::Run(Bytes::ALL); Self::CAPACITY], len: 0 }
    }

    const fn push(&mut self, atom: Atom) {
        if self.len < Self::CAPACITY {
            self.atoms[self.len] = atom;
            self.len += 1;
        } else {
            self.atoms[Self::CAPACITY - 1] = Atom::Run(Bytes::ALL);
        }
    }

    const fn literal(&mut self, literal: &str) {
        let bytes = literal.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            self.push(Atom::Byte(bytes[i]));
            i += 1;
        }
    }

    const fn template(&mut self, template: &Template) {
        let segments = template.segments;
        let mut at = 0;
        while at < segments.len() {
            match &segments[at] {
                Segment::Literal(literal) => self.literal(literal),
                Segment::Field { shape, .. } if !shape.is_text() => self.push(Atom::Run(Bytes::of(*shape))),
                Segment::Field { .. } | Segment::Id => self.push(Atom::Run(text_at(segments, at))),
                Segment::CreatedAt | Segment::UpdatedAt => self.push(Atom::Run(Bytes::of(Shape::Chars("0123456789-T:.+")))),
            }
            at += 1;
        }
    }

    /// Whether some text is in both patterns.
    const fn meets(&self, other: &Self) -> bool {
        // `row[j]`: some text takes this pattern to atom `i` and the other to atom `j`.
        let mut row = [false; Self::CAPACITY + 1];
        row[0] = true;
        let mut i = 0;
        loop {
            let mut below = [false; Self::CAPACITY + 1];
            let mut j = 0;
            while j <= other.len {
                if row[j] {
                    let a = if i < self.len { Some(self.atoms[i]) } else { None };
                    let b = if j < other.len { Some(other.atoms[j]) } else { None };
                    match (a, b) {
                        (None, None) => return true,
                        (Some(Atom::Byte(a)), Some(Atom::Byte(b))) => below[j + 1] |= a == b,
                        (Some(Atom::Byte(a)), Some(Atom::Run(b))) => {
                            below[j] |= b.has(a);
                            row[j + 1] = true;
                        }
                        (Some(Atom::Run(a)), Some(Atom::Byte(b))) => {
                            below[j] = true;
                            row[j + 1] |= a.has(b);
                        }
                        (Some(Atom::Run(_)), Some(Atom::Run(_))) => {
                            below[j] = true;
                            row[j + 1] = true;
                        }
                        (Some(Atom::Run(_)), None) => below[j] = true,
                        (None, Some(Atom::Run(_))) => row[j + 1] = true,
                        (Some(Atom::Byte(_)), None) | (None, Some(Atom::Byte(_))) => {}
                    }
                }
                j += 1;
            }
            if i == self.len {
                return false;
            }
            row = below;
            i += 1;
        }
    }
}

/// What the text part `at` can hold in a primary key: not the start of the literal after it, and as the last segment not the start
/// of any literal that follows a part.
const fn text_at(segments: &[Segment], at: usize) -> Bytes {
    let mut bytes = Bytes::ALL;
    if at + 1 < segments.len() {
        return bytes.without_start(&segments[at + 1]);
    }
    let mut i = 1;
    while i < segments.len() {
        bytes = bytes.without_start(&segments[i]);
        i += 1;
    }
    bytes
}
