//! A chart as data: what every picture and every exported table of numbers is made from.

use serde::{Deserialize, Serialize};

/// How a series is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A line through the points.
    #[default]
    Line,
    /// A bar from zero at each point; series of one chart stand on each other.
    Bar,
}

/// An axis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartAxis {
    /// What it measures, with its unit.
    pub label: String,
    /// Values are shares of one, written in per cent.
    #[serde(default)]
    pub share: bool,
}

impl ChartAxis {
    /// An axis of plain numbers.
    pub fn new(label: &str) -> Self {
        Self { label: label.to_owned(), share: false }
    }

    /// An axis of shares.
    pub fn share(label: &str) -> Self {
        Self { label: label.to_owned(), share: true }
    }
}

/// Points of one kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartSeries {
    /// Direct label.
    pub name: String,
    /// How it is drawn.
    pub mark: Mark,
    /// x and y, x ascending. Over categories x is the category's number.
    pub points: Vec<[f64; 2]>,
}

/// A place on the x axis that is marked, such as the threshold in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChartMark {
    /// What it is.
    pub label: String,
    /// Where.
    pub at: f64,
}

/// A second field beside the first one of a chart over categories: another measure of them, on an
/// axis of its own that begins at zero.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartPanel {
    /// What it measures, with its unit.
    pub axis: ChartAxis,
    /// Bars; those of one category lie below each other.
    pub series: Vec<ChartSeries>,
}

/// A chart.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Short name for file names and the command line, e.g. `match-weights`.
    pub name: String,
    /// Heading.
    pub title: String,
    /// What it shows and where the numbers come from, one sentence.
    pub about: String,
    /// Horizontal axis.
    pub x: ChartAxis,
    /// Vertical axis.
    pub y: ChartAxis,
    /// Names along x where it counts categories; then bars lie on their side.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// What is drawn.
    pub series: Vec<ChartSeries>,
    /// Drawn at the right of it, over the same categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<ChartPanel>,
    /// What is marked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<ChartMark>,
}

impl ChartSeries {
    /// The value over a category; zero where there is none.
    pub fn of_category(&self, category: usize) -> f64 {
        self.points.iter().find(|p| p[0] as usize == category).map_or(0.0, |p| p[1])
    }
}

impl Chart {
    /// A chart of lines without marks; lines without points are left out.
    pub fn lines<'a>(
        name: &str,
        title: &str,
        axes: (ChartAxis, ChartAxis),
        series: impl IntoIterator<Item = (&'a str, Vec<[f64; 2]>)>,
    ) -> Self {
        let line = |(name, points): (&str, Vec<[f64; 2]>)| ChartSeries {
            name: name.to_owned(),
            mark: Mark::Line,
            points,
        };
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            x: axes.0,
            y: axes.1,
            series: series.into_iter().map(line).filter(|s| !s.points.is_empty()).collect(),
            ..Self::default()
        }
    }

    /// Bars over categories.
    pub fn bars(name: &str, title: &str, y: ChartAxis, bars: &[(String, f64)]) -> Self {
        let points = bars.iter().enumerate().map(|(i, (_, v))| [i as f64, *v]).collect();
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            y,
            categories: bars.iter().map(|(label, _)| label.clone()).collect(),
            series: vec![ChartSeries { name: title.to_owned(), mark: Mark::Bar, points }],
            ..Self::default()
        }
    }

    /// Every series, those of the panel last.
    pub fn all_series(&self) -> impl Iterator<Item = &ChartSeries> {
        self.series.iter().chain(self.beside.iter().flat_map(|panel| &panel.series))
    }

    /// The chart with a sentence about it.
    #[must_use]
    pub fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }
}
