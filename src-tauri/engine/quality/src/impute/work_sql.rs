//! The rows a method works on: the field, the columns it goes by, and which values are masked.

use super::by_sql::{By, by};
use crate::check_sql::table_name;
use crate::value_sql::Value;
use kith_model::Entity;
use kith_model::quality::{
    Imputation, MOST_LOOKED_AT, TableId, fillable, filled_flag, filled_original,
};
use kith_model::source::ColumnInfo;
use kith_sql::{Ident, Step, TableName};

/// One in so many known values looked at is masked.
const MASK_ONE_IN: u64 = 5;

/// Which rows.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows {
    /// All of the table: the gaps are filled.
    All,
    /// Rows with a value, at most so many as are looked at; a share of the values is masked.
    Masked {
        /// Rows with a value.
        known: u64,
    },
}

/// A field to fill, as SQL.
pub(super) struct Work {
    entity: Entity,
    table: TableName,
    field: String,
    sql_type: String,
    value: Value,
    /// Numbers, not categories.
    pub(super) number: bool,
    pub(super) seed: u64,
    /// The columns the method goes by.
    pub(super) by: Vec<By>,
    /// Every column it could go by.
    pub(super) candidates: Vec<By>,
}

impl Work {
    /// Of a column that may have been filled before: then of what it was.
    pub(super) fn of(imputation: &Imputation, columns: &[ColumnInfo]) -> Self {
        let find = |name: &str| columns.iter().find(|c| c.name == name);
        let field = &imputation.field;
        let original = find(&filled_original(field)).or_else(|| find(field));
        let sql_type =
            find(field).map_or_else(|| "VARCHAR".to_owned(), |column| column.sql_type.clone());
        let column = original
            .cloned()
            .unwrap_or_else(|| ColumnInfo { name: field.clone(), sql_type: sql_type.clone() });
        Self {
            entity: imputation.table,
            table: table_name(&TableId::Canon(imputation.table)),
            field: field.clone(),
            sql_type,
            value: Value::of(&column),
            number: fillable(imputation.table, field).unwrap_or_default(),
            seed: imputation.seed,
            by: imputation
                .columns
                .iter()
                .filter_map(|name| by(imputation.table, find(name)?))
                .collect(),
            candidates: columns
                .iter()
                .filter(|c| c.name != *field)
                .filter_map(|column| by(imputation.table, column))
                .collect(),
        }
    }

    /// `SELECT` of one row: `rows`, and those with a value, `known` (BIGINT).
    pub(super) fn counts_sql(&self) -> String {
        format!(
            "SELECT count(*)::BIGINT AS rows, count(*) FILTER (WHERE {})::BIGINT AS known\nFROM {}",
            self.value.present(),
            self.table
        )
    }

    /// The field as the methods see it: DOUBLE or VARCHAR, NULL where there is no value.
    fn seen(&self) -> String {
        let value = match self.value.number().filter(|_| self.number) {
            Some(number) => number,
            None => self.value.text(),
        };
        format!("CASE WHEN {} THEN {value} END", self.value.present())
    }

    /// A number from 0 that looks drawn: by row, seed and purpose.
    pub(super) fn drawn(&self, purpose: &str, key: &str) -> String {
        format!("md5_number_lower('{purpose}|{}|' || {key})", self.seed)
    }

    /// `known (key, truth, column…)`: the rows looked at, the columns as they stand.
    pub(super) fn known(&self, rows: Rows, by: &[By]) -> String {
        let mut columns = vec!["rowid AS key".to_owned(), format!("{} AS truth", self.seen())];
        columns.extend(by.iter().enumerate().map(|(at, by)| format!("{} AS b{at}", by.seen())));
        let mut sql = format!("SELECT {}\n  FROM {}", columns.join(", "), self.table);
        if let Rows::Masked { known } = rows {
            sql.push_str(&format!("\n  WHERE {}", self.value.present()));
            if known > MOST_LOOKED_AT {
                // Weyl's sequence: spread evenly over the table whatever its order.
                let share = (MOST_LOOKED_AT as f64 / known as f64 * 1_000_003.0) as u64;
                sql.push_str(&format!(" AND (rowid * 618034) % 1000003 < {share}"));
            }
        }
        format!("known AS MATERIALIZED (\n  {sql}\n)")
    }

