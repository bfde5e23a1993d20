//! How far the review has come, who agrees with whom, and what the answers say about quality.

use crate::ids::PairKey;
use serde::{Deserialize, Serialize};

/// How many of some answers agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Answers that agree.
    pub agree: u64,
    /// Answers compared.
    pub of: u64,
}

impl Agreement {
    /// Notes one comparison.
    pub fn note(&mut self, agrees: bool) {
        self.agree += u64::from(agrees);
        self.of += 1;
    }

    /// Share that agrees; `None` when nothing was compared.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.agree as f64 / self.of as f64)
    }
}

/// One reviewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewer {
    /// Login name; empty when the host knows none.
    pub by: String,
    /// Answers in force that are theirs.
    pub decisions: u64,
    /// With the model's own word at the threshold; answers of `unsure` left out.
    pub model: Agreement,
}

/// Two reviewers who answered the same pairs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewerPair {
    /// The two, sorted.
    pub who: [String; 2],
    /// Their last words on the same pairs.
    pub agreement: Agreement,
}

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Best guess.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Quality at a threshold as the answers tell it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelledPoint {
    /// Match probability.
    pub threshold: f64,
    /// True pairs among the pairs at or above it.
    pub precision: Estimate,
    /// Pairs at or above it among the true pairs that blocking found.
    pub recall: Estimate,
    /// Harmonic mean of both.
    pub f1: Estimate,
}

/// Where the review stands. Decisions of merges and splits by hand are counted apart: nobody was
/// asked about them, and they are no labels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReviewDesk {
    /// Decided: same person.
    pub same: u64,
    /// Decided: different people.
    pub different: u64,
    /// Decided: cannot tell.
    pub unsure: u64,
    /// Pairs decided by merging and splitting people.
    #[serde(default)]
    pub by_hand: u64,
    /// Questions that wait.
    pub waiting: u64,
    /// The fewest of them that hold nine tenths of what is at stake.
    pub matters: u64,
    /// Record pairs expected to be wrong if nothing more were decided.
    pub at_stake: f64,
    /// Median seconds between two decisions of one reviewer, breaks left out; `None` before there
    /// are enough of them.
    pub seconds_each: Option<f64>,
    /// Gaps it was measured on.
    pub timed: u64,
    /// With the model's own word at the threshold; answers of `unsure` left out.
    pub model: Agreement,
    /// Every reviewer, by name.
    pub reviewers: Vec<Reviewer>,
    /// Reviewers who answered the same pairs.
    pub between: Vec<ReviewerPair>,
    /// Pairs on which reviewers disagree; the last word is in force.
    pub disputed: Vec<PairKey>,
    /// Answers of `same` and `different` that the curve below rests on.
    pub labels: u64,
    /// Precision and recall as the answers tell them, by threshold; empty without answers.
    pub labelled: Vec<LabelledPoint>,
}

impl ReviewDesk {
    /// Answers in force.
    pub fn decided(&self) -> u64 {
        self.same + self.different + self.unsure
    }

    /// Seconds that the questions that matter will take at the measured pace.
    pub fn seconds_left(&self) -> Option<f64> {
        self.seconds_each.map(|each| each * self.matters as f64)
    }
}
