//! What can go wrong in the store, told apart by what a person can do about it.

use crate::redact::redact;
use std::path::Path;

/// A failure of the store. Messages hold no data values and no folder names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The user asked to stop; nothing was changed.
    #[error("Stopped: nothing was changed")]
    Cancelled,
    /// No room left for the database, a file being written, or temporary data.
    #[error("The disk is full ({step}): free some space and try again; nothing was changed")]
    DiskFull {
        /// What was being done.
        step: String,
    },
    /// The work does not fit into the memory allowed.
    #[error("Not enough memory ({step}): raise the memory limit or close other programs")]
    OutOfMemory {
        /// What was being done.
        step: String,
    },
    /// The database file is damaged or is no database.
    #[error("{file} is damaged or not a Kith database: move it away, it can be rebuilt by a run")]
    Corrupt {
        /// File name.
        file: String,
    },
    /// The database file was written by a newer version.
    #[error("{file} was written by a newer version of Kith: update Kith to open it")]
    NewerFormat {
        /// File name.
        file: String,
    },
    /// Another process has the database open.
    #[error("{file} is open in another program: close it there first")]
    Locked {
        /// File name.
        file: String,
    },
    /// The file or its folder must not be written.
    #[error("Cannot write ({step}): the file or folder is read-only. {message}")]
    ReadOnly {
        /// What was being done.
        step: String,
        /// DuckDB's or the system's words.
        message: String,
    },
    /// A statement failed.
    #[error("{step}: {message}")]
    Sql {
        /// What was being done: the step's name.
        step: String,
        /// DuckDB's words without data values.
        message: String,
    },
    /// A user's query is not a single reading statement.
    #[error("Only one SELECT, WITH, VALUES, DESCRIBE or SHOW statement can be run here: {0}")]
    NotReadOnly(String),
    /// A file cannot be opened, read or written.
    #[error("{step}: {message}")]
    Io {
        /// What was being done.
        step: String,
        /// The system's words.
        message: String,
    },
}

impl StoreError {
    /// An error of DuckDB's while `step` ran.
    pub(crate) fn of(step: &str, error: &duckdb::Error) -> Self {
        classify(step, &error.to_string())
    }

    /// An error of DuckDB's while the database `path` was opened.
    pub(crate) fn opening(path: &Path, error: &duckdb::Error) -> Self {
        Self::opening_said(path, &error.to_string())
    }

    fn opening_said(path: &Path, text: &str) -> Self {
        let file = || name_of(path);
        if text.contains("Could not set lock") || text.contains("being used by another process") {
            return Self::Locked { file: file() };
        }
        if text.contains("version number") || text.contains("newer version") {
            return Self::NewerFormat { file: file() };
        }
        let damaged = ["not a valid DuckDB", "orrupt", "hecksum", "Is a directory", "deserializ"];
        if damaged.iter().any(|sign| text.contains(sign)) {
            return Self::Corrupt { file: file() };
        }
        classify("open database", text)
    }

    /// An error of the file system's.
    pub(crate) fn io(step: &str, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let step = step.to_owned();
        match error.kind() {
            K::StorageFull | K::QuotaExceeded => Self::DiskFull { step },
            K::PermissionDenied | K::ReadOnlyFilesystem => {
                Self::ReadOnly { step, message: error.kind().to_string() }
            }
            kind => Self::Io { step, message: kind.to_string() },
        }
    }
}

/// True when the whole database instance is dead and must be opened again.
pub(crate) fn is_fatal(error: &duckdb::Error) -> bool {
    let text = error.to_string();
    text.starts_with("INTERNAL Error")
        || text.starts_with("FATAL Error")
        || text.contains("database has been invalidated")
}

fn classify(step: &str, text: &str) -> StoreError {
    let step = step.to_owned();
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    if text.starts_with("INTERRUPT Error") {
        StoreError::Cancelled
    } else if has(&["No space left", "not enough space", "max_temp_directory_size", "Disk full"]) {
        StoreError::DiskFull { step }
    } else if text.starts_with("Out of Memory") {
        StoreError::OutOfMemory { step }
    } else if text.starts_with("IO Error")
        && has(&["Permission denied", "Read-only file system", "Access is denied"])
    {
        StoreError::ReadOnly { step, message: redact(text) }
    } else if text.starts_with("IO Error") {
        StoreError::Io { step, message: redact(text) }
    } else {
        StoreError::Sql { step, message: redact(text) }
    }
}

/// The last component, for messages.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| "database".to_owned(), |n| n.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> StoreError {
        classify("step", text)
    }

    #[test]
    fn failures_are_told_apart_by_what_to_do() {
        let step = || "step".to_owned();
        assert_eq!(of("INTERRUPT Error: Interrupted!"), StoreError::Cancelled);
        assert_eq!(
            of("IO Error: Could not write file \"/a/b\": No space left on device"),
            StoreError::DiskFull { step: step() }
        );
        assert_eq!(
            of(
                "Out of Memory Error: failed to offload data block of size 256.0 KiB (1.0 MiB/1.0 MiB used).\nThis limit was set by the 'max_temp_directory_size' setting."
            ),
            StoreError::DiskFull { step: step() }
        );
        assert_eq!(
            of("Out of Memory Error: failed to pin block"),
            StoreError::OutOfMemory { step: step() }
        );
        assert!(matches!(
            of("IO Error: Cannot open file \"/home/ada/x.csv\": Permission denied"),
            StoreError::ReadOnly { message, .. } if !message.contains("ada")
        ));
    }

    #[test]
    fn a_newer_database_and_a_locked_one_say_so() {
        let opening = |text| StoreError::opening_said(Path::new("/home/ada/data.duckdb"), text);
        let file = || "data.duckdb".to_owned();
        assert_eq!(
            opening(
                "IO Error: Trying to read a database file with version number 99, but we can only read versions between 64 and 67."
            ),
            StoreError::NewerFormat { file: file() }
        );
        assert_eq!(
            opening(
                "IO Error: Could not set lock on file \"/home/ada/data.duckdb\": Conflicting lock is held"
            ),
            StoreError::Locked { file: file() }
        );
    }

    #[test]
    fn the_file_system_speaks_too() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(StoreError::io("save", &full), StoreError::DiskFull { step: "save".into() });
        let refused = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        assert!(matches!(StoreError::io("save", &refused), StoreError::ReadOnly { .. }));
    }
}
