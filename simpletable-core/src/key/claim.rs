use super::{Part, PrimaryKey, SORT_KEY_BYTES, Values, check_length, render};
use crate::error::{KeyProblem, KeyValueError};
use crate::schema::{EntityDef, Fold, UniqueDef};

/// What the keys of an entity's claims begin with.
pub(crate) fn claims_prefix(def: &EntityDef) -> String {
    format!("_INTERNAL#Unique#{}#", def.prefix())
}

/// The key of the claim of an idempotency key.
pub(crate) fn idempotency(entity: &'static str, key: &str) -> Result<PrimaryKey, KeyValueError> {
    let error = |problem| KeyValueError { entity, template: "_INTERNAL#Idempotency#<key>", field: None, problem };
    if key.is_empty() {
        return Err(error(KeyProblem::Empty));
    }
    let pk = format!("_INTERNAL#Idempotency#{key}");
    check_length(&pk, SORT_KEY_BYTES).map_err(error)?;
    Ok(PrimaryKey { sk: pk.clone(), pk })
}

/// Both keys of the claim of a unique value; `None` where a part is `None`: there is nothing to claim.
pub(crate) fn claim(def: &'static EntityDef, unique: &'static UniqueDef, values: &Values<'_>) -> Result<Option<String>, KeyValueError> {
    // Each value is folded by itself, before it is looked through for delimiters: so two values stay apart.
    let part = |number: usize| (values.part)(number).map(|part| folded(part, unique.fold));
    let values = Values { part: &part, ..*values };
    let Some(value) = render(def.name, &unique.value, &values, true)? else { return Ok(None) };
    let key = format!("{}{}#{value}", claims_prefix(def), unique.name);
    let error = |problem| KeyValueError { entity: def.name, template: unique.value.text, field: None, problem };
    check_length(&key, SORT_KEY_BYTES).map_err(error)?;
    Ok(Some(key))
}

fn folded(part: Part<'_>, fold: Fold) -> Part<'_> {
    match (part, fold) {
        (Part::Text(text), Fold::Lower) => Part::Text(text.to_lowercase().into()),
        (part, _) => part,
    }
}
