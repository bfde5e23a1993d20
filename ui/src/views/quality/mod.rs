//! Quality: what was expected and what fails, suggestions, profiles, and load against load.

mod compare;
mod editor;
mod gaps;
mod list;
mod loads;
mod profile;
mod suggested;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::chip;
use crate::widgets::grid::Grid;
use crate::widgets::stage::Next;
use crate::widgets::{Rank, Say, button, layout, stage};
use editor::Editor;
use egui::{CornerRadius, ScrollArea, Stroke, Ui};
use kith_api::TableRef;
use kith_model::quality::{Finding, QualitySummary, Severity, TableId};
use kith_model::{Command, Stage};

/// The parts of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Tab {
    #[default]
    Expectations,
    Suggested,
    Profile,
    Gaps,
    Loads,
    Compare,
}

/// The page's transient input.
#[derive(Default)]
pub struct QualityView {
    tab: Tab,
    chosen: Option<String>,
    editor: Option<Editor>,
    table: Option<TableId>,
    gaps: gaps::Gaps,
    compare: compare::Compare,
    /// Suggestions beyond the few of each table.
    every: bool,
    rows: Grid,
}

impl QualityView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let next =
            Next { icon: icons::RESET, label: "Check again".to_owned(), action: Action::Recheck };
        stage::header(ui, cx, Stage::Quality, Some(next));
        let teach = "Expectations are checked over the mapped tables: nothing missing that must \
                     be there, unique numbers, dates that have happened. Each failing row is one \
                     click away";
        if !stage::has_result(ui, cx, Stage::Quality, icons::QUALITY, teach) {
            return;
        }
        let Some(summary) = cx.data.quality.read().and_then(Option::as_ref) else { return };
        layout::fill(ui, |ui| {
            self.tabs(ui, cx, summary);
            match self.tab {
                Tab::Expectations => self.expectations(ui, cx, summary),
                Tab::Suggested => suggested::show(ui, cx, &mut self.every),
                Tab::Profile => profile::show(ui, cx, &mut self.table),
                Tab::Gaps => self.gaps.show(ui, cx),
                Tab::Loads => loads::show(ui, cx, summary),
                Tab::Compare => self.compare.show(ui, cx, &summary.loads),
            }
        });
    }

    fn tabs(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &QualitySummary) {
        let many = |word: &str, n: usize| match n {
            0 => word.to_owned(),
            n => format!("{word} {n}"),
        };
        let suggested = cx
            .data
            .suggested_expectations
            .peek()
            .map_or(0, |all| all.iter().filter(|one| one.by_default).count());
        let all = [
            (Tab::Expectations, many("Expectations", summary.findings.len())),
            (Tab::Suggested, many("Suggested", suggested)),
            (Tab::Profile, "Profile".to_owned()),
            (Tab::Gaps, "Fill gaps".to_owned()),
            (Tab::Loads, many("Loads", summary.loads.len())),
            (Tab::Compare, "Compare".to_owned()),
        ];
        ui.horizontal(|ui| {
            button::tabs(ui, &mut self.tab, &all);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if self.tab == Tab::Expectations
                    && button(ui, Rank::Plain, Some(icons::PLUS), "Add an expectation").clicked()
                {
                    self.editor = Some(Editor::blank(cx));
                }
            });
        });
    }

    fn expectations(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &QualitySummary) {
        let findings = &summary.findings;
        if !findings.iter().any(|f| Some(&f.expectation.id) == self.chosen.as_ref()) {
            let failing = findings.iter().find(|f| f.failing > 0);
            self.chosen = failing.map(|f| f.expectation.id.clone());
        }
        let room = ui.available_height() * 0.5;
        ui.scope(|ui| {
            stage::dim_when_old(ui, cx, Stage::Quality);
            ui.spacing_mut().item_spacing.y = 0.0;
            ScrollArea::vertical().id_salt("findings").max_height(room).show(ui, |ui| {
                for finding in findings {
                    let here = self.chosen.as_ref() == Some(&finding.expectation.id);
                    if list::line(ui, finding, here, &summary.loads) {
                        self.chosen = Some(finding.expectation.id.clone());
                        self.editor = None;
                    }
                }
            });
        });
        if let Some(editor) = &mut self.editor {
            let mut open = true;
            ScrollArea::vertical().id_salt("editor").show(ui, |ui| {
                open = editor.show(ui, cx);
            });
            if !open {
                self.editor = None;
            }
            return;
        }
        let chosen = findings.iter().find(|f| Some(&f.expectation.id) == self.chosen.as_ref());
        match chosen {
            Some(finding) if finding.failing > 0 && !finding.sql.is_empty() => {
                ui.head(&format!("Failing rows: {}", finding.title));
                let table = TableRef::Query { sql: finding.sql.clone() };
                self.rows.show(ui, cx, &table, &[]);
            }
            Some(finding) => {
                ui.dim(list::found(finding));
            }
            None => {
                ui.dim("Every expectation holds");
            }
        }
    }

    /// The chosen finding, and what can be done about it.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let t = theme::of(ui);
        let summary = cx.data.quality.peek().and_then(Option::as_ref);
        let mut findings = summary.into_iter().flat_map(|s| &s.findings);
        let chosen = findings.find(|f| Some(&f.expectation.id) == self.chosen.as_ref());
        let Some(finding) = chosen.filter(|_| self.tab == Tab::Expectations).cloned() else {
            return;
        };
        let title = egui::RichText::new(&finding.title).font(theme::semibold(13.0)).color(t.text);
        ui.add(egui::Label::new(title).wrap());
        let severity = match finding.expectation.severity {
            Severity::Warning => ("warning: look at it", t.warn),
            Severity::Error => ("error: do not trust what follows", t.error),
        };
        ui.horizontal_wrapped(|ui| {
            chip(ui, severity.0, severity.1);
            chip(ui, if finding.built_in { "built in" } else { "the project's own" }, t.text_dim);
        });
        self.actions(ui, cx, &finding);
        if !finding.sql.is_empty() {
            sql(ui, &finding.sql);
        }
    }

    fn actions(&mut self, ui: &mut Ui, cx: &mut Context<'_>, finding: &Finding) {
        let put = |expectation| Command::PutExpectation { expectation };
        ui.horizontal_wrapped(|ui| {
            if button(ui, Rank::Plain, Some(icons::EDIT), "Edit").clicked() {
                self.editor = Some(Editor::of(&finding.expectation));
            }
            let mut other = finding.expectation.clone();
            let label = match other.severity {
                Severity::Warning => "Make it an error",
                Severity::Error => "Make it a warning",
            };
            other.severity = match other.severity {
                Severity::Warning => Severity::Error,
                Severity::Error => Severity::Warning,
            };
            if button(ui, Rank::Plain, None, label).clicked() {
                cx.push(Action::ApplyAndRun(put(other), Stage::Quality));
            }
            let (label, command) = if finding.built_in {
                let mut off = finding.expectation.clone();
                off.off = true;
                ("Switch off", put(off))
            } else {
                let id = finding.expectation.id.clone();
                ("Remove", Command::RemoveExpectation { id })
            };
            if button(ui, Rank::Ghost, Some(icons::TRASH), label).clicked() {
                cx.push(Action::ApplyAndRun(command, Stage::Quality));
            }
        });
    }
}

/// The scrolling part of a tab; the page's margins are there already.
fn scroll<R>(ui: &mut Ui, salt: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    ScrollArea::vertical()
        .id_salt(salt)
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 16.0;
            add(ui)
        })
        .inner
}

/// SQL as it is run, to be read and copied.
pub fn sql(ui: &mut Ui, text: &str) {
    let t = theme::of(ui);
    egui::Frame::new()
        .fill(t.sunken)
        .stroke(Stroke::new(1.0, t.hairline))
        .corner_radius(CornerRadius::same(4))
        .inner_margin(egui::Margin::same(8))
        .show(ui, |ui| {
            ui.set_width(ui.available_width());
            let rich = egui::RichText::new(text).font(theme::mono(12.0)).color(t.text);
            ui.add(egui::Label::new(rich).wrap().selectable(true));
        });
}
