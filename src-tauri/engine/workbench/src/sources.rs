//! Files on their way into a project: looked at, recognised, added, paged.

use crate::error::{ingest_error, query_error, store_error, usage};
use crate::mappings::Known;
use crate::page::count;
use crate::session::Session;
use kith_api::{ApiError, RowsAsk, RowsPage, TableInfo, TableRef};
use kith_ingest::Detected;
use kith_model::mapping::Mapping;
use kith_model::source::{
    ColumnInfo, ColumnProfile, Evidence, FileFormat, Inspection, Part, Source, SourcesSummary,
};
use kith_model::{Command, FileRef, Monitor, SourceId, Stage};
use kith_sql::TableName;
use kith_store::{PageAsk, PageSource, Store, StoreOptions};
use std::path::Path;

/// Rows a page may hold.
const PAGE_LIMIT: u32 = 2000;

/// Looks at a file.
pub(crate) fn inspect(file: &FileRef) -> Result<Inspection, ApiError> {
    let path = Path::new(&file.0);
    let detected = kith_ingest::inspect(path).map_err(|e| ingest_error(&e))?;
    let mut seen = inspection(file, detected);
    if seen.source.format == FileFormat::Parquet {
        preview_parquet(&mut seen, path)?;
    }
    Ok(seen)
}

/// Looks at a file the way its user wants it read.
pub(crate) fn inspect_as(source: &Source) -> Result<Inspection, ApiError> {
    let path = Path::new(&source.file.0);
    let detected = kith_ingest::inspect_as(path, source.format, &source.options)
        .map_err(|e| ingest_error(&e))?;
    let mut seen = inspection(&source.file, detected);
    seen.source.id = source.id.clone();
    seen.source.title.clone_from(&source.title);
    Ok(seen)
}

