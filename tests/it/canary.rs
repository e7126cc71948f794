//! Values do not leak: a canary stands in every field, key, id, map, set and foreign attribute, and is in no error and no span.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as _;
use std::fmt::{Debug, Write};
use std::future::Future;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use chrono::NaiveDate;
use serde::de::{self, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};
use serde_json::{Value, json};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Result, Schema, SingleTable, Table};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::engine;
use crate::stored::{self, Row};

const TEXT: &str = "c4n4ry";
const NUMBER: u64 = 7_316_902_845;
const FLOAT: f64 = 0.371_625_094_8;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1969, 7, 21).expect("a day")
}

/// The first canary in a text, in any form in which it could get there.
fn canary(text: &str) -> Option<String> {
    let bytes = format!("{:?}", TEXT.as_bytes());
    let hex: String = TEXT.bytes().map(|byte| format!("{byte:x}")).collect();
    let forms = [TEXT.to_owned(), aws_smithy_types::base64::encode(TEXT), bytes.trim_matches(['[', ']']).to_owned(), hex];
    let numbers = [NUMBER.to_string(), "371625094".to_owned(), day().to_string()];
    forms.into_iter().chain(numbers).find(|form| text.contains(form))
}

/// A type whose own code puts what it refuses into its error, in each of serde's ways.
#[derive(Debug, Clone, PartialEq)]
struct Guarded(String);

