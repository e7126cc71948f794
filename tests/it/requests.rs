//! How many requests each operation sends, and how many rows it writes: the design's table, counted.

use std::collections::HashMap;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use serde::{Deserialize, Serialize};
use simpletable::fault::Faults;
use simpletable::{Error, Id, Result, Schema, SingleTable, Table};

use crate::engine;
use crate::kinds::{Account, App, Config, Contract, Document, Invoice, Letter, Page, Policy, Seat, Task, User};
use crate::stored::{self, Row, n, s};

/// Runs operations one after another and writes down what each took.
struct Counter<S> {
    /// Past the faults, for looking.
    table: Table<S>,
    faults: Faults,
    lines: Vec<String>,
}

impl<S: Schema> Counter<S> {
    #[expect(clippy::print_stdout, reason = "the table is for the reader: `cargo test --test it requests -- --nocapture`")]
    fn print(&self) {
        println!("\n| operation | requests | rows written |\n|---|---|---|\n{}\n", self.lines.join("\n"));
    }

    async fn rows(&self) -> HashMap<(String, String), Row> {
        stored::all(&self.table).await.into_iter().map(|row| (stored::key(&row), row)).collect()
    }

    /// What the operation returns, after a look at what it sent and which rows are not as they were.
    /// Boxed, so that the test that counts them all does not hold them all on its stack.
    fn count<'a, T, F>(
        &'a mut self,
        operation: &'a str,
        requests: &'a [(&'a str, usize)],
        written: usize,
        future: F,
    ) -> Pin<Box<dyn Future<Output = Result<T>> + 'a>>
    where
        T: 'a,
        F: IntoFuture<Output = Result<T>> + 'a,
        F::IntoFuture: Future,
    {
        Box::pin(self.counted(operation, requests, written, future))
    }

    async fn counted<T, F>(&mut self, operation: &str, requests: &[(&str, usize)], written: usize, future: F) -> Result<T>
    where
        F: IntoFuture<Output = Result<T>>,
        F::IntoFuture: Future,
    {
        let before = self.rows().await;
        self.faults.clear();
        let result = future.await;
        let sent = self.faults.requests();
        let after = self.rows().await;
        let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
        let changed = keys.filter(|key| before.get(*key) != after.get(*key)).count();

        let expected: Vec<&str> = requests.iter().flat_map(|(request, times)| std::iter::repeat_n(*request, *times)).collect();
        assert_eq!(sent, expected, "{operation}");
        assert_eq!(changed, written, "rows written by {operation}");
        let words: Vec<String> =
            requests.iter().map(|(name, times)| if *times == 1 { (*name).into() } else { format!("{times} × {name}") }).collect();
        let words = if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
        self.lines.push(format!("| {operation} | {}{words} | {changed} |", sent.len()));
        result
    }
}

const GET: (&str, usize) = ("GetItem", 1);
const PUT: (&str, usize) = ("PutItem", 1);
const DELETE: (&str, usize) = ("DeleteItem", 1);
const BATCH_GET: (&str, usize) = ("BatchGetItem", 1);
const QUERY: (&str, usize) = ("Query", 1);
const UPDATE: (&str, usize) = ("UpdateItem", 1);
const TRANSACT: (&str, usize) = ("TransactWriteItems", 1);

