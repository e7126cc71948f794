//! Whole rows: what is encoded decodes as the same, and what anybody may have stored decodes or is refused.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::DateTime;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ser::{self, Form};
use super::*;
use crate::entity::{ById, Compressed, Dropped, Entity, Limits, Listed, Resource, Row, Unclaimed};
use crate::error::{Error, Item};
use crate::json::{DEPTH, Entry, Quoted, Reader, Refused, RowText, Rows};
use crate::key::Part;
use crate::schema::{EntityDef, FieldDef, IndexDef, KeyForm, PrimaryKey, Projection, Segment, Shape, Template};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Fields {
    text: String,
    number: i64,
    float: f64,
    flag: bool,
    option: Option<String>,
    list: Vec<Option<u8>>,
    map: BTreeMap<String, Kind>,
    kind: Kind,
    words: BTreeSet<String>,
    any: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Unit,
    Newtype(String),
    Tuple(i8, u128),
    Struct { text: Option<String> },
}

static INDEXES: [IndexDef; 1] = [IndexDef {
    pattern: "text",
    index: "gsi1",
    pk_attribute: "gsi1pk",
    sk_attribute: None,
    pk: KeyForm::Template(Template {
        text: "text#<text>",
        segments: &[Segment::Literal("text#"), Segment::Field { name: "text", part: 0, width: None, shape: Shape::Text }],
    }),
    sk: None,
    projection: Projection::All,
}];

const fn field(attribute: &'static str, set: bool) -> FieldDef {
    FieldDef { attribute, aliases: &[], set }
}

/// One entity of each kind.
macro_rules! entities {
    ($($name:ident: $versioned:literal, $compress:literal, $type_index:literal, $deny_unknown:literal;)*) => {$(
        #[derive(Debug, Clone, PartialEq)]
        struct $name(Fields);

        impl Entity for $name {
            type Key = ById;
            type History = Dropped;
            type Storage = Compressed;
            type Listing = Listed;
            type Claims = Unclaimed;
            type Keys = crate::entity::Following;
            type Counting = crate::entity::Untallied;
            type Birth = crate::entity::Nowhere;
            type Fields = ();
            const FIELDS: &'static () = &();
            const DEF: &'static EntityDef = &EntityDef {
                name: "Thing",
                primary: PrimaryKey::Id { prefix: "Thing" },
                versioned: $versioned,
                max_versions: None,
                compress: $compress,
                ttl: Some("number"),
                type_index: $type_index,
                count: false,
                deny_unknown: $deny_unknown,
                indexes: &INDEXES,
                unique: &[],
                fields: &[
                    field("text", false),
                    field("number", false),
                    field("float", false),
                    field("flag", false),
                    field("option", false),
                    field("list", false),
                    field("map", false),
                    field("kind", false),
                    field("words", !$compress),
                    field("any", false),
                ],
            };

            fn part(&self, _: usize) -> Option<Part<'_>> {
                Some(Part::Text(self.0.text.as_str().into()))
            }

            fn expires_at(&self, _: DateTime<Utc>) -> Option<i64> {
                Some(self.0.number)
            }

            fn encode<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }

            fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Fields::deserialize(deserializer).map(Self)
            }
        }

        impl From<Fields> for $name {
            fn from(fields: Fields) -> Self {
                Self(fields)
            }
        }
    )*};
}

entities! {
    Plain: false, false, true, false;
    Packed: false, true, false, false;
    Kept: true, false, true, false;
    Versioned: true, true, true, false;
    Strict: false, false, true, true;
    PackedStrict: true, true, false, true;
}

fn limits() -> Limits {
    Limits::new(&[Plain::DEF], "ttl", 100_000)
}

fn text() -> BoxedStrategy<String> {
    prop_oneof!["(?s).{0,6}", "[\"\\\\\n\\x00é]{0,4}"].boxed()
}

