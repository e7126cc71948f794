use proptest::prelude::*;

use super::*;
use crate::schema::{FieldDef, IndexDef, KeyForm, Projection, Segment, Shape, Template};

const fn field(name: &'static str, shape: Shape) -> Segment {
    Segment::Field { name, part: 0, width: None, shape }
}

const fn text(name: &'static str) -> Segment {
    field(name, Shape::Text)
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// A template with text in every placeholder.
fn template(text: &'static str) -> Template {
    let mut segments = Vec::new();
    for piece in text.split_inclusive('>') {
        let (literal, placeholder) = piece.split_once('<').unwrap_or((piece, ""));
        if !literal.is_empty() {
            segments.push(Segment::Literal(literal));
        }
        if let Some(name) = placeholder.strip_suffix('>') {
            segments.push(self::text(name));
        }
    }
    Template { text, segments: segments.leak() }
}

fn entity(name: &'static str, primary: PrimaryKey) -> EntityDef {
    EntityDef {
        name,
        primary,
        versioned: false,
        max_versions: None,
        compress: false,
        ttl: None,
        type_index: true,
        count: false,
        deny_unknown: false,
        indexes: &[],
        unique: &[],
        fields: &[],
    }
}

fn by_id(name: &'static str, prefix: &'static str) -> EntityDef {
    entity(name, PrimaryKey::Id { prefix })
}

fn composed(name: &'static str, pk: &'static str, sk: &'static str) -> EntityDef {
    entity(name, PrimaryKey::Composed { pk: template(pk), sk: template(sk) })
}

fn index(name: &'static str, pk: &'static str, sk: Option<&'static str>) -> IndexDef {
    let form = || KeyForm::Template(template("<x>"));
    IndexDef {
        pattern: name,
        index: name,
        pk_attribute: pk,
        sk_attribute: sk,
        pk: form(),
        sk: sk.map(|_| form()),
        projection: Projection::All,
    }
}

fn with_index(name: &'static str, index: IndexDef) -> EntityDef {
    EntityDef { indexes: vec![index].leak(), ..by_id(name, name) }
}

fn with_field(name: &'static str, attribute: &'static str) -> EntityDef {
    EntityDef { fields: vec![FieldDef { attribute, aliases: &[], set: false }].leak(), ..by_id(name, name) }
}

/// What the compiler would print, by running the check as it is.
fn message(check: impl FnOnce() + std::panic::UnwindSafe) -> Option<String> {
    let panic = std::panic::catch_unwind(check).err()?;
    Some(panic.downcast_ref::<String>().cloned().expect("a formatted message"))
}

/// The first complaint about an enum of these entities.
fn complaint(entities: Vec<EntityDef>) -> Option<String> {
    complaint_ttl(entities, "ttl")
}

fn complaint_ttl(entities: Vec<EntityDef>, ttl: &'static str) -> Option<String> {
    let entities: &'static [&'static EntityDef] = entities.into_iter().map(leak).collect::<Vec<_>>().leak();
    (0..entities.len()).find_map(|at| message(move || check_variant(entities, at, ttl)))
}

#[track_caller]
fn assert_says(complaint: Option<String>, words: &str) {
    let complaint = complaint.expect("no complaint");
    assert!(complaint.starts_with(words), "{complaint}");
    assert!(complaint.contains("\nhelp: "), "{complaint}");
}

#[test]
fn a_width_is_for_integers() {
    check_part("n", Shape::Unsigned, Some(3), Some("-"), true);
    check_part("n", Shape::Unsigned, None, Some("-"), false);
    check_part("s", Shape::Text, None, Some("-"), true);
    assert_eq!(
        message(|| check_part("title", Shape::Text, Some(12), None, false)).as_deref(),
        Some("a width on `<title>`, which is no integer\nhelp: write `<title>`")
    );
    assert_says(
        message(|| check_part("n", Shape::Signed, None, None, true)),
        "an integer in a sort key needs a width, or 10 sorts before 9",
    );
}

#[test]
fn a_literal_is_outside_the_alphabet_before_it() {
    assert_eq!(
        message(|| check_part("due", Shape::Chars("0123456789-"), None, Some("-x"), false)).as_deref(),
        Some("the literal `-x` after `<due>` can be part of its value\nhelp: begin the literal with another character, such as `#`")
    );
    let words = Shape::Words(&["a#b", "é"]);
    check_part("kind", words, None, Some("è"), false);
    assert_says(message(|| check_part("kind", words, None, Some("é"), false)), "the literal `é`");
    let other = message(|| check_part("kind", words, None, Some("#"), false)).expect("a message");
    assert!(other.ends_with("such as `/`"), "{other}");
    assert_says(message(|| check_part("n", Shape::Signed, None, Some("-"), false)), "the literal `-`");
}

