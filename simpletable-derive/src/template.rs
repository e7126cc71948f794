//! Key templates as text: `"owner#<owner>#<priority:03>"`.

/// One piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text that stands as it is.
    Literal(String),
    /// `<name>` or `<name:03>`.
    Placeholder { name: String, width: Option<u8> },
}

/// A mistake in a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) help: String,
}

/// The widest number that a key can hold: the digits of `u128::MAX`.
const MAX_WIDTH: u8 = 39;

/// The pieces that could be read, and every mistake.
pub(crate) fn parse(text: &str) -> (Vec<Piece>, Vec<Problem>) {
    let mut problems = Vec::new();
    if text.is_empty() {
        problems.push(problem("a key template cannot be empty", "write literals and `<field>` placeholders: `\"owner#<owner>\"`"));
    }
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once('<') {
        push_literal(literal, &mut pieces, &mut problems);
        // `<a<b>`: the first one is not closed, the second one may be.
        let end = after.find(['<', '>']).filter(|end| after[*end..].starts_with('>'));
        let Some(end) = end else {
            problems.push(problem(format!("unclosed `<` in `{text}`"), "close the placeholder: `<field>`"));
            rest = &after[after.find('<').unwrap_or(after.len())..];
            continue;
        };
        pieces.extend(placeholder(&after[..end], &mut problems));
        rest = &after[end + 1..];
    }
    push_literal(rest, &mut pieces, &mut problems);
    problems.extend(neighbours(&pieces));
    (pieces, problems)
}

fn push_literal(literal: &str, pieces: &mut Vec<Piece>, problems: &mut Vec<Problem>) {
    if literal.contains('>') {
        problems
            .push(problem(format!("`>` without `<` in `{literal}`"), "a placeholder is `<field>`; a literal cannot contain `<` or `>`"));
    }
    if !literal.is_empty() {
        pieces.push(Piece::Literal(literal.to_owned()));
    }
}

fn placeholder(inner: &str, problems: &mut Vec<Problem>) -> Option<Piece> {
    let (name, width) = inner.split_once(':').map_or((inner, None), |(name, width)| (name, Some(width)));
    if name.is_empty() {
        problems.push(problem(format!("`<{inner}>` names no field"), "name the field between `<` and `>`"));
        return None;
    }
    let width = width.and_then(|digits| parse_width(name, digits).map_err(|problem| problems.push(problem)).ok());
    Some(Piece::Placeholder { name: name.to_owned(), width })
}

fn parse_width(name: &str, digits: &str) -> Result<u8, Problem> {
    let number = digits.strip_prefix('0').filter(|rest| !rest.starts_with(['0', '+'])).unwrap_or_default();
    let width: Option<u8> = number.parse().ok().filter(|width| (1..=MAX_WIDTH).contains(width));
    width.ok_or_else(|| {
        problem(
            format!("`{digits}` in `<{name}:{digits}>` is no width"),
            format!("a width is `0` and a number from 1 to {MAX_WIDTH}: `<{name}:03>` pads with zeros to three digits"),
        )
    })
}

fn neighbours(pieces: &[Piece]) -> impl Iterator<Item = Problem> {
    pieces.windows(2).filter_map(|pair| match pair {
        [Piece::Placeholder { name: first, .. }, Piece::Placeholder { name: second, .. }] => Some(problem(
            format!("nothing stands between `<{first}>` and `<{second}>`, so two pairs of values can make one key"),
            format!("put a literal between them: `<{first}>#<{second}>`"),
        )),
        _ => None,
    })
}

fn problem(message: impl Into<String>, help: impl Into<String>) -> Problem {
    Problem { message: message.into(), help: help.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn literal(text: &str) -> Piece {
        Piece::Literal(text.to_owned())
    }

    fn placeholder(name: &str, width: Option<u8>) -> Piece {
        Piece::Placeholder { name: name.to_owned(), width }
    }

    fn messages(text: &str) -> Vec<String> {
        parse(text).1.into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn what_parses() {
        for (text, pieces) in [
            ("ORG", vec![literal("ORG")]),
            ("<owner>", vec![placeholder("owner", None)]),
            ("owner#<owner>", vec![literal("owner#"), placeholder("owner", None)]),
            ("<priority:03>#<due>", vec![placeholder("priority", Some(3)), literal("#"), placeholder("due", None)]),
            ("<n:020>", vec![placeholder("n", Some(20))]),
            ("<n:039>é", vec![placeholder("n", Some(39)), literal("é")]),
        ] {
            assert_eq!(parse(text), (pieces, vec![]), "{text}");
        }
    }

    #[test]
    fn what_does_not() {
        for (text, expected) in [
            ("", "a key template cannot be empty"),
            ("a#<b", "unclosed `<` in `a#<b`"),
            ("<", "unclosed `<` in `<`"),
            ("a#<>", "`<>` names no field"),
            ("<:03>", "`<:03>` names no field"),
            ("a>b", "`>` without `<` in `a>b`"),
            ("<a:3>", "`3` in `<a:3>` is no width"),
            ("<a:00>", "`00` in `<a:00>` is no width"),
            ("<a:003>", "`003` in `<a:003>` is no width"),
            ("<a:040>", "`040` in `<a:040>` is no width"),
            ("<a:>", "`` in `<a:>` is no width"),
            ("<a:0+3>", "`0+3` in `<a:0+3>` is no width"),
            ("<a><b>", "nothing stands between `<a>` and `<b>`, so two pairs of values can make one key"),
        ] {
            assert_eq!(messages(text), [expected], "{text}");
        }
        assert_eq!(messages("<a<b>"), ["unclosed `<` in `<a<b>`"]);
        assert_eq!(messages("<a:3><>x>").len(), 3);
    }

    fn piece() -> impl Strategy<Value = (Piece, String)> {
        prop_oneof![
            "[^<>]{1,8}".prop_map(|text| (literal(&text), text)),
            ("[a-z_]{1,8}", proptest::option::of(1u8..=39)).prop_map(|(name, width)| {
                let text = width.map_or_else(|| format!("<{name}>"), |width| format!("<{name}:0{width}>"));
                (placeholder(&name, width), text)
            }),
        ]
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[<>:0-9a-z#é]{0,24}") {
            let (pieces, problems) = parse(&text);
            prop_assert!(!pieces.is_empty() || !problems.is_empty());
        }

        #[test]
        fn pieces_read_back(first in piece(), more in proptest::collection::vec(piece(), 0..6)) {
            let mut pieces = vec![first];
            for next in more {
                // Neighbours of one kind are one literal, or an error.
                let alike = pieces.last().is_some_and(|(last, _)| std::mem::discriminant(last) == std::mem::discriminant(&next.0));
                if !alike {
                    pieces.push(next);
                }
            }
            let text: String = pieces.iter().map(|(_, text)| text.as_str()).collect();
            let expected: Vec<Piece> = pieces.into_iter().map(|(piece, _)| piece).collect();
            prop_assert_eq!(parse(&text), (expected, vec![]));
        }
    }
}