/// A map's key, which is never empty in DynamoDB.
fn key() -> BoxedStrategy<String> {
    "(?s).{1,6}".boxed()
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Unit),
        text().prop_map(Kind::Newtype),
        (any::<i8>(), 0..10u128.pow(38)).prop_map(|(signed, unsigned)| Kind::Tuple(signed, unsigned)),
        proptest::option::of(text()).prop_map(|text| Kind::Struct { text }),
    ]
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        (-1e9..1e9f64).prop_map(Into::into),
        text().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Into::into),
            btree_map(key(), inner, 0..4).prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn fields() -> impl Strategy<Value = Fields> {
    let scalars = ("[^\\x00]{0,6}", any::<i64>(), -1e100..1e100f64, any::<bool>(), proptest::option::of(text()));
    let others = (vec(any::<Option<u8>>(), 0..4), btree_map(key(), kind(), 0..3), kind(), btree_set(text(), 0..4), json());
    (scalars, others).prop_map(|((text, number, float, flag, option), (list, map, kind, words, any))| Fields {
        text,
        number,
        float,
        flag,
        option,
        list,
        map,
        kind,
        words,
        any,
    })
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    let micros = prop_oneof![-62_167_219_200_000_000..253_402_300_799_999_999i64, Just(1_704_164_645_000_000)];
    micros.prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("in range"))
}

/// Names that rows have, and others.
fn name() -> BoxedStrategy<String> {
    let known = prop::sample::select(vec![
        "gsitype",
        "gsitypesk",
        "version",
        "data",
        "resource_id",
        "created_at",
        "updated_at",
        "_rev",
        "metadata",
        "ttl",
        "gsi1pk",
        "gsi3sk",
        "_blob_fields",
        "_blob_versions",
        "text",
        "number",
        "float",
        "flag",
        "option",
        "list",
        "map",
        "kind",
        "words",
        "any",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => key()].boxed()
}

fn attribute() -> impl Strategy<Value = AttributeValue> {
    let number = prop_oneof![any::<i64>().prop_map(|number| number.to_string()), "-?[0-9]{1,40}(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,4})?"];
    let stored = prop::sample::select(vec![
        "Thing",
        "v0",
        "2024-01-02T03:04:05Z",
        "9999-12-31T23:59:60-23:59",
        "0000-01-01T00:00:00+00:01",
        "Newtype",
    ]);
    let bytes = prop_oneof![
        vec(any::<u8>(), 0..40),
        (vec(any::<u8>(), 0..20)).prop_map(|bytes| data::compress(&bytes)),
        json().prop_map(|json| data::compress(json.to_string().as_bytes())),
        Just(data::compress(format!("{{\"text\":{:?}}}", "x".repeat(100_000)).as_bytes())),
    ];
    let leaf = prop_oneof![
        3 => text().prop_map(AttributeValue::S),
        3 => stored.prop_map(|text| AttributeValue::S(text.to_owned())),
        3 => number.clone().prop_map(AttributeValue::N),
        2 => bytes.prop_map(|bytes| AttributeValue::B(Blob::new(bytes))),
        1 => any::<bool>().prop_map(AttributeValue::Bool),
        1 => Just(AttributeValue::Null(true)),
        1 => vec(text(), 0..3).prop_map(AttributeValue::Ss),
        1 => vec(number, 0..3).prop_map(AttributeValue::Ns),
        1 => vec(vec(any::<u8>(), 0..3).prop_map(Blob::new), 0..3).prop_map(AttributeValue::Bs),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(AttributeValue::L),
            prop::collection::hash_map(name(), inner, 0..4).prop_map(AttributeValue::M),
        ]
    })
}

/// What somebody did to a row.
#[derive(Debug, Clone)]
enum Change {
    Set(String, AttributeValue),
    Remove(String),
    /// Something inside `data`.
    Inside(String, AttributeValue),
    /// Bytes of `data` cut off or changed.
    Cut(usize),
    Flip(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (name(), attribute()).prop_map(|(name, value)| Change::Set(name, value)),
        2 => name().prop_map(Change::Remove),
        4 => (name(), attribute()).prop_map(|(name, value)| Change::Inside(name, value)),
        1 => any::<usize>().prop_map(Change::Cut),
        1 => any::<usize>().prop_map(Change::Flip),
    ]
}

