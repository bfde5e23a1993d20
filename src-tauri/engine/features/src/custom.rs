//! The user's own features: one SQL expression each, over the columns of `feat.customer`.

use crate::catalogue::{CATEGORY_POSITIONS, category_share_name};
use crate::definitions::built_in;
use kith_model::features::{CustomFeature, FeatureParams};
use kith_model::valid::{BrokenRule, Valid};
use kith_sql::{Ident, text};
use std::collections::BTreeSet;

/// Words that would read more than the person's own row.
const FORBIDDEN: [&str; 8] =
    ["select", "from", "attach", "copy", "install", "load", "pragma", "over"];

/// What is wrong with one expression; `None` when it can stand inside brackets.
fn broken_expression(sql: &str) -> Option<String> {
    if sql.trim().is_empty() {
        return Some("Write an expression, e.g. monetary / 12".to_owned());
    }
    let mut depth = 0_i32;
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut before = ' ';
    for c in sql.chars().chain([' ']) {
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
            before = ' ';
            continue;
        }
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c.to_ascii_lowercase());
        } else {
            if FORBIDDEN.contains(&word.as_str()) {
                return Some(format!("A feature is one expression without {word}"));
            }
            word.clear();
        }
        match c {
            '\'' | '"' => quote = Some(c),
            '(' => depth += 1,
            ')' => depth -= 1,
            ';' | '$' => return Some(format!("A feature is one expression without {c}")),
            '-' if before == '-' => return Some("Leave the comment out".to_owned()),
            '*' if before == '/' => return Some("Leave the comment out".to_owned()),
            _ => {}
        }
        if depth < 0 {
            break;
        }
        before = c;
    }
    if quote.is_some() {
        Some("A quote is not closed".to_owned())
    } else if depth != 0 {
        Some("The brackets do not match".to_owned())
    } else {
        None
    }
}

/// Every rule the user's own features break: names that are taken, expressions that are more
/// than one expression. The setting is `custom`.
pub fn broken_custom(params: &FeatureParams) -> Vec<BrokenRule> {
    let (before, after) = built_in();
    let mut taken: BTreeSet<String> =
        before.into_iter().chain(after).map(|d| d.name.to_owned()).collect();
    taken.extend((1..=CATEGORY_POSITIONS).map(category_share_name));
    taken.extend(["profile_id", "lifecycle", "label"].map(str::to_owned));
    let mut broken = Vec::new();
    for feature in &params.custom {
        if !taken.insert(feature.name.clone()) {
            let message = format!("There is already a feature called {}", feature.name);
            broken.push(BrokenRule::new("custom", message));
        }
        if let Some(reason) = broken_expression(&feature.sql) {
            broken.push(BrokenRule::new("custom", format!("{}: {reason}", feature.name)));
        }
    }
    broken
}

/// The select list entry of one feature. A broken expression never reaches SQL: it becomes an
/// error that names it.
fn entry(feature: &CustomFeature) -> String {
    let name = Ident::new(feature.name.as_str());
    match broken_expression(&feature.sql) {
        None => {
            // 0 / 0 and 1 / 0 are no values.
            let value = format!("TRY_CAST(({}) AS DOUBLE)", feature.sql.trim());
            let no_value = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(kith_sql::real);
            let kept = no_value.iter().fold(value, |v, no| format!("nullif({v}, {no})"));
            format!("{kept} AS {name}")
        }
        Some(reason) => {
            format!("CAST(error({}) AS DOUBLE) AS {name}", text(&format!("{name}: {reason}")))
        }
    }
}

/// `select` with the user's own features behind its columns.
pub(crate) fn with_custom(params: &Valid<FeatureParams>, select: String) -> String {
    if params.custom.is_empty() {
        return select;
    }
    let own: Vec<_> = params.custom.iter().map(entry).collect();
    format!("SELECT b.*,\n  {}\nFROM (\n{select}\n) b\nORDER BY profile_id", own.join(",\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_expression_passes() {
        for sql in
            ["monetary / nullif(frequency, 0)", "greatest(views - carts, 0)", "ln(1 + carts)"]
        {
            assert_eq!(broken_expression(sql), None, "{sql}");
        }
        assert_eq!(broken_expression("CASE WHEN lifecycle = 'from; --' THEN 1 END"), None);
    }

    #[test]
    fn more_than_one_expression_is_refused() {
        for sql in [
            "",
            "1) AS a FROM x --",
            "1; DROP TABLE y",
            "(SELECT max(total) FROM canon.\"order\")",
            "1 /* hidden */",
            "1 -- rest",
            "(1",
            "'open",
            "sum(monetary) OVER ()",
        ] {
            assert!(broken_expression(sql).is_some(), "{sql}");
        }
    }

    #[test]
    fn taken_names_are_named() {
        let own = |name: &str| CustomFeature { name: name.into(), sql: "1".into() };
        let params = FeatureParams {
            custom: vec![own("frequency"), own("mine"), own("mine")],
            ..FeatureParams::default()
        };
        let messages: Vec<_> = broken_custom(&params).into_iter().map(|b| b.message).collect();
        assert_eq!(
            messages,
            [
                "There is already a feature called frequency",
                "There is already a feature called mine"
            ]
        );
    }
}
