//! Where the review stands: what is at stake, at what pace it goes, who agrees with whom.

use crate::IdentityError;
use crate::cards::pick;
use crate::labelled::{Label, labelled};
use crate::levels::Pattern;
use crate::model::{Scorer, weight_of};
use crate::records::{Records, civil};
use crate::review::{ReviewInput, Waiting, waiting};
use kith_model::identity::{IdentitySummary, Verdict};
use kith_model::review_desk::{Agreement, ReviewDesk, Reviewer, ReviewerPair};
use kith_model::{PairKey, Quiet};
use std::collections::BTreeMap;

/// A longer gap between two decisions is a break, in seconds.
const BREAK: f64 = 60.0;

/// Gaps needed before a pace is told.
const ENOUGH: usize = 5;

/// Share of what is at stake that the questions that matter hold.
const MOST: f64 = 0.9;

/// What somebody said of a pair at some time, later words last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The pair.
    pub pair: PairKey,
    /// Who.
    pub by: String,
    /// What; `None` took it back.
    pub verdict: Option<Verdict>,
}

/// Where the review stands. `input.limit` does not matter. `said`: every word, those since
/// overruled too, oldest first.
///
/// # Errors
/// A column of a frame is missing.
pub fn desk(
    input: &ReviewInput<'_>,
    summary: &IdentitySummary,
    said: &[Said],
) -> Result<ReviewDesk, IdentityError> {
    let queue = waiting(input)?;
    let (open, decided): (Vec<_>, Vec<_>) = queue.into_iter().partition(|w| w.verdict.is_none());
    let mut desk = ReviewDesk { waiting: open.len() as u64, ..ReviewDesk::default() };
    let (answers, by_hand): (Vec<_>, Vec<_>) =
        input.decisions.values().partition(|d| d.origin.teaches());
    desk.by_hand = by_hand.len() as u64;
    for decision in &answers {
        match decision.verdict {
            Verdict::Same => desk.same += 1,
            Verdict::Different => desk.different += 1,
            Verdict::Unsure => desk.unsure += 1,
        }
    }
    (desk.at_stake, desk.matters) = stakes(&open);
    let mut moments: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for decision in answers {
        moments.entry(&decision.by).or_default().extend(seconds(&decision.at));
    }
    (desk.seconds_each, desk.timed) = pace(moments.into_values());
    agreements(input, &decided, &mut desk)?;
    (desk.between, desk.disputed) = between(said);
    let labels: Vec<Label> = decided
        .iter()
        .filter(|w| w.origin.teaches())
        .filter_map(|w| match w.verdict? {
            Verdict::Same => Some((w.weight, true)),
            Verdict::Different => Some((w.weight, false)),
            Verdict::Unsure => None,
        })
        .collect();
    desk.labels = labels.len() as u64;
    let thresholds = summary.curve.iter().map(|p| p.threshold);
    desk.labelled = labelled(&summary.histogram, &labels, thresholds);
    Ok(desk)
}

/// Expected wrong record pairs among the open questions, and the fewest questions that hold
/// [`MOST`] of them.
fn stakes(open: &[Waiting]) -> (f64, u64) {
    let mut each: Vec<f64> =
        open.iter().map(|w| w.probability.min(1.0 - w.probability) * w.hangs as f64).collect();
    each.sort_unstable_by(|a, b| b.total_cmp(a));
    let all: f64 = each.iter().sum();
    let mut sum = 0.0;
    let matters = each.iter().take_while(|stake| {
        let before = sum;
        sum += *stake;
        before < MOST * all
    });
    let matters = matters.count() as u64;
    (all, matters)
}

/// Median seconds between decisions, and the gaps it was measured on.
fn pace<'a>(moments: impl Iterator<Item = Vec<f64>> + 'a) -> (Option<f64>, u64) {
    let mut gaps: Vec<f64> = Vec::new();
    for mut of_one in moments {
        of_one.sort_unstable_by(f64::total_cmp);
        gaps.extend(of_one.windows(2).map(|w| w[1] - w[0]).filter(|gap| *gap <= BREAK));
    }
    gaps.sort_unstable_by(f64::total_cmp);
    let median = (gaps.len() >= ENOUGH).then(|| {
        let middle = gaps.len() / 2;
        if gaps.len().is_multiple_of(2) {
            f64::midpoint(gaps[middle - 1], gaps[middle])
        } else {
            gaps[middle]
        }
    });
    (median, gaps.len() as u64)
}

