use aws_sdk_dynamodb::types::AttributeValue;

use super::ser::read_back;
use crate::error::EncodeProblem;
use crate::json::{Reader, Refused, Tag, write_value};

/// The members as a set; `None` for an empty one, which DynamoDB does not have.
pub(crate) fn set_of(members: Vec<AttributeValue>) -> Result<Option<AttributeValue>, EncodeProblem> {
    let mut list = String::new();
    write_value(&mut list, &AttributeValue::L(members));
    Ok(set_text(&list)?.map(|set| read_back(&set)))
}

/// The same as text, of a list as we write it. What is no list stays what it is.
pub(super) fn set_text(list: &str) -> Result<Option<String>, EncodeProblem> {
    let mut reader = Reader::new(list);
    if Tag::open(&mut reader) != Ok(Tag::L) {
        return Ok(Some(list.to_owned()));
    }
    let mut kind = None;
    let mut members = Vec::new();
    reader
        .elements(|reader| {
            let tag = Tag::open(reader)?;
            if !matches!(tag, Tag::S | Tag::N | Tag::B) || *kind.get_or_insert(tag) != tag {
                return Err(Refused::Syntax);
            }
            members.push(reader.skip()?);
            Tag::close(reader)
        })
        .map_err(|_| EncodeProblem::SetElement)?;
    let name = match kind {
        None => return Ok(None),
        Some(Tag::S) => "SS",
        Some(Tag::N) => "NS",
        Some(_) => "BS",
    };
    members.sort_unstable();
    // DynamoDB refuses members that are stored alike. One writer has written both.
    if members.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(EncodeProblem::SetElement);
    }
    let mut set = String::with_capacity(list.len());
    set.extend(["{\"", name, "\":["]);
    for (number, member) in members.into_iter().enumerate() {
        set.extend([if number > 0 { "," } else { "" }, member]);
    }
    set.push_str("]}");
    Ok(Some(set))
}
