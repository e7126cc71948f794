//! Any entity, written: refused, or a request whose row is read as the same entity, and written again as the same row.

#![no_main]

mod canned;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use canned::Canned;
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::{Value, json};
use simpletable::{Error, Id, SingleTable, Table};
use tokio::runtime::{Builder, Runtime};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
enum Shop {
    Order(Order),
    Policy(Policy),
    Contract(Contract),
}

/// Every type of value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>")]
struct Order {
    owner: String,
    #[table(set)]
    tags: BTreeSet<String>,
    #[table(set)]
    ratings: BTreeSet<i64>,
    #[table(set)]
    digests: BTreeSet<ByteBuf>,
    fields: Fields,
    note: Option<String>,
    any: Value,
}

/// JSON in gzip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Policy {
    fields: Fields,
    note: Option<String>,
    any: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, compress = false)]
struct Contract {
    fields: Fields,
    note: Option<String>,
    any: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Arbitrary)]
struct Fields {
    #[serde(rename = "a \"quoted\" \\ näme\n𝄞")]
    renamed: String,
    letter: char,
    flag: bool,
    numbers: (i8, u16, i32, u64, i128, u128, f32, f64),
    list: Vec<Option<Kind>>,
    map: BTreeMap<String, Kind>,
    by_number: BTreeMap<i64, ()>,
    bytes: Bytes,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Arbitrary)]
enum Kind {
    Plain,
    Text(String),
    Sized(u8, f64),
    Named { name: Option<String>, inner: Box<Option<Kind>> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Arbitrary)]
#[serde(transparent)]
struct Bytes(#[serde(with = "serde_bytes")] Vec<u8>);

/// JSON, but for floats: a whole one comes back as an integer.
#[derive(Debug, Arbitrary)]
enum Any {
    Null,
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Text(String),
    List(Vec<Any>),
    Map(BTreeMap<String, Any>),
}

impl From<Any> for Value {
    fn from(any: Any) -> Self {
        match any {
            Any::Null => Value::Null,
            Any::Bool(value) => value.into(),
            Any::Signed(number) => number.into(),
            Any::Unsigned(number) => number.into(),
            Any::Text(text) => text.into(),
            Any::List(values) => values.into_iter().map(Value::from).collect(),
            Any::Map(members) => members.into_iter().map(|(name, value)| (name, Value::from(value))).collect(),
        }
    }
}

#[derive(Debug, Arbitrary)]
struct Input {
    id: String,
    owner: String,
    tags: BTreeSet<String>,
    ratings: BTreeSet<i64>,
    digests: BTreeSet<Vec<u8>>,
    fields: Fields,
    note: Option<String>,
    any: Any,
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().enable_time().build().unwrap());

static TABLE: LazyLock<(Canned, Table<Shop>)> = LazyLock::new(|| {
    let canned = Canned::default();
    let table = Table::new(canned.client(), "fuzz");
    (canned, table)
});

/// The rows of the request that was sent last, or none, if there was none since.
fn sent(canned: &Canned) -> Vec<Value> {
    let Some(body) = canned.sent() else { return Vec::new() };
    let body: Value = serde_json::from_slice(&body).expect("a request is JSON");
    match body.get("TransactItems") {
        Some(actions) => actions.as_array().expect("actions").iter().map(|action| action["Put"]["Item"].clone()).collect(),
        None => vec![body["Item"].clone()],
    }
}

/// Writes, reads what was written, writes it again and checks that nothing became another; twice, with what the first reading kept.
macro_rules! round_trip {
    ($entity:ident, $value:expr, $id:expr) => {{
        let (canned, table) = &*TABLE;
        let value: $entity = $value;
        canned.answer(b"{}");
        match table.create(value.clone()).id($id.as_str()).await {
            Ok(created) => {
                let rows = sent(canned);
                let head = rows.iter().find(|row| row["sk"]["S"] != "v1").expect("a row");
                let mut head = head.clone();
                // What somebody else added is kept.
                head["other"] = json!({ "M": { "\"\n": { "L": [{ "NULL": true }, { "N": "1.50" }, { "S": "\u{1f}𝄞" }] } } });
                canned.answer(json!({ "Item": head }).to_string().as_bytes());
                let read = table.read(Id::<$entity>::from($id.as_str())).await.expect("what was written is read");
                assert_eq!(*read, value);
                assert_eq!((read.created_at(), read.updated_at()), (created.created_at(), created.updated_at()));
                let _ = sent(canned);
                canned.answer(b"{}");
                let updated = table.update(read, |_| ()).await.map(drop);
                if let Err(error) = updated {
                    // One attribute more may be too much.
                    assert!(matches!(error, Error::ItemTooLarge { .. }), "{error:?}");
                    return;
                }
                let rows = sent(canned);
                let again = rows.iter().find(|row| row["sk"]["S"] != "v2").expect("a row");
                assert_eq!(again["other"], head["other"]);
                for (name, attribute) in head.as_object().unwrap() {
                    let moved = matches!(name.as_str(), "updated_at" | "gsitypesk" | "version" | "data");
                    assert!(moved || again[name] == *attribute, "{name}");
                }
                assert_eq!(again.as_object().unwrap().len(), head.as_object().unwrap().len());
            }
            Err(error) => {
                assert!(canned.sent().is_none(), "what is refused is not sent");
                let refused = matches!(error, Error::Encode { .. } | Error::KeyValue { .. } | Error::ItemTooLarge { .. });
                assert!(refused, "{error:?}");
            }
        }
    }};
}

fuzz_target!(|input: Input| {
    let Input { id, owner, tags, ratings, digests, fields, note, any } = input;
    let any = Value::from(any);
    let digests = digests.into_iter().map(ByteBuf::from).collect();
    RUNTIME.block_on(async {
        round_trip!(Policy, Policy { fields: fields.clone(), note: note.clone(), any: any.clone() }, id);
        round_trip!(Contract, Contract { fields: fields.clone(), note: note.clone(), any: any.clone() }, id);
        round_trip!(Order, Order { owner, tags, ratings, digests, fields, note, any }, id);
    });
});
