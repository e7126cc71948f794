//! DynamoDB's limits, and ours: what is over one is refused before anything is sent, and what is at one is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::future::IntoFuture;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simpletable::fault::Faults;
use simpletable::{DecodeProblem, EncodeProblem, Error, Id, KeyProblem, Result, Schema, SingleTable, Table};

use crate::engine;
use crate::stored::{self, Row};

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items>
const ITEM_BYTES: usize = 400 * 1024;

/// A new table, and the requests that reach it.
async fn watched<S: Schema>() -> (Table<S>, Faults) {
    let faults = Faults::new();
    (engine::table().await.with_faults(&faults), faults)
}

/// The error of an operation that sends nothing.
async fn refused<T>(faults: &Faults, operation: impl IntoFuture<Output = Result<T>>) -> Error {
    faults.clear();
    let Err(error) = operation.await else { panic!("nothing was refused") };
    assert_eq!(faults.requests(), [""; 0], "{error}");
    error
}

fn key_problem(error: &Error) -> (&'static str, KeyProblem) {
    match error {
        Error::KeyValue { template, problem, .. } => (template, *problem),
        other => panic!("not a problem of a key: {other:?}"),
    }
}

fn encode_problem(error: &Error) -> (&str, EncodeProblem) {
    match error {
        Error::Encode { path, problem, .. } => (path, *problem),
        other => panic!("not a problem of a value: {other:?}"),
    }
}

fn decode_problem(error: &Error) -> (&str, DecodeProblem) {
    match error {
        Error::Decode { path, problem, .. } => (path, *problem),
        other => panic!("not a problem of a row: {other:?}"),
    }
}

/// `text` repeated and filled up to a number of bytes.
fn text(of: &str, bytes: usize) -> String {
    let whole = of.repeat(bytes / of.len());
    let rest = bytes - whole.len();
    whole + &"x".repeat(rest)
}

const TEXTS: [&str; 4] = ["x", "é", "漢", "𝄞"];

