//! Indexes and listings: what one side writes, the other finds, in the same order.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};
use simpletable::{Finder, Id, Identified, Member, Resource, RowOf, SettableClock, Table};

use crate::check::{Failure, Outcome, Session};
use crate::kinds::{App, Document, Event, Notice, Standard, Task, Ticket, Titled};
use crate::python::Python;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn ids<T: Member<App> + Identified>(resources: &[Resource<T>]) -> Vec<String> {
    resources.iter().map(|resource| resource.id().to_string()).collect()
}

/// Compares both sides' answers to one query with what it must be.
async fn found_by<T, F>(session: &mut Session, what: &str, finder: impl Fn() -> F, python: Value, expected: &[String]) -> Outcome
where
    T: Member<App> + RowOf<App> + Identified,
    F: Finder<Item = T>,
{
    let table = session.table.clone();
    let ascending = table.query(finder()).all().await?;
    session.equal(&format!("{what}: what Rust finds"), &ids(&ascending), &expected.to_vec())?;
    let descending = table.query(finder()).descending().all().await?;
    let backwards: Vec<String> = expected.iter().rev().cloned().collect();
    session.equal(&format!("{what}: what Rust finds backwards"), &ids(&descending), &backwards)?;
    for (ascending, expected) in [(true, expected.to_vec()), (false, backwards)] {
        for limit in [None, Some(2)] {
            let mut request = python.clone();
            request["do"] = json!("query");
            request["ascending"] = json!(ascending);
            request["limit"] = json!(limit);
            let found = session.ask(request)?;
            session.equal(&format!("{what}: what Python finds"), &found, &json!(expected))?;
        }
    }
    Ok(())
}

/// An index that ranges on the table's key, where generated ids sort by creation; and resources that leave it.
pub(crate) async fn by_creation(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let project = session.name("project");
    let mut expected = Vec::new();
    for turn in 0..6 {
        // Ids of one millisecond have no order between processes.
        tokio::time::sleep(Duration::from_millis(2)).await;
        expected.push(if turn % 2 == 0 {
            let value = json!({ "owner": "ann", "priority": turn, "project": project });
            text(&session.ask(json!({ "do": "create", "type": "Task", "value": value }))?["id"])
        } else {
            table.create(Task::new("ann", turn, Some(&project))).await?.id().to_string()
        });
    }
    table.create(Task::new("ann", 9, None)).await?;
    session.ask(json!({ "do": "create", "type": "Task", "value": { "owner": "ann", "priority": 9 } }))?;
    let query = json!({ "type": "Task", "index": "gsi1", "attribute": "gsi1pk", "value": format!("project#{project}") });
    found_by(session, "all", || Task::by_project(&*project), query.clone(), &expected).await?;

    // Each takes what the other wrote out of the index.
    table.modify(Id::<Task>::from(expected.remove(0).as_str()), |task| task.project = None).await?;
    session.ask(json!({ "do": "read", "type": "Task", "id": expected[0], "keep": "copy" }))?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": {}, "clear": ["project"] }))?;
    expected.remove(0);
    found_by(session, "after two have left", || Task::by_project(&*project), query, &expected).await
}

/// An index with a sort key of its own.
pub(crate) async fn by_sort_key(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let owner = session.name("owner");
    let mut made = Vec::new();
    for (turn, priority) in [7, 3, 12, 5, 1].into_iter().enumerate() {
        let id = session.name("task");
        if turn % 2 == 0 {
            let value = json!({ "owner": owner, "priority": priority });
            session.ask(json!({ "do": "create", "type": "Task", "id": id, "value": value }))?;
        } else {
            table.create(Task::new(&owner, priority, None)).id(id.as_str()).await?;
        }
        made.push((priority, id));
    }
    made.sort();
    let expected: Vec<String> = made.iter().map(|(_, id)| id.clone()).collect();
    let query = json!({ "type": "Task", "index": "gsi3", "attribute": "gsi3pk", "value": format!("owner#{owner}") });
    found_by(session, "all", || Task::by_owner(&*owner), query.clone(), &expected).await?;
    let range = table.query(Task::by_owner(&*owner).range(3..=7)).all().await?;
    session.equal("a range", &ids(&range), &expected[1..4].to_vec())?;

    // An update moves it.
    table.modify(Id::<Task>::from(expected[4].as_str()), |task| task.priority = 0).await?;
    let mut moved = expected;
    moved.rotate_right(1);
    found_by(session, "after an update by Rust", || Task::by_owner(&*owner), query.clone(), &moved).await?;
    session.ask(json!({ "do": "read", "type": "Task", "id": moved[0], "keep": "copy" }))?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": { "priority": 200 } }))?;
    moved.rotate_left(1);
    found_by(session, "after an update by Python", || Task::by_owner(&*owner), query, &moved).await
}

/// An index that the class configures by name.
pub(crate) async fn configured(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let desk = session.name("desk");
    let mut made = Vec::new();
    for (turn, rank) in [30_u8, 10, 20].into_iter().enumerate() {
        let id = session.name("ticket");
        if turn % 2 == 0 {
            session.ask(json!({ "do": "create", "type": "Ticket", "id": id, "value": { "desk": desk, "rank": rank } }))?;
        } else {
            table.create(Ticket { desk: Some(desk.clone()), rank }).id(id.as_str()).await?;
        }
        made.push((rank, id));
    }
    session.ask(json!({ "do": "create", "type": "Ticket", "value": { "rank": 1 } }))?;
    made.sort();
    let expected: Vec<String> = made.into_iter().map(|(_, id)| id).collect();
    let query = json!({ "type": "Ticket", "index": "desk", "attribute": "deskpk", "value": format!("desk#{desk}") });
    found_by(session, "all", || Ticket::by_desk(&*desk), query, &expected).await
}

