use super::Table;
use crate::entity::{IntoKey, Member, Patchable, Schema, StampApart, TemplateKeys};
use crate::op::Patch;

impl<S: Schema> Table<S> {
    /// Changes fields of a resource in place, without reading it, and answers with the whole resource after the change.
    ///
    /// The index keys that follow from the fields are written with them, and so are `updated_at` and the type index's sort key. What cannot be
    /// computed without reading does not compile, and says what to use instead: [`modify`](Self::modify), or [`rekey`](Self::rekey) for the
    /// primary key. A patch without steps moves `updated_at` alone.
    ///
    /// 1 request (`UpdateItem`); size / 1 KB write units, of the larger one of the row before and after. It is sent anew, with another time, in the
    /// rare case that another process has written the row in the very same microsecond.
    ///
    /// A patch that was made although its answer was lost is known by its time, and counts once; see
    /// [`exactly_once`](Patch::exactly_once) for what the time cannot tell. [`or_create`](Patch::or_create) creates what is not there.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound) where there is no resource or its time to live is over: it is not created.
    /// [`Patch`](crate::Error::Patch) where the row does not hold what a step needs, or two steps change one place.
    /// [`ConditionFailed`](crate::Error::ConditionFailed) with [`when`](Patch::when). [`KeyValue`](crate::Error::KeyValue),
    /// [`Encode`](crate::Error::Encode), [`Expression`](crate::Error::Expression) and [`ItemTooLarge`](crate::Error::ItemTooLarge) before
    /// anything is sent; [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown), [`Sdk`](crate::Error::Sdk).
    /// [`Decode`](crate::Error::Decode) where the patch was made, and the row cannot be read: it could not be before.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// use simpletable::{SingleTable, Table};
    ///
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[gsi(name = "status", pk = "status#<status>")]
    /// struct Task {
    ///     title: String,
    ///     status: String,
    ///     views: u64,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into(), status: "open".into(), views: 0 }).await?;
    /// let task = table.patch(task.id()).set(|t| t.status, "done").add(|t| t.views, 1).await?;
    /// assert_eq!(task.views, 1);
    /// assert_eq!(table.query(Task::by_status("done")).all().await?, [task]);
    /// # Ok(()) }
    /// ```
    pub fn patch<K: IntoKey>(&self, key: K) -> Patch<K::Entity>
    where
        K::Entity: Member<S> + Patchable + TemplateKeys + StampApart,
    {
        Patch::new(self.handle.clone(), key.into_key())
    }
}
