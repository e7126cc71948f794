//! Bounds against a filter over all rows: what a range of values selects is what its bounds select of the rendered keys.

use std::fmt::Debug;
use std::ops::Bound;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::key::{KeyPart, push_part};
use crate::schema::{KeyForm, PrimaryKey, Segment, Shape, Template};
use crate::{entity, schema};

/// An entity with one index, of which the sort key is `$segments`.
macro_rules! entity {
    ($name:ident: $segments:expr) => {
        struct $name;

        impl Entity for $name {
            type Key = entity::ById;
            type History = entity::Dropped;
            type Storage = entity::Attributes;
            type Listing = entity::Listed;
            type Claims = entity::Unclaimed;
            type Keys = crate::entity::Following;
            type Counting = entity::Untallied;
            type Birth = crate::entity::Nowhere;
            type Fields = ();
            const FIELDS: &'static () = &();
            const DEF: &'static schema::EntityDef = &schema::EntityDef {
                name: "Thing",
                primary: PrimaryKey::Id { prefix: "Thing" },
                versioned: false,
                max_versions: None,
                compress: false,
                ttl: None,
                type_index: true,
                count: false,
                deny_unknown: false,
                unique: &[],
                indexes: &[schema::IndexDef {
                    pattern: "sorted",
                    index: "sorted",
                    pk_attribute: "sortedpk",
                    sk_attribute: Some("sortedsk"),
                    pk: KeyForm::Template(Template { text: "all", segments: &[Segment::Literal("all")] }),
                    sk: Some(KeyForm::Template(Template { text: "...", segments: $segments })),
                    projection: schema::Projection::All,
                }],
                fields: &[],
            };
            fn part(&self, _: usize) -> Option<Part<'_>> {
                None
            }
            fn encode<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_unit()
            }
            fn decode<'de, D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
                Ok(Self)
            }
        }
    };
}

use crate::key::Part;

const fn field(width: Option<u8>, shape: Shape) -> Segment {
    Segment::Field { name: "field", part: 0, width, shape }
}

entity!(Text: &[field(None, Shape::Text)]);
entity!(PrefixedText: &[Segment::Literal("NAME#"), field(None, Shape::Text)]);
entity!(Number: &[field(Some(3), Shape::Unsigned)]);
entity!(InnerNumber: &[Segment::Literal("N#"), field(Some(3), Shape::Unsigned), Segment::Literal("#"), field(None, Shape::Text)]);
entity!(Signed: &[Segment::Literal("N"), field(Some(3), Shape::Signed), Segment::Literal("#X")]);
entity!(Date: &[field(None, Shape::Chars("0123456789-")), Segment::Literal("#"), field(None, Shape::Text)]);
entity!(Time: &[field(None, Shape::Chars("0123456789-T:.+"))]);
entity!(Clock: &[Segment::Literal("at "), field(None, Shape::Chars("0123456789:.")), Segment::Literal("."), field(None, Shape::Text)]);

/// What DynamoDB makes of the bounds: text compares by its bytes.
fn selects(lookup: &Lookup, key: &str) -> bool {
    let found = match &lookup.sort {
        Sort::Any => true,
        Sort::Nothing => false,
        Sort::Equal(text) => key == text,
        Sort::Prefix(prefix) => key.starts_with(prefix.as_str()),
        Sort::Between(low, high) => (low.as_str()..=high.as_str()).contains(&key),
        Sort::AtLeast(low) => key >= low.as_str(),
        Sort::AtMost(high) => key <= high.as_str(),
    };
    found && lookup.without.as_deref() != Some(key)
}

/// The sort key of a row: one value, and what follows.
fn key_of<E: Entity>(value: &impl KeyPart, rest: &str) -> Option<String> {
    let Some(KeyForm::Template(template)) = &E::DEF.indexes[0].sk else { return None };
    let mut text = String::new();
    let mut first = true;
    for segment in template.segments {
        match segment {
            Segment::Literal(literal) => text.push_str(literal),
            Segment::Field { width, .. } if first => {
                push_part(&mut text, &value.part(), *width, None).ok()?;
                first = false;
            }
            _ => text.push_str(rest),
        }
    }
    Some(text)
}

fn bound<V: Clone>(kind: u8, value: &V) -> Bound<V> {
    match kind % 3 {
        0 => Bound::Unbounded,
        1 => Bound::Included(value.clone()),
        _ => Bound::Excluded(value.clone()),
    }
}

