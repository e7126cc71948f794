//! Repositories: the table's operations on one entity.

use std::future::IntoFuture;

use simpletable::fault::Faults;
use simpletable::{Error, Id, ReadRepository, Repository, Result};

use crate::concurrency::at_once;
use crate::kinds::{App, Document, Invoice, Task, User};
use crate::{engine, stored};

#[tokio::test]
async fn does_what_the_table_does() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let tasks: Repository<Task> = table.repository();
    let task = tasks.create(Task::new("ann")).id("one").await?;
    assert_eq!(tasks.get(task.id()).await?.as_ref(), Some(&task));
    assert_eq!(tasks.get(Id::<Task>::from("none")).await?, None);
    assert_eq!(tasks.read(&task).consistent().await?, task);
    let stale = task.clone();
    let task = tasks.update(task, |task| task.count = 1).await?;
    assert!(tasks.update(stale, |task| task.count = 9).await.is_err_and(|error| error.is_conflict()));
    let task = tasks.modify(&task, |task| task.count += 1).await?;
    assert_eq!(tasks.list().filter(|task| task.count.eq(2)).all().await?, std::slice::from_ref(&task));
    assert_eq!(table.read(&task).await?, task, "the table's own");
    tasks.delete(&task).if_unchanged(&task).await?;
    assert!(tasks.read(task.id()).await.is_err_and(|error| error.is_not_found()));
    let sent = [
        "PutItem",
        "GetItem",
        "GetItem",
        "GetItem",
        "PutItem",
        "PutItem",
        "GetItem",
        "PutItem",
        "Query",
        "GetItem",
        "DeleteItem",
        "GetItem",
    ];
    assert_eq!(faults.requests(), sent);
    Ok(())
}

#[tokio::test]
async fn lists_reads_and_restores_versions() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await;
    let documents = table.clone().with_faults(&faults).repository::<Document>();
    let mut document = table.create(Document::new("plan")).await?;
    let mut times = vec![document.updated_at()];
    for count in 1..=3 {
        document = table.update(document, |document| document.count = count).await?;
        times.push(document.updated_at());
    }
    let list = documents.list_versions(&document).await?;
    assert_eq!(faults.requests(), ["GetItem", "BatchGetItem"]);
    assert_eq!(list.iter().map(|info| info.version).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert_eq!(list.iter().map(|info| info.is_latest).collect::<Vec<_>>(), [true, false, false, false]);
    assert!(list.iter().all(|info| info.created_at == document.created_at()));
    times.reverse();
    assert_eq!(list.iter().map(|info| info.updated_at).collect::<Vec<_>>(), times);
    assert_eq!(documents.list_versions(&document).limit(2).await?, list[..2]);
    assert!(documents.list_versions(Id::<Document>::from("none")).await?.is_empty());

    // A version that is gone is listed no more, and is `None`.
    table.delete_version(&document, 2).await?;
    let list = documents.list_versions(&document).await?;
    assert_eq!(list.iter().map(|info| (info.version, info.is_latest)).collect::<Vec<_>>(), [(4, true), (3, false), (1, false)]);
    assert_eq!(documents.get_version(&document, 3).await?.map(|version| version.count), Some(2));
    for none in [0, 2, 5] {
        assert_eq!(documents.get_version(&document, none).consistent().await?, None);
    }

    let restored = documents.restore_version(&document, 1).await?;
    assert_eq!((restored.version(), restored.count), (5, 0));
    assert_eq!(documents.read(&document).consistent().await?, restored);
    assert!(documents.restore_version(&document, 2).await.is_err_and(|error| error.is_not_found()));

    // Reading is all that a read-only one can do.
    let documents = documents.read_only();
    assert_eq!(documents.list_versions(&document).limit(1).await?[0].version, 5);
    assert_eq!(documents.get_version(&document, 1).await?.map(|version| version.count), Some(0));
    Ok(())
}

