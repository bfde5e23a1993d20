//! Recommendations: models against baselines, weights, and one customer's list with reasons.

mod customer;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, notice, stats};
use crate::widgets::plot::{Axis, curve, ghost, plot};
use crate::widgets::setting::{Draft, Touch, broken, setting, slide};
use crate::widgets::{Say, button, chart, fit, format, layout, stage};
use customer::Customer;
use egui::{Align2, Rect, Sense, Stroke, Ui, pos2, vec2};
use kith_model::chart::{Chart, ChartAxis};
use kith_model::recommend::{ModelScore, RecommendParams, RecommendSummary};
use kith_model::{Command, Stage};

/// The page's transient input.
#[derive(Default)]
pub struct RecommendView {
    draft: Draft<RecommendParams>,
    customer: Customer,
}

impl RecommendView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        stage::header(ui, cx, Stage::Recommend, None);
        let teach = "Products bought or viewed by the same people are near each other; each \
                     person gets what is nearest to their own. The list everybody would get is \
                     the baseline to beat";
        if !stage::has_result(ui, cx, Stage::Recommend, icons::RECOMMEND, teach) {
            return;
        }
        let Some(summary) = cx.data.recommend.read().and_then(Option::as_ref) else { return };
        layout::scroll(ui, "recommend", |ui| {
            for note in &summary.notes {
                notice(ui, note);
            }
            ui.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Recommend);
                figures(ui, summary);
            });
            layout::columns(ui, [1.0, 296.0], |[left, right]| {
                left.spacing_mut().item_spacing.y = 16.0;
                left.scope(|ui| {
                    stage::dim_when_old(ui, cx, Stage::Recommend);
                    models(ui, summary);
                    layout::columns(ui, [0.5, 0.5], |[a, b]| {
                        running_mean(a, cx, summary);
                        segments(b, summary);
                    });
                });
                self.settings(right, cx);
            });
            self.customer.show(ui, cx);
        });
    }

    fn settings(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let Some(document) = cx.data.document.read() else { return };
        let draft = self.draft.edit(&document.recommend);
        let rules = draft.clone().check().err().unwrap_or_default();
        let touch = card(ui, "Settings", "apply on release", |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            let weights = weights(ui, draft, &rules);
            let about = "Neighbours kept for each product";
            let rule = broken(&rules, "neighbours");
            let neighbours = setting(ui, "Neighbours", about, rule, |ui| {
                slide(ui, &mut draft.neighbours, 5..=400, 0)
            });
            let about = "Added to the cosine's denominator: tames pairs seen a few times only";
            let rule = broken(&rules, "shrinkage");
            let shrinkage = setting(ui, "Shrinkage", about, rule, |ui| {
                slide(ui, &mut draft.shrinkage, 0.0..=100.0, 1)
            });
            let about = "Days at the end of history kept aside for the test";
            let rule = broken(&rules, "test_days");
            let days = setting(ui, "Test days", about, rule, |ui| {
                slide(ui, &mut draft.test_days, 7..=180, 0)
            });
            let about = "Leave out what a person already bought";
            let hide = ui.horizontal(|ui| {
                let turned = button::switch(ui, draft.hide_bought, about);
                ui.words("Hide what they bought").on_hover_text(about);
                turned
            });
            if hide.inner {
                draft.hide_bought = !draft.hide_bought;
                return Touch::Done;
            }
            weights.max(neighbours).max(shrinkage).max(days)
        });
        if touch == Touch::Done && draft.clone().check().is_ok() && *draft != document.recommend {
            let params = draft.clone();
            cx.push(Action::ApplyAndRun(Command::SetRecommend { params }, Stage::Recommend));
        }
    }
}

fn weights(ui: &mut Ui, draft: &mut RecommendParams, rules: &[kith_model::BrokenRule]) -> Touch {
    let rule = broken(rules, "purchase_weight");
    let about = "What a purchase says about taste";
    let purchase = setting(ui, "Weight of a purchase", about, rule, |ui| {
        slide(ui, &mut draft.purchase_weight, 0.0..=1.0, 2)
    });
    let about = "What putting it into the cart says";
    let cart = setting(ui, "Weight of a cart", about, None, |ui| {
        slide(ui, &mut draft.cart_weight, 0.0..=1.0, 2)
    });
    let about = "What looking at it says";
    let view = setting(ui, "Weight of a view", about, None, |ui| {
        slide(ui, &mut draft.view_weight, 0.0..=1.0, 2)
    });
    let about = "Share of the popularity score in the final score";
    let rule = broken(rules, "popularity_mix");
    let mix = setting(ui, "Popularity mixed in", about, rule, |ui| {
        slide(ui, &mut draft.popularity_mix, 0.0..=1.0, 2)
    });
    purchase.max(cart).max(view).max(mix)
}

fn figures(ui: &mut Ui, s: &RecommendSummary) {
    stats(
        ui,
        &[
            ("people", format::count(s.users), "People with history"),
            ("products", format::count(s.items), "Products somebody touched"),
            ("interactions", format::count(s.interactions), "Person-product pairs with weight"),
            ("tested", format::count(s.tested), "People with purchases in the test part"),
            ("test begins", s.split_at.clone(), "First day of the test part"),
        ],
    );
}

