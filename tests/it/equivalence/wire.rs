//! DynamoDB's JSON, written in as many ways as JSON can be, and compared by what it means.

use std::io::Read;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::base64;
use fastrand::Rng;
use flate2::read::GzDecoder;
use serde_json::{Map, Value, json};

use crate::stored::Row;

/// An item as DynamoDB writes it.
pub(crate) fn item(item: &Row) -> Value {
    Value::Object(item.iter().map(|(name, of)| (name.clone(), value(of))).collect())
}

fn value(of: &AttributeValue) -> Value {
    match of {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::B(bytes) => json!({ "B": base64::encode(bytes) }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::L(values) => json!({ "L": values.iter().map(value).collect::<Vec<_>>() }),
        AttributeValue::M(values) => json!({ "M": item(values) }),
        AttributeValue::Ss(members) => json!({ "SS": members }),
        AttributeValue::Ns(members) => json!({ "NS": members }),
        AttributeValue::Bs(members) => json!({ "BS": members.iter().map(base64::encode).collect::<Vec<_>>() }),
        other => unreachable!("DynamoDB has no {other:?}"),
    }
}

/// JSON as somebody may write it: with white space, with characters of texts escaped that need it or not, with the members of objects in any
/// order. Names have the escapes that they need, and base64 has none: there the SDK does not look for any.
pub(crate) fn text(value: &Value, rng: &mut Rng) -> String {
    // As DynamoDB itself does, every now and then.
    if rng.u8(..8) == 0 {
        return value.to_string();
    }
    let mut text = String::new();
    write(value, rng, &mut text);
    text
}

fn write(value: &Value, rng: &mut Rng, text: &mut String) {
    blank(rng, text);
    match value {
        Value::String(string) => write_string(string, rng, text),
        Value::Object(members) if only(members).is_some_and(|(name, _)| matches!(name, "B" | "BS")) => text.push_str(&value.to_string()),
        Value::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write(value, rng, text);
            }
            blank(rng, text);
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            rng.shuffle(&mut members);
            text.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                blank(rng, text);
                text.push_str(&json!(name).to_string());
                blank(rng, text);
                text.push(':');
                write(value, rng, text);
            }
            blank(rng, text);
            text.push('}');
        }
        other => text.push_str(&other.to_string()),
    }
    blank(rng, text);
}

fn blank(rng: &mut Rng, text: &mut String) {
    while rng.u8(..6) == 0 {
        text.push([' ', '\t', '\n', '\r'][rng.usize(..4)]);
    }
}

fn write_string(string: &str, rng: &mut Rng, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        let short = "\"\"\\\\//\u{8}b\u{c}f\nn\rr\tt".chars().collect::<Vec<_>>();
        let short = short.chunks(2).find(|pair| pair[0] == character).map(|pair| pair[1]);
        let must = matches!(character, '"' | '\\' | '\0'..' ');
        match (rng.u8(..5), short) {
            (0, _) => write_units(character, rng, text),
            (1, Some(short)) => text.extend(['\\', short]),
            (_, Some(short)) if must => text.extend(['\\', short]),
            _ if must => write_units(character, rng, text),
            _ => text.push(character),
        }
    }
    text.push('"');
}

/// As UTF-16 in hexadecimal digits: two of them beyond the basic plane.
fn write_units(character: char, rng: &mut Rng, text: &mut String) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        text.push_str(&if rng.bool() { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") });
    }
}

/// What a request or an item says: numbers of any notation alike, sets in order, `data` as the JSON that is in it.
pub(crate) fn meaning(value: &Value) -> Value {
    match value {
        Value::Object(members) => match only(members) {
            Some(("N", Value::String(number))) => json!({ "N": digits(number) }),
            Some((set @ ("SS" | "NS" | "BS"), Value::Array(members))) => {
                let text = |member: &Value| member.as_str().expect("a text").to_owned();
                let mut members: Vec<_> =
                    members.iter().map(|member| if set == "NS" { digits(&text(member)) } else { text(member) }).collect();
                members.sort_unstable();
                json!({ set: members })
            }
            _ => Value::Object(members.iter().map(|(name, value)| (name.clone(), member(name, value))).collect()),
        },
        Value::Array(values) => values.iter().map(meaning).collect(),
        other => other.clone(),
    }
}