#[tokio::test]
async fn each_operation_sends_what_the_design_says() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<App>().await;
    let table = other.with_faults(&faults);
    let mut counter = Counter { table: other, faults, lines: Vec::new() };
    let c = &mut counter;

    // Plain.
    let task = c.count("create, plain", &[PUT], 1, table.create(Task::new("ann"))).await?;
    let letter = c.count("create, plain compressed", &[PUT], 1, table.create(Letter { title: "dear".into(), count: 0 })).await?;
    let invoice = c.count("create, composed key", &[PUT], 1, table.create(Invoice::new(7))).await?;
    let user = c.count("create, natural id", &[PUT], 1, table.create(User::new("ann@acme.io"))).await?;
    let taken = c.count("create, key taken", &[PUT], 0, table.create(User::new("ann@acme.io"))).await;
    assert!(taken.expect_err("the key is taken").is_already_exists());
    c.count("get", &[GET], 0, table.get(&task)).await?;
    c.count("get, not there", &[GET], 0, table.get(Id::<Task>::from("none"))).await?;
    c.count("get, an id that no key can hold", &[], 0, table.get(Id::<Task>::from(""))).await?;
    c.count("read", &[GET], 0, table.read(task.id()).consistent()).await?;
    let stale = task.clone();
    let revision = letter.revision();
    c.count("update, plain", &[PUT], 1, table.update(task, |task| task.count += 1)).await?;
    let lost = c.count("update, plain, stale", &[PUT], 0, table.update(stale, |task| task.count += 1)).await;
    assert!(lost.expect_err("it is stale").is_conflict());
    c.count("update_at, plain", &[GET, PUT], 1, table.update_at(&letter, &revision, |letter| letter.count += 1)).await?;
    let lost = c.count("update_at, another revision", &[GET], 0, table.update_at(&letter, &revision, |letter| letter.count += 1)).await;
    assert!(lost.expect_err("it is at another revision").is_conflict());
    c.count("modify, plain", &[GET, PUT], 1, table.modify(&letter, |letter| letter.count += 1)).await?;
    c.count("patch", &[UPDATE], 1, table.patch(&user).add(|user| user.count, 1)).await?;
    c.count("patch, or_create, there", &[UPDATE], 1, table.patch(&user).add(|user| user.count, 1).or_create(User::new("ann@acme.io")))
        .await?;
    let bob = User::key("bob@acme.io");
    let gone = c.count("patch, not there", &[UPDATE], 0, table.patch(&bob).add(|user| user.count, 1)).await;
    assert!(gone.expect_err("it is not there").is_not_found());
    let created = table.patch(&bob).add(|user| user.count, 1).or_create(User::new("bob@acme.io"));
    c.count("patch, or_create, not there", &[UPDATE, PUT], 1, created).await?;
    let refused = c.count("patch that the row refuses", &[UPDATE], 0, table.patch(&bob).subtract(|user| user.count, 9)).await;
    assert!(matches!(refused, Err(Error::Patch { .. })));
    let twice = table.patch(&bob).add(|user| user.count, 1).set(|user| user.count, 1);
    assert!(matches!(c.count("patch of one place twice", &[], 0, twice).await, Err(Error::Patch { .. })));
    c.count("patch, exactly once", &[TRANSACT], 1, table.patch(&bob).add(|user| user.count, 1).exactly_once()).await?;
    c.count("patch, idempotent", &[TRANSACT], 2, table.patch(&bob).add(|user| user.count, 1).idempotency_key("p")).await?;
    c.count("upsert, there", &[UPDATE], 1, table.upsert(User::new("bob@acme.io"))).await?;
    let eve = c.count("upsert, not there", &[UPDATE], 1, table.upsert(User::new("eve@acme.io"))).await?;
    c.count("upsert, idempotent", &[TRANSACT], 2, table.upsert(User::new("eve@acme.io")).idempotency_key("u")).await?;
    c.count(
        "transact, upsert and patch",
        &[TRANSACT],
        2,
        table.transact((table.upsert(User::new("bob@acme.io")), table.patch(&eve).add(|user| user.count, 1))),
    )
    .await?;
    table.delete(&eve).await?;
    let moved = c.count("update that would move", &[], 0, table.update(invoice.clone(), |invoice| invoice.number = 8)).await;
    assert!(matches!(moved, Err(Error::KeyChanged { .. })));
    let invoice = c.count("rekey", &[TRANSACT], 2, table.rekey(invoice, |invoice| invoice.number = 8)).await?;
    let invoice = c.count("rekey, same key", &[PUT], 1, table.rekey(invoice, |invoice| invoice.count = 1)).await?;
    c.count("delete, plain", &[DELETE], 1, table.delete(&invoice)).await?;
    let user = table.read(&user).await?;
    c.count("delete, plain, if unchanged", &[DELETE], 1, table.delete(&user).if_unchanged(&user)).await?;
    let gone = c.count("delete, plain, not there", &[DELETE], 0, table.delete(&user)).await;
    assert!(gone.expect_err("it is gone").is_not_found());

    // Together.
    let snapshot = ("TransactGetItems", 1);
    c.count("put, blind", &[PUT], 1, table.put(Task::new("ann")).id("blind")).await?;
    let (task, _) = c.count("put, return_old", &[PUT], 1, table.put(Task::new("bob")).id("blind").return_old()).await?;
    c.count("delete, plain, return_old", &[DELETE], 1, table.delete(&task).return_old()).await?;
    let missed = c.count("create, condition failed", &[PUT], 0, table.create(Task::new("ann")).when(|task| task.count.eq(0))).await;
    assert!(missed.expect_err("nothing has a count").is_condition_failed());
    let (user, document) = (table.create(User::new("bob")), table.create(Document::new("plan")).id("two"));
    let (user, document) = c.count("transact, create plain and versioned", &[TRANSACT], 3, table.transact((user, document))).await?;
    let (update, check) = (table.update(document, |document| document.count = 1), table.check(&user).when(|user| user.count.eq(0)));
    let (document, ()) = c.count("transact, update versioned and check", &[TRANSACT], 2, table.transact((update, check))).await?;
    let missed = (table.delete(&user), table.create(User::new("eve")).when(|user| user.count.eq(0)));
    let missed = c.count("transact, condition failed", &[TRANSACT], 0, table.transact(missed)).await;
    assert!(missed.expect_err("nothing has a count").is_condition_failed());
    let twice = (table.delete(&user), table.delete(&user));
    c.count("transact, one row twice", &[], 0, table.transact(twice)).await.expect_err("it cannot be sent");
    c.count("get_all, 3 keys", &[snapshot], 0, table.get_all((&user, &document, Id::<Task>::from("none")))).await?;
    let deletes = (table.delete(&user), table.delete(&document));
    c.count("transact, delete plain and versioned (2 versions)", &[snapshot, TRANSACT], 4, table.transact(deletes)).await?;

    // Versioned.
    let document = c.count("create, versioned", &[TRANSACT], 2, table.create(Document::new("plan")).id("one")).await?;
    let page = c.count("create, versioned, attributes", &[TRANSACT], 2, table.create(Page::new("home"))).await?;
    let document = c.count("update, versioned", &[TRANSACT], 2, table.update(document, |document| document.count += 1)).await?;
    c.count("modify, versioned", &[GET, TRANSACT], 2, table.modify(&document, |document| document.count += 1)).await?;
    c.count("update_at, versioned", &[GET, TRANSACT], 2, table.update_at(&page, page.revision(), |page| page.count += 1)).await?;
    let mut account = table.create(Account::new("ann@acme.io")).await?;
    account =
        c.count("update, versioned, nothing to prune yet", &[TRANSACT], 2, table.update(account, |account| account.count += 1)).await?;
    account = c.count("update, versioned, pruning", &[TRANSACT], 3, table.update(account, |account| account.count += 1)).await?;
    c.count("versions, limit 1", &[GET], 0, table.versions(&document).limit(1)).await?;
    c.count("versions (3)", &[GET, BATCH_GET], 0, table.versions(&document)).await?;
    c.count("versions, all (2 kept)", &[GET, BATCH_GET, QUERY], 0, table.versions(&account).all()).await?;
    c.count("versions, not there", &[GET], 0, table.versions(Id::<Document>::from("none"))).await?;
    c.count("read_version", &[GET], 0, table.read_version(&document, 1)).await?;
    let none = c.count("read_version, 0", &[], 0, table.read_version(&document, 0)).await;
    assert!(none.expect_err("0 is no version").is_not_found());
    c.count("diff", &[BATCH_GET], 0, table.diff(&document, 1, 2)).await?;
    let document = c.count("restore", &[BATCH_GET, TRANSACT], 2, table.restore(&document, 1)).await?;
    let account = c.count("restore, of the version that it prunes", &[BATCH_GET, TRANSACT], 3, table.restore(&account, 2)).await?;
    c.count("delete_version", &[TRANSACT], 1, table.delete_version(&document, 2)).await?;
    let latest = c.count("delete_version, the latest", &[TRANSACT], 0, table.delete_version(&document, 4)).await;
    assert!(matches!(latest, Err(Error::LatestVersion { .. })));
    c.count("prune_versions, 2 rows", &[GET, QUERY, TRANSACT], 2, table.prune_versions_to(&document, 1)).await?;
    c.count("prune_versions, nothing to do", &[GET, QUERY], 0, table.prune_versions(&account)).await?;
    assert!(c.count("check, plain", &[GET], 0, table.check(&letter)).await?.is_ok());
    assert!(c.count("check, versioned", &[GET, QUERY, GET], 0, table.check(&account)).await?.is_ok());
    c.count("repair, nothing to do", &[GET, QUERY, GET], 0, table.repair(&account)).await?;
    c.count("delete, versioned (4 versions, 2 kept)", &[GET, TRANSACT], 3, table.delete(&account)).await?;
    c.count("delete, versioned (4 versions, 1 left)", &[GET, TRANSACT], 2, table.delete(&document)).await?;
    let gone = c.count("delete, versioned, not there", &[GET], 0, table.delete(&document)).await;
    assert!(gone.expect_err("it is gone").is_not_found());

    // Counted: each of these writes the statistics, too.
    let seat = |name: &str| Seat { name: name.into() };
    let begins = [TRANSACT, UPDATE, TRANSACT];
    let first = c.count("create, counted, the first of the table", &begins, 2, table.create(seat("a"))).await?;
    let second = c.count("create, counted", &[TRANSACT], 2, table.create(seat("b"))).await?;
    let taken = c.count("create, counted, key taken", &[TRANSACT], 0, table.create(seat("b"))).await;
    assert!(taken.expect_err("there is one").is_already_exists());
    let contract = c.count("create, counted, versioned", &[TRANSACT], 3, table.create(Contract { title: "rent".into() })).await?;
    let two = (table.create(seat("c")), table.create(seat("d")));
    c.count("transact, create 2 counted", &[TRANSACT], 3, table.transact(two)).await?;
    let contract = c.count("update, counted, versioned", &[TRANSACT], 2, table.update(contract, |c| c.title.push('!'))).await?;
    c.count("stats", &[GET], 0, table.stats()).await?;
    c.count("recount, it is right", &[GET, QUERY], 0, table.recount::<Seat>()).await?;
    c.count("delete, counted", &[TRANSACT], 2, table.delete(&first)).await?;
    let gone = c.count("delete, counted, not there", &[TRANSACT], 0, table.delete(&first)).await;
    assert!(gone.expect_err("it is gone").is_not_found());
    let exchange = (table.delete(&second), table.create(seat("a")));
    c.count("transact, delete and create counted", &[TRANSACT], 2, table.transact(exchange)).await?;
    c.count("delete, counted, versioned (2 versions)", &[GET, TRANSACT], 4, table.delete(&contract)).await?;
    let mut row = stored::one(&c.table, "Seat#a", "Seat#a").await.expect("it is there");
    row.extend(["pk", "sk"].map(|name| (name.into(), s("Seat#e"))));
    stored::put(&c.table, row).await;
    c.count("recount, it is not", &[GET, QUERY, UPDATE], 1, table.recount::<Seat>()).await?;

    // Repositories: what the table sends.
    let documents = table.repository::<Document>();
    let document = documents.create(Document::new("draft")).await?;
    let document = documents.update(document, |document| document.count = 1).await?;
    c.count("list_versions (2)", &[GET, BATCH_GET], 0, documents.list_versions(&document)).await?;
    c.count("list_versions, limit 1", &[GET], 0, documents.list_versions(&document).limit(1)).await?;
    c.count("get_version", &[GET], 0, documents.get_version(&document, 1)).await?;
    c.count("restore_version", &[BATCH_GET, TRANSACT], 2, documents.restore_version(&document, 1)).await?;

    // A history that fits no transaction.
    let document = table.create(Document::new("plan")).id("one").await?;
    for version in 2..=120 {
        let row = Row::from([("pk".into(), s("Document#one")), ("sk".into(), s(format!("v{version}"))), ("version".into(), n(version))]);
        stored::put(&c.table, row).await;
    }
    stored::change(&c.table, ("Document#one", "v0"), "SET version = :v", n(120)).await;
    let steps = [GET, UPDATE, QUERY, ("TransactWriteItems", 2), DELETE];
    c.count("delete, versioned (120 versions)", &steps, 121, table.delete(&document)).await?;

    counter.print();
    Ok(())
}