/// Seconds of an RFC 3339 moment in UTC since 1970; none when it is no such moment.
fn seconds(at: &str) -> Option<f64> {
    let (date, time) = at.split_once('T')?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.trim_end_matches('Z').splitn(3, ':').map(|part| part.parse::<f64>().ok());
    let (hours, minutes, seconds) = (time.next()??, time.next()??, time.next()??);
    // The day whose civil date it is, from a first guess that is never too late.
    let guess = (year - 1970) * 365 + (month - 1) * 28 + day - 1;
    let wanted = (i32::try_from(year).ok()?, u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    let days = (guess..guess + 800).find(|d| civil(*d) == wanted)?;
    Some(days as f64 * 86_400.0 + hours * 3_600.0 + minutes * 60.0 + seconds)
}

/// Agreement with the model's own word: fields, prior and household, without what was taught.
fn agreements(
    input: &ReviewInput<'_>,
    decided: &[Waiting],
    desk: &mut ReviewDesk,
) -> Result<(), IdentityError> {
    let mut rows: Vec<usize> = decided.iter().flat_map(|w| [w.left, w.right]).collect();
    rows.sort_unstable();
    rows.dedup();
    let records = Records::read(&pick(input.records, &rows), &Quiet)?;
    let mut place = vec![0; rows.len()];
    records.row.iter().enumerate().for_each(|(i, &row)| place[row as usize] = i);
    let at = |row: usize| place[rows.partition_point(|&r| r < row)];
    let scorer = Scorer::new(input.model, &records);
    let least = weight_of(input.params.threshold.unwrap_or(input.model.threshold));
    let own: BTreeMap<&PairKey, bool> = decided
        .iter()
        .map(|w| {
            let (a, b) = (at(w.left).min(at(w.right)), at(w.left).max(at(w.right)));
            let pattern = Pattern::parse(&w.levels).unwrap_or_default();
            let keyed = w.levels.len() > pattern.digits().len();
            (&w.key, keyed || scorer.weigh(pattern, a, b).total() >= least)
        })
        .collect();
    let mut by: BTreeMap<&str, Reviewer> = BTreeMap::new();
    for (key, decision) in input.decisions.iter().filter(|(_, d)| d.origin.teaches()) {
        let reviewer = by.entry(&decision.by).or_insert_with(|| Reviewer {
            by: decision.by.clone(),
            decisions: 0,
            model: Agreement::default(),
        });
        reviewer.decisions += 1;
        let Some(&model) = own.get(key) else { continue };
        let agrees = match decision.verdict {
            Verdict::Same => model,
            Verdict::Different => !model,
            Verdict::Unsure => continue,
        };
        reviewer.model.note(agrees);
        desk.model.note(agrees);
    }
    desk.reviewers = by.into_values().collect();
    Ok(())
}

/// Who agrees with whom on the pairs both answered, and the pairs in dispute.
fn between(said: &[Said]) -> (Vec<ReviewerPair>, Vec<PairKey>) {
    let mut words: BTreeMap<&PairKey, BTreeMap<&str, Verdict>> = BTreeMap::new();
    for word in said {
        let of_pair = words.entry(&word.pair).or_default();
        match word.verdict {
            Some(verdict) => of_pair.insert(&word.by, verdict),
            None => of_pair.remove(word.by.as_str()),
        };
    }
    let mut pairs: BTreeMap<[&str; 2], Agreement> = BTreeMap::new();
    let mut disputed = Vec::new();
    for (pair, of_pair) in words {
        let all: Vec<(&str, Verdict)> = of_pair.into_iter().collect();
        let mut agreed = true;
        for (i, (a, x)) in all.iter().enumerate() {
            for (b, y) in &all[i + 1..] {
                pairs.entry([a, b]).or_default().note(x == y);
                agreed &= x == y;
            }
        }
        if !agreed {
            disputed.push(pair.clone());
        }
    }
    let named = |([a, b], agreement): ([&str; 2], Agreement)| ReviewerPair {
        who: [a.to_owned(), b.to_owned()],
        agreement,
    };
    (pairs.into_iter().map(named).collect(), disputed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_apart_across_midnight_and_leap_days() {
        let gap = |a: &str, b: &str| seconds(b).unwrap() - seconds(a).unwrap();
        assert_eq!(gap("2026-02-28T23:59:58Z", "2026-03-01T00:00:01.5Z"), 3.5);
        assert_eq!(gap("2024-02-28T00:00:00Z", "2024-03-01T00:00:00Z"), 2.0 * 86_400.0);
        assert_eq!(seconds("yesterday"), None);
        assert_eq!(seconds("1970-01-02T00:00:00Z"), Some(86_400.0));
    }

    #[test]
    fn the_pace_is_a_median_without_breaks() {
        let of = |times: &[f64]| pace([times.to_vec()].into_iter());
        assert_eq!(of(&[0.0, 2.0, 4.0, 9.0, 1_000.0, 1_003.0, 1_006.0]), (Some(3.0), 5));
        assert_eq!(of(&[0.0, 2.0]), (None, 1), "too few to tell");
    }

    #[test]
    fn reviewers_agree_and_disagree_by_their_last_words() {
        let pair = |n: u32| PairKey::new(format!("a/{n}"), format!("b/{n}"));
        let word = |n, by: &str, verdict| Said { pair: pair(n), by: by.to_owned(), verdict };
        let (between, disputed) = between(&[
            word(1, "ada", Some(Verdict::Different)),
            word(1, "ada", Some(Verdict::Same)),
            word(1, "bo", Some(Verdict::Same)),
            word(2, "ada", Some(Verdict::Same)),
            word(2, "bo", Some(Verdict::Different)),
            word(3, "ada", Some(Verdict::Same)),
            word(3, "bo", Some(Verdict::Unsure)),
            word(3, "bo", None),
        ]);
        assert_eq!(between.len(), 1);
        assert_eq!(between[0].who, ["ada", "bo"]);
        assert_eq!(between[0].agreement, Agreement { agree: 1, of: 2 });
        assert_eq!(disputed, [pair(2)]);
    }
}