impl Serialize for Guarded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.strip_prefix("refused ") {
            Some(text) => Err(ser::Error::custom(format!("cannot write {text}"))),
            None => serializer.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Guarded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use de::Error;
        let text = String::deserialize(deserializer)?;
        let refused = Unexpected::Str(&text);
        match text.split_once(' ') {
            Some(("custom", _)) => Err(D::Error::custom(format!("cannot read {text}"))),
            Some(("type", _)) => Err(D::Error::invalid_type(refused, &text.as_str())),
            Some(("other", _)) => Err(D::Error::invalid_type(Unexpected::Other(&text), &"another")),
            Some(("value", _)) => Err(D::Error::invalid_value(refused, &text.as_str())),
            Some(("length", _)) => Err(D::Error::invalid_length(NUMBER as usize, &text.as_str())),
            Some(("variant", _)) => Err(D::Error::unknown_variant(&text, &[])),
            Some(("field", _)) => Err(D::Error::unknown_field(&text, &[])),
            _ => Ok(Self(text)),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Unit,
    Newtype(String),
    Tuple(String, u64),
    Struct { text: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    One { text: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    text: String,
    number: u64,
    float: f64,
    day: NaiveDate,
    flag: bool,
    map: BTreeMap<String, String>,
    by_number: BTreeMap<u64, u8>,
    kind: Kind,
    kinds: Vec<Kind>,
    tagged: Tagged,
    guarded: Guarded,
    any: Value,
}

fn body() -> Body {
    Body {
        text: TEXT.into(),
        number: NUMBER,
        float: FLOAT,
        day: day(),
        flag: true,
        map: [(TEXT.into(), TEXT.into())].into(),
        by_number: BTreeMap::new(),
        kind: Kind::Newtype(TEXT.into()),
        kinds: vec![Kind::Tuple(TEXT.into(), NUMBER), Kind::Struct { text: TEXT.into() }, Kind::Unit],
        tagged: Tagged::One { text: TEXT.into() },
        guarded: Guarded(TEXT.into()),
        any: json!({ TEXT: [TEXT, NUMBER, FLOAT] }),
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", index = "gsi1", pk = "owner#<owner>", sk = "<rank:010>#<day>")]
#[gsi(name = "computed", pk_with = Plain::key_of_it)]
struct Plain {
    owner: String,
    rank: u64,
    day: NaiveDate,
    nothing: Option<String>,
    body: Body,
    #[table(set)]
    texts: BTreeSet<String>,
    #[table(set)]
    numbers: BTreeSet<u64>,
    #[table(set)]
    flags: BTreeSet<bool>,
}

impl Plain {
    fn key_of_it(&self) -> Option<String> {
        Some(self.owner.clone())
    }
}

fn plain() -> Plain {
    Plain {
        owner: TEXT.into(),
        rank: NUMBER,
        day: day(),
        nothing: None,
        body: body(),
        texts: [TEXT.into()].into(),
        numbers: [NUMBER].into(),
        flags: BTreeSet::new(),
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(compress, deny_unknown)]
struct Packed {
    body: Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, max_versions = 2)]
#[gsi(name = "owner", index = "gsi1", pk = "kept#<owner>", sk = "<created_at>")]
struct Kept {
    owner: String,
    body: Body,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "TENANT#<tenant>", sk = "DAY#<day>#<rank:010>#<item>", deny_unknown)]
struct Composed {
    tenant: String,
    day: NaiveDate,
    rank: u64,
    item: String,
}

fn composed() -> Composed {
    Composed { tenant: TEXT.into(), day: day(), rank: NUMBER, item: TEXT.into() }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<email>")]
struct Natural {
    email: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>"))]
struct Unique {
    email: String,
}

#[derive(SingleTable)]
enum App {
    Unique(Unique),
    Plain(Plain),
    Packed(Packed),
    Kept(Kept),
    Composed(Composed),
    Natural(Natural),
}

/// Takes down all spans and events but those of the SDK and the HTTP client below it.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<String>>);

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").expect("in memory");
    }
}

impl Recorder {
    fn take_down(&self, what: &str, record: impl FnOnce(&mut Fields<'_>)) {
        let mut text = self.0.lock().expect("no panic");
        text.push_str(what);
        record(&mut Fields(&mut text));
        text.push('\n');
    }
}

impl<S: Subscriber> Layer<S> for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        !["aws_", "hyper", "h2", "rustls"].iter().any(|theirs| metadata.target().starts_with(theirs))
    }

    fn on_new_span(&self, span: &Attributes<'_>, _: &tracing::Id, _: Context<'_, S>) {
        self.take_down(span.metadata().name(), |fields| span.record(fields));
    }

    fn on_record(&self, _: &tracing::Id, values: &Record<'_>, _: Context<'_, S>) {
        self.take_down("record", |fields| values.record(fields));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.take_down(event.metadata().name(), |fields| event.record(fields));
    }
}

/// Everything that an error shows: itself and its sources, in every form.
fn shown(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut source = error.source();
    while let Some(error) = source {
        write!(text, "{error}\n{error:?}\n{error:#?}\n").expect("in memory");
        source = error.source();
    }
    text
}

/// Runs what provokes errors, and looks for canaries in them and in the spans meanwhile. Gives the errors' first words.
async fn searched(provoke: impl Future<Output = Vec<Error>>) -> BTreeSet<String> {
    let recorder = Recorder::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(recorder.clone()));
    let errors = provoke.await;
    drop(guard);
    for error in &errors {
        let text = shown(error);
        assert_eq!(canary(&text), None, "{text}");
    }
    let spans = recorder.0.lock().expect("no panic").clone();
    assert!(spans.contains("simpletable operation=\"create\" table="), "the recorder hears nothing: {spans}");
    assert!(spans.contains("record consumed_capacity="), "the recorder hears nothing: {spans}");
    assert_eq!(canary(&spans), None, "{spans}");
    errors.iter().map(kind).collect()
}

/// The variant, and the problem where it has one.
fn kind(error: &Error) -> String {
    let debug = format!("{error:?}");
    let variant: String = debug.chars().take_while(|c| c.is_alphanumeric()).collect();
    let problem = debug.split_once("problem: ").map(|(_, problem)| problem.chars().take_while(|c| c.is_alphanumeric()).collect::<String>());
    variant + &problem.map(|problem| format!(" {problem}")).unwrap_or_default()
}

fn kinds(expected: &[&str]) -> BTreeSet<String> {
    expected.iter().map(|kind| (*kind).to_owned()).collect()
}

/// The error of what has to fail.
async fn error<T>(operation: impl IntoFuture<Output = Result<T>>) -> Error {
    let Err(error) = operation.await else { panic!("it did not fail") };
    error
}

#[test]
fn a_canary_is_found() {
    for text in [
        format!("{:?}", plain()),
        format!("{:?}", TEXT.as_bytes()),
        format!("{FLOAT}"),
        format!("{:?}", day()),
        format!("{:?}", Blob::new(TEXT)),
    ] {
        assert!(canary(&text).is_some(), "{text}");
    }
    assert_eq!(canary("cannot read `body.map.*` of Plain"), None);
}

#[tokio::test]
async fn operations_that_succeed() {
    let table = engine::table::<App>().await;
    searched(async {
        let plain = table.create(plain()).id(TEXT).await.expect("created");
        let plain = table.update(plain, |plain| plain.rank += 1).await.expect("updated");
        table.update_at(&plain, plain.revision(), |plain| plain.rank -= 1).await.expect("updated");
        table.delete(&plain).await.expect("deleted");
        let kept = table.create(Kept { owner: TEXT.into(), body: body() }).id(TEXT).await.expect("created");
        for _ in 0..3 {
            table.modify(&kept, |kept| kept.owner.push_str(TEXT)).await.expect("modified");
        }
        for version in table.versions(&kept).all().await.expect("read") {
            let read = table.read_version(&kept, version.version()).consistent().await.expect("read");
            assert_eq!(*read, *version);
        }
        assert_eq!(table.diff(&kept, 3, 4).await.expect("compared").len(), 1);
        table.restore(&kept, 3).await.expect("restored");
        assert_eq!(table.prune_versions(&kept).await.expect("pruned"), 0);
        table.delete_version(&kept, 4).await.expect("deleted");
        table.delete(&kept).await.expect("deleted");
        let composed = table.create(composed()).await.expect("created");
        let composed = table.rekey(composed, |composed| composed.item.push_str(TEXT)).await.expect("moved");
        assert_eq!(table.read(&composed).await.expect("read"), composed);
        table.create(Natural { email: TEXT.into() }).await.expect("created");
        let unique = table.create(Unique { email: TEXT.into() }).idempotency_key(TEXT).await.expect("created");
        let found = table.find(Unique::find_by_email(TEXT)).await.expect("read");
        assert_eq!(found.as_ref(), Some(&unique));
        table.update(unique, |unique| unique.email.push_str(TEXT)).await.expect("updated");
        assert_eq!(canary(&format!("{:?}", Unique::find_by_email(TEXT))), None);
        // A row that claims a value which is another's, and one that cannot be read: told by their keys, to those who ask.
        let mut row =
            stored::all(&table).await.into_iter().find(|row| row.get("gsitype") == Some(&AttributeValue::S("Unique".into()))).expect("it");
        for (id, name, value) in [("x", "created_at", row["created_at"].clone()), ("y", "email", AttributeValue::N("1".into()))] {
            let key = AttributeValue::S(format!("Unique#{TEXT}{id}"));
            row.extend([("pk".to_owned(), key.clone()), ("sk".to_owned(), key), (name.to_owned(), value)]);
            stored::put(&table, row.clone()).await;
        }
        let done = table.rebuild_claims::<Unique>().await.expect("rebuilt");
        assert_eq!((done.duplicates().len(), done.failures().len()), (1, 1));
        assert_eq!(canary(&format!("{done:?} {:?} {}", done.duplicates()[0], done.failures()[0])), None);
        assert_eq!(canary(&format!("{:?} {:?}", Natural::key(TEXT), plain.revision())), None);
        vec![]
    })
    .await;
}

#[tokio::test]
async fn operations_that_are_refused() {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let found = searched(async {
        let plain = table.create(plain()).id(TEXT).await.expect("created");
        let kept = table.create(Kept { owner: TEXT.into(), body: body() }).id(TEXT).await.expect("created");
        let held = table.create(composed()).await.expect("created");
        table.create(Natural { email: TEXT.into() }).await.expect("created");
        let mut errors = vec![
            error(table.create((*plain).clone()).id(TEXT)).await,
            error(table.create((*kept).clone()).id(TEXT)).await,
            error(table.create(composed())).await,
            error(table.create(Natural { email: TEXT.into() })).await,
            error(table.read(Id::<Plain>::from(TEXT.repeat(2)))).await,
            error(table.delete(Id::<Kept>::from(TEXT.repeat(2)))).await,
            error(table.read(Natural::key(TEXT.repeat(2)))).await,
            error(table.update(held.clone(), |held| held.item.push_str(TEXT))).await,
        ];
        table.create(Unique { email: TEXT.into() }).idempotency_key(TEXT).await.expect("created");
        errors.push(error(table.create(Unique { email: TEXT.into() })).await);
        errors.push(error(table.create(Unique { email: TEXT.into() }).idempotency_key(TEXT)).await);
        let late = table.with(simpletable::Context::new().deadline(std::time::Instant::now()));
        errors.push(error(late.create(Natural { email: TEXT.into() })).await);
        table.update(plain.clone(), |plain| plain.rank += 1).await.expect("updated");
        table.update(kept.clone(), |kept| kept.owner.push_str(TEXT)).await.expect("updated");
        table.create(Composed { item: TEXT.repeat(2), ..composed() }).await.expect("created");
        for stale in [
            error(table.update(plain.clone(), |plain| plain.rank += 1)).await,
            error(table.update(kept.clone(), |kept| kept.owner.clear())).await,
            error(table.update_at(&plain, plain.revision(), |plain| plain.rank += 1)).await,
            error(table.delete(&plain).if_unchanged(&plain)).await,
            error(table.delete(&kept).if_unchanged(&kept)).await,
            error(table.rekey(held.clone(), |held| held.item.push_str(TEXT))).await,
        ] {
            assert!(stale.is_conflict() || stale.is_already_exists());
            errors.push(stale);
        }
        let past = table.read_version(&kept, 1).await.expect("read");
        errors.push(error(table.update(past, |kept| kept.owner.push_str(TEXT))).await);
        errors.push(error(table.delete_version(&kept, 2)).await);
        errors.push(error(table.delete_version(&kept, 7)).await);
        errors.push(error(table.restore(&kept, 7)).await);
        errors.push(error(table.diff(&kept, 1, 7)).await);
        errors.push(error(table.versions(&kept).after(TEXT)).await);
        for conflicts in ["PutItem", "TransactWriteItems"] {
            faults.inject(Fault::before(Failure::TransactionConflict).on(conflicts).always());
        }
        errors.push(error(table.modify(&plain, |plain| plain.rank += 1)).await);
        errors.push(error(table.modify(&kept, |kept| kept.owner.push_str(TEXT))).await);
        faults.clear();
        for lost in ["PutItem", "TransactWriteItems", "DeleteItem"] {
            faults.inject(Fault::after(Failure::TimeOut).on(lost).always());
        }
        errors.push(error(table.modify(&plain, |plain| plain.rank += 1)).await);
        errors.push(error(table.modify(&kept, |kept| kept.owner.push_str(TEXT))).await);
        errors.push(error(table.delete(&held)).await);
        errors
    })
    .await;
    let expected =
        ["AlreadyExists", "NotFound", "Conflict", "KeyChanged", "Busy", "Unknown", "PastVersion", "LatestVersion", "InvalidCursor"];
    let claims = ["UniqueViolation", "AlreadyApplied", "DeadlineExceeded"];
    assert_eq!(found, kinds(&[&expected[..], &claims].concat()));
}

#[tokio::test]
async fn what_checks_find_and_repairs_do() {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let found = searched(async {
        let kept = table.create(Kept { owner: TEXT.into(), body: body() }).id(TEXT).await.expect("created");
        for _ in 0..3 {
            table.modify(&kept, |kept| kept.owner.push_str(TEXT)).await.expect("modified");
        }
        let pk = format!("Kept#{TEXT}");
        let whole = stored::all(&table).await;
        let remove =
            |sk: &'static str| table.client().delete_item().table_name(table.name()).key("pk", stored::s(&pk)).key("sk", stored::s(sk));
        let mut errors = Vec::new();
        let mut seen = BTreeSet::new();
        let failures: [&[fn() -> Fault]; 2] = [
            &[|| Fault::before(Failure::Cancelled(&["ValidationError"])), || Fault::before(Failure::TransactionConflict)],
            &[|| Fault::after(Failure::TimeOut)],
        ];
        for damage in ["missing", "differs", "above", "gap", "derived", "out of service", "orphans"] {
            for failures in failures {
                for row in &whole {
                    stored::put(&table, row.clone()).await;
                }
                let old = stored::one(&table, &pk, "v3").await.expect("the row");
                let moved = |sk: &str| old.clone().into_iter().chain([("sk".to_owned(), stored::s(sk))]).collect::<Row>();
                match damage {
                    "missing" => drop(remove("v4").send().await.expect("removed")),
                    "differs" => stored::put(&table, moved("v4")).await,
                    "above" => stored::put(&table, moved("v9")).await,
                    "gap" => drop(remove("v3").send().await.expect("removed")),
                    "derived" => stored::change(&table, (&pk, "v0"), "SET gsi1pk = :v", stored::s(TEXT)).await,
                    "out of service" => stored::change(&table, (&pk, "v0"), "SET version = :v", stored::n(-1)).await,
                    _ => drop(remove("v0").send().await.expect("removed")),
                }
                let checked = table.check(&kept).await.expect("checked");
                // A transaction, one row, and both.
                for failure in failures.iter().filter(|_| ["missing", "derived", "out of service"].contains(&damage)) {
                    for write in ["TransactWriteItems", "PutItem", "DeleteItem"] {
                        faults.inject(failure().on(write).always());
                    }
                    errors.extend(table.repair(&kept).await.err());
                    faults.clear();
                }
                let repaired = table.repair(&kept).await.expect("repaired");
                let mut text = format!("{checked:?} {repaired:?}");
                for finding in checked.findings() {
                    text.push_str(&finding.to_string());
                    seen.extend(format!("{finding:?}").split([' ', '{']).next().map(str::to_owned));
                }
                assert_eq!(canary(&text), None, "{text}");
            }
        }
        assert_eq!(seen.len(), 7, "{seen:?}");
        errors
    })
    .await;
    assert_eq!(found, kinds(&["Sdk", "Busy", "Unknown"]));
}

#[tokio::test]
async fn keys_that_cannot_be_made() {
    let table = engine::table::<App>().await;
    let found = searched(async {
        table.create(composed()).await.expect("created");
        let long = TEXT.repeat(500);
        let far = NaiveDate::from_ymd_opt(-1969, 7, 21).expect("a day");
        vec![
            error(table.create(plain()).id("")).await,
            error(table.create(plain()).id(long.as_str())).await,
            error(table.create(Plain { owner: long.clone(), ..plain() })).await,
            error(table.create(Plain { owner: String::new(), ..plain() })).await,
            error(table.create(Plain { rank: NUMBER * 10, ..plain() })).await,
            error(table.create(Plain { day: far, ..plain() })).await,
            error(table.create(Kept { owner: long.clone(), body: body() })).await,
            error(table.create(Composed { item: format!("{TEXT}#{TEXT}"), ..composed() })).await,
            error(table.create(Composed { item: long.clone(), ..composed() })).await,
            error(table.create(Natural { email: long })).await,
            error(table.get(Composed::key(TEXT, day(), NUMBER, format!("{TEXT}#")))).await,
        ]
    })
    .await;
    assert_eq!(
        found,
        kinds(&["Empty", "TooLong", "Width", "OutOfRange", "Delimiter"].map(|problem| format!("KeyValue {problem}").leak() as &str))
    );
}

#[tokio::test]
async fn values_that_cannot_be_stored() {
    let table = engine::table::<App>().await;
    let found = searched(async {
        table.create(composed()).await.expect("created");
        let mut errors = Vec::new();
        let edits: [fn(&mut Body); 7] = [
            |body| body.float = f64::NAN,
            |body| body.any = json!({ TEXT: FLOAT * 1e200 }),
            |body| body.by_number = [(NUMBER, 1)].into(),
            |body| body.map = [(TEXT.repeat(20_000), TEXT.into())].into(),
            |body| body.any = (0..150).fold(json!(TEXT), |value, _| json!({ TEXT: value })),
            |body| body.guarded = Guarded(format!("refused {TEXT}")),
            |body| body.text = (0..200_000u64).map(|number| format!("{TEXT}{}", number.wrapping_mul(NUMBER))).collect(),
        ];
        for edit in edits {
            let mut body = body();
            edit(&mut body);
            errors.extend(table.create(Plain { body: body.clone(), ..plain() }).await.err());
            errors.extend(table.create(Packed { body: body.clone() }).await.err());
            errors.extend(table.create(Kept { owner: TEXT.into(), body }).await.err());
        }
        errors.push(error(table.create(Plain { flags: [true].into(), ..plain() })).await);
        assert_eq!(errors.len(), 3 * 7 - 4 + 1);
        errors
    })
    .await;
    let problems = ["NotFinite", "NumberRange", "MapKey", "TooDeep", "Custom", "SetElement"];
    let problems = problems.map(|problem| format!("Encode {problem}"));
    assert_eq!(found, problems.into_iter().chain(["ItemTooLarge".to_owned()]).collect());
}

/// What is wrong with a body, as JSON.
fn wrong_bodies() -> Vec<Value> {
    let whole = serde_json::to_value(body()).expect("JSON");
    let with = |path: &str, value: Value| {
        let mut body = whole.clone();
        *body.pointer_mut(path).unwrap_or_else(|| panic!("no {path}")) = value;
        body
    };
    let mut wrong = vec![json!(TEXT), json!(NUMBER), json!([TEXT]), json!({ TEXT: TEXT }), json!({ "text": TEXT, "number": NUMBER })];
    for (path, values) in [
        ("/text", vec![json!(NUMBER), json!([TEXT]), json!({ TEXT: TEXT }), json!(true)]),
        ("/number", vec![json!(TEXT), json!(-7_316_902_845_i64), json!(FLOAT), json!(1e30)]),
        ("/float", vec![json!(TEXT)]),
        ("/day", vec![json!(TEXT), json!(format!("{}x", day())), json!(NUMBER)]),
        ("/flag", vec![json!(TEXT), json!(NUMBER)]),
        ("/map", vec![json!({ TEXT: NUMBER }), json!({ TEXT: { TEXT: TEXT } }), json!(TEXT)]),
        ("/by_number", vec![json!({ TEXT: 1 })]),
        (
            "/kind",
            vec![
                json!(TEXT),
                json!({ TEXT: TEXT }),
                json!({ "Newtype": NUMBER }),
                json!({ "Unit": TEXT }),
                json!("Newtype"),
                json!(NUMBER),
            ],
        ),
        (
            "/kinds",
            vec![
                json!(["Unit", TEXT]),
                json!([{ "Tuple": [TEXT] }]),
                json!([{ "Tuple": [TEXT, TEXT] }]),
                json!([{ "Struct": { "text": NUMBER } }]),
            ],
        ),
        ("/kinds", vec![json!([{ "Struct": { TEXT: TEXT } }]), json!([{ TEXT: 1, "Unit": 2 }])]),
        ("/tagged", vec![json!({ "kind": TEXT }), json!({ "kind": "One", "text": NUMBER }), json!({ TEXT: TEXT }), json!(TEXT)]),
    ] {
        wrong.extend(values.into_iter().map(|value| with(path, value)));
    }
    for how in ["custom", "type", "other", "value", "length", "variant", "field"] {
        wrong.push(with("/guarded", json!(format!("{how} {TEXT}"))));
    }
    let mut unknown = whole.clone();
    unknown[TEXT] = json!(TEXT);
    wrong.push(unknown);
    wrong
}

fn attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(value) => AttributeValue::Bool(*value),
        Value::Number(number) => stored::n(number),
        Value::String(text) => stored::s(text),
        Value::Array(values) => AttributeValue::L(values.iter().map(attribute).collect()),
        Value::Object(values) => AttributeValue::M(values.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()),
    }
}

