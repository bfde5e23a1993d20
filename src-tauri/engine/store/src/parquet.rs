//! Rows out of the database as a Parquet file.

use crate::error::StoreError;
use crate::store::Store;
use kith_model::Monitor;
use kith_sql::text;
use std::path::Path;

impl Store {
    /// Writes the rows of `select` to `path` (Zstandard-compressed, in order) and returns their
    /// number. The file appears whole or not at all. `metadata` becomes the file's key-value
    /// metadata; of a repeated key the last value counts.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`], [`StoreError::ReadOnly`], [`StoreError::Io`],
    /// [`StoreError::Sql`], [`StoreError::Cancelled`].
    pub fn copy_parquet(
        &self,
        select: &str,
        path: &Path,
        metadata: &[(String, String)],
        monitor: &dyn Monitor,
    ) -> Result<u64, StoreError> {
        let step = format!("write {}", crate::error::name_of(path));
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = Path::new(&part);
        let sql = copy_sql(select, part, metadata);
        let written = self.read(&step, monitor, |connection| {
            Ok(connection.query_row(&sql, [], |row| row.get::<_, u64>(0))?)
        });
        let renamed = written.and_then(|rows| {
            std::fs::rename(part, path).map_err(|e| StoreError::io(&step, &e))?;
            Ok(rows)
        });
        if renamed.is_err() && part.is_file() {
            // The first error is the one to tell.
            std::fs::remove_file(part).unwrap_or_default();
        }
        renamed
    }
}

fn copy_sql(select: &str, path: &Path, metadata: &[(String, String)]) -> String {
    let unique: std::collections::BTreeMap<_, _> = metadata.iter().map(|(k, v)| (k, v)).collect();
    let pairs: Vec<_> = unique.iter().map(|(k, v)| format!("{}: {}", text(k), text(v))).collect();
    let metadata = if pairs.is_empty() {
        String::new()
    } else {
        format!(", KV_METADATA {{{}}}", pairs.join(", "))
    };
    format!(
        "COPY (\n{select}\n) TO {} (FORMAT parquet, COMPRESSION zstd{metadata})",
        text(&path.to_string_lossy())
    )
}
