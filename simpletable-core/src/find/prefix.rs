use std::marker::PhantomData;

use super::range::Limit;
use super::{Bounds, KeyRange, Lookup, Sort, TextPrefix};
use crate::entity::Entity;
use crate::error::{KeyProblem, KeyValueError};
use crate::key::{PARTITION_KEY_BYTES, Part, SORT_KEY_BYTES, check_length, push_part};
use crate::schema::{self, EntityDef, IndexDef, KeyForm, PrimaryKey, Segment, Template};

/// The state of a finder that a range has closed.
#[derive(Debug)]
pub enum Ranged {}

/// The parts of a key given so far; what the finders that the derive makes consist of. Its methods are not called like theirs: where
/// one of theirs is missing, rustc would propose to call it on the field.
#[doc(hidden)]
pub struct KeyPrefix<T, Given> {
    state: Result<State, KeyValueError>,
    types: PhantomData<fn() -> (T, Given)>,
}

struct State {
    lookup: Lookup,
    /// The sort key's template, and the text of what is given of it.
    template: Option<&'static Template>,
    prefix: String,
    /// The first segment that is not in `prefix`.
    next: usize,
    /// What a range or a prefix made of it.
    closed: Option<Sort>,
}

impl<T: Entity, Given> KeyPrefix<T, Given> {
    /// The partition of the entity's `index`th access pattern that these parts make.
    pub fn of_index(index: usize, parts: &[(usize, Part<'_>)]) -> Self {
        let index = &T::DEF.indexes[index];
        let (KeyForm::Template(pk), sort) = (&index.pk, index.sk.as_ref()) else { unreachable!("a computed key has no finder") };
        let sort = match sort {
            Some(KeyForm::Template(template)) => Some(template),
            _ => None,
        };
        Self::start(Some(index), pk, sort, parts)
    }

    /// The partition of the table that these parts make.
    pub fn of_table(parts: &[(usize, Part<'_>)]) -> Self {
        let PrimaryKey::Composed { pk, sk } = &T::DEF.primary else { unreachable!("only composed keys share partitions") };
        Self::start(None, pk, Some(sk), parts)
    }

    fn start(
        index: Option<&'static IndexDef>,
        pk: &'static Template,
        sort: Option<&'static Template>,
        parts: &[(usize, Part<'_>)],
    ) -> Self {
        let state = partition(T::DEF, pk, parts).map(|pk| {
            let mut state = State {
                lookup: Lookup::partition(index.map(Into::into), pk),
                template: sort,
                prefix: String::new(),
                next: 0,
                closed: None,
            };
            state.push_literals();
            state
        });
        Self { state, types: PhantomData }
    }

    /// One more part, as given.
    pub fn then<Next>(self, part: &Part<'_>) -> KeyPrefix<T, Next> {
        let state = self.state.and_then(|mut state| {
            let place = state.place();
            push_part(&mut state.prefix, part, place.width, place.delimiter()).map_err(|problem| place.error(T::DEF, problem))?;
            state.next += 1;
            state.push_literals();
            Ok(state)
        });
        KeyPrefix { state, types: PhantomData }
    }

    /// A range of the next part, the last condition of the finder.
    pub fn in_range<V, At>(self, range: impl KeyRange<V, At>) -> KeyPrefix<T, Ranged> {
        let state = self.state.and_then(|state| state.ranged(T::DEF, &range.bounds()));
        KeyPrefix { state, types: PhantomData }
    }

    /// A prefix of the next part, the last condition of the finder.
    pub fn with_prefix<V>(self, prefix: impl TextPrefix<V>) -> KeyPrefix<T, Ranged> {
        let state = self.state.and_then(|mut state| {
            let place = state.place();
            let part = Part::Text(prefix.text().into());
            push_part(&mut state.prefix, &part, None, place.delimiter()).map_err(|problem| place.error(T::DEF, problem))?;
            check_length(&state.prefix, SORT_KEY_BYTES)
                .or_else(|problem| if problem == KeyProblem::Empty { Ok(()) } else { Err(place.error(T::DEF, problem)) })?;
            state.closed = Some(if state.prefix.is_empty() { Sort::Any } else { Sort::Prefix(state.prefix.clone()) });
            Ok(state)
        });
        KeyPrefix { state, types: PhantomData }
    }

    /// The bounds.
    pub fn lookup(self) -> Result<Lookup, KeyValueError> {
        let State { lookup, template, prefix, next, closed } = self.state?;
        let (Some(template), None) = (template, &closed) else { return Ok(Lookup { sort: closed.unwrap_or(Sort::Any), ..lookup }) };
        if prefix.is_empty() {
            return Ok(lookup);
        }
        check_length(&prefix, SORT_KEY_BYTES).map_err(|problem| error(T::DEF, template, None, problem))?;
        let sort = if next == template.segments.len() { Sort::Equal(prefix) } else { Sort::Prefix(prefix) };
        Ok(Lookup { sort, ..lookup })
    }
}

impl State {
    /// Adds the literals up to the next placeholder.
    fn push_literals(&mut self) {
        let segments = self.template.map_or(&[][..], |template| template.segments);
        while let Some(Segment::Literal(literal)) = segments.get(self.next) {
            self.prefix.push_str(literal);
            self.next += 1;
        }
    }

    /// The next placeholder.
    fn place(&self) -> Place {
        let found = self.template.and_then(|template| Some((template, template.segments.get(self.next)?)));
        let Some((template, segment)) = found else { unreachable!("the finder's type has a method for each placeholder only") };
        let (field, width) = match segment {
            Segment::Field { name, width, .. } => (*name, *width),
            Segment::Id => ("id", None),
            Segment::CreatedAt => ("created_at", None),
            Segment::UpdatedAt => ("updated_at", None),
            Segment::Literal(_) => unreachable!("literals are pushed at once"),
        };
        let after = match template.segments.get(self.next + 1) {
            Some(Segment::Literal(literal)) => literal,
            _ => "",
        };
        Place { template, field, width, after }
    }

    fn ranged(mut self, def: &'static EntityDef, bounds: &Bounds) -> Result<Self, KeyValueError> {
        let place = self.place();
        let low = match &bounds.low {
            Limit::Open => End::Open,
            Limit::At(part) => self.end(&place, part),
            // The least text above another is the other and the least character.
            Limit::Beside(part) => self.end(&place, part).map(|text| text + "\0"),
            Limit::Beyond => End::Above,
        };
        let high = match &bounds.high {
            Limit::Open => End::Open,
            Limit::At(part) => self.end(&place, part),
            Limit::Beside(part) => {
                let end = self.end(&place, part);
                if let End::Text(text) = &end {
                    self.lookup.without = Some(text.clone());
                }
                end
            }
            Limit::Beyond => End::Below,
        };
        // No key is empty: every one is above an empty lower end, and none is below an empty upper one.
        let low = if matches!(&low, End::Text(text) if text.is_empty()) { End::Open } else { low };
        let high = if matches!(&high, End::Text(text) if text.is_empty()) { End::Below } else { high };
        let sort =
            between(&self.prefix, low, high.map(|text| if place.after.is_empty() { text } else { successor(&(text + place.after)) }));
        for text in sort.texts() {
            check_length(text, SORT_KEY_BYTES).map_err(|problem| place.error(def, problem))?;
        }
        self.closed = Some(sort);
        Ok(self)
    }

    /// One end as the key's text up to it. A value that no key of this template can hold lies below or above them all.
    fn end(&self, place: &Place, part: &Part<'_>) -> End {
        let mut text = self.prefix.clone();
        match push_part(&mut text, part, place.width, None) {
            Ok(()) => End::Text(text),
            Err(_) => match part {
                Part::Before => End::Below,
                Part::Signed(number) if *number < 0 => End::Below,
                _ => End::Above,
            },
        }
    }
}

/// One end of a range in keys.
enum End {
    /// No end, or one beyond every key in the direction of the range.
    Open,
    Text(String),
    /// Below every key.
    Below,
    /// Above every key.
    Above,
}

impl End {
    fn map(self, change: impl FnOnce(String) -> String) -> Self {
        if let Self::Text(text) = self { Self::Text(change(text)) } else { self }
    }
}

/// The condition for the keys that begin with `prefix`, from `low` to `high`, both included.
fn between(prefix: &str, low: End, high: End) -> Sort {
    match (low, high) {
        (End::Above, _) | (_, End::Below) => Sort::Nothing,
        (End::Text(low), End::Text(high)) if low > high => Sort::Nothing,
        (End::Text(low), End::Text(high)) => Sort::Between(low, high),
        (End::Text(low), End::Open | End::Above) if prefix.is_empty() => Sort::AtLeast(low),
        (End::Text(low), End::Open | End::Above) => Sort::Between(low, successor(prefix)),
        (End::Open | End::Below, End::Text(high)) if prefix.is_empty() => Sort::AtMost(high),
        (End::Open | End::Below, End::Text(high)) => Sort::Between(prefix.to_owned(), high),
        (End::Open | End::Below, End::Open | End::Above) if prefix.is_empty() => Sort::Any,
        (End::Open | End::Below, End::Open | End::Above) => Sort::Prefix(prefix.to_owned()),
    }
}

/// A text above all that begin with `prefix`, and below all others above them: its last character is the next one. A sentinel behind
/// the prefix would miss rows that begin with the sentinel.
fn successor(prefix: &str) -> String {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            last => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            text.push(next);
            return text;
        }
    }
    // Nothing but the last character there is: templates hold no such literal alone, and 256 of them are above every key.
    char::MAX.to_string().repeat(256)
}

/// One placeholder of the sort key.
struct Place {
    template: &'static Template,
    field: &'static str,
    width: Option<u8>,
    /// The literal after it.
    after: &'static str,
}

impl Place {
    fn delimiter(&self) -> Option<char> {
        self.after.chars().next()
    }

    fn error(&self, def: &'static EntityDef, problem: KeyProblem) -> KeyValueError {
        error(def, self.template, Some(self.field), problem)
    }
}

fn error(def: &'static EntityDef, template: &'static Template, field: Option<&'static str>, problem: KeyProblem) -> KeyValueError {
    KeyValueError { entity: def.name, template: template.text, field, problem }
}

/// A partition key from its parts.
fn partition(def: &'static EntityDef, template: &'static Template, parts: &[(usize, Part<'_>)]) -> Result<String, KeyValueError> {
    let mut text = String::new();
    for (at, segment) in template.segments.iter().enumerate() {
        let next = template.segments.get(at + 1).and_then(Segment::literal_start);
        let (name, part, width) = match segment {
            Segment::Literal(literal) => {
                text.push_str(literal);
                continue;
            }
            Segment::Field { name, part, width, .. } => (*name, *part, *width),
            Segment::Id => ("id", schema::ID_PART, None),
            Segment::CreatedAt => ("created_at", schema::CREATED_AT_PART, None),
            Segment::UpdatedAt => ("updated_at", schema::UPDATED_AT_PART, None),
        };
        let given = parts.iter().find(|(given, _)| *given == part).map(|(_, value)| value);
        let Some(given) = given else { unreachable!("a finder is given every part of the partition key") };
        push_part(&mut text, given, width, next).map_err(|problem| error(def, template, Some(name), problem))?;
    }
    check_length(&text, PARTITION_KEY_BYTES).map_err(|problem| error(def, template, None, problem))?;
    Ok(text)
}
