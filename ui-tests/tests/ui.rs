//! Runs the compiler over `fail` and `pass`. `TRYBUILD=overwrite cargo test -p simpletable-ui-tests` writes the messages anew: read them.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use trybuild::TestCases;

/// Both in one, which trybuild then builds once: some mistakes are found only where code is generated.
#[test]
fn ui() {
    let cases = TestCases::new();
    cases.compile_fail("fail/*.rs");
    cases.pass("pass/*.rs");
}

/// Trybuild passes over a message that nobody wrote down (it puts it into `wip`), and over one that is no longer anybody's.
#[test]
fn every_mistake_has_its_message() -> io::Result<()> {
    let (sources, messages) = (stems("rs")?, stems("stderr")?);
    assert!(!sources.is_empty());
    assert_eq!(sources.difference(&messages).collect::<Vec<_>>(), Vec::<&String>::new(), "mistakes without a message");
    assert_eq!(messages.difference(&sources).collect::<Vec<_>>(), Vec::<&String>::new(), "messages without a mistake");
    Ok(())
}

/// The names of the files in `fail` that end so.
fn stems(extension: &str) -> io::Result<BTreeSet<String>> {
    let fail = Path::new(env!("CARGO_MANIFEST_DIR")).join("fail");
    let paths = fs::read_dir(fail)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let ending = paths.iter().filter(|path| path.extension().is_some_and(|found| found == extension));
    Ok(ending.filter_map(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned()).collect())
}
