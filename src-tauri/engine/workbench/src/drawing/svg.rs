//! A chart as a picture: SVG 1.1, no script, no font of its own.

mod rows;

use super::tick;
use crate::report::escape;
use kith_model::chart::{Chart, ChartSeries, Mark};
use std::fmt::Write;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 72.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 56.0;

/// Okabe and Ito's colours (2008), darkest first on white.
const COLOURS: [&str; 7] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555"];

/// A stretch of numbers and the stretch of points it is drawn on.
#[derive(Clone, Copy)]
struct Scale {
    from: (f64, f64),
    to: (f64, f64),
}

impl Scale {
    fn at(self, value: f64) -> f64 {
        let (low, high) = self.from;
        let share = if high > low { (value - low) / (high - low) } else { 0.5 };
        self.to.0 + share * (self.to.1 - self.to.0)
    }

    /// Round numbers inside.
    fn ticks(self) -> Vec<f64> {
        let (low, high) = self.from;
        let rough = (high - low) / 5.0;
        if !rough.is_finite() || rough <= 0.0 {
            return vec![low];
        }
        let size = 10f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|m| m * size);
        let step = steps.into_iter().find(|s| *s >= rough * 0.999).unwrap_or(10.0 * size);
        let (first, last) = ((low / step).ceil() as i64, (high / step + 1e-9).floor() as i64);
        (first..=last).map(|n| n as f64 * step).collect()
    }
}

/// The picture.
pub(super) fn draw(chart: &Chart) -> String {
    if chart.categories.is_empty() { plane(chart) } else { rows::draw(chart) }
}

fn open(chart: &Chart, (width, height): (f64, f64)) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"Inter, Helvetica, Arial, sans-serif\" font-size=\"12\" fill=\"#1a1d21\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"26\" font-size=\"15\" font-weight=\"600\">{title}</text>\n\
         <text x=\"16\" y=\"44\" fill=\"#5b6470\">{about}</text>\n",
        title = escape(&chart.title),
        about = escape(&chart.about),
    )
}

fn span<'a>(points: impl Iterator<Item = f64> + 'a, zero: bool) -> (f64, f64) {
    let start = if zero { (0.0, 0.0) } else { (f64::INFINITY, f64::NEG_INFINITY) };
    let (low, high) =
        points.filter(|v| v.is_finite()).fold(start, |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        (0.0, 1.0)
    } else if low == high {
        (low, low + 1.0)
    } else {
        (low, high)
    }
}

/// Bars and lines over numbers.
fn plane(chart: &Chart) -> String {
    let bars = chart.series.iter().any(|s| s.mark == Mark::Bar);
    let xs = || chart.series.iter().flat_map(|s| s.points.iter().map(|p| p[0]));
    let ys = || chart.series.iter().flat_map(|s| s.points.iter().map(|p| p[1]));
    let x = Scale {
        from: span(xs().chain(chart.marks.iter().map(|m| m.at)), false),
        to: (LEFT, WIDTH - RIGHT),
    };
    let mut out = open(chart, (WIDTH, HEIGHT));
    // Two curves are told apart by their ends, more by a legend.
    let many = chart.series.len() > 2;
    let top = TOP + if many { legend(&mut out, chart, WIDTH) } else { 0.0 };
    let y = Scale { from: span(ys(), bars), to: (HEIGHT - BOTTOM, top) };
    axes(&mut out, chart, (x, y));
    for (n, series) in chart.series.iter().enumerate() {
        let colour = COLOURS[n % COLOURS.len()];
        match series.mark {
            Mark::Bar => upright(&mut out, series, (x, y), colour),
            Mark::Line => line(&mut out, series, (x, y), colour),
        }
        if chart.series.len() == 2 {
            let last = series.points.last().copied().unwrap_or_default();
            let at = (x.at(last[0]) - 4.0, y.at(last[1]) - 6.0 - 14.0 * n as f64);
            label(&mut out, at, "end", colour, &series.name);
        }
    }
    for mark in &chart.marks {
        let at = x.at(mark.at);
        let _ = writeln!(
            out,
            "<path d=\"M{at:.1} {top}V{:.1}\" stroke=\"#1a1d21\" stroke-dasharray=\"4 3\"/>",
            HEIGHT - BOTTOM
        );
        let left = at > WIDTH * 0.6;
        let (shift, anchor) = if left { (-5.0, "end") } else { (5.0, "start") };
        let text = format!("{} {}", mark.label, tick(mark.at, chart.x.share));
        label(&mut out, (at + shift, top + 10.0), anchor, "#1a1d21", &text);
    }
    out.push_str("</svg>\n");
    out
}

