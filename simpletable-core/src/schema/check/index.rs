use super::attribute::{check_fields, is_system};
use super::message::Message;
use super::same;
use crate::schema::{EntityDef, IndexDef, Projection};

/// DynamoDB's default quota of global secondary indexes on a table.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-secondary-indexes>
const QUOTA: usize = 20;

/// The index of all rows of a type, which the library declares itself.
const TYPE_INDEX: &str = "gsitype";

/// An index as an entity declares it.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) entity: &'a str,
    pub(super) index: &'a IndexDef,
}

impl Written<'_> {
    pub(super) const fn writes(&self, attribute: &str) -> bool {
        if same(self.index.pk_attribute, attribute) {
            return true;
        }
        match self.index.sk_attribute {
            Some(sk) => same(sk, attribute),
            None => false,
        }
    }
}

/// The physical indexes of some entities, each by its first declaration.
///
/// One more than the quota is enough to know of: with so many the table is refused.
struct Indexes<'a> {
    found: [Option<Written<'a>>; QUOTA + 1],
    len: usize,
}

impl<'a> Indexes<'a> {
    /// Those of the first `count` entities.
    const fn of(entities: &[&'a EntityDef], count: usize) -> Self {
        let mut all = Self { found: [None; QUOTA + 1], len: 0 };
        let mut entity = 0;
        while entity < count {
            all.add(entities[entity]);
            entity += 1;
        }
        all
    }

    const fn add(&mut self, def: &'a EntityDef) {
        let mut i = 0;
        while i < def.indexes.len() {
            let index = &def.indexes[i];
            if self.len < self.found.len() && !self.has(index.index) {
                self.found[self.len] = Some(Written { entity: def.name, index });
                self.len += 1;
            }
            i += 1;
        }
    }

    const fn has(&self, name: &str) -> bool {
        let mut i = 0;
        while i < self.len {
            if let Some(found) = self.found[i]
                && same(found.index.index, name)
            {
                return true;
            }
            i += 1;
        }
        false
    }
}

/// Every index of the variant `at`: entities that share one must agree about it, and two must not share an attribute.
#[track_caller]
pub(super) const fn check_indexes(entities: &[&EntityDef], at: usize, ttl_attribute: &str) {
    let def = entities[at];
    let mut new = def.type_index && !has_type_index(entities, at);
    let mut i = 0;
    while i < def.indexes.len() {
        let own = Written { entity: def.name, index: &def.indexes[i] };
        match first_declaration(entities, at, own.index.index) {
            Some(first) => check_agreement(first, own),
            None => {
                new = true;
                check_reserved(own, ttl_attribute);
                check_apart(entities, at, i, own);
                check_fields(entities, own);
            }
        }
        i += 1;
    }
    if new {
        check_count(entities, at);
    }
}

/// The first declaration of an index by the first `count` entities. Where all share one, the first of them has it.
const fn first_declaration<'a>(entities: &[&'a EntityDef], count: usize, name: &str) -> Option<Written<'a>> {
    let mut entity = 0;
    while entity < count {
        let def = entities[entity];
        let mut i = 0;
        while i < def.indexes.len() {
            if same(def.indexes[i].index, name) {
                return Some(Written { entity: def.name, index: &def.indexes[i] });
            }
            i += 1;
        }
        entity += 1;
    }
    None
}

/// The names that the library and the table's TTL use themselves.
#[track_caller]
const fn check_reserved(own: Written<'_>, ttl_attribute: &str) {
    if alike(own.index.index, TYPE_INDEX) {
        Message::new().push("the index ").name(own.index.index).push(" is the library's own").help("choose another name").fail();
    }
    check_attribute(own, own.index.pk_attribute, "pk_attr", ttl_attribute);
    if let Some(sk) = own.index.sk_attribute {
        check_attribute(own, sk, "sk_attr", ttl_attribute);
    }
}

#[track_caller]
const fn check_attribute(own: Written<'_>, attribute: &str, setting: &str, ttl_attribute: &str) {
    let whose = if is_system(attribute) {
        " is one of the library's own"
    } else if same(attribute, ttl_attribute) {
        " is the table's TTL attribute"
    } else {
        return;
    };
    let message = Message::new().push("the attribute ").name(attribute).push(" of the index ").name(own.index.index).push(whose);
    message.help("choose another one: `").push(setting).push(" = \"...\"` in `#[gsi(...)]`").fail();
}

/// Two entities on one physical index must write the same attributes.
#[track_caller]
const fn check_agreement(first: Written<'_>, second: Written<'_>) {
    if !same(first.index.pk_attribute, second.index.pk_attribute) {
        let message = disagreement(first, second).push("its partition key is ").name(first.index.pk_attribute).push(" for ");
        let message = message.name(first.entity).push(", and ").name(second.index.pk_attribute).push(" for ").name(second.entity);
        message.help("give both the same `pk_attr`").fail();
    }
    match (first.index.sk_attribute, second.index.sk_attribute) {
        (None, None) => {}
        (Some(a), Some(b)) if same(a, b) => {}
        (Some(a), Some(b)) => {
            let message = disagreement(first, second).push("its sort key is ").name(a).push(" for ").name(first.entity);
            message.push(", and ").name(b).push(" for ").name(second.entity).help("give both the same `sk_attr`").fail();
        }
        (a, _) => {
            let (with, without) = if a.is_some() { (first, second) } else { (second, first) };
            let message = disagreement(first, second).push("it has a sort key for ").name(with.entity).push(", and none for ");
            message.name(without.entity).help("give both an `sk`, or neither, or use two indexes").fail();
        }
    }
    if !same_projection(first.index.projection, second.index.projection) {
        let message = disagreement(first, second).push("it holds ");
        let message = held(message, first.index.projection).push(" for ").name(first.entity).push(", and ");
        let message = held(message, second.index.projection).push(" for ").name(second.entity);
        message.help("give both the same `projection`, or use two indexes").fail();
    }
}

