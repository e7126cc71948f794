//! What is decided here about a condition is what the engine decides.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::embedded::{Store, client};
use crate::expr::{Compare, Place};

const CASES: usize = 2_000;

/// The embedded engine, or the one that the environment names.
async fn engine() -> (Client, String) {
    let client = match std::env::var("AWS_ENDPOINT_URL_DYNAMODB") {
        Ok(url) => Client::from_conf(
            Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .endpoint_url(url)
                .region(Region::new("local"))
                .credentials_provider(Credentials::new("local", "local", None, None, "test"))
                .build(),
        ),
        Err(_) => client(Store::Memory).expect("it works"),
    };
    let table = format!("conditions-{}", crate::clock::token());
    client
        .create_table()
        .table_name(&table)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(
            AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S).build().expect("it works"),
        )
        .key_schema(KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build().expect("it works"))
        .send()
        .await
        .expect("it works");
    (client, table)
}

/// A small world, so that values meet.
fn scalar() -> impl Strategy<Value = AttributeValue> {
    let n = prop::sample::select(vec!["0", "-0.0", "1", "1.0", "1e1", "10", "-1", "-10", "2.5", "99999999999999999999"]);
    let s = prop::sample::select(vec!["a", "ab", "b", "é", "1"]);
    prop_oneof![
        n.prop_map(|number| AttributeValue::N(number.to_owned())),
        s.clone().prop_map(|text| AttributeValue::S(text.to_owned())),
        s.prop_map(|text| AttributeValue::B(Blob::new(text))),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
    ]
}

fn value() -> impl Strategy<Value = AttributeValue> {
    let set = |members: Vec<&'static str>| prop::sample::subsequence(members, 1..=2);
    let owned = |members: Vec<&str>| members.into_iter().map(str::to_owned).collect::<Vec<_>>();
    prop_oneof![
        6 => scalar(),
        1 => set(vec!["a", "ab", "b"]).prop_map(move |members| AttributeValue::Ss(owned(members))),
        1 => set(vec!["1", "10", "2.5"]).prop_map(move |members| AttributeValue::Ns(owned(members))),
        1 => set(vec!["a", "ab"]).prop_map(|members| AttributeValue::Bs(members.into_iter().map(Blob::new).collect())),
        1 => prop::collection::vec(scalar(), 0..3).prop_map(AttributeValue::L),
        1 => scalar().prop_map(|value| AttributeValue::M(Item::from([("x".to_owned(), value)]))),
    ]
}

/// Two values that DynamoDB can compare by order.
fn ends() -> impl Strategy<Value = (AttributeValue, AttributeValue)> {
    let numbers = prop::sample::select(vec![("0", "1"), ("-10", "1e1"), ("1", "1"), ("2", "3.5")]);
    let texts = prop::sample::select(vec![("a", "b"), ("a", "a"), ("ab", "é")]);
    prop_oneof![
        numbers.prop_map(|(low, high)| (AttributeValue::N(low.to_owned()), AttributeValue::N(high.to_owned()))),
        texts.prop_map(|(low, high)| (AttributeValue::S(low.to_owned()), AttributeValue::S(high.to_owned()))),
    ]
}

fn node() -> impl Strategy<Value = Node> {
    let place = || prop::sample::select(vec![Place::of("a"), Place::of("b"), Place::of("a").inside("x")]);
    let ordered = || prop::sample::select(vec![Compare::Less, Compare::AtMost, Compare::Greater, Compare::AtLeast]);
    let text = || prop::sample::select(vec!["a", "ab", "b"]);
    let leaf = prop_oneof![
        place().prop_map(Node::Exists),
        place().prop_map(Node::Absent),
        (place(), prop::sample::select(vec![Compare::Equal, Compare::NotEqual]), value()).prop_map(|(p, c, v)| Node::Compare(p, c, v)),
        (place(), ordered(), ends()).prop_map(|(p, c, (v, _))| Node::Compare(p, c, v)),
        (place(), ends()).prop_map(|(p, (low, high))| Node::Between(p, low, high)),
        (place(), prop::collection::vec(value(), 1..3)).prop_map(|(p, values)| Node::In(p, values)),
        (place(), text()).prop_map(|(p, text)| Node::BeginsWith(p, AttributeValue::S(text.to_owned()))),
        (place(), text()).prop_map(|(p, text)| Node::Contains(p, AttributeValue::S(text.to_owned()))),
        (place(), ends()).prop_map(|(p, (element, _))| Node::Contains(p, element)),
        (place(), ordered(), 0..4_u32).prop_map(|(p, c, size)| Node::Size(p, c, size)),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|node| Node::Not(Box::new(node))),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Node::All),
            prop::collection::vec(inner, 1..3).prop_map(Node::Any),
        ]
    })
}

#[tokio::test]
async fn a_condition_holds_here_exactly_where_it_holds_in_the_engine() {
    let (client, table) = engine().await;
    let mut runner = TestRunner::default();
    let rows = (prop::option::of(value()), prop::option::of(value()));
    let nodes = node();
    let mut held = 0;
    for case in 0..CASES {
        let (a, b) = rows.new_tree(&mut runner).expect("it works").current();
        let node = nodes.new_tree(&mut runner).expect("it works").current();
        let pk = AttributeValue::S(case.to_string());
        // Every fifth condition is asked of no row.
        let item: Item = [("a", a), ("b", b)].into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        let item = if case % 5 == 0 { Item::new() } else { item };
        if case % 5 != 0 {
            client.put_item().table_name(&table).set_item(Some(item.clone())).item("pk", pk.clone()).send().await.expect("it works");
        }
        let (text, names, values) = node.expression().into_parts();
        let request = client.delete_item().table_name(&table).key("pk", pk).condition_expression(&text);
        let result = request.set_expression_attribute_names(names).set_expression_attribute_values(values.clone()).send().await;
        let found = match result {
            Ok(_) => true,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_conditional_check_failed_exception()) => false,
            Err(error) => panic!("{text} {values:?}: {error:?}"),
        };
        assert_eq!(node.holds(&item), found, "{text} {values:?} of {item:?}");
        held += usize::from(found);
    }
    // Both answers are asked for.
    assert!((CASES / 5..CASES * 4 / 5).contains(&held), "{held} of {CASES} held");
}