fn models(ui: &mut Ui, s: &RecommendSummary) {
    let t = theme::of(ui);
    card(ui, "Models", "95 % bootstrap interval", |ui| {
        let top = s.scores.iter().map(|m| m.ndcg_interval[1]).fold(0.001, f64::max) * 1.05;
        ui.spacing_mut().item_spacing.y = 0.0;
        let (head, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
        let places = Places::new(head);
        for (x, name) in
            places.numbers.into_iter().zip(["NDCG", "recall", "MAP", "hit rate", "coverage"])
        {
            let at = pos2(x, head.center().y);
            ui.painter().text(at, Align2::RIGHT_CENTER, name, theme::medium(12.0), t.text_faint);
        }
        let best = s.scores.iter().map(|m| m.ndcg).fold(0.0, f64::max);
        for score in &s.scores {
            model(ui, score, top, score.ndcg >= best);
        }
        ui.add_space(8.0);
        ui.dim(s.protocol.clone());
    });
}

struct Places {
    bar: (f32, f32),
    numbers: [f32; 5],
}

impl Places {
    fn new(rect: Rect) -> Self {
        let end = rect.right() - 4.0;
        let numbers = [end - 232.0, end - 178.0, end - 128.0, end - 68.0, end];
        Self { bar: (rect.left() + 136.0, numbers[0] - 48.0), numbers }
    }
}

fn model(ui: &mut Ui, score: &ModelScore, top: f64, best: bool) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
    let places = Places::new(rect);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, Stroke::new(1.0, t.hairline));
    let font = if best { theme::semibold(13.0) } else { theme::body(13.0) };
    let at = rect.left_center();
    ui.painter().text(at, Align2::LEFT_CENTER, &score.model, font, t.text);
    let x = |v: f64| egui::lerp(places.bar.0..=places.bar.1, (v / top).clamp(0.0, 1.0) as f32);
    let y = rect.center().y;
    let bar =
        Rect::from_min_max(pos2(x(0.0), y - 6.0), pos2(x(score.ndcg).max(x(0.0) + 1.0), y + 6.0));
    let fill = if best { t.accent } else { t.text_faint.gamma_multiply(0.55) };
    ui.painter().rect_filled(bar, 2.0, fill);
    let [low, high] = score.ndcg_interval;
    let line = Stroke::new(1.5, t.text);
    ui.painter().hline(x(low)..=x(high), y, line);
    for end in [low, high] {
        ui.painter().vline(x(end), y - 3.0..=y + 3.0, line);
    }
    let values = [
        format::unit(score.ndcg),
        format::unit(score.recall),
        format::unit(score.map),
        format::unit(score.hit_rate),
        format::share(score.coverage),
    ];
    for (x, value) in places.numbers.into_iter().zip(values) {
        ui.painter().text(pos2(x, y), Align2::RIGHT_CENTER, value, theme::mono(12.0), t.text);
    }
    response.on_hover_text(format!(
        "{}: NDCG {:.4}, 95 % between {low:.4} and {high:.4}",
        score.model, score.ndcg
    ));
}

fn running_mean(ui: &mut Ui, cx: &mut Context<'_>, s: &RecommendSummary) {
    let t = theme::of(ui);
    let landed: Vec<[f64; 2]> = s.curve.iter().map(|(n, y)| [*n as f64, *y]).collect();
    let running = cx.data.job_of(Stage::Recommend).is_some();
    let (now, before) = match cx.live.get(Stage::Recommend, "ndcg") {
        Some(live) if running && !live.points.is_empty() => (live.points.clone(), landed),
        Some(live) => (landed, live.previous.clone()),
        None => (landed, Vec::new()),
    };
    let axes = (ChartAxis::new("people tested"), ChartAxis::new("NDCG"));
    let lines = [("NDCG", now.clone()), ("previous run", before.clone())];
    let written = Chart::lines("running-ndcg", "Running mean NDCG", axes, lines);
    let drawn = card(ui, "Running mean NDCG", "as people are tested", |ui| {
        let both = || now.iter().chain(&before);
        let x = Axis::around("people tested", both().map(|p| p[0]), true)
            .written(|v| format::short(v.max(0.0) as u64));
        let y = Axis::around("NDCG", both().map(|p| p[1]), true).written(format::unit);
        plot(ui, "Running mean NDCG", 138.0, (x, y), move |ui| {
            if !before.is_empty() {
                ui.line(ghost("previous run", before, &t));
            }
            ui.line(curve("NDCG", now, t.accent));
        })
        .response
    });
    chart::offer(&drawn, cx, || written);
}

fn segments(ui: &mut Ui, s: &RecommendSummary) {
    let t = theme::of(ui);
    let most = s.by_segment.iter().map(|(_, v)| *v).fold(0.001, f64::max);
    card(ui, "By lifecycle", "NDCG", |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (name, value) in &s.by_segment {
            let (rect, _) =
                ui.allocate_exact_size(vec2(ui.available_width(), 23.0), Sense::hover());
            let at = rect.left_center();
            fit(ui, at, rect.left() + 156.0, name, theme::body(13.0), t.text);
            let mut bar = rect.shrink2(vec2(0.0, 7.0));
            bar.min.x += 164.0;
            bar.max.x -= 48.0;
            bar.set_width((bar.width() * (*value / most) as f32).max(1.0));
            ui.painter().rect_filled(bar, 2.0, t.text_faint);
            let at = rect.right_center();
            let text = format::unit(*value);
            ui.painter().text(at, Align2::RIGHT_CENTER, text, theme::mono(12.0), t.text);
        }
    });
}
