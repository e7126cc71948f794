use std::collections::HashMap;

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Data, DataEnum, DeriveInput, Fields};

use super::{declaration, serde};
use crate::attr::{self, PartArgs, SerdeArgs};
use crate::case::Case;
use crate::diag::Errors;
use crate::model::{KeyPart, Krate, PartForm};

/// Checks `#[derive(KeyPart)]`.
pub(crate) fn part(input: &DeriveInput, errors: &mut Errors) -> KeyPart {
    declaration::no_generics(&input.generics, "a key part", errors);
    let args = attr::parse::<PartArgs>(&input.attrs, errors).args;
    KeyPart {
        krate: Krate(args.krate.as_ref().map(|krate| krate.value.clone())),
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        form: form(input, errors),
    }
}

fn form(input: &DeriveInput, errors: &mut Errors) -> PartForm {
    const HELP: &str = "derive it on a newtype, `struct Name(Type)`, or on an enum of variants without fields";
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => return PartForm::Newtype(fields.unnamed[0].ty.to_token_stream()),
            _ => errors.push(&input.ident, "a struct of other than one unnamed field has no form in a key", HELP),
        },
        Data::Union(data) => errors.push(data.union_token, "a union has no form in a key", HELP),
        Data::Enum(data) => return PartForm::Words(words(input, data, errors)),
    }
    PartForm::Words(Vec::new())
}

/// The string that serde stores for each variant.
fn words(input: &DeriveInput, data: &DataEnum, errors: &mut Errors) -> Vec<(Ident, String)> {
    let container = SerdeArgs::parse(&input.attrs);
    serde::words(&container, errors);
    let case = serde::rename_all(&container, errors);
    if data.variants.is_empty() {
        errors.push(&input.ident, "an enum without variants has no values", "add variants");
    }
    let mut seen: HashMap<String, Ident> = HashMap::new();
    let mut words = Vec::new();
    for variant in &data.variants {
        let word = word(variant, case, errors);
        if let Some(first) = seen.insert(word.clone(), variant.ident.clone()) {
            let message = format!("`{first}` and `{}` are both stored as `{word}`, so two values would share a key", variant.ident);
            errors.push(&variant.ident, message, "give one of them another `#[serde(rename = \"...\")]`");
        }
        words.push((variant.ident.clone(), word));
    }
    words
}

fn word(variant: &syn::Variant, case: Option<Case>, errors: &mut Errors) -> String {
    if !matches!(variant.fields, Fields::Unit) {
        let message = format!("the variant `{}` has fields, so it has no form in a key", variant.ident);
        errors.push(&variant.ident, message, "keep to variants without fields, or put what varies into a field of its own");
    }
    let own = SerdeArgs::parse(&variant.attrs);
    serde::word(&own, errors);
    let name = variant.ident.unraw().to_string();
    let default = case.map_or_else(|| name.clone(), |case| case.variant(&name));
    serde::stored_name(&own, default, &variant.ident, errors).0
}
