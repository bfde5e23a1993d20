//! The quick way through a file: lines without a quote, whose fields need only be counted.
//!
//! What is counted here the slow reader would count too (a property test compares them); at the
//! first line that is not plain, the quick way ends and the slow reader takes that record.

use crate::dialect::Dialect;

/// Bytes whose marks fit into a byte-wide count.
const BLOCK: usize = 255;

/// Plain lines at the start of a text.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plain {
    /// Bytes of all of them.
    pub(crate) bytes: usize,
    pub(crate) lines: u64,
    /// Bytes of the longest.
    pub(crate) longest: usize,
    /// Some end with LF alone.
    pub(crate) lf: bool,
    /// Some end with CR and LF.
    pub(crate) crlf: bool,
}

/// What a line holds.
struct Seen {
    delimiters: usize,
    /// Nothing that needs another look: quote, NUL, CR.
    clean: bool,
    ascii: bool,
}

/// The whole lines at the start of `bytes` that are good records of `width` fields.
pub(crate) fn plain(dialect: &Dialect, width: usize, bytes: &[u8]) -> Plain {
    let mut all = Plain::default();
    // A line of one field may be blank or a quote's inside: nothing to count there.
    if !dialect.is_plain() || width < 2 {
        return all;
    }
    let (delimiter, quote) = (dialect.delimiter()[0], dialect.quote.unwrap_or(0));
    while let Some(length) = memchr::memchr(b'\n', &bytes[all.bytes..]) {
        let line = &bytes[all.bytes..all.bytes + length];
        let (text, crlf) = match line {
            [text @ .., b'\r'] => (text, true),
            text => (text, false),
        };
        let seen = look(text, delimiter, quote);
        let fits = seen.clean && seen.delimiters + 1 == width;
        if !fits || !seen.ascii && std::str::from_utf8(text).is_err() {
            break;
        }
        all.bytes += length + 1;
        all.lines += 1;
        all.longest = all.longest.max(length + 1);
        all.crlf |= crlf;
        all.lf |= !crlf;
    }
    all
}

fn look(text: &[u8], delimiter: u8, quote: u8) -> Seen {
    let mut seen = Seen { delimiters: 0, clean: true, ascii: true };
    for block in text.chunks(BLOCK) {
        let (mut delimiters, mut odd, mut high) = (0_u8, 0_u8, 0_u8);
        // Branch-free, so that the compiler makes it a few vector instructions.
        for &byte in block {
            delimiters += u8::from(byte == delimiter);
            odd |= u8::from(byte == quote) | u8::from(byte == 0) | u8::from(byte == b'\r');
            high |= byte;
        }
        seen.delimiters += usize::from(delimiters);
        seen.clean &= odd == 0;
        seen.ascii &= high < 0x80;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Fields, Next, next};
    use proptest::prelude::*;

    /// Lines a slow reader finds to be plain.
    fn slowly(dialect: &Dialect, width: usize, bytes: &[u8]) -> u64 {
        let (mut rest, mut fields, mut lines) = (bytes, Fields::default(), 0);
        while let Next::Record(length) = next(dialect, rest, true, &mut fields) {
            let good = fields.len() == width && !fields.odd && !fields.bytes().contains(&0);
            let utf8 = std::str::from_utf8(&rest[..length]).is_ok();
            if !good || !utf8 || fields.quoted || !rest[..length].ends_with(b"\n") {
                break;
            }
            lines += 1;
            rest = &rest[length..];
        }
        lines
    }

    proptest! {
        #[test]
        fn the_quick_way_counts_what_the_slow_one_does(
            text in prop::collection::vec(
                prop_oneof![
                    6 => prop::sample::select(vec!["a,b\n", "x,\n", ",\r\n", "é,ü\n", "1,2\r\n"]),
                    1 => prop::sample::select(vec!["a\n", "\n", "a,b,c\n", "\"a\",b\n", "a\rb,c\n", "\0,a\n", "a,b"]),
                ],
                0..20,
            ),
            cut in any::<bool>(),
        ) {
            let mut text = text.concat().into_bytes();
            if cut {
                text.push(0xff);
                text.extend(b",x\n");
            }
            let comma = Dialect::new(",", Some('"'), Some('"'));
            let found = plain(&comma, 2, &text);
            prop_assert_eq!(found.lines, slowly(&comma, 2, &text));
        }
    }

    #[test]
    fn long_lines_are_counted_too() {
        let comma = Dialect::new(",", Some('"'), Some('"'));
        let line = format!("{}\n", vec!["x"; 1000].join(","));
        let found = plain(&comma, 1000, line.repeat(3).as_bytes());
        assert_eq!((found.lines, found.longest), (3, line.len()));
        assert_eq!(plain(&comma, 999, line.as_bytes()), Plain::default());
    }
}
