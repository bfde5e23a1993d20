//! Writing rows of comma-separated values straight into a text buffer.

/// A row under construction. Call `end` to finish it.
pub(crate) struct Row<'a> {
    out: &'a mut String,
    quote_all: bool,
    empty: bool,
}

impl<'a> Row<'a> {
    /// Quotes only values that need it.
    pub(crate) fn new(out: &'a mut String) -> Self {
        Row { out, quote_all: false, empty: true }
    }

    /// Quotes every value, as Salesforce does.
    pub(crate) fn quoted(out: &'a mut String) -> Self {
        Row { out, quote_all: true, empty: true }
    }

    fn separate(&mut self) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
    }

    /// Adds any text.
    pub(crate) fn text(&mut self, value: &str) -> &mut Self {
        self.separate();
        let needed = value.contains([',', '"', '\n', '\r']);
        if self.quote_all || needed {
            self.out.push('"');
            for (index, part) in value.split('"').enumerate() {
                if index > 0 {
                    self.out.push_str("\"\"");
                }
                self.out.push_str(part);
            }
            self.out.push('"');
        } else {
            self.out.push_str(value);
        }
        self
    }

    /// Adds a value that `write` appends and that holds neither quote, comma nor line break.
    pub(crate) fn plain(&mut self, write: impl FnOnce(&mut String)) -> &mut Self {
        self.separate();
        if self.quote_all {
            self.out.push('"');
        }
        write(self.out);
        if self.quote_all {
            self.out.push('"');
        }
        self
    }

    /// Adds a whole number.
    pub(crate) fn number(&mut self, value: i64) -> &mut Self {
        self.plain(|out| push_number(out, value))
    }

    /// Adds cents as `12.34`.
    pub(crate) fn money(&mut self, cents: i64) -> &mut Self {
        self.plain(|out| push_money(out, cents))
    }

    /// Adds empty values.
    pub(crate) fn blanks(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            self.plain(|_| {});
        }
        self
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        self.out.push('\n');
    }
}

/// Appends a whole number.
pub(crate) fn push_number(out: &mut String, value: i64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut left = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    if value < 0 {
        out.push('-');
    }
    out.extend(digits[at..].iter().map(|&digit| digit as char));
}

/// Appends cents as `12.34`.
pub(crate) fn push_money(out: &mut String, cents: i64) {
    if cents < 0 {
        out.push('-');
    }
    push_number(out, cents.abs() / 100);
    out.push('.');
    out.push((b'0' + (cents.abs() / 10 % 10) as u8) as char);
    out.push((b'0' + (cents.abs() % 10) as u8) as char);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_needs_it() {
        let mut out = String::new();
        Row::new(&mut out).text("a").text("b,c").text("d\"e").blanks(1).number(-7).end();
        Row::quoted(&mut out).text("x").money(123_456).money(-5).end();
        assert_eq!(out, "a,\"b,c\",\"d\"\"e\",,-7\n\"x\",\"1234.56\",\"-0.05\"\n");
    }
}
