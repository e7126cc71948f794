//! The tour: define a resource, create, read, update, list, query an index, walk its history.
//!
//! Runs on the embedded engine, with no AWS account and no Docker: `cargo run --example quickstart`.

use serde::{Deserialize, Serialize};
use simpletable::{Error, Id, KeyPart, SingleTable, Table};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, KeyPart)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Inactive,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, compress, max_versions = 10)]
#[gsi(name = "status", pk = "status#<status>")]
struct Document {
    name: String,
    status: Status,
    metadata: Option<serde_json::Value>,
}

#[tokio::main]
async fn main() -> simpletable::Result<()> {
    let table = Table::in_memory::<Document>().await?;

    // Create: the id is a ULID, so ids sort by creation time; the version is 1.
    let doc = table.create(Document { name: "test".into(), status: Status::Active, metadata: None }).await?;
    println!("created {} v{} at {}", doc.id(), doc.version(), doc.created_at());

    // Read: `get` answers `None` for a missing id, `read` an error. An `Id` knows its type.
    assert_eq!(table.read(doc.id()).consistent().await?, doc);
    assert!(table.get(Id::<Document>::from("no-such-id")).await?.is_none());

    // Update: one request. A stale copy is refused, and nothing is written.
    let stale = doc.clone();
    let doc = table.update(doc, |d| d.status = Status::Inactive).await?;
    assert_eq!(doc.version(), 2);
    let refused = table.update(stale, |d| d.name = "lost".into()).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })));

    // Query an index by the function that its declaration generated, with the key's own type.
    let inactive = table.query(Document::by_status(Status::Inactive)).await?;
    assert_eq!(inactive.len(), 1);
    assert_eq!(inactive[0], doc);

    // List by type, most recently updated first, and filter in the client.
    let recent = table.list::<Document>().filter_fn(|d| d.name.starts_with('t')).limit(50).await?;
    assert_eq!(recent.len(), 1);

    // History: every version, newest first; one of them; and back to one of them.
    let versions = table.versions(doc.id()).await?;
    assert_eq!(versions.iter().map(|v| v.version()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(table.read_version(doc.id(), 1).await?.status, Status::Active);
    let restored = table.restore(doc.id(), 1).await?;
    assert_eq!((restored.version(), restored.status), (3, Status::Active));

    // Delete the resource and its history.
    table.delete(restored.id()).await?;
    assert!(table.get(doc.id()).await?.is_none());
    println!("ok");
    Ok(())
}
