//! Splitting delimited text into records and fields.
//!
//! Lenient where a person could tell what is meant (a quote inside quotes that ends no field),
//! strict where nobody can (a quote that is never closed). Whatever a stricter reader might read
//! differently is marked, so that such a file is rewritten before DuckDB sees it.

use crate::dialect::{Dialect, Ends};

/// Longest record; a quoted field that runs further was never closed.
pub(crate) const MAX_RECORD: usize = 8 * 1024 * 1024;

/// One record's fields, unquoted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Fields {
    data: Vec<u8>,
    ends: Vec<usize>,
    /// A stricter reader might read it differently: stray quotes, escapes, blanks around quotes.
    pub(crate) odd: bool,
    /// A quote stands where none is expected.
    pub(crate) stray: bool,
    /// Some field was quoted.
    pub(crate) quoted: bool,
    /// Line breaks inside fields.
    pub(crate) breaks: u32,
}

impl Fields {
    fn clear(&mut self) {
        self.data.clear();
        self.ends.clear();
        (self.odd, self.stray, self.quoted, self.breaks) = (false, false, false, 0);
    }

    /// Number of fields.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A field's bytes.
    pub(crate) fn get(&self, at: usize) -> Option<&[u8]> {
        let to = *self.ends.get(at)?;
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.data[from..to])
    }

    /// Each field's bytes.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, &to)| &self.data[from..to])
    }

    /// True for a line of nothing but blanks.
    pub(crate) fn is_blank(&self) -> bool {
        self.len() == 1 && !self.quoted && self.data.trim_ascii().is_empty()
    }

    /// The whole record's content, without delimiters.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// Each field as text; malformed bytes become U+FFFD.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
    }
}

/// What the next bytes hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// A record of so many bytes, its line break included.
    Record(usize),
    /// A record that may go on beyond the bytes at hand.
    More,
    /// A record whose quote is never closed.
    Unclosed,
    /// Nothing is left.
    End,
}

/// Reads the record at the start of `bytes` into `fields`. `last`: nothing follows `bytes`.
pub(crate) fn next(dialect: &Dialect, bytes: &[u8], last: bool, fields: &mut Fields) -> Next {
    fields.clear();
    if bytes.is_empty() {
        return if last { Next::End } else { Next::More };
    }
    let mut cursor = Cursor { dialect, bytes, last, fields, at: 0 };
    loop {
        match cursor.field() {
            Edge::Delimiter => {}
            Edge::Line => return Next::Record(cursor.at),
            Edge::Unknown if bytes.len() > MAX_RECORD => return Next::Unclosed,
            Edge::Unknown if !last => return Next::More,
            Edge::Unknown => return Next::Unclosed,
        }
    }
}

/// [`next`] or [`next_near`].
pub(crate) type Reader = fn(&Dialect, &[u8], bool, &mut Fields) -> Next;

/// How far a quote's end is looked for where another was found never to close.
const NEAR: usize = 4096;

/// [`next`] for the lines of a record that never closes: each of them might open another quote
/// without end, and looking to the end of the file from each would take for ever.
pub(crate) fn next_near(dialect: &Dialect, bytes: &[u8], last: bool, fields: &mut Fields) -> Next {
    let window = NEAR.max(dialect.first_line(bytes)).min(bytes.len());
    match next(dialect, &bytes[..window], last && window == bytes.len(), fields) {
        Next::More if window < bytes.len() => Next::Unclosed,
        found => found,
    }
}

enum Edge {
    Delimiter,
    Line,
    Unknown,
}

