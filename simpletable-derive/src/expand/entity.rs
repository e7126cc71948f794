use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{attributes, bound, check, def, fields, finder, key, key_part, unique};
use crate::model::{Entity, Field, History, KeyForm, Keys, Primary, Storage};

/// The code for `#[derive(SingleTable)]` on a struct.
pub(crate) fn entity(entity: &Entity) -> TokenStream {
    let (attributes, ident, private) = (attributes(), &entity.ident, entity.krate.private(Span::call_site()));
    let (kinds, fields, finders) = (kinds(entity), fields::fields(entity), finder::finders(entity));
    let unique = unique::finders(entity);
    let def = def::def(entity);
    let methods = [Some(part(entity)), computed(entity), expires_at(entity), Some(serde(entity))].into_iter().flatten();
    let variant = variant_of_self(entity);
    let key = key::key(entity, &key::body(entity));
    let checks = check::checks(entity);
    quote! {
        #attributes
        impl #private::Entity for #ident {
            #kinds
            const DEF: &'static #private::EntityDef = #def;
            #(#methods)*
        }
        #variant
        #key
        #fields
        #finders
        #unique
        #checks
    }
}

/// What operations ask for, as types.
pub(super) fn kinds(entity: &Entity) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let key = match entity.primary {
        Primary::Id { .. } => quote!(ById),
        Primary::NaturalId { .. } => quote!(ByNaturalId),
        Primary::Singleton => quote!(ByName),
        Primary::Composed { .. } => quote!(ByParts),
    };
    let history = match entity.history {
        History::Dropped => quote!(Dropped),
        History::Kept { max_versions: Some(_) } => quote!(KeptLast),
        History::Kept { max_versions: None } => quote!(Kept),
    };
    let storage = match entity.storage {
        Storage::Attributes => quote!(Attributes),
        Storage::Compressed => quote!(Compressed),
    };
    let listing = if entity.type_index { quote!(Listed) } else { quote!(Unlisted) };
    let claims = if entity.unique.is_empty() { quote!(Unclaimed) } else { quote!(Claimed) };
    let keys = match entity.roles().keys {
        Keys::Following => quote!(Following),
        Keys::Stamped => quote!(Stamped),
        Keys::Computed => quote!(ComputedKeys),
    };
    let counting = if entity.count { quote!(Tallied) } else { quote!(Untallied) };
    let birth = birth(entity);
    let (fields, values) = (fields::name(entity), fields::values(entity));
    quote! {
        type Key = #private::#key;
        type History = #private::#history;
        type Storage = #private::#storage;
        type Listing = #private::#listing;
        type Claims = #private::#claims;
        type Keys = #private::#keys;
        type Counting = #private::#counting;
        type Birth = #birth;
        type Fields = #fields;
        const FIELDS: &'static #fields = &#values;
    }
}

/// Where `created_at` is, beside its own attribute.
fn birth(entity: &Entity) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let is_stub = !entity.generics.params.is_empty();
    match entity.ttl {
        _ if entity.has_birth_in_keys() => quote!(#private::InKeys),
        Some(field) if !is_stub => entity.fields[field].value.clone(),
        _ => quote!(#private::Nowhere),
    }
}

/// A table of one entity holds rows of itself.
pub(super) fn variant_of_self(entity: &Entity) -> TokenStream {
    let (attributes, ident, private) = (attributes(), &entity.ident, entity.krate.private(Span::call_site()));
    let (generics, arguments, bounds) = entity.generics.split_for_impl();
    quote! {
        #attributes
        impl #generics #private::VariantOf<Self> for #ident #arguments #bounds {
            fn into_row(self) -> Self {
                self
            }
            fn from_row(row: Self) -> ::core::result::Result<Self, Self> {
                ::core::result::Result::Ok(row)
            }
        }
    }
}

fn part(entity: &Entity) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let arms = entity.parts.iter().enumerate().map(|(number, field)| {
        let (number, value) = (Literal::usize_unsuffixed(number), part_of(entity, &entity.fields[*field]));
        quote!(#number => #value,)
    });
    let argument = if entity.parts.is_empty() { quote!(_) } else { quote!(part) };
    let body = if entity.parts.is_empty() {
        quote!(::core::option::Option::None)
    } else {
        quote! {
            match part {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        }
    };
    quote! {
        fn part(&self, #argument: usize) -> ::core::option::Option<#private::Part<'_>> {
            #body
        }
    }
}

fn part_of(entity: &Entity, field: &Field) -> TokenStream {
    let (ident, key_part) = (&field.ident, key_part(&entity.krate, &field.value));
    if field.optional {
        quote!(::core::option::Option::map(::core::option::Option::as_ref(&self.#ident), #key_part::part))
    } else {
        quote!(::core::option::Option::Some(#key_part::part(&self.#ident)))
    }
}

fn computed(entity: &Entity) -> Option<TokenStream> {
    let paths: Vec<_> = computed_paths(entity).collect();
    if paths.is_empty() {
        return None;
    }
    let arms = paths.iter().enumerate().map(|(number, path)| {
        let number = Literal::usize_unsuffixed(number);
        let call = quote_spanned! {path.span()=>
            ::core::convert::Into::<::core::option::Option<::std::string::String>>::into(#path(self))
        };
        quote!(#number => #call,)
    });
    Some(quote! {
        fn computed(&self, index: usize) -> ::core::option::Option<::std::string::String> {
            match index {
                #(#arms)*
                _ => ::core::option::Option::None,
            }
        }
    })
}

/// The functions of the user's that make keys, by their numbers.
fn computed_paths(entity: &Entity) -> impl Iterator<Item = &syn::ExprPath> {
    let forms = entity.indexes.iter().flat_map(|index| [Some(&index.pk), index.sk.as_ref()]).flatten();
    forms.filter_map(|form| match form {
        KeyForm::Computed(path) => Some(path),
        KeyForm::Template(_) => None,
    })
}

fn expires_at(entity: &Entity) -> Option<TokenStream> {
    let field = &entity.fields[entity.ttl?];
    let (ident, ttl_field, private) = (&field.ident, bound(&entity.krate, &field.ty, "TtlField"), entity.krate.private(Span::call_site()));
    Some(quote! {
        fn expires_at(&self, created_at: #private::DateTime<#private::Utc>) -> ::core::option::Option<i64> {
            #ttl_field::expires_at(&self.#ident, created_at)
        }
    })
}

/// The bound stands in the bodies, at the struct's name: so a missing derive is one error.
fn serde(entity: &Entity) -> TokenStream {
    let (ident, private) = (&entity.ident, entity.krate.private(Span::call_site()));
    let storable = bound(&entity.krate, &ident.to_token_stream(), "Storable");
    quote! {
        fn encode<S: #private::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
            #storable::write(self, serializer)
        }
        fn decode<'de, D: #private::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
            #storable::read(deserializer)
        }
    }
}
