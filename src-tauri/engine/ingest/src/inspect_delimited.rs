//! Looks at delimited text: how it would be read, with what detection found and what was set.

use crate::dialect::{Dialect, spell};
use crate::error::{IngestError, name_of};
use crate::extent::Span;
use crate::head::Head;
use crate::inspect::{Detected, SHOWN, common_evidence, raw_lines, say};
use crate::layout::{self, FixedLayout, Layout};
use crate::sniff::{self, Fixed, Sniffed};
use crate::stream;
use crate::typed::Typed;
use crate::values;
use kith_model::FileRef;
use kith_model::column_format::{ColumnFormat, DateOrder};
use kith_model::source::{ColumnInfo, Evidence, FileFormat, Part, ReadOptions};
use std::collections::BTreeMap;
use std::path::Path;

/// Rows whose values are looked at.
const VALUES: usize = 1000;

/// A delimited file as it will be read.
pub(crate) struct Reading {
    pub(crate) sniffed: Sniffed,
    pub(crate) layout: Layout,
    /// All tables of the file, when there are several.
    tables: Vec<Span>,
}

impl Reading {
    pub(crate) fn decide(
        path: &Path,
        head: &Head,
        options: &ReadOptions,
    ) -> Result<Self, IngestError> {
        let fixed = fixed(path, options)?;
        let sniffed = sniff::sniff(&head.text, head.whole, &fixed);
        let spans = || layout::spans(&sniffed.dialect, &head.text, head.whole);
        let (mut tables, mut span) = (Vec::new(), None);
        if let Some(number) = &options.table {
            tables = spans();
            span = Some(chosen(path, &tables, number)?);
        }
        let until = span.as_ref().and_then(|span| span.until_line);
        let end_line = match options.footer_lines {
            None => None,
            Some(0) => Some(None),
            Some(below) => {
                let behind = match until {
                    Some(until) => until,
                    None => stream::count_lines(path, head, &sniffed.dialect)? + 1,
                };
                Some(Some(behind.saturating_sub(u64::from(below)).max(1)))
            }
        };
        let fixed = FixedLayout {
            skip_lines: options.skip_lines,
            header: options.header,
            header_rows: options.header_rows.filter(|rows| *rows > 0),
            end_line,
            span,
        };
        let layout = layout::find(&sniffed.dialect, &head.text, head.whole, &fixed);
        if layout.several && tables.is_empty() {
            tables = spans();
        }
        Ok(Self { sniffed, layout, tables })
    }

    /// Every table of the file as a source of its own; none when it holds but one.
    fn parts(&self, path: &Path) -> Vec<Part> {
        let file = FileRef(path.to_string_lossy().into_owned());
        let part = |(at, span): (usize, &Span)| Part {
            name: span.name.clone(),
            file: file.clone(),
            format: FileFormat::Delimited,
            options: ReadOptions { table: Some((at + 1).to_string()), ..ReadOptions::default() },
        };
        self.tables.iter().enumerate().map(part).collect()
    }

    fn tables_evidence(&self, options: &ReadOptions) -> Option<Evidence> {
        let count = self.tables.len().to_string();
        match &options.table {
            Some(number) => Some(say(
                "table",
                &format!("{number} of {count}"),
                "One of the tables in this file",
            )),
            None if self.tables.len() > 1 => {
                let lines: Vec<_> = self.tables.iter().map(|t| t.begins.to_string()).collect();
                let reason = format!(
                    "They begin on lines {}: this is the longest, each can be a source of its own",
                    lines.join(", ")
                );
                Some(say("tables", &count, &reason))
            }
            None => None,
        }
    }
}

/// The table a number, from 1, means. Of a file with a single table, that one.
fn chosen(path: &Path, tables: &[Span], number: &str) -> Result<Span, IngestError> {
    let at = number.trim().parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    if let Some(found) = at.and_then(|at| tables.get(at)) {
        return Ok(found.clone());
    }
    if at == Some(0) {
        return Ok(Span { name: String::new(), from_line: 0, until_line: None, begins: 1 });
    }
    Err(IngestError::Option {
        file: name_of(path),
        option: "table",
        value: number.to_owned(),
        rule: "give its number in the file, from 1; leave it out to read the longest",
    })
}

