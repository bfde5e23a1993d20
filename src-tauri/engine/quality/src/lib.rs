//! Expectations over the canonical tables: what is always expected, how it is said, and the SQL
//! that counts and lists the rows that fail.
//!
//! Not for: running that SQL (`kith-store`), or mending what fails (mapping, ingest).
//!
//! Its one law: an expectation never changes data, and each finding comes with the query that
//! lists its failing rows.

mod builtin;
mod quality_sql;
mod validate;

pub use builtin::expectations;
pub use quality_sql::{FindingPlan, finding_sql, title};
pub use validate::validate;
