//! What each access pattern takes on 1,000 rows of 1 KB.

use serde::{Deserialize, Serialize};
use simpletable::fault::Faults;
use simpletable::{Result, SingleTable};

use crate::engine;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<number:04>")]
struct Note {
    owner: String,
    number: u16,
    rare: bool,
    text: String,
}

#[tokio::test]
async fn requests_of_each_pattern_on_1000_rows() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Note>().await.with_faults(&faults);
    let notes = (0..1000).map(|number| Note { owner: "ann".into(), number, rare: number % 20 == 19, text: "x".repeat(900) });
    let made = table.put_many(notes).await?.into_complete()?;
    let ids: Vec<_> = made.iter().map(|note| note.id().clone()).collect();
    let mut found = Vec::new();
    let mut note = |pattern: &str, rows: usize| {
        found.push((pattern.to_owned(), rows, faults.requests().len()));
        faults.clear();
    };
    note("put_many", made.len());
    note("query, all", table.query(Note::by_owner("ann")).all().await?.len());
    note("query, limit 50", table.query(Note::by_owner("ann")).limit(50).await?.len());
    note("query, one row", table.query(Note::by_owner("ann").number(7)).await?.len());
    note("query, a range of 100", table.query(Note::by_owner("ann").range(100..200)).all().await?.len());
    note("query, filter 1 in 20, limit 5", table.query(Note::by_owner("ann")).filter(|n| n.rare.eq(true)).limit(5).await?.len());
    note("query, filter_fn 1 in 20, limit 5", table.query(Note::by_owner("ann")).filter_fn(|n| n.rare).limit(5).await?.len());
    note("query, count", usize::try_from(table.query(Note::by_owner("ann")).count().await?).unwrap_or_default());
    note("list, limit 50", table.list::<Note>().limit(50).await?.len());
    note("list, all", table.list::<Note>().all().await?.len());
    note("scan, all", table.scan::<Note>().all().await?.len());
    note("get_many", table.get_many(&ids).await?.iter().flatten().count());
    println!("| pattern | rows | requests |\n|---|---|---|");
    for (pattern, rows, requests) in &found {
        println!("| {pattern} | {rows} | {requests} |");
    }
    let requests = |wanted: &str| found.iter().find(|(pattern, ..)| pattern == wanted).map(|(_, rows, requests)| (*rows, *requests));
    assert_eq!(requests("put_many"), Some((1000, 40)));
    assert_eq!(requests("query, limit 50"), Some((50, 1)));
    assert_eq!(requests("query, one row"), Some((1, 1)));
    assert_eq!(requests("query, a range of 100"), Some((100, 1)));
    assert_eq!(requests("query, filter 1 in 20, limit 5"), Some((5, 2)));
    assert_eq!(requests("query, filter_fn 1 in 20, limit 5"), Some((5, 2)));
    assert_eq!(requests("list, limit 50"), Some((50, 1)));
    assert_eq!(requests("get_many"), Some((1000, 10)));
    Ok(())
}