mod keys {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize, SingleTable)]
    struct Plain {}

    #[derive(Debug, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned)]
    struct Kept {}

    /// The index ranges on `pk`.
    #[derive(Debug, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned)]
    #[gsi(name = "group", pk = "<group>")]
    struct Ranged {
        group: Option<String>,
    }

    #[derive(SingleTable)]
    enum Both {
        Kept(Kept),
        Ranged(Ranged),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(pk = "<part>", sk = "<sort>")]
    struct Composed {
        part: String,
        sort: String,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize, SingleTable)]
    #[gsi(name = "other", pk = "<part>", sk = "<sort>")]
    struct Indexed {
        part: Option<String>,
        sort: Option<String>,
    }

    #[tokio::test]
    async fn ids() {
        let (table, faults) = watched::<Plain>().await;
        for of in TEXTS {
            let id = text(of, 1024 - "Plain#".len());
            let created = table.create(Plain {}).id(id.as_str()).await.expect("at the limit");
            assert_eq!(table.read(Id::<Plain>::from(id)).await.expect("it is there"), created);
            let error = refused(&faults, table.create(Plain {}).id(text(of, 1025 - "Plain#".len()))).await;
            assert_eq!(key_problem(&error), ("<id>", KeyProblem::TooLong { limit: 1024 }));
        }
        assert_eq!(key_problem(&refused(&faults, table.create(Plain {}).id("")).await), ("<id>", KeyProblem::Empty));
        table.create(Plain {}).id("x").await.expect("one character");
    }

    #[tokio::test]
    async fn ids_of_versioned_entities() {
        let (table, faults) = watched::<Kept>().await;
        for of in TEXTS {
            let id = text(of, 2048 - "Kept#".len());
            let created = table.create(Kept {}).id(id.as_str()).await.expect("at the limit");
            assert_eq!(table.read(Id::<Kept>::from(id)).await.expect("it is there"), created);
            let error = refused(&faults, table.create(Kept {}).id(text(of, 2049 - "Kept#".len()))).await;
            assert_eq!(key_problem(&error), ("<id>", KeyProblem::TooLong { limit: 2048 }));
        }
    }

    #[tokio::test]
    async fn impossible_ids_are_not_found() {
        let (table, faults) = watched::<Plain>().await;
        for id in [String::new(), text("x", 5000)] {
            let id = Id::<Plain>::from(id);
            assert!(table.get(&id).await.expect("no error").is_none());
            assert!(refused(&faults, table.read(&id)).await.is_not_found());
            assert!(refused(&faults, table.delete(&id)).await.is_not_found());
            assert!(refused(&faults, table.modify(&id, |_| ())).await.is_not_found());
            assert!(refused(&faults, table.update_at(&id, "1-0", |_| ())).await.is_not_found());
        }
    }

    #[tokio::test]
    async fn composed_keys() {
        let (table, faults) = watched::<Composed>().await;
        let entity = |part: &str, sort: &str| Composed { part: part.into(), sort: sort.into() };
        for of in TEXTS {
            let created = table.create(entity(&text(of, 2048), &text(of, 1024))).await.expect("at the limit");
            assert_eq!(table.read(&created).await.expect("it is there"), created);
            let error = refused(&faults, table.create(entity(&text(of, 2049), "x"))).await;
            assert_eq!(key_problem(&error), ("<part>", KeyProblem::TooLong { limit: 2048 }));
            let error = refused(&faults, table.create(entity("x", &text(of, 1025)))).await;
            assert_eq!(key_problem(&error), ("<sort>", KeyProblem::TooLong { limit: 1024 }));
        }
        table.create(entity("x", "x")).await.expect("one character each");
        assert_eq!(key_problem(&refused(&faults, table.create(entity("", "x"))).await), ("<part>", KeyProblem::Empty));
        assert_eq!(key_problem(&refused(&faults, table.create(entity("x", ""))).await), ("<sort>", KeyProblem::Empty));
        for reserved in ["_INTERNAL#MemoryStats", "SINGLETON#x"] {
            assert_eq!(key_problem(&refused(&faults, table.create(entity(reserved, "x"))).await), ("<part>", KeyProblem::Reserved));
            assert_eq!(key_problem(&refused(&faults, table.get(Composed::key(reserved, "x"))).await), ("<part>", KeyProblem::Reserved));
        }
        assert!(table.get(Composed::key("", "x")).await.expect("no error").is_none());
    }

    #[tokio::test]
    async fn index_keys() {
        let (table, faults) = watched::<Indexed>().await;
        let entity = |part: &str, sort: &str| Indexed { part: Some(part.into()), sort: Some(sort.into()) };
        for of in TEXTS {
            table.create(entity(&text(of, 2048), &text(of, 1024))).await.expect("at the limit");
            let error = refused(&faults, table.create(entity(&text(of, 2049), "x"))).await;
            assert_eq!(key_problem(&error), ("<part>", KeyProblem::TooLong { limit: 2048 }));
            let error = refused(&faults, table.create(entity("x", &text(of, 1025)))).await;
            assert_eq!(key_problem(&error), ("<sort>", KeyProblem::TooLong { limit: 1024 }));
        }
        let created = table.create(entity("x", "x")).await.expect("one character each");
        assert_eq!(key_problem(&refused(&faults, table.create(entity("", "x"))).await), ("<part>", KeyProblem::Empty));
        assert_eq!(key_problem(&refused(&faults, table.create(entity("x", ""))).await), ("<sort>", KeyProblem::Empty));
        let longer = |entity: &mut Indexed| entity.sort = Some(text("x", 1025));
        assert_eq!(key_problem(&refused(&faults, table.update(created, longer)).await), ("<sort>", KeyProblem::TooLong { limit: 1024 }));
        table.create(Indexed { part: None, sort: Some(text("x", 5000)) }).await.expect("it is in no index");
    }

    #[tokio::test]
    async fn a_partition_key_that_an_index_ranges_on() {
        let (table, faults) = watched::<Ranged>().await;
        let group = || Ranged { group: Some("x".into()) };
        let id = |bytes: usize| text("é", bytes - "Ranged#".len());
        table.create(group()).id(id(1023)).await.expect("below the limit");
        let error = refused(&faults, table.create(group()).id(id(1025))).await;
        assert_eq!(key_problem(&error), ("pk", KeyProblem::TooLong { limit: 1024 }));
        // DynamoDB checks the attributes of index keys one by one, in the index or not.
        table.create(Ranged { group: None }).id(id(1024)).await.expect("at the limit");
        let error = refused(&faults, table.create(Ranged { group: None }).id(id(1025))).await;
        assert_eq!(key_problem(&error), ("pk", KeyProblem::TooLong { limit: 1024 }));

        // The index is the table's, whichever entity declares it.
        let (table, faults) = watched::<Both>().await;
        table.create(Kept {}).id(text("x", 1024 - "Kept#".len())).await.expect("at the limit");
        let error = refused(&faults, table.create(Kept {}).id(text("x", 1025 - "Kept#".len()))).await;
        assert_eq!(key_problem(&error), ("pk", KeyProblem::TooLong { limit: 1024 }));
    }
}

