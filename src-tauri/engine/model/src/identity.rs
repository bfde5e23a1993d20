//! Identity resolution: settings, and what resolving found.
//!
//! Match weights are log2 of the Bayes factor m/u (Fellegi and Sunter 1969); the prior is
//! the probability that two random records match.

use crate::document::DecisionOrigin;
use crate::golden::LosingValue;
use crate::guard::GuardFinding;
use crate::ids::{PairKey, ProfileId};
use crate::lineage::LinkedRun;
use crate::training::TrainingLog;
use crate::valid::{BrokenRule, Checker, Valid};
use serde::{Deserialize, Serialize};

/// A compared field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchField {
    /// Given name (nicknames and names spoken alike count as levels of their own).
    GivenName,
    /// Family name; its level says when it is swapped with the given name.
    FamilyName,
    /// Birth date.
    BirthDate,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Street and house number.
    Street,
    /// City.
    City,
    /// Postcode.
    Postcode,
    /// Country.
    Country,
    /// Latitude and longitude: how far apart the places are.
    Location,
    /// Company.
    Company,
    /// A number that identifies the person: loyalty card, social security, tax. Slips in it count.
    Identifier,
}

impl MatchField {
    /// Every field, in order.
    pub const ALL: [Self; 12] = [
        Self::GivenName,
        Self::FamilyName,
        Self::BirthDate,
        Self::Email,
        Self::Phone,
        Self::Street,
        Self::City,
        Self::Postcode,
        Self::Country,
        Self::Location,
        Self::Company,
        Self::Identifier,
    ];

    /// Name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::GivenName => "Given name",
            Self::FamilyName => "Family name",
            Self::BirthDate => "Birth date",
            Self::Email => "E-mail",
            Self::Phone => "Phone",
            Self::Street => "Street",
            Self::City => "City",
            Self::Postcode => "Postcode",
            Self::Country => "Country",
            Self::Location => "Location",
            Self::Company => "Company",
            Self::Identifier => "Identifying number",
        }
    }
}

/// Which records may be one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchScope {
    /// Any two: link the sources and find duplicates inside them.
    #[default]
    Both,
    /// Only records of two sources: each source names a person once.
    Link,
    /// Only records of one source.
    Dedupe,
}

/// A blocking rule of the user's own: records that agree exactly on every field are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockingRule {
    /// The fields.
    pub fields: Vec<MatchField>,
}

impl BlockingRule {
    /// e.g. `family name + birth date`.
    pub fn label(&self) -> String {
        let labels: Vec<String> = self.fields.iter().map(|f| f.label().to_lowercase()).collect();
        labels.join(" + ")
    }
}

/// Most blocking rules of one run.
pub const MOST_RULES: usize = 24;

/// Candidate pairs of a run, unless set: about 6 GiB of them.
const MOST_PAIRS: u64 = 250_000_000;

fn usual_pairs(pairs: &u64) -> bool {
    *pairs == MOST_PAIRS
}

fn is_off(on: &bool) -> bool {
    !on
}

/// What the user tunes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityParams {
    /// Which records may be one person.
    pub scope: MatchScope,
    /// Fields compared, sorted.
    pub fields: Vec<MatchField>,
    /// Pairs at or above this match probability are linked; `None`: the program proposes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// Pairs from this probability up to the threshold wait for review.
    pub review_from: f64,
    /// At most this many candidate pairs a blocking key; a larger block is skipped and said.
    pub max_block_pairs: u64,
    /// At most this many candidate pairs in all; a rule that would exceed it is refused.
    #[serde(skip_serializing_if = "usual_pairs")]
    pub max_pairs: u64,
    /// Blocking rules; none: the program's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<BlockingRule>,
    /// EM iterations at most.
    pub max_iterations: u32,
    /// Learn from the known truth too, where there is one: it is then no independent measure.
    #[serde(skip_serializing_if = "is_off")]
    pub learn_truth: bool,
    /// Seed of the random pairs from which u is estimated.
    pub seed: u64,
    /// Where only records were added since the last run, link those with what was learned then,
    /// and leave everybody else as they are. Off: every run is a full one.
    pub link_new: bool,
}

impl Default for IdentityParams {
    fn default() -> Self {
        Self {
            scope: MatchScope::Both,
            fields: MatchField::ALL.to_vec(),
            threshold: None,
            review_from: 0.5,
            max_block_pairs: 20_000,
            max_pairs: MOST_PAIRS,
            rules: Vec::new(),
            max_iterations: 100,
            learn_truth: false,
            seed: 1,
            link_new: true,
        }
    }
}

impl IdentityParams {
    /// Probabilities of the pairs that wait for review while pairs from `threshold` on are linked:
    /// from `review_from`, or from half a threshold that lies below it.
    pub fn review_range(&self, threshold: f64) -> std::ops::Range<f64> {
        let from = if self.review_from < threshold { self.review_from } else { threshold / 2.0 };
        from..threshold
    }

