//! The kinds of pollution.

use super::Truth;
use super::clean::{self, ENGLISH, Table, Tongue, WESTERN, Wish};
use super::fault::{Fault, row_fault};
use super::outside::{
    around, footer_totals, header_missing, header_rows, header_units, preamble_comments,
    preamble_fields,
};
use super::style::{Escape, Style, encoded, usual_delimiter};
use crate::draw::Draw;
use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, ISO_8859_2, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_1251, WINDOWS_1252,
};

/// Bytes and truth of one file; the number counts the files of a kind.
pub(super) type Made = (Vec<u8>, Truth);

/// A kind of pollution.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) suffix: &'static str,
    pub(super) make: fn(&mut Draw, u64) -> Made,
}

const fn csv(name: &'static str, make: fn(&mut Draw, u64) -> Made) -> Kind {
    Kind { name, suffix: "csv", make }
}

/// All of them.
pub(super) const KINDS: &[Kind] = &[
    csv("clean", |d, _| plain(&table(d), &Style::default())),
    csv("words", |d, at| styled_as(d, &words(at), &Style::default())),
    csv("small", |d, _| {
        let wish = Wish { rows: (2, 4), ..Wish::default() };
        styled_as(d, &wish, &Style::default())
    }),
    csv("thousands", thousands),
    csv("header-missing", header_missing),
    csv("header-missing-words", |d, at| {
        let table = clean::table(d, &words(at));
        let bytes = Style::default().text(&table.rows).into_bytes();
        (bytes, Truth::Table { headers: vec![vec![]], rows: table.rows })
    }),
    csv("header-two-rows", |d, at| header_rows(d, at, 2)),
    csv("header-three-rows", |d, at| header_rows(d, at, 3)),
    csv("header-units", header_units),
    csv("header-only", |d, _| {
        let table = table(d);
        (Style::default().text(&[table.header]).into_bytes(), Truth::Nothing)
    }),
    csv("one-row", |d, _| {
        let mut table = table(d);
        table.rows.truncate(1);
        plain(&table, &Style::default())
    }),
    csv("preamble", |d, _| around(d, true, false)),
    csv("preamble-fields", preamble_fields),
    csv("preamble-comments", preamble_comments),
    csv("footer", |d, _| around(d, false, true)),
    csv("footer-totals", footer_totals),
    csv("preamble-and-footer", |d, _| around(d, true, true)),
    csv("separator-missing", |d, at| row_fault(d, at, Fault::Less)),
    csv("separator-extra", |d, at| row_fault(d, at, Fault::More)),
    csv("separator-trailing", separator_trailing),
    csv("quote-extra", |d, at| row_fault(d, at, Fault::ExtraQuote)),
    csv("quote-missing", |d, at| row_fault(d, at, Fault::MissingQuote)),
    csv("quote-apostrophe", |d, at| {
        styled(d, &Style { quote: '\'', always: at.is_multiple_of(2), ..Style::default() })
    }),
    csv("quote-all", |d, at| {
        styled(
            d,
            &Style { always: true, delimiter: [",", ";"][(at % 2) as usize], ..Style::default() },
        )
    }),
    csv("escape-backslash", |d, at| {
        let style =
            Style { escape: Escape::With('\\'), always: at.is_multiple_of(2), ..Style::default() };
        quoted_texts(d, &style)
    }),
    csv("escape-other", |d, at| {
        let escape = ['^', '~', '!'][(at % 3) as usize];
        let style = Style {
            escape: Escape::With(escape),
            always: at.is_multiple_of(2),
            ..Style::default()
        };
        quoted_texts(d, &style)
    }),
    csv("ends-cr", |d, _| styled(d, &Style { end: "\r", ..Style::default() })),
    csv("ends-crlf", |d, _| styled(d, &Style { end: "\r\n", ..Style::default() })),
    csv("ends-mixed", ends_mixed),
    csv("lines-in-fields", lines_in_fields),
    csv("end-missing", |d, at| trimmed(d, ["", "\n\n", "\r\n\r\n\r\n"][(at % 3) as usize])),
    csv("lines-blank", lines_blank),
    csv("tables-same-width", |d, at| tables(d, at, 0)),
    csv("tables-narrower", |d, at| tables(d, at, -2)),
    csv("tables-wider", |d, at| tables(d, at, 2)),
    csv("bom-utf8", |d, at| {
        coded(d, [&ENGLISH, &WESTERN, &clean::JAPANESE][(at % 3) as usize], UTF_8, true)
    }),
    csv("utf16-le", |d, at| coded(d, &WESTERN, UTF_16LE, at % 3 != 1)),
    csv("utf16-be", |d, at| coded(d, &clean::POLISH, UTF_16BE, at % 3 != 1)),
    csv("windows-1252", |d, _| coded(d, &WESTERN, WINDOWS_1252, false)),
    csv("iso-8859-2", |d, _| coded(d, &clean::POLISH, ISO_8859_2, false)),
    csv("windows-1251", |d, _| coded(d, &clean::RUSSIAN, WINDOWS_1251, false)),
    csv("shift-jis", |d, _| coded(d, &clean::JAPANESE, SHIFT_JIS, false)),
    csv("gb18030", |d, _| coded(d, &clean::CHINESE, GB18030, false)),
    csv("euc-kr", |d, _| coded(d, &clean::KOREAN, EUC_KR, false)),
    csv("big5", |d, _| coded(d, &clean::TAIWANESE, BIG5, false)),
    csv("empty", |_, at| {
        (["", "\n", "\r\n\r\n", "  \n \n", "\u{feff}"][(at % 5) as usize].into(), Truth::Nothing)
    }),
    csv("single-column", single_column),
    csv("delimiter-semicolon", decimal_comma),
    csv("delimiter-tab", |d, _| styled(d, &Style { delimiter: "\t", ..Style::default() })),
    csv("delimiter-pipe", |d, _| styled(d, &Style { delimiter: "|", ..Style::default() })),
    csv("delimiter-space", |d, at| {
        let quote = if at.is_multiple_of(3) { '\'' } else { '"' };
        styled(
            d,
            &Style { delimiter: " ", quote, always: at.is_multiple_of(2), ..Style::default() },
        )
    }),
    csv("delimiter-other", |d, at| {
        let delimiter = ["^", "~", ":", "#", "\u{1}", "\u{1f}"][(at % 6) as usize];
        let wish = Wish { columns: (3, 6), rich: delimiter != ":", ..Wish::default() };
        plain(&clean::table(d, &wish), &Style { delimiter, ..Style::default() })
    }),
    csv("delimiter-two", |d, at| {
        let all = ["||", "::", ";;", "~~", ",,", "##", "|~", "\t\t", "^|"];
        styled(d, &Style { delimiter: all[(at % 9) as usize], ..Style::default() })
    }),
    csv("delimiter-and-blank", |d, at| {
        let delimiter = [", ", "; ", " | "][(at % 3) as usize];
        styled(d, &Style { delimiter, ..Style::default() })
    }),
    csv("wide", |d, _| {
        let wish = Wish { columns: (200, 700), rows: (5, 25), ..Wish::default() };
        plain(&clean::table(d, &wish), &Style::default())
    }),
    csv("long", |d, at| {
        let wish = Wish { rows: (8000, 12_000), ..Wish::default() };
        let style = Style { delimiter: [",", ";", "\t"][(at % 3) as usize], ..Style::default() };
        plain(&clean::table(d, &wish), &style)
    }),
    csv("sparse", |d, _| {
        plain(&clean::table(d, &Wish { empty: 0.6, ..Wish::default() }), &Style::default())
    }),
];

