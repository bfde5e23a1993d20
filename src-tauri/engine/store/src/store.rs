//! The store itself: opening, running pipelines, taking frames in.

use crate::connect::{Instance, Reader, StoreOptions, lock};
use crate::convert;
use crate::error::{StoreError, is_fatal, name_of};
use crate::page::PageCache;
use crate::watch::watched;
use duckdb::Connection;
use kith_model::{Frame, Monitor, Quiet};
use kith_sql::{Ident, Pipeline, Step, TableName};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError};
use std::time::{Duration, Instant};

/// What one step of a pipeline did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// The step's name.
    pub name: String,
    /// Rows of the table it made; 0 for a step that makes none.
    pub rows: u64,
    /// Milliseconds it took.
    pub took_ms: u64,
}

/// A project's data. Every method may be called from any thread.
pub struct Store {
    path: Option<PathBuf>,
    options: StoreOptions,
    allowed: Mutex<Option<Vec<PathBuf>>>,
    instance: RwLock<Option<Instance>>,
    broken: AtomicBool,
    version: AtomicU64,
    pub(crate) pages: Mutex<PageCache>,
}

/// Why work on a connection stopped: DuckDB's error, or ours.
pub(crate) enum Fault {
    Db(duckdb::Error),
    Store(StoreError),
}

