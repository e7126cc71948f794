use syn::{Data, DeriveInput, parse_quote};

use crate::diag::Errors;

fn mistakes(input: DeriveInput) -> Vec<String> {
    let mut errors = Errors::default();
    match &input.data {
        Data::Enum(data) => drop(super::schema(&input, data, &mut errors)),
        _ => drop(super::entity(&input, &mut errors)),
    }
    errors.texts()
}

fn mistakes_of_a_part(input: DeriveInput) -> Vec<String> {
    let mut errors = Errors::default();
    super::part(&input, &mut errors);
    errors.texts()
}

fn mistakes_of_a_nested(input: DeriveInput) -> Vec<String> {
    let mut errors = Errors::default();
    super::nested(&input, &mut errors);
    errors.texts()
}

/// What is wrong, without the help.
fn messages(input: DeriveInput) -> Vec<String> {
    mistakes(input).iter().filter_map(|text| text.lines().next()).map(ToOwned::to_owned).collect()
}

#[test]
fn the_key_of_a_singleton_is_its_name() {
    let found = mistakes(parse_quote! {
        #[table(singleton, prefix = "Config", id = "<a>", pk = "<a>", sk = "<b>")]
        struct Config {
            a: String,
            b: String,
        }
    });
    let expected = ["prefix", "id", "pk", "sk"]
        .map(|name| format!("`{name}` on a singleton: there is one, and its key is its name\nhelp: drop `{name}`, or `singleton`"));
    assert_eq!(found, expected);
    let none = mistakes(parse_quote! {
        #[table(versioned, max_versions = 3, singleton, name = "SINGLETON", ttl = "at")]
        #[gsi(name = "all", pk = "<id>", sk = "<updated_at>")]
        struct Config {
            at: u32,
        }
    });
    assert_eq!(none, [""; 0]);
    let switched_off = mistakes(parse_quote! {
        #[table(singleton = false, prefix = "c", id = "<a>")]
        struct Config {
            a: String,
        }
    });
    assert_eq!(switched_off, [""; 0]);
}

#[test]
fn all_mistakes_of_a_declaration_at_once() {
    let mistakes = mistakes(parse_quote! {
        #[table(versiond, max_versions = 0, compress, ttl = "expries")]
        #[gsi(name = "status", pk = "status#<statsu>")]
        #[gsi(name = "owner", sk = "<owner:3>", pk_atr = "x")]
        #[serde(deny_unknown_fields)]
        struct Document {
            status: String,
            owner: String,
            expires: u32,
            version: u32,
            #[table(set)]
            tags: Option<BTreeSet<String>>,
        }
    });
    let expected = [
        "unknown attribute `versiond` in `#[table(...)]`\nhelp: did you mean `versioned`?",
        "`#[serde(deny_unknown_fields)]` contradicts the schema: serde would refuse the library's own attributes\nhelp: use `#[table(deny_unknown)]`",
        "`max_versions = 0` would keep not even the version just written\nhelp: keep at least 1, or drop `versioned`",
        "`#[table(set)]` on an `Option`: an empty set is stored as absent\nhelp: drop the `Option`",
        "`#[table(set)]` in a compressed entity: inside `data` a set is an array\nhelp: remove it, or store attributes with `#[table(compress = false)]`",
        "unknown attribute `pk_atr` in `#[gsi(...)]`\nhelp: did you mean `pk_attr`?",
        "no field named `statsu` on `Document`\nhelp: did you mean `status`?",
        "`3` in `<owner:3>` is no width\nhelp: a width is `0` and a number from 1 to 39: `<owner:03>` pads with zeros to three digits",
        "missing `pk` in `#[gsi(...)]`\nhelp: add `pk = \"owner#<owner>\"`",
        "no field named `expries` on `Document`\nhelp: did you mean `expires`?",
        "the library uses the attribute `version` itself\nhelp: rename the field, or its attribute: `#[serde(rename = \"version_\")]`",
    ];
    assert_eq!(mistakes, expected);
}

#[test]
fn a_value_of_the_wrong_kind_is_one_mistake() {
    assert_eq!(
        messages(parse_quote!(
            #[table(pk = 3, sk = "A")]
            struct A {
                a: u8,
            }
        )),
        ["expected a string for `pk`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(versioned = "yes", max_versions = 3)]
            struct A {
                a: u8,
            }
        )),
        ["expected no value or a bool for `versioned`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(max_versions = -1, versioned)]
            struct A {
                a: u8,
            }
        )),
        ["expected a whole number for `max_versions`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[gsi(name = "a", pk_with = |a| a)]
            struct A {
                a: u8,
            }
        )),
        ["expected a path for `pk_with`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(name("A"))]
            struct A {
                a: u8,
            }
        )),
        ["expected a string for `name`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table("A")]
            struct A {
                a: u8,
            }
        )),
        ["a value without a name in `#[table(...)]`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table]
            struct A {
                a: u8,
            }
        )),
        ["`#[table]` needs a list"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(versioned compress)]
            struct A {
                a: u8,
            }
        ))
        .len(),
        1
    );
}

