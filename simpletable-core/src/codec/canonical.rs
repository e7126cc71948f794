use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::Item;

/// The same values always as the same bytes, and different ones as different bytes: maps and sets have no order.
pub(crate) fn canonical(values: &Item) -> Vec<u8> {
    let mut out = Vec::new();
    push_map(&mut out, values);
    out
}

/// One value as bytes.
pub(crate) fn canonical_value(value: &AttributeValue) -> Vec<u8> {
    let mut out = Vec::new();
    push(&mut out, value);
    out
}

fn push_map(out: &mut Vec<u8>, values: &Item) {
    let mut members: Vec<_> = values.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    push_length(out, members.len());
    for (name, value) in members {
        push_bytes(out, name.as_bytes());
        push(out, value);
    }
}

fn push(out: &mut Vec<u8>, value: &AttributeValue) {
    match value {
        AttributeValue::S(text) => tagged(out, b'S', text.as_bytes()),
        AttributeValue::N(number) => tagged(out, b'N', number.as_bytes()),
        AttributeValue::B(bytes) => tagged(out, b'B', bytes.as_ref()),
        AttributeValue::Bool(value) => tagged(out, b'b', &[u8::from(*value)]),
        AttributeValue::Ss(members) => push_set(out, b's', members),
        AttributeValue::Ns(members) => push_set(out, b'n', members),
        AttributeValue::Bs(members) => push_set(out, b'y', members),
        AttributeValue::L(values) => {
            out.push(b'L');
            push_length(out, values.len());
            for value in values {
                push(out, value);
            }
        }
        AttributeValue::M(values) => {
            out.push(b'M');
            push_map(out, values);
        }
        _ => out.push(b'0'),
    }
}

fn push_set<T: AsRef<[u8]>>(out: &mut Vec<u8>, tag: u8, members: &[T]) {
    let mut members: Vec<&[u8]> = members.iter().map(AsRef::as_ref).collect();
    members.sort_unstable();
    out.push(tag);
    push_length(out, members.len());
    for member in members {
        push_bytes(out, member);
    }
}

fn tagged(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    push_bytes(out, bytes);
}

fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    push_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn push_length(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice(&(length as u64).to_be_bytes());
}
