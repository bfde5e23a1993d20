//! What the measurements mean.

use crate::check_sql::{Aim, Measure, Planned};
use crate::words;
use kith_model::quality::{Check, Finding, Outcome};
use kith_model::{Column, Frame};

/// Slack of a bound against the noise of sums: a mean of exactly 5 must not fail "at most 5".
const SLACK: f64 = 1e-9;

/// The finding of an expectation, `frame` being what its query gave and `at` its place among that
/// query's members. One whose columns alone decide needs no frame.
pub fn judge(planned: &Planned, frame: Option<(&Frame, usize)>) -> Finding {
    let mut finding = blank(planned);
    match (&planned.measure, frame) {
        (Measure::Impossible(why), _) => finding.problem = Some(why.clone()),
        (Measure::Decided { holds, observed }, _) => {
            finding.outcome = if *holds { Outcome::Holds } else { Outcome::Fails };
            finding.observed = Some(observed.clone());
        }
        (Measure::Alone(_), Some((frame, at))) => {
            count_rows(&mut finding, frame, at);
            by_rows(&mut finding);
        }
        (Measure::Scan(scan), Some((frame, at))) => {
            count_rows(&mut finding, frame, at);
            match &scan.aim {
                None => by_rows(&mut finding),
                Some(aim) => by_aim(&mut finding, aim, frame, at),
            }
        }
        (_, None) => finding.problem = Some("It was not measured: check again".to_owned()),
    }
    finding
}

/// The finding of an expectation whose query failed; `why` says what to do.
pub fn unchecked(planned: &Planned, why: &str) -> Finding {
    Finding { problem: Some(why.to_owned()), ..blank(planned) }
}

fn blank(planned: &Planned) -> Finding {
    Finding {
        expectation: planned.listed.expectation.clone(),
        built_in: planned.listed.built_in,
        title: planned.title.clone(),
        outcome: Outcome::Unchecked,
        rows: 0,
        failing: 0,
        observed: None,
        problem: None,
        sql: planned.failing.clone(),
    }
}

fn cell<T: Copy>(values: Option<&[Option<T>]>) -> Option<T> {
    values.and_then(|values| values.first().copied().flatten())
}

fn count_rows(finding: &mut Finding, frame: &Frame, at: usize) {
    let count = |name: &str| {
        let column = frame.column(&format!("{name}_{at}")).and_then(Column::int);
        cell(column).unwrap_or(0).unsigned_abs()
    };
    finding.rows = count("looked");
    finding.failing = count("failing");
}

fn by_rows(finding: &mut Finding) {
    let allowed = finding.expectation.tolerance * finding.rows as f64;
    let holds = finding.failing as f64 <= allowed + SLACK;
    finding.outcome = if holds { Outcome::Holds } else { Outcome::Fails };
    if matches!(finding.expectation.check, Check::NoRows { .. }) {
        // Its rows need not be rows of the table.
        finding.rows = finding.rows.max(finding.failing);
    }
}

fn by_aim(finding: &mut Finding, aim: &Aim, frame: &Frame, at: usize) {
    let value = cell(frame.column(&format!("value_{at}")).and_then(Column::real));
    let Some(value) = value.filter(|v| !v.is_nan()) else {
        finding.problem = Some("There is no value to measure: check the column".to_owned());
        return;
    };
    let shown = frame.column(&format!("shown_{at}")).and_then(Column::text);
    let shown = shown.and_then(|v| v.first().map(str::to_owned));
    let slack = |bound: f64| SLACK * bound.abs().max(1.0);
    let low = aim.min.is_some_and(|min| value < min - slack(min));
    let high = aim.max.is_some_and(|max| value > max + slack(max));
    finding.outcome = if low || high { Outcome::Fails } else { Outcome::Holds };
    finding.observed = Some(match (&finding.expectation.check, shown) {
        (Check::Fresh { .. }, Some(newest)) => {
            let age = if value < 0.0 {
                format!("{} ahead", words::hours(-value))
            } else {
                format!("{} old", words::hours(value))
            };
            format!("{newest}, {age}")
        }
        (_, Some(shown)) => shown,
        (_, None) if aim.share => words::share(value),
        (_, None) => words::number(value),
    });
}
