//! The JSON inside `data`, read into attribute values and written from them. Numbers stay the text they are, so that none loses digits.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::Item;
use crate::json::{DEPTH, Reader, Refused, read_bool, write_name, write_text};

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
pub(crate) fn write(out: &mut String, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => write_text(out, text),
        AttributeValue::N(number) => out.push_str(number),
        AttributeValue::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        AttributeValue::B(bytes) => write_bytes(out, bytes),
        AttributeValue::L(values) => write_list(out, values, write),
        AttributeValue::Ss(values) => write_list(out, values, |out, text| write_text(out, text)),
        AttributeValue::Ns(values) => write_list(out, values, |out, number| out.push_str(number)),
        AttributeValue::Bs(values) => write_list(out, values, write_bytes),
        AttributeValue::M(values) => write_object(out, values),
        _ => out.push_str("null"),
    }
}

/// Writes one object, by name.
fn write_object(out: &mut String, values: &Item) {
    let mut members: Vec<(&String, &AttributeValue)> = values.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    out.push('{');
    for (name, value) in members {
        write_name(out, name);
        write(out, value);
    }
    out.push('}');
}

fn write_list<T>(out: &mut String, values: &[T], mut write: impl FnMut(&mut String, &T)) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, value);
    }
    out.push(']');
}

/// As [`ser`](super::ser) writes them.
fn write_bytes(out: &mut String, bytes: &Blob) {
    match std::str::from_utf8(bytes.as_ref()) {
        Ok(text) => write_text(out, text),
        Err(_) => write_list(out, bytes.as_ref(), |out, byte| out.push_str(&byte.to_string())),
    }
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

    fn written(item: Item) -> String {
        let mut out = String::new();
        write(&mut out, &AttributeValue::M(item));
        out
    }

    proptest! {
        #[test]
        fn reads_and_writes_what_serde_json_does(value in prop::collection::hash_map(any::<String>(), json(), 0..8)) {
            let expected = serde_json::Value::Object(value.into_iter().collect());
            for text in [serde_json::to_string(&expected)?, serde_json::to_string_pretty(&expected)?] {
                let item = read_object(&text).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
                // serde_json itself does not read every float exactly.
                let expected: serde_json::Value = serde_json::from_str(&text)?;
                prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&written(item))?, &expected);
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
        assert_eq!(written(read_object(text).expect("valid")), text);
    }

    #[test]
    fn bounds_the_depth() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read_object(&nested(DEPTH as usize - 1)).is_ok());
        assert_eq!(read_object(&nested(DEPTH as usize)), Err(Refused::TooDeep));
        assert_eq!(read_object(&nested(1_000_000)), Err(Refused::TooDeep));
    }
}
