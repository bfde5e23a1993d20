//! A rule's editor: its condition as a tree of plain sentences.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::card;
use crate::widgets::setting::Draft;
use crate::widgets::{Rank, Say, button, format, icon_button};
use egui::{ComboBox, DragValue, TextEdit, Ui};
use kith_model::document::Document;
use kith_model::rules::{Action as Then, Condition, Op, Rule};
use kith_model::{Command, RuleId, Stage};

/// The rule being edited.
#[derive(Default)]
pub struct Editor {
    draft: Draft<Rule>,
}

impl Editor {
    /// Draws it.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>, rule: &Rule) {
        let draft = self.draft.edit(rule);
        card(ui, "Edit rule", "nothing changes until you save", |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            ui.horizontal_wrapped(|ui| {
                ui.faint("Name");
                ui.name_inputs("Name", |ui| field(ui, &mut draft.name, 220.0));
                ui.faint("Priority");
                ui.name_inputs("Priority", |ui| ui.add(DragValue::new(&mut draft.priority)));
                ui.faint("At most once a person in");
                let cap = DragValue::new(&mut draft.cap_hours).suffix(" h");
                ui.name_inputs("Cap in hours", |ui| ui.add(cap)).on_hover_text("0: no cap");
            });
            ui.faint("When");
            condition(ui, cx, &mut draft.when, 0);
            ui.horizontal_wrapped(|ui| {
                ui.faint("Then");
                combo(ui, "Action", &mut draft.then.kind, &["show", "send", "suppress"]);
                ui.name_inputs("Content", |ui| field(ui, &mut draft.then.content, 220.0));
            });
            ui.horizontal(|ui| {
                let changed = draft != rule;
                ui.add_enabled_ui(changed, |ui| {
                    let save = button(ui, Rank::Primary, Some(icons::CHECK), "Save and replay");
                    if save.clicked() {
                        let command = Command::PutRule { rule: draft.clone() };
                        cx.push(Action::ApplyAndRun(command, Stage::Rules));
                    }
                    if button(ui, Rank::Ghost, None, "Discard").clicked() {
                        *draft = rule.clone();
                    }
                });
            });
        });
    }
}

/// A new rule with a free id.
pub fn blank(document: &Document) -> Rule {
    let free = |n: &usize| document.rules.iter().all(|r| r.id.0 != format!("rule_{n}"));
    let n = (1..).find(free).unwrap_or_default();
    let last = document.rules.iter().map(|r| r.priority).max().unwrap_or(0);
    Rule {
        id: RuleId(format!("rule_{n}")),
        name: format!("Rule {n}"),
        when: Condition::All { of: vec![event()] },
        then: Then { kind: "show".to_owned(), content: "banner".to_owned() },
        priority: last + 10,
        cap_hours: 24,
        enabled: false,
    }
}

fn event() -> Condition {
    Condition::Happened {
        event: "view_item".to_owned(),
        at_least: 3,
        within_hours: 24,
        same_product: true,
    }
}

/// A condition in words.
pub fn words(condition: &Condition) -> String {
    let join = |of: &[Condition], by: &str| of.iter().map(words).collect::<Vec<_>>().join(by);
    match condition {
        Condition::All { of } => join(of, " and "),
        Condition::Any { of } => format!("({})", join(of, " or ")),
        Condition::Not { of } => format!("not {}", words(of)),
        Condition::Happened { event, at_least, within_hours, same_product } => {
            let same = if *same_product { " of one product" } else { "" };
            format!("{event}{same} ≥ {at_least}× in {within_hours} h")
        }
        Condition::Abandoned { event, without, within_minutes } => {
            format!("{event} without {without} for {within_minutes} min")
        }
        Condition::Feature { feature, op, value } => {
            format!("{feature} {} {}", sign(*op), format::real(*value))
        }
        Condition::Segment { segment } => format!("in {segment}"),
        Condition::Propensity { op, value } => format!("propensity {} {value}", sign(*op)),
        Condition::Weekend => "on a weekend".to_owned(),
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Eq => "=",
        Op::Ne => "≠",
        Op::Lt => "<",
        Op::Le => "≤",
        Op::Gt => ">",
        Op::Ge => "≥",
    }
}

fn field(ui: &mut Ui, text: &mut String, width: f32) {
    ui.add(TextEdit::singleline(text).desired_width(width).margin(egui::Margin::symmetric(8, 5)));
}

fn combo(ui: &mut Ui, name: &str, value: &mut String, all: &[&str]) {
    ui.name_inputs(name, |ui| {
        let id = ui.next_auto_id();
        ComboBox::from_id_salt(id).selected_text(value.as_str()).show_ui(ui, |ui| {
            for choice in all {
                ui.selectable_value(value, (*choice).to_owned(), *choice);
            }
        });
    });
}