pub(super) fn table(draw: &mut Draw) -> Table {
    clean::table(draw, &Wish::default())
}

pub(super) fn truth(table: &Table) -> Truth {
    Truth::Table { headers: vec![table.header.clone()], rows: table.rows.clone() }
}

fn plain(table: &Table, style: &Style) -> Made {
    (style.text(&table.lines()).into_bytes(), truth(table))
}

/// Columns of words alone, with repeats.
fn words(at: u64) -> Wish {
    let tongue = [&ENGLISH, &WESTERN, &clean::POLISH][(at % 3) as usize];
    Wish { tongue, words: true, columns: (3, 4), ..Wish::default() }
}

fn styled_as(draw: &mut Draw, wish: &Wish, style: &Style) -> Made {
    plain(&clean::table(draw, wish), style)
}

/// Numbers with thousands separators, in quotes for the comma's sake.
fn thousands(draw: &mut Draw, at: u64) -> Made {
    let mut table = clean::table(draw, &Wish { columns: (4, 8), ..Wish::default() });
    let style = Style { delimiter: [",", ";", "\t"][(at % 3) as usize], ..Style::default() };
    let last = table.width() - 1;
    for row in &mut table.rows {
        row[last] = format!("{},{:03}", draw.between(1, 99), draw.below(1000));
    }
    plain(&table, &style)
}

fn styled(draw: &mut Draw, style: &Style) -> Made {
    plain(&table(draw), style)
}

/// A separator at the end of every record, of the header too or not.
fn separator_trailing(draw: &mut Draw, at: u64) -> Made {
    let table = table(draw);
    let style = Style { delimiter: [",", ";"][(at % 2) as usize], ..Style::default() };
    let on_header = !at.is_multiple_of(3);
    let lines = table.lines();
    let text: String = lines
        .iter()
        .enumerate()
        .map(|(line, cells)| {
            let more = if line > 0 || on_header { style.delimiter } else { "" };
            format!("{}{more}\n", style.record(cells))
        })
        .collect();
    let mut rows = table.rows.clone();
    rows.iter_mut().for_each(|row| row.push(String::new()));
    let mut wide = table.header.clone();
    wide.push(String::new());
    let headers = vec![wide, table.header.clone()];
    (text.into_bytes(), Truth::Table { headers, rows })
}

