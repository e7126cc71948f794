//! What derives from the fields that a patch changes: the same attributes that a write of the whole row would give them.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::encode::check_key;
use super::name;
use crate::error::{Error, Result};
use crate::key::{self, PARTITION_KEY_BYTES, Part, PrimaryKey, SORT_KEY_BYTES, Values};
use crate::schema::{self, EntityDef, IndexDef, KeyForm, Segment, Template};
use crate::time;

/// What a patch makes of a row.
pub(crate) struct Changed<'a> {
    pub(crate) key: &'a PrimaryKey,
    pub(crate) updated_at: DateTime<Utc>,
    /// The parts of keys that it assigns, by their numbers; `None`: the field becomes `None`.
    pub(crate) parts: &'a [(usize, Option<Part<'static>>)],
    /// When the row expires, where the patch says so.
    pub(crate) expires_at: Option<Option<i64>>,
    pub(crate) ttl_attribute: &'static str,
}

/// An attribute, and what it will hold; `None`: it will be absent.
pub(crate) type Derived = (&'static str, Option<AttributeValue>);

/// The attributes that are written with a patch.
///
/// The types of fields leave only patches through that assign all fields of a key, or none.
///
/// # Errors
/// [`Error::KeyValue`]; [`Error::KeyChanged`], where an index key holds the id and the row's key is of another prefix.
pub(crate) fn derived(def: &'static EntityDef, changed: &Changed<'_>) -> Result<Vec<Derived>> {
    let text = |text: String| Some(AttributeValue::S(text));
    let stamp = time::attribute_form(changed.updated_at);
    let mut derived = vec![(name::UPDATED_AT, text(stamp.clone()))];
    if def.type_index {
        derived.push((name::TYPE_SK, text(stamp)));
    }
    if let Some(expires_at) = changed.expires_at {
        derived.push((changed.ttl_attribute, expires_at.map(|seconds| AttributeValue::N(seconds.to_string()))));
    }
    for index in def.indexes {
        derived.extend(keys(def, index, changed)?.into_iter().map(|(attribute, key)| (attribute, key.and_then(text))));
    }
    Ok(derived)
}

type Key = (&'static str, Option<String>);

/// The keys of an index that the patch changes.
fn keys(def: &'static EntityDef, index: &'static IndexDef, changed: &Changed<'_>) -> Result<Vec<Key>> {
    let sk = index.sk_attribute.zip(index.sk.as_ref());
    let forms = [Some((index.pk_attribute, &index.pk, PARTITION_KEY_BYTES)), sk.map(|(attribute, form)| (attribute, form, SORT_KEY_BYTES))];
    let forms: Vec<_> = forms.into_iter().flatten().collect();
    let assigned = |part: &usize| changed.parts.iter().find(|(number, _)| number == part);
    let parts: Vec<usize> = forms.iter().flat_map(|(_, form, _)| parts_of(form)).collect();
    if parts.iter().filter_map(assigned).any(|(_, value)| value.is_none()) {
        // One `None`, and the row is not in the index.
        return Ok(forms.into_iter().map(|(attribute, ..)| (attribute, None)).collect());
    }
    // The row may come into the index only now, so all of its keys are written where all are known.
    let all = !parts.is_empty() && parts.iter().all(|part| assigned(part).is_some());
    let mut keys = Vec::new();
    for (attribute, form, limit) in forms {
        let KeyForm::Template(template) = form else { continue };
        let own = parts_of(form);
        let changes =
            all || own.iter().any(|part| assigned(part).is_some()) || has(template, |segment| matches!(segment, Segment::UpdatedAt));
        let known = own.iter().all(|part| assigned(part).is_some()) && !has(template, |segment| matches!(segment, Segment::CreatedAt));
        if changes && known {
            let key = render(def, template, changed)?;
            check_key(def, template.text, &key, limit)?;
            keys.push((attribute, Some(key)));
        }
    }
    Ok(keys)
}

fn render(def: &'static EntityDef, template: &'static Template, changed: &Changed<'_>) -> Result<String> {
    let id = id_in(def, changed.key);
    if id.is_none() && has(template, |segment| matches!(segment, Segment::Id)) {
        return Err(Error::KeyChanged { entity: def.name });
    }
    let part = |wanted| changed.parts.iter().find(|(number, _)| *number == wanted).and_then(|(_, value)| value.clone());
    let values = Values { part: &part, id, created_at: DateTime::default(), updated_at: changed.updated_at };
    Ok(key::render(def.name, template, &values, false)?.unwrap_or_default())
}

fn has(template: &Template, wanted: impl Fn(&Segment) -> bool) -> bool {
    template.segments.iter().any(wanted)
}

/// The id that a key names. `None`: it names none, or its prefix is not the entity's.
pub(crate) fn id_in<'a>(def: &EntityDef, key: &'a PrimaryKey) -> Option<&'a str> {
    let (schema::PrimaryKey::Id { prefix } | schema::PrimaryKey::NaturalId { prefix, .. }) = &def.primary else { return None };
    key.pk.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('#'))
}

/// The parts that a key is made of.
fn parts_of(form: &KeyForm) -> Vec<usize> {
    let KeyForm::Template(template) = form else { return Vec::new() };
    let part = |segment: &Segment| if let Segment::Field { part, .. } = segment { Some(*part) } else { None };
    template.segments.iter().filter_map(part).collect()
}
