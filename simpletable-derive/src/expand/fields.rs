//! The fields of an entity, or of a struct inside one, as conditions name them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Visibility;

use super::{allow, generated};
use crate::model::{Entity, Field, Krate, Storage};

/// `struct TaskFields`.
pub(super) fn fields(entity: &Entity) -> TokenStream {
    if !entity.generics.params.is_empty() {
        return TokenStream::new();
    }
    let (ident, private) = (&entity.ident, entity.krate.private(Span::call_site()));
    let role = match entity.storage {
        Storage::Attributes => quote!(#private::Stored),
        Storage::Compressed => quote!(#private::InData),
    };
    named(entity).declaration(&TokenStream::new(), &quote!(#ident), &role)
}

/// The type of `Entity::Fields`; a stub with parameters has none.
pub(super) fn name(entity: &Entity) -> TokenStream {
    if entity.generics.params.is_empty() {
        let name = name_of(&entity.ident);
        quote!(#name)
    } else {
        quote!(())
    }
}

/// The value of `Entity::FIELDS`.
pub(super) fn values(entity: &Entity) -> TokenStream {
    if !entity.generics.params.is_empty() {
        return quote!(());
    }
    let private = entity.krate.private(Span::call_site());
    named(entity).values(|attribute| quote!(#private::Place::of(#attribute)))
}

fn named(entity: &Entity) -> Named<'_> {
    Named { krate: &entity.krate, ident: &entity.ident, vis: &entity.vis, fields: &entity.fields }
}

fn name_of(ident: &Ident) -> Ident {
    format_ident!("{}Fields", ident, span = Span::call_site())
}

/// A struct whose fields get names.
pub(super) struct Named<'a> {
    pub(super) krate: &'a Krate,
    pub(super) ident: &'a Ident,
    pub(super) vis: &'a Visibility,
    pub(super) fields: &'a [Field],
}

impl Named<'_> {
    /// The type.
    pub(super) fn name(&self) -> Ident {
        name_of(self.ident)
    }

    /// The type, with a member for each field that is stored: as visible as the field.
    pub(super) fn declaration(&self, parameters: &TokenStream, entity: &TokenStream, role: &TokenStream) -> TokenStream {
        let (name, allow, vis, private) = (self.name(), allow(), generated(self.vis), self.krate.private(Span::call_site()));
        let members = self.stored().map(|(field, attribute)| {
            let (ident, vis, value) = (generated(&field.ident), generated(&field.vis), &field.value);
            let docs = documentation(field, attribute);
            quote!(#docs #vis #ident: #private::Field<#entity, #value, #role>,)
        });
        let doc = format!(" The fields of `{}`, as conditions name them.", self.ident);
        quote! {
            #[doc = #doc]
            #allow
            #[allow(dead_code, reason = "conditions need few of them")]
            #vis struct #name #parameters {
                #(#members)*
            }
        }
    }

    /// A value of it, with each field in its place.
    pub(super) fn values(&self, place: impl Fn(&str) -> TokenStream) -> TokenStream {
        let (name, private) = (self.name(), self.krate.private(Span::call_site()));
        let members = self.stored().map(|(field, attribute)| {
            let (ident, place, encode) = (generated(&field.ident), place(attribute), self.encode(field));
            quote!(#ident: #private::Field::new(#place, #encode),)
        });
        quote!(#name { #(#members)* })
    }

    fn stored(&self) -> impl Iterator<Item = (&Field, &str)> {
        self.fields.iter().filter_map(|field| Some((field, field.attribute.as_deref()?)))
    }

    /// How a value of the field is stored.
    fn encode(&self, field: &Field) -> TokenStream {
        let (private, value) = (self.krate.private(Span::call_site()), &field.value);
        let function = if field.set { quote!(encode_set) } else { quote!(encode_value) };
        let Some(path) = &field.serialize_with else { return quote!(#private::#function::<#value>) };
        let ty = &field.ty;
        let given = if field.optional { quote!(::core::option::Option::Some(value)) } else { quote!(value) };
        quote! {
            {
                struct __With(#ty);
                impl #private::Serialize for __With {
                    fn serialize<__S: #private::Serializer>(&self, serializer: __S) -> ::core::result::Result<__S::Ok, __S::Error> {
                        #path(&self.0, serializer)
                    }
                }
                |value| #private::#function(__With(#given))
            }
        }
    }
}

/// The field's own words, or what it is called in the table.
fn documentation(field: &Field, attribute: &str) -> TokenStream {
    if field.docs.is_empty() {
        let doc = format!(" Stored as `{attribute}`.");
        return quote!(#[doc = #doc]);
    }
    field.docs.iter().map(generated).collect()
}
