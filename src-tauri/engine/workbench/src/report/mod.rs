//! The one-file HTML report: what a client reads. No script, no font or picture from elsewhere.

mod charts;
mod comparison;
mod quality;
mod sections;

use crate::project::write_atomically;
use crate::session::Session;
use kith_api::ApiError;
use kith_model::quality::{ComparedSide, QualitySummary};
use kith_model::{FileRef, Quiet, Stage};
use std::fmt::Write;

const STYLE: &str = include_str!("report.css");

/// Writes `exports/report.html` and says where it is.
pub(crate) fn write(session: &Session) -> Result<FileRef, ApiError> {
    let path = session.folder.exports().join("report.html");
    write_atomically(&path, html(session)?.as_bytes())?;
    Ok(FileRef(path.to_string_lossy().into_owned()))
}

/// Writes the quality section alone, `exports/quality.html`, or all its figures as
/// `exports/quality.json`, and says where it is.
pub(crate) fn write_quality(session: &Session, json: bool) -> Result<FileRef, ApiError> {
    let summary: QualitySummary = session
        .results
        .summary(Stage::Quality)?
        .ok_or_else(|| crate::error::not_ready(Stage::Quality))?;
    let profiles = crate::quality::profiles(&session.store, false, &Quiet)?;
    let (name, bytes) = if json {
        let profiles: Vec<_> = profiles.into_iter().map(quality::without_people).collect();
        let all = serde_json::json!({ "quality": summary, "profiles": profiles });
        ("quality.json", serde_json::to_vec_pretty(&all).map_err(crate::error::internal)?)
    } else {
        let verdict = session.results.get(Stage::Quality).map(|r| r.verdict).unwrap_or_default();
        let body = format!(
            "<section id=\"quality\"><h2>Quality</h2><p class=\"verdict\">{}</p>{}</section>",
            escape(&verdict),
            quality::section(&summary, &profiles)
        );
        ("quality.html", page(session, &body).into_bytes())
    };
    let path = session.folder.exports().join(name);
    write_atomically(&path, &bytes)?;
    Ok(FileRef(path.to_string_lossy().into_owned()))
}

/// Writes two tables side by side as `exports/comparison.html` or `.json`, and says where it is.
pub(crate) fn write_comparison(
    session: &Session,
    (left, right): (ComparedSide, ComparedSide),
    json: bool,
) -> Result<FileRef, ApiError> {
    let compared = crate::quality::compare(session, left, right)?;
    let (name, bytes) = if json {
        let bytes = serde_json::to_vec_pretty(&compared).map_err(crate::error::internal)?;
        ("comparison.json", bytes)
    } else {
        ("comparison.html", page(session, &comparison::section(&compared)).into_bytes())
    };
    let path = session.folder.exports().join(name);
    write_atomically(&path, &bytes)?;
    Ok(FileRef(path.to_string_lossy().into_owned()))
}

/// Text made safe inside HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn html(session: &Session) -> Result<String, ApiError> {
    let document = session.document();
    let prints = session.results.fingerprints(&document);
    let mut body = String::new();
    for stage in Stage::ALL {
        let Some(result) = session.results.get(stage) else { continue };
        let stale = if result.fingerprint == prints[&stage] {
            ""
        } else {
            "<p class=\"stale\">Settings or inputs changed since this was computed.</p>"
        };
        let _ = write!(
            body,
            "<section id=\"{}\"><h2>{}</h2><p class=\"verdict\">{}</p>{stale}{}</section>",
            stage.key(),
            stage.title(),
            escape(&result.verdict),
            sections::of(session, stage)?
        );
    }
    if body.is_empty() {
        body.push_str("<p>Nothing was computed yet.</p>");
    }
    Ok(page(session, &body))
}

/// A whole page around `body`.
fn page(session: &Session, body: &str) -> String {
    let name = escape(&session.document().name);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{name} · Kith report</title>\
         <style>{STYLE}</style></head><body><header><h1>{name}</h1><p>Kith {} · {}</p></header>\
         <main>{body}</main></body></html>\n",
        env!("CARGO_PKG_VERSION"),
        escape(&session.now())
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_cannot_become_markup() {
        assert_eq!(super::escape("<b>'R&D'</b>"), "&lt;b&gt;&#39;R&amp;D&#39;&lt;/b&gt;");
    }
}
