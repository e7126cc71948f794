//! Cursors: where a page ended, as text that only the same query takes.
//!
//! The first byte is the form, so that later ones can be told apart; the rest depends on it:
//!
//! | form | then |
//! |---|---|
//! | [`PLAIN`] | a check of binding and position (16 bytes), the position |
//! | [`SEALED`] | the key's id (1 byte), a nonce (24 bytes), the encrypted position and its tag (16 bytes) |
//!
//! The binding itself is in neither. A position is the values of the row's key attributes, each with [`END`] behind it.

mod binding;
mod keys;
#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub(crate) use binding::Binding;
pub(crate) use keys::CursorKeys;

const PLAIN: u8 = 1;
const SEALED: u8 = 2;

/// Ends a value. UTF-8 has no such byte.
const END: u8 = 0xFF;

const CHECK_BYTES: usize = 16;

/// A longer text is no cursor. Two keys, the table's and an index's, of
/// [2,048 and 1,024 bytes](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html) make 8,254 characters.
const TEXT_BYTES: usize = 8 * 1024 + 256;

/// Where a page ended and the next one begins.
///
/// It is text that fits into a URL or a JSON body as it is. It belongs to its query: the same table, entity, finder with the same values,
/// direction and filter. Any other query, and any text that is not a cursor, is an [`Error::InvalidCursor`](crate::Error::InvalidCursor),
/// when the page is asked for. The number of rows may change from page to page.
///
/// A cursor holds the keys of the row it stands behind. Without [`cursor_key`](crate::TableBuilder::cursor_key), whoever holds it can read
/// them; with it, they are encrypted, and a cursor that somebody else made is refused. A cursor is no permission: it says where to go on,
/// and the query says what may be read.
///
/// `Debug` does not show the text.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{Error, SingleTable, Table};
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// #[gsi(name = "org", pk = "org#<org>", sk = "<number:08>")]
/// struct Invoice {
///     org: String,
///     number: u32,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Invoice>().await?;
/// # table.create_many((1..=30).map(|number| Invoice { org: "acme".into(), number })).await?.into_complete()?;
/// let first = table.query(Invoice::by_org("acme")).limit(20).await?;
/// let text = first.next_cursor().expect("ten more").to_string(); // to the browser, and back
///
/// let second = table.query(Invoice::by_org("acme")).limit(20).after(&text).await?;
/// assert_eq!((first.len(), second.len()), (20, 10));
///
/// let other = table.query(Invoice::by_org("umbrella")).after(&text).await;
/// assert!(matches!(other, Err(Error::InvalidCursor { .. })));
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor {
    text: String,
}

/// A text is not a cursor of this query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Invalid;

impl Cursor {
    /// The cursor that stands behind the row at `position`: the values of its key attributes, in an order that `binding` implies. It is
    /// encrypted where there are keys.
    ///
    /// # Errors
    /// There are no values, or one is empty or larger than in DynamoDB: what is made here can be opened.
    pub(crate) fn seal(keys: &CursorKeys, binding: &Binding, position: &[String]) -> Result<Self, Invalid> {
        if position.is_empty() || position.iter().any(String::is_empty) {
            return Err(Invalid);
        }
        let (binding, position) = (binding.hash(), encode(position));
        let bytes = match keys.sealing() {
            Some(key) => key.seal(&binding, &position),
            None => [&[PLAIN], &check(&binding, &position)[..], &position].concat(),
        };
        let text = URL_SAFE_NO_PAD.encode(bytes);
        if text.len() > TEXT_BYTES { Err(Invalid) } else { Ok(Self { text }) }
    }

    /// The position that `seal` was given. Where there are keys, only what they encrypted is opened.
    ///
    /// Without keys, a text made by hand can pass with any position; how many values there are and whether they lie in the query's
    /// partition is the caller's to check.
    ///
    /// # Errors
    /// The text is not what `seal` made for the same `binding` by one of the `keys`.
    pub(crate) fn open(text: impl AsRef<str>, keys: &CursorKeys, binding: &Binding) -> Result<Vec<String>, Invalid> {
        let text = text.as_ref();
        if text.len() > TEXT_BYTES {
            return Err(Invalid);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Invalid)?;
        let binding = binding.hash();
        let position = match bytes.split_first() {
            Some((&PLAIN, rest)) if keys.is_empty() => opened_plain(&binding, rest).map(<[u8]>::to_vec),
            Some((&SEALED, rest)) => keys.open(&binding, rest),
            _ => None,
        };
        position.as_deref().and_then(decode).ok_or(Invalid)
    }
}

fn opened_plain<'a>(binding: &[u8; 32], rest: &'a [u8]) -> Option<&'a [u8]> {
    let (found, position) = rest.split_first_chunk()?;
    (*found == check(binding, position)).then_some(position)
}

/// What tells that a plain cursor is whole and belongs to this query. Anybody can compute it.
fn check(binding: &[u8; 32], position: &[u8]) -> [u8; CHECK_BYTES] {
    let hash = Sha256::new().chain_update([PLAIN]).chain_update(binding).chain_update(position).finalize();
    std::array::from_fn(|at| hash[at])
}

fn encode(position: &[String]) -> Vec<u8> {
    position.iter().flat_map(|value| value.bytes().chain([END])).collect()
}

/// `None` also where there are no values or one is empty: no row is there, and a query that starts nowhere starts at page one.
fn decode(position: &[u8]) -> Option<Vec<String>> {
    let values = position.strip_suffix(&[END])?.split(|byte| *byte == END);
    values.map(|value| String::from_utf8(value.to_vec()).ok().filter(|value| !value.is_empty())).collect()
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor(..)")
    }
}

impl AsRef<str> for Cursor {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// What `.after(...)` takes: a [`Cursor`], or its text as it came from a client, or an `Option` of either, where `None` starts with the
/// first row.
///
/// The text is checked when the page is asked for. The empty text is not `None`: it is an
/// [`Error::InvalidCursor`](crate::Error::InvalidCursor).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a cursor",
    label = "not a cursor",
    note = "pass `page.next_cursor()`, a `Cursor`, its text as `&str` or `String`, or an `Option` of these"
)]
pub trait IntoCursor {
    /// The cursor, if any.
    fn into_cursor(self) -> Option<Cursor>;
}

impl IntoCursor for Cursor {
    fn into_cursor(self) -> Option<Cursor> {
        Some(self)
    }
}

impl IntoCursor for &Cursor {
    fn into_cursor(self) -> Option<Cursor> {
        Some(self.clone())
    }
}

impl IntoCursor for String {
    fn into_cursor(self) -> Option<Cursor> {
        Some(Cursor { text: self })
    }
}

impl IntoCursor for &String {
    fn into_cursor(self) -> Option<Cursor> {
        self.as_str().into_cursor()
    }
}

impl IntoCursor for &str {
    fn into_cursor(self) -> Option<Cursor> {
        self.to_owned().into_cursor()
    }
}

#[diagnostic::do_not_recommend]
impl<C: IntoCursor> IntoCursor for Option<C> {
    fn into_cursor(self) -> Option<Cursor> {
        self.and_then(C::into_cursor)
    }
}
