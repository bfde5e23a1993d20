//! Workbooks that lie: the library that reads them trusts what they say of themselves.

use super::open::Fault;
use crate::error::IngestError;
use std::fs::File;
use std::io::{BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// What is wrong when the library gave up without a word.
pub(super) const SENSE: &str = "a part of it makes no sense";

/// Bytes the shortest shared text takes: `<si/>`.
const SHORTEST: u64 = 5;

/// Bytes of the shared texts in which their count stands.
const BEGINNING: u64 = 4096;

/// What a call into the library gives. A panic of its becomes an error: one garbled workbook must
/// not end a project's import.
pub(super) fn kept<T>(
    file: &str,
    call: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, IngestError> {
    catch_unwind(AssertUnwindSafe(call))
        .unwrap_or(Err(Fault::Damaged(SENSE)))
        .map_err(|fault| fault.told(file))
}

/// False when an XLSX workbook counts more shared texts than it has room for: the library makes
/// room for as many as it is told.
pub(super) fn texts_fit(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return true };
    let Ok(mut archive) = zip::ZipArchive::new(BufReader::new(file)) else { return true };
    let names: Vec<_> = archive.file_names().flatten().map(|name| name.to_string()).collect();
    names.iter().filter(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml")).all(
        |name| {
            let Ok(part) = archive.by_name(name) else { return true };
            let size = part.size();
            let mut beginning = Vec::new();
            // What cannot be unpacked is told of where it is read.
            part.take(BEGINNING).read_to_end(&mut beginning).unwrap_or_default();
            counted(&beginning).is_none_or(|count| count <= size / SHORTEST)
        },
    )
}

/// The number behind `uniqueCount`; one beyond all bounds is as many as can be.
fn counted(xml: &[u8]) -> Option<u64> {
    let at = memchr::memmem::find(xml, b"uniqueCount")? + "uniqueCount".len();
    let digits: String = xml[at..]
        .iter()
        .skip_while(|byte| {
            matches!(byte, b' ' | b'=' | b'"' | b'\'' | b'\n' | b'\r' | b'\t' | b'+')
        })
        .take_while(|byte| byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    (!digits.is_empty()).then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_of_texts_is_found() {
        assert_eq!(counted(b"<sst count=\"9\" uniqueCount=\"4\">"), Some(4));
        assert_eq!(counted(b"<sst uniqueCount = '99999999999999999999999'>"), Some(u64::MAX));
        assert_eq!(counted(b"<sst>"), None);
    }

    #[test]
    fn a_panic_is_a_damaged_file() {
        let error = kept("a.xlsx", || -> Result<(), Fault> { panic!("no folder") }).unwrap_err();
        assert!(error.to_string().contains("a.xlsx is damaged"), "{error}");
    }
}
