use chrono::{DateTime, Utc};

use super::{PARTITION_KEY_BYTES, Part, PrimaryKey, SORT_KEY_BYTES, check_length};
use crate::error::{KeyProblem, KeyValueError};
use crate::schema::{self, EntityDef, Segment, Template};
use crate::time;

/// What a template's placeholders stand for.
pub(crate) struct Values<'a> {
    pub(crate) part: &'a dyn Fn(usize) -> Option<Part<'a>>,
    pub(crate) id: Option<&'a str>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// The template's text; `None` where a part is `None`.
///
/// `exact` is for primary keys: their last text part refuses the template's delimiters too, or one entity's rows could lie
/// among another's.
pub(crate) fn render(
    entity: &'static str,
    template: &'static Template,
    values: &Values<'_>,
    exact: bool,
) -> Result<Option<String>, KeyValueError> {
    let mut text = String::with_capacity(64);
    for (at, segment) in template.segments.iter().enumerate() {
        let next = template.segments.get(at + 1).and_then(Segment::literal_start);
        match segment {
            Segment::Literal(literal) => text.push_str(literal),
            Segment::Id => match values.id {
                Some(id) => push_text(&mut text, id, next).map_err(|problem| error(entity, template, Some("id"), problem))?,
                None => return Ok(None),
            },
            Segment::CreatedAt => text.push_str(&time::attribute_form(values.created_at)),
            Segment::UpdatedAt => text.push_str(&time::attribute_form(values.updated_at)),
            Segment::Field { name, part, width, shape } => {
                let Some(part) = (values.part)(*part) else { return Ok(None) };
                let last = exact && shape.is_text() && at + 1 == template.segments.len();
                push_part(&mut text, &part, *width, next)
                    .and_then(|()| if last { check_last(template, &part) } else { Ok(()) })
                    .map_err(|problem| error(entity, template, Some(name), problem))?;
            }
        }
    }
    Ok(Some(text))
}

fn error(entity: &'static str, template: &Template, field: Option<&'static str>, problem: KeyProblem) -> KeyValueError {
    KeyValueError { entity, template: template.text, field, problem }
}

/// One value in its place; `next` begins the literal that ends it.
pub(crate) fn push_part(text: &mut String, part: &Part<'_>, width: Option<u8>, next: Option<char>) -> Result<(), KeyProblem> {
    match part {
        Part::Text(value) => push_text(text, value, next),
        Part::Before | Part::After => Err(KeyProblem::OutOfRange),
        Part::Unsigned(value) => push_digits(text, *value, width),
        Part::Signed(value) => push_signed(text, *value, width),
    }
}

fn push_text(text: &mut String, value: &str, next: Option<char>) -> Result<(), KeyProblem> {
    match next {
        Some(delimiter) if value.contains(delimiter) => Err(KeyProblem::Delimiter(delimiter)),
        _ => {
            text.push_str(value);
            Ok(())
        }
    }
}

fn push_digits(text: &mut String, value: u128, width: Option<u8>) -> Result<(), KeyProblem> {
    let digits = value.to_string();
    if let Some(width) = width {
        let missing = usize::from(width).checked_sub(digits.len()).ok_or(KeyProblem::Width(width))?;
        text.extend(std::iter::repeat_n('0', missing));
    }
    text.push_str(&digits);
    Ok(())
}

/// With a width, a negative integer is a minus sign and the nines' complement of its digits: `-` sorts below every digit, and
/// of two negative integers the greater one has the greater complement.
fn push_signed(text: &mut String, value: i128, width: Option<u8>) -> Result<(), KeyProblem> {
    match (u128::try_from(value), width) {
        (Ok(value), _) => push_digits(text, value, width),
        (Err(_), None) => {
            text.push_str(&value.to_string());
            Ok(())
        }
        (Err(_), Some(width)) => {
            text.push('-');
            let start = text.len();
            push_digits(text, value.unsigned_abs(), Some(width))?;
            let complement: String = text[start..].bytes().map(|digit| char::from(b'0' + (b'9' - digit))).collect();
            text.replace_range(start.., &complement);
            Ok(())
        }
    }
}

/// The last text part of a primary key may not contain a delimiter of its own template.
fn check_last(template: &Template, part: &Part<'_>) -> Result<(), KeyProblem> {
    let Part::Text(value) = part else { return Ok(()) };
    match template.delimiters().find(|delimiter| value.contains(*delimiter)) {
        Some(delimiter) => Err(KeyProblem::Delimiter(delimiter)),
        None => Ok(()),
    }
}

