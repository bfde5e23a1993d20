//! Looking at files before they are added: what they are, which tables they hold, how each would
//! be read.

use crate::error::{ingest_error, query_error, store_error, usage};
use crate::secrets;
use kith_api::{ApiError, ErrorCode};
use kith_ingest::Detected;
use kith_model::source::{Evidence, FileFormat, Inspection, Nested, Part, ReadOptions, Source};
use kith_model::{Column, FileRef, Quiet, SourceId};
use kith_store::{PageAsk, PageSource, Store, StoreOptions};
use std::collections::VecDeque;
use std::path::Path;

/// Rows shown of what only DuckDB reads.
const SHOWN: u32 = 50;

/// Looks at a file.
pub(crate) fn inspect(file: &FileRef) -> Result<Inspection, ApiError> {
    let detected = kith_ingest::inspect(&secrets::place(file)).map_err(|e| ingest_error(&e))?;
    let seen = inspection(&secrets::without(file), detected)?;
    unfolded(seen)
}

/// Looks at a file the way its user wants it read.
pub(crate) fn inspect_as(source: &Source) -> Result<Inspection, ApiError> {
    let place = secrets::place(&source.file);
    let detected = kith_ingest::inspect_as(&place, source.format, &source.options)
        .map_err(|e| ingest_error(&e))?;
    let mut seen = inspection(&secrets::without(&source.file), detected)?;
    seen.source.id = source.id.clone();
    seen.source.title.clone_from(&source.title);
    Ok(seen)
}

/// Nested fields as columns, unless it is a known export: those are mapped as they are.
fn unfolded(seen: Inspection) -> Result<Inspection, ApiError> {
    let may = matches!(
        seen.source.format,
        FileFormat::Json | FileFormat::Ndjson | FileFormat::Parquet | FileFormat::Duckdb
    );
    let nested = |sql_type: &str| sql_type.ends_with(']') || sql_type.starts_with("STRUCT(");
    let flat = !seen.columns.iter().any(|column| nested(&column.sql_type));
    if !may || flat || seen.source.preset.is_some() || seen.source.options.nested.is_some() {
        return Ok(seen);
    }
    let selected = seen.source.options.selection();
    let several = seen.parts.len() > 1;
    // What detection chose among several tables is to be told as its choice.
    let records = if several { selected.records.clone() } else { None };
    let options = ReadOptions { nested: Some(Nested::Columns), records, ..selected };
    let again = inspect_as(&Source { options, ..seen.source.clone() })?;
    Ok(Inspection { parts: seen.parts, ..again })
}

/// Looks at every table of a file. One that cannot be read is left out, with a word in the
/// evidence of the first; only when none can be read that is an error.
pub(crate) fn inspect_all(file: &FileRef) -> Result<Vec<Inspection>, ApiError> {
    let first = inspect(file)?;
    if first.parts.len() < 2 {
        return Ok(vec![first]);
    }
    let (mut tables, mut left_out) = (Vec::new(), Vec::new());
    // A member of an archive, or a file of a folder, may itself hold several tables.
    let mut waiting: VecDeque<Part> = first.parts.iter().cloned().collect();
    while let Some(part) = waiting.pop_front() {
        match inspect_part(&part) {
            Ok(seen) if seen.parts.len() > 1 && part.options.table.is_none() && inside(&seen) => {
                seen.parts.into_iter().rev().for_each(|part| waiting.push_front(part));
            }
            Ok(seen) => tables.push(seen),
            Err(error) => left_out.push((part.name, error)),
        }
    }
    match (tables.first_mut(), left_out.into_iter()) {
        (Some(seen), left_out) => seen.evidence.extend(left_out.map(|(value, error)| Evidence {
            about: "left out".to_owned(),
            value,
            reason: error.to_string(),
        })),
        (None, mut left_out) => {
            return Err(left_out.next().map_or_else(|| usage("No file was named"), |out| out.1));
        }
    }
    Ok(tables)
}

/// A text file whose tables are told apart by their number.
fn inside(seen: &Inspection) -> bool {
    seen.source.format == FileFormat::Delimited
        && seen.parts.iter().all(|part| part.options.table.is_some())
}

fn inspect_part(part: &Part) -> Result<Inspection, ApiError> {
    let (name, inside) = (title_of(&part.file), part.name.as_str());
    let stem = name.split('.').next().unwrap_or(&name).to_owned();
    // A member of an archive or a folder is called like its file already.
    let (slug, title) = match name == inside {
        true => (stem, name),
        false => (format!("{stem} {inside}"), format!("{name} · {inside}")),
    };
    let seen = inspect_as(&Source {
        id: SourceId::slug(&slug),
        title,
        file: part.file.clone(),
        format: part.format,
        options: part.options.clone(),
        preset: None,
    })?;
    let mut seen = unfolded(seen)?;
    if part.format == FileFormat::Delimited && part.options.table.is_some() {
        // Lines of the file, that move when a table above grows: found anew at each load.
        seen.source.options.skip_lines = None;
        seen.source.options.footer_lines = None;
    }
    if let Some(preset) = &seen.source.preset {
        seen.source.id = SourceId::slug(preset);
    }
    Ok(seen)
}

