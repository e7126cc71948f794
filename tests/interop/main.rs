//! The Python library `simplesingletable` and this one on one table: what `scripts/interop` runs.
//!
//! An example and no test, because it needs Python and a DynamoDB Local. Its arguments are the releases with their interpreters:
//! `interop 10.0.0=target/interop/10.0.0/bin/python 22.0.0=…`. Both sides state in plain JSON what they read; a case compares.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

mod check;
mod counts;
mod ending;
mod finding;
mod history;
mod kinds;
mod python;
mod report;
mod requests;
mod singletons;
mod stored;
mod types;
mod updates;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::ExitCode;

use crate::check::{Failure, Outcome, Release, Session};
use crate::kinds::{Document, Kept, Note, Open, Packed, Paper, Plain, Report as Blobs, Rules, Settings, Sheet, Storage, Values};
use crate::report::{Cell, Report};

type Run = Box<dyn for<'s> Fn(&'s mut Session) -> Pin<Box<dyn Future<Output = Outcome> + 's>>>;

/// One thing that is tried with each release.
struct Case {
    group: &'static str,
    row: String,
    /// How the rows are stored, where the same is tried with each.
    storage: &'static str,
    /// What of the row this is, such as a direction.
    part: &'static str,
    run: Run,
    /// What 10.0.0 cannot represent.
    left: Option<Left>,
}

/// A case that is left to 22.0.0.
struct Left {
    why: &'static str,
    shown: Shown,
}

