//! The JSON inside `data`, read into attribute values and written from them. Numbers stay the text they are, so that none loses digits.

use std::borrow::Cow;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::Item;

/// How deep JSON may nest, as in serde_json.
pub(crate) const DEPTH: usize = 128;

/// Why a text was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is no JSON object.
    Syntax,
    /// It nests deeper than [`DEPTH`].
    TooDeep,
}

/// Reads one object.
pub(crate) fn read_object(bytes: &[u8]) -> Result<Item, Refused> {
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::Syntax)?;
    let mut reader = Reader { text, at: 0 };
    match reader.value(0)? {
        AttributeValue::M(object) if reader.peek().is_none() => Ok(object),
        _ => Err(Refused::Syntax),
    }
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

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Refused> {
        if self.accept(byte) { Ok(()) } else { Err(Refused::Syntax) }
    }

    fn value(&mut self, depth: usize) -> Result<AttributeValue, Refused> {
        match self.peek() {
            Some(b'{' | b'[') if depth >= DEPTH => Err(Refused::TooDeep),
            Some(b'{') => self.object(depth + 1),
            Some(b'[') => self.array(depth + 1),
            Some(b'"') => self.string().map(AttributeValue::S),
            Some(b't') => self.word("true", AttributeValue::Bool(true)),
            Some(b'f') => self.word("false", AttributeValue::Bool(false)),
            Some(b'n') => self.word("null", AttributeValue::Null(true)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(Refused::Syntax),
        }
    }

    fn object(&mut self, depth: usize) -> Result<AttributeValue, Refused> {
        let mut values = Item::new();
        self.expect(b'{')?;
        if self.accept(b'}') {
            return Ok(AttributeValue::M(values));
        }
        loop {
            self.peek();
            let name = self.string()?;
            self.expect(b':')?;
            values.insert(name, self.value(depth)?);
            if !self.accept(b',') {
                self.expect(b'}')?;
                return Ok(AttributeValue::M(values));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<AttributeValue, Refused> {
        let mut values = Vec::new();
        self.expect(b'[')?;
        if self.accept(b']') {
            return Ok(AttributeValue::L(values));
        }
        loop {
            values.push(self.value(depth)?);
            if !self.accept(b',') {
                self.expect(b']')?;
                return Ok(AttributeValue::L(values));
            }
        }
    }

    fn word(&mut self, word: &str, value: AttributeValue) -> Result<AttributeValue, Refused> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Refused::Syntax);
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<AttributeValue, Refused> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count();
        let number = &rest[..length];
        if !is_number(number.as_bytes()) {
            return Err(Refused::Syntax);
        }
        self.at += length;
        Ok(AttributeValue::N(number.to_owned()))
    }

    /// A string without escapes is copied as it is; the others are serde_json's work.
    fn string(&mut self) -> Result<String, Refused> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        if bytes.get(start) != Some(&b'"') {
            return Err(Refused::Syntax);
        }
        let mut escaped = false;
        let mut at = start + 1;
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                Some(0..0x20) | None => return Err(Refused::Syntax),
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        if escaped {
            serde_json::from_str(&self.text[start..=at]).map_err(|_| Refused::Syntax)
        } else {
            Ok(self.text[start + 1..at].to_owned())
        }
    }
}

/// JSON's grammar of numbers.
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(text);
    if whole == 0 || (whole > 1 && text[0] == b'0') {
        return false;
    }
    let mut rest = &text[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && exponent.len() == length;
    }
    rest.is_empty()
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
                let item = read_object(text.as_bytes()).map_err(|refused| TestCaseError::fail(format!("{refused:?}")))?;
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
            let accepted = read_object(text.as_bytes()).is_ok();
            prop_assert!(accepted == serde_json::from_str::<serde_json::Value>(&text).is_ok() || (accepted && huge), "{}", text);
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = read_object(&bytes);
        }
    }

    #[test]
    fn keeps_every_digit() {
        let text = r#"{"n":170141183460469231731687303715884105727.00100}"#;
        assert_eq!(write_object(&[], &read_object(text.as_bytes()).expect("valid")), text.as_bytes());
    }

    #[test]
    fn bounds_the_depth() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read_object(nested(DEPTH - 1).as_bytes()).is_ok());
        assert_eq!(read_object(nested(DEPTH).as_bytes()), Err(Refused::TooDeep));
        assert_eq!(read_object(nested(1_000_000).as_bytes()), Err(Refused::TooDeep));
    }
}
