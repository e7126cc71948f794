use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const OLD: [u8; 32] = [7; 32];
const NEW: [u8; 32] = [8; 32];

fn keys(keys: &[(u8, [u8; 32])]) -> CursorKeys {
    let mut all = CursorKeys::default();
    for (id, secret) in keys {
        all.push(*id, *secret);
    }
    all
}

fn plain() -> CursorKeys {
    CursorKeys::default()
}

/// Without keys, and with them.
fn both() -> [CursorKeys; 2] {
    [plain(), keys(&[(1, NEW), (9, OLD)])]
}

fn binding() -> Binding {
    Binding::new("app").field("Invoice").field("org#acme")
}

fn position() -> Vec<String> {
    ["org#acme", "invoice#1", "status#open", "2026-01-01"].map(str::to_owned).to_vec()
}

fn seal(keys: &CursorKeys, position: &[String]) -> Cursor {
    Cursor::seal(keys, &binding(), position).expect("the position can be sealed")
}

fn open(text: impl AsRef<str>, keys: &CursorKeys) -> Result<Vec<String>, Invalid> {
    Cursor::open(text, keys, &binding())
}

fn bytes_of(cursor: &Cursor) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(&cursor.text).expect("a cursor is base64url")
}

/// The texts come from another program, after the table in `mod.rs`.
#[test]
fn stays_as_it_was_published() {
    let text = "AQ08V9zOam8equApX5jnKa9vcmcjYWNtZf9pbnZvaWNlIzH_c3RhdHVzI29wZW7_MjAyNi0wMS0wMf8";
    assert_eq!(seal(&plain(), &position()).text, text);
    assert_eq!(open(text, &plain()), Ok(position()));
    let text = "AgEAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhdBhWiscxkm-TPRLwm9G6Zo_Zh-GmdOMQdMlbw0jSLdi5ELt0TyQG6jZe87weWGFI52JrQWcucYGJXL";
    assert_eq!(open(text, &keys(&[(1, NEW)])), Ok(position()));
}

#[test]
fn is_text_for_urls() {
    for keys in both() {
        let text = seal(&keys, &["\u{3ff}\u{3ff}~?>".to_owned(), "/+=&#".to_owned()]).to_string();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{text}");
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    for keys in both() {
        let bytes = bytes_of(&seal(&keys, &position()));
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(URL_SAFE_NO_PAD.encode(bytes), &keys), Err(Invalid), "bit {bit}");
        }
    }
}

#[test]
fn every_other_character_is_refused() {
    for keys in both() {
        let text = seal(&keys, &position()).to_string();
        for (at, was) in text.char_indices() {
            for other in (' '..='~').chain(['\0', '\n', 'é', '\u{1F980}']).filter(|other| *other != was) {
                let text = [&text[..at], &other.to_string(), &text[at + 1..]].concat();
                assert_eq!(open(text, &keys), Err(Invalid), "{other:?} at {at}");
            }
        }
    }
}

#[test]
fn every_part_and_every_longer_text_is_refused() {
    for keys in both() {
        let cursor = seal(&keys, &position());
        let (text, bytes) = (cursor.to_string(), bytes_of(&cursor));
        for at in 0..text.len() {
            assert_eq!(open(&text[..at], &keys), Err(Invalid), "without the end from {at}");
            assert_eq!(open(&text[at + 1..], &keys), Err(Invalid), "from {}", at + 1);
        }
        for at in 0..bytes.len() {
            assert_eq!(open(URL_SAFE_NO_PAD.encode(&bytes[..at]), &keys), Err(Invalid), "the bytes to {at}");
        }
        for end in ["=", "A", "AA", "AAAA", " ", "\n", &text] {
            assert_eq!(open(format!("{text}{end}"), &keys), Err(Invalid), "{end:?} behind");
        }
        assert_eq!(open(format!(" {text}"), &keys), Err(Invalid));
    }
}

#[test]
fn belongs_to_its_binding() {
    let others = [
        Binding::new("app").field("Invoice"),
        Binding::new("app").field("Invoice").field("org#acme").field(""),
        Binding::new("app").field("Invoice").field("org#acm").field("e"),
        Binding::new("app").field("Invoiceorg#acme"),
        Binding::new("app").field("org#acme").field("Invoice"),
        Binding::new("appInvoice").field("").field("org#acme"),
        Binding::new("test").field("Invoice").field("org#acme"),
    ];
    for keys in both() {
        let cursor = seal(&keys, &position());
        assert_eq!(open(&cursor, &keys), Ok(position()));
        for (at, other) in others.iter().enumerate() {
            assert_eq!(Cursor::open(&cursor, &keys, other), Err(Invalid), "{at}");
        }
    }
}

