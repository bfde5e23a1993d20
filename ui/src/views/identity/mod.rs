//! Identity: match weights, threshold with what it costs, training, blocking, and the review.

mod blocking;
mod charts;
mod explain;
mod golden;
mod graph;
mod guards;
mod lineage;
mod review;
mod sides;
mod standing;
mod training;
mod tune;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, notice, stats};
use crate::widgets::stage::Next;
use crate::widgets::{Say, button, format, layout, stage};
use blocking::Blocking;
use egui::{Align2, Sense, Ui, vec2};
use explain::Explain;
use golden::Golden;
use graph::Graph;
use kith_model::identity::{BlockingCount, IdentitySummary};
use kith_model::{ProfileId, Stage};
use lineage::Lineage;
use review::Review;
use training::Training;
use tune::Tune;

/// What is shown.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Overview,
    Review,
    Explain,
    Graph,
    Golden,
    Lineage,
    Charts,
    Blocking,
    Training,
}

/// The page's transient input.
#[derive(Default)]
pub struct IdentityView {
    part: Part,
    review: Review,
    explain: Explain,
    graph: Graph,
    golden: Golden,
    tune: Tune,
    training: Training,
    blocking: Blocking,
    lineage: Lineage,
}

impl IdentityView {
    /// Opens the review.
    fn next(&self, waiting: u64) -> Option<Next<'static>> {
        (waiting > 0 && self.part != Part::Review).then(|| Next {
            icon: icons::LOOK,
            label: format!("Review {}", format::plural(waiting, "pair", "pairs")),
            action: Action::Go(crate::route::Route::Stage(Stage::Identity)),
        })
    }

    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let summary = cx.data.identity.read().and_then(Option::as_ref);
        // What still waits, where that is known: the run counted what waited then.
        let waiting =
            summary.map_or(0, |s| cx.data.review_desk.read().map_or(s.review, |desk| desk.waiting));
        let mut wanted = Vec::new();
        let next = self.next(waiting);
        let opens_review = next.is_some();
        {
            let mut inner = Context::new(cx.data, cx.live, cx.selection, cx.keys, &mut wanted);
            stage::header(ui, &mut inner, Stage::Identity, next);
        }
        for action in wanted {
            if opens_review && action == Action::Go(crate::route::Route::Stage(Stage::Identity)) {
                self.part = Part::Review;
            } else {
                cx.push(action);
            }
        }
        let teach = "Contact records of the same person are found by shared keys and by how \
                     likely their names, dates and addresses agree by chance. Doubtful pairs wait \
                     for your word";
        if !stage::has_result(ui, cx, Stage::Identity, icons::IDENTITY, teach) {
            return;
        }
        let Some(summary) = summary else { return };
        layout::fill(ui, |ui| {
            let parts = [
                (Part::Overview, "Overview".to_owned()),
                (Part::Review, format!("Review {}", format::count(waiting))),
                (Part::Explain, "Explain".to_owned()),
                (Part::Graph, "People".to_owned()),
                (Part::Golden, "Golden".to_owned()),
                (Part::Lineage, "Lineage".to_owned()),
                (Part::Charts, "Charts".to_owned()),
                (Part::Blocking, "Blocking".to_owned()),
                (Part::Training, "Training".to_owned()),
            ];
            button::tabs(ui, &mut self.part, &parts);
            if self.part == Part::Explain
                && self.explain.is_empty()
                && let Some(pair) = self.review.current()
            {
                self.explain.ask(pair);
            }
            match self.part {
                Part::Overview => self.overview(ui, cx, summary),
                Part::Review => {
                    if let Some(pair) = self.review.show(ui, cx, summary) {
                        self.explain.ask(&pair);
                        self.part = Part::Explain;
                    }
                }
                Part::Explain => self.explain.show(ui, cx),
                Part::Graph => {
                    if let Some(pair) = self.graph.show(ui, cx) {
                        self.explain.ask(&pair);
                        self.part = Part::Explain;
                    }
                }
                Part::Golden => self.golden.show(ui, cx),
                Part::Lineage => self.lineage.show(ui, cx),
                Part::Charts => charts::show(ui, cx),
                Part::Blocking => self.blocking.show(ui, cx, summary),
                Part::Training => self.training.show(ui, cx, summary),
            }
        });
    }

    fn overview(&mut self, ui: &mut Ui, cx: &mut Context<'_>, summary: &IdentitySummary) {
        egui::ScrollArea::vertical().id_salt("identity").auto_shrink([false, false]).show(
            ui,
            |ui| {
                ui.spacing_mut().item_spacing.y = 16.0;
                for note in &summary.notes {
                    notice(ui, note);
                }
                ui.scope(|ui| {
                    stage::dim_when_old(ui, cx, Stage::Identity);
                    figures(ui, summary);
                });
                self.tune.show(ui, cx, summary);
                layout::columns(ui, [0.5, 0.5], |[left, right]| {
                    yields(left, &summary.blocking);
                    sizes(right, &summary.cluster_sizes);
                });
                guards::show(ui, &summary.guards);
            },
        );
    }
}