fn wrong_attributes() -> Vec<AttributeValue> {
    let bytes = || Blob::new(TEXT);
    let (text, number) = (stored::s(TEXT), stored::n(NUMBER));
    let list = AttributeValue::L(vec![text.clone(), number.clone()]);
    let map = AttributeValue::M(Row::from([(TEXT.to_owned(), text.clone())]));
    let sets = [AttributeValue::Ss(vec![TEXT.into()]), AttributeValue::Ns(vec![NUMBER.to_string()]), AttributeValue::Bs(vec![bytes()])];
    [text, number, stored::n(FLOAT), AttributeValue::B(bytes()), list, map].into_iter().chain(sets).collect()
}

/// Puts each of the values into an attribute of a row, and collects the errors with which it is read.
async fn with_each<S: Schema, E: Future<Output = Option<Error>>>(
    table: &Table<S>,
    row: &Row,
    attribute: &str,
    values: Vec<AttributeValue>,
    read: impl Fn() -> E,
) -> Vec<Error> {
    let mut errors = Vec::new();
    for value in values {
        let mut row = row.clone();
        row.insert(attribute.to_owned(), value);
        // The engine itself refuses other types in the keys of indexes.
        if table.client().put_item().table_name(table.name()).set_item(Some(row)).send().await.is_ok() {
            errors.extend(read().await);
        }
    }
    stored::put(table, row.clone()).await;
    errors
}

