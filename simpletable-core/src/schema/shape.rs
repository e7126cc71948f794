/// What the values of a type can look like in a key, as far as the compiler can know.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Any text.
    Text,
    /// Digits.
    Unsigned,
    /// Digits, and a minus sign.
    Signed,
    /// Only these characters.
    Chars(&'static str),
    /// Only these words.
    Words(&'static [&'static str]),
}

impl Shape {
    /// Whether a value of this shape can contain `byte`. Text can contain any.
    pub const fn admits(self, byte: u8) -> bool {
        match self {
            Self::Text => true,
            Self::Unsigned => byte.is_ascii_digit(),
            Self::Signed => byte.is_ascii_digit() || byte == b'-',
            Self::Chars(chars) => contains(chars, byte),
            Self::Words(words) => {
                let mut i = 0;
                while i < words.len() {
                    if contains(words[i], byte) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
        }
    }

    /// Whether values of this shape are checked against delimiters at run time (the compiler cannot).
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Text)
    }

    /// Whether values of this shape are integers.
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::Unsigned | Self::Signed)
    }
}

const fn contains(text: &str, byte: u8) -> bool {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == byte {
            return true;
        }
        i += 1;
    }
    false
}
