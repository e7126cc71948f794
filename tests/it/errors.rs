//! Errors: the row that won, and what `Debug` and `Display` keep to themselves.

use std::error::Error as _;

use simpletable::{Error, Id, Result};

use crate::engine;
use crate::kinds::{App, Document, Sample, Task, User, for_every_kind};
use crate::stored;

/// What an error shows: itself and all of its sources, both ways.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    text
}

async fn the_row_that_won_comes_with_the_error<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let stale = T::create(&table).await?;
    let won = table.update(stale.clone(), |value| *value.count_mut() = 4711).await?;
    let errors = [
        table.update(stale.clone(), |value| *value.count_mut() = 2).await.expect_err("stale"),
        table.update_at(&stale, stale.revision(), |value| *value.count_mut() = 2).await.expect_err("stale"),
        table.delete(&stale).if_unchanged(&stale).await.expect_err("stale"),
        T::create(&table).await.expect_err("taken"),
    ];
    for error in errors {
        assert_eq!(error.current::<T>(), Some(won.clone()));
        assert!(!shown(&error).contains("4711"), "{error:?}");
        // It is as good as one that was read.
        assert_eq!(error.current::<T>().map(|current| current.revision()), Some(won.revision()));
    }
    let last = table.update(stale, |_| ()).await.expect_err("stale").current::<T>().expect("the row");
    assert_eq!(table.update(last, |value| *value.count_mut() += 1).await?.count(), 4712);
    Ok(())
}

for_every_kind!(the_row_that_won_comes_with_the_error);

#[tokio::test]
async fn the_row_is_of_one_type() -> Result<()> {
    let table = engine::table::<App>().await;
    table.create(User::new("ann@acme.io")).await?;
    let error = table.create(User::new("ann@acme.io")).await.expect_err("taken");
    assert!(error.current::<User>().is_some());
    assert!(error.current::<Task>().is_none());
    let gone = table.read(Id::<Document>::from("none")).await.expect_err("no such id");
    assert!(gone.current::<Document>().is_none());
    Ok(())
}

#[tokio::test]
async fn what_is_shown_are_names() -> Result<()> {
    let table = engine::table::<App>().await;
    let stale = table.create(User { email: "canary@acme.io".into(), count: 4711 }).await?;
    let taken = table.create(User { email: "canary@acme.io".into(), count: 4711 }).await.expect_err("taken");
    assert_eq!(taken.to_string(), "cannot create the User: its key is taken");
    table.update(stale.clone(), |_| ()).await?;
    let conflict = table.update(stale, |_| ()).await.expect_err("stale");
    assert_eq!(conflict.to_string(), "cannot update the User: it has changed since it was read");
    assert!(format!("{conflict:?}").contains("Current(..)"));
    let gone = table.read(User::key("canary")).await.expect_err("no such id");
    assert_eq!(gone.to_string(), "no such User");
    stored::change(&table, ("User#canary@acme.io", "User#canary@acme.io"), "SET email = :v", stored::n(4711)).await;
    let unreadable = table.read(User::key("canary@acme.io")).await.expect_err("a number");
    assert_eq!(unreadable.to_string(), "cannot read `email` of User: unexpected type `N`");
    let long = table.create(User { email: "canary".repeat(1000), count: 0 }).await.expect_err("too long");
    assert_eq!(long.to_string(), "cannot make the key `<email>` of User: the key is longer than 1024 bytes");
    for error in [taken, conflict, gone, unreadable, long] {
        assert!(!shown(&error).contains("canary") && !shown(&error).contains("4711"), "{error:?}");
    }
    Ok(())
}