fn changed(mut item: Item, changes: Vec<Change>) -> Item {
    for change in changes {
        let bytes = item.get("data").and_then(|data| data.as_b().ok()).map(|bytes| bytes.as_ref().to_vec());
        let inside = bytes.as_ref().and_then(|bytes| data::read(bytes, 100_000).ok());
        let written = match (change, bytes, inside) {
            (Change::Set(name, value), ..) => {
                item.insert(name, value);
                None
            }
            (Change::Remove(name), ..) => {
                item.remove(&name);
                None
            }
            (Change::Inside(name, value), _, Some(mut inside)) => {
                inside.insert(name, value);
                let mut text = String::new();
                json::write(&mut text, &AttributeValue::M(inside));
                Some(data::compress(text.as_bytes()))
            }
            (Change::Cut(at), Some(mut bytes), _) if !bytes.is_empty() => {
                bytes.truncate(at % bytes.len());
                Some(bytes)
            }
            (Change::Flip(at), Some(mut bytes), _) if !bytes.is_empty() => {
                let at = at % bytes.len();
                bytes[at] ^= 1;
                Some(bytes)
            }
            _ => None,
        };
        if let Some(bytes) = written {
            item.insert("data".to_owned(), AttributeValue::B(Blob::new(bytes)));
        }
    }
    item
}

fn stamp<'a>(def: &EntityDef, before: Option<&'a Row>, id: &'a str, created_at: DateTime<Utc>, updated_at: DateTime<Utc>) -> Stamp<'a> {
    let limits = limits();
    let version = def.versioned.then_some(7);
    Stamp { id: Some(id), created_at, updated_at, version, before, ttl_attribute: limits.ttl_attribute, pk_bytes: limits.pk_bytes }
}

fn fails(error: Error) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

fn refused(refused: Refused) -> TestCaseError {
    TestCaseError::fail(format!("{refused:?}"))
}

/// The row as it would be read.
fn raw(item: &Item) -> Result<RawRow, TestCaseError> {
    RawRow::from_item(item).map_err(refused)
}

/// A resource, and its rows, are the same before and after.
fn comes_back<T>(fields: Fields, (created_at, updated_at): (DateTime<Utc>, DateTime<Utc>), id: &str) -> Result<(), TestCaseError>
where
    T: Entity + From<Fields> + PartialEq + std::fmt::Debug + Clone,
{
    let value = T::from(fields);
    let stamp = stamp(T::DEF, None, id, created_at, updated_at);
    let Encoded { head, history, row } = encode(&value, &stamp).map_err(fails)?;
    let resource = Resource::new(value, row);
    let (head, history) = (head.to_item(), history.map(|row| row.to_item()));
    for item in [Some(head.clone()), history.clone().map(|row| with_key_of(row, &head))].into_iter().flatten() {
        let found = decode::<T>(&raw(&item)?, &limits()).map_err(fails)?;
        prop_assert_eq!(&found, &resource);
        prop_assert!(found.row().unknown_attributes().is_empty() && found.row().unknown_data().is_empty());
        // An update can follow a creation without a read between.
        prop_assert!(found.row().revision() == resource.row().revision() || history.is_some());
    }
    prop_assert_eq!(head.get("ttl"), history.as_ref().map_or(head.get("ttl"), |row| row.get("ttl")));
    Ok(())
}

/// A row of the history at the key of the head, to compare it whole.
fn with_key_of(mut row: Item, head: &Item) -> Item {
    row.insert("sk".to_owned(), head["sk"].clone());
    row
}