fn fixed(path: &Path, options: &ReadOptions) -> Result<Fixed, IngestError> {
    let wrong = |option, value: &str, rule| IngestError::Option {
        file: name_of(path),
        option,
        value: value.to_owned(),
        rule,
    };
    let delimiter = match options.delimiter.as_deref() {
        None => None,
        Some("\\t" | "tab") => Some("\t".to_owned()),
        Some("") => return Err(wrong("delimiter", "", "give at least one character")),
        Some(text) if text.contains(['\n', '\r']) => {
            return Err(wrong("delimiter", text, "lines are always separated by line breaks"));
        }
        Some(text) => Some(text.to_owned()),
    };
    let one = |option, text: &Option<String>| match text.as_deref().map(|t| (t, t.chars().count()))
    {
        None => Ok(None),
        Some((_, 0)) => Ok(Some(None)),
        Some((text, 1)) if text.is_ascii() => Ok(Some(text.chars().next())),
        Some((text, _)) => Err(wrong(option, text, "give one plain character, or none")),
    };
    let quote = one("quote", &options.quote)?;
    let escape = one("escape", &options.escape)?;
    Ok(Fixed { delimiter, quote, escape })
}

/// Looks at delimited text.
pub(crate) fn delimited(
    path: &Path,
    head: &Head,
    options: &ReadOptions,
) -> Result<Detected, IngestError> {
    let reading = Reading::decide(path, head, options)?;
    let parts = reading.parts(path);
    let tables = reading.tables_evidence(options);
    let Reading { sniffed, layout, .. } = reading;
    let dialect = &sniffed.dialect;
    let rest = layout::without_lines(dialect, &head.text, layout.skip_lines);
    let mut placed = layout::place(dialect, rest, head.whole);
    placed.retain(|p| {
        let line = u64::from(p.line) + u64::from(layout.skip_lines) + 1;
        layout.until_line.is_none_or(|until| line < until)
    });
    let data = &placed[(layout.header_rows as usize).min(placed.len())..];
    if data.is_empty() && head.whole {
        let line = u64::from(layout.skip_lines) + 1;
        return Err(IngestError::NoRows { file: name_of(path), line });
    }
    let width = layout.names.len();
    let rows: Vec<Vec<Option<String>>> = data
        .iter()
        .filter(|p| p.fields.len() == width)
        .filter(|p| {
            let line = u64::from(p.line) + u64::from(layout.skip_lines) + 1;
            layout.end_line.is_none_or(|end| line < end)
        })
        .take(VALUES)
        .map(|p| p.fields.texts().into_iter().map(|t| Some(t).filter(|t| !t.is_empty())).collect())
        .collect();
    let mut evidence = compared(path, head, options, delimited_evidence(head, &sniffed, &layout));
    evidence.extend(tables);
    evidence.extend(values::evidence(&layout.names, &rows));
    let typed = Typed::of(path, &layout.names, options)?;
    let (columns, rows) = match &typed {
        None => (layout.names.iter().map(|name| text_column(name)).collect(), rows),
        Some(typed) => {
            let (rows, mut said) = typed_rows(typed, &layout.names, &rows, options);
            evidence.append(&mut said);
            (typed.columns().to_vec(), rows)
        }
    };
    let character =
        |byte: Option<u8>| Some(byte.map(char::from).map_or(String::new(), String::from));
    Ok(Detected {
        format: FileFormat::Delimited,
        options: ReadOptions {
            encoding: Some(head.encoding_label()),
            delimiter: Some(dialect.delimiter_text()),
            quote: character(dialect.quote),
            escape: character(dialect.escape),
            header: Some(layout.header_rows > 0),
            header_rows: (layout.header_rows > 1).then_some(layout.header_rows),
            skip_lines: Some(layout.skip_lines),
            footer_lines: layout.footer_lines,
            table: options.table.clone(),
            columns: options.columns.clone(),
            ..ReadOptions::default()
        },
        evidence,
        header: columns.iter().map(|column: &ColumnInfo| column.name.clone()).collect(),
        columns,
        raw_lines: raw_lines(dialect, &head.text),
        rows: rows.into_iter().take(SHOWN).collect(),
        bytes: head.bytes,
        parts,
    })
}

/// The rows that can be read with their types, and what became of each column's values.
fn typed_rows(
    typed: &Typed,
    names: &[String],
    rows: &[Vec<Option<String>>],
    options: &ReadOptions,
) -> (Vec<Vec<Option<String>>>, Vec<Evidence>) {
    let mut refused: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let mut good = Vec::new();
    for row in rows {
        match typed.cells(row.iter().map(|cell| cell.as_deref().unwrap_or_default().as_bytes())) {
            Ok(cells) => good.push(cells),
            Err((at, why)) => {
                let name = names.get(at).map_or("", String::as_str);
                refused.entry(name).or_insert((0, why)).0 += 1;
            }
        }
    }
    let said = options.columns.iter().map(|(name, format)| {
        let reason = match refused.get(name.as_str()) {
            Some((count, why)) => {
                format!("{count} of the first {} rows refused: {why}", rows.len())
            }
            None => format!("Each of the first {} rows can be read so", rows.len()),
        };
        say(&format!("column {name}"), &meaning(format), &reason)
    });
    let said = said.collect();
    (good, said)
}

