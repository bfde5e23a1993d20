//! A gzip writer whose bytes depend on its input and level alone.
//!
//! `flate2` picks one of several compressors by the features other crates ask for, so the same
//! program may write other bytes in another build. This one always uses the same, and writes a
//! header without time or file name (RFC 1952).

use std::io::{self, Write};

use flate2::Crc;
use miniz_oxide::deflate::core::CompressorOxide;
use miniz_oxide::deflate::stream::deflate;
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

/// Compresses into `inner`.
pub(crate) struct GzipWriter<W: Write> {
    inner: W,
    state: Box<CompressorOxide>,
    crc: Crc,
    buffer: Vec<u8>,
}

impl<W: Write> GzipWriter<W> {
    /// Writes the header. `level` is 1 (fast) to 9 (small).
    pub(crate) fn new(mut inner: W, level: u8) -> io::Result<Self> {
        inner.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])?;
        let mut state = Box::<CompressorOxide>::default();
        state.set_format_and_level(DataFormat::Raw, level);
        Ok(GzipWriter { inner, state, crc: Crc::new(), buffer: vec![0; 1 << 16] })
    }

    fn push(&mut self, mut input: &[u8], flush: MZFlush) -> io::Result<()> {
        loop {
            let step = deflate(&mut self.state, input, &mut self.buffer, flush);
            self.inner.write_all(&self.buffer[..step.bytes_written])?;
            input = &input[step.bytes_consumed..];
            let ended = matches!(step.status, Ok(MZStatus::StreamEnd));
            if ended || (flush == MZFlush::None && input.is_empty()) {
                return Ok(());
            }
            if step.status.is_err() {
                return Err(io::Error::other("the compressor stopped"));
            }
        }
    }

    /// Writes the trailer and gives the inner writer back.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.push(&[], MZFlush::Finish)?;
        self.inner.write_all(&self.crc.sum().to_le_bytes())?;
        self.inner.write_all(&self.crc.amount().to_le_bytes())?;
        Ok(self.inner)
    }
}

impl<W: Write> Write for GzipWriter<W> {
    fn write(&mut self, input: &[u8]) -> io::Result<usize> {
        self.crc.update(input);
        if !input.is_empty() {
            self.push(input, MZFlush::None)?;
        }
        Ok(input.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn gzip(text: &[u8], chunk: usize, level: u8) -> Vec<u8> {
        let mut writer = GzipWriter::new(Vec::new(), level).unwrap();
        for part in text.chunks(chunk) {
            writer.write_all(part).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn others_can_read_it() {
        let text: Vec<u8> =
            (0..300_000_u32).flat_map(|n| (n % 997 * (n % 89)).to_le_bytes()).collect();
        for level in [1, 9] {
            let packed = gzip(&text, 70_000, level);
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut back).unwrap();
            assert!(back == text && packed.len() < text.len());
        }
        assert_eq!(gzip(b"", 1, 9), gzip(b"", 9, 9));
    }
}
