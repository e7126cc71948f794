//! What is read is what the SDK and `serde_dynamo` would have read.

use std::fmt::Debug;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Get, KeysAndAttributes, TransactGetItem};
use chrono::DateTime;
use fastrand::Rng;
use proptest::collection::{btree_map, hash_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};
use simpletable::{Id, Resource, Table};

use super::entities::{Kept, Packed, Plain, Store, TheirPacked, Twin, plain};
use super::raw::{self, Stamp};
use super::{cases, wire};
use crate::canned::{Answer, Canned, TABLE};
use crate::stored::{Row, n, s};
use crate::values::{bytes, key, text, wide};

/// Attributes that no entity here knows.
pub(crate) fn unknown() -> impl Strategy<Value = Row> {
    let leaf = prop_oneof![
        text().prop_map(s),
        wide().prop_map(n),
        bytes().prop_map(|bytes| AttributeValue::B(bytes.0.into())),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
        vec(text(), 1..3).prop_map(AttributeValue::Ss),
        vec(wide().prop_map(|number| number.to_string()), 1..3).prop_map(AttributeValue::Ns),
        vec(bytes().prop_map(|bytes| bytes.0.into()), 1..3).prop_map(AttributeValue::Bs),
    ];
    let value = leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(AttributeValue::L), hash_map(key(), inner, 0..4).prop_map(AttributeValue::M)]
    });
    btree_map(key().prop_map(|key| format!("other {key}")), value, 0..4).prop_map(|map| map.into_iter().collect())
}

/// A row, and what is in it.
#[derive(Debug, Clone)]
struct Stored<T> {
    value: T,
    stamp: Stamp,
    unknown: Row,
}

fn stored<T: Debug>(values: impl Strategy<Value = T>) -> impl Strategy<Value = Stored<T>> {
    // The years 0 to 9999.
    let time = || {
        let micros = -62_167_219_200_000_000i64..253_402_300_800_000_000;
        prop_oneof![micros.clone(), micros.prop_map(|micros| micros / 1_000_000 * 1_000_000)]
            .prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("a time"))
    };
    (values, "(?s).{1,12}", time(), time(), 1..1_000_000u64, unknown()).prop_map(|(value, id, created_at, updated_at, version, unknown)| {
        Stored { value, stamp: Stamp { id, created_at, updated_at, version }, unknown }
    })
}

impl<T: Twin> Stored<T> {
    /// Of a plain entity. NULL is there for `None`, as `serde_dynamo` writes it, or nothing.
    fn plain(mut self, rng: &mut Rng) -> (Self, Row) {
        self.stamp.version = 0;
        self.row(rng)
    }

    fn row(self, rng: &mut Rng) -> (Self, Row) {
        let mut row = raw::head(&self.value, &self.stamp);
        for name in self.value.nones() {
            if rng.bool() {
                row.insert(name.into(), AttributeValue::Null(true));
            }
        }
        row.extend(self.unknown.clone());
        (self, row)
    }

    /// Checks a resource with the row as the SDK and `serde_dynamo` read it.
    fn compare(&self, ours: &Resource<T>, theirs: &Row) {
        let value: T::Theirs = serde_dynamo::from_item(theirs.clone()).expect("serde_dynamo reads it");
        assert_eq!(T::Theirs::from(ours), value);
        assert_eq!(**ours, self.value);
        assert_eq!(ours.id().as_str(), self.stamp.id);
        assert_eq!((ours.created_at(), ours.updated_at()), (self.stamp.created_at, self.stamp.updated_at));
    }
}

/// A table and a client by hand, which are answered with the same bytes.
struct Sides {
    canned: Canned,
    table: Table<Store>,
    client: Client,
}

impl Sides {
    fn new() -> Self {
        let canned = Canned::default();
        Self { table: canned.table(), client: canned.client(), canned }
    }

    fn answer(&self, answer: &Value, rng: &mut Rng) {
        self.canned.answer([Answer::ok(wire::text(answer, rng))]);
    }
}

