//! What came out: the matrix of cases and releases.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::Case;
use crate::check::Release;

pub(crate) enum Cell {
    /// All of it works, both ways that there are.
    Ok,
    /// Left to 22.0.0, and why.
    Left(&'static str),
    Failed,
}

/// The cells, by group, row and column, in the order in which they first came.
#[derive(Default)]
pub(crate) struct Report {
    groups: Vec<Group>,
    pub(crate) checks: usize,
    pub(crate) failures: Vec<String>,
}

struct Group {
    name: &'static str,
    columns: Vec<String>,
    rows: Vec<String>,
    /// By row and column: what came of each part of a case.
    cells: BTreeMap<(usize, usize), Vec<(&'static str, Cell)>>,
}

impl Report {
    /// Adds what came of a case with a release.
    pub(crate) fn add(&mut self, case: &Case, release: Release, cell: Cell) {
        let at = position(&mut self.groups, |group| group.name == case.group, || Group::new(case.group));
        let group = &mut self.groups[at];
        let column = [case.storage, release.name()].join(" ").trim_start().to_owned();
        let row = position(&mut group.rows, |row| *row == case.row, || case.row.clone());
        let column = position(&mut group.columns, |known| *known == column, || column.clone());
        group.cells.entry((row, column)).or_default().push((case.part, cell));
    }

    /// The matrix, in Markdown, with the reasons below it.
    pub(crate) fn matrix(&self) -> String {
        let mut reasons: Vec<&'static str> = Vec::new();
        let mut text = String::new();
        for group in &self.groups {
            let _ = write!(text, "\n| {} | {} |\n|---|{}\n", group.name, group.columns.join(" | "), "---|".repeat(group.columns.len()));
            for (row, name) in group.rows.iter().enumerate() {
                let cells: Vec<String> = (0..group.columns.len()).map(|column| group.cell(row, column, &mut reasons)).collect();
                let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
            }
        }
        if !reasons.is_empty() {
            text.push_str("\nLeft to 22.0.0, because\n");
        }
        for (number, reason) in reasons.iter().enumerate() {
            let _ = writeln!(text, "  [{}] {reason}", number + 1);
        }
        text
    }
}

/// Where the value is that the condition holds for; behind the others, if it is new.
fn position<T>(values: &mut Vec<T>, is_it: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    values.iter().position(is_it).unwrap_or_else(|| {
        values.push(new());
        values.len() - 1
    })
}

impl Group {
    fn new(name: &'static str) -> Self {
        Self { name, columns: Vec::new(), rows: Vec::new(), cells: BTreeMap::new() }
    }

    fn cell(&self, row: usize, column: usize, reasons: &mut Vec<&'static str>) -> String {
        let Some(parts) = self.cells.get(&(row, column)) else { return "–".to_owned() };
        if parts.iter().any(|(_, cell)| matches!(cell, Cell::Failed)) {
            return "FAILED".to_owned();
        }
        let mut left: Vec<(usize, &str)> = Vec::new();
        for (part, cell) in parts {
            if let Cell::Left(reason) = cell {
                left.push((1 + position(reasons, |known| known == reason, || reason), part));
            }
        }
        match &*left {
            [] => "ok".to_owned(),
            [(first, _), rest @ ..] if left.len() == parts.len() && rest.iter().all(|(number, _)| number == first) => {
                format!("left [{first}]")
            }
            _ => {
                let ok = if left.len() < parts.len() { "ok; " } else { "" };
                let left: Vec<String> = left.iter().map(|(number, part)| format!("{part} left [{number}]")).collect();
                format!("{ok}{}", left.join("; "))
            }
        }
    }
}
