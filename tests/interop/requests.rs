//! How many requests each library sends for one thing, on a versioned resource with a bound on its history.

use serde_json::json;

use crate::check::{Outcome, Session};
use crate::kinds::{Document, Titled};

/// One line of the table: the operation, and the names of the requests of Python and of ours.
pub(crate) type Line = (&'static str, Vec<String>, Vec<String>);

pub(crate) async fn measure(session: &mut Session) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    let table = session.table.clone();
    let name = session.name("counted");
    let (theirs, ours) = (format!("{name}-python"), format!("{name}-rust"));

    // The first resource of all makes Python's row of statistics too.
    session.ask(json!({ "do": "create", "type": "Document", "value": { "title": "t" } }))?;

    let create = json!({ "do": "create", "type": "Document", "id": theirs, "value": { "title": "t" }, "keep": "copy" });
    let update = json!({ "do": "update", "kept": "copy", "value": { "title": "u" } });
    let python = python(session, &create)?;
    session.faults.clear();
    let mut document = table.create(Document::new("t", None)).id(ours.as_str()).await?;
    lines.push(("create", python, session.faults.requests()));

    for what in ["update, nothing to prune", "update", "update, pruning"] {
        let python = self::python(session, &update)?;
        session.faults.clear();
        document = table.update(document, |value| *value.title() = "u".into()).await?;
        lines.push((what, python, session.faults.requests()));
    }
    lines.remove(2); // the third version: as the second

    let python = self::python(session, &json!({ "do": "delete", "kept": "copy" }))?;
    session.faults.clear();
    table.delete(&document).await?;
    lines.push(("delete (Python: the head only)", python, session.faults.requests()));
    session.ask(json!({ "do": "delete_all_versions", "type": "Document", "id": theirs }))?;
    Ok(lines)
}

fn python(session: &mut Session, request: &serde_json::Value) -> Outcome<Vec<String>> {
    session.ask(request.clone())?;
    Ok(session.python.sent().to_vec())
}
