//! Whether the first records of a table name its columns, and how many of them do.

use crate::layout::Placed;
use std::collections::BTreeSet;

/// Rows of values looked at.
const LOOKED_AT: usize = 200;

/// Most rows a header may have.
const MOST_ROWS: usize = 4;

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Empty,
    Number,
    Moment,
    Mail,
    Text,
}

pub(crate) fn kind(cell: &[u8]) -> Kind {
    let cell = cell.trim_ascii();
    let digits = cell.iter().filter(|b| b.is_ascii_digit()).count();
    let all = |allowed: &[u8]| cell.iter().all(|b| b.is_ascii_digit() || allowed.contains(b));
    match () {
        () if cell.is_empty() => Kind::Empty,
        () if digits > 0 && all(b"+-.,%$ eE'") && digits * 2 >= cell.len() => Kind::Number,
        () if digits >= 4 && all(b"-/.: TZ+") => Kind::Moment,
        () if cell.contains(&b'@') && cell.contains(&b'.') && !cell.contains(&b' ') => Kind::Mail,
        () => Kind::Text,
    }
}

/// Said when the first record cannot be a header.
pub(crate) const NO_NAMES: &str = "The first record holds values like those below it";

/// How many of the first records are a header, and why. 0: there is none.
pub(crate) fn rows(table: &[Placed]) -> (u32, String) {
    let Some((first, data)) = table.split_first() else {
        return (1, "There is nothing to tell".to_owned());
    };
    let above = rows_above_values(table);
    if above > 1 {
        let reason = format!("The first {above} records hold no value where those below do");
        return (u32::try_from(above).unwrap_or(1), reason);
    }
    let names: Vec<_> = first.fields.iter().map(|f| f.trim_ascii().to_vec()).collect();
    let votes = votes(first, data);
    let mut unique = BTreeSet::new();
    let distinct = names.iter().filter(|n| !n.is_empty()).all(|n| unique.insert(n.clone()));
    match () {
        () if votes > 0 => (1, format!("{votes} columns have a name unlike the values below")),
        () if votes < 0 => (0, NO_NAMES.to_owned()),
        () if distinct && names.iter().all(|n| kind(n) == Kind::Text) => {
            (1, "The first record holds different words, one a column".to_owned())
        }
        () => (0, NO_NAMES.to_owned()),
    }
}

/// Whether `first` surely names the columns of `data`: above 0 yes, below 0 no.
pub(crate) fn votes(first: &Placed, data: &[Placed]) -> i32 {
    let columns = first.fields.iter().enumerate();
    columns
        .map(|(at, name)| {
            let below = data.iter().take(LOOKED_AT);
            let cells: Vec<_> = below.filter_map(|p| p.fields.get(at)).collect();
            vote(name.trim_ascii(), &cells)
        })
        .sum()
}

/// +1: the first cell names the column; -1: it is one of its values; 0: no telling.
fn vote(name: &[u8], cells: &[&[u8]]) -> i32 {
    let filled: Vec<_> = cells.iter().filter(|cell| !cell.trim_ascii().is_empty()).collect();
    if kind(name) != Kind::Text {
        return if kind(name) == Kind::Empty { 0 } else { -1 };
    }
    if filled.is_empty() {
        return 0;
    }
    if filled.iter().any(|cell| cell.trim_ascii() == name) {
        return -1;
    }
    let typed = filled.iter().filter(|cell| kind(cell) != Kind::Text).count();
    i32::from(typed * 10 >= filled.len() * 8)
}

/// Leading records with words, and nothing but words, in columns that hold numbers, times or
/// addresses below. Needs two such columns to believe in more than one, or a first record that
/// names groups: with gaps or repeats.
fn rows_above_values(table: &[Placed]) -> usize {
    let width = table[0].fields.len();
    let below = &table[1.min(table.len())..];
    let typed: Vec<usize> = (0..width)
        .filter(|&column| {
            let cells = below.iter().skip(MOST_ROWS - 1).take(LOOKED_AT);
            let kinds: Vec<_> = cells
                .filter_map(|p| p.fields.get(column))
                .map(kind)
                .filter(|k| *k != Kind::Empty)
                .collect();
            let values = kinds.iter().filter(|k| **k != Kind::Text).count();
            kinds.len() >= 3 && values * 10 >= kinds.len() * 9
        })
        .collect();
    let mut unique = BTreeSet::new();
    let groups = table[0].fields.iter().any(|f| f.trim_ascii().is_empty() || !unique.insert(f));
    if typed.is_empty() || typed.len() < 2 && !groups {
        return 1;
    }
    // A row of groups may leave most of those columns empty; the names themselves may not.
    let names = |placed: &Placed, groups: bool| {
        let cells: Vec<_> = placed.fields.iter().map(kind).collect();
        let words = typed.iter().filter(|&&at| cells.get(at) == Some(&Kind::Text)).count();
        let values = typed
            .iter()
            .filter(|&&at| !matches!(cells.get(at), None | Some(Kind::Text | Kind::Empty)))
            .count();
        cells.len() == width && values == 0 && (groups || words * 2 >= typed.len())
    };
    let above = table.iter().take(MOST_ROWS).take_while(|placed| names(placed, true)).count();
    table[..above].iter().rposition(|placed| names(placed, false)).map_or(1, |last| last + 1)
}

/// The names of columns out of the rows of a header: groups above reach over the empty cells to
/// their right, and the parts of a column are joined.
pub(crate) fn joined(rows: &[Placed]) -> Vec<String> {
    let mut texts: Vec<Vec<String>> = rows
        .iter()
        .map(|p| p.fields.texts().iter().map(|text| text.trim().to_owned()).collect())
        .collect();
    let last = texts.len().saturating_sub(1);
    for row in &mut texts[..last] {
        for at in 1..row.len() {
            if row[at].is_empty() {
                row[at] = row[at - 1].clone();
            }
        }
    }
    let width = texts.iter().map(Vec::len).max().unwrap_or(0);
    let part = |row: &Vec<String>, at: usize| row.get(at).filter(|t| !t.is_empty()).cloned();
    (0..width)
        .map(|at| {
            let mut parts: Vec<String> = texts.iter().filter_map(|row| part(row, at)).collect();
            parts.dedup();
            parts.join(" ")
        })
        .collect()
}
