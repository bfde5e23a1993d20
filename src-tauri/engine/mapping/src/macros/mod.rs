//! The SQL macros that give every kind of field its one written form. Pure DuckDB SQL, no
//! subqueries; each gives NULL for what it cannot read, so that failures can be counted.

mod event_sql;
mod number_sql;
mod phone_sql;
mod text_sql;
mod time_sql;

use kith_sql::Step;

/// One macro.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Macro {
    /// Name with parameters, e.g. `kith_phone(x, country)`.
    pub head: &'static str,
    /// What it gives; `{...}` marks are filled in by [`steps`].
    pub body: &'static str,
}

/// Every macro, callees before callers.
fn all() -> impl Iterator<Item = Macro> {
    [text_sql::MACROS, phone_sql::MACROS, time_sql::MACROS, number_sql::MACROS, event_sql::MACROS]
        .into_iter()
        .flatten()
        .copied()
}

/// One step a macro, in an order that lets each call the earlier ones.
pub(crate) fn steps() -> Vec<Step> {
    all()
        .map(|m| {
            let name = m.head.split('(').next().unwrap_or(m.head);
            let body = phone_sql::fill(&text_sql::fill(m.body));
            Step::statement(
                format!("macro {name}"),
                format!("CREATE OR REPLACE MACRO {} AS {}", m.head, body.trim()),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_are_whole_and_named_once() {
        let steps = steps();
        let mut names: Vec<_> = steps.iter().map(|s| s.name.clone()).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), steps.len());
        for step in &steps {
            assert!(!step.sql.contains("{{"), "{} has an unfilled mark", step.name);
        }
    }

    #[test]
    fn macros_sql() {
        let text: String = steps()
            .iter()
            .filter(|s| !["macro kith_country", "macro kith_dialling"].contains(&s.name.as_str()))
            .map(|s| format!("{};\n\n", s.sql))
            .collect();
        insta::assert_snapshot!("macros", text);
    }
}
