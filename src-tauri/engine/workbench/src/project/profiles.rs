//! `profiles.txt` and `lineage.ndjson`: whose each record is, and what became of profiles.
//!
//! Neither can be recomputed: ids depend on the runs before. `profiles.txt` begins with a line of
//! JSON (format, run, next id); each further line is a profile and the keys of its records.
//! `lineage.ndjson` has a line a run. The profiles are what counts: a run that only the lineage
//! knows was cut off by a crash, and is forgotten when the next one is written.

use super::{Folder, write_atomically};
use crate::error::{internal, io_error};
use kith_api::{ApiError, ErrorCode};
use kith_identity::{Settlement, Standing};
use kith_model::lineage::{LineageRun, RunKind};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Whose each record was after the newest run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Profiles {
    /// Number of that run; 0 before the first.
    pub(crate) run: u64,
    /// Profiles by record.
    pub(crate) standing: Standing,
    /// Tells this state from others; empty before the first run.
    pub(crate) mark: String,
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    run: u64,
    next: u64,
}

fn profiles_file(folder: &Folder) -> PathBuf {
    folder.path().join("profiles.txt")
}

fn lineage_file(folder: &Folder) -> PathBuf {
    folder.path().join("lineage.ndjson")
}

fn text_of(path: &Path) -> Result<String, ApiError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(io_error(&e, path)),
    }
}

fn damaged(file: &str, line: usize) -> ApiError {
    ApiError::new(ErrorCode::BadInput, "A line about profiles cannot be read")
        .at(format!("{file}, line {line}"))
        .hint("Restore the file from a copy; without it every profile gets a new id")
}

/// Reads `profiles.txt`; nothing when it is not there.
pub(crate) fn read_profiles(folder: &Folder) -> Result<Profiles, ApiError> {
    let text = text_of(&profiles_file(folder))?;
    let mut lines = text.lines().enumerate();
    let wrong = |at: usize| damaged("profiles.txt", at + 1);
    let Some((_, head)) = lines.next() else { return Ok(Profiles::default()) };
    let head: Head = serde_json::from_str(head).map_err(|_| wrong(0))?;
    super::journal::check_format(u64::from(head.format))?;
    let mut of = Vec::new();
    for (at, line) in lines {
        let mut words = line.split(' ');
        let profile = words.next().and_then(|w| w.parse::<u64>().ok()).ok_or_else(|| wrong(at))?;
        for word in words {
            let key = u64::from_str_radix(word, 16).map_err(|_| wrong(at))?;
            of.push((key, profile));
        }
    }
    of.sort_unstable();
    let mark = mark(text.as_bytes());
    Ok(Profiles { run: head.run, standing: Standing { next: head.next, of }, mark })
}

fn mark(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex()[..32].to_owned()
}

/// The runs so far, oldest first.
pub(crate) fn read_lineage(folder: &Folder) -> Result<Vec<LineageRun>, ApiError> {
    let newest = read_profiles(folder)?.run;
    let mut runs = lineage_lines(folder)?;
    runs.retain(|r| r.run <= newest);
    Ok(runs)
}

fn lineage_lines(folder: &Folder) -> Result<Vec<LineageRun>, ApiError> {
    let text = text_of(&lineage_file(folder))?;
    let read = |(at, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|_| damaged("lineage.ndjson", at + 1))
    };
    text.lines().enumerate().map(read).collect()
}

/// Writes what a run settled and answers the profiles after it with all runs, oldest first. A run
/// that changed nothing leaves both files as they are.
pub(crate) fn keep_settlement(
    folder: &Folder,
    before: Profiles,
    settled: &Settlement,
    (how, at): (RunKind, &str),
) -> Result<(Profiles, Vec<LineageRun>), ApiError> {
    let mut runs = lineage_lines(folder)?;
    runs.retain(|r| r.run <= before.run);
    if before.standing == settled.standing {
        return Ok((before, runs));
    }
    let run = before.run + 1;
    runs.push(LineageRun {
        run,
        at: at.to_owned(),
        how,
        records: settled.profiles.len() as u64,
        profiles: settled.count,
        new: settled.new,
        retired: settled.retired,
        events: settled.events.clone(),
    });
    let mut lines = Vec::new();
    for run in &runs {
        serde_json::to_writer(&mut lines, run).map_err(internal)?;
        lines.push(b'\n');
    }
    write_atomically(&lineage_file(folder), &lines)?;
    let head = Head { format: super::FORMAT_VERSION, run, next: settled.standing.next };
    let mut text = serde_json::to_string(&head).map_err(internal)?;
    let mut by_profile: Vec<(u64, u64)> =
        settled.standing.of.iter().map(|&(key, profile)| (profile, key)).collect();
    by_profile.sort_unstable();
    for group in by_profile.chunk_by(|x, y| x.0 == y.0) {
        let _ = write!(text, "\n{}", group[0].0);
        group.iter().for_each(|(_, key)| {
            let _ = write!(text, " {key:016x}");
        });
    }
    text.push('\n');
    write_atomically(&profiles_file(folder), text.as_bytes())?;
    let mark = mark(text.as_bytes());
    Ok((Profiles { run, standing: settled.standing.clone(), mark }, runs))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_identity::{RecordKey, settle};
    use kith_model::FileRef;

    #[test]
    fn profiles_read_back_and_a_run_cut_off_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::named(&FileRef(dir.path().to_string_lossy().into_owned()), false);
        let keys: Vec<RecordKey> =
            [7, 1 << 60, 3].map(|key| RecordKey { key, content: 0 }).to_vec();
        let first = settle(&Standing::default(), &keys, &[1, 1, 2]);
        let none = read_profiles(&folder).unwrap();
        assert_eq!(none, Profiles::default());
        let (one, _) = keep_settlement(&folder, none, &first, (RunKind::Full, "t1")).unwrap();
        assert_eq!(read_profiles(&folder).unwrap(), one);
        let bytes = std::fs::read(profiles_file(&folder)).unwrap();
        // The same again leaves the bytes alone.
        let again = settle(&one.standing, &keys, &[4, 4, 9]);
        keep_settlement(&folder, one.clone(), &again, (RunKind::Full, "t2")).unwrap();
        assert_eq!(std::fs::read(profiles_file(&folder)).unwrap(), bytes);
        // A merge whose profiles were never written did not happen.
        let merged = settle(&one.standing, &keys, &[1, 1, 1]);
        let (two, runs) =
            keep_settlement(&folder, one.clone(), &merged, (RunKind::Full, "t3")).unwrap();
        assert_eq!((two.run, runs.len(), runs[1].retired), (2, 2, 1));
        assert_ne!(two.mark, one.mark);
        std::fs::write(profiles_file(&folder), &bytes).unwrap();
        assert_eq!(read_lineage(&folder).unwrap().len(), 1);
        std::fs::write(profiles_file(&folder), b"{\n").unwrap();
        assert_eq!(read_profiles(&folder).unwrap_err().code, ErrorCode::BadInput);
    }
}
