//! The structure of the repository: crates, modules and the top level, read from the source.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of core. Each imports only from those in earlier rows.
const ORDER: &[&[&str]] = &[
    &["error"],
    &["time"],
    &["clock"],
    &["schema"],
    &["key"],
    &["json"],
    &["entity"],
    &["codec"],
    &["expr"],
    &["find"],
    &["page"],
    &["wire"],
    &["handle", "embedded", "fault"],
    &["plan"],
    &["op"],
    &["table"],
];

/// What there is at the top level, besides dot files, licences, the configuration of tools and what they make.
const TOP_LEVEL: &[&str] = &[
    "Cargo.toml",
    "simpletable",
    "simpletable-derive",
    "simpletable-core",
    "tests",
    "ui-tests",
    "fuzz",
    "docker-compose.yml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "scripts",
];

const TOOLS: &[&str] = &["Cargo.lock", "clippy.toml", "deny.toml", "rust-toolchain.toml", "rustfmt.toml", "target"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a folder of the repository").to_owned()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Our own crates among a section of a manifest.
fn ours(manifest: &str, section: &str) -> BTreeSet<String> {
    let lines = manifest.lines().skip_while(|line| *line != format!("[{section}]")).skip(1).take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| name.starts_with("simpletable")).map(str::to_owned).collect()
}

#[test]
fn crates_depend_on_the_layers_below() {
    let facade = ["simpletable-core", "simpletable-derive"];
    for (krate, section, expected) in [
        ("simpletable", "dependencies", &facade[..]),
        ("simpletable-core", "dependencies", &[]),
        ("simpletable-derive", "dependencies", &[]),
        ("tests", "dependencies", &[]),
        ("tests", "dev-dependencies", &["simpletable"]),
        ("ui-tests", "dependencies", &[]),
        ("ui-tests", "dev-dependencies", &["simpletable"]),
    ] {
        let manifest = read(format!("{krate}/Cargo.toml"));
        assert!(!manifest.contains("[build-dependencies]") && !manifest.contains("[target."), "{krate}: sections that are not read here");
        assert_eq!(ours(&manifest, section), expected.iter().map(|name| (*name).to_owned()).collect(), "{krate}, {section}");
    }
}

#[test]
fn the_facade_only_exports() {
    for line in statements(&code(&read("simpletable/src/lib.rs"))) {
        let line = line.trim_start_matches(|c: char| c.is_whitespace());
        assert!(line.starts_with("pub use ") || line.starts_with("#["), "not an export: {line}");
    }
    assert_eq!(fs::read_dir(root().join("simpletable/src")).expect("the facade").count(), 1);
}

/// Statements at the top of a file, with their attributes.
fn statements(code: &str) -> Vec<&str> {
    code.split(';').map(str::trim).filter(|statement| !statement.is_empty()).collect()
}

#[test]
fn the_top_level_is_what_it_should_be() {
    let found: BTreeSet<String> = fs::read_dir(root())
        .expect("the repository")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    for name in TOP_LEVEL {
        assert!(found.contains(*name), "{name} is missing");
    }
    for name in &found {
        let known = name.starts_with('.') || name.starts_with("LICENSE") || [TOP_LEVEL, TOOLS].concat().contains(&name.as_str());
        assert!(known, "{name} does not belong at the top level");
    }
}

/// Code without comments and without its tests, which stand in modules of their own.
fn code(source: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut rest = source.lines();
    while let Some(line) = rest.next() {
        let of_tests = line.trim() == "#[cfg(test)]" || line.trim().starts_with("#[cfg(all(test,");
        if of_tests {
            let next = rest.next().unwrap_or_default();
            assert!(next.starts_with("mod "), "tests stand in modules of their own: {next}");
            if !next.ends_with(';') {
                assert!(rest.any(|line| line == "}"), "a module has an end");
            }
            continue;
        }
        if !line.trim_start().starts_with("//") {
            lines.push(line.split(" // ").next().unwrap_or(line));
        }
    }
    lines.join("\n")
}

/// The files of a crate, with the path of the module in each, but not those of tests.
fn modules(folder: &Path, path: &[String], found: &mut Vec<(Vec<String>, String)>) {
    let mut entries: Vec<_> = fs::read_dir(folder).expect("a folder of source").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    let own = fs::read_to_string(folder.join("mod.rs")).or_else(|_| fs::read_to_string(folder.join("lib.rs"))).expect("a module");
    for entry in entries {
        let name = entry.file_stem().expect("a name").to_string_lossy().into_owned();
        let inner = [path, std::slice::from_ref(&name)].concat();
        if entry.is_dir() {
            modules(&entry, &inner, found);
        } else if name == "mod" {
            found.push((path.to_vec(), code(&own)));
        } else if name != "lib" && (code(&own).contains(&format!("mod {name};"))) {
            found.push((inner, code(&fs::read_to_string(&entry).expect("source"))));
        }
    }
}

