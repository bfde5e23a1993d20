//! What kept wrong links from being made, a line a guard.

use crate::widgets::card::card;
use crate::widgets::format;
use crate::widgets::person::pair;
use egui::Ui;
use kith_model::guard::GuardFinding;

/// Draws the findings; nothing when there are none.
pub fn show(ui: &mut Ui, findings: &[GuardFinding]) {
    if findings.is_empty() {
        return;
    }
    card(ui, "Guards", "what links nobody, and why", |ui| {
        for finding in findings {
            let said = format!(
                "{} · {} records · up to {} people",
                format::count(finding.values),
                format::count(finding.records),
                format::count(finding.most_people)
            );
            pair(ui, finding.guard.label(), &said).on_hover_text(format!(
                "{}\n{}",
                finding.guard.about(),
                finding.examples.join("\n")
            ));
        }
    });
}
