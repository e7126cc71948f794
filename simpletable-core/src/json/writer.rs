use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::reader::special;
use crate::error::Item;

/// Writes a string with its quotes.
pub(crate) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    loop {
        let at = special(text.as_bytes(), plain);
        out.push_str(&text[plain..at]);
        let Some(byte) = text.as_bytes().get(at) else { break };
        write_escaped(out, *byte);
        plain = at + 1;
    }
    out.push('"');
}

fn write_escaped(out: &mut String, byte: u8) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        _ => {
            const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
            out.push_str("\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
        }
    }
}

/// Writes bytes as base64, with quotes.
pub(crate) fn write_base64(out: &mut String, bytes: &[u8]) {
    out.push('"');
    STANDARD.encode_string(bytes, out);
    out.push('"');
}

/// Writes the name of an object's next member, with the comma before it and the colon behind it.
pub(crate) fn write_name(out: &mut String, name: &str) {
    // What a member ends with is never a brace that opens.
    if !out.ends_with('{') {
        out.push(',');
    }
    write_text(out, name);
    out.push(':');
}

/// Writes an item in DynamoDB's form.
pub(crate) fn write_item(out: &mut String, item: &Item) {
    out.push('{');
    for (name, value) in item {
        write_name(out, name);
        write_value(out, value);
    }
    out.push('}');
}

/// Writes a value in DynamoDB's form.
pub(crate) fn write_value(out: &mut String, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => tagged(out, "S", |out| write_text(out, text)),
        AttributeValue::N(number) => tagged(out, "N", |out| write_text(out, number)),
        AttributeValue::B(bytes) => tagged(out, "B", |out| write_base64(out, bytes.as_ref())),
        AttributeValue::Bool(value) => tagged(out, "BOOL", |out| out.push_str(if *value { "true" } else { "false" })),
        AttributeValue::L(values) => tagged(out, "L", |out| list(out, values, write_value)),
        AttributeValue::M(values) => tagged(out, "M", |out| write_item(out, values)),
        AttributeValue::Ss(values) => tagged(out, "SS", |out| list(out, values, |out, text| write_text(out, text))),
        AttributeValue::Ns(values) => tagged(out, "NS", |out| list(out, values, |out, number| write_text(out, number))),
        AttributeValue::Bs(values) => tagged(out, "BS", |out| list(out, values, |out, bytes| write_base64(out, bytes.as_ref()))),
        _ => tagged(out, "NULL", |out| out.push_str("true")),
    }
}

fn tagged(out: &mut String, tag: &str, write: impl FnOnce(&mut String)) {
    out.push_str("{\"");
    out.push_str(tag);
    out.push_str("\":");
    write(out);
    out.push('}');
}

fn list<T>(out: &mut String, values: &[T], mut write: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, value);
    }
    out.push(']');
}
