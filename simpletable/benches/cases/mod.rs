//! What is measured: one piece of work, done with simpletable and by hand.
//!
//! Both sides have a client of the same settings and answers of the same rows. A side is told of the capacity where its request asks for it. Before
//! anything is measured, each case checks that both sides read equal values, or send equal rows.

#![allow(dead_code, reason = "each bench reads its own part of a case")]

mod canned;
mod entities;
mod peer;
mod raw;
mod reads;
mod rows;
mod writes;

use std::hint::black_box;

use aws_sdk_dynamodb::types::AttributeValue;
use futures::future::LocalBoxFuture;
use simpletable::Table;

use canned::{Canned, Rows, wire};
use entities::Shop;

const TABLE: &str = "shop";

/// A piece of work, with its result dropped at the end.
pub(crate) type Work = Box<dyn Fn() -> LocalBoxFuture<'static, ()>>;

/// One piece of work, done in several ways.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The ratio of ours to raw that we promise not to exceed.
    pub(crate) limit: Option<f64>,
    pub(crate) ours: Work,
    pub(crate) raw: Work,
    pub(crate) modyne: Option<Work>,
    /// Where rows are read: what to take off their allocations.
    pub(crate) read: Option<Read>,
}

/// What is not the decoding of rows in a case that reads.
pub(crate) struct Read {
    pub(crate) rows: u32,
    /// The same requests, with answers of no rows.
    pub(crate) ours_empty: Work,
    pub(crate) raw_empty: Work,
    /// Clones each entity: the allocations of its own strings, vectors and maps.
    pub(crate) cloned: Box<dyn Fn()>,
}

impl Case {
    fn new(name: impl Into<String>, ours: Work, raw: Work) -> Self {
        Self { name: name.into(), limit: None, ours, raw, modyne: None, read: None }
    }

    fn at_most(self, limit: f64) -> Self {
        Self { limit: Some(limit), ..self }
    }
}

/// Every case, its answers prepared and both sides checked against each other.
pub(crate) async fn all() -> Vec<Case> {
    let mut cases = reads::cases().await;
    cases.extend(writes::cases().await);
    cases
}

/// The runtime of all measurements: one thread, which does all of the work.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime")
}

fn work<F: Future + 'static>(work: impl Fn() -> F + 'static) -> Work {
    Box::new(move || {
        let work = work();
        Box::pin(async move {
            black_box(work.await);
        })
    })
}

/// A table whose requests are answered from memory. It lives as long as the process, as the cases do.
fn table(canned: &Canned) -> &'static Table<Shop> {
    Box::leak(Box::new(Table::new(canned.client(), TABLE)))
}

/// A client whose requests are answered from memory.
fn client(canned: &Canned) -> &'static aws_sdk_dynamodb::Client {
    Box::leak(Box::new(canned.client()))
}

/// The rows as the index `owner` gives them, once the embedded engine has stored them.
async fn stored(values: impl IntoIterator<Item = Shop>) -> Rows {
    let table = Table::in_memory::<Shop>().await.expect("a table in memory");
    table.create_many(values).await.and_then(simpletable::Batch::into_complete).expect("rows are stored");
    let query = table.client().query().table_name(table.name()).index_name("owner");
    let query =
        query.key_condition_expression("ownerpk = :owner").expression_attribute_values(":owner", AttributeValue::S("owner#ann".into()));
    let items = query.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.expect("rows are found");
    items.into_iter().map(|item| item.into_iter().map(|(name, value)| (name, wire(value))).collect()).collect()
}
