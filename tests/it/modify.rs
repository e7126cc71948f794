//! `modify`: read, edit, write, and again when somebody else was faster.

use simpletable::fault::{Fault, Faults};
use simpletable::{Error, Id, Result, Table};

use crate::engine;
use crate::kinds::{App, Sample, Task, for_every_kind};

async fn edits_what_is_stored<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    table.modify(&created, |value| *value.count_mut() += 1).await?;
    let modified = table.modify(created.key(), |value| *value.count_mut() += 1).await?;
    assert_eq!(modified.count(), 2);
    assert_eq!(table.read(&created).consistent().await?, modified);
    Ok(())
}

/// Another writer comes first, as often as the plan says.
fn race<T: Sample>(faults: &Faults, other: &Table<T>, key: &simpletable::Key<T>, times: usize) {
    for nth in 1..=times {
        let (other, key) = (other.clone(), key.clone());
        let write = async move { drop(other.modify(key, |value| *value.count_mut() += 10).await.expect("the other writer writes")) };
        faults.inject(Fault::meanwhile(write).on(T::WRITE).nth(nth));
    }
}

async fn is_tried_again_on_what_somebody_else_wrote<T: Sample>() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<T>().await;
    let table = other.with_faults(&faults);
    let created = T::create(&other).await?;
    race(&faults, &other, &created.key(), 2);
    let mut edits = 0;
    let edit = |value: &mut T| {
        edits += 1;
        *value.count_mut() += 1;
    };
    assert_eq!(table.modify(&created, edit).await?.count(), 21);
    assert_eq!(edits, 3);
    assert_eq!(faults.requests(), ["GetItem", T::WRITE, "GetItem", T::WRITE, "GetItem", T::WRITE]);
    Ok(())
}

async fn gives_up_with_the_last_conflict<T: Sample>() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<T>().await;
    let table = other.with_faults(&faults);
    let created = T::create(&other).await?;
    race(&faults, &other, &created.key(), 2);
    let error = table.modify(&created, |value| *value.count_mut() += 1).attempts(2).await.expect_err("it is always late");
    assert!(matches!(error, Error::Conflict { operation: "modify", .. }));
    assert_eq!(error.current::<T>().map(|current| current.count()), Some(20));
    assert_eq!(faults.requests().len(), 4);
    Ok(())
}

for_every_kind!(edits_what_is_stored, is_tried_again_on_what_somebody_else_wrote, gives_up_with_the_last_conflict);

#[tokio::test]
async fn no_attempts_are_one() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).await?;
    assert_eq!(table.modify(&task, |task| task.count += 1).attempts(0).await?.count, 1);
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_not_edited() {
    let table = engine::table::<App>().await;
    let mut edits = 0;
    let error = table.modify(Id::<Task>::from("none"), |_| edits += 1).await.expect_err("no such id");
    assert!(error.is_not_found());
    assert_eq!(edits, 0);
}
