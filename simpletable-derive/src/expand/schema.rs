use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{allow, attributes, bound, generated};
use crate::model::{Schema, Variant};

/// The code for `#[derive(SingleTable)]` on an enum.
pub(crate) fn schema(schema: &Schema) -> TokenStream {
    let entities = schema.variants.iter().map(|variant| {
        let entity = bound(&schema.krate, &variant.ty, "Entity");
        quote!(#entity::DEF)
    });
    let declared = schema.variants.iter().map(|variant| declared(schema, variant));
    let implementation = implementation(schema, &quote!(#(#entities),*), &quote!(#(#declared),*));
    let own = own(schema);
    let variants = schema.variants.iter().map(|declared| variant(schema, declared));
    let checks = schema.variants.iter().enumerate().map(|(index, variant)| check(schema, index, variant));
    quote! {
        #implementation
        #own
        #(#variants)*
        #(#checks)*
    }
}

/// `impl Schema` with these entities.
pub(super) fn implementation(schema: &Schema, entities: &TokenStream, variants: &TokenStream) -> TokenStream {
    let Schema { ident, ttl_attribute, .. } = schema;
    let (attributes, private) = (attributes(), schema.krate.private(Span::call_site()));
    let (generics, arguments, _) = schema.generics.split_for_impl();
    let bounds = super::stub::bounds(&schema.generics);
    quote! {
        #attributes
        impl #generics #private::Schema for #ident #arguments #bounds {
            const ENTITIES: &'static [&'static #private::EntityDef] = &[#entities];
            const VARIANTS: &'static [#private::Variant<Self>] = &[#variants];
            const TTL_ATTRIBUTE: &'static str = #ttl_attribute;
        }
    }
}

/// The variant as core reads it. Wholly at the type, and through `<Ty as Entity>`: a second way to say that it is no entity would be a
/// second error.
fn declared(schema: &Schema, variant: &Variant) -> TokenStream {
    let (ty, span) = (&variant.ty, variant.ty.span());
    let private = schema.krate.private(span);
    let entity = bound(&schema.krate, ty, "Entity");
    quote_spanned!(span=> <#private::Payload<#ty, #entity::Key> as #private::Declared<Self>>::VARIANT)
}

/// A row of the enum is one of a table that holds it; and its partitions can be queried.
pub(super) fn own(schema: &Schema) -> TokenStream {
    let Schema { ident, vis, .. } = schema;
    let (attributes, private, vis) = (attributes(), schema.krate.private(Span::call_site()), generated(vis));
    // At the enum's name: there rustc points, when the key is of an entity that is none of its variants.
    let at_name = schema.krate.private(ident.span());
    let key = quote_spanned!(ident.span()=> impl #at_name::IntoKey<Entity: #at_name::Member<Self>>);
    quote! {
        #attributes
        impl #private::VariantOf<Self> for #ident {
            fn into_row(self) -> Self {
                self
            }
            fn from_row(row: Self) -> ::core::result::Result<Self, Self> {
                ::core::result::Result::Ok(row)
            }
        }
        #attributes
        impl #ident {
            /// Finds the rows of every entity in the partition of the table that this key lies in, each as its own variant.
            #vis fn partition_of(key: #key) -> #private::Collection<Self> {
                #private::Collection::of_key(key)
            }
        }
    }
}

/// A row of the enum is made from its payload, and taken apart again.
pub(super) fn variant(schema: &Schema, variant: &Variant) -> TokenStream {
    let (attributes, private, name) = (attributes(), schema.krate.private(Span::call_site()), &schema.ident);
    let Variant { ident, ty } = variant;
    quote! {
        #attributes
        impl #private::VariantOf<#name> for #ty {
            fn into_row(self) -> #name {
                #name::#ident(self)
            }
            #[allow(unreachable_patterns, reason = "of one variant there is no other")]
            fn from_row(row: #name) -> ::core::result::Result<Self, #name> {
                match row {
                    #name::#ident(value) => ::core::result::Result::Ok(value),
                    row => ::core::result::Result::Err(row),
                }
            }
        }
        #attributes
        impl ::core::convert::From<#ty> for #name {
            fn from(value: #ty) -> Self {
                Self::#ident(value)
            }
        }
    }
}

/// A check of the variant against those before it.
fn check(schema: &Schema, index: usize, variant: &Variant) -> TokenStream {
    let span = variant.ident.span();
    let (private, index) = (schema.krate.private(span), Literal::usize_unsuffixed(index));
    let declared = bound(&schema.krate, &schema.ident.to_token_stream(), "Schema");
    let allow = allow();
    quote_spanned! {span=>
        #allow
        const _: () = #private::check_variant(#declared::ENTITIES, #index, #declared::TTL_ATTRIBUTE);
    }
}
