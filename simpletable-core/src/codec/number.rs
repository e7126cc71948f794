//! DynamoDB's numbers: 38 significant digits, 1E-130 to 9.99…E+125.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number>

use std::cmp::Ordering;

/// Whether DynamoDB can hold the number, given as an integer or in Rust's float notation.
pub(crate) fn fits(text: &str) -> bool {
    // Most are short, and have no exponent.
    if text.len() <= 38 && !text.contains(['e', 'E']) {
        return true;
    }
    let (digits, exponent) = significant(text);
    digits == 0 || (digits <= 38 && (-130..=125).contains(&exponent))
}

/// How many significant digits a number has, and the power of ten of the first of them.
pub(crate) fn significant(text: &str) -> (usize, i32) {
    let text = text.trim_start_matches(['-', '+']);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: String = [whole, fraction].concat();
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let significant = digits[leading..].trim_end_matches('0').len();
    let position = i32::try_from(whole.len()).unwrap_or(i32::MAX) - 1 - i32::try_from(leading).unwrap_or(i32::MAX);
    (significant, exponent.parse::<i32>().unwrap_or(i32::MAX).saturating_add(position))
}

/// Whether two numbers are the same in any notation.
pub(crate) fn is_equal(a: &str, b: &str) -> bool {
    a == b || normal(a) == normal(b)
}

/// The same text for the same number, however it is written: sign, significant digits, and the power of ten of the first of them.
pub(crate) fn normal(text: &str) -> String {
    let (count, exponent) = significant(text);
    if count == 0 {
        return "0".to_owned();
    }
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0').take(count).collect();
    let sign = if text.starts_with('-') { "-" } else { "" };
    format!("{sign}{digits}e{exponent}")
}

/// Which of two numbers is the greater.
pub(crate) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (normal(a), normal(b));
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (Some(a), Some(b)) => magnitude(b).cmp(&magnitude(a)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => magnitude(&a).cmp(&magnitude(&b)),
    }
}

/// A normal form without its sign, so that it compares by size. Digits without zeros at either end compare as text.
fn magnitude(normal: &str) -> (i32, &str) {
    let (digits, exponent) = normal.split_once('e').unwrap_or(("", ""));
    (exponent.parse().unwrap_or(i32::MIN), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_number_in_any_notation() {
        for same in [&["0", "-0.0", "0e9"][..], &["100", "1e2", "1E+2", "0100", "100.00"], &["-0.05", "-5e-2", "-.05"], &["1010", "1.01e3"]]
        {
            assert!(same.iter().all(|a| same.iter().all(|b| is_equal(a, b))), "{same:?}");
        }
        for (a, b) in [("1", "-1"), ("1", "10"), ("101", "11"), ("1", "0"), ("1.5", "15"), ("1e-5", "1e5")] {
            assert!(!is_equal(a, b), "{a} {b}");
        }
    }

    #[test]
    fn orders_numbers_in_any_notation() {
        let ascending = ["-1e100", "-101", "-1.01e1", "-10", "-0.5", "-5e-2", "0", "5e-3", ".05", "0.5", "9", "10", "10.1", "101", "2e100"];
        for (i, a) in ascending.iter().enumerate() {
            for (j, b) in ascending.iter().enumerate() {
                assert_eq!(order(a, b), i.cmp(&j), "{a} {b}");
            }
        }
        assert_eq!(order("-0.0", "0e5"), Ordering::Equal);
    }

    #[test]
    fn counts_digits_and_magnitude() {
        for (text, expected) in [
            ("0", (0, 0)),
            ("-42", (2, 1)),
            ("100", (1, 2)),
            ("1.50", (2, 0)),
            ("0.001", (1, -3)),
            ("1e300", (1, 300)),
            ("2.5e-7", (2, -7)),
        ] {
            let found = significant(text);
            assert!(found == expected || expected.0 == 0 && found.0 == 0, "{text}: {found:?}");
        }
    }

    #[test]
    fn equal_numbers_have_one_normal_form() {
        for (text, expected) in
            [("0", "0"), ("-0.00", "0"), ("10", "1e1"), ("1.0e1", "1e1"), ("+10.0", "1e1"), ("-0.00120", "-12e-3"), ("102", "102e2")]
        {
            assert_eq!(normal(text), expected, "{text}");
        }
    }

    #[test]
    fn knows_the_limits() {
        assert!(fits("99999999999999999999999999999999999999"));
        assert!(!fits("100000000000000000000000000000000000001"));
        assert!(fits(&i128::MAX.to_string()[..38]));
        assert!(!fits(&i128::MAX.to_string()));
        assert!(fits("1e125") && !fits("1e126"));
        assert!(fits("1e-130") && !fits("1e-131"));
        assert!(fits("0.0") && fits("-0.0"));
    }
}
