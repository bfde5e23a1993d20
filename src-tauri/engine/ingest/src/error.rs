//! Why a file cannot be read, with the way out. Only file names appear, never folders or values.

use std::path::Path;

/// A file that cannot be read. Every message says what, where and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// There is nothing at that path.
    #[error("{file} is not there: choose it again, or put it back")]
    Missing {
        /// File name.
        file: String,
    },
    /// It is a folder.
    #[error("{file} is a folder: choose the files inside it")]
    Folder {
        /// Its name.
        file: String,
    },
    /// The system refuses to read it.
    #[error("{file} cannot be read ({reason}): check its permissions, or copy it elsewhere")]
    Unreadable {
        /// File name.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// It holds no byte, or nothing but blanks.
    #[error("{file} is empty: export it again")]
    Empty {
        /// File name.
        file: String,
    },
    /// It is no text.
    #[error("{file} is not text but {looks_like}: {way_out}")]
    Binary {
        /// File name.
        file: String,
        /// What it looks like.
        looks_like: String,
        /// What to do.
        way_out: String,
    },
    /// A workbook or archive that only a password opens.
    #[error("{file} is locked by a password: save a copy without one")]
    Locked {
        /// File name.
        file: String,
    },
    /// A sheet that the workbook does not have.
    #[error("{file} has no sheet {sheet}: choose one of {known}")]
    NoSheet {
        /// File name.
        file: String,
        /// The sheet asked for.
        sheet: String,
        /// Those it has.
        known: String,
    },
    /// A JSON document without records where they are looked for.
    #[error(
        "{file} holds no JSON objects at {pointer:?}: say where its records are, e.g. /data/orders, or write each object on a line of its own"
    )]
    NoRecords {
        /// File name.
        file: String,
        /// Where they were looked for, RFC 6901; empty for the document itself.
        pointer: String,
    },
    /// An archive without that member.
    #[error("{file} has no member {member}: look at the archive again")]
    NoMember {
        /// File name of the archive.
        file: String,
        /// The member asked for.
        member: String,
    },
    /// A folder or a pattern that means no file.
    #[error("{file} means no file: choose a folder that holds files, or another pattern")]
    NoFiles {
        /// The folder's name, or the pattern.
        file: String,
    },
    /// A folder or a pattern that means too many files.
    #[error("{file} means more than {most} files: choose fewer with a pattern such as *.csv")]
    TooManyFiles {
        /// The folder's name, or the pattern.
        file: String,
        /// How many a source may have.
        most: usize,
    },
    /// A database without tables.
    #[error("{file} holds no table that may be read: choose another database")]
    NoTables {
        /// File name, or database and host.
        file: String,
    },
    /// A database without that table.
    #[error("{file} has no table {table}: choose one of {known}")]
    NoTable {
        /// File name, or database and host.
        file: String,
        /// The table asked for.
        table: String,
        /// Those it has.
        known: String,
    },
    /// A server that cannot be read. Never holds its address, user or password.
    #[error("{server} cannot be read ({what}): {way_out}")]
    Server {
        /// Database and host.
        server: String,
        /// What is wrong.
        what: String,
        /// What to do.
        way_out: &'static str,
    },
    /// It has a header but no record.
    #[error("{file} has no rows below its header (line {line}): export it again with rows")]
    NoRows {
        /// File name.
        file: String,
        /// Line of the header, from 1.
        line: u64,
    },
    /// One JSON document instead of one object a line.
    #[error(
        "{file} is one JSON document, not one object a line (line 1): write each object on a line of its own"
    )]
    JsonDocument {
        /// File name.
        file: String,
    },
    /// Two JSON fields differ only in case, which no table can hold.
    #[error(
        "{file} has fields that differ only in case (line {line}, {field}): rename one of them"
    )]
    FieldClash {
        /// File name.
        file: String,
        /// First line where the second spelling appears, from 1.
        line: u64,
        /// The second spelling.
        field: String,
    },
    /// A file of a kind whose rows are no lines of text.
    #[error("{file} does not hold its rows as text: change it where it comes from")]
    NoTextRows {
        /// File name.
        file: String,
    },
    /// The compressed data or the Parquet file is cut off or damaged.
    #[error("{file} is damaged ({what}): download or export it again")]
    Damaged {
        /// File name.
        file: String,
        /// What is wrong.
        what: String,
    },
    /// A reading option that makes no sense.
    #[error("{file} cannot be read with {option} = {value}: {rule}")]
    Option {
        /// File name.
        file: String,
        /// The option's name as in `ReadOptions`.
        option: &'static str,
        /// What was given.
        value: String,
        /// What would be right.
        rule: &'static str,
    },
    /// A source's name that the project needs itself.
    #[error("A source cannot be called {0}: rename it")]
    ReservedName(String),
    /// The scratch folder cannot be written.
    #[error(
        "Cannot write temporary data while reading {file} ({reason}): free some space or choose another folder"
    )]
    Scratch {
        /// File name of the source.
        file: String,
        /// The system's words.
        reason: String,
        /// True when the disk is full.
        disk_full: bool,
    },
    /// The profile's frames do not fit its columns.
    #[error("The profile of column {0} has an unexpected form")]
    Profile(String),
    /// The user asked to stop.
    #[error("Stopped: nothing was loaded")]
    Cancelled,
}

impl IngestError {
    /// An error of the system's while `path` was opened or read.
    pub(crate) fn reading(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let file = name_of(path);
        match error.kind() {
            K::NotFound => Self::Missing { file },
            K::IsADirectory => Self::Folder { file },
            K::UnexpectedEof | K::InvalidData | K::InvalidInput | K::Other => {
                Self::Damaged { file, what: "its compressed data ends early or is garbled".into() }
            }
            kind => Self::Unreadable { file, reason: kind.to_string() },
        }
    }

    /// An error of the system's while scratch data of `path` was written.
    pub(crate) fn writing(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        Self::Scratch {
            file: name_of(path),
            reason: error.kind().to_string(),
            disk_full: matches!(error.kind(), K::StorageFull | K::QuotaExceeded),
        }
    }
}

/// The last component, for messages.
pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| "file".to_owned(), |n| n.to_string_lossy().into_owned())
}