/// What is read can be written again, and then reads the same; nothing that is unknown gets lost.
fn survives<T: Entity + PartialEq + std::fmt::Debug>(item: Item) -> Result<(), TestCaseError> {
    let Ok(found) = decode::<T>(&raw(&item)?, &limits()) else { return Ok(()) };
    let (value, id, row) = found.into_parts();
    let id = id.as_ref().map(|id| id.as_str().to_owned());
    let stamp =
        Stamp { version: row.version, ..stamp(T::DEF, Some(&row), id.as_deref().unwrap_or_default(), row.created_at, row.updated_at) };
    let Encoded { head, row: written, .. } = match encode(&value, &stamp) {
        Ok(encoded) => encoded,
        // A number that only JSON can hold, a key that cannot be made.
        Err(Error::Encode { .. } | Error::KeyValue { .. } | Error::ItemTooLarge { .. }) => return Ok(()),
        Err(other) => return Err(fails(other)),
    };
    let again = decode::<T>(&raw(&head.to_item())?, &limits()).map_err(fails)?;
    prop_assert_eq!(&again, &Resource::new(value, written));
    let braced = |members: &str| ["{", members, "}"].concat();
    let unknown = |row: &Row| (RowText::new(&braced(row.unknown_attributes())).to_item(), json::read_object(&braced(row.unknown_data())));
    let ((attributes, data), (again_attributes, again_data)) = (unknown(&row), unknown(again.row()));
    let (mut attributes, data) = (attributes, data.map_err(refused)?);
    if T::DEF.compress {
        prop_assert_eq!(again_data.map_err(refused)?, data);
    } else {
        // What stood beside `data` under the name of a field makes room for it.
        attributes.extend(data);
        attributes.retain(|name, _| T::DEF.fields.iter().all(|field| field.attribute != name));
    }
    prop_assert_eq!(again_attributes, attributes);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_kind_comes_back(fields in fields(), times in (time(), time()), id in "[^\\x00]{1,9}") {
        comes_back::<Plain>(fields.clone(), times, &id)?;
        comes_back::<Packed>(fields.clone(), times, &id)?;
        comes_back::<Kept>(fields.clone(), times, &id)?;
        comes_back::<Versioned>(fields.clone(), times, &id)?;
        comes_back::<Strict>(fields.clone(), times, &id)?;
        comes_back::<PackedStrict>(fields, times, &id)?;
    }

    #[test]
    fn rows_of_anybody_decode_or_are_refused(
        mut item in prop::collection::hash_map(name(), attribute(), 0..16),
        pk in text(),
        whole in any::<bool>(),
    ) {
        if whole {
            for name in ["created_at", "updated_at"] {
                item.insert(name.to_owned(), AttributeValue::S("2024-01-02T03:04:05Z".to_owned()));
            }
            item.remove("gsitype");
        }
        item.insert("pk".to_owned(), AttributeValue::S(pk));
        item.insert("sk".to_owned(), AttributeValue::S("v0".to_owned()));
        survives::<Plain>(item.clone())?;
        survives::<Versioned>(item.clone())?;
        survives::<PackedStrict>(item)?;
    }

    #[test]
    fn rows_that_somebody_changed_decode_or_are_refused(fields in fields(), changes in vec(change(), 0..4)) {
        let time = DateTime::UNIX_EPOCH;
        let plain = encode(&Plain(fields.clone()), &stamp(Plain::DEF, None, "x", time, time)).map_err(fails)?.head.to_item();
        let versioned = encode(&Versioned(fields), &stamp(Versioned::DEF, None, "x", time, time)).map_err(fails)?.head.to_item();
        for item in [plain, versioned] {
            let item = changed(item, changes.clone());
            survives::<Plain>(item.clone())?;
            survives::<Packed>(item.clone())?;
            survives::<Kept>(item.clone())?;
            survives::<Versioned>(item.clone())?;
            survives::<Strict>(item.clone())?;
            survives::<PackedStrict>(item)?;
        }
    }

    /// What is written can be read: the bounds of both sides are the same.
    #[test]
    fn data_is_written_as_deep_as_it_is_read(depth in 120..136usize, maps in any::<bool>(), scalar in any::<bool>()) {
        let innermost = if scalar { serde_json::json!(1) } else { serde_json::json!([]) };
        let value = (0..depth).fold(innermost, |value, _| if maps { serde_json::json!({ "a": value }) } else { serde_json::json!([value]) });
        let fields = json_of_fields(&BTreeMap::from([("a", &value)]));
        let depth = depth + usize::from(!scalar) + 1;
        prop_assert_eq!(fields.is_ok(), depth <= DEPTH as usize);
        let text = serde_json::json!({ "a": value }).to_string();
        prop_assert_eq!(json::read_object(&text).is_ok(), depth <= DEPTH as usize);
    }
}

