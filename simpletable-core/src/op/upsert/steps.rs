use std::collections::BTreeSet;

use crate::codec::name;
use crate::error::{Item, PatchProblem};
use crate::expr::{Need, Path, Step};
use crate::schema::EntityDef;

/// A field that is written only where there is none.
pub(super) struct Kept {
    pub(super) attribute: &'static str,
    /// Other names under which the row may have it.
    pub(super) aliases: &'static [&'static str],
}

/// What becomes of a row that is overwritten by this one, and what that asks of it. What neither names stays as it is: the attributes that the
/// struct does not know.
pub(super) fn steps(def: &EntityDef, kept: &[Kept], row: &Item, ttl_attribute: &'static str) -> (Vec<Step>, Vec<Need>) {
    let mut names: Vec<&String> = row.keys().filter(|name| ![name::PK, name::SK].contains(&name.as_str())).collect();
    // In one order, so that the same row makes the same request.
    names.sort_unstable();
    let kept_as = |name: &str| match name {
        name::CREATED_AT => Some(name::CREATED_AT),
        name => kept.iter().map(|kept| kept.attribute).find(|attribute| *attribute == name),
    };
    let set = names.into_iter().map(|name| match kept_as(name) {
        Some(attribute) => Step::SetIfMissing(Path::of(attribute), row[name].clone()),
        None => Step::Set(Path::named(name.clone()), row[name].clone()),
    });
    let mut steps: Vec<Step> = set.collect();
    let mut needs: Vec<Need> = steps.iter().flat_map(|step| Need::of(step, None)).collect();
    for kept in kept.iter().filter(|kept| row.contains_key(kept.attribute)) {
        needs.extend(kept.aliases.iter().map(|alias| Need::absent(Path::of(alias), PatchProblem::Renamed)));
    }
    // A row of the time when the entity was compressed: its `created_at` is in `data`.
    needs.push(Need::absent(Path::of(name::DATA), PatchProblem::Compressed));
    let absent = names_of(def, kept, ttl_attribute).into_iter().filter(|name| !row.contains_key(*name));
    steps.extend(absent.map(|name| Step::Remove(Path::of(name))));
    (steps, needs)
}

/// The attributes that the row of an entity may have, but for those that the caller wants kept, and their other names.
fn names_of(def: &EntityDef, kept: &[Kept], ttl_attribute: &'static str) -> BTreeSet<&'static str> {
    let fields = def.fields.iter().filter(|field| kept.iter().all(|kept| kept.attribute != field.attribute));
    let fields = fields.flat_map(|field| field.aliases.iter().copied().chain([field.attribute]));
    let indexes = def.indexes.iter().flat_map(|index| [Some(index.pk_attribute), index.sk_attribute]).flatten();
    let ttl = def.ttl.map(|_| ttl_attribute);
    fields.chain(indexes).chain(ttl).chain([name::TYPE_SK]).collect()
}
