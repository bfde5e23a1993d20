//! Where the table is inside a delimited file: preamble, header, width, column names, end.

use crate::dialect::Dialect;
use crate::extent::{self, Span};
use crate::header;
use crate::record::{Fields, Next, Reader, next, next_near};
use crate::sniff::usual_width;
use std::collections::BTreeMap;

/// Changed names that are told one by one.
const NAMES_SHOWN: usize = 8;

/// Where the table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Physical lines before the header (or the first record).
    pub(crate) skip_lines: u32,
    /// Records that name the columns.
    pub(crate) header_rows: u32,
    /// Unique column names; their number is the number of fields a record must have.
    pub(crate) names: Vec<String>,
    /// The first line below the table, from 1; `None`: it goes to the end of the file.
    pub(crate) end_line: Option<u64>,
    /// The line another table of the file begins on, from 1, title and all: what stands from there
    /// on is not this one's. `None`: nothing but the file's end.
    pub(crate) until_line: Option<u64>,
    /// Lines of the whole file from `end_line` on, where they are known.
    pub(crate) footer_lines: Option<u32>,
    pub(crate) skip_reason: String,
    pub(crate) header_reason: String,
    pub(crate) end_reason: String,
    /// What had to be done to the names, if anything.
    pub(crate) names_reason: Option<String>,
    /// The file holds several tables.
    pub(crate) several: bool,
}

/// What the user has fixed of a layout.
#[derive(Debug, Clone, Default)]
pub(crate) struct FixedLayout {
    pub(crate) skip_lines: Option<u32>,
    pub(crate) header: Option<bool>,
    pub(crate) header_rows: Option<u32>,
    /// The first line below the table, from 1; `Some(None)`: it goes to the end.
    pub(crate) end_line: Option<Option<u64>>,
    /// The lines of one of several tables.
    pub(crate) span: Option<Span>,
}

/// A record of the head and the line it starts on, from 0.
pub(crate) struct Placed {
    pub(crate) fields: Fields,
    pub(crate) line: u32,
    /// A blank line stands before it.
    pub(crate) gap: bool,
    /// Records it stands for: itself, and those of its width behind it that were not kept.
    pub(crate) stands: u64,
}

/// The records of `text` with their lines; blank lines are left out.
pub(crate) fn place(dialect: &Dialect, text: &[u8], whole: bool) -> Vec<Placed> {
    let (mut rest, mut line, mut placed, mut gap) = (text, 0, Vec::new(), false);
    let mut read: Reader = next;
    loop {
        let mut fields = Fields::default();
        let length = match read(dialect, rest, whole, &mut fields) {
            Next::Record(length) => {
                if fields.is_blank() {
                    gap = true;
                } else {
                    placed.push(Placed { fields, line, gap: gap && !placed.is_empty(), stands: 1 });
                    gap = false;
                }
                length
            }
            Next::Unclosed => {
                read = next_near;
                dialect.first_line(rest)
            }
            Next::More | Next::End => return placed,
        };
        line += dialect.lines_in(&rest[..length]);
        rest = &rest[length..];
    }
}

/// `text` without its first `lines` lines.
pub(crate) fn without_lines<'a>(dialect: &Dialect, mut text: &'a [u8], lines: u32) -> &'a [u8] {
    for _ in 0..lines {
        text = &text[dialect.first_line(text)..];
    }
    text
}

/// The tables in the head of a file; none when it holds but one.
pub(crate) fn spans(dialect: &Dialect, text: &[u8], whole: bool) -> Vec<Span> {
    let spans = extent::spans(&place(dialect, text, whole));
    if spans.len() > 1 { spans } else { Vec::new() }
}

