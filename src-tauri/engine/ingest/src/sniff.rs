//! Finds the dialect of delimited text: tries every likely one on the first lines and keeps the
//! one under which the lines have the same number of fields and the fields look like values.

use crate::candidates;
use crate::dialect::{Dialect, spell};
use crate::record::{Fields, Next, Reader, next, next_near};

/// Bytes looked at.
const SAMPLE: usize = 64 * 1024;

/// Lines that a record cut off at the end of the sample may have; more mean an unclosed quote.
const CUT_LINES: u32 = 8;

/// Below this score no delimiter is believed: the file has one column.
const LEAST: f64 = 0.2;

/// What the user has fixed already.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fixed {
    pub(crate) delimiter: Option<String>,
    /// `Some(None)`: no quotes at all.
    pub(crate) quote: Option<Option<char>>,
    /// `Some(None)`: no escape.
    pub(crate) escape: Option<Option<char>>,
}

/// A dialect and why.
pub(crate) struct Sniffed {
    pub(crate) dialect: Dialect,
    pub(crate) delimiter_reason: String,
    pub(crate) quote_reason: String,
    pub(crate) escape_reason: String,
    /// No delimiter was found.
    pub(crate) single: bool,
}

struct Scored {
    dialect: Dialect,
    score: f64,
    width: usize,
    fitting: usize,
    records: usize,
}

/// The dialect of `text`, the head of a file in UTF-8; `whole` when nothing follows it.
pub(crate) fn sniff(text: &[u8], whole: bool, fixed: &Fixed) -> Sniffed {
    let cut = text.len() > SAMPLE;
    let sample = &text[..text.len().min(SAMPLE)];
    let mut scored: Vec<_> = candidates::candidates(sample, fixed)
        .into_iter()
        .map(|(dialect, weight)| score(dialect, weight, sample, whole && !cut))
        .collect();
    // Stable: among equals the likelier candidate, listed first, stays first.
    scored.sort_by(|a, b| b.score.total_cmp(&a.score));
    let rival = scored
        .iter()
        .find(|other| other.dialect.delimiter() != scored[0].dialect.delimiter())
        .map(|other| (other.dialect.delimiter_text(), other.score));
    let best = scored.swap_remove(0);
    explain(best, rival, sample, fixed)
}

fn explain(best: Scored, rival: Option<(String, f64)>, sample: &[u8], fixed: &Fixed) -> Sniffed {
    let single = fixed.delimiter.is_none() && (best.width < 2 || best.score < LEAST);
    let mut dialect = best.dialect;
    if single {
        let ends = dialect.ends;
        dialect = Dialect::new(",", Some('"'), Some('"'));
        dialect.ends = ends;
    }
    let delimiter_reason = if fixed.delimiter.is_some() {
        "Set by hand".to_owned()
    } else if single {
        "No separator gives lines of equal length: is this really one column?".to_owned()
    } else {
        let next_best = rival
            .filter(|(_, score)| *score > 0.0)
            .map(|(text, score)| {
                format!(
                    "; next best {} with {:.0} % of the score",
                    spell(&text),
                    100.0 * score / best.score
                )
            })
            .unwrap_or_default();
        format!(
            "{} of the first {} lines have {} fields{next_best}",
            best.fitting, best.records, best.width
        )
    };
    let seen = |byte: Option<u8>| byte.is_some_and(|b| sample.contains(&b));
    let quote_reason = match (fixed.quote.is_some(), dialect.quote) {
        (true, _) => "Set by hand",
        (_, None) => "Quotes appear, but never in pairs around a field",
        (_, Some(_)) if seen(dialect.quote) => "Fields are wrapped in it",
        _ => "None seen in the first lines; the usual one is assumed",
    };
    let escape_reason = match (fixed.escape.is_some(), dialect.escape) {
        (true, _) => "Set by hand",
        (_, Some(b'\\')) => "Backslashes stand before quotes",
        (_, escape) if escape != dialect.quote => "It stands before quotes inside quotes",
        (_, None) => "There are no quotes to escape",
        _ => "Quotes inside quotes are doubled",
    };
    Sniffed {
        dialect,
        delimiter_reason,
        quote_reason: quote_reason.to_owned(),
        escape_reason: escape_reason.to_owned(),
        single,
    }
}

/// Records of `sample` under `dialect`; the last one is left out when it may be cut. A line whose
/// quote is not closed within the sample counts as a record without fields.
fn records(dialect: &Dialect, sample: &[u8], whole: bool) -> Vec<Fields> {
    let (mut rest, mut found) = (sample, Vec::new());
    let mut read: Reader = next;
    loop {
        let mut fields = Fields::default();
        match read(dialect, rest, whole, &mut fields) {
            Next::Record(length) => rest = &rest[length..],
            Next::More if dialect.lines_in(rest) <= CUT_LINES => return found,
            Next::End => return found,
            // Skipped by lines, as loading does.
            Next::Unclosed | Next::More => {
                read = next_near;
                rest = &rest[dialect.first_line(rest)..];
                fields = Fields::default();
            }
        }
        found.push(fields);
    }
}

