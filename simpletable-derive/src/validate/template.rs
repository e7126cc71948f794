use proc_macro2::Ident;
use syn::LitStr;

use crate::diag::{Errors, closest, list};
use crate::model::{Field, Segment, Template};
use crate::template::{self, Piece};

/// What a template makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `id`, `pk` or `sk` of `#[table(...)]`.
    Primary,
    /// `pk` or `sk` of `#[gsi(...)]`.
    Index,
    /// `value` of `unique(...)`.
    Unique,
}

/// The placeholders that are not fields.
const SYSTEM: [&str; 3] = ["id", "created_at", "updated_at"];

/// Resolves placeholders to fields, and numbers the fields that any template uses.
pub(super) struct Resolver<'a> {
    entity: &'a Ident,
    fields: &'a [Field],
    has_id: bool,
    parts: Vec<usize>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(entity: &'a Ident, fields: &'a [Field], has_id: bool) -> Self {
        Self { entity, fields, has_id, parts: Vec::new() }
    }

    /// The fields that templates use, by the number of the part.
    pub(super) fn into_parts(self) -> Vec<usize> {
        self.parts
    }

    /// The template, with as many of its segments as could be made out.
    pub(super) fn resolve(&mut self, literal: &LitStr, place: Place, errors: &mut Errors) -> Template {
        let (pieces, problems) = template::parse(&literal.value());
        for problem in problems {
            errors.push(literal, problem.message, problem.help);
        }
        let segments = pieces.into_iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(Segment::Literal(text)),
            Piece::Placeholder { name, width } => self.placeholder(literal, &name, width, place, errors),
        });
        Template { literal: literal.clone(), segments: segments.collect() }
    }

    fn placeholder(&mut self, at: &LitStr, name: &str, width: Option<u8>, place: Place, errors: &mut Errors) -> Option<Segment> {
        if SYSTEM.contains(&name) {
            return self.system(at, name, width, place, errors);
        }
        let field = match self.fields.iter().position(|field| field.name() == name) {
            Some(field) => field,
            None => self.unknown(at, name, errors)?,
        };
        let declared = &self.fields[field];
        if declared.attribute.is_none() {
            let message = format!("`<{name}>` is a field that serde skips, so a row that is read would have another key");
            errors.push(at, message, format!("remove `#[serde(skip)]` from `{name}`, or `<{name}>` from the template"));
        }
        if declared.optional && place == Place::Primary {
            let message = "an `Option` cannot be part of a primary key: `None` would leave the row without one";
            errors.push(&declared.ty, message, format!("write `{}`", declared.value.to_string().replace(' ', "")));
        }
        Some(Segment::Field { part: self.part(field), width })
    }

    fn part(&mut self, field: usize) -> usize {
        self.parts.iter().position(|used| *used == field).unwrap_or_else(|| {
            self.parts.push(field);
            self.parts.len() - 1
        })
    }

    /// Reports a name that is no field; the field that was meant, if that is plain.
    fn unknown(&self, at: &LitStr, name: &str, errors: &mut Errors) -> Option<usize> {
        let stored: Vec<(usize, String)> = self
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.attribute.is_some())
            .map(|(index, field)| (index, field.name()))
            .collect();
        let names = stored.iter().map(|(_, name)| name.as_str());
        let by_attribute = self.fields.iter().position(|field| field.attribute.as_deref() == Some(name));
        let meant = by_attribute
            .map(|index| self.fields[index].name())
            .or_else(|| closest(name, names.clone().chain(SYSTEM)).map(ToOwned::to_owned));
        let help = match &meant {
            Some(meant) if by_attribute.is_some() => format!("a placeholder names the field in Rust: `<{meant}>`"),
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the fields are {}", list(names)),
        };
        errors.push(at, format!("no field named `{name}` on `{}`", self.entity), help);
        stored.iter().find(|(_, name)| Some(name) == meant.as_ref()).map(|(index, _)| *index)
    }

    /// `<id>`, `<created_at>` or `<updated_at>`.
    fn system(&self, at: &LitStr, name: &str, width: Option<u8>, place: Place, errors: &mut Errors) -> Option<Segment> {
        if width.is_some() {
            errors.push(at, format!("a width on `<{name}>`, which is no integer"), format!("write `<{name}>`"));
        }
        if self.fields.iter().any(|field| field.name() == name) {
            let message = format!("`<{name}>` is what the library knows by that name, and `{}` has a field `{name}` too", self.entity);
            // Only `id` is free as an attribute.
            let help = if name == "id" { "rename the field; `#[serde(rename = \"id\")]` keeps its attribute" } else { "rename the field" };
            errors.push(at, message, help);
            return None;
        }
        let primary = place == Place::Primary;
        match name {
            _ if place == Place::Unique => errors.push(
                at,
                format!("`<{name}>` in a unique value: it differs from one resource to the next by itself"),
                "use fields only",
            ),
            "id" if primary => errors.push(
                at,
                "`<id>` in a primary key, which is what makes the id",
                "use fields, or no `id`, `pk` and `sk` for a generated id",
            ),
            "id" if !self.has_id => {
                errors.push(
                    at,
                    format!("`<id>` on `{}`, which has no id: its key is composed by `pk` and `sk`", self.entity),
                    "use the fields of its key",
                );
            }
            "updated_at" if primary => {
                errors.push(
                    at,
                    "`<updated_at>` in a primary key: every update would move the row",
                    "use `<created_at>`, or put it into a `#[gsi(...)]`",
                );
            }
            "id" => return Some(Segment::Id),
            "created_at" => return Some(Segment::CreatedAt),
            _ => return Some(Segment::UpdatedAt),
        }
        None
    }
}