/// Stores anything as an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Loose {
    value: Value,
}

/// Stores anything in `data`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(compress)]
struct Packed {
    value: Value,
}

mod size {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[gsi(name = "owner", pk = "<by>", sk = "<created_at>")]
    struct Filled {
        by: String,
        value: Value,
        #[table(set)]
        words: BTreeSet<String>,
        #[table(set)]
        numbers: BTreeSet<i64>,
        filling: String,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned)]
    struct Kept {
        filling: String,
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-100_000_000i64..100_000_000, 0u32..8).prop_map(|(digits, scale)| Value::from(digits as f64 / 10f64.powi(scale as i32))),
            "\\PC{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map("\\PC{1,6}", inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn filled() -> impl Strategy<Value = Filled> {
        let (words, numbers) = (prop::collection::btree_set("\\PC{0,6}", 0..5), prop::collection::btree_set(any::<i64>(), 0..5));
        ("\\PC{1,9}", values(), words, numbers).prop_map(|(by, value, words, numbers)| Filled {
            by,
            value,
            words,
            numbers,
            filling: String::new(),
        })
    }

    /// The size of what was refused for it.
    fn bytes(error: &Error) -> usize {
        match error {
            Error::ItemTooLarge { bytes, .. } => *bytes,
            other => panic!("not too large: {other:?}"),
        }
    }

    /// Our count is DynamoDB Local's, to the byte.
    #[tokio::test]
    async fn what_is_accepted_up_to_the_limit_is_stored_and_no_more() {
        let (table, faults) = watched::<Filled>().await;
        let mut runner = TestRunner::default();
        for _ in 0..12 {
            let mut entity = filled().new_tree(&mut runner).expect("a value").current();
            entity.filling = "x".repeat(ITEM_BYTES);
            let over = bytes(&refused(&faults, table.create(entity.clone())).await) - ITEM_BYTES;
            entity.filling.truncate(ITEM_BYTES - over + 1);
            assert_eq!(bytes(&refused(&faults, table.create(entity.clone())).await), ITEM_BYTES + 1);
            entity.filling.pop();
            let created = table.create(entity).await.unwrap_or_else(|error| panic!("at the limit: {error}"));

            let pk = format!("Filled#{}", created.id());
            let mut row = stored::one(&table, &pk, &pk).await.expect("it is there");
            row.insert("filling".into(), stored::s("x".repeat(created.filling.len() + 1)));
            let sent = table.client().put_item().table_name(table.name()).set_item(Some(row)).send().await;
            // The embedded engine counts some numbers a byte shorter.
            assert!(sent.is_err() || !engine::is_remote(), "one byte more");
        }
    }

    #[tokio::test]
    async fn versioned_rows_at_the_limit_are_stored() {
        let (table, faults) = watched::<Kept>().await;
        // Six bits for each character, so that compression cannot take it below three quarters.
        let mut seed = 1u64;
        let filling: String = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[(seed >> 58) as usize])
        })
        .take(600_000)
        .collect();
        let over = bytes(&refused(&faults, table.create(Kept { filling: filling.clone() })).await) - ITEM_BYTES;
        let fits = filling[..filling.len() - over * 4 / 3 - 64].to_owned();
        let created = table.create(Kept { filling: fits }).await.expect("just below the limit");
        assert_eq!(table.read(created.id()).await.expect("it is there"), created);
        let error = refused(&faults, table.update(created, |kept| kept.filling = filling)).await;
        assert!(bytes(&error) > ITEM_BYTES);
    }
}