    /// The checked settings, or every broken rule.
    pub fn check(self) -> Result<Valid<Self>, Vec<BrokenRule>> {
        let inside = |p: f64| (0.0..=1.0).contains(&p);
        Checker::default()
            .require(!self.fields.is_empty(), "fields", "Choose at least one field to compare")
            .require(
                self.threshold.is_none_or(inside),
                "threshold",
                "The threshold is a probability: between 0 and 1",
            )
            .require(inside(self.review_from), "review_from", "Must lie between 0 and 1")
            .require(
                self.threshold.is_none_or(|t| self.review_from <= t),
                "review_from",
                "Review must start at or below the threshold",
            )
            .require(self.max_block_pairs > 0, "max_block_pairs", "Allow at least one pair a block")
            .require(self.max_pairs > 0, "max_pairs", "Allow at least one pair")
            .require(
                self.rules.len() <= MOST_RULES && self.rules.iter().all(|r| !r.fields.is_empty()),
                "rules",
                "At most 24 blocking rules, each of at least one field",
            )
            .require(self.max_iterations > 0, "max_iterations", "At least one iteration")
            .finish(self)
    }
}

/// A person's word on a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Same person.
    Same,
    /// Different people.
    Different,
    /// Cannot tell.
    Unsure,
}

/// Two records said to be different people although other decisions make them one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// The two.
    pub pair: PairKey,
    /// From the left one to the right one: each record was said to be the same person as the
    /// next. The shortest there is.
    pub chain: Vec<String>,
}

impl Contradiction {
    /// True when `pair` is one of the decisions that cannot all hold.
    pub fn rests_on(&self, pair: &PairKey) -> bool {
        let linked = |w: &[String]| PairKey::new(w[0].as_str(), w[1].as_str()) == *pair;
        self.pair == *pair || self.chain.windows(2).any(linked)
    }

    /// In words.
    pub fn sentence(&self) -> String {
        format!(
            "{} and {} were said to be different people, yet the same by {}",
            self.pair.left,
            self.pair.right,
            self.chain.join(" = ")
        )
    }
}

/// One level of a comparison with its learned parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelParams {
    /// e.g. `exact`, `Jaro-Winkler >= 0.92`, `nickname`, `different`.
    pub label: String,
    /// Probability of the level among matches.
    pub m: f64,
    /// Probability of the level among non-matches.
    pub u: f64,
    /// log2(m / u).
    pub weight: f64,
}

/// A field's levels, strongest first; a missing value on either side weighs 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonParams {
    /// The field.
    pub field: MatchField,
    /// Its levels.
    pub levels: Vec<LevelParams>,
}

/// A blocking rule's yield.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockingCount {
    /// e.g. `family name + birth date`.
    pub rule: String,
    /// Pairs it makes.
    pub pairs: u64,
    /// Pairs no earlier rule made.
    pub new_pairs: u64,
    /// Blocks left out because they were larger than the cap.
    pub skipped_blocks: u64,
}

/// What a blocking rule will cost, known from the sizes of its blocks before a pair is made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BlockingEstimate {
    /// e.g. `family name + birth date`.
    pub rule: String,
    /// Keys of records; a record with two keys counts twice.
    pub keyed: u64,
    /// Pairs of all its blocks.
    pub pairs: u64,
    /// Pairs of the blocks that are used; 0 when the rule is refused.
    pub kept: u64,
    /// Pairs used by this rule and those before it.
    pub cumulative: u64,
    /// Records of the largest block: the skew.
    pub largest_block: u64,
    /// Records of the largest block that is used; `None`: the rule is refused.
    pub largest_kept: Option<u64>,
    /// Blocks that are not used.
    pub skipped_blocks: u64,
    /// Only its rarest keys are used.
    pub loose: bool,
    /// For a refused rule, a better one with its pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// Expected share of the true pairs that it makes; known once pairs are weighed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
}

/// A bin of the match-weight histogram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WeightBin {
    /// Lower edge of the match weight.
    pub from: f64,
    /// Upper edge.
    pub to: f64,
    /// Candidate pairs in it.
    pub pairs: u64,
}

/// What would happen at a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ThresholdPoint {
    /// Match probability.
    pub threshold: f64,
    /// Pairs linked.
    pub links: u64,
    /// People (clusters, singletons included).
    pub people: u64,
    /// Expected precision by the model's own probabilities.
    pub expected_precision: f64,
    /// Expected recall by the model's own probabilities, of the pairs blocking found.
    pub expected_recall: f64,
    /// Precision against the truth, where it is known.
    pub precision: Option<f64>,
    /// Recall against the truth, where it is known; pairs that blocking missed count.
    pub recall: Option<f64>,
}

