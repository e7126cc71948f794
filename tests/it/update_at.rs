//! `update_at`: an update of what was seen earlier, by its revision.

use std::collections::HashSet;

use simpletable::{Error, Id, Result};

use crate::engine;
use crate::kinds::{App, Sample, Task, for_every_kind};

async fn the_revision_that_was_seen_is_updated<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    let updated = table.update_at(&created, created.revision(), |value| *value.count_mut() = 1).await?;
    assert_eq!(updated.count(), 1);
    assert_eq!(table.read(&created).consistent().await?, updated);
    // As text, which is how it comes back from a browser.
    let tag = updated.revision().to_string();
    assert_eq!(table.update_at(&created, &tag, |value| *value.count_mut() = 2).await?.count(), 2);
    Ok(())
}

async fn another_revision_is_refused<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    let updated = table.update(created.clone(), |value| *value.count_mut() = 1).await?;
    for revision in [created.revision().to_string(), String::new(), "1-0".into()] {
        let error = table.update_at(&created, &revision, |value| *value.count_mut() = 2).await.expect_err("it is at another revision");
        assert!(matches!(error, Error::Conflict { operation: "update_at", .. }));
        assert_eq!(error.current::<T>(), Some(updated.clone()));
    }
    assert_eq!(table.read(&created).consistent().await?, updated);
    Ok(())
}

async fn a_revision_is_of_one_state<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let mut resource = T::create(&table).await?;
    let mut seen = HashSet::new();
    for _ in 0..5 {
        assert!(seen.insert(resource.revision()), "every write makes a new one");
        assert_eq!(table.read(&resource).consistent().await?.revision(), resource.revision(), "reading does not");
        resource = table.update(resource, |_| ()).await?;
    }
    Ok(())
}

for_every_kind!(the_revision_that_was_seen_is_updated, another_revision_is_refused, a_revision_is_of_one_state);

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let table = engine::table::<App>().await;
    let error = table.update_at(Id::<Task>::from("none"), "1-0", |task| task.count = 1).await.expect_err("no such id");
    assert!(error.is_not_found());
}
