//! Attributes as they are written: names and the kinds of their values, nothing about what they mean.

mod arg;
mod field;
mod gsi;
mod serde;
mod table;

use darling::FromMeta;
use darling::ast::NestedMeta;
use proc_macro2::Ident;
use syn::{Attribute, Meta, MetaList};

use crate::diag::{Errors, closest, did_you_mean};

pub(crate) use arg::{Arg, List};
pub(crate) use field::FieldArgs;
pub(crate) use gsi::GsiArgs;
pub(crate) use serde::SerdeArgs;
pub(crate) use table::{EntityArgs, PartArgs, SchemaArgs, UniqueArgs};

/// The arguments of one kind of attribute.
pub(crate) trait Args: FromMeta + Default {
    /// The attribute's name.
    const NAME: &'static str;
    /// Every argument, for suggestions.
    const KEYS: &'static [&'static str];
    /// Those that may stand several times.
    const REPEATED: &'static [&'static str] = &[];

    /// Where the arguments stand, for messages.
    fn place() -> String {
        format!("`#[{}(...)]`", Self::NAME)
    }
}

/// What could be read of an attribute.
#[derive(Debug, Default)]
pub(crate) struct Parsed<A> {
    pub(crate) args: A,
    /// Whether all of it could be read: a rule about what is missing would mislead otherwise.
    pub(crate) sound: bool,
}

/// Reads all `#[name(...)]` among `attrs` as one.
pub(crate) fn parse<A: Args>(attrs: &[Attribute], errors: &mut Errors) -> Parsed<A> {
    parse_some(attrs.iter().filter(|attr| attr.path().is_ident(A::NAME)), errors)
}

/// Reads each `#[name(...)]` among `attrs` on its own.
pub(crate) fn parse_each<A: Args>(attrs: &[Attribute], errors: &mut Errors) -> Vec<(Attribute, Parsed<A>)> {
    let named = attrs.iter().filter(|attr| attr.path().is_ident(A::NAME));
    named.map(|attr| (attr.clone(), parse_some([attr], errors))).collect()
}

/// Reads the arguments of an argument.
pub(crate) fn parse_list<A: Args>(list: &List, errors: &mut Errors) -> Parsed<A> {
    let items = parse_items(&list.0, errors);
    read(std::iter::once(items), errors)
}

/// Reports an attribute where it has no meaning.
pub(crate) fn refuse(name: &str, attrs: &[Attribute], whence: &str, help: &str, errors: &mut Errors) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        errors.push(attr.path(), format!("`#[{name}(...)]` has no meaning {whence}"), help);
    }
}

fn parse_some<'a, A: Args>(attrs: impl IntoIterator<Item = &'a Attribute>, errors: &mut Errors) -> Parsed<A> {
    let lists: Vec<_> = attrs.into_iter().map(|attr| items(attr, A::NAME, errors)).collect();
    read(lists, errors)
}

/// What stands in some lists, taken as one; `None` could not be read as a list.
fn read<A: Args>(lists: impl IntoIterator<Item = Option<Vec<NestedMeta>>>, errors: &mut Errors) -> Parsed<A> {
    let mut accepted: Vec<NestedMeta> = Vec::new();
    let mut sound = true;
    for list in lists {
        let Some(items) = list else {
            sound = false;
            continue;
        };
        for item in items {
            let item = accept::<A>(item, &accepted, errors);
            sound &= item.is_some();
            accepted.extend(item);
        }
    }
    let args = A::from_list(&accepted).unwrap_or_else(|error| {
        errors.push_error(error);
        sound = false;
        A::default()
    });
    Parsed { args, sound }
}

/// The items of the list, if it is one.
fn items(attr: &Attribute, name: &str, errors: &mut Errors) -> Option<Vec<NestedMeta>> {
    let Meta::List(list) = &attr.meta else {
        errors.push(attr.path(), format!("`#[{name}]` needs a list"), format!("write `#[{name}(...)]`"));
        return None;
    };
    parse_items(list, errors)
}

fn parse_items(list: &MetaList, errors: &mut Errors) -> Option<Vec<NestedMeta>> {
    NestedMeta::parse_meta_list(list.tokens.clone()).map_err(|error| errors.push_error(error)).ok()
}

/// The item, if its name is known and new and its value of the right kind. One whose name is misspelt is taken for the one that was
/// meant, so that no error follows from its absence.
fn accept<A: Args>(item: NestedMeta, accepted: &[NestedMeta], errors: &mut Errors) -> Option<NestedMeta> {
    let place = A::place();
    let mut meta = match item {
        NestedMeta::Meta(meta) => meta,
        NestedMeta::Lit(literal) => {
            errors.push(
                literal,
                format!("a value without a name in {place}"),
                format!("write `name = value`; the names are {}", crate::diag::list(A::KEYS.iter().copied())),
            );
            return None;
        }
        NestedMeta::NameValueInvalidExpr(pair) => {
            errors.push(&pair.value, "expected a value", "write a literal or a path, and a comma after it");
            return None;
        }
    };
    let name = name_of(&meta);
    let name = if A::KEYS.contains(&name.as_str()) {
        name
    } else {
        let help = did_you_mean(&name, "the attributes here are", A::KEYS.iter().copied());
        errors.push(meta.path(), format!("unknown attribute `{name}` in {place}"), help);
        let meant = closest(&name, A::KEYS.iter().copied())?;
        rename(&mut meta, meant);
        meant.to_owned()
    };
    let once = !A::REPEATED.contains(&name.as_str());
    if once && accepted.iter().any(|earlier| matches!(earlier, NestedMeta::Meta(earlier) if earlier.path().is_ident(&name))) {
        errors.push(meta.path(), format!("`{name}` stands twice in {place}"), "remove one of them");
        return None;
    }
    let item = NestedMeta::Meta(meta);
    match A::from_list(std::slice::from_ref(&item)) {
        Ok(_) => Some(item),
        Err(error) => {
            errors.push_error(error);
            None
        }
    }
}

fn name_of(meta: &Meta) -> String {
    let segments = &meta.path().segments;
    segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>().join("::")
}

fn rename(meta: &mut Meta, name: &str) {
    let path = match meta {
        Meta::Path(path) => path,
        Meta::List(list) => &mut list.path,
        Meta::NameValue(pair) => &mut pair.path,
    };
    let span = path.segments.first().map_or_else(proc_macro2::Span::call_site, |segment| segment.ident.span());
    *path = Ident::new(name, span).into();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `KEYS` and the fields of the struct are one list.
    fn keys_are_fields<A: Args>() {
        for key in A::KEYS {
            let known = ["", "= true", "= 1", "= \"x\"", "= path", "(list)"].iter().any(|value| {
                let items = NestedMeta::parse_meta_list(format!("{key} {value}").parse().expect("tokens")).expect("a list");
                A::from_list(&items).is_ok()
            });
            assert!(known, "`{key}` is no field of the arguments of `#[{}(...)]`", A::NAME);
        }
    }

    #[test]
    fn every_key_is_a_field() {
        keys_are_fields::<EntityArgs>();
        keys_are_fields::<SchemaArgs>();
        keys_are_fields::<UniqueArgs>();
        keys_are_fields::<PartArgs>();
        keys_are_fields::<FieldArgs>();
        keys_are_fields::<GsiArgs>();
    }
}