/// The modules that code names from the crate's root on: `crate::x`, `crate::{x, y}`, and `super::x` where that is the root.
fn named(path: &[String], code: &str) -> Vec<String> {
    let inside = inline_modules(code);
    let mut names = Vec::new();
    for (deeper, root) in [(None, "crate::".to_owned()), (Some(0), up(path.len())), (Some(1), up(path.len() + 1))] {
        for (at, _) in code.match_indices(&root) {
            let before = code[..at].chars().next_back();
            let whole = before.is_none_or(|c| !(c.is_alphanumeric() || "_:$".contains(c)));
            let depth = usize::from(inside.iter().any(|range| range.contains(&at)));
            if whole && deeper.is_none_or(|deeper| deeper == depth) {
                names.extend(heads(&code[at + root.len()..]));
            }
        }
    }
    names.retain(|name| name != "super");
    names
}

/// `super::super::` …
fn up(levels: usize) -> String {
    "super::".repeat(levels)
}

/// Where modules stand in the file of another one.
fn inline_modules(code: &str) -> Vec<std::ops::Range<usize>> {
    let begins =
        code.match_indices("mod ").map(|(at, _)| at).filter(|at| code[*at..].lines().next().is_some_and(|line| line.ends_with('{')));
    begins.map(|at| at..code[at..].find("\n}").map_or(code.len(), |length| at + length)).collect()
}

/// The first names of a path or of each path in a group.
fn heads(text: &str) -> Vec<String> {
    let Some(group) = text.strip_prefix('{') else { return vec![identifier(text)] };
    let mut depth = 0;
    let mut heads = vec![identifier(group)];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(identifier(&group[at + 1..])),
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

fn identifier(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The module of each name that the root exports.
fn exports(lib: &str) -> Vec<(String, String)> {
    let mut exports = Vec::new();
    for statement in statements(lib) {
        let Some((_, path)) = statement.split_once("pub use ") else { continue };
        let (module, names) = path.split_once("::").expect("an export of a module");
        exports.extend(heads(names).into_iter().map(|name| (name, module.to_owned())));
    }
    exports
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|row| row.contains(&module))
}

#[test]
fn modules_of_core_import_only_from_those_before_them() {
    let source = root().join("simpletable-core/src");
    let lib = code(&read("simpletable-core/src/lib.rs"));
    let exports = exports(&lib);
    let mut files = Vec::new();
    modules(&source, &[], &mut files);
    let mut imports = 0;
    for (path, code) in files.iter().filter(|(path, _)| path[0] != "private") {
        let own = &path[0];
        let place = rank(own).unwrap_or_else(|| panic!("`{own}` has no place in the order"));
        for name in named(path, code) {
            let module = exports.iter().find(|(export, _)| *export == name).map_or(&name, |(_, module)| module);
            let other = rank(module).unwrap_or_else(|| panic!("`{}` names `{name}`, which has no place in the order", path.join("::")));
            assert!(module == own || other < place, "`{}` imports from `{module}`, which comes after it", path.join("::"));
            imports += 1;
        }
    }
    assert!(files.len() > 40 && imports > 80, "{} files with {imports} imports: the test does not see the source", files.len());
    for module in ORDER.concat() {
        assert!(files.iter().any(|(path, _)| path[0] == module), "there is no module `{module}`");
    }
}

#[test]
fn the_reader_of_imports_sees_them() {
    let path = ["op".to_owned(), "get".to_owned()];
    let text = "use crate::{error::{Error, Item}, key::Key};\nfn f() -> super::super::plan::Plan { crate::wire::respond() }\nuse super::BoxFuture;";
    let names: BTreeSet<String> = named(&path, &code(text)).into_iter().collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["error", "key", "plan", "wire"]);
    let text =
        "use super::error::Error;\npub mod option {\n    use super::serialize;\n    use super::super::key::Key;\n}\nuse super::clock;";
    assert_eq!(named(&["time".to_owned()], text), ["error", "clock", "key"]);
    assert_eq!(code("a\n/// crate::x\n#[cfg(test)]\nmod tests {\n    x\n}\nb"), "a\nb");
    assert_eq!(exports("pub use key::{Id, Key};\n#[doc(hidden)]\npub use table::NoSchema;").len(), 3);
}

/// Generated code names nothing of ours but what `private` exports.
#[test]
fn generated_code_uses_only_private() {
    let private: BTreeSet<String> = statements(&code(&read("simpletable-core/src/private.rs")))
        .into_iter()
        .filter_map(|statement| statement.rsplit_once("::"))
        .flat_map(|(_, names)| heads(names))
        .collect();
    let mut uses = 0;
    for entry in fs::read_dir(root().join("simpletable-derive/src/expand/snapshots")).expect("snapshots of what the derive writes") {
        let path = entry.expect("an entry").path();
        let generated = fs::read_to_string(&path).expect("text");
        for (at, krate) in generated.match_indices("::simpletable::") {
            let rest = &generated[at + krate.len()..];
            let name = rest.strip_prefix("__private::").map(identifier);
            assert!(
                name.as_ref().is_some_and(|name| private.contains(name)),
                "{}: ::simpletable::{}",
                path.display(),
                &rest[..40.min(rest.len())]
            );
            uses += 1;
        }
    }
    assert!(uses > 50, "{uses} names: the test does not see the snapshots");
}
