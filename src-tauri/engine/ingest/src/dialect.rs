//! How a delimited file separates and quotes.

/// What ends a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Ends {
    /// LF, or CR and LF.
    #[default]
    Lf,
    /// CR alone.
    Cr,
    /// LF, CR and LF, or CR alone, whichever comes.
    Any,
}

/// A dialect. Delimiters may be longer than one byte; quote and escape are ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    delimiter: Vec<u8>,
    pub(crate) quote: Option<u8>,
    pub(crate) escape: Option<u8>,
    pub(crate) ends: Ends,
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
            ends: Ends::Lf,
        }
    }

    pub(crate) fn delimiter(&self) -> &[u8] {
        &self.delimiter
    }

    /// The delimiter as text.
    pub(crate) fn delimiter_text(&self) -> String {
        String::from_utf8_lossy(&self.delimiter).into_owned()
    }

    /// Whether a line break may end with `byte`.
    pub(crate) fn ends_line(&self, byte: u8) -> bool {
        match self.ends {
            Ends::Lf => byte == b'\n',
            Ends::Cr => byte == b'\r',
            Ends::Any => byte == b'\n' || byte == b'\r',
        }
    }

    /// Bytes of the first line of `bytes`, its line break included.
    pub(crate) fn first_line(&self, bytes: &[u8]) -> usize {
        let at = match self.ends {
            Ends::Lf => memchr::memchr(b'\n', bytes),
            Ends::Cr => memchr::memchr(b'\r', bytes),
            Ends::Any => memchr::memchr2(b'\n', b'\r', bytes),
        };
        match at {
            None => bytes.len(),
            Some(at) if self.ends == Ends::Any && bytes[at..].starts_with(b"\r\n") => at + 2,
            Some(at) => at + 1,
        }
    }

    /// Line breaks in `bytes`, which end no line with the first half of one.
    pub(crate) fn lines_in(&self, bytes: &[u8]) -> u32 {
        let count = |byte| memchr::memchr_iter(byte, bytes).count();
        let breaks = match self.ends {
            Ends::Lf => count(b'\n'),
            Ends::Cr => count(b'\r'),
            Ends::Any => {
                let both = memchr::memmem::find_iter(bytes, b"\r\n").count();
                count(b'\n') + count(b'\r') - both
            }
        };
        u32::try_from(breaks).unwrap_or(u32::MAX)
    }

    /// One that DuckDB reads as we do: one-byte delimiter, quotes doubled, lines ended by LF.
    pub(crate) fn is_plain(&self) -> bool {
        self.delimiter.len() == 1
            && self.delimiter.is_ascii()
            && self.ends == Ends::Lf
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
