//! Output files: text in, plain or compressed bytes and their hash out.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

use crate::error::DatasetError;
use crate::folder::Folder;
use crate::gzip::GzipWriter;
use crate::manifest::SampleFile;

/// Text collected before it is handed on.
const CHUNK: usize = 1 << 18;

/// A file that counts and hashes what is written to it.
struct HashedFile {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl HashedFile {
    fn finish(mut self) -> io::Result<(u64, String)> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        let mut hex = String::with_capacity(64);
        for byte in self.hash.finalize() {
            let _ = write!(hex, "{byte:02x}");
        }
        Ok((self.bytes, hex))
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A text file of the sample. Names ending in `.gz` are compressed.
///
/// Text goes to a thread of its own, which compresses and writes it: the order of the bytes is
/// that of the text, whatever the threads do.
pub(crate) struct OutFile {
    name: &'static str,
    preset: Option<&'static str>,
    path: PathBuf,
    /// Where rows are appended.
    pub text: String,
    sent_lines: u64,
    sender: Option<SyncSender<String>>,
    writer: Option<JoinHandle<io::Result<(u64, String)>>>,
    pub rows: u64,
    pub rejects: u64,
    pub faults: u64,
}

impl OutFile {
    /// Starts the file `name`; `level` is that of the compression.
    pub(crate) fn create(
        folder: &Folder,
        name: &'static str,
        preset: Option<&'static str>,
        level: u8,
    ) -> Result<Self, DatasetError> {
        let path = folder.path(name);
        let file = File::create(&path).map_err(DatasetError::io("create", &path))?;
        let file = HashedFile { file: BufWriter::new(file), hash: Sha256::new(), bytes: 0 };
        let (sender, receiver) = sync_channel::<String>(4);
        let packed = name.ends_with(".gz");
        let writer = std::thread::spawn(move || {
            if packed {
                let mut gzip = GzipWriter::new(file, level)?;
                for chunk in receiver {
                    gzip.write_all(chunk.as_bytes())?;
                }
                gzip.finish()?.finish()
            } else {
                let mut file = file;
                for chunk in receiver {
                    file.write_all(chunk.as_bytes())?;
                }
                file.finish()
            }
        });
        Ok(OutFile {
            name,
            preset,
            path,
            text: String::with_capacity(CHUNK + CHUNK / 4),
            sent_lines: 0,
            sender: Some(sender),
            writer: Some(writer),
            rows: 0,
            rejects: 0,
            faults: 0,
        })
    }

    /// Line number, from 1, of the next character written.
    pub(crate) fn line(&self) -> u64 {
        self.sent_lines + count_lines(&self.text) + 1
    }

    /// Counts a row whose text has been appended, and hands on full chunks.
    pub(crate) fn end_row(&mut self) -> Result<(), DatasetError> {
        self.rows += 1;
        if self.text.len() >= CHUNK { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), DatasetError> {
        self.sent_lines += count_lines(&self.text);
        let chunk = std::mem::replace(&mut self.text, String::with_capacity(CHUNK + CHUNK / 4));
        let sent = self.sender.as_ref().is_some_and(|sender| sender.send(chunk).is_ok());
        if sent { Ok(()) } else { Err(self.failure()) }
    }

    /// Why the writing thread stopped early.
    fn failure(&mut self) -> DatasetError {
        self.sender = None;
        let stopped = || io::Error::other("the writing thread stopped");
        let source = match self.writer.take().map(JoinHandle::join) {
            Some(Ok(Err(error))) => error,
            _ => stopped(),
        };
        DatasetError::io("write", &self.path)(source)
    }

    /// Writes what is left and tells what the file became.
    pub(crate) fn finish(mut self) -> Result<SampleFile, DatasetError> {
        self.send()?;
        self.sender = None;
        let Some(writer) = self.writer.take() else { return Err(self.failure()) };
        let (bytes, sha256) = match writer.join() {
            Ok(Ok(facts)) => facts,
            Ok(Err(error)) => return Err(DatasetError::io("write", &self.path)(error)),
            Err(_) => return Err(self.failure()),
        };
        Ok(SampleFile {
            name: self.name.to_owned(),
            preset: self.preset.map(str::to_owned),
            rows: self.rows,
            rejects: self.rejects,
            faults: self.faults,
            bytes,
            sha256,
        })
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        // The thread must let go of the file before its folder is removed.
        self.sender = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn count_lines(text: &str) -> u64 {
    text.bytes().filter(|&byte| byte == b'\n').count() as u64
}
