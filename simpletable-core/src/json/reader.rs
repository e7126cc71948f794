use std::borrow::Cow;

/// How deep JSON may nest, as in serde_json. DynamoDB's 32 levels are 65 of them.
pub(crate) const DEPTH: u32 = 128;

/// Why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It is no JSON, or not the JSON that belongs there.
    Syntax,
    /// It nests deeper than [`DEPTH`].
    TooDeep,
}

/// Reads JSON from a text, and copies nothing but strings with escapes.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

/// A string between its quotes, as it stands in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoted<'a> {
    pub(crate) raw: &'a str,
    pub(crate) escaped: bool,
}

impl<'a> Quoted<'a> {
    /// The string.
    #[inline]
    pub(crate) fn text(self) -> Result<Cow<'a, str>, Refused> {
        if self.escaped { unescaped(self.raw).map(Cow::Owned).ok_or(Refused::Syntax) } else { Ok(Cow::Borrowed(self.raw)) }
    }
}

/// What a string with escapes stands for. It is never longer than its text.
fn unescaped(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    loop {
        let at = special(rest.as_bytes(), 0);
        text.push_str(rest.get(..at)?);
        rest = rest.get(at..)?;
        if rest.is_empty() {
            return Some(text);
        }
        let (letter, behind) = rest.strip_prefix('\\')?.split_at_checked(1)?;
        rest = behind;
        text.push(match letter.as_bytes()[0] {
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = u32::from(code_unit(&mut rest)?);
                // The first half of a pair.
                if (0xd800..0xdc00).contains(&code) {
                    rest = rest.strip_prefix("\\u")?;
                    let second = u32::from(code_unit(&mut rest)?).checked_sub(0xdc00).filter(|second| *second < 0x400)?;
                    code = 0x1_0000 + ((code - 0xd800) << 10) + second;
                }
                char::from_u32(code)?
            }
            _ => return None,
        });
    }
}

/// Four hexadecimal digits.
fn code_unit(rest: &mut &str) -> Option<u16> {
    let (digits, behind) = rest.split_at_checked(4)?;
    *rest = behind;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

impl<'a> Reader<'a> {
    #[inline]
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Where it is.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// What is still to be read.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Moves past so many bytes of the rest.
    #[inline]
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// What was read since a position.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.at]
    }

    /// The next byte that is no white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    #[inline]
    pub(crate) fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Result<(), Refused> {
        if self.accept(byte) { Ok(()) } else { Err(Refused::Syntax) }
    }

    /// Moves past a text that stands right here.
    #[inline]
    pub(crate) fn accept_text(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text.as_bytes());
        self.at += if found { text.len() } else { 0 };
        found
    }

    /// Nothing may follow.
    pub(crate) fn end(&mut self) -> Result<(), Refused> {
        if self.peek().is_none() { Ok(()) } else { Err(Refused::Syntax) }
    }

    /// `true`, `false` or `null`.
    pub(crate) fn word(&mut self, word: &str) -> Result<(), Refused> {
        if self.accept_text(word) { Ok(()) } else { Err(Refused::Syntax) }
    }

    /// A number, as its text.
    pub(crate) fn number(&mut self) -> Result<&'a str, Refused> {
        self.peek();
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')).count();
        let number = &rest[..length];
        if !is_number(number.as_bytes()) {
            return Err(Refused::Syntax);
        }
        self.at += length;
        Ok(number)
    }

    /// A string.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Refused> {
        self.quoted()?.text()
    }

    /// A string, as it stands here.
    #[inline]
    pub(crate) fn quoted(&mut self) -> Result<Quoted<'a>, Refused> {
        self.expect(b'"')?;
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut escaped = false;
        let mut at = start;
        loop {
            at = special(bytes, at);
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                _ => return Err(Refused::Syntax),
            }
        }
        self.at = at + 1;
        Ok(Quoted { raw: self.text.get(start..at).ok_or(Refused::Syntax)?, escaped })
    }

    /// The name of a member, and the colon behind it.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<Quoted<'a>, Refused> {
        let name = self.quoted()?;
        self.expect(b':')?;
        Ok(name)
    }

    /// Whether another member or element follows; what `close` ends is ended where none does. `first` is true before the first one.
    #[inline]
    pub(crate) fn more(&mut self, close: u8, first: &mut bool) -> Result<bool, Refused> {
        if std::mem::take(first) {
            return Ok(!self.accept(close));
        }
        if self.accept(b',') {
            return Ok(true);
        }
        self.expect(close)?;
        Ok(false)
    }

    /// Calls a function with the name of each member of an object, to read its value.
    pub(crate) fn members(&mut self, mut member: impl FnMut(&mut Self, Quoted<'a>) -> Result<(), Refused>) -> Result<(), Refused> {
        self.expect(b'{')?;
        let mut first = true;
        while self.more(b'}', &mut first)? {
            let name = self.name()?;
            member(self, name)?;
        }
        Ok(())
    }

    /// Calls a function for each element of an array, to read it.
    pub(crate) fn elements(&mut self, mut element: impl FnMut(&mut Self) -> Result<(), Refused>) -> Result<(), Refused> {
        self.expect(b'[')?;
        let mut first = true;
        while self.more(b']', &mut first)? {
            element(self)?;
        }
        Ok(())
    }

    /// Moves past `{"S":"…"}` and `{"N":"…"}` as DynamoDB writes them: most of what there is.
    #[inline]
    fn accept_scalar(&mut self) -> Result<bool, Refused> {
        let start = self.at;
        if let [b'{', b'"', b'S' | b'N', b'"', b':', b'"', ..] = self.rest() {
            self.at += 5;
            self.quoted()?;
            if self.text.as_bytes().get(self.at) == Some(&b'}') {
                self.at += 1;
                return Ok(true);
            }
            self.at = start;
        }
        Ok(false)
    }

    /// Moves past a value, which may be nested, and returns its text. It is checked, and takes no memory, however deep it is.
    pub(crate) fn skip(&mut self) -> Result<&'a str, Refused> {
        Ok(self.skip_counting(0, 0)?.0)
    }

    /// The same for a value that is inside others, `levels` deep; and how many values there are `at` so many levels of it: members, elements.
    pub(crate) fn skip_counting(&mut self, levels: u32, at: u32) -> Result<(&'a str, u32), Refused> {
        self.peek();
        let start = self.at;
        let mut count = 0;
        // One bit for each level: 1 for an object.
        let mut objects: u128 = 0;
        let mut depth = 0;
        loop {
            let opened = self.peek().ok_or(Refused::Syntax)?;
            match opened {
                b'{' if depth + levels < DEPTH && self.accept_scalar()? => {}
                b'{' | b'[' => {
                    if depth + levels >= DEPTH {
                        return Err(Refused::TooDeep);
                    }
                    self.at += 1;
                    let object = opened == b'{';
                    if !self.accept(if object { b'}' } else { b']' }) {
                        objects = (objects << 1) | u128::from(object);
                        depth += 1;
                        count += u32::from(depth == at);
                        if object {
                            self.name()?;
                        }
                        continue;
                    }
                }
                b'"' => drop(self.quoted()?),
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                _ => drop(self.number()?),
            }
            // A value has ended, and what it is the last one of.
            loop {
                if depth == 0 {
                    return Ok((self.since(start), count));
                }
                let object = objects & 1 == 1;
                if self.accept(b',') {
                    count += u32::from(depth == at);
                    if object {
                        self.name()?;
                    }
                    break;
                }
                self.expect(if object { b'}' } else { b']' })?;
                objects >>= 1;
                depth -= 1;
            }
        }
    }
}

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Where the next quote, backslash or control character is, or the end. Eight bytes at a time: strings are most of what there is.
///
/// <https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord>
pub(super) fn special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let word = u64::from_le_bytes(*chunk);
        let zero = |word: u64| word.wrapping_sub(EACH) & !word;
        let control = word.wrapping_sub(EACH * 0x20) & !word;
        // The lowest bit that is set is right; a borrow can only set higher ones.
        let found = (zero(word ^ (EACH * 0x22)) | zero(word ^ (EACH * 0x5c)) | control) & HIGH;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len())
}

