//! Types as syntax: all that a derive can see of them.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use syn::{GenericArgument, PathArguments, Type, TypePath};

/// The `X` of an `Option<X>`, written `Option`, `std::option::Option` or `core::option::Option`.
pub(crate) fn option_of(ty: &Type) -> Option<&Type> {
    let Type::Path(TypePath { qself: None, path, .. }) = peel(ty) else { return None };
    let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (["Option"] | ["std" | "core", "option", "Option"]) = names[..] else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if arguments.args.len() == 1 => Some(inner),
        _ => None,
    }
}

/// A type that `macro_rules!` passed on stands in an invisible group.
fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}

/// The type with `Self` written out: the checks stand outside the `impl`.
pub(crate) fn without_self(tokens: TokenStream, name: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(ident) if ident == "Self" => {
                let mut name = name.clone();
                name.set_span(ident.span());
                TokenTree::Ident(name)
            }
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_self(group.stream(), name));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::{ToTokens, format_ident, quote};
    use syn::parse_quote;

    #[test]
    fn options_are_seen_by_their_usual_paths() {
        let options: [Type; 4] = [
            parse_quote!(Option<u8>),
            parse_quote!(std::option::Option<u8>),
            parse_quote!(::core::option::Option<u8>),
            parse_quote!((Option<u8>)),
        ];
        for ty in options {
            assert_eq!(option_of(&ty).map(|inner| inner.to_token_stream().to_string()).as_deref(), Some("u8"), "{}", ty.to_token_stream());
        }
        let others: [Type; 4] = [parse_quote!(u8), parse_quote!(my::Option<u8>), parse_quote!(Option), parse_quote!(Vec<Option<u8>>)];
        for ty in others {
            assert!(option_of(&ty).is_none(), "{}", ty.to_token_stream());
        }
    }

    #[test]
    fn self_is_written_out() {
        let tokens = without_self(quote!(Option<(Id<Self>, [Self; 2])>), &format_ident!("Task"));
        assert_eq!(tokens.to_string(), quote!(Option<(Id<Task>, [Task; 2])>).to_string());
    }
}
