//! What `Table::with` carries through operations: an actor, tags and a deadline.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Context, Error, Result, SingleTable, Table};

use crate::engine;
use crate::kinds::{App, Document, Task};
use crate::spans::listen;
use crate::stored;

#[tokio::test]
async fn actor_and_tags_are_in_the_spans_of_every_operation() -> Result<()> {
    let table = engine::table::<App>().await;
    let tagged = table.with(Context::new().actor("user-17").tag("request", "first").tag("route", "/tasks").tag("request", "b2f0"));
    let (spans, _guard) = listen();
    let task = tagged.create(Task::new("ann")).await?;
    let task = tagged.update(task, |task| task.count = 1).await?;
    tagged.list::<Task>().await?;
    tagged.create_many([Task::new("bob")]).await?.into_complete()?;
    tagged.clone().delete(&task).await?;
    for span in spans.take() {
        assert_eq!((span["actor"].as_str(), span["tags"].as_str()), ("user-17", "route=/tasks request=b2f0"), "{span:?}");
    }
    // Another context takes its place; the table itself has none.
    tagged.with(Context::new().tag("job", "1")).list::<Task>().await?;
    table.list::<Task>().await?;
    let told: Vec<_> = spans.take().iter().map(|span| (span.get("actor").cloned(), span.get("tags").cloned())).collect();
    assert_eq!(told, [(None, Some("job=1".into())), (None, None)]);
    Ok(())
}

fn until(table: &Table<App>, faults: &Faults, deadline: Duration) -> Table<App> {
    table.with_faults(faults).with(Context::new().deadline(deadline))
}

#[tokio::test]
async fn no_request_is_begun_after_the_deadline() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).await?;
    let document = table.create(Document::new("plan")).await?;
    let late = table.with_faults(&faults).with(Context::new().deadline(Instant::now()));
    let failures = [
        late.create(Task::new("ann")).await.map(drop),
        late.get(&task).await.map(drop),
        late.update(task.clone(), |task| task.count = 1).await.map(drop),
        late.modify(&document, |document| document.count = 1).await.map(drop),
        late.delete(&document).await,
        late.list::<Task>().all().await.map(drop),
        late.scan::<App>().segments(2).all().await.map(drop),
        late.get_many([&task]).await.map(drop),
        late.create_many([Task::new("bob")]).await?.into_complete().map(drop),
        late.put_many([Task::new("bob")]).await?.into_complete().map(drop),
    ];
    for failure in failures {
        let error = failure.expect_err("the deadline has passed");
        assert!(error.is_deadline_exceeded() && !error.is_retryable(), "{error:?}");
    }
    assert_eq!(faults.requests(), Vec::<String>::new());
    assert_eq!(stored::all(&table).await.len(), 3);
    Ok(())
}

/// Neither the SDK's repetitions nor ours go on after it.
#[tokio::test]
async fn repetitions_end_at_the_deadline() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).await?;
    for failure in [Failure::Throttling, Failure::TransactionConflict] {
        let faults = Faults::new();
        // One that does not give up before.
        let retries = RetryConfig::standard().with_max_attempts(50);
        let stubborn = Client::from_conf(table.client().config().to_builder().retry_config(retries).build());
        let short = until(&Table::new(stubborn, table.name()), &faults, Duration::from_millis(40));
        faults.inject(Fault::before(failure).always());
        let began = Instant::now();
        let error = short.update(task.clone(), |task| task.count = 1).await.expect_err("nothing gets through");
        assert!(matches!(error, Error::DeadlineExceeded { entity: "Task", operation: "update" }), "{failure:?} {error:?}");
        assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
        assert_eq!(table.read(&task).consistent().await?, task);
    }
    Ok(())
}

/// A request that is given up in the middle may have been made: nobody has heard.
#[tokio::test]
async fn a_write_that_is_given_up_is_unknown() -> Result<()> {
    for versioned in [false, true] {
        let faults = Faults::new();
        let table = engine::table::<App>().await;
        let short = until(&table, &faults, Duration::from_millis(50));
        faults.inject(Fault::meanwhile(tokio::time::sleep(Duration::from_secs(60))));
        let began = Instant::now();
        let written = match versioned {
            false => short.create(Task::new("ann")).await.map(drop),
            true => short.create(Document::new("plan")).await.map(drop),
        };
        assert!(matches!(written, Err(Error::Unknown { .. })), "{written:?}");
        assert!(began.elapsed() < Duration::from_secs(30));
    }
    // The answer is lost, and the time is over before it is asked for again.
    let faults = Faults::new();
    let table = engine::table::<App>().await;
    let short = until(&table, &faults, Duration::from_millis(60));
    faults.inject(Fault::after(Failure::ServerError));
    faults.inject(Fault::meanwhile(tokio::time::sleep(Duration::from_secs(60))).nth(2));
    let created = short.create(Task::new("ann")).await;
    assert!(matches!(created, Err(Error::Unknown { .. })), "{created:?}");
    assert_eq!(table.list::<Task>().count().await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_read_that_is_given_up_says_so() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).await?;
    let short = until(&table, &faults, Duration::from_millis(50));
    faults.inject(Fault::meanwhile(tokio::time::sleep(Duration::from_secs(60))));
    assert!(short.get(&task).await.is_err_and(|error| error.is_deadline_exceeded()));
    // Early enough is as if there were none.
    let long = table.with(Context::new().deadline(Duration::from_secs(60)));
    assert_eq!(long.get(&task).await?, Some(task));
    assert_eq!(table.with(Context::new().deadline(Duration::MAX)).list::<Task>().count().await?, 1);
    Ok(())
}

/// Also where it passes between the requests of a transaction.
#[tokio::test]
async fn a_transaction_shows_that_the_deadline_has_passed() -> Result<()> {
    #[derive(Debug, Serialize, Deserialize, SingleTable)]
    #[table(unique(name = "email", value = "<email>"))]
    struct Person {
        email: String,
    }
    let person = || Person { email: "ann@acme.io".into() };
    let faults = Faults::new();
    let table = engine::table::<Person>().await;
    table.create(person()).await?;
    let short = table.with_faults(&faults).with(Context::new().deadline(Duration::from_millis(200)));
    // The one who has the value is looked at.
    faults.inject(Fault::meanwhile(tokio::time::sleep(Duration::from_secs(60))).on("GetItem"));
    let error = short.transact((short.create(person()),)).await.expect_err("the time is over");
    assert!(matches!(&error, Error::Transaction { position: 0, .. }), "{error:?}");
    assert!(error.is_deadline_exceeded(), "{error:?}");
    Ok(())
}
