//! Both sides update one resource: each refuses the other's stale copy, and keeps what the other keeps in the row.

use serde_json::{Value, json};
use simpletable::{Id, Resource};

use crate::check::{Outcome, Session};
use crate::kinds::{Blobbed, Document, Sheet, Task, Titled};
use crate::stored;

/// The two in turns, from a stale copy first, over more versions than are kept.
pub(crate) async fn alternately<T: Titled>(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let name = session.name("shared");
    let id = Id::<T>::from(name.as_str());
    session.ask(json!({ "do": "create", "type": T::NAME, "id": name, "value": { "title": "zero" }, "keep": "copy" }))?;
    for round in 1..=4 {
        // Python between our read and our update.
        let held = table.read(&id).consistent().await?;
        let title = format!("Python {round}");
        let stated = session.ask(json!({ "do": "update", "kept": "copy", "value": { "title": title } }))?;
        let error = table.update(held, |value| *value.title() = "lost".into()).await.err();
        session.equal("Rust refuses its stale copy", &error.as_ref().map(simpletable::Error::is_conflict), &Some(true))?;
        let current = error.and_then(|error| error.current::<T>());
        let found = table.read(&id).consistent().await?;
        session.equal("the row that won, in the error", &current.as_ref(), &Some(&found))?;
        session.same("what Python updated", &stated, &found, Some(found.version()), &T::new(&title, None).state())?;

        // Rust between Python's read and its update.
        let title = format!("Rust {round}");
        let updated = table.update(found, |value| value.title().clone_from(&title)).await?;
        let class = session.stale_error();
        let stale = json!({ "do": "update", "kept": "copy", "value": { "title": "lost" } });
        session.refused("Python refuses its stale copy", class, stale)?;
        let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "keep": "copy" }))?;
        session.same("what Rust updated", &stated, &updated, Some(updated.version()), &T::new(&title, None).state())?;
        session.equal("its version", &updated.version(), &(2 * round + 1))?;
    }
    let kept = stored::sort_keys(&table, &format!("{}#{name}", T::NAME)).await;
    session.equal("the versions that are kept", &kept, &["v0", "v7", "v8", "v9"].map(String::from).to_vec())?;
    let listed = session.ask(json!({ "do": "versions", "type": T::NAME, "id": name }))?;
    let listed: Vec<&Value> = listed.as_array().into_iter().flatten().map(|version| &version["version"]).collect();
    session.equal("the versions that Python lists", &json!(listed), &json!([9, 8, 7]))?;
    let head = table.read(&id).consistent().await?;
    for version in [7, 8, 9] {
        let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "version": version }))?;
        session.equal("a version's number", &stated["version"], &json!(version))?;
        let title = if version % 2 == 0 { format!("Python {}", version / 2) } else { format!("Rust {}", version / 2) };
        session.equal("a version's title", &stated["value"]["title"], &json!(title))?;
        if version == 9 {
            session.same("the newest version", &stated, &head, Some(9), &T::new("Rust 4", None).state())?;
        }
    }
    Ok(())
}

/// That 10.0.0 reads no versioned resource that is not compressed.
pub(crate) async fn uncompressed(session: &mut Session) -> Outcome {
    let name = session.name("shared");
    session.table.create(Sheet::new("t", None)).id(name.as_str()).await?;
    session.refused("such a resource", "KeyError", json!({ "do": "read", "type": "Sheet", "id": name }))
}

/// Both update a plain resource. Python never refuses there; Rust does.
pub(crate) async fn plain(session: &mut Session) -> Outcome {
    let changes: [(&str, Value); 6] = [
        ("an update", json!({ "do": "update", "kept": "copy", "value": { "owner": "bob" } })),
        ("a member added to a set that is absent", json!({ "do": "add_to_set", "kept": "copy", "field": "tags", "value": "a" })),
        ("a member added to a set", json!({ "do": "add_to_set", "kept": "copy", "field": "tags", "value": "b" })),
        ("a member removed from a set", json!({ "do": "remove_from_set", "kept": "copy", "field": "tags", "value": "a" })),
        ("a counter", json!({ "do": "increment", "kept": "copy", "field": "hits", "by": 5 })),
        ("a counter in a map", json!({ "do": "increment", "kept": "copy", "field": "hits_by_day.monday" })),
    ];
    let table = session.table.clone();
    let name = session.name("shared");
    let id = Id::<Task>::from(name.as_str());
    let value = json!({ "owner": "ann", "priority": 1 });
    session.ask(json!({ "do": "create", "type": "Task", "id": name, "value": value, "keep": "copy" }))?;
    for (what, change) in changes {
        let held = table.read(&id).consistent().await?;
        session.ask(change)?;
        let error = table.update(held, |task| task.priority = 99).await.err();
        session.equal(&format!("{what} is a conflict"), &error.map(|error| error.is_conflict()), &Some(true))?;
        let found = table.read(&id).consistent().await?;
        let updated = table.update(found, |task| task.priority += 1).await?;
        let stated = session.ask(json!({ "do": "read", "type": "Task", "id": name, "keep": "copy" }))?;
        same_task(session, &format!("{what}, and an update by Rust"), &stated, &updated)?;
    }
    let task = table.read(&id).consistent().await?;
    let expected = (7, 5, Some(&1), ["b".to_owned()].into());
    session.equal("all of it", &(task.priority, task.hits, task.hits_by_day.get("monday"), task.tags.clone()), &expected)
}

