//! What is true of a declaration, once it has no mistakes. With mistakes: as much of it as could be made out, for the stub.

mod finder;
mod role;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, ExprPath, Generics, LitStr, Path, Visibility};

pub(crate) use finder::{Finder, METHODS, Source, generated_at};
pub(crate) use role::{Keys, Presence, Role, Roles};

/// A struct with `#[derive(SingleTable)]`.
#[derive(Debug)]
pub(crate) struct Entity {
    pub(crate) krate: Krate,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Empty, except in a stub.
    pub(crate) generics: Generics,
    pub(crate) name: String,
    pub(crate) primary: Primary,
    pub(crate) history: History,
    pub(crate) storage: Storage,
    /// The index of a field.
    pub(crate) ttl: Option<usize>,
    pub(crate) type_index: bool,
    pub(crate) count: bool,
    pub(crate) deny_unknown: bool,
    pub(crate) indexes: Vec<Index>,
    pub(crate) unique: Vec<Unique>,
    pub(crate) fields: Vec<Field>,
    /// The fields that templates use, by the number of the part.
    pub(crate) parts: Vec<usize>,
}

impl Entity {
    /// The field of a part.
    pub(crate) fn part(&self, part: usize) -> &Field {
        &self.fields[self.parts[part]]
    }
}

/// How rows are addressed.
#[derive(Debug)]
pub(crate) enum Primary {
    Id { prefix: String },
    NaturalId { prefix: String, id: Template },
    Singleton,
    Composed { pk: Template, sk: Template },
}

impl Primary {
    /// The templates that the fields fill: the id's, or the partition key's and the sort key's.
    pub(crate) fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Id { .. } | Self::Singleton => vec![],
            Self::NaturalId { id, .. } => vec![id],
            Self::Composed { pk, sk } => vec![pk, sk],
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    Dropped,
    Kept { max_versions: Option<u64> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    Attributes,
    Compressed,
}

/// A field of an entity.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Its documentation.
    pub(crate) docs: Vec<Attribute>,
    /// The type as written.
    pub(crate) ty: TokenStream,
    /// The type without its `Option`.
    pub(crate) value: TokenStream,
    pub(crate) optional: bool,
    /// The name that serde stores; `None` for a skipped field.
    pub(crate) attribute: Option<String>,
    /// What to point at where the name is wrong: the `rename`, or the field.
    pub(crate) named_at: TokenStream,
    pub(crate) aliases: Vec<LitStr>,
    pub(crate) set: bool,
    /// The function that serde writes it with, where that is not the type's own.
    pub(crate) serialize_with: Option<ExprPath>,
    /// Whether serde reads it with a function of its own.
    pub(crate) reads_itself: bool,
    /// Whether serde reads it where it is absent.
    pub(crate) defaulted: bool,
}

impl Field {
    /// The name in Rust, without `r#`.
    pub(crate) fn name(&self) -> String {
        self.ident.unraw().to_string()
    }
}

/// One `#[gsi(...)]`.
#[derive(Debug)]
pub(crate) struct Index {
    pub(crate) pattern: String,
    /// Where the pattern is named.
    pub(crate) named_at: LitStr,
    pub(crate) index: String,
    pub(crate) pk_attribute: String,
    pub(crate) sk_attribute: Option<String>,
    pub(crate) pk: KeyForm,
    pub(crate) sk: Option<KeyForm>,
    pub(crate) projection: Projection,
}

/// What an index holds of its rows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Projection {
    All,
    KeysOnly,
    /// Attributes.
    Include(Vec<String>),
}

/// One `unique(...)`.
#[derive(Debug)]
pub(crate) struct Unique {
    pub(crate) name: String,
    /// What to point at.
    pub(crate) named_at: LitStr,
    pub(crate) value: Template,
    pub(crate) fold: Fold,
}

/// Which values are taken for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Exact,
    Lower,
}

#[derive(Debug)]
pub(crate) enum KeyForm {
    Template(Template),
    Computed(ExprPath),
}

/// A template whose placeholders are resolved.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) literal: LitStr,
    pub(crate) segments: Vec<Segment>,
}

#[derive(Debug)]
pub(crate) enum Segment {
    Literal(String),
    Field { part: usize, width: Option<u8> },
    Id,
    CreatedAt,
    UpdatedAt,
}

/// An enum with `#[derive(SingleTable)]`.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) krate: Krate,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Empty, except in a stub.
    pub(crate) generics: Generics,
    pub(crate) ttl_attribute: String,
    pub(crate) variants: Vec<Variant>,
}

#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) ty: TokenStream,
}

/// A struct with `#[derive(Nested)]`.
#[derive(Debug)]
pub(crate) struct Nested {
    pub(crate) krate: Krate,
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    /// Empty, except in a stub.
    pub(crate) generics: Generics,
    pub(crate) fields: Vec<Field>,
}

/// A type with `#[derive(KeyPart)]`.
#[derive(Debug)]
pub(crate) struct KeyPart {
    pub(crate) krate: Krate,
    pub(crate) ident: Ident,
    /// Empty, except in a stub.
    pub(crate) generics: Generics,
    pub(crate) form: PartForm,
}

#[derive(Debug)]
pub(crate) enum PartForm {
    /// The type of the only field.
    Newtype(TokenStream),
    /// Each variant and the string that serde stores.
    Words(Vec<(Ident, String)>),
}

/// Where generated code finds the library.
#[derive(Debug, Clone, Default)]
pub(crate) struct Krate(pub(crate) Option<Path>);

impl Krate {
    /// The path of the names that generated code may use, placed where an error about it should point.
    pub(crate) fn private(&self, span: Span) -> TokenStream {
        match &self.0 {
            None => quote_spanned!(span=> ::simpletable::__private),
            Some(path) => {
                let path = placed(path.to_token_stream(), span);
                quote_spanned!(span=> #path::__private)
            }
        }
    }
}

/// The tokens at `span`, with the meaning (`$crate`) that they have where they were written.
fn placed(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                token = TokenTree::Group(Group::new(group.delimiter(), placed(group.stream(), span)));
            }
            token.set_span(span.resolved_at(token.span()));
            token
        })
        .collect()
}