fn only(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    members.iter().next().filter(|_| members.len() == 1).map(|(name, value)| (name.as_str(), value))
}

/// Of two shortest texts that are equally near to a float, one writer takes the one and another writer the other: `1717851.25` is `….2` and `….3`
/// to an `f32`. So floats, which the fields of these names are, are compared as floats.
fn member(name: &str, value: &Value) -> Value {
    if let (Some(number), "f32" | "f64") = (value["N"].as_str(), name) {
        let float = if name == "f32" { number.parse::<f32>().map(f64::from) } else { number.parse::<f64>() };
        return json!({ "N": float.expect("a float") });
    }
    match value.get("B").and_then(Value::as_str) {
        Some(bytes) if name == "data" => json!({ "JSON": unpacked(bytes) }),
        _ => meaning(value),
    }
}

fn unpacked(base64: &str) -> Value {
    serde_json::from_slice(&inflated(base64)).expect("`data` holds JSON")
}

pub(crate) fn inflated(base64: &str) -> Vec<u8> {
    let mut json = Vec::new();
    GzDecoder::new(&base64::decode(base64).expect("base64")[..]).read_to_end(&mut json).expect("`data` is gzip");
    json
}

/// Where two values differ first, and how.
pub(crate) fn difference(ours: &Value, theirs: &Value) -> Option<String> {
    let nothing = Value::Null;
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => a.keys().chain(b.keys().filter(|name| !a.contains_key(*name))).find_map(|name| {
            let [ours, theirs] = [a, b].map(|members| members.get(name).unwrap_or(&nothing));
            difference(ours, theirs).map(|rest| format!("{name} > {rest}"))
        }),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(index, (ours, theirs))| difference(ours, theirs).map(|rest| format!("{index} > {rest}")))
        }
        // `serde_json` does not read every float to its last digit; in `data` an `f32` has 7 digits, as `member` says. `values.rs` reads every
        // float back.
        (Value::Number(a), Value::Number(b)) if a.is_f64() && b.is_f64() => {
            let [a, b] = [a, b].map(|number| number.as_f64().expect("a float"));
            ((a - b).abs() > a.abs() * 1.2e-7).then(|| format!("{a} instead of {b}"))
        }
        _ => (ours != theirs).then(|| format!("{ours} instead of {theirs}")),
    }
}

/// The sign, the significant digits and the power of ten of a number.
fn digits(number: &str) -> String {
    let (sign, rest) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    assert!(!all.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit()), "a number: {number}");
    let (digits, leading) = (all.trim_start_matches('0'), all.len() - all.trim_start_matches('0').len());
    if digits.is_empty() {
        return "0".to_owned();
    }
    let exponent = exponent.parse::<i64>().expect("an exponent") + whole.len() as i64 - leading as i64;
    format!("{sign}0.{}e{exponent}", digits.trim_end_matches('0'))
}

#[test]
fn numbers_are_compared_by_what_they_are() {
    for (a, b) in [("1", "1.0"), ("-10", "-1e1"), ("0.00120", "1.2E-3"), ("0", "-0.0"), ("100200", "1.002e+5")] {
        assert_eq!(digits(a), digits(b), "{a} {b}");
    }
    for (a, b) in [("1", "-1"), ("1", "10"), ("1", "0"), ("101", "11"), ("1.5", "15")] {
        assert_ne!(digits(a), digits(b), "{a} {b}");
    }
}

#[test]
fn every_way_of_writing_says_the_same() {
    let rng = &mut Rng::with_seed(7);
    let value = json!({ "a\"\\/\u{8}\u{c}\n\r\t\0\u{1f}é€𝄞": [1, "", { "b": null, "c": true, "d": -1.5 }], "e": {}, "f": [] });
    for _ in 0..200 {
        let text = text(&value, rng);
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value, "{text}");
    }
}
