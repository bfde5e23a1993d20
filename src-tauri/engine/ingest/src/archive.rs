//! ZIP archives: their members, each read as if it lay in a folder of that name.
//!
//! A member is named by a path through the archive: `exports.zip/2026/orders.csv`.

use crate::error::{IngestError, name_of};
use flate2::Crc;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};
use std::path::{Path, PathBuf};
use zip::{CompressionMethod, ZipArchive};

/// Most members looked at.
const MOST: usize = 1000;

/// The archive a path leads through, and the member in it; none for a path that is no such.
pub(crate) fn split(path: &Path) -> Option<(PathBuf, String)> {
    if path.exists() {
        return None;
    }
    let archive = path.ancestors().skip(1).find(|above| above.is_file())?;
    let inside = path.strip_prefix(archive).ok()?;
    let steps: Vec<_> = inside.iter().map(|step| step.to_string_lossy()).collect();
    Some((archive.to_owned(), steps.join("/")))
}

/// True for a file that begins like an archive.
pub(crate) fn is_archive(path: &Path) -> bool {
    let mut magic = [0; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok()
        && matches!(magic, [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6])
}

fn open_archive(path: &Path) -> Result<ZipArchive<BufReader<File>>, IngestError> {
    let file = File::open(path).map_err(|error| IngestError::reading(path, &error))?;
    ZipArchive::new(BufReader::new(file)).map_err(|_| damaged(path))
}

fn damaged(path: &Path) -> IngestError {
    let what = "the archive is cut off or garbled".to_owned();
    IngestError::Damaged { file: name_of(path), what }
}

/// Members that may hold data, in the archive's order: no folders, nothing that systems put in by
/// themselves.
///
/// # Errors
/// [`IngestError`] for an archive that is damaged or holds no member.
pub(crate) fn members(path: &Path) -> Result<Vec<String>, IngestError> {
    let archive = open_archive(path)?;
    let data = |name: &str| {
        let base = name.rsplit('/').next().unwrap_or(name);
        !base.is_empty()
            && !base.starts_with('.')
            && !name.starts_with("__MACOSX/")
            && !base.eq_ignore_ascii_case("thumbs.db")
    };
    let names: Vec<String> = archive
        .file_names()
        .flatten()
        .filter(|name| data(name))
        .take(MOST)
        .map(std::borrow::Cow::into_owned)
        .collect();
    if names.is_empty() {
        return Err(IngestError::Empty { file: name_of(path) });
    }
    Ok(names)
}

/// A member's size in the archive, and its unpacked bytes.
pub(crate) fn open_member(path: &Path, member: &str) -> Result<(u64, Box<dyn Read>), IngestError> {
    let mut archive = open_archive(path)?;
    let at = archive
        .index_for_name(member)
        .ok_or_else(|| IngestError::NoMember { file: name_of(path), member: member.to_owned() })?;
    let found = archive.by_index_raw(at).map_err(|_| damaged(path))?;
    if found.encrypted() {
        return Err(IngestError::Locked { file: name_of(path) });
    }
    let start = found.data_start().ok_or_else(|| damaged(path))?;
    let (size, method, crc) = (found.compressed_size(), found.compression(), found.crc32());
    drop(found);
    let failed = |error: std::io::Error| IngestError::reading(path, &error);
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(start)).map_err(failed)?;
    let packed: Take<BufReader<File>> = BufReader::new(file).take(size);
    let unpacked: Box<dyn Read> = match method {
        CompressionMethod::Stored => Box::new(packed),
        CompressionMethod::Deflated => Box::new(flate2::bufread::DeflateDecoder::new(packed)),
        CompressionMethod::Zstd => {
            Box::new(zstd::stream::read::Decoder::new(packed).map_err(failed)?)
        }
        other => {
            let what = format!("it is packed by a method not known here, {other:?}");
            return Err(IngestError::Damaged { file: name_of(path), what });
        }
    };
    Ok((size, Box::new(Checked { inner: unpacked, crc: Crc::new(), expected: crc })))
}

/// Fails at the end when the bytes are not those that were packed.
struct Checked {
    inner: Box<dyn Read>,
    crc: Crc,
    expected: u32,
}

impl Read for Checked {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(to)?;
        self.crc.update(&to[..read]);
        if read == 0 && !to.is_empty() && self.crc.sum() != self.expected {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        Ok(read)
    }
}

/// The file on disk that holds what `path` names: the archive for a member of one, else the path
/// itself.
pub fn backing_file(path: &Path) -> PathBuf {
    split(path).map_or_else(|| path.to_owned(), |(archive, _)| archive)
}
