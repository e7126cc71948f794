//! What a struct does not know of its row is kept, or refused by `deny_unknown`; NULL reads as absent.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simpletable::{DecodeProblem, Error, Id, Result, SingleTable, Table};

use crate::engine;
use crate::kinds::{App, Document, Invoice, Letter, Page, Sample, Task, for_every_kind};
use crate::stored::{self, s};

/// An attribute that somebody else added, on each row.
async fn attributes_survive_updates<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    let nested = AttributeValue::M([("deep".to_owned(), AttributeValue::L(vec![s("kept"), AttributeValue::Null(true)]))].into());
    let key = stored::key(&stored::all(&table).await[0]);
    stored::change(&table, (&key.0, &key.1), "SET extra = :v", nested.clone()).await;
    let read = table.read(&created).consistent().await?;
    let updated = table.update(read, |value| *value.count_mut() += 1).await?;
    table.update(updated, |value| *value.count_mut() += 1).await?;
    table.modify(&created, |value| *value.count_mut() += 1).await?;
    let row = stored::one(&table, &key.0, &key.1).await.expect("the row");
    assert_eq!(row["extra"], nested);
    Ok(())
}

for_every_kind!(attributes_survive_updates);

#[tokio::test]
async fn a_moved_resource_keeps_them() -> Result<()> {
    let table = engine::table::<App>().await;
    let invoice = table.create(Invoice::new(7)).await?;
    stored::change(&table, ("ORG#acme", "INVOICE#00000007"), "SET extra = :v", s("kept")).await;
    let invoice = table.read(&invoice).consistent().await?;
    table.rekey(invoice, |invoice| invoice.number = 8).await?;
    assert_eq!(stored::all(&table).await[0]["extra"], s("kept"));
    Ok(())
}

/// Puts a key into the JSON in `data`.
async fn add_inside<S: simpletable::Schema>(table: &Table<S>, pk: &str, sk: &str, name: &str, value: Value) {
    let row = stored::one(table, pk, sk).await.expect("the row");
    let mut json = stored::data(&row);
    json[name] = value;
    stored::put(table, stored::with_data(row, &json)).await;
}

#[tokio::test]
async fn keys_inside_data_survive_updates() -> Result<()> {
    let table = engine::table::<App>().await;
    let extra = json!({ "list": [1, 2.5, "x", null], "big": 12_345_678_901_234_567_890_u64 });
    let letter = table.create(Letter { title: "dear".into(), count: 0 }).id("one").await?;
    add_inside(&table, "Letter#one", "Letter#one", "extra", extra.clone()).await;
    let letter = table.read(&letter).consistent().await?;
    table.update(letter, |letter| letter.count = 1).await?;
    let json = stored::data(&stored::one(&table, "Letter#one", "Letter#one").await.expect("the row"));
    assert_eq!((&json["extra"], &json["count"]), (&extra, &json!(1)));

    let document = table.create(Document::new("plan")).id("one").await?;
    add_inside(&table, "Document#one", "v0", "extra", extra.clone()).await;
    table.modify(&document, |document| document.count = 1).await?;
    for sk in ["v0", "v2"] {
        let json = stored::data(&stored::one(&table, "Document#one", sk).await.expect("the row"));
        assert_eq!((&json["extra"], &json["version"]), (&extra, &json!(2)));
    }
    Ok(())
}

/// What is kept does not show up as a version's own, nor put history into an index.
#[tokio::test]
async fn heads_keep_for_themselves_what_is_not_of_a_version() -> Result<()> {
    let table = engine::table::<App>().await;
    let document = table.create(Document::new("plan")).id("one").await?;
    let page = table.create(Page::new("home")).id("one").await?;
    for pk in ["Document#one", "Page#one"] {
        for (expression, value) in [("SET gsi2pk = :v", s("other")), ("SET metadata = :v", AttributeValue::M([].into()))] {
            stored::change(&table, (pk, "v0"), expression, value).await;
        }
    }
    table.modify(&document, |document| document.count = 1).await?;
    table.modify(&page, |page| page.count = 1).await?;
    for pk in ["Document#one", "Page#one"] {
        let (head, history) =
            (stored::one(&table, pk, "v0").await.expect("the head"), stored::one(&table, pk, "v2").await.expect("the version"));
        assert!(head.contains_key("gsi2pk") && head.contains_key("metadata"));
        assert!(!history.contains_key("gsi2pk") && !history.contains_key("metadata"));
    }
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(deny_unknown)]
struct Strict {
    title: String,
    note: Option<String>,
    count: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(deny_unknown, versioned)]
struct StrictHistory {
    title: String,
}

#[derive(SingleTable)]
enum Stricts {
    Strict(Strict),
    StrictHistory(StrictHistory),
}

