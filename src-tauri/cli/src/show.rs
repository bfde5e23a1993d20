//! Results as text and JSON.

use crate::Ended;
use crate::output::Output;
use crate::session::{Session, answer};
use kith_api::{ApiError, Request, RowsPage, StageStatus};
use kith_model::{Stage, StageState};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

fn mark(state: StageState) -> &'static str {
    match state {
        StageState::Empty => "○",
        StageState::Stale => "◌",
        StageState::Running => "◐",
        StageState::Ready => "●",
        StageState::Attention => "▲",
    }
}

fn line(status: &StageStatus) -> String {
    format!("{} {:<16} {}", mark(status.state), status.stage.title(), status.verdict)
}

pub(crate) fn overview(session: &Session, out: &Output) -> Result<Ended, ApiError> {
    let overview = session.overview()?;
    let mut text = format!("{}\n", overview.project.as_deref().unwrap_or("no project"));
    for status in &overview.stages {
        let _ = writeln!(text, "{}", line(status));
    }
    let _ = writeln!(
        text,
        "rows in {} = loaded {} + rejected {}",
        overview.rows_in, overview.loaded, overview.rejected
    );
    out.result(&json!(overview), &text);
    Ok(Ended::Done)
}

/// One stage's verdict, and its whole summary with `--json`.
pub(crate) fn stage(session: &Session, stage: Stage, out: &Output) -> Result<Ended, ApiError> {
    let overview = session.overview()?;
    let status = overview.stages.into_iter().find(|s| s.stage == stage);
    let text = status.as_ref().map(line).unwrap_or_default();
    out.result(&json!({ "status": status, "summary": summary(session, stage)? }), &text);
    Ok(Ended::Done)
}

/// A stage's summary as JSON.
pub(crate) fn summary(session: &Session, stage: Stage) -> Result<Value, ApiError> {
    let request = match stage {
        Stage::Sources => Request::Sources,
        Stage::Mapping => Request::Mapping,
        Stage::Quality => Request::Quality,
        Stage::Identity => Request::Identity,
        Stage::Features => Request::Features,
        Stage::Segments => Request::Segments,
        Stage::Predict => Request::Predict,
        Stage::Recommend => Request::Recommend,
        Stage::Rules => Request::Rules,
        Stage::Export => Request::Export,
    };
    let answer = json!(session.call(request)?);
    Ok(answer.get("with").cloned().unwrap_or(Value::Null))
}

pub(crate) fn mapping(session: &Session, out: &Output) -> Result<Ended, ApiError> {
    let document = crate::project::document(session)?;
    let mut text = String::new();
    for source in &document.sources {
        let Some(mapping) = document.mappings.get(&source.id) else { continue };
        let state = if mapping.confirmed { "accepted" } else { "suggested" };
        let _ = writeln!(text, "{} ({state})", source.title);
        for part in &mapping.entities {
            for link in &part.links {
                let column = link.column.as_deref().unwrap_or("(expression)");
                let _ = writeln!(
                    text,
                    "  {column:<34} -> {}.{:<18} {:>4.0} %  {}",
                    part.entity.key(),
                    link.field,
                    link.confidence * 100.0,
                    link.reason
                );
            }
        }
    }
    out.result(&json!(document.mappings), &text);
    Ok(Ended::Done)
}

pub(crate) fn review(session: &Session, limit: u32, out: &Output) -> Result<Ended, ApiError> {
    session.run(Stage::Identity)?;
    let pairs = answer!(session.call(Request::Review { limit })?, Review)?;
    let mut text = String::new();
    for pair in &pairs {
        let _ = writeln!(
            text,
            "{}  {}   {:.0} % the same person{}{}",
            pair.key.left,
            pair.key.right,
            pair.probability * 100.0,
            pair.verdict.map_or_else(String::new, |v| format!("   decided: {v:?}")),
            pair.origin.by_hand().map_or_else(String::new, |how| format!(", {how}")),
        );
    }
    out.result(&json!(pairs), &text);
    Ok(Ended::Done)
}

pub(crate) fn export(session: &Session, out: &Output) -> Result<Ended, ApiError> {
    let summary = answer!(session.call(Request::Export)?, Export)?.unwrap_or_default();
    let folder = session.overview()?.folder.map(|f| f.0).unwrap_or_default();
    let place = Path::new(&folder).join("exports").join(&summary.bundle);
    let mut text = format!("Bundle: {}\n", place.display());
    for check in &summary.verification {
        let _ = writeln!(
            text,
            "{} {} ({} rows, largest difference {:.1e})",
            if check.holds { "ok  " } else { "FAIL" },
            check.check,
            check.rows,
            check.largest_difference
        );
    }
    let ended = verdict(summary.verification.iter().all(|v| v.holds));
    out.result(&json!({ "bundle": place, "summary": summary }), &text);
    Ok(ended)
}

fn verdict(holds: bool) -> Ended {
    if holds { Ended::Done } else { Ended::Findings }
}

pub(crate) fn verify(bundle: &Path, out: &Output) -> Result<Ended, ApiError> {
    let checks = kith_workbench::bundle::check(bundle)?;
    let mut text = String::new();
    for check in &checks {
        let mark = if check.holds { "ok  " } else { "FAIL" };
        let _ = writeln!(text, "{mark} {}", check.check);
    }
    out.result(&json!({ "verification": checks }), &text);
    Ok(verdict(checks.iter().all(|v| v.holds)))
}

pub(crate) fn history(session: &Session, out: &Output) -> Result<Ended, ApiError> {
    let history = answer!(session.call(Request::History)?, History)?;
    let mut text = String::new();
    for entry in &history.entries {
        let undone = if entry.applied { "" } else { "  (undone)" };
        let _ = writeln!(text, "{:>5}  {}  {}{undone}", entry.seq, entry.at, entry.title);
    }
    out.result(&json!(history), &text);
    Ok(Ended::Done)
}

pub(crate) fn rows(page: &RowsPage, out: &Output) -> Result<Ended, ApiError> {
    let rows = kith_workbench::decode_page(page)?;
    let names: Vec<&str> = page.columns.iter().map(|c| c.name.as_str()).collect();
    let mut text = names.join("\t");
    text.push('\n');
    for row in &rows {
        let cells: Vec<&str> = row.iter().map(|v| v.as_deref().unwrap_or("")).collect();
        let _ = writeln!(text, "{}", cells.join("\t"));
    }
    out.result(&json!({ "columns": page.columns, "rows": rows, "total": page.total }), &text);
    Ok(Ended::Done)
}
