//! Quality: expectations over the canonical tables and the sources' raw rows.

use super::{Ctx, Outcome as Ran, counted, grouped};
use crate::error::{cancelled, store_error};
use crate::page::count;
use kith_api::ApiError;
use kith_model::Monitor;
use kith_model::SourceId;
use kith_model::quality::{
    Anomaly, Check, Finding, LoadNote, Outcome, QualitySummary, Severity, SourceCopies, TableId,
};
use kith_quality::{At, Listed, Load, Planned, Query, Shapes, TableTrace};
use kith_sql::TableName;
use kith_store::{Store, StoreError};
use std::collections::BTreeMap;

/// Loads shown, this one last.
const SHOWN: usize = 30;

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Ran, ApiError> {
    let store = &ctx.session.store;
    let now = ctx.session.now();
    let at = At { now: &now, as_of: ctx.document.features.as_of.as_deref() };
    let (shapes, empty) = shapes(store)?;
    let listed = kith_quality::expectations(&ctx.document.expectations)
        .into_iter()
        .filter(|l| !l.expectation.off)
        // Nobody is told that no order of none lacks its number.
        .filter(|l| !(l.built_in && empty.contains(&l.expectation.table)))
        .collect::<Vec<_>>();
    let findings = check(store, &listed, (&shapes, &at), &ctx.part(0.0, 0.5))?;
    let copies = copies(ctx, &shapes)?;
    let profiles = crate::quality::profiles(store, false, &ctx.part(0.6, 0.8))?;
    let before = crate::project::read_loads(&ctx.session.folder)?;
    let sources = sources(ctx, &shapes, &before)?;
    let load = kith_quality::remember((&contents(ctx), &now), &findings, &profiles, sources);
    let (anomalies, loads) = compared(ctx, before, load)?;
    outcome(&QualitySummary { checked_at: now, findings, anomalies, copies, loads })
}

/// What the sources' raw rows hold, to be compared with other loads; what an earlier load knows of
/// the same rows is taken from there.
fn sources(ctx: &Ctx<'_>, shapes: &Shapes, before: &[Load]) -> Result<Vec<TableTrace>, ApiError> {
    let store = &ctx.session.store;
    let monitor = ctx.part(0.8, 1.0);
    let marks = ctx.session.results.marks();
    let mut all = Vec::new();
    for (at, (table, columns)) in shapes.iter().enumerate() {
        let TableId::Source(source) = table else { continue };
        if monitor.cancelled() {
            return Err(cancelled());
        }
        monitor.progress(at as f32 / shapes.len() as f32, "profiling sources");
        let mark = marks.get(source).map_or("", String::as_str);
        let mark = blake3::hash(mark.as_bytes()).to_hex()[..16].to_owned();
        let mut earlier = before.iter().rev().flat_map(|load| &load.tables);
        if let Some(same) = earlier.find(|t| t.table == *table && t.mark == mark) {
            all.push(same.clone());
            continue;
        }
        let rows = store
            .value_i64(&format!("SELECT count(*) FROM {}", TableName::new("src", source.0.clone())))
            .map_err(store_error)?
            .unsigned_abs();
        let ask = |sql: &str| store.frame(sql, &monitor);
        let profile = kith_quality::profile(table, columns, rows, ask).map_err(store_error)?;
        all.push(TableTrace { mark, ..kith_quality::trace(&profile) });
    }
    Ok(all)
}

/// Fingerprint of the files' contents: another one is another load.
fn contents(ctx: &Ctx<'_>) -> String {
    fingerprint(&ctx.session.results.contents(ctx.document))
}

