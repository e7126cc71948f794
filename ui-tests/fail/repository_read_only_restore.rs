use serde::{Deserialize, Serialize};
use simpletable::{Id, ReadRepository, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    title: String,
}

async fn restore(documents: ReadRepository<Document>, id: Id<Document>) -> simpletable::Result<()> {
    documents.restore_version(id, 1).await?;
    Ok(())
}

fn main() {}
