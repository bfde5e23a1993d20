//! One open database: how it is configured, its writer and its pool of readers.

use crate::error::StoreError;
use crate::store::Fault;
use duckdb::{Config, Connection};
use kith_sql::text;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockResult};

/// How much the database may use. `None` leaves DuckDB's default (80% of memory, all cores).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreOptions {
    /// Memory limit in MiB.
    pub memory_limit_mb: Option<u64>,
    /// Threads.
    pub threads: Option<u32>,
    /// Folder for what does not fit into memory; beside the database when not given.
    pub temp_dir: Option<PathBuf>,
}

/// An open database. Dropping it closes every connection.
pub(crate) struct Instance {
    /// Never runs anything: the others are cloned from it.
    root: Mutex<Connection>,
    writer: Mutex<Connection>,
    idle: Mutex<Vec<Connection>>,
}

impl Instance {
    /// Opens `path`, or a database in memory.
    pub(crate) fn open(path: Option<&Path>, options: &StoreOptions) -> Result<Self, StoreError> {
        let config = config(options).map_err(|e| StoreError::of("configure database", &e))?;
        let root = match path {
            Some(path) => Connection::open_with_flags(path, config)
                .map_err(|e| StoreError::opening(path, &e))?,
            None => Connection::open_in_memory_with_flags(config)
                .map_err(|e| StoreError::of("open database", &e))?,
        };
        let settle = |error: duckdb::Error| StoreError::of("configure database", &error);
        root.execute_batch("SET GLOBAL TimeZone = 'UTC'").map_err(settle)?;
        if let Some(dir) = &options.temp_dir {
            let dir = text(&dir.to_string_lossy());
            root.execute_batch(&format!("SET GLOBAL temp_directory = {dir}")).map_err(settle)?;
        }
        let writer = root.try_clone().map_err(settle)?;
        Ok(Self { root: Mutex::new(root), writer: Mutex::new(writer), idle: Mutex::default() })
    }

    /// From now on no file outside `allowed` (and the database's own) can be touched, no
    /// extension loaded and no setting changed.
    pub(crate) fn lock_down(&self, allowed: &[PathBuf]) -> Result<(), StoreError> {
        let list: Vec<_> = allowed.iter().map(|p| text(&p.to_string_lossy())).collect();
        let sql = format!(
            "SET GLOBAL allowed_directories = [{}]; SET GLOBAL enable_external_access = false; \
             SET GLOBAL lock_configuration = true",
            list.join(", ")
        );
        lock(&self.root).execute_batch(&sql).map_err(|e| StoreError::of("lock database", &e))
    }

    /// The writer; waits for whoever has it.
    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        lock(&self.writer)
    }

    /// The writer, when nobody has it.
    pub(crate) fn try_writer(&self) -> TryLockResult<MutexGuard<'_, Connection>> {
        self.writer.try_lock()
    }

    /// A reading connection of one's own; never waits for the writer.
    pub(crate) fn reader(&self) -> Result<Reader<'_>, StoreError> {
        let idle = lock(&self.idle).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => lock(&self.root)
                .try_clone()
                .map_err(|e| StoreError::of("connect to database", &e))?,
        };
        Ok(Reader { instance: self, connection })
    }
}

/// A borrowed reading connection.
pub(crate) struct Reader<'a> {
    instance: &'a Instance,
    connection: Connection,
}

impl Reader<'_> {
    /// Runs `work` inside a read-only transaction: it sees one state and can change nothing. The
    /// connection goes back to the pool when the transaction ended well.
    pub(crate) fn reading<T>(
        self,
        work: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.connection.execute_batch("BEGIN TRANSACTION READ ONLY")?;
        let result = work(&self.connection);
        if self.connection.execute_batch("ROLLBACK").is_ok() {
            lock(&self.instance.idle).push(self.connection);
        }
        result
    }
}

fn config(options: &StoreOptions) -> Result<Config, duckdb::Error> {
    let mut config = Config::default()
        .enable_autoload_extension(false)?
        .with("autoinstall_known_extensions", "false")?
        .with("allow_community_extensions", "false")?
        .with("preserve_insertion_order", "true")?
        // What is dropped goes back to the system, for the engines that work beside the database.
        .with("allocator_flush_threshold", "16MiB")?
        .with("allocator_bulk_deallocation_flush_threshold", "16MiB")?
        .with("allocator_background_threads", "true")?;
    if let Some(limit) = options.memory_limit_mb {
        config = config.max_memory(&format!("{limit}MiB"))?;
    }
    if let Some(threads) = options.threads {
        config = config.threads(i64::from(threads.max(1)))?;
    }
    Ok(config)
}

/// A lock that a panic elsewhere does not spoil: connections hold no half-made state of ours.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
