//! Which records of a file are its table: what stands above and below, and which of several
//! tables is the one to read.

use crate::header::{Kind, NO_NAMES, kind, rows, votes};
use crate::layout::Placed;
use crate::sniff::{table_width, usual_width};
use std::ops::Range;

/// Records of one width in a row that make another table believable.
const RUN: usize = 3;

/// Most letters of a table's name.
const TITLE: usize = 40;

/// Where the table is among the records of a head.
pub(crate) struct Extent {
    /// Its first record.
    pub(crate) first: usize,
    /// The first record below it, with what that is; `None`: the table goes to the end.
    pub(crate) end: Option<(usize, String)>,
    /// There are other tables.
    pub(crate) several: bool,
}

/// One of several tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// What stands above it, or its number.
    pub(crate) name: String,
    /// Its first line, from 0; what is its title or comment counts.
    pub(crate) from_line: u32,
    /// The line the next one begins on, from 1.
    pub(crate) until_line: Option<u64>,
    /// The line of its first record, from 1.
    pub(crate) begins: u32,
}

impl Span {
    /// Whether a line, from 0, is this table's.
    pub(crate) fn holds(&self, line: u32) -> bool {
        self.from_line <= line && self.until_line.is_none_or(|until| u64::from(line) + 1 < until)
    }
}

/// Finds the table among `placed`, all records of a file if `whole`.
pub(crate) fn find(placed: &[Placed], whole: bool) -> Extent {
    let groups = groups(placed);
    let fitting = |group: &Group| if group.width < 2 { 0 } else { group.fitting };
    let most = groups.iter().map(fitting).max().unwrap_or(0);
    if most < 2 {
        return Extent { first: first_of_table(placed), end: None, several: false };
    }
    let Some(at) = groups.iter().position(|group| fitting(group) == most) else {
        return Extent { first: 0, end: None, several: false };
    };
    let range = groups[at].range.clone();
    let first = range.start + first_of_table(&placed[range.clone()]);
    let several = groups.iter().any(|group| fitting(group) >= RUN && group.range != range);
    let next = groups.get(at + 1..).and_then(|more| more.iter().find(|g| fitting(g) >= RUN));
    let end = match next {
        Some(next) => {
            let line = placed[next.range.start].line + 1;
            Some((range.end, format!("Another table begins on line {line}")))
        }
        None if whole => {
            let end = footer(&placed[first..range.end], groups[at].width) + first;
            (end < placed.len()).then(|| (end, "A footer stands below the table".to_owned()))
        }
        None => None,
    };
    Extent { first, end, several }
}

/// All tables among `placed`, in their order: each with the titles above it and what stands below
/// it, up to the next one's titles.
pub(crate) fn spans(placed: &[Placed]) -> Vec<Span> {
    let groups = groups(placed);
    let fitting = |group: &Group| if group.width < 2 { 0 } else { group.fitting };
    let most = groups.iter().map(fitting).max().unwrap_or(0);
    let longest = groups.iter().position(|group| fitting(group) == most);
    let tables: Vec<usize> = (0..groups.len())
        .filter(|&at| fitting(&groups[at]) >= RUN || most >= 2 && longest == Some(at))
        .collect();
    let (mut spans, mut from) = (Vec::<Span>::new(), 0);
    for (number, &at) in tables.iter().enumerate() {
        let group = &groups[at];
        let begins = group.range.start + first_of_table(&placed[group.range.clone()]);
        let until = tables.get(number + 1).map(|&next| {
            let titles =
                groups[at + 1..next].iter().rposition(|g| !is_title(&placed[g.range.clone()]));
            groups[titles.map_or(at + 1, |last| at + 2 + last)].range.start
        });
        let title = title(&placed[from..begins]).filter(|t| spans.iter().all(|s| s.name != *t));
        spans.push(Span {
            name: title.unwrap_or_else(|| format!("table {}", number + 1)),
            from_line: if number == 0 { 0 } else { placed[from].line },
            until_line: until.map(|until| u64::from(placed[until].line) + 1),
            begins: placed[begins].line + 1,
        });
        from = until.unwrap_or(placed.len());
    }
    spans
}

/// Lines of text or comments, as they stand above a table.
fn is_title(block: &[Placed]) -> bool {
    let comment = |p: &Placed| p.fields.iter().next().is_some_and(|f| f.starts_with(b"#"));
    block.iter().all(|p| p.fields.len() == 1 || comment(p))
}

/// The first line of `above` that says something.
fn title(above: &[Placed]) -> Option<String> {
    let text = |p: &Placed| {
        let first = String::from_utf8_lossy(p.fields.iter().next().unwrap_or_default());
        let said = first.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        let rest_empty = p.fields.iter().skip(1).all(|f| f.trim_ascii().is_empty());
        let letters = said.chars().filter(|c| c.is_alphabetic()).count();
        (rest_empty && letters >= 3).then(|| said.chars().take(TITLE).collect::<String>())
    };
    above.iter().find_map(text).map(|title| title.trim_end().to_owned())
}

/// Records that belong together.
struct Group {
    range: Range<usize>,
    /// Fields of most of them.
    width: usize,
    /// Records of that width.
    fitting: usize,
}

