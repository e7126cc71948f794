//! The JSON inside `data`, read into attribute values and written from them. Numbers stay the text they are, so that none loses digits.

use std::borrow::Cow;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::Item;
use crate::json::{DEPTH, Reader, Refused, read_bool};

/// Reads one object.
pub(crate) fn read_object(text: &str) -> Result<Item, Refused> {
    let mut reader = Reader::new(text);
    let object = object(&mut reader, 1)?;
    reader.end()?;
    Ok(object)
}

/// Reads one value.
pub(crate) fn read(text: &str) -> Result<AttributeValue, Refused> {
    value(&mut Reader::new(text), 1)
}

/// Writes one value.
pub(crate) fn write(value: &AttributeValue) -> Vec<u8> {
    let mut out = Vec::new();
    write_value(&mut out, value);
    out
}

/// Writes one object: `first` in its order, then `rest` by name.
pub(crate) fn write_object(first: &[(&str, AttributeValue)], rest: &Item) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    let mut members: Vec<(&str, &AttributeValue)> = rest.iter().map(|(name, value)| (name.as_str(), value)).collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    write_members(&mut out, first.iter().map(|(name, value)| (*name, value)).chain(members));
    out
}

fn write_members<'a>(out: &mut Vec<u8>, members: impl Iterator<Item = (&'a str, &'a AttributeValue)>) {
    out.push(b'{');
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(out, name);
        out.push(b':');
        write_value(out, value);
    }
    out.push(b'}');
}

fn write_list<T>(out: &mut Vec<u8>, values: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, value);
    }
    out.push(b']');
}

fn write_value(out: &mut Vec<u8>, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => write_text(out, text),
        AttributeValue::N(number) => out.extend_from_slice(number.as_bytes()),
        AttributeValue::Bool(true) => out.extend_from_slice(b"true"),
        AttributeValue::Bool(false) => out.extend_from_slice(b"false"),
        AttributeValue::B(bytes) => write_bytes(out, bytes),
        AttributeValue::L(values) => write_list(out, values, write_value),
        AttributeValue::Ss(values) => write_list(out, values, |out, text| write_text(out, text)),
        AttributeValue::Ns(values) => write_list(out, values, |out, number| out.extend_from_slice(number.as_bytes())),
        AttributeValue::Bs(values) => write_list(out, values, write_bytes),
        AttributeValue::M(values) => {
            let mut members: Vec<(&str, &AttributeValue)> = values.iter().map(|(name, value)| (name.as_str(), value)).collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            write_members(out, members.into_iter());
        }
        _ => out.extend_from_slice(b"null"),
    }
}

/// Bytes are text, as pydantic has them; where they are none, a list of numbers, as serde_json has them.
fn write_bytes(out: &mut Vec<u8>, bytes: &Blob) {
    match std::str::from_utf8(bytes.as_ref()) {
        Ok(text) => write_text(out, text),
        Err(_) => write_list(out, bytes.as_ref(), |out, byte| out.extend_from_slice(byte.to_string().as_bytes())),
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape: Cow<'static, str> = match byte {
            b'"' => "\\\"".into(),
            b'\\' => "\\\\".into(),
            b'\n' => "\\n".into(),
            b'\r' => "\\r".into(),
            b'\t' => "\\t".into(),
            0..0x20 => format!("\\u{byte:04x}").into(),
            _ => continue,
        };
        out.extend_from_slice(&text.as_bytes()[plain..at]);
        out.extend_from_slice(escape.as_bytes());
        plain = at + 1;
    }
    out.extend_from_slice(&text.as_bytes()[plain..]);
    out.push(b'"');
}

fn value(reader: &mut Reader<'_>, depth: u32) -> Result<AttributeValue, Refused> {
    match reader.peek() {
        Some(b'{' | b'[') if depth >= DEPTH => Err(Refused::TooDeep),
        Some(b'{') => object(reader, depth + 1).map(AttributeValue::M),
        Some(b'[') => {
            let mut values = Vec::new();
            reader.elements(|reader| {
                values.push(value(reader, depth + 1)?);
                Ok(())
            })?;
            Ok(AttributeValue::L(values))
        }
        Some(b'"') => Ok(AttributeValue::S(reader.string()?.into_owned())),
        Some(b't' | b'f') => read_bool(reader).map(AttributeValue::Bool),
        Some(b'n') => reader.word("null").map(|()| AttributeValue::Null(true)),
        _ => Ok(AttributeValue::N(reader.number()?.to_owned())),
    }
}

fn object(reader: &mut Reader<'_>, depth: u32) -> Result<Item, Refused> {
    let mut values = Item::new();
    reader.members(|reader, name| {
        values.insert(name.text()?.into_owned(), value(reader, depth)?);
        Ok(())
    })?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<f64>().prop_filter("finite", |float| float.is_finite()).prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(5, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
                prop::collection::hash_map(any::<String>(), inner, 0..8)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn reads_and_writes_what_serde_json_does(value in prop::collection::hash_map(any::<String>(), json(), 0..8)) {
            let expected = serde_json::Value::Object(value.into_iter().collect());
            for text in [serde_json::to_string(&expected)?, serde_json::to_string_pretty(&expected)?] {
                let item = read_object(&text).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
                // serde_json itself does not read every float exactly.
                let expected: serde_json::Value = serde_json::from_str(&text)?;
                prop_assert_eq!(&serde_json::from_slice::<serde_json::Value>(&write_object(&[], &item))?, &expected);
            }
        }

        #[test]
        fn accepts_only_what_serde_json_does(text in "[\\[\\]{}\",:0-9eE.+\\-truefalsn \\\\]{0,24}") {
            let text = format!("{{\"a\":{text}}}");
            // Numbers that serde_json reads as infinite are the one thing it refuses and this keeps.
            let huge = text.contains(['e', 'E']);
            let accepted = read_object(&text).is_ok();
            prop_assert!(accepted == serde_json::from_str::<serde_json::Value>(&text).is_ok() || (accepted && huge), "{}", text);
        }

        #[test]
        fn never_panics(text: String) {
            let _ = read_object(&text);
        }
    }

    #[test]
    fn keeps_every_digit() {
        let text = r#"{"n":170141183460469231731687303715884105727.00100}"#;
        assert_eq!(write_object(&[], &read_object(text).expect("valid")), text.as_bytes());
    }

    #[test]
    fn bounds_the_depth() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read_object(&nested(DEPTH as usize - 1)).is_ok());
        assert_eq!(read_object(&nested(DEPTH as usize)), Err(Refused::TooDeep));
        assert_eq!(read_object(&nested(1_000_000)), Err(Refused::TooDeep));
    }
}
