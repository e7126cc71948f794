use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(prefix = "Seat", unique(name = "holder", value = "<holder>"))]
struct Chair {
    holder: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ROOM#<room>", sk = "SEAT#<seat>", unique(name = "holder", value = "<holder>"))]
struct Seat {
    room: String,
    seat: String,
    holder: String,
}

#[derive(SingleTable)]
enum App {
    Chair(Chair),
    Seat(Seat),
}

fn main() {
    let _ = |chair, seat| [App::Chair(chair), App::Seat(seat)];
}
