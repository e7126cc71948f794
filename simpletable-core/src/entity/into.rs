use super::{Entity, Identified, Resource};
use crate::key::{Id, Key};

/// Something that says which resource to reach: an [`Id`] or a [`Key`], owned or by reference, or a reference to a [`Resource`].
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(id = "<email>")]
/// struct User {
///     email: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<User>().await?;
/// let user = table.create(User { email: "ann@acme.io".into() }).await?;
/// table.read(user.id()).await?;
/// table.read(Id::<User>::from("ann@acme.io")).await?;
/// table.read(User::key("ann@acme.io")).await?;
/// table.read(&user).await?;
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which entity to reach",
    label = "no id, key or resource",
    note = "pass an id (`Id::<Entity>::from(...)`), a key (`Entity::key(...)`) or a resource"
)]
pub trait IntoKey {
    /// The entity that is reached.
    type Entity: Entity;
    /// The key of its row.
    fn into_key(self) -> Key<Self::Entity>;
}

impl<T: Identified> IntoKey for Id<T> {
    type Entity = T;
    fn into_key(self) -> Key<T> {
        Key::of_id(&self)
    }
}

impl<T: Identified> IntoKey for &Id<T> {
    type Entity = T;
    fn into_key(self) -> Key<T> {
        Key::of_id(self)
    }
}

impl<T: Entity> IntoKey for Key<T> {
    type Entity = T;
    fn into_key(self) -> Self {
        self
    }
}

impl<T: Entity> IntoKey for &Key<T> {
    type Entity = T;
    fn into_key(self) -> Key<T> {
        self.clone()
    }
}

impl<T: Entity> IntoKey for &Resource<T> {
    type Entity = T;
    fn into_key(self) -> Key<T> {
        self.key()
    }
}

/// A resource to change, by value: the copy that was read is what the update is conditional on.
#[diagnostic::on_unimplemented(
    message = "`update` needs the resource that was read, by value, not `{Self}`",
    label = "not a `Resource`",
    note = "to change a resource that you have not read, use `table.modify(key, ...)`"
)]
pub trait IntoResource {
    /// The entity that is changed.
    type Entity: Entity;
    /// The resource.
    fn into_resource(self) -> Resource<Self::Entity>;
}

impl<T: Entity> IntoResource for Resource<T> {
    type Entity = T;
    fn into_resource(self) -> Self {
        self
    }
}

/// A value for a field of type `V`: a `V`, a `&V`, and what plainly means one (`&str` for `String`, a resource for its id).
#[diagnostic::on_unimplemented(message = "expected a value for a field of type `{V}`, found `{Self}`", label = "not a value for `{V}`")]
pub trait IntoValue<V> {
    /// The value.
    fn into_value(self) -> V;
}

#[diagnostic::do_not_recommend]
impl<V> IntoValue<V> for V {
    fn into_value(self) -> V {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<V: Clone> IntoValue<V> for &V {
    fn into_value(self) -> V {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl IntoValue<String> for &str {
    fn into_value(self) -> String {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl<V> IntoValue<Option<V>> for V {
    fn into_value(self) -> Option<V> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<V: Clone> IntoValue<Option<V>> for &V {
    fn into_value(self) -> Option<V> {
        Some(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoValue<Option<String>> for &str {
    fn into_value(self) -> Option<String> {
        Some(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Identified> IntoValue<Option<Id<T>>> for &Resource<T> {
    fn into_value(self) -> Option<Id<T>> {
        Some(self.id().clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Identified> IntoValue<Id<T>> for &Resource<T> {
    fn into_value(self) -> Id<T> {
        self.id().clone()
    }
}
