//! What became of profile ids: each run that changed whose a record is, and the fate of one id.

use super::person_id;
use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, chip, empty, failure};
use crate::widgets::{Say, button, format};
use egui::{TextEdit, Ui};
use kith_model::ProfileId;
use kith_model::lineage::{LineageEvent, LineageKind, LineageRun, ProfileFate, RunKind};

/// Events of a run that are listed; the rest are counted.
const LISTED: usize = 30;

/// What is looked at.
#[derive(Default)]
pub struct Lineage {
    wanted: String,
}

impl Lineage {
    /// Draws the runs, or those that touched the profile asked for.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let field = TextEdit::singleline(&mut self.wanted)
                .hint_text("What became of… p0000098")
                .font(theme::mono(13.0))
                .desired_width(240.0);
            let response = ui.add(field);
            let label = "A profile's id";
            response.widget_info(|| egui::WidgetInfo::text_edit(true, "", "", label));
            if !self.wanted.trim().is_empty() && person_id(&self.wanted).is_none() {
                ui.dim("Write an id as p0000098 or 98");
            }
            if !self.wanted.is_empty() && button::link(ui, "All runs").clicked() {
                self.wanted.clear();
            }
        });
        let asked = person_id(&self.wanted);
        if let Some(error) = cx.data.lineages.error(&asked) {
            failure(ui, error);
        }
        let Some(found) = cx.data.lineages.read(&asked) else {
            ui.faint("Looking…");
            return;
        };
        if found.runs.is_empty() && found.fate.is_none() {
            let teach = "When a run merges, splits or loses profiles, it is written down here: \
                         which ids, when, and where their records went";
            empty(ui, icons::HISTORY, "No profile has changed hands", teach, None);
            return;
        }
        let scroll = egui::ScrollArea::vertical().id_salt("lineage").auto_shrink([false, false]);
        scroll.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            if let Some(fate) = &found.fate {
                card(ui, &format!("Profile {}", fate.profile), &sentence(fate), |ui| {
                    ids(ui, cx, "its records are in", &fate.now);
                });
            }
            for run in &found.runs {
                card(ui, &title(run), &caption(run), |ui| events(ui, cx, run));
            }
            if found.total > found.runs.len() as u64 {
                let older = found.total - found.runs.len() as u64;
                ui.faint(format!("{} before these", format::plural(older, "run", "runs")));
            }
        });
    }
}

fn sentence(fate: &ProfileFate) -> String {
    match (fate.standing, fate.now.is_empty()) {
        (true, _) => "in use".to_owned(),
        (false, true) => "never given, or all its records are gone".to_owned(),
        (false, false) => "retired: its id is never given again".to_owned(),
    }
}

fn title(run: &LineageRun) -> String {
    format!("Run {} · {}", run.run, format::moment(&run.at))
}

fn caption(run: &LineageRun) -> String {
    let how = if run.how == RunKind::Full { "full run" } else { "new records linked" };
    format!(
        "{how} · {} of {} · {} new, {} retired",
        format::plural(run.profiles, "profile", "profiles"),
        format::plural(run.records, "record", "records"),
        format::count(run.new),
        format::count(run.retired)
    )
}

fn events(ui: &mut Ui, cx: &mut Context<'_>, run: &LineageRun) {
    ui.spacing_mut().item_spacing.y = 4.0;
    if run.events.is_empty() {
        ui.dim("Ids were given; nobody was merged, split or lost");
    }
    for event in run.events.iter().take(LISTED) {
        one(ui, cx, event);
    }
    if let Some(more) = run.events.len().checked_sub(LISTED).filter(|n| *n > 0) {
        let more = format::plural(more as u64, "more change", "more changes");
        ui.faint(format!("{more}: `kith lineage` and the table ident.lineage list them all"));
    }
}

fn one(ui: &mut Ui, cx: &mut Context<'_>, event: &LineageEvent) {
    let t = theme::of(ui);
    let ink = match event.what {
        LineageKind::Merged => t.ok,
        LineageKind::Split | LineageKind::Regrouped => t.accent,
        LineageKind::Gone => t.warn,
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        chip(ui, event.what.label(), ink);
        for id in event.before() {
            ui.say(id.to_string(), theme::mono(12.0), t.text);
        }
        let after = event.after();
        ids(ui, cx, "→", &after);
        let records: u64 = event.moves.iter().map(|m| m.records).sum();
        ui.faint(format::plural(records, "record", "records"));
    });
}

/// Ids of people there are, each opens the person.
fn ids(ui: &mut Ui, cx: &mut Context<'_>, before: &str, ids: &[ProfileId]) {
    if ids.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.dim(before.to_owned());
        for &id in ids {
            if button::link(ui, &id.to_string()).on_hover_text("Show the person").clicked() {
                cx.push(Action::Person(Some(id)));
            }
        }
    });
}