fn score(dialect: Dialect, weight: f64, sample: &[u8], whole: bool) -> Scored {
    let records: Vec<_> =
        records(&dialect, sample, whole).into_iter().filter(|r| !r.is_blank()).collect();
    let widths: Vec<_> = records.iter().map(Fields::len).collect();
    let table = table_width(&widths);
    let score = if table.width < 2 {
        0.0
    } else {
        let wide = 1.0 - 0.4 / table.width as f64;
        weight * table.even * table.even * wide * looks(&dialect, &records, table.width)
    };
    let (width, fitting) = (table.width, table.fitting);
    Scored { dialect, score, width, fitting, records: records.len() }
}

/// The table that records of some widths may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Table {
    /// Fields of its records; below 2 when there is no telling.
    pub(crate) width: usize,
    /// Records of that width.
    pub(crate) fitting: usize,
    /// How even the records are from the first fitting one on, `0..=1`. Records before it may be a
    /// preamble: the first three count against it by a third, further ones by a tenth.
    even: f64,
}

/// The width that makes the most of the records fit.
pub(crate) fn table_width(widths: &[usize]) -> Table {
    let mut counts = std::collections::BTreeMap::new();
    for (at, &width) in widths.iter().enumerate() {
        let entry = counts.entry(width).or_insert((0_usize, at));
        entry.0 += 1;
    }
    let enough = 2.min(widths.len());
    counts
        .into_iter()
        .filter(|&(width, (fitting, _))| width >= 2 && fitting >= enough)
        .map(|(width, (fitting, lead))| {
            let penalty = 0.35 * lead.min(3) as f64 + 0.1 * lead.clamp(3, 12) as f64 - 0.3;
            let even = fitting as f64 / ((widths.len() - lead) as f64 + penalty);
            Table { width, fitting, even }
        })
        .max_by(|a, b| a.even.total_cmp(&b.even).then(a.width.cmp(&b.width)))
        .unwrap_or(Table { width: widths.len().min(1), fitting: widths.len(), even: 0.0 })
}

/// The most frequent width; of equally frequent ones the greatest.
pub(crate) fn usual_width(widths: impl IntoIterator<Item = usize>) -> usize {
    let mut counts = std::collections::BTreeMap::new();
    for width in widths {
        *counts.entry(width).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|&(width, count)| (count, width)).map_or(0, |(width, _)| width)
}

/// How much the cells look like values, `0..=1`.
fn looks(dialect: &Dialect, records: &[Fields], width: usize) -> f64 {
    let (mut good, mut cells) = (0.0, 0.0);
    let mut filled = vec![false; width];
    for record in records.iter().filter(|record| record.len() == width).take(500) {
        for (at, cell) in record.iter().enumerate() {
            filled[at] |= !cell.is_empty();
            good += if record.quoted {
                cell_score(cell, None)
            } else {
                cell_score(cell, Some(dialect))
            };
            cells += 1.0;
        }
        if record.stray {
            good -= 0.5;
        }
    }
    if cells == 0.0 {
        return 0.0;
    }
    // A column without a single value or name hints at half a delimiter, and so does one sign at
    // the front of every cell but the first, or at the end of every cell but the last.
    let columns = filled.iter().filter(|&&some| some).count() as f64 / width as f64;
    let whole = if half_delimiter(records, width) { 0.4 } else { 1.0 };
    whole * (good / cells).clamp(0.0, 1.0) * (0.3 + 0.7 * columns)
}

/// Whether every cell but those of the first column begins with the same sign, or every cell but
/// those of the last column ends with it: the delimiter is longer than the one tried.
fn half_delimiter(records: &[Fields], width: usize) -> bool {
    let sign =
        |byte: Option<&u8>| byte.copied().filter(|b| b.is_ascii_punctuation() || *b == b'\t');
    let fitting = || records.iter().filter(|r| r.len() == width).take(100);
    let same = |skip: usize, take: usize, end: fn(&[u8]) -> Option<&u8>| {
        let mut cells = fitting().flat_map(|r| r.iter().skip(skip).take(take));
        let first = cells.next().and_then(|cell| sign(end(cell)));
        first.is_some() && cells.all(|cell| sign(end(cell)) == first)
    };
    fitting().count() >= 3
        && (same(1, usize::MAX, <[u8]>::first) || same(0, width - 1, <[u8]>::last))
}

