//! The names of finders: each has one meaning.

use std::collections::HashMap;

use syn::ext::IdentExt;

use crate::diag::Errors;
use crate::model::{Entity, KeyForm, METHODS};

/// Checks the names that generated types and methods would have.
pub(super) fn names(entity: &Entity, errors: &mut Errors) {
    types(entity, errors);
    for finder in entity.finders() {
        let Some(sk) = finder.sk else { continue };
        for part in sk.distinct() {
            let name = part.name(entity).unraw().to_string();
            if METHODS.contains(&name.as_str()) {
                let message = format!("`<{name}>` would be a method `{name}` of the finder, which has one already");
                let help = format!("rename the field; `#[serde(rename = \"{name}\")]` keeps its attribute");
                errors.push(&sk.literal, message, help);
            }
        }
    }
}

/// Two patterns whose names differ only in case and `_`.
fn types(entity: &Entity, errors: &mut Errors) {
    let mut seen = HashMap::new();
    let templates = entity.indexes.iter().filter(|index| matches!(index.pk, KeyForm::Template(_)));
    for index in templates {
        let Some(finder) = entity.finder_of(index) else { continue };
        let Some(first) = seen.insert(finder.to_string(), &index.pattern) else { continue };
        if *first != index.pattern {
            let message = format!("the patterns `{first}` and `{}` would have one finder, `{finder}`", index.pattern);
            let help = "give one of them another `name`; `index = \"...\"` names the index apart from it";
            errors.push(&index.named_at, message, help);
        }
    }
}
