//! The stage's result in numbers and words.

use crate::evaluate::{Evaluation, MODELS, chosen};
use crate::interactions::{DAY_US, Dataset, History};
use crate::metrics::{Figures, bootstrap};
use kith_model::recommend::{ModelScore, RecommendParams, RecommendSummary};
use std::collections::BTreeMap;

/// Name of those who are in no segment.
const NO_SEGMENT: &str = "No segment";

/// `YYYY-MM-DD` of a moment in microseconds (proleptic Gregorian; Howard Hinnant's
/// `civil_from_days`).
pub(crate) fn day(at_us: i64) -> String {
    let z = at_us.div_euclid(DAY_US) + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

fn mean(figures: &[Figures], of: impl Fn(&Figures) -> f64) -> f64 {
    if figures.is_empty() {
        return 0.0;
    }
    figures.iter().map(of).sum::<f64>() / figures.len() as f64
}

fn scores(evaluation: &Evaluation) -> Vec<ModelScore> {
    let ndcg: Vec<Vec<f64>> =
        evaluation.figures.iter().map(|m| m.iter().map(|f| f.ndcg).collect()).collect();
    let intervals = bootstrap(&ndcg);
    MODELS
        .iter()
        .enumerate()
        .map(|(m, name)| {
            let figures = &evaluation.figures[m];
            ModelScore {
                model: (*name).to_owned(),
                ndcg: mean(figures, |f| f.ndcg),
                ndcg_interval: intervals[m],
                recall: mean(figures, |f| f.recall),
                map: mean(figures, |f| f.average_precision),
                hit_rate: mean(figures, |f| f.hit),
                coverage: evaluation.shown[m] as f64 / evaluation.catalogue.max(1) as f64,
            }
        })
        .collect()
}

fn by_segment(
    evaluation: &Evaluation,
    users: &[u64],
    segments: &BTreeMap<u64, String>,
    model: usize,
) -> Vec<(String, f64)> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (person, figures) in evaluation.tested.iter().zip(&evaluation.figures[model]) {
        let segment = segments.get(&users[person.user]).map_or(NO_SEGMENT, String::as_str);
        let entry = sums.entry(segment).or_default();
        entry.0 += figures.ndcg;
        entry.1 += 1.0;
    }
    if segments.is_empty() {
        return Vec::new();
    }
    sums.into_iter().map(|(name, (sum, people))| (name.to_owned(), sum / people)).collect()
}

fn protocol(evaluation: &Evaluation, split: i64, params: &RecommendParams) -> String {
    let days = params.test_days;
    let label = if params.hide_bought {
        "products bought for the first time count; products bought before are left out of every list"
    } else {
        "every product bought counts, repeats included; nothing is left out"
    };
    let mixed = if params.popularity_mix > 0.0 {
        String::new()
    } else {
        format!(
            "; for comparison, item-item + popular mixes in {:.0} % popularity",
            evaluation.mix * 100.0
        )
    };
    format!(
        "Temporal split: learned before {}, tested on purchases in the {days} days from then, of \
         people with history before it; {label}; full ranking of all products, ties by product \
         id, places without a score filled by popularity; recall and MAP over the smaller of \
         {} and the person's products; 95 % bootstrap interval over people{mixed}",
        day(split),
        params.k
    )
}

fn notes(evaluation: &Evaluation, scores: &[ModelScore], params: &RecommendParams) -> Vec<String> {
    let mut notes = Vec::new();
    let days = params.test_days;
    if evaluation.tested.is_empty() {
        notes.push(format!(
            "Nobody with history bought anything{} in the last {days} days, so no model could be \
             tested: choose a longer test part",
            if params.hide_bought { " new" } else { "" }
        ));
        return notes;
    }
    if evaluation.tested.len() < 50 {
        notes.push(format!(
            "Only {} people could be tested: read the intervals, not the means",
            evaluation.tested.len()
        ));
    }
    let model = &scores[chosen(params)];
    for baseline in &scores[..2] {
        if model.ndcg < baseline.ndcg {
            let clear = model.ndcg_interval[1] < baseline.ndcg_interval[0];
            notes.push(format!(
                "{} loses to the baseline {}: NDCG@{} {:.4} against {:.4}{}",
                model.model,
                baseline.model,
                params.k,
                model.ndcg,
                baseline.ndcg,
                if clear { "" } else { ", within the interval" }
            ));
        }
    }
    let (again, all) = evaluation.repeats;
    if all > 0 && again * 5 > all {
        notes.push(format!(
            "{:.0} % of the products bought in the test part had been bought before{}",
            100.0 * again as f64 / all as f64,
            if params.hide_bought { ": consider showing bought products again" } else { "" }
        ));
    }
    notes
}

/// The summary, from the evaluation and the data everything was refitted on.
pub(crate) fn summary(
    data: &Dataset,
    all: &History,
    evaluation: Evaluation,
    split: i64,
    segments: &BTreeMap<u64, String>,
    params: &RecommendParams,
) -> RecommendSummary {
    let users = (0..data.users.len()).filter(|&u| !all.weights.row(u).0.is_empty()).count();
    let scores = if evaluation.tested.is_empty() { Vec::new() } else { scores(&evaluation) };
    RecommendSummary {
        protocol: protocol(&evaluation, split, params),
        split_at: day(split),
        users: users as u64,
        items: data.items.len() as u64,
        interactions: all.weights.len() as u64,
        tested: evaluation.tested.len() as u64,
        by_segment: by_segment(&evaluation, &data.users, segments, chosen(params)),
        notes: notes(&evaluation, &scores, params),
        scores,
        curve: evaluation.curve,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_by_the_calendar() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(day(951_782_400_000_000), "2000-02-29");
        assert_eq!(day(1_767_225_599_999_999), "2025-12-31");
    }
}