struct Cursor<'a> {
    dialect: &'a Dialect,
    bytes: &'a [u8],
    last: bool,
    fields: &'a mut Fields,
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn end_field(&mut self) {
        self.fields.ends.push(self.fields.data.len());
    }

    /// The edge at `at + ahead`, and its length. `None`: there is none.
    fn edge(&self, ahead: usize) -> Option<(Edge, usize)> {
        let Some(byte) = self.peek(ahead) else {
            return Some((if self.last { Edge::Line } else { Edge::Unknown }, 0));
        };
        let delimiter = self.dialect.delimiter();
        if byte == delimiter[0] {
            let rest = &self.bytes[self.at + ahead..];
            if rest.starts_with(delimiter) {
                return Some((Edge::Delimiter, delimiter.len()));
            }
            if !self.last && rest.len() < delimiter.len() && delimiter.starts_with(rest) {
                return Some((Edge::Unknown, 0));
            }
        }
        match (byte, self.dialect.ends) {
            (b'\n', Ends::Lf | Ends::Any) | (b'\r', Ends::Cr) => Some((Edge::Line, 1)),
            (b'\r', ends) => match self.peek(ahead + 1) {
                Some(b'\n') => Some((Edge::Line, 2)),
                None if self.last => Some((Edge::Line, 1)),
                None => Some((Edge::Unknown, 0)),
                Some(_) => (ends == Ends::Any).then_some((Edge::Line, 1)),
            },
            _ => None,
        }
    }

    fn field(&mut self) -> Edge {
        if let Some(quote) = self.dialect.quote {
            let blanks = self.bytes[self.at..]
                .iter()
                .take_while(|&&b| b == b' ' && self.dialect.delimiter() != b" ")
                .count();
            if self.peek(blanks) == Some(quote) {
                self.fields.quoted = true;
                self.fields.odd |= blanks > 0;
                self.at += blanks + 1;
                return self.quoted(quote);
            }
        }
        self.bare()
    }

    /// Takes the bytes up to the next that `stops`.
    fn take_until(&mut self, stops: impl Fn(u8) -> bool) {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| stops(byte)).unwrap_or(rest.len());
        self.fields.data.extend_from_slice(&rest[..length]);
        self.at += length;
    }

    fn bare(&mut self) -> Edge {
        let first = self.dialect.delimiter()[0];
        let quote = self.dialect.quote.unwrap_or(first);
        let escape = self.dialect.escape.unwrap_or(first);
        loop {
            self.take_until(|byte| {
                byte == first || matches!(byte, b'\n' | b'\r') || byte == quote || byte == escape
            });
            if let Some((edge, length)) = self.edge(0) {
                if !matches!(edge, Edge::Unknown) {
                    self.at += length;
                    self.end_field();
                }
                return edge;
            }
            let byte = self.bytes[self.at];
            if self.dialect.quote.is_none() && self.dialect.escape == Some(byte) {
                match self.peek(1) {
                    Some(next) if self.escapable(next) => {
                        self.fields.odd = true;
                        self.take_escaped(next);
                        continue;
                    }
                    None if !self.last => return Edge::Unknown,
                    _ => {}
                }
            }
            self.fields.stray |= Some(byte) == self.dialect.quote;
            self.fields.odd |= self.fields.stray || byte == b'\r';
            self.fields.data.push(byte);
            self.at += 1;
        }
    }

    fn quoted(&mut self, quote: u8) -> Edge {
        let escape = self.dialect.escape.unwrap_or(quote);
        loop {
            self.take_until(|byte| {
                byte == quote || byte == escape || matches!(byte, b'\n' | b'\r')
            });
            let Some(byte) = self.peek(0) else { return Edge::Unknown };
            if byte == quote {
                if let Some(edge) = self.closing(quote) {
                    return edge;
                }
                continue;
            }
            if self.dialect.escape == Some(byte) {
                match self.peek(1) {
                    Some(next) if self.escapable(next) => {
                        self.fields.odd = true;
                        self.take_escaped(next);
                        continue;
                    }
                    None => return Edge::Unknown,
                    _ => {}
                }
            }
            self.fields.breaks += u32::from(self.dialect.ends_line(byte));
            self.fields.data.push(byte);
            self.at += 1;
        }
    }

    /// At a quote inside quotes: doubled, closing, or a stray one that is taken as it is.
    fn closing(&mut self, quote: u8) -> Option<Edge> {
        if self.dialect.escape == Some(quote) && self.peek(1) == Some(quote) {
            self.fields.data.push(quote);
            self.at += 2;
            return None;
        }
        let blanks = self.bytes[self.at + 1..]
            .iter()
            .take_while(|&&b| b == b' ' && self.dialect.delimiter() != b" ")
            .count();
        match self.edge(1 + blanks) {
            Some((Edge::Unknown, _)) => Some(Edge::Unknown),
            Some((edge, length)) => {
                self.fields.odd |= blanks > 0;
                self.at += 1 + blanks + length;
                self.end_field();
                Some(edge)
            }
            None => {
                (self.fields.odd, self.fields.stray) = (true, true);
                self.fields.data.push(quote);
                self.at += 1;
                None
            }
        }
    }

    fn escapable(&self, next: u8) -> bool {
        Some(next) == self.dialect.quote
            || Some(next) == self.dialect.escape
            || next == self.dialect.delimiter()[0]
            || self.dialect.ends_line(next)
    }

    fn take_escaped(&mut self, next: u8) {
        self.fields.breaks += u32::from(self.dialect.ends_line(next));
        self.fields.data.push(next);
        self.at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(dialect: &Dialect, text: &str) -> Vec<Vec<String>> {
        let (mut rest, mut fields, mut records) = (text.as_bytes(), Fields::default(), vec![]);
        while let Next::Record(length) = next(dialect, rest, true, &mut fields) {
            records.push(fields.texts());
            rest = &rest[length..];
        }
        records
    }

    fn one(dialect: &Dialect, line: &str) -> (Vec<String>, bool) {
        let mut fields = Fields::default();
        assert_eq!(next(dialect, line.as_bytes(), true, &mut fields), Next::Record(line.len()));
        (fields.texts(), fields.odd)
    }

    #[test]
    fn plain_quoted_and_broken_lines() {
        let comma = Dialect::new(",", Some('"'), Some('"'));
        assert_eq!(
            all(&comma, "a,\"b,\"\"c\"\"\r\nd\",\r\n,x\n"),
            [["a", "b,\"c\"\r\nd", ""].map(String::from).to_vec(), vec!["".into(), "x".into()]]
        );
        assert_eq!(all(&comma, "a,b"), [["a", "b"]]);
        assert!(all(&comma, "").is_empty());
    }

    #[test]
    fn stray_quotes_are_kept_and_marked() {
        let comma = Dialect::new(",", Some('"'), Some('"'));
        assert_eq!(one(&comma, "5\" pipe,x"), (vec!["5\" pipe".into(), "x".into()], true));
        assert_eq!(
            one(&comma, "\"The \"best\" shop\",x"),
            (vec!["The \"best\" shop".into(), "x".into()], true)
        );
        assert_eq!(one(&comma, "a, \"b,c\" ,d").0, ["a", "b,c", "d"]);
        assert!(!one(&comma, "\"a\",\"\"\"b\"").1);
    }

    #[test]
    fn other_dialects() {
        let adobe = Dialect::new("\t", None, Some('\\'));
        assert_eq!(one(&adobe, "a\\\tb\t\"c\\\\").0, ["a\tb", "\"c\\"]);
        let pipes = Dialect::new("||", Some('\''), Some('\''));
        assert_eq!(one(&pipes, "a|b||'c||d'||").0, ["a|b", "c||d", ""]);
        let slash = Dialect::new(",", Some('"'), Some('\\'));
        assert_eq!(one(&slash, r#""a \"q\", b",c"#).0, ["a \"q\", b", "c"]);
        let mut mac = Dialect::new(",", Some('"'), Some('"'));
        mac.ends = Ends::Cr;
        assert_eq!(all(&mac, "a,b\rc,d\r"), [["a", "b"], ["c", "d"]]);
        mac.ends = Ends::Any;
        assert_eq!(all(&mac, "a,b\rc,d\r\ne,f\n"), [["a", "b"], ["c", "d"], ["e", "f"]]);
    }

    #[test]
    fn a_quote_that_never_closes_is_said_so() {
        let comma = Dialect::new(",", Some('"'), Some('"'));
        let mut fields = Fields::default();
        assert_eq!(next(&comma, b"a,\"b\nc,d\n", true, &mut fields), Next::Unclosed);
        assert_eq!(next(&comma, b"a,\"b\nc,d\n", false, &mut fields), Next::More);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::vec(prop::collection::vec("[ab,;\"'\n\r |\\\\é]{0,6}", 2..5), 1..6),
            delimiter in prop::sample::select(vec![",", ";", "||"]),
        ) {
            let dialect = Dialect::new(delimiter, Some('"'), Some('"'));
            let quote = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let lines: Vec<String> = rows
                .iter()
                .map(|row| row.iter().map(quote).collect::<Vec<_>>().join(delimiter) + "\n")
                .collect();
            prop_assert_eq!(all(&dialect, &lines.concat()), rows);
        }

        #[test]
        fn reading_in_pieces_gives_the_same(text in "[ab,\"\n\r]{0,40}", cut in 0..40_usize) {
            let dialect = Dialect::new(",", Some('"'), Some('"'));
            let cut = cut.min(text.len());
            let (mut whole, mut piece) = (Fields::default(), Fields::default());
            let full = next(&dialect, text.as_bytes(), true, &mut whole);
            let part = next(&dialect, &text.as_bytes()[..cut], false, &mut piece);
            if let Next::Record(_) = part {
                prop_assert_eq!(part, full);
                prop_assert_eq!(piece, whole);
            }
        }
    }
}
