//! Expansions of small declarations, as text. `SNAPSHOTS=overwrite cargo test -p simpletable-derive` writes them; read the change.

use std::path::Path;

use proc_macro2::TokenStream;
use syn::parse_quote;

use crate::{derive_key_part, derive_nested, derive_single_table};

#[track_caller]
fn snapshot(name: &str, code: TokenStream) {
    let code = prettyplease::unparse(&syn::parse2(code).expect("items"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/expand/snapshots").join(name).with_extension("txt");
    if std::env::var_os("SNAPSHOTS").is_some_and(|mode| mode == "overwrite") {
        std::fs::write(&path, &code).expect("the folder exists");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(code == expected, "{name} expands to something else than {}:\n{code}", path.display());
}

#[test]
fn entity() {
    snapshot(
        "entity",
        derive_single_table(&parse_quote! {
            #[table(versioned, max_versions = 10, ttl = "expires")]
            #[gsi(name = "owner", index = "gsi1", pk = "owner#<owner>", sk = "<priority:03>#<created_at>", sk_attr = "rank")]
            #[gsi(name = "state", pk_with = Document::state, projection = "keys_only")]
            pub struct Document {
                owner: Option<String>,
                #[serde(rename = "prio", alias = "p")]
                priority: u8,
                expires: Option<DateTime<Utc>>,
            }
        }),
    );
}

#[test]
fn composed_key() {
    snapshot(
        "composed_key",
        derive_single_table(&parse_quote! {
            #[table(pk = "ORG#<org>", sk = "<type>#<created_at>", crate = crate::orm)]
            #[gsi(name = "all", pk = "all", projection = "type, tags")]
            struct Row {
                org: Org,
                r#type: String,
                #[table(set)]
                tags: BTreeSet<String>,
            }
        }),
    );
}

#[test]
fn unique() {
    snapshot(
        "unique",
        derive_single_table(&parse_quote! {
            #[table(unique(name = "email", value = "<email>", fold = "lower"))]
            #[table(unique(name = "badge", value = "<team>#<badge:04>"))]
            pub struct Person {
                email: String,
                team: Team,
                badge: Option<u32>,
            }
        }),
    );
}

#[test]
fn singleton() {
    snapshot(
        "singleton",
        derive_single_table(&parse_quote! {
            #[table(singleton, count, name = "config")]
            pub struct Config {
                greeting: String,
            }
        }),
    );
}

#[test]
fn schema() {
    snapshot(
        "schema",
        derive_single_table(&parse_quote!(
            enum App {
                Org(Org),
                User(User),
            }
        )),
    );
}

#[test]
fn key_part() {
    let words = derive_key_part(&parse_quote! {
        #[serde(rename_all = "snake_case")]
        enum Status {
            InUse,
            r#Type,
        }
    });
    let newtype = derive_key_part(&parse_quote!(
        struct Email(String);
    ));
    snapshot("key_part", TokenStream::from_iter([words, newtype]));
}

#[test]
fn nested() {
    snapshot(
        "nested",
        derive_nested(&parse_quote! {
            #[serde(rename_all = "camelCase")]
            pub(crate) struct Address {
                /// Where it is.
                pub city_name: Option<String>,
                #[serde(with = "crate::time", rename = "since")]
                moved_in: Option<DateTime<Utc>>,
                #[serde(skip)]
                cached: u8,
            }
        }),
    );
}

#[test]
fn stub() {
    snapshot(
        "stub",
        derive_single_table(&parse_quote!(
            #[table(id = "<emial>", name = "")]
            struct User<T> {
                email: String,
                other: T,
            }
        )),
    );
}