#[test]
fn what_cannot_stand_together() {
    assert_eq!(
        messages(parse_quote!(
            #[table(pk = "A")]
            struct A {
                a: u8,
            }
        )),
        ["`pk` without `sk` in `#[table(...)]`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(sk = "A")]
            struct A {
                a: u8,
            }
        )),
        ["`sk` without `pk` in `#[table(...)]`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(versioned, pk = "A")]
            struct A {
                a: u8,
            }
        )),
        ["`pk` on a versioned entity: its sort key holds the version"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[gsi(name = "own", pk = "<a>", sk = "<a>", sk_with = f)]
            struct A {
                a: u8,
            }
        )),
        ["`sk` together with `sk_with`: one of them makes the key"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(id = "<a>")]
            #[table(id = "<a>")]
            struct A {
                a: u8,
            }
        )),
        ["`id` stands twice in `#[table(...)]`"]
    );
}

#[test]
fn names_of_keys() {
    assert_eq!(
        messages(parse_quote!(
            #[table(name = "MemoryStats")]
            struct A {
                a: u8,
            }
        )),
        ["`name` is reserved: the row of statistics is called `MemoryStats`"]
    );
    assert_eq!(
        messages(parse_quote!(
            struct MemoryStats {
                a: u8,
            }
        )),
        ["the name `MemoryStats` is reserved: the row of statistics has it"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(prefix = "")]
            struct A {
                a: u8,
            }
        )),
        ["`prefix` cannot be empty"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(name = "")]
            struct A {
                a: u8,
            }
        )),
        ["`name` cannot be empty"]
    );
    let reserved = "`prefix` is reserved: the library's own rows begin with `SINGLETON` or `_` (`prefix` is the type's name by default)";
    assert_eq!(
        messages(parse_quote!(
            struct _A {
                a: u8,
            }
        )),
        [reserved]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(name = "_A")]
            struct A {
                a: u8,
            }
        )),
        [reserved]
    );
    assert!(
        messages(parse_quote!(
            #[table(name = "_A", prefix = "A")]
            struct A {
                a: u8,
            }
        ))
        .is_empty()
    );
    let reserved = "`pk` is reserved: the library's own rows begin with `SINGLETON#` or `_`";
    assert_eq!(
        messages(parse_quote!(
            #[table(pk = "_INTERNAL#<a>", sk = "A")]
            struct A {
                a: u8,
            }
        )),
        [reserved]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(pk = "SINGLETON#<a>", sk = "A")]
            struct A {
                a: u8,
            }
        )),
        [reserved]
    );
    assert!(
        messages(parse_quote!(
            #[table(pk = "SINGLETONS#<a>", sk = "_A")]
            struct A {
                a: u8,
            }
        ))
        .is_empty()
    );
}

#[test]
fn indexes() {
    let index = |index: &str| {
        messages(parse_quote!(
            #[gsi(name = "a", index = #index, pk = "<a>")]
            struct A {
                a: u8,
            }
        ))
    };
    assert_eq!(index("gsitype"), ["`gsitype` is the index of types, which the library writes itself"]);
    assert_eq!(index("---"), ["the attribute `pk` of the index is one that the library uses itself"]);
    assert_eq!(index("ab"), ["`ab` is no name of an index"]);
    assert_eq!(index(&"a".repeat(256)).len(), 2, "a name and a key attribute that are too long");
    assert!(index("a.B-9_").is_empty());
    assert_eq!(
        messages(parse_quote!(
            #[gsi(name = "my-index", pk = "<a>")]
            struct A {
                a: u8,
            }
        )),
        ["`my-index` cannot be part of a function's name"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[gsi(name = "a_b", index = "gsi_type", pk = "<a>", sk = "<a>")]
            struct A {
                a: u8,
            }
        )),
        ["the attribute `gsitypesk` of the index is one that the library uses itself"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[gsi(name = "own", pk = "<a>", sk = "<a>", pk_attr = "x", sk_attr = "x")]
            struct A {
                a: u8,
            }
        )),
        ["both keys of the index are one attribute, `x`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[gsi(name = "own", pk = "<a>", pk_attr = "")]
            struct A {
                a: u8,
            }
        )),
        ["a key attribute needs a name of 1 to 255 bytes"]
    );
}