mod depth {
    use super::*;

    fn lists(depth: usize, innermost: Value) -> Value {
        (0..depth).fold(innermost, |value, _| json!([value]))
    }

    fn maps(depth: usize, innermost: Value) -> Value {
        (0..depth).fold(innermost, |value, _| json!({ "k": value }))
    }

    /// DynamoDB's 32 levels are the item and 31 lists and maps in an attribute. The embedded engine takes one more where it is empty.
    #[tokio::test]
    async fn attributes_nest_as_deep_as_both_engines_allow() {
        let (table, faults) = watched::<Loose>().await;
        for (deepest, step) in
            [(lists(31, json!(1)), ".0"), (lists(30, json!([])), ".0"), (maps(31, json!("x")), ".*"), (maps(30, json!({})), ".*")]
        {
            let created = table.create(Loose { value: deepest.clone() }).await.expect("at the limit");
            assert_eq!(table.read(created.id()).await.expect("it reads"), created);
            for deeper in [json!([deepest]), json!({ "k": deepest })] {
                let outermost = if deeper.is_array() { ".0" } else { ".*" };
                let error = refused(&faults, table.create(Loose { value: deeper.clone() })).await;
                let path = format!("value{outermost}{}", step.repeat(30));
                assert_eq!(encode_problem(&error), (path.as_str(), EncodeProblem::TooDeep));

                let item = stored_as(&deeper);
                let sent = table.client().put_item().table_name(table.name()).set_item(Some(item)).send().await;
                let empty = deepest.pointer(&"/k".repeat(30)).is_some_and(|last| last == &json!({}))
                    || deepest.pointer(&"/0".repeat(30)).is_some_and(|last| last == &json!([]));
                assert!(sent.is_err() || (empty && !engine::is_remote()), "the engine takes more than we do");
            }
        }
    }

    fn stored_as(value: &Value) -> Row {
        fn attribute(value: &Value) -> AttributeValue {
            match value {
                Value::Array(values) => AttributeValue::L(values.iter().map(attribute).collect()),
                Value::Object(values) => AttributeValue::M(values.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()),
                other => stored::s(other.to_string()),
            }
        }
        Row::from([("pk".into(), stored::s("x")), ("sk".into(), stored::s("x")), ("value".into(), attribute(value))])
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    enum Tree {
        Leaf,
        Newtype(Box<Tree>),
        Tuple(u8, Box<Tree>),
        Struct { tree: Box<Tree> },
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    struct Forest {
        tree: Tree,
    }

    /// A variant is a map, and what it holds may be another one or a list.
    #[tokio::test]
    async fn enums_count_as_they_are_stored() {
        let grow = |levels: usize, around: fn(Box<Tree>) -> Tree| (0..levels).fold(Tree::Leaf, |tree, _| around(Box::new(tree)));
        let (table, faults) = watched::<Forest>().await;
        for (deepest, around) in
            [(31, Tree::Newtype as fn(Box<Tree>) -> Tree), (15, |tree| Tree::Tuple(1, tree)), (15, |tree| Tree::Struct { tree })]
        {
            let created = table.create(Forest { tree: grow(deepest, around) }).await.expect("at the limit");
            assert_eq!(table.read(created.id()).await.expect("it reads"), created);
            let error = refused(&faults, table.create(Forest { tree: grow(deepest + 1, around) })).await;
            assert_eq!(encode_problem(&error).1, EncodeProblem::TooDeep);
        }
    }

    #[tokio::test]
    async fn data_nests_as_deep_as_readers_allow() {
        let (table, faults) = watched::<Packed>().await;
        for deepest in [lists(127, json!(1)), lists(126, json!([])), maps(127, json!(1))] {
            let created = table.create(Packed { value: deepest.clone() }).await.expect("at the limit");
            assert_eq!(table.read(created.id()).await.expect("it reads"), created);
            let error = refused(&faults, table.create(Packed { value: json!([deepest]) })).await;
            assert_eq!(encode_problem(&error).1, EncodeProblem::TooDeep);
        }
    }

    #[tokio::test]
    async fn data_that_nests_deeper_is_not_read() {
        let table = engine::table::<Packed>().await;
        let id = table.create(Packed { value: json!(1) }).await.expect("created").id().clone();
        let pk = format!("Packed#{id}");
        let row = stored::one(&table, &pk, &pk).await.expect("it is there");
        for depth in [128, 10_000] {
            let json =
                stored::data(&row).to_string().replace("\"value\":1", &format!("\"value\":{}{}", "[".repeat(depth), "]".repeat(depth)));
            let mut row = row.clone();
            row.insert("data".into(), AttributeValue::B(Blob::new(json)));
            stored::put(&table, row).await;
            assert_eq!(decode_problem(&table.read(&id).await.expect_err("too deep")), ("data", DecodeProblem::TooLarge));
        }
    }
}

mod values {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, SingleTable)]
    struct Plain {
        float: f64,
        single: f32,
        signed: i128,
        unsigned: u128,
        list: Vec<Option<f64>>,
    }

