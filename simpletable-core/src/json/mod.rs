//! JSON as it is on the wire: read where it lies, and written straight into a body. DynamoDB's form of it (`{"S":"text"}`) and plain JSON
//! have one reader and one writer.

mod reader;
mod row;
mod text;
mod value;
mod writer;

pub(crate) use reader::{DEPTH, Quoted, Reader, Refused};
pub(crate) use row::{Entries, Entry, RawRow, Rows, Span};
pub(crate) use text::RowText;
pub(crate) use value::{Content, Tag, decode_base64, item as item_at, read_bool, read_value};
pub(crate) use writer::{write_base64, write_item, write_name, write_text, write_value};
