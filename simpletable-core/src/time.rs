//! Times as the table stores them: UTC, cut to microseconds, in the forms that Python's `isoformat` and pydantic write.
//!
//! As a `serde(with)` for a field of type `DateTime<Utc>`, it stores the attribute form (`2024-01-02T03:04:05.678900+00:00`),
//! whose text order is the order in time. [`option`] does the same for `Option<DateTime<Utc>>`. A field needs neither to be stored: without
//! them it has chrono's own form, which Python reads too.
//!
//! # Examples
//! ```
//! use chrono::{DateTime, Utc};
//! use serde::{Deserialize, Serialize};
//! use simpletable::SingleTable;
//!
//! #[derive(Serialize, Deserialize, SingleTable)]
//! struct Meeting {
//!     #[serde(with = "simpletable::time")]
//!     starts: DateTime<Utc>,
//!     #[serde(with = "simpletable::time::option", default)]
//!     ends: Option<DateTime<Utc>>,
//! }
//!
//! let meeting: Meeting = serde_json::from_str(r#"{"starts":"2024-01-02T04:04:05+01:00"}"#)?;
//! assert_eq!(serde_json::to_string(&meeting)?, r#"{"starts":"2024-01-02T03:04:05+00:00","ends":null}"#);
//! # Ok::<(), serde_json::Error>(())
//! ```

use chrono::{DateTime, Datelike, SubsecRound, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serializer, de, ser};

/// Cuts to microseconds: what both stored forms can hold, so that a value read back equals the one that was written.
pub(crate) fn to_micros(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

/// `2024-01-02T03:04:05.678900+00:00`, or without a fraction when it is zero.
pub(crate) fn attribute_form(time: DateTime<Utc>) -> String {
    text(time, "+00:00")
}

/// `2024-01-02T03:04:05.678900Z`, or without a fraction when it is zero.
pub(crate) fn json_form(time: DateTime<Utc>) -> String {
    text(time, "Z")
}

/// Every row has four times, and chrono's formats are looked up anew for each part of each.
fn text(time: DateTime<Utc>, zone: &str) -> String {
    let micros = time.nanosecond() / 1_000;
    let (year, Ok(positive)) = (time.year(), u32::try_from(time.year())) else { return by_chrono(time, zone) };
    if year > 9999 || micros >= 1_000_000 {
        return by_chrono(time, zone);
    }
    let mut text = String::with_capacity(32);
    for (mark, number, width) in [
        ("", positive, 4),
        ("-", time.month(), 2),
        ("-", time.day(), 2),
        ("T", time.hour(), 2),
        (":", time.minute(), 2),
        (":", time.second(), 2),
        (".", micros, if micros == 0 { 0 } else { 6 }),
    ] {
        if width > 0 {
            text.push_str(mark);
            text.extend((0..width).rev().map(|place| char::from(b'0' + (number / 10_u32.pow(place) % 10) as u8)));
        }
    }
    text.push_str(zone);
    text
}

/// Years of more digits, and leap seconds.
fn by_chrono(time: DateTime<Utc>, zone: &str) -> String {
    let format = if time.nanosecond() % 1_000_000_000 < 1_000 { "%Y-%m-%dT%H:%M:%S" } else { "%Y-%m-%dT%H:%M:%S%.6f" };
    [&time.format(format).to_string(), zone].concat()
}

/// Reads both forms, and any other RFC 3339 text of a time that both can hold.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    parse_own(text).or_else(|| parse_any(text))
}