#[tokio::test]
async fn rows_that_cannot_be_read() {
    let table = engine::builder::<App>().max_inflated_bytes(10_000).build().await.expect("the engine under test is there");
    let found = searched(async {
        let id = table.create(plain()).await.expect("created").id().clone();
        let read = || async { table.get(&id).await.err() };
        let row = stored::one(&table, &format!("Plain#{id}"), &format!("Plain#{id}")).await.expect("it is there");
        let mut errors = with_each(&table, &row, "body", wrong_bodies().iter().map(attribute).collect(), read).await;
        assert_eq!(errors.len(), wrong_bodies().len());
        for name in ["created_at", "updated_at", "gsitype", "data", "owner", "rank", "day", "texts", "numbers", "flags"] {
            let found = with_each(&table, &row, name, wrong_attributes(), read).await;
            assert!(!found.is_empty(), "{name}");
            errors.extend(found);
        }
        for name in ["created_at", "body", "owner"] {
            let mut row = row.clone();
            row.remove(name);
            stored::put(&table, row).await;
            errors.extend(read().await);
        }

        let id = table.create(Packed { body: body() }).await.expect("created").id().clone();
        let read = || async { table.get(&id).await.err() };
        let row = stored::one(&table, &format!("Packed#{id}"), &format!("Packed#{id}")).await.expect("it is there");
        let packed = |body: &Value| {
            let mut json = stored::data(&row);
            json["body"] = body.clone();
            stored::with_data(row.clone(), &json)["data"].clone()
        };
        let wrong: Vec<_> = wrong_bodies().iter().map(packed).collect();
        let (count, found) = (wrong.len(), with_each(&table, &row, "data", wrong, read).await);
        assert_eq!(found.len(), count);
        errors.extend(found);
        let mut unknown = stored::data(&row);
        unknown["extra"] = json!(TEXT);
        let large = packed(&json!(TEXT.repeat(10_000)));
        let data = [
            stored::with_data(row.clone(), &unknown)["data"].clone(),
            large,
            AttributeValue::B(Blob::new(format!("{{\"{TEXT}\":{TEXT}}}"))),
        ];
        errors.extend(with_each(&table, &row, "data", data.into(), read).await);
        errors.extend(with_each(&table, &row, "extra", vec![stored::s(TEXT)], read).await);

        let id = table.create(Kept { owner: TEXT.into(), body: body() }).await.expect("created").id().clone();
        let read = || async { table.modify(&id, |_| ()).await.err() };
        let row = stored::one(&table, &format!("Kept#{id}"), "v0").await.expect("it is there");
        errors.extend(with_each(&table, &row, "version", wrong_attributes(), read).await);
        let check = || async { table.check(&id).await.err() };
        let repair = || async { table.repair(&id).await.err() };
        let row = stored::one(&table, &format!("Kept#{id}"), "v0").await.expect("it is there");
        errors.extend(with_each(&table, &row, "version", wrong_attributes(), check).await);
        let checks = with_each(&table, &row, "data", wrong_attributes(), check).await;
        let repairs = with_each(&table, &row, "data", wrong_attributes(), repair).await;
        assert!(!checks.is_empty() && checks.len() == repairs.len());
        errors.extend(checks.into_iter().chain(repairs));
        errors
    })
    .await;
    let problems = ["Missing", "Type", "Value", "Variant", "Unknown", "Entity", "Data", "TooLarge", "Custom"];
    assert_eq!(found, problems.into_iter().map(|problem| format!("Decode {problem}")).collect());
}

