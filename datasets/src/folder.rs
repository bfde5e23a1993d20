//! A folder that receives all of a sample or none of it.
//!
//! Everything is written into a hidden folder inside the target, and moved into place when it is
//! complete. A run that is interrupted leaves only that hidden folder, which the next run clears.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::DatasetError;
use crate::manifest::{MANIFEST, Manifest};

const STAGING: &str = ".northpeak.partial";

/// A folder being filled. Dropped without `commit`, it removes what it wrote.
pub(crate) struct Folder {
    target: PathBuf,
    staging: PathBuf,
    created_target: bool,
    committed: bool,
}

impl Folder {
    /// Prepares `target`, which is created if need be.
    ///
    /// # Errors
    /// `FolderNotEmpty` when it holds anything but an earlier sample; `Io` when it cannot be made.
    pub(crate) fn open(target: &Path, files: &[&str]) -> Result<Self, DatasetError> {
        let created_target = !target.exists();
        fs::create_dir_all(target).map_err(DatasetError::io("create the folder", target))?;
        refuse_foreign(target, files)?;
        let staging = target.join(STAGING);
        if staging.exists() {
            fs::remove_dir_all(&staging).map_err(DatasetError::io("clear", &staging))?;
        }
        let truth = staging.join("truth");
        fs::create_dir_all(&truth).map_err(DatasetError::io("create the folder", &truth))?;
        Ok(Folder { target: target.to_path_buf(), staging, created_target, committed: false })
    }

    /// Where to write the file `name` for now.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.staging.join(name)
    }

    /// Writes the manifest and moves everything into place, the manifest last.
    pub(crate) fn commit(mut self, manifest: &Manifest) -> Result<(), DatasetError> {
        let text = serde_json::to_string_pretty(manifest)? + "\n";
        let path = self.path(MANIFEST);
        fs::write(&path, text).map_err(DatasetError::io("write", &path))?;
        let truth = self.target.join("truth");
        fs::create_dir_all(&truth).map_err(DatasetError::io("create the folder", &truth))?;
        let names = manifest.files.iter().chain(&manifest.truth).map(|file| file.name.as_str());
        for name in names.chain([MANIFEST]) {
            let to = self.target.join(name);
            fs::rename(self.path(name), &to).map_err(DatasetError::io("move into place", &to))?;
        }
        self.committed = true;
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Best effort: the next run clears what stays behind.
        let _ = fs::remove_dir_all(&self.staging);
        if self.created_target && !self.committed {
            let _ = fs::remove_dir(&self.target);
        }
    }
}

/// Fails unless `target` is empty or holds an earlier sample and nothing else.
fn refuse_foreign(target: &Path, files: &[&str]) -> Result<(), DatasetError> {
    let mut found = Vec::new();
    let truth = target.join("truth");
    for (folder, prefix) in [(target, ""), (truth.as_path(), "truth/")] {
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(folder).map_err(DatasetError::io("list", folder))?;
        for entry in entries {
            let entry = entry.map_err(DatasetError::io("list", folder))?;
            found.push(format!("{prefix}{}", entry.file_name().to_string_lossy()));
        }
    }
    found.sort_unstable();
    let started = found.iter().any(|name| name == STAGING);
    let manifest = fs::read_to_string(target.join(MANIFEST)).ok();
    let ours = started || manifest.is_some_and(|text| Manifest::parse(&text).is_ok());
    let known = |name: &String| {
        name == STAGING || (ours && (name == "truth" || files.contains(&name.as_str())))
    };
    match found.into_iter().find(|name| !known(name)) {
        Some(found) => Err(DatasetError::FolderNotEmpty { folder: target.to_path_buf(), found }),
        None => Ok(()),
    }
}
