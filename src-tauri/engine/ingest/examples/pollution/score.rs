//! Scores what a reader found, as the Pollock benchmark does (Vitagliano et al., VLDB 2023):
//! load success, and precision, recall and F1 of header cells, records and cells, each over
//! multisets. A score is the sum of the ten means over files, at most 10.

use kith_datasets::polluted::Truth;
use serde::Serialize;
use std::collections::HashMap;
use std::hash::Hash;

/// What a reader made of a file. A missing header is an empty one.
pub struct Found {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// Names a reader makes up for a file without any are no header.
pub fn named(names: Vec<String>) -> Vec<String> {
    let made_up = |name: &String| {
        name.strip_prefix("column").is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()))
    };
    if names.iter().all(made_up) { Vec::new() } else { names }
}

/// The ten measures of one file, or their means over many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Measures {
    pub success: f64,
    /// Precision, recall, F1.
    pub header: [f64; 3],
    pub records: [f64; 3],
    pub cells: [f64; 3],
}

impl Measures {
    const ALL: Self = Self { success: 1.0, header: [1.0; 3], records: [1.0; 3], cells: [1.0; 3] };

    /// Their sum.
    pub fn score(&self) -> f64 {
        let parts = [self.header, self.records, self.cells];
        self.success + parts.iter().flatten().sum::<f64>()
    }

    /// Means over files.
    pub fn mean<'a>(of: impl Iterator<Item = &'a Self>) -> Self {
        let (mut sum, mut count) = (Self::default(), 0.0);
        for one in of {
            sum.success += one.success;
            for at in 0..3 {
                sum.header[at] += one.header[at];
                sum.records[at] += one.records[at];
                sum.cells[at] += one.cells[at];
            }
            count += 1.0;
        }
        let mean = |values: [f64; 3]| values.map(|value| value / f64::max(count, 1.0));
        Self {
            success: sum.success / f64::max(count, 1.0),
            header: mean(sum.header),
            records: mean(sum.records),
            cells: mean(sum.cells),
        }
    }
}

/// Measures what was found; none: the reader failed.
pub fn measure(truth: &Truth, found: Option<&Found>) -> Measures {
    match (truth, found) {
        // Refusing a file without rows is right, and so is finding none in it.
        (Truth::Nothing, None) => Measures::ALL,
        (Truth::Nothing, Some(found)) if found.rows.is_empty() => Measures::ALL,
        (Truth::Nothing, Some(_)) => Measures { success: 1.0, ..Measures::default() },
        (Truth::Table { .. }, None) => Measures::default(),
        (Truth::Table { headers, rows }, Some(found)) => {
            let header = headers
                .iter()
                .map(|names| {
                    compare(
                        names.iter().map(|text| trimmed(text)),
                        found.header.iter().map(|text| trimmed(text)),
                    )
                })
                .max_by(|a, b| a[2].total_cmp(&b[2]))
                .unwrap_or_default();
            let record =
                |row: &Vec<String>| row.iter().map(|text| trimmed(text)).collect::<Vec<_>>();
            let cells = |rows: &[Vec<String>]| {
                rows.iter().flatten().map(|text| trimmed(text)).collect::<Vec<_>>()
            };
            Measures {
                success: 1.0,
                header,
                records: compare(rows.iter().map(record), found.rows.iter().map(record)),
                cells: compare(cells(rows).into_iter(), cells(&found.rows).into_iter()),
            }
        }
    }
}

fn trimmed(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

/// Precision, recall, F1 of two multisets.
fn compare<T: Hash + Eq>(
    truth: impl Iterator<Item = T>,
    found: impl Iterator<Item = T>,
) -> [f64; 3] {
    let mut counts: HashMap<T, i64> = HashMap::new();
    let (mut wanted, mut given, mut hits) = (0.0, 0.0, 0.0);
    for item in truth {
        *counts.entry(item).or_default() += 1;
        wanted += 1.0;
    }
    for item in found {
        given += 1.0;
        if let Some(left) = counts.get_mut(&item).filter(|left| **left > 0) {
            *left -= 1;
            hits += 1.0;
        }
    }
    if wanted == 0.0 && given == 0.0 {
        return [1.0; 3];
    }
    let share = |of: f64| if of > 0.0 { hits / of } else { 0.0 };
    let (precision, recall) = (share(given), share(wanted));
    let f1 = if hits > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    [precision, recall, f1]
}
