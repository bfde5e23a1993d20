//! What blocking may cost: pairs a rule would make, from the sizes of its blocks.

use crate::IdentityError;
use kith_model::Monitor;
use kith_model::identity::{BlockingEstimate, IdentityParams};
use std::collections::BTreeMap;

/// Blocks counted between two looks at the monitor.
const STRIDE: usize = 1 << 14;

/// Pairs of all loose rules together for each record of a small set.
const LOOSE_PER_RECORD: u64 = 12;

/// Pairs a rule may make for each record of a large set, and that all loose rules may make
/// together. Common keys make most pairs and hardly any matches: two records that agree on a
/// common name and nothing rarer are of two people, and what is rarer has a rule of its own.
const PER_RECORD: f64 = 1.2;

/// Pairs up to which a rule keeps its common keys however few the records are.
const FREE: u64 = 250_000;

/// How many blocks there are of each size.
pub(crate) struct Sizes(BTreeMap<u64, u64>);

fn among(records: u64) -> u64 {
    records * records.saturating_sub(1) / 2
}

impl Sizes {
    /// Of blocks of so many records each.
    pub fn of(
        blocks: impl Iterator<Item = usize>,
        monitor: &dyn Monitor,
    ) -> Result<Self, IdentityError> {
        let mut small = [0; 64];
        let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
        for (at, size) in blocks.enumerate() {
            if at.is_multiple_of(STRIDE) {
                crate::ask(monitor)?;
            }
            match small.get_mut(size) {
                Some(n) => *n += 1,
                None => *sizes.entry(size as u64).or_default() += 1,
            }
        }
        sizes.extend((0..).zip(small).filter(|(_, n)| *n > 0));
        Ok(Self(sizes))
    }

    /// Keys of records; one with two keys counts twice.
    pub fn keyed(&self) -> u64 {
        self.0.iter().map(|(size, n)| size * n).sum()
    }

    /// Pairs of all blocks.
    pub fn pairs(&self) -> u64 {
        self.up_to(u64::MAX)
    }

    /// Pairs of the blocks up to `largest` records.
    fn up_to(&self, largest: u64) -> u64 {
        let pairs = self.0.range(..=largest).map(|(&size, &n)| among(size).saturating_mul(n));
        pairs.fold(0, u64::saturating_add)
    }

    /// Records of the blocks of two to `largest` records; one in two blocks counts twice.
    pub fn members(&self, largest: u64) -> u64 {
        self.0.range(2..=largest.max(2)).map(|(size, n)| size * n).sum()
    }

    /// The largest size of which blocks up to it make at most `pairs`.
    fn within(&self, pairs: u64) -> u64 {
        let mut made = 0_u64;
        let fits = self.0.iter().take_while(|&(&size, &n)| {
            made = made.saturating_add(among(size).saturating_mul(n));
            made <= pairs
        });
        fits.last().map_or(0, |(&size, _)| size)
    }
}

/// What is left to spend.
pub(crate) struct Budget {
    pairs: u64,
    spent: u64,
    most_of_block: u64,
    /// Pairs of one rule.
    share: u64,
    loose_left: u64,
    loose_rules: u64,
}

impl Budget {
    /// For a run over `records` with so many loose rules.
    pub fn new(records: u64, params: &IdentityParams, loose_rules: u64) -> Self {
        // Records of the largest block whose pairs stay under the cap.
        let cap = params.max_block_pairs;
        let mut most_of_block = ((2.0 * cap as f64).sqrt() as u64).max(1);
        while among(most_of_block + 1) <= cap {
            most_of_block += 1;
        }
        while among(most_of_block) > cap {
            most_of_block -= 1;
        }
        let large = (PER_RECORD * records as f64) as u64;
        Self {
            pairs: params.max_pairs,
            spent: 0,
            most_of_block,
            // The user's own rules mean what they say.
            share: if params.rules.is_empty() { large.max(FREE) } else { u64::MAX },
            loose_left: (LOOSE_PER_RECORD * records).min(large.max(2 * FREE)),
            loose_rules,
        }
    }

    /// Pairs in all.
    pub fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Whether the rule runs, and on blocks of which size. A rule is refused when what the cap
    /// leaves is over the budget, or when the cap leaves next to nothing of a rule over it.
    pub fn judge(&mut self, rule: String, sizes: &Sizes, loose: bool) -> BlockingEstimate {
        let pairs = sizes.pairs();
        let share = if loose { self.loose_left / self.loose_rules.max(1) } else { self.share };
        let largest_kept = self.most_of_block.min(sizes.within(share));
        if loose {
            self.loose_rules = self.loose_rules.saturating_sub(1);
        }
        let kept = sizes.up_to(largest_kept);
        let left = self.pairs.saturating_sub(self.spent);
        let hopeless =
            !loose && pairs > self.pairs && kept < pairs / 100 && kept < sizes.keyed() / 100;
        let runs = kept <= left && !hopeless;
        let made = if runs { kept } else { 0 };
        self.spent += made;
        self.loose_left -= if loose { made.min(self.loose_left) } else { 0 };
        BlockingEstimate {
            rule,
            keyed: sizes.keyed(),
            pairs,
            kept: made,
            cumulative: self.spent,
            largest_block: sizes.0.keys().next_back().copied().unwrap_or(0),
            largest_kept: runs.then_some(largest_kept),
            skipped_blocks: sizes.0.range(largest_kept.max(1) + 1..).map(|(_, n)| n).sum(),
            loose,
            instead: None,
            recall: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;

    fn sizes(of: &[usize]) -> Sizes {
        Sizes::of(of.iter().copied(), &Quiet).unwrap()
    }

    #[test]
    fn pairs_are_known_from_sizes() {
        let s = sizes(&[1, 2, 2, 5]);
        assert_eq!((s.keyed(), s.pairs(), s.up_to(2)), (10, 12, 2));
        assert_eq!((s.within(1), s.within(2), s.within(12)), (1, 2, 5));
    }

    #[test]
    fn a_rule_over_the_budget_is_refused_and_the_next_one_runs() {
        let params = IdentityParams { max_pairs: 100, ..IdentityParams::default() };
        let mut budget = Budget::new(1_000, &params, 0);
        let giant = budget.judge("country".into(), &sizes(&[200]), false);
        assert_eq!((giant.pairs, giant.kept, giant.largest_kept), (19_900, 0, None));
        let fine = budget.judge("family name".into(), &sizes(&[10, 3]), false);
        assert_eq!((fine.kept, fine.cumulative), (48, 48));
        let much = budget.judge("city".into(), &sizes(&[12]), false);
        assert_eq!((much.kept, much.cumulative, much.largest_kept), (0, 48, None));
    }

    #[test]
    fn ten_billion_pairs_are_counted_and_not_made() {
        let sizes = Sizes(BTreeMap::from([(141_422, 1)]));
        let estimate =
            Budget::new(141_422, &IdentityParams::default(), 0).judge("x".into(), &sizes, false);
        assert!(estimate.pairs > 10_000_000_000 && estimate.largest_kept.is_none());
    }

    #[test]
    fn of_a_loose_rule_the_rarest_keys_are_used() {
        let params = IdentityParams::default();
        let mut budget = Budget::new(10, &params, 1);
        let estimate = budget.judge("birth date".into(), &sizes(&[2, 3, 40]), true);
        assert_eq!((estimate.kept, estimate.largest_kept), (4, Some(3)));
    }
}