fn rows<T: Twin>(stored: Vec<Stored<T>>, rng: &mut Rng) -> (Vec<Stored<T>>, Vec<Row>, Value) {
    let (stored, rows): (Vec<_>, Vec<_>) = stored.into_iter().map(|stored| stored.plain(rng)).unzip();
    let items = rows.iter().map(wire::item).collect();
    (stored, rows, items)
}

fn key_of(row: &Row) -> Row {
    ["pk", "sk"].map(|name| (name.to_owned(), row[name].clone())).into()
}

#[test]
fn a_row_is_what_the_sdk_reads() {
    let sides = Sides::new();
    cases((stored(plain()), any::<u64>()), async |(stored, seed)| {
        let rng = &mut Rng::with_seed(seed);
        let (stored, row) = stored.plain(rng);
        sides.answer(&json!({ "Item": wire::item(&row), "ConsumedCapacity": { "TableName": TABLE, "CapacityUnits": 0.5 } }), rng);
        let ours = sides.table.get(Id::<Plain>::from(stored.stamp.id.as_str())).await?.expect("it is there");
        let theirs = sides.client.get_item().table_name(TABLE).set_key(Some(key_of(&row))).send().await.expect("read").item.expect("there");
        assert_eq!(theirs, row, "the answer says what was meant");
        stored.compare(&ours, &theirs);
        Ok(())
    });
}

#[test]
fn pages_are_what_the_sdk_reads() {
    let sides = Sides::new();
    cases((vec(stored(plain()), 0..4), any::<u64>()), async |(stored, seed)| {
        let rng = &mut Rng::with_seed(seed);
        let (stored, rows, items) = rows(stored, rng);
        let mut answer = json!({ "Items": items, "Count": rows.len(), "ScannedCount": rows.len() + 3 });
        if let (true, Some(last)) = (rng.bool(), rows.last()) {
            let mut last = key_of(last);
            last.extend([("ownerpk".into(), s("owner#ann")), ("ownersk".into(), s("00001"))]);
            answer["LastEvaluatedKey"] = wire::item(&last);
        }
        sides.answer(&answer, rng);
        let theirs = sides.client.query().table_name(TABLE).send().await.expect("read");
        let queried = sides.table.query(Plain::by_owner("ann")).await?;
        let scanned = sides.table.scan::<Plain>().await?;
        let whichever = sides.table.scan::<Store>().await?;
        assert_eq!((queried.len(), scanned.len(), whichever.len(), theirs.items().len()), (rows.len(), rows.len(), rows.len(), rows.len()));
        // Where the page went on, so does its cursor.
        assert_eq!(queried.next_cursor().is_some(), theirs.last_evaluated_key().is_some());
        for (index, stored) in stored.iter().enumerate() {
            stored.compare(&queried[index], &theirs.items()[index]);
            assert_eq!(queried[index], scanned[index]);
            assert_eq!(whichever[index].clone().downcast::<Plain>().ok().as_ref(), Some(&queried[index]));
        }
        Ok(())
    });
}

#[test]
fn batches_and_transactions_are_what_the_sdk_reads() {
    let sides = Sides::new();
    cases((vec(stored(plain()), 1..4), any::<u64>()), async |(mut stored, seed)| {
        let rng = &mut Rng::with_seed(seed);
        stored.iter_mut().enumerate().for_each(|(index, stored)| stored.stamp.id.push_str(&index.to_string()));
        let (stored, rows, items) = rows(stored, rng);
        let ids: Vec<Id<Plain>> = stored.iter().map(|stored| stored.stamp.id.as_str().into()).collect();

        sides.answer(&json!({ "Responses": { TABLE: items }, "UnprocessedKeys": {} }), rng);
        let wanted = KeysAndAttributes::builder().set_keys(Some(rows.iter().map(key_of).collect())).build().expect("complete");
        let theirs = sides.client.batch_get_item().request_items(TABLE, wanted).send().await.expect("read").responses.expect("rows");
        // In no order; one of those that were asked for was not found.
        let ours = sides.table.get_many(ids.iter().cloned().chain([Id::from("none of them")])).await?;
        assert!(ours.last().expect("its place").is_none());
        for ((stored, ours), theirs) in stored.iter().zip(&ours).zip(&theirs[TABLE]) {
            stored.compare(ours.as_ref().expect("found"), theirs);
        }

        let responses: Vec<_> = items.as_array().expect("rows").iter().map(|item| json!({ "Item": item })).chain([json!({})]).collect();
        sides.answer(&json!({ "Responses": responses }), rng);
        let get = |row: &Row| {
            let get = Get::builder().table_name(TABLE).set_key(Some(key_of(row))).build().expect("complete");
            TransactGetItem::builder().get(get).build()
        };
        let theirs = sides.client.transact_get_items().set_transact_items(Some(rows.iter().map(get).collect())).send().await.expect("read");
        let ours = sides.table.get_all(ids.into_iter().chain([Id::from("none of them")]).collect::<Vec<_>>()).await?;
        assert!(ours.last().expect("its place").is_none());
        for ((stored, ours), theirs) in stored.iter().zip(&ours).zip(theirs.responses()) {
            stored.compare(ours.as_ref().expect("found"), theirs.item().expect("found"));
        }
        Ok(())
    });
}

