use serde::{Deserialize, Serialize};
use simpletable::{Resource, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
struct Org {
    org: String,
}

fn id(org: &Resource<Org>) -> String {
    org.id().to_string()
}

fn main() {}
