//! Names that generated code could trip over: raw identifiers, those of core's own items, and those that it would choose itself.

#![deny(warnings)]
#![allow(non_camel_case_types, clippy::all)]

use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "type", pk = "type#<type>", sk = "<match:03>#<self_>")]
struct r#Struct {
    r#type: String,
    r#match: u8,
    self_: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "FN#<fn>", sk = "<Ok>#<part>")]
#[allow(non_snake_case)]
struct Entity {
    r#fn: String,
    Ok: String,
    part: String,
    serializer: Option<String>,
    index: u32,
    key: u32,
    id: String,
}

/// Not those of the prelude.
mod shadows {
    #[derive(serde::Serialize, serde::Deserialize, simpletable::SingleTable)]
    #[gsi(name = "vec", pk = "<vec>")]
    struct Vec {
        vec: std::string::String,
        string: String,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    struct String;

    #[derive(simpletable::SingleTable)]
    enum Option {
        Some(Vec),
    }

    #[allow(dead_code)]
    trait Entity {}

    #[allow(dead_code)]
    enum Result {}

    pub fn exist() {
        let _ = Option::Some(Vec { vec: std::string::String::new(), string: String });
    }
}

#[derive(SingleTable)]
enum Schema {
    r#Struct(r#Struct),
    Entity(Entity),
}

fn main() {
    shadows::exist();
    let _ = Schema::r#Struct(r#Struct { r#type: String::new(), r#match: 0, self_: String::new() });
    let _ = Entity::key("a", "b", "c");
}