/// A file's name; of a server its database and host.
fn title_of(file: &FileRef) -> String {
    if kith_ingest::is_address(&file.0) {
        kith_ingest::server_title(&file.0)
    } else {
        file.name().to_owned()
    }
}

fn inspection(file: &FileRef, mut detected: Detected) -> Result<Inspection, ApiError> {
    let file = detected.parts.first().map_or(file, |part| &part.file).clone();
    match detected.format {
        FileFormat::Parquet => preview_parquet(&mut detected, &file)?,
        FileFormat::Duckdb => preview_duckdb(&mut detected, &file)?,
        _ => {}
    }
    let name = title_of(&file);
    let mut evidence = detected.evidence;
    let recognised = kith_mapping::recognise(&name, &detected.columns);
    let preset = recognised.map(|found| {
        evidence.push(found.evidence);
        found.preset.id.clone()
    });
    let stem = name.split('.').next().unwrap_or(&name);
    let source = Source {
        id: SourceId::slug(preset.as_deref().unwrap_or(stem)),
        title: name,
        file,
        format: detected.format,
        options: detected.options,
        preset,
    };
    Ok(Inspection {
        source,
        evidence,
        columns: detected.columns,
        raw_lines: detected.raw_lines,
        rows: detected.rows,
        bytes: detected.bytes,
        parts: detected.parts,
    })
}

/// Columns and first rows of a query over a file, which only DuckDB reads.
fn preview(
    store: &Store,
    sql: String,
    seen: &mut Detected,
    file: &FileRef,
) -> Result<(), ApiError> {
    let failed = |e| query_error(e).at(title_of(file));
    let columns = store.columns(&sql).map_err(failed)?;
    let flat = kith_ingest::flat_view(&title_of(file), &sql, &columns, &seen.options)
        .map_err(|e| ingest_error(&e))?;
    let (sql, columns) = flat.unwrap_or((sql, columns));
    seen.columns = columns;
    let page = store.page(&PageAsk::first(PageSource::Query(sql), SHOWN)).map_err(failed)?;
    seen.rows = crate::page::decode(&page.arrow)?;
    Ok(())
}

/// Of several files the first is shown.
fn preview_parquet(seen: &mut Detected, file: &FileRef) -> Result<(), ApiError> {
    let files = kith_ingest::files(Path::new(&file.0)).map_err(|e| ingest_error(&e))?;
    let Some(first) = files.first() else { return Ok(()) };
    let store = Store::in_memory(&StoreOptions::default()).map_err(store_error)?;
    preview(&store, kith_ingest::parquet_preview_sql(first), seen, file)
}

fn preview_duckdb(seen: &mut Detected, file: &FileRef) -> Result<(), ApiError> {
    let path = Path::new(&file.0);
    let store = Store::in_memory(&StoreOptions::default()).map_err(store_error)?;
    store.run(&kith_ingest::attach(path), &Quiet).map_err(|_| {
        ApiError::new(ErrorCode::BadInput, "The DuckDB file cannot be opened for reading")
            .at(title_of(file))
            .hint("Close it in other programs; a file of a newer DuckDB needs a newer Kith")
    })?;
    let listed = store
        .frame(&kith_ingest::attached_tables_sql(path), &Quiet)
        .map_err(|e| query_error(e).at(title_of(file)))?;
    let texts = |name: &str| listed.column(name).and_then(Column::text).unwrap_or_default();
    let tables: Vec<(String, String, String)> = texts("schema_name")
        .iter()
        .zip(texts("table_name"))
        .filter_map(|(schema, table)| {
            let (schema, table) = (schema?.to_owned(), table?.to_owned());
            let shown = if schema == "main" { table.clone() } else { format!("{schema}.{table}") };
            Some((shown, schema, table))
        })
        .collect();
    let names: Vec<String> = tables.iter().map(|(shown, ..)| shown.clone()).collect();
    let chosen = kith_ingest::choose_table(&title_of(file), &names, seen.options.table.as_deref())
        .map_err(|e| ingest_error(&e))?;
    let asked = seen.options.clone();
    seen.evidence = kith_ingest::table_evidence("DuckDB database", &names, &chosen, &asked);
    seen.options.table = Some(chosen.clone());
    seen.parts = kith_ingest::table_parts(FileFormat::Duckdb, file, &names);
    let found = tables.iter().find(|(shown, ..)| *shown == chosen);
    let (schema, table) = found.map_or(("main", ""), |(_, schema, table)| (schema, table));
    let sql = kith_ingest::attached_rows_sql(path, (schema, table));
    let shown = preview(&store, sql, seen, file);
    // The file is let go of before the database in memory is.
    store.run(&kith_ingest::detach(path), &Quiet).map_err(store_error)?;
    shown
}

/// Why a loaded source is read the way it is.
pub(crate) fn evidence(source: &Source) -> Vec<Evidence> {
    let options = match source.format {
        FileFormat::Delimited => source.options.clone(),
        // Only what picks the table: options once decided would all be called set by hand.
        _ => source.options.selection(),
    };
    inspect_as(&Source { options, ..source.clone() }).map(|seen| seen.evidence).unwrap_or_default()
}