/// Reads the two forms that this library and Python write, of which every row has two. `None`: it may be a time all the same.
fn parse_own(text: &str) -> Option<DateTime<Utc>> {
    let (text, fraction) = match text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00"))?.as_bytes() {
        [text @ .., b'.', a, b, c, d, e, f] if text.len() == 19 => (text, [*a, *b, *c, *d, *e, *f]),
        text => (text, *b"000000"),
    };
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1] = text else { return None };
    let number =
        |digits: &[u8]| digits.iter().try_fold(0u32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')));
    let year = i32::try_from(number(&[*y0, *y1, *y2, *y3])?).ok()?;
    let date = chrono::NaiveDate::from_ymd_opt(year, number(&[*m0, *m1])?, number(&[*d0, *d1])?)?;
    let (hour, minute, second) = (number(&[*h0, *h1])?, number(&[*n0, *n1])?, number(&[*s0, *s1])?);
    Some(date.and_hms_micro_opt(hour, minute, second, number(&fraction)?)?.and_utc())
}

fn parse_any(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc)).filter(|time| in_range(*time))
}

/// Stores the attribute form, cut to microseconds.
///
/// # Errors
/// A year outside 0000–9999, which the form cannot hold.
pub fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    if !in_range(*time) {
        return Err(ser::Error::custom("a year outside 0000 to 9999"));
    }
    serializer.serialize_str(&attribute_form(*time))
}

/// Reads any RFC 3339 text.
///
/// # Errors
/// A text that is no RFC 3339 time.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| de::Error::custom("no RFC 3339 time"))
}

/// Whether both forms can hold the time: four digits for the year.
pub(crate) fn in_range(time: DateTime<Utc>) -> bool {
    (0..=9999).contains(&time.year())
}

/// The same for `Option<DateTime<Utc>>`: `#[serde(with = "simpletable::time::option", default)]`.
pub mod option {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Deserializer, Serializer, de};

    /// Stores the attribute form, or nothing.
    ///
    /// # Errors
    /// As [`super::serialize`].
    pub fn serialize<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    /// Reads any RFC 3339 text, or nothing.
    ///
    /// # Errors
    /// As [`super::deserialize`].
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| super::parse(&text).ok_or_else(|| de::Error::custom("no RFC 3339 time"))).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(micros: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(micros).expect("in range")
    }

    #[test]
    fn the_forms_of_layout_md() {
        let with = time(1_704_164_645_678_900);
        let without = time(1_704_164_645_000_000);
        assert_eq!(attribute_form(with), "2024-01-02T03:04:05.678900+00:00");
        assert_eq!(attribute_form(without), "2024-01-02T03:04:05+00:00");
        assert_eq!(json_form(with), "2024-01-02T03:04:05.678900Z");
        assert_eq!(json_form(without), "2024-01-02T03:04:05Z");
    }

    proptest! {
        #[test]
        fn text_order_is_time_order(a in -62_167_219_200_000_000i64..253_402_300_799_999_999, b in -62_167_219_200_000_000i64..253_402_300_799_999_999) {
            prop_assert_eq!(attribute_form(time(a)).cmp(&attribute_form(time(b))), a.cmp(&b));
        }

        #[test]
        fn both_ways_of_writing_agree(micros in -70_000_000_000_000_000i64..260_000_000_000_000_000, leap: bool) {
            let time = time(micros);
            let time = if leap { time.with_nanosecond(time.nanosecond() + 1_000_000_000).unwrap_or(time) } else { time };
            prop_assert_eq!(text(time, "Z"), by_chrono(time, "Z"));
        }

        #[test]
        fn both_ways_of_reading_agree(text in "[0-9]{4}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{5,7})?(Z|z|\\+00:00|-00:00|\\+01:00)") {
            prop_assert!(parse_own(&text).is_none() || parse_own(&text).filter(|time| in_range(*time)) == parse_any(&text), "{}", text);
            prop_assert_eq!(parse(&text), parse_any(&text));
        }

        #[test]
        fn both_forms_read_back(micros in -62_167_219_200_000_000i64..253_402_300_799_999_999) {
            prop_assert_eq!(parse(&attribute_form(time(micros))), Some(time(micros)));
            prop_assert_eq!(parse(&json_form(time(micros))), Some(time(micros)));
        }
    }
}