/// The JSON in `data`, of an entity with these fields.
fn json_of_fields(fields: &impl Serialize) -> Result<String, ser::Error> {
    let mut text = "{".to_owned();
    ser::write_fields(&mut text, Form::Json, &[], |serializer| fields.serialize(serializer))?;
    Ok(text + "}")
}

#[test]
fn bytes_that_become_a_list_count_as_one() {
    struct Deep(usize);
    impl Serialize for Deep {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self.0 {
                0 => serializer.serialize_bytes(b"\xff"),
                depth => serializer.collect_seq([Deep(depth - 1)]),
            }
        }
    }
    for (depth, fits) in [(126, true), (127, false)] {
        let fields = json_of_fields(&BTreeMap::from([("a", Deep(depth))]));
        assert_eq!(fields.is_ok(), fits);
        if let Ok(fields) = fields {
            assert!(json::read_object(&fields).is_ok());
        }
    }
}

/// A value in one of its forms, as a field would read it.
fn from_text<T: serde::de::DeserializeOwned>(value: &str, form: Form) -> Result<T, de::Error> {
    let entries = [Entry { name: Quoted { raw: "value", escaped: false }, value, parts: 0 }];
    let map = BTreeMap::<String, T>::deserialize(de::Fields { entries: &entries, form, nulls: true })?;
    Ok(map.into_values().next().expect("one member"))
}

