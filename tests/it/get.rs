//! `get` and `read`.

use serde::{Deserialize, Serialize};
use simpletable::fault::Faults;
use simpletable::{DecodeProblem, Error, Id, KeyProblem, Result, SingleTable};

use crate::engine;
use crate::kinds::{Account, App, Document, Invoice, Sample, Task, User, for_every_kind};
use crate::stored::{self, n, s};

async fn what_is_not_there_is_none_or_not_found<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let resource = T::create(&table).await?;
    table.delete(&resource).await?;
    assert_eq!(table.get(&resource).await?, None);
    assert_eq!(table.get(resource.key()).consistent().await?, None);
    let error = table.read(&resource).await.expect_err("it is gone");
    assert!(error.is_not_found() && !error.is_retryable());
    Ok(())
}

for_every_kind!(what_is_not_there_is_none_or_not_found);

#[tokio::test]
async fn an_id_that_no_key_can_hold_is_not_found() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    for id in [String::new(), "x".repeat(4096)] {
        assert_eq!(table.get(Id::<Task>::from(id.clone())).await?, None);
        assert_eq!(table.get(User::key(id.as_str())).await?, None);
        assert!(table.read(Id::<Document>::from(id.clone())).await.expect_err("no such id").is_not_found());
        assert!(table.delete(Id::<Task>::from(id.clone())).await.expect_err("no such id").is_not_found());
        assert!(table.modify(Account::key(id.as_str()), |_| ()).await.expect_err("no such id").is_not_found());
    }
    assert!(faults.requests().is_empty());
    Ok(())
}

/// One part of a key is text before a literal.
#[derive(Debug, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>#TEAM#<team>", sk = "SEAT#<number:03>")]
struct Seat {
    org: String,
    team: String,
    number: u16,
}

#[tokio::test]
async fn a_part_that_cannot_stand_in_its_template_is_an_error() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Seat>().await.with_faults(&faults);
    for (org, team, number, field, problem) in [
        ("a#b", "c", 1, "org", KeyProblem::Delimiter('#')),
        ("a", "b#c", 1, "team", KeyProblem::Delimiter('#')),
        ("a", "b", 1000, "number", KeyProblem::Width(3)),
    ] {
        let refused = table.get(Seat::key(org, team, number)).await.expect_err("no key holds it");
        assert!(
            matches!(refused, Error::KeyValue { entity: "Seat", field: Some(found), problem: what, .. } if found == field && what == problem),
            "{refused}"
        );
        let refused = table.create(Seat { org: org.into(), team: team.into(), number }).await.expect_err("no key holds it");
        assert!(matches!(refused, Error::KeyValue { .. }), "{refused}");
        assert!(table.delete(Seat::key(org, team, number)).into_input().is_err());
        assert!(table.get(Seat::key(org, team, number)).into_input().is_err());
    }
    assert!(faults.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_row_of_another_entity_is_not_read() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).id("one").await?;
    stored::change(&table, ("Task#one", "Task#one"), "SET gsitype = :v", s("User")).await;
    let error = table.get(task.id()).await.expect_err("it says that it is a user");
    assert!(matches!(&error, Error::Decode { entity: "Task", path, problem: DecodeProblem::Entity } if path == "gsitype"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_row_that_somebody_else_spoiled_is_an_error_that_names_the_attribute() -> Result<()> {
    let table = engine::table::<App>().await;
    let key = ("Task#one", "Task#one");
    for (expression, value, path, problem) in [
        ("SET priority = :v", s("high"), "priority", DecodeProblem::Type { found: "S" }),
        ("SET priority = :v", n(256), "priority", DecodeProblem::Value),
        ("SET due = :v", s("tomorrow"), "due", DecodeProblem::Custom),
        ("SET updated_at = :v", s("yesterday"), "updated_at", DecodeProblem::Value),
        ("SET created_at = :v", n(5), "created_at", DecodeProblem::Value),
        ("SET tags = :v", n(5), "tags", DecodeProblem::Type { found: "N" }),
    ] {
        let task = table.create(Task::new("ann")).id("one").await?;
        stored::change(&table, key, expression, value).await;
        let error = table.get(task.id()).await.expect_err("the row is spoiled");
        assert!(
            matches!(&error, Error::Decode { entity: "Task", path: at, problem: what } if at == path && *what == problem),
            "{path}: {error}"
        );
        table.delete(&task).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_request_unsent() -> Result<()> {
    let table = engine::table::<App>().await;
    let input = table.get(Invoice::key("acme", 7_u32)).into_input()?;
    assert_eq!(input.table_name(), Some(table.name()));
    let key = input.key().expect("a key");
    assert_eq!((&key["pk"], &key["sk"], key.len()), (&s("ORG#acme"), &s("INVOICE#00000007"), 2));
    assert_eq!(input.consistent_read(), None);
    assert_eq!(table.get(Invoice::key("acme", 7_u32)).consistent().into_input()?.consistent_read(), Some(true));
    let input = table.read(Id::<Document>::from("one")).consistent().into_input()?;
    assert_eq!((&input.key().expect("a key")["sk"], input.consistent_read()), (&s("v0"), Some(true)));
    assert!(table.read(Id::<Document>::from("")).into_input().is_err());
    Ok(())
}
