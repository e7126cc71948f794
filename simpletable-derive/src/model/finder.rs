//! What finders follow from a declaration.

use proc_macro2::{Ident, Span};
use quote::format_ident;

use super::{Entity, Index, KeyForm, Primary, Projection, Segment, Template};
use crate::case::Case;

/// What every finder has, so that no part of a sort key can be named so.
pub(crate) const METHODS: [&str; 4] = ["range", "begins_with", "rows_of", "lookup"];

/// One way to the rows of a partition: a function on the entity, and a type with a method for each part of the sort key.
#[derive(Debug)]
pub(crate) struct Finder<'a> {
    /// The type, at what names it in the declaration.
    pub(crate) ident: Ident,
    /// The function.
    pub(crate) function: Ident,
    pub(crate) source: Source<'a>,
    pub(crate) pk: &'a Template,
    pub(crate) sk: Option<&'a Template>,
}

/// Where a finder looks.
#[derive(Debug)]
pub(crate) enum Source<'a> {
    Table,
    /// An access pattern, and which of the entity's it is.
    Index(usize, &'a Index),
}

impl Finder<'_> {
    /// Whether it looks in an index that does not hold whole rows.
    pub(crate) fn is_partial(&self) -> bool {
        matches!(self.source, Source::Index(_, index) if index.projection != Projection::All)
    }
}

impl Entity {
    /// The finders: one for each access pattern whose partition key is a template, and one for a partition of the table that the
    /// entity shares. None that could not be declared.
    pub(crate) fn finders(&self) -> Vec<Finder<'_>> {
        let mut finders: Vec<Finder<'_>> = self.in_partition().into_iter().collect();
        for (number, index) in self.indexes.iter().enumerate() {
            let finder = self.by_index(number, index);
            finders.extend(finder.filter(|finder| finders.iter().all(|earlier| earlier.ident != finder.ident)));
        }
        finders
    }

    fn in_partition(&self) -> Option<Finder<'_>> {
        let Primary::Composed { pk, sk } = &self.primary else { return None };
        let at = generated_at(pk.literal.span());
        let ident = format_ident!("{}InPartition", self.ident, span = at);
        Some(Finder { ident, function: Ident::new("in_partition", at), source: Source::Table, pk, sk: Some(sk) })
    }

    fn by_index<'a>(&self, number: usize, index: &'a Index) -> Option<Finder<'a>> {
        let KeyForm::Template(pk) = &index.pk else { return None };
        let ident = self.finder_of(index)?;
        let sk = match &index.sk {
            Some(KeyForm::Template(sk)) => Some(sk),
            _ => None,
        };
        let function = format_ident!("by_{}", index.pattern, span = ident.span());
        Some(Finder { ident, function, source: Source::Index(number, index), pk, sk })
    }

    /// The type of the finder of an access pattern whose name can be part of one.
    pub(crate) fn finder_of(&self, index: &Index) -> Option<Ident> {
        let can_be_a_name = !index.pattern.is_empty() && syn::parse_str::<Ident>(&format!("by_{}", index.pattern)).is_ok();
        let at = generated_at(index.named_at.span());
        can_be_a_name.then(|| format_ident!("{}By{}", self.ident, Case::Pascal.field(&index.pattern), span = at))
    }
}

/// There, but not written by the user: so no lint of theirs minds.
pub(crate) fn generated_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

impl Template {
    /// The placeholders.
    pub(crate) fn placeholders(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|segment| !matches!(segment, Segment::Literal(_)))
    }

    /// The placeholders, each once.
    pub(crate) fn distinct(&self) -> Vec<&Segment> {
        let mut distinct: Vec<&Segment> = Vec::new();
        for placeholder in self.placeholders() {
            if distinct.iter().all(|earlier| !earlier.is_same_as(placeholder)) {
                distinct.push(placeholder);
            }
        }
        distinct
    }
}

impl Segment {
    /// Whether both stand for one value, whatever their widths.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Field { part, .. }, Self::Field { part: other, .. }) => part == other,
            (Self::Literal(_), _) => false,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// The name of what stands in a placeholder.
    pub(crate) fn name(&self, entity: &Entity) -> Ident {
        let name = match self {
            Self::Field { part, .. } => {
                let mut name = entity.part(*part).ident.clone();
                name.set_span(generated_at(name.span()));
                return name;
            }
            Self::Id => "id",
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::Literal(_) => unreachable!("a literal is no placeholder"),
        };
        Ident::new(name, Span::call_site())
    }
}
