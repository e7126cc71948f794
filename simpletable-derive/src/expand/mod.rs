//! From what is true to code. Nothing here can fail: what is written is data, and calls of one line.

mod check;
mod def;
mod entity;
mod fields;
mod finder;
mod key;
mod nested;
mod part;
mod schema;
pub(crate) mod stub;
#[cfg(test)]
mod tests;
mod unique;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::model::{Krate, generated_at};

pub(crate) use entity::entity;
pub(crate) use nested::nested;
pub(crate) use part::part;
pub(crate) use schema::schema;

/// Stands on every generated `impl`.
fn attributes() -> TokenStream {
    let allow = allow();
    quote!(#[automatically_derived] #allow)
}

/// Stands on every generated item that names the user's types.
fn allow() -> TokenStream {
    quote!(#[allow(deprecated, reason = "reported in the declaration, not here again")])
}

/// `<Ty as KeyPart>`, wholly at the type: rustc then says once, however often the type is used, that it is none.
fn key_part(krate: &Krate, ty: &TokenStream) -> TokenStream {
    bound(krate, ty, "KeyPart")
}

/// `<Ty as Trait>`, wholly at the type.
fn bound(krate: &Krate, ty: &TokenStream, name: &str) -> TokenStream {
    let span = ty.span();
    let private = krate.private(span);
    let name = proc_macro2::Ident::new(name, span);
    quote_spanned!(span=> <#ty as #private::#name>)
}

/// The user's tokens as generated ones: in their place, but so that no lint of the user's minds what is made of them.
fn generated(tokens: impl ToTokens) -> TokenStream {
    placed(tokens.into_token_stream(), &|token| generated_at(token.span()))
}

/// The user's tokens as generated ones, in this place.
fn generated_in(span: Span, tokens: impl ToTokens) -> TokenStream {
    placed(tokens.into_token_stream(), &|_| generated_at(span))
}

fn placed(tokens: TokenStream, place: &dyn Fn(&TokenTree) -> Span) -> TokenStream {
    let placed = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = TokenTree::Group(Group::new(group.delimiter(), placed(group.stream(), place)));
        }
        token.set_span(place(&token));
        token
    };
    tokens.into_iter().map(placed).collect()
}

fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
