//! Every kind of value, in each storage, each way.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use simpletable::Id;

use crate::check::{Outcome, Session};
use crate::kinds::{Address, Storage, Values};
use crate::types::{Bytes, Decimal};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn address(since: Option<&str>) -> Address {
    Address { street: "1 Main \"é\"".into(), number: Some(-3), since: since.map(at) }
}

fn map(names: [&str; 2]) -> BTreeMap<String, i64> {
    names.map(String::from).into_iter().zip([1, i64::MAX]).collect()
}

/// The kinds of value in the layout, by name, and one resource that has each.
pub(crate) fn kinds() -> Vec<(&'static str, Values)> {
    let none = Values::default;
    let kinds = vec![
        ("nothing (None, empty sets)", none()),
        ("text", Values { text: Some("Zoë's \"plan\"\n\t\\ 𝄞 \u{1}".into()), ..none() }),
        ("text, empty", Values { text: Some(String::new()), ..none() }),
        ("bool, true", Values { flag: Some(true), ..none() }),
        ("bool, false", Values { flag: Some(false), ..none() }),
        ("integer", Values { whole: Some(i64::MIN + 1), ..none() }),
        ("integer, 38 digits", Values { wide: Some(99_999_999_999_999_999_999_999_999_999_999_999_999), ..none() }),
        ("integer, -38 digits", Values { wide: Some(-12_345_678_901_234_567_890_123_456_789_012_345_678), ..none() }),
        ("float", Values { ratio: Some(0.1), ..none() }),
        ("float, whole", Values { ratio: Some(1.0), ..none() }),
        ("float, large", Values { ratio: Some(-1.797_693_134_862_315_7e30), ..none() }),
        ("decimal", Values { price: Some(Decimal("19.99".into())), ..none() }),
        ("decimal, 28 digits", Values { price: Some(Decimal("-12345678901234567890.12345678".into())), ..none() }),
        ("date", Values { day: Some(day("2024-02-29")), ..none() }),
        ("time with fraction", Values { moment: Some(at("2024-01-02T03:04:05.678900Z")), ..none() }),
        ("time without fraction", Values { moment: Some(at("2024-01-02T03:04:05Z")), ..none() }),
        ("time, milliseconds", Values { moment: Some(at("2024-01-02T03:04:05.120Z")), ..none() }),
        ("time in Python's form", Values { stamp: Some(at("2024-01-02T03:04:05.000001Z")), ..none() }),
        ("… without fraction", Values { stamp: Some(at("2024-01-02T03:04:05Z")), ..none() }),
        ("bytes", Values { raw: Some(Bytes("raw é\0".into())), ..none() }),
        ("set of strings", Values { names: ["b", "a", "é"].map(String::from).into(), ..none() }),
        ("set of integers", Values { numbers: [3, -1, i64::MAX].into(), ..none() }),
        ("list of integers", Values { scores: Some(vec![3, 1, 2, 1]), ..none() }),
        ("list, empty", Values { scores: Some(vec![]), ..none() }),
        ("list of floats", Values { ratios: Some(vec![0.5, 2.0, -1e-7]), ..none() }),
        ("map", Values { counts: Some(map(["a b", "é.#"])), ..none() }),
        ("nested model", Values { address: Some(address(None)), ..none() }),
        ("nested model with a time", Values { address: Some(address(Some("2024-01-02T03:04:05.5Z"))), ..none() }),
        ("list of models", Values { addresses: Some(vec![address(None), Address { number: None, ..address(None) }]), ..none() }),
        ("list of models with times", Values { addresses: Some(vec![address(Some("2024-01-02T03:04:05Z"))]), ..none() }),
        ("JSON", Values { anything: Some(json!({ "a": [true, null, "x", {}], "b": { "c": -7, "d": "é" } })), ..none() }),
        ("JSON with floats", Values { anything: Some(json!({ "a": 1.5, "b": [-0.25] })), ..none() }),
    ];
    let all = everything(&kinds);
    kinds.into_iter().chain([("all of them", all), (HASH, Values { text: Some("natural".into()), ..none() })]).collect()
}

/// The kind whose resources have ids with the separator of keys in them.
const HASH: &str = "an id with #";

