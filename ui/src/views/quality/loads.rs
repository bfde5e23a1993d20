//! Load against load: what stands out, what was found each time, and copies of rows.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, chip};
use crate::widgets::{Say, button, format};
use egui::{Grid, Ui};
use kith_model::quality::{Anomaly, CopyRule, LoadNote, QualitySummary, SourceCopies};
use kith_model::{Command, Stage};

/// Draws the tab.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, summary: &QualitySummary) {
    super::scroll(ui, "loads", |ui| {
        let caption = "number of rows, missing values, distributions by PSI and KS";
        card(ui, "Against the load before", caption, |ui| {
            anomalies(ui, summary);
        });
        card(ui, "Loads", "oldest first; another content of the files is another load", |ui| {
            loads(ui, &summary.loads);
        });
        let caption = "rows that repeat an earlier one in every column; raw rows are never changed";
        card(ui, "Exact copies in the sources", caption, |ui| {
            for copies in &summary.copies {
                line(ui, cx, copies);
            }
        });
    });
}

fn anomalies(ui: &mut Ui, summary: &QualitySummary) {
    match (summary.anomalies.as_slice(), summary.loads.len()) {
        ([], 0 | 1) => {
            ui.dim("This is the first load: the next one is compared with it");
        }
        ([], _) => {
            ui.dim("Nothing stands out");
        }
        (all, _) => {
            for anomaly in all {
                difference(ui, anomaly);
            }
        }
    }
}

fn difference(ui: &mut Ui, anomaly: &Anomaly) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.icon(icons::WARNING, 15.0, t.warn);
        chip(ui, anomaly.kind.title(), t.warn);
        let mut about = format!("{} before, {} now", anomaly.before, anomaly.now);
        if let Some(psi) = anomaly.psi {
            about.push_str(&format!("\nPopulation stability index {psi:.3}: from 0.25 a shift"));
        }
        if let Some(ks) = anomaly.ks {
            about.push_str(&format!("\nKolmogorov-Smirnov statistic {ks:.3}"));
        }
        ui.words(anomaly.message.clone()).on_hover_text(about);
    });
}

fn loads(ui: &mut Ui, loads: &[LoadNote]) {
    let t = theme::of(ui);
    Grid::new("loads").num_columns(6).min_col_width(128.0).spacing([24.0, 6.0]).show(ui, |ui| {
        for head in ["Checked", "Rows", "Hold", "Errors", "Warnings", "Not checked"] {
            ui.faint(head);
        }
        ui.end_row();
        for load in loads {
            let rows: u64 = load.rows.iter().map(|(_, n)| n).sum();
            let about: Vec<_> = load
                .rows
                .iter()
                .map(|(table, n)| format!("{}: {}", table.title(), format::count(*n)))
                .collect();
            ui.data(format::moment(&load.at));
            ui.data(format::count(rows)).on_hover_text(about.join("\n"));
            let [holding, errors, warnings, unknown] = load.counts;
            ui.data(format::count(holding));
            for (n, ink) in [(errors, t.error), (warnings, t.warn), (unknown, t.text)] {
                let ink = if n == 0 { t.text_faint } else { ink };
                ui.say(format::count(n), theme::mono(12.0), ink);
            }
            ui.end_row();
        }
    });
}

fn line(ui: &mut Ui, cx: &mut Context<'_>, copies: &SourceCopies) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        let first = copies.rule == CopyRule::KeepFirst;
        let name = format!("Keep the first alone in {}", copies.source);
        if button::switch(ui, first, &name) {
            let rule = if first { CopyRule::Report } else { CopyRule::KeepFirst };
            let command = Command::SetCopyRule { source: copies.source.clone(), rule };
            cx.push(Action::ApplyAndRun(command, Stage::Quality));
        }
        ui.say(copies.source.0.clone(), theme::medium(13.0), t.text);
        let ink = if copies.copies == 0 { t.text_dim } else { t.text };
        let words = match (copies.copies, first) {
            (0, _) => "no copies".to_owned(),
            (n, true) => {
                format!("{}, left out of the mapping", format::plural(n, "copy", "copies"))
            }
            (n, false) => format!("{}, kept", format::plural(n, "copy", "copies")),
        };
        ui.say(words, theme::body(13.0), ink);
        ui.faint(format!("of {}", format::plural(copies.rows, "row", "rows")));
    });
}
