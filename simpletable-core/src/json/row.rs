use std::borrow::Cow;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use smallvec::SmallVec;

use super::reader::{Quoted, Reader, Refused};
use super::value::{Content, Tag, read_value};
use super::writer::write_item;
use crate::error::Item;

/// The text of an answer, and where in it the attributes of its rows are. One pass over the text finds them; nothing is copied.
#[derive(Default)]
pub(crate) struct Rows {
    text: String,
    attributes: Vec<Attribute>,
}

/// Where an attribute is in the text. A name is followed by its quote and a colon, and mostly by its value.
#[derive(Clone, Copy)]
struct Attribute {
    name: u32,
    /// Of the name as it stands there.
    name_end: u32,
    escaped: bool,
    value: u32,
    value_end: u32,
    parts: u32,
}

/// The attributes of one row among those of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    from: u32,
    to: u32,
}

/// A row as it was read: a part of an answer's text, which it shares with the other rows.
#[doc(hidden)]
#[derive(Clone)]
pub struct RawRow {
    rows: Arc<Rows>,
    span: Span,
}

/// An attribute, or a member of the JSON in `data`: its name and the text of its value.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) name: Quoted<'a>,
    pub(crate) value: &'a str,
    /// How many elements or members the value has.
    pub(crate) parts: u32,
}

/// The attributes of a row, or the members of an object; so many are kept without an allocation.
pub(crate) type Entries<'a> = SmallVec<[Entry<'a>; 24]>;

impl Rows {
    /// Reads a text: `read` is given a reader of it, and calls [`item`](Self::item) where a row begins.
    ///
    /// # Errors
    /// What `read` refuses; a text of 4 GB.
    pub(crate) fn read<T>(text: String, read: impl FnOnce(&mut Self, &mut Reader<'_>) -> Result<T, Refused>) -> Result<(Self, T), Refused> {
        if u32::try_from(text.len()).is_err() {
            return Err(Refused::TooDeep);
        }
        let mut rows = Self::default();
        let answer = read(&mut rows, &mut Reader::new(&text))?;
        rows.text = text;
        Ok((rows, answer))
    }

    /// Finds the attributes of the row that the reader stands before.
    pub(crate) fn item(&mut self, reader: &mut Reader<'_>) -> Result<Span, Refused> {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let from = place(self.attributes.len());
        reader.expect(b'{')?;
        let mut first = true;
        while reader.more(b'}', &mut first)? {
            let name = reader.quoted()?;
            // Behind the closing quote.
            let name_end = reader.position() - 1;
            reader.expect(b':')?;
            // The elements of `{"L":[…]}` are two levels inside.
            let (value, parts) = reader.skip_counting(0, 2)?;
            let value_end = reader.position();
            self.attributes.push(Attribute {
                name: place(name_end - name.raw.len()),
                name_end: place(name_end),
                escaped: name.escaped,
                value: place(value_end - value.len()),
                value_end: place(value_end),
                parts,
            });
        }
        Ok(Span { from, to: place(self.attributes.len()) })
    }

    /// Makes room for so many more rows like this one.
    pub(crate) fn reserve(&mut self, rows: usize, row: Span) {
        // Some have an attribute that this one lacks.
        let attributes = (row.to - row.from) as usize + 1;
        self.attributes.reserve(rows.saturating_mul(attributes));
    }

    fn entry(&self, attribute: &Attribute) -> Entry<'_> {
        let text = |from: u32, to: u32| &self.text[from as usize..to as usize];
        Entry {
            name: Quoted { raw: text(attribute.name, attribute.name_end), escaped: attribute.escaped },
            value: text(attribute.value, attribute.value_end),
            parts: attribute.parts,
        }
    }
}

impl<'a> Entry<'a> {
    /// Whether this is its name.
    pub(crate) fn is(&self, name: &str) -> bool {
        if self.name.escaped { self.name.text().is_ok_and(|text| text == name) } else { self.name.raw == name }
    }

    /// The members of a plain JSON object, which have to be all that is in the text.
    pub(crate) fn members(text: &'a str) -> Result<Entries<'a>, Refused> {
        let mut entries = Entries::new();
        let mut reader = Reader::new(text);
        reader.members(|reader, name| {
            let (value, parts) = reader.skip_counting(1, 1)?;
            entries.push(Self { name, value, parts });
            Ok(())
        })?;
        reader.end()?;
        Ok(entries)
    }

    /// What the attribute holds, where it has no parts.
    pub(crate) fn content(&self) -> Option<Content<'a>> {
        let mut reader = Reader::new(self.value);
        let tag = Tag::open(&mut reader).ok()?;
        let content = Content::read(&mut reader, tag).ok()??;
        Tag::close(&mut reader).ok()?;
        Some(content)
    }

    /// The base64 of the bytes that the attribute holds.
    pub(crate) fn base64(&self) -> Option<Cow<'a, str>> {
        let mut reader = Reader::new(self.value);
        if Tag::open(&mut reader).ok()? != Tag::B {
            return None;
        }
        let base64 = reader.string().ok()?;
        Tag::close(&mut reader).ok()?;
        Some(base64)
    }

    /// The text that a member of plain JSON is.
    pub(crate) fn json_text(&self) -> Option<Cow<'a, str>> {
        Reader::new(self.value).string().ok()
    }
}

impl RawRow {
    pub(crate) fn new(rows: Arc<Rows>, span: Span) -> Self {
        Self { rows, span }
    }

    /// A row that the SDK has read, such as the one that failed a condition.
    ///
    /// # Errors
    /// It nests deeper than DynamoDB's rows do.
    pub(crate) fn from_item(item: &Item) -> Result<Self, Refused> {
        let mut text = String::with_capacity(512);
        write_item(&mut text, item);
        let (rows, span) = Rows::read(text, Rows::item)?;
        Ok(Self::new(Arc::new(rows), span))
    }

    /// Whether there is no attribute.
    pub(crate) fn is_empty(&self) -> bool {
        self.span.from == self.span.to
    }

    /// The attributes, in the order in which they came.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let attributes = self.rows.attributes.get(self.span.from as usize..self.span.to as usize).unwrap_or_default();
        attributes.iter().map(|attribute| self.rows.entry(attribute))
    }

    /// An attribute.
    pub(crate) fn entry(&self, name: &str) -> Option<Entry<'_>> {
        self.entries().find(|entry| entry.is(name))
    }

    /// An attribute in the SDK's type.
    pub(crate) fn get(&self, name: &str) -> Option<AttributeValue> {
        read_value(self.entry(name)?.value).ok()
    }

    /// The text that an attribute holds.
    pub(crate) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.entry(name)?.content()? {
            Content::S(text) => Some(text),
            _ => None,
        }
    }

    /// The number that an attribute holds.
    pub(crate) fn number(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.entry(name)?.content()? {
            Content::N(number) => Some(number),
            _ => None,
        }
    }

    /// The row in the SDK's types.
    ///
    /// # Errors
    /// An attribute is no value of DynamoDB's.
    pub(crate) fn to_item(&self) -> Result<Item, Refused> {
        self.entries().map(|entry| Ok((entry.name.text()?.into_owned(), read_value(entry.value)?))).collect()
    }
}
