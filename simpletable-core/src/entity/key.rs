use chrono::{DateTime, Utc};

use super::{Entity, Identified};
use crate::key::{self, Id, Key, Part, Values};

impl<T: Entity> Key<T> {
    /// The key that these parts make, numbered as [`Entity::part`] numbers them. Called by `T::key(...)`.
    #[doc(hidden)]
    pub fn from_parts(parts: &[(usize, Part<'_>)], created_at: Option<DateTime<Utc>>) -> Self {
        let created_at = created_at.unwrap_or_default();
        let values = Values {
            part: &|wanted| parts.iter().find(|(part, _)| *part == wanted).map(|(_, value)| value.clone()),
            id: None,
            created_at,
            updated_at: created_at,
        };
        Self::new(key::primary(T::DEF, &values).map(|(primary, _)| primary))
    }

    pub(crate) fn of_id(id: &Id<T>) -> Self
    where
        T: Identified,
    {
        Self::new(key::of_id(T::DEF, id.as_str()))
    }
}
