//! Every operation can be spawned: its builder and its future are `Send`.

use std::fmt::Debug;
use std::future::{Future, IntoFuture};

use futures::StreamExt;
use serde::{Deserialize, Serialize};
use simpletable::{Context, Member, Result, Schema, SingleTable, Table};

use crate::engine;
use crate::kinds::{App, Config, Document, Invoice, Seat, Task};

/// Spawns the future.
async fn spawn<T: Send + Debug + 'static>(
    operation: impl IntoFuture<Output = Result<T>, IntoFuture: Future + Send + 'static>,
) -> Result<T> {
    tokio::spawn(operation.into_future()).await.expect("no operation panics")
}

/// Spawns the builder, which is awaited elsewhere.
async fn move_and_spawn<T, O>(operation: O) -> Result<T>
where
    T: Send + Debug + 'static,
    O: IntoFuture<Output = Result<T>, IntoFuture: Send> + Send + 'static,
{
    tokio::spawn(async move { operation.await }).await.expect("no operation panics")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = spawn(table.create(Task::new("ann"))).await?;
    let document = move_and_spawn(table.create(Document::new("plan"))).await?;
    let invoice = spawn(table.create(Invoice::new(7))).await?;
    assert_eq!(spawn(table.get(&task)).await?, Some(task.clone()));
    assert_eq!(move_and_spawn(table.get(&task).consistent()).await?, Some(task.clone()));
    assert_eq!(spawn(table.read(document.id())).await?, document);
    assert_eq!(move_and_spawn(table.read(&document).include_expired()).await?, document);
    let task = spawn(table.update(task, |task| task.count = 1)).await?;
    let task = move_and_spawn(table.update(task, |task| task.count = 2)).await?;
    let task = spawn(table.update_at(&task, task.revision(), |task| task.count = 3)).await?;
    let task = move_and_spawn(table.update_at(&task, task.revision(), |task| task.count = 4)).await?;
    let document = spawn(table.modify(&document, |document| document.count = 1)).await?;
    let document = move_and_spawn(table.modify(&document, |document| document.count = 2).attempts(3)).await?;
    let task = spawn(table.patch(&task).add(|task| task.count, 1)).await?;
    let task = move_and_spawn(table.patch(&task).insert(|task| task.tags, ["x"])).await?;
    let task = move_and_spawn(table.patch(&task).add(|task| task.count, 1).or_create(Task::new("ann"))).await?;
    spawn(table.patch(&task).add(|task| task.count, 1).or_create(Task::new("ann")).idempotency_key("patch or create")).await?;
    move_and_spawn(table.patch(&task).add(|task| task.count, 1).exactly_once()).await?;
    spawn(table.patch(&task).add(|task| task.count, 1).idempotency_key("patch")).await?;
    let task = spawn(table.upsert(Task::new("ann")).id(task.id().clone()).create_only(|task| task.count)).await?;
    let task =
        move_and_spawn(table.upsert(Task::new("ann")).id(task.id().clone()).create_only(|task| task.count).when(|task| task.count.ge(0)))
            .await?;
    move_and_spawn(table.upsert(Task::new("ann")).id(task.id().clone()).create_only(|task| task.count).idempotency_key("upsert")).await?;
    let task = table.read(&task).consistent().await?;
    let invoice = spawn(table.rekey(invoice, |invoice| invoice.number = 8)).await?;
    let invoice = move_and_spawn(table.rekey(invoice, |invoice| invoice.number = 9)).await?;
    let config = spawn(table.singleton::<Config>()).await?;
    let configs = table.repository::<Config>();
    assert_eq!(move_and_spawn(configs.get_or_create(Config::key(), Config::default)).await?, config);
    assert_eq!(spawn(table.versions(&document)).await?.len(), 3);
    assert_eq!(move_and_spawn(table.versions(&document).limit(2).all()).await?.len(), 2);
    let stream = table.versions(&document).stream();
    assert_eq!(tokio::spawn(stream.count()).await.expect("no operation panics"), 3);
    let pages = table.versions(&document).limit(2).pages();
    assert_eq!(tokio::spawn(pages.count()).await.expect("no operation panics"), 2);
    assert_eq!(spawn(table.read_version(&document, 1)).await?.count, 0);
    assert_eq!(move_and_spawn(table.read_version(&document, 2).consistent()).await?.count, 1);
    assert_eq!(spawn(table.diff(&document, 1, 2)).await?.len(), 1);
    let documents = table.repository::<Document>();
    assert_eq!(spawn(documents.list_versions(&document)).await?.len(), 3);
    assert_eq!(move_and_spawn(documents.list_versions(&document).limit(2)).await?.len(), 2);
    assert!(spawn(documents.get_version(&document, 1)).await?.is_some());
    assert!(move_and_spawn(documents.get_version(&document, 9).consistent()).await?.is_none());
    spawn(table.create(Seat { name: "a".into() })).await?;
    move_and_spawn(table.create(Seat { name: "b".into() })).await?;
    assert_eq!(spawn(table.recount::<Seat>()).await?, 2);
    assert_eq!(move_and_spawn(table.recount::<Seat>()).await?, 2);
    assert_eq!(spawn(table.stats()).await?.count::<Seat>(), 2);
    assert_eq!(move_and_spawn(table.stats().consistent()).await?.count::<Seat>(), 2);
    let document = spawn(table.restore(&document, 1)).await?;
    let document = move_and_spawn(table.restore(&document, 2).with_ttl().idempotency_key("restore")).await?;
    spawn(table.delete_version(&document, 1)).await?;
    assert_eq!(move_and_spawn(table.prune_versions_to(&document, 1)).await?, 3);
    let put = spawn(table.put(Task::new("ann")).when(|task| task.count.not_exists())).await?;
    let (put, _) = move_and_spawn(table.put(Task::new("ann")).id(put.id().clone()).return_old()).await?;
    assert!(matches!(spawn(table.get_all((&put, &document))).await?, (Some(_), Some(_))));
    let operations = (table.create(Task::new("ann")), table.delete(&put), table.check(&task).when(|task| task.count.ge(1)));
    let (second, (), ()) = move_and_spawn(table.transact(operations)).await?;
    spawn(table.transact(vec![table.delete(&second)])).await?;
    assert!(spawn(table.check(&document)).await?.is_ok() && move_and_spawn(table.check(&task)).await?.is_ok());
    assert!(spawn(table.repair(&document)).await?.mended().is_empty() && move_and_spawn(table.repair(&task)).await?.left().is_empty());
    let task = spawn(table.update(task, |task| task.count = 5).idempotency_key("update")).await?;
    let task = move_and_spawn(table.modify(&task, |task| task.count = 6).idempotency_key("modify")).await?;
    spawn(table.put(Task::new("ann")).idempotency_key("put")).await?;
    move_and_spawn(table.transact((table.create(Task::new("ann")),)).idempotency_key("transact")).await?;
    spawn(table.with(Context::new().actor("ann")).get(&task)).await?;
    spawn(table.delete(&task).when(|task| task.count.ge(1)).idempotency_key("delete")).await?;
    move_and_spawn(table.delete(&document).if_unchanged(&document)).await?;
    move_and_spawn(table.delete(&invoice)).await
}