/// Answers every request with this, whatever the engine says.
#[derive(Debug)]
struct Answer(u16, String);

impl Intercept for Answer {
    fn name(&self) -> &'static str {
        "Answer"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        *context.response_mut() = HttpResponse::new(self.0.try_into()?, SdkBody::from(self.1.clone()));
        Ok(())
    }
}

fn refusal(code: &str, more: Value) -> String {
    let mut body =
        json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": format!("{TEXT} {NUMBER}"), "Message": TEXT });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    body.to_string()
}

#[tokio::test]
async fn answers_of_the_service() {
    let table = engine::table::<App>().await;
    let found = searched(async {
        let held = table.create(composed()).await.expect("created");
        let kept = table.create(Kept { owner: TEXT.into(), body: body() }).await.expect("created");
        let mut errors = Vec::new();
        let reason = json!({ "Code": "ValidationError", "Message": TEXT, "Item": { "pk": { "S": TEXT } } });
        for answer in [
            (400, refusal("ValidationException", json!({}))),
            (400, refusal("SerializationException", json!({}))),
            (400, refusal("ItemCollectionSizeLimitExceededException", json!({}))),
            (400, refusal("NobodyKnowsException", json!({}))),
            (
                400,
                refusal("ConditionalCheckFailedException", json!({ "Item": { "pk": { "S": TEXT }, TEXT: { "N": NUMBER.to_string() } } })),
            ),
            (400, refusal("TransactionCanceledException", json!({ "CancellationReasons": [reason, { "Code": "None" }] }))),
            (400, refusal("DuplicateItemException", json!({}))),
            (400, format!("{TEXT} is no JSON")),
            (200, format!("{TEXT} is no JSON")),
            (200, json!({ "Item": { "pk": { TEXT: TEXT } }, "ConsumedCapacity": TEXT }).to_string()),
            (200, json!({ "Item": { "pk": { "S": NUMBER } }, "ConsumedCapacity": [TEXT] }).to_string()),
        ] {
            let config = table.client().config().to_builder().interceptor(Answer(answer.0, answer.1)).build();
            let table: Table<App> = Table::new(aws_sdk_dynamodb::Client::from_conf(config), table.name());
            errors.extend(table.read(&held).await.err());
            errors.extend(table.create(composed()).await.err());
            errors.extend(table.delete(&held).await.err());
            errors.extend(table.update(kept.clone(), |kept| kept.owner.push_str(TEXT)).await.err());
        }
        assert!(errors.len() > 36, "{}", errors.len());
        errors
    })
    .await;
    assert!(found.is_superset(&kinds(&["Sdk", "AlreadyExists", "NotFound"])), "{found:?}");
}

