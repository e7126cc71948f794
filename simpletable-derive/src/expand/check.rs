//! Checks that need the types: the compiler runs them.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::{allow, bound, key_part, option};
use crate::model::{Entity, Field, KeyForm, Segment, Template};

/// Whether a template makes a sort key, where integers have to sort as numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Sorted,
    Free,
}

const PK_AND_SK: [Order; 2] = [Order::Free, Order::Sorted];

/// The checks of every placeholder and of every set.
pub(super) fn checks(entity: &Entity) -> TokenStream {
    let placeholders = templates(entity).into_iter().flat_map(|(template, order)| placeholders(entity, template, order));
    let sets = entity.fields.iter().filter(|field| field.set).map(|field| set(entity, field));
    placeholders.chain(sets).collect()
}

fn templates(entity: &Entity) -> Vec<(&Template, Order)> {
    let primary = entity.primary.templates().into_iter().zip(PK_AND_SK);
    let indexes = entity.indexes.iter().flat_map(|index| [Some(&index.pk), index.sk.as_ref()].into_iter().zip(PK_AND_SK));
    let indexes = indexes.filter_map(|(form, order)| match form {
        Some(KeyForm::Template(template)) => Some((template, order)),
        _ => None,
    });
    let unique = entity.unique.iter().map(|unique| (&unique.value, Order::Free));
    primary.chain(indexes).chain(unique).collect()
}

fn placeholders(entity: &Entity, template: &Template, order: Order) -> Vec<TokenStream> {
    let span = template.literal.span();
    let check = |(at, segment): (usize, &Segment)| {
        let (name, shape, width) = placeholder(entity, segment, span)?;
        let next = match template.segments.get(at + 1) {
            Some(Segment::Literal(text)) => Some(text),
            _ => None,
        };
        let sorted = order == Order::Sorted;
        // Of a value that stands alone, or last, in a partition key there is nothing to check.
        if width.is_none() && next.is_none() && !sorted {
            return None;
        }
        let (private, next, width) = (entity.krate.private(span), option(next), option(width.map(Literal::u8_unsuffixed)));
        let allow = allow();
        Some(quote_spanned! {span=>
            #allow
            const _: () = #private::check_part(#name, #shape, #width, #next, #sorted);
        })
    };
    template.segments.iter().enumerate().filter_map(check).collect()
}

/// What stands in a placeholder: its name, its shape and its width. An id is text, which is checked at run time.
fn placeholder(entity: &Entity, segment: &Segment, span: Span) -> Option<(String, TokenStream, Option<u8>)> {
    let name = match segment {
        Segment::Literal(_) | Segment::Id => return None,
        Segment::Field { part, width } => {
            let field = entity.part(*part);
            let key_part = key_part(&entity.krate, &field.value);
            return Some((field.name(), quote!(#key_part::SHAPE), *width));
        }
        Segment::CreatedAt => "created_at",
        Segment::UpdatedAt => "updated_at",
    };
    let private = entity.krate.private(span);
    let time = key_part(&entity.krate, &quote_spanned!(span=> #private::DateTime<#private::Utc>));
    Some((name.to_owned(), quote!(#time::SHAPE), None))
}

fn set(entity: &Entity, field: &Field) -> TokenStream {
    let (allow, set) = (allow(), bound(&entity.krate, &field.ty, "SetField"));
    quote! {
        #allow
        const _: () = #set::IS_SET;
    }
}
