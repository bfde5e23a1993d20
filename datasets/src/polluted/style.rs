//! Writes tables as delimited text in any dialect and encoding.

use crate::draw::Draw;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// How a quote inside quotes is written.
#[derive(Clone, Copy)]
pub(super) enum Escape {
    Doubled,
    With(char),
}

/// A dialect.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) delimiter: &'static str,
    pub(super) quote: char,
    pub(super) escape: Escape,
    pub(super) end: &'static str,
    /// Quotes around every field.
    pub(super) always: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { delimiter: ",", quote: '"', escape: Escape::Doubled, end: "\n", always: false }
    }
}

impl Style {
    /// One field.
    pub(super) fn field(&self, cell: &str) -> String {
        let needed = self.always
            || cell.contains(self.delimiter)
            || cell.contains([self.quote, '\n', '\r'])
            || cell.starts_with(' ')
            || cell.ends_with(' ')
            || (self.delimiter == " " && cell.is_empty());
        if !needed {
            return cell.to_owned();
        }
        let quote = self.quote.to_string();
        let inside = match self.escape {
            Escape::Doubled => cell.replace(self.quote, &format!("{quote}{quote}")),
            Escape::With(escape) => cell
                .replace(escape, &format!("{escape}{escape}"))
                .replace(self.quote, &format!("{escape}{quote}")),
        };
        format!("{quote}{inside}{quote}")
    }

    /// One record without its line break.
    pub(super) fn record(&self, cells: &[String]) -> String {
        let fields: Vec<_> = cells.iter().map(|cell| self.field(cell)).collect();
        fields.join(self.delimiter)
    }

    /// Records, each with its line break.
    pub(super) fn text(&self, records: &[Vec<String>]) -> String {
        records.iter().map(|cells| self.record(cells) + self.end).collect()
    }
}

/// `text` in an encoding; UTF-16 too, which encoders for the web leave out.
pub(super) fn encoded(text: &str, encoding: &'static Encoding, mark: bool) -> Vec<u8> {
    let units = |to: fn(u16) -> [u8; 2], bom: [u8; 2]| {
        let start = if mark { bom.to_vec() } else { Vec::new() };
        start.into_iter().chain(text.encode_utf16().flat_map(to)).collect()
    };
    match encoding {
        e if e == UTF_16LE => units(u16::to_le_bytes, [0xff, 0xfe]),
        e if e == UTF_16BE => units(u16::to_be_bytes, [0xfe, 0xff]),
        other => {
            let start: &[u8] = if mark { b"\xef\xbb\xbf" } else { b"" };
            [start, &other.encode(text).0].concat()
        }
    }
}

/// One of the three usual delimiters.
pub(super) fn usual_delimiter(draw: &mut Draw) -> &'static str {
    [",", ";", "\t"][draw.below(3) as usize]
}