/// An edit that borrows stays on its task; what it returns to is `Send` all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generic_code_over_a_schema() -> Result<()> {
    async fn touch<S: Schema, T: Member<S> + Clone + PartialEq + Debug>(table: Table<S>, value: T) -> Result<()> {
        let created = table.create(value).await?;
        let mut edits = 0;
        table.modify(&created, |_| edits += 1).await?;
        assert_eq!(edits, 1);
        table.delete(&created).await
    }
    let table = engine::table::<App>().await;
    tokio::spawn(touch(table.clone(), Task::new("ann"))).await.expect("no operation panics")?;
    tokio::spawn(touch(table, Document::new("plan"))).await.expect("no operation panics")
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>"))]
struct Person {
    email: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_of_unique_values() -> Result<()> {
    let table = engine::table::<Person>().await;
    let ann = spawn(table.create(Person { email: "ann@acme.io".into() })).await?;
    assert_eq!(spawn(table.find(Person::find_by_email("ann@acme.io"))).await?, Some(ann.clone()));
    assert_eq!(move_and_spawn(table.find(Person::find_by_email("ann@acme.io")).consistent()).await?, Some(ann.clone()));
    assert_eq!(spawn(table.rebuild_claims::<Person>()).await?.rows(), 1);
    assert!(move_and_spawn(table.rebuild_claims::<Person>().rows_per_second(100)).await?.is_complete());
    move_and_spawn(table.delete(&ann)).await
}
