//! How the values of each feature lie.

use crate::catalogue::{FeatureSpec, catalogue};
use crate::matrix::numbers;
use kith_model::features::{FeatureInfo, FeatureParams, FeaturesSummary};
use kith_model::table::{Column, Frame};
use kith_model::valid::Valid;

/// Lifecycle stages in the order they are shown.
const STAGES: [&str; 5] = ["new", "active", "dormant", "churned", "prospect"];
/// Bins of a histogram.
const BINS: usize = 24;

/// The `q` quantile of sorted values, between neighbours linearly (type 7 of Hyndman and Fan,
/// 1996). 0 without a value.
pub(crate) fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = q * last as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(last);
    sorted[low] + (sorted[high] - sorted[low]) * (at - low as f64)
}

/// Mean and population standard deviation; zeros without a value.
pub(crate) fn mean_sd(values: &[f64]) -> (f64, f64) {
    if values.is_empty() {
        return (0.0, 0.0);
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

fn histogram(sorted: &[f64]) -> Vec<u64> {
    let mut counts = vec![0; BINS];
    let (Some(&min), Some(&max)) = (sorted.first(), sorted.last()) else { return counts };
    let width = (max - min) / BINS as f64;
    for v in sorted {
        let bin = if width > 0.0 { ((v - min) / width) as usize } else { 0 };
        counts[bin.min(BINS - 1)] += 1;
    }
    counts
}

fn info(spec: FeatureSpec, column: &[f64]) -> FeatureInfo {
    let mut sorted: Vec<f64> = column.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let (mean, sd) = mean_sd(&sorted);
    FeatureInfo {
        name: spec.name,
        label: spec.label,
        description: spec.description,
        unit: spec.unit,
        family: spec.family,
        sql: spec.sql,
        mean,
        sd,
        min: sorted.first().copied().unwrap_or(0.0),
        median: quantile(&sorted, 0.5),
        max: sorted.last().copied().unwrap_or(0.0),
        missing: (column.len() - sorted.len()) as u64,
        histogram: histogram(&sorted),
    }
}

fn lifecycle(frame: &Frame) -> Vec<(String, u64)> {
    let stages = frame.column("lifecycle").and_then(Column::text).unwrap_or_default();
    STAGES
        .iter()
        .map(|stage| {
            let n = stages.iter().filter(|s| *s == Some(*stage)).count();
            ((*stage).to_owned(), n as u64)
        })
        .collect()
}

/// Sums up `feat.customer`. Features that the frame does not hold are left out. Figures are
/// over people with a value; without any they are 0. The standard deviation is the
/// population's.
pub fn summarise(frame: &Frame, as_of: &str, params: &Valid<FeatureParams>) -> FeaturesSummary {
    let column = |name: &str| frame.column(name).and_then(numbers);
    let buyers = column("frequency").unwrap_or_default().iter().filter(|v| **v > 0.0).count();
    let features = catalogue(params)
        .into_iter()
        .filter_map(|spec| column(&spec.name).map(|values| info(spec, &values)))
        .collect();
    FeaturesSummary {
        as_of: as_of.to_owned(),
        people: frame.rows() as u64,
        buyers: buyers as u64,
        features,
        lifecycle: lifecycle(frame),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_as_in_the_textbook() {
        let v = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&v, 0.5), 2.5);
        assert_eq!(quantile(&v, 0.25), 1.75);
        assert_eq!(quantile(&v, 1.0), 4.0);
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn every_value_is_in_a_bin_and_the_greatest_in_the_last() {
        let v: Vec<f64> = (0..=48).map(f64::from).collect();
        let bins = histogram(&v);
        assert_eq!(bins.iter().sum::<u64>(), 49);
        assert_eq!((bins[0], bins[23]), (2, 3));
        assert_eq!(histogram(&[7.0, 7.0])[0], 2);
    }

    #[test]
    fn a_summary_counts_people_buyers_and_gaps() {
        let text = |s: &str| Some(s.to_owned());
        let frame = Frame::default()
            .with("profile_id", Column::Int(vec![Some(1), Some(2), Some(3)]))
            .with("frequency", Column::Int(vec![Some(2), Some(4), Some(0)]))
            .with("recency_days", Column::Int(vec![Some(10), Some(20), None]))
            .with(
                "lifecycle",
                Column::Text(vec![text("new"), text("churned"), text("prospect")].into()),
            );
        let params = FeatureParams::default().check().unwrap();
        let s = summarise(&frame, "2025-01-01", &params);
        assert_eq!((s.people, s.buyers), (3, 2));
        let recency = &s.features[0];
        assert_eq!((recency.name.as_str(), recency.missing), ("recency_days", 1));
        assert_eq!((recency.mean, recency.sd, recency.median), (15.0, 5.0, 15.0));
        let counts: Vec<_> = s.lifecycle.iter().map(|(k, n)| (k.as_str(), *n)).collect();
        let want = [("new", 1), ("active", 0), ("dormant", 0), ("churned", 1), ("prospect", 1)];
        assert_eq!(counts, want);
    }
}
