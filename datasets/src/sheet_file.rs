//! A CSV file written row by row, in batches.

use crate::error::DatasetError;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

/// Bytes gathered before they are written.
const BATCH: usize = 1 << 16;

/// The file, and what was not written to it yet.
pub(crate) struct SheetFile<'a> {
    path: &'a Path,
    out: BufWriter<File>,
    text: String,
}

impl<'a> SheetFile<'a> {
    /// A new file at `path` that begins with `header`.
    pub(crate) fn create(path: &'a Path, header: &str) -> Result<Self, DatasetError> {
        let file = File::create(path).map_err(DatasetError::io("create", path))?;
        Ok(Self { path, out: BufWriter::new(file), text: header.to_owned() })
    }

    /// Adds what `row` appends to the text.
    pub(crate) fn add(&mut self, row: impl FnOnce(&mut String)) -> Result<(), DatasetError> {
        row(&mut self.text);
        if self.text.len() >= BATCH { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), DatasetError> {
        let written = self.out.write_all(self.text.as_bytes());
        self.text.clear();
        written.map_err(DatasetError::io("write", self.path))
    }

    /// Writes the rest.
    pub(crate) fn finish(mut self) -> Result<(), DatasetError> {
        self.write()?;
        self.out.flush().map_err(DatasetError::io("write", self.path))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Has a sheet written twice, which must give the same bytes; answers its number of records
    /// and its text.
    pub(crate) fn written_twice(
        name: &str,
        write: impl Fn(&Path) -> Result<i64, DatasetError>,
    ) -> (i64, String) {
        let folder = std::env::temp_dir().join(format!("kith-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let once = |file: &str| {
            let path = folder.join(file);
            let records = write(&path).unwrap();
            (records, std::fs::read_to_string(path).unwrap())
        };
        let first = once("a.csv");
        assert_eq!(first, once("b.csv"));
        std::fs::remove_dir_all(folder).unwrap();
        first
    }
}