/// JSON's grammar of numbers.
pub(crate) fn is_number(text: &[u8]) -> bool {
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

    fn skipped(text: &str) -> Result<(), Refused> {
        let mut reader = Reader::new(text);
        reader.skip()?;
        reader.end()
    }

    proptest! {
        #[test]
        fn accepts_only_what_serde_json_does(text in "[\\[\\]{}\",:0-9eE.+\\-truefalsn \\\\]{0,24}") {
            // Escapes are looked at when the string is wanted.
            prop_assume!(!text.contains('\\'));
            // Numbers that serde_json reads as infinite are the one thing it refuses and this keeps.
            let huge = text.contains(['e', 'E']);
            let accepted = skipped(&text).is_ok();
            prop_assert!(accepted == serde_json::from_str::<serde_json::Value>(&text).is_ok() || (accepted && huge), "{}", text);
        }

        #[test]
        fn strings_are_as_serde_json_has_them(text: String) {
            for json in [serde_json::to_string(&text)?, format!("\"{}\"", text.chars().map(|c| format!("\\u{:04x}", u32::from(c) & 0xffff)).collect::<String>())] {
                let ours = Reader::new(&json).string().map(Cow::into_owned).ok();
                prop_assert_eq!(ours, serde_json::from_str::<String>(&json).ok());
            }
        }

        #[test]
        fn finds_what_ends_a_string(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let expected = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(bytes.len());
            prop_assert_eq!(special(&bytes, 0), expected);
        }

        #[test]
        fn never_panics(text: String) {
            let _ = skipped(&text);
        }
    }

    #[test]
    fn bounds_the_depth() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(skipped(&nested(DEPTH as usize)), Ok(()));
        assert_eq!(skipped(&nested(DEPTH as usize + 1)), Err(Refused::TooDeep));
        assert_eq!(skipped(&"{\"a\":".repeat(1_000_000)), Err(Refused::TooDeep));
    }
}
