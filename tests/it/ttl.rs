//! `ttl`: expired is gone, before DynamoDB deletes it.

use std::fmt::Debug;

use aws_sdk_dynamodb::types::TimeToLiveStatus;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use simpletable::{Create, Id, Member, Result, Schema, SettableClock, SingleTable, Table};

use crate::stored::{self, n};
use crate::{engine, kinds};

/// A time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires")]
struct Session {
    expires: Option<DateTime<Utc>>,
    count: u32,
}

/// Seconds after creation, with an id that is made again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "seconds", id = "<name>")]
struct Lock {
    name: String,
    seconds: u32,
    count: u32,
}

/// A history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, ttl = "until")]
struct Lease {
    until: DateTime<Utc>,
    count: u32,
}

#[derive(SingleTable)]
#[table(ttl = "gone_at")]
enum App {
    Session(Session),
    Lock(Lock),
    Lease(Lease),
}

/// Far ahead, so that no engine deletes what is expired here.
fn start() -> DateTime<Utc> {
    "2100-01-01T00:00:00.5Z".parse().expect("a time")
}

/// A table whose clock shows `start`.
async fn stopped<S: Schema>() -> (Table<S>, SettableClock) {
    let clock = SettableClock::new(start());
    (engine::builder().clock(clock.clone()).build().await.expect("the engine under test is there"), clock)
}

fn session(expires: Option<DateTime<Utc>>) -> Session {
    Session { expires, count: 0 }
}

/// One that expires ten seconds after it is created.
trait Expiring: Member<Self> + Clone + PartialEq + Debug + Schema {
    const ROWS: usize;
    fn create(table: &Table<Self>, now: DateTime<Utc>) -> Create<Self>;
    fn count(&mut self) -> &mut u32;
}

impl Expiring for Session {
    const ROWS: usize = 1;
    fn create(table: &Table<Self>, now: DateTime<Utc>) -> Create<Self> {
        table.create(session(Some(now + TimeDelta::seconds(10)))).id("one")
    }
    fn count(&mut self) -> &mut u32 {
        &mut self.count
    }
}

impl Expiring for Lock {
    const ROWS: usize = 1;
    fn create(table: &Table<Self>, _: DateTime<Utc>) -> Create<Self> {
        table.create(Self { name: "one".into(), seconds: 10, count: 0 })
    }
    fn count(&mut self) -> &mut u32 {
        &mut self.count
    }
}

impl Expiring for Lease {
    const ROWS: usize = 2;
    fn create(table: &Table<Self>, now: DateTime<Utc>) -> Create<Self> {
        table.create(Self { until: now + TimeDelta::seconds(10), count: 0 }).id("one")
    }
    fn count(&mut self) -> &mut u32 {
        &mut self.count
    }
}

async fn expired_is_gone<T: Expiring>() -> Result<()> {
    let (table, clock) = stopped::<T>().await;
    let first = T::create(&table, start()).await?;
    // Until the very second that the attribute says.
    clock.set(start() + TimeDelta::milliseconds(9_499));
    assert_eq!(table.get(&first).consistent().await?, Some(first.clone()));
    assert!(T::create(&table, start()).await.expect_err("it is there").is_already_exists());
    clock.set(start() + TimeDelta::milliseconds(9_500));

    assert_eq!(table.get(&first).consistent().await?, None);
    assert!(table.read(&first).await.expect_err("expired").is_not_found());
    assert!(table.modify(&first, |value| *value.count() += 1).await.expect_err("expired").is_not_found());
    assert!(table.update_at(&first, first.revision(), |value| *value.count() += 1).await.expect_err("expired").is_not_found());
    assert!(table.delete(&first).await.expect_err("expired").is_not_found());
    assert_eq!(stored::all(&table).await.len(), T::ROWS, "and yet it is there");
    assert_eq!(table.get(&first).include_expired().consistent().await?, Some(first.clone()));
    assert_eq!(table.read(&first).include_expired().consistent().await?, first);

    let second = T::create(&table, start() + TimeDelta::seconds(10)).await?;
    assert_eq!(table.read(&first).consistent().await?, second);
    assert!(second.created_at() > first.created_at());
    assert_eq!(stored::all(&table).await.len(), T::ROWS);
    let stale = table.update(first, |value| *value.count() += 1).await;
    assert!(stale.expect_err("it is another one").is_conflict());
    table.delete(&second).await?;
    assert!(stored::all(&table).await.is_empty());
    Ok(())
}