/// What DynamoDB would not send, in the place of `map`: all of it is refused, and none of it takes long or much.
/// An item as the JSON of another writer, with every character escaped or none.
fn json_of(item: &Item, escaped: bool) -> String {
    use serde_json::json;
    fn value(of: &AttributeValue) -> serde_json::Value {
        match of {
            AttributeValue::S(text) => json!({ "S": text }),
            AttributeValue::N(text) => json!({ "N": text }),
            AttributeValue::B(bytes) => json!({ "B": aws_smithy_types::base64::encode(bytes) }),
            AttributeValue::Bool(value) => json!({ "BOOL": value }),
            AttributeValue::Ss(members) => json!({ "SS": members }),
            AttributeValue::Ns(members) => json!({ "NS": members }),
            AttributeValue::Bs(members) => json!({ "BS": members.iter().map(aws_smithy_types::base64::encode).collect::<Vec<_>>() }),
            AttributeValue::L(values) => json!({ "L": values.iter().map(value).collect::<Vec<_>>() }),
            AttributeValue::M(values) => json!({ "M": members(values) }),
            _ => json!({ "NULL": true }),
        }
    }
    fn members(item: &Item) -> serde_json::Value {
        item.iter().map(|(name, member)| (name.clone(), value(member))).collect::<serde_json::Map<_, _>>().into()
    }
    let text = if escaped { serde_json::to_string_pretty(&members(item)) } else { serde_json::to_string(&members(item)) };
    let text = text.expect("JSON");
    if !escaped {
        return text;
    }
    // Outside of ASCII, characters stand in strings only.
    let escape = |c: char| match c {
        ' '..='~' | '\n' => c.to_string(),
        c => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    text.chars().map(escape).collect()
}

proptest! {
    /// Rows are read as serde_json and the SDK's types have them: all types of values, nested, with escapes, white space and any names.
    #[test]
    fn rows_are_what_another_writer_wrote(item in prop::collection::hash_map(name(), attribute(), 0..12), escaped: bool) {
        let (rows, span) = Rows::read(json_of(&item, escaped), Rows::item).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
        let row = RawRow::new(rows.into(), span);
        prop_assert_eq!(row.to_item(), Ok(item.clone()));
        for (name, value) in &item {
            prop_assert_eq!(row.get(name), Some(value.clone()));
            prop_assert_eq!(row.text(name).map(Cow::into_owned), value.as_s().ok().cloned());
            prop_assert_eq!(row.number(name).map(Cow::into_owned), value.as_n().ok().cloned());
        }
        // What we write is the same JSON.
        let ours = raw(&item)?;
        prop_assert_eq!(ours.to_item(), Ok(item));
    }

    /// A row of another writer decodes as ours does, or is refused as ours is.
    #[test]
    fn rows_of_another_writer_decode_alike(fields in fields(), changes in vec(change(), 0..3), escaped: bool) {
        let time = DateTime::UNIX_EPOCH;
        let head = encode(&Plain(fields), &stamp(Plain::DEF, None, "x", time, time)).map_err(fails)?.head.to_item();
        let item = changed(head, changes);
        let (rows, span) = Rows::read(json_of(&item, escaped), Rows::item).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
        let theirs = decode::<Plain>(&RawRow::new(rows.into(), span), &limits());
        match (theirs, decode::<Plain>(&raw(&item)?, &limits())) {
            (Ok(theirs), Ok(ours)) => prop_assert_eq!(theirs, ours),
            (Err(_), Err(_)) => {}
            (theirs, ours) => prop_assert!(false, "{:?} {:?}", theirs, ours),
        }
    }
}

/// DynamoDB sends no name twice, and escapes no letters; another writer of JSON may do both.
#[test]
fn a_name_is_known_in_any_form_and_stands_once() {
    let fields = serde_json::json!({
        "text": "a", "number": 1, "float": 1.5, "flag": true, "option": null, "list": [], "map": {}, "kind": "Unit", "words": ["a"], "any": 1
    });
    let fields: Fields = serde_json::from_value(fields).expect("fields");
    let head = encode(&Plain(fields), &stamp(Plain::DEF, None, "x", DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH)).expect("rows").head;
    let read = |text: &str| {
        let (rows, span) = Rows::read(text.to_owned(), Rows::item).expect("an object");
        decode::<Plain>(&RawRow::new(rows.into(), span), &limits())
    };
    let found = read(head.as_str()).expect("a resource");
    for name in ["pk", "sk", "gsitype", "gsitypesk", "created_at", "updated_at", "resource_id"] {
        let escaped = format!("\"\\u{:04x}{}\":", u32::from(name.as_bytes()[0]), &name[1..]);
        let row = read(&head.as_str().replacen(&format!("\"{name}\":"), &escaped, 1)).expect("a resource");
        assert_eq!(row, found, "{name}");
        assert!(row.row().unknown_attributes().is_empty(), "{name}");
    }
    for twice in
        [r#""other":{"S":"a"},"other":{"S":"b"}"#, r#""ttl":{"N":"1"},"ttl":{"N":"2"}"#, r#""flag":{"BOOL":true}"#, r#""sk":{"S":"a"}"#]
    {
        let text = head.as_str().replacen('{', &format!("{{{twice},"), 1);
        assert!(matches!(read(&text), Err(Error::Decode { .. })), "{twice}");
    }
}

/// Who serializes may go on after an element was refused.
#[test]
fn what_was_refused_leaves_nothing() {
    struct List;
    impl Serialize for List {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut list = serializer.serialize_seq(None)?;
            let _ = list.serialize_element(&f64::NAN);
            list.serialize_element(&1)?;
            let _ = list.serialize_element(&[1.0, f64::NAN]);
            list.end()
        }
    }
    struct Map;
    impl Serialize for Map {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            let _ = map.serialize_entry("a", &f64::NAN);
            let _ = map.serialize_entry("", &1);
            map.serialize_entry("b", &List)?;
            map.end()
        }
    }
    let one = AttributeValue::L(vec![AttributeValue::N("1".to_owned())]);
    let expected = AttributeValue::M(Item::from([("b".to_owned(), one)]));
    assert_eq!(ser::encode_value(|serializer| Map.serialize(serializer)), Ok(expected));
}

