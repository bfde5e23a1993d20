//! How a delimited file will be read: its dialect, its tables, and where the one to read is.

use crate::compress::Compression;
use crate::dialect::Dialect;
use crate::error::{IngestError, name_of};
use crate::extent::Span;
use crate::head::Head;
use crate::inspect::say;
use crate::layout::{self, FixedLayout, Layout};
use crate::scan::{scan, text_at};
use crate::sniff::{self, Fixed, Sniffed};
use crate::stream;
use kith_model::source::{Evidence, FileFormat, Part, ReadOptions};
use kith_model::{FileRef, Monitor, Quiet};
use std::path::Path;

/// Bytes up to which a file is looked through for tables whenever it is looked at; a longer one
/// when a table of it is chosen, or when its rows were not all good.
const SCANNED: u64 = 64 * 1024 * 1024;

/// Tables whose lines are told.
const TABLES_SHOWN: usize = 12;

/// Bytes of a table that must be at hand to see how it is laid out.
const ENOUGH: u64 = 64 * 1024;

/// A delimited file as it will be read.
pub(crate) struct Reading {
    pub(crate) sniffed: Sniffed,
    pub(crate) layout: Layout,
    /// All tables of the file, when there are several.
    tables: Vec<Span>,
    /// The beginning of a table that lies far behind the file's own.
    window: Option<Window>,
    /// The whole file was looked through for tables.
    scanned: bool,
}

/// Text far into a file.
struct Window {
    text: Vec<u8>,
    /// Nothing follows it.
    whole: bool,
    /// Lines before it.
    before: u32,
}

impl Reading {
    pub(crate) fn decide(
        path: &Path,
        head: &Head,
        options: &ReadOptions,
    ) -> Result<Self, IngestError> {
        let fixed = fixed(path, options)?;
        let sniffed = sniff::sniff(&head.text, head.whole, &fixed);
        let scanned = !head.whole && (options.table.is_some() || is_small(head));
        let found = match scanned {
            true => scan(path, head, &sniffed.dialect, &Quiet)?,
            false => None,
        };
        let far = found.as_ref().map_or(&[][..], |scan| &scan.starts[..]);
        let spans = || match &found {
            Some(scan) => scan.tables(),
            None => layout::spans(&sniffed.dialect, &head.text, head.whole),
        };
        let (mut tables, mut span) = (Vec::new(), None);
        if let Some(number) = &options.table {
            tables = spans();
            span = Some(chosen(path, &tables, number)?);
        }
        let start = span.as_ref().and_then(|span| {
            let at = tables.iter().position(|table| table == span)?;
            far.get(at).copied().filter(|start| *start + ENOUGH > head.text.len() as u64)
        });
        let window = match (start, &span) {
            (Some(start), Some(span)) => {
                let (text, whole) = text_at(path, head, start)?;
                Some(Window { text, whole, before: span.from_line })
            }
            _ => None,
        };
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
        let mut layout = match &window {
            None => layout::find(&sniffed.dialect, &head.text, head.whole, &fixed),
            Some(window) => window.layout(&sniffed.dialect, &fixed),
        };
        if tables.is_empty() && (layout.several || found.is_some()) {
            tables = spans();
        }
        if options.table.is_none() && options.footer_lines.is_none() && found.is_some() {
            let lines = || stream::count_lines(path, head, &sniffed.dialect);
            end_before_next(&mut layout, &tables, lines)?;
        }
        Ok(Self { sniffed, layout, tables, window, scanned })
    }

    /// Looks through a file whose rows were not all good for tables behind its own; true when there
    /// are some, and this one now ends before them.
    pub(crate) fn end_behind(
        &mut self,
        path: &Path,
        head: &Head,
        monitor: &dyn Monitor,
    ) -> Result<bool, IngestError> {
        if self.scanned || head.whole || self.layout.end_line.is_some() {
            return Ok(false);
        }
        self.scanned = true;
        let found = scan(path, head, &self.sniffed.dialect, monitor)?;
        self.tables = found.map_or(Vec::new(), |scan| scan.tables());
        end_before_next(&mut self.layout, &self.tables, || Ok(0))?;
        Ok(self.layout.end_line.is_some())
    }