/// The primary key of an entity with these values (the head's, where it is versioned), and its id, where it has one.
pub(crate) fn primary(def: &'static EntityDef, values: &Values<'_>) -> Result<(PrimaryKey, Option<String>), KeyValueError> {
    let whole = |template: &'static Template| render(def.name, template, values, true).map(Option::unwrap_or_default);
    match &def.primary {
        schema::PrimaryKey::Id { .. } => {
            let id = values.id.unwrap_or_default();
            Ok((of_id(def, id)?, Some(id.to_owned())))
        }
        schema::PrimaryKey::NaturalId { id, .. } => {
            let id = whole(id)?;
            Ok((of_id(def, &id)?, Some(id)))
        }
        schema::PrimaryKey::Singleton => Ok((of_id(def, def.name)?, Some(def.name.to_owned()))),
        schema::PrimaryKey::Composed { pk, sk } => {
            let key = PrimaryKey { pk: whole(pk)?, sk: whole(sk)? };
            check_length(&key.pk, PARTITION_KEY_BYTES).map_err(|problem| error(def.name, pk, None, problem))?;
            check_length(&key.sk, SORT_KEY_BYTES).map_err(|problem| error(def.name, sk, None, problem))?;
            if schema::is_reserved(&key.pk) {
                return Err(error(def.name, pk, None, KeyProblem::Reserved));
            }
            Ok((key, None))
        }
    }
}

