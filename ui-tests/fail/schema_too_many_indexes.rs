use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "p1", index = "gsi1", pk = "p1#<name>")]
#[gsi(name = "p2", index = "gsi2", pk = "p2#<name>")]
#[gsi(name = "p3", index = "gsi3", pk = "p3#<name>")]
#[gsi(name = "p4", index = "gsi4", pk = "p4#<name>")]
#[gsi(name = "p5", index = "gsi5", pk = "p5#<name>")]
#[gsi(name = "p6", index = "gsi6", pk = "p6#<name>")]
#[gsi(name = "p7", index = "gsi7", pk = "p7#<name>")]
#[gsi(name = "p8", index = "gsi8", pk = "p8#<name>")]
#[gsi(name = "p9", index = "gsi9", pk = "p9#<name>")]
#[gsi(name = "p10", index = "gsi10", pk = "p10#<name>")]
#[gsi(name = "p11", index = "gsi11", pk = "p11#<name>")]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "p12", index = "gsi12", pk = "p12#<name>")]
#[gsi(name = "p13", index = "gsi13", pk = "p13#<name>")]
#[gsi(name = "p14", index = "gsi14", pk = "p14#<name>")]
#[gsi(name = "p15", index = "gsi15", pk = "p15#<name>")]
#[gsi(name = "p16", index = "gsi16", pk = "p16#<name>")]
#[gsi(name = "p17", index = "gsi17", pk = "p17#<name>")]
#[gsi(name = "p18", index = "gsi18", pk = "p18#<name>")]
#[gsi(name = "p19", index = "gsi19", pk = "p19#<name>")]
#[gsi(name = "p20", index = "gsi20", pk = "p20#<name>")]
struct Admin {
    name: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Admin(Admin),
}

fn main() {}