/// Pairwise quality of the final clusters against a known truth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairQuality {
    /// True pairs among linked pairs.
    pub precision: f64,
    /// Linked pairs among true pairs.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
    /// True pairs in all.
    pub true_pairs: u64,
}

/// The identity stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IdentitySummary {
    /// Contact records looked at.
    pub records: u64,
    /// People found.
    pub people: u64,
    /// Records joined by a deterministic key.
    pub deterministic_links: u64,
    /// Candidate pairs compared.
    pub pairs: u64,
    /// Pairs linked at the threshold.
    pub links: u64,
    /// Pairs waiting for review (undecided).
    pub review: u64,
    /// Threshold in force.
    pub threshold: f64,
    /// Threshold the program proposes.
    pub proposed_threshold: f64,
    /// Prior probability that two random records match.
    pub prior: f64,
    /// EM iterations until convergence.
    pub iterations: u32,
    /// Learned parameters.
    pub comparisons: Vec<ComparisonParams>,
    /// Blocking rules in order.
    pub blocking: Vec<BlockingCount>,
    /// What each rule was known to cost before, refused rules among them.
    #[serde(default)]
    pub estimates: Vec<BlockingEstimate>,
    /// Match weights of all candidate pairs.
    pub histogram: Vec<WeightBin>,
    /// Thresholds from 0.01 to 0.99 and beyond.
    pub curve: Vec<ThresholdPoint>,
    /// People by number of records: index 0 is one record.
    pub cluster_sizes: Vec<u64>,
    /// Against the truth, where it is known.
    pub truth: Option<PairQuality>,
    /// What kept wrong links from being made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<GuardFinding>,
    /// Decisions that cannot all hold, each with its shortest chain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<Contradiction>,
    /// Set when only new records were linked: the charts are then of the last full run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<LinkedRun>,
    /// Records that the parameters were learned on; 0 when that is not known.
    #[serde(default)]
    pub trained_on: u64,
    /// The parameters are those of a frozen training.
    #[serde(default)]
    pub frozen: bool,
    /// Answers that parameters and threshold were learned with.
    #[serde(default)]
    pub answers: u64,
    /// How learning went; empty with a frozen training.
    #[serde(default, skip_serializing_if = "TrainingLog::is_empty")]
    pub training: TrainingLog,
    /// Alarms in plain words, e.g. skipped blocks or a giant cluster.
    pub notes: Vec<String>,
}

/// A record as the review shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordCard {
    /// `source/native_id`.
    pub name: String,
    /// Source title.
    pub source: String,
    /// Field label and value, in display order; empty values included.
    pub values: Vec<(String, String)>,
}

/// One bar of a pair's waterfall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WeightBar {
    /// `prior`, or a field's label.
    pub label: String,
    /// The level reached.
    pub level: String,
    /// Its match weight, term frequency included.
    pub weight: f64,
}

/// A pair in the review queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReviewPair {
    /// Its name.
    pub key: PairKey,
    /// Left record.
    pub left: RecordCard,
    /// Right record.
    pub right: RecordCard,
    /// Sum of the bars.
    pub weight: f64,
    /// Match probability.
    pub probability: f64,
    /// Where the weight comes from, prior first.
    pub waterfall: Vec<WeightBar>,
    /// What a person said, if anything.
    pub verdict: Option<Verdict>,
    /// What that came out of.
    #[serde(default, skip_serializing_if = "DecisionOrigin::teaches")]
    pub origin: DecisionOrigin,
    /// Whose the two records are.
    #[serde(default = "nobody")]
    pub people: [ProfileId; 2],
    /// Record pairs that the answer joins or keeps apart.
    #[serde(default)]
    pub hangs: u64,
    /// The other records of the left and of the right person, a few of each.
    #[serde(default)]
    pub others: [Vec<RecordCard>; 2],
}

fn nobody() -> [ProfileId; 2] {
    [ProfileId(0); 2]
}

/// One golden value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenValue {
    /// Field label.
    pub field: String,
    /// The surviving value.
    pub value: String,
    /// `source/native_id` of the record it came from.
    pub from: String,
    /// The rule that chose it, e.g. `most frequent`.
    pub rule: String,
    /// Values that lost, without repeats.
    pub others: Vec<String>,
    /// The same with the records they come from.
    #[serde(default)]
    pub lost: Vec<LosingValue>,
}

/// A person with everything known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonCard {
    /// The person.
    pub profile: ProfileId,
    /// Display name.
    pub name: String,
    /// The golden record.
    pub golden: Vec<GoldenValue>,
    /// The records behind it.
    pub records: Vec<RecordCard>,
    /// Feature label and formatted value.
    pub features: Vec<(String, String)>,
    /// Segment name.
    pub segment: Option<String>,
    /// Purchase propensity.
    pub propensity: Option<f64>,
}