/// Every third text has quotes and separators inside.
fn quoted_texts(draw: &mut Draw, style: &Style) -> Made {
    let mut table =
        clean::table(draw, &Wish { columns: (3, 7), rows: (20, 60), ..Wish::default() });
    let column = draw.between(1, table.width() as i64 - 1) as usize;
    for row in &mut table.rows {
        if draw.chance(0.6) {
            row[column] = format!(
                "{}\"{}\", {}",
                draw.pick(&["the so-called ", "size 5 ", ""]),
                draw.pick(&["best", "old, new", "x"]),
                draw.pick(&["they say", "and more", "again"])
            );
        }
    }
    plain(&table, style)
}

fn ends_mixed(draw: &mut Draw, at: u64) -> Made {
    let table = table(draw);
    let style = Style { end: "", ..Style::default() };
    let ends: &[&str] =
        [&["\n", "\r\n"][..], &["\r\n", "\r"], &["\n", "\r\n", "\r"]][(at % 3) as usize];
    let lines = table.lines();
    let text: String = lines.iter().map(|cells| style.record(cells) + *draw.pick(ends)).collect();
    (text.into_bytes(), truth(&table))
}

fn lines_in_fields(draw: &mut Draw, at: u64) -> Made {
    let end = ["\n", "\r\n"][(at % 2) as usize];
    let mut table = clean::table(draw, &Wish { columns: (3, 7), ..Wish::default() });
    let column = draw.between(1, table.width() as i64 - 1) as usize;
    for row in &mut table.rows {
        if draw.chance(0.4) {
            row[column] = format!("first line{end}second, longer line{end}{end}last");
        }
    }
    plain(&table, &Style { end, ..Style::default() })
}

fn trimmed(draw: &mut Draw, end: &str) -> Made {
    let (bytes, truth) = plain(&table(draw), &Style::default());
    let text = String::from_utf8_lossy(&bytes);
    (format!("{}{end}", text.trim_end()).into_bytes(), truth)
}

fn lines_blank(draw: &mut Draw, _: u64) -> Made {
    let table = table(draw);
    let style = Style::default();
    let mut text = style.text(std::slice::from_ref(&table.header));
    for row in &table.rows {
        text += &style.text(std::slice::from_ref(row));
        if draw.chance(0.1) {
            text += *draw.pick(&["\n", "  \n", "\n\n"]);
        }
    }
    (text.into_bytes(), truth(&table))
}

/// Two or three tables under each other; the first is the longest and the one wanted.
fn tables(draw: &mut Draw, at: u64, wider: i64) -> Made {
    let first = clean::table(draw, &Wish { columns: (4, 7), rows: (30, 60), ..Wish::default() });
    let width = first.width() as i64 + wider;
    let style = Style { delimiter: [",", ";"][(at % 2) as usize], ..Style::default() };
    let mut text = style.text(&first.lines());
    for number in 0..1 + at % 2 {
        let more =
            clean::table(draw, &Wish { columns: (width, width), rows: (5, 15), ..Wish::default() });
        let mut more = more.lines();
        for name in &mut more[0] {
            *name = format!("{name} {}", ["b", "c"][number as usize]);
        }
        text.push('\n');
        if at.is_multiple_of(3) {
            text += ["Second table\n", "Returns\n"][number as usize];
        }
        text += &style.text(&more);
    }
    (text.into_bytes(), truth(&first))
}

fn coded(
    draw: &mut Draw,
    tongue: &'static Tongue,
    encoding: &'static Encoding,
    mark: bool,
) -> Made {
    let wish = Wish { tongue, columns: (4, 9), rows: (15, 80), ..Wish::default() };
    let table = clean::table(draw, &wish);
    let style = Style { delimiter: usual_delimiter(draw), ..Style::default() };
    (encoded(&style.text(&table.lines()), encoding, mark), truth(&table))
}

/// One column of mails, words or sentences; only mails and numbers tell the name apart.
fn single_column(draw: &mut Draw, at: u64) -> Made {
    let head = ["email", "id", "amount"][(at % 3) as usize];
    let rows = (0..draw.between(8, 60))
        .map(|row| {
            vec![match at % 3 {
                0 => format!("user{}@example.org", draw.below(5000)),
                1 => format!("{}", 500 + row),
                _ => format!("{}.{:02}", draw.below(900), draw.below(100)),
            }]
        })
        .collect();
    let table = Table { header: vec![head.to_owned()], rows };
    plain(&table, &Style { always: at > 5, ..Style::default() })
}

/// Semicolons because numbers have a comma.
fn decimal_comma(draw: &mut Draw, at: u64) -> Made {
    let mut table = clean::table(
        draw,
        &Wish { tongue: [&ENGLISH, &WESTERN][(at % 2) as usize], ..Wish::default() },
    );
    for cell in table.rows.iter_mut().flatten() {
        let number = cell.contains('.') && cell.chars().all(|c| c.is_ascii_digit() || c == '.');
        if number {
            *cell = cell.replace('.', ",");
        }
    }
    plain(&table, &Style { delimiter: ";", ..Style::default() })
}
