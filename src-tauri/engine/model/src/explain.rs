//! Why two records are, or are not, taken for one person.

use crate::document::Decision;
use crate::identity::{MatchField, RecordCard};
use crate::ids::{PairKey, ProfileId};
use serde::{Deserialize, Serialize};

/// What a field says for which a record has no value.
pub const NO_VALUE: &str = "no value";

/// What a field says of two values that cannot be compared, or where a more telling field has said
/// it already: the city, where the street agrees.
pub const NOTHING_TO_ADD: &str = "nothing to add";

/// What the prior is about: two records drawn at random.
pub const AT_RANDOM: &str = "at random";

/// What a blocking rule or a deterministic key does with two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meeting {
    /// They share nothing by this rule.
    Apart,
    /// The rule brings them together: the pair is compared.
    Met,
    /// The key links them.
    Linked,
    /// They share the key, yet names or dates contradict it or somebody stands between.
    Distrusted,
    /// They share the value with so many records that it is left out.
    TooCommon,
}

/// One rule or key, tried on two records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTried {
    /// e.g. `family name + birth date`, `same e-mail`.
    pub rule: String,
    /// A deterministic key, not a blocking rule.
    pub key: bool,
    /// What it does with the two.
    pub meeting: Meeting,
    /// Records in the block that the two share, themselves included; 0 when they share none.
    pub records: u64,
}

/// What one field says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldStep {
    /// The field.
    pub field: MatchField,
    /// The left record's value.
    pub left: String,
    /// The right record's value.
    pub right: String,
    /// The level reached; `None`: a value is missing, or a more telling field has said it.
    pub level: Option<LevelReached>,
    /// Its match weight, term-frequency adjustment included: bits.
    pub weight: f64,
}

impl FieldStep {
    /// True when neither record has a value.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty() && self.right.is_empty()
    }

    /// What it says: its level, or why there is none.
    pub fn said(&self) -> &str {
        match &self.level {
            Some(level) => &level.label,
            None if self.left.is_empty() || self.right.is_empty() => NO_VALUE,
            None => NOTHING_TO_ADD,
        }
    }
}

/// A level with what it is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelReached {
    /// e.g. `exact`.
    pub label: String,
    /// Probability of the level among matches.
    pub m: f64,
    /// Probability of the level among non-matches.
    pub u: f64,
    /// m / u.
    pub bayes_factor: f64,
    /// Bits gained (rare value) or lost (common value) by term frequency.
    pub term_frequency: f64,
}

/// A record on the way from one to the other, with the probability of the link that leads to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathStep {
    /// `source/native_id`.
    pub record: String,
    /// Match probability of the link from the record before; 1 for the first.
    pub probability: f64,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum PairOutcome {
    /// One person: somebody said so.
    SaidSame,
    /// One person: a deterministic key links them.
    ByKey {
        /// e.g. `same e-mail`.
        key: String,
    },
    /// One person: their own weight reaches the threshold.
    Direct,
    /// One person, though their own weight would not do: linked through other records, whose
    /// weakest link is the strongest there is.
    ThroughOthers {
        /// From left to right; empty when no chain of strong pairs leads there and the two
        /// clusters joined on average.
        path: Vec<PathStep>,
    },
    /// Two people: somebody said so, of this pair or of another pair between the two.
    SaidDifferent {
        /// The pair that was decided.
        pair: PairKey,
    },
    /// Two people: the scope (linking only, or duplicates only) rules the pair out.
    OutOfScope,
    /// Two people: no rule brings them together, so they were never compared.
    NotCompared,
    /// Two people: the weight is below the threshold.
    BelowThreshold,
    /// Two people though the pair reaches the threshold: other records of the two speak against.
    Outweighed,
}

/// One field at another level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelChange {
    /// The field.
    pub field: MatchField,
    /// The level now, or `nothing to compare`.
    pub from: String,
    /// The level it would take.
    pub to: String,
}

/// A change that would cross the threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// Fields and their levels.
    pub changes: Vec<LevelChange>,
    /// The match weight it would give.
    pub weight: f64,
    /// The match probability it would give.
    pub probability: f64,
}

/// Two records explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairExplanation {
    /// Their names.
    pub key: PairKey,
    /// Left record.
    pub left: RecordCard,
    /// Right record.
    pub right: RecordCard,
    /// Whose they are now.
    pub people: [ProfileId; 2],
    /// Every key and blocking rule in force.
    pub rules: Vec<RuleTried>,
    /// Some rule or key brings them together.
    pub compared: bool,
    /// Weight of two random records being one person's: bits.
    pub prior: f64,
    /// Every compared field.
    pub fields: Vec<FieldStep>,
    /// At most 0: the two may be members of one household.
    pub household: f64,
    /// What people said of pairs like this one: bits.
    pub taught: f64,
    /// What a deterministic key adds: bits.
    pub keyed: f64,
    /// The match weight: the sum of all of these.
    pub weight: f64,
    /// Its match probability.
    pub probability: f64,
    /// Threshold in force, a match probability.
    pub threshold: f64,
    /// How it ended.
    pub outcome: PairOutcome,
    /// What somebody said of this very pair.
    pub decision: Option<Decision>,
    /// The smallest changes of levels that would cross the threshold, the least first.
    pub what_if: Vec<WhatIf>,
}

impl PairExplanation {
    /// True when the two are taken for one person.
    pub fn together(&self) -> bool {
        self.people[0] == self.people[1]
    }

    /// Who decided on this very pair.
    fn said(&self) -> String {
        let by_hand = self.decision.as_ref().and_then(|d| d.origin.by_hand());
        by_hand.map_or_else(|| "a reviewer said so".to_owned(), |how| format!("decided {how}"))
    }

    /// The outcome in one sentence.
    pub fn verdict(&self) -> String {
        let shares = || {
            format!(
                "{:.2} % against a threshold of {:.2} %",
                self.probability * 100.0,
                self.threshold * 100.0
            )
        };
        match &self.outcome {
            PairOutcome::SaidSame => format!("One person: {}", self.said()),
            PairOutcome::ByKey { key } => format!("One person by a deterministic key: {key}"),
            PairOutcome::Direct => format!("One person by their own weight: {}", shares()),
            PairOutcome::ThroughOthers { path } if path.len() > 2 => {
                let between: Vec<&str> =
                    path[1..path.len() - 1].iter().map(|s| s.record.as_str()).collect();
                format!("One person through {}: alone {}", between.join(", then "), shares())
            }
            PairOutcome::ThroughOthers { .. } => {
                format!("One person by all their records together: alone {}", shares())
            }
            PairOutcome::SaidDifferent { pair } if *pair == self.key => {
                format!("Two people: {}", self.said())
            }
            PairOutcome::SaidDifferent { pair } => {
                format!("Two people: a decision keeps {} and {} apart", pair.left, pair.right)
            }
            PairOutcome::OutOfScope => {
                "Two people: the scope of matching rules the pair out".to_owned()
            }
            PairOutcome::NotCompared => {
                "Two people: no rule brings them together, so they were never compared".to_owned()
            }
            PairOutcome::BelowThreshold => format!("Two people: {}", shares()),
            PairOutcome::Outweighed => format!(
                "Two people: the pair alone would do ({}), but their other records speak against",
                shares()
            ),
        }
    }
}