    #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, SingleTable)]
    #[table(compress)]
    struct Compressed {
        float: f64,
        single: f32,
        signed: i128,
        unsigned: u128,
        list: Vec<Option<f64>>,
    }

    #[tokio::test]
    async fn numbers_of_attributes() {
        let (table, faults) = watched::<Plain>().await;
        let digits = 10i128.pow(38) - 1;
        for at_the_limit in [
            Plain { signed: digits, unsigned: digits.unsigned_abs(), ..Plain::default() },
            Plain { signed: -digits, unsigned: 3 * 10u128.pow(38), ..Plain::default() },
            Plain { float: 9.99e125, single: f32::MAX, ..Plain::default() },
            Plain { float: -1e-130, single: f32::from_bits(1), ..Plain::default() },
            Plain { float: -0.0, single: 0.1, list: vec![Some(0.1 + 0.2), None, Some(1e21)], ..Plain::default() },
        ] {
            let created = table.create(at_the_limit).await.expect("at the limit");
            assert_eq!(table.read(created.id()).await.expect("it reads"), created);
        }
        for (path, over) in [
            ("signed", Plain { signed: digits + 2, ..Plain::default() }),
            ("signed", Plain { signed: i128::MIN, ..Plain::default() }),
            ("unsigned", Plain { unsigned: u128::MAX, ..Plain::default() }),
            ("float", Plain { float: 1e126, ..Plain::default() }),
            ("float", Plain { float: f64::MIN_POSITIVE, ..Plain::default() }),
            ("list.1", Plain { list: vec![None, Some(-f64::MAX)], ..Plain::default() }),
        ] {
            let error = refused(&faults, table.create(over)).await;
            assert_eq!(encode_problem(&error), (path, EncodeProblem::NumberRange));
        }
        for (path, not_finite) in [
            ("float", Plain { float: f64::NAN, ..Plain::default() }),
            ("single", Plain { single: f32::NEG_INFINITY, ..Plain::default() }),
            ("list.1", Plain { list: vec![None, Some(f64::INFINITY)], ..Plain::default() }),
        ] {
            let error = refused(&faults, table.create(not_finite)).await;
            assert_eq!(encode_problem(&error), (path, EncodeProblem::NotFinite));
        }
    }

    #[tokio::test]
    async fn numbers_of_data() {
        let (table, faults) = watched::<Compressed>().await;
        for any in [
            Compressed { signed: i128::MIN, unsigned: u128::MAX, ..Compressed::default() },
            Compressed { float: f64::MAX, single: f32::MIN_POSITIVE, ..Compressed::default() },
            Compressed { float: f64::from_bits(1), list: vec![None, Some(-f64::MAX)], ..Compressed::default() },
        ] {
            let created = table.create(any).await.expect("JSON has no limits");
            assert_eq!(table.read(created.id()).await.expect("it reads"), created);
        }
        for (path, not_finite) in [
            ("float", Compressed { float: f64::NAN, ..Compressed::default() }),
            ("list.0", Compressed { list: vec![Some(f64::INFINITY)], ..Compressed::default() }),
        ] {
            let error = refused(&faults, table.create(not_finite)).await;
            assert_eq!(encode_problem(&error), (path, EncodeProblem::NotFinite));
        }
    }

