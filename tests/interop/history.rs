//! Versions: what one side wrote, the other lists, reads and restores.

use serde_json::{Value, json};
use simpletable::{Id, Resource, Table};

use crate::check::{Outcome, Session};
use crate::kinds::{App, Titled};

/// Makes versions of one resource by turns: Rust the odd ones, Python the even ones. Each has its number as its title.
async fn by_turns<T: Titled>(session: &mut Session, versions: u64) -> Outcome<String> {
    let table = session.table.clone();
    let name = session.name("history");
    table.create(T::new("1", None)).id(name.as_str()).await?;
    for version in 2..=versions {
        if version % 2 == 0 {
            session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "keep": "copy" }))?;
            session.ask(json!({ "do": "update", "kept": "copy", "value": { "title": version.to_string() } }))?;
        } else {
            table.modify(Id::<T>::from(name.as_str()), |value| *value.title() = version.to_string()).await?;
        }
    }
    Ok(name)
}

/// Both list the same versions, newest first, and each of them is what both read.
async fn same_versions<T: Titled>(session: &mut Session, what: &str, table: &Table<App>, name: &str, titles: &[(u64, &str)]) -> Outcome {
    let id = Id::<T>::from(name);
    let ours: Vec<Resource<T>> = table.versions(&id).all().await?;
    let stated = session.ask(json!({ "do": "versions", "type": T::NAME, "id": name }))?;
    let numbers: Vec<u64> = titles.iter().map(|(version, _)| *version).collect();
    session.equal(&format!("{what}: what Rust lists"), &ours.iter().map(Resource::version).collect(), &numbers)?;
    let listed: Vec<Value> = stated.as_array().into_iter().flatten().map(|version| version["version"].clone()).collect();
    session.equal(&format!("{what}: what Python lists"), &json!(listed), &json!(numbers))?;
    for ((version, (number, title)), stated) in ours.iter().zip(titles).zip(stated.as_array().into_iter().flatten()) {
        session.same(&format!("{what}: a version"), stated, version, Some(*number), &T::new(title, None).state())?;
        let read = table.read_version(&id, *number).consistent().await?;
        session.equal(&format!("{what}: the version, read alone"), &read, version)?;
    }
    Ok(())
}

/// Twelve versions of two writers, so that `v10` comes before `v9`; of which three are kept.
pub(crate) async fn listed<T: Titled>(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let name = by_turns::<T>(session, 12).await?;
    same_versions::<T>(session, "by turns", &table, &name, &[(12, "12"), (11, "11"), (10, "10")]).await
}

/// Each restores what the other wrote; and a copy from before that is stale.
pub(crate) async fn restored<T: Titled>(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let name = by_turns::<T>(session, 3).await?;
    let id = Id::<T>::from(name.as_str());
    session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "keep": "copy" }))?;
    let restored = table.restore(&id, 2).await?;
    session.equal("what Rust restored", &(restored.version(), restored.state()), &(4, T::new("2", None).state()))?;
    let class = session.stale_error();
    let stale = json!({ "do": "update", "kept": "copy", "value": { "title": "lost" } });
    session.refused("Python's copy from before", class, stale)?;
    same_versions::<T>(session, "after Rust restored", &table, &name, &[(4, "2"), (3, "3"), (2, "2")]).await?;

    let stated = session.ask(json!({ "do": "restore", "type": T::NAME, "id": name, "version": 3 }))?;
    let found = table.read(&id).consistent().await?;
    session.same("what Python restored", &stated, &found, Some(5), &T::new("3", None).state())?;
    let error = table.update(restored, |value| *value.title() = "lost".into()).await.err();
    session.equal("Rust's copy from before is stale", &error.map(|error| error.is_conflict()), &Some(true))?;
    same_versions::<T>(session, "after Python restored", &table, &name, &[(5, "3"), (4, "2"), (3, "3")]).await
}

/// Each deletes an old version, which is then missing for both, and nothing else is.
pub(crate) async fn missing<T: Titled>(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    for by_python in [false, true] {
        let name = by_turns::<T>(session, 3).await?;
        let id = Id::<T>::from(name.as_str());
        if by_python {
            session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "version": 2, "keep": "old" }))?;
            session.ask(json!({ "do": "delete", "kept": "old" }))?;
        } else {
            table.delete_version(&id, 2).await?;
        }
        let error = table.read_version(&id, 2).await.err();
        session.equal("what Rust says of it", &error.map(|error| error.is_not_found()), &Some(true))?;
        let stated = session.ask(json!({ "do": "read", "type": T::NAME, "id": name, "version": 2 }))?;
        session.equal("what Python reads", &stated, &Value::Null)?;
        same_versions::<T>(session, "without it", &table, &name, &[(3, "3"), (1, "1")]).await?;
    }
    Ok(())
}
