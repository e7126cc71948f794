use super::message::Message;
use crate::schema::Shape;

/// Checks one placeholder against its type and its neighbour.
///
/// `next` is the literal that follows it; `sort` says that the template makes a sort key.
#[track_caller]
pub const fn check_part(field: &str, shape: Shape, width: Option<u8>, next: Option<&str>, sort: bool) {
    if width.is_some() && !shape.is_integer() {
        let message = Message::new().push("a width on `<").push(field).push(">`, which is no integer");
        message.help("write `<").push(field).push(">`").fail();
    }
    if width.is_none() && sort && shape.is_integer() {
        let message = Message::new().push("an integer in a sort key needs a width, or 10 sorts before 9");
        message.help("write `<").push(field).push(":03>` for up to 3 digits").fail();
    }
    if let Some(literal) = next
        && !shape.is_text()
        && admits_start(shape, literal)
    {
        let message = Message::new().push("the literal ").name(literal).push(" after `<").push(field).push(">` can be part of its value");
        message.help("begin the literal with another character, such as ").name(free_delimiter(shape)).fail();
    }
}

/// Whether a value can contain the literal's first character.
const fn admits_start(shape: Shape, literal: &str) -> bool {
    let bytes = literal.as_bytes();
    let mut len = if bytes.is_empty() { 0 } else { 1 };
    while !literal.is_char_boundary(len) {
        len += 1;
    }
    let start = bytes.split_at(len).0;
    match (shape, start) {
        (_, []) => false,
        (_, [byte]) => shape.admits(*byte),
        (Shape::Chars(chars), _) => contains(chars.as_bytes(), start),
        (Shape::Words(words), _) => {
            let mut i = 0;
            while i < words.len() {
                if contains(words[i].as_bytes(), start) {
                    return true;
                }
                i += 1;
            }
            false
        }
        _ => false,
    }
}

const fn contains(text: &[u8], part: &[u8]) -> bool {
    let mut at = 0;
    while at + part.len() <= text.len() {
        let mut i = 0;
        while i < part.len() && text[at + i] == part[i] {
            i += 1;
        }
        if i == part.len() {
            return true;
        }
        at += 1;
    }
    false
}

/// A character to advise that the values do not contain.
const fn free_delimiter(shape: Shape) -> &'static str {
    if !shape.admits(b'#') {
        "#"
    } else if !shape.admits(b'/') {
        "/"
    } else {
        "|"
    }
}
