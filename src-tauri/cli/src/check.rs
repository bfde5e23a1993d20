//! `kith check`: expectations, headless.

use crate::Ended;
use crate::args::Check;
use crate::output::Output;
use crate::session::{Session, answer};
use kith_api::{ApiError, ErrorCode, Request};
use kith_model::quality::{
    Expectation, ExpectationSuggestion, Finding, Outcome, QualitySummary, Severity,
};
use kith_model::{Command, FileRef, Stage};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn run(session: &Session, asked: &Check, out: &Output) -> Result<Ended, ApiError> {
    edit(session, asked)?;
    if !asked.compare.is_empty() {
        return crate::compare::run(session, &asked.compare, asked.report.as_deref(), out);
    }
    if asked.suggest {
        session.run(Stage::Mapping)?;
        return suggest(session, asked.all, out);
    }
    if asked.accept {
        session.run(Stage::Mapping)?;
        accept(session, asked.all)?;
    }
    // Even where nothing changed: the newest row is a day older than yesterday.
    session.call(Request::Recheck)?;
    session.run(Stage::Quality)?;
    let summary = answer!(session.call(Request::Quality)?, Quality)?.unwrap_or_default();
    if let Some(target) = &asked.report {
        report(session, target)?;
    }
    out.result(&json!(summary), &text(&summary));
    Ok(verdict(&summary, asked.strict))
}

/// Adds and removes what was asked for, each a step of the history.
fn edit(session: &Session, asked: &Check) -> Result<(), ApiError> {
    for put in &asked.put {
        let expectation: Expectation = serde_json::from_str(put).map_err(|e| {
            ApiError::new(ErrorCode::Usage, format!("This is no expectation: {e}")).hint(
                "Write it as in project.toml, e.g. {\"table\":\"canon.order\",\"severity\":\"error\",\
                 \"check\":{\"kind\":\"not_null\",\"field\":\"total\"}}",
            )
        })?;
        session.apply(Command::PutExpectation { expectation })?;
    }
    for id in &asked.remove {
        session.apply(Command::RemoveExpectation { id: id.clone() })?;
    }
    Ok(())
}

fn suggested(session: &Session) -> Result<Vec<ExpectationSuggestion>, ApiError> {
    answer!(session.call(Request::SuggestExpectations)?, ExpectationSuggestions)
}

fn suggest(session: &Session, every: bool, out: &Output) -> Result<Ended, ApiError> {
    let mut all = suggested(session)?;
    let found = all.len();
    all.retain(|one| every || one.by_default);
    let mut text = String::new();
    for one in &all {
        let severity = format!("{:?}", one.expectation.severity).to_lowercase();
        let _ = writeln!(text, "{severity:<7} {} ({})", one.title, one.reason);
    }
    let _ = match found - all.len() {
        0 => writeln!(text, "{found} suggested; take them with --accept"),
        more => writeln!(
            text,
            "{} suggested; take them with --accept. {more} more hold now: see them with --all",
            all.len()
        ),
    };
    out.result(&json!(all), &text);
    Ok(Ended::Done)
}

/// Takes what is suggested by default, or all that holds, as one step of the history.
fn accept(session: &Session, every: bool) -> Result<(), ApiError> {
    let commands: Vec<_> = suggested(session)?
        .into_iter()
        .filter(|one| every || one.by_default)
        .map(|one| Command::PutExpectation { expectation: one.expectation })
        .collect();
    if commands.is_empty() {
        return Ok(());
    }
    session.apply(Command::Batch { title: "Take suggested expectations".to_owned(), commands })
}

fn report(session: &Session, target: &Path) -> Result<(), ApiError> {
    let json = target.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let written = answer!(session.call(Request::WriteQualityReport { json })?, Written)?;
    copied(&written, target)
}

/// A report taken to where the user wants it.
pub(crate) fn copied(written: &FileRef, target: &Path) -> Result<(), ApiError> {
    std::fs::copy(&written.0, target).map(|_| ()).map_err(|e| {
        ApiError::new(ErrorCode::Io, format!("The report cannot be written: {}", e.kind()))
            .at(target.display().to_string())
            .hint("Choose a folder you may write to")
    })
}

/// Errors that fail end in exit code 1; with `strict` warnings and the unchecked do too.
fn verdict(summary: &QualitySummary, strict: bool) -> Ended {
    let [_, errors, warnings, unknown] = summary.counts();
    if errors > 0 || strict && warnings + unknown > 0 { Ended::Findings } else { Ended::Done }
}

fn text(summary: &QualitySummary) -> String {
    let mut text = String::new();
    for finding in &summary.findings {
        let _ = writeln!(text, "{}", line(finding));
    }
    let [holding, errors, warnings, unknown] = summary.counts();
    let _ = writeln!(
        text,
        "{holding} hold, {errors} errors, {warnings} warnings, {unknown} not checked"
    );
    text
}

fn line(finding: &Finding) -> String {
    let word = match (finding.outcome, finding.expectation.severity) {
        (Outcome::Holds, _) => "ok     ",
        (Outcome::Unchecked, _) => "unknown",
        (Outcome::Fails, Severity::Warning) => "warning",
        (Outcome::Fails, Severity::Error) => "error  ",
    };
    let found = match (&finding.problem, &finding.observed) {
        (Some(problem), _) => problem.clone(),
        (None, Some(observed)) => observed.clone(),
        (None, None) => format!("{} of {} rows", finding.failing, finding.rows),
    };
    format!("{word} {} ({found})", finding.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Entity;
    use kith_model::quality::{Check, TableId};

    fn summary(severity: Severity, outcome: Outcome) -> QualitySummary {
        let check = Check::NotNull { field: "total".into() };
        let finding = Finding {
            expectation: Expectation::new(TableId::Canon(Entity::Order), severity, check),
            built_in: false,
            title: "total of orders is never missing".into(),
            outcome,
            rows: 10,
            failing: 3,
            observed: None,
            problem: None,
            sql: String::new(),
        };
        QualitySummary { findings: vec![finding], ..QualitySummary::default() }
    }

    #[test]
    fn only_errors_end_in_findings_unless_strict() {
        let end = |severity, outcome, strict| verdict(&summary(severity, outcome), strict);
        assert_eq!(end(Severity::Error, Outcome::Fails, false), Ended::Findings);
        assert_eq!(end(Severity::Error, Outcome::Holds, true), Ended::Done);
        assert_eq!(end(Severity::Warning, Outcome::Fails, false), Ended::Done);
        assert_eq!(end(Severity::Warning, Outcome::Fails, true), Ended::Findings);
        assert_eq!(end(Severity::Error, Outcome::Unchecked, false), Ended::Done);
    }

    #[test]
    fn each_finding_is_one_line() {
        let summary = summary(Severity::Warning, Outcome::Fails);
        assert!(text(&summary).starts_with(
            "warning total of orders is never missing (3 of 10 rows)\n0 hold, 0 errors, 1 warnings"
        ));
    }
}
