//! Whatever serde can write is read back equal: every shape of its data model, as attributes and compressed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::{Debug, Formatter};
use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use proptest::collection::{btree_map, btree_set, hash_map, hash_set, vec};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use simpletable::{AcceptsId, Id, Member, SingleTable};

use crate::{engine, stored};

/// Bytes as `serde_bytes` has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytewise;
        impl<'de> Visitor<'de> for Bytewise {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<u8>, E> {
                Ok(text.as_bytes().to_vec())
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u8>, A::Error> {
                std::iter::from_fn(|| list.next_element().transpose()).collect()
            }
        }
        deserializer.deserialize_byte_buf(Bytewise).map(Self)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Numbers {
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    i128: i128,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    u128: u128,
    f32: f32,
    f64: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Name(pub(crate) String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Color {
    DarkRed,
    #[serde(rename = "grün")]
    Green,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Unit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Inner {
    text: String,
    number: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum External {
    Unit,
    Newtype(Option<Inner>),
    Tuple(i64, String),
    Struct { text: String, inner: Inner },
    Nested(Box<External>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub(crate) enum Internal {
    Unit,
    Newtype(Inner),
    Struct { text: String, external: External },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
pub(crate) enum Adjacent {
    Unit,
    Newtype(Internal),
    Tuple(i64, String),
    Struct { text: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Untagged {
    Unit,
    Number(i64),
    Text(String),
    List(Vec<u8>),
    Struct { inner: Inner },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attributes {
    long_name: String,
    #[serde(rename = "名前")]
    renamed: u8,
    #[serde(default)]
    defaulted: Vec<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped_if_none: Option<u8>,
    #[serde(skip)]
    skipped: u8,
    #[serde(with = "text_of_number")]
    with: u64,
    #[serde(flatten)]
    flattened: Inner,
    #[serde(flatten)]
    others: BTreeMap<String, u64>,
}

mod text_of_number {
    use super::*;

    pub(super) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Times {
    chrono: DateTime<Utc>,
    #[serde(with = "simpletable::time")]
    ours: DateTime<Utc>,
    #[serde(with = "simpletable::time::option", default)]
    optional: Option<DateTime<Utc>>,
    naive: NaiveDateTime,
    date: NaiveDate,
    time: NaiveTime,
    duration: Duration,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Collections {
    list: Vec<Option<Inner>>,
    deque: VecDeque<Vec<u8>>,
    array: [u8; 3],
    tuple: (String, (i64, bool), ()),
    by_text: BTreeMap<String, Option<i64>>,
    by_name: HashMap<Name, Vec<Color>>,
    by_color: BTreeMap<Color, Inner>,
    by_char: BTreeMap<char, u8>,
    set: BTreeSet<Name>,
}

/// The same fields, stored in both ways. Sets have no place in compressed entities.
macro_rules! entities {
    ($(#[$attribute:meta] $name:ident { $($(#[$on_set:meta])* $set:ident: $type:ty,)* })*) => {$(
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
        #[$attribute]
        struct $name {
            flag: bool,
            letter: char,
            text: String,
            numbers: Numbers,
            optional: Option<String>,
            inner: Option<Inner>,
            unit: (),
            unit_struct: Unit,
            newtype: Name,
            color: Color,
            external: External,
            internal: Internal,
            adjacent: Adjacent,
            untagged: Vec<Untagged>,
            attributes: Attributes,
            times: Times,
            collections: Collections,
            bytes: Bytes,
            list_of_bytes: Vec<Bytes>,
            any: Value,
            address: IpAddr,
            result: Result<Box<str>, u8>,
            id: Id<Plain>,
            $($(#[$on_set])* $set: $type,)*
        }
    )*};
}

entities! {
    #[table(compress = false)]
    Plain {
        #[table(set)]
        texts: HashSet<String>,
        #[table(set)]
        integers: BTreeSet<i64>,
        #[table(set)]
        names: BTreeSet<Name>,
        #[table(set)]
        blobs: BTreeSet<Bytes>,
    }
    #[table(compress)]
    Packed {}
    #[table(versioned)]
    Kept {}
}

/// Everything that a text can hold, the worst of it more often.
pub(crate) fn text() -> BoxedStrategy<String> {
    prop_oneof![any::<String>(), "(?s).{0,12}", r#"["\\/\n\r\t\x00\x1f\x7f€𝄞é ]{0,8}"#].boxed()
}

/// A map's key: DynamoDB has no empty ones.
pub(crate) fn key() -> BoxedStrategy<String> {
    prop_oneof!["(?s).{1,8}", r#"["\\é\x00.]{1,3}"#].boxed()
}

/// DynamoDB holds 38 digits.
pub(crate) fn wide() -> impl Strategy<Value = i128> {
    let limit = 10i128.pow(38);
    prop_oneof![1 - limit..limit, any::<i64>().prop_map(i128::from)]
}

pub(crate) fn float() -> impl Strategy<Value = f64> {
    let spread = (-9.99..9.99f64, -128..125).prop_map(|(digits, exponent)| digits * 10f64.powi(exponent));
    let spread = prop_oneof![spread, any::<i32>().prop_map(f64::from), (-1e6..1e6)];
    spread.prop_map(|float| if float.abs() < 1e-130 { 0.0 } else { float })
}

fn numbers() -> impl Strategy<Value = Numbers> {
    let signed = (any::<i8>(), any::<i16>(), any::<i32>(), any::<i64>(), wide());
    let unsigned = (any::<u8>(), any::<u16>(), any::<u32>(), any::<u64>(), wide().prop_map(i128::unsigned_abs));
    (signed, unsigned, any::<f32>().prop_filter("finite", |float| float.is_finite()), float()).prop_map(
        |((i8, i16, i32, i64, i128), (u8, u16, u32, u64, u128), f32, f64)| Numbers {
            i8,
            i16,
            i32,
            i64,
            i128,
            u8,
            u16,
            u32,
            u64,
            u128,
            f32,
            f64,
        },
    )
}

pub(crate) fn color() -> impl Strategy<Value = Color> {
    prop_oneof![Just(Color::DarkRed), Just(Color::Green)]
}

pub(crate) fn inner() -> impl Strategy<Value = Inner> {
    (text(), any::<Option<i64>>()).prop_map(|(text, number)| Inner { text, number })
}

pub(crate) fn external() -> impl Strategy<Value = External> {
    let leaf = prop_oneof![
        Just(External::Unit),
        proptest::option::of(inner()).prop_map(External::Newtype),
        (any::<i64>(), text()).prop_map(|(number, text)| External::Tuple(number, text)),
        (text(), inner()).prop_map(|(text, inner)| External::Struct { text, inner }),
    ];
    leaf.prop_recursive(4, 4, 1, |inner| inner.prop_map(|inner| External::Nested(Box::new(inner))))
}

pub(crate) fn internal() -> impl Strategy<Value = Internal> {
    prop_oneof![
        Just(Internal::Unit),
        inner().prop_map(Internal::Newtype),
        (text(), external()).prop_map(|(text, external)| Internal::Struct { text, external }),
    ]
}

pub(crate) fn adjacent() -> impl Strategy<Value = Adjacent> {
    prop_oneof![
        Just(Adjacent::Unit),
        internal().prop_map(Adjacent::Newtype),
        (any::<i64>(), text()).prop_map(|(number, text)| Adjacent::Tuple(number, text)),
        proptest::option::of(text()).prop_map(|text| Adjacent::Struct { text }),
    ]
}

pub(crate) fn untagged() -> impl Strategy<Value = Untagged> {
    prop_oneof![
        Just(Untagged::Unit),
        any::<i64>().prop_map(Untagged::Number),
        text().prop_map(Untagged::Text),
        vec(any::<u8>(), 0..4).prop_map(Untagged::List),
        inner().prop_map(|inner| Untagged::Struct { inner }),
    ]
}

pub(crate) fn attributes() -> impl Strategy<Value = Attributes> {
    let others = btree_map(key().prop_map(|key| format!("other {key}")), any::<u64>(), 0..3);
    (text(), any::<u8>(), vec(any::<u8>(), 0..3), any::<Option<u8>>(), any::<u64>(), inner(), others).prop_map(
        |(long_name, renamed, defaulted, skipped_if_none, with, flattened, others)| Attributes {
            long_name,
            renamed,
            defaulted,
            skipped_if_none,
            skipped: 0,
            with,
            flattened,
            others,
        },
    )
}

pub(crate) fn times() -> impl Strategy<Value = Times> {
    // The years 0 to 9999.
    let time = || {
        (-62_167_219_200i64..=253_402_300_799, 0..1_000_000_000u32)
            .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).expect("a time"))
    };
    let micros = || time().prop_map(|time| DateTime::from_timestamp_micros(time.timestamp_micros()).expect("a time"));
    (time(), micros(), proptest::option::of(micros()), time(), any::<Duration>()).prop_map(|(chrono, ours, optional, naive, duration)| {
        Times { chrono, ours, optional, naive: naive.naive_utc(), date: naive.date_naive(), time: naive.time(), duration }
    })
}

pub(crate) fn collections() -> impl Strategy<Value = Collections> {
    let lists = (vec(proptest::option::of(inner()), 0..3), vec(vec(any::<u8>(), 0..3), 0..3), any::<[u8; 3]>());
    let maps = (
        btree_map(key(), any::<Option<i64>>(), 0..3),
        hash_map(key().prop_map(Name), vec(color(), 0..3), 0..3),
        btree_map(color(), inner(), 0..3),
        btree_map(any::<char>(), any::<u8>(), 0..3),
    );
    (lists, (text(), any::<(i64, bool)>()), maps, btree_set(text().prop_map(Name), 0..3)).prop_map(
        |((list, deque, array), (text, pair), (by_text, by_name, by_color, by_char), set)| Collections {
            list,
            deque: deque.into(),
            array,
            tuple: (text, pair, ()),
            by_text,
            by_name,
            by_color,
            by_char,
            set,
        },
    )
}

pub(crate) fn bytes() -> impl Strategy<Value = Bytes> {
    prop_oneof![vec(any::<u8>(), 0..6), text().prop_map(String::into_bytes)].prop_map(Bytes)
}

/// DynamoDB has one type of number: a whole float comes back as an integer, so there are none here.
pub(crate) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1_000_000i32..1_000_000).prop_map(|whole| Value::from(f64::from(whole) + 0.25)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(key(), inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect()))
        ]
    })
}

fn plain() -> impl Strategy<Value = Plain> {
    let scalars =
        (any::<bool>(), any::<char>(), text(), numbers(), proptest::option::of(text()), proptest::option::of(inner()), text(), color());
    let enums = (external(), internal(), adjacent(), vec(untagged(), 0..4));
    let structs = (attributes(), times(), collections(), bytes(), vec(bytes(), 0..3), json());
    let foreign = (any::<IpAddr>(), proptest::result::maybe_ok(text().prop_map(String::into_boxed_str), any::<u8>()), text());
    let sets = (hash_set(text(), 0..4), btree_set(any::<i64>(), 0..4), btree_set(text().prop_map(Name), 0..4), btree_set(bytes(), 0..4));
    (scalars, enums, structs, foreign, sets).prop_map(
        |(
            (flag, letter, text, numbers, optional, inner, newtype, color),
            (external, internal, adjacent, untagged),
            (attributes, times, collections, bytes, list_of_bytes, any),
            (address, result, id),
            (texts, integers, names, blobs),
        )| Plain {
            flag,
            letter,
            text,
            numbers,
            optional,
            inner,
            unit: (),
            unit_struct: Unit,
            newtype: Name(newtype),
            color,
            external,
            internal,
            adjacent,
            untagged,
            attributes,
            times,
            collections,
            bytes,
            list_of_bytes,
            any,
            address,
            result,
            id: id.into(),
            texts,
            integers,
            names,
            blobs,
        },
    )
}

/// The same value, stored otherwise.
macro_rules! stored_otherwise {
    ($plain:expr, $name:ident { $($field:ident),* $(,)? }) => {{
        let Plain { $($field,)* .. } = $plain;
        $name { $($field),* }
    }};
}

macro_rules! of_plain {
    ($name:ident) => {
        plain().prop_map(|plain| {
            stored_otherwise!(
                plain,
                $name {
                    flag,
                    letter,
                    text,
                    numbers,
                    optional,
                    inner,
                    unit,
                    unit_struct,
                    newtype,
                    color,
                    external,
                    internal,
                    adjacent,
                    untagged,
                    attributes,
                    times,
                    collections,
                    bytes,
                    list_of_bytes,
                    any,
                    address,
                    result,
                    id,
                }
            )
        })
    };
}

/// Creates, reads and updates each value.
fn round_trip<T: Member<T> + AcceptsId + Clone + PartialEq + Debug>(values: impl Strategy<Value = T>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let table = runtime.block_on(engine::table::<T>());
    let cases = if engine::is_remote() { 24 } else { 96 };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&values, |value| {
        runtime.block_on(async {
            let failed = |error: simpletable::Error| TestCaseError::fail(error.to_string());
            let created = table.create(value.clone()).await.map_err(failed)?;
            prop_assert_eq!(&*created, &value);
            let read = table.read(created.id()).consistent().await.map_err(failed)?;
            prop_assert_eq!(&read, &created);
            let updated = table.update(read, |_| ()).await.map_err(failed)?;
            prop_assert_eq!(&*table.read(created.id()).consistent().await.map_err(failed)?, &value);
            prop_assert!(updated.updated_at() > created.updated_at());
            Ok(())
        })
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn attributes_are_read_back() {
    round_trip(plain());
}

#[test]
fn compressed_values_are_read_back() {
    round_trip(of_plain!(Packed));
}

#[test]
fn versioned_values_are_read_back() {
    round_trip(of_plain!(Kept));
}

/// A decimal as crates of decimals have them: written as text, read from text or from any number.
#[derive(Debug, Clone, PartialEq)]
struct Decimal(String);

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;
        impl Visitor<'_> for Digits {
            type Value = Decimal;
            fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
                f.write_str("a decimal")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
                Ok(Decimal(text.to_owned()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Decimal, E> {
                Ok(Decimal(number.to_string()))
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Decimal, E> {
                Ok(Decimal(number.to_string()))
            }
        }
        deserializer.deserialize_any(Digits)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Price {
    amount: Decimal,
    rate: f64,
}

/// Python stores a decimal as a number. No digit of it is lost to a float on the way.
#[tokio::test]
async fn every_digit_of_a_decimal_is_read() {
    let table = engine::table::<Price>().await;
    let price = table.create(Price { amount: Decimal("1".into()), rate: 1.0 }).id("one").await.expect("created");
    for digits in ["42", "19.99", "-0.1", "0.10000000000000001", "12345678901234567890.12345678", "-0.0000012345678901234567890123456789"] {
        for name in ["amount", "rate"] {
            stored::change(&table, ("Price#one", "Price#one"), &format!("SET {name} = :v"), stored::n(digits)).await;
        }
        let found = table.read(price.id()).consistent().await.expect("it reads");
        assert_eq!(found.amount, Decimal(digits.into()));
        assert_eq!(found.rate, digits.parse::<f64>().expect("a float"), "who asks for a float gets the nearest");
        table.update(found, |_| ()).await.expect("updated");
        assert_eq!(table.read(price.id()).consistent().await.expect("it reads").amount, Decimal(digits.into()));
    }
}
