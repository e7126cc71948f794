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
/// | newtype | what its inner type renders |
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

/// What `#[derive(KeyPart)]` implements. With impls of [`KeyPart`] itself, rustc would list the user's types wherever another one is no
/// key part, and generated code cannot carry the attribute that stops it.
#[doc(hidden)]
pub trait DerivedPart {
    /// [`KeyPart::SHAPE`]
    const SHAPE: Shape;
    /// [`KeyPart::part`]
    fn part(&self) -> Part<'_>;
}

#[diagnostic::do_not_recommend]
impl<T: DerivedPart> KeyPart for T {
    const SHAPE: Shape = <T as DerivedPart>::SHAPE;
    fn part(&self) -> Part<'_> {
        DerivedPart::part(self)
    }
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
    /// A date before the years that sort.
    Before,
    /// A date after the years that sort.
    After,
}

impl Part<'_> {
    /// The same, of its own text.
    pub(crate) fn into_owned(self) -> Part<'static> {
        match self {
            Self::Text(text) => Part::Text(Cow::Owned(text.into_owned())),
            Self::Unsigned(number) => Part::Unsigned(number),
            Self::Signed(number) => Part::Signed(number),
            Self::Before => Part::Before,
            Self::After => Part::After,
        }
    }
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
    match year {
        ..0 => Part::Before,
        0..=9999 => Part::Text(Cow::Owned(text())),
        10_000.. => Part::After,
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Id;

    fn text<P: KeyPart>(value: &P) -> String {
        match value.part() {
            Part::Text(text) => text.into_owned(),
            other => panic!("no text: {other:?}"),
        }
    }

    #[test]
    fn the_forms_of_text() {
        let time: DateTime<Utc> = "2024-01-02T03:04:05.678900Z".parse().expect("a time");
        let whole: DateTime<Utc> = "2024-01-02T03:04:05Z".parse().expect("a time");
        let ulid = Ulid::from_parts(1, 2);
        for (found, expected) in [
            (text(&"é#".to_owned()), "é#"),
            (text(&Box::<str>::from("a")), "a"),
            (text(&Arc::<str>::from("a")), "a"),
            (text(&Cow::Borrowed("a")), "a"),
            (text(&'𝄞'), "𝄞"),
            (text(&Id::<u8>::from("bob#1")), "bob#1"),
            (text(&true), "true"),
            (text(&false), "false"),
            (text(&ulid), "00000000010000000000000002"),
            (text(&time.date_naive()), "2024-01-02"),
            (text(&time), "2024-01-02T03:04:05.678900+00:00"),
            (text(&whole), "2024-01-02T03:04:05+00:00"),
            (text(&time.naive_utc()), "2024-01-02T03:04:05.678900"),
            (text(&whole.naive_utc()), "2024-01-02T03:04:05.000000"),
            (text(&time.time()), "03:04:05.678900"),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn integers_keep_their_sign() {
        assert_eq!(u128::MAX.part(), Part::Unsigned(u128::MAX));
        assert_eq!(usize::MAX.part(), Part::Unsigned(usize::MAX as u128));
        assert_eq!(i128::MIN.part(), Part::Signed(i128::MIN));
        assert_eq!((-1i8).part(), Part::Signed(-1));
    }

    /// What the compiler checks literals against is true of the values.
    #[test]
    fn shapes_admit_what_is_rendered() {
        fn check<P: KeyPart>(values: impl IntoIterator<Item = P>) {
            for value in values {
                let text = match value.part() {
                    Part::Text(text) => text.into_owned(),
                    Part::Unsigned(number) => number.to_string(),
                    Part::Signed(number) => number.to_string(),
                    Part::Before | Part::After => continue,
                };
                assert!(text.bytes().all(|byte| P::SHAPE.admits(byte)), "{text}");
            }
        }
        let times: Vec<DateTime<Utc>> = [-62_167_219_200_000_000, -1, 0, 1_704_164_645_678_900, 253_402_300_799_999_999]
            .map(|micros| DateTime::from_timestamp_micros(micros).expect("a time"))
            .into();
        check(times.iter().map(DateTime::naive_utc));
        check(times.iter().map(DateTime::date_naive));
        check(times.iter().map(DateTime::time));
        check(times.iter().copied());
        check([true, false]);
        check([0, u64::MAX]);
        check([i128::MIN, 0, i128::MAX]);
        check([Ulid::nil(), Ulid::max()]);
    }
}
