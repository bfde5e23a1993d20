//! Kinds of pollution around the records: headers, preambles, footers.

use super::Truth;
use super::clean::{self, Wish};
use super::kinds::{Made, table, truth};
use super::style::{Style, usual_delimiter};
use crate::draw::Draw;

pub(super) fn header_missing(draw: &mut Draw, _: u64) -> Made {
    let table = table(draw);
    let bytes = Style::default().text(&table.rows).into_bytes();
    (bytes, Truth::Table { headers: vec![vec![]], rows: table.rows })
}

/// Names over several rows: groups above, parts below.
pub(super) fn header_rows(draw: &mut Draw, at: u64, count: usize) -> Made {
    let table = clean::table(draw, &Wish { columns: (4, 9), ..Wish::default() });
    let groups = ["Customer", "Address", "Orders 2026", "Contact", "Totals"];
    let width = table.width();
    let (mut above, mut named) = (Vec::new(), Vec::new());
    for level in 1..count {
        let span = (if level == 1 { 3 } else { 2 }) + (at % 2) as usize;
        let spread = at.is_multiple_of(3);
        let name = |column: usize| groups[(column / span + level) % groups.len()].to_owned();
        let shown = |column: usize| {
            if column.is_multiple_of(span) || spread { name(column) } else { String::new() }
        };
        above.push((0..width).map(shown).collect::<Vec<_>>());
        named.push((0..width).map(name).collect::<Vec<_>>());
    }
    let joined = (0..width)
        .map(|column| {
            let parts = named.iter().map(|row| row[column].as_str());
            parts.chain([table.header[column].as_str()]).collect::<Vec<_>>().join(" ")
        })
        .collect();
    let lines: Vec<_> = above.into_iter().chain(table.lines()).collect();
    let headers = vec![joined, table.header];
    (Style::default().text(&lines).into_bytes(), Truth::Table { headers, rows: table.rows })
}

/// A second row with the unit of each column.
pub(super) fn header_units(draw: &mut Draw, _: u64) -> Made {
    let table = table(draw);
    let units = ["text", "kg", "EUR", "%", "pcs", "m"];
    let units: Vec<_> = (0..table.width()).map(|c| format!("[{}]", units[c % 6])).collect();
    let join = |(name, unit): (&String, &String)| format!("{name} {unit}");
    let joined = table.header.iter().zip(&units).map(join).collect();
    let lines: Vec<_> =
        [table.header.clone(), units].into_iter().chain(table.rows.clone()).collect();
    let headers = vec![joined, table.header];
    (Style::default().text(&lines).into_bytes(), Truth::Table { headers, rows: table.rows })
}

const TITLES: [&str; 6] = [
    "Northpeak Outdoor Ltd.",
    "Customer export, all regions",
    "Created on 2026-11-02 at 09:14 by the reporting tool",
    "Confidential",
    "Filter: active customers only",
    "Source: warehouse, table 7",
];

const NOTES: [&str; 5] = [
    "Source: own figures",
    "* preliminary, may be revised",
    "End of report",
    "Generated automatically; do not reply",
    "(c) Northpeak Outdoor Ltd., 2026",
];

/// Lines of text before or behind the table, with or without a blank line between.
pub(super) fn around(draw: &mut Draw, before: bool, behind: bool) -> Made {
    let table = table(draw);
    let style = Style { delimiter: usual_delimiter(draw), ..Style::default() };
    let mut text = String::new();
    if before {
        for _ in 0..draw.between(1, 5) {
            text += *draw.pick(&TITLES);
            text.push('\n');
        }
        text += if draw.chance(0.5) { "\n" } else { "" };
    }
    text += &style.text(&table.lines());
    if behind {
        text += if draw.chance(0.5) { "\n" } else { "" };
        for _ in 0..draw.between(1, 4) {
            text += *draw.pick(&NOTES);
            text.push('\n');
        }
    }
    (text.into_bytes(), truth(&table))
}

/// Pairs of name and value above the table, in its own dialect; sometimes padded to its width.
pub(super) fn preamble_fields(draw: &mut Draw, at: u64) -> Made {
    let table = clean::table(draw, &Wish { columns: (4, 8), ..Wish::default() });
    let pairs =
        [("Report", "Customers"), ("From", "2026-01-01"), ("To", "2026-10-31"), ("Rows", "all")];
    let mut lines = Vec::new();
    for (name, value) in pairs.iter().take(draw.between(1, 4) as usize) {
        let mut line = vec![(*name).to_owned(), (*value).to_owned()];
        if at.is_multiple_of(3) {
            line.resize(table.width(), String::new());
        }
        lines.push(line);
    }
    let style = Style::default();
    let gap = if draw.chance(0.6) { "\n" } else { "" };
    let text = style.text(&lines) + gap + &style.text(&table.lines());
    (text.into_bytes(), truth(&table))
}

pub(super) fn preamble_comments(draw: &mut Draw, at: u64) -> Made {
    let table = table(draw);
    let mark = ["#", "# ", "//", "--", "%", ";"][(at % 6) as usize];
    let mut text = String::new();
    for _ in 0..draw.between(1, 6) {
        text += &format!("{mark}{}\n", draw.pick(&TITLES));
    }
    text += &Style::default().text(&table.lines());
    (text.into_bytes(), truth(&table))
}

/// A row of totals behind a blank line, then notes.
pub(super) fn footer_totals(draw: &mut Draw, at: u64) -> Made {
    let table = clean::table(draw, &Wish { columns: (4, 9), ..Wish::default() });
    let mut totals = vec![String::new(); table.width()];
    "Total".clone_into(&mut totals[0]);
    totals[table.width() - 1] = draw.below(90_000).to_string();
    let style = Style { end: ["\n", "\r\n"][(at % 2) as usize], ..Style::default() };
    let mut text = style.text(&table.lines()) + style.end + &style.text(&[totals]);
    if !at.is_multiple_of(3) {
        text += &format!("{}{}", draw.pick(&NOTES), style.end);
    }
    (text.into_bytes(), truth(&table))
}