/// Finds the table in the head of a file.
pub(crate) fn find(dialect: &Dialect, text: &[u8], whole: bool, fixed: &FixedLayout) -> Layout {
    let skip = fixed.skip_lines;
    let rest = without_lines(dialect, text, skip.unwrap_or(0));
    let mut placed = place(dialect, rest, whole);
    for record in &mut placed {
        record.line += skip.unwrap_or(0);
    }
    if let Some(Some(end)) = fixed.end_line {
        placed.retain(|record| u64::from(record.line) + 1 < end);
    }
    let until_line = fixed.span.as_ref().and_then(|span| span.until_line);
    if let Some(span) = &fixed.span {
        placed.retain(|record| span.holds(record.line));
    }
    // Where another table begins, nothing of this one follows.
    let whole_table = whole || until_line.is_some();
    let extent = extent::find(&placed, whole_table);
    let first = if skip.is_some() { 0 } else { extent.first };
    let skip_lines = skip.unwrap_or_else(|| placed.get(first).map_or(0, |p| p.line));
    let end = extent.end.as_ref().filter(|_| fixed.end_line.is_none());
    let last = end.map_or(placed.len(), |(at, _)| *at).max(first);
    let table = &placed[first.min(placed.len())..last];
    let (header_rows, header_reason) = match (fixed.header, fixed.header_rows) {
        (None, None) => header::rows(table),
        (Some(false), _) => (0, "Set by hand".to_owned()),
        (_, count) => (count.unwrap_or(1), "Set by hand".to_owned()),
    };
    let (head, data) = table.split_at((header_rows as usize).min(table.len()));
    let names_given = if head.is_empty() { Vec::new() } else { header::joined(head) };
    let width = width(Some(names_given.len()).filter(|n| *n > 0), data);
    let (names, names_reason) = names(names_given, width);
    let skip_reason = match (skip, skip_lines) {
        (Some(_), _) => "Set by hand".to_owned(),
        (None, 0) => "The table starts on the first line".to_owned(),
        (None, lines) => format!("The first {lines} lines are not part of the table"),
    };
    let end_line = match (fixed.end_line, end) {
        (Some(fixed), _) => fixed,
        (None, end) => end.map(|(at, _)| u64::from(placed[*at].line) + 1),
    };
    let end_reason = match (fixed.end_line, end) {
        (Some(_), _) => "Set by hand".to_owned(),
        (None, Some((_, why))) => why.clone(),
        (None, None) => "The table goes to the end of the file".to_owned(),
    };
    let lines = u64::from(dialect.lines_in(text.trim_ascii_end())) + 1;
    let behind = until_line.unwrap_or(lines + 1);
    let below = end_line.map_or(0, |line| behind.saturating_sub(line));
    Layout {
        skip_lines,
        header_rows,
        names,
        end_line,
        until_line,
        footer_lines: whole_table.then(|| u32::try_from(below).unwrap_or(u32::MAX)),
        skip_reason,
        header_reason,
        end_reason,
        names_reason,
        several: extent.several,
    }
}

/// The number of fields a record must have: the header's, unless the records agree on another.
fn width(header: Option<usize>, data: &[Placed]) -> usize {
    let usual = usual_width(data.iter().map(|p| p.fields.len()));
    let Some(header) = header else { return usual };
    let share = data.iter().filter(|p| p.fields.len() == usual).count();
    let agree = data.len() >= 3 && share * 10 >= data.len() * 9;
    let none_as_header = data.iter().all(|p| p.fields.len() != header);
    if agree && none_as_header { usual } else { header }
}

