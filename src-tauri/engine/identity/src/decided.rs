//! People's decisions on pairs, as records of a run.

use crate::IdentityError;
use crate::constraints::Constraints;
use crate::forest::pair;
use crate::levels::Pattern;
use crate::model::{probability, weight_of};
use crate::pairs::Candidates;
use crate::records::{Records, texts};
use kith_model::document::Decision;
use kith_model::identity::Verdict;
use kith_model::{Frame, PairKey};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A record as people name it: `source/native_id`.
pub(crate) fn record_name(source: Option<&str>, native: Option<&str>) -> String {
    format!("{}/{}", source.unwrap_or_default(), native.unwrap_or_default())
}

/// A decision on a pair of records.
#[derive(Debug, Clone, Copy)]
struct Ruling {
    verdict: Verdict,
    /// An answer, which is an example of pairs like it; else a merge or split, which binds its own
    /// records alone.
    teaches: bool,
}

/// Decisions as rows of the frame; those on records that are gone are left out.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    rows: Vec<((u32, u32), Ruling)>,
}

impl Decided {
    /// Finds the records that `decisions` name.
    pub fn read(
        records: &Frame,
        decisions: &BTreeMap<PairKey, Decision>,
    ) -> Result<Self, IdentityError> {
        if decisions.is_empty() {
            return Ok(Self::default());
        }
        let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
        let mut wanted: HashMap<String, Option<u32>> = decisions
            .keys()
            .flat_map(|key| [key.left.clone(), key.right.clone()])
            .map(|name| (name, None))
            .collect();
        for row in 0..source.len() {
            let name = record_name(source.get(row), native.get(row));
            if let Some(slot) = wanted.get_mut(&name) {
                slot.get_or_insert(row as u32);
            }
        }
        let row = |name: &String| wanted.get(name).copied().flatten();
        let found = decisions.iter().filter_map(|(key, decision)| {
            let (a, b) = (row(&key.left)?, row(&key.right)?);
            let teaches = decision.origin.teaches();
            (a != b).then_some(((a, b), Ruling { verdict: decision.verdict, teaches }))
        });
        Ok(Self { rows: found.collect() })
    }

    /// The decided pairs in the order of `r`.
    fn pairs(&self, r: &Records) -> Vec<(u64, Ruling)> {
        if self.rows.is_empty() {
            return Vec::new();
        }
        let mut place = vec![0; r.len()];
        r.row.iter().enumerate().for_each(|(i, &row)| place[row as usize] = i as u32);
        let at = |&((a, b), ruling): &((u32, u32), Ruling)| {
            (pair(place[a as usize], place[b as usize]), ruling)
        };
        self.rows.iter().map(at).collect()
    }

    /// Every decided pair.
    pub fn all(&self, r: &Records) -> BTreeSet<u64> {
        self.pairs(r).into_iter().map(|(p, _)| p).collect()
    }

    /// Every answered pair with the answer: what can be learned from.
    fn answers(&self, r: &Records) -> impl Iterator<Item = (u64, Verdict)> {
        let answers = self.pairs(r).into_iter().filter(|(_, ruling)| ruling.teaches);
        answers.map(|(p, ruling)| (p, ruling.verdict))
    }

    /// Every answered pair.
    pub fn answered(&self, r: &Records) -> BTreeSet<u64> {
        self.answers(r).map(|(p, _)| p).collect()
    }

    /// What clustering must honour.
    pub fn constraints(&self, r: &Records) -> Constraints {
        let of = |wanted: Verdict| {
            let pairs = self.pairs(r).into_iter().filter(move |(_, said)| said.verdict == wanted);
            pairs.map(|(p, _)| p)
        };
        let must: Vec<u64> = of(Verdict::Same).collect();
        Constraints::new(&must, of(Verdict::Different).collect())
    }
}

/// Decisions that count as much as the model's own word on pairs of one pattern.
const OWN_WORD: f64 = 5.0;

