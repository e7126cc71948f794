use std::collections::HashMap;

use quote::ToTokens;
use syn::{DataEnum, DeriveInput, Fields};

use super::{declaration, names};
use crate::attr::{self, SchemaArgs};
use crate::diag::Errors;
use crate::model::{History, Krate, Schema, Variant};

/// Checks `#[derive(SingleTable)]` on an enum.
pub(crate) fn schema(input: &DeriveInput, data: &DataEnum, errors: &mut Errors) -> Schema {
    declaration::no_generics(&input.generics, "a table", errors);
    attr::refuse("gsi", &input.attrs, "on an enum", "put it on the struct whose rows are in the index", errors);
    let args = attr::parse::<SchemaArgs>(&input.attrs, errors).args;
    if data.variants.is_empty() {
        errors.push(&input.ident, "a table without entities", "add a variant for each entity: `Task(Task)`");
    }
    Schema {
        krate: Krate(args.krate.as_ref().map(|krate| krate.value.clone())),
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        generics: input.generics.clone(),
        ttl_attribute: args.ttl.map_or_else(|| "ttl".to_owned(), |ttl| ttl_attribute(&ttl.value, errors)),
        variants: variants(data, errors),
    }
}

fn ttl_attribute(ttl: &syn::LitStr, errors: &mut Errors) -> String {
    let attribute = ttl.value();
    if attribute.is_empty() {
        errors.push(ttl, "`ttl` cannot be empty", "name the table's TTL attribute, or leave it out for `ttl`");
    } else if names::is_system(&attribute, History::Kept { max_versions: None }) {
        errors.push(
            ttl,
            format!("the library uses the attribute `{attribute}` itself"),
            "name another attribute, or leave it out for `ttl`",
        );
    }
    attribute
}

/// The variants that hold one entity each; an entity counts once.
fn variants(data: &DataEnum, errors: &mut Errors) -> Vec<Variant> {
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut variants = Vec::new();
    for variant in &data.variants {
        let attrs = || std::iter::once(&variant.attrs).chain(variant.fields.iter().map(|field| &field.attrs));
        for attrs in attrs() {
            attr::refuse("table", attrs, "inside an enum of entities", "put it on the entity's struct", errors);
            attr::refuse("gsi", attrs, "inside an enum of entities", "put it on the entity's struct", errors);
        }
        let payload = match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed[0].ty.to_token_stream(),
            _ => {
                let name = &variant.ident;
                errors.push(name, format!("the variant `{name}` does not hold one entity"), format!("write `{name}({name})`"));
                continue;
            }
        };
        if let Some(first) = seen.insert(payload.to_string(), variant.ident.to_string()) {
            let message = format!("`{}` stands in two variants, `{first}` and `{}`", payload.to_string().replace(' ', ""), variant.ident);
            errors.push(&payload, message, "remove one of them: a row says its type, not its variant");
            continue;
        }
        variants.push(Variant { ident: variant.ident.clone(), ty: payload });
    }
    variants
}
