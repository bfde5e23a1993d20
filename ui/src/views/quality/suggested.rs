//! Expectations that hold now and are worth guarding: take one, or all.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, failure};
use crate::widgets::{Rank, Say, button, chip};
use egui::{Align, Layout, Ui};
use kith_model::quality::{ExpectationSuggestion, Severity};
use kith_model::{Command, Stage};

/// Draws the tab; `every`: also those that are not taken by default.
pub fn show(ui: &mut Ui, cx: &mut Context<'_>, every: &mut bool) {
    if let Some(error) = cx.data.suggested_expectations.error() {
        failure(ui, error);
        return;
    }
    let Some(all) = cx.data.suggested_expectations.read() else {
        ui.faint("Profiling the tables…");
        return;
    };
    if all.is_empty() {
        ui.dim("Nothing more to suggest: what holds now is expected already");
        super::scroll(ui, "switched off", |ui| switched_off(ui, cx));
        return;
    }
    let shown: Vec<_> = all.iter().filter(|one| *every || one.by_default).collect();
    ui.horizontal(|ui| {
        ui.dim(
            "Each of these holds now: the few of each table most worth guarding. Taken, it tells \
             when a later load breaks it, and can be edited afterwards",
        );
    });
    ui.horizontal(|ui| {
        let label = match *every {
            true => format!("Take all {}", shown.len()),
            false => format!("Take these {}", shown.len()),
        };
        let some = !shown.is_empty();
        if some && button(ui, Rank::Primary, Some(icons::CHECK), &label).clicked() {
            let commands = shown.iter().map(|one| put(one)).collect();
            let title = "Take suggested expectations".to_owned();
            cx.push(Action::ApplyAndRun(Command::Batch { title, commands }, Stage::Quality));
        }
        let more = all.len() - all.iter().filter(|one| one.by_default).count();
        let label = match *every {
            true => "Show the few worth most".to_owned(),
            false => format!("Show all {}", all.len()),
        };
        if more > 0 && button(ui, Rank::Ghost, None, &label).clicked() {
            *every = !*every;
        }
    });
    super::scroll(ui, "suggested", |ui| {
        let mut at = 0;
        while at < shown.len() {
            let table = &shown[at].expectation.table;
            let more = shown[at..].iter().take_while(|s| &s.expectation.table == table).count();
            card(ui, &table.title(), &table.to_string(), |ui| {
                for suggestion in &shown[at..at + more] {
                    line(ui, cx, suggestion);
                }
            });
            at += more;
        }
        switched_off(ui, cx);
    });
}

/// Expectations that are kept but not checked.
fn switched_off(ui: &mut Ui, cx: &mut Context<'_>) {
    let Some(document) = cx.data.document.read() else { return };
    let off: Vec<_> = document.expectations.iter().filter(|one| one.off).cloned().collect();
    if off.is_empty() {
        return;
    }
    card(ui, "Switched off", "kept, but not checked", |ui| {
        for mut expectation in off {
            ui.horizontal(|ui| {
                if button::switch(ui, false, &format!("Switch on {}", expectation.id)) {
                    expectation.off = false;
                    let command = Command::PutExpectation { expectation: expectation.clone() };
                    cx.push(Action::ApplyAndRun(command, Stage::Quality));
                }
                ui.data(expectation.id.clone());
            });
        }
    });
}

fn put(suggestion: &ExpectationSuggestion) -> Command {
    Command::PutExpectation { expectation: suggestion.expectation.clone() }
}

fn line(ui: &mut Ui, cx: &mut Context<'_>, suggestion: &ExpectationSuggestion) {
    let t = theme::of(ui);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if button(ui, Rank::Plain, Some(icons::PLUS), "Take").clicked() {
                cx.push(Action::ApplyAndRun(put(suggestion), Stage::Quality));
            }
            match suggestion.expectation.severity {
                Severity::Error => chip(ui, "error", t.error),
                Severity::Warning => chip(ui, "warning", t.warn),
            };
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.say(suggestion.title.clone(), theme::medium(13.0), t.text);
                    ui.say(suggestion.reason.clone(), theme::body(12.0), t.text_dim);
                });
            });
        });
    });
}
