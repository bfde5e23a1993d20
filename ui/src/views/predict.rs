//! Predictions: how well the model ranks, whether its probabilities hold, what drives it.

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, notice, stats};
use crate::widgets::plot::{Axis, curve, ghost, label, plot};
use crate::widgets::setting::{Draft, Touch, broken, setting, slide};
use crate::widgets::{bars, chart, format, layout, stage};
use egui::{Align2, Response, Ui};
use egui_plot::{MarkerShape, PlotPoints, Points};
use kith_model::chart::{Chart, ChartAxis};
use kith_model::predict::{CurvePoint, PredictParams, PredictSummary};
use kith_model::{Command, Stage};

/// The page's transient input.
#[derive(Default)]
pub struct PredictView {
    draft: Draft<PredictParams>,
}

impl PredictView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        stage::header(ui, cx, Stage::Predict, None);
        let teach = "A logistic regression learns from the past who ordered within the horizon, \
                     is tested on people it has not seen, and scores everybody";
        if !stage::has_result(ui, cx, Stage::Predict, icons::PREDICT, teach) {
            return;
        }
        let Some(summary) = cx.data.predict.read().and_then(Option::as_ref) else { return };
        layout::scroll(ui, "predict", |ui| {
            for note in &summary.notes {
                notice(ui, note);
            }
            ui.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Predict);
                figures(ui, summary);
            });
            layout::columns(ui, [1.0, 296.0], |[left, right]| {
                left.spacing_mut().item_spacing.y = 16.0;
                stage::dim_when_old(left, cx, Stage::Predict);
                layout::columns(left, [0.5, 0.5], |[a, b]| {
                    roc(a, cx, summary);
                    gain(b, cx, summary);
                });
                layout::columns(left, [0.5, 0.5], |[a, b]| {
                    calibration(a, cx, summary);
                    precision(b, cx, summary);
                });
                right.spacing_mut().item_spacing.y = 16.0;
                self.settings(right, cx);
                loss(right, cx, summary);
            });
            ui.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Predict);
                coefficients(ui, summary);
            });
        });
    }

    fn settings(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let Some(document) = cx.data.document.read() else { return };
        let draft = self.draft.edit(&document.predict);
        let rules = draft.clone().check().err().unwrap_or_default();
        let touch = card(ui, "Settings", "apply on release", |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            let about = "A person counts as a buyer with an order within so many days of the cut";
            let rule = broken(&rules, "horizon_days");
            let horizon = setting(ui, "Horizon, days", about, rule, |ui| {
                slide(ui, &mut draft.horizon_days, 7..=365, 0)
            });
            let about = "L2 penalty: larger pulls coefficients towards zero";
            let l2 = setting(ui, "Penalty (L2)", about, broken(&rules, "l2"), |ui| {
                slide(ui, &mut draft.l2, 0.0..=20.0, 2)
            });
            let about = "Share of people the model never sees, on whom it is judged";
            let rule = broken(&rules, "test_share");
            let test = setting(ui, "Kept aside for the test", about, rule, |ui| {
                slide(ui, &mut draft.test_share, 0.05..=0.8, 2)
            });
            horizon.max(l2).max(test)
        });
        if touch == Touch::Done && draft.clone().check().is_ok() && *draft != document.predict {
            let params = draft.clone();
            cx.push(Action::ApplyAndRun(Command::SetPredict { params }, Stage::Predict));
        }
    }
}

fn figures(ui: &mut Ui, s: &PredictSummary) {
    stats(
        ui,
        &[
            ("AUC, test", format::unit(s.auc), "Chance that a buyer scores above a non-buyer"),
            (
                "AUC, training",
                format::unit(s.train_auc),
                "A large gap to the test means overfitting",
            ),
            ("log loss", format::real(s.log_loss), "Mean surprise: smaller is better"),
            ("Brier", format::real(s.brier), "Mean squared error of the probability"),
            ("buyers", format::share(s.positive_share), "Share with an order in the horizon"),
            ("trained on", format::count(s.train), "People"),
            ("tested on", format::count(s.test), "People the model never saw"),
        ],
    );
}

/// Offers a curve of shares as a picture and as numbers.
fn shares(
    drawn: &Response,
    cx: &mut Context<'_>,
    (name, title): (&str, &str),
    axes: [&str; 2],
    points: &[CurvePoint],
) {
    chart::offer(drawn, cx, || {
        Chart::lines(name, title, axes.map(ChartAxis::share).into(), [("model", xy(points))])
    });
}

fn xy(points: &[CurvePoint]) -> Vec<[f64; 2]> {
    points.iter().map(|p| [p.x, p.y]).collect()
}

fn roc(ui: &mut Ui, cx: &mut Context<'_>, s: &PredictSummary) {
    let t = theme::of(ui);
    let points = xy(&s.roc);
    let text = format!("AUC {}", format::unit(s.auc));
    let drawn = card(ui, "ROC", "ranking", |ui| {
        let axes = (Axis::share("false positive rate"), Axis::share("true positive rate"));
        plot(ui, "ROC curve", 200.0, axes, move |ui| {
            ui.line(ghost("no skill", vec![[0.0, 0.0], [1.0, 1.0]], &t).allow_hover(false));
            ui.line(curve("model", points, t.accent));
            ui.text(label(text, [0.96, 0.06], Align2::RIGHT_BOTTOM, t.accent));
        })
        .response
    });
    shares(&drawn, cx, ("roc", "ROC"), ["false positive rate", "true positive rate"], &s.roc);
}

