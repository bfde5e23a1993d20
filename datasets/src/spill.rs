//! Sorting more rows than fit in memory: weekly heaps on disk, sorted one at a time.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::PathBuf;

use crate::clock::{DAY, START, TODAY};
use crate::error::DatasetError;

const WEEK: i64 = 7 * DAY;
/// Bytes of a heap kept in memory.
const HEAP: usize = 1 << 18;

/// A fault inside a spilled piece of text: its kind, and the line of the piece it is on, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub kind: u8,
    pub line: u8,
}

/// Pieces of text with the time they belong to, to be read back newest first.
pub(crate) struct Spill {
    prefix: PathBuf,
    heaps: Vec<Vec<u8>>,
    on_disk: Vec<bool>,
}

impl Spill {
    /// Heaps that overflow go to files named `prefix` and a number.
    pub(crate) fn new(prefix: PathBuf) -> Self {
        let weeks = ((TODAY - START) / WEEK + 1) as usize;
        Spill { prefix, heaps: vec![Vec::new(); weeks], on_disk: vec![false; weeks] }
    }

    fn path(&self, week: usize) -> PathBuf {
        let mut name = self.prefix.clone().into_os_string();
        name.push(format!("-{week}"));
        PathBuf::from(name)
    }

    /// Adds a piece. `key` orders pieces of the same week; it must grow with time.
    pub(crate) fn push(
        &mut self,
        at: i64,
        key: u64,
        mark: Option<Mark>,
        text: &str,
    ) -> Result<(), DatasetError> {
        let week = ((at - START) / WEEK).clamp(0, self.heaps.len() as i64 - 1) as usize;
        let heap = &mut self.heaps[week];
        heap.extend_from_slice(&key.to_le_bytes());
        heap.extend_from_slice(&mark.map_or([0, 0], |mark| [mark.kind, mark.line]));
        heap.extend_from_slice(&(text.len() as u32).to_le_bytes());
        heap.extend_from_slice(text.as_bytes());
        if heap.len() < HEAP {
            return Ok(());
        }
        let path = self.path(week);
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(DatasetError::io("create", &path))?;
        file.write_all(&self.heaps[week]).map_err(DatasetError::io("write", &path))?;
        self.heaps[week].clear();
        self.on_disk[week] = true;
        Ok(())
    }

    /// Hands every piece to `take`, newest first, and removes the heaps.
    pub(crate) fn drain(
        mut self,
        mut take: impl FnMut(&str, Option<Mark>) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        for week in (0..self.heaps.len()).rev() {
            let mut heap = Vec::new();
            let path = self.path(week);
            if self.on_disk[week] {
                File::open(&path)
                    .and_then(|mut file| file.read_to_end(&mut heap))
                    .map_err(DatasetError::io("read", &path))?;
                std::fs::remove_file(&path).map_err(DatasetError::io("remove", &path))?;
            }
            heap.append(&mut self.heaps[week]);
            let mut pieces: Vec<(u64, [u8; 2], &[u8])> = Vec::new();
            let mut rest = &heap[..];
            while let Some((head, tail)) = rest.split_first_chunk::<14>() {
                let [a, b, c, d, e, f, g, h, kind, line, l0, l1, l2, l3] = *head;
                let key = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
                let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
                let (text, next) = tail.split_at(length);
                pieces.push((key, [kind, line], text));
                rest = next;
            }
            pieces.sort_by_key(|&(key, _, _)| std::cmp::Reverse(key));
            for (_, [kind, line], text) in pieces {
                let mark = (kind != 0).then_some(Mark { kind, line });
                // Written from `&str` above.
                take(&String::from_utf8_lossy(text), mark)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_newest_first_even_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(folder.path().join("orders"));
        let long = "x".repeat(12_000);
        for key in 0..3000_u64 {
            let at = START + (key as i64 * 7919 % 3000) * 20_000;
            let mark = (key == 17).then_some(Mark { kind: 2, line: 1 });
            spill.push(at, at as u64, mark, &format!("{at} {long}")).unwrap();
        }
        assert!(spill.on_disk.iter().any(|&on_disk| on_disk));
        let mut seen = Vec::new();
        let mut marks = 0;
        spill
            .drain(|text, mark| {
                seen.push(text.split(' ').next().unwrap().parse::<i64>().unwrap());
                marks += usize::from(mark == Some(Mark { kind: 2, line: 1 }));
                Ok(())
            })
            .unwrap();
        assert_eq!((seen.len(), marks), (3000, 1));
        assert!(seen.windows(2).all(|pair| pair[0] >= pair[1]));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