#[test]
fn the_first_key_seals_and_all_open() {
    let cursor = seal(&keys(&[(1, OLD)]), &position());
    for rotating in [keys(&[(1, OLD), (2, NEW)]), keys(&[(2, NEW), (1, OLD)])] {
        assert_eq!(open(&cursor, &rotating), Ok(position()));
    }
    let newer = seal(&keys(&[(2, NEW), (1, OLD)]), &position());
    assert_eq!(open(&newer, &keys(&[(2, NEW)])), Ok(position()));
    assert_eq!(open(&newer, &keys(&[(1, OLD)])), Err(Invalid));
    assert_eq!(open(&cursor, &keys(&[(2, NEW)])), Err(Invalid));
}

#[test]
fn a_key_opens_by_its_id_and_its_secret() {
    let cursor = seal(&keys(&[(1, OLD)]), &position());
    assert_eq!(open(&cursor, &keys(&[(2, OLD)])), Err(Invalid));
    assert_eq!(open(&cursor, &keys(&[(1, NEW)])), Err(Invalid));
    // Two keys with one id, by mistake: both work.
    assert_eq!(open(&cursor, &keys(&[(1, NEW), (1, OLD)])), Ok(position()));
}

#[test]
fn plain_and_sealed_are_not_mixed() {
    let [plain, sealed] = both();
    assert_eq!(open(seal(&plain, &position()), &sealed), Err(Invalid));
    assert_eq!(open(seal(&sealed, &position()), &plain), Err(Invalid));
}

#[test]
fn unknown_forms_are_refused() {
    for keys in both() {
        let mut bytes = bytes_of(&seal(&keys, &position()));
        let form = bytes[0];
        for other in (0..=u8::MAX).filter(|other| *other != form) {
            bytes[0] = other;
            assert_eq!(open(URL_SAFE_NO_PAD.encode(&bytes), &keys), Err(Invalid), "{other}");
        }
    }
}

#[test]
fn a_sealed_cursor_hides_the_position_and_never_repeats() {
    let [_, keys] = both();
    let (one, two) = (seal(&keys, &position()), seal(&keys, &position()));
    assert_ne!(one, two);
    for value in position() {
        let has = |cursor: &Cursor| bytes_of(cursor).windows(value.len()).any(|part| part == value.as_bytes());
        assert!(!has(&one) && has(&seal(&plain(), &position())), "{value}");
    }
}

#[test]
fn holds_the_largest_keys_of_dynamodb() {
    let largest = [2048, 1024, 2048, 1024].map(|bytes| "k".repeat(bytes)).to_vec();
    for keys in both() {
        assert_eq!(open(seal(&keys, &largest), &keys), Ok(largest.clone()));
        assert_eq!(Cursor::seal(&keys, &binding(), &["k".repeat(2 * 2048), "k".repeat(3 * 1024)]), Err(Invalid));
    }
}

#[test]
fn a_longer_text_is_refused() {
    let position = ["k".repeat(TEXT_BYTES / 4 * 3), "k".to_owned()];
    let check = check(&binding().hash(), &encode(&position));
    let text = URL_SAFE_NO_PAD.encode([&[PLAIN], &check[..], &encode(&position)].concat());
    assert!(text.len() > TEXT_BYTES);
    assert_eq!(open(text, &plain()), Err(Invalid));
    assert_eq!(open("A".repeat(1 << 20), &plain()), Err(Invalid));
}

#[test]
fn no_position_is_page_one() {
    let empty: [&[&str]; 4] = [&[], &[""], &["pk", ""], &["", "sk"]];
    for keys in both() {
        for position in empty {
            let position: Vec<String> = position.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(Cursor::seal(&keys, &binding(), &position), Err(Invalid), "{position:?}");
            // Whoever has no key can still make the check of a plain one.
            let bytes = [&[PLAIN], &check(&binding().hash(), &encode(&position))[..], &encode(&position)].concat();
            assert_eq!(open(URL_SAFE_NO_PAD.encode(bytes), &keys), Err(Invalid), "{position:?}");
        }
        assert_eq!(open("", &keys), Err(Invalid));
    }
}

