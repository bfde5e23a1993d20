//! Segments: settings, live inertia, scatter, sizes, traits, and how many there should be.

mod scatter;
mod traits;
mod tune;

use crate::context::{Action, Context};
use crate::icons;
use crate::theme;
use crate::widgets::card::{card, chip, stats};
use crate::widgets::{Say, backdrop, bars, button, fit, format, layout, person, stage};
use egui::accesskit::Role;
use egui::{Align2, CursorIcon, Sense, Ui, WidgetInfo, pos2, vec2};
use kith_model::Stage;
use kith_model::segments::{SegmentInfo, SegmentsSummary};
use tune::Tune;

/// The page's transient input.
#[derive(Default)]
pub struct SegmentsView {
    tune: Tune,
}

impl SegmentsView {
    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        stage::header(ui, cx, Stage::Segments, None);
        let teach = "K-means groups people by what they do: how recently and how often they \
                     buy, how much, how they visit. You choose how many groups and which features";
        if !stage::has_result(ui, cx, Stage::Segments, icons::SEGMENTS, teach) {
            return;
        }
        let Some(summary) = cx.data.segments.read().and_then(Option::as_ref) else { return };
        layout::scroll(ui, "segments", |ui| {
            ui.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Segments);
                figures(ui, summary);
            });
            layout::columns(ui, [1.0, 296.0], |[left, right]| {
                left.scope(|ui| {
                    stage::dim_when_old(ui, cx, Stage::Segments);
                    scatter::show(ui, cx, summary);
                });
                right.spacing_mut().item_spacing.y = 16.0;
                self.tune.show(right, cx, summary);
            });
            ui.scope(|ui| {
                stage::dim_when_old(ui, cx, Stage::Segments);
                layout::columns(ui, [0.4, 0.6], |[left, right]| {
                    sizes(left, cx, summary);
                    traits::show(right, cx, summary);
                });
                tune::elbow(ui, cx, summary);
            });
        });
    }

    /// The selected segment.
    pub fn inspect(&mut self, ui: &mut Ui, cx: &mut Context<'_>) {
        let Some(summary) = cx.data.segments.peek().and_then(Option::as_ref) else { return };
        let chosen = cx.selection.segment;
        let Some(segment) = summary.segments.iter().find(|s| Some(s.id) == chosen) else {
            ui.dim("Pick a segment in the scatter, the list or the heat map: it is marked in all");
            return;
        };
        about_segment(ui, cx, segment);
    }
}

fn about_segment(ui: &mut Ui, cx: &mut Context<'_>, segment: &SegmentInfo) {
    let t = theme::of(ui);
    ui.say(segment.name.clone(), theme::semibold(15.0), t.category(segment.id as usize));
    ui.horizontal_wrapped(|ui| {
        chip(ui, &format::plural(segment.size, "person", "people"), t.text_dim);
        chip(ui, &format::share(segment.share), t.text_dim);
        chip(ui, &format!("silhouette {}", format::real(segment.silhouette)), t.text_dim)
            .on_hover_text(
                "How much nearer its people are to it than to the next segment: −1 to 1",
            );
    });
    person::section(ui, "Stands out in", true, |ui| {
        let mut traits: Vec<_> = segment.traits.iter().collect();
        traits.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()));
        let bars: Vec<bars::Signed<'_>> = traits
            .into_iter()
            .take(8)
            .map(|x| bars::Signed {
                name: &x.label,
                value: x.z,
                about: format!(
                    "Mean {} · {} standard deviations from everybody's mean",
                    format::real(x.mean),
                    format::signed(x.z)
                ),
            })
            .collect();
        bars::signed(ui, &bars);
    });
    person::section(ui, "Typical people", true, |ui| {
        for profile in &segment.examples {
            let name = cx.data.person.read(profile).map(|p| p.name.clone());
            let label = name.unwrap_or_else(|| profile.to_string());
            if button::link(ui, &label).clicked() {
                cx.push(Action::Person(Some(*profile)));
            }
        }
    });
}

fn figures(ui: &mut Ui, s: &SegmentsSummary) {
    let silhouette = format!(
        "Mean over {} people: 1 is well apart, 0 overlapping, below 0 misplaced",
        format::count(s.silhouette_sample)
    );
    let mut all = vec![
        ("people", format::count(s.people), "People with at least one order"),
        ("segments", s.segments.len().to_string(), "Number of groups, k"),
        ("silhouette", format::real(s.silhouette), silhouette.as_str()),
        (
            "Calinski-Harabasz",
            format::real(s.calinski_harabasz),
            "Spread between segments over spread within: larger is better",
        ),
        (
            "Davies-Bouldin",
            format::real(s.davies_bouldin),
            "Mean likeness of each segment to its most similar one: smaller is better",
        ),
    ];
    if let Some(ari) = s.truth_ari {
        all.push((
            "truth ARI",
            format::real(ari),
            "Adjusted Rand index against the planted groups: 1 is the same grouping",
        ));
    }
    stats(ui, &all);
}

fn sizes(ui: &mut Ui, cx: &mut Context<'_>, summary: &SegmentsSummary) {
    card(ui, "Segments", "people", |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for segment in &summary.segments {
            line(ui, cx, segment);
        }
    });
}

fn line(ui: &mut Ui, cx: &mut Context<'_>, segment: &SegmentInfo) {
    let t = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), Sense::click());
    let here = cx.selection.segment == Some(segment.id);
    let said = format!("{}, {} people", segment.name, segment.size);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, here, &said));
    backdrop(ui, rect, 4, here, &response);
    let color = t.category(segment.id as usize);
    ui.painter().circle_filled(pos2(rect.left() + 12.0, rect.top() + 12.0), 5.0, color);
    let at = pos2(rect.left() + 26.0, rect.top() + 12.0);
    fit(ui, at, rect.right() - 96.0, &segment.name, theme::medium(13.0), t.text);
    let at = pos2(rect.right() - 52.0, rect.top() + 12.0);
    let size = format::count(segment.size);
    ui.painter().text(at, Align2::RIGHT_CENTER, size, theme::mono(12.0), t.text);
    let at = pos2(rect.right() - 6.0, rect.top() + 12.0);
    let share = format::share(segment.share);
    ui.painter().text(at, Align2::RIGHT_CENTER, share, theme::mono(12.0), t.text_dim);
    let track = egui::Rect::from_min_max(
        pos2(rect.left() + 26.0, rect.bottom() - 8.0),
        pos2(rect.right() - 6.0, rect.bottom() - 5.0),
    );
    ui.painter().rect_filled(track, 1.0, t.sunken);
    let mut bar = track;
    bar.set_width((track.width() * segment.share as f32).max(1.0));
    ui.painter().rect_filled(bar, 1.0, color);
    let about = format!("Silhouette {}", format::real(segment.silhouette));
    let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(about);
    if response.clicked() {
        let next = if here { None } else { Some(segment.id) };
        cx.push(Action::Segment(next));
        cx.push(Action::Person(None));
    }
}