fn axes(out: &mut String, chart: &Chart, (x, y): (Scale, Scale)) {
    let base = HEIGHT - BOTTOM;
    for value in y.ticks() {
        let at = y.at(value);
        let _ =
            writeln!(out, "<path d=\"M{LEFT} {at:.1}H{:.1}\" stroke=\"#e6e9ed\"/>", WIDTH - RIGHT);
        label(out, (LEFT - 8.0, at + 4.0), "end", "#5b6470", &tick(value, chart.y.share));
    }
    for value in x.ticks() {
        let text = tick(value, chart.x.share);
        label(out, (x.at(value), base + 18.0), "middle", "#5b6470", &text);
    }
    let _ =
        writeln!(out, "<path d=\"M{LEFT} {base:.1}H{:.1}\" stroke=\"#9aa3ad\"/>", WIDTH - RIGHT);
    label(
        out,
        (f64::midpoint(LEFT, WIDTH - RIGHT), HEIGHT - 14.0),
        "middle",
        "#5b6470",
        &chart.x.label,
    );
    label(out, (16.0, y.to.1 - 6.0), "start", "#5b6470", &chart.y.label);
}

fn upright(out: &mut String, series: &ChartSeries, (x, y): (Scale, Scale), colour: &str) {
    let step = series.points.windows(2).map(|w| w[1][0] - w[0][0]).fold(f64::INFINITY, f64::min);
    let wide = if step.is_finite() { (x.at(step) - x.at(0.0)).abs() } else { 24.0 };
    let body = (wide - 1.0).max(0.8);
    for [at, value] in series.points.iter().filter(|p| p[1].is_finite()) {
        let (top, zero) = (y.at(*value), y.at(0.0));
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{body:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
            x.at(*at) - body / 2.0,
            top.min(zero),
            (top - zero).abs()
        );
    }
}