/// The same of contents as they are known.
pub(crate) fn fingerprint(contents: &BTreeMap<SourceId, String>) -> String {
    let mut hasher = blake3::Hasher::new();
    for (source, content) in contents {
        hasher.update(format!("{source} {content}\n").as_bytes());
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// What stands out against the load before; keeps this one in the project's history.
fn compared(
    ctx: &Ctx<'_>,
    mut loads: Vec<Load>,
    load: Load,
) -> Result<(Vec<Anomaly>, Vec<LoadNote>), ApiError> {
    let folder = &ctx.session.folder;
    let before: Vec<_> =
        loads.iter().filter(|old| old.note.load != load.note.load).cloned().collect();
    let anomalies = kith_quality::anomalies(&before, &load);
    crate::project::keep_load(folder, std::mem::take(&mut loads), load.clone())?;
    let surplus = before.len().saturating_sub(SHOWN - 1);
    let shown = before.into_iter().skip(surplus).chain([load]);
    Ok((anomalies, shown.map(|load| load.note).collect()))
}

/// Exact copies of rows in every source that is loaded.
fn copies(ctx: &Ctx<'_>, shapes: &Shapes) -> Result<Vec<SourceCopies>, ApiError> {
    let mut all = Vec::new();
    let monitor = ctx.part(0.5, 0.6);
    monitor.progress(0.0, "looking for copies of rows");
    for (table, columns) in shapes {
        let TableId::Source(source) = table else { continue };
        if !columns.iter().any(|column| !table.is_row_number(&column.name)) {
            continue;
        }
        let frame = ctx
            .session
            .store
            .frame(&kith_quality::copies_sql(table, columns), &monitor)
            .map_err(store_error)?;
        all.push(SourceCopies {
            source: source.clone(),
            rows: count(&frame, "looked"),
            copies: count(&frame, "failing"),
            rule: ctx.document.copies.get(source).copied().unwrap_or_default(),
            sql: kith_quality::copies_listed_sql(table, columns),
        });
    }
    Ok(all)
}

/// The columns of every table that can be checked, and which tables are empty.
pub(crate) fn shapes(store: &Store) -> Result<(Shapes, Vec<TableId>), ApiError> {
    let mut shapes = Shapes::new();
    let mut empty = Vec::new();
    for table in store.tables().map_err(store_error)? {
        let name = format!("{}.{}", table.schema, table.name);
        let known = matches!(table.schema.as_str(), "canon" | "src") && name != "src.reject";
        let Some(id) = known.then(|| TableId::try_from(name).ok()).flatten() else { continue };
        if table.rows == 0 {
            empty.push(id.clone());
        }
        shapes.insert(id, table.columns);
    }
    Ok((shapes, empty))
}

/// Checks `listed`: findings in the order of the page.
pub(crate) fn check(
    store: &Store,
    listed: &[Listed],
    (shapes, at): (&Shapes, &At<'_>),
    monitor: &dyn Monitor,
) -> Result<Vec<Finding>, ApiError> {
    let planned: Vec<_> = listed.iter().map(|l| kith_quality::plan(l, shapes, at)).collect();
    let mut findings: Vec<_> = planned.iter().map(|one| kith_quality::judge(one, None)).collect();
    let queries = kith_quality::queries(&planned);
    for (done, query) in queries.iter().enumerate() {
        if monitor.cancelled() {
            return Err(cancelled());
        }
        monitor.progress(done as f32 / queries.len() as f32, "checking expectations");
        measure(store, (&planned, query), &mut findings, monitor)?;
    }
    findings.sort_by(|a, b| {
        a.outcome
            .cmp(&b.outcome)
            .then_with(|| b.expectation.severity.cmp(&a.expectation.severity))
            .then_with(|| a.expectation.table.cmp(&b.expectation.table))
            .then_with(|| a.title.cmp(&b.title))
    });
    Ok(findings)
}

/// Runs one query. When a scan of many fails, each is measured by itself, so that only the one to
/// blame stays unchecked.
fn measure(
    store: &Store,
    (planned, query): (&[Planned], &Query),
    findings: &mut [Finding],
    monitor: &dyn Monitor,
) -> Result<(), ApiError> {
    match one_row(store, planned, query, monitor) {
        Ok(frame) => {
            for (place, member) in query.members.iter().enumerate() {
                findings[*member] = kith_quality::judge(&planned[*member], Some((&frame, place)));
            }
            Ok(())
        }
        Err(StoreError::Cancelled) => Err(cancelled()),
        Err(why) => match query.members.as_slice() {
            [member] => {
                findings[*member] = kith_quality::unchecked(&planned[*member], &why.to_string());
                Ok(())
            }
            many => {
                many.iter().try_for_each(|member| match kith_quality::alone_sql(planned, *member) {
                    Some(alone) => measure(store, (planned, &alone), findings, monitor),
                    None => Ok(()),
                })
            }
        },
    }
}

fn one_row(
    store: &Store,
    planned: &[Planned],
    query: &Query,
    monitor: &dyn Monitor,
) -> Result<kith_model::Frame, StoreError> {
    for member in &query.members {
        if let Check::NoRows { query } = &planned[*member].listed.expectation.check {
            store.read_only(query)?;
        }
    }
    store.frame(&query.sql, monitor)
}

fn outcome(summary: &QualitySummary) -> Result<Ran, ApiError> {
    let [holding, errors, warnings, unknown] = summary.counts();
    let total = summary.findings.len() as u64;
    let mut verdict = if errors + warnings + unknown == 0 {
        format!("All {} hold", counted(total, "expectation", "expectations"))
    } else {
        format!("{} of {} hold", grouped(holding), counted(total, "expectation", "expectations"))
    };
    let rows = |severity: Severity| {
        let of = |f: &&Finding| f.outcome == Outcome::Fails && f.expectation.severity == severity;
        summary.findings.iter().filter(of).map(|f| f.failing).sum::<u64>()
    };
    for (number, one, many, severity) in [
        (errors, "error", "errors", Severity::Error),
        (warnings, "warning", "warnings", Severity::Warning),
    ] {
        if number > 0 {
            let failing = counted(rows(severity), "row", "rows");
            verdict.push_str(&format!("; {} in {failing}", counted(number, one, many)));
        }
    }
    if unknown > 0 {
        verdict.push_str(&format!("; {} could not be checked", grouped(unknown)));
    }
    if !summary.anomalies.is_empty() {
        let many = counted(summary.anomalies.len() as u64, "difference", "differences");
        verdict.push_str(&format!("; {many} from the load before"));
    }
    let headline = match errors + warnings {
        0 => "all hold".to_owned(),
        findings => counted(findings, "finding", "findings"),
    };
    Ok(Ran::new(summary, headline, verdict)?
        .attention(errors + warnings + unknown > 0 || !summary.anomalies.is_empty()))
}