/// An entity that is written as a map has sets, and each name once.
#[test]
fn a_map_of_fields_is_as_good_as_a_struct() {
    struct Fields;
    impl Serialize for Fields {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry("a", "before")?;
            map.serialize_entry("words", &["x", "y"])?;
            map.serialize_entry("a", "after")?;
            map.serialize_entry("more", &[1, 2])?;
            map.end()
        }
    }
    static FIELDS: [FieldDef; 3] = [field("a", false), field("words", true), field("more", true)];
    let mut text = "{".to_owned();
    let sets = ser::write_fields(&mut text, Form::Attributes, &FIELDS, |serializer| Fields.serialize(serializer)).expect("fields");
    let parts: Vec<(&str, &str)> = sets.iter().map(|(name, place)| (*name, &text[place.clone()])).collect();
    assert_eq!(parts, [("words", r#"{"SS":["x","y"]}"#), ("more", r#"{"NS":["1","2"]}"#)]);
    assert_eq!(text + "}", r#"{"words":{"SS":["x","y"]},"a":{"S":"after"},"more":{"NS":["1","2"]}}"#);
}

#[test]
fn what_is_unknown_is_neither_lost_nor_doubled() {
    let fields = || -> Fields {
        let fields = serde_json::json!({
            "text": "a", "number": 1, "float": 1.5, "flag": true, "option": null, "list": [], "map": {}, "kind": "Unit", "words": [], "any": 1
        });
        serde_json::from_value(fields).expect("fields")
    };
    let time = DateTime::UNIX_EPOCH;
    let row = encode(&Packed(fields()), &stamp(Packed::DEF, None, "x", time, time)).expect("rows").row;
    let entry = |raw, value| Entry { name: Quoted { raw, escaped: false }, value, parts: 0 };
    let before = row.with_unknown(None, [entry("text", r#""old""#), entry("other", "1")]);
    let head = encode(&Packed(fields()), &stamp(Packed::DEF, Some(&before), "x", time, time)).expect("rows").head;
    let Some(AttributeValue::B(bytes)) = head.get("data") else { panic!("no data") };
    let text = data::Text::read(bytes.as_ref(), 100_000).expect("JSON");
    assert_eq!(["\"text\":", "\"other\":"].map(|name| text.matches(name).count()), [1, 1]);

    // A type of values that came after this release cannot be checked, and is not dropped.
    for value in [r#"{"X":1}"#, r#"{"M":{"a":1}}"#, r#"{"S":"\u12"}"#] {
        let before = row.with_unknown([entry("other", value)], None);
        let refused = encode(&Plain(fields()), &stamp(Plain::DEF, Some(&before), "x", time, time)).map(drop);
        assert!(matches!(refused, Err(Error::Decode { ref path, .. }) if path == "other"), "{value}");
    }
}

#[test]
fn hostile_values_are_refused() {
    let fields = |map: &str| {
        format!(
            r#"{{"pk":{{"S":"Thing#x"}},"sk":{{"S":"Thing#x"}},"created_at":{{"S":"2024-01-02T03:04:05Z"}},
            "updated_at":{{"S":"2024-01-02T03:04:05Z"}},"text":{{"S":"a"}},"number":{{"N":"1"}},"float":{{"N":"1"}},"flag":{{"BOOL":true}},
            "list":{{"L":[]}},"kind":{{"S":"Unit"}},"any":{{"S":"x"}},"map":{map}}}"#
        )
    };
    let read = |text: String| -> Result<Resource<Plain>, String> {
        let whole = |rows: &mut Rows, reader: &mut Reader<'_>| {
            let span = rows.item(reader)?;
            reader.end()?;
            Ok(span)
        };
        let (rows, span) = Rows::read(text, whole).map_err(|refused| format!("{refused:?}"))?;
        decode::<Plain>(&RawRow::new(rows.into(), span), &limits()).map_err(|error| error.to_string())
    };
    assert!(read(fields(r#"{"M":{}}"#)).is_ok());
    assert!(read(fields(r#" { "M" : { "k" : { "M" : { "Newtype" : { "S" : "\u00e9\ud83d\ude00" } } } } } "#)).is_ok());
    for map in [
        // Cut off, and wrong on the way.
        "",
        "{",
        r#"{"M""#,
        r#"{"M":{"k":"#,
        r#"{"M":{}"#,
        r#"{"M":{},}"#,
        r#"{"M":{}}}"#,
        r#"{M:{}}"#,
        "nul",
        "1",
        r#""a""#,
        "[]",
        "{}",
        // No type, two types, an unknown one, a wrong one.
        r#"{"X":{}}"#,
        r#"{"M":{},"S":"a"}"#,
        r#"{"M":[]}"#,
        r#"{"M":{"k":{"S":1}}}"#,
        r#"{"M":{"k":{"N":1}}}"#,
        r#"{"S":"a"}"#,
        r#"{"L":[]}"#,
        r#"{"N":"1"}"#,
        r#"{"SS":["a"]}"#,
        r#"{"B":"AAAA"}"#,
        r#"{"BOOL":true}"#,
        r#"{"BOOL":"true"}"#,
        r#"{"NULL":1}"#,
        // Strings that are none.
        r#"{"M":{"k":{"M":{"Newtype":{"S":"\ud800"}}}}}"#,
        r#"{"M":{"k":{"M":{"Newtype":{"S":"\q"}}}}}"#,
        "{\"M\":{\"k\n\":{\"S\":\"Unit\"}}}",
        // Base64 that is none, and variants that are none.
        r#"{"M":{"k":{"B":"%%%"}}}"#,
        r#"{"M":{"k":{"M":{"Newtype":{"B":"A"}}}}}"#,
        r#"{"M":{"k":{"M":{}}}}"#,
        r#"{"M":{"k":{"M":{"Newtype":{"S":"a"},"Unit":{"NULL":true}}}}}"#,
        r#"{"M":{"k":{"S":"None"}}}"#,
        // Numbers that are too large for their field, and one name twice.
        r#"{"M":{"k":{"M":{"Tuple":{"L":[{"N":"300"},{"N":"1"}]}}}}}"#,
        r#"{"M":{"k":{"M":{"Tuple":{"L":[{"N":"1e99999"},{"N":"1"}]}}}}}"#,
        r#"{"M":{"k":{"M":{"Struct":{"M":{"text":{"S":"a"},"text":{"S":"b"}}}}}}}"#,
    ] {
        assert!(read(fields(map)).is_err(), "{map}");
    }
    for twice in
        [r#""pk":{"S":"Thing#y"}"#, r#""updated_at":{"S":"2024-01-02T03:04:05Z"}"#, r#""text":{"S":"b"}"#, r#""flag":{"BOOL":false}"#]
    {
        let row = fields(r#"{"M":{}}"#);
        assert!(read(format!("{{{twice},{}", &row[1..])).is_err(), "{twice}");
    }
    let whole = fields(r#"{"M":{"k":{"S":"Unit"}}}"#);
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        assert!(read(whole[..end].to_owned()).is_err());
    }
    for opened in [r#"{"M":{"k":"#, r#"{"L":["#, "[", "{\"a\":"] {
        assert!(read(fields(&opened.repeat(200_000))).is_err());
    }
    assert!(read(fields(&format!(r#"{{"M":{{{}}}}}"#, r#""k":{"S":"Unit"},"#.repeat(100_000)))).is_err());
    assert!(read(fields(&format!(r#"{{"M":{{"k":{{"M":{{"Tuple":{{"L":[{{"N":"{}"}}]}}}}}}}}}}"#, "9".repeat(1_000_000)))).is_err());
}

#[test]
fn floats_beyond_their_type_are_refused() {
    for (number, single, double) in [("1e38", true, true), ("1e39", false, true), ("-1e400", false, false)] {
        let value = format!("{{\"N\":\"{number}\"}}");
        assert_eq!(from_text::<f32>(&value, Form::Attributes).is_ok(), single);
        assert_eq!(from_text::<f64>(&value, Form::Attributes).is_ok(), double);
        assert_eq!(from_text::<serde_json::Value>(&value, Form::Attributes).is_ok(), double);
    }
}
