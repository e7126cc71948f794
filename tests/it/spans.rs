//! `tracing`: one span for each operation, with names and numbers, and no values.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Id, Result};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id as SpanId, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::engine;
use crate::kinds::{App, Document, Invoice, Task};

pub(crate) type Fields = BTreeMap<String, String>;

/// Keeps the fields of the library's spans, in the order of their ends.
#[derive(Clone, Default)]
pub(crate) struct Spans(Arc<Mutex<Vec<Fields>>>);

impl Spans {
    pub(crate) fn take(&self) -> Vec<Fields> {
        std::mem::take(&mut *self.0.lock().expect("no test panics in here"))
    }
}

struct Reader<'f>(&'f mut Fields);

impl Visit for Reader<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &SpanId, context: Context<'_, S>) {
        if attributes.metadata().name() == "simpletable" {
            let mut fields = Fields::new();
            attributes.record(&mut Reader(&mut fields));
            context.span(id).expect("it is new").extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &SpanId, record: &Record<'_>, context: Context<'_, S>) {
        if let Some(fields) = context.span(id).expect("it is open").extensions_mut().get_mut::<Fields>() {
            record.record(&mut Reader(fields));
        }
    }

    fn on_close(&self, id: SpanId, context: Context<'_, S>) {
        if let Some(fields) = context.span(&id).expect("it closes").extensions_mut().remove::<Fields>() {
            self.0.lock().expect("no test panics in here").push(fields);
        }
    }
}

/// The spans that a test on one thread makes from here to the end of the guard.
pub(crate) fn listen() -> (Spans, tracing::subscriber::DefaultGuard) {
    let spans = Spans::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans.clone()));
    (spans, guard)
}

#[tokio::test]
async fn one_span_for_each_operation() -> Result<()> {
    let table = engine::table::<App>().await;
    let (spans, _guard) = listen();
    let task = table.create(Task::new("ann")).await?;
    table.get(&task).await?;
    table.read(&task).await?;
    let task = table.update(task, |task| task.count = 1).await?;
    table.update_at(&task, task.revision(), |task| task.count = 2).await?;
    table.modify(&task, |task| task.count = 3).await?;
    table.delete(&task).await?;
    let document = table.create(Document::new("plan")).await?;
    table.delete(&document).await?;
    let invoice = table.create(Invoice::new(7)).await?;
    table.rekey(invoice, |invoice| invoice.number = 8).await?;
    table.get(Id::<Task>::from("")).await?;

    let expected = [
        ("create", "Task", "1"),
        ("get", "Task", "1"),
        ("read", "Task", "1"),
        ("update", "Task", "1"),
        ("update_at", "Task", "2"),
        ("modify", "Task", "2"),
        ("delete", "Task", "1"),
        ("create", "Document", "1"),
        ("delete", "Document", "2"),
        ("create", "Invoice", "1"),
        ("rekey", "Invoice", "1"),
        ("get", "Task", "0"),
    ];
    let spans = spans.take();
    assert_eq!(spans.len(), expected.len());
    for (span, (operation, entity, requests)) in spans.iter().zip(expected) {
        let names: Vec<&str> = span.keys().map(String::as_str).collect();
        assert_eq!(names, ["consumed_capacity", "entity", "operation", "requests", "table"]);
        assert_eq!((span["operation"].as_str(), span["entity"].as_str(), span["requests"].as_str()), (operation, entity, requests));
        assert_eq!(span["table"], table.name());
        let capacity: f64 = span["consumed_capacity"].parse().expect("a number");
        assert_eq!(capacity > 0.0, requests != "0", "{operation} {entity}: {capacity}");
    }
    Ok(())
}

/// A transaction's span says which operations are in it.
#[tokio::test]
async fn one_span_for_a_transaction() -> Result<()> {
    let table = engine::table::<App>().await;
    let document = table.create(Document::new("plan")).await?;
    let (spans, _guard) = listen();
    let (task, ()) = table.transact((table.create(Task::new("ann")), table.delete(&document))).await?;
    table.get_all((&task, &document)).await?;
    table.transact(vec![table.delete(&task)]).await?;
    let spans = spans.take();
    let told: Vec<_> = spans
        .iter()
        .map(|span| {
            let operations = span.get("operations").map(String::as_str);
            (span["operation"].as_str(), span["entity"].as_str(), operations, span["requests"].as_str())
        })
        .collect();
    let expected = [
        ("transact", "row", Some("create Task, delete Document"), "2"),
        ("get_all", "row", None, "1"),
        ("transact", "Task", Some("delete Task"), "1"),
    ];
    assert_eq!(told, expected);
    Ok(())
}

/// Every attempt counts, and an operation that fails has a span as well.
#[tokio::test]
async fn attempts_and_failures_are_in_the_span() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let task = table.create(Task::new("ann")).id("one").await?;
    let (spans, _guard) = listen();
    faults.inject(Fault::after(Failure::ServerError));
    table.update(task, |task| task.count = 1).await?;
    table.create(Task::new("ann")).id("one").await.expect_err("the key is taken");
    table.create(Task::new("ann")).id("").await.expect_err("no key holds it");
    let spans = spans.take();
    let told: Vec<_> = spans.iter().map(|span| (span["operation"].as_str(), span["requests"].as_str())).collect();
    assert_eq!(told, [("update", "2"), ("create", "1"), ("create", "0")]);
    Ok(())
}

/// A builder that is not awaited has no span, and neither has an unsent request.
#[tokio::test]
async fn nothing_sent_is_no_span() -> Result<()> {
    let table = engine::table::<App>().await;
    let (spans, _guard) = listen();
    table.create(Task::new("ann")).into_input()?;
    drop(table.get(Id::<Task>::from("one")));
    assert!(spans.take().is_empty());
    Ok(())
}
