use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use ulid::Ulid;

use crate::schema::Shape;
use crate::time;

/// A type whose values can stand in a key template: strings, integers, `bool`, `char`, [`Id`](crate::Id), ULIDs, dates and times
/// (years 0000 to 9999), and newtypes and unit enums with `#[derive(KeyPart)]`.
///
/// Floats, lists and maps are none: two values that are equal could render differently.
///
/// # Forms
/// | type | in a key |
/// |---|---|
/// | text, `char`, `Id`, ULID | as it is |
/// | integer | digits, a minus sign before a negative one; with a width (`<n:03>`) padded with zeros, and a negative one in a form that sorts below all others |
/// | `bool` | `true`, `false` |
/// | `NaiveDate` | `2024-01-02` |
/// | `DateTime` | UTC, microseconds: `2024-01-02T03:04:05.678900+00:00`, as Python's `isoformat` |
/// | `NaiveDateTime`, `NaiveTime` | `2024-01-02T03:04:05.678900`, `03:04:05.678900` |
/// | unit enum | the string that serde stores |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a key",
    label = "this type cannot be part of a key",
    note = "a key part is a string, an integer, `bool`, `char`, an `Id`, a ULID, a date, a time, or a newtype or unit enum with `#[derive(KeyPart)]`"
)]
pub trait KeyPart {
    /// What the compiler can know of the rendered values.
    #[doc(hidden)]
    const SHAPE: Shape;

    /// The value to render.
    #[doc(hidden)]
    fn part(&self) -> Part<'_>;
}

/// One value on its way into a key.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'a> {
    /// Rendered as it is.
    Text(Cow<'a, str>),
    /// Padded to the placeholder's width.
    Unsigned(u128),
    /// Padded to the placeholder's width, in an order-preserving form.
    Signed(i128),
    /// A date outside the years that sort.
    OutOfRange,
}

macro_rules! text_parts {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            const SHAPE: Shape = Shape::Text;
            fn part(&self) -> Part<'_> {
                Part::Text(Cow::Borrowed(self))
            }
        }
    )*};
}

macro_rules! integer_parts {
    ($shape:ident as $wide:ty: $($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyPart for $type {
            const SHAPE: Shape = Shape::$shape;
            fn part(&self) -> Part<'_> {
                Part::$shape(*self as $wide)
            }
        }
    )*};
}

text_parts!(String, Box<str>, Arc<str>, Cow<'static, str>);
integer_parts!(Unsigned as u128: u8, u16, u32, u64, u128, usize);
integer_parts!(Signed as i128: i8, i16, i32, i64, i128, isize);

#[diagnostic::do_not_recommend]
impl KeyPart for char {
    const SHAPE: Shape = Shape::Text;
    fn part(&self) -> Part<'_> {
        Part::Text(Cow::Owned(self.to_string()))
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for bool {
    const SHAPE: Shape = Shape::Words(&["true", "false"]);
    fn part(&self) -> Part<'_> {
        Part::Text(Cow::Borrowed(if *self { "true" } else { "false" }))
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for Ulid {
    const SHAPE: Shape = Shape::Chars("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    fn part(&self) -> Part<'_> {
        Part::Text(Cow::Owned(self.to_string()))
    }
}

/// `text` where the year has four digits: others would not sort.
fn dated(year: i32, text: impl FnOnce() -> String) -> Part<'static> {
    if (0..=9999).contains(&year) { Part::Text(Cow::Owned(text())) } else { Part::OutOfRange }
}

#[diagnostic::do_not_recommend]
impl KeyPart for NaiveDate {
    const SHAPE: Shape = Shape::Chars("0123456789-");
    fn part(&self) -> Part<'_> {
        dated(self.year(), || self.format("%Y-%m-%d").to_string())
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for NaiveDateTime {
    const SHAPE: Shape = Shape::Chars("0123456789-T:.");
    fn part(&self) -> Part<'_> {
        dated(self.year(), || self.format("%Y-%m-%dT%H:%M:%S%.6f").to_string())
    }
}

#[diagnostic::do_not_recommend]
impl KeyPart for NaiveTime {
    const SHAPE: Shape = Shape::Chars("0123456789:.");
    fn part(&self) -> Part<'_> {
        Part::Text(Cow::Owned(self.format("%H:%M:%S%.6f").to_string()))
    }
}

#[diagnostic::do_not_recommend]
impl<Tz: TimeZone> KeyPart for DateTime<Tz> {
    const SHAPE: Shape = Shape::Chars("0123456789-T:.+");
    fn part(&self) -> Part<'_> {
        let utc = self.with_timezone(&Utc);
        dated(utc.year(), || time::attribute_form(utc))
    }
}