#[test]
fn keys_of_two_entities_are_apart() {
    assert_eq!(complaint(vec![by_id("A", "A"), by_id("B", "B"), composed("C", "C#<x>", "C"), composed("D", "C#<x>", "D#<y>")]), None);
    assert_says(complaint(vec![by_id("A", "X"), by_id("B", "X")]), "a key of `B` can equal one of `A`: both are `X#<id>`\n");
    let twice = || composed("U", "ORG#<org>", "USER#<email>");
    let both = complaint(vec![twice(), EntityDef { name: "V", ..twice() }]);
    assert_says(both, "a key of `V` can equal one of `U`: both are `ORG#<org>` / `USER#<email>`");
    let texts = complaint(vec![composed("U", "ORG#<o>", "USER#<e>"), composed("V", "ORG#<x>", "<y>#<z>")]);
    assert_says(texts, "a key of `V` can equal one of `U`: `ORG#<x>` / `<y>#<z>` and `ORG#<o>` / `USER#<e>`");
    // The final part refuses every delimiter of its template, so what follows `USER#` has no `#`.
    assert_eq!(complaint(vec![composed("U", "<o>", "<k>#USER#<e>"), composed("V", "<o>", "<k>#USER#<x>#y")]), None);
    assert_says(complaint(vec![by_id("A", "A"), composed("C", "A#<x>", "A#<y>")]), "a key of `C` can equal one of `A`");
    assert_eq!(complaint(vec![by_id("A", "A"), composed("C", "A#<x>", "B#<y>")]), None);
    assert_says(complaint(vec![by_id("A", "A"), by_id("A", "B")]), "two entities of the table are named `A`");
}

#[test]
fn singletons_are_kept_apart_by_their_names() {
    let one = |name| entity(name, PrimaryKey::Singleton);
    let kept = || EntityDef { versioned: true, ..one("K") };
    for other in [by_id("C", "C"), composed("C", "<x>", "<y>")] {
        assert_eq!(complaint(vec![one("A"), one("B"), kept(), other]), None);
    }
    assert_says(complaint(vec![one("A"), one("A")]), "two entities of the table are named `A`");
    assert_says(complaint(vec![one("K"), kept()]), "two entities of the table are named `K`");
}

#[test]
fn the_partition_of_a_history_is_its_own() {
    let history = || EntityDef { versioned: true, ..by_id("H", "H") };
    assert_eq!(complaint(vec![history(), by_id("A", "A"), composed("C", "C#<x>", "v<y>")]), None);
    for other in [composed("C", "H#<x>", "C"), by_id("C", "H"), EntityDef { versioned: true, ..by_id("C", "H") }] {
        assert_says(complaint(vec![history(), other]), "`H` is versioned, so its partitions are its own, and a row of `C` can lie in one");
    }
    let later = complaint(vec![composed("C", "<x>", "C"), history()]);
    assert_says(later, "`H` is versioned, so its partitions are its own, and a row of `C` can lie in one: `H#<id>` and `<x>`");
}

#[test]
fn entities_agree_about_what_an_index_holds() {
    let gsi = |name, projection| with_index(name, IndexDef { projection, ..index("gsi1", "gsi1pk", None) });
    let pair = |first, second| complaint(vec![gsi("A", first), gsi("B", second)]);
    assert_eq!(pair(Projection::KeysOnly, Projection::KeysOnly), None);
    assert_eq!(pair(Projection::Include(&["a", "b"]), Projection::Include(&["b", "a"])), None);
    let kind = pair(Projection::All, Projection::KeysOnly);
    assert_says(kind, "`A` and `B` disagree about the index `gsi1`: it holds all attributes for `A`, and keys only for `B`");
    let list = pair(Projection::Include(&["a", "b"]), Projection::Include(&["a"]));
    assert_says(list, "`A` and `B` disagree about the index `gsi1`: it holds `a`, `b` for `A`, and `a` for `B`");
    assert_says(
        pair(Projection::Include(&["a"]), Projection::Include(&["b"])),
        "`A` and `B` disagree about the index `gsi1`: it holds `a` for `A`, and `b` for `B`",
    );
}

#[test]
fn entities_agree_about_a_shared_index() {
    let gsi = |name, pk, sk| with_index(name, index("gsi1", pk, sk));
    assert_eq!(complaint(vec![gsi("A", "gsi1pk", None), gsi("B", "gsi1pk", None)]), None);
    let pk = complaint(vec![gsi("A", "a", None), gsi("B", "b", None)]);
    assert_says(pk, "`A` and `B` disagree about the index `gsi1`: its partition key is `a` for `A`, and `b` for `B`");
    let sk = complaint(vec![gsi("A", "a", Some("x")), gsi("B", "a", Some("y"))]);
    assert_says(sk, "`A` and `B` disagree about the index `gsi1`: its sort key is `x` for `A`, and `y` for `B`");
    let one = complaint(vec![gsi("A", "a", None), gsi("B", "a", Some("y"))]);
    assert_says(one, "`A` and `B` disagree about the index `gsi1`: it has a sort key for `B`, and none for `A`");
}

