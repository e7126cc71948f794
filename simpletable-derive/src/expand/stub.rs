//! What stands in for a declaration with mistakes, so that no errors follow from them where it is used.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Generics;

use super::attributes;
use crate::model::{Entity, KeyPart, Nested, Schema};

/// An entity of the same kind, that could never run.
pub(crate) fn entity(declared: &Entity) -> TokenStream {
    let (attributes, ident, private) = (attributes(), &declared.ident, declared.krate.private(Span::call_site()));
    let (generics, arguments, _) = declared.generics.split_for_impl();
    let (bounds, kinds, name) = (bounds(&declared.generics), super::entity::kinds(declared), &declared.name);
    let variant = super::entity::variant_of_self(declared);
    let key = super::key::key(declared, &quote!(::core::unreachable!()));
    let (fields, finders) = (super::fields::fields(declared), super::finder::finders(declared));
    let unique = super::unique::finders(declared);
    quote! {
        #attributes
        impl #generics #private::Entity for #ident #arguments #bounds {
            #kinds
            const DEF: &'static #private::EntityDef = &#private::EntityDef {
                name: #name,
                primary: #private::PrimaryKey::Id { prefix: #name },
                versioned: false,
                max_versions: ::core::option::Option::None,
                compress: false,
                ttl: ::core::option::Option::None,
                type_index: true,
                count: false,
                deny_unknown: false,
                indexes: &[],
                unique: &[],
                fields: &[],
            };
            fn part(&self, _: usize) -> ::core::option::Option<#private::Part<'_>> {
                ::core::unreachable!()
            }
            fn encode<S: #private::Serializer>(&self, _: S) -> ::core::result::Result<S::Ok, S::Error> {
                ::core::unreachable!()
            }
            fn decode<'de, D: #private::Deserializer<'de>>(_: D) -> ::core::result::Result<Self, D::Error> {
                ::core::unreachable!()
            }
        }
        #variant
        #key
        #fields
        #finders
        #unique
    }
}

/// A schema without entities that still takes its rows.
pub(crate) fn schema(declared: &Schema) -> TokenStream {
    let implementation = super::schema::implementation(declared, &TokenStream::new(), &TokenStream::new());
    if !declared.generics.params.is_empty() {
        return implementation;
    }
    let variants = declared.variants.iter().map(|variant| super::schema::variant(declared, variant));
    let own = super::schema::own(declared);
    quote!(#implementation #own #(#variants)*)
}

/// A struct whose fields have no names.
pub(crate) fn nested(declared: &Nested) -> TokenStream {
    super::nested::implementation(declared, &quote!(()), &quote!(::core::unreachable!()))
}

/// A part of any text.
pub(crate) fn part(declared: &KeyPart) -> TokenStream {
    let private = declared.krate.private(Span::call_site());
    super::part::implementation(declared, &quote!(#private::Shape::Text), &quote!(::core::unreachable!()))
}

/// The bounds of the declaration, and what an entity with generic parameters would need besides.
pub(super) fn bounds(generics: &Generics) -> TokenStream {
    let declared = generics.where_clause.as_ref().map(|clause| &clause.predicates);
    if generics.params.is_empty() {
        return TokenStream::new();
    }
    let declared = declared.map(|predicates| quote!(#predicates,));
    quote!(where #declared Self: ::core::marker::Sized + ::core::marker::Send + ::core::marker::Sync + 'static)
}
