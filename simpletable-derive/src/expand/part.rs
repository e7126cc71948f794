use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::{attributes, key_part};
use crate::model::{KeyPart, PartForm};

/// The code for `#[derive(KeyPart)]`.
pub(crate) fn part(part: &KeyPart) -> TokenStream {
    let private = part.krate.private(Span::call_site());
    match &part.form {
        PartForm::Newtype(ty) => {
            let inner = key_part(&part.krate, ty);
            implementation(part, &quote!(#inner::SHAPE), &quote!(#inner::part(&self.0)))
        }
        PartForm::Words(words) => {
            let texts = words.iter().map(|(_, word)| word);
            let arms = words.iter().map(|(variant, word)| quote!(Self::#variant => #word,));
            let shape = quote!(#private::Shape::Words(&[#(#texts),*]));
            let text = quote!(match self { #(#arms)* });
            implementation(part, &shape, &quote!(#private::Part::Text(::std::borrow::Cow::Borrowed(#text))))
        }
    }
}

/// `impl DerivedPart`, from which core has `KeyPart`.
pub(super) fn implementation(part: &KeyPart, shape: &TokenStream, body: &TokenStream) -> TokenStream {
    let (attributes, ident, private) = (attributes(), &part.ident, part.krate.private(Span::call_site()));
    let (generics, arguments, bounds) = part.generics.split_for_impl();
    quote! {
        #attributes
        impl #generics #private::DerivedPart for #ident #arguments #bounds {
            const SHAPE: #private::Shape = #shape;
            fn part(&self) -> #private::Part<'_> {
                #body
            }
        }
    }
}
