//! If-then rules: checked, planned as SQL over history, evaluated in process, and written as
//! an open decision graph.
//!
//! Not for: running SQL (`kith-store` does), or sending anything to anybody.
//!
//! Its one law: the rule tree is the source of truth. SQL for batch, [`decide`] for serving
//! and the decision graph for other runtimes are three readings of the same tree, and they
//! agree on who gets what.

mod conflicts;
mod decide;
mod jdm;
mod leaves;
mod rules_sql;
mod starter;
mod summary;
mod validate;

pub use decide::{Decision, FactEvent, Facts, decide, decisions};
pub use jdm::to_jdm;
pub use rules_sql::{plan, rule_sql};
pub use starter::starter_rules;
pub use summary::{Replay, counts_sql, daily_sql, overlap_sql, summarise, window_sql};
pub use validate::{ACTION_KINDS, RuleContext, in_order, validate};

/// Why rules cannot be planned or summed up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Two rules share an id.
    #[error("Two rules are named {0}: rename one")]
    Duplicate(String),
    /// A frame of counts lacks a column or holds another type.
    #[error("The counts of {table} need a column {name}")]
    Column {
        /// Which counts.
        table: &'static str,
        /// The column.
        name: &'static str,
    },
}