/// Pairs one answer speaks for at most: a word on a pattern that millions of strangers show must
/// not make them people.
const SPEAKS_FOR: f64 = 20.0;

/// Pairs of a pattern the model gives less are no example of a match: whoever joins two such
/// records knows more than the fields say, and speaks of those two alone.
const TEACHABLE: f64 = 1e-3;

/// Pairs of one pattern that are worth a question: their answers speak for the others.
pub(crate) const ASKED_OF_A_KIND: u64 = 5;

/// Answers on pairs of one pattern.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    same: u64,
    different: u64,
    unsure: u64,
}

/// What answers say of the pairs that show the same levels: how many were one person's, and two
/// people's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taught(BTreeMap<Pattern, Told>);

impl Taught {
    /// Notes a verdict on a pair that shows `pattern`.
    pub fn add(&mut self, pattern: Pattern, verdict: Verdict) {
        let told = self.0.entry(pattern).or_default();
        match verdict {
            Verdict::Same => told.same += 1,
            Verdict::Different => told.different += 1,
            Verdict::Unsure => told.unsure += 1,
        }
    }

    /// How many pairs of `pattern` are one person's and how many two people's.
    fn told(&self, pattern: Pattern) -> (u64, u64) {
        self.0.get(&pattern).map_or((0, 0), |told| (told.same, told.different))
    }

    /// The weight of a pair that shows `pattern`: the model's probability and the answers on such
    /// pairs, as a beta posterior with the model's as its mean and [`OWN_WORD`] as its strength.
    pub fn weight(&self, pattern: Pattern, weight: f64) -> f64 {
        let (same, different) = self.told(pattern);
        if same + different == 0 {
            return weight;
        }
        let (same, different) = (same as f64, different as f64);
        let own = probability(weight).clamp(1e-9, 1.0 - 1e-9);
        let same = if own < TEACHABLE { 0.0 } else { same };
        let told = (OWN_WORD * own + same) / (OWN_WORD + same + different);
        weight_of(told.clamp(1e-9, 1.0 - 1e-9))
    }

    /// Of the `pairs` that show `pattern`, how many the answers say are one person's and how many
    /// two people's when m is learned: as many as give them their share of [`Self::weight`], each
    /// answer speaking for at most [`SPEAKS_FOR`] and at least for its own pair.
    pub fn speaks_for(&self, pattern: Pattern, pairs: u64) -> (f64, f64) {
        let (same, different) = self.told(pattern);
        let (answers, pairs) = ((same + different) as f64, pairs as f64);
        if answers == 0.0 {
            return (0.0, 0.0);
        }
        let share = pairs * answers / (answers + OWN_WORD);
        let spoken = share.min(SPEAKS_FOR * answers).max(answers).min(pairs);
        (spoken * same as f64 / answers, spoken * different as f64 / answers)
    }

    /// Pairs of `pattern` still worth a question. Who cannot tell of one was asked too: another
    /// pair of the same kind in its place would be no better a question.
    pub fn left(&self, pattern: Pattern) -> u64 {
        let told = self.0.get(&pattern).copied().unwrap_or_default();
        ASKED_OF_A_KIND.saturating_sub(told.same + told.different + told.unsure)
    }
}

impl Decided {
    /// Places of answered pairs among the candidates, and whether they are one person; those nobody
    /// could tell are left out.
    pub fn places(&self, r: &Records, candidates: &Candidates) -> Vec<(usize, bool)> {
        let told = self.answers(r).filter(|(_, verdict)| *verdict != Verdict::Unsure);
        let place = |(p, verdict): (u64, Verdict)| {
            Some((candidates.pairs.binary_search(&p).ok()?, verdict == Verdict::Same))
        };
        told.filter_map(place).collect()
    }

