//! How resources end: deletion each way, with the history, and the time to live.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use simpletable::{Id, SettableClock, Table};

use crate::check::{Outcome, Release, Session};
use crate::kinds::{App, Lease, Session as Expiring, Task, Titled, time};
use crate::stored;

/// Plain resources, each deleted by the side that did not write it.
pub(crate) async fn plain(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let name = session.name("gone");
    session.ask(json!({ "do": "create", "type": "Task", "id": name, "value": { "owner": "ann", "priority": 1 } }))?;
    table.delete(Id::<Task>::from(name.as_str())).await?;
    let stated = session.ask(json!({ "do": "read", "type": "Task", "id": name }))?;
    session.equal("what Python reads after Rust deleted it", &stated, &Value::Null)?;

    let held = table.create(Task::new("ann", 1, None)).id(name.as_str()).await?;
    session.ask(json!({ "do": "read", "type": "Task", "id": name, "keep": "copy" }))?;
    session.ask(json!({ "do": "delete", "kept": "copy" }))?;
    session.equal("what Rust reads after Python deleted it", &table.get(&held).consistent().await?, &None)?;
    let error = table.update(held, |task| task.priority = 2).await.err();
    session.equal("and Rust's copy is stale", &error.map(|error| error.is_conflict()), &Some(true))
}

/// Versioned ones: with all their versions, whoever wrote them.
pub(crate) async fn versioned<T: Titled>(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let name = session.name("gone");
    let id = Id::<T>::from(name.as_str());
    let pk = format!("{}#{name}", T::NAME);

    session.ask(json!({ "do": "create", "type": T::NAME, "id": name, "value": { "title": "t" }, "keep": "copy" }))?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": { "title": "u" } }))?;
    table.delete(&id).await?;
    for version in 0..=2 {
        let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "version": version }))?;
        session.equal("what Python reads after Rust deleted it", &stated, &Value::Null)?;
    }
    let stale = json!({ "do": "update", "kept": "copy", "value": { "title": "lost" } });
    session.refused("and Python's copy is stale", "ValueError", stale)?;
    session.equal("what is left", &stored::sort_keys(&table, &pk).await, &Vec::new())?;

    let held = table.create(T::new("t", None)).id(name.as_str()).await?;
    let held = table.update(held, |value| *value.title() = "u".into()).await?;
    session.ask(json!({ "do": "delete_all_versions", "type": T::NAME, "id": name }))?;
    session.equal("what Rust reads after Python deleted it", &table.get(&id).consistent().await?, &None)?;
    let error = table.update(held, |value| *value.title() = "lost".into()).await.err();
    session.equal("and Rust's copy is stale", &error.map(|error| error.is_conflict()), &Some(true))?;
    session.equal("what is left", &stored::sort_keys(&table, &pk).await, &Vec::new())
}

/// Python's deletion of a head leaves older versions. They do not block the id.
pub(crate) async fn orphans<T: Titled>(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let name = session.name("gone");
    let id = Id::<T>::from(name.as_str());
    let pk = format!("{}#{name}", T::NAME);
    let created = table.create(T::new("old 1", None)).id(name.as_str()).await?;
    table.update(created, |value| *value.title() = "old 2".into()).await?;
    session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "keep": "copy" }))?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": { "title": "old 3" } }))?;
    session.ask(json!({ "do": "delete", "kept": "copy" }))?;
    session.equal("what Python leaves", &stored::sort_keys(&table, &pk).await, &["v1", "v2"].map(String::from).to_vec())?;
    session.equal("what Rust reads", &table.get(&id).consistent().await?, &None)?;

    let created = table.create(T::new("new 1", None)).id(name.as_str()).await?;
    let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "version": 1 }))?;
    session.same("the new first version", &stated, &created, Some(1), &T::new("new 1", None).state())?;
    let updated = table.update(created, |value| *value.title() = "new 2".into()).await?;
    let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "version": 2 }))?;
    session.same("the new second version", &stated, &updated, Some(2), &T::new("new 2", None).state())?;
    table.delete(&id).await?;
    session.equal("what is left", &stored::sort_keys(&table, &pk).await, &Vec::new())
}

fn expiry() -> DateTime<Utc> {
    "2100-01-01T00:00:00.5Z".parse().expect("a time")
}

/// The seconds in the attribute that DynamoDB deletes by.
async fn ttl(session: &Session, pk: &str, sk: &str) -> Option<String> {
    let row = stored::row(&session.table, pk, sk).await?;
    row.get("ttl").and_then(|value| value.as_n().ok()).cloned()
}