#[test]
fn placeholders() {
    let id = |template: &str| {
        messages(parse_quote!(
            #[table(id = #template)]
            struct A {
                a: u8,
                #[serde(rename = "bee")]
                b: u8,
                #[serde(skip)]
                c: u8,
            }
        ))
    };
    assert_eq!(id("<id>"), ["`<id>` in a primary key, which is what makes the id"]);
    assert_eq!(id("<a>#<bee>"), ["no field named `bee` on `A`"]);
    assert_eq!(id("<c>"), ["`<c>` is a field that serde skips, so a row that is read would have another key"]);
    assert_eq!(id("<created_at:03>"), ["a width on `<created_at>`, which is no integer"]);
    assert!(id("<a:03>#<created_at>").is_empty());
    assert_eq!(
        messages(parse_quote!(
            #[table(pk = "<a>", sk = "A")]
            #[gsi(name = "ids", pk = "<id>")]
            struct A {
                a: u8,
            }
        )),
        ["`<id>` on `A`, which has no id: its key is composed by `pk` and `sk`"]
    );
    assert_eq!(
        messages(parse_quote!(
            #[table(pk = "<id>", sk = "A")]
            struct A {
                id: u8,
            }
        )),
        ["`<id>` is what the library knows by that name, and `A` has a field `id` too"]
    );
}