    /// `known`, `scale` and `work (key, y, hidden, b…)`: numbers to go by run from 0 (1st
    /// percentile) to 1 (99th), and `y` is NULL where it is to be filled.
    pub(super) fn work(&self, rows: Rows) -> String {
        let masked = match rows {
            Rows::All => "false".to_owned(),
            Rows::Masked { .. } => format!("{} % {MASK_ONE_IN} = 0", self.drawn("mask", "key")),
        };
        let mut bounds = vec!["count(*) AS n".to_owned()];
        let mut columns = vec![
            "key".to_owned(),
            format!("CASE WHEN NOT ({masked}) THEN truth END AS y"),
            format!("CASE WHEN {masked} THEN truth END AS hidden"),
        ];
        for (at, by) in self.by.iter().enumerate() {
            columns.push(if by.number {
                bounds.push(format!("quantile_cont(b{at}, 0.01) AS lo{at}"));
                bounds.push(format!("quantile_cont(b{at}, 0.99) AS hi{at}"));
                format!(
                    "CASE WHEN b{at} IS NOT NULL AND hi{at} > lo{at} \
                     THEN greatest(0, least(1, (b{at} - lo{at}) / (hi{at} - lo{at}))) END AS b{at}"
                )
            } else {
                format!("b{at}")
            });
        }
        format!(
            "{},\nscale AS (SELECT {} FROM known),\nwork AS MATERIALIZED (\n  SELECT {}\n  \
             FROM known, scale\n)",
            self.known(rows, &self.by),
            bounds.join(", "),
            columns.join(",\n    ")
        )
    }

    /// `value` as it can stand in the column, as the methods see it.
    fn settled(&self, value: &str) -> String {
        if self.number {
            format!("CAST(CAST({value} AS {}) AS DOUBLE)", self.sql_type)
        } else {
            value.to_owned()
        }
    }

    /// `SELECT` of one row: values `masked` (BIGINT) and how far the filled ones are from them:
    /// `rmse` and `mae`, or `accuracy` (DOUBLE).
    pub(super) fn error_sql(&self, rows: Rows, fill: &str) -> String {
        let error = if self.number {
            let apart = format!("({} - work.hidden)", self.settled("fill.value"));
            format!("sqrt(favg({apart} * {apart})) AS rmse, favg(abs({apart})) AS mae")
        } else {
            "favg((fill.value IS NOT DISTINCT FROM work.hidden)::INTEGER::DOUBLE) AS accuracy"
                .to_owned()
        };
        format!(
            "WITH {},\nfill AS (\n{fill}\n)\nSELECT count(*)::BIGINT AS masked, {error}\n\
             FROM work JOIN fill USING (key)\nWHERE work.hidden IS NOT NULL",
            self.work(rows)
        )
    }

    /// The table again with the field filled.
    pub(super) fn fill_step(&self, fill: &str) -> Step {
        let name = Ident::new(&self.field);
        let select = format!(
            "WITH {},\nfill AS (\n{fill}\n)\n\
             SELECT t.* REPLACE (CASE WHEN {present} THEN t.{name} \
             ELSE CAST(fill.value AS {sql_type}) END AS {name}),\n  \
             NOT ({present}) AND fill.value IS NOT NULL AS {flag},\n  t.{name} AS {original}\n\
             FROM {table} AS t LEFT JOIN fill ON fill.key = t.rowid\nORDER BY t.rowid",
            self.work(Rows::All),
            present = self.value.present().replace(&name.to_string(), &format!("t.{name}")),
            sql_type = self.sql_type,
            flag = Ident::new(filled_flag(&self.field)),
            original = Ident::new(filled_original(&self.field)),
            table = self.table,
        );
        Step::table(self.table.clone(), vec![self.table.clone()], select).named(format!(
            "fill {} of {}",
            self.field,
            self.entity.title().to_lowercase()
        ))
    }
}

/// What filling gave.
pub(super) fn imputed_sql(imputation: &Imputation) -> String {
    let (flag, name) = (Ident::new(filled_flag(&imputation.field)), Ident::new(&imputation.field));
    format!(
        "SELECT count(*)::BIGINT AS rows, count(*) FILTER (WHERE {flag})::BIGINT AS filled,\n  \
         count(*) FILTER (WHERE {name} IS NULL)::BIGINT AS left_over\nFROM {}",
        table_name(&TableId::Canon(imputation.table))
    )
}
