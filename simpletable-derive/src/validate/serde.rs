//! Serde owns the attribute names; what would make the schema wrong is refused.

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::attr::SerdeArgs;
use crate::case::Case;
use crate::diag::Errors;

/// Attributes of a container that change what is stored, why that cannot be, and what to do.
const CONTAINER: &[(&str, &str, &str)] = &[
    ("transparent", "a row is a map of its fields", "remove it"),
    ("untagged", "a row is a map of its fields", "remove it"),
    ("tag", "the library stores the type's name itself, as `gsitype`", "remove it; `#[table(name = \"...\")]` sets that name"),
    ("content", "a row is a map of its fields", "remove it"),
    ("into", "another type would decide what is stored", "put the conversion on a field with `#[serde(with = \"...\")]`"),
    ("from", "another type would decide what is read", "put the conversion on a field with `#[serde(with = \"...\")]`"),
    ("try_from", "another type would decide what is read", "put the conversion on a field with `#[serde(with = \"...\")]`"),
    ("remote", "it implements serde for another type", "derive `SingleTable` on the type that is stored"),
    ("deny_unknown_fields", "serde would refuse the library's own attributes", "use `#[table(deny_unknown)]`"),
];

/// The same for a struct inside an entity, whose fields conditions name.
const NESTED: &[(&str, &str, &str)] = &[
    ("transparent", "it is stored as its field is, so its fields have no names", "remove `Nested` from the derives"),
    ("into", "another type decides what is stored", "derive `Nested` on that type"),
    ("remote", "it implements serde for another type", "derive `Nested` on the type that is stored"),
];

/// The same for a unit enum in a key: the key holds the string that serde stores.
const WORDS: &[(&str, &str, &str)] = &[
    ("untagged", "a unit variant is stored as null then, not as a string", "remove it"),
    ("tag", "a unit variant is stored as a map then, not as a string", "remove it"),
    ("into", "another type decides what is stored", "derive `KeyPart` on that type and use it in the key"),
    ("from", "another type decides what is read", "derive `KeyPart` on that type and use it in the key"),
    ("try_from", "another type decides what is read", "derive `KeyPart` on that type and use it in the key"),
    ("remote", "it implements serde for another type", "derive `KeyPart` on the type that is stored"),
];

/// Checks `#[serde(...)]` on an entity.
pub(super) fn container(serde: &SerdeArgs, errors: &mut Errors) {
    refuse(serde, CONTAINER, errors);
}

/// Checks `#[serde(...)]` on a struct inside an entity.
pub(super) fn nested(serde: &SerdeArgs, errors: &mut Errors) {
    refuse(serde, NESTED, errors);
}

/// Checks `#[serde(...)]` on an enum of words.
pub(super) fn words(serde: &SerdeArgs, errors: &mut Errors) {
    refuse(serde, WORDS, errors);
}

/// Checks `#[serde(...)]` on a variant of such an enum.
pub(super) fn word(serde: &SerdeArgs, errors: &mut Errors) {
    const WHY: &str = "serde does not store this variant, so no key can hold it";
    for name in ["skip", "skip_serializing", "skip_deserializing", "untagged"] {
        refuse(serde, &[(name, WHY, "remove it")], errors);
    }
}

fn refuse(serde: &SerdeArgs, refused: &[(&str, &str, &str)], errors: &mut Errors) {
    for (name, why, help) in refused {
        if let Some(path) = serde.find(name) {
            errors.push(path, format!("`#[serde({name})]` contradicts the schema: {why}"), help);
        }
    }
}

/// Checks `#[serde(...)]` on a field; whether the field is stored.
pub(super) fn is_stored(serde: &SerdeArgs, errors: &mut Errors) -> bool {
    let flatten = ("flatten", "its attributes would not be known here", "give the nested struct a field of its own");
    refuse(serde, &[flatten], errors);
    let (writes, reads) = (serde.find("skip_serializing"), serde.find("skip_deserializing"));
    match (writes, reads) {
        (Some(path), None) => one_way(path, "skip_serializing", "a field that is not written would be lost by the first update", errors),
        (None, Some(path)) => {
            one_way(path, "skip_deserializing", "a field that is not read would be overwritten by the first update", errors)
        }
        _ => {}
    }
    serde.find("skip").is_none() && (writes.is_none() || reads.is_none())
}

fn one_way(at: impl ToTokens, name: &str, why: &str, errors: &mut Errors) {
    let help = "use `#[serde(skip)]` for a field that is no attribute";
    errors.push(at, format!("`#[serde({name})]` contradicts the schema: {why}"), help);
}

/// The rule of `rename_all`.
pub(super) fn rename_all(serde: &SerdeArgs, errors: &mut Errors) -> Option<Case> {
    let rename = serde.rename("rename_all");
    let case = |literal: &Option<syn::LitStr>| literal.as_ref().and_then(|literal| Case::parse(&literal.value()));
    let (serialize, deserialize) = (case(&rename.serialize), case(&rename.deserialize));
    if serialize != deserialize {
        let help = "give one rule for both: `#[serde(rename_all = \"...\")]`";
        errors.push(serde.find("rename_all"), "`rename_all` writes other names than it reads, so a row would not read back", help);
    }
    serialize.or(deserialize)
}

/// The stored name: `rename`, or what `rename_all` makes of the name in Rust. With the tokens to point at.
pub(super) fn stored_name(serde: &SerdeArgs, default: String, own: &impl ToTokens, errors: &mut Errors) -> (String, TokenStream) {
    let rename = serde.rename("rename");
    let value = |literal: &Option<syn::LitStr>| literal.as_ref().map_or_else(|| default.clone(), syn::LitStr::value);
    let (serialize, deserialize) = (value(&rename.serialize), value(&rename.deserialize));
    if serialize != deserialize {
        let help = format!("give one name: `#[serde(rename = \"{serialize}\")]`; `alias` adds names to read from");
        errors.push(
            serde.find("rename"),
            format!("this is written as `{serialize}` and read as `{deserialize}`, so a row would not read back"),
            help,
        );
    }
    let at = rename.serialize.map_or_else(|| own.to_token_stream(), ToTokens::into_token_stream);
    (serialize, at)
}