#[tokio::test]
async fn an_expired_session_is_gone() -> Result<()> {
    expired_is_gone::<Session>().await
}

#[tokio::test]
async fn an_expired_lock_is_gone() -> Result<()> {
    expired_is_gone::<Lock>().await
}

#[tokio::test]
async fn an_expired_lease_is_gone() -> Result<()> {
    expired_is_gone::<Lease>().await
}

#[tokio::test]
async fn the_attribute_of_an_entity_is_ttl() -> Result<()> {
    let (table, _) = stopped::<Session>().await;
    let session = table.create(session(Some(start() + TimeDelta::days(1)))).id("one").await?;
    let row = stored::one(&table, "Session#one", "Session#one").await.expect("the row");
    assert_eq!(row["ttl"], n((start() + TimeDelta::days(1)).timestamp()));
    // Absent when unset.
    table.update(session, |session| session.expires = None).await?;
    let row = stored::one(&table, "Session#one", "Session#one").await.expect("the row");
    assert_eq!(stored::names(&row), "count created_at gsitype gsitypesk pk resource_id sk updated_at");
    Ok(())
}

#[tokio::test]
async fn the_attribute_of_an_enum_is_its_own() -> Result<()> {
    let (table, clock) = stopped::<App>().await;
    let created = start().timestamp();
    let lock = table.create(Lock { name: "one".into(), seconds: 90, count: 0 }).await?;
    // From creation, not from the last write.
    clock.advance(TimeDelta::seconds(30));
    table.update(lock, |lock| lock.seconds = 60).await?;
    let lease = table.create(Lease { until: start() + TimeDelta::hours(1), count: 0 }).id("one").await?;
    table.update(lease, |lease| lease.until += TimeDelta::hours(1)).await?;
    let rows = stored::all(&table).await;
    let expected = [("v0", 7200), ("v1", 3600), ("v2", 7200), ("Lock#one", 60)];
    assert_eq!(rows.len(), expected.len());
    for (row, (sk, seconds)) in rows.iter().zip(expected) {
        assert_eq!((stored::text(row, "sk"), &row["gone_at"]), (sk, &n(created + seconds)));
        assert!(!row.contains_key("ttl"));
    }
    assert_eq!(stored::data(&rows[0])["until"], "2100-01-01T02:00:00.500Z");
    Ok(())
}

#[tokio::test]
async fn without_a_time_nothing_expires() -> Result<()> {
    let (table, clock) = stopped::<App>().await;
    let session = table.create(session(None)).await?;
    clock.advance(TimeDelta::days(365_000));
    assert_eq!(table.read(&session).await?, session);
    assert!(table.create(Session { expires: None, count: 1 }).id(session.id().clone()).await.expect_err("taken").is_already_exists());
    table.delete(&session).await
}

#[tokio::test]
async fn an_expired_row_can_be_prolonged_by_who_reads_it_expired() -> Result<()> {
    let (table, clock) = stopped::<App>().await;
    table.create(session(Some(start() + TimeDelta::seconds(1)))).id("one").await?;
    clock.advance(TimeDelta::seconds(60));
    let id = Id::<Session>::from("one");
    let expired = table.read(&id).include_expired().consistent().await?;
    let prolonged = table.update(expired, |session| session.expires = Some(start() + TimeDelta::days(1))).await?;
    assert_eq!(table.read(&id).consistent().await?, prolonged);
    Ok(())
}

#[tokio::test]
async fn the_table_lets_dynamodb_delete_what_expires() {
    async fn enabled<S: Schema>() -> Option<String> {
        let table = engine::table::<S>().await;
        let answer = table.client().describe_time_to_live().table_name(table.name()).send().await.expect("the table is described");
        let ttl = answer.time_to_live_description.expect("a description");
        let enabled = matches!(ttl.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
        ttl.attribute_name.filter(|_| enabled)
    }
    assert_eq!(enabled::<Session>().await.as_deref(), Some("ttl"));
    assert_eq!(enabled::<App>().await.as_deref(), Some("gone_at"));
    assert_eq!(enabled::<kinds::App>().await, None);
}
