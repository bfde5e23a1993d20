//! The tables a run leaves: whose each record is, and the likelier pairs.

use crate::forest::both;
use crate::keys::KeyKind;
use crate::model::{probability, weight_of};
use crate::resolve::Run;
use crate::sorting::sorted;
use crate::{IdentityError, ask};
use kith_model::identity::IdentityParams;
use kith_model::{Column, Frame, Monitor, Texts};

/// Rows of [`crate::Resolution::pairs`], at most.
const MOST_PAIRS: usize = 1_000_000;

/// Pairs looked at between two looks at the monitor.
const STRIDE: usize = 1 << 18;

/// A pair to be written: its records, the smaller id first, and its place among the candidates.
#[derive(Clone, Copy)]
struct PairRow {
    left: usize,
    right: usize,
    at: usize,
}

impl Run {
    /// The profile of each record: 1 + the smallest record id of its cluster.
    pub fn profiles(&self, roots: &[u32]) -> Vec<i64> {
        let mut smallest: Vec<i64> = self.r.id.clone();
        for (i, &root) in roots.iter().enumerate() {
            smallest[root as usize] = smallest[root as usize].min(self.r.id[i]);
        }
        roots.iter().map(|&root| 1 + smallest[root as usize]).collect()
    }

    /// The frame (`record_id`, `profile_id`), by record.
    pub fn record_profile(&self, profiles: &[i64]) -> Frame {
        let mut rows: Vec<(i64, i64)> =
            self.r.id.iter().copied().zip(profiles.iter().copied()).collect();
        rows.sort_unstable();
        Frame::default()
            .with("record_id", Column::Int(rows.iter().map(|r| Some(r.0)).collect()))
            .with("profile_id", Column::Int(rows.iter().map(|r| Some(r.1)).collect()))
    }

    /// The likelier pairs and every decided one, by record; the nearest to the threshold when
    /// there are too many.
    pub fn pairs(
        &self,
        params: &IdentityParams,
        profiles: &[i64],
        monitor: &dyn Monitor,
    ) -> Result<Frame, IdentityError> {
        let rows = self.kept_pairs(params, monitor)?;
        let ints = |of: &dyn Fn(&PairRow) -> i64| -> Column {
            Column::Int(rows.iter().map(|r| Some(of(r))).collect())
        };
        let reals = |of: fn(f64) -> f64| -> Column {
            Column::Real(rows.iter().map(|r| Some(of(self.weights[r.at]))).collect())
        };
        let mut levels = Texts::new();
        for (done, row) in rows.iter().enumerate() {
            if done.is_multiple_of(STRIDE) {
                ask(monitor)?;
            }
            levels.push(Some(&self.levels_text(row.at)));
        }
        Ok(Frame::default()
            .with("left_record", ints(&|r| self.r.id[r.left]))
            .with("right_record", ints(&|r| self.r.id[r.right]))
            .with("weight", reals(|w| w))
            .with("probability", reals(probability))
            .with("levels", Column::Text(levels))
            .with("left_profile", ints(&|r| profiles[r.left]))
            .with("right_profile", ints(&|r| profiles[r.right])))
    }

    fn kept_pairs(
        &self,
        params: &IdentityParams,
        monitor: &dyn Monitor,
    ) -> Result<Vec<PairRow>, IdentityError> {
        let least = weight_of(params.review_range(self.model.threshold).start / 2.0);
        let decided = self.decided.all(&self.r);
        let likely =
            |i: &usize| self.weights[*i] >= least || decided.contains(&self.candidates.pairs[*i]);
        let mut kept = Vec::new();
        for from in (0..self.weights.len()).step_by(STRIDE) {
            ask(monitor)?;
            kept.extend((from..self.weights.len().min(from + STRIDE)).filter(likely));
        }
        if kept.len() > MOST_PAIRS {
            let at = weight_of(self.model.threshold.clamp(1e-6, 1.0 - 1e-6));
            let far = |i: &usize| (self.weights[*i] - at).abs();
            kept = sorted(kept, |a, b| far(a).total_cmp(&far(b)).then(a.cmp(b)), monitor)?;
            kept.truncate(MOST_PAIRS);
        }
        let row = |at: usize| {
            let (a, b) = both(self.candidates.pairs[at]);
            let ordered = self.r.id[a] <= self.r.id[b];
            let (left, right) = if ordered { (a, b) } else { (b, a) };
            PairRow { left, right, at }
        };
        let rows: Vec<PairRow> = kept.into_iter().map(row).collect();
        let by = |r: &PairRow| (self.r.id[r.left], self.r.id[r.right]);
        sorted(rows, |x, y| by(x).cmp(&by(y)), monitor)
    }

    /// One digit a field, then a letter when a deterministic key links the pair.
    fn levels_text(&self, i: usize) -> String {
        let mut text = self.candidates.patterns[i].digits();
        text.extend(self.keys.kind(self.candidates.pairs[i]).map(KeyKind::letter));
        text
    }
}
