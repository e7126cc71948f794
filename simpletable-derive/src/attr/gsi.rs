use darling::FromMeta;
use syn::{ExprPath, LitStr};

use super::{Arg, Args};

/// `#[gsi(...)]`: one access pattern.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct GsiArgs {
    pub(crate) name: Option<Arg<LitStr>>,
    pub(crate) index: Option<Arg<LitStr>>,
    pub(crate) pk: Option<Arg<LitStr>>,
    pub(crate) sk: Option<Arg<LitStr>>,
    pub(crate) pk_attr: Option<Arg<LitStr>>,
    pub(crate) sk_attr: Option<Arg<LitStr>>,
    pub(crate) pk_with: Option<Arg<ExprPath>>,
    pub(crate) sk_with: Option<Arg<ExprPath>>,
    pub(crate) projection: Option<Arg<LitStr>>,
}

impl Args for GsiArgs {
    const NAME: &'static str = "gsi";
    const KEYS: &'static [&'static str] = &["name", "index", "pk", "sk", "pk_attr", "sk_attr", "pk_with", "sk_with", "projection"];
}