#[tokio::test]
async fn idempotency_keys_send_what_the_design_says() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<App>().await;
    let table = other.with_faults(&faults);
    let mut counter = Counter { table: other, faults, lines: Vec::new() };
    let c = &mut counter;
    // The key is a row more.
    let task = c.count("create, plain, idempotent", &[TRANSACT], 2, table.create(Task::new("ann")).idempotency_key("1")).await?;
    let again = c.count("create, plain, idempotent, again", &[TRANSACT], 0, table.create(Task::new("ann")).idempotency_key("1")).await;
    assert!(again.expect_err("it was created").is_already_applied());
    c.count("put, idempotent", &[TRANSACT], 2, table.put(Task::new("ann")).idempotency_key("3")).await?;
    let both = || table.transact((table.create(Task::new("bob")), table.create(Task::new("eve")))).idempotency_key("4");
    c.count("transact, 2 creates, idempotent", &[TRANSACT], 3, both()).await?;
    let again = c.count("transact, 2 creates, idempotent, again", &[TRANSACT], 0, both()).await;
    assert!(again.expect_err("it was made").is_already_applied());
    let document = table.create(Document::new("plan")).await?;
    c.count("restore, idempotent", &[BATCH_GET, TRANSACT], 3, table.restore(&document, 1).idempotency_key("5")).await?;
    let visit = || table.patch(User::key("bob@acme.io")).add(|user| user.count, 1).or_create(User::new("bob@acme.io"));
    c.count("patch, or_create, not there, idempotent", &[("TransactWriteItems", 2)], 2, visit().idempotency_key("6")).await?;
    c.count("patch, or_create, there, idempotent", &[TRANSACT], 2, visit().idempotency_key("7")).await?;
    c.count("delete, plain, idempotent", &[TRANSACT], 2, table.delete(&task).idempotency_key("2")).await?;
    let again = c.count("delete, plain, idempotent, again", &[TRANSACT], 0, table.delete(&task).idempotency_key("2")).await;
    assert!(again.expect_err("it was deleted").is_already_applied());
    // Created where there is none.
    c.count("singleton, first use", &[GET, PUT], 1, table.singleton::<Config>()).await?;
    c.count("singleton", &[GET], 0, table.singleton::<Config>()).await?;
    c.count("singleton, versioned, first use", &[GET, TRANSACT], 2, table.singleton::<Policy>()).await?;
    let users = table.repository::<User>();
    let ann = || User::new("ann@acme.io");
    c.count("get_or_create, not there", &[GET, PUT], 1, users.get_or_create(User::key("ann@acme.io"), ann)).await?;
    c.count("get_or_create", &[GET], 0, users.get_or_create(User::key("ann@acme.io"), ann)).await?;
    counter.print();
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>"))]
struct Person {
    email: String,
    count: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, unique(name = "slug", value = "<slug>"))]
