//! Numbers with the signs of their country.

/// The signs a column's numbers are written with.
pub(super) struct Numbers {
    decimal: char,
    thousands: Option<char>,
}

/// Blanks that stand between groups of digits: plain, no-break, narrow no-break, thin.
const BLANKS: [char; 4] = [' ', '\u{a0}', '\u{202f}', '\u{2009}'];

impl Numbers {
    /// `None` for signs that cannot be told apart.
    pub(super) fn new(decimal: char, thousands: Option<char>) -> Option<Self> {
        let known = |sign: char| matches!(sign, '.' | ',' | '\'' | '’') || BLANKS.contains(&sign);
        let good = matches!(decimal, '.' | ',')
            && thousands.is_none_or(|sign| known(sign) && sign != decimal);
        good.then_some(Self { decimal, thousands })
    }

    /// The number as DuckDB reads it.
    pub(super) fn value(&self, text: &str) -> Result<String, String> {
        let wrong = || format!("Not a number written like {}", self.example());
        let text = text.trim();
        // Accountants write what is below zero in brackets.
        let (text, bracketed) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inside) => (inside, true),
            None => (text, false),
        };
        let bare = text.trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '$' | '€' | '£' | '¥' | '%') || BLANKS.contains(&c)
        });
        let (bare, minus) = match bare.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (rest, true),
            None => (bare.strip_prefix('+').unwrap_or(bare), false),
        };
        let bare = bare.trim_start_matches(['$', '€', '£', '¥', ' ']);
        let (whole, decimals) = match bare.split_once(self.decimal) {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (bare, None),
        };
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let whole = self.joined(whole).ok_or_else(wrong)?;
        let decimals = decimals.unwrap_or_default();
        if !digits(&whole) || !digits(decimals) || whole.is_empty() && decimals.is_empty() {
            return Err(wrong());
        }
        let sign = if minus || bracketed { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { &whole };
        Ok(if decimals.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{decimals}")
        })
    }

    /// The digits of groups of three.
    fn joined(&self, whole: &str) -> Option<String> {
        let Some(sign) = self.thousands else { return Some(whole.to_owned()) };
        let between = |c: char| match sign {
            '\'' | '’' => matches!(c, '\'' | '’'),
            sign if BLANKS.contains(&sign) => BLANKS.contains(&c),
            sign => c == sign,
        };
        let groups: Vec<&str> = whole.split(between).collect();
        let (first, rest) = groups.split_first()?;
        let grouped = rest.is_empty() || (1..=3).contains(&first.len());
        (grouped && rest.iter().all(|group| group.len() == 3)).then(|| groups.concat())
    }

    fn example(&self) -> String {
        let sign = self.thousands.map_or(String::new(), String::from);
        format!("1{sign}234{}5", self.decimal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_several_countries() {
        let read =
            |decimal, thousands, text: &str| Numbers::new(decimal, thousands).unwrap().value(text);
        assert_eq!(read(',', Some('.'), "1.234.567,89").unwrap(), "1234567.89");
        assert_eq!(read(',', Some('.'), "-12").unwrap(), "-12");
        assert_eq!(read('.', Some(','), "$1,025.50").unwrap(), "1025.50");
        assert_eq!(read('.', Some(','), "(1,025)").unwrap(), "-1025");
        assert_eq!(read(',', Some(' '), "1\u{202f}234,5 €").unwrap(), "1234.5");
        assert_eq!(read('.', Some('\''), "1’234.5").unwrap(), "1234.5");
        assert_eq!(read(',', None, ",5").unwrap(), "0.5");
        for (decimal, thousands, text) in [
            (',', Some('.'), "1.23"),
            ('.', Some(','), "1,2,3"),
            ('.', None, "1,025"),
            ('.', None, "n/a"),
            ('.', None, "-"),
            ('.', None, "1.2.3"),
            ('.', None, "1e5"),
        ] {
            let error = read(decimal, thousands, text).unwrap_err();
            assert!(error.starts_with("Not a number written like 1"), "{error}");
        }
        assert!(Numbers::new('.', Some('.')).is_none());
        assert!(Numbers::new('x', None).is_none());
    }
}
