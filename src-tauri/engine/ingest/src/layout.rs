//! Where the table is inside a delimited file: preamble, header, width, column names.

use crate::dialect::Dialect;
use crate::record::{Fields, Next, first_line, next};
use crate::sniff::{table_width, usual_width};
use std::collections::BTreeSet;

/// Where the table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Physical lines before the header (or the first record).
    pub(crate) skip_lines: u32,
    pub(crate) header: bool,
    /// Unique column names; their number is the number of fields a record must have.
    pub(crate) names: Vec<String>,
    pub(crate) skip_reason: String,
    pub(crate) header_reason: String,
    /// What had to be done to the names, if anything.
    pub(crate) names_reason: Option<String>,
}

/// A record of the head and the line it starts on, from 0.
pub(crate) struct Placed {
    pub(crate) fields: Fields,
    pub(crate) line: u32,
}

/// The records of `text` with their lines; blank lines are left out.
pub(crate) fn place(dialect: &Dialect, text: &[u8], whole: bool) -> Vec<Placed> {
    let (mut rest, mut line, mut placed) = (text, 0, Vec::new());
    loop {
        let mut fields = Fields::default();
        let length = match next(dialect, rest, whole, &mut fields) {
            Next::Record(length) => {
                if !fields.is_blank() {
                    placed.push(Placed { fields, line });
                }
                length
            }
            Next::Unclosed => first_line(dialect, rest),
            Next::More | Next::End => return placed,
        };
        line += lines_in(dialect, &rest[..length]);
        rest = &rest[length..];
    }
}

/// Line breaks in `bytes`.
pub(crate) fn lines_in(dialect: &Dialect, bytes: &[u8]) -> u32 {
    let breaks = bytes.iter().filter(|&&byte| byte == dialect.line_end()).count();
    u32::try_from(breaks).unwrap_or(u32::MAX)
}

/// `text` without its first `lines` lines.
pub(crate) fn without_lines<'a>(dialect: &Dialect, mut text: &'a [u8], lines: u32) -> &'a [u8] {
    for _ in 0..lines {
        text = &text[first_line(dialect, text)..];
    }
    text
}

/// Finds the table in the head of a file. `skip` and `header` are what the user has fixed.
pub(crate) fn find(
    dialect: &Dialect,
    text: &[u8],
    whole: bool,
    skip: Option<u32>,
    header: Option<bool>,
) -> Layout {
    let rest = without_lines(dialect, text, skip.unwrap_or(0));
    let placed = place(dialect, rest, whole);
    let first = if skip.is_some() { 0 } else { first_of_table(&placed) };
    let skip_lines = skip.unwrap_or_else(|| placed.get(first).map_or(0, |p| p.line));
    let table = &placed[first.min(placed.len())..];
    let (has_header, header_reason) = match header {
        Some(set) => (set, "Set by hand".to_owned()),
        None => guess_header(table),
    };
    let data = &table[usize::from(has_header).min(table.len())..];
    let head = table.first().filter(|_| has_header).map(|p| p.fields.texts());
    let width = width(head.as_ref().map(Vec::len), data);
    let (names, names_reason) = names(head.unwrap_or_default(), width);
    let skip_reason = match (skip, skip_lines) {
        (Some(_), _) => "Set by hand".to_owned(),
        (None, 0) => "The table starts on the first line".to_owned(),
        (None, lines) => format!("The first {lines} lines are not part of the table"),
    };
    Layout { skip_lines, header: has_header, names, skip_reason, header_reason, names_reason }
}

/// The first record of the table: the first one as wide as most, with its like right behind it;
/// or one before it that names nearly as many columns.
fn first_of_table(placed: &[Placed]) -> usize {
    let widths: Vec<_> = placed.iter().map(|p| p.fields.len()).collect();
    let width = table_width(&widths).width;
    let commented = |p: &Placed| p.fields.iter().next().is_some_and(|f| f.starts_with(b"#"));
    let all_commented = placed.iter().all(commented);
    let fits = |p: &Placed| p.fields.len() == width && (all_commented || !commented(p));
    let start = (0..placed.len()).find(|&at| {
        let behind = &placed[at + 1..placed.len().min(at + 6)];
        let like = behind.iter().filter(|p| fits(p)).count();
        fits(&placed[at]) && 2 * like >= behind.len()
    });
    let Some(start) = start else { return 0 };
    let before = start.checked_sub(1).filter(|&at| {
        let fields = &placed[at].fields;
        let near = fields.len().abs_diff(width) == 1 && fields.len() >= 2;
        near && !commented(&placed[at])
            && fields.iter().all(|f| kind(f) == Kind::Text)
            && guess_header(&placed[start..]).1 == NO_NAMES
    });
    before.unwrap_or(start)
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    Number,
    Moment,
    Mail,
    Text,
}

