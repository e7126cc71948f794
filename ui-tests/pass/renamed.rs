//! The dependency under another name, or found through a crate of the user's own.

#![deny(warnings)]

// What `orm = { package = "simpletable" }` in the manifest does.
extern crate simpletable as orm;
mod simpletable {}
mod prelude {
    pub(crate) use crate::orm;
}

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, orm::KeyPart)]
#[table(crate = orm)]
enum Status {
    Open,
}

#[derive(Serialize, Deserialize, orm::SingleTable)]
#[table(crate = orm, versioned)]
#[gsi(name = "status", pk = "status#<status>")]
struct Task {
    status: Status,
}

#[derive(Serialize, Deserialize, orm::SingleTable)]
#[table(crate = crate::prelude::orm)]
struct Project {
    name: String,
}

#[derive(orm::SingleTable)]
#[table(crate = orm)]
enum App {
    Task(Task),
    Project(Project),
}

fn main() {
    let _ = App::Task(Task { status: Status::Open });
    let _ = App::Project(Project { name: String::new() });
}
