//! Expectations and profiles of tables: what is always expected, how it is said, the SQL that
//! counts and lists the rows that fail, what that SQL found; what each column holds, what stands
//! out between two loads, and which expectations are worth guarding.
//!
//! Not for: running SQL (`kith-store`), or mending what fails (mapping, ingest).
//!
//! Its one law: a check never changes data, and each finding of rows comes with the query that
//! lists them.

mod alerts;
mod builtin;
mod categories;
mod check_sql;
mod column_sql;
mod compare;
mod copies_sql;
mod drift;
mod failing_sql;
mod impute;
mod judge;
mod loads;
mod looks;
mod profile;
mod profile_sql;
mod scan_sql;
mod suggest;
mod value_sql;
mod words;
mod worth;

pub use builtin::{Listed, expectations};
pub use check_sql::{At, Planned, Shapes, plan};
pub use compare::compare;
pub use copies_sql::{copies_listed_sql, copies_sql, note_copies, without_copies};
pub use drift::{categories_apart, ks_chance, ks_statistic, numbers_apart, psi};
pub use impute::{fill_imputation, imputed_sql, measure_imputation, offer_imputations};
pub use judge::{judge, unchecked};
pub use loads::{ColumnTrace, Load, TableTrace, anomalies, remember, trace};
pub use profile::profile;
pub use scan_sql::{Query, alone_sql, queries};
pub use suggest::{candidates, suggestions};
pub use words::title;
