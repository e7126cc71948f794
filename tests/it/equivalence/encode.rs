//! What is written is what `serde_dynamo` and the SDK would have written.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use simpletable::{Error, SingleTable, Table};

use super::entities::{Kept, Packed, Plain, Store, Twin, plain};
use super::raw::{self, Rows, Stamp};
use super::{cases, wire};
use crate::canned::{Answer, Canned, Sent};
use crate::stored::Row;

/// A table and a client by hand, and what each of them sent.
struct Sides {
    ours: Canned,
    raw: Canned,
    table: Table<Store>,
    client: Client,
}

impl Sides {
    fn new() -> Self {
        let (ours, raw) = (Canned::default(), Canned::default());
        Self { table: ours.table(), client: raw.client(), ours, raw }
    }

    /// Checks that the request which was sent is the one that the SDK makes of these rows.
    async fn compare(&self, sent: &Sent, rows: impl IntoIterator<Item = Row>) {
        let mut rows = Rows::new(rows);
        self.compare_part(sent, &mut rows).await;
        assert!(rows.is_empty(), "rows that were not sent");
    }

    /// The same where other requests send the other rows.
    async fn compare_part(&self, sent: &Sent, rows: &mut Rows) {
        raw::send(&self.client, sent, rows).await;
        let theirs = self.raw.one();
        assert_eq!(wire::difference(&wire::meaning(&sent.json()), &wire::meaning(&theirs.json())), None);
        assert_eq!((&sent.method, &sent.uri), (&theirs.method, &theirs.uri));
        // The signature, and what is of the moment or tells of the client's own features.
        let other = ["authorization", "x-amz-date", "amz-sdk-invocation-id", "content-length", "user-agent", "x-amz-user-agent"];
        for (name, value) in &theirs.headers {
            let ours = sent.headers.get(name).unwrap_or_else(|| panic!("no header `{name}`"));
            assert!(other.contains(&name.as_str()) || ours == value, "{name}: {ours} {value}");
        }
        assert_eq!(sent.headers.keys().collect::<Vec<_>>(), theirs.headers.keys().collect::<Vec<_>>());
        assert_eq!(sent.headers["content-length"], sent.body.len().to_string());
        assert!(sent.is_signed() && theirs.is_signed(), "what is signed is what is sent");
    }
}

#[test]
fn a_put_is_what_the_sdk_writes() {
    let sides = Sides::new();
    cases(plain(), async |value| {
        let put = sides.table.put(value.clone()).await?;
        sides.compare(&sides.ours.one(), [raw::head(&value, &Stamp::of(&put, 0))]).await;
        Ok(())
    });
}

#[test]
fn a_creation_is_what_the_sdk_writes() {
    let sides = Sides::new();
    cases((plain(), "(?s).{1,20}"), async |(value, id)| {
        let created = sides.table.create(value.clone()).id(id).await?;
        sides.compare(&sides.ours.one(), [raw::head(&value, &Stamp::of(&created, 0))]).await;
        Ok(())
    });
}

#[test]
fn a_head_and_its_history_are_what_the_sdk_writes() {
    let sides = Sides::new();
    cases(plain().prop_map(Kept::of), async |value| {
        let created = sides.table.create(value.clone()).await?;
        let stamp = Stamp::of(&created, 1);
        sides.compare(&sides.ours.one(), [raw::head(&value, &stamp), raw::past(&value, &stamp)]).await;
        let updated = sides.table.update(created, |_| ()).await?;
        let stamp = Stamp::of(&updated, 2);
        sides.compare(&sides.ours.one(), [raw::head(&value, &stamp), raw::past(&value, &stamp)]).await;
        Ok(())
    });
}

#[test]
fn compressed_rows_are_what_serde_json_writes() {
    let sides = Sides::new();
    cases(plain().prop_map(Packed::of), async |value| {
        let created = sides.table.create(value.clone()).await?;
        let stamp = Stamp::of(&created, 1);
        let sent = sides.ours.one();
        sides.compare(&sent, raw::packed(&value, &stamp, &raw::data(&value, &stamp).to_string())).await;
        // To the last digit, of 128 bits too. Both rows hold the same bytes.
        let json = sent.json();
        let rows: Vec<_> =
            json["TransactItems"].as_array().expect("actions").iter().map(|action| &action["Put"]["Item"]["data"]["B"]).collect();
        assert_eq!(rows[0], rows[1]);
        let inside = wire::inflated(rows[0].as_str().expect("base64"));
        let read: Packed = serde_json::from_slice(&inside).expect("serde_json reads it");
        assert_eq!(read.wide(), value.wide());
        // No name is there twice.
        Sent { body: inside, ..sent }.json();
        Ok(())
    });
}

