//! The charts of matching, as data: the window draws them, the command line writes them.

use crate::IdentityError;
use crate::compare::Comparer;
use crate::frequency::has;
use crate::model::{MatchModel, Scorer, probability};
use crate::records::{Records, texts};
use kith_model::chart::{Chart, ChartAxis, ChartMark, ChartPanel, ChartSeries, Mark};
use kith_model::identity::{IdentityParams, IdentitySummary, MatchField, ThresholdPoint};
use kith_model::review_desk::ReviewDesk;
use kith_model::{Frame, Quiet, Valid, grouped};
use std::collections::BTreeMap;

/// What the charts are made of.
pub struct ChartInput<'a> {
    /// What the last run found.
    pub summary: &'a IdentitySummary,
    /// What the review found.
    pub desk: &'a ReviewDesk,
    /// Every row of [`crate::records_sql`].
    pub records: &'a Frame,
    /// The model of the last run.
    pub model: &'a MatchModel,
    /// Settings in force.
    pub params: &'a Valid<IdentityParams>,
    /// What each source is called on screen.
    pub titles: &'a BTreeMap<String, String>,
}

/// Every chart of matching, in the order they are read. Those that need a truth or labels are left
/// out while there are none.
///
/// # Errors
/// A column of the records is missing.
pub fn charts(input: &ChartInput<'_>) -> Result<Vec<Chart>, IdentityError> {
    let s = input.summary;
    let records = Records::read(input.records, &Quiet)?;
    let mut all = vec![
        weights(s),
        parameters(s),
        blocking(s),
        unlinkable(input, &records),
        sizes(s),
        completeness(input, &records)?,
    ];
    all.splice(4..4, quality(input));
    all.extend(s.training.charts());
    Ok(all)
}

fn marked(mut chart: Chart, label: &str, at: f64) -> Chart {
    chart.marks.push(ChartMark { label: label.to_owned(), at });
    chart
}

fn series(name: &str, mark: Mark, points: Vec<[f64; 2]>) -> ChartSeries {
    ChartSeries { name: name.to_owned(), mark, points }
}

fn weights(s: &IdentitySummary) -> Chart {
    let points =
        s.histogram.iter().map(|b| [f64::midpoint(b.from, b.to), b.pairs as f64]).collect();
    let chart = Chart {
        name: "match-weights".to_owned(),
        title: "Match weights".to_owned(),
        about: format!("{} candidate pairs by match weight", grouped(s.pairs)),
        x: ChartAxis::new("match weight, bits"),
        y: ChartAxis::new("candidate pairs"),
        series: vec![series("pairs", Mark::Bar, points)],
        ..Chart::default()
    };
    marked(chart, "threshold", crate::model::weight_of(s.threshold))
}

fn parameters(s: &IdentitySummary) -> Chart {
    let mut chart = Chart {
        name: "parameters".to_owned(),
        title: "What agreement is worth".to_owned(),
        about: "Match weight log2(m/u) of every level; m: how many matches reach it, u: how many \
                other pairs"
            .to_owned(),
        y: ChartAxis::new("match weight, bits"),
        ..Chart::default()
    };
    let levels = || s.comparisons.iter().flat_map(|c| c.levels.iter().map(move |l| (c.field, l)));
    chart.categories = levels().map(|(f, l)| format!("{}: {}", f.label(), l.label)).collect();
    let of = |value: fn(&kith_model::identity::LevelParams) -> f64| -> Vec<[f64; 2]> {
        levels().enumerate().map(|(i, (_, l))| [i as f64, value(l)]).collect()
    };
    chart.series = vec![series("match weight", Mark::Bar, of(|l| l.weight))];
    let shares = vec![series("m", Mark::Bar, of(|l| l.m)), series("u", Mark::Bar, of(|l| l.u))];
    chart.beside = Some(ChartPanel { axis: ChartAxis::share("share of pairs"), series: shares });
    chart
}

fn blocking(s: &IdentitySummary) -> Chart {
    let of = |value: &dyn Fn(usize) -> u64| -> Vec<[f64; 2]> {
        (0..s.blocking.len()).map(|i| [i as f64, value(i) as f64]).collect()
    };
    let before: Vec<u64> = s
        .blocking
        .iter()
        .scan(0, |sum, rule| {
            let before = *sum;
            *sum += rule.new_pairs;
            Some(before)
        })
        .collect();
    Chart {
        name: "blocking".to_owned(),
        title: "Blocking, cumulative".to_owned(),
        about: "Pairs that earlier rules had made, and those each rule adds".to_owned(),
        y: ChartAxis::new("candidate pairs"),
        categories: s.blocking.iter().map(|b| b.rule.clone()).collect(),
        series: vec![
            series("earlier rules", Mark::Bar, of(&|i| before[i])),
            series("new", Mark::Bar, of(&|i| s.blocking[i].new_pairs)),
        ],
        ..Chart::default()
    }
}

