//! The declarations of the examples.

#![deny(warnings)]

mod quickstart {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};
    use simpletable::{KeyPart, SingleTable};

    #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, KeyPart)]
    #[serde(rename_all = "snake_case")]
    pub enum Status {
        Active,
        Inactive,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned, compress, max_versions = 10)]
    #[gsi(name = "status", pk = "status#<status>")]
    pub struct Document {
        pub name: String,
        pub status: Status,
        // `serde_json::Value` there; here the dependencies are fixed.
        pub metadata: Option<BTreeMap<String, String>>,
    }
}

mod access_patterns {
    use std::collections::BTreeSet;

    use chrono::NaiveDate;
    use serde::{Deserialize, Serialize};
    use simpletable::{Id, SingleTable};

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    pub struct Project {
        pub name: String,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<due>")]
    #[gsi(name = "project", index = "gsi1", pk = "project#<project>")]
    pub struct Task {
        pub title: String,
        pub owner: String,
        pub priority: u8,
        pub due: NaiveDate,
        /// `None` leaves the task out of the `project` index.
        pub project: Option<Id<Project>>,
        /// A DynamoDB string set.
        #[table(set)]
        pub tags: BTreeSet<String>,
        pub hours: f64,
    }

    #[derive(SingleTable)]
    pub enum App {
        Project(Project),
        Task(Task),
    }
}

mod collections {
    use serde::{Deserialize, Serialize};
    use simpletable::SingleTable;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(pk = "ORG#<org>", sk = "ORG")]
    pub struct Org {
        pub org: String,
        pub plan: String,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(pk = "ORG#<org>", sk = "USER#<email>")]
    #[gsi(name = "email", index = "gsi1", pk = "EMAIL#<email>")]
    pub struct User {
        pub org: String,
        pub email: String,
        pub name: String,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(pk = "ORG#<org>", sk = "INVOICE#<number:08>")]
    pub struct Invoice {
        pub org: String,
        pub number: u32,
        pub cents: u64,
    }

    /// The table: every entity that lives in it.
    #[derive(Debug, SingleTable)]
    pub enum Billing {
        Org(Org),
        User(User),
        Invoice(Invoice),
    }
}

use access_patterns::{App, Project, Task};
use chrono::NaiveDate;
use collections::{Billing, Invoice, Org, User};
use quickstart::{Document, Status};
use simpletable::{Id, Table};

/// What the examples do with keys and resources, never run.
#[allow(dead_code, reason = "it only has to compile")]
async fn operations(documents: Table<Document>, app: Table<App>, billing: Table<Billing>) -> simpletable::Result<()> {
    let document = documents.create(Document { name: "test".into(), status: Status::Active, metadata: None }).await?;
    assert_eq!(documents.read(document.id()).consistent().await?, document);
    let document = documents.update(document, |d| d.status = Status::Inactive).await?;
    assert_eq!(document.version(), 2);
    assert!(documents.get(Id::<Document>::from("no-such-id")).await?.is_none());
    documents.delete(document.id()).await?;

    let project = app.create(Project { name: "launch".into() }).await?;
    let task = Task {
        title: "task".into(),
        owner: "ann".into(),
        priority: 1,
        due: NaiveDate::default(),
        project: Some(project.id().clone()),
        tags: ["t".to_owned()].into(),
        hours: 0.5,
    };
    app.create(task).await?;

    billing.create(Org { org: "acme".into(), plan: "pro".into() }).await?;
    billing.create(User { org: "acme".into(), email: "ann@acme.io".into(), name: "Ann".into() }).await?;
    billing.create(Invoice { org: "acme".into(), number: 1, cents: 990 }).await?;
    let ann = billing.read(User::key("acme", "ann@acme.io")).await?;
    assert_eq!(ann.name, "Ann");
    Ok(())
}

fn main() {}
