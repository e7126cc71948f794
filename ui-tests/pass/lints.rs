//! The strictest of users: no lint fires in generated code, and what is deprecated may stand in an entity.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, unused_results, deprecated)]
#![deny(missing_copy_implementations, single_use_lifetimes, trivial_casts, trivial_numeric_casts, unsafe_code, unused_lifetimes)]

use serde::{Deserialize, Serialize};
use simpletable::{KeyPart, SingleTable};

#[derive(Debug, Serialize, Deserialize)]
#[deprecated(note = "for the test")]
struct Old;

#[derive(Debug, Serialize, Deserialize, KeyPart)]
#[allow(deprecated)]
enum State {
    #[deprecated(note = "for the test")]
    Former,
    Present,
}

#[derive(Debug, Serialize, Deserialize, SingleTable)]
#[gsi(name = "state", pk = "state#<state>", sk = "<rank:03>")]
#[allow(deprecated)]
struct Thing {
    state: State,
    old: Option<Old>,
    #[deprecated(note = "for the test")]
    rank: u32,
}

#[derive(Debug, Serialize, Deserialize, SingleTable)]
#[deprecated(note = "for the test")]
struct Former {
    name: String,
}

#[derive(Debug, SingleTable)]
#[allow(deprecated)]
enum App {
    Thing(Thing),
    Former(Former),
}

#[allow(deprecated)]
fn main() {
    let thing = Thing { state: State::Present, old: None, rank: 1 };
    drop((App::Thing(thing), App::Former(Former { name: String::new() })));
}