fn kind(cell: &[u8]) -> Kind {
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
const NO_NAMES: &str = "The first record holds values like those below it";

fn guess_header(table: &[Placed]) -> (bool, String) {
    let Some((first, data)) = table.split_first() else {
        return (true, "There is nothing to tell".to_owned());
    };
    let names: Vec<_> = first.fields.iter().map(|f| f.trim_ascii().to_vec()).collect();
    let mut votes = 0_i32;
    for (at, name) in names.iter().enumerate() {
        let cells: Vec<_> = data.iter().take(200).filter_map(|p| p.fields.iter().nth(at)).collect();
        votes += vote(name, &cells);
    }
    let mut unique = BTreeSet::new();
    let distinct = names.iter().filter(|n| !n.is_empty()).all(|n| unique.insert(n.clone()));
    match () {
        () if votes > 0 => (true, format!("{votes} columns have a name unlike the values below")),
        () if votes < 0 => (false, NO_NAMES.to_owned()),
        () if distinct && names.iter().all(|n| kind(n) == Kind::Text) => {
            (true, "The first record holds different words, one a column".to_owned())
        }
        () => (false, NO_NAMES.to_owned()),
    }
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

/// Unique names for `width` columns out of a header.
fn names(header: Vec<String>, width: usize) -> (Vec<String>, Option<String>) {
    let given = header.len();
    let mut taken = BTreeSet::from([ROW.to_owned()]);
    let mut changed = Vec::new();
    let mut names = Vec::with_capacity(width);
    let header = header.into_iter().map(|name| name.trim().replace('\0', ""));
    let padded = header.chain(std::iter::repeat(String::new())).take(width);
    for (at, name) in padded.enumerate() {
        let base = if name.is_empty() { format!("column{}", at + 1) } else { name.clone() };
        let unique = unique_name(&base, &mut taken);
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
        reasons.push(format!("Missing or repeated names became {}", changed.join(", ")));
    }
    (names, (!reasons.is_empty()).then(|| reasons.join(". ")))
}

/// The column every raw table gets besides the file's own.
pub(crate) const ROW: &str = "_row";

/// `base`, or `base_2`, `base_3` ... when it is taken (DuckDB's names ignore case).
pub(crate) fn unique_name(base: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = base.to_owned();
    let mut count = 2;
    while !taken.insert(name.to_lowercase()) {
        name = format!("{base}_{count}");
        count += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(text: &str) -> Layout {
        find(&Dialect::new(",", Some('"'), Some('"')), text.as_bytes(), true, None, None)
    }

    #[test]
    fn a_usual_file() {
        let found = layout("id,name\n1,Ada\n2,Grace\n");
        assert_eq!((found.skip_lines, found.header), (0, true));
        assert_eq!(found.names, ["id", "name"]);
        assert_eq!(found.names_reason, None);
    }

    #[test]
    fn words_alone_still_have_a_header() {
        assert!(layout("City,Country\nBergen,Norway\nLyon,France\n").header);
        assert!(!layout("Bergen,Norway\nLyon,France\nOslo,Norway\n").header);
        assert!(!layout("1,Ada\n2,Grace\n").header);
        assert_eq!(layout("1,Ada\n2,Grace\n").names, ["column1", "column2"]);
    }

    #[test]
    fn a_preamble_is_skipped() {
        let text = "# ----\n# Traffic, all\n# ----\n\nChannel,Users\nDirect,1\nMail,2\nSearch,3\n";
        let found = layout(text);
        assert_eq!((found.skip_lines, found.header), (4, true));
        assert_eq!(found.names, ["Channel", "Users"]);
        let report =
            layout("Northpeak\nProfit report\n\"May, 2026\"\n\nItem,Total\nRope,1\nTent,2\n");
        assert_eq!((report.skip_lines, report.names[0].as_str()), (4, "Item"));
    }

    #[test]
    fn a_header_that_is_too_short_keeps_its_names() {
        let found = layout("id,name\n1,Ada,\n2,Grace,\n3,Mary,\n");
        assert_eq!((found.skip_lines, found.header), (0, true));
        assert_eq!(found.names, ["id", "name", "column3"]);
        assert!(found.names_reason.unwrap().contains("2 names"));
    }

    #[test]
    fn one_bad_row_does_not_change_the_width() {
        let found = layout("id,name\n1,Ada\n2,Grace,x\n3,Mary\n4\n5,Joan\n");
        assert_eq!(found.names, ["id", "name"]);
    }

    #[test]
    fn names_become_unique() {
        let found = layout("id,ID,,_row,id\n1,2,3,4,5\n");
        assert_eq!(found.names, ["id", "ID_2", "column3", "_row_2", "id_3"]);
    }

    #[test]
    fn what_is_fixed_stays() {
        let comma = Dialect::new(",", Some('"'), Some('"'));
        let found = find(&comma, b"x\ny\na,b\n1,2\n", true, Some(2), Some(false));
        assert_eq!((found.skip_lines, found.header, found.names.len()), (2, false, 2));
    }
}
