use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ulid::Ulid;

use super::{KeyPart, Part};
use crate::schema::Shape;

/// The id of a `T`: a string that knows its type.
///
/// An id that the table generates is a ULID (26 upper-case characters that sort by creation time); any other string serves as well.
/// It is stored and sent as the plain string, so it works as a typed foreign key, in JSON and in web paths.
///
/// An id that no key can hold (empty, or too long for DynamoDB's
/// [2,048 bytes](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html)) names no row: reading it finds nothing.
///
/// `Debug` and `Display` show the id, so mind where you log one that holds personal data, such as a natural id made of an e-mail address.
///
/// # Examples
/// ```
/// use serde::{Deserialize, Serialize};
/// use simpletable::{Id, SingleTable, Table};
///
/// #[derive(Serialize, Deserialize, SingleTable)]
/// struct Project {
///     name: String,
/// }
///
/// #[derive(Serialize, Deserialize, SingleTable)]
/// struct Task {
///     title: String,
///     project: Id<Project>,
/// }
/// # #[derive(SingleTable)] enum App { Project(Project), Task(Task) }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<App>().await?;
/// let project = table.create(Project { name: "launch".into() }).await?;
/// let task = table.create(Task { title: "write".into(), project: project.id().clone() }).await?;
/// assert_eq!(table.read(&task.project).await?.name, "launch");
///
/// let from_a_path = Id::<Task>::from("01HK4Y0000AAAAAAAAAAAAAAAA");
/// assert!(table.get(from_a_path).await?.is_none());
/// # Ok(()) }
/// ```
pub struct Id<T> {
    /// A text that the id is a part of: a row's ids and keys have one.
    text: Arc<str>,
    start: u32,
    end: u32,
    entity: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.text[self.start as usize..self.end as usize]
    }

    /// The id that is this part of a text.
    pub(crate) fn part_of(text: &Arc<str>, start: u32, end: u32) -> Self {
        Self { text: Arc::clone(text), start, end, entity: PhantomData }
    }
}

impl<T> From<Arc<str>> for Id<T> {
    fn from(text: Arc<str>) -> Self {
        // A longer text than 4 GB would be no key anyway.
        let end = u32::try_from(text.len()).unwrap_or_default();
        Self { text, start: 0, end, entity: PhantomData }
    }
}

impl<T> From<String> for Id<T> {
    fn from(text: String) -> Self {
        Self::from(Arc::<str>::from(text))
    }
}

impl<T> From<&str> for Id<T> {
    fn from(text: &str) -> Self {
        Self::from(Arc::<str>::from(text))
    }
}

impl<T> From<Ulid> for Id<T> {
    fn from(ulid: Ulid) -> Self {
        Self::from(ulid.to_string())
    }
}

impl<T> From<Id<T>> for String {
    fn from(id: Id<T>) -> Self {
        id.as_str().to_owned()
    }
}

impl<T> FromStr for Id<T> {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl<T> AsRef<str> for Id<T> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        Self::part_of(&self.text, self.start, self.end)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Where the text is borrowed, it is copied once.
        struct Text<T>(PhantomData<fn() -> T>);

        impl<T> Visitor<'_> for Text<T> {
            type Value = Id<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id<T>, E> {
                Ok(Id::from(text))
            }
        }

        deserializer.deserialize_str(Text(PhantomData))
    }
}

#[diagnostic::do_not_recommend]
impl<T> KeyPart for Id<T> {
    const SHAPE: Shape = Shape::Text;
    fn part(&self) -> Part<'_> {
        Part::Text(Cow::Borrowed(self.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Thing;

    proptest! {
        #[test]
        fn it_is_its_text(text: String, other: String) {
            let id = Id::<Thing>::from(text.as_str());
            let json = serde_json::to_string(&id)?;
            prop_assert_eq!(&json, &serde_json::to_string(&text)?);
            prop_assert_eq!(&serde_json::from_str::<Id<Thing>>(&json)?, &id);
            prop_assert_eq!(format!("{id}"), text.as_str());
            prop_assert_eq!(id.cmp(&Id::from(other.as_str())), text.cmp(&other));
            prop_assert_eq!(id == Id::from(other.as_str()), text == other);
            prop_assert_eq!(String::from(id), text);
        }

        #[test]
        fn ulids_sort_as_ids(a: u128, b: u128) {
            prop_assert_eq!(Id::<Thing>::from(Ulid(a)).cmp(&Id::from(Ulid(b))), a.cmp(&b));
        }
    }
}
