//! Files on their way into a project: looked at, recognised, added, paged.

use crate::error::{ingest_error, query_error, store_error, usage};
pub(crate) use crate::looking::{evidence, inspect, inspect_all, inspect_as};
use crate::mappings::Known;
use crate::overlap::overlaps;
use crate::page::count;
use crate::session::Session;
use kith_api::{ApiError, RowsAsk, RowsPage, TableInfo, TableRef};
use kith_mapping::Overlaps;
use kith_model::mapping::Mapping;
use kith_model::source::{
    ColumnInfo, ColumnProfile, FileFormat, Inspection, Source, SourcesSummary,
};
use kith_model::{Command, FileRef, Monitor, SourceId, Stage};
use kith_sql::TableName;
use kith_store::{PageAsk, PageSource, Store};

/// Rows a page may hold.
const PAGE_LIMIT: u32 = 2000;

/// The columns of a source just loaded; nested ones that only DuckDB has read are laid flat first.
pub(crate) fn laid_flat(store: &Store, source: &Source) -> Result<Vec<ColumnInfo>, ApiError> {
    let table = format!("SELECT * FROM {}", TableName::new("src", source.id.0.clone()));
    let columns = store.columns(&table).map_err(store_error)?;
    if !matches!(source.format, FileFormat::Parquet | FileFormat::Duckdb) {
        return Ok(columns);
    }
    match kith_ingest::flatten(source, &columns).map_err(|e| ingest_error(&e))? {
        None => Ok(columns),
        Some(pipeline) => {
            store.run(&pipeline, &kith_model::Quiet).map_err(store_error)?;
            store.columns(&table).map_err(store_error)
        }
    }
}

/// Has every source looked at anew; what changed since it was loaded is then stale. Servers, whose
/// content cannot be told from outside, always count as changed.
pub(crate) fn refresh(session: &Session) -> Result<(), ApiError> {
    let document = session.document();
    let live = document.sources.iter().filter(|s| s.format == FileFormat::Postgres);
    let live: Vec<_> = live.map(|source| source.id.clone()).collect();
    session.results.refresh(&session.store, &live, &session.now())
}

/// Adds files in one step of the history: presets mapped and accepted, others with suggestions.
pub(crate) fn add_files(
    session: &Session,
    files: &[FileRef],
    known: &Known,
) -> Result<u64, ApiError> {
    let command =
        add_inspected(&session.document().sources, inspected(files)?, known, Some(session))?;
    session.apply(command)
}

/// Appends files to a source, in one step of the history.
pub(crate) fn append_files(
    session: &Session,
    id: &SourceId,
    files: &[FileRef],
) -> Result<u64, ApiError> {
    let document = session.document();
    let source = document.source(id).ok_or_else(|| {
        let known: Vec<_> = document.sources.iter().map(|s| s.id.0.as_str()).collect();
        usage(format!("There is no source named {id}"))
            .hint(format!("Choose one of {}", known.join(", ")))
    })?;
    let mut options = source.options.clone();
    for file in files {
        // A file that cannot be read is refused before anything changes.
        let seen = inspect(file)?;
        if seen.source.format != source.format {
            return Err(usage(format!("{} is a file of another kind", file.name()))
                .at(source.title.clone())
                .hint("Add it as a source of its own"));
        }
        options.also.push(file.clone());
    }
    let title = format!("Append {} to {id}", files.len());
    let commands = vec![Command::SetReadOptions { source: id.clone(), options }];
    session.apply(Command::Batch { title, commands })
}

/// Adds sources that were inspected, and perhaps changed, beforehand.
pub(crate) fn add_sources(
    session: &Session,
    sources: &[Source],
    known: &Known,
) -> Result<u64, ApiError> {
    let seen = sources.iter().map(inspect_as).collect::<Result<Vec<_>, _>>()?;
    let command = add_inspected(&session.document().sources, seen, known, Some(session))?;
    session.apply(command)
}

/// The command that adds files to a project that has none, each of their tables as a source.
pub(crate) fn add_command(files: &[FileRef], known: &Known) -> Result<Command, ApiError> {
    add_inspected(&[], inspected(files)?, known, None)
}

/// Every table of some files.
fn inspected(files: &[FileRef]) -> Result<Vec<Inspection>, ApiError> {
    let mut seen = Vec::new();
    for file in files {
        seen.extend(inspect_all(file)?);
    }
    Ok(seen)
}

fn add_inspected(
    present: &[Source],
    seen: Vec<Inspection>,
    known: &Known,
    beside: Option<&Session>,
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
        let mapping = known.begin(&seen, beside)?;
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
            let headers: Vec<&str> = loaded.columns.iter().map(|c| c.name.as_str()).collect();
            let shared = overlaps(session, Some(id), &headers, &rows)?;
            let found = kith_mapping::suggest_among(&loaded.columns, &rows, &shared);
            (found, infos(&loaded.columns))
        }
        None => {
            let seen = inspect_as(source)?;
            (first_suggestions(&seen, Some(session))?, seen.columns)
        }
    })
}

/// Suggestions out of an inspection's few rows, beside the sources of a project.
pub(crate) fn first_suggestions(
    seen: &Inspection,
    beside: Option<&Session>,
) -> Result<Mapping, ApiError> {
    let profiles = kith_mapping::profiles(&seen.columns, &seen.rows);
    let headers: Vec<&str> = seen.columns.iter().map(|c| c.name.as_str()).collect();
    let shared = match beside {
        Some(session) => overlaps(session, None, &headers, &seen.rows)?,
        None => Overlaps::new(),
    };
    Ok(kith_mapping::suggest_among(&profiles, &seen.rows, &shared))
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
