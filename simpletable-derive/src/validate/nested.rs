use syn::{Data, DeriveInput};

use super::field::Fields;
use super::{declaration, serde};
use crate::attr::{self, PartArgs, SerdeArgs};
use crate::diag::Errors;
use crate::model::{Field, Krate, Nested, Storage};

/// Checks `#[derive(Nested)]`.
pub(crate) fn nested(input: &DeriveInput, errors: &mut Errors) -> Nested {
    declaration::no_generics(&input.generics, "a nested struct", errors);
    let args = attr::parse::<PartArgs>(&input.attrs, errors).args;
    Nested {
        krate: Krate(args.krate.as_ref().map(|krate| krate.value.clone())),
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        generics: input.generics.clone(),
        fields: fields(input, errors),
    }
}

fn fields(input: &DeriveInput, errors: &mut Errors) -> Vec<Field> {
    let Data::Struct(syn::DataStruct { fields: syn::Fields::Named(declared), .. }) = &input.data else {
        errors.push(&input.ident, "conditions name the fields of a struct with named fields only", "remove `Nested` from the derives");
        return Vec::new();
    };
    let serde = SerdeArgs::parse(&input.attrs);
    serde::nested(&serde, errors);
    for field in &declared.named {
        let help = "remove it: a DynamoDB set is an attribute of the row itself, and in a nested struct a set is a list";
        attr::refuse("table", &field.attrs, "on a field of a nested struct", help, errors);
    }
    let case = serde::rename_all(&serde, errors);
    let fields = Fields { entity: &input.ident, case, defaulted: serde.find("default").is_some(), storage: Storage::Attributes }
        .check(&declared.named, errors);
    if errors.is_empty() && fields.iter().all(|field| field.attribute.is_none()) {
        errors.push(&input.ident, "no field is stored, so there is none to name", "remove `Nested` from the derives");
    }
    fields
}
