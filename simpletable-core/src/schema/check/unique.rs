use super::message::Message;
use super::same;
use crate::schema::EntityDef;

/// What a claim calls the row that it belongs to.
const OWNER: &str = "owner";

/// The keys of claims hold the prefix of their entity, or its name where it has none.
#[track_caller]
pub(super) const fn check_claims(first: &EntityDef, second: &EntityDef) {
    if !first.unique.is_empty() && !second.unique.is_empty() && same(first.prefix(), second.prefix()) {
        let message = Message::new().push("the unique values of ").name(first.name).push(" and ").name(second.name);
        let message = message.push(" would be claimed by the same keys: ").name(first.prefix()).push(" names both");
        message.help("give one of them another `name` or `prefix` in `#[table(...)]`").fail();
    }
}

/// A claim says by an attribute whose it is, which no index of the table can have for a key.
#[track_caller]
pub(super) const fn check_owner(claiming: &EntityDef, indexed: &EntityDef) {
    let mut i = 0;
    while !claiming.unique.is_empty() && i < indexed.indexes.len() {
        let index = &indexed.indexes[i];
        let sort = match index.sk_attribute {
            Some(attribute) => same(attribute, OWNER),
            None => false,
        };
        if sort || same(index.pk_attribute, OWNER) {
            let setting = if sort { "sk_attr" } else { "pk_attr" };
            let message = Message::new().push("the attribute `owner` of the index ").name(index.index);
            let message = message.push(" is one that the claims of the unique values of ").name(claiming.name).push(" use");
            message.help("name another by `").push(setting).push(" = \"...\"` in `#[gsi(...)]`").fail();
        }
        i += 1;
    }
}
