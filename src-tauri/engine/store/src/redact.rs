//! DuckDB's error text without the values of anybody's data.
//!
//! DuckDB quotes the value it choked on: `Could not convert string 'ada@example.org' to INT32`.
//! Names of tables and columns stay, because a person needs them to mend a query.

/// Categories whose text may quote data.
const TELLS_DATA: [&str; 6] = [
    "Conversion Error",
    "Invalid Input Error",
    "Constraint Error",
    "Out of Range Error",
    "Invalid Error",
    "Sequence Error",
];

/// `text` without data values, without the excerpt of the statement and without folders.
pub(crate) fn redact(text: &str) -> String {
    let text = text.find("\nLINE ").map_or(text, |at| &text[..at]).trim_end();
    if TELLS_DATA.iter().any(|kind| text.starts_with(kind)) {
        one_line(&without_numbers(&without_quoted(text)))
    } else {
        one_line(&each_quoted(
            text,
            '\'',
            |_| "…".to_owned(),
            |text| each_quoted(text, '"', last_component, str::to_owned),
        ))
    }
}

/// Everything from the first to the last quote becomes `…`: a value may hold quotes itself. A
/// lone quote hides all that follows.
fn without_quoted(text: &str) -> String {
    let quotes = ['\'', '"'];
    let Some(first) = text.find(quotes) else { return text.to_owned() };
    let last = text.rfind(quotes).unwrap_or(first);
    if last == first {
        return format!("{}…", &text[..first]);
    }
    format!("{}…{}", &text[..first], &text[last + 1..])
}

/// Numbers that stand alone become `…`; `INT32` and `DECIMAL` stay.
fn without_numbers(text: &str) -> String {
    text.split_inclusive(' ')
        .map(|word| {
            let alone = word.trim_start_matches(['(', '-', '+', '.']);
            if alone.starts_with(|c: char| c.is_ascii_digit()) {
                format!("…{}", if word.ends_with(' ') { " " } else { "" })
            } else {
                word.to_owned()
            }
        })
        .collect()
}

/// Rewrites what stands between pairs of `quote`, and the text outside with `outside`.
fn each_quoted(
    text: &str,
    quote: char,
    inside: impl Fn(&str) -> String,
    outside: impl Fn(&str) -> String,
) -> String {
    let parts: Vec<_> = text.split(quote).collect();
    let last = parts.len() - 1;
    parts
        .iter()
        .enumerate()
        .map(|(at, part)| match at {
            _ if at % 2 == 0 => outside(part),
            _ if at == last => format!("{quote}…"),
            _ => format!("{quote}{}{quote}", inside(part)),
        })
        .collect()
}

fn last_component(quoted: &str) -> String {
    quoted.rsplit(['/', '\\']).next().unwrap_or(quoted).to_owned()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::redact;
    use proptest::prelude::*;

    #[test]
    fn values_go_names_stay() {
        assert_eq!(
            redact(
                "Conversion Error: Could not convert string 'O'Brien' to INT32 when casting from source column total\n\nLINE 1: SELECT 'O''Brien'\n   ^"
            ),
            "Conversion Error: Could not convert string … to INT32 when casting from source column total"
        );
        assert_eq!(
            redact("Constraint Error: Duplicate key \"email: ada@example.org\" violates unique"),
            "Constraint Error: Duplicate key … violates unique"
        );
        assert_eq!(
            redact("Conversion Error: Type INT64 with value 4917612345678 can't be cast to INT32"),
            "Conversion Error: Type INT64 with value … can…"
        );
        assert_eq!(
            redact("Catalog Error: Table with name nope does not exist!\nDid you mean \"pg_x\"?"),
            "Catalog Error: Table with name nope does not exist! Did you mean \"pg_x\"?"
        );
    }

    #[test]
    fn folders_go_file_names_stay() {
        assert_eq!(
            redact("IO Error: Cannot open file \"/home/ada/secret/x.csv\": No such file"),
            "IO Error: Cannot open file \"x.csv\": No such file"
        );
    }

    proptest! {
        #[test]
        fn no_value_survives(value in "[a-z@.'\"0-9 ]{4,20}") {
            let secret = format!("q{value}q");
            let text = format!("Conversion Error: Could not convert string '{secret}' to INT32");
            prop_assert_eq!(
                redact(&text),
                "Conversion Error: Could not convert string … to INT32"
            );
        }
    }
}
