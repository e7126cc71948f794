//! `.when(..)`: the caller's condition, joined to the library's own.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, ExpressionProblem, Id, Result, SingleTable, Table, WriteRequest};

use crate::engine;
use crate::faults::impatient;
use crate::stored;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Product {
    name: String,
    stock: i64,
    note: Option<String>,
    weight: f64,
}

/// Versioned, and visible to conditions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, compress = false, max_versions = 2)]
struct Contract {
    title: String,
    open: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "until")]
struct Lease {
    holder: String,
    until: DateTime<Utc>,
}

#[derive(SingleTable)]
enum App {
    Product(Product),
    Contract(Contract),
    Lease(Lease),
}

fn product(stock: i64) -> Product {
    Product { name: "cup".into(), stock, note: None, weight: 0.5 }
}

fn contract() -> Contract {
    Contract { title: "rent".into(), open: true }
}

/// The table, and the same behind faults.
async fn tables() -> (Table<App>, Table<App>, Faults) {
    let table = engine::table::<App>().await;
    let other = Table::new::<App>(impatient(table.client()), table.name());
    let faults = Faults::new();
    (other.with_faults(&faults), other, faults)
}

#[tokio::test]
async fn a_condition_that_holds_is_no_hindrance() -> Result<()> {
    let table = engine::table::<App>().await;
    let cup = table.create(product(3)).when(|p| p.name.not_exists()).await?;
    let cup = table.update(cup, |p| p.stock = 2).when(|p| p.stock.ge(1)).await?;
    assert_eq!(table.read(&cup).consistent().await?, cup);
    table.delete(&cup).when(|p| p.stock.eq(2).and(p.note.not_exists())).await?;

    let rent = table.create(contract()).when(|c| c.title.ne("rent")).await?;
    let rent = table.update(rent, |c| c.open = false).when(|c| c.open.eq(true)).await?;
    assert_eq!(rent.version(), 2);
    table.delete(&rent).when(|c| c.open.eq(false)).await?;
    assert!(stored::all(&table).await.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_condition_that_fails_writes_nothing_and_shows_the_row() -> Result<()> {
    let table = engine::table::<App>().await;
    let failed = |error: &Error, entity: &str, of: &str| {
        assert!(matches!(error, Error::ConditionFailed { entity: e, operation: o, .. } if (*e, *o) == (entity, of)), "{error:?}");
        assert!(error.is_condition_failed() && !error.is_conflict() && !error.is_retryable());
    };
    let error = table.create(product(3)).when(|p| p.stock.gt(0)).await.expect_err("nothing has a stock");
    failed(&error, "Product", "create");
    assert_eq!(error.current::<Product>(), None);
    let error = table.create(contract()).when(|c| c.open.exists()).await.expect_err("nothing is open");
    failed(&error, "Contract", "create");
    assert!(stored::all(&table).await.is_empty());

    let cup = table.create(product(0)).await?;
    let rent = table.create(contract()).await?;
    let rows = stored::all(&table).await;
    let error = table.update(cup.clone(), |p| p.stock -= 1).when(|p| p.stock.ge(1)).await.expect_err("none is left");
    failed(&error, "Product", "update");
    assert_eq!(error.current(), Some(cup.clone()));
    let error = table.delete(&cup).when(|p| p.stock.ge(1)).await.expect_err("none is left");
    failed(&error, "Product", "delete");
    assert_eq!(error.current(), Some(cup.clone()));
    let error = table.delete(&cup).if_unchanged(&cup).when(|p| p.stock.ge(1)).await.expect_err("none is left");
    failed(&error, "Product", "delete");
    let error = table.update(rent.clone(), |c| c.title = "sale".into()).when(|c| c.open.eq(false)).await.expect_err("it is open");
    failed(&error, "Contract", "update");
    assert_eq!(error.current(), Some(rent.clone()));
    let error = table.delete(&rent).when(|c| c.open.eq(false)).await.expect_err("it is open");
    failed(&error, "Contract", "delete");
    assert_eq!(error.current(), Some(rent));
    assert_eq!(stored::all(&table).await, rows);
    Ok(())
}

/// Whoever is told that a condition failed knows that the row is the one that was meant.
#[tokio::test]
async fn our_own_condition_comes_first() -> Result<()> {
    let table = engine::table::<App>().await;
    let cup = table.create(product(3)).id("cup").await?;
    let taken = table.create(product(3)).id("cup").when(|p| p.stock.eq(99)).await;
    assert!(taken.expect_err("the key is taken").is_already_exists());

    let stale = cup.clone();
    table.update(cup, |p| p.stock = 2).await?;
    let error = table.update(stale.clone(), |p| p.stock = 9).when(|p| p.stock.eq(99)).await.expect_err("it is stale");
    assert!(error.is_conflict());
    let error =
        table.update(stale.clone(), |p| p.stock = 9).when(|p| p.stock.eq(2)).await.expect_err("it is stale, and the condition holds");
    assert!(error.is_conflict());
    let error = table.delete(&stale).if_unchanged(&stale).when(|p| p.stock.eq(99)).await.expect_err("it is stale");
    assert!(error.is_conflict());

    let missing = Id::<Product>::from("none");
    assert!(table.delete(&missing).when(|p| p.stock.eq(99)).await.expect_err("there is none").is_not_found());
    assert!(table.delete(&missing).when(|p| p.stock.not_exists()).await.expect_err("there is none").is_not_found());
    let missing = Id::<Contract>::from("none");
    assert!(table.delete(&missing).when(|c| c.open.eq(false)).await.expect_err("there is none").is_not_found());

    let rent = table.create(contract()).await?;
    let stale = rent.clone();
    table.update(rent, |c| c.open = false).await?;
    let error = table.update(stale, |c| c.title = "x".into()).when(|c| c.title.eq("y")).await.expect_err("it is stale");
    assert!(error.is_conflict());
    Ok(())
}

#[tokio::test]
async fn an_expired_row_is_gone_for_deletes_and_asked_by_creates() -> Result<()> {
    let table = engine::table::<App>().await;
    let lease = |holder: &str, hours| Lease { holder: holder.into(), until: Utc::now() + TimeDelta::hours(hours) };
    let old = table.create(lease("ann", -1)).id("door").await?;
    let error = table.delete(old.id()).when(|l| l.holder.eq("ann")).await.expect_err("it has expired");
    assert!(error.is_not_found());
    let error = table.create(lease("bob", 1)).id("door").when(|l| l.holder.eq("bob")).await.expect_err("it was ann's");
    assert!(error.is_condition_failed());
    let new = table.create(lease("ann", 1)).id("door").when(|l| l.holder.eq("ann")).await?;
    let error = table.create(lease("ann", 1)).id("door").when(|l| l.holder.eq("ann")).await.expect_err("it is there now");
    assert!(error.is_already_exists());
    assert_eq!(table.read(&new).consistent().await?, new);
    Ok(())
}

#[tokio::test]
async fn several_conditions_are_all_asked() -> Result<()> {
    let table = engine::table::<App>().await;
    let cup = table.create(product(3)).await?;
    let both = |stock: i64, name: &'static str| table.delete(&cup).when(move |p| p.stock.eq(stock)).when(move |p| p.name.eq(name));
    assert!(both(3, "plate").await.expect_err("it is a cup").is_condition_failed());
    assert!(both(4, "cup").await.expect_err("there are 3").is_condition_failed());
    both(3, "cup").await
}

#[tokio::test]
async fn what_dynamodb_would_refuse_is_refused_here() -> Result<()> {
    let (table, other, faults) = tables().await;
    let cup = other.create(product(300)).await?;
    let rent = other.create(contract()).await?;
    let operands = |error: Error| {
        let problem = ExpressionProblem::Operands { limit: 100 };
        assert!(matches!(&error, Error::Expression { problem: found, .. } if *found == problem), "{error:?}");
    };
    operands(table.create(product(1)).when(|p| p.stock.in_(0..101)).await.expect_err("too many"));
    operands(table.update(cup.clone(), |p| p.stock = 1).when(|p| p.stock.in_(0..101)).await.expect_err("too many"));
    operands(table.delete(&cup).when(|p| p.stock.in_(0..101)).await.expect_err("too many"));
    operands(table.delete(&cup).when(|p| p.stock.in_(0..101)).into_input().expect_err("too many"));
    operands(table.update(rent, |c| c.open = false).when(|c| c.title.in_((0..101).map(|n| n.to_string()))).await.expect_err("too many"));
    let many = |count: i64| table.delete(&cup).when(move |p| (0..count).fold(p.stock.ne(-1), |all, n| all.and(p.stock.ne(n))));
    let error = many(160).await.expect_err("too many operators");
    assert!(matches!(error, Error::Expression { problem: ExpressionProblem::Operators { limit: 300 }, .. }));
    let error = table.delete(&cup).when(|p| p.weight.eq(f64::NAN)).await.expect_err("not finite");
    assert!(matches!(error, Error::Encode { entity: "Product", .. }));
    assert!(faults.requests().is_empty());
    many(100).await
}

#[tokio::test]
async fn both_conditions_are_one_expression() -> Result<()> {
    let table = engine::table::<App>().await;
    let cup = table.create(product(3)).await?;
    let request = table.update(cup, |p| p.stock = 2).when(|p| p.stock.ge(1).or(p.note.exists())).into_input()?;
    let WriteRequest::PutItem(put) = request else { unreachable!("it is plain") };
    let text = put.condition_expression().expect("a condition");
    assert_eq!(text, "(#n0 = :v0 AND (#n1 >= :v1 OR (attribute_exists(#n2) AND #n2 <> :v2)))");
    let (names, values) = (put.expression_attribute_names().expect("names"), put.expression_attribute_values().expect("values"));
    assert_eq!((names["#n0"].as_str(), names["#n1"].as_str(), names["#n2"].as_str()), ("updated_at", "stock", "note"));
    assert_eq!((names.len(), values.len()), (3, 3));
    Ok(())
}

/// The first attempt was made and its answer lost; the second meets the row that the first one left, of which the condition is not true any
/// more.
#[tokio::test]
async fn a_lost_answer_is_no_failed_condition() -> Result<()> {
    for failure in [Failure::Connection, Failure::TimeOut, Failure::ServerError] {
        let (table, other, faults) = tables().await;
        faults.inject(Fault::after(failure));
        let cup = table.create(product(3)).when(|p| p.stock.not_exists()).await?;
        faults.inject(Fault::after(failure));
        let cup = table.update(cup, |p| p.stock = 2).when(|p| p.stock.eq(3)).await?;
        assert_eq!(other.read(&cup).consistent().await?, cup);
        faults.inject(Fault::after(failure));
        table.delete(&cup).when(|p| p.stock.eq(2)).await?;
        assert_eq!(faults.requests(), ["PutItem", "PutItem", "PutItem", "PutItem", "DeleteItem", "DeleteItem"]);

        // A transaction's token tells.
        let rent = other.create(contract()).await?;
        faults.clear();
        faults.inject(Fault::after(failure));
        let rent = table.update(rent, |c| c.open = false).when(|c| c.open.eq(true)).await?;
        assert_eq!(faults.requests(), ["TransactWriteItems", "TransactWriteItems"]);
        assert_eq!(other.read(&rent).consistent().await?, rent);
    }
    Ok(())
}

/// Takers of the last piece: each asks for stock in its own write.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_condition_holds_against_other_writers() -> Result<()> {
    let table = engine::table::<App>().await;
    let cup = table.create(product(5)).await?;
    let takers = (0..20).map(|_| {
        let (table, key) = (table.clone(), cup.key());
        tokio::spawn(async move {
            loop {
                let cup = table.read(&key).consistent().await?;
                match table.update(cup, |p| p.stock -= 1).when(|p| p.stock.ge(1)).await {
                    Ok(_) => return Ok(true),
                    Err(error) if error.is_condition_failed() => return Ok(false),
                    Err(error) if error.is_conflict() => tokio::time::sleep(Duration::from_millis(1)).await,
                    Err(error) => return Err(error),
                }
            }
        })
    });
    let mut taken = 0;
    for taker in takers.collect::<Vec<_>>() {
        taken += i64::from(taker.await.expect("no taker panics")?);
    }
    assert_eq!((taken, table.read(&cup).consistent().await?.stock), (5, 0));
    Ok(())
}
