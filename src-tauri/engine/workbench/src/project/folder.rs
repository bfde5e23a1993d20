//! The folder `NAME.kith/` and what lies where in it.

use crate::error::{io_error, usage};
use kith_api::{ApiError, ErrorCode};
use kith_model::document::{Decision, Document};
use kith_model::{FileRef, PairKey};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A project's folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

/// Held while a project is open; dropped, others may open it.
#[derive(Debug)]
pub(crate) struct FolderLock(#[allow(dead_code, reason = "held for its lock")] File);

#[derive(Serialize)]
struct ProjectFile<'a> {
    format: u32,
    #[serde(flatten)]
    document: &'a Document,
}

#[derive(Serialize, Deserialize)]
struct DecisionLine {
    #[serde(flatten)]
    pair: PairKey,
    #[serde(flatten)]
    decision: Decision,
}

impl Folder {
    /// The folder a host named; `.kith` is added when `create` is set and it is missing.
    pub(crate) fn named(file: &FileRef, create: bool) -> Self {
        let path = PathBuf::from(&file.0);
        let has_suffix = path.extension().is_some_and(|e| e == "kith");
        if create && !has_suffix {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(".kith");
            return Self(path.with_file_name(name));
        }
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file_ref(&self) -> FileRef {
        FileRef(self.0.to_string_lossy().into_owned())
    }

    /// The folder's own name without `.kith`.
    pub(crate) fn title(&self) -> String {
        self.0.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    pub(crate) fn project_toml(&self) -> PathBuf {
        self.0.join("project.toml")
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.0.join("journal.ndjson")
    }

    pub(crate) fn decisions(&self) -> PathBuf {
        self.0.join("decisions.ndjson")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("data.duckdb")
    }

    pub(crate) fn models(&self) -> PathBuf {
        self.0.join("models")
    }

    pub(crate) fn exports(&self) -> PathBuf {
        self.0.join("exports")
    }

    /// Scratch files of jobs; emptied when the project is opened.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.0.join("scratch")
    }

    /// Makes the folder, which must not exist or be empty.
    pub(crate) fn create(&self) -> Result<(), ApiError> {
        let taken = self.0.read_dir().is_ok_and(|mut d| d.next().is_some());
        if taken || self.0.is_file() {
            return Err(usage("There is something at that place already")
                .at(self.file_ref().name())
                .hint("Choose another name, or open it as a project"));
        }
        std::fs::create_dir_all(&self.0).map_err(|e| io_error(&e, &self.0))
    }

    /// True when it holds a project.
    pub(crate) fn is_project(&self) -> bool {
        self.journal().is_file() || self.project_toml().is_file()
    }

    /// Takes the lock, or says that somebody else has it.
    pub(crate) fn lock(&self) -> Result<FolderLock, ApiError> {
        let path = self.0.join("project.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| io_error(&e, &path))?;
        match file.try_lock() {
            Ok(()) => Ok(FolderLock(file)),
            Err(_) => Err(ApiError::new(
                ErrorCode::Locked,
                format!("The project {} is open in another window or program", self.title()),
            )
            .hint("Close it there, then open it here")),
        }
    }

    /// Empties the scratch folder; leftovers of a killed run are of no use.
    pub(crate) fn clear_scratch(&self) {
        let _ = std::fs::remove_dir_all(self.scratch());
    }

    /// Bytes on disk, folders included.
    pub(crate) fn bytes(&self) -> u64 {
        fn sum(path: &Path) -> u64 {
            let Ok(entries) = path.read_dir() else { return 0 };
            entries
                .flatten()
                .map(|entry| match entry.metadata() {
                    Ok(meta) if meta.is_dir() => sum(&entry.path()),
                    Ok(meta) => meta.len(),
                    Err(_) => 0,
                })
                .sum()
        }
        sum(&self.0)
    }

    /// Writes `project.toml` and `decisions.ndjson`: the same document gives the same bytes.
    pub(crate) fn save(&self, document: &Document) -> Result<(), ApiError> {
        let file = ProjectFile { format: super::FORMAT_VERSION, document };
        let text = toml::to_string_pretty(&file).map_err(|e| {
            ApiError::new(ErrorCode::Internal, format!("Cannot write the project file: {e}"))
        })?;
        write_atomically(&self.project_toml(), text.as_bytes())?;
        if document.decisions.is_empty() && !self.decisions().exists() {
            return Ok(());
        }
        write_atomically(&self.decisions(), &decision_lines(&document.decisions))
    }

    /// Reads `project.toml` of a project without a journal.
    pub(crate) fn read_document(&self) -> Result<Document, ApiError> {
        let path = self.project_toml();
        let text = std::fs::read_to_string(&path).map_err(|e| io_error(&e, &path))?;
        let head: toml::Table = toml::from_str(&text).map_err(|e| toml_error(&e))?;
        let format = head.get("format").and_then(toml::Value::as_integer).unwrap_or(0);
        super::journal::check_format(format.unsigned_abs())?;
        let mut document: Document = toml::from_str(&text).map_err(|e| toml_error(&e))?;
        if let Ok(lines) = std::fs::read_to_string(self.decisions()) {
            for line in lines.lines() {
                let line: DecisionLine = serde_json::from_str(line).map_err(|e| {
                    ApiError::new(ErrorCode::BadInput, format!("A decision cannot be read: {e}"))
                        .at("decisions.ndjson")
                        .hint("Mend or remove that line")
                })?;
                document.decisions.insert(line.pair, line.decision);
            }
        }
        Ok(document)
    }
}

fn toml_error(e: &toml::de::Error) -> ApiError {
    ApiError::new(ErrorCode::BadInput, format!("The project file cannot be read: {}", e.message()))
        .at("project.toml")
        .hint("Mend the line, or restore the file from a copy")
}

fn decision_lines(decisions: &BTreeMap<PairKey, Decision>) -> Vec<u8> {
    let mut out = Vec::new();
    for (pair, decision) in decisions {
        let line = DecisionLine { pair: pair.clone(), decision: decision.clone() };
        if serde_json::to_writer(&mut out, &line).is_ok() {
            out.push(b'\n');
        }
    }
    out
}

/// Writes beside the target, syncs, renames: a reader sees the old bytes or the new ones.
pub(crate) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), ApiError> {
    let mut temp = path.as_os_str().to_owned();
    temp.push(".part");
    let temp = PathBuf::from(temp);
    let write = || -> std::io::Result<()> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let mut file = File::create(&temp)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        std::fs::rename(&temp, path)
    };
    write().map_err(|e| {
        let _ = std::fs::remove_file(&temp);
        io_error(&e, path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::document::DecisionOrigin;

    #[test]
    fn a_new_project_gets_its_suffix_once() {
        let named = |s: &str| Folder::named(&FileRef(s.into()), true).0;
        assert_eq!(named("/a/shop"), PathBuf::from("/a/shop.kith"));
        assert_eq!(named("/a/shop.kith"), PathBuf::from("/a/shop.kith"));
    }

    #[test]
    fn saving_twice_gives_the_same_bytes_and_reads_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder(dir.path().join("a.kith"));
        folder.create().unwrap();
        let mut document = Document { name: "Äpfel".into(), ..Document::default() };
        let decision = Decision {
            verdict: kith_model::identity::Verdict::Same,
            at: "2026-11-01T00:00:00Z".into(),
            by: "me".into(),
            why: "same handwriting".into(),
            origin: DecisionOrigin::Review,
        };
        let split = Decision { origin: DecisionOrigin::Split, ..decision.clone() };
        document.decisions.insert(PairKey::new("b/2", "a/1"), decision);
        document.decisions.insert(PairKey::new("b/3", "a/1"), split);
        document.rules = kith_rules::starter_rules();
        folder.save(&document).unwrap();
        let first = std::fs::read(folder.project_toml()).unwrap();
        folder.save(&document).unwrap();
        assert_eq!(std::fs::read(folder.project_toml()).unwrap(), first);
        assert_eq!(folder.read_document().unwrap(), document);
        // Nothing is written of an answer that was not written before there were others.
        let text = std::fs::read_to_string(folder.decisions()).unwrap();
        let said: Vec<bool> = text.lines().map(|line| line.contains("origin")).collect();
        assert_eq!(said, [false, true]);
        assert!(text.ends_with("\"origin\":\"split\"}\n"));
    }

    #[test]
    fn a_second_opener_is_told_so() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder(dir.path().to_owned());
        let held = folder.lock().unwrap();
        assert_eq!(folder.lock().unwrap_err().code, ErrorCode::Locked);
        drop(held);
        assert!(folder.lock().is_ok());
    }
}
