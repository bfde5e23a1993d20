//! Small charts as inline SVG.

use super::escape;
use std::fmt::Write;

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 44.0;
const BOTTOM: f64 = 24.0;

/// Rounded to what fits an axis.
fn tick(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else if value.abs() >= 1000.0 {
        crate::run::grouped(value.abs() as u64)
    } else if value.abs() >= 10.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

fn frame(caption: &str, x: (f64, f64), y: (f64, f64), inner: &str) -> String {
    let (right, base) = (WIDTH - 8.0, HEIGHT - BOTTOM);
    format!(
        "<figure><svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" \
         aria-label=\"{label}\"><path d=\"M{LEFT} 8V{base}H{right}\" fill=\"none\" stroke=\"#dfe3e8\"/>\
         <text x=\"{ylabel}\" y=\"14\" text-anchor=\"end\">{y1}</text>\
         <text x=\"{ylabel}\" y=\"{base}\" text-anchor=\"end\">{y0}</text>\
         <text x=\"{LEFT}\" y=\"{xlabel}\">{x0}</text>\
         <text x=\"{right}\" y=\"{xlabel}\" text-anchor=\"end\">{x1}</text>{inner}</svg>\
         <figcaption>{label}</figcaption></figure>",
        label = escape(caption),
        ylabel = LEFT - 6.0,
        xlabel = HEIGHT - 8.0,
        x0 = tick(x.0),
        x1 = tick(x.1),
        y0 = tick(y.0),
        y1 = tick(y.1),
    )
}

/// A line through points; empty without at least two.
pub(super) fn line(caption: &str, points: &[(f64, f64)]) -> String {
    let finite: Vec<_> =
        points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    if finite.len() < 2 {
        return String::new();
    }
    let span = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)))
    };
    let x = span(&mut finite.iter().map(|p| p.0));
    let y = span(&mut finite.iter().map(|p| p.1));
    let scale =
        |value: f64, (lo, hi): (f64, f64)| if hi > lo { (value - lo) / (hi - lo) } else { 0.5 };
    let mut path = String::new();
    for (at, point) in finite.iter().enumerate() {
        let px = LEFT + scale(point.0, x) * (WIDTH - 8.0 - LEFT);
        let py = HEIGHT - BOTTOM - scale(point.1, y) * (HEIGHT - BOTTOM - 8.0);
        let _ = write!(path, "{}{px:.1} {py:.1}", if at == 0 { "M" } else { "L" });
    }
    let inner =
        format!("<path d=\"{path}\" fill=\"none\" stroke=\"#0f6cbd\" stroke-width=\"1.5\"/>");
    frame(caption, x, y, &inner)
}

/// Bars from a zero baseline over `from..to`; empty without any.
pub(super) fn bars(caption: &str, from: f64, to: f64, counts: &[f64]) -> String {
    let top = counts.iter().copied().fold(0.0, f64::max);
    if counts.is_empty() || top <= 0.0 {
        return String::new();
    }
    let step = (WIDTH - 8.0 - LEFT) / counts.len() as f64;
    let mut inner = String::new();
    for (at, count) in counts.iter().enumerate() {
        let height = count / top * (HEIGHT - BOTTOM - 8.0);
        let _ = write!(
            inner,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\" fill=\"#0f6cbd\"/>",
            LEFT + at as f64 * step,
            HEIGHT - BOTTOM - height,
            (step - 1.0).max(0.5)
        );
    }
    frame(caption, (from, to), (0.0, top), &inner)
}