fn line(out: &mut String, series: &ChartSeries, (x, y): (Scale, Scale), colour: &str) {
    let mut path = String::new();
    for [at, value] in series.points.iter().filter(|p| p[0].is_finite() && p[1].is_finite()) {
        let letter = if path.is_empty() { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{:.1} {:.1}", x.at(*at), y.at(*value));
    }
    let _ =
        writeln!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
}

/// Where the name of each series stands, and the height of all lines.
fn legend_lines(chart: &Chart, width: f64) -> (Vec<(f64, f64)>, f64) {
    let (mut x, mut line) = (16.0, 0.0);
    let mut places = Vec::new();
    for series in chart.all_series() {
        let wide = 26.0 + 6.6 * series.name.chars().count() as f64;
        if x > 16.0 && x + wide > width {
            (x, line) = (16.0, line + 1.0);
        }
        places.push((x, TOP + 4.0 + 16.0 * line));
        x += wide;
    }
    (places, 20.0 + 16.0 * line)
}

/// Names of the series in their colours; answers the height they take.
fn legend(out: &mut String, chart: &Chart, width: f64) -> f64 {
    let (places, height) = legend_lines(chart, width);
    for (n, (series, at)) in chart.all_series().zip(places).enumerate() {
        label(out, at, "start", COLOURS[n % COLOURS.len()], &format!("● {}", series.name));
    }
    height
}

fn label(out: &mut String, (x, y): (f64, f64), anchor: &str, colour: &str, text: &str) {
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>",
        escape(text)
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::chart::{ChartAxis, ChartMark, ChartPanel};

    #[test]
    fn a_picture_holds_its_marks_and_labels_and_nothing_runs_in_it() {
        let axes = (ChartAxis::share("recall"), ChartAxis::share("precision"));
        let mut chart =
            Chart::lines("pr", "P & R <i>", axes, [("curve", vec![[0.0, 1.0], [1.0, 0.5]])]);
        chart.marks.push(ChartMark { label: "threshold".to_owned(), at: 0.8 });
        let svg = draw(&chart);
        assert!(svg.contains("P &amp; R &lt;i&gt;") && svg.contains("threshold 80 %"));
        // From the left axis at precision 1 (the top) to the right at 0.5 (the base).
        assert!(svg.contains("M72.0 64.0L696.0 364.0"), "{svg}");
        assert!(!svg.contains("<script"));
    }

    #[test]
    fn stacked_bars_begin_where_the_one_before_ended() {
        let mut chart = Chart::bars(
            "b",
            "Blocking",
            ChartAxis::new("pairs"),
            &[("a".to_owned(), 10.0), ("b".to_owned(), 30.0)],
        );
        let more =
            ChartSeries { points: vec![[0.0, 20.0], [1.0, 10.0]], ..chart.series[0].clone() };
        chart.series.push(more);
        let svg = draw(&chart);
        // 40 pairs span 90 to 644 points: 10 of them 138.5 points.
        assert!(svg.contains("x=\"90.0\"") && svg.contains("width=\"138.5\""), "{svg}");
        assert!(svg.contains("x=\"228.5\"") && svg.contains("width=\"277.0\""), "{svg}");
    }

    #[test]
    fn a_panel_is_drawn_on_an_axis_of_its_own() {
        let long = "a level whose name is by far too long to be written beside its bar";
        let bars = [("exact".to_owned(), 11.25), (long.to_owned(), -2.5)];
        let mut chart = Chart::bars("p", "Parameters", ChartAxis::new("bits"), &bars);
        let m = |name: &str, points| ChartSeries { name: name.to_owned(), mark: Mark::Bar, points };
        let series =
            vec![m("m", vec![[0.0, 0.5], [1.0, 0.1]]), m("u", vec![[0.0, 2e-6], [1.0, 0.999]])];
        chart.beside = Some(ChartPanel { axis: ChartAxis::share("share of pairs"), series });
        let svg = draw(&chart);
        // Half of a panel of 150 points, whatever the weights are.
        assert!(svg.contains("x=\"720.0\" y=\"88.0\" width=\"75.0\""), "{svg}");
        assert!(svg.contains(">50 % · &lt;0.1 %<") && svg.contains(">10 % · 99.9 %<"), "{svg}");
        assert_eq!(svg.matches("● ").count(), 3);
        assert!(svg.contains(">11.25<") && svg.contains(">−2.50<"), "{svg}");
        assert!(svg.contains(&format!(">{}…<", &long[..58])) && !svg.contains(long), "{svg}");
        assert!(svg.contains("width=\"986\"") && svg.contains(">share of pairs<"), "{svg}");
    }

    #[test]
    fn names_of_many_series_wrap_and_stay_inside() {
        let axes = (ChartAxis::new("x"), ChartAxis::new("y"));
        let names: Vec<String> =
            (0..5).map(|n| format!("a rather long name of series {n}")).collect();
        let lines = names.iter().map(|n| (n.as_str(), vec![[0.0, 1.0], [1.0, 2.0]]));
        let chart = Chart::lines("many", "Many", axes, lines);
        let (places, height) = legend_lines(&chart, WIDTH);
        let wide = 26.0 + 6.6 * names[0].len() as f64;
        assert!(places.iter().all(|(x, _)| x + wide <= WIDTH), "{places:?}");
        assert!(places[4].1 > places[0].1 && height > 30.0);
        assert_eq!(draw(&chart).matches("● ").count(), 5);
    }

    #[test]
    fn an_empty_chart_is_still_a_picture() {
        assert!(draw(&Chart::default()).ends_with("</svg>\n"));
    }
}
