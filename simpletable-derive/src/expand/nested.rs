use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::attributes;
use super::fields::Named;
use crate::model::Nested;

/// The code for `#[derive(Nested)]`.
pub(crate) fn nested(nested: &Nested) -> TokenStream {
    let private = nested.krate.private(Span::call_site());
    let named = Named { krate: &nested.krate, ident: &nested.ident, vis: &nested.vis, fields: &nested.fields };
    let declaration = named.declaration(&quote!(<__Entity, __Role>), &quote!(__Entity), &|_| quote!(__Role), &|_| true);
    let values = named.values(|name| quote!(#private::Place::inside(place, #name)), |_| TokenStream::new());
    let name = named.name();
    let implementation = implementation(nested, &quote!(#name<__Entity, __Role>), &values);
    quote!(#declaration #implementation)
}

/// `impl Nested`.
pub(super) fn implementation(nested: &Nested, fields: &TokenStream, values: &TokenStream) -> TokenStream {
    let (attributes, ident, private) = (attributes(), &nested.ident, nested.krate.private(Span::call_site()));
    let (generics, arguments, bounds) = nested.generics.split_for_impl();
    quote! {
        #attributes
        impl #generics #private::Nested for #ident #arguments #bounds {
            type Fields<__Entity, __Role> = #fields;
            fn fields<__Entity, __Role>(place: #private::Place) -> #fields {
                #values
            }
        }
    }
}
