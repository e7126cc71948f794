//! How many requests each library sends for one thing, on versioned resources: without a bound on the history, and with one.

use serde_json::{Value, json};

use crate::check::{Outcome, Session};
use crate::kinds::{Document, Notice, Titled};

/// One line of the table: the operation, and the names of the requests of Python and of ours.
pub(crate) type Line = (&'static str, Vec<String>, Vec<String>);

pub(crate) async fn measure(session: &mut Session) -> Outcome<Vec<Line>> {
    // The first resource of all makes Python's row of statistics too.
    session.ask(json!({ "do": "create", "type": "Task", "value": { "owner": "nobody", "priority": 0 } }))?;
    let mut lines = unbound(session).await?;
    lines.extend(pruning(session).await?);
    Ok(lines)
}

/// A resource that keeps all its versions.
async fn unbound(session: &mut Session) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    let table = session.table.clone();
    let id = session.name("counted-in-python");

    let python = asked(session, &json!({ "do": "create", "type": "Notice", "id": id, "value": { "name": "n" }, "keep": "copy" }))?;
    let ours = table.create(Notice { name: "n".into() }).await?;
    lines.push(("create", python, session.faults.requests()));

    let python = asked(session, &json!({ "do": "update", "kept": "copy", "value": { "name": "m" } }))?;
    let ours = table.update(ours, |notice| notice.name = "m".into()).await?;
    lines.push(("update", python, session.faults.requests()));

    let python = asked(session, &json!({ "do": "restore", "type": "Notice", "id": id, "version": 1 }))?;
    let ours = table.restore(&ours, 1).await?;
    lines.push(("restore", python, session.faults.requests()));

    session.ask(json!({ "do": "read", "type": "Notice", "id": id, "keep": "copy" }))?;
    let python = asked(session, &json!({ "do": "delete", "kept": "copy" }))?;
    table.delete(&ours).await?;
    lines.push(("delete (Python: the newest version only)", python, session.faults.requests()));
    session.ask(json!({ "do": "delete_all_versions", "type": "Notice", "id": id }))?;
    Ok(lines)
}

/// A resource that keeps three versions, and has them.
async fn pruning(session: &mut Session) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    let table = session.table.clone();
    let id = session.name("counted-in-python");
    let update = json!({ "do": "update", "kept": "copy", "value": { "title": "u" } });
    session.ask(json!({ "do": "create", "type": "Document", "id": id, "value": { "title": "t" }, "keep": "copy" }))?;
    let mut ours = table.create(Document::new("t", None)).await?;
    for _ in 2..=3 {
        session.ask(update.clone())?;
        ours = table.update(ours, |value| *value.title() = "u".into()).await?;
    }

    let python = asked(session, &update)?;
    let ours = table.update(ours, |value| *value.title() = "u".into()).await?;
    lines.push(("update with `max_versions`", python, session.faults.requests()));

    let python = asked(session, &json!({ "do": "restore", "type": "Document", "id": id, "version": 3 }))?;
    let ours = table.restore(&ours, 3).await?;
    lines.push(("restore with `max_versions`", python, session.faults.requests()));

    session.ask(json!({ "do": "delete_all_versions", "type": "Document", "id": id }))?;
    table.delete(&ours).await?;
    Ok(lines)
}

/// What Python sends for a request. What Rust sends from here on is counted anew.
fn asked(session: &mut Session, request: &Value) -> Outcome<Vec<String>> {
    session.ask(request.clone())?;
    session.faults.clear();
    Ok(session.python.sent().to_vec())
}
