//! Gaps of mapped columns: which are there, each way of filling one with its measured error, and
//! what is filled now.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, failure};
use crate::widgets::{Rank, Say, bars, button, chip, format};
use egui::{ComboBox, Grid, TextEdit, Ui};
use kith_model::quality::{
    ColumnStats, Imputation, ImputeMethod, ImputeOffer, ImputeTrial, ImputedField, MaskedError,
    TableId, fillable,
};
use kith_model::{Command, Entity, Stage};

/// The tab's transient input.
#[derive(Default)]
pub struct Gaps {
    table: Option<Entity>,
    field: Option<String>,
    constant: String,
}

impl Gaps {
    /// Draws the tab.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let tables: Vec<Entity> = Entity::ALL
            .into_iter()
            .filter(|e| e.fields().iter().any(|f| fillable(*e, f.name).is_some()))
            .filter(|e| {
                let tables = cx.data.tables.read().into_iter().flatten();
                tables.into_iter().any(|t| t.schema == "canon" && t.name == e.key() && t.rows > 0)
            })
            .collect();
        if self.table.is_none_or(|t| !tables.contains(&t)) {
            self.table = tables.first().copied();
            self.field = None;
        }
        let Some(table) = self.table else {
            ui.faint("Looking for tables…");
            return;
        };
        super::scroll(ui, "gaps", |ui| {
            filled(ui, cx);
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 12.0;
                let left = (ui.available_width() * 0.36).min(340.0);
                ui.allocate_ui(egui::vec2(left, 0.0), |ui| {
                    ui.vertical(|ui| {
                        card(ui, "Columns with gaps", "", |ui| {
                            self.choose(ui, cx, (table, &tables));
                            ui.faint("Keys, names and consent are never invented");
                        });
                    });
                });
                ui.vertical(|ui| self.ways(ui, cx, table));
            });
        });
    }

    fn choose(&mut self, ui: &mut Ui, cx: &mut Context<'_>, (table, tables): (Entity, &[Entity])) {
        ui.name_inputs("Table", |ui| {
            ComboBox::from_id_salt("gaps table").width(220.0).selected_text(table.title()).show_ui(
                ui,
                |ui| {
                    for one in tables {
                        if ui.selectable_label(*one == table, one.title()).clicked() {
                            self.table = Some(*one);
                            self.field = None;
                        }
                    }
                },
            );
        });
        let id = TableId::Canon(table);
        if let Some(error) = cx.data.profiles.error(&id) {
            failure(ui, error);
        }
        let Some(profile) = cx.data.profiles.read(&id) else {
            ui.faint("Profiling…");
            return;
        };
        let with_gaps: Vec<&ColumnStats> = profile
            .columns
            .iter()
            .filter(|c| c.missing + c.filled > 0 && c.missing < profile.rows)
            .filter(|c| fillable(table, &c.name).is_some())
            .collect();
        if with_gaps.is_empty() {
            ui.dim("No column that may be filled has gaps");
            return;
        }
        for column in with_gaps {
            let gaps = column.missing + column.filled;
            let here = self.field.as_ref() == Some(&column.name);
            let said = format!("{}: {}", column.name, format::plural(gaps, "gap", "gaps"));
            let (rect, response) = crate::widgets::row(ui, 26.0, here, &said);
            let t = theme::of(ui);
            let middle = rect.center().y;
            let at = |x: f32| egui::pos2(rect.left() + x, middle);
            let end = rect.right() - 4.0;
            crate::widgets::fit(
                ui,
                at(8.0),
                rect.left() + 140.0,
                &column.name,
                theme::medium(13.0),
                t.text,
            );
            let words = match column.filled {
                0 => format!("{} missing", format::share(column.missing_share(profile.rows))),
                n => format!("{} filled", format::plural(n, "gap", "gaps")),
            };
            let ink = if column.filled > 0 { t.ok } else { t.text_dim };
            crate::widgets::fit(ui, at(148.0), end, words, theme::body(12.0), ink);
            if response.clicked() {
                self.field = Some(column.name.clone());
            }
        }
    }

    fn ways(&mut self, ui: &mut Ui, cx: &mut Context<'_>, table: Entity) {
        let Some(field) = self.field.clone() else {
            let caption = "known values are masked, filled in again and compared";
            card(ui, "Ways to fill", caption, |ui| {
                ui.dim("Choose a column: every way is measured before you take one");
            });
            return;
        };
        let key = (table, field.clone());
        let caption = format!("{field} of {}", table.title().to_lowercase());
        card(ui, "Ways to fill", &caption, |ui| {
            if let Some(error) = cx.data.offers.error(&key) {
                failure(ui, error);
                return;
            }
            let Some(offer) = cx.data.offers.read(&key).cloned() else {
                ui.faint("Masking values and filling them in…");
                return;
            };
            ui.dim(format!(
                "{} of {} have no value. Errors on a fifth of {} known ones, masked",
                format::count(offer.missing),
                format::plural(offer.rows, "row", "rows"),
                format::count(offer.looked_at)
            ));
            trials(ui, cx, &offer);
            self.constant(ui, cx, &offer);
        });
    }

    fn constant(&mut self, ui: &mut Ui, cx: &mut Context<'_>, offer: &ImputeOffer) {
        ui.horizontal(|ui| {
            ui.words("Always the same value");
            ui.name_inputs("Constant", |ui| {
                ui.add(TextEdit::singleline(&mut self.constant).desired_width(120.0));
            });
            let one = Imputation {
                table: offer.table,
                field: offer.field.clone(),
                method: ImputeMethod::Constant { value: self.constant.trim().to_owned() },
                columns: Vec::new(),
                seed: offer.trials.first().map_or(7, |t| t.imputation.seed),
            };
            let broken = one.broken();
            ui.add_enabled_ui(broken.is_empty(), |ui| {
                if button(ui, Rank::Plain, None, "Fill with it").clicked() {
                    put(cx, one);
                }
            });
            if let Some(rule) = broken.first().filter(|_| !self.constant.is_empty()) {
                ui.faint(rule.message.clone());
            }
        });
    }
}

