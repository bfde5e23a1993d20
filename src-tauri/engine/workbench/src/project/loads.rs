//! `quality.ndjson`: what is remembered of each load. Not rebuildable: earlier files are gone.

use super::{Folder, write_atomically};
use crate::error::{internal, io_error};
use kith_api::{ApiError, ErrorCode};
use kith_quality::Load;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Loads kept.
const KEPT: usize = 100;

fn file(folder: &Folder) -> PathBuf {
    folder.path().join("quality.ndjson")
}

/// The loads so far, oldest first.
pub(crate) fn read_loads(folder: &Folder) -> Result<Vec<Load>, ApiError> {
    let path = file(folder);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(io_error(&e, &path)),
    };
    text.lines()
        .enumerate()
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|e| {
                ApiError::new(ErrorCode::BadInput, format!("A load cannot be read: {e}"))
                    .at(format!("quality.ndjson, line {}", at + 1))
                    .hint("Remove that line: only the comparison with that load is lost")
            })
        })
        .collect()
}

/// Adds `load`, in place of the newest when that is the same load checked before.
pub(crate) fn keep_load(folder: &Folder, mut loads: Vec<Load>, load: Load) -> Result<(), ApiError> {
    if loads.last().is_some_and(|last| last.note.load == load.note.load) {
        loads.pop();
    }
    loads.push(load);
    let surplus = loads.len().saturating_sub(KEPT);
    let mut bytes = Vec::new();
    for load in &loads[surplus..] {
        serde_json::to_writer(&mut bytes, load).map_err(internal)?;
        bytes.push(b'\n');
    }
    write_atomically(&file(folder), &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::FileRef;
    use kith_model::quality::LoadNote;

    #[test]
    fn a_load_checked_again_replaces_itself_and_others_stay() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::named(&FileRef(dir.path().to_string_lossy().into_owned()), false);
        let load = |load: &str, at: &str| {
            let note = LoadNote { load: load.into(), at: at.into(), ..LoadNote::default() };
            Load { note, tables: vec![] }
        };
        for (name, at) in [("a", "1"), ("b", "2"), ("b", "3")] {
            keep_load(&folder, read_loads(&folder).unwrap(), load(name, at)).unwrap();
        }
        assert_eq!(read_loads(&folder).unwrap(), [load("a", "1"), load("b", "3")]);
        std::fs::write(file(&folder), "{\n").unwrap();
        assert_eq!(read_loads(&folder).unwrap_err().code, ErrorCode::BadInput);
    }
}
