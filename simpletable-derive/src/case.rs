//! Serde's `rename_all`: the names that serde gives to fields and variants.

/// A rule of `rename_all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    /// The rule of this name; serde itself reports any other.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return None,
        })
    }

    /// A field's name; serde takes it to be in snake case.
    pub(crate) fn field(self, name: &str) -> String {
        match self {
            Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_ascii_uppercase(),
            Self::Pascal => name.split('_').map(|word| with_first(word, char::to_ascii_uppercase)).collect(),
            Self::Camel => with_first(&Self::Pascal.field(name), char::to_ascii_lowercase),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// A variant's name; serde takes it to be in pascal case.
    pub(crate) fn variant(self, name: &str) -> String {
        match self {
            Self::Lower => name.to_ascii_lowercase(),
            Self::Upper => name.to_ascii_uppercase(),
            Self::Pascal => name.to_owned(),
            Self::Camel => with_first(name, char::to_ascii_lowercase),
            Self::Snake => {
                let mut snake = String::new();
                for (at, letter) in name.char_indices() {
                    if at > 0 && letter.is_uppercase() {
                        snake.push('_');
                    }
                    snake.push(letter.to_ascii_lowercase());
                }
                snake
            }
            Self::ScreamingSnake => Self::Snake.variant(name).to_ascii_uppercase(),
            Self::Kebab => Self::Snake.variant(name).replace('_', "-"),
            Self::ScreamingKebab => Self::ScreamingSnake.variant(name).replace('_', "-"),
        }
    }
}

fn with_first(word: &str, change: fn(&char) -> char) -> String {
    let mut letters = word.chars();
    letters.next().iter().map(change).chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;

    /// Serde's own answer, from the real derive.
    macro_rules! against_serde {
        ($($test:ident: $rule:literal),* $(,)?) => {$(
            #[test]
            fn $test() {
                #[derive(Serialize)]
                #[serde(rename_all = $rule)]
                #[expect(non_snake_case, reason = "serde has a rule for two underscores")]
                struct Fields {
                    title: u8,
                    due_date: u8,
                    _under_: u8,
                    a__b: u8,
                    line_2: u8,
                    r#type: u8,
                    élan_vital: u8,
                }
                #[derive(Serialize)]
                #[serde(rename_all = $rule)]
                enum Variants {
                    Outcome,
                    VeryTasty,
                    A,
                    Z42,
                    HTTPServer,
                    Line2B,
                    Élan,
                }

                let case = Case::parse($rule).expect("a rule");
                let fields = Fields { title: 0, due_date: 0, _under_: 0, a__b: 0, line_2: 0, r#type: 0, élan_vital: 0 };
                let stored = serde_json::to_value(fields).expect("a map");
                for name in ["title", "due_date", "_under_", "a__b", "line_2", "type", "élan_vital"] {
                    assert!(stored.get(case.field(name)).is_some(), "{name} became {} in {stored}", case.field(name));
                }
                use Variants::*;
                let names = ["Outcome", "VeryTasty", "A", "Z42", "HTTPServer", "Line2B", "Élan"];
                for (variant, name) in [Outcome, VeryTasty, A, Z42, HTTPServer, Line2B, Élan].into_iter().zip(names) {
                    assert_eq!(serde_json::to_value(variant).expect("a string"), case.variant(name));
                }
            }
        )*};
    }

    against_serde! {
        lower: "lowercase",
        upper: "UPPERCASE",
        pascal: "PascalCase",
        snake: "snake_case",
        screaming_snake: "SCREAMING_SNAKE_CASE",
        kebab: "kebab-case",
        screaming_kebab: "SCREAMING-KEBAB-CASE",
    }

    // Serde's derive panics on camelCase names that do not begin with ASCII, so these stand apart.
    #[test]
    fn camel() {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Fields {
            due_date: u8,
            _under_: u8,
        }
        let stored = serde_json::to_string(&Fields { due_date: 0, _under_: 0 }).expect("a map");
        assert_eq!(stored, format!(r#"{{"{}":0,"{}":0}}"#, Case::Camel.field("due_date"), Case::Camel.field("_under_")));
        assert_eq!(Case::Camel.variant("VeryTasty"), "veryTasty");
    }

    #[test]
    fn names_that_serde_refuses_do_not_panic() {
        assert_eq!(Case::Camel.field("___"), "");
        assert_eq!(Case::Camel.variant("Élan"), "Élan");
        assert_eq!(Case::parse("Title Case"), None);
    }
}