#[tokio::test]
async fn conditions_and_transactions() {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let found = searched(async {
        let held = table.create(plain()).await.expect("created");
        let kept = table.create(Kept { owner: TEXT.into(), body: body() }).await.expect("created");
        let never = |p: &simpletable::Fields<Plain>| p.owner.ne(TEXT).or(p.rank.lt(NUMBER)).or(p.day.gt(day()));
        let mut errors = vec![
            error(table.create(plain()).when(|p| p.owner.eq(TEXT))).await,
            error(table.update(held.clone(), |plain| plain.rank = 1).when(never)).await,
            error(table.put(plain()).id(held.id().clone()).when(never)).await,
            error(table.delete(&held).when(never)).await,
            error(table.delete(&held).when(|p| p.rank.in_(NUMBER..NUMBER + 101))).await,
            error(table.transact((table.create(composed()), table.check(&held).when(never)))).await,
            error(table.transact((table.create(composed()), table.update(held.clone(), |plain| plain.rank = 1).when(never)))).await,
            error(table.transact((table.delete(&held), table.delete(&held)))).await,
        ];
        let stale = kept.clone();
        table.update(kept, |kept| kept.owner.push('x')).await.expect("updated");
        errors.push(error(table.transact((table.create(composed()), table.update(stale, |kept| kept.owner.push('y'))))).await);
        faults.inject(Fault::after(Failure::ServerError));
        errors.push(error(table.put(plain()).id(held.id().clone()).return_old()).await);
        faults.inject(Fault::after(Failure::ServerError).always());
        errors.push(error(table.transact((table.create(composed()), table.create(plain())))).await);
        assert!(errors[5].current::<Plain>().is_some(), "the row is there for those who ask");
        errors
    })
    .await;
    let expected = ["ConditionFailed", "Expression Operands", "Transaction", "InvalidTransaction SameRow", "OldLost", "Unknown"];
    assert!(found.is_superset(&kinds(&expected)), "{found:?}");
}

