//! One-shot tools over plain files: the engine without a project, for scripts and for measuring
//! it from outside.

mod convert;
mod matching;
mod numeric;

pub use convert::{ConvertReport, ConvertedTable, convert, map_columns};
pub use matching::{MatchOptions, match_files};
pub use numeric::{ClusterOptions, SuggestOptions, TrainOptions, cluster, suggest, train};

use crate::error::{ingest_error, io_error, store_error};
use crate::sources;
use kith_api::{ApiError, ErrorCode};
use kith_model::source::{Evidence, Inspection, Source};
use kith_model::{FileRef, Frame, Quiet, SourceId};
use kith_sql::{Ident, Pipeline, Step, TableName, text};
use kith_store::{Store, StoreOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A store of its own in a scratch folder that goes when the tool ends.
pub(crate) struct Bench {
    store: Store,
    scratch: PathBuf,
}

impl Bench {
    pub(crate) fn open() -> Result<Self, ApiError> {
        Self::open_within(None)
    }

    /// As [`Self::open`], with so many MiB for the store; what does not fit lies in the scratch
    /// folder.
    pub(crate) fn open_within(memory_limit_mb: Option<u64>) -> Result<Self, ApiError> {
        // A folder of its own for each bench of this process.
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let scratch = std::env::temp_dir().join(format!("kith-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&scratch).map_err(|e| io_error(&e, &scratch))?;
        let temp_dir = Some(scratch.clone());
        let options = StoreOptions { temp_dir, memory_limit_mb, ..StoreOptions::default() };
        Ok(Self { store: Store::in_memory(&options).map_err(store_error)?, scratch })
    }

    /// Loads a file as `src.<id>`; returns how it was read.
    pub(crate) fn load(&self, file: &Path, id: &str) -> Result<Inspection, ApiError> {
        let mut seen = sources::inspect(&file_ref(file))?;
        seen.source.id = SourceId(id.to_owned());
        self.load_source(&seen.source)?;
        Ok(seen)
    }

    /// Loads an inspected source; returns what only the whole file told.
    pub(crate) fn load_source(&self, source: &Source) -> Result<Vec<Evidence>, ApiError> {
        let path = &crate::secrets::place(&source.file);
        let plan = kith_ingest::load(source, path, &self.scratch).map_err(|e| ingest_error(&e))?;
        let ran = self.store.run(&plan.pipeline, &Quiet);
        for file in &plan.cleanup {
            let _ = std::fs::remove_file(file);
        }
        if let Some(release) = &plan.release {
            self.store.run(release, &Quiet).map_err(store_error)?;
        }
        ran.map_err(|e| store_error(e).at(source.title.clone()))?;
        sources::laid_flat(&self.store, source)?;
        Ok(plan.notes)
    }

    pub(crate) fn frame(&self, sql: &str) -> Result<Frame, ApiError> {
        self.store.frame(sql, &Quiet).map_err(store_error)
    }

    fn write(&self, schema: &str, table: &str, frame: &Frame) -> Result<(), ApiError> {
        let table = TableName::new(schema, table);
        self.store.write(&table, frame, &Quiet).map(|_| ()).map_err(store_error)
    }

    /// Lets go of every table of `schema`.
    fn forget(&self, schema: &str) -> Result<(), ApiError> {
        let drop = format!("DROP SCHEMA {} CASCADE", Ident::new(schema));
        let step = Pipeline::new("forget").then(Step::statement("forget", drop));
        self.store.run(&step, &Quiet).map(|_| ()).map_err(store_error)
    }

    /// Writes a query's rows to CSV or Parquet, by suffix; a half-written file never stays.
    fn save(&self, select: &str, target: &Path) -> Result<(), ApiError> {
        let format = match target.extension().and_then(|e| e.to_str()) {
            Some("parquet") => "FORMAT parquet, COMPRESSION zstd",
            Some("csv") => "FORMAT csv, HEADER",
            _ => {
                return Err(ApiError::new(ErrorCode::Usage, "The output must be .csv or .parquet")
                    .at(target.display().to_string()));
            }
        };
        let part = target.with_extension("part");
        let copy = format!("COPY ({select}) TO {} ({format})", text(&part.to_string_lossy()));
        let step = Pipeline::new("save").then(Step::statement("save", copy));
        let saved = self.store.run(&step, &Quiet).map_err(store_error);
        let saved =
            saved.and_then(|_| std::fs::rename(&part, target).map_err(|e| io_error(&e, target)));
        if saved.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        saved
    }

    /// Rows found, loaded, refused of a loaded file.
    fn counts(&self, source: &Source) -> Result<[u64; 3], ApiError> {
        sources::counts(&self.store, source)
    }

    /// Refuses a column the file does not have, naming those it has.
    pub(crate) fn require(&self, seen: &Inspection, column: &str) -> Result<(), ApiError> {
        let table = TableName::new("src", seen.source.id.0.clone());
        let columns = self.store.columns(&format!("SELECT * FROM {table}")).map_err(store_error)?;
        if columns.iter().any(|c| c.name == column) {
            return Ok(());
        }
        let names: Vec<_> =
            columns.iter().map(|c| c.name.as_str()).filter(|n| *n != "_row").collect();
        Err(ApiError::new(ErrorCode::BadInput, format!("There is no column {column}"))
            .at(seen.source.title.clone())
            .hint(format!("The columns are {}", names.join(", "))))
    }
}

/// A file as a project would name it: absolute, unless it is a server's address.
fn file_ref(file: &Path) -> FileRef {
    match file.to_str().filter(|text| kith_ingest::is_address(text)) {
        Some(address) => FileRef(address.to_owned()),
        None => {
            let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            FileRef(absolute.to_string_lossy().into_owned())
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.scratch);
    }
}
