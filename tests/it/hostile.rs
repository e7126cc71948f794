//! Answers that DynamoDB does not give: cut off, nested without end, of other types, too large. Each is an error that says what it is, or a row,
//! and never a panic; none takes more time or memory than its length and the limits allow.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_smithy_types::base64;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simpletable::{Error, Id, Result, SingleTable, Table};

use crate::canned::{Answer, Canned, TABLE};
use crate::values::Bytes;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires")]
#[gsi(name = "owner", pk = "owner#<owner>")]
struct Plain {
    owner: String,
    number: i64,
    float: f64,
    flag: bool,
    bytes: Bytes,
    list: Vec<Inner>,
    map: BTreeMap<String, Value>,
    #[table(set)]
    texts: BTreeSet<String>,
    #[table(set)]
    numbers: BTreeSet<u32>,
    #[table(set)]
    blobs: BTreeSet<Bytes>,
    #[serde(with = "simpletable::time::option", default)]
    expires: Option<chrono::DateTime<chrono::Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Inner {
    Unit,
    Pair(u8, String),
    Named { text: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Packed {
    title: String,
    any: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
enum App {
    Plain(Plain),
    Packed(Packed),
}

fn plain_row() -> Value {
    json!({
        "pk": { "S": "Plain#x" }, "sk": { "S": "Plain#x" }, "gsitype": { "S": "Plain" }, "gsitypesk": { "S": "2024-01-02T03:04:05+00:00" },
        "resource_id": { "S": "x" }, "created_at": { "S": "2024-01-02T03:04:05+00:00" }, "updated_at": { "S": "2024-01-02T03:04:05+00:00" },
        "owner": { "S": "ann é \"\\" }, "number": { "N": "-7" }, "float": { "N": "0.5" }, "flag": { "BOOL": true }, "bytes": { "B": "AAEC" },
        "list": { "L": [{ "S": "Unit" }, { "M": { "Pair": { "L": [{ "N": "1" }, { "S": "b" }] } } }, { "M": { "Named": { "M": { "text": { "S": "c" } } } } }] },
        "map": { "M": { "k": { "NULL": true }, "l": { "L": [{ "N": "1" }] } } },
        "texts": { "SS": ["a"] }, "numbers": { "NS": ["1"] }, "blobs": { "BS": ["AA=="] },
        "expires": { "S": "2999-01-02T03:04:05+00:00" }, "ttl": { "N": "32472147845" }, "other": { "M": { "x": { "L": [] } } },
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

fn packed_row(data: &[u8]) -> Value {
    json!({
        "pk": { "S": "Packed#x" }, "sk": { "S": "v0" }, "gsitype": { "S": "Packed" }, "gsitypesk": { "S": "2024-01-02T03:04:05+00:00" },
        "version": { "N": "1" }, "data": { "B": base64::encode(data) },
    })
}

fn packed_json(any: &str) -> String {
    format!(
        r#"{{"resource_id":"x","created_at":"2024-01-02T03:04:05Z","updated_at":"2024-01-02T03:04:05Z","version":1,"title":"t","any":{any}}}"#
    )
}

fn id() -> Id<Plain> {
    Id::from("x")
}

/// The answer that holds a row.
type Answered = fn(&Value) -> Value;

type Read = fn(&Table<App>) -> BoxFuture<'static, Result<()>>;

/// Each way of reading, with the answer that holds a row.
fn reads() -> [(Answered, Read); 6] {
    [
        (|row| json!({ "Item": row }), |table| table.get(id()).into_future().map(|found| found.map(drop)).boxed()),
        (page_of_index, |table| table.query(Plain::by_owner("ann")).into_future().map(|found| found.map(drop)).boxed()),
        (page, |table| table.scan::<Plain>().into_future().map(|found| found.map(drop)).boxed()),
        (page, |table| table.scan::<App>().into_future().map(|found| found.map(drop)).boxed()),
        (
            |row| json!({ "Responses": { TABLE: [row] }, "UnprocessedKeys": {} }),
            |table| table.get_many([id()]).into_future().map(|found| found.map(drop)).boxed(),
        ),
        (
            |row| json!({ "Responses": [{ "Item": row }] }),
            |table| table.get_all(vec![id()]).into_future().map(|found| found.map(drop)).boxed(),
        ),
    ]
}

fn page(row: &Value) -> Value {
    json!({ "Items": [row], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": { "pk": { "S": "a" }, "sk": { "S": "b" } } })
}

fn page_of_index(row: &Value) -> Value {
    let mut page = page(row);
    page["LastEvaluatedKey"]["ownerpk"] = json!({ "S": "owner#ann" });
    page
}

fn sides() -> (Canned, Table<App>, Client) {
    let canned = Canned::default();
    (canned.clone(), canned.table(), canned.client())
}

/// Reads this answer, and checks that a refusal is of the answer, or of a row in it, and took one request.
async fn refused(canned: &Canned, table: &Table<App>, read: Read, answer: Vec<u8>) -> Option<Error> {
    canned.answer([Answer::ok(answer)]);
    let error = read(table).await.err();
    assert_eq!(canned.sent().len(), 1, "the same bytes would come again");
    assert!(matches!(&error, None | Some(Error::Sdk { .. } | Error::Decode { .. })), "{error:?}");
    error
}

#[tokio::test]
async fn an_answer_that_breaks_off_anywhere_is_an_error() {
    let (canned, table, _) = sides();
    for (answer, read) in reads() {
        let whole = answer(&plain_row()).to_string().into_bytes();
        assert!(refused(&canned, &table, read, whole.clone()).await.is_none());
        // Of nothing at all the SDK makes an answer without anything, and so do we.
        for end in 1..whole.len() {
            let error = refused(&canned, &table, read, whole[..end].to_vec()).await;
            assert!(matches!(error, Some(Error::Sdk { .. })), "{}", String::from_utf8_lossy(&whole[..end]));
        }
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_an_error_anywhere() {
    let (canned, table, _) = sides();
    let (answer, read) = reads()[1];
    let whole = answer(&plain_row()).to_string().into_bytes();
    for at in 0..whole.len() {
        for wrong in [&b"\xff"[..], b"\xed\xa0\x80", b"\xc0\xaf", b"\0"] {
            let answer = [&whole[..at], wrong, &whole[at..]].concat();
            assert!(matches!(refused(&canned, &table, read, answer).await, Some(Error::Sdk { .. })), "{wrong:?} at {at}");
        }
    }
}

/// Each value of a row, replaced by each of these: an error that names the attribute, or a row.
#[tokio::test]
async fn values_of_other_types_are_errors_or_values() {
    let (canned, table, _) = sides();
    let huge = "9".repeat(1_000_000);
    let wrong = [
        json!({ "S": "x" }),
        json!({ "S": 1 }),
        json!({ "N": "1" }),
        json!({ "N": "x" }),
        json!({ "N": "" }),
        json!({ "N": 1 }),
        json!({ "N": "1e400" }),
        json!({ "N": "-1e-400" }),
        json!({ "N": huge }),
        json!({ "N": "NaN" }),
        json!({ "B": "AA" }),
        json!({ "B": "%%%%" }),
        json!({ "B": "AA==AA==" }),
        json!({ "B": [1] }),
        json!({ "BOOL": "true" }),
        json!({ "BOOL": false }),
        json!({ "NULL": true }),
        json!({ "NULL": false }),
        json!({ "L": {} }),
        json!({ "L": [1] }),
        json!({ "L": [{ "S": "x" }] }),
        json!({ "M": [] }),
        json!({ "M": { "a": 1 } }),
        json!({ "M": { "a": {} } }),
        json!({ "SS": [1] }),
        json!({ "NS": ["x"] }),
        json!({ "BS": ["%"] }),
        json!({ "SS": [] }),
        json!({ "X": 1 }),
        json!({}),
        json!({ "S": "x", "N": "1" }),
        json!(null),
        json!("x"),
        json!(1),
        json!([]),
    ];
    for name in plain_row().as_object().expect("a row").keys() {
        for wrong in &wrong {
            let mut row = plain_row();
            row[name] = wrong.clone();
            for (answer, read) in [reads()[0], reads()[3]] {
                let error = refused(&canned, &table, read, answer(&row).to_string().into_bytes()).await;
                // What is in a field's place and is none of its values is told with the field's name.
                if let Some(Error::Decode { path, .. }) = &error {
                    assert!(path.starts_with(name.as_str()) || path == "gsitype", "{path}: {wrong} in {name}");
                }
                // A field holds no other type. A number that no float holds is text to those who take text, as decimals do.
                let decimal = wrong["N"] == "-1e-400";
                let field = matches!(name.as_str(), "owner" | "number" | "float" | "flag" | "bytes" | "list" | "map" | "created_at");
                let any = |tag: &str| wrong.as_object().is_some_and(|value| value.len() == 1 && value.contains_key(tag));
                let right = plain_row()[name].as_object().expect("a value").keys().next().expect("a type").clone();
                // Bytes may be text or a list of numbers, and a list of bytes is one of sets.
                assert!(
                    !field
                        || error.is_some()
                        || any(&right)
                        || matches!((name.as_str(), decimal), ("bytes", _) | ("owner", true))
                        || (name == "list" && any("SS")),
                    "{wrong} in {name}"
                );
            }
        }
    }
}

/// So deep that a reader which calls itself for each level would have no stack left.
#[tokio::test]
async fn nesting_without_end_is_an_error() {
    let (canned, table, _) = sides();
    let whole = plain_row().to_string();
    for levels in [200, 1_000_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"M\":{\"a\":", "}}"), ("{\"L\":[", "]}")] {
            for close in [close, ""] {
                let deep = format!("{}{{\"S\":\"x\"}}{}", open.repeat(levels), close.repeat(levels));
                for row in [
                    whole.replacen('{', &format!("{{\"new\":{deep},"), 1),
                    whole.replacen("{\"k\":", &format!("{{\"j\":{deep},\"k\":"), 1),
                    deep.clone(),
                ] {
                    let began = Instant::now();
                    for answer in [format!("{{\"Item\":{row}}}"), format!("{{\"New\":{deep},\"Item\":{whole}}}"), deep.clone()] {
                        let error = refused(&canned, &table, reads()[0].1, answer.into_bytes()).await;
                        assert!(error.is_some(), "{levels} {open}");
                    }
                    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
                }
            }
        }
    }
}

#[tokio::test]
async fn counts_that_are_none_are_errors() {
    let (canned, table, _) = sides();
    let read = reads()[1].1;
    for wrong in ["-1", "1.5", "1e3", "\"1\"", "99999999999999999999999", "[]", "{}", "true", "+1", "01", "NaN"] {
        for name in ["Count", "ScannedCount"] {
            let answer = format!("{{\"Items\":[],\"{name}\":{wrong}}}").into_bytes();
            assert!(matches!(refused(&canned, &table, read, answer).await, Some(Error::Sdk { .. })), "{name}: {wrong}");
        }
    }
}

/// Compressed data that is none, or much more than it looks like.
#[tokio::test]
async fn data_is_bounded_through_the_whole_stack() {
    let canned = Canned::default();
    let table = Table::builder::<App>(TABLE).client(canned.client()).max_inflated_bytes(1_000_000).build().await.expect("built");
    let read: Read = |table| table.get(Id::<Packed>::from("x")).into_future().map(|found| found.map(drop)).boxed();
    let whole = gzip(packed_json("[1]").as_bytes());
    let inflated = |json: String| gzip(json.as_bytes());
    let of = |data: &[u8]| json!({ "Item": packed_row(data) }).to_string().into_bytes();
    assert!(refused(&canned, &table, read, of(&whole)).await.is_none());
    let mut wrong: Vec<Vec<u8>> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
    wrong.extend([
        inflated(packed_json(&format!("\"{}\"", " ".repeat(200_000_000)))),
        inflated(packed_json(&"[".repeat(900_000))),
        inflated(packed_json(&"{\"a\":".repeat(150_000))),
        inflated(packed_json(&format!("[{}]", "9".repeat(900_000)))),
        // Members without anything in them.
        gzip(b"").repeat(10_000),
        gzip(&gzip(&whole)),
        vec![0x1f; 300_000],
        gzip(b"\xff\xfe{}"),
        packed_json("[1]").into_bytes().repeat(2),
    ]);
    for data in wrong {
        let began = Instant::now();
        let error = refused(&canned, &table, read, of(&data)).await;
        assert!(matches!(&error, Some(Error::Decode { path, .. }) if path == "data" || path.starts_with("any")), "{error:?}");
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
    for wrong in ["%", "AA", "H4sI\u{fc}", "H4sI\n"] {
        let mut row = packed_row(&whole);
        row["data"]["B"] = wrong.into();
        let error = refused(&canned, &table, read, json!({ "Item": row }).to_string().into_bytes()).await;
        assert!(error.is_some(), "{wrong:?}");
    }
}

/// The SDK takes the last of two members of one name. Here it is the same one, or an error.
#[tokio::test]
async fn a_name_that_is_there_twice_is_an_error_or_what_the_sdk_reads() {
    let (canned, table, client) = sides();
    let row = plain_row().to_string();
    let mut answers = Vec::new();
    for (name, other) in [
        ("pk", r#"{"S":"Plain#y"}"#),
        ("sk", r#"{"S":"Plain#y"}"#),
        ("gsitype", r#"{"S":"Packed"}"#),
        ("created_at", r#"{"S":"2025-01-02T03:04:05+00:00"}"#),
        ("updated_at", r#"{"S":"2025-01-02T03:04:05+00:00"}"#),
        ("resource_id", r#"{"S":"y"}"#),
        ("owner", r#"{"S":"bob"}"#),
        ("number", r#"{"N":"8"}"#),
        ("texts", r#"{"SS":["b"]}"#),
        ("other", r#"{"S":"b"}"#),
        ("expires", r#"{"NULL":true}"#),
    ] {
        let first = row.replacen('{', &format!("{{\"{name}\":{other},"), 1);
        answers.push((name, format!("{{\"Item\":{first}}}")));
        let last = format!("{},\"{name}\":{other}}}", &row[..row.len() - 1]);
        answers.push((name, format!("{{\"Item\":{last}}}")));
    }
    answers.extend([
        ("Item", format!("{{\"Item\":{},\"Item\":{row}}}", row.replace("ann é", "bob"))),
        ("Item", format!("{{\"Item\":{row},\"Item\":{}}}", row.replace("ann é", "bob"))),
        ("k", format!("{{\"Item\":{}}}", row.replace("{\"k\":", "{\"k\":{\"S\":\"b\"},\"k\":"))),
        ("text", format!("{{\"Item\":{}}}", row.replace("{\"text\":", "{\"text\":{\"S\":\"b\"},\"text\":"))),
        ("S", format!("{{\"Item\":{}}}", row.replacen("{\"S\":\"ann", "{\"S\":\"b\",\"S\":\"ann", 1))),
    ]);
    for (name, answer) in answers {
        canned.answer([Answer::ok(answer.clone())]);
        let ours = table.get(id()).await;
        let theirs = client.get_item().table_name(TABLE).send().await.ok().and_then(|answer| answer.item);
        match ours {
            Err(error) => assert!(matches!(error, Error::Sdk { .. } | Error::Decode { .. }), "{name}: {error:?}"),
            Ok(None) => panic!("`{name}`: nothing is read of {answer}"),
            Ok(Some(ours)) => {
                let theirs = theirs.unwrap_or_else(|| panic!("`{name}`: the SDK refuses {answer}"));
                assert_eq!(theirs["owner"].as_s().ok(), Some(&ours.owner), "{name}: {answer}");
                assert_eq!(theirs["number"].as_n().ok(), Some(&ours.number.to_string()), "{name}");
                let k = theirs["map"].as_m().expect("a map")["k"].as_s().ok().map_or(Value::Null, |text| text.as_str().into());
                assert_eq!(ours.map["k"], k, "{name}");
                // What no field knows is written back once; of two, one of them.
                canned.sent();
                canned.answer([Answer::ok("{}")]);
                table.update(ours, |_| ()).await.expect("updated");
                let other = canned.one().json()["Item"]["other"].clone();
                assert!(other == plain_row()["other"] || (name == "other" && other == json!({ "S": "b" })), "{name}: {other}");
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Note {
    text: String,
}

/// A batch of which DynamoDB leaves over what nobody sent, and a patch and a put that are answered without what was asked for.
#[tokio::test]
async fn an_answer_to_a_write_that_nobody_understands_is_an_error() -> Result<()> {
    let put = |item: Value| json!({ "UnprocessedItems": { TABLE: [{ "PutRequest": { "Item": item } }] } });
    for left in [json!({}), json!({ "pk": { "S": "a" } }), json!({ "pk": { "S": "other" }, "sk": { "S": "other" } })] {
        let canned = Canned::new([Answer::ok(put(left).to_string())]);
        let notes = canned.table::<Note>().put_many([Note { text: "a".into() }]).await?;
        assert!(matches!(notes.errors().next(), Some((0, Error::Unknown { .. }))), "{notes:?}");
    }
    let canned = Canned::new([Answer::ok("{}")]);
    let patched = canned.table::<Note>().patch(Id::<Note>::from("x")).set(|n| n.text, "b").await;
    assert!(matches!(patched, Err(Error::Decode { .. })), "{patched:?}");
    let canned = Canned::new([Answer::ok(r#"{"Attributes":1}"#), Answer::ok(r#"{"Attributes":1}"#), Answer::ok(r#"{"Attributes":1}"#)]);
    let old = canned.table::<Note>().put(Note { text: "a".into() }).return_old().await;
    assert!(matches!(old, Err(Error::Unknown { .. })), "{old:?}");
    Ok(())
}
