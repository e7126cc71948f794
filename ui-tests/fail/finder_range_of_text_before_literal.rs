use serde::{Deserialize, Serialize};
use simpletable::{Finder, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<title>#<tag>")]
struct Task {
    owner: String,
    title: String,
    tag: String,
}

fn find() -> impl Finder {
    Task::by_owner("ann").range("a".."b")
}

fn main() {}
