//! Reading a user's SQL expression just far enough to plan with it: is it one closed
//! expression, and which quoted identifiers does it name?

/// What an expression holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// Identifiers in double quotes that can be columns: not behind a dot, not inside a
    /// `STRUCT(...)` type, in order of first appearance, without repeats.
    pub quoted: Vec<String>,
}

/// Reads `sql`; the error says what is wrong in the words of
/// [`crate::MappingError::BrokenSql`].
pub(crate) fn scan(sql: &str) -> Result<Scanned, &'static str> {
    if sql.trim().is_empty() {
        return Err("is empty");
    }
    let mut reader = Reader::over(sql);
    reader.run()?;
    Ok(Scanned { quoted: reader.quoted })
}

/// Whether a user's `sql` is one closed expression, so that it can stand inside brackets.
///
/// # Errors
/// What it is instead, to follow its name: `has a semicolon`.
pub fn check_expression(sql: &str) -> Result<(), &'static str> {
    scan(sql).map(|_| ())
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::CharIndices<'a>>,
    /// Whether each open bracket opened a `STRUCT` type.
    open: Vec<(char, bool)>,
    word: String,
    /// Blanks lie behind `word`.
    gap: bool,
    after_dot: bool,
    quoted: Vec<String>,
}

impl<'a> Reader<'a> {
    fn over(sql: &'a str) -> Self {
        Self {
            rest: sql.char_indices().peekable(),
            open: Vec::new(),
            word: String::new(),
            gap: false,
            after_dot: false,
            quoted: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), &'static str> {
        while let Some((_, c)) = self.rest.next() {
            match c {
                '\'' if self.word.eq_ignore_ascii_case("e") && !self.gap => {
                    return Err("has a text with escapes");
                }
                '\'' => {
                    self.until_quote('\'').ok_or("has an unclosed text")?;
                    self.plain();
                }
                '"' => {
                    let name = self.until_quote('"').ok_or("has an unclosed quoted name")?;
                    self.name(name);
                }
                ';' => return Err("has a semicolon"),
                '-' if self.peek() == Some('-') => return Err("has a comment"),
                '/' if self.peek() == Some('*') => return Err("has a comment"),
                '$' if self.peek().is_some_and(|n| n == '$' || n.is_alphabetic()) => {
                    return Err("has a dollar-quoted text");
                }
                '\0' => return Err("has a zero byte"),
                '(' | '[' | '{' => {
                    let types = c == '(' && self.word.eq_ignore_ascii_case("struct");
                    self.open.push((c, types));
                    self.plain();
                }
                ')' | ']' | '}' => {
                    let (opened, _) = self.open.pop().ok_or("closes a bracket it never opened")?;
                    if !matches!((opened, c), ('(', ')') | ('[', ']') | ('{', '}')) {
                        return Err("closes one bracket with another");
                    }
                    self.plain();
                }
                '.' => {
                    self.plain();
                    self.after_dot = true;
                }
                c if c.is_alphanumeric() || c == '_' => {
                    if self.gap {
                        self.plain();
                    }
                    self.word.push(c);
                    self.after_dot = false;
                }
                c if c.is_whitespace() => self.gap = true,
                _ => self.plain(),
            }
        }
        if self.open.is_empty() { Ok(()) } else { Err("has an unclosed bracket") }
    }

    fn peek(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, c)| *c)
    }

    fn plain(&mut self) {
        self.word.clear();
        self.gap = false;
        self.after_dot = false;
    }

    /// The text up to the closing `quote`, a doubled one standing for itself.
    fn until_quote(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        loop {
            let (_, c) = self.rest.next()?;
            if c != quote {
                text.push(c);
            } else if self.peek() == Some(quote) {
                self.rest.next();
                text.push(quote);
            } else {
                return Some(text);
            }
        }
    }

    fn name(&mut self, name: String) {
        let field = self.after_dot || self.open.iter().any(|(_, types)| *types);
        if !field && !self.quoted.contains(&name) {
            self.quoted.push(name);
        }
        self.plain();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> Vec<String> {
        scan(sql).unwrap().quoted
    }

    #[test]
    fn quoted_names_are_columns_unless_they_are_fields_or_types() {
        assert_eq!(names(r#"coalesce("A", "b c", "A")"#), ["A", "b c"]);
        assert_eq!(names(r#""a"."b" || "say ""x""""#), ["a", "say \"x\""]);
        assert_eq!(names(r#"CAST("p" AS STRUCT("key" VARCHAR)[])"#), ["p"]);
        assert_eq!(names(r#"'it''s "not" one' || x"#), Vec::<String>::new());
    }

    #[test]
    fn what_is_not_one_expression_is_refused() {
        for (sql, reason) in [
            ("1) FROM x", "closes a bracket it never opened"),
            ("f(1", "has an unclosed bracket"),
            ("f(1]", "closes one bracket with another"),
            ("1; DROP TABLE x", "has a semicolon"),
            ("1 -- rest", "has a comment"),
            ("1 /* rest", "has a comment"),
            ("'abc", "has an unclosed text"),
            ("\"abc", "has an unclosed quoted name"),
            (r"E'\''", "has a text with escapes"),
            ("$$x$$", "has a dollar-quoted text"),
            ("  ", "is empty"),
        ] {
            assert_eq!(scan(sql), Err(reason), "{sql}");
        }
        assert!(scan("';' || '--' || '$$'").is_ok());
        assert!(scan("CASE WHEN a THEN 'b' ELSE 'c' END").is_ok());
    }
}