/// How it is shown, every time, that 10.0.0 cannot do it: so that nothing is left to 22.0.0 that need not be.
enum Shown {
    /// The case fails with an error of this class from Python.
    Raises(&'static str),
    /// Something else succeeds.
    By(Run),
}

/// `case!(group, row, function)`, and what is left of it.
macro_rules! case {
    ($group:expr, $row:expr, $run:expr) => {
        case!($group, $row, $run, left None)
    };
    ($group:expr, $row:expr, $run:expr, left $left:expr) => {
        Case { group: $group, row: $row.to_owned(), storage: "", part: "", run: Box::new(|session| Box::pin($run(session))), left: $left }
    };
}

const UNCOMPRESSED: &str = "10.0.0 compresses every versioned resource, and reads no other";
const NO_TTL: &str = "10.0.0 has no time to live: it refuses plain rows that have one, and drops it from compressed ones";
const NO_BLOBS: &str = "10.0.0 keeps no fields in S3";

fn uncompressed() -> Option<Left> {
    Some(Left { why: UNCOMPRESSED, shown: Shown::By(Box::new(|session| Box::pin(updates::uncompressed(session)))) })
}

fn no_ttl() -> Option<Left> {
    Some(Left { why: NO_TTL, shown: Shown::By(Box::new(|session| Box::pin(ending::no_expiry(session)))) })
}

fn no_blobs() -> Option<Left> {
    Some(Left { why: NO_BLOBS, shown: Shown::By(Box::new(|session| Box::pin(updates::no_blobs(session)))) })
}

fn cases() -> Vec<Case> {
    let mut cases = values_of::<Plain>("attributes");
    cases.extend(values_of::<Packed>("compressed"));
    cases.extend(values_of::<Kept>("compressed history"));
    cases.extend(values_of::<Open>("history of attributes"));
    cases.extend([
        case!("keys", "generated ids", values::generated_ids),
        case!("keys", "an index that ranges on the table's key, sparse", finding::by_creation),
        case!("keys", "an index with a sort key", finding::by_sort_key),
        case!("keys", "an index that the class names", finding::configured),
        case!("keys", "an index of versioned resources", finding::versioned::<Document>),
        case!("keys", "an index of versioned resources, not compressed", finding::versioned::<Sheet>, left uncompressed()),
        case!("keys", "the type index", finding::listing),
        case!("keys", "the type index, of versioned resources", finding::versioned_listing),
        case!("keys", "a table that Python made", finding::made_by_python),
        case!("updates", "alternately, each refusing the other's stale copy", updates::alternately::<Document>),
        case!("updates", "alternately, not compressed", updates::alternately::<Sheet>, left uncompressed()),
        case!("updates", "plain: updates, set operations and counters are conflicts", updates::plain),
        case!("updates", "Python's `metadata` survives", updates::metadata),
        case!("updates", "Python's fields in S3 survive, plain", |s| updates::blobs::<Note>(s, false), left no_blobs()),
        case!("updates", "Python's fields in S3 survive, versioned", |s| updates::blobs::<Blobs>(s, true), left no_blobs()),
        case!("updates", "Python's fields in S3 survive, versioned, not compressed", |s| updates::blobs::<Paper>(s, true), left no_blobs()),
        case!("history", "versions of both, listed and read", history::listed::<Document>),
        case!("history", "versions of both, not compressed", history::listed::<Sheet>, left uncompressed()),
        case!("history", "restored by the other", history::restored::<Document>),
        case!("history", "restored by the other, not compressed", history::restored::<Sheet>, left uncompressed()),
        case!("history", "a version that one of them deleted", history::missing::<Document>),
        case!("history", "a version that one of them deleted, not compressed", history::missing::<Sheet>, left uncompressed()),
        case!("singletons", "made by either, used by both", singletons::shared::<Settings>),
        case!("singletons", "made by either, used by both, versioned", singletons::shared::<Rules>),
        case!("counts", "in a row that Rust began", counts::begun_by_rust),
        case!("counts", "in a row that Python began", counts::begun_by_python),
        case!("counts", "recounted", counts::recounted),
        case!("ends", "deletion, plain", ending::plain),
        case!("ends", "deletion with the history", ending::versioned::<Document>),
        case!("ends", "deletion with the history, not compressed", ending::versioned::<Sheet>, left uncompressed()),
        case!("ends", "what Python's deletion leaves blocks no id", ending::orphans::<Document>),
        case!("ends", "what Python's deletion leaves, not compressed", ending::orphans::<Sheet>, left uncompressed()),
        case!("ends", "a time to live that is a time", ending::expiring, left no_ttl()),
        case!("ends", "a time to live that is over", ending::expired, left no_ttl()),
        case!("ends", "a time to live in seconds, versioned", ending::leased, left no_ttl()),
    ]);
    cases
}

/// The cases of [`values`] for one storage.
fn values_of<T: Storage>(storage: &'static str) -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, values) in values::kinds() {
        let case = |part, run, left| Case { group: "values", row: kind.to_owned(), storage, part, run, left };
        let sample = values.clone();
        let from_python: Run = Box::new(move |session| Box::pin(values::from_python::<T>(session, kind, sample.clone())));
        cases.push(case("Python → Rust", from_python, left::<T>(&values, true)));
        let kept = left::<T>(&values, false);
        let from_rust: Run = Box::new(move |session| Box::pin(values::from_rust::<T>(session, kind, values.clone())));
        cases.push(case("Rust → Python", from_rust, kept));
    }
    cases
}

/// What 10.0.0 cannot represent of a value. `from_python`: in the direction in which it writes.
fn left<T: Storage>(values: &Values, from_python: bool) -> Option<Left> {
    let left = |why, class| Some(Left { why, shown: Shown::Raises(class) });
    let Values { ratio, ratios, anything, day, addresses, raw, .. } = values;
    match T::NAME {
        "Open" => left(UNCOMPRESSED, "KeyError"),
        "Plain" if from_python && (ratio.is_some() || ratios.is_some() || anything.as_ref().is_some_and(has_float)) => {
            left("10.0.0 writes no floats as attributes", "TypeError")
        }
        "Plain" if from_python && day.is_some() => left("10.0.0 writes no dates as attributes", "TypeError"),
        "Plain" if from_python && addresses.iter().flatten().any(|address| address.since.is_some()) => {
            left("10.0.0 writes no times inside lists as attributes", "TypeError")
        }
        "Plain" if raw.is_some() => left("10.0.0 reads no bytes that are attributes", "ValidationError"),
        _ => None,
    }
}

