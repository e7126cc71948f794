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

use chrono::{DateTime, SubsecRound, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serializer, de, ser};

/// Cuts to microseconds: what both stored forms can hold, so that a value read back equals the one that was written.
pub(crate) fn to_micros(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

/// `2024-01-02T03:04:05.678900+00:00`, or without a fraction when it is zero.
pub(crate) fn attribute_form(time: DateTime<Utc>) -> String {
    text(time, "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%S%.6f+00:00")
}

/// `2024-01-02T03:04:05.678900Z`, or without a fraction when it is zero.
pub(crate) fn json_form(time: DateTime<Utc>) -> String {
    text(time, "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%.6fZ")
}

fn text(time: DateTime<Utc>, whole: &str, fraction: &str) -> String {
    let format = if time.nanosecond() / 1_000 == 0 { whole } else { fraction };
    time.format(format).to_string()
}

/// Reads both forms, and any other RFC 3339 text of a time that both can hold.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
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
    (0..=9999).contains(&chrono::Datelike::year(&time))
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
        fn both_forms_read_back(micros in -62_167_219_200_000_000i64..253_402_300_799_999_999) {
            prop_assert_eq!(parse(&attribute_form(time(micros))), Some(time(micros)));
            prop_assert_eq!(parse(&json_form(time(micros))), Some(time(micros)));
        }
    }
}