/// A row that cannot be read is an error, and no shorter list.
#[tokio::test]
async fn a_list_of_versions_ends_with_an_error() -> Result<()> {
    let table = engine::table::<App>().await;
    let document = table.create(Document::new("plan")).await?;
    let document = table.update(document, |document| document.count = 1).await?;
    let pk = format!("Document#{}", document.id());
    stored::change(&table, (&pk, "v1"), "SET updated_at = :v", stored::s("x")).await;
    stored::change(&table, (&pk, "v1"), "SET data = :v", stored::s("x")).await;
    let documents = table.repository::<Document>();
    assert!(matches!(documents.list_versions(&document).await, Err(Error::Decode { .. })));
    assert!(matches!(documents.get_version(&document, 1).await, Err(Error::Decode { .. })));
    Ok(())
}

/// A repository lists its own entity only, and keeps histories.
#[tokio::test]
async fn is_of_one_entity() -> Result<()> {
    let table = engine::table::<App>().await;
    table.create(Task::new("ann")).await?;
    let documents = table.repository::<Document>();
    let document = documents.create(Document::new("plan")).await?;
    let document = documents.modify(document.id(), |document| document.count = 1).await?;
    assert_eq!(document.version(), 2);
    assert_eq!(documents.list().all().await?, [document]);
    Ok(())
}

#[tokio::test]
async fn a_read_only_one_reads() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).await?;
    let tasks: ReadRepository<Task> = table.repository().read_only();
    assert_eq!(tasks.get(&task).await?.as_ref(), Some(&task));
    assert_eq!(tasks.read(&task).await?, task);
    assert_eq!(tasks.list().all().await?, [task]);
    Ok(())
}

#[tokio::test]
async fn gets_or_creates() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let users = table.repository::<User>();
    let made = users.get_or_create(User::key("ann@acme.io"), || User::new("ann@acme.io")).await?;
    assert_eq!(faults.requests(), ["GetItem", "PutItem"]);
    faults.clear();
    let again = users.get_or_create(&made, || unreachable!("it is there")).await?;
    assert_eq!(again, made);
    assert_eq!(faults.requests(), ["GetItem"]);

    // A value of another key is not what was asked for.
    let other = users.get_or_create(User::key("bob@acme.io"), || User::new("ann@acme.io")).await;
    assert!(matches!(other, Err(Error::KeyChanged { .. })));
    let invoices = table.repository::<Invoice>();
    assert_eq!(invoices.get_or_create(Invoice::key("acme", 7), || Invoice::new(7)).await?.number, 7);
    // An id that no key can hold cannot be created.
    let tasks = table.repository::<Task>();
    assert!(matches!(tasks.get_or_create(Id::<Task>::from(""), || Task::new("ann")).await, Err(Error::KeyValue { .. })));
    let task = tasks.get_or_create(Id::<Task>::from("a#b"), || Task::new("ann")).await?;
    assert_eq!(task.id().as_str(), "a#b");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_callers_one_creates() -> Result<()> {
    let table = engine::table::<App>().await;
    let documents = table.repository::<Document>();
    let callers = (0..20).map(|caller| {
        let documents = documents.clone();
        async move { documents.get_or_create(Id::from("plan"), move || Document::new(&format!("of {caller}"))).await }
    });
    let got = at_once(callers).await.into_iter().collect::<Result<Vec<_>>>()?;
    assert!(got.iter().all(|one| *one == got[0]));
    assert_eq!(got[0].version(), 1);
    assert_eq!(stored::all(&table).await.len(), 2);
    Ok(())
}

/// It lives in a server's state, and its operations are spawned.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crosses_threads() -> Result<()> {
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let tasks = engine::table::<App>().await.repository::<Task>();
    shared(&tasks);
    shared(&tasks.read_only());
    let task = tokio::spawn(tasks.get_or_create(Id::<Task>::from("one"), || Task::new("ann")).into_future()).await.expect("no panic")?;
    assert_eq!(tokio::spawn(tasks.read(&task).into_future()).await.expect("no panic")?, task);
    tokio::spawn(tasks.delete(&task).into_future()).await.expect("no panic")
}
