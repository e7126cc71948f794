//! What can carry a derive at all.

use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Field, Fields, Generics, Token};

use crate::diag::Errors;

/// The named fields of an entity; none, where it is something else.
pub(super) fn fields<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<&'a Punctuated<Field, Token![,]>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(&fields.named),
            Fields::Unnamed(fields) => errors.push(fields, "an entity needs names for its fields", "write `struct Name { field: Type }`"),
            Fields::Unit => errors.push(&input.ident, "an entity needs fields", "write `struct Name { field: Type }`"),
        },
        Data::Union(data) => errors.push(data.union_token, "a union cannot be an entity", "declare a struct with named fields"),
        Data::Enum(_) => unreachable!("an enum is a schema, not an entity"),
    }
    None
}

/// What is stored has one type, so that one row is read by one type.
pub(super) fn no_generics(generics: &Generics, what: &str, errors: &mut Errors) {
    if !generics.params.is_empty() {
        let message = format!("{what} cannot have generic parameters: what is stored has one type");
        errors.push(&generics.params, message, "write the types out, in one declaration for each");
    }
}
