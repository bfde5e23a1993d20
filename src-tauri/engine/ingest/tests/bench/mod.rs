//! A folder and a database to load files into.

use kith_ingest::{counts_sql, inspect, load};
use kith_model::source::{FileFormat, ReadOptions, Source};
use kith_model::{FileRef, Frame, Quiet, SourceId};
use kith_store::{Store, StoreOptions};
use std::path::{Path, PathBuf};

/// A folder and a database that may read it.
#[allow(dead_code, reason = "each test binary uses a part")]
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub store: Store,
}

/// rows_in, loaded, rejected.
pub type Counts = (i64, i64, i64);

#[allow(dead_code, reason = "each test binary uses a part")]
impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::in_memory(&StoreOptions::default()).unwrap();
        store.lock_down(&[folder.path().to_owned()]).unwrap();
        Self { folder, store }
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Inspects and loads a file the way the workbench does.
    pub fn load(&self, path: &Path) -> (Source, Counts) {
        let detected = inspect(path).unwrap();
        self.load_as(path, detected.format, detected.options)
    }

    pub fn load_as(
        &self,
        path: &Path,
        format: FileFormat,
        options: ReadOptions,
    ) -> (Source, Counts) {
        let title = path.file_name().unwrap().to_string_lossy().into_owned();
        let file = FileRef(path.display().to_string());
        let id = SourceId::slug(&title);
        let source = Source { id, title, file, format, options, preset: None };
        let plan = load(&source, path, &self.folder.path().join("scratch")).unwrap();
        self.store.run(&plan.pipeline, &Quiet).unwrap();
        for file in &plan.cleanup {
            std::fs::remove_file(file).unwrap();
        }
        if let Some(release) = &plan.release {
            self.store.run(release, &Quiet).unwrap();
        }
        let counts = self.frame(&counts_sql(&source));
        let count = |name| counts.column(name).unwrap().int().unwrap()[0].unwrap();
        let counts = (count("rows_in"), count("loaded"), count("rejected"));
        assert_eq!(counts.0, counts.1 + counts.2);
        if let Some(rows_in) = plan.rows_in {
            assert_eq!(counts.0, i64::try_from(rows_in).unwrap());
        }
        (source, counts)
    }

    pub fn text(&self, name: &str, text: &str) -> (Source, Counts) {
        self.load(&self.file(name, text.as_bytes()))
    }

    pub fn frame(&self, sql: &str) -> Frame {
        self.store.frame(sql, &Quiet).unwrap()
    }

    /// Every row in order, missing values as `-`, without `_row`.
    pub fn rows(&self, source: &Source) -> Vec<Vec<String>> {
        let select =
            format!("SELECT COLUMNS(*)::VARCHAR FROM src.{} AS t ORDER BY t._row", source.id);
        let frame = self.frame(&select);
        let columns: Vec<_> = frame
            .columns
            .iter()
            .filter(|(name, _)| name != "_row")
            .map(|(_, column)| column.text().unwrap())
            .collect();
        (0..frame.rows())
            .map(|row| columns.iter().map(|c| c.get(row).unwrap_or("-").to_owned()).collect())
            .collect()
    }

    /// line, column, reason of every reject.
    pub fn rejects(&self, source: &Source) -> Vec<(i64, String, String)> {
        let frame = self.frame(&format!(
            "SELECT line, coalesce(col, '-'), reason FROM src.reject WHERE source = '{}' ORDER BY line",
            source.id
        ));
        let text = |at: usize| frame.columns[at].1.text().unwrap().to_vec();
        let (columns, reasons) = (text(1), text(2));
        frame.columns[0]
            .1
            .int()
            .unwrap()
            .iter()
            .zip(columns)
            .zip(reasons)
            .map(|((line, column), reason)| (line.unwrap(), column.unwrap(), reason.unwrap()))
            .collect()
    }
}