#[tokio::test]
async fn deny_unknown_refuses() -> Result<()> {
    let table = engine::table::<Stricts>().await;
    let refused = |error: &Error, at: &str| {
        assert!(matches!(error, Error::Decode { path, problem: DecodeProblem::Unknown, .. } if path == at), "{error}");
        assert!(!error.is_retryable());
    };
    let strict = table.create(Strict { title: "x".into(), note: None, count: 0 }).id("one").await?;
    assert_eq!(table.read(&strict).consistent().await?, strict);
    // What Python's rows have is known.
    stored::change(&table, ("Strict#one", "Strict#one"), "SET gsi2pk = :v", s("x")).await;
    assert_eq!(table.read(&strict).consistent().await?, strict);
    stored::change(&table, ("Strict#one", "Strict#one"), "SET extra = :v", s("x")).await;
    refused(&table.read(&strict).await.expect_err("unknown"), "extra");
    refused(&table.modify(&strict, |strict| strict.count = 1).await.expect_err("unknown"), "extra");

    let history = table.create(StrictHistory { title: "x".into() }).id("one").await?;
    add_inside(&table, "StrictHistory#one", "v0", "extra", json!(1)).await;
    refused(&table.get(&history).await.expect_err("unknown"), "extra");
    table.delete(&history).await
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Loose {
    title: Option<String>,
    #[serde(default)]
    count: u32,
    anything: Value,
}

#[tokio::test]
async fn null_reads_as_absent() -> Result<()> {
    let table = engine::table::<Loose>().await;
    let loose = table.create(Loose { title: Some("x".into()), count: 7, anything: json!({ "a": null }) }).id("one").await?;
    assert_eq!(table.read(&loose).consistent().await?, loose, "inside a value it is a value");
    let key = ("Loose#one", "Loose#one");
    let null = AttributeValue::Null(true);
    stored::change(&table, key, "SET title = :v", null.clone()).await;
    stored::change(&table, key, "SET anything = :v", null).await;
    let read = table.read(&loose).consistent().await?;
    assert_eq!(*read, Loose { title: None, count: 7, anything: Value::Null });
    table.update(read, |loose| loose.anything = json!(1)).await?;
    let row = stored::one(&table, key.0, key.1).await.expect("the row");
    assert!(!row.contains_key("title"), "`None` is stored as absent");
    Ok(())
}

#[tokio::test]
async fn null_reads_as_absent_where_there_is_a_default() -> Result<()> {
    let table = engine::table::<Loose>().await;
    let loose = table.create(Loose { title: None, count: 7, anything: json!(1) }).id("one").await?;
    let mut row = stored::one(&table, "Loose#one", "Loose#one").await.expect("the row");
    row.insert("count".into(), AttributeValue::Null(true));
    stored::put(&table, row).await;
    assert_eq!(table.read(&loose).consistent().await?.count, 0);
    Ok(())
}

#[tokio::test]
async fn an_index_key_follows_its_null_field_at_the_next_write() -> Result<()> {
    let table = engine::table::<App>().await;
    let page = table.create(Page::new("home")).id("one").await?;
    stored::change(&table, ("Page#one", "v0"), "SET topic = :v", AttributeValue::Null(true)).await;
    assert_eq!(table.read(&page).consistent().await?.topic, None);
    table.modify(&page, |page| page.count = 1).await?;
    assert!(stored::in_index(&table, "gsi3").await.is_empty());
    let task = table.create(Task::new("ann")).id("one").await?;
    stored::change(&table, ("Task#one", "Task#one"), "SET project = :v", AttributeValue::Null(true)).await;
    assert_eq!(table.read(Id::<Task>::from("one")).consistent().await?.project, None);
    table.modify(&task, |task| task.count = 1).await?;
    assert!(!stored::one(&table, "Task#one", "Task#one").await.expect("the row").contains_key("gsi1pk"));
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(compress)]
struct Packed {
    note: Option<String>,
    anything: Value,
}

#[tokio::test]
async fn null_inside_data_reads_as_absent() -> Result<()> {
    let table = engine::table::<Packed>().await;
    let packed = table.create(Packed { note: Some("x".into()), anything: json!({ "a": [null] }) }).id("one").await?;
    assert_eq!(table.read(&packed).consistent().await?, packed);
    for name in ["note", "anything"] {
        add_inside(&table, "Packed#one", "Packed#one", name, Value::Null).await;
    }
    let read = table.read(&packed).consistent().await?;
    assert_eq!(*read, Packed { note: None, anything: Value::Null });
    table.update(read, |packed| packed.anything = json!(1)).await?;
    // As Python has it, `None` inside `data` is `null`.
    assert_eq!(stored::data(&stored::all(&table).await[0])["note"], Value::Null);
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(name = "Book", prefix = "Book", versioned, compress = false)]
#[gsi(name = "shelf", pk = "shelf#<shelf>")]
struct OldBook {
    title: String,
    shelf: String,
}

/// The same rows to a later release: no index any more, and a field renamed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, compress = false)]
struct Book {
    #[serde(alias = "title")]
    name: String,
    shelf: String,
}

/// Has the index that books were in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "shelf", pk = "shelf#<shelf>")]
struct Toy {
    shelf: String,
}

#[derive(Debug, SingleTable)]
enum Shop {
    Book(Book),
    Toy(Toy),
}

#[tokio::test]
async fn a_declaration_that_moved_on_leaves_no_stale_keys_and_reads_both_names() -> Result<()> {
    let table = engine::table::<Shop>().await;
    let old: Table<OldBook> = Table::new(table.client().clone(), table.name());
    let book = old.create(OldBook { title: "old".into(), shelf: "a".into() }).id("one").await?;
    let read = table.read(Id::<Book>::from("one")).consistent().await?;
    let read = table.update(read, |book| book.name = "new".into()).await?;
    assert!(stored::all(&table).await.iter().filter(|row| row["sk"] != s("v1")).all(|row| !row.contains_key("shelfpk")));
    // The old program writes its name again, and keeps the one that it does not know.
    let again = old.read(book.id()).consistent().await;
    assert!(again.is_err(), "the old program misses its own name");
    let both = table.client().update_item().table_name(table.name()).key("pk", s("Book#one")).key("sk", s("v0"));
    both.update_expression("SET title = :old").expression_attribute_values(":old", s("old")).send().await.expect("written");
    assert_eq!(table.read(read.id()).consistent().await?.name, "new");
    Ok(())
}