/// One line of the tree; true when it is to be removed.
fn condition(ui: &mut Ui, cx: &Context<'_>, it: &mut Condition, depth: usize) -> bool {
    let t = theme::of(ui);
    let mut remove = false;
    ui.horizontal_wrapped(|ui| {
        ui.add_space(20.0 * depth as f32);
        if depth > 0 {
            ui.icon(icons::RIGHT, 12.0, t.text_faint);
        }
        kind(ui, it);
        parameters(ui, cx, it);
        if depth > 0 && icon_button(ui, icons::CLOSE, "Remove this condition", false).clicked() {
            remove = true;
        }
    });
    match it {
        Condition::All { of } | Condition::Any { of } => {
            let mut at = 0;
            of.retain_mut(|part| {
                at += 1;
                !ui.push_id(at, |ui| condition(ui, cx, part, depth + 1)).inner
            });
            ui.horizontal(|ui| {
                ui.add_space(20.0 * (depth + 1) as f32);
                if button(ui, Rank::Ghost, Some(icons::PLUS), "Add a condition").clicked() {
                    of.push(event());
                }
            });
        }
        Condition::Not { of } => {
            ui.push_id("not", |ui| condition(ui, cx, of, depth + 1));
        }
        _ => {}
    }
    remove
}

/// A kind of condition in words, and one to begin with.
type Kind = (&'static str, fn() -> Condition);

fn kind(ui: &mut Ui, it: &mut Condition) {
    let names: [Kind; 9] = [
        ("all of", || Condition::All { of: vec![event()] }),
        ("any of", || Condition::Any { of: vec![event()] }),
        ("not", || Condition::Not { of: Box::new(Condition::Weekend) }),
        ("an event happened", event),
        ("something was abandoned", || Condition::Abandoned {
            event: "add_to_cart".to_owned(),
            without: "purchase".to_owned(),
            within_minutes: 60,
        }),
        ("a feature is", || Condition::Feature { feature: String::new(), op: Op::Ge, value: 1.0 }),
        ("the segment is", || Condition::Segment { segment: String::new() }),
        ("the propensity is", || Condition::Propensity { op: Op::Ge, value: 0.5 }),
        ("it is a weekend", || Condition::Weekend),
    ];
    let at = match it {
        Condition::All { .. } => 0,
        Condition::Any { .. } => 1,
        Condition::Not { .. } => 2,
        Condition::Happened { .. } => 3,
        Condition::Abandoned { .. } => 4,
        Condition::Feature { .. } => 5,
        Condition::Segment { .. } => 6,
        Condition::Propensity { .. } => 7,
        Condition::Weekend => 8,
    };
    ui.name_inputs("Kind of condition", |ui| {
        let id = ui.next_auto_id();
        ComboBox::from_id_salt(id).width(180.0).selected_text(names[at].0).show_ui(ui, |ui| {
            for (i, (name, make)) in names.into_iter().enumerate() {
                if ui.selectable_label(i == at, name).clicked() && i != at {
                    *it = make();
                }
            }
        });
    });
}

fn parameters(ui: &mut Ui, cx: &Context<'_>, it: &mut Condition) {
    ui.name_inputs("Value", |ui| match it {
        Condition::Happened { event, at_least, within_hours, same_product } => {
            field(ui, event, 120.0);
            ui.add(DragValue::new(at_least).prefix("≥ ").suffix(" times"));
            ui.add(DragValue::new(within_hours).prefix("within ").suffix(" h"));
            ui.checkbox(same_product, "same product");
        }
        Condition::Abandoned { event, without, within_minutes } => {
            field(ui, event, 120.0);
            ui.faint("without");
            field(ui, without, 120.0);
            ui.add(DragValue::new(within_minutes).prefix("for ").suffix(" min"));
        }
        Condition::Feature { feature, op, value } => {
            let known = cx.data.features.read().and_then(Option::as_ref);
            let names: Vec<&str> =
                known.into_iter().flat_map(|f| &f.features).map(|f| f.name.as_str()).collect();
            combo(ui, "Feature", feature, &names);
            operator(ui, op);
            ui.add(DragValue::new(value));
        }
        Condition::Segment { segment } => {
            let known = cx.data.segments.read().and_then(Option::as_ref);
            let names: Vec<&str> =
                known.into_iter().flat_map(|s| &s.segments).map(|s| s.name.as_str()).collect();
            combo(ui, "Segment", segment, &names);
        }
        Condition::Propensity { op, value } => {
            operator(ui, op);
            ui.add(DragValue::new(value).speed(0.01));
        }
        _ => {}
    });
}

fn operator(ui: &mut Ui, op: &mut Op) {
    let id = ui.next_auto_id();
    ComboBox::from_id_salt(id).width(48.0).selected_text(sign(*op)).show_ui(ui, |ui| {
        for choice in [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge] {
            ui.selectable_value(op, choice, sign(choice));
        }
    });
}