#[tokio::test]
async fn failures_on_the_way() {
    let faults = Faults::new();
    let engine = engine::table::<App>().await;
    let table = engine.with_faults(&faults);
    let found = searched(async {
        let kept = table.create(Kept { owner: TEXT.into(), body: body() }).await.expect("created");
        let mut errors = Vec::new();
        for failure in [
            Failure::Connection,
            Failure::TimeOut,
            Failure::Throttling,
            Failure::ServerError,
            Failure::Cancelled(&["ValidationError", "None"]),
        ] {
            faults.clear();
            faults.inject(Fault::before(failure).always());
            errors.extend(table.read(&kept).await.err());
            errors.extend(table.update(kept.clone(), |kept| kept.owner.push_str(TEXT)).await.err());
        }
        // The engine's own words.
        let missing: Table<App> = Table::new(engine.client().clone(), "missing");
        errors.push(error(missing.create(composed())).await);
        let nameless: Table<App> = Table::new(engine.client().clone(), String::new());
        errors.push(error(nameless.create(composed())).await);
        // A client that cannot send: without a region, without credentials.
        let config = aws_sdk_dynamodb::Config::builder().behavior_version_latest().build();
        let nowhere: Table<App> = Table::new(aws_sdk_dynamodb::Client::from_conf(config), "nowhere");
        errors.push(error(nowhere.create(composed())).await);
        errors.push(error(nowhere.read(&kept)).await);
        errors
    })
    .await;
    assert!(found.is_superset(&kinds(&["Sdk", "Unknown"])), "{found:?}");
}

