use darling::FromMeta;
use quote::ToTokens;
use syn::{Expr, ExprLit, ExprPath, Lit, LitStr, Meta, MetaList, Path};

use crate::diag::text;

/// One argument of an attribute, with the tokens to point at.
#[derive(Debug, Clone)]
pub(crate) struct Arg<T> {
    /// Its name as written.
    pub(crate) key: Path,
    pub(crate) value: T,
}

/// The kinds of values that attributes have.
pub(crate) trait Value: Sized {
    /// What is expected, for messages.
    const EXPECTED: &'static str;
    /// What to write after the name.
    const EXAMPLE: &'static str;
    /// The value of the name alone.
    fn bare() -> Option<Self> {
        None
    }
    /// The value of `name = expr`.
    fn read(expr: &Expr) -> Option<Self>;
}

impl Value for bool {
    const EXPECTED: &'static str = "no value or a bool";
    const EXAMPLE: &'static str = " = false";
    fn bare() -> Option<Self> {
        Some(true)
    }
    fn read(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => Some(value.value),
            _ => None,
        }
    }
}

impl Value for LitStr {
    const EXPECTED: &'static str = "a string";
    const EXAMPLE: &'static str = " = \"...\"";
    fn read(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Str(value), .. }) => Some(value.clone()),
            _ => None,
        }
    }
}

/// A whole number as written.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) literal: syn::LitInt,
    pub(crate) number: u64,
}

impl Value for Count {
    const EXPECTED: &'static str = "a whole number";
    const EXAMPLE: &'static str = " = 10";
    fn read(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) => {
                Some(Self { literal: literal.clone(), number: literal.base10_parse().ok()? })
            }
            _ => None,
        }
    }
}

impl Value for ExprPath {
    const EXPECTED: &'static str = "a path";
    const EXAMPLE: &'static str = " = path::to::it";
    fn read(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Path(path) => Some(path.clone()),
            _ => None,
        }
    }
}

impl Value for Path {
    const EXPECTED: &'static str = ExprPath::EXPECTED;
    const EXAMPLE: &'static str = ExprPath::EXAMPLE;
    fn read(expr: &Expr) -> Option<Self> {
        ExprPath::read(expr).filter(|path| path.qself.is_none()).map(|path| path.path)
    }
}

impl<T: Value> FromMeta for Arg<T> {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let (value, at) = match item {
            Meta::Path(path) => (T::bare(), path.to_token_stream()),
            Meta::List(list) => (None, list.tokens.clone()),
            Meta::NameValue(pair) => (T::read(peel(&pair.value)), pair.value.to_token_stream()),
        };
        let key = item.path().clone();
        match value {
            Some(value) => Ok(Self { key, value }),
            None => {
                let name = key.to_token_stream();
                let message = text(format!("expected {} for `{name}`", T::EXPECTED), format!("write `{name}{}`", T::EXAMPLE));
                Err(syn::Error::new_spanned(at, message).into())
            }
        }
    }
}

/// An argument that is a list of arguments.
#[derive(Debug, Clone)]
pub(crate) struct List(pub(crate) MetaList);

impl FromMeta for List {
    fn from_meta(item: &Meta) -> darling::Result<Self> {
        let Meta::List(list) = item else {
            let name = item.path().to_token_stream();
            let message = text(format!("expected a list for `{name}`"), format!("write `{name}(...)`"));
            return Err(syn::Error::new_spanned(item, message).into());
        };
        Ok(Self(list.clone()))
    }
}

/// A value that `macro_rules!` passed on stands in an invisible group.
fn peel(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peel(&group.expr),
        other => other,
    }
}
