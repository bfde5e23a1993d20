//! The one place that runs SQL: opens a project's DuckDB file, runs pipelines, hands rows out
//! and takes frames in, interrupts, locks down.
//!
//! Not for: knowing what any table means, or writing SQL about customers. Domain crates plan
//! [`kith_sql::Pipeline`]s; this crate runs them.
//!
//! Its one law: nothing of DuckDB leaks out. Every failure becomes a [`StoreError`] without data
//! values, every result a frame, a page or a number, and no `duckdb` type is public.
//!
//! One writer, many readers: [`Store::run`] and [`Store::write`] hold the writer; reading calls
//! take a connection of their own from a pool and see the last committed state, so a grid keeps
//! scrolling while a job writes.

mod catalog;
mod connect;
mod convert;
mod error;
mod frame;
mod page;
mod parquet;
mod redact;
mod store;
mod watch;

pub use catalog::StoredTable;
pub use connect::StoreOptions;
pub use error::StoreError;
pub use page::{Page, PageAsk, PageSource};
pub use store::{StepReport, Store};
