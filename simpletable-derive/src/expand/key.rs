use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::{attributes, key_part, option};
use crate::model::{Entity, Primary, Segment};

/// `fn key(...)`: the primary key from its parts. Entities of a generated id have none: their id is the key.
pub(super) fn key(entity: &Entity, body: &TokenStream) -> Option<TokenStream> {
    let doc = doc(entity)?;
    let (attributes, ident, vis, private) = (attributes(), &entity.ident, &entity.vis, entity.krate.private(Span::call_site()));
    let (generics, type_arguments, bounds) = entity.generics.split_for_impl();
    let arguments = used(entity).into_iter().map(|part| {
        let (name, ty) = (argument(entity, part), &entity.part(part).value);
        let at_type = entity.krate.private(ty.span());
        let bound = quote_spanned!(ty.span()=> impl #at_type::IntoValue<#ty>);
        quote!(#name: #bound)
    });
    let created_at = uses_created_at(entity).then(|| quote!(created_at: #private::DateTime<#private::Utc>));
    let arguments = arguments.chain(created_at);
    // A singleton is mostly reached by `table.singleton()`.
    let unused = matches!(entity.primary, Primary::Singleton).then(|| quote!(#[allow(dead_code, reason = "few programs need it")]));
    Some(quote! {
        #attributes
        impl #generics #ident #type_arguments #bounds {
            #[doc = #doc]
            #unused
            #vis fn key(#(#arguments),*) -> #private::Key<Self> {
                #body
            }
        }
    })
}

pub(super) fn body(entity: &Entity) -> TokenStream {
    let private = entity.krate.private(Span::call_site());
    let parts = used(entity).into_iter().map(|part| {
        let (name, field) = (argument(entity, part), entity.part(part));
        let (ty, key_part, number) = (&field.value, key_part(&entity.krate, &field.value), Literal::usize_unsuffixed(part));
        quote!((#number, #key_part::part(&#private::IntoValue::<#ty>::into_value(#name))))
    });
    let created_at = option(uses_created_at(entity).then(|| quote!(created_at)));
    quote!(#private::Key::from_parts(&[#(#parts),*], #created_at))
}

/// The argument for a part, named like the field; a name that could be that of a constant or a variant cannot be one.
pub(super) fn argument(entity: &Entity, part: usize) -> Ident {
    let name = &entity.part(part).ident;
    if name.to_string().contains(char::is_uppercase) {
        return format_ident!("part_{part}");
    }
    let mut name = name.clone();
    name.set_span(Span::call_site());
    name
}

/// What the key is made of; nothing, where it is a generated id.
fn doc(entity: &Entity) -> Option<String> {
    let name = &entity.ident;
    match &entity.primary {
        Primary::Id { .. } => None,
        Primary::NaturalId { id, .. } => Some(format!(" The key of the `{name}` whose id is `{}`.", id.literal.value())),
        Primary::Singleton => Some(format!(" The key of the one `{name}` of a table.")),
        Primary::Composed { pk, sk } => Some(format!(" The key of the `{name}` at `{}`, `{}`.", pk.literal.value(), sk.literal.value())),
    }
}

fn segments(entity: &Entity) -> impl Iterator<Item = &Segment> {
    entity.primary.templates().into_iter().flat_map(|template| &template.segments)
}

/// The parts of the primary key, each once, in order of first appearance.
fn used(entity: &Entity) -> Vec<usize> {
    let mut used = Vec::new();
    for segment in segments(entity) {
        if let Segment::Field { part, .. } = segment
            && !used.contains(part)
        {
            used.push(*part);
        }
    }
    used
}

fn uses_created_at(entity: &Entity) -> bool {
    segments(entity).any(|segment| matches!(segment, Segment::CreatedAt))
}