/// A column's format in words.
fn meaning(format: &ColumnFormat) -> String {
    match format {
        ColumnFormat::Number { decimal, thousands } => match thousands {
            Some(sign) => format!("numbers like 1{sign}234{decimal}5"),
            None => format!("numbers like 1234{decimal}5"),
        },
        ColumnFormat::Moment { order, zone } => {
            let order = match order {
                DateOrder::YearFirst => "year first",
                DateOrder::DayFirst => "day first",
                DateOrder::MonthFirst => "month first",
            };
            match zone {
                Some(zone) => format!("dates, {order}, {zone}"),
                None => format!("dates, {order}"),
            }
        }
    }
}

/// Evidence that tells what a user has set from what detection finds by itself.
fn compared(
    path: &Path,
    head: &Head,
    options: &ReadOptions,
    mut evidence: Vec<Evidence>,
) -> Vec<Evidence> {
    // Which of several tables is no way of reading: it stays.
    let free = ReadOptions {
        table: options.table.clone(),
        columns: options.columns.clone(),
        ..ReadOptions::default()
    };
    if *options == free {
        return evidence;
    }
    let own_head;
    let head = match options.encoding {
        None => head,
        // Unreadable without the user's encoding: there is nothing to compare with.
        Some(_) => match Head::read(path, &free) {
            Ok(read) => {
                own_head = read;
                &own_head
            }
            Err(_) => return evidence,
        },
    };
    let Ok(Reading { sniffed, layout, .. }) = Reading::decide(path, head, &free) else {
        return evidence;
    };
    let found = delimited_evidence(head, &sniffed, &layout);
    for set in evidence.iter_mut().filter(|e| is_set(options, &e.about)) {
        let Some(own) = found.iter().find(|own| own.about == set.about) else { continue };
        set.reason = if own.value == set.value {
            own.reason.clone()
        } else {
            format!("Set by hand. Detected: {}. {}", own.value, own.reason)
        };
    }
    evidence
}

/// Whether `options` fix what a piece of evidence is about.
fn is_set(options: &ReadOptions, about: &str) -> bool {
    match about {
        "encoding" => options.encoding.is_some(),
        "delimiter" => options.delimiter.is_some(),
        "quote" => options.quote.is_some(),
        "escape" => options.escape.is_some(),
        "preamble" => options.skip_lines.is_some(),
        "header" => options.header.is_some() || options.header_rows.is_some(),
        "footer" => options.footer_lines.is_some(),
        _ => false,
    }
}

fn delimited_evidence(head: &Head, sniffed: &Sniffed, layout: &Layout) -> Vec<Evidence> {
    let dialect: &Dialect = &sniffed.dialect;
    let character =
        |byte: Option<u8>| spell(&byte.map(char::from).map_or(String::new(), String::from));
    let mut evidence = common_evidence(head, "delimited text", "Lines of separated fields");
    let delimiter =
        if sniffed.single { "none".to_owned() } else { spell(&dialect.delimiter_text()) };
    evidence.push(say("delimiter", &delimiter, &sniffed.delimiter_reason));
    evidence.push(say("quote", &character(dialect.quote), &sniffed.quote_reason));
    evidence.push(say("escape", &character(dialect.escape), &sniffed.escape_reason));
    evidence.push(say("preamble", &format!("{} lines", layout.skip_lines), &layout.skip_reason));
    let header = match layout.header_rows {
        0 => "no".to_owned(),
        1 => "yes".to_owned(),
        rows => format!("{rows} rows"),
    };
    evidence.push(say("header", &header, &layout.header_reason));
    let end = match (layout.end_line, layout.footer_lines) {
        (None, _) => "none".to_owned(),
        (Some(line), None) => format!("from line {line}"),
        (Some(_), Some(lines)) => format!("{lines} lines"),
    };
    evidence.push(say("footer", &end, &layout.end_reason));
    let columns = layout.names.len();
    let suspicion = "Only one column was found: check the delimiter before loading";
    let reason = if columns == 1 { suspicion } else { "Fields a record must have" };
    evidence.push(say("columns", &columns.to_string(), reason));
    if let Some(reason) = &layout.names_reason {
        evidence.push(say("names", "changed", reason));
    }
    evidence
}

fn text_column(name: &str) -> ColumnInfo {
    ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() }
}