/// Unique names for `width` columns out of a header.
fn names(header: Vec<String>, width: usize) -> (Vec<String>, Option<String>) {
    let given = header.len();
    let mut taken = Names::new();
    let mut changed = Vec::new();
    let mut names = Vec::with_capacity(width);
    let header = header.into_iter().map(|name| name.trim().replace('\0', ""));
    let padded = header.chain(std::iter::repeat(String::new())).take(width);
    for (at, name) in padded.enumerate() {
        let base = if name.is_empty() { format!("column{}", at + 1) } else { name.clone() };
        let unique = taken.unique(&base);
        if unique != name && given > 0 {
            changed.push(unique.clone());
        }
        names.push(unique);
    }
    let mut reasons = Vec::new();
    if given > 0 && given != width {
        reasons.push(format!("The header has {given} names, the records have {width} fields"));
    }
    if !changed.is_empty() {
        let more = changed.len().saturating_sub(NAMES_SHOWN);
        changed.truncate(NAMES_SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        reasons.push(format!("Missing or repeated names became {}{more}", changed.join(", ")));
    }
    (names, (!reasons.is_empty()).then(|| reasons.join(". ")))
}

/// The column every raw table gets besides the file's own.
pub(crate) const ROW: &str = "_row";

/// Names in use, ignoring case as DuckDB does, each with the last number tried behind it.
pub(crate) struct Names(BTreeMap<String, u32>);

impl Names {
    /// None but the record number's.
    pub(crate) fn new() -> Self {
        Self(BTreeMap::from([(ROW.to_owned(), 1)]))
    }

    /// `base`, or `base_2`, `base_3` ... when it is in use.
    pub(crate) fn unique(&mut self, base: &str) -> String {
        let key = base.to_lowercase();
        let Some(&tried) = self.0.get(&key) else {
            self.0.insert(key, 1);
            return base.to_owned();
        };
        let mut count = tried;
        let name = loop {
            count += 1;
            let name = format!("{base}_{count}");
            if !self.0.contains_key(&name.to_lowercase()) {
                break name;
            }
        };
        self.0.insert(name.to_lowercase(), 1);
        self.0.insert(key, count);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(text: &str) -> Layout {
        let comma = Dialect::new(",", Some('"'), Some('"'));
        find(&comma, text.as_bytes(), true, &FixedLayout::default())
    }

    #[test]
    fn a_usual_file() {
        let found = layout("id,name\n1,Ada\n2,Grace\n");
        assert_eq!((found.skip_lines, found.header_rows), (0, 1));
        assert_eq!(found.names, ["id", "name"]);
        assert_eq!(found.names_reason, None);
    }

    #[test]
    fn words_alone_still_have_a_header() {
        assert!(layout("City,Country\nBergen,Norway\nLyon,France\n").header_rows == 1);
        assert_eq!(layout("Bergen,Norway\nLyon,France\nOslo,Norway\n").header_rows, 0);
        assert_eq!(layout("1,Ada\n2,Grace\n").header_rows, 0);
        assert_eq!(layout("1,Ada\n2,Grace\n").names, ["column1", "column2"]);
    }

    #[test]
    fn a_preamble_is_skipped() {
        let text = "# ----\n# Traffic, all\n# ----\n\nChannel,Users\nDirect,1\nMail,2\nSearch,3\n";
        let found = layout(text);
        assert_eq!((found.skip_lines, found.header_rows), (4, 1));
        assert_eq!(found.names, ["Channel", "Users"]);
        let report =
            layout("Northpeak\nProfit report\n\"May, 2026\"\n\nItem,Total\nRope,1\nTent,2\n");
        assert_eq!((report.skip_lines, report.names[0].as_str()), (4, "Item"));
    }

    #[test]
    fn a_header_that_is_too_short_keeps_its_names() {
        let found = layout("id,name\n1,Ada,\n2,Grace,\n3,Mary,\n");
        assert_eq!((found.skip_lines, found.header_rows), (0, 1));
        assert_eq!(found.names, ["id", "name", "column3"]);
        assert!(found.names_reason.unwrap().contains("2 names"));
    }

    #[test]
    fn one_bad_row_does_not_change_the_width() {
        let found = layout("id,name\n1,Ada\n2,Grace,x\n3,Mary\n4\n5,Joan\n");
        assert_eq!(found.names, ["id", "name"]);
    }

    #[test]
    fn a_header_may_have_several_rows() {
        let text = "Customer,,Orders,\nid,name,count,total\n1,Ada,3,4.5\n2,Bo,1,2.0\n3,Cy,4,1.5\n4,Di,2,8.0\n5,Ed,1,1.0\n6,Fi,7,3.5\n";
        let found = layout(text);
        assert_eq!(found.header_rows, 2);
        assert_eq!(found.names, ["Customer id", "Customer name", "Orders count", "Orders total"]);
    }

    #[test]
    fn a_footer_and_another_table_are_not_the_table() {
        let rows = "id,name,n\n1,Ada,2\n2,Bo,3\n3,Cy,4\n4,Di,5\n";
        let found = layout(&format!("{rows}\nTotal,,14\nSource: own figures\n"));
        assert_eq!((found.end_line, found.footer_lines), (Some(7), Some(2)));
        let found = layout(&format!("{rows}Source: own figures\n"));
        assert_eq!(found.end_line, Some(6));
        let found = layout(&format!("{rows}\nsku,n\nA,1\nB,2\nC,3\n"));
        assert_eq!((found.end_line, found.several), (Some(7), true));
        assert!(found.end_reason.contains("line 7"), "{}", found.end_reason);
        let found = layout(&format!("{rows}\n5,Ed,6\n6,Flo,7\n\n7,Gil,9\n"));
        assert_eq!(found.end_line, None);
    }

    #[test]
    fn names_become_unique() {
        let found = layout("id,ID,,_row,id\n1,2,3,4,5\n");
        assert_eq!(found.names, ["id", "ID_2", "column3", "_row_2", "id_3"]);
    }

    #[test]
    fn what_is_fixed_stays() {
        let comma = Dialect::new(",", Some('"'), Some('"'));
        let fixed =
            FixedLayout { skip_lines: Some(2), header: Some(false), ..FixedLayout::default() };
        let found = find(&comma, b"x\ny\na,b\n1,2\n", true, &fixed);
        assert_eq!((found.skip_lines, found.header_rows, found.names.len()), (2, 0, 2));
    }
}
