use super::Table;
use crate::entity::{BirthApart, Member, Schema, Uncounted, Upsertable, WithoutUnique};
use crate::op::Upsert;

impl<S: Schema> Table<S> {
    /// Creates a resource, or overwrites what its struct knows of the one that is there, and answers with the whole resource after.
    ///
    /// Of a row that is there, `created_at` stays, and so do the fields that [`create_only`](Upsert::create_only) names, and the attributes that the
    /// struct does not know. All others, the keys of all indexes among them, become those of the value. [`put`](Self::put) leaves nothing of what
    /// was there; [`patch`](Self::patch) writes single fields.
    ///
    /// 1 request (`UpdateItem`); size / 1 KB in write units, of the larger one of the row before and after. 2 where the time to live of what is
    /// there is over (and `PutItem`): nothing of it stays, and `created_at` is new.
    ///
    /// An upsert that was made although its answer was lost is known by its time. What the time cannot tell is when somebody else writes between
    /// the lost answer and the repetition: then it overwrites what they wrote. [`idempotency_key`](Upsert::idempotency_key) and a
    /// [`transact`](Self::transact) of one do not.
    ///
    /// # Errors
    /// [`ConditionFailed`](crate::Error::ConditionFailed) with [`when`](Upsert::when). [`Patch`](crate::Error::Patch) where NULL is stored in a
    /// create-only field or in `created_at`, or the row is of a time when the entity was compressed. [`KeyValue`](crate::Error::KeyValue),
    /// [`Encode`](crate::Error::Encode), [`Expression`](crate::Error::Expression) and [`ItemTooLarge`](crate::Error::ItemTooLarge) before
    /// anything is sent; [`Conflict`](crate::Error::Conflict) while others keep replacing an expired row, [`Busy`](crate::Error::Busy),
    /// [`Unknown`](crate::Error::Unknown), [`Sdk`](crate::Error::Sdk). [`Decode`](crate::Error::Decode) where it was made, and what the struct
    /// does not know or what was kept cannot be read.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// use simpletable::{SingleTable, Table};
    ///
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[table(id = "<email>")]
    /// #[gsi(name = "team", pk = "team#<team>")]
    /// struct User {
    ///     email: String,
    ///     team: Option<String>,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<User>().await?;
    /// let first = table.upsert(User { email: "ann@acme.io".into(), team: Some("red".into()) }).await?;
    /// let second = table.upsert(User { email: "ann@acme.io".into(), team: None }).await?;
    /// assert_eq!(second.created_at(), first.created_at());
    /// assert!(table.query(User::by_team("red")).all().await?.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn upsert<T: Member<S> + Upsertable + WithoutUnique + Uncounted + BirthApart>(&self, value: T) -> Upsert<T> {
        Upsert::new(self.handle.clone(), value)
    }
}