fn same_task(session: &mut Session, what: &str, stated: &Value, task: &Resource<Task>) -> Outcome {
    let Task { owner, priority, project, tags, hits, hits_by_day } = &**task;
    let value = json!({ "owner": owner, "priority": priority, "project": project, "tags": tags, "hits": hits, "hits_by_day": hits_by_day });
    session.same(what, stated, task, None, &value)
}

/// `metadata`, which Python publishes beside `data` for its filters, is there after our updates.
pub(crate) async fn metadata(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let name = session.name("shared");
    let id = Id::<Document>::from(name.as_str());
    session.ask(json!({ "do": "create", "type": "Document", "id": name, "value": { "title": "two words" } }))?;
    let pk = format!("Document#{name}");
    let before = stored::row(&table, &pk, "v0").await.and_then(|mut row| row.remove("metadata"));
    session.equal("Python has written it", &before.is_some(), &true)?;
    for _ in 0..2 {
        table.modify(&id, |document| document.title.push_str(" more")).await?;
        let after = stored::row(&table, &pk, "v0").await.and_then(|mut row| row.remove("metadata"));
        session.equal("it survives", &after, &before)?;
    }
    let history = stored::row(&table, &pk, "v3").await.unwrap_or_default();
    session.equal("a row of the history has none", &history.contains_key("metadata"), &false)?;
    session.ask(json!({ "do": "read", "type": "Document", "id": name, "keep": "copy" }))?;
    session.ask(json!({ "do": "update", "kept": "copy", "value": { "title": "one" } }))?;
    let renewed = stored::row(&table, &pk, "v0").await.and_then(|mut row| row.remove("metadata"));
    session.equal("Python renews it", &(renewed.is_some() && renewed != before), &true)
}

/// Fields that Python keeps in S3: what it notes about them in the row is there after our updates, and it loads them.
pub(crate) async fn blobs<T: Blobbed>(session: &mut Session, versioned: bool) -> Outcome {
    let table = session.table.clone();
    let name = session.name("shared");
    let id = Id::<T>::from(name.as_str());
    let head = if versioned { "v0".to_owned() } else { format!("{}#{name}", T::NAME) };
    let value = json!({ "title": "t", "body": "long" });
    session.ask(json!({ "do": "create", "type": T::NAME, "id": name, "value": value }))?;
    for (round, body) in [(1, "long"), (2, "longer")] {
        let notes = blob_notes(&table, &format!("{}#{name}", T::NAME), &head).await;
        session.equal("Python has noted the field", &notes.len(), &if versioned { 2 } else { 1 })?;
        for turn in 0..2 {
            let title = format!("title {round}.{turn}");
            table.modify(&id, |value| value.title().clone_from(&title)).await?;
            let after = blob_notes(&table, &format!("{}#{name}", T::NAME), &head).await;
            session.equal("its notes survive", &after, &notes)?;
            let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "blobs": true, "keep": "copy" }))?;
            session.equal("Python loads the field", &stated["value"], &json!({ "title": title, "body": body }))?;
            if let Some(version) = stated["version"].as_u64() {
                let history = blob_notes(&table, &format!("{}#{name}", T::NAME), &format!("v{version}")).await;
                session.equal("and so of the version", &history, &notes)?;
            }
        }
        session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "keep": "copy" }))?;
        session.ask(json!({ "do": "update", "kept": "copy", "value": { "body": "longer" } }))?;
    }
    Ok(())
}

/// That 10.0.0 knows no such fields.
pub(crate) async fn no_blobs(session: &mut Session) -> Outcome {
    for (setting, known) in [("blob_fields", false), ("max_versions", true)] {
        let found = session.ask(json!({ "do": "knows", "setting": setting }))?;
        session.equal("what a class can configure", &found, &json!(known))?;
    }
    Ok(())
}

/// What Python notes about such fields.
async fn blob_notes(table: &simpletable::Table<crate::kinds::App>, pk: &str, sk: &str) -> stored::Row {
    let row = stored::row(table, pk, sk).await.unwrap_or_default();
    row.into_iter().filter(|(attribute, _)| attribute.starts_with("_blob_")).collect()
}
