//! Categories one below the other: bars of one chart stand on each other, lines become dots, and
//! a panel has bars of its own at the right.

use super::{COLOURS, RIGHT, Scale, TOP, WIDTH, label, legend, legend_lines, open, span, tick};
use kith_model::chart::{Chart, ChartPanel, Mark};
use std::borrow::Cow;
use std::fmt::Write;

const ROW: f64 = 22.0;

/// Characters of a name that are written.
const NAME: usize = 58;

/// Room of the number behind a row.
const NUMBER: f64 = 76.0;

/// What a panel adds to the width: its bars, and their numbers.
const PANEL: (f64, f64) = (150.0, 116.0);

/// The picture.
pub(super) fn draw(chart: &Chart) -> String {
    let names = chart.categories.iter().map(|c| c.chars().count()).max().unwrap_or(0) as f64;
    let left = (names.min(NAME as f64) * 6.4 + 24.0).clamp(90.0, 400.0);
    let wide = WIDTH + chart.beside.as_ref().map_or(0.0, |_| PANEL.0 + PANEL.1);
    let several = chart.all_series().count() > 1;
    let top = TOP + if several { legend_lines(chart, wide).1 } else { 0.0 };
    let height = top + chart.categories.len() as f64 * ROW + 28.0;
    let mut out = open(chart, (wide, height));
    if several {
        legend(&mut out, chart, wide);
    }
    for (row, name) in chart.categories.iter().enumerate() {
        let y = top + row as f64 * ROW;
        label(&mut out, (left - 8.0, y + 15.0), "end", "#1a1d21", &cut(name));
    }
    field(&mut out, chart, (left, top));
    label(&mut out, (left, height - 8.0), "start", "#5b6470", &chart.y.label);
    if let Some(beside) = &chart.beside {
        panel(&mut out, chart, beside, top);
        label(&mut out, (WIDTH, height - 8.0), "start", "#5b6470", &beside.axis.label);
    }
    out.push_str("</svg>\n");
    out
}

/// Bars and dots of the chart's own measure, and their sums.
fn field(out: &mut String, chart: &Chart, (left, top): (f64, f64)) {
    let bars = || chart.series.iter().filter(|s| s.mark == Mark::Bar);
    let rows = 0..chart.categories.len();
    let ends = rows.clone().map(|at| bars().map(|s| s.of_category(at)).sum());
    let dots = chart.series.iter().filter(|s| s.mark == Mark::Line);
    let dots = dots.flat_map(|s| s.points.iter().map(|p| p[1]));
    let x = Scale { from: span(ends.chain(dots), true), to: (left, WIDTH - NUMBER) };
    for row in rows {
        let y = top + row as f64 * ROW;
        let mut from = 0.0;
        for (n, series) in chart.series.iter().enumerate() {
            let (colour, value) = (COLOURS[n % COLOURS.len()], series.of_category(row));
            match series.mark {
                Mark::Bar => {
                    bar(out, (x.at(from), x.at(from + value)), (y + 4.0, ROW - 8.0), colour);
                    from += value;
                }
                Mark::Line => {
                    let _ = writeln!(
                        out,
                        "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"{colour}\"/>",
                        x.at(value),
                        y + ROW / 2.0
                    );
                }
            }
        }
        let at = (WIDTH - RIGHT + 8.0, y + 15.0);
        label(out, at, "end", "#5b6470", &written(from, chart.y.share));
    }
}

/// Bars of the panel, and their values.
fn panel(out: &mut String, chart: &Chart, panel: &ChartPanel, top: f64) {
    let values = panel.series.iter().flat_map(|s| s.points.iter().map(|p| p[1]));
    let (_, most) = span(values, true);
    let most = if panel.axis.share { 1.0 } else { most };
    let x = Scale { from: (0.0, most), to: (WIDTH, WIDTH + PANEL.0) };
    let high = (ROW - 8.0) / panel.series.len().max(1) as f64;
    for row in 0..chart.categories.len() {
        let y = top + row as f64 * ROW;
        let mut said = Vec::new();
        for (n, series) in panel.series.iter().enumerate() {
            let value = series.of_category(row);
            let colour = COLOURS[(chart.series.len() + n) % COLOURS.len()];
            let place = (y + 4.0 + high * n as f64, high - 0.5);
            bar(out, (x.at(0.0), x.at(value)), place, colour);
            said.push(tick(value, panel.axis.share));
        }
        let at = (WIDTH + PANEL.0 + PANEL.1 - 16.0, y + 15.0);
        label(out, at, "end", "#5b6470", &said.join(" · "));
    }
}

/// A name, with `…` where it is too long for a picture.
fn cut(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(NAME) {
        Some((at, _)) => format!("{}…", &name[..at]).into(),
        None => name.into(),
    }
}

/// A value behind its row: whole as it is, else with two digits, so that they stand below each
/// other.
fn written(value: f64, share: bool) -> String {
    if share || value.fract() == 0.0 || value.abs() >= 1_000.0 {
        return tick(value, share);
    }
    format!("{value:.2}").replace('-', "−")
}

fn bar(out: &mut String, (a, b): (f64, f64), (y, high): (f64, f64), colour: &str) {
    let _ = writeln!(
        out,
        "<rect x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{high:.1}\" fill=\"{colour}\"/>",
        a.min(b),
        (b - a).abs().max(0.5),
    );
}
