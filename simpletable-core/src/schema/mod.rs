//! What the declarations say, as `const` data: the derive writes these tables, everything else reads them.

mod check;
mod shape;

pub use check::{check_entity, check_part, check_variant};
pub use shape::Shape;

/// One entity: what `#[derive(SingleTable)]` on a struct declares.
#[derive(Debug)]
pub struct EntityDef {
    /// The type's name in rows (`gsitype`).
    pub name: &'static str,
    /// How the row is addressed.
    pub primary: PrimaryKey,
    /// Whether every update keeps the version before it.
    pub versioned: bool,
    /// How many version numbers are kept; `None` keeps all.
    pub max_versions: Option<u64>,
    /// Whether the fields are stored as one gzip member in `data`.
    pub compress: bool,
    /// The field whose value says when the row expires.
    pub ttl: Option<&'static str>,
    /// Whether rows are in the type index (they carry `gsitypesk`).
    pub type_index: bool,
    /// Whether its resources are counted, in the transactions that create and delete them.
    pub count: bool,
    /// Whether attributes that the struct does not know are refused.
    pub deny_unknown: bool,
    /// The access patterns, in declaration order.
    pub indexes: &'static [IndexDef],
    /// The values that no two resources share, in declaration order.
    pub unique: &'static [UniqueDef],
    /// The fields that serde writes, in declaration order.
    pub fields: &'static [FieldDef],
}

impl EntityDef {
    /// What the keys of its claims hold: no two entities of a table have the same.
    pub(crate) const fn prefix(&self) -> &'static str {
        match self.primary {
            PrimaryKey::Id { prefix } | PrimaryKey::NaturalId { prefix, .. } => prefix,
            PrimaryKey::Singleton | PrimaryKey::Composed { .. } => self.name,
        }
    }
}

/// How a row of an entity is addressed.
#[derive(Debug)]
pub enum PrimaryKey {
    /// `{prefix}#{id}` with a generated or given id.
    Id {
        /// What stands before the `#`.
        prefix: &'static str,
    },
    /// `{prefix}#{id}` with an id that the fields make.
    NaturalId {
        /// What stands before the `#`.
        prefix: &'static str,
        /// What the id is made of.
        id: Template,
    },
    /// `SINGLETON#{name}`: there is one. Its id is the type's name.
    Singleton,
    /// Both keys made from the fields; no id.
    Composed {
        /// The partition key.
        pk: Template,
        /// The sort key.
        sk: Template,
    },
}

/// One field as serde stores it.
#[derive(Debug)]
pub struct FieldDef {
    /// The attribute (or key inside `data`) that serde writes.
    pub attribute: &'static str,
    /// Other names that serde reads it from.
    pub aliases: &'static [&'static str],
    /// Whether it is stored as a DynamoDB set.
    pub set: bool,
}

impl FieldDef {
    /// Fields that are nothing but their names: one call for all of them, because each value costs the compiler more than its name.
    #[must_use]
    pub const fn plain<const N: usize>(names: [&'static str; N]) -> [Self; N] {
        const UNNAMED: FieldDef = FieldDef { attribute: "", aliases: &[], set: false };
        let mut fields = [UNNAMED; N];
        let mut i = 0;
        while i < N {
            fields[i].attribute = names[i];
            i += 1;
        }
        fields
    }
}

/// One `#[gsi(...)]`: an access pattern on a physical index.
#[derive(Debug)]
pub struct IndexDef {
    /// The access pattern's name.
    pub pattern: &'static str,
    /// The physical index.
    pub index: &'static str,
    /// The attribute of its partition key.
    pub pk_attribute: &'static str,
    /// The attribute of its sort key; `None`: it ranges on the table's `pk`.
    pub sk_attribute: Option<&'static str>,
    /// What the partition key is made of.
    pub pk: KeyForm,
    /// What the sort key is made of; `Some` exactly when `sk_attribute` is.
    pub sk: Option<KeyForm>,
    /// What it holds of its rows.
    pub projection: Projection,
}

/// One `unique(...)`: a value that no two resources of the entity share.
#[derive(Debug)]
pub struct UniqueDef {
    /// The constraint's name.
    pub name: &'static str,
    /// What the value is made of.
    pub value: Template,
    /// Which values are taken for the same.
    pub fold: Fold,
}

/// Which unique values are taken for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// Equal ones.
    Exact,
    /// Those that differ in case alone.
    Lower,
}

/// What an index holds of its rows, beside their keys and its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projection {
    /// All of them, so that it gives entities.
    All,
    /// Nothing that an entity declares.
    KeysOnly,
    /// The attributes of some fields, in declaration order.
    Include(&'static [&'static str]),
}

impl Projection {
    /// Whether the index holds the attribute of a field.
    pub(crate) fn holds(self, attribute: &str) -> bool {
        match self {
            Self::All => true,
            Self::KeysOnly => false,
            Self::Include(attributes) => attributes.contains(&attribute),
        }
    }
}

/// What an index key is made of.
#[derive(Debug)]
pub enum KeyForm {
    /// A template over the fields.
    Template(Template),
    /// A function of the user's (`pk_with`, `sk_with`); `None` leaves the row out of the index.
    Computed {
        /// The path as declared, for messages.
        path: &'static str,
        /// What [`Entity::computed`](crate::Entity::computed) is asked for.
        index: usize,
    },
}

/// A parsed key template.
#[derive(Debug)]
pub struct Template {
    /// The template as declared, for messages.
    pub text: &'static str,
    /// Its parts, in order; never empty, and no two placeholders are neighbours.
    pub segments: &'static [Segment],
}

/// The numbers by which finders are given the parts that are no fields.
pub const ID_PART: usize = usize::MAX;
/// See [`ID_PART`].
pub const CREATED_AT_PART: usize = usize::MAX - 1;
/// See [`ID_PART`].
pub const UPDATED_AT_PART: usize = usize::MAX - 2;

/// One part of a [`Template`].
#[derive(Debug)]
pub enum Segment {
    /// Text that stands as it is.
    Literal(&'static str),
    /// `<field>` or `<field:03>`.
    Field {
        /// The field's name in Rust (without `r#`), for messages.
        name: &'static str,
        /// What [`Entity::part`](crate::Entity::part) is asked for.
        part: usize,
        /// The width to pad to with zeros.
        width: Option<u8>,
        /// What the field's type can render.
        shape: Shape,
    },
    /// `<id>`
    Id,
    /// `<created_at>`
    CreatedAt,
    /// `<updated_at>`
    UpdatedAt,
}

/// What the keys of the library's own rows begin with, and of Python's.
pub(crate) const INTERNAL: &str = "_INTERNAL#";

/// The type's name in the row of statistics, and its id.
pub(crate) const STATISTICS: &str = "MemoryStats";

/// What stands before the `#` in the keys of singletons. Nothing else may have it.
pub(crate) const SINGLETON: &str = "SINGLETON";

/// Whether a partition key begins as the library's own rows do, and Python's.
pub(crate) fn is_reserved(pk: &str) -> bool {
    pk.starts_with(INTERNAL) || pk.starts_with("SINGLETON#")
}

impl Template {
    /// The characters that end a placeholder's value: the first of every literal that follows one.
    pub(crate) fn delimiters(&self) -> impl Iterator<Item = char> {
        self.segments.iter().skip(1).filter_map(Segment::literal_start)
    }
}

impl Segment {
    /// The first character of a literal.
    pub(crate) fn literal_start(&self) -> Option<char> {
        match self {
            Self::Literal(literal) => literal.chars().next(),
            _ => None,
        }
    }
}