/// 1 for what is clearly one value, less for what may be several or half of one.
fn cell_score(cell: &[u8], bare_in: Option<&Dialect>) -> f64 {
    let cell = cell.trim_ascii();
    let wrapped =
        |quote: u8| cell.len() >= 2 && cell.first() == Some(&quote) && cell.last() == Some(&quote);
    if wrapped(b'"') || wrapped(b'\'') {
        return 0.1;
    }
    if cell.first() == Some(&b'"') || cell.last() == Some(&b'"') && cell.len() < 2 {
        return 0.3;
    }
    let Some(dialect) = bare_in else { return 1.0 };
    let foreign = [b',', b';', b'\t', b'|']
        .into_iter()
        .filter(|byte| !dialect.delimiter().contains(byte))
        .any(|byte| cell.contains(&byte));
    if foreign { 0.7 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Ends;

    fn found(text: &str) -> (String, Option<char>, Option<char>) {
        let sniffed = sniff(text.as_bytes(), true, &Fixed::default());
        let dialect = sniffed.dialect;
        let delimiter = if sniffed.single { "single".to_owned() } else { dialect.delimiter_text() };
        (delimiter, dialect.quote.map(char::from), dialect.escape.map(char::from))
    }

    fn delimiter(text: &str) -> String {
        found(text).0
    }

    #[test]
    fn common_dialects() {
        assert_eq!(delimiter("a,b,c\n1,2,3\n4,5,6\n"), ",");
        assert_eq!(delimiter("name;price\nRope;1,50\nTent;299,00\nMug;7,95\n"), ";");
        assert_eq!(delimiter("a\tb\n1\t2, maybe 3\n4\t5\n"), "\t");
        assert_eq!(delimiter("a|b|c\n1|2|3\n"), "|");
        assert_eq!(delimiter("a||b||c\n1||2||3\n4||5||6\n"), "||");
        assert_eq!(delimiter("id name\n1 Ada\n2 Grace\n3 Mary\n"), " ");
        assert_eq!(delimiter("at,name\n10:00:00,x\n11:00:00,y\n12:30:00,z\n"), ",");
        assert_eq!(delimiter("id;tags\n1;a,b,c\n2;d,e,f\n3;g,h,i\n"), ";");
    }

    #[test]
    fn quotes_hide_delimiters() {
        let text = "id,address\n1,\"Main St 1, Bergen\"\n2,\"Quay 2, Oslo\"\n3,\"Hill 3, Oslo\"\n";
        assert_eq!(found(text), (",".into(), Some('"'), Some('"')));
        let text = "id,address\n1,'Main St 1, Bergen'\n2,'Quay 2, Oslo'\n3,'Hill 3, Oslo'\n";
        assert_eq!(found(text), (",".into(), Some('\''), Some('\'')));
        // Leading apostrophes are no quotes.
        let text = "id,zip\n'901,'1234AB\n'902,'5678CD\n'903,'9012EF\n";
        assert_eq!(found(text), (",".into(), Some('"'), Some('"')));
        // Not even when the sample ends inside what would be a quoted field.
        let text = text.repeat(60);
        let sniffed = sniff(text.as_bytes(), false, &Fixed::default());
        assert_eq!(sniffed.dialect.quote, Some(b'"'));
    }

    #[test]
    fn inch_marks_are_no_quotes() {
        let text = "sku\tsize\tcolour\n1\t\"5 inch\tred\n2\t\"6 inch\tblue\n3\t\"7 inch\tred\n";
        assert_eq!(found(text), ("\t".into(), None, None));
    }

    #[test]
    fn backslashes_escape_quotes() {
        let text = r#"id,text
1,"he said \"no, never\", and left"
2,"she said \"yes, ever\", and stayed"
3,"plain, simple"
"#;
        assert_eq!(found(text), (",".into(), Some('"'), Some('\\')));
    }

    #[test]
    fn a_preamble_does_not_confuse() {
        let text = "# ----\n# Traffic: channel\n# ----\n#\n# All users\n\nChannel,Users,Sessions\nDirect,\"1,025\",2\nSearch,3,4\nMail,5,6\n";
        assert_eq!(delimiter(text), ",");
    }

    #[test]
    fn one_column_is_never_silent() {
        for text in [
            "email\na@example.org\nb@example.org\n",
            "a sentence of words\nand another one\nthird\n",
        ] {
            let sniffed = sniff(text.as_bytes(), true, &Fixed::default());
            assert!(sniffed.single, "{text}");
            assert!(sniffed.delimiter_reason.contains("one column"));
        }
    }

    #[test]
    fn what_is_fixed_stays() {
        let fixed = Fixed { delimiter: Some(";".into()), quote: Some(None), escape: None };
        let sniffed = sniff(b"a,b\n1,2\n", true, &fixed);
        assert_eq!(sniffed.dialect, Dialect::new(";", None, None));
        assert!(!sniffed.single);
    }

    #[test]
    fn old_mac_lines() {
        let sniffed = sniff(b"a,b\r1,2\r3,4\r", true, &Fixed::default());
        assert_eq!(sniffed.dialect.ends, Ends::Cr);
        assert_eq!(sniffed.dialect.delimiter(), b",");
    }
}