/// Blocks of records, put together where the next goes on with the table.
fn groups(placed: &[Placed]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for range in blocks(placed) {
        let block = &placed[range.clone()];
        let widths = || block.iter().map(|p| p.fields.len());
        let width = usual_width(widths());
        let fits = block.iter().filter(|p| p.fields.len() == width);
        let fitting = fits.map(|p| usize::try_from(p.stands).unwrap_or(usize::MAX)).sum();
        // The last table of that width that this block may go on with; odd lines between two
        // parts of a table are bad records of it.
        let before = groups.iter().rposition(|group| group.width == width && width >= 2);
        match before {
            Some(at) if !is_new(block, width, &placed[groups[at].range.clone()]) => {
                groups.truncate(at + 1);
                groups[at].range.end = range.end;
                groups[at].fitting += fitting;
            }
            _ => groups.push(Group { range, width, fitting }),
        }
    }
    groups
}

/// Blocks end at blank lines, and where a run of records of another width begins.
fn blocks(placed: &[Placed]) -> Vec<Range<usize>> {
    let width = |at: usize| placed.get(at).map(|p: &Placed| p.fields.len());
    let run = |from: usize| {
        (from..from + RUN).all(|at| width(at) == width(from)) && width(from) > Some(1)
    };
    let mut starts = vec![0];
    for (at, record) in placed.iter().enumerate().skip(1) {
        let turn = at >= RUN && width(at) != width(at - 1) && run(at) && run(at - RUN);
        if record.gap || turn {
            starts.push(at);
        }
    }
    let ends = starts.iter().copied().skip(1).chain([placed.len()]).collect::<Vec<_>>();
    starts.into_iter().zip(ends).map(|(from, to)| from..to).filter(|r| !r.is_empty()).collect()
}

/// Whether a block is a table of its own, not more of the one before it: it has a title or a
/// header, or it is a row of totals.
fn is_new(block: &[Placed], width: usize, before: &[Placed]) -> bool {
    let table = block.iter().position(|p| p.fields.len() == width).unwrap_or(0);
    let (first, data) = (&block[table], &block[table + 1..]);
    let titled = table > 0 && block[0].fields.len() == 1;
    let same_header = before.first().is_some_and(|top| top.fields == first.fields);
    let named =
        data.len() >= 2 && (votes(first, data) > 0 || titled && rows(&block[table..]).0 > 0);
    // A header alone above its values goes on with them.
    let header_above = before.len() == 1 && !named;
    !header_above && (same_header || named || block.len() <= 2 && block.iter().all(is_total))
}

/// A row of totals: it says so, or most of it is empty.
fn is_total(placed: &Placed) -> bool {
    let filled = placed.fields.iter().filter(|f| !f.trim_ascii().is_empty()).count();
    let first = placed.fields.iter().find(|f| !f.trim_ascii().is_empty()).unwrap_or_default();
    let first = String::from_utf8_lossy(first).trim().to_lowercase();
    let words = ["total", "sum", "summe", "gesamt", "grand total", "subtotal", "totaux", "suma"];
    let says = words.iter().any(|word| first.starts_with(word));
    says && filled < placed.fields.len() || filled * 3 <= placed.fields.len()
}

/// The first record of the footer at the end of `table`: lines of text, and a row of totals above
/// them.
fn footer(table: &[Placed], width: usize) -> usize {
    let note = |p: &Placed| {
        let text = p.fields.iter().next().unwrap_or_default();
        p.fields.len() < width.div_ceil(2) && kind(text) == Kind::Text && text.len() > 5
    };
    let mut end = table.len();
    while end > 2 && note(&table[end - 1]) {
        end -= 1;
    }
    let says_total = end > 3 && is_total(&table[end - 1]) && {
        let first = table[end - 1].fields.iter().next().unwrap_or_default();
        kind(first) == Kind::Text
            && kind(table[end - 2].fields.iter().next().unwrap_or_default()) != Kind::Text
    };
    if says_total { end - 1 } else { end }
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
    let start = start + padded_pairs(&placed[start..]);
    let before = start.checked_sub(1).filter(|&at| {
        let fields = &placed[at].fields;
        let near = fields.len().abs_diff(width) == 1 && fields.len() >= 2;
        near && !commented(&placed[at])
            && fields.iter().all(|f| kind(f) == Kind::Text)
            && rows(&placed[start..]).1 == NO_NAMES
    });
    before.unwrap_or(start)
}

/// Leading records that fill their first two fields at most, above one that fills nearly all:
/// what a report was made from, padded by the program that saved it.
fn padded_pairs(table: &[Placed]) -> usize {
    let filled = |p: &Placed| p.fields.iter().filter(|f| !f.trim_ascii().is_empty()).count();
    let at_front = |p: &Placed| p.fields.iter().skip(2).all(|f| f.trim_ascii().is_empty());
    let pairs = table.iter().take_while(|p| p.fields.len() >= 4 && at_front(p)).count();
    match table.get(pairs) {
        Some(next) if pairs <= 12 && filled(next) + 1 >= next.fields.len() => pairs,
        _ => 0,
    }
}
