//! Opening a file whatever it is compressed with.

use crate::archive;
use crate::error::{IngestError, name_of};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// How a file's bytes are packed, told by its first bytes, not by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
    /// A member of an archive, whatever packs it.
    Zip,
}

impl Compression {
    fn of(magic: &[u8]) -> Self {
        match magic {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::None,
        }
    }

    /// DuckDB's name for it.
    pub(crate) fn duckdb(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zip => "zip",
        }
    }

    /// DuckDB unpacks it itself.
    pub(crate) fn known_to_duckdb(self) -> bool {
        self != Self::Zip
    }
}

/// An opened file's unpacked bytes.
pub(crate) struct Opened {
    pub(crate) compression: Compression,
    /// Size on disk.
    pub(crate) bytes: u64,
    pub(crate) reader: Box<dyn Read>,
}

/// Opens `path`: a file, not empty, not a folder.
pub(crate) fn open(path: &Path) -> Result<Opened, IngestError> {
    let failed = |error: std::io::Error| IngestError::reading(path, &error);
    if let Some((archive, member)) = archive::split(path) {
        let (bytes, mut packed) = archive::open_member(&archive, &member)?;
        let mut magic = Vec::new();
        Read::by_ref(&mut packed).take(4).read_to_end(&mut magic).map_err(failed)?;
        if magic.is_empty() {
            return Err(IngestError::Empty { file: name_of(path) });
        }
        let inner = Compression::of(&magic);
        let packed = std::io::Cursor::new(magic).chain(packed);
        let reader = unpacked(inner, packed).map_err(failed)?;
        return Ok(Opened { compression: Compression::Zip, bytes, reader });
    }
    let meta = std::fs::metadata(path).map_err(failed)?;
    if meta.is_dir() {
        return Err(IngestError::Folder { file: name_of(path) });
    }
    let mut file = File::open(path).map_err(failed)?;
    let mut magic = Vec::new();
    Read::by_ref(&mut file).take(4).read_to_end(&mut magic).map_err(failed)?;
    if magic.is_empty() {
        return Err(IngestError::Empty { file: name_of(path) });
    }
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let compression = Compression::of(&magic);
    let reader = unpacked(compression, file).map_err(failed)?;
    Ok(Opened { compression, bytes: meta.len(), reader })
}

fn unpacked(
    compression: Compression,
    packed: impl Read + 'static,
) -> std::io::Result<Box<dyn Read>> {
    Ok(match compression {
        Compression::None | Compression::Zip => Box::new(packed),
        Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(packed))),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
    })
}

/// Reads until `buffer` holds `want` bytes or the stream ends; true at the end.
pub(crate) fn fill(
    reader: &mut dyn Read,
    buffer: &mut Vec<u8>,
    want: usize,
) -> std::io::Result<bool> {
    let missing = want.saturating_sub(buffer.len());
    let read = reader.take(missing as u64).read_to_end(buffer)?;
    Ok(read < missing)
}
