//! The fields of an entity, or of a struct inside one, as conditions and patches name them.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{LitStr, Visibility};

use super::{allow, bound, finder, generated, key_part};
use crate::model::{Entity, Field, Krate, Presence, Role, Roles};

/// `struct TaskFields`.
pub(super) fn fields(entity: &Entity) -> TokenStream {
    if !entity.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &entity.ident;
    let roles = entity.roles();
    named(entity).declaration(&TokenStream::new(), &quote!(#ident), &|field| role(entity, &roles, field), &|field| plain(&roles, field))
}

/// The role of a field, as a type.
fn role(entity: &Entity, roles: &Roles, field: usize) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let role = match &roles.fields[field] {
        Role::Stored => quote!(Stored),
        Role::InData => quote!(InData),
        Role::Alone => quote!(Alone),
        Role::Mixed => quote!(Mixed),
        Role::Primary => quote!(Primary),
        Role::Claimed => quote!(ClaimedField),
        Role::Expiry => quote!(Expiry),
        Role::Grouped { group, place } => {
            let (module, group) = (finder::module(entity), &roles.groups[*group]);
            let (place, size) = (Literal::usize_unsuffixed(*place), Literal::usize_unsuffixed(group.fields.len()));
            let names = group.fields.iter().map(|field| finder::marker(entity, *field));
            let indexes = group.patterns.iter().filter_map(|pattern| finder::pattern(pattern));
            quote!(Grouped<(#(#module::#names,)*), (#(#module::#indexes,)*), #place, #size>)
        }
    };
    quote!(#private::#role)
}

/// Whether nothing derives from a field.
fn plain(roles: &Roles, field: usize) -> bool {
    matches!(roles.fields[field], Role::Stored | Role::InData)
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
    let roles = entity.roles();
    named(entity).values(|attribute| quote!(#private::Place::of(#attribute)), |field| derived(entity, &roles, field))
}

/// What a patch computes from a value of the field: its part of index keys, and when the row expires.
fn derived(entity: &Entity, roles: &Roles, field: usize) -> TokenStream {
    let value = &entity.fields[field].value;
    let part =
        entity.part_number(field).filter(|_| !matches!(roles.fields[field], Role::InData | Role::Primary | Role::Claimed)).map(|number| {
            let (number, key_part) = (Literal::usize_unsuffixed(number), key_part(&entity.krate, value));
            quote!(.with_part(#number, #key_part::part))
        });
    let expiry = (entity.ttl == Some(field) && roles.fields[field] != Role::InData).then(|| {
        let ttl_field = bound(&entity.krate, value, "TtlField");
        quote!(.with_expiry(#ttl_field::moment))
    });
    quote!(#part #expiry)
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

    /// The type, with a member for each field that is stored: as visible as the field. `plain`: nothing derives from a field.
    pub(super) fn declaration(
        &self,
        parameters: &TokenStream,
        entity: &TokenStream,
        role: &dyn Fn(usize) -> TokenStream,
        plain: &dyn Fn(usize) -> bool,
    ) -> TokenStream {
        let (name, allow, vis, private) = (self.name(), allow(), generated(self.vis), self.krate.private(Span::call_site()));
        let members = self.stored().map(|(number, field, attribute)| {
            let (ident, vis, value) = (generated(&field.ident), generated(&field.vis), &field.value);
            let (docs, role, presence) = (documentation(field, attribute), role(number), self.presence(field, plain(number)));
            quote!(#docs #vis #ident: #private::Field<#entity, #value, #role, #presence>,)
        });
        let doc = format!(" The fields of `{}`, as conditions and patches name them.", self.ident);
        quote! {
            #[doc = #doc]
            #allow
            #[allow(dead_code, reason = "conditions and patches need few of them")]
            #vis struct #name #parameters {
                #(#members)*
            }
        }
    }

    /// A value of it, with each field in its place, and what derives from it.
    pub(super) fn values(&self, place: impl Fn(&str) -> TokenStream, derived: impl Fn(usize) -> TokenStream) -> TokenStream {
        let (name, private) = (self.name(), self.krate.private(Span::call_site()));
        let members = self.stored().map(|(number, field, attribute)| {
            let (ident, place, encode, derived) = (generated(&field.ident), place(attribute), self.encode(field), derived(number));
            let names = field.aliases.iter().map(LitStr::value);
            let aliases = (!field.aliases.is_empty()).then(|| quote!(.with_aliases(&[#(#names),*])));
            quote!(#ident: #private::Field::new(#place, #encode) #derived #aliases,)
        });
        quote!(#name { #(#members)* })
    }

    /// The fields that are attributes, and their numbers.
    fn stored(&self) -> impl Iterator<Item = (usize, &Field, &str)> {
        self.fields.iter().enumerate().filter_map(|(number, field)| Some((number, field, field.attribute.as_deref()?)))
    }

    /// What the absence of a field means, as a type.
    fn presence(&self, field: &Field, plain: bool) -> TokenStream {
        let private = self.krate.private(Span::call_site());
        let presence = match field.presence(plain) {
            Presence::Required => quote!(Required),
            Presence::Optional => quote!(Optional),
            Presence::Defaulted => quote!(Defaulted),
            Presence::AsSet => return quote!(#private::AsSet),
        };
        if field.serialize_with.is_some() || field.reads_itself {
            quote!(#private::Custom<#private::#presence>)
        } else {
            quote!(#private::#presence)
        }
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
