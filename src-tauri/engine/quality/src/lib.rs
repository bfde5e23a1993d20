//! Expectations over tables: what is always expected, how it is said, the SQL that counts and
//! lists the rows that fail, and the judgement of what that SQL found.
//!
//! Not for: running that SQL (`kith-store`), or mending what fails (mapping, ingest).
//!
//! Its one law: an expectation never changes data, and each finding of rows comes with the query
//! that lists them.

mod builtin;
mod check_sql;
mod column_sql;
mod failing_sql;
mod judge;
mod scan_sql;
mod value_sql;
mod words;

pub use builtin::{Listed, expectations};
pub use check_sql::{At, Planned, Shapes, plan};
pub use judge::{judge, unchecked};
pub use scan_sql::{Query, alone_sql, queries};
pub use words::title;
