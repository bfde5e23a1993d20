//! Sources: files into raw tables, every row either loaded or refused with a reason.

use super::{Ctx, Outcome, counted, grouped};
use crate::error::{cancelled, ingest_error, not_ready_with, store_error};
use kith_api::ApiError;
use kith_model::Stage;
use kith_model::repair::Repair;
use kith_model::source::{Source, SourceSummary, SourcesSummary};
use kith_sql::TableName;
use std::collections::BTreeMap;
use std::path::Path;

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    if ctx.document.sources.is_empty() {
        return Err(not_ready_with("There are no sources yet", "Add files, or open the sample"));
    }
    let earlier: SourcesSummary = ctx.session.results.summary(Stage::Sources)?.unwrap_or_default();
    let contents = ctx.session.results.contents(ctx.document);
    let marks: BTreeMap<_, _> = ctx
        .document
        .sources
        .iter()
        .map(|s| {
            let content = contents.get(&s.id).map_or("", String::as_str);
            (s.id.clone(), mark(s, content, ctx.document.repairs_of(&s.id)))
        })
        .collect();
    let held = ctx.session.results.marks();
    let count = ctx.document.sources.len() as f32;
    let mut summary = SourcesSummary::default();
    for (at, source) in ctx.document.sources.iter().enumerate() {
        if ctx.monitor.cancelled() {
            return Err(cancelled());
        }
        let before = earlier.sources.iter().find(|s| s.id == source.id);
        let same = held.get(&source.id) == marks.get(&source.id);
        let table = TableName::new("src", source.id.0.clone());
        let one = match before {
            Some(before) if same && ctx.session.store.exists(&table).map_err(store_error)? => {
                SourceSummary {
                    title: source.title.clone(),
                    preset: source.preset.clone(),
                    ..before.clone()
                }
            }
            _ => load(ctx, source, at as f32 / count, (at + 1) as f32 / count)?,
        };
        summary.sources.push(one);
    }
    for gone in held.keys().filter(|id| !marks.contains_key(*id)) {
        ctx.session.store.run(&kith_ingest::forget(gone), ctx.monitor).map_err(store_error)?;
    }
    ctx.session.results.set_marks(&ctx.session.store, marks)?;
    outcome(&summary)
}

/// What identifies the raw table a source would give: its content, how it is read, and which of
/// its rows were put right by hand.
fn mark(source: &Source, content: &str, repairs: &[Repair]) -> String {
    let how = match repairs {
        [] => serde_json::to_string(&(source.format, &source.options)),
        repairs => serde_json::to_string(&(source.format, &source.options, repairs)),
    }
    .unwrap_or_default();
    format!("{content} {how}")
}

fn load(ctx: &Ctx<'_>, source: &Source, from: f32, to: f32) -> Result<SourceSummary, ApiError> {
    let store = &ctx.session.store;
    let path = &crate::secrets::place(&source.file);
    ctx.monitor.progress(from, &format!("loading {}", source.title));
    let scratch = ctx.session.folder.scratch();
    std::fs::create_dir_all(&scratch).map_err(|e| crate::error::io_error(&e, &scratch))?;
    let half = f32::midpoint(from, to);
    let repairs = ctx.document.repairs_of(&source.id);
    let reading = ctx.part(from, half);
    let plan = kith_ingest::load_watched(source, path, &scratch, repairs, &reading)
        .map_err(|e| ingest_error(&e))?;
    let ran = store.run(&plan.pipeline, &ctx.part(half, to));
    for file in &plan.cleanup {
        let _ = std::fs::remove_file(file);
    }
    if let Some(release) = &plan.release {
        store.run(release, &kith_model::Quiet).map_err(store_error)?;
    }
    ran.map_err(|e| store_error(e).at(source.title.clone()))?;
    let columns = crate::sources::laid_flat(store, source)?;
    let [rows_in, loaded, rejected] = crate::sources::counts(store, source)?;
    let profiles = crate::sources::profile(store, source, &columns, &ctx.part(from, to))?;
    Ok(SourceSummary {
        id: source.id.clone(),
        title: source.title.clone(),
        preset: source.preset.clone(),
        rows_in,
        loaded,
        rejected,
        repaired: plan.repaired,
        bytes: bytes(path),
        columns: profiles,
        evidence: [crate::sources::evidence(source), plan.notes].concat(),
    })
}

/// Size on disk of what `path` names.
fn bytes(path: &Path) -> u64 {
    let size = |path: &Path| path.metadata().map_or(0, |meta| meta.len());
    let path = kith_ingest::backing_file(path);
    kith_ingest::files(&path).map_or(0, |files| files.iter().map(|file| size(file)).sum())
}

fn outcome(summary: &SourcesSummary) -> Result<Outcome, ApiError> {
    let (rows_in, loaded, rejected) = summary.totals();
    let files = counted(summary.sources.len() as u64, "source", "sources");
    let verdict = if rejected == 0 {
        format!("{files} loaded: all {} rows are in", grouped(rows_in))
    } else {
        format!(
            "{files} loaded: {} of {} rows are in, {} refused with a reason",
            grouped(loaded),
            grouped(rows_in),
            grouped(rejected)
        )
    };
    Ok(Outcome::new(summary, format!("{} rows", grouped(loaded)), verdict)?.attention(rejected > 0))
}
