//! One entity, many ways to reach it: composed keys, sparse indexes, ranges, filters, pages, streams, batches.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Project {
    name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<due>")]
#[gsi(name = "project", index = "gsi1", pk = "project#<project>")]
struct Task {
    title: String,
    owner: String,
    priority: u8,
    due: NaiveDate,
    /// `None` leaves the task out of the `project` index.
    project: Option<Id<Project>>,
    /// A DynamoDB string set.
    #[table(set)]
    tags: BTreeSet<String>,
    hours: f64,
}

#[derive(SingleTable)]
enum App {
    Project(Project),
    Task(Task),
}

fn day(d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, d).unwrap()
}

#[tokio::main]
async fn main() -> simpletable::Result<()> {
    let table = Table::in_memory::<App>().await?;
    let project = table.create(Project { name: "launch".into() }).await?;

    let tasks = (1..=30).map(|n| Task {
        title: format!("task {n}"),
        owner: if n % 2 == 0 { "ann" } else { "bob" }.into(),
        priority: (n % 6) as u8,
        due: day(n),
        project: (n % 3 == 0).then(|| project.id().clone()),
        tags: BTreeSet::from([format!("t{}", n % 2)]),
        hours: f64::from(n) / 2.0,
    });
    // Many at once; the answer says of each what became of it.
    let created = table.create_many(tasks).await?.into_complete()?;
    assert_eq!(created.len(), 30);

    // The whole partition of an index; then equality on the first part of the sort key; then a range on the next.
    assert_eq!(table.query(Task::by_owner("ann")).all().await?.len(), 15);
    assert_eq!(table.query(Task::by_owner("ann").priority(4)).all().await?.len(), 5);
    let early = table.query(Task::by_owner("ann").priority(4).range(day(1)..=day(10))).all().await?;
    assert_eq!(early.iter().map(|t| t.due).collect::<Vec<_>>(), [day(4), day(10)]);
    let urgent = table.query(Task::by_owner("ann").range(3..)).descending().all().await?;
    assert!(urgent.windows(2).all(|w| w[0].priority >= w[1].priority));

    // Sparse: only tasks with a project are in that index; without `sk` an index sorts by creation.
    assert_eq!(table.query(Task::by_project(project.id())).all().await?.len(), 10);

    // A filter is typed by the fields, and runs in DynamoDB.
    let long = table.list::<Task>().filter(|t| t.hours.gt(10.0).and(t.tags.contains("t0"))).all().await?;
    assert_eq!(long.len(), 5);

    // Pages, with a cursor that is safe to hand to a browser.
    let first = table.query(Task::by_owner("bob")).limit(10).await?;
    let cursor = first.next_cursor().expect("five more").to_string();
    let second = table.query(Task::by_owner("bob")).limit(10).after(&cursor).await?;
    assert_eq!((first.len(), second.len()), (10, 5));
    assert!(second.next_cursor().is_none());

    // Or a stream, page after page as it is read.
    let hours: f64 = table.list::<Task>().stream().map_ok(|t| t.hours).try_fold(0.0, |a, b| async move { Ok(a + b) }).await?;
    assert_eq!(hours, 232.5);

    // Many by id, in the order asked for.
    let ids: Vec<_> = created.iter().map(|t| t.id().clone()).collect();
    let found = table.get_many(&ids).await?;
    assert!(found.iter().zip(&created).all(|(found, made)| found.as_ref() == Some(made)));

    table.delete_many(&ids).await?.into_complete()?;
    assert!(table.list::<Task>().all().await?.is_empty());
    println!("ok");
    Ok(())
}
