use serde::{Deserialize, Serialize};
use simpletable::{ReadRepository, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

async fn create(tasks: ReadRepository<Task>) -> simpletable::Result<()> {
    tasks.create(Task { title: "write".into() }).await?;
    Ok(())
}

fn main() {}
