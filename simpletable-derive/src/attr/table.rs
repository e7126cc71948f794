use darling::FromMeta;
use syn::{LitStr, Path};

use super::Args;
use super::arg::{Arg, Count, List};

/// `#[table(...)]` on the struct of an entity.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct EntityArgs {
    pub(crate) versioned: Option<Arg<bool>>,
    pub(crate) singleton: Option<Arg<bool>>,
    pub(crate) compress: Option<Arg<bool>>,
    pub(crate) max_versions: Option<Arg<Count>>,
    pub(crate) name: Option<Arg<LitStr>>,
    pub(crate) prefix: Option<Arg<LitStr>>,
    pub(crate) id: Option<Arg<LitStr>>,
    pub(crate) pk: Option<Arg<LitStr>>,
    pub(crate) sk: Option<Arg<LitStr>>,
    pub(crate) ttl: Option<Arg<LitStr>>,
    pub(crate) type_index: Option<Arg<bool>>,
    pub(crate) count: Option<Arg<bool>>,
    pub(crate) deny_unknown: Option<Arg<bool>>,
    /// Each is read as [`UniqueArgs`].
    #[darling(multiple)]
    pub(crate) unique: Vec<List>,
    #[darling(rename = "crate")]
    pub(crate) krate: Option<Arg<Path>>,
}

impl Args for EntityArgs {
    const NAME: &'static str = "table";
    const KEYS: &'static [&'static str] = &[
        "versioned",
        "singleton",
        "compress",
        "max_versions",
        "name",
        "prefix",
        "id",
        "pk",
        "sk",
        "ttl",
        "type_index",
        "count",
        "deny_unknown",
        "unique",
        "crate",
    ];
    const REPEATED: &'static [&'static str] = &["unique"];
}

/// `unique(...)` in `#[table(...)]`.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct UniqueArgs {
    pub(crate) name: Option<Arg<LitStr>>,
    pub(crate) value: Option<Arg<LitStr>>,
    pub(crate) fold: Option<Arg<LitStr>>,
}

impl Args for UniqueArgs {
    const NAME: &'static str = "unique";
    const KEYS: &'static [&'static str] = &["name", "value", "fold"];

    fn place() -> String {
        "`unique(...)`".to_owned()
    }
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