#[test]
fn two_indexes_are_apart() {
    let pair = |a, b| complaint(vec![with_index("A", a), with_index("B", b)]);
    assert_eq!(pair(index("gsi1", "gsi1pk", None), index("gsi2", "gsi2pk", None)), None);
    let names = pair(index("gsi1", "a", None), index("GSI-1", "b", None));
    assert_says(names, "the index names `gsi1` of `A` and `GSI-1` of `B` differ only in case, `-` and `_`");
    for (a, b) in [(index("a", "x", None), index("b", "x", None)), (index("a", "y", Some("x")), index("b", "x", None))] {
        assert_says(pair(a, b), "the indexes `a` of `A` and `b` of `B` both write the attribute `x`");
    }
    assert_says(
        pair(index("a", "x", None), index("b", "y", Some("x"))),
        "the indexes `a` of `A` and `b` of `B` both write the attribute `x`",
    );
    assert_says(complaint(vec![with_index("A", index("gsi_type", "a", None))]), "the index `gsi_type` is the library's own");
    assert_says(
        complaint(vec![with_index("A", index("a", "pk", None))]),
        "the attribute `pk` of the index `a` is one of the library's own",
    );
    assert_says(
        complaint(vec![with_index("A", index("a", "b", Some("ttl")))]),
        "the attribute `ttl` of the index `a` is the table's TTL attribute",
    );
}

#[test]
fn a_field_is_no_attribute_of_an_index_or_the_ttl() {
    let indexed = || with_index("I", index("gsi1", "gsi1pk", Some("gsi1sk")));
    let words = "the field `gsi1sk` of `F` is named like an attribute of the index `gsi1` of `I`";
    assert_says(complaint(vec![indexed(), with_field("F", "gsi1sk")]), words);
    assert_says(complaint(vec![with_field("F", "gsi1sk"), indexed()]), words);
    assert_eq!(complaint(vec![indexed(), EntityDef { compress: true, ..with_field("F", "gsi1sk") }]), None);
    assert_eq!(complaint(vec![EntityDef { compress: true, ..with_field("F", "gsi1sk") }, indexed()]), None);
    let own = EntityDef { fields: with_field("F", "gsi1pk").fields, ..indexed() };
    assert_says(complaint(vec![own]), "the field `gsi1pk` of `I` is named like an attribute of the index `gsi1`\n");

    let words = "the field `ttl` of `F` is named like the table's TTL attribute";
    let expiring = || EntityDef { ttl: Some("until"), ..indexed() };
    assert_says(complaint(vec![expiring(), with_field("F", "ttl")]), words);
    assert_says(complaint(vec![with_field("F", "ttl"), expiring()]), words);
    assert_eq!(complaint_ttl(vec![expiring(), with_field("F", "ttl")], "expires"), None);
    assert_says(message(|| check_entity(leak(EntityDef { ttl: Some("until"), ..with_field("F", "ttl") }), "ttl")), words);
    // Where nothing expires, the name is free.
    assert_eq!(complaint(vec![indexed(), with_field("F", "ttl")]), None);
    assert_eq!(message(|| check_entity(leak(with_field("F", "ttl")), "ttl")), None);
    assert_says(complaint_ttl(vec![indexed()], "data"), "the TTL attribute `data` is one of the library's own attributes");
}

