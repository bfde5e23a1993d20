//! The list of expectations: verdict, table, failing rows, and how it went from load to load.

use crate::icons;
use crate::theme;
use crate::widgets::{bars, fit, format, row};
use egui::{Align2, CursorIcon, Rect, Ui, pos2, vec2};
use kith_model::quality::{Finding, LoadNote, Outcome, Severity};

/// Width of the sparkline.
const SPARK: f32 = 72.0;

/// What was found, in words.
pub fn found(finding: &Finding) -> String {
    match (&finding.problem, &finding.observed, finding.outcome) {
        (Some(problem), _, _) => problem.clone(),
        (None, Some(observed), _) => format!("Found: {observed}"),
        (None, None, Outcome::Fails) => {
            format!("{} rows fail", format::count(finding.failing))
        }
        (None, None, _) if finding.failing > 0 => {
            format!("{} rows fail, within the tolerance", format::count(finding.failing))
        }
        _ => "This expectation holds in every row".to_owned(),
    }
}

/// One line; true when it was clicked.
pub fn line(ui: &mut Ui, finding: &Finding, here: bool, loads: &[LoadNote]) -> bool {
    let t = theme::of(ui);
    let said = format!("{}, {}", finding.title, verdict(finding));
    let (rect, response) = row(ui, 32.0, here, &said);
    let (icon, ink) = match (finding.outcome, finding.expectation.severity) {
        (Outcome::Holds, _) => (icons::GOOD, t.ok),
        (Outcome::Unchecked, _) => (icons::HELP, t.text_dim),
        (Outcome::Fails, Severity::Warning) => (icons::WARNING, t.warn),
        (Outcome::Fails, Severity::Error) => (icons::BAD, t.error),
    };
    let at = rect.left_center() + vec2(16.0, 0.0);
    ui.painter().text(at, Align2::CENTER_CENTER, icon, theme::icon(16.0), ink);
    let spark = if loads.len() > 1 { SPARK + 12.0 } else { 0.0 };
    let y = rect.center().y;
    let right = rect.right() - spark;
    let at = pos2(rect.left() + 34.0, y);
    fit(ui, at, right - 320.0, &finding.title, theme::medium(13.0), t.text);
    let at = pos2(right - 308.0, y);
    let table = finding.expectation.table.title();
    fit(ui, at, right - 190.0, table, theme::body(12.0), t.text_dim);
    let ink = if finding.outcome == Outcome::Holds { t.text_dim } else { ink };
    let at = pos2(right - 184.0, y);
    fit(ui, at, right - 90.0, verdict(finding), theme::mono(12.0), ink);
    let rows = format!("of {}", format::count(finding.rows));
    let at = pos2(right - 8.0, y);
    ui.painter().text(at, Align2::RIGHT_CENTER, rows, theme::mono(12.0), t.text_faint);
    if spark > 0.0 {
        let place = Rect::from_min_size(pos2(right + 4.0, rect.top() + 4.0), vec2(SPARK, 24.0));
        history(ui, place, finding, loads);
    }
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    response.on_hover_text(found(finding)).clicked()
}

fn verdict(finding: &Finding) -> String {
    match (finding.outcome, finding.failing) {
        (Outcome::Holds, _) => "holds".to_owned(),
        (Outcome::Unchecked, _) => "not checked".to_owned(),
        (Outcome::Fails, 0) => "fails".to_owned(),
        (Outcome::Fails, n) => format!("{} fail", format::count(n)),
    }
}

/// Share of failing rows in each load, the newest at the right.
fn history(ui: &mut Ui, place: Rect, finding: &Finding, loads: &[LoadNote]) {
    let last = (loads.len() - 1) as f32;
    let points: Vec<(f32, u64)> = loads
        .iter()
        .enumerate()
        .filter_map(|(at, load)| {
            let share = load.failing_share(&finding.expectation.id)?;
            Some((at as f32 / last, (share * 1e6).round() as u64))
        })
        .collect();
    let id = ("loads", &finding.expectation.id);
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt(id).max_rect(place));
    bars::spark(&mut child, SPARK, &points, "Share of failing rows, load by load");
}