/// One resource with a value in every field: the last of each kind.
fn everything(kinds: &[(&'static str, Values)]) -> Values {
    kinds.iter().fold(Values::default(), |all, (_, one)| {
        let one = one.clone();
        Values {
            text: one.text.or(all.text),
            flag: one.flag.or(all.flag),
            whole: one.whole.or(all.whole),
            wide: one.wide.or(all.wide),
            ratio: one.ratio.or(all.ratio),
            price: one.price.or(all.price),
            day: one.day.or(all.day),
            moment: one.moment.or(all.moment),
            stamp: one.stamp.or(all.stamp),
            raw: one.raw.or(all.raw),
            names: if one.names.is_empty() { all.names } else { one.names },
            numbers: if one.numbers.is_empty() { all.numbers } else { one.numbers },
            scores: one.scores.or(all.scores),
            ratios: one.ratios.or(all.ratios),
            counts: one.counts.or(all.counts),
            address: one.address.or(all.address),
            addresses: one.addresses.or(all.addresses),
            anything: one.anything.or(all.anything),
        }
    })
}

fn id(session: &mut Session, kind: &str) -> String {
    session.name(if kind == HASH { "ann#1@example.com#é" } else { "value" })
}

/// Python writes and Rust reads equal; then Rust updates and Python reads equal; then Python updates and Rust reads equal.
pub(crate) async fn from_python<T: Storage>(session: &mut Session, kind: &str, values: Values) -> Outcome {
    let id = id(session, kind);
    let stated = session.ask(json!({ "do": "create", "type": T::NAME, "id": id, "value": values.state() }))?;
    session.equal("what Python created", &stated["value"], &values.state())?;

    let table = session.table.clone();
    let found = table.read(Id::<T>::from(id.as_str())).consistent().await?;
    session.equal("what Rust reads", &found.values(), &values)?;
    session.same("what Python created", &stated, &found, T::version(&found), &values.state())?;

    let updated = table.update(found, |value| *value.text() = Some("from Rust".into())).await?;
    let expected = Values { text: Some("from Rust".into()), ..values.clone() };
    session.equal("what Rust wrote", &updated.values(), &expected)?;
    let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": id, "keep": "copy" }))?;
    session.same("what Python reads of an update", &stated, &updated, T::version(&updated), &expected.state())?;

    let stated = session.ask(json!({ "do": "update", "kept": "copy", "value": { "text": "from Python" } }))?;
    let expected = Values { text: Some("from Python".into()), ..values.clone() };
    let found = table.read(Id::<T>::from(id.as_str())).consistent().await?;
    session.equal("what Rust reads of an update", &found.values(), &expected)?;
    session.same("what Python updated", &stated, &found, T::version(&found), &expected.state())
}

/// Rust writes and Python reads equal.
pub(crate) async fn from_rust<T: Storage>(session: &mut Session, kind: &str, values: Values) -> Outcome {
    let id = id(session, kind);
    let created = session.table.create(T::of(values.clone())).id(id.as_str()).await?;
    let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": id }))?;
    session.same("what Python reads", &stated, &created, T::version(&created), &values.state())
}

/// Ids that each side generates: the other side finds them, and they hold the time of creation.
pub(crate) async fn generated_ids(session: &mut Session) -> Outcome {
    let stated = session.ask(json!({ "do": "create", "type": "Plain", "value": { "text": "x" } }))?;
    let id = Id::<crate::kinds::Plain>::from(stated["id"].as_str().unwrap_or_default());
    let found = session.table.read(&id).consistent().await?;
    let created = session.table.create(crate::kinds::Plain::of(Values::default())).await?;
    let stated = session.ask(json!({ "do": "read", "type": "Plain", "id": created.id() }))?;
    session.same("what Python reads", &stated, &created, None, &Values::default().state())?;
    for resource in [found, created] {
        let ulid: ulid::Ulid = resource.id().as_str().parse().map_err(|_| crate::check::Failure::new("an id is no ULID".to_owned()))?;
        let millis = u64::try_from(resource.created_at().timestamp_millis()).unwrap_or_default();
        session.equal("the time in an id", &ulid.timestamp_ms(), &millis)?;
    }
    Ok(())
}