#[test]
fn a_table_has_twenty_indexes() {
    let name = |at: usize| leak(format!("i{at}")).as_str();
    let indexes = |from: usize, to: usize| (from..to).map(|at| index(name(at), leak(format!("i{at}pk")), None)).collect::<Vec<_>>().leak();
    let many = |name, from, to| EntityDef { indexes: indexes(from, to), type_index: false, ..by_id(name, name) };
    let words = "a table has at most 20 global secondary indexes";
    assert_eq!(complaint(vec![many("A", 0, 15), many("B", 10, 20)]), None);
    assert_says(complaint(vec![many("A", 0, 15), many("B", 10, 21)]), &format!("{words}\n"));
    assert_says(complaint(vec![many("A", 0, 21)]), words);
    assert_says(complaint(vec![many("A", 0, 20), by_id("B", "B")]), &format!("{words}, the type index among them"));
    // Once is enough.
    let entities: [&'static EntityDef; 2] = [leak(many("A", 0, 21)), leak(many("B", 30, 31))];
    assert_eq!(message(move || check_variant(&entities, 1, "ttl")), None);
}

#[test]
fn a_very_long_template_is_any_text_after_its_beginning() {
    let long = |end: &str| Template { text: "", segments: vec![Segment::Literal(leak("a".repeat(300) + end))].leak() };
    assert!(Key::Template(leak(long("b"))).overlaps(Key::Template(leak(long("b")))));
    assert!(Key::Template(leak(template("<x>"))).overlaps(Key::Template(leak(long("b")))));
    assert!(!Key::Template(leak(long("b"))).overlaps(Key::Template(leak(long("c")))));
}

/// The values of up to `length` characters that a placeholder takes, by the rules of `key::render`.
fn values(template: &Template, at: usize, alphabet: &str, length: usize) -> Vec<String> {
    let Segment::Field { shape, .. } = template.segments[at] else { return Vec::new() };
    let next = template.segments.get(at + 1).and_then(Segment::literal_start);
    let last = at + 1 == template.segments.len();
    let refused = |c: char| match shape {
        Shape::Text => next == Some(c) || last && template.delimiters().any(|delimiter| delimiter == c),
        _ => !shape.admits(c as u8),
    };
    let allowed: Vec<char> = alphabet.chars().filter(|c| !refused(*c)).collect();
    let mut all = vec![String::new()];
    let mut longest = all.clone();
    for _ in 0..length {
        longest = longest.iter().flat_map(|value| allowed.iter().map(move |c| format!("{value}{c}"))).collect();
        all.extend_from_slice(&longest);
    }
    all
}

/// Everything that a template renders with such values.
fn renderings(template: &Template, alphabet: &str, length: usize) -> std::collections::BTreeSet<String> {
    let mut all = std::collections::BTreeSet::from([String::new()]);
    for (at, segment) in template.segments.iter().enumerate() {
        let values = match segment {
            Segment::Literal(literal) => vec![(*literal).to_owned()],
            _ => values(template, at, alphabet, length),
        };
        all = all.iter().flat_map(|text| values.iter().map(move |value| format!("{text}{value}"))).collect();
    }
    all
}

/// Of the characters that templates are made of here, and of those their placeholders take.
const ALPHABET: &str = "1-#";

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        4 => Just(Shape::Text),
        1 => Just(Shape::Unsigned),
        1 => Just(Shape::Signed),
        1 => Just(Shape::Chars("#1")),
        1 => Just(Shape::Words(&["#", "--"])),
    ]
}

/// A template of up to two placeholders and three literals, as the derive lets through: a literal after a placeholder does not begin
/// within its alphabet.
fn templates() -> impl Strategy<Value = Template> {
    let parts = prop::collection::vec((shapes(), "[1#-]{1,2}"), 0..=2);
    (any::<bool>(), "[1#-]", parts, any::<bool>()).prop_filter_map(
        "a literal within the alphabet before it",
        |(head, literal, parts, tail)| {
            let count = parts.len();
            let mut segments = Vec::new();
            if head || count == 0 {
                segments.push(Segment::Literal(literal.leak()));
            }
            for (at, (shape, literal)) in parts.into_iter().enumerate() {
                segments.push(field("x", shape));
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

fn literal_bytes(template: &Template) -> usize {
    template.segments.iter().map(|segment| if let Segment::Literal(literal) = segment { literal.len() } else { 0 }).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Both ways: what collides is found, and what is found collides. In a shortest common text no character is a value's in both, so
    /// values as long as the other's literals are enough to try.
    #[test]
    fn overlap_is_exact(a in templates(), b in templates()) {
        let (a, b): (&'static Template, &'static Template) = (leak(a), leak(b));
        let collide = !renderings(a, ALPHABET, literal_bytes(b)).is_disjoint(&renderings(b, ALPHABET, literal_bytes(a)));
        prop_assert_eq!(Key::Template(a).overlaps(Key::Template(b)), collide);
        prop_assert_eq!(Key::Template(b).overlaps(Key::Template(a)), collide);
    }

    /// A template overlaps a plain text exactly when it can render it.
    #[test]
    fn a_template_meets_every_text_that_it_renders(a in templates(), text in "[1#-]{0,12}") {
        let a: &'static Template = leak(a);
        let literal: &'static Template = leak(Template { text: "", segments: vec![Segment::Literal(text.clone().leak())].leak() });
        prop_assert_eq!(Key::Template(a).overlaps(Key::Template(literal)), matches(a, 0, &text));
    }
}

/// Whether the template renders `text` from segment `at` on: by trying every value.
fn matches(template: &Template, at: usize, text: &str) -> bool {
    match template.segments.get(at) {
        None => text.is_empty(),
        Some(Segment::Literal(literal)) => text.strip_prefix(literal).is_some_and(|rest| matches(template, at + 1, rest)),
        Some(_) => {
            let single = values(template, at, text, 1);
            (0..=text.len())
                .any(|end| text[..end].chars().all(|c| single.contains(&c.to_string())) && matches(template, at + 1, &text[end..]))
        }
    }
}