/// Heads of versioned resources are in the index, and no version of the history is.
pub(crate) async fn versioned<T: Titled>(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let status = session.name("status");
    let mut expected = Vec::new();
    for turn in 0..4 {
        let id = session.name("titled");
        if turn % 2 == 0 {
            let value = json!({ "title": "t", "status": status });
            session.ask(json!({ "do": "create", "type": T::NAME, "id": id, "value": value, "keep": "copy" }))?;
            session.ask(json!({ "do": "update", "kept": "copy", "value": { "title": "u" } }))?;
        } else {
            let created = table.create(T::new("t", Some(&status))).id(id.as_str()).await?;
            table.update(created, |value| *value.title() = "u".into()).await?;
        }
        expected.push(id);
    }
    expected.sort();
    let prefix = if T::NAME == "Document" { "status" } else { "sheet" };
    let query = json!({ "do": "query", "type": T::NAME, "index": "gsi1", "attribute": "gsi1pk", "value": format!("{prefix}#{status}") });
    let found = session.ask(query)?;
    session.equal("what Python finds", &found, &json!(expected))?;
    let found = if T::NAME == "Document" {
        ids(&table.query(Document::by_status(&*status)).all().await?)
    } else {
        ids(&table.query(crate::kinds::Sheet::by_status(&*status)).all().await?)
    };
    session.equal("what Rust finds", &found, &expected)
}

/// The type index: most recently updated first, whoever updated.
pub(crate) async fn listing(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    // A whole second, which both write without a fraction, is before what follows in that second.
    let (theirs, ours) = (session.name("event"), session.name("event"));
    let stated = session.ask(json!({ "do": "create", "type": "Event", "id": theirs, "value": { "name": "n" } }))?;
    let second = text(&stated["updated_at"]).parse::<DateTime<Utc>>().map(|time| time.trunc_subsecs(0));
    let clock = SettableClock::new(second.map_err(|_| Failure::new("Python states no time".to_owned()))?);
    let then = Table::builder::<App>(table.name()).clock(clock).build().await?;
    then.create(Event { name: "n".into() }).id(ours.as_str()).await?;
    let mut expected: Vec<String> = vec![theirs, ours];
    for turn in 0..6 {
        let id = session.name("event");
        if turn % 2 == 0 {
            session.ask(json!({ "do": "create", "type": "Event", "id": id, "value": { "name": "n" } }))?;
        } else {
            table.create(Event { name: "n".into() }).id(id.as_str()).await?;
        }
        expected.insert(0, id);
    }
    let ours = expected.remove(3);
    table.modify(Id::<Event>::from(ours.as_str()), |event| event.name = "m".into()).await?;
    expected.insert(0, ours);
    let theirs = expected.remove(4);
    session.ask(json!({ "do": "read", "type": "Event", "id": theirs, "keep": "copy" }))?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": { "name": "m" } }))?;
    expected.insert(0, theirs);
    session.equal("what Rust lists", &ids(&table.list::<Event>().all().await?), &expected)?;
    for limit in [None, Some(2)] {
        let found = session.ask(json!({ "do": "list", "type": "Event", "limit": limit }))?;
        session.equal("what Python lists", &found, &json!(expected))?;
    }
    Ok(())
}

/// The type index of versioned resources: heads only.
pub(crate) async fn versioned_listing(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let (one, two) = (session.name("notice"), session.name("notice"));
    session.ask(json!({ "do": "create", "type": "Notice", "id": one, "value": { "name": "n" }, "keep": "copy" }))?;
    let created = table.create(Notice { name: "n".into() }).id(two.as_str()).await?;
    table.update(created, |notice| notice.name = "m".into()).await?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": { "name": "m" } }))?;
    let expected = vec![one, two];
    session.equal("what Rust lists", &ids(&table.list::<Notice>().all().await?), &expected)?;
    let found = session.ask(json!({ "do": "list", "type": "Notice" }))?;
    session.equal("what Python lists", &found, &json!(expected))
}

/// A table that Python made is the one that the schema declares, and both work on it.
pub(crate) async fn made_by_python(session: &mut Session) -> Outcome {
    let name = format!("{}-standard", session.table.name());
    let mut python = Python::start(&session.interpreter, &session.endpoint, &name)?;
    python.ask(&json!({ "do": "make_table" }))?;
    let table = Table::connect::<Standard>(&name).await?;
    let found = table.verify().await?;
    session.equal("how it differs", &format!("{:?}", found.differences()), &"[]".to_owned())?;
    let task = table.create(Task::new("ann", 1, Some("p"))).await?;
    let document = table.create(Document::new("t", Some("s"))).await?;
    let found = python.ask(&json!({ "do": "list", "type": "Task" }))?;
    session.equal("what Python lists", &found, &json!([task.id()]))?;
    for (class, index, value, id) in [
        ("Task", "gsi1", "project#p", task.id().as_str()),
        ("Task", "gsi2", "priority#001", task.id().as_str()),
        ("Task", "gsi3", "owner#ann", task.id().as_str()),
        ("Document", "gsi1", "status#s", document.id().as_str()),
    ] {
        let query = json!({ "do": "query", "type": class, "index": index, "attribute": format!("{index}pk"), "value": value });
        let found = python.ask(&query)?;
        session.equal(&format!("what Python finds in {index}"), &found, &json!([id]))?;
    }
    Ok(())
}
