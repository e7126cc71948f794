use darling::ast::NestedMeta;
use syn::{Attribute, Expr, ExprLit, ExprPath, Lit, LitStr, Meta, Path};

/// `#[serde(...)]`. What serde would refuse is left out: it reports that itself.
#[derive(Debug, Default)]
pub(crate) struct SerdeArgs(Vec<Meta>);

/// A name that serde can be told once, or for each direction: `rename = "a"`, `rename(serialize = "a", deserialize = "b")`.
#[derive(Debug, Default)]
pub(crate) struct Rename {
    pub(crate) serialize: Option<LitStr>,
    pub(crate) deserialize: Option<LitStr>,
}

impl SerdeArgs {
    pub(crate) fn parse(attrs: &[Attribute]) -> Self {
        Self(attrs.iter().filter(|attr| attr.path().is_ident("serde")).filter_map(list_of).flatten().collect())
    }

    /// The argument's name as written.
    pub(crate) fn find(&self, name: &str) -> Option<&Path> {
        self.0.iter().map(Meta::path).find(|path| path.is_ident(name))
    }

    /// Every `name = "..."`.
    pub(crate) fn strings<'a>(&'a self, name: &'a str) -> impl Iterator<Item = LitStr> + 'a {
        self.named(name).filter_map(string_of)
    }

    /// `rename` or `rename_all`.
    pub(crate) fn rename(&self, name: &str) -> Rename {
        let mut rename = Rename::default();
        for meta in self.named(name) {
            if let Some(both) = string_of(meta) {
                rename = Rename { serialize: Some(both.clone()), deserialize: Some(both) };
            }
            for side in nested(meta).into_iter().flatten() {
                let place = if side.path().is_ident("serialize") { &mut rename.serialize } else { &mut rename.deserialize };
                *place = string_of(&side);
            }
        }
        rename
    }

    /// The function of `with` or `serialize_with`.
    pub(crate) fn serialize_with(&self) -> Option<ExprPath> {
        let module = self.strings("with").map(|path| LitStr::new(&format!("{}::serialize", path.value()), path.span()));
        let function = self.strings("serialize_with");
        module.chain(function).find_map(|path| path.parse().ok())
    }

    fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Meta> + 'a {
        self.0.iter().filter(move |meta| meta.path().is_ident(name))
    }
}

fn list_of(attr: &Attribute) -> Option<Vec<Meta>> {
    nested(&attr.meta)
}

fn nested(meta: &Meta) -> Option<Vec<Meta>> {
    let Meta::List(list) = meta else { return None };
    let items = NestedMeta::parse_meta_list(list.tokens.clone()).ok()?;
    Some(items.into_iter().filter_map(|item| if let NestedMeta::Meta(meta) = item { Some(meta) } else { None }).collect())
}

fn string_of(meta: &Meta) -> Option<LitStr> {
    match meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
            Expr::Group(group) => match &*group.expr {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}
