//! A table in a file, on the embedded engine, whichever engine the other tests run on.

use simpletable::{Error, Result, Table};

use crate::kinds::{App, Document, Invoice, Task};
use crate::stored;

#[tokio::test]
async fn data_survives_the_table() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db");
    let table = Table::open::<App>(&path).await?;
    let task = table.create(Task::new("ann")).await?;
    let document = table.create(Document::new("plan")).await?;
    let document = table.update(document, |document| document.count = 1).await?;
    let rows = stored::all(&table).await;
    drop(table);

    let table = Table::builder::<App>("simpletable").file(&path).build().await?;
    assert_eq!(stored::all(&table).await, rows);
    assert_eq!(table.read(&task).await?, task);
    // A copy that was held meanwhile is as good as before.
    let document = table.update(document, |document| document.count = 2).await?;
    assert_eq!(document.version(), 3);
    assert!(table.create(Task::new("bob")).id(task.id().clone()).await.expect_err("the key is taken").is_already_exists());
    Ok(())
}

#[tokio::test]
async fn two_handles_see_one_file() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db");
    let (one, two) = (Table::open::<App>(&path).await?, Table::open::<App>(&path).await?);
    let invoice = one.create(Invoice::new(7)).await?;
    let changed = two.update(two.read(&invoice).await?, |invoice| invoice.count = 1).await?;
    assert!(one.update(invoice, |invoice| invoice.count = 2).await.expect_err("the other handle was first").is_conflict());
    assert_eq!(one.read(&changed).await?, changed);
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners() -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let table = Table::open::<App>(folder.path().join("app.db")).await?;
    table.create(Task::new("ann")).await?;
    let mut files = 0;
    for file in std::fs::read_dir(folder.path()).expect("the folder") {
        let file = file.expect("a file");
        let mode = file.metadata().expect("its metadata").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
        files += 1;
    }
    assert!(files > 0);
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_opened_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("missing").join("app.db");
    let error = Table::open::<App>(&missing).await.expect_err("there is no such folder");
    assert!(matches!(&error, Error::Open { path: Some(path), .. } if *path == missing), "{error}");
    let other = folder.path().join("letter.txt");
    std::fs::write(&other, "dear reader, this is no database, and it shall stay as it is").expect("written");
    let error = Table::open::<App>(&other).await.expect_err("it is no database");
    assert!(matches!(&error, Error::Open { .. }), "{error:?}");
    assert!(std::fs::read_to_string(&other).expect("read").starts_with("dear reader"));
}