    #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, SingleTable)]
    struct Maps {
        by_text: BTreeMap<String, u8>,
        by_number: BTreeMap<u8, u8>,
        by_flag: BTreeMap<bool, u8>,
        by_pair: Vec<BTreeMap<(u8, u8), u8>>,
        by_option: BTreeMap<Option<String>, u8>,
    }

    #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, SingleTable)]
    #[table(compress)]
    struct CompressedMaps {
        by_text: BTreeMap<String, u8>,
        by_number: BTreeMap<u8, u8>,
    }

    #[tokio::test]
    async fn keys_of_maps() {
        let (table, faults) = watched::<Maps>().await;
        let longest = "k".repeat(65_535);
        let created = table.create(Maps { by_text: [(longest.clone(), 1)].into(), ..Maps::default() }).await.expect("at the limit");
        assert_eq!(table.read(created.id()).await.expect("it reads"), created);
        for (path, refused_key) in [
            ("by_text.*", Maps { by_text: [(String::new(), 1)].into(), ..Maps::default() }),
            ("by_text.*", Maps { by_text: [(longest + "k", 1)].into(), ..Maps::default() }),
            ("by_number.*", Maps { by_number: [(1, 1)].into(), ..Maps::default() }),
            ("by_flag.*", Maps { by_flag: [(true, 1)].into(), ..Maps::default() }),
            ("by_pair.0.*", Maps { by_pair: vec![[((1, 1), 1)].into()], ..Maps::default() }),
            ("by_option.*", Maps { by_option: [(None, 1)].into(), ..Maps::default() }),
        ] {
            let error = refused(&faults, table.create(refused_key)).await;
            assert_eq!(encode_problem(&error), (path, EncodeProblem::MapKey));
        }
        table.create(Maps { by_option: [(Some("x".into()), 1)].into(), ..Maps::default() }).await.expect("text after all");

        let (table, faults) = watched::<CompressedMaps>().await;
        let created = table
            .create(CompressedMaps { by_text: [(String::new(), 1)].into(), ..CompressedMaps::default() })
            .await
            .expect("JSON allows it");
        assert_eq!(table.read(created.id()).await.expect("it reads"), created);
        let error = refused(&faults, table.create(CompressedMaps { by_number: [(1, 1)].into(), ..CompressedMaps::default() })).await;
        assert_eq!(encode_problem(&error), ("by_number.*", EncodeProblem::MapKey));
    }

    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Member {
        Number(i64),
        Text(String),
        Flag(bool),
        List(Vec<i64>),
    }

    #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, SingleTable)]
    struct Sets {
        #[table(set)]
        set: BTreeSet<Member>,
        #[table(set)]
        optional: BTreeSet<Option<String>>,
    }

    #[tokio::test]
    async fn members_of_sets() {
        let (table, faults) = watched::<Sets>().await;
        for set in [vec![], vec![Member::Number(1), Member::Number(-1)], vec![Member::Text(String::new()), Member::Text("x".into())]] {
            let created = table.create(Sets { set: set.into_iter().collect(), ..Sets::default() }).await.expect("a set");
            assert_eq!(table.read(created.id()).await.expect("it reads"), created);
        }
        for set in [vec![Member::Number(1), Member::Text("x".into())], vec![Member::Flag(true)], vec![Member::List(vec![1])]] {
            let error = refused(&faults, table.create(Sets { set: set.into_iter().collect(), ..Sets::default() })).await;
            assert_eq!(encode_problem(&error), ("set", EncodeProblem::SetElement));
        }
        let error = refused(&faults, table.create(Sets { optional: [None].into(), ..Sets::default() })).await;
        assert_eq!(encode_problem(&error), ("optional", EncodeProblem::SetElement));
    }
}