/// Whether both hold the same attributes, in whatever order.
const fn same_projection(first: Projection, second: Projection) -> bool {
    match (first, second) {
        (Projection::All, Projection::All) | (Projection::KeysOnly, Projection::KeysOnly) => true,
        // No list has an attribute twice.
        (Projection::Include(first), Projection::Include(second)) => first.len() == second.len() && has_all(first, second),
        _ => false,
    }
}

const fn has_all(among: &[&str], wanted: &[&str]) -> bool {
    let mut i = 0;
    while i < wanted.len() {
        let mut j = 0;
        while j < among.len() && !same(among[j], wanted[i]) {
            j += 1;
        }
        if j == among.len() {
            return false;
        }
        i += 1;
    }
    true
}

/// Adds what an index holds.
const fn held(mut message: Message, projection: Projection) -> Message {
    match projection {
        Projection::All => message.push("all attributes"),
        Projection::KeysOnly => message.push("keys only"),
        Projection::Include(attributes) => {
            let mut i = 0;
            while i < attributes.len() {
                message = message.push(if i == 0 { "" } else { ", " }).name(attributes[i]);
                i += 1;
            }
            message
        }
    }
}

const fn disagreement(first: Written<'_>, second: Written<'_>) -> Message {
    let message = Message::new().name(first.entity).push(" and ").name(second.entity);
    message.push(" disagree about the index ").name(second.index.index).push(": ")
}

/// A new index, the one numbered `own_at` of its entity, against all before it.
#[track_caller]
const fn check_apart(entities: &[&EntityDef], at: usize, own_at: usize, own: Written<'_>) {
    let before = Indexes::of(entities, at);
    let mut i = 0;
    while i < before.len {
        if let Some(first) = before.found[i] {
            check_pair(first, own);
        }
        i += 1;
    }
    let mut i = 0;
    while i < own_at {
        check_pair(Written { entity: own.entity, index: &entities[at].indexes[i] }, own);
        i += 1;
    }
}

/// Two physical indexes must differ in more than their spelling, and write different attributes.
#[track_caller]
const fn check_pair(first: Written<'_>, second: Written<'_>) {
    if same(first.index.index, second.index.index) {
        return;
    }
    if alike(first.index.index, second.index.index) {
        let message = Message::new().push("the index names ").name(first.index.index).push(" of ").name(first.entity).push(" and ");
        let message = message.name(second.index.index).push(" of ").name(second.entity).push(" differ only in case, `-` and `_`");
        message.help("use one name for one index, and names that differ more for two").fail();
    }
    if first.writes(second.index.pk_attribute) {
        fail_shared(first, second, second.index.pk_attribute, "pk_attr");
    }
    if let Some(sk) = second.index.sk_attribute
        && first.writes(sk)
    {
        fail_shared(first, second, sk, "sk_attr");
    }
}

#[track_caller]
const fn fail_shared(first: Written<'_>, second: Written<'_>, attribute: &str, setting: &str) -> ! {
    let message = Message::new().push("the indexes ").name(first.index.index).push(" of ").name(first.entity).push(" and ");
    let message = message.name(second.index.index).push(" of ").name(second.entity).push(" both write the attribute ").name(attribute);
    message.help("give one of them another one: `").push(setting).push(" = \"...\"` in `#[gsi(...)]`").fail()
}

/// Whether the variant `at` is the one that gives the table more indexes than it can have.
#[track_caller]
const fn check_count(entities: &[&EntityDef], at: usize) {
    let before = Indexes::of(entities, at).len + has_type_index(entities, at) as usize;
    let type_index = has_type_index(entities, at + 1);
    let all = Indexes::of(entities, at + 1).len + type_index as usize;
    if before <= QUOTA && all > QUOTA {
        let message = Message::new().push("a table has at most 20 global secondary indexes");
        let message = if type_index { message.push(", the type index among them") } else { message };
        message.help("let access patterns share an index: `#[gsi(index = \"...\")]`").fail();
    }
}

const fn has_type_index(entities: &[&EntityDef], count: usize) -> bool {
    let mut i = 0;
    while i < count {
        if entities[i].type_index {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether the names are equal in lower case without `-` and `_`: their default attributes are.
const fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (mut i, mut j) = (0, 0);
    loop {
        i = skip_separators(a, i);
        j = skip_separators(b, j);
        if i == a.len() || j == b.len() {
            return i == a.len() && j == b.len();
        }
        if !a[i].eq_ignore_ascii_case(&b[j]) {
            return false;
        }
        i += 1;
        j += 1;
    }
}

const fn skip_separators(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && (text[at] == b'-' || text[at] == b'_') {
        at += 1;
    }
    at
}