/// Changed in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", index = "gsi1", pk = "owner#<owner>#x")]
struct Patched {
    owner: String,
    number: u32,
    #[table(set)]
    texts: BTreeSet<String>,
    list: Vec<Guarded>,
    map: BTreeMap<String, u64>,
}

#[tokio::test]
async fn patches() {
    let faults = Faults::new();
    let table = engine::table::<Patched>().await.with_faults(&faults);
    let found = searched(async {
        let map = || BTreeMap::from([(TEXT.to_owned(), NUMBER)]);
        let value = Patched { owner: TEXT.into(), number: 1, texts: [TEXT.into()].into(), list: vec![Guarded(TEXT.into())], map: map() };
        let row = table.create(value).id(TEXT).await.expect("created");
        let patch = || table.patch(&row);
        patch().set(|p| p.owner, TEXT.repeat(2)).add(|p| p.map.key(TEXT), NUMBER).delete(|p| p.texts, [TEXT]).await.expect("patched");
        patch().add(|p| p.number, 1).exactly_once().await.expect("patched");
        let mut errors = vec![
            error(table.patch(Id::<Patched>::from(TEXT.repeat(2))).add(|p| p.number, 1)).await,
            error(patch().add(|p| p.map.key(TEXT), 1).set(|p| p.map.key(TEXT), NUMBER)).await,
            error(patch().set(|p| p.owner, format!("{TEXT}#"))).await,
            error(patch().append(|p| p.list, [Guarded(format!("refused {TEXT}"))])).await,
            error(patch().subtract(|p| p.map.key(TEXT), NUMBER * 3)).await,
            error(patch().set(|p| p.list.index(7), Guarded(TEXT.into()))).await,
            error(patch().set(|p| p.owner, TEXT).when(|p| p.owner.eq(TEXT))).await,
        ];
        stored::change(&table, (&format!("Patched#{TEXT}"), &format!("Patched#{TEXT}")), "SET map = :v", stored::s(TEXT)).await;
        errors.push(error(patch().add(|p| p.map.key(TEXT), 1)).await);
        // The same by writing all of it.
        let all = |owner: String| {
            let value = Patched { owner, number: 1, texts: [TEXT.into()].into(), list: vec![Guarded(TEXT.into())], map: map() };
            table.upsert(value).id(TEXT)
        };
        all(TEXT.into()).create_only(|p| p.list).await.expect("upserted");
        all(TEXT.into()).idempotency_key(TEXT).await.expect("upserted");
        errors.push(error(all(TEXT.into()).idempotency_key(TEXT)).await);
        errors.push(error(all(TEXT.into()).create_only(|p| p.map.key(TEXT))).await);
        errors.push(error(all(TEXT.into()).when(|p| p.owner.ne(TEXT))).await);
        errors.push(error(all(format!("{TEXT}#"))).await);
        stored::change(&table, (&format!("Patched#{TEXT}"), &format!("Patched#{TEXT}")), "SET list = :v", AttributeValue::Null(true)).await;
        errors.push(error(all(TEXT.into()).create_only(|p| p.list)).await);
        all(TEXT.into()).await.expect("upserted");
        faults.inject(Fault::after(Failure::TimeOut).on("UpdateItem").always());
        errors.push(error(patch().add(|p| p.number, 1)).await);
        errors.push(error(all(TEXT.into())).await);
        errors
    })
    .await;
    let patch = ["Patch Overlap", "Patch Range", "Patch Missing", "Patch Type", "Patch Null"];
    let others = ["AlreadyApplied", "NotFound", "KeyValue Delimiter", "Encode Custom", "ConditionFailed", "Unknown"];
    assert_eq!(found, kinds(&[patch.as_slice(), others.as_slice()].concat()));
}

/// One of a kind, and counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(singleton, count)]
struct Sole {
    text: String,
}

#[tokio::test]
async fn singletons_and_counts() {
    let table = engine::table::<Sole>().await;
    let found = searched(async {
        let sole = table.create(Sole { text: TEXT.into() }).await.expect("created");
        let soles = table.repository::<Sole>();
        assert_eq!(soles.get_or_create(&sole, Sole::default).await.expect("read"), sole);
        assert_eq!(table.singleton::<Sole>().await.expect("read"), sole);
        assert_eq!(canary(&format!("{soles:?} {:?}", soles.read_only())), None);
        let another = error(soles.get_or_create(Id::<Sole>::from(TEXT), Sole::default)).await;
        let key = AttributeValue::S("_INTERNAL#MemoryStats".into());
        let counts = AttributeValue::M([("Sole".to_owned(), AttributeValue::S(TEXT.into()))].into());
        let row = [("pk".to_owned(), key.clone()), ("sk".to_owned(), key), ("counts_by_type".to_owned(), counts)];
        stored::put(&table, row.into()).await;
        vec![another, error(table.stats()).await, error(table.recount::<Sole>()).await]
    })
    .await;
    assert_eq!(found, kinds(&["KeyValue AnotherSingleton", "Decode Value"]));
}
