//! Several files as one table: those of a folder, or of a pattern. Columns meet by name.

use crate::error::{IngestError, name_of};
use crate::folder;
use crate::inspect::{Detected, SHOWN, say};
use crate::layout::Names;
use kith_model::FileRef;
use kith_model::source::{ColumnInfo, Evidence, FileFormat, Part, ReadOptions};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Share of common columns from which two files belong together.
const ALIKE: f64 = 0.5;

/// Files that belong together, in the order of their names.
struct Group {
    format: FileFormat,
    files: Vec<(PathBuf, Detected)>,
}

/// What a folder or pattern is: one table of all its files, or several tables when they have
/// little in common.
pub(crate) fn inspect(
    path: &Path,
    format: Option<FileFormat>,
    options: &ReadOptions,
) -> Result<Detected, IngestError> {
    let mut groups: Vec<Group> = Vec::new();
    let mut left_out = Vec::new();
    for file in folder::files(path)? {
        let seen = match format {
            Some(format) => crate::inspect_as(&file, format, options),
            None => crate::inspect(&file),
        };
        match seen {
            Ok(seen) => join(&mut groups, file, seen),
            Err(error) => left_out.push((name_of(&file), error)),
        }
    }
    let Some(chosen) = groups.first() else {
        let (_, error) = left_out.swap_remove(0);
        return Err(error);
    };
    let mut all = union(chosen, options);
    all.evidence.extend(left_out.iter().map(|(name, why)| say("left out", name, &why.to_string())));
    if groups.len() > 1 && format.is_none() {
        all.parts = parts(path, &groups);
    }
    Ok(all)
}

/// Puts a file to the group it belongs to: of its kind, with columns of the same names.
fn join(groups: &mut Vec<Group>, file: PathBuf, seen: Detected) {
    let names = |seen: &Detected| -> BTreeSet<String> {
        seen.columns.iter().map(|column| column.name.to_lowercase()).collect()
    };
    let own = names(&seen);
    let alike = |group: &&mut Group| {
        let first = names(&group.files[0].1);
        let common = own.intersection(&first).count() as f64;
        let all = own.union(&first).count() as f64;
        // Files whose columns only DuckDB reads belong to their like.
        group.format == seen.format && (all == 0.0 || common / all >= ALIKE)
    };
    match groups.iter_mut().find(alike) {
        Some(group) => group.files.push((file, seen)),
        None => groups.push(Group { format: seen.format, files: vec![(file, seen)] }),
    }
}

/// One table of a group.
fn union(group: &Group, options: &ReadOptions) -> Detected {
    let mut columns: Vec<ColumnInfo> = Vec::new();
    let mut held: BTreeMap<String, usize> = BTreeMap::new();
    for (_, seen) in &group.files {
        for column in &seen.columns {
            let key = column.name.to_lowercase();
            match columns.iter_mut().find(|known| known.name.to_lowercase() == key) {
                None => columns.push(column.clone()),
                Some(known) if known.sql_type != column.sql_type => {
                    known.sql_type = "VARCHAR".to_owned();
                }
                Some(_) => {}
            }
            *held.entry(key).or_default() += 1;
        }
    }
    let file_column = file_column(columns.iter().map(|column| column.name.as_str()));
    let rows = rows(group, &columns);
    let evidence = evidence(group, &columns, &held, &file_column);
    if !columns.is_empty() {
        columns.push(ColumnInfo { name: file_column, sql_type: "VARCHAR".to_owned() });
    }
    let bytes = group.files.iter().map(|(_, seen)| seen.bytes).sum();
    let first = &group.files[0].1;
    Detected {
        format: group.format,
        // Each file is read in its own way, unless a user says how.
        options: options.clone(),
        evidence,
        header: columns.iter().map(|column| column.name.clone()).collect(),
        columns,
        raw_lines: first.raw_lines.clone(),
        rows,
        bytes,
        parts: Vec::new(),
    }
}

/// The column of files' names: `file`, or another when there is one already.
pub(crate) fn file_column<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let known: BTreeSet<String> = names.map(str::to_lowercase).collect();
    let mut taken = Names::new();
    for name in &known {
        taken.unique(name);
    }
    taken.unique("file")
}

fn rows(group: &Group, columns: &[ColumnInfo]) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    for (file, seen) in &group.files {
        let places: Vec<_> = columns
            .iter()
            .map(|column| {
                let key = column.name.to_lowercase();
                seen.columns.iter().position(|own| own.name.to_lowercase() == key)
            })
            .collect();
        for row in &seen.rows {
            let cell = |at: &Option<usize>| at.and_then(|at| row.get(at)).cloned().flatten();
            let mut cells: Vec<_> = places.iter().map(cell).collect();
            cells.push(Some(name_of(file)));
            rows.push(cells);
            if rows.len() == SHOWN {
                return rows;
            }
        }
    }
    rows
}

fn evidence(
    group: &Group,
    columns: &[ColumnInfo],
    held: &BTreeMap<String, usize>,
    file_column: &str,
) -> Vec<Evidence> {
    let count = group.files.len();
    let first = name_of(&group.files[0].0);
    let last = name_of(&group.files[count - 1].0);
    let reason = format!("{first} to {last}, one table; the column {file_column} says which");
    let mut all = vec![say("files", &count.to_string(), &reason)];
    let partly: Vec<_> = columns
        .iter()
        .filter_map(|column| {
            let files = *held.get(&column.name.to_lowercase())?;
            (files < count).then(|| format!("{} ({files} of {count})", column.name))
        })
        .collect();
    if !partly.is_empty() {
        let reason = format!("Missing in the rows of the other files: {}", partly.join(", "));
        all.push(say("partly", &partly.len().to_string(), &reason));
    }
    all.extend(group.files[0].1.evidence.iter().cloned());
    all
}

/// Each group as a part: a pattern that means its files, or the files one by one.
fn parts(path: &Path, groups: &[Group]) -> Vec<Part> {
    let dir = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let part = |name: String, format| Part {
        file: FileRef(dir.join(&name).to_string_lossy().into_owned()),
        name,
        format,
        options: ReadOptions::default(),
    };
    let names = |group: &Group| -> Vec<String> {
        group.files.iter().map(|(file, _)| name_of(file)).collect()
    };
    let mut parts = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let own = names(group);
        let others: Vec<String> = groups
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .flat_map(|(_, group)| names(group))
            .collect();
        let own_refs: Vec<&str> = own.iter().map(String::as_str).collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        match folder::pattern_of(&own_refs, &others).filter(|_| own.len() > 1) {
            Some(pattern) => parts.push(part(pattern, group.format)),
            None => parts.extend(own.into_iter().map(|name| part(name, group.format))),
        }
    }
    parts
}
