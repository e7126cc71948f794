use std::future::IntoFuture;

use super::Query;
use super::fetch::primary_key;
use super::walk::Walk;
use crate::codec::name;
use crate::entity::Entity;
use crate::error::{DecodeProblem, Error, Result};
use crate::find::KeysOrFetch;
use crate::json::RawRow;
use crate::key::Key;
use crate::op::BoxFuture;
use crate::page::KeyPage;

/// Reads the keys that an index holds; made by [`Query::keys`]. Awaited, it reads one page of them.
#[must_use = "operations do nothing unless they are awaited"]
pub struct Keys<'f, T> {
    walk: Walk<'f, T>,
}

impl<'f, T: Entity, Source> Query<'f, T, Source, KeysOrFetch> {
    /// The keys of the resources that the index finds: for [`Table::get_many`](crate::Table::get_many),
    /// [`delete_many`](crate::Table::delete_many) and whatever else needs no more. Nothing but the index is read.
    pub fn keys(self) -> Keys<'f, T> {
        Keys { walk: self.walk }
    }
}

impl<'f, T: Send + Sync + 'f> IntoFuture for Keys<'f, T> {
    type Output = Result<KeyPage<T>>;
    type IntoFuture = BoxFuture<'f, KeyPage<T>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let (rows, next, cost) = self.walk.part(Walk::key).await?;
            Ok(KeyPage { rows, next, cost })
        })
    }
}

impl<'f, T: 'f> Walk<'f, T> {
    /// The row's key, where this walk returns it.
    fn key(&mut self, row: RawRow) -> Result<Option<Key<T>>> {
        if !self.is_wanted(&row) {
            return Ok(None);
        }
        let missing = || Error::Decode { entity: self.entity, path: name::PK.to_owned(), problem: DecodeProblem::Missing };
        Ok(Some(Key::new(Ok(primary_key(&row).ok_or_else(missing)?))))
    }
}