/// `{prefix}#{id}`, and the sort key that goes with it: the same text, or `v0` for the head of a history.
pub(crate) fn of_id(def: &'static EntityDef, id: &str) -> Result<PrimaryKey, KeyValueError> {
    let (prefix, template) = match &def.primary {
        schema::PrimaryKey::Id { prefix } => (*prefix, "<id>"),
        schema::PrimaryKey::NaturalId { prefix, id } => (*prefix, id.text),
        schema::PrimaryKey::Singleton => (schema::SINGLETON, def.name),
        schema::PrimaryKey::Composed { .. } => unreachable!("an entity of composed keys has no id"),
    };
    let problem = |problem| KeyValueError { entity: def.name, template, field: None, problem };
    if id.is_empty() {
        return Err(problem(KeyProblem::Empty));
    }
    if matches!(def.primary, schema::PrimaryKey::Singleton) && id != def.name {
        return Err(problem(KeyProblem::AnotherSingleton));
    }
    let pk = format!("{prefix}#{id}");
    let (limit, sk) = if def.versioned { (PARTITION_KEY_BYTES, "v0".to_owned()) } else { (SORT_KEY_BYTES, pk.clone()) };
    check_length(&pk, limit).map_err(problem)?;
    Ok(PrimaryKey { pk, sk })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyPart;
    use crate::schema::Shape;
    use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound};
    use proptest::prelude::*;

    fn field(part: usize, width: Option<u8>, shape: Shape) -> Segment {
        Segment::Field { name: "field", part, width, shape }
    }

    fn template(segments: Vec<Segment>) -> &'static Template {
        Box::leak(Box::new(Template { text: "template", segments: segments.leak() }))
    }

    fn rendered(template: &'static Template, parts: &[Option<Part<'_>>], exact: bool) -> Result<Option<String>, KeyProblem> {
        let values =
            Values { part: &|part| parts[part].clone(), id: Some("id"), created_at: DateTime::default(), updated_at: DateTime::default() };
        render("Thing", template, &values, exact).map_err(|error| {
            assert_eq!((error.entity, error.template), ("Thing", "template"));
            error.problem
        })
    }

    /// One value alone in a template.
    fn alone<P: KeyPart>(value: &P, width: Option<u8>) -> Result<String, KeyProblem> {
        let mut text = String::new();
        push_part(&mut text, &value.part(), width, None).map(|()| text)
    }

    fn digits(value: u128) -> usize {
        value.to_string().len()
    }

    /// All magnitudes alike: most of the numbers that are drawn evenly have 38 digits.
    fn unsigned() -> impl Strategy<Value = u128> {
        (any::<u128>(), 0..128u32).prop_map(|(value, shift)| value >> shift)
    }

    fn signed() -> impl Strategy<Value = i128> {
        prop_oneof![8 => (any::<i128>(), 0..128u32).prop_map(|(value, shift)| value >> shift), 1 => Just(i128::MIN), 1 => Just(i128::MAX), 1 => Just(0)]
    }

    /// The years that keys can hold.
    fn time() -> impl Strategy<Value = DateTime<Utc>> {
        (-62_167_219_200i64..=253_402_300_799, 0..1_000_000_000u32)
            .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).expect("in range"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn unsigned_integers_sort_as_their_values(a in unsigned(), b in unsigned(), width in 1..=39u8) {
            let texts = [a, b].map(|value| alone(&value, Some(width)));
            for (value, text) in [a, b].into_iter().zip(&texts) {
                prop_assert_eq!(text.is_err(), digits(value) > usize::from(width));
            }
            if let [Ok(one), Ok(other)] = texts {
                prop_assert_eq!(one.len(), usize::from(width));
                prop_assert_eq!(one.cmp(&other), a.cmp(&b));
            }
        }

        #[test]
        fn signed_integers_sort_as_their_values(a in signed(), b in signed(), width in 1..=39u8) {
            let texts = [a, b].map(|value| alone(&value, Some(width)));
            for (value, text) in [a, b].into_iter().zip(&texts) {
                let refused = (digits(value.unsigned_abs()) > usize::from(width)).then_some(KeyProblem::Width(width));
                prop_assert_eq!(text.as_ref().err(), refused.as_ref());
            }
            if let [Ok(one), Ok(other)] = texts {
                prop_assert_eq!(one.cmp(&other), a.cmp(&b), "{} {}", one, other);
            }
        }

        #[test]
        fn neighbours_sort(value in signed()) {
            if let Some(next) = value.checked_add(1) {
                prop_assert!(alone(&value, Some(39)).unwrap_or_default() < alone(&next, Some(39)).unwrap_or_default());
            }
        }

        #[test]
        fn without_a_width_integers_differ(a in signed(), b in signed()) {
            prop_assert_eq!(alone(&a, None) == alone(&b, None), a == b);
            prop_assert_eq!(alone(&a, None), Ok(a.to_string()));
        }

        #[test]
        fn times_sort_as_their_values(a in time(), b in time(), close in any::<bool>()) {
            let b = if close { a + (b - DateTime::UNIX_EPOCH) / 1_000_000_000 } else { b };
            prop_assume!((0..=9999).contains(&b.year()));
            let (a, b) = (time::to_micros(a), time::to_micros(b));
            prop_assert_eq!(alone(&a, None).unwrap_or_default().cmp(&alone(&b, None).unwrap_or_default()), a.cmp(&b));
            let (c, d) = (a.naive_utc(), b.naive_utc());
            prop_assert_eq!(alone(&c, None).unwrap_or_default().cmp(&alone(&d, None).unwrap_or_default()), c.cmp(&d));
            let (c, d) = (a.date_naive(), b.date_naive());
            prop_assert_eq!(alone(&c, None).unwrap_or_default().cmp(&alone(&d, None).unwrap_or_default()), c.cmp(&d));
            let (c, d) = (a.time(), b.time());
            prop_assert_eq!(alone(&c, None).unwrap_or_default().cmp(&alone(&d, None).unwrap_or_default()), c.cmp(&d));
        }

        /// Nothing finer than microseconds is in a key, and what is cut off changes no order.
        #[test]
        fn times_are_cut(time in time(), offset in -50_000i32..50_000) {
            prop_assert_eq!(alone(&time, None), alone(&time.trunc_subsecs(6), None));
            let elsewhere = time.with_timezone(&chrono::FixedOffset::east_opt(offset).expect("less than a day"));
            prop_assert_eq!(alone(&elsewhere, None), alone(&time, None));
        }
    }

    #[test]
    fn years_that_do_not_sort_are_refused() {
        for year in [-1, 10_000, NaiveDate::MAX.year()] {
            let date = NaiveDate::from_ymd_opt(year, 1, 1).expect("a date");
            let time = date.and_time(NaiveTime::MIN);
            assert_eq!(alone(&date, None), Err(KeyProblem::OutOfRange));
            assert_eq!(alone(&time, None), Err(KeyProblem::OutOfRange));
            assert_eq!(alone(&time.and_utc(), None), Err(KeyProblem::OutOfRange));
        }
        assert_eq!(alone(&NaiveDate::from_ymd_opt(0, 1, 1).expect("a date"), None).as_deref(), Ok("0000-01-01"));
        assert_eq!(alone(&NaiveDateTime::MAX, None), Err(KeyProblem::OutOfRange));
    }

    #[test]
    fn the_extremes_of_integers() {
        for (text, expected) in [
            (alone(&i128::MAX, Some(39)), "170141183460469231731687303715884105727"),
            (alone(&i128::MIN, Some(39)), "-829858816539530768268312696284115894271"),
            (alone(&-1i8, Some(3)), "-998"),
            (alone(&i8::MIN, Some(3)), "-871"),
            (alone(&0i8, Some(3)), "000"),
            (alone(&-5i64, None), "-5"),
            (alone(&u64::MAX, Some(20)), "18446744073709551615"),
            (alone(&7u8, Some(3)), "007"),
            (alone(&7u8, None), "7"),
        ] {
            assert_eq!(text.as_deref(), Ok(expected));
        }
        assert_eq!(alone(&1000u16, Some(3)), Err(KeyProblem::Width(3)));
        assert_eq!(alone(&-1000i16, Some(3)), Err(KeyProblem::Width(3)));
        assert_eq!(alone(&i128::MIN, Some(38)), Err(KeyProblem::Width(38)));
    }

    #[test]
    fn a_value_cannot_contain_what_ends_it() {
        let text = |text: &'static str| Some(Part::Text(text.into()));
        let of = || template(vec![field(0, None, Shape::Text), Segment::Literal("#x-"), field(1, None, Shape::Text)]);
        assert_eq!(rendered(of(), &[text("a-x"), text("b")], true), Ok(Some("a-x#x-b".into())));
        assert_eq!(rendered(of(), &[text("a#"), text("b")], false), Err(KeyProblem::Delimiter('#')));
        // The last one ends nowhere, but in a primary key it could reach into another entity's rows.
        assert_eq!(rendered(of(), &[text("a"), text("b#")], false), Ok(Some("a#x-b#".into())));
        assert_eq!(rendered(of(), &[text("a"), text("b#")], true), Err(KeyProblem::Delimiter('#')));
        assert_eq!(rendered(of(), &[None, text("b")], true), Ok(None));
        let of = template(vec![Segment::Id, Segment::Literal("d"), Segment::CreatedAt, Segment::Literal("|"), Segment::UpdatedAt]);
        assert_eq!(rendered(of, &[], false), Err(KeyProblem::Delimiter('d')));
        let of = template(vec![Segment::Literal("é"), field(0, None, Shape::Text), Segment::Literal("𝄞")]);
        assert_eq!(rendered(of, &[text("é")], true), Ok(Some("éé𝄞".into())));
        assert_eq!(rendered(of, &[text("a𝄞")], true), Err(KeyProblem::Delimiter('𝄞')));
    }

    /// What stands in a placeholder of a template of these tests.
    #[derive(Debug, Clone, Copy)]
    enum Kind {
        Text,
        Signed,
        Padded,
        Flag,
    }

    /// Templates as the derive lets them through.
    fn templates() -> impl Strategy<Value = (&'static Template, Vec<Kind>)> {
        let kind = prop_oneof![4 => Just(Kind::Text), 1 => Just(Kind::Signed), 1 => Just(Kind::Padded), 1 => Just(Kind::Flag)];
        let parts = prop::collection::vec((kind, "[-1#t]{1,2}"), 1..=4);
        (any::<bool>(), parts, any::<bool>()).prop_filter_map("a literal within the alphabet before it", |(head, parts, tail)| {
            let mut segments: Vec<Segment> = head.then_some(Segment::Literal("#")).into_iter().collect();
            let kinds = parts.iter().map(|(kind, _)| *kind).collect();
            let count = parts.len();
            for (at, (kind, literal)) in parts.into_iter().enumerate() {
                let (width, shape) = match kind {
                    Kind::Text => (None, Shape::Text),
                    Kind::Signed => (None, Shape::Signed),
                    Kind::Padded => (Some(2), Shape::Signed),
                    Kind::Flag => (None, bool::SHAPE),
                };
                segments.push(field(at, width, shape));
                if at + 1 < count || tail {
                    if !shape.is_text() && shape.admits(literal.as_bytes()[0]) {
                        return None;
                    }
                    segments.push(Segment::Literal(literal.leak()));
                }
            }
            Some((template(segments), kinds))
        })
    }

    type Drawn = (String, i128, bool);

    fn parts(kinds: &[Kind], drawn: &[Drawn]) -> Vec<Option<Part<'static>>> {
        let part = |(kind, (text, number, flag)): (&Kind, &Drawn)| match kind {
            Kind::Text => Part::Text(text.clone().into()),
            Kind::Signed | Kind::Padded => Part::Signed(*number),
            Kind::Flag => Part::Text(if *flag { "true" } else { "false" }.into()),
        };
        kinds.iter().zip(drawn).map(part).map(Some).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn different_parts_make_different_keys(
            (template, kinds) in templates(),
            drawn in prop::collection::vec(prop::collection::vec(("[-1#t]{0,3}", -12..=12i128, any::<bool>()), 4), 24),
        ) {
            let rows: Vec<_> = drawn.iter().map(|drawn| parts(&kinds, drawn)).collect();
            let keys: Vec<_> = rows.iter().map(|parts| rendered(template, parts, true)).collect();
            for (row, key) in rows.iter().zip(&keys) {
                for (other_row, other) in rows.iter().zip(&keys) {
                    if let (Ok(Some(key)), Ok(Some(other))) = (key, other) {
                        prop_assert_eq!(key == other, row == other_row, "{:?} {} {}", template, key, other);
                    }
                }
            }
        }
    }
}