/// Looks at every table of a file. One that cannot be read is left out, with a word in the
/// evidence of the first; only when none can be read that is an error.
pub(crate) fn inspect_all(file: &FileRef) -> Result<Vec<Inspection>, ApiError> {
    let first = inspect(file)?;
    if first.parts.len() < 2 {
        return Ok(vec![first]);
    }
    let (mut tables, mut left_out) = (Vec::new(), Vec::new());
    for part in &first.parts {
        match inspect_part(part) {
            Ok(seen) => tables.push(seen),
            Err(error) => left_out.push((part.name.clone(), error)),
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

fn inspect_part(part: &Part) -> Result<Inspection, ApiError> {
    let (name, inside) = (part.file.name(), part.name.as_str());
    let stem = name.split('.').next().unwrap_or(name);
    // A member of an archive is called like its file already.
    let whole = name == inside;
    let (slug, title) = match whole {
        true => (stem.to_owned(), name.to_owned()),
        false => (format!("{stem} {inside}"), format!("{name} · {inside}")),
    };
    let mut seen = inspect_as(&Source {
        id: SourceId::slug(&slug),
        title,
        file: part.file.clone(),
        format: part.format,
        options: part.options.clone(),
        preset: None,
    })?;
    if let Some(preset) = &seen.source.preset {
        seen.source.id = SourceId::slug(preset);
    }
    Ok(seen)
}

fn inspection(file: &FileRef, detected: Detected) -> Inspection {
    let name = file.name().to_owned();
    let columns: Vec<ColumnInfo> = detected
        .header
        .iter()
        .map(|column| ColumnInfo { name: column.clone(), sql_type: "VARCHAR".to_owned() })
        .collect();
    let mut evidence = detected.evidence;
    let recognised = kith_mapping::recognise(&name, &columns);
    let preset = recognised.map(|found| {
        evidence.push(found.evidence);
        found.preset.id.clone()
    });
    let stem = name.split('.').next().unwrap_or(&name);
    let source = Source {
        id: SourceId::slug(preset.as_deref().unwrap_or(stem)),
        title: name,
        file: file.clone(),
        format: detected.format,
        options: detected.options,
        preset,
    };
    Inspection {
        source,
        evidence,
        columns,
        raw_lines: detected.raw_lines,
        rows: detected.rows,
        bytes: detected.bytes,
        parts: detected.parts,
    }
}

/// Columns and first rows of a Parquet file, which only DuckDB reads.
fn preview_parquet(seen: &mut Inspection, path: &Path) -> Result<(), ApiError> {
    let store = Store::in_memory(&StoreOptions::default()).map_err(store_error)?;
    let sql = kith_ingest::parquet_preview_sql(path);
    let place = || seen.source.title.clone();
    seen.columns = store.columns(&sql).map_err(|e| query_error(e).at(place()))?;
    let ask = PageAsk::first(PageSource::Query(sql), 50);
    let page = store.page(&ask).map_err(|e| query_error(e).at(place()))?;
    seen.rows = crate::page::decode(&page.arrow)?;
    Ok(())
}

/// Why a loaded source is read the way it is.
pub(crate) fn evidence(source: &Source, path: &Path) -> Vec<Evidence> {
    let options = match source.format {
        FileFormat::Delimited => source.options.clone(),
        // Only what picks the table: options once decided would all be called set by hand.
        _ => source.options.selection(),
    };
    kith_ingest::inspect_as(path, source.format, &options)
        .map(|d| inspection(&source.file, d).evidence)
        .unwrap_or_default()
}

/// Adds files in one step of the history: presets mapped and accepted, others with suggestions.
pub(crate) fn add_files(
    session: &Session,
    files: &[FileRef],
    known: &Known,
) -> Result<u64, ApiError> {
    let command = add_command(&session.document().sources, files, known)?;
    session.apply(command)
}

/// Adds sources that were inspected, and perhaps changed, beforehand.
pub(crate) fn add_sources(
    session: &Session,
    sources: &[Source],
    known: &Known,
) -> Result<u64, ApiError> {
    let seen = sources.iter().map(inspect_as).collect::<Result<Vec<_>, _>>()?;
    let command = add_inspected(&session.document().sources, seen, known)?;
    session.apply(command)
}

/// The command that adds files beside those already there, each of their tables as a source.
pub(crate) fn add_command(
    present: &[Source],
    files: &[FileRef],
    known: &Known,
) -> Result<Command, ApiError> {
    let mut seen = Vec::new();
    for file in files {
        seen.extend(inspect_all(file)?);
    }
    add_inspected(present, seen, known)
}

fn add_inspected(
    present: &[Source],
    seen: Vec<Inspection>,
    known: &Known,
) -> Result<Command, ApiError> {
    // The table of refused rows is called so.
    let mut taken = vec![SourceId("reject".to_owned())];
    taken.extend(present.iter().map(|s| s.id.clone()));
    let mut commands = Vec::new();
    for seen in seen {
        let seen = known.recognise(seen);
        let mut source = seen.source.clone();
        source.id = free_id(&source.id, &taken);
        taken.push(source.id.clone());
        let mapping = known.begin(&seen);
        commands.push(Command::AddSource { source, mapping: Some(mapping) });
    }
    if commands.len() == 1 {
        return commands.pop().ok_or_else(|| usage("No file was named"));
    }
    if commands.is_empty() {
        return Err(usage("No file was named"));
    }
    Ok(Command::Batch { title: format!("Add {} sources", commands.len()), commands })
}

fn free_id(wanted: &SourceId, taken: &[SourceId]) -> SourceId {
    if !taken.contains(wanted) {
        return wanted.clone();
    }
    let mut number = 2;
    loop {
        let id = SourceId(format!("{}_{number}", wanted.0));
        if !taken.contains(&id) {
            return id;
        }
        number += 1;
    }
}

/// Suggested links for a source, from its full profile where it is loaded, and its columns.
pub(crate) fn suggestions(
    session: &Session,
    id: &SourceId,
) -> Result<(Mapping, Vec<ColumnInfo>), ApiError> {
    let document = session.document();
    let source =
        document.source(id).ok_or_else(|| usage(format!("There is no source named {id}")))?;
    let summary: Option<SourcesSummary> = session.results.summary(Stage::Sources)?;
    let loaded = summary.and_then(|s| s.sources.into_iter().find(|s| &s.id == id));
    Ok(match loaded {
        Some(loaded) => {
            let table = TableName::new("src", id.0.clone());
            let rows = sample(&session.store, &table, &loaded.columns)?;
            (kith_mapping::suggest(&loaded.columns, &rows), infos(&loaded.columns))
        }
        None => {
            let seen = inspect_as(source)?;
            (first_suggestions(&seen), seen.columns)
        }
    })
}

/// Suggestions out of an inspection's few rows.
pub(crate) fn first_suggestions(seen: &Inspection) -> Mapping {
    let profiles = kith_mapping::profiles(&seen.columns, &seen.rows);
    kith_mapping::suggest(&profiles, &seen.rows)
}

fn infos(profiles: &[ColumnProfile]) -> Vec<ColumnInfo> {
    let info =
        |c: &ColumnProfile| ColumnInfo { name: c.name.clone(), sql_type: c.sql_type.clone() };
    profiles.iter().map(info).collect()
}

/// Some rows of a loaded table, cells in the order of `profiles`.
pub(crate) fn sample(
    store: &Store,
    table: &TableName,
    profiles: &[ColumnProfile],
) -> Result<Vec<Vec<Option<String>>>, ApiError> {
    let sql = kith_mapping::sample_sql(table, &infos(profiles));
    let frame = store.frame(&sql, &kith_model::Quiet).map_err(store_error)?;
    Ok(kith_mapping::sample_rows(&frame))
}

/// A page of rows.
pub(crate) fn rows(session: &Session, ask: &RowsAsk) -> Result<RowsPage, ApiError> {
    if ask.limit == 0 || ask.limit > PAGE_LIMIT {
        return Err(usage(format!("Ask for 1 to {PAGE_LIMIT} rows at a time")));
    }
    let from = match &ask.table {
        TableRef::Source { id } => PageSource::Table {
            name: TableName::new("src", id.0.clone()),
            hidden: vec!["_row".to_owned()],
        },
        TableRef::Rejects { id } => PageSource::Query(kith_ingest::rejects_sql(id)),
        TableRef::Named { schema, name } => {
            PageSource::table(TableName::new(schema.as_str(), name.as_str()))
        }
        TableRef::Query { sql } => {
            PageSource::Query(session.store.read_only(sql).map_err(query_error)?)
        }
    };
    let page = session
        .store
        .page(&PageAsk {
            from,
            order: ask.order.as_ref().map(|o| (o.column.clone(), o.descending)),
            filters: ask.filters.clone(),
            find: ask.find.clone(),
            offset: ask.offset,
            limit: ask.limit,
        })
        .map_err(query_error)?;
    Ok(RowsPage { offset: ask.offset, total: page.total, columns: page.columns, arrow: page.arrow })
}

/// The tables a user may look at.
pub(crate) fn tables(session: &Session) -> Result<Vec<TableInfo>, ApiError> {
    let stored = session.store.tables().map_err(store_error)?;
    Ok(stored
        .into_iter()
        .filter(|table| table.schema != "kith")
        .map(|t| TableInfo { schema: t.schema, name: t.name, rows: t.rows, columns: t.columns })
        .collect())
}

/// Rows found, loaded and refused of a loaded source.
pub(crate) fn counts(store: &Store, source: &Source) -> Result<[u64; 3], ApiError> {
    let frame =
        store.frame(&kith_ingest::counts_sql(source), &kith_model::Quiet).map_err(store_error)?;
    Ok(["rows_in", "loaded", "rejected"].map(|name| count(&frame, name)))
}

/// What is known of each column of a loaded source.
pub(crate) fn profile(
    store: &Store,
    source: &Source,
    columns: &[ColumnInfo],
    monitor: &dyn Monitor,
) -> Result<Vec<ColumnProfile>, ApiError> {
    let shown: Vec<ColumnInfo> = columns.iter().filter(|c| c.name != "_row").cloned().collect();
    let mut frames = Vec::new();
    for sql in kith_ingest::profile_sql(source, &shown) {
        frames.push(store.frame(&sql, monitor).map_err(store_error)?);
    }
    kith_ingest::profile(&shown, &frames).map_err(|e| ingest_error(&e))
}