    /// What the answers on candidate pairs teach.
    pub fn taught(&self, r: &Records, candidates: &Candidates) -> Taught {
        let mut taught = Taught::default();
        for (p, verdict) in self.answers(r) {
            // A key links whatever names say: it is no example of its pattern.
            if let Ok(at) = candidates.pairs.binary_search(&p)
                && candidates.rules[at] & 1 == 0
            {
                taught.add(candidates.patterns[at], verdict);
            }
        }
        taught
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity_sql::RECORD_COLUMNS;
    use kith_model::Column;
    use kith_model::document::DecisionOrigin;

    #[test]
    fn a_merge_or_split_binds_its_records_and_is_no_answer() {
        let column = |name: &&str| {
            let cell = |n: usize| match *name {
                "source" => Some("a".to_owned()),
                "native_id" => Some((n + 1).to_string()),
                _ => None,
            };
            let column = match *name {
                "record_id" => Column::Int((0..4).map(Some).collect()),
                "birth_date" => Column::Int(vec![None; 4]),
                _ => Column::Text((0..4).map(cell).collect()),
            };
            ((*name).to_owned(), column)
        };
        let names = Frame { columns: RECORD_COLUMNS.iter().map(column).collect() };
        let said = |n: u32, verdict, origin| {
            let key = PairKey::new("a/1".to_owned(), format!("a/{n}"));
            (key, Decision { origin, ..Decision::from(verdict) })
        };
        let decisions = BTreeMap::from([
            said(2, Verdict::Same, DecisionOrigin::Merge),
            said(3, Verdict::Different, DecisionOrigin::Split),
            said(4, Verdict::Different, DecisionOrigin::Review),
        ]);
        let decided = Decided::read(&names, &decisions).expect("both columns are there");
        let r = Records::read(&names, &kith_model::Quiet).expect("every column is there");
        assert_eq!(decided.all(&r), BTreeSet::from([pair(0, 1), pair(0, 2), pair(0, 3)]));
        assert_eq!(decided.answered(&r), BTreeSet::from([pair(0, 3)]));
        let bound = decided.constraints(&r);
        assert_eq!(bound.must, [pair(0, 1)]);
        let candidates = Candidates {
            pairs: vec![pair(0, 1), pair(0, 2), pair(0, 3)],
            patterns: vec![Pattern(0o1), Pattern(0o2), Pattern(0o3)],
            rules: vec![2; 3],
            ..Candidates::default()
        };
        assert_eq!(decided.places(&r, &candidates), [(2, false)]);
        let taught = decided.taught(&r, &candidates);
        let moved = |n: u32| taught.weight(Pattern(n), 1.5) != 1.5;
        assert_eq!([0o1, 0o2, 0o3].map(moved), [false, false, true]);
    }

    #[test]
    fn who_cannot_tell_was_asked_and_says_nothing() {
        let mut taught = Taught::default();
        (0..3).for_each(|_| taught.add(Pattern(0o1), Verdict::Unsure));
        assert_eq!(taught.left(Pattern(0o1)), ASKED_OF_A_KIND - 3);
        assert_eq!(taught.weight(Pattern(0o1), 40.0), 40.0);
        assert_eq!(taught.speaks_for(Pattern(0o1), 100), (0.0, 0.0));
    }

    #[test]
    fn answers_move_the_pairs_of_their_pattern_and_no_others() {
        let (asked, other) = (Pattern(0o1), Pattern(0o2));
        let mut taught = Taught::default();
        assert_eq!((taught.weight(asked, 1.5), taught.left(asked)), (1.5, ASKED_OF_A_KIND));
        taught.add(asked, Verdict::Same);
        taught.add(asked, Verdict::Unsure);
        let once = taught.weight(asked, 1.5);
        taught.add(asked, Verdict::Same);
        assert!(once > 1.5 && taught.weight(asked, 1.5) > once);
        assert_eq!((taught.weight(other, 1.5), taught.left(asked)), (1.5, ASKED_OF_A_KIND - 3));
        (0..9).for_each(|_| taught.add(asked, Verdict::Different));
        assert!(taught.weight(asked, 1.5) < 0.0);
        assert_eq!(taught.left(asked), 0);
    }
}
