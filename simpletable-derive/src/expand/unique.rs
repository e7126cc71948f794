//! `find_by_<constraint>`: a function on the entity for each of its unique values.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::finder::{argument, into_value, number, value};
use super::{attributes, generated};
use crate::model::{Entity, Fold, Unique, generated_at};

/// All of an entity; a stub with parameters has none.
pub(super) fn finders(entity: &Entity) -> TokenStream {
    let constraints = if entity.generics.params.is_empty() { &entity.unique[..] } else { &[] };
    let named =
        constraints.iter().enumerate().filter(|(_, unique)| syn::parse_str::<syn::Ident>(&format!("find_by_{}", unique.name)).is_ok());
    named.map(|(constraint, unique)| finder(entity, constraint, unique)).collect()
}

fn finder(entity: &Entity, constraint: usize, unique: &Unique) -> TokenStream {
    let (attributes, private, vis, name) = (attributes(), entity.krate.private(Span::call_site()), generated(&entity.vis), &entity.ident);
    let function = format_ident!("find_by_{}", unique.name, span = generated_at(unique.named_at.span()));
    let (doc, parts) = (doc(entity, unique), unique.value.distinct());
    let arguments = parts.iter().map(|part| {
        let (argument, value) = (argument(entity, part), into_value(entity, part));
        quote!(#argument: #value)
    });
    let values = parts.iter().map(|part| {
        let (number, value) = (number(entity, part), value(entity, part, &argument(entity, part)));
        quote!((#number, #value))
    });
    let constraint = Literal::usize_unsuffixed(constraint);
    quote! {
        #attributes
        impl #name {
            #[doc = #doc]
            #vis fn #function(#(#arguments),*) -> #private::UniqueKey<Self> {
                #private::UniqueKey::from_parts(#constraint, &[#(#values),*])
            }
        }
    }
}

fn doc(entity: &Entity, unique: &Unique) -> String {
    let names: Vec<String> = unique.value.distinct().iter().map(|part| format!("`{}`", part.name(entity).unraw())).collect();
    let case = if unique.fold == Fold::Lower { ", in upper or lower case" } else { "" };
    format!(" Finds the one `{}` by {}{case}: `table.find(..)`.", entity.ident, names.join(", "))
}
