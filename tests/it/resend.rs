//! What is sent again: by the SDK the same bytes, of a batch only what was left over.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simpletable::{Id, Result, SingleTable, Table};

use crate::canned::{Answer, Canned, Sent, TABLE};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>")]
struct Note {
    owner: String,
    text: String,
    price: f64,
    #[table(set)]
    tags: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Plan {
    title: String,
}

#[derive(SingleTable)]
enum App {
    Note(Note),
    Plan(Plan),
}

fn note(number: u32) -> Note {
    let text = format!("{number} \"quoted\" \\ \n\u{1f} über 𝄞");
    Note { owner: "ann".into(), text, price: 0.1 * f64::from(number), tags: ["b", "a", "ü\n"].map(Into::into).into() }
}

fn plan() -> Plan {
    Plan { title: "a \"plan\"".into() }
}

fn twice() -> [Answer; 3] {
    [Answer::server_error(), Answer::Lost, Answer::ok("{}")]
}

/// Checks that these are attempts of one request: the same bytes, signed anew, of the same invocation.
fn assert_same(sent: &[Sent], operation: &str) {
    assert_eq!(sent.len(), 3, "{sent:?}");
    for (number, attempt) in sent.iter().enumerate() {
        assert_eq!(attempt.headers["x-amz-target"], format!("DynamoDB_20120810.{operation}"));
        assert_eq!(attempt.headers["amz-sdk-invocation-id"], sent[0].headers["amz-sdk-invocation-id"]);
        assert!(attempt.headers["amz-sdk-request"].contains(&format!("attempt={}", number + 1)));
        assert_eq!(attempt.body, sent[0].body, "{operation}");
        assert_eq!(attempt.headers["content-length"], attempt.body.len().to_string());
        assert!(attempt.is_signed());
    }
}

/// Each kind of write meets an error of the server and a connection that breaks, and then an answer.
#[tokio::test]
async fn the_sdk_sends_the_same_bytes_again() -> Result<()> {
    let canned = Canned::default();
    let table: Table<App> = canned.table();
    let held = table.create(note(1)).await?;
    let held_plan = table.create(plan()).await?;
    canned.sent();

    canned.answer(twice());
    table.create(note(2)).await?;
    assert_same(&canned.sent(), "PutItem");
    canned.answer(twice());
    table.put(note(3)).id("x").await?;
    assert_same(&canned.sent(), "PutItem");
    canned.answer(twice());
    let updated = table.update(held, |note| note.text.push('é')).await?;
    assert_same(&canned.sent(), "PutItem");
    let patched = json!({ "Attributes": item() }).to_string();
    canned.answer([Answer::server_error(), Answer::Lost, Answer::ok(patched)]);
    table.patch(&updated).set(|note| note.text, "other").await?;
    assert_same(&canned.sent(), "UpdateItem");

    canned.answer(twice());
    table.update(held_plan, |plan| plan.title.push('!')).await?;
    let sent = canned.sent();
    assert_same(&sent, "TransactWriteItems");
    assert!(sent[0].json()["ClientRequestToken"].as_str().is_some_and(|token| !token.is_empty()), "one token for all attempts");
    canned.answer(twice());
    table.transact((table.create(note(4)), table.create(plan()))).await?;
    let other = canned.sent();
    assert_same(&other, "TransactWriteItems");
    assert_ne!(sent[0].json()["ClientRequestToken"], other[0].json()["ClientRequestToken"], "another token for another transaction");

    canned.answer(twice());
    table.put_many((5..10).map(note)).await?.into_complete()?;
    assert_same(&canned.sent(), "BatchWriteItem");
    Ok(())
}

fn requests(sent: &Sent) -> Vec<Value> {
    sent.json()["RequestItems"][TABLE].as_array().expect("requests").clone()
}

/// Only what DynamoDB leaves over is sent again, as it was.
#[tokio::test]
async fn of_a_batch_what_was_left_over_is_sent_again() -> Result<()> {
    let canned = Canned::default();
    let table: Table<App> = canned.table();
    canned.answer([Answer::Left(&[2, 5, 7]), Answer::server_error(), Answer::Left(&[0, 2]), Answer::Left(&[1]), Answer::ok("{}")]);
    table.put_many((0..8).map(note)).await?.into_complete()?;
    let sent = canned.sent();
    let all = requests(&sent[0]);
    assert_eq!((sent.len(), all.len()), (5, 8));
    // The second of them met an error, and is there twice.
    let expected = [vec![2, 5, 7], vec![2, 5, 7], vec![2, 7], vec![7]];
    assert_eq!(sent[1].body, sent[2].body);
    for (sent, expected) in sent[1..].iter().zip(expected) {
        let expected: Vec<_> = expected.iter().map(|index: &usize| all[*index].clone()).collect();
        assert!(same_rows(&requests(sent), &expected), "{sent:?}");
    }
    Ok(())
}

fn same_rows(a: &[Value], b: &[Value]) -> bool {
    a.len() == b.len() && a.iter().all(|row| b.contains(row))
}

fn item() -> Value {
    json!({
        "pk": { "S": "Note#x" }, "sk": { "S": "Note#x" }, "gsitype": { "S": "Note" }, "created_at": { "S": "2024-01-02T03:04:05+00:00" },
        "updated_at": { "S": "2024-01-02T03:04:05+00:00" }, "owner": { "S": "ann" }, "text": { "S": "" }, "price": { "N": "1" },
    })
}

#[tokio::test]
async fn a_read_is_sent_again_after_an_answer_that_never_came() -> Result<()> {
    let canned = Canned::new([Answer::Lost, Answer::server_error(), Answer::ok(json!({ "Item": item() }).to_string())]);
    let table: Table<App> = canned.table();
    assert_eq!(table.read(Id::<Note>::from("x")).await?.owner, "ann");
    assert_same(&canned.sent(), "GetItem");
    Ok(())
}
