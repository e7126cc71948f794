use chrono::{DateTime, Utc};

use super::{PARTITION_KEY_BYTES, Part, PrimaryKey, SORT_KEY_BYTES, check_length};
use crate::error::{KeyProblem, KeyValueError};
use crate::schema::{self, EntityDef, Segment, Template};
use crate::time;

/// What a template's placeholders stand for.
pub(crate) struct Values<'a> {
    pub(crate) part: &'a dyn Fn(usize) -> Option<Part<'a>>,
    pub(crate) id: Option<&'a str>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// The template's text; `None` where a part is `None`.
///
/// `exact` is for primary keys: their last text part refuses the template's delimiters too, or one entity's rows could lie
/// among another's.
pub(crate) fn render(entity: &'static str, template: &'static Template, values: &Values<'_>, exact: bool) -> Result<Option<String>, KeyValueError> {
    let mut text = String::with_capacity(64);
    for (at, segment) in template.segments.iter().enumerate() {
        let next = template.segments.get(at + 1).and_then(Segment::literal_start);
        match segment {
            Segment::Literal(literal) => text.push_str(literal),
            Segment::Id => match values.id {
                Some(id) => push_text(&mut text, id, next).map_err(|problem| error(entity, template, Some("id"), problem))?,
                None => return Ok(None),
            },
            Segment::CreatedAt => text.push_str(&time::attribute_form(values.created_at)),
            Segment::UpdatedAt => text.push_str(&time::attribute_form(values.updated_at)),
            Segment::Field { name, part, width, shape } => {
                let Some(part) = (values.part)(*part) else { return Ok(None) };
                let last = exact && shape.is_text() && at + 1 == template.segments.len();
                push_part(&mut text, &part, *width, next)
                    .and_then(|()| if last { check_last(template, &part) } else { Ok(()) })
                    .map_err(|problem| error(entity, template, Some(name), problem))?;
            }
        }
    }
    Ok(Some(text))
}

fn error(entity: &'static str, template: &Template, field: Option<&'static str>, problem: KeyProblem) -> KeyValueError {
    KeyValueError { entity, template: template.text, field, problem }
}

fn push_part(text: &mut String, part: &Part<'_>, width: Option<u8>, next: Option<char>) -> Result<(), KeyProblem> {
    match part {
        Part::Text(value) => push_text(text, value, next),
        Part::OutOfRange => Err(KeyProblem::OutOfRange),
        Part::Unsigned(value) => push_digits(text, *value, width),
        Part::Signed(value) => push_signed(text, *value, width),
    }
}

fn push_text(text: &mut String, value: &str, next: Option<char>) -> Result<(), KeyProblem> {
    match next {
        Some(delimiter) if value.contains(delimiter) => Err(KeyProblem::Delimiter(delimiter)),
        _ => {
            text.push_str(value);
            Ok(())
        }
    }
}

fn push_digits(text: &mut String, value: u128, width: Option<u8>) -> Result<(), KeyProblem> {
    let digits = value.to_string();
    if let Some(width) = width {
        let missing = usize::from(width).checked_sub(digits.len()).ok_or(KeyProblem::Width(width))?;
        text.extend(std::iter::repeat_n('0', missing));
    }
    text.push_str(&digits);
    Ok(())
}

/// With a width, a negative integer is a minus sign and the nines' complement of its digits: `-` sorts below every digit, and
/// of two negative integers the greater one has the greater complement.
fn push_signed(text: &mut String, value: i128, width: Option<u8>) -> Result<(), KeyProblem> {
    match (u128::try_from(value), width) {
        (Ok(value), _) => push_digits(text, value, width),
        (Err(_), None) => {
            text.push_str(&value.to_string());
            Ok(())
        }
        (Err(_), Some(width)) => {
            text.push('-');
            let start = text.len();
            push_digits(text, value.unsigned_abs(), Some(width))?;
            let complement: String = text[start..].bytes().map(|digit| char::from(b'0' + (b'9' - digit))).collect();
            text.replace_range(start.., &complement);
            Ok(())
        }
    }
}

/// The last text part of a primary key may not contain a delimiter of its own template.
fn check_last(template: &Template, part: &Part<'_>) -> Result<(), KeyProblem> {
    let Part::Text(value) = part else { return Ok(()) };
    match template.delimiters().find(|delimiter| value.contains(*delimiter)) {
        Some(delimiter) => Err(KeyProblem::Delimiter(delimiter)),
        None => Ok(()),
    }
}

/// The primary key of an entity with these values (the head's, where it is versioned), and its id, where it has one.
pub(crate) fn primary(def: &'static EntityDef, values: &Values<'_>) -> Result<(PrimaryKey, Option<String>), KeyValueError> {
    let whole = |template: &'static Template| render(def.name, template, values, true).map(Option::unwrap_or_default);
    match &def.primary {
        schema::PrimaryKey::Id { .. } => {
            let id = values.id.unwrap_or_default();
            Ok((of_id(def, id)?, Some(id.to_owned())))
        }
        schema::PrimaryKey::NaturalId { id, .. } => {
            let id = whole(id)?;
            Ok((of_id(def, &id)?, Some(id)))
        }
        schema::PrimaryKey::Composed { pk, sk } => {
            let key = PrimaryKey { pk: whole(pk)?, sk: whole(sk)? };
            check_length(&key.pk, PARTITION_KEY_BYTES).map_err(|problem| error(def.name, pk, None, problem))?;
            check_length(&key.sk, SORT_KEY_BYTES).map_err(|problem| error(def.name, sk, None, problem))?;
            if schema::is_reserved(&key.pk) {
                return Err(error(def.name, pk, None, KeyProblem::Reserved));
            }
            Ok((key, None))
        }
    }
}

/// `{prefix}#{id}`, and the sort key that goes with it: the same text, or `v0` for the head of a history.
pub(crate) fn of_id(def: &'static EntityDef, id: &str) -> Result<PrimaryKey, KeyValueError> {
    let (prefix, template) = match &def.primary {
        schema::PrimaryKey::Id { prefix } => (prefix, "<id>"),
        schema::PrimaryKey::NaturalId { prefix, id } => (prefix, id.text),
        schema::PrimaryKey::Composed { .. } => unreachable!("an entity of composed keys has no id"),
    };
    let problem = |problem| KeyValueError { entity: def.name, template, field: None, problem };
    if id.is_empty() {
        return Err(problem(KeyProblem::Empty));
    }
    let pk = format!("{prefix}#{id}");
    let (limit, sk) = if def.versioned { (PARTITION_KEY_BYTES, "v0".to_owned()) } else { (SORT_KEY_BYTES, pk.clone()) };
    check_length(&pk, limit).map_err(problem)?;
    Ok(PrimaryKey { pk, sk })
}
