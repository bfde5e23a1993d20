//! Folders and patterns: which files they mean.

use crate::error::{IngestError, name_of};
use std::path::{Path, PathBuf};

/// Most files one source may be made of.
const MOST: usize = 10_000;

/// True for a path that means several files: a folder, or a pattern (`*`, `?`) that no file is
/// called.
pub(crate) fn means_several(path: &Path) -> bool {
    path.is_dir() || (!path.exists() && is_pattern(&name_of(path)))
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// The files a path means, by name: itself, those in a folder, those a pattern fits. Hidden files
/// and folders inside are left out.
///
/// # Errors
/// [`IngestError`] when a folder cannot be read, or nothing is meant.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, IngestError> {
    if !means_several(path) {
        return Ok(vec![path.to_owned()]);
    }
    let (folder, pattern) = match path.is_dir() {
        true => (path, "*".to_owned()),
        false => (path.parent().unwrap_or(path), name_of(path)),
    };
    let failed = |error: std::io::Error| IngestError::reading(folder, &error);
    let mut found = Vec::new();
    for entry in folder.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && fits(&pattern, &name) && entry.path().is_file() {
            found.push(entry.path());
        }
    }
    if found.is_empty() {
        return Err(IngestError::NoFiles { file: name_of(path) });
    }
    if found.len() > MOST {
        return Err(IngestError::TooManyFiles { file: name_of(path), most: MOST });
    }
    found.sort();
    Ok(found)
}

/// True when a name fits a pattern: `*` stands for any characters, `?` for one. Case matters, as
/// it does to file systems.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut here) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while here < name.len() {
        match pattern.get(at) {
            Some('*') => {
                retry = Some((at, here));
                at += 1;
            }
            Some(&c) if c == '?' || c == name[here] => {
                at += 1;
                here += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    retry = Some((star, from + 1));
                    at = star + 1;
                    here = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

/// A pattern that fits these names and no other of the folder's; none when there is no such.
pub(crate) fn pattern_of(names: &[&str], others: &[&str]) -> Option<String> {
    let first = names.first()?;
    let prefix = names.iter().fold(first.len(), |length, name| {
        let same = first.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        length.min(same)
    });
    let prefix = &first[..(0..=prefix).rev().find(|&at| first.is_char_boundary(at))?];
    let suffix = names.iter().fold(first.len(), |length, name| {
        let pairs = first.bytes().rev().zip(name.bytes().rev());
        length.min(pairs.take_while(|(a, b)| a == b).count())
    });
    let room = names.iter().map(|name| name.len() - prefix.len()).min().unwrap_or(0);
    let from = first.len() - suffix.min(room);
    let suffix = &first[(from..=first.len()).find(|&at| first.is_char_boundary(at))?..];
    let pattern = format!("{prefix}*{suffix}");
    let alone =
        !is_pattern(prefix) && !is_pattern(suffix) && names.iter().all(|n| fits(&pattern, n));
    (alone && !others.iter().any(|name| fits(&pattern, name))).then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_a_shell() {
        for (pattern, name, expected) in [
            ("*", "a.csv", true),
            ("*.csv", "a.csv", true),
            ("*.csv", "a.csv.gz", false),
            ("orders_*.csv*", "orders_01.csv.gz", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a*b*", "xxaxxbxx", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_group_of_names_has_a_pattern_unless_others_fit_it() {
        let names = ["orders_01.csv", "orders_02.csv", "orders_11.csv"];
        assert_eq!(pattern_of(&names, &["people.csv"]).as_deref(), Some("orders_*.csv"));
        assert_eq!(pattern_of(&names, &["orders_x.csv"]), None);
        assert_eq!(pattern_of(&["é1.csv", "è2.csv"], &[]).as_deref(), Some("*.csv"));
        assert_eq!(pattern_of(&["aa.csv", "aaa.csv"], &[]).as_deref(), Some("aa*.csv"));
    }
}