fn gain(ui: &mut Ui, cx: &mut Context<'_>, s: &PredictSummary) {
    let t = theme::of(ui);
    let points = xy(&s.gain);
    let fifth = points.iter().find(|p| p[0] >= 0.2).copied();
    let drawn = card(ui, "Gain", "buyers reached", |ui| {
        let axes = (Axis::share("people contacted, best first"), Axis::share("buyers reached"));
        plot(ui, "Gain curve", 200.0, axes, move |ui| {
            ui.line(ghost("at random", vec![[0.0, 0.0], [1.0, 1.0]], &t).allow_hover(false));
            ui.line(curve("model", points, t.accent));
            if let Some([x, y]) = fifth {
                let drop = vec![[x, 0.0], [x, y]];
                ui.line(ghost("", drop, &t).allow_hover(false));
                ui.points(
                    Points::new("best fifth", PlotPoints::from(vec![[x, y]]))
                        .radius(4.0)
                        .color(t.accent),
                );
                let text = format!("best 20 % reach {}", format::share(y));
                ui.text(label(text, [0.96, 0.06], Align2::RIGHT_BOTTOM, t.accent));
            }
        })
        .response
    });
    shares(
        &drawn,
        cx,
        ("gain", "Gain"),
        ["people contacted, best first", "buyers reached"],
        &s.gain,
    );
}

fn calibration(ui: &mut Ui, cx: &mut Context<'_>, s: &PredictSummary) {
    let t = theme::of(ui);
    let points = xy(&s.calibration);
    let most = points.iter().flatten().copied().fold(0.1, f64::max) * 1.05;
    let drawn = card(ui, "Calibration", "ten equal groups", |ui| {
        let axis = |label| Axis { label, range: 0.0..=most, write: format::share };
        let axes = (axis("mean predicted"), axis("observed share"));
        plot(ui, "Calibration", 200.0, axes, move |ui| {
            ui.line(ghost("perfect", vec![[0.0, 0.0], [most, most]], &t).allow_hover(false));
            ui.line(curve("model", points.clone(), t.accent).allow_hover(false));
            ui.points(
                Points::new("group", PlotPoints::from(points))
                    .shape(MarkerShape::Circle)
                    .radius(3.5)
                    .color(t.accent),
            );
        })
        .response
    });
    shares(
        &drawn,
        cx,
        ("calibration", "Calibration"),
        ["mean predicted", "observed share"],
        &s.calibration,
    );
}

fn precision(ui: &mut Ui, cx: &mut Context<'_>, s: &PredictSummary) {
    let t = theme::of(ui);
    let points = xy(&s.precision_recall);
    let base = s.positive_share;
    let drawn = card(ui, "Precision and recall", "by threshold", |ui| {
        let axes = (Axis::share("recall"), Axis::share("precision"));
        plot(ui, "Precision-recall curve", 200.0, axes, move |ui| {
            ui.line(ghost("everybody", vec![[0.0, base], [1.0, base]], &t).allow_hover(false));
            ui.line(curve("model", points, t.accent));
            let text = format!("all {}", format::share(base));
            ui.text(label(text, [0.02, base], Align2::LEFT_BOTTOM, t.text_faint));
        })
        .response
    });
    shares(
        &drawn,
        cx,
        ("precision-recall", "Precision and recall"),
        ["recall", "precision"],
        &s.precision_recall,
    );
}

fn loss(ui: &mut Ui, cx: &mut Context<'_>, s: &PredictSummary) {
    let t = theme::of(ui);
    let landed: Vec<[f64; 2]> = s.loss.iter().enumerate().map(|(i, y)| [i as f64, *y]).collect();
    let running = cx.data.job_of(Stage::Predict).is_some();
    let (now, before) = match cx.live.get(Stage::Predict, "log_loss") {
        Some(live) if running && !live.points.is_empty() => (live.points.clone(), landed),
        Some(live) => (landed, live.previous.clone()),
        None => (landed, Vec::new()),
    };
    let axes = (ChartAxis::new("iteration"), ChartAxis::new("log loss"));
    let lines = [("log loss", now.clone()), ("previous run", before.clone())];
    let written = Chart::lines("log-loss", "Training log loss", axes, lines);
    let drawn = card(ui, "Training log loss", "by iteration", |ui| {
        let both = || now.iter().chain(&before);
        let whole = |v: f64| if v.fract() == 0.0 { format!("{v:.0}") } else { String::new() };
        let x = Axis::around("iteration", both().map(|p| p[0]), true).written(whole);
        let y = Axis::around("log loss", both().map(|p| p[1]), false);
        plot(ui, "Training log loss", 120.0, (x, y), move |ui| {
            if !before.is_empty() {
                ui.line(ghost("previous run", before, &t));
            }
            ui.line(curve("log loss", now, t.accent));
        })
        .response
    });
    chart::offer(&drawn, cx, || written);
}

fn coefficients(ui: &mut Ui, s: &PredictSummary) {
    card(ui, "What drives it", "log-odds for one standard deviation", |ui| {
        let bars: Vec<bars::Signed<'_>> = s
            .coefficients
            .iter()
            .map(|c| bars::Signed {
                name: &c.label,
                value: c.weight,
                about: format!(
                    "One standard deviation more multiplies the odds by {}",
                    format::real(c.weight.exp())
                ),
            })
            .collect();
        bars::signed(ui, &bars);
    });
}
