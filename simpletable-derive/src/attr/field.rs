use darling::FromMeta;

use super::{Arg, Args};

/// `#[table(...)]` on a field.
#[derive(Debug, Default, FromMeta)]
pub(crate) struct FieldArgs {
    pub(crate) set: Option<Arg<bool>>,
}

impl Args for FieldArgs {
    const NAME: &'static str = "table";
    const KEYS: &'static [&'static str] = &["set"];
}