/// The share of records that could not reach a threshold even beside an identical copy of
/// themselves: what they hold does not identify anybody.
fn unlinkable(input: &ChartInput<'_>, r: &Records) -> Chart {
    let comparer = Comparer::new(r, input.params);
    let scorer = Scorer::new(input.model, r);
    let mut own: Vec<f64> = (0..r.len())
        .map(|a| probability(scorer.weigh(comparer.compare(a, a), a, a).total()))
        .collect();
    own.sort_unstable_by(f64::total_cmp);
    let share = |t: f64| own.partition_point(|p| *p < t) as f64 / own.len().max(1) as f64;
    let points = input.summary.curve.iter().map(|p| [p.threshold, share(p.threshold)]).collect();
    let chart = Chart::lines(
        "unlinkables",
        "Records that cannot be linked",
        (ChartAxis::share("match probability asked for"), ChartAxis::share("share of records")),
        [("records that would not match their own copy", points)],
    );
    let now = share(input.summary.threshold);
    let who = match now {
        0.0 => "No record holds".to_owned(),
        _ if now < 0.000_5 => "Fewer than 0.1 % of records hold".to_owned(),
        _ => format!("{:.1} % of records hold", now * 100.0),
    };
    marked(chart, "threshold", input.summary.threshold).about(format!(
        "{who} too little to be linked by weight at the threshold; a key may still link them"
    ))
}

/// Precision-recall and ROC, from the truth where there is one, else from labels.
fn quality(input: &ChartInput<'_>) -> Vec<Chart> {
    let s = input.summary;
    let known: Vec<(&ThresholdPoint, f64, f64)> =
        s.curve.iter().filter_map(|p| Some((p, p.precision?, p.recall?))).collect();
    let (points, from, all): (Vec<[f64; 2]>, String, f64) = if let Some(truth) = s.truth
        && !known.is_empty()
    {
        let points = known.iter().map(|(_, p, r)| [*r, *p]).collect();
        (points, "against the known truth, final clusters".to_owned(), truth.true_pairs as f64)
    } else if !input.desk.labelled.is_empty() {
        let points = input.desk.labelled.iter();
        let points = points.map(|p| [p.recall.value, p.precision.value]).collect();
        let from = format!("estimated from {} answers, pairs", grouped(input.desk.labels));
        (points, from, expected_true(s))
    } else {
        return Vec::new();
    };
    let roc: Vec<[f64; 2]> = points
        .iter()
        .map(|[recall, precision]| {
            let hits = recall * all;
            let wrong = if *precision > 0.0 { hits * (1.0 / precision - 1.0) } else { hits };
            [(wrong / (s.pairs as f64 - all).max(1.0)).clamp(0.0, 1.0), *recall]
        })
        .collect();
    let sorted = |mut points: Vec<[f64; 2]>| {
        points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
        points
    };
    vec![
        Chart::lines(
            "precision-recall",
            "Precision and recall",
            (ChartAxis::share("recall"), ChartAxis::share("precision")),
            [("precision at each recall", sorted(points))],
        )
        .about(format!("One point a threshold, {from}")),
        Chart::lines(
            "roc",
            "ROC",
            (
                ChartAxis::share("wrong pairs among candidate pairs that are none"),
                ChartAxis::share("recall"),
            ),
            [("recall at each false positive rate", sorted(roc))],
        )
        .about(format!("One point a threshold, {from}; candidate pairs only")),
    ]
}

/// True pairs among the candidates by the model's own probabilities.
fn expected_true(s: &IdentitySummary) -> f64 {
    s.histogram.iter().map(|b| b.pairs as f64 * probability(f64::midpoint(b.from, b.to))).sum()
}

fn sizes(s: &IdentitySummary) -> Chart {
    let bars: Vec<(String, f64)> = s
        .cluster_sizes
        .iter()
        .enumerate()
        .filter(|(_, people)| **people > 0)
        .map(|(i, people)| {
            let records = if i == 0 { "1 record".to_owned() } else { format!("{} records", i + 1) };
            (records, *people as f64)
        })
        .collect();
    Chart::bars("cluster-sizes", "People by number of records", ChartAxis::new("people"), &bars)
        .about(format!("{} people from {} records", grouped(s.people), grouped(s.records)))
}

/// The share of records with a value, by field and source.
fn completeness(input: &ChartInput<'_>, r: &Records) -> Result<Chart, IdentityError> {
    use MatchField as F;
    let slugs = texts(input.records, "source")?;
    let mut sources: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for record in 0..r.len() {
        let slug = slugs.get(r.row[record] as usize).unwrap_or_default();
        sources.entry(slug).or_default().push(record);
    }
    let line = |(slug, records): (&str, Vec<usize>)| {
        let share = |field: MatchField| {
            let n = records.iter().filter(|&&i| has(r, field, i)).count();
            n as f64 / records.len().max(1) as f64
        };
        let points = F::ALL.iter().enumerate().map(|(i, &f)| [i as f64, share(f)]).collect();
        series(input.titles.get(slug).map_or(slug, String::as_str), Mark::Line, points)
    };
    let everybody = ("all records", (0..r.len()).collect::<Vec<usize>>());
    let mut all = vec![line(everybody)];
    all[0].mark = Mark::Bar;
    all.extend(sources.into_iter().map(line));
    Ok(Chart {
        name: "completeness".to_owned(),
        title: "Completeness".to_owned(),
        about: "Share of records with a usable value: all records, and each source".to_owned(),
        y: ChartAxis::share("share of records"),
        categories: F::ALL.iter().map(|f| f.label().to_owned()).collect(),
        series: all,
        ..Chart::default()
    })
}