fn check<E: Entity, V, At>(ends: (V, V), kinds: (u8, u8), rows: &[(V, String)]) -> Result<(), TestCaseError>
where
    V: OrderedKeyPart<At> + entity::IntoValue<V> + Ord + Clone + Debug,
{
    let range = (bound(kinds.0, &ends.0), bound(kinds.1, &ends.1));
    let lookup = KeyPrefix::<E, ()>::of_index(0, &[]).in_range::<V, At>(range.clone()).lookup();
    let lookup = lookup.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
    for (value, rest) in rows.iter().chain([&(ends.0.clone(), "~".to_owned()), &(ends.1.clone(), String::new())]) {
        // No key is empty.
        let Some(key) = key_of::<E>(value, rest).filter(|key| !key.is_empty()) else { continue };
        let low = match &range.0 {
            Bound::Unbounded => true,
            Bound::Included(low) => value >= low,
            Bound::Excluded(low) => value > low,
        };
        let high = match &range.1 {
            Bound::Unbounded => true,
            Bound::Included(high) => value <= high,
            Bound::Excluded(high) => value < high,
        };
        prop_assert_eq!(selects(&lookup, &key), low && high, "{:?} of {:?} at {:?}: {:?}", value, range, key, lookup);
    }
    Ok(())
}

/// Text with neighbours of the delimiter, and characters at the ends of UTF-8's lengths and of the planes.
fn text() -> impl Strategy<Value = String> {
    let one = prop::sample::select(vec![
        'a',
        'b',
        '#',
        '"',
        '$',
        '\0',
        '\u{1}',
        '\u{7f}',
        '\u{80}',
        '\u{7ff}',
        '\u{800}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{ffff}',
        '\u{10000}',
        '\u{10ffff}',
    ]);
    prop::collection::vec(one, 0..4).prop_map(|text| text.into_iter().collect())
}

fn rows<V: Debug>(value: impl Strategy<Value = V>) -> impl Strategy<Value = Vec<(V, String)>> {
    prop::collection::vec((value, text()), 0..12)
}

fn date() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        Just(NaiveDate::MIN),
        Just(NaiveDate::MAX),
        (0u64..5).prop_map(|days| NaiveDate::default() + Days::new(days)),
        (0u64..5).prop_map(|days| NaiveDate::from_ymd_opt(9999, 12, 29).unwrap_or_default() + Days::new(days)),
        (0u64..5).prop_map(|days| NaiveDate::from_ymd_opt(0, 1, 3).unwrap_or_default() - Days::new(days)),
    ]
}

fn micros() -> impl Strategy<Value = i64> {
    prop_oneof![0i64..4, 999_998i64..1_000_003, 59_999_998i64..60_000_003]
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    let near = micros().prop_map(|micros| DateTime::UNIX_EPOCH + TimeDelta::microseconds(micros));
    prop_oneof![4 => near, 1 => Just(DateTime::<Utc>::MAX_UTC - TimeDelta::days(400)), 1 => Just(DateTime::<Utc>::MIN_UTC + TimeDelta::days(400))]
}

fn of_day() -> impl Strategy<Value = NaiveTime> {
    let end = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap_or_default();
    prop_oneof![micros().prop_map(|micros| NaiveTime::MIN + TimeDelta::microseconds(micros)), Just(end)]
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0u64..4, 997u64..1003, Just(u64::MAX), Just(u64::MAX - 1)]
}

fn signed() -> impl Strategy<Value = i64> {
    prop_oneof![-4i64..4, 997i64..1003, -1003i64..-997, Just(i64::MIN), Just(i64::MAX)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn text_ranges(ends in (text(), text()), kinds in any::<(u8, u8)>(), rows in rows(text())) {
        let rows: Vec<_> = rows.into_iter().filter(|(value, _)| !value.is_empty()).collect();
        check::<Text, String, Last>(ends.clone(), kinds, &rows)?;
        check::<PrefixedText, String, Last>(ends, kinds, &rows)?;
    }

    #[test]
    fn integer_ranges(ends in (number(), number()), kinds in any::<(u8, u8)>(), rows in rows(number())) {
        check::<Number, u64, Last>(ends, kinds, &rows)?;
        check::<InnerNumber, u64, Inner>(ends, kinds, &rows)?;
    }

    #[test]
    fn signed_ranges(ends in (signed(), signed()), kinds in any::<(u8, u8)>(), rows in rows(signed())) {
        check::<Signed, i64, Inner>(ends, kinds, &rows)?;
    }

    #[test]
    fn date_ranges(ends in (date(), date()), kinds in any::<(u8, u8)>(), rows in rows(date())) {
        check::<Date, NaiveDate, Inner>(ends, kinds, &rows)?;
    }

    #[test]
    fn time_ranges(ends in (time(), time()), kinds in any::<(u8, u8)>(), rows in rows(time())) {
        check::<Time, DateTime<Utc>, Last>(ends, kinds, &rows)?;
    }

    #[test]
    fn clock_ranges(ends in (of_day(), of_day()), kinds in any::<(u8, u8)>(), rows in rows(of_day())) {
        check::<Clock, NaiveTime, Inner>(ends, kinds, &rows)?;
    }

    #[test]
    fn text_prefixes(prefix in text(), values in prop::collection::vec(text(), 0..12)) {
        let finder = KeyPrefix::<PrefixedText, ()>::of_index(0, &[]).with_prefix::<String>(prefix.as_str());
        let lookup = finder.lookup().map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        for value in values {
            prop_assert_eq!(selects(&lookup, &format!("NAME#{value}")), value.starts_with(&prefix));
        }
    }
}
