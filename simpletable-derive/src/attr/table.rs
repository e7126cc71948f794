use darling::FromMeta;
use syn::{LitStr, Path};

use super::Args;
use super::arg::{Arg, Count};

/// `#[table(...)]` on the struct of an entity.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct EntityArgs {
    pub(crate) versioned: Option<Arg<bool>>,
    pub(crate) compress: Option<Arg<bool>>,
    pub(crate) max_versions: Option<Arg<Count>>,
    pub(crate) name: Option<Arg<LitStr>>,
    pub(crate) prefix: Option<Arg<LitStr>>,
    pub(crate) id: Option<Arg<LitStr>>,
    pub(crate) pk: Option<Arg<LitStr>>,
    pub(crate) sk: Option<Arg<LitStr>>,
    pub(crate) ttl: Option<Arg<LitStr>>,
    pub(crate) type_index: Option<Arg<bool>>,
    pub(crate) deny_unknown: Option<Arg<bool>>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Arg<Path>>,
}

impl Args for EntityArgs {
    const NAME: &'static str = "table";
    const KEYS: &'static [&'static str] =
        &["versioned", "compress", "max_versions", "name", "prefix", "id", "pk", "sk", "ttl", "type_index", "deny_unknown", "crate"];
}

/// `#[table(...)]` on an enum of entities.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct SchemaArgs {
    pub(crate) ttl: Option<Arg<LitStr>>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Arg<Path>>,
}

impl Args for SchemaArgs {
    const NAME: &'static str = "table";
    const KEYS: &'static [&'static str] = &["ttl", "crate"];
}

/// `#[table(...)]` beside `#[derive(KeyPart)]`.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct PartArgs {
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Arg<Path>>,
}

impl Args for PartArgs {
    const NAME: &'static str = "table";
    const KEYS: &'static [&'static str] = &["crate"];
}
