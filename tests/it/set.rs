//! `#[table(set)]`: DynamoDB's sets.

use std::collections::{BTreeSet, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use simpletable::{Result, SingleTable};

use crate::engine;
use crate::stored::{self, Row};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<name>")]
struct Tagged {
    name: String,
    #[table(set)]
    tags: BTreeSet<String>,
    #[table(set)]
    numbers: HashSet<i64>,
    /// Not a DynamoDB set: a list.
    list: BTreeSet<String>,
    count: u32,
}

fn tagged() -> Tagged {
    Tagged {
        name: "one".into(),
        tags: BTreeSet::from(["b".into(), "a".into()]),
        numbers: HashSet::from([3, -1]),
        list: BTreeSet::from(["x".into()]),
        count: 0,
    }
}

const KEY: (&str, &str) = ("Tagged#one", "Tagged#one");

fn members(row: &Row, name: &str) -> BTreeSet<String> {
    match &row[name] {
        AttributeValue::Ss(members) | AttributeValue::Ns(members) => members.iter().cloned().collect(),
        _ => panic!("`{name}` is no set"),
    }
}

fn strings(members: &[&str]) -> AttributeValue {
    AttributeValue::Ss(members.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn sets_are_stored_as_sets() -> Result<()> {
    let table = engine::table::<Tagged>().await;
    let created = table.create(tagged()).await?;
    let row = stored::one(&table, KEY.0, KEY.1).await.expect("the row");
    assert!(row["tags"].is_ss() && row["numbers"].is_ns() && row["list"].is_l());
    assert_eq!(members(&row, "tags"), ["a", "b"].map(String::from).into());
    assert_eq!(members(&row, "numbers"), ["-1", "3"].map(String::from).into());
    assert_eq!(table.read(&created).consistent().await?, created);
    Ok(())
}

#[tokio::test]
async fn an_empty_set_is_absent() -> Result<()> {
    let table = engine::table::<Tagged>().await;
    let empty = Tagged { tags: BTreeSet::new(), numbers: HashSet::new(), ..tagged() };
    let created = table.create(empty.clone()).await?;
    let row = stored::one(&table, KEY.0, KEY.1).await.expect("the row");
    assert!(!row.contains_key("tags") && !row.contains_key("numbers"));
    assert_eq!(*table.read(&created).consistent().await?, empty);
    // From empty to full, and back.
    let full = table.update(created, |tagged| tagged.tags.extend(["a".into()])).await?;
    let emptied = table.update(full, |tagged| tagged.tags.clear()).await?;
    assert!(!stored::one(&table, KEY.0, KEY.1).await.expect("the row").contains_key("tags"));
    table.update(emptied, |tagged| tagged.count = 1).await?;
    Ok(())
}

/// Python's set operations leave `updated_at` alone, so the sets are part of what an update compares.
#[tokio::test]
async fn a_set_that_somebody_else_changed_is_a_conflict() -> Result<()> {
    let numbers = |numbers: &[&str]| AttributeValue::Ns(numbers.iter().map(ToString::to_string).collect());
    for (expression, value) in [
        ("ADD tags :v", strings(&["c"])),
        ("DELETE tags :v", strings(&["a"])),
        ("DELETE tags :v", strings(&["a", "b"])),
        ("ADD numbers :v", numbers(&["7"])),
        ("DELETE numbers :v", numbers(&["3", "-1"])),
    ] {
        let table = engine::table::<Tagged>().await;
        let held = table.create(tagged()).await?;
        stored::change(&table, KEY, expression, value).await;
        let theirs = table.read(&held).consistent().await?;
        assert_eq!(theirs.updated_at(), held.updated_at(), "the stamp alone does not tell");
        assert_ne!(theirs.revision(), held.revision());

        let error = table.update(held.clone(), |tagged| tagged.count = 1).await.expect_err("the set has changed");
        assert!(error.is_conflict());
        assert_eq!(error.current::<Tagged>(), Some(theirs.clone()));
        let error = table.update_at(&held, held.revision(), |tagged| tagged.count = 1).await.expect_err("the set has changed");
        assert!(error.is_conflict());
        assert!(table.delete(&held).if_unchanged(&held).await.expect_err("the set has changed").is_conflict());
        assert!(table.rekey(held, |tagged| tagged.name = "two".into()).await.expect_err("the set has changed").is_conflict());

        let ours = table.update(theirs.clone(), |tagged| tagged.count = 1).await?;
        assert_eq!((&ours.tags, &ours.numbers), (&theirs.tags, &theirs.numbers));
    }
    Ok(())
}

#[tokio::test]
async fn a_set_that_was_empty_is_compared_too() -> Result<()> {
    let table = engine::table::<Tagged>().await;
    let held = table.create(Tagged { tags: BTreeSet::new(), ..tagged() }).await?;
    stored::change(&table, KEY, "ADD tags :v", strings(&["c"])).await;
    assert!(table.update(held, |tagged| tagged.count = 1).await.expect_err("the set has changed").is_conflict());
    Ok(())
}

/// Order is no change.
#[tokio::test]
async fn the_same_members_are_the_same_set() -> Result<()> {
    let table = engine::table::<Tagged>().await;
    let many: BTreeSet<String> = (0..50).map(|number| format!("t{number}")).collect();
    let held = table.create(Tagged { tags: many.clone(), ..tagged() }).await?;
    let reversed: Vec<&str> = many.iter().rev().map(String::as_str).collect();
    stored::change(&table, KEY, "SET tags = :v", strings(&reversed)).await;
    let read = table.read(&held).consistent().await?;
    assert_eq!(read.revision(), held.revision());
    table.update(held, |tagged| tagged.count = 1).await?;
    Ok(())
}