/// A time to live that is a time: both compute one attribute of it, and both leave it out where there is none.
pub(crate) async fn expiring(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let seconds = Some(expiry().timestamp().to_string());
    let (theirs, ours) = (session.name("session"), session.name("session"));
    let stated = session.ask(json!({ "do": "create", "type": "Session", "id": theirs, "value": { "expires": time(expiry()) } }))?;
    let found = table.read(Id::<Expiring>::from(theirs.as_str())).consistent().await?;
    session.same("what Python created", &stated, &found, None, &json!({ "expires": time(expiry()) }))?;
    let created = table.create(Expiring { expires: Some(expiry()) }).id(ours.as_str()).await?;
    let stated = session.ask(json!({ "do": "read", "type": "Session", "id": ours, "keep": "copy" }))?;
    session.same("what Rust created", &stated, &created, None, &json!({ "expires": time(expiry()) }))?;
    for name in [&theirs, &ours] {
        let pk = format!("Session#{name}");
        session.equal("the attribute", &ttl(session, &pk, &pk).await, &seconds)?;
    }

    // Each ends what the other began.
    table.update(found, |session| session.expires = None).await?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": {}, "clear": ["expires"] }))?;
    for name in [&theirs, &ours] {
        let pk = format!("Session#{name}");
        session.equal("the attribute of none", &ttl(session, &pk, &pk).await, &None)?;
        let found = table.read(Id::<Expiring>::from(name.as_str())).consistent().await?;
        let stated = session.ask(json!({ "do": "read", "type": "Session", "id": name }))?;
        session.same("one that stays", &stated, &found, None, &json!({ "expires": null }))?;
    }
    Ok(())
}

/// What Python wrote is gone for Rust when its time is over, and its id is free.
pub(crate) async fn expired(session: &mut Session) -> Outcome {
    let name = session.name("session");
    let id = Id::<Expiring>::from(name.as_str());
    session.ask(json!({ "do": "create", "type": "Session", "id": name, "value": { "expires": time(expiry()) } }))?;
    let clock = SettableClock::new(expiry() + TimeDelta::seconds(1));
    let later = Table::builder::<App>(session.table.name()).clock(clock).build().await?;
    session.equal("what Rust reads", &later.get(&id).consistent().await?, &None)?;
    let there = later.get(&id).include_expired().consistent().await?.is_some();
    session.equal("though it is there", &there, &true)?;
    let again = later.create(Expiring { expires: None }).id(name.as_str()).await?;
    let stated = session.ask(json!({ "do": "read", "type": "Session", "id": name }))?;
    session.same("the one that Rust made", &stated, &again, None, &json!({ "expires": null }))
}

/// A time to live in seconds after creation, on the head and on every version.
pub(crate) async fn leased(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let (theirs, ours) = (session.name("lease"), session.name("lease"));
    session.ask(json!({ "do": "create", "type": "Lease", "id": theirs, "value": { "seconds": 600_000_000 } }))?;
    table.create(Lease { seconds: Some(600_000_000) }).id(ours.as_str()).await?;
    let updated = table.modify(Id::<Lease>::from(theirs.as_str()), |lease| lease.seconds = Some(700_000_000)).await?;
    session.ask(json!({ "do": "read", "type": "Lease", "id": ours, "keep": "copy" }))?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": { "seconds": 700_000_000 } }))?;
    let stated = session.ask(json!({ "do": "read", "type": "Lease", "id": theirs }))?;
    session.same("what Rust updated", &stated, &updated, Some(2), &json!({ "seconds": 700_000_000 }))?;
    for name in [&theirs, &ours] {
        let lease = table.read(Id::<Lease>::from(name.as_str())).consistent().await?;
        let pk = format!("Lease#{name}");
        for (sk, seconds) in [("v0", 700_000_000), ("v1", 600_000_000), ("v2", 700_000_000)] {
            let expected = (lease.created_at() + TimeDelta::seconds(seconds)).timestamp().to_string();
            session.equal("the attribute", &ttl(session, &pk, sk).await, &Some(expected))?;
        }
    }
    Ok(())
}

/// That 10.0.0 has no time to live: it refuses a plain row that has one, and drops it from a compressed one.
pub(crate) async fn no_expiry(session: &mut Session) -> Outcome {
    debug_assert_eq!(session.release, Release::Old);
    let table = session.table.clone();
    let (plain, packed) = (session.name("session"), session.name("lease"));
    table.create(Expiring { expires: Some(expiry()) }).id(plain.as_str()).await?;
    session.refused("a plain row", "ValidationError", json!({ "do": "read", "type": "Session", "id": plain }))?;
    table.create(Lease { seconds: Some(600_000_000) }).id(packed.as_str()).await?;
    session.ask(json!({ "do": "read", "type": "Lease", "id": packed, "keep": "copy" }))?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": { "seconds": 600_000_000 } }))?;
    session.equal("a compressed row, after its update", &ttl(session, &format!("Lease#{packed}"), "v0").await, &None)
}
