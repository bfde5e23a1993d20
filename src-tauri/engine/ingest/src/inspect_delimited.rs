//! Looks at delimited text: how it would be read, with what detection found and what was set.

use crate::dialect::{Dialect, spell};
use crate::error::{IngestError, name_of};
use crate::head::Head;
use crate::inspect::{Detected, SHOWN, common_evidence, raw_lines, say};
use crate::layout::{self, Layout};
use crate::reading::Reading;
use crate::sniff::Sniffed;
use crate::typed::Typed;
use crate::values;
use kith_model::column_format::{ColumnFormat, DateOrder};
use kith_model::source::{ColumnInfo, Evidence, FileFormat, ReadOptions};
use std::collections::BTreeMap;
use std::path::Path;

/// Rows whose values are looked at.
const VALUES: usize = 1000;

/// Looks at delimited text.
pub(crate) fn delimited(
    path: &Path,
    head: &Head,
    options: &ReadOptions,
) -> Result<Detected, IngestError> {
    let reading = Reading::decide(path, head, options)?;
    let parts = reading.parts(path);
    let tables = reading.tables_evidence(options);
    let (text, whole, before) = reading.text(head);
    let (sniffed, layout) = (&reading.sniffed, &reading.layout);
    let dialect = &sniffed.dialect;
    let rest = layout::without_lines(dialect, text, layout.skip_lines.saturating_sub(before));
    let mut placed = layout::place(dialect, rest, whole);
    placed.retain(|p| {
        let line = u64::from(p.line) + u64::from(layout.skip_lines) + 1;
        layout.until_line.is_none_or(|until| line < until)
    });
    let data = &placed[(layout.header_rows as usize).min(placed.len())..];
    if data.is_empty() && whole {
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
    let mut evidence = compared(path, head, options, delimited_evidence(head, sniffed, layout));
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
        raw_lines: raw_lines(dialect, text),
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
