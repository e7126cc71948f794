use serde::{Deserialize, Serialize};
use simpletable::{Finder, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
struct Org {
    org: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "TEAM#<team>", sk = "TEAM")]
struct Team {
    team: String,
}

#[derive(SingleTable)]
enum Billing {
    Org(Org),
}

fn team() -> impl Finder<Item = Billing> {
    Billing::partition_of(Team::key("a"))
}

fn main() {}
