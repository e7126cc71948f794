//! Checks that need more than one declaration, or a type: run by the compiler, in `const` items that the derive writes.
//!
//! Every function from the entry to the `panic!` is `#[track_caller]`: so the error stands at the call, whose span is the token to
//! change, and shows nothing of this crate.

mod attribute;
mod index;
mod message;
mod overlap;
mod part;
#[cfg(test)]
mod tests;
mod unique;

use super::{EntityDef, PrimaryKey, SINGLETON};
use attribute::{check_ttl_attribute, check_ttl_field};
use index::check_indexes;
use message::Message;
use overlap::Key;
use unique::{check_claims, check_owner};

pub use part::check_part;

/// Checks an entity that is a table of its own.
#[track_caller]
pub const fn check_entity(def: &EntityDef, ttl_attribute: &str) {
    let entities = &[def];
    check_own(entities, 0, ttl_attribute, Alone::Yes);
}

/// Checks the variant `index` of an enum against those before it.
#[track_caller]
pub const fn check_variant(entities: &[&EntityDef], index: usize, ttl_attribute: &str) {
    let def = entities[index];
    let mut i = 0;
    while i < index {
        check_names(entities[i], def);
        check_keys(entities[i], def);
        check_claims(entities[i], def);
        i += 1;
    }
    check_own(entities, index, ttl_attribute, Alone::No);
}

/// Whether the entity is a table of its own: what a message can advise depends on it.
#[derive(Clone, Copy)]
enum Alone {
    Yes,
    No,
}

/// Checks the names that the variant `index` uses.
#[track_caller]
const fn check_own(entities: &[&EntityDef], index: usize, ttl_attribute: &str, alone: Alone) {
    if index == 0 {
        check_ttl_attribute(ttl_attribute);
    }
    check_ttl_field(entities[index], entities, ttl_attribute, alone);
    check_indexes(entities, index, ttl_attribute);
    let mut i = 0;
    while i <= index {
        check_owner(entities[i], entities[index]);
        check_owner(entities[index], entities[i]);
        i += 1;
    }
}

/// Rows are told apart by the name of their type.
#[track_caller]
const fn check_names(first: &EntityDef, second: &EntityDef) {
    if same(first.name, second.name) {
        Message::new()
            .push("two entities of the table are named ")
            .name(second.name)
            .help("give one of them another name in rows: `#[table(name = \"...\")]`")
            .fail();
    }
}

/// No row of one entity may have a key of another, nor lie in a partition that holds a history.
#[track_caller]
const fn check_keys(first: &EntityDef, second: &EntityDef) {
    // Singletons are kept apart by their names, and nothing else may begin its keys as they do.
    if matches!(first.primary, PrimaryKey::Singleton) || matches!(second.primary, PrimaryKey::Singleton) {
        return;
    }
    let (pk, other_pk) = (Key::partition(first), Key::partition(second));
    if pk.heads_differ(other_pk) {
        return;
    }
    if first.versioned || second.versioned {
        if pk.overlaps(other_pk) {
            fail_partition(first, second);
        }
        return;
    }
    let (sk, other_sk) = (Key::sort(first), Key::sort(second));
    if sk.overlaps(other_sk) && pk.overlaps(other_pk) {
        fail_keys(first, second);
    }
}

#[track_caller]
const fn fail_keys(first: &EntityDef, second: &EntityDef) -> ! {
    let message = Message::new().push("a key of ").name(second.name).push(" can equal one of ").name(first.name).push(": ");
    let message = push_both(message, push_key(Message::new(), second), push_key(Message::new(), first));
    help_apart(message, first, second, "begin one of their keys with another literal").fail()
}

#[track_caller]
const fn fail_partition(first: &EntityDef, second: &EntityDef) -> ! {
    let (owner, other) = if first.versioned { (first, second) } else { (second, first) };
    let message = Message::new().name(owner.name).push(" is versioned, so its partitions are its own, and a row of ");
    let message = message.name(other.name).push(" can lie in one: ");
    let message = push_both(message, push_partition(Message::new(), owner), push_partition(Message::new(), other));
    help_apart(message, first, second, "begin one of their partition keys with another literal").fail()
}

const fn push_both(message: Message, one: Message, other: Message) -> Message {
    if same(one.as_str(), other.as_str()) {
        message.push("both are ").push(one.as_str())
    } else {
        message.push(one.as_str()).push(" and ").push(other.as_str())
    }
}

/// Entities with ids are kept apart by their prefixes.
const fn help_apart(message: Message, first: &EntityDef, second: &EntityDef, literal: &str) -> Message {
    match (&first.primary, &second.primary) {
        (PrimaryKey::Composed { .. }, PrimaryKey::Composed { .. }) => message.help(literal),
        (PrimaryKey::Composed { .. }, _) | (_, PrimaryKey::Composed { .. }) => {
            message.help(literal).push(", or change the prefix: `#[table(prefix = \"...\")]`")
        }
        _ => message.help("give one of them another prefix: `#[table(prefix = \"...\")]`"),
    }
}

const fn push_key(message: Message, def: &EntityDef) -> Message {
    match &def.primary {
        PrimaryKey::Composed { sk, .. } => push_partition(message, def).push(" / ").name(sk.text),
        _ => push_partition(message, def),
    }
}

const fn push_partition(message: Message, def: &EntityDef) -> Message {
    let message = message.push("`");
    match &def.primary {
        PrimaryKey::Id { prefix } => message.push(prefix).push("#<id>"),
        PrimaryKey::NaturalId { prefix, id } => message.push(prefix).push("#").push(id.text),
        PrimaryKey::Singleton => message.push(SINGLETON).push("#").push(def.name),
        PrimaryKey::Composed { pk, .. } => message.push(pk.text),
    }
    .push("`")
}

/// Whether the texts are equal: `==` is not `const`.
///
/// Compared from the end, where names differ that people give, and by patterns: a call costs the compiler more than a byte.
const fn same(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let ([a_rest @ .., x], [b_rest @ .., y]) = (a, b) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}