    /// What is shown of the file: the text, whether nothing follows, and the lines before it.
    pub(crate) fn text<'a>(&'a self, head: &'a Head) -> (&'a [u8], bool, u32) {
        match &self.window {
            None => (&head.text, head.whole, 0),
            Some(window) => (&window.text, window.whole, window.before),
        }
    }

    /// Every table of the file as a source of its own; none when it holds but one.
    pub(crate) fn parts(&self, path: &Path) -> Vec<Part> {
        let file = FileRef(path.to_string_lossy().into_owned());
        let part = |(at, span): (usize, &Span)| Part {
            name: span.name.clone(),
            file: file.clone(),
            format: FileFormat::Delimited,
            options: ReadOptions { table: Some((at + 1).to_string()), ..ReadOptions::default() },
        };
        self.tables.iter().enumerate().map(part).collect()
    }

    pub(crate) fn tables_evidence(&self, options: &ReadOptions) -> Option<Evidence> {
        let count = self.tables.len().to_string();
        match &options.table {
            Some(number) => Some(say(
                "table",
                &format!("{number} of {count}"),
                "One of the tables in this file",
            )),
            None if self.tables.len() > 1 => {
                let shown = self.tables.iter().take(TABLES_SHOWN);
                let lines: Vec<_> = shown.map(|table| table.begins.to_string()).collect();
                let more = if self.tables.len() > TABLES_SHOWN { " …" } else { "" };
                let own = self.layout.skip_lines + 1;
                let reason = format!(
                    "They begin on lines {}{more}: this is the one of line {own}, each can be a \
                     source of its own, chosen by its number",
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

/// Ends a table before the next one of its file.
fn end_before_next(
    layout: &mut Layout,
    tables: &[Span],
    lines: impl FnOnce() -> Result<u64, IngestError>,
) -> Result<(), IngestError> {
    let own = tables.iter().find(|table| table.holds(layout.skip_lines));
    let until = own.and_then(|own| own.until_line);
    let (None, Some(until)) = (layout.end_line, until) else { return Ok(()) };
    layout.end_line = Some(until);
    layout.end_reason = format!("Another table begins on line {until}");
    let below = (lines()? + 1).saturating_sub(until);
    layout.footer_lines = u32::try_from(below).ok().filter(|below| *below > 0);
    Ok(())
}

/// Few enough bytes to look through the whole file whenever it is looked at.
fn is_small(head: &Head) -> bool {
    let most = if head.compression == Compression::None { SCANNED } else { SCANNED / 8 };
    head.bytes <= most
}

impl Window {
    /// Where the table is, in lines of the file.
    fn layout(&self, dialect: &Dialect, fixed: &FixedLayout) -> Layout {
        let (before, far) = (self.before, u64::from(self.before));
        let near = |line: u64| line.saturating_sub(far).max(1);
        let span = fixed.span.as_ref().map(|span| Span {
            from_line: span.from_line.saturating_sub(before),
            until_line: span.until_line.map(near),
            ..span.clone()
        });
        let fixed = FixedLayout {
            skip_lines: fixed.skip_lines.map(|lines| lines.saturating_sub(before)),
            end_line: fixed.end_line.map(|end| end.map(near)),
            span,
            ..fixed.clone()
        };
        let mut layout = layout::find(dialect, &self.text, self.whole, &fixed);
        layout.skip_lines += before;
        layout.end_line = layout.end_line.map(|line| line + far);
        layout.until_line = layout.until_line.map(|line| line + far);
        if fixed.skip_lines.is_none() {
            layout.skip_reason = format!("The table starts on line {}", layout.skip_lines + 1);
        }
        layout
    }
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