#[test]
fn attributes_have_one_owner() {
    let names = |attrs: proc_macro2::TokenStream, field: &str| {
        let field = quote::format_ident!("{field}");
        messages(parse_quote!(#[table(#attrs)] #[gsi(name = "a", index = "gsi1", pk = "<a>")] struct A { a: u8, #field: u8 }))
    };
    let own = |name: &str| vec![format!("the library uses the attribute `{name}` itself")];
    let (plain, versioned, compressed) = (quote::quote!(), quote::quote!(versioned, compress = false), quote::quote!(versioned));
    for name in ["resource_id", "created_at", "updated_at"] {
        for attrs in [&plain, &versioned, &compressed] {
            assert_eq!(names(attrs.clone(), name), own(name));
        }
    }
    for name in ["pk", "sk", "gsitype", "gsitypesk", "data", "_rev", "_blob_fields", "_blob_versions", "_version_token"] {
        assert_eq!(names(plain.clone(), name), own(name));
        assert!(names(compressed.clone(), name).is_empty(), "{name} is a key inside `data`");
    }
    assert_eq!(names(plain.clone(), "gsi1pk"), ["`gsi1pk` is an attribute of the index `gsi1`"]);
    assert!(names(compressed.clone(), "gsi1pk").is_empty());
    assert!(names(plain.clone(), "version").is_empty());
    assert_eq!(names(compressed.clone(), "version"), own("version"));
    assert!(names(plain, "metadata").is_empty());
    assert_eq!(names(versioned, "metadata"), own("metadata"));
    assert!(names(compressed, "metadata").is_empty());
    assert_eq!(
        messages(parse_quote!(
            struct A {
                #[serde(alias = "pk")]
                a: u8,
            }
        )),
        own("pk")
    );
    assert_eq!(
        messages(parse_quote!(
            #[serde(rename_all = "UPPERCASE")]
            struct A {
                a: u8,
                #[serde(rename = "A")]
                b: u8,
            }
        )),
        ["the fields `a` and `b` share the attribute `A`"]
    );
    assert!(
        messages(parse_quote!(
            struct A {
                #[serde(skip)]
                pk: u8,
            }
        ))
        .is_empty()
    );
}

#[test]
fn serde_both_ways() {
    let field = |attr: proc_macro2::TokenStream| {
        messages(parse_quote!(
            struct A {
                #[serde(#attr)]
                a: u8,
            }
        ))
    };
    assert!(field(quote::quote!(rename(serialize = "b", deserialize = "b"), default, with = "x", skip_serializing_if = "f")).is_empty());
    assert!(field(quote::quote!(skip_serializing, skip_deserializing)).is_empty());
    assert_eq!(field(quote::quote!(rename(deserialize = "b"))), ["this is written as `a` and read as `b`, so a row would not read back"]);
    assert_eq!(field(quote::quote!(skip_serializing)).len(), 1);
    assert_eq!(field(quote::quote!(skip_deserializing)).len(), 1);
    assert_eq!(
        messages(parse_quote!(
            #[serde(rename_all(serialize = "UPPERCASE"))]
            struct A {
                a: u8,
            }
        )),
        ["`rename_all` writes other names than it reads, so a row would not read back"]
    );
}

#[test]
fn tables() {
    assert_eq!(
        messages(parse_quote!(
            #[table(ttl = "")]
            enum App {
                A(A),
            }
        )),
        ["`ttl` cannot be empty"]
    );
    assert_eq!(
        messages(parse_quote!(
            enum App {
                #[table(versioned)]
                A(#[gsi(name = "a")] A),
                B(A),
            }
        )),
        [
            "`#[table(...)]` has no meaning inside an enum of entities",
            "`#[gsi(...)]` has no meaning inside an enum of entities",
            "`A` stands in two variants, `A` and `B`"
        ]
    );
}

#[test]
fn parts() {
    let text = |input| mistakes_of_a_part(input).iter().filter_map(|text| text.lines().next().map(ToOwned::to_owned)).collect::<Vec<_>>();
    assert_eq!(
        text(parse_quote!(
            enum Empty {}
        )),
        ["an enum without variants has no values"]
    );
    assert_eq!(
        text(parse_quote!(
            #[serde(rename_all = "lowercase")]
            enum Twice {
                A,
                #[serde(rename = "a")]
                B,
            }
        )),
        ["`A` and `B` are both stored as `a`, so two values would share a key"]
    );
    assert_eq!(
        text(parse_quote!(
            #[serde(tag = "t")]
            enum Tagged {
                A,
                #[serde(skip)]
                B,
            }
        )),
        [
            "`#[serde(tag)]` contradicts the schema: a unit variant is stored as a map then, not as a string",
            "`#[serde(skip)]` contradicts the schema: serde does not store this variant, so no key can hold it"
        ]
    );
}

#[test]
fn names_of_finders() {
    let mistakes = mistakes(parse_quote! {
        #[table(pk = "ORG#<org>", sk = "<lookup>")]
        #[gsi(name = "first_name", pk = "<org>", sk = "<range>#<range>#<begins_with>")]
        #[gsi(name = "firstName", index = "other", pk = "<org>")]
        #[gsi(name = "first__name", index = "third", pk_with = third)]
        #[gsi(name = "org", pk = "<range>")]
        struct User {
            org: String,
            lookup: String,
            range: String,
            begins_with: String,
        }
    });
    let reserved = |name: &str| {
        format!(
            "`<{name}>` would be a method `{name}` of the finder, which has one already\nhelp: rename the field; `#[serde(rename = \"{name}\")]` keeps its attribute"
        )
    };
    let expected = [
        "the patterns `first_name` and `firstName` would have one finder, `UserByFirstName`\nhelp: give one of them another `name`; `index = \"...\"` names the index apart from it".to_owned(),
        reserved("lookup"),
        reserved("range"),
        reserved("begins_with"),
    ];
    assert_eq!(mistakes, expected);
}

#[test]
fn nested_structs() {
    assert_eq!(
        mistakes_of_a_nested(parse_quote!(
            #[serde(tag = "type", deny_unknown_fields, rename_all = "camelCase")]
            struct Address {
                city: String,
                #[serde(rename = "zip", default)]
                code: Option<String>,
            }
        )),
        Vec::<String>::new()
    );
    assert_eq!(
        mistakes_of_a_nested(parse_quote!(
            #[serde(transparent, into = "String")]
            #[table(crat = orm)]
            struct Address<T> {
                #[table(set)]
                #[gsi(name = "city")]
                #[serde(flatten)]
                city: T,
            }
        )),
        [
            "a nested struct cannot have generic parameters: what is stored has one type\nhelp: write the types out, in one declaration for each",
            "unknown attribute `crat` in `#[table(...)]`\nhelp: did you mean `crate`?",
            "`#[serde(transparent)]` contradicts the schema: it is stored as its field is, so its fields have no names\nhelp: remove `Nested` from the derives",
            "`#[serde(into)]` contradicts the schema: another type decides what is stored\nhelp: derive `Nested` on that type",
            "`#[table(...)]` has no meaning on a field of a nested struct\nhelp: remove it: a DynamoDB set is an attribute of the row itself, and in a nested struct a set is a list",
            "`#[gsi(...)]` has no meaning on a field\nhelp: put it on the struct",
            "`#[serde(flatten)]` contradicts the schema: its attributes would not be known here\nhelp: give the nested struct a field of its own",
        ]
    );
    assert_eq!(
        mistakes_of_a_nested(parse_quote!(
            struct Address(String);
        )),
        ["conditions name the fields of a struct with named fields only\nhelp: remove `Nested` from the derives"]
    );
    assert_eq!(
        mistakes_of_a_nested(parse_quote!(
            struct Address {
                #[serde(skip)]
                city: String,
            }
        )),
        ["no field is stored, so there is none to name\nhelp: remove `Nested` from the derives"]
    );
}

#[test]
fn a_projection_names_fields_that_an_index_can_hold() {
    let of = |projection: &str| {
        mistakes(parse_quote! {
            #[gsi(name = "owner", pk = "owner#<owner>", projection = #projection)]
            struct Task {
                owner: String,
                title: String,
                #[serde(skip)]
                cached: u8,
            }
        })
    };
    for sound in ["all", "keys_only", "title", " title,owner "] {
        assert_eq!(of(sound), [""; 0], "{sound}");
    }
    assert_eq!(of("titel"), ["no field named `titel` on `Task`\nhelp: did you mean `title`?"]);
    assert_eq!(of("key_only"), ["no field named `key_only` on `Task`\nhelp: did you mean `keys_only`?"]);
    assert_eq!(of("title,"), ["no field named `` on `Task`\nhelp: what can stand here are `owner`, `title`, `cached`, `all`, `keys_only`"]);
    assert_eq!(of(""), ["`projection` names nothing\nhelp: write `projection = \"keys_only\"`, or the fields to hold"]);
    assert_eq!(of("title, title"), ["`title` stands twice in `projection`\nhelp: remove one of them"]);
    let skipped = "`projection` lists `cached`, which serde skips, so no index can hold it";
    assert_eq!(of("cached"), [format!("{skipped}\nhelp: remove `cached` from the list, or `#[serde(skip)]` from `cached`")]);
}

#[test]
fn a_projection_of_a_compressed_entity_holds_no_fields() {
    let of = |projection: &str| {
        messages(parse_quote! {
            #[table(versioned)]
            #[gsi(name = "owner", pk = "owner#<owner>", projection = #projection)]
            struct Document {
                owner: String,
            }
        })
    };
    assert_eq!(of("keys_only"), [""; 0]);
    assert_eq!(of("owner"), ["`projection` lists fields of a compressed entity, whose attribute is `data`"]);
    assert_eq!(of("keysonly"), ["no field named `keysonly` on `Document`"]);
}

#[test]
fn a_projection_is_no_longer_than_dynamodb_takes() {
    let fields: Vec<syn::Ident> = (0..18).map(|number| quote::format_ident!("f{number}")).collect();
    let list = |count: usize| fields[..count].iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let of = |count| {
        let list = list(count);
        messages(parse_quote! {
            #[gsi(name = "one", pk = "one", projection = #list)]
            struct Wide {
                #(#fields: u8),*
            }
        })
    };
    assert_eq!(of(17), [""; 0]);
    assert_eq!(of(18), ["`projection` lists 18 fields: an index includes at most 17"]);
}

#[test]
fn unique_values() {
    let mistakes = mistakes(parse_quote! {
        #[table(unique(name = "email", value = "<emial>", fold = "upper"), unique, unique(nam = "x", value = "<email>"))]
        #[table(unique(name = "email", value = "<email>"), unique(value = "<id>#<team>"), unique(name = "", value = "all"))]
        struct User {
            email: String,
            #[serde(skip)]
            team: String,
        }
    });
    let expected = [
        "expected a list for `unique`\nhelp: write `unique(...)`",
        "`upper` is no folding of values\nhelp: write `fold = \"lower\"`, which takes upper and lower case for the same, or leave it out",
        "no field named `emial` on `User`\nhelp: did you mean `email`?",
        "unknown attribute `nam` in `unique(...)`\nhelp: did you mean `name`?",
        "two constraints are named `email`\nhelp: give one of them another `name`",
        "missing `name` in `unique(...)`\nhelp: add `name = \"email\"`: it names the constraint, and its finder `find_by_email`",
        "`<id>` in a unique value: it differs from one resource to the next by itself\nhelp: use fields only",
        "`<team>` is a field that serde skips, so a row that is read would have another key\nhelp: remove `#[serde(skip)]` from `team`, or `<team>` from the template",
        "a unique value without a field: there could be one resource only\nhelp: write a template of fields, such as `<email>`",
        "`` cannot be part of a function's name\nhelp: write `name = \"email\"`",
    ];
    assert_eq!(mistakes, expected);
}
