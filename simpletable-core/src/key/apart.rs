//! Entities that the compiler accepts in one table have keys apart: the check of the templates against what is rendered from them.

use chrono::DateTime;
use proptest::prelude::*;

use super::{Part, Values, primary};
use crate::schema::{EntityDef, PrimaryKey, Segment, Shape, Template, check_variant};

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Signed,
    Padded,
}

/// A template of literals and placeholders, numbered from `from` on, as the derive lets through.
fn template(from: usize) -> impl Strategy<Value = Template> {
    let kinds = prop_oneof![4 => Just(Kind::Text), 1 => Just(Kind::Signed), 1 => Just(Kind::Padded)];
    let parts = prop::collection::vec((kinds, "[1#-]{1,2}"), 1..=2);
    (any::<bool>(), "[1#-]", parts, any::<bool>()).prop_filter_map(
        "a literal within the alphabet before it",
        move |(head, literal, parts, tail)| {
            let count = parts.len();
            let mut segments = Vec::new();
            if head {
                segments.push(Segment::Literal(literal.leak()));
            }
            for (at, (kind, literal)) in parts.into_iter().enumerate() {
                let (shape, width) = match kind {
                    Kind::Text => (Shape::Text, None),
                    Kind::Signed => (Shape::Signed, None),
                    Kind::Padded => (Shape::Unsigned, Some(2)),
                };
                segments.push(Segment::Field { name: "x", part: from + at, width, shape });
                if at + 1 < count || tail {
                    if !shape.is_text() && shape.admits(literal.as_bytes()[0]) {
                        return None;
                    }
                    segments.push(Segment::Literal(literal.leak()));
                }
            }
            Some(Template { text: "", segments: segments.leak() })
        },
    )
}

/// Often the same for all, or two keys would seldom be equal in both halves.
fn sort_key() -> impl Strategy<Value = Template> {
    let same = || Just(()).prop_map(|()| Template { text: "", segments: &[Segment::Literal("S")] });
    prop_oneof![3 => same(), 1 => template(2)]
}

fn keys() -> impl Strategy<Value = PrimaryKey> {
    prop_oneof![
        4 => (template(0), sort_key()).prop_map(|(pk, sk)| PrimaryKey::Composed { pk, sk }),
        1 => "[1-]".prop_map(|prefix| PrimaryKey::Id { prefix: prefix.leak() }),
        1 => ("[1-]", template(0)).prop_map(|(prefix, id)| PrimaryKey::NaturalId { prefix: prefix.leak(), id }),
    ]
}

fn entities() -> impl Strategy<Value = (PrimaryKey, bool)> {
    // Only entities with ids keep a history.
    (keys(), any::<bool>()).prop_map(|(primary, versioned)| {
        let versioned = versioned && !matches!(primary, PrimaryKey::Composed { .. });
        (primary, versioned)
    })
}

fn define(name: &'static str, (primary, versioned): (PrimaryKey, bool)) -> &'static EntityDef {
    Box::leak(Box::new(EntityDef {
        name,
        primary,
        versioned,
        max_versions: None,
        compress: false,
        ttl: None,
        type_index: true,
        count: false,
        deny_unknown: false,
        indexes: &[],
        unique: &[],
        fields: &[],
    }))
}

/// The values of up to four placeholders, as text and as numbers, and an id.
type Drawn = (Vec<(String, i8)>, String);

fn values() -> impl Strategy<Value = Drawn> {
    (prop::collection::vec(("[1#-]{0,2}", -2i8..=12), 4), "[1#-]{1,3}")
}

fn shape_of(def: &EntityDef, wanted: usize) -> Option<Shape> {
    let templates = match &def.primary {
        PrimaryKey::Composed { pk, sk } => vec![pk, sk],
        PrimaryKey::NaturalId { id, .. } => vec![id],
        PrimaryKey::Id { .. } | PrimaryKey::Singleton => vec![],
    };
    templates.into_iter().flat_map(|template| template.segments).find_map(|segment| match segment {
        Segment::Field { part, shape, .. } if *part == wanted => Some(*shape),
        _ => None,
    })
}

/// The key that the values make, where they may.
fn render(def: &'static EntityDef, (parts, id): &Drawn) -> Option<super::PrimaryKey> {
    let part = |at: usize| {
        let (text, number) = &parts[at];
        Some(match shape_of(def, at)? {
            Shape::Text => Part::Text(text.as_str().into()),
            Shape::Signed => Part::Signed((*number).into()),
            _ => Part::Unsigned(number.unsigned_abs().into()),
        })
    };
    let time = DateTime::default();
    primary(def, &Values { part: &part, id: Some(id), created_at: time, updated_at: time }).ok().map(|(key, _)| key)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn accepted_entities_have_keys_apart(a in entities(), b in entities(), drawn in prop::collection::vec(values(), 32)) {
        let (a, b) = (define("A", a), define("B", b));
        let refused = std::panic::catch_unwind(|| check_variant(&[a, b], 1, "ttl")).is_err();
        for (one, other) in drawn.iter().flat_map(|one| drawn.iter().map(move |other| (one, other))) {
            let (Some(one), Some(other)) = (render(a, one), render(b, other)) else { continue };
            let owned = a.versioned || b.versioned;
            let meet = one.pk == other.pk && (owned || one.sk == other.sk);
            prop_assert!(!meet || refused, "{a:?} and {b:?} have a key in common");
        }
    }
}