fn put(cx: &mut Context<'_>, imputation: Imputation) {
    cx.push(Action::ApplyAndRun(Command::PutImputation { imputation }, Stage::Quality));
}

fn trials(ui: &mut Ui, cx: &mut Context<'_>, offer: &ImputeOffer) {
    let t = theme::of(ui);
    let worst =
        offer.trials.iter().filter_map(|t| t.error.loss()).fold(f64::MIN_POSITIVE, f64::max);
    Grid::new("ways").num_columns(5).min_col_width(40.0).spacing([12.0, 8.0]).show(ui, |ui| {
        let number = offer.trials.iter().any(|t| t.error.rmse.is_some());
        let heads =
            if number { ["Way", "", "RMSE", "MAE", ""] } else { ["Way", "", "met", "", ""] };
        for head in heads {
            ui.faint(head);
        }
        ui.end_row();
        for (at, trial) in offer.trials.iter().enumerate() {
            let title = trial.imputation.method.title();
            let by = trial.imputation.columns.join(", ");
            let about = match by.as_str() {
                "" => trial.imputation.method.term().to_owned(),
                by => format!("{}, by {by}", trial.imputation.method.term()),
            };
            // A grid's cell is as wide as its least content: names need room of their own.
            ui.allocate_ui(egui::vec2(132.0, 20.0), |ui| {
                ui.set_width(132.0);
                ui.say(&title, theme::medium(13.0), t.text).on_hover_text(about);
            });
            let here = offer.suggested == Some(at);
            let ink = if here { t.accent } else { t.hairline_strong };
            // The bar says what the figure behind it says.
            let (bar, about) = match trial.error.accuracy {
                Some(met) => (met, "Share of masked values it met"),
                None => (trial.error.loss().unwrap_or(0.0) / worst, "Error beside the worst way"),
            };
            bars::share(ui, 48.0, bar, ink).on_hover_text(about);
            let [first, second] = figures(&trial.error);
            ui.data(first);
            ui.data(second);
            ui.horizontal(|ui| {
                take(ui, cx, trial, here);
                if offer.baseline == Some(at) {
                    chip(ui, "simplest", t.text_dim);
                }
                if here {
                    chip(ui, "suggested", t.accent);
                }
            });
            ui.end_row();
        }
    });
    if let Some(trial) = offer.trials.iter().find(|t| !t.imputation.columns.is_empty()) {
        ui.faint(format!("The others go by {}", trial.imputation.columns.join(", ")));
    }
}

fn take(ui: &mut Ui, cx: &mut Context<'_>, trial: &ImputeTrial, here: bool) {
    let rank = if here { Rank::Primary } else { Rank::Plain };
    let response = button(ui, rank, None, "Fill");
    let name = format!("Fill by {}", trial.imputation.method.term());
    if response.on_hover_text(name).clicked() {
        put(cx, trial.imputation.clone());
    }
}

/// Two figures: RMSE and MAE, or the share met.
fn figures(error: &MaskedError) -> [String; 2] {
    match (error.rmse, error.mae, error.accuracy) {
        (Some(rmse), Some(mae), _) => [format::real(rmse), format::real(mae)],
        (_, _, Some(share)) => [format::share(share), String::new()],
        _ => ["not measured".to_owned(), String::new()],
    }
}

/// What is filled now, with its error.
fn filled(ui: &mut Ui, cx: &mut Context<'_>) {
    let summary = cx.data.mapping.read().and_then(Option::as_ref);
    let all: Vec<ImputedField> = summary.map(|s| s.imputed.clone()).unwrap_or_default();
    if all.is_empty() {
        return;
    }
    let caption = "each keeps the original beside it and marks what was filled; matching reads the \
                   original";
    card(ui, "Filled columns", caption, |ui| {
        for one in &all {
            ui.horizontal(|ui| line(ui, cx, one));
        }
    });
}

fn line(ui: &mut Ui, cx: &mut Context<'_>, one: &ImputedField) {
    let t = theme::of(ui);
    let Imputation { table, field, method, .. } = &one.imputation;
    let name = format!("{}.{field}", table.key());
    if button(ui, Rank::Ghost, Some(icons::TRASH), "Leave unfilled")
        .on_hover_text(format!("Leave the gaps of {name} as they are"))
        .clicked()
    {
        let command = Command::RemoveImputation { table: *table, field: field.clone() };
        cx.push(Action::ApplyAndRun(command, Stage::Quality));
    }
    ui.say(&name, theme::medium(13.0), t.text);
    ui.words(format!("{} filled by {}", format::plural(one.filled, "gap", "gaps"), method.term()));
    if one.left > 0 {
        chip(ui, &format!("{} left", format::count(one.left)), t.warn);
    }
    let of = |error: &MaskedError| {
        let [first, second] = figures(error);
        match error.rmse {
            Some(_) => format!("RMSE {first}, MAE {second}"),
            None => format!("{first} met"),
        }
    };
    ui.dim(format!("{}; simplest way {}", of(&one.error), of(&one.baseline)))
        .on_hover_text(format!("On {} masked values", format::count(one.error.masked)));
}