mod data {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("in memory");
        encoder.finish().expect("in memory")
    }

    /// A row with this in its `data`, read.
    async fn read(table: &Table<Packed>, data: impl Into<Vec<u8>>) -> Result<Value> {
        let row = [("pk", "Packed#x"), ("sk", "Packed#x"), ("gsitype", "Packed"), ("gsitypesk", "2024-01-02T03:04:05+00:00")];
        let mut row: Row = row.map(|(name, text)| (name.to_owned(), stored::s(text))).into();
        row.insert("data".into(), AttributeValue::B(Blob::new(data)));
        stored::put(table, row).await;
        table.read(Id::<Packed>::from("x")).await.map(|found| found.value.clone())
    }

    fn json(value: &str) -> String {
        format!(r#"{{"resource_id":"x","created_at":"2024-01-02T03:04:05Z","updated_at":"2024-01-02T03:04:05Z","value":{value}}}"#)
    }

    #[tokio::test]
    async fn compressed_or_not_it_is_read() {
        let table = engine::table::<Packed>().await;
        let json = json(r#"{"a":[1,"é\u00e9"]}"#);
        let expected = json!({ "a": [1, "éé"] });
        assert_eq!(read(&table, gzip(json.as_bytes())).await.expect("gzip"), expected);
        assert_eq!(read(&table, json.as_bytes()).await.expect("plain JSON"), expected);
        let (one, two) = json.split_at(40);
        assert_eq!(read(&table, [gzip(one.as_bytes()), gzip(two.as_bytes())].concat()).await.expect("two members"), expected);
    }

    #[tokio::test]
    async fn rubbish_is_refused() {
        let table = engine::table::<Packed>().await;
        let whole = gzip(json("1").as_bytes());
        let mut wrong_sum = whole.clone();
        let sum = wrong_sum.len() - 8;
        wrong_sum[sum] ^= 1;
        for data in [
            vec![],
            b"rubbish".to_vec(),
            b"null".to_vec(),
            b"[]".to_vec(),
            json("1}").into_bytes(),
            json("NaN").into_bytes(),
            b"{\"a\":\"\xff\"}".to_vec(),
            gzip(b"rubbish"),
            whole[..whole.len() - 1].to_vec(),
            whole[..whole.len() / 2].to_vec(),
            whole[..2].to_vec(),
            [whole, b"rubbish".to_vec()].concat(),
            wrong_sum,
        ] {
            let error = read(&table, data).await.expect_err("rubbish");
            assert_eq!(decode_problem(&error), ("data", DecodeProblem::Data));
        }
    }

    #[tokio::test]
    async fn inflation_is_bounded() {
        let row = json(&format!("{:?}", "x".repeat(5_000)));
        for (limit, fits) in [(row.len(), true), (row.len() - 1, false), (0, false)] {
            let table = engine::builder::<Packed>().max_inflated_bytes(limit).build().await.expect("the engine under test is there");
            let found = read(&table, gzip(row.as_bytes())).await;
            assert_eq!(found.is_ok(), fits);
            assert_eq!(found.as_ref().err().map(decode_problem), (!fits).then_some(("data", DecodeProblem::TooLarge)));
        }
    }

    #[tokio::test]
    async fn a_bomb_does_not_go_off() {
        let table = engine::table::<Packed>().await;
        let mib = 1024 * 1024;
        let filled = |bytes: usize| json(&format!("{:?}", "x".repeat(bytes - json("\"\"").len())));
        assert!(read(&table, gzip(filled(16 * mib).as_bytes())).await.is_ok());
        for bytes in [16 * mib + 1, 200 * mib] {
            let bomb = gzip(filled(bytes).as_bytes());
            assert!(bomb.len() < 300_000);
            assert_eq!(decode_problem(&read(&table, bomb).await.expect_err("a bomb")), ("data", DecodeProblem::TooLarge));
        }
    }
}

/// Rows that somebody else wrote.
mod foreign {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(type_index = false, ttl = "seconds")]
    struct Plain {
        seconds: Option<u32>,
        text: String,
        #[table(set)]
        words: BTreeSet<String>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned, compress = false, type_index = false)]
    struct Kept {
        text: String,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned, type_index = false)]
    struct Packed {
        text: String,
    }

    #[derive(SingleTable)]
    enum App {
        Plain(Plain),
        Kept(Kept),
        Packed(Packed),
    }

    fn wrong() -> Vec<AttributeValue> {
        vec![
            stored::s(""),
            stored::s("text"),
            stored::s("-1"),
            stored::s("2024-01-02"),
            stored::s("9999-12-31T23:59:59-23:59"),
            stored::n(-2),
            stored::n("1.5"),
            stored::n(u64::MAX),
            stored::n("9e125"),
            AttributeValue::B(Blob::new("\u{1f}")),
            AttributeValue::Bool(true),
            AttributeValue::Null(true),
            AttributeValue::L(vec![stored::n(1)]),
            AttributeValue::M(Row::from([("a".into(), stored::n(1))])),
            AttributeValue::Ss(vec!["a".into()]),
            AttributeValue::Ns(vec!["1".into()]),
        ]
    }

    /// Puts every wrong value into one attribute of a row, and gives the errors with which it is read.
    async fn provoke(table: &Table<App>, row: &Row, attribute: &str) -> Vec<Option<Error>> {
        let mut errors = Vec::new();
        for value in wrong().into_iter().map(Some).chain([None]) {
            let mut row = row.clone();
            match value {
                Some(value) => drop(row.insert(attribute.into(), value)),
                None => drop(row.remove(attribute)),
            }
            let (pk, _) = stored::key(&row);
            stored::put(table, row).await;
            errors.push(match pk.as_str() {
                "Plain#x" => table.get(Id::<Plain>::from("x")).await.err(),
                "Kept#x" => table.get(Id::<Kept>::from("x")).await.err(),
                _ => table.get(Id::<Packed>::from("x")).await.err(),
            });
        }
        errors
    }

    #[tokio::test]
    async fn wrong_attributes_are_errors_that_name_them() {
        let table = engine::table::<App>().await;
        table.create(Plain { seconds: None, text: "text".into(), words: BTreeSet::new() }).id("x").await.expect("created");
        table.create(Kept { text: "text".into() }).id("x").await.expect("created");
        table.create(Packed { text: "text".into() }).id("x").await.expect("created");
        for (pk, sk, attributes) in [
            ("Plain#x", "Plain#x", &["created_at", "updated_at"][..]),
            ("Kept#x", "v0", &["created_at", "updated_at", "version"]),
            ("Packed#x", "v0", &["version"]),
        ] {
            let row = stored::one(&table, pk, sk).await.expect("it is there");
            for attribute in attributes {
                let errors = provoke(&table, &row, attribute).await;
                for error in &errors {
                    let (path, problem) = decode_problem(error.as_ref().unwrap_or_else(|| panic!("{pk}: a wrong `{attribute}` was read")));
                    assert_eq!(path, *attribute);
                    assert!(matches!(problem, DecodeProblem::Value | DecodeProblem::Missing), "{problem:?}");
                }
                assert_eq!(decode_problem(errors.last().and_then(Option::as_ref).expect("an error")).1, DecodeProblem::Missing);
            }
            // The type of a row of the history is absent; every other one is another entity's.
            for error in provoke(&table, &row, "gsitype").await.iter().rev().skip(1) {
                assert_eq!(error.as_ref().map(decode_problem), Some(("gsitype", DecodeProblem::Entity)));
            }
            // Neither is anything that a reader could stumble over.
            for attribute in ["resource_id", "_rev", "metadata", "gsi1pk", "_blob_fields", "unknown"] {
                assert!(provoke(&table, &row, attribute).await.iter().all(Option::is_none), "{pk}: {attribute}");
            }
            provoke(&table, &row, "ttl").await;
            provoke(&table, &row, "data").await;
        }
    }

    #[tokio::test]
    async fn an_absurd_version_cannot_be_counted_on() {
        let table = engine::table::<App>().await;
        table.create(Kept { text: "text".into() }).id("x").await.expect("created");
        let id = Id::<Kept>::from("x");
        for (version, reads) in [(u64::MAX - 1, true), (u64::MAX, false), (0, true)] {
            stored::change(&table, ("Kept#x", "v0"), "SET version = :v", stored::n(version)).await;
            match table.modify(&id, |kept| kept.text.push('!')).await {
                Ok(kept) => assert_eq!(Some(kept.version()), version.checked_add(1)),
                Err(error) => assert!(!reads && decode_problem(&error) == ("version", DecodeProblem::Value), "{error}"),
            }
        }
    }
}
