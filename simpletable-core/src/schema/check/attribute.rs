use super::index::Written;
use super::message::Message;
use super::{Alone, same};
use crate::schema::EntityDef;

/// The attributes that the library and Python's write themselves, as `layout.md` lists them.
const SYSTEM: &[&str] = &[
    "pk",
    "sk",
    "gsitype",
    "gsitypesk",
    "resource_id",
    "created_at",
    "updated_at",
    "version",
    "data",
    "metadata",
    "_rev",
    "_blob_fields",
    "_blob_versions",
    "_version_token",
];

pub(super) const fn is_system(attribute: &str) -> bool {
    let mut i = 0;
    while i < SYSTEM.len() {
        if same(SYSTEM[i], attribute) {
            return true;
        }
        i += 1;
    }
    false
}

/// The TTL attribute may not be one that holds something else.
#[track_caller]
pub(super) const fn check_ttl_attribute(ttl_attribute: &str) {
    if is_system(ttl_attribute) {
        let message = Message::new().push("the TTL attribute ").name(ttl_attribute).push(" is one of the library's own attributes");
        message.help("choose another name: `#[table(ttl = \"...\")]`").fail();
    }
}

/// A field may not write the attribute that says when rows expire.
#[track_caller]
pub(super) const fn check_ttl_field(def: &EntityDef, entities: &[&EntityDef], ttl_attribute: &str, alone: Alone) {
    if def.compress || !any_expires(entities) {
        return;
    }
    let mut i = 0;
    while i < def.fields.len() {
        if same(def.fields[i].attribute, ttl_attribute) {
            fail_ttl(def.name, def.fields[i].attribute, alone);
        }
        i += 1;
    }
}

/// A table in which nothing expires has no TTL attribute.
const fn any_expires(entities: &[&EntityDef]) -> bool {
    let mut i = 0;
    while i < entities.len() {
        if entities[i].ttl.is_some() {
            return true;
        }
        i += 1;
    }
    false
}

#[track_caller]
const fn fail_ttl(entity: &str, field: &str, alone: Alone) -> ! {
    let message = Message::new().push("the field ").name(field).push(" of ").name(entity);
    let message = message.push(" is named like the table's TTL attribute").help("rename the field with `#[serde(rename = \"...\")]`");
    match alone {
        Alone::Yes => message,
        Alone::No => message.push(", or the attribute with `#[table(ttl = \"...\")]` on the enum"),
    }
    .fail()
}

/// A new index makes keys of its attributes in the rows of every entity, so no field of any may write them.
#[track_caller]
pub(super) const fn check_fields(entities: &[&EntityDef], written: Written<'_>) {
    let mut entity = 0;
    while entity < entities.len() {
        let def = entities[entity];
        let mut field = 0;
        while !def.compress && field < def.fields.len() {
            if written.writes(def.fields[field].attribute) {
                fail_index(def.name, def.fields[field].attribute, written);
            }
            field += 1;
        }
        entity += 1;
    }
}

#[track_caller]
const fn fail_index(entity: &str, field: &str, written: Written<'_>) -> ! {
    let setting = if same(written.index.pk_attribute, field) { "pk_attr" } else { "sk_attr" };
    let message = Message::new().push("the field ").name(field).push(" of ").name(entity);
    let message = message.push(" is named like an attribute of the index ").name(written.index.index);
    let message = if same(entity, written.entity) { message } else { message.push(" of ").name(written.entity) };
    let message = message.help("rename the field with `#[serde(rename = \"...\")]`, or the attribute with `").push(setting);
    message.push(" = \"...\"` in `#[gsi(...)]`").fail()
}
