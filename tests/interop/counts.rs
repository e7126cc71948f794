//! Counts by type: one row, in which both count, whoever began it.

use serde_json::{Value, json};
use simpletable::{Resource, Table};

use crate::check::{Outcome, Session};
use crate::kinds::{App, Ballot, Bill};
use crate::python::Python;

/// Both sides on a table of their own: what other cases create is counted too.
struct Sides {
    table: Table<App>,
    python: Python,
}

impl Sides {
    async fn on_a_new_table(session: &mut Session) -> Outcome<Self> {
        let name = session.name(&format!("{}-counts", session.table.name()));
        let table = Table::builder::<App>(&name).create_if_missing().build().await?;
        Ok(Self { table, python: Python::start(&session.interpreter, &session.endpoint, &name)? })
    }

    /// What Python creates, by the name it keeps it as.
    fn python_creates(&mut self, class: &str, keep: &str) -> Outcome<Value> {
        self.python.ask(&json!({ "do": "create", "type": class, "value": { "name": "n" }, "keep": keep }))
    }

    async fn rust_creates(&self) -> Outcome<(Resource<Ballot>, Resource<Bill>)> {
        let ballot = self.table.create(Ballot { name: "n".into() }).await?;
        Ok((ballot, self.table.create(Bill { name: "n".into() }).await?))
    }

    /// Both read these numbers, of ballots and bills.
    async fn read(&mut self, session: &mut Session, what: &str, expected: [i64; 2]) -> Outcome {
        let stats = self.table.stats().consistent().await?;
        session.equal(&format!("what Rust reads {what}"), &[stats.count::<Ballot>(), stats.count::<Bill>()], &expected)?;
        let stated = self.python.ask(&json!({ "do": "stats" }))?;
        let stated = ["Ballot", "Bill"].map(|name| stated.get(name).and_then(Value::as_i64).unwrap_or_default());
        session.equal(&format!("what Python reads {what}"), &stated, &expected)
    }
}

pub(crate) async fn begun_by_rust(session: &mut Session) -> Outcome {
    let mut sides = Sides::on_a_new_table(session).await?;
    let (ballot, bill) = sides.rust_creates().await?;
    sides.read(session, "after Rust began", [1, 1]).await?;
    sides.python_creates("Ballot", "ballot")?;
    sides.python_creates("Bill", "bill")?;
    sides.read(session, "after both created", [2, 2]).await?;
    sides.table.delete(&ballot).await?;
    sides.table.delete(&bill).await?;
    sides.read(session, "after Rust deleted", [1, 1]).await?;
    sides.python.ask(&json!({ "do": "delete", "kept": "ballot" }))?;
    sides.python.ask(&json!({ "do": "delete", "kept": "bill" }))?;
    sides.read(session, "after Python deleted", [0, 0]).await
}

pub(crate) async fn begun_by_python(session: &mut Session) -> Outcome {
    let mut sides = Sides::on_a_new_table(session).await?;
    sides.python_creates("Ballot", "ballot")?;
    sides.read(session, "after Python began", [1, 0]).await?;
    let (ballot, _) = sides.rust_creates().await?;
    sides.python_creates("Bill", "bill")?;
    sides.read(session, "after both created", [2, 2]).await?;
    // What one made, the other deletes.
    let theirs = sides.python.ask(&json!({ "do": "read", "type": "Ballot", "id": ballot.id(), "keep": "ours" }))?;
    session.equal("what Python deletes", &theirs["id"], &json!(ballot.id()))?;
    sides.python.ask(&json!({ "do": "delete", "kept": "ours" }))?;
    let found = sides.table.list::<Bill>().all().await?;
    for bill in &found {
        sides.table.delete(bill).await?;
    }
    sides.read(session, "after both deleted", [1, 0]).await
}

/// What Python did not count, `recount` puts right for both.
pub(crate) async fn recounted(session: &mut Session) -> Outcome {
    let mut sides = Sides::on_a_new_table(session).await?;
    sides.python.ask(&json!({ "do": "uncounted", "type": "Ballot", "value": { "name": "n" } }))?;
    sides.rust_creates().await?;
    sides.read(session, "before it is recounted", [1, 1]).await?;
    session.equal("the recounted number", &sides.table.recount::<Ballot>().await?, &2)?;
    sides.read(session, "after it was recounted", [2, 1]).await
}
