//! An item's size as DynamoDB counts it.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>

use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::Item;
use crate::json::RowText;

/// A row's size in bytes. Its text is always longer: each value has braces and its type.
pub(crate) fn of_row(row: &RowText) -> usize {
    of_item(&row.to_item())
}

/// The item's size in bytes: attribute names in UTF-8, and the values.
pub(crate) fn of_item(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + of_value(value)).sum()
}

/// The value's size in bytes, without its name.
pub(crate) fn of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => of_number(number),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::Ss(set) => set.iter().map(String::len).sum(),
        AttributeValue::Ns(set) => set.iter().map(|number| of_number(number)).sum(),
        AttributeValue::Bs(set) => set.iter().map(|bytes| bytes.as_ref().len()).sum(),
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + of_value(value)).sum::<usize>(),
        AttributeValue::M(values) => 3 + values.iter().map(|(name, value)| 1 + name.len() + of_value(value)).sum::<usize>(),
        _ => 1,
    }
}

/// One byte for each pair of digits, counted from the decimal point, from the first significant digit to the last; and one more, and
/// one for the sign.
fn of_number(text: &str) -> usize {
    let (digits, first) = super::number::significant(text);
    let last = first.saturating_add(1).saturating_sub_unsigned(u32::try_from(digits).unwrap_or(u32::MAX));
    let pairs = if digits == 0 { 0 } else { first.div_euclid(2) - last.div_euclid(2) + 1 };
    usize::try_from(pairs).unwrap_or_default() + 1 + usize::from(text.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by storing items of just under 400 KB, on both engines.
    #[test]
    fn counts_numbers_as_the_engines_do() {
        for (number, bytes) in [
            ("0", 1),
            ("0.0", 1),
            ("1", 2),
            ("12", 2),
            ("-12", 3),
            ("100", 2),
            ("1e100", 2),
            ("0.5", 2),
            ("0.05", 2),
            ("123", 3),
            ("12.3", 3),
            ("1.23", 3),
            ("-7268844.9", 7),
            ("12345678901234567890123456789012345678", 20),
        ] {
            assert_eq!(of_number(number), bytes, "{number}");
        }
    }

    #[test]
    fn counts_what_holds_values() {
        let list = |values| AttributeValue::L(values);
        assert_eq!(of_value(&list(vec![])), 3);
        assert_eq!(of_value(&list(vec![list(vec![])])), 7);
        assert_eq!(of_value(&AttributeValue::M(Item::from([("a".into(), AttributeValue::S("é".into()))]))), 7);
        assert_eq!(of_value(&AttributeValue::Ns(vec!["1".into(), "-1".into()])), 5);
        assert_eq!(of_item(&Item::from([("é".into(), AttributeValue::Bool(true)), ("b".into(), AttributeValue::Null(true))])), 5);
    }
}
