//! How a delimited file separates and quotes.

/// A dialect. Delimiters may be longer than one byte; quote and escape are ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    delimiter: Vec<u8>,
    pub(crate) quote: Option<u8>,
    pub(crate) escape: Option<u8>,
    /// Lines end with a carriage return alone.
    pub(crate) carriage_returns: bool,
}

impl Dialect {
    /// A dialect; an empty delimiter becomes a comma, characters outside ASCII are no quotes.
    pub(crate) fn new(delimiter: &str, quote: Option<char>, escape: Option<char>) -> Self {
        let ascii = |c: Option<char>| c.and_then(|c| u8::try_from(c).ok()).filter(u8::is_ascii);
        let delimiter = if delimiter.is_empty() { "," } else { delimiter };
        Self {
            delimiter: delimiter.as_bytes().to_vec(),
            quote: ascii(quote),
            escape: ascii(escape),
            carriage_returns: false,
        }
    }

    pub(crate) fn delimiter(&self) -> &[u8] {
        &self.delimiter
    }

    /// The delimiter as text.
    pub(crate) fn delimiter_text(&self) -> String {
        String::from_utf8_lossy(&self.delimiter).into_owned()
    }

    /// The last byte of a line break.
    pub(crate) fn line_end(&self) -> u8 {
        if self.carriage_returns { b'\r' } else { b'\n' }
    }

    /// One that DuckDB reads as we do: one-byte delimiter, quotes doubled, lines ended by LF.
    pub(crate) fn is_plain(&self) -> bool {
        self.delimiter.len() == 1
            && self.delimiter.is_ascii()
            && !self.carriage_returns
            && self.escape == self.quote
    }
}

/// A character for a person to read: `tab`, `space`, `,`.
pub(crate) fn spell(text: &str) -> String {
    match text {
        "\t" => "tab".to_owned(),
        " " => "space".to_owned(),
        "" => "none".to_owned(),
        other => other
            .chars()
            .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() })
            .collect(),
    }
}