#[test]
fn a_position_that_is_no_text_is_refused() {
    for position in [&b"pk\xFFsk"[..], b"pk\xFF\xC3\xFF", b"\xFF", b"pk\xFF\xFF"] {
        let bytes = [&[PLAIN], &check(&binding().hash(), position)[..], position].concat();
        assert_eq!(open(URL_SAFE_NO_PAD.encode(bytes), &plain()), Err(Invalid), "{position:?}");
        let key = keys(&[(1, NEW)]);
        let bytes = key.sealing().expect("there is a key").seal(&binding().hash(), position);
        assert_eq!(open(URL_SAFE_NO_PAD.encode(bytes), &key), Err(Invalid), "{position:?}");
    }
}

#[test]
fn debug_shows_nothing() {
    for keys in both() {
        let cursor = seal(&keys, &position());
        assert_eq!(format!("{cursor:?} {:#?}", Some(&cursor)), "Cursor(..) Some(\n    Cursor(..),\n)");
        assert_eq!(format!("{cursor}"), cursor.as_ref());
    }
}

#[test]
fn is_a_string_in_json() {
    let cursor = seal(&plain(), &position());
    let json = serde_json::to_string(&cursor).expect("text is JSON");
    assert_eq!(json, format!("\"{cursor}\""));
    assert_eq!(serde_json::from_str::<Cursor>(&json).ok(), Some(cursor));
    assert!(serde_json::from_str::<Cursor>("null").is_err());
}

#[test]
fn comes_as_cursor_text_or_option() {
    fn text(cursor: impl IntoCursor) -> Option<String> {
        cursor.into_cursor().map(|cursor| cursor.to_string())
    }
    let cursor = "text".into_cursor().expect("there is a cursor");
    let owned = "text".to_owned();
    let given = [
        text(&cursor),
        text(Some(&cursor)),
        text(cursor.clone()),
        text(Some(cursor)),
        text("text"),
        text(Some("text")),
        text(&owned),
        text(Some(&owned)),
        text(owned.clone()),
        text(Some(owned)),
    ];
    assert_eq!(given, [const { Some("text") }; 10].map(|text| text.map(str::to_owned)));
    assert_eq!(text(None::<Cursor>), None);
    assert_eq!(text(None::<&str>), None);
    assert_eq!(text(""), Some(String::new()));
}

fn any_position() -> impl Strategy<Value = Vec<String>> {
    vec("(?s).{1,40}", 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn opens_what_it_sealed(position in any_position()) {
        for keys in both() {
            prop_assert_eq!(open(seal(&keys, &position), &keys), Ok(position.clone()));
        }
    }

    #[test]
    fn other_fields_are_another_binding(one in vec(vec(any::<u8>(), 0..4), 0..4), two in vec(vec(any::<u8>(), 0..4), 0..4)) {
        let bound = |fields: &[Vec<u8>]| fields.iter().fold(Binding::new("app"), Binding::field).hash();
        prop_assert_eq!(bound(&one) == bound(&two), one == two);
    }

    #[test]
    fn any_text_is_refused(text in "(?s).{0,80}", like in "[A-Za-z0-9_-]{0,160}") {
        for keys in both() {
            prop_assert_eq!(open(&text, &keys), Err(Invalid));
            prop_assert_eq!(open(&like, &keys), Err(Invalid));
        }
    }

    #[test]
    fn damage_is_refused(position in any_position(), at in any::<prop::sample::Index>(), with in vec(any::<u8>(), 0..8), removed in 0_usize..8) {
        for keys in both() {
            let whole = bytes_of(&seal(&keys, &position));
            let mut bytes = whole.clone();
            let at = at.index(bytes.len());
            bytes.splice(at..bytes.len().min(at + removed), with.iter().copied());
            let expected = if bytes == whole { Ok(position.clone()) } else { Err(Invalid) };
            prop_assert_eq!(open(URL_SAFE_NO_PAD.encode(bytes), &keys), expected);
        }
    }
}

proptest! {
    // In place of a fuzzer: what is behind the base64 and the first byte has no structure that one could find.
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn any_bytes_are_refused(form in 0_u8..4, key in prop::sample::select(vec![0_u8, 1, 9]), bytes in vec(any::<u8>(), 0..120)) {
        for keys in both() {
            prop_assert_eq!(open(URL_SAFE_NO_PAD.encode([&[form, key], &bytes[..]].concat()), &keys), Err(Invalid));
            prop_assert_eq!(open(URL_SAFE_NO_PAD.encode(&bytes), &keys), Err(Invalid));
        }
    }
}
