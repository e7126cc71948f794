use serde::{Deserialize, Serialize};
use simpletable::{Id, Repository, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

async fn versions(tasks: Repository<Task>, id: Id<Task>) -> simpletable::Result<()> {
    tasks.list_versions(id).await?;
    Ok(())
}

fn main() {}
