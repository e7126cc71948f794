//! Values made of every other template's literals never reach another entity's row.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde::{Deserialize, Serialize};
use simpletable::{Error, Result, SingleTable, Table};

use crate::engine;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
#[gsi(name = "plan", index = "gsi1", pk = "PLAN#<plan>", sk = "ORG#<org>")]
struct Org {
    org: String,
    plan: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "USER#<email>")]
#[gsi(name = "email", index = "gsi1", pk = "EMAIL#<email>", sk = "USER#<org>")]
struct User {
    org: String,
    email: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "INVOICE#<year>#<number:04>")]
#[gsi(name = "plan", index = "gsi1", pk = "PLAN#<plan>", sk = "INVOICE#<year>#<number:04>")]
struct Invoice {
    org: String,
    plan: String,
    year: String,
    number: u16,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, prefix = "PLAN")]
struct Plan {
    text: String,
}

#[derive(Debug, SingleTable)]
enum App {
    Org(Org),
    User(User),
    Invoice(Invoice),
    Plan(Plan),
}

/// Text out of the pieces of which every template consists.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &["ORG", "ORG#", "USER#", "INVOICE#", "PLAN#", "EMAIL#", "#", "0001", "v0", "v1", "a", "$", "\u{10ffff}"];
    prop::collection::vec(prop::sample::select(PIECES), 1..4).prop_map(|pieces| pieces.concat())
}

/// A value that its key cannot hold is refused; every other one is created or there already.
fn taken<T>(result: Result<T>) -> bool {
    match result {
        Ok(_) | Err(Error::AlreadyExists { .. }) => true,
        Err(Error::KeyValue { .. }) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn fill(table: &Table<App>, values: &[String; 4]) {
    let [org, email, plan, year] = values;
    taken(table.create(Org { org: org.clone(), plan: plan.clone() }).await);
    taken(table.create(User { org: org.clone(), email: email.clone() }).await);
    taken(table.create(Invoice { org: org.clone(), plan: plan.clone(), year: year.clone(), number: 1 }).await);
    taken(table.create(Plan { text: plan.clone() }).id(year.as_str()).await);
}

async fn check(table: &Table<App>, values: &[String; 4]) -> Result<(), TestCaseError> {
    let [org, email, plan, year] = values;
    for row in table.query(Org::in_partition(org)).all().await.expect("read") {
        prop_assert_eq!(&row.org, org);
    }
    for row in table.query(User::in_partition(org).begins_with(email)).all().await.expect("read") {
        prop_assert!(row.org == *org && row.email.starts_with(email));
    }
    match table.query(Invoice::in_partition(org).year(year)).all().await {
        Ok(rows) => prop_assert!(rows.iter().all(|row| row.org == *org && row.year == *year)),
        Err(error) => {
            let refused = matches!(error, Error::KeyValue { .. });
            prop_assert!(refused);
        }
    }
    for row in table.query(App::partition_of(Org::key(org))).all().await.expect("read") {
        let found = match &*row {
            App::Org(row) => &row.org,
            App::User(row) => &row.org,
            App::Invoice(row) => &row.org,
            App::Plan(_) => return Err(TestCaseError::fail("a plan lies in no organisation")),
        };
        prop_assert_eq!(found, org);
    }
    for row in table.query(Org::by_plan(plan)).all().await.expect("read") {
        prop_assert_eq!(&row.plan, plan);
    }
    for row in table.query(Invoice::by_plan(plan)).all().await.expect("read") {
        prop_assert_eq!(&row.plan, plan);
    }
    for row in table.query(User::by_email(email)).all().await.expect("read") {
        prop_assert_eq!(&row.email, email);
    }
    if let Some(found) = table.get(simpletable::Id::<Plan>::from(year.as_str())).await.expect("read") {
        prop_assert_eq!(found.id().as_str(), year);
    }
    Ok(())
}

#[test]
fn no_value_reaches_another_entitys_row() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let table = runtime.block_on(engine::table::<App>());
    let cases = 120;
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let values = [text(), text(), text(), text()];
    let result = runner.run(&values, |values| {
        runtime.block_on(async {
            fill(&table, &values).await;
            check(&table, &values).await
        })
    });
    result.expect("every row is its own entity's");
    println!("{cases} sets of values");
}