#[test]
fn a_batch_is_what_the_sdk_writes() {
    let sides = Sides::new();
    cases(vec(plain(), 1..4), async |values| {
        let put = sides.table.put_many(values.clone()).await?.into_complete()?;
        let rows = values.iter().zip(&put).map(|(value, put)| raw::head(value, &Stamp::of(put, 0)));
        sides.compare(&sides.ours.one(), rows).await;
        Ok(())
    });
}

/// More rows than one request takes.
#[test]
fn a_large_batch_is_what_the_sdk_writes() {
    let sides = Sides::new();
    super::run(4, vec(plain(), 60), async |values| {
        let put = sides.table.put_many(values.clone()).await?.into_complete()?;
        let sent = sides.ours.sent();
        assert_eq!(sent.len(), 3);
        let mut rows = Rows::new(values.iter().zip(&put).map(|(value, put)| raw::head(value, &Stamp::of(put, 0))));
        for sent in sent {
            sides.compare_part(&sent, &mut rows).await;
        }
        assert!(rows.is_empty(), "rows that were not sent");
        Ok(())
    });
}

#[test]
fn a_transaction_is_what_the_sdk_writes() {
    let sides = Sides::new();
    let values = (plain(), plain(), plain().prop_map(Kept::of), plain().prop_map(Packed::of));
    cases(values, async |(one, two, kept, packed)| {
        let table = &sides.table;
        let old = table.put(one.clone()).await?;
        sides.ours.one();
        let operations = (
            table.create(one.clone()),
            table.put(two.clone()),
            table.create(kept.clone()),
            table.create(packed.clone()),
            table.delete(&old),
        );
        let (made, put, made_kept, made_packed, ()) = table.transact(operations).await?;
        let (kept_stamp, packed_stamp) = (Stamp::of(&made_kept, 1), Stamp::of(&made_packed, 1));
        let data = raw::data(&packed, &packed_stamp).to_string();
        let rows = [
            raw::head(&one, &Stamp::of(&made, 0)),
            raw::head(&two, &Stamp::of(&put, 0)),
            raw::head(&kept, &kept_stamp),
            raw::past(&kept, &kept_stamp),
        ];
        sides.compare(&sides.ours.one(), rows.into_iter().chain(raw::packed(&packed, &packed_stamp, &data))).await;
        Ok(())
    });
}

/// What a row was read with and its struct does not know is written back by the next update, once, as it was.
#[test]
fn unknown_attributes_are_written_back() {
    let sides = Sides::new();
    cases((plain(), super::decode::unknown(), any::<u64>()), async |(value, unknown, seed)| {
        let stamp =
            Stamp { id: "x".into(), created_at: chrono::DateTime::UNIX_EPOCH, updated_at: chrono::DateTime::UNIX_EPOCH, version: 0 };
        let mut row = raw::head(&value, &stamp);
        row.extend(unknown.clone());
        let answer = wire::text(&json!({ "Item": wire::item(&row) }), &mut fastrand::Rng::with_seed(seed));
        sides.ours.answer([Answer::ok(answer), Answer::ok("{}")]);
        let read = sides.table.read(simpletable::Id::<Plain>::from("x")).await?;
        sides.ours.sent();
        let updated = sides.table.update(read, |_| ()).await?;
        let mut row = raw::head(&value, &Stamp::of(&updated, 0));
        row.extend(unknown);
        sides.compare(&sides.ours.one(), [row]).await;
        Ok(())
    });
}

/// Serde writes a name twice where a flattened map holds that of a field: a request in which it is there twice is none.
#[tokio::test]
async fn a_name_that_serde_writes_twice_is_sent_once() {
    #[derive(Debug, Clone, Serialize, Deserialize, SingleTable)]
    struct Outer {
        inner: Inner,
    }

    #[derive(Debug, Clone, Serialize, Deserialize)]
    struct Inner {
        count: u8,
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }

    let canned = Canned::default();
    let outer = Outer { inner: Inner { count: 1, rest: [("count".into(), 2), ("other".into(), 3)].into() } };
    // Either it is refused, or it is what `serde_dynamo` writes.
    match canned.table::<Outer>().put(outer.clone()).await {
        Ok(_) => {
            let theirs: Row = serde_dynamo::to_item(&outer).expect("serde_dynamo writes it");
            assert_eq!(canned.one().json()["Item"]["inner"], wire::item(&theirs)["inner"]);
        }
        Err(error) => assert!(matches!(error, Error::Encode { .. }) && canned.sent().is_empty(), "{error:?}"),
    }
}
