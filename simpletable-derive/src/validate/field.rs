use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;

use super::entity::is_on;
use super::serde;
use crate::attr::{self, FieldArgs, SerdeArgs};
use crate::case::Case;
use crate::diag::Errors;
use crate::model::{Field, Storage};
use crate::ty;

/// What the declaration says of all its fields.
pub(super) struct Fields<'a> {
    pub(super) entity: &'a Ident,
    pub(super) case: Option<Case>,
    /// Whether serde takes what is absent from the struct's default.
    pub(super) defaulted: bool,
    pub(super) storage: Storage,
}

impl Fields<'_> {
    /// Checks the fields of an entity.
    pub(super) fn check(&self, fields: &Punctuated<syn::Field, syn::Token![,]>, errors: &mut Errors) -> Vec<Field> {
        fields.iter().filter_map(|field| self.one(field, errors)).collect()
    }

    fn one(&self, field: &syn::Field, errors: &mut Errors) -> Option<Field> {
        let ident = field.ident.clone()?;
        attr::refuse("gsi", &field.attrs, "on a field", "put it on the struct", errors);
        let args = attr::parse::<FieldArgs>(&field.attrs, errors).args;
        let serde = SerdeArgs::parse(&field.attrs);
        let name = ident.unraw().to_string();
        let default = self.case.map_or_else(|| name.clone(), |case| case.field(&name));
        let (attribute, named_at) = serde::stored_name(&serde, default, &ident, errors);
        let stored = serde::is_stored(&serde, errors);
        let inner = ty::option_of(&field.ty);
        let set = self.set(&args, field, stored, errors);
        Some(Field {
            ty: ty::without_self(field.ty.to_token_stream(), self.entity),
            value: ty::without_self(inner.unwrap_or(&field.ty).to_token_stream(), self.entity),
            optional: inner.is_some(),
            attribute: stored.then_some(attribute),
            named_at,
            aliases: serde.strings("alias").collect(),
            set,
            serialize_with: serde.serialize_with(),
            reads_itself: serde.find("with").is_some() || serde.find("deserialize_with").is_some(),
            defaulted: self.defaulted || serde.find("default").is_some(),
            vis: field.vis.clone(),
            docs: field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).cloned().collect(),
            ident,
        })
    }

    /// Checks `set`; that the type is one, the compiler checks.
    fn set(&self, args: &FieldArgs, field: &syn::Field, stored: bool, errors: &mut Errors) -> bool {
        let Some(arg) = args.set.as_ref().filter(|_| is_on(args.set.as_ref(), false)) else { return false };
        if ty::option_of(&field.ty).is_some() {
            errors.push(&field.ty, "`#[table(set)]` on an `Option`: an empty set is stored as absent", "drop the `Option`");
        }
        if !stored {
            errors.push(&arg.key, "`#[table(set)]` on a field that serde skips", "remove one of the two");
        } else if self.storage == Storage::Compressed {
            let help = "remove it, or store attributes with `#[table(compress = false)]`";
            errors.push(&arg.key, "`#[table(set)]` in a compressed entity: inside `data` a set is an array", help);
        }
        true
    }
}
