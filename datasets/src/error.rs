//! What can go wrong while writing sample data.

use std::path::{Path, PathBuf};

/// A failure to write or unpack sample data.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The folder holds something that this crate did not write.
    #[error(
        "folder {} already holds {found:?}, which is not sample data: choose an empty folder",
        folder.display()
    )]
    FolderNotEmpty {
        /// The folder asked for.
        folder: PathBuf,
        /// First foreign entry by name.
        found: String,
    },
    /// The size asked for cannot be made.
    #[error("{people} people cannot be generated: ask for 1 to {most}")]
    PeopleOutOfRange {
        /// The number asked for.
        people: u64,
        /// The largest number this version makes.
        most: u64,
    },
    /// The operating system refused to read or write.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file name list or manifest inside the program is not readable.
    #[error("the manifest of the built-in sample is not readable: {0}")]
    Manifest(#[from] serde_json::Error),
}

impl DatasetError {
    /// For `map_err`: adds the action and the path to an operating-system error.
    pub(crate) fn io(
        action: &'static str,
        path: &Path,
    ) -> impl FnOnce(std::io::Error) -> DatasetError + use<> {
        let path = path.to_path_buf();
        move |source| DatasetError::Io { action, path, source }
    }
}