/// A profile id as people write it: `p0000098` or `98`.
fn person_id(text: &str) -> Option<ProfileId> {
    text.trim().trim_start_matches(['p', 'P']).parse().ok().map(ProfileId)
}

fn figures(ui: &mut Ui, s: &IdentitySummary) {
    let mut all = vec![
        ("records", format::count(s.records), "Contact records looked at"),
        ("people", format::count(s.people), "Clusters of records, singletons included"),
        (
            "linked by key",
            format::count(s.deterministic_links),
            "Records joined by a deterministic key: login, e-mail, phone, loyalty number",
        ),
        ("pairs compared", format::count(s.pairs), "Candidate pairs that blocking found"),
        ("pairs linked", format::count(s.links), "Pairs at or above the threshold"),
    ];
    if let Some(truth) = s.truth {
        all.push((
            "precision",
            format::unit(truth.precision),
            "Pairwise, final clusters against the known truth: true pairs among linked pairs",
        ));
        all.push((
            "recall",
            format::unit(truth.recall),
            "Pairwise, final clusters against the known truth: linked pairs among true pairs",
        ));
    }
    stats(ui, &all);
}

fn yields(ui: &mut Ui, rules: &[BlockingCount]) {
    let t = theme::of(ui);
    let total: u64 = rules.iter().map(|r| r.new_pairs).sum();
    card(ui, "Blocking", "pairs each rule adds", |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for rule in rules {
            let (rect, response) =
                ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
            let share = rule.new_pairs as f32 / total.max(1) as f32;
            let mut bar = rect.shrink2(vec2(0.0, 2.0));
            bar.set_width((rect.width() * share).max(1.0));
            ui.painter().rect_filled(bar, 3.0, t.accent_soft);
            let at = rect.left_center() + vec2(8.0, 0.0);
            let font = theme::body(13.0);
            ui.painter().text(at, Align2::LEFT_CENTER, &rule.rule, font, t.text);
            let at = rect.right_center() - vec2(8.0, 0.0);
            let text = format!("+{}", format::count(rule.new_pairs));
            ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), t.text);
            let skipped = match rule.skipped_blocks {
                0 => String::new(),
                n => format!("\n{} too large, left out", format::plural(n, "block", "blocks")),
            };
            response.on_hover_text(format!(
                "{} pairs, {} of them new{skipped}",
                format::count(rule.pairs),
                format::count(rule.new_pairs)
            ));
        }
    });
}

fn sizes(ui: &mut Ui, sizes: &[u64]) {
    let t = theme::of(ui);
    card(ui, "People by number of records", "people", |ui| {
        let most = sizes.iter().copied().max().unwrap_or(1).max(1) as f32;
        ui.spacing_mut().item_spacing.y = 2.0;
        for (i, n) in sizes.iter().enumerate().filter(|(_, n)| **n > 0).take(10) {
            let (rect, _) =
                ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
            let label = format::plural(i as u64 + 1, "record", "records");
            let at = rect.left_center() + vec2(8.0, 0.0);
            ui.painter().text(at, Align2::LEFT_CENTER, label, theme::body(13.0), t.text);
            let mut bar = rect.shrink2(vec2(0.0, 7.0));
            bar.min.x += 92.0;
            bar.max.x -= 64.0;
            bar.set_width((bar.width() * *n as f32 / most).max(1.0));
            ui.painter().rect_filled(bar, 2.0, t.text_faint);
            let at = rect.right_center() - vec2(8.0, 0.0);
            let text = format::count(*n);
            ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), t.text);
        }
    });
}

impl IdentityView {
    /// What the review decides now, in the inspector.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &Context<'_>) {
        let Some(s) = cx.data.identity.peek().and_then(Option::as_ref) else { return };
        ui.dim(format!(
            "Pairs at or above {} are the same person; pairs from there down to the start of the \
             review wait for a word",
            format::share(s.threshold)
        ));
    }
}
