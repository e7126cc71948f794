//! Singletons: whichever side uses one first makes it, and the other finds it.

use serde_json::{Value, json};
use simpletable::Resource;

use crate::check::{Outcome, Session};
use crate::kinds::Sole;

fn state<T: Sole>(session: &mut Session, what: &str, stated: &Value, ours: &Resource<T>) -> Outcome {
    session.equal(&format!("{what}: its id"), &stated["id"], &json!(T::NAME))?;
    session.same(what, stated, ours, T::version(ours), &ours.state())
}

pub(crate) async fn shared<T: Sole>(session: &mut Session) -> Outcome {
    let table = session.table.clone();
    let python = json!({ "do": "singleton", "type": T::NAME, "keep": "copy" });
    // Rust first.
    let ours = table.singleton::<T>().await?;
    let stated = session.ask(python.clone())?;
    state(session, "what Rust made", &stated, &ours)?;
    let stated = session.ask(json!({ "do": "save_singleton", "kept": "copy", "value": { "greeting": "hello" } }))?;
    let found = table.singleton::<T>().await?;
    session.equal("what Python saved", &found.state(), &json!({ "greeting": "hello" }))?;
    state(session, "what Python saved", &stated, &found)?;
    let updated = table.update(found, |value| *value.greeting() = "bye".into()).await?;
    let stated = session.ask(python.clone())?;
    state(session, "what Rust updated", &stated, &updated)?;

    // Python first.
    table.delete(&updated).await?;
    let stated = session.ask(python)?;
    let found = table.singleton::<T>().await?;
    session.equal("what Python made", &found.state(), &json!({ "greeting": "" }))?;
    state(session, "what Python made", &stated, &found)
}
