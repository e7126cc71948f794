use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use ulid::Ulid;

use crate::key::{Id, KeyPart, Part};

/// The last part of a key: see [`OrderedKeyPart`].
#[derive(Debug)]
pub enum Last {}

/// A part of a key that something follows: see [`OrderedKeyPart`].
#[derive(Debug)]
pub enum Inner {}

/// The value next to a bound.
#[doc(hidden)]
#[derive(Debug)]
pub enum Edge<'a> {
    /// The next value in that direction.
    Value(Part<'a>),
    /// There is none.
    End,
    /// Text: between any two there are others.
    Dense,
}

/// A key part that sorts in keys as its values do, in the place `At`: what `.range` accepts.
///
/// Integers (with a width), dates and times everywhere; text only as the last part, because text before a delimiter does not sort as its
/// value; enums nowhere.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no ranges here: in this place its keys do not sort as its values do",
    label = "no range of `{Self}` in this place",
    note = "integers, dates and times have ranges everywhere, text only where it is the last part"
)]
pub trait OrderedKeyPart<At>: KeyPart {
    /// The next value up.
    #[doc(hidden)]
    fn above(&self) -> Edge<'_>;
    /// The next value down.
    #[doc(hidden)]
    fn below(&self) -> Edge<'_>;
}

fn edge(part: Option<Part<'_>>) -> Edge<'_> {
    part.map_or(Edge::End, Edge::Value)
}

/// The part of a value that does not outlive this call.
fn owned<V: KeyPart>(value: V) -> Part<'static> {
    value.part().into_owned()
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<At> OrderedKeyPart<At> for $type {
            fn above(&self) -> Edge<'_> {
                edge(self.checked_add(1).map(owned))
            }
            fn below(&self) -> Edge<'_> {
                edge(self.checked_sub(1).map(owned))
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

#[diagnostic::do_not_recommend]
impl<T: TextPart> OrderedKeyPart<Last> for T {
    fn above(&self) -> Edge<'_> {
        Edge::Dense
    }
    fn below(&self) -> Edge<'_> {
        Edge::Dense
    }
}

#[diagnostic::do_not_recommend]
impl<At> OrderedKeyPart<At> for Ulid {
    fn above(&self) -> Edge<'_> {
        edge(u128::from(*self).checked_add(1).map(|next| owned(Self::from(next))))
    }
    fn below(&self) -> Edge<'_> {
        edge(u128::from(*self).checked_sub(1).map(|next| owned(Self::from(next))))
    }
}

#[diagnostic::do_not_recommend]
impl<At> OrderedKeyPart<At> for NaiveDate {
    fn above(&self) -> Edge<'_> {
        edge(self.checked_add_days(Days::new(1)).map(owned))
    }
    fn below(&self) -> Edge<'_> {
        edge(self.checked_sub_days(Days::new(1)).map(owned))
    }
}

/// Keys hold microseconds.
const STEP: TimeDelta = TimeDelta::microseconds(1);

#[diagnostic::do_not_recommend]
impl<At> OrderedKeyPart<At> for NaiveDateTime {
    fn above(&self) -> Edge<'_> {
        edge(self.checked_add_signed(STEP).map(owned))
    }
    fn below(&self) -> Edge<'_> {
        edge(self.checked_sub_signed(STEP).map(owned))
    }
}

#[diagnostic::do_not_recommend]
impl<At> OrderedKeyPart<At> for DateTime<Utc> {
    fn above(&self) -> Edge<'_> {
        edge(self.checked_add_signed(STEP).map(owned))
    }
    fn below(&self) -> Edge<'_> {
        edge(self.checked_sub_signed(STEP).map(owned))
    }
}

#[diagnostic::do_not_recommend]
impl<At> OrderedKeyPart<At> for NaiveTime {
    fn above(&self) -> Edge<'_> {
        let (next, days) = self.overflowing_add_signed(STEP);
        edge((days == 0).then(|| owned(next)))
    }
    fn below(&self) -> Edge<'_> {
        let micros = self.num_seconds_from_midnight() > 0 || self.nanosecond() >= 1_000;
        edge(micros.then(|| owned(self.overflowing_sub_signed(STEP).0)))
    }
}

/// Text in a key: what has prefixes.
#[diagnostic::on_unimplemented(message = "`{Self}` is not text, so it has no prefixes", label = "no prefixes", note = "use `.range(...)`")]
pub trait TextPart: KeyPart {}

#[diagnostic::do_not_recommend]
impl TextPart for String {}
#[diagnostic::do_not_recommend]
impl TextPart for Box<str> {}
#[diagnostic::do_not_recommend]
impl TextPart for Arc<str> {}
#[diagnostic::do_not_recommend]
impl TextPart for Cow<'static, str> {}
#[diagnostic::do_not_recommend]
impl<T> TextPart for Id<T> {}

/// A prefix of a text part of type `V`.
#[diagnostic::on_unimplemented(message = "expected a prefix of a `{V}`, found `{Self}`", label = "not a text prefix")]
pub trait TextPrefix<V> {
    /// The text.
    #[doc(hidden)]
    fn text(&self) -> &str;
}

impl<V: TextPart, S: AsRef<str>> TextPrefix<V> for S {
    fn text(&self) -> &str {
        self.as_ref()
    }
}