fn has_float(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::Number(number) => number.is_f64(),
        serde_json::Value::Array(values) => values.iter().any(has_float),
        serde_json::Value::Object(values) => values.values().any(has_float),
        _ => false,
    }
}

/// Runs one case, and says what came of it.
async fn run(case: &Case, session: &mut Session) -> Result<Cell, Failure> {
    let left = case.left.as_ref().filter(|_| session.release == Release::Old);
    let Some(left) = left else { return (case.run)(session).await.map(|()| Cell::Ok) };
    match &left.shown {
        Shown::By(shown) => shown(session).await?,
        Shown::Raises(class) => match (case.run)(session).await {
            Ok(()) => return Err(Failure::new("it works, so it is not to be left to 22.0.0".to_owned())),
            Err(failure) => session.equal(&format!("why it is left to 22.0.0 ({})", failure.message()), &failure.class(), &Some(*class))?,
        },
    }
    Ok(Cell::Left(left.why))
}

fn print_requests(lines: &BTreeMap<Release, Vec<requests::Line>>) {
    println!("\n| requests on a versioned resource | Python 10.0.0 | Python 22.0.0 | Rust |\n|---|---|---|---|");
    let (Some(old), Some(new)) = (lines.get(&Release::Old), lines.get(&Release::New)) else { return };
    for ((operation, old, _), (_, new, ours)) in old.iter().zip(new) {
        let [old, new, ours] = [old, new, ours].map(|requests| format!("{} ({})", requests.len(), requests.join(", ")));
        println!("| {operation} | {old} | {new} | {ours} |");
    }
}

async fn everything(interpreters: &BTreeMap<String, PathBuf>, endpoint: &str) -> Result<Report, Failure> {
    let mut report = Report::default();
    let mut requests = BTreeMap::new();
    for release in Release::ALL {
        let interpreter = interpreters.get(release.name()).ok_or_else(|| Failure::new(format!("no interpreter for {}", release.name())))?;
        let mut session = Session::start(release, Path::new(interpreter), endpoint).await?;
        requests.insert(release, requests::measure(&mut session).await?);
        for case in cases() {
            let cell = run(&case, &mut session).await.unwrap_or_else(|failure| {
                let name: Vec<&str> =
                    [release.name(), case.group, &case.row, case.storage, case.part].into_iter().filter(|part| !part.is_empty()).collect();
                report.failures.push(format!("{}: {}", name.join(", "), failure.message()));
                Cell::Failed
            });
            report.add(&case, release, cell);
        }
        report.checks += session.checks();
    }
    println!("{}", report.matrix());
    print_requests(&requests);
    Ok(report)
}

#[tokio::main]
async fn main() -> ExitCode {
    let interpreters = std::env::args().skip(1).filter_map(|argument| {
        let (release, path) = argument.split_once('=')?;
        Some((release.to_owned(), PathBuf::from(path)))
    });
    let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL_DYNAMODB") else {
        println!("AWS_ENDPOINT_URL_DYNAMODB is not set: run scripts/interop");
        return ExitCode::FAILURE;
    };
    match everything(&interpreters.collect(), &endpoint).await {
        Ok(report) if report.failures.is_empty() && report.checks > 0 => {
            println!("\ninterop: {} checks passed", report.checks);
            ExitCode::SUCCESS
        }
        Ok(report) => {
            for failure in &report.failures {
                println!("\nFAILED {failure}");
            }
            println!("\ninterop: {} failures, {} checks", report.failures.len(), report.checks);
            ExitCode::FAILURE
        }
        Err(failure) => {
            println!("interop: {}", failure.message());
            ExitCode::FAILURE
        }
    }
}
