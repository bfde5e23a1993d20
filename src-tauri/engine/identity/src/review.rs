//! The review queue: doubtful pairs, those first whose decision teaches most, each with the
//! waterfall of its weight.

use crate::IdentityError;
use crate::cards::{cards, pick, rows_by_id};
use crate::decided::{Taught, record_name};
use crate::forest::pair;
use crate::frequency::has;
use crate::keys::KeyKind;
use crate::levels::Pattern;
use crate::model::{KEY_WEIGHT, MatchModel, Scorer, probability};
use crate::records::{Records, ints, texts};
use kith_model::document::{Decision, DecisionOrigin};
use kith_model::explain::{AT_RANDOM, NO_VALUE, NOTHING_TO_ADD};
use kith_model::identity::{IdentityParams, MatchField, ReviewPair, Verdict, WeightBar};
use kith_model::{Column, Frame, PairKey, ProfileId, Quiet, Texts, Valid};
use std::collections::{BTreeMap, BTreeSet};

/// A bar of the household kind is shown from this many bits.
const SHOWN_HOUSEHOLD: f64 = 0.05;

/// A bar of what decisions taught is shown from this many bits.
const SHOWN_TAUGHT: f64 = 1e-6;

/// What the queue is made of.
pub struct ReviewInput<'a> {
    /// [`crate::Resolution::pairs`], or the table it was written to.
    pub pairs: &'a Frame,
    /// Rows of [`crate::records_sql`]; those of the pairs suffice.
    pub records: &'a Frame,
    /// The model the pairs were weighed with.
    pub model: &'a MatchModel,
    /// Settings in force.
    pub params: &'a Valid<IdentityParams>,
    /// What people said.
    pub decisions: &'a BTreeMap<PairKey, Decision>,
    /// What each source is called on screen.
    pub titles: &'a BTreeMap<String, String>,
    /// Pairs wanted.
    pub limit: u32,
}

/// A pair on its way into the queue.
pub(crate) struct Waiting {
    /// Row of one record.
    pub left: usize,
    /// Row of the other.
    pub right: usize,
    /// The levels as the table of pairs holds them.
    pub levels: String,
    /// Match weight.
    pub weight: f64,
    /// Match probability.
    pub probability: f64,
    /// The names.
    pub key: PairKey,
    /// What was said.
    pub verdict: Option<Verdict>,
    /// What that came out of.
    pub origin: DecisionOrigin,
    /// Whose the left and the right record are.
    pub people: [i64; 2],
    /// Record pairs that the answer joins or keeps apart.
    pub hangs: u64,
}

/// Undecided pairs from `review_from` up to the threshold between two people, one pair for each
/// two and a few of each pattern of levels, most instructive first; then those already decided, so
/// that a decision can be changed. A run lets answers speak for other pairs of their pattern.
///
/// Instructive is what is doubtful (entropy of the match probability), common (pairs with the same
/// levels) and consequential (record pairs that the answer joins or keeps apart); the second pair
/// of the same levels waits until others have been asked.
///
/// # Errors
/// A column of either frame is missing.
pub fn review(input: &ReviewInput<'_>) -> Result<Vec<ReviewPair>, IdentityError> {
    let mut queue = order(waiting(input)?);
    queue.truncate(input.limit as usize);
    let mut rows: Vec<usize> = queue.iter().flat_map(|w| [w.left, w.right]).collect();
    rows.sort_unstable();
    rows.dedup();
    let at = |row: usize| rows.partition_point(|&r| r < row);
    let shown = pick(input.records, &rows);
    let cards = cards(&shown, input.titles)?;
    let records = Records::read(&shown, &Quiet)?;
    let mut place = vec![0; rows.len()];
    records.row.iter().enumerate().for_each(|(i, &row)| place[row as usize] = i);
    let scorer = Scorer::new(input.model, &records);
    Ok(queue
        .into_iter()
        .map(|w| {
            let (left, right) = (at(w.left), at(w.right));
            let pair = (place[left], place[right]);
            let waterfall = waterfall(input.model, (&scorer, &records), &w, pair);
            let weight = waterfall.iter().map(|bar| bar.weight).sum();
            let (mut left, mut right) = (cards[left].clone(), cards[right].clone());
            let mut people = w.people;
            if left.name > right.name {
                std::mem::swap(&mut left, &mut right);
                people.reverse();
            }
            let probability = probability(weight);
            ReviewPair {
                key: w.key,
                left,
                right,
                weight,
                probability,
                waterfall,
                verdict: w.verdict,
                origin: w.origin,
                people: people.map(|p| ProfileId(p.unsigned_abs())),
                hangs: w.hangs,
                others: [Vec::new(), Vec::new()],
            }
        })
        .collect())
}