struct Article {
    slug: String,
}

#[derive(SingleTable)]
enum Claiming {
    Person(Person),
    Article(Article),
}

#[tokio::test]
async fn unique_values_send_what_the_design_says() -> Result<()> {
    const FIND: (&str, usize) = ("GetItem", 2);
    let faults = Faults::new();
    let other = engine::table::<Claiming>().await;
    let table = other.with_faults(&faults);
    let mut counter = Counter { table: other, faults, lines: Vec::new() };
    let c = &mut counter;
    let person = |email: &str| Person { email: email.into(), count: 0 };
    let ann = c.count("create, one unique value", &[TRANSACT], 2, table.create(person("ann"))).await?;
    let taken = c.count("create, value taken", &[TRANSACT, GET], 0, table.create(person("ann"))).await;
    assert!(taken.expect_err("it is taken").is_unique_violation());
    let ann = c.count("update, value unchanged", &[PUT], 1, table.update(ann, |person| person.count = 1)).await?;
    let ann = c.count("update, value changed", &[TRANSACT], 3, table.update(ann, |person| person.email = "anna".into())).await?;
    c.count("find", &[FIND], 0, table.find(Person::find_by_email("anna"))).await?;
    c.count("find, not there", &[GET], 0, table.find(Person::find_by_email("ann"))).await?;
    c.count("delete, one unique value", &[GET, TRANSACT], 2, table.delete(ann.id())).await?;
    let bob = table.create(person("bob")).await?;
    c.count("delete, one unique value, if unchanged", &[TRANSACT], 2, table.delete(&bob).if_unchanged(&bob)).await?;
    let article = |slug: &str| Article { slug: slug.into() };
    let plan = c.count("create, versioned, one unique value", &[TRANSACT], 3, table.create(article("plan"))).await?;
    let plan = c.count("update, versioned, value changed", &[TRANSACT], 4, table.update(plan, |it| it.slug = "map".into())).await?;
    c.count("delete, versioned, one unique value", &[GET, TRANSACT], 4, table.delete(&plan)).await?;

    // Bob was deleted, so that Dan's row and claim are all there is; each claim is looked at from its row, and each row from its claim.
    const SCAN: (&str, usize) = ("Scan", 1);
    table.create(person("dan")).await?;
    let rebuild = || table.rebuild_claims::<Person>();
    let done = c.count("rebuild_claims, nothing to do (1 row)", &[SCAN, FIND], 0, rebuild()).await?;
    assert!(done.is_complete());
    let claim = "_INTERNAL#Unique#Person#email#dan";
    stored::remove(&c.table, (claim, claim)).await;
    let done = c.count("rebuild_claims, 1 missing", &[SCAN, GET, TRANSACT], 1, rebuild()).await?;
    assert_eq!(done.created(), 1);
    let row = stored::one(&c.table, claim, claim).await.expect("the claim");
    let owner = row["owner"].as_m().expect("a key");
    stored::remove(&c.table, (stored::text(owner, "pk"), stored::text(owner, "sk"))).await;
    let done = c.count("rebuild_claims, 1 without a row", &[SCAN, GET, TRANSACT], 1, rebuild()).await?;
    assert_eq!(done.removed(), 1);
    counter.print();
    Ok(())
}