impl From<duckdb::Error> for Fault {
    fn from(error: duckdb::Error) -> Self {
        Self::Db(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Store {
    /// Opens the database file `path`; makes it when it is missing.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Corrupt`], [`StoreError::NewerFormat`],
    /// [`StoreError::ReadOnly`] or [`StoreError::Io`].
    pub fn open(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        Self::new(Some(path.to_owned()), options)
    }

    /// A database in memory, gone when dropped.
    pub fn in_memory(options: &StoreOptions) -> Result<Self, StoreError> {
        Self::new(None, options)
    }

    fn new(path: Option<PathBuf>, options: &StoreOptions) -> Result<Self, StoreError> {
        let instance = Instance::open(path.as_deref(), options)?;
        Ok(Self {
            path,
            options: options.clone(),
            allowed: Mutex::default(),
            instance: RwLock::new(Some(instance)),
            broken: AtomicBool::new(false),
            version: AtomicU64::new(0),
            pages: Mutex::default(),
        })
    }

    /// Runs every step in one transaction: all of them count, or none. Where a step is committed
    /// by itself, those before it stay when one behind it fails.
    ///
    /// The schema of a step's output is made when missing. Progress is told before each step.
    /// A cancelled monitor interrupts the statement at work within some 20 ms.
    ///
    /// # Errors
    /// [`StoreError::Cancelled`], or the failing step's error under the step's name.
    pub fn run(
        &self,
        pipeline: &Pipeline,
        monitor: &dyn Monitor,
    ) -> Result<Vec<StepReport>, StoreError> {
        let count = pipeline.steps.len();
        self.change(&pipeline.title, monitor, |connection| {
            let mut reports = Vec::with_capacity(count);
            for (at, step) in pipeline.steps.iter().enumerate() {
                if monitor.cancelled() {
                    return Err(StoreError::Cancelled);
                }
                monitor.progress(at as f32 / count as f32, &step.name);
                let report = run_step(connection, step).map_err(|e| self.fail(&step.name, &e))?;
                log::debug!("{}: {} rows in {} ms", report.name, report.rows, report.took_ms);
                reports.push(report);
                if step.commits {
                    let fail = |e: duckdb::Error| self.fail(&step.name, &e);
                    connection.execute_batch("COMMIT; BEGIN TRANSACTION").map_err(fail)?;
                    self.version.fetch_add(1, Ordering::AcqRel);
                }
            }
            monitor.progress(1.0, &pipeline.title);
            Ok(reports)
        })
    }

    /// Makes or replaces `table` with the rows of `frame`; returns their number. Texts become
    /// `VARCHAR`, whole numbers `BIGINT`, real numbers `DOUBLE`, truth values `BOOLEAN`.
    ///
    /// # Errors
    /// [`StoreError::Sql`] when the columns differ in length or share a name.
    pub fn write(
        &self,
        table: &TableName,
        frame: &Frame,
        monitor: &dyn Monitor,
    ) -> Result<u64, StoreError> {
        let name = format!("{}.{}", table.schema().name(), table.table().name());
        let wrong = |message: &str| StoreError::Sql { step: name.clone(), message: message.into() };
        if frame.columns.is_empty() {
            return Err(wrong("A table needs at least one column"));
        }
        if frame.columns.iter().any(|(_, column)| column.len() != frame.rows()) {
            return Err(wrong("The columns are of different length"));
        }
        self.change(&name, monitor, |connection| {
            fill(connection, table, frame, monitor).map_err(|fault| self.fault(&name, fault))
        })
    }

    /// Writes everything into the database file, so that it stands alone.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        let instance = self.instance()?;
        let instance = live(&instance)?;
        instance
            .writer()
            .execute_batch("CHECKPOINT")
            .map_err(|error| self.fail("checkpoint", &error))
    }

    /// From now on no file outside the folders `allowed` (and the database's own) can be read or
    /// written, no extension loaded, no setting changed.
    ///
    /// Calling it again with other folders closes and opens the database, so it waits for running
    /// work.
    ///
    /// # Errors
    /// [`StoreError::Sql`] when a database in memory is to be given other folders.
    pub fn lock_down(&self, allowed: &[PathBuf]) -> Result<(), StoreError> {
        let before = lock(&self.allowed).clone();
        match before.as_deref() {
            None => {
                let instance = self.instance()?;
                live(&instance)?.lock_down(allowed)?;
            }
            Some(before) if before == allowed => {}
            Some(_) if self.path.is_none() => {
                return Err(StoreError::Sql {
                    step: "lock database".to_owned(),
                    message: "A database in memory can be locked only once".to_owned(),
                });
            }
            Some(_) => self.reopen(Some(allowed))?,
        }
        *lock(&self.allowed) = Some(allowed.to_vec());
        Ok(())
    }

    /// DuckDB's version, e.g. `v1.5.6`.
    pub fn version(&self) -> Result<String, StoreError> {
        self.read("ask version", &Quiet, |connection| {
            Ok(connection.query_row("SELECT version()", [], |row| row.get(0))?)
        })
    }

    /// Counts up with every change of the data.
    pub(crate) fn data_version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Runs `work` on a reading connection inside a read-only transaction.
    pub(crate) fn read<T>(
        &self,
        step: &str,
        monitor: &dyn Monitor,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        if monitor.cancelled() {
            return Err(StoreError::Cancelled);
        }
        let instance = self.instance()?;
        let reader: Reader<'_> = live(&instance)?.reader()?;
        reader
            .reading(|connection| watched(connection, monitor, || work(connection)))
            .map_err(|fault| self.fault(step, fault))
    }

    /// Runs `work` on the writer inside a transaction.
    fn change<T>(
        &self,
        step: &str,
        monitor: &dyn Monitor,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let instance = self.instance()?;
        let connection = writer(live(&instance)?, monitor)?;
        let fail = |error: duckdb::Error| self.fail(step, &error);
        connection.execute_batch("BEGIN TRANSACTION").map_err(fail)?;
        let result = watched(&connection, monitor, || {
            let value = work(&connection)?;
            connection.execute_batch("COMMIT").map_err(fail)?;
            Ok(value)
        });
        match &result {
            Ok(_) => {
                self.version.fetch_add(1, Ordering::AcqRel);
            }
            Err(_) => {
                // A commit that failed has already ended the transaction: no error worth telling.
                connection.execute_batch("ROLLBACK").unwrap_or_default();
            }
        }
        result
    }

    /// The open database, opened again first when an internal error killed it.
    fn instance(&self) -> Result<RwLockReadGuard<'_, Option<Instance>>, StoreError> {
        if self.broken.load(Ordering::Acquire) {
            let allowed = lock(&self.allowed).clone();
            self.reopen(allowed.as_deref())?;
        }
        Ok(self.instance.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn reopen(&self, allowed: Option<&[PathBuf]>) -> Result<(), StoreError> {
        let Some(path) = &self.path else {
            return Err(StoreError::Corrupt { file: "The database in memory".to_owned() });
        };
        let mut slot = self.instance.write().unwrap_or_else(PoisonError::into_inner);
        log::warn!("opening {} again", name_of(path));
        // The old connections must be gone before the file is opened again.
        *slot = None;
        let instance = Instance::open(Some(path), &self.options)?;
        if let Some(allowed) = allowed {
            instance.lock_down(allowed)?;
        }
        *slot = Some(instance);
        self.broken.store(false, Ordering::Release);
        self.version.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// DuckDB's error as ours; remembers when it killed the database.
    pub(crate) fn fail(&self, step: &str, error: &duckdb::Error) -> StoreError {
        if is_fatal(error) {
            self.broken.store(true, Ordering::Release);
        }
        StoreError::of(step, error)
    }

    fn fault(&self, step: &str, fault: Fault) -> StoreError {
        match fault {
            Fault::Db(error) => self.fail(step, &error),
            Fault::Store(error) => error,
        }
    }
}

fn live(slot: &Option<Instance>) -> Result<&Instance, StoreError> {
    slot.as_ref().ok_or_else(|| StoreError::Io {
        step: "open database".to_owned(),
        message: "The database could not be opened again: close and open the project".to_owned(),
    })
}

/// The writer, waited for as long as nobody cancels.
fn writer<'a>(
    instance: &'a Instance,
    monitor: &dyn Monitor,
) -> Result<MutexGuard<'a, Connection>, StoreError> {
    loop {
        if monitor.cancelled() {
            return Err(StoreError::Cancelled);
        }
        match instance.try_writer() {
            Ok(guard) => return Ok(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn run_step(connection: &Connection, step: &Step) -> Result<StepReport, duckdb::Error> {
    let start = Instant::now();
    if let Some(output) = &step.output {
        make_schema(connection, output)?;
    }
    connection.execute_batch(&step.sql)?;
    let rows = step.output.as_ref().map_or(Ok(0), |output| {
        connection.query_row(&format!("SELECT count(*) FROM {output}"), [], |row| row.get(0))
    })?;
    let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(StepReport { name: step.name.clone(), rows, took_ms })
}

fn make_schema(connection: &Connection, table: &TableName) -> Result<(), duckdb::Error> {
    connection.execute_batch(&format!("CREATE SCHEMA IF NOT EXISTS {}", table.schema()))
}

fn fill(
    connection: &Connection,
    table: &TableName,
    frame: &Frame,
    monitor: &dyn Monitor,
) -> Result<u64, Fault> {
    make_schema(connection, table)?;
    let columns: Vec<_> = frame
        .columns
        .iter()
        .map(|(name, column)| format!("{} {}", Ident::new(name), convert::sql_type(column)))
        .collect();
    connection
        .execute_batch(&format!("CREATE OR REPLACE TABLE {table} ({})", columns.join(", ")))?;
    let (schema, name) = (table.schema().name(), table.table().name());
    let mut appender = connection.appender_to_db(name, schema)?;
    for batch in convert::batches(frame) {
        if monitor.cancelled() {
            return Err(StoreError::Cancelled.into());
        }
        appender.append_record_batch(
            batch.map_err(|e| StoreError::Sql { step: name.to_owned(), message: e.to_string() })?,
        )?;
    }
    // Dropping an appender swallows its error: ask for it.
    appender.flush()?;
    drop(appender);
    Ok(frame.rows() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_killed_by_an_internal_error_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let store =
            Store::open(&folder.path().join("data.duckdb"), &StoreOptions::default()).unwrap();
        let table = TableName::new("src", "kept");
        let plan = Pipeline::new("keep").then(Step::table(table, vec![], "SELECT 1 AS x"));
        store.run(&plan, &Quiet).unwrap();
        store.lock_down(&[folder.path().to_owned()]).unwrap();

        let text = "INTERNAL Error: Attempted to access index 3 within vector of size 1";
        let error = duckdb::Error::DuckDBFailure(duckdb::ffi::Error::new(1), Some(text.into()));
        store.fail("step", &error);
        assert!(store.broken.load(Ordering::Acquire));

        assert_eq!(store.value_i64("SELECT x FROM src.kept").unwrap(), 1);
        assert!(!store.broken.load(Ordering::Acquire));
        assert!(store.frame("SELECT * FROM read_text('/etc/hostname')", &Quiet).is_err());
    }

    #[test]
    fn a_database_in_memory_cannot_come_back() {
        let store = Store::in_memory(&StoreOptions::default()).unwrap();
        store.broken.store(true, Ordering::Release);
        assert!(matches!(store.value_i64("SELECT 1"), Err(StoreError::Corrupt { .. })));
    }
}