/// The columns of the pairs that the queue reads.
struct PairColumns<'a> {
    records: [&'a [Option<i64>]; 2],
    profiles: [&'a [Option<i64>]; 2],
    /// Records of each of the two people; absent in a run's own frame.
    sizes: Option<[&'a [Option<i64>]; 2]>,
    levels: &'a Texts,
    weight: &'a [Option<f64>],
    probability: &'a [Option<f64>],
}

impl<'a> PairColumns<'a> {
    fn read(pairs: &'a Frame) -> Result<Self, IdentityError> {
        let reals = |name: &str| {
            let missing =
                || IdentityError::Column { column: name.to_owned(), kind: "real numbers" };
            pairs.column(name).and_then(Column::real).ok_or_else(missing)
        };
        Ok(Self {
            records: [ints(pairs, "left_record")?, ints(pairs, "right_record")?],
            profiles: [ints(pairs, "left_profile")?, ints(pairs, "right_profile")?],
            sizes: match ["left_records", "right_records"].map(|name| pairs.column(name)) {
                [Some(left), Some(right)] => left.int().zip(right.int()).map(|(l, r)| [l, r]),
                _ => None,
            },
            levels: texts(pairs, "levels")?,
            weight: reals("weight")?,
            probability: reals("probability")?,
        })
    }
}

impl PairColumns<'_> {
    /// Record pairs between the two people of pair `i`.
    fn hangs(&self, i: usize) -> u64 {
        let size = |side: usize| self.sizes.and_then(|s| s[side].get(i).copied().flatten());
        [0, 1].map(|side| size(side).map_or(1, |n| n.max(1).unsigned_abs())).iter().product()
    }
}

/// The pairs that are in the queue at all: of the undecided pairs between two people the
/// strongest, because one answer settles them all; and every decided pair.
pub(crate) fn waiting(input: &ReviewInput<'_>) -> Result<Vec<Waiting>, IdentityError> {
    let pairs = PairColumns::read(input.pairs)?;
    let (source, native) = (texts(input.records, "source")?, texts(input.records, "native_id")?);
    let rows = rows_by_id(input.records)?;
    let name = |row: usize| record_name(source.get(row), native.get(row));
    let threshold = input.params.threshold.unwrap_or(input.model.threshold);
    let doubtful = input.params.review_range(threshold);
    let (mut decided, mut settled) = (Vec::new(), BTreeSet::new());
    let mut open: BTreeMap<(i64, i64), Waiting> = BTreeMap::new();
    for i in 0..pairs.levels.len() {
        let row = |id: Option<i64>| id.and_then(|id| rows.get(&id).copied());
        let [Some(left), Some(right)] = pairs.records.map(|c| row(c[i])) else { continue };
        let [Some(x), Some(y)] = pairs.profiles.map(|c| c[i]) else { continue };
        let (Some(p), Some(levels)) = (pairs.probability[i], pairs.levels.get(i)) else { continue };
        let Some(weight) = pairs.weight[i] else { continue };
        let asked = doubtful.contains(&p) && x != y;
        if !asked && input.decisions.is_empty() {
            continue;
        }
        let key = PairKey::new(name(left), name(right));
        let said = input.decisions.get(&key);
        let (verdict, origin) = (said.map(|d| d.verdict), said.map(|d| d.origin));
        let between = (x.min(y), x.max(y));
        let levels = levels.to_owned();
        let people = [x, y];
        let hangs = pairs.hangs(i);
        let probability = p;
        let waiting = Waiting {
            left,
            right,
            levels,
            weight,
            probability,
            key,
            verdict,
            origin: origin.unwrap_or_default(),
            people,
            hangs,
        };
        if verdict.is_some() {
            settled.insert(between);
            decided.push(waiting);
        } else if asked && open.get(&between).is_none_or(|w| w.probability < p) {
            open.insert(between, waiting);
        }
    }
    open.retain(|between, _| !settled.contains(between));
    let open = of_each_kind(open.into_values().collect(), &decided);
    Ok(open.into_iter().chain(decided).collect())
}

/// Of the `open` pairs the most doubtful of each pattern, as many as `decided` leave worth a
/// question.
fn of_each_kind(mut open: Vec<Waiting>, decided: &[Waiting]) -> Vec<Waiting> {
    let mut taught = Taught::default();
    // A key links whatever names say: it is no example of its pattern. Nor is a merge or split.
    let keyed = |w: &&Waiting| w.levels.len() > MatchField::ALL.len();
    for w in decided.iter().filter(|w| !keyed(w) && w.origin.teaches()) {
        if let (Some(pattern), Some(verdict)) = (Pattern::parse(&w.levels), w.verdict) {
            taught.add(pattern, verdict);
        }
    }
    let mut asked: BTreeMap<String, u64> = BTreeMap::new();
    open.sort_by(|x, y| {
        entropy(y.probability).total_cmp(&entropy(x.probability)).then_with(|| x.key.cmp(&y.key))
    });
    open.retain(|w| {
        let n = asked.entry(w.levels.clone()).or_default();
        *n += 1;
        *n <= taught.left(Pattern::parse(&w.levels).unwrap_or_default())
    });
    open
}

/// Undecided before decided; rounds of one pair a pattern; the most instructive first.
fn order(waiting: Vec<Waiting>) -> Vec<Waiting> {
    let mut common: BTreeMap<String, u32> = BTreeMap::new();
    for w in waiting.iter().filter(|w| w.verdict.is_none()) {
        *common.entry(w.levels.clone()).or_default() += 1;
    }
    let teaches = |w: &Waiting| {
        let others = common.get(&w.levels).copied().unwrap_or(1);
        entropy(w.probability) * (1.0 + f64::from(others).log2()) * (1.0 + (w.hangs as f64).log2())
    };
    let mut scored: Vec<(f64, Waiting)> = waiting.into_iter().map(|w| (teaches(&w), w)).collect();
    scored.sort_by(|(x, a), (y, b)| y.total_cmp(x).then_with(|| a.key.cmp(&b.key)));
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut rounds: Vec<(bool, u32, Waiting)> = scored
        .into_iter()
        .map(|(_, w)| {
            let round = seen.entry(w.levels.clone()).or_default();
            *round += 1;
            (w.verdict.is_some(), *round, w)
        })
        .collect();
    rounds.sort_by_key(|(decided, round, _)| (*decided, *round));
    rounds.into_iter().map(|(_, _, w)| w).collect()
}

/// Entropy of a yes-or-no question in bits.
fn entropy(p: f64) -> f64 {
    let part = |p: f64| if p <= 0.0 { 0.0 } else { -p * p.log2() };
    part(p) + part(1.0 - p)
}

/// Prior, one bar a compared field of which there is a value, household and key where they count.
fn waterfall(
    model: &MatchModel,
    (scorer, records): (&Scorer<'_>, &Records),
    w: &Waiting,
    (a, b): (usize, usize),
) -> Vec<WeightBar> {
    let pattern = Pattern::parse(&w.levels).unwrap_or_default();
    let (a, b) = crate::forest::both(pair(a as u32, b as u32));
    let weight = scorer.weigh(pattern, a, b);
    let bar = |label: &str, level: &str, weight| WeightBar {
        label: label.to_owned(),
        level: level.to_owned(),
        weight,
    };
    let mut bars = vec![bar("Prior", AT_RANDOM, weight.prior)];
    for field in MatchField::ALL {
        let Some(known) = model.field(field) else { continue };
        let level = pattern.level(field).checked_sub(1).and_then(|at| known.levels.get(at));
        let said = [a, b].map(|record| has(records, field, record));
        let level = match (level, said) {
            (Some(level), _) => level.label.as_str(),
            (None, [false, false]) => continue,
            (None, [true, true]) => NOTHING_TO_ADD,
            (None, _) => NO_VALUE,
        };
        bars.push(bar(field.label(), level, weight.fields[field as usize]));
    }
    if weight.household <= -SHOWN_HOUSEHOLD {
        bars.push(bar("Household", "may be somebody else at home", weight.household));
    } else {
        bars[0].weight += weight.household;
    }
    let key = w.levels.chars().nth(MatchField::ALL.len()).and_then(KeyKind::of_letter);
    let total: f64 = bars.iter().map(|b| b.weight).sum();
    let taught = w.weight - total;
    if key.is_none() && taught.abs() > SHOWN_TAUGHT {
        bars.push(bar("Decisions", "what was said of pairs like this", taught));
    }
    if let Some(key) = key.filter(|_| total < KEY_WEIGHT) {
        bars.push(bar("Key", key.label(), KEY_WEIGHT - total));
    }
    bars
}
