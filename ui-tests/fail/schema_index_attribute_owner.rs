use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>"))]
struct User {
    email: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "assignee", pk = "owner#<assignee>", pk_attr = "owner")]
struct Task {
    assignee: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Task(Task),
}

fn main() {
    let _ = |user, task| [App::User(user), App::Task(task)];
}
