//! Errors: what is wrong, and on a `help:` line what to write instead.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Every mistake of a declaration, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Adds a mistake at the tokens to change.
    pub(crate) fn push(&mut self, at: impl ToTokens, message: impl Display, help: impl Display) {
        self.0.push(syn::Error::new_spanned(at, text(message, help)));
    }

    /// Adds what a parser reported.
    pub(crate) fn push_error(&mut self, error: impl Into<syn::Error>) {
        self.0.extend(error.into());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }

    /// What the user would read.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

/// The one form that every error has.
pub(crate) fn text(message: impl Display, help: impl Display) -> String {
    format!("{message}\nhelp: {help}")
}

/// The known name that `name` was meant to be, if one is close enough.
pub(crate) fn closest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= (name.len().max(candidate.len()) / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The help for an unknown name: the one that was meant, or all there are.
pub(crate) fn did_you_mean<'a>(name: &str, what: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match closest(name, known.clone()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("{what} {}", list(known)),
    }
}

/// `` `a`, `b`, `c` ``
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near_or_absent() {
        let known = ["status", "owner", "priority"];
        assert_eq!(closest("statsu", known), Some("status"));
        assert_eq!(closest("Owner", known), Some("owner"));
        assert_eq!(closest("prio", known), None);
        assert_eq!(closest("x", known), None);
        assert_eq!(did_you_mean("x", "the fields are", known), "the fields are `status`, `owner`, `priority`");
    }
}
