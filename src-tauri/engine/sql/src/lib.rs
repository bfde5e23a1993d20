//! SQL as values: identifiers, literals, steps and pipelines.
//!
//! Not for: running anything (`kith-store` does), or knowing any table's meaning (the domain
//! crates do).
//!
//! Its one law: an identifier reaches SQL only through [`Ident`] or [`TableName`], a text only
//! through [`text`]. A header from a user's file is data.

pub mod cell;

use std::fmt;

/// A quoted identifier. `Display` writes it quoted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ident(String);

impl Ident {
    /// An identifier called exactly `name`, whatever it holds. NUL bytes, which no SQL text can
    /// carry, are dropped.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into().replace('\0', ""))
    }

    /// The bare name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('"', "\"\""))
    }
}

/// A table in a schema. `Display` writes it quoted: `"src"."orders"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    schema: Ident,
    table: Ident,
}

impl TableName {
    /// `schema.table`.
    pub fn new(schema: impl Into<String>, table: impl Into<String>) -> Self {
        Self { schema: Ident::new(schema), table: Ident::new(table) }
    }

    /// The schema.
    pub fn schema(&self) -> &Ident {
        &self.schema
    }

    /// The table's own name.
    pub fn table(&self) -> &Ident {
        &self.table
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.table)
    }
}

/// A text literal: `it's` becomes `'it''s'`.
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\0', "").replace('\'', "''"))
}

/// A comma-separated list of text literals in brackets: `('a', 'b')`. An empty list gives
/// `(NULL)`, which nothing is in.
pub fn text_list<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<_> = values.into_iter().map(text).collect();
    if items.is_empty() { "(NULL)".to_owned() } else { format!("({})", items.join(", ")) }
}

/// A real number literal that DuckDB reads back as the same double.
pub fn real(value: f64) -> String {
    if value.is_finite() {
        format!("{value:?}::DOUBLE")
    } else if value.is_nan() {
        "'NaN'::DOUBLE".to_owned()
    } else {
        format!("'{}Infinity'::DOUBLE", if value < 0.0 { "-" } else { "" })
    }
}

/// One statement of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it does, short and lower case: shown while it runs.
    pub name: String,
    /// One SQL statement without a trailing semicolon.
    pub sql: String,
    /// The table it makes, if it makes one.
    pub output: Option<TableName>,
    /// The tables it reads: lineage.
    pub inputs: Vec<TableName>,
    /// It and what stands before it are committed before the next step runs.
    pub commits: bool,
}

impl Step {
    /// A bare statement.
    pub fn statement(name: impl Into<String>, sql: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            sql: sql.into(),
            output: None,
            inputs: Vec::new(),
            commits: false,
        }
    }

    /// `CREATE OR REPLACE TABLE output AS select`.
    pub fn table(output: TableName, inputs: Vec<TableName>, select: impl fmt::Display) -> Self {
        Self {
            name: format!("{}.{}", output.schema().name(), output.table().name()),
            sql: format!("CREATE OR REPLACE TABLE {output} AS\n{select}"),
            output: Some(output),
            inputs,
            commits: false,
        }
    }

    /// The same step, committed before the next one runs: what is changed in the transaction that
    /// wrote it is written twice. Whoever says so answers for what a failure behind it leaves.
    #[must_use]
    pub fn committed(mut self) -> Self {
        self.commits = true;
        self
    }

    /// The same step under another name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }
}

/// Steps run in order inside one transaction, or several where a step says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pipeline {
    /// What it is for.
    pub title: String,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Pipeline {
    /// An empty pipeline.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), steps: Vec::new() }
    }

    /// Adds a step and returns the pipeline.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Adds another pipeline's steps.
    #[must_use]
    pub fn append(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self
    }
}

impl fmt::Display for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "-- {}", self.title)?;
        for step in &self.steps {
            writeln!(f, "\n-- {}\n{};", step.name, step.sql)?;
            if step.commits {
                writeln!(f, "COMMIT;")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_header_stays_one_identifier() {
        let hostile = Ident::new("a\"; DROP TABLE x; --");
        assert_eq!(hostile.to_string(), "\"a\"\"; DROP TABLE x; --\"");
    }

    #[test]
    fn a_hostile_value_stays_one_literal() {
        assert_eq!(text("O'Brien'; --"), "'O''Brien''; --'");
        assert_eq!(text_list([]), "(NULL)");
        assert_eq!(text_list(["a", "b"]), "('a', 'b')");
    }

    #[test]
    fn real_numbers_keep_their_bits() {
        assert_eq!(real(0.1), "0.1::DOUBLE");
        assert_eq!(real(f64::NEG_INFINITY), "'-Infinity'::DOUBLE");
    }

    #[test]
    fn a_pipeline_reads_as_a_script() {
        let out = TableName::new("canon", "profile");
        let plan = Pipeline::new("mapping").then(Step::table(out, vec![], "SELECT 1 AS x"));
        assert_eq!(
            plan.to_string(),
            "-- mapping\n\n-- canon.profile\nCREATE OR REPLACE TABLE \"canon\".\"profile\" AS\nSELECT 1 AS x;\n"
        );
    }
}