#[test]
fn versions_are_what_the_sdk_reads() {
    let sides = Sides::new();
    let versions = vec(plain().prop_map(Kept::of), 2..4);
    cases((stored(Just(())), versions, any::<u64>()), async |(of, values, seed)| {
        let rng = &mut Rng::with_seed(seed);
        // The newest is the head.
        let latest = values.len() as u64;
        let at = |version| Stored {
            value: values[version as usize - 1].clone(),
            stamp: Stamp { version, ..of.stamp.clone() },
            unknown: of.unknown.clone(),
        };
        let (_, head) = at(latest).row(rng);
        let mut past: Vec<Row> = (1..latest).map(|version| raw::past(&values[version as usize - 1], &at(version).stamp)).collect();
        rng.shuffle(&mut past);
        let batch = json!({ "Responses": { TABLE: past.iter().map(wire::item).collect::<Vec<_>>() }, "UnprocessedKeys": {} });
        let answers = [json!({ "Item": wire::item(&head) }), batch].map(|answer| Answer::ok(wire::text(&answer, rng)));
        sides.canned.answer(answers.clone());
        let ours = sides.table.versions(Id::<Kept>::from(of.stamp.id.as_str())).all().await?;
        sides.canned.answer(answers);
        let head = sides.client.get_item().table_name(TABLE).send().await.expect("read").item.expect("there");
        let past = sides.client.batch_get_item().send().await.expect("read").responses.expect("rows").remove(TABLE).expect("rows");
        assert_eq!(ours.len() as u64, latest);
        for (ours, version) in ours.iter().zip((1..=latest).rev()) {
            let theirs = std::iter::once(&head).chain(&past).find(|row| row["version"] == n(version)).expect("a row of this version");
            at(version).compare(ours, theirs);
            assert_eq!(ours.version(), version);
        }
        Ok(())
    });
}

#[test]
fn compressed_rows_are_what_serde_json_wrote() {
    let sides = Sides::new();
    cases((stored(plain().prop_map(Packed::of)), any::<u64>()), async |(stored, seed)| {
        let rng = &mut Rng::with_seed(seed);
        let mut inside = serde_json::to_value(TheirPacked::from(&stored.value)).expect("JSON");
        let system = raw::data(&stored.value, &stored.stamp);
        for name in ["resource_id", "created_at", "updated_at", "version"] {
            inside[name] = system[name].clone();
        }
        // 128 bits are more than a `Value` holds.
        let wide = serde_json::to_string(stored.value.wide()).expect("JSON");
        let text = wire::text(&inside, rng);
        let text = text.trim_start().replacen('{', &format!("{{\"wide\":{wide},"), 1);
        let [head, _] = raw::packed(&stored.value, &stored.stamp, &text);
        sides.answer(&json!({ "Item": wire::item(&head) }), rng);
        let ours = sides.table.get(Id::<Packed>::from(stored.stamp.id.as_str())).await?.expect("it is there");
        assert_eq!(*ours, stored.value);
        assert_eq!((ours.version(), ours.id().as_str()), (stored.stamp.version, stored.stamp.id.as_str()));
        assert_eq!((ours.created_at(), ours.updated_at()), (stored.stamp.created_at, stored.stamp.updated_at));
        Ok(())
    });
}
