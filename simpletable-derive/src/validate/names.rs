//! The names of attributes: each has one owner.

use std::collections::HashMap;

use quote::ToTokens;

use super::gsi;
use crate::diag::Errors;
use crate::model::{Entity, Field, History, Storage};

/// In every row, and in compressed `data` too.
const RECORD: [&str; 3] = ["resource_id", "created_at", "updated_at"];
/// In every row beside the fields.
const ROW: [&str; 9] = ["pk", "sk", "gsitype", "gsitypesk", "data", "_rev", "_blob_fields", "_blob_versions", "_version_token"];

/// Whether the library uses this attribute of a row itself.
pub(super) fn is_system(attribute: &str, history: History) -> bool {
    ROW.contains(&attribute) || in_record(attribute, history) || (attribute == "metadata" && history != History::Dropped)
}

fn in_record(attribute: &str, history: History) -> bool {
    RECORD.contains(&attribute) || (attribute == "version" && history != History::Dropped)
}

/// Checks the names that serde stores the fields under.
pub(super) fn attributes(entity: &Entity, errors: &mut Errors) {
    let mut seen: HashMap<String, String> = HashMap::new();
    for field in &entity.fields {
        let Some(attribute) = &field.attribute else { continue };
        one(entity, field, attribute, &field.named_at, &mut seen, errors);
        for alias in &field.aliases {
            one(entity, field, &alias.value(), alias, &mut seen, errors);
        }
    }
}

fn one(entity: &Entity, field: &Field, attribute: &str, at: &impl ToTokens, seen: &mut HashMap<String, String>, errors: &mut Errors) {
    let name = field.name();
    let rename = || format!("rename the field, or its attribute: `#[serde(rename = \"{attribute}_\")]`");
    let attributes = entity.storage == Storage::Attributes;
    if attribute.is_empty() {
        errors.push(at, "an attribute needs a name", "write one into `rename`");
    } else if in_record(attribute, entity.history) || (attributes && is_system(attribute, entity.history)) {
        errors.push(at, format!("the library uses the attribute `{attribute}` itself"), rename());
    } else if let Some(index) = entity.indexes.iter().find(|index| attributes && gsi::attributes(index).any(|own| own == attribute)) {
        errors.push(at, format!("`{attribute}` is an attribute of the index `{}`", index.index), rename());
    }
    if let Some(other) = seen.insert(attribute.to_owned(), name.clone())
        && other != name
    {
        errors.push(
            at,
            format!("the fields `{other}` and `{name}` share the attribute `{attribute}`"),
            "give one of them another name: `#[serde(rename = \"...\")]`",
        );
    }
}
