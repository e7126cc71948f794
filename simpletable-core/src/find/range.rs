use std::ops::{Bound, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use super::{Edge, OrderedKeyPart};
use crate::entity::IntoValue;
use crate::key::Part;

/// Both ends of a range, as keys have them. Without the type of the values: a generated method has no bound on it, because one that does
/// not hold would be an error where the entity is declared.
#[doc(hidden)]
#[derive(Debug)]
pub struct Bounds {
    pub(crate) low: Limit,
    pub(crate) high: Limit,
}

/// One end of a range.
#[derive(Debug)]
pub(crate) enum Limit {
    /// There is none.
    Open,
    /// This value, included.
    At(Part<'static>),
    /// This text, excluded: no text is next to it.
    Beside(Part<'static>),
    /// Beyond every value.
    Beyond,
}

impl Bounds {
    fn new<V: OrderedKeyPart<At>, At>(low: Bound<impl IntoValue<V>>, high: Bound<impl IntoValue<V>>) -> Self {
        Self { low: limit(low, V::above), high: limit(high, V::below) }
    }
}

/// One end; `next` is the value inside of an excluded one.
fn limit<V: OrderedKeyPart<At>, At>(bound: Bound<impl IntoValue<V>>, next: fn(&V) -> Edge<'_>) -> Limit {
    match bound {
        Bound::Unbounded => Limit::Open,
        Bound::Included(value) => Limit::At(value.into_value().part().into_owned()),
        Bound::Excluded(value) => {
            let value = value.into_value();
            match next(&value) {
                Edge::Value(part) => Limit::At(part.into_owned()),
                Edge::End => Limit::Beyond,
                Edge::Dense => Limit::Beside(value.part().into_owned()),
            }
        }
    }
}

/// A range of the values of a key part of type `V`: the standard library's ranges, of a `V` or of what plainly means one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a range of `{V}`",
    label = "not a range of `{V}`",
    note = "write `a..b`, `a..=b`, `a..`, `..b` or `..=b`; for one value, use the method named after the field"
)]
pub trait KeyRange<V, At> {
    /// The ends.
    #[doc(hidden)]
    fn bounds(self) -> Bounds;
}

impl<V: OrderedKeyPart<At>, At, A: IntoValue<V>> KeyRange<V, At> for Range<A> {
    fn bounds(self) -> Bounds {
        Bounds::new(Bound::Included(self.start), Bound::Excluded(self.end))
    }
}

impl<V: OrderedKeyPart<At>, At, A: IntoValue<V>> KeyRange<V, At> for RangeInclusive<A> {
    fn bounds(self) -> Bounds {
        let (low, high) = self.into_inner();
        Bounds::new(Bound::Included(low), Bound::Included(high))
    }
}

impl<V: OrderedKeyPart<At>, At, A: IntoValue<V>> KeyRange<V, At> for RangeFrom<A> {
    fn bounds(self) -> Bounds {
        Bounds::new(Bound::Included(self.start), Bound::<V>::Unbounded)
    }
}

impl<V: OrderedKeyPart<At>, At, A: IntoValue<V>> KeyRange<V, At> for RangeTo<A> {
    fn bounds(self) -> Bounds {
        Bounds::new(Bound::<V>::Unbounded, Bound::Excluded(self.end))
    }
}

impl<V: OrderedKeyPart<At>, At, A: IntoValue<V>> KeyRange<V, At> for RangeToInclusive<A> {
    fn bounds(self) -> Bounds {
        Bounds::new(Bound::<V>::Unbounded, Bound::Included(self.end))
    }
}

impl<V: OrderedKeyPart<At>, At> KeyRange<V, At> for RangeFull {
    fn bounds(self) -> Bounds {
        Bounds::new::<V, At>(Bound::<V>::Unbounded, Bound::<V>::Unbounded)
    }
}

impl<V: OrderedKeyPart<At>, At, A: IntoValue<V>, B: IntoValue<V>> KeyRange<V, At> for (Bound<A>, Bound<B>) {
    fn bounds(self) -> Bounds {
        Bounds::new(self.0, self.1)
    }
}
