//! What would have to change: the smallest changes of levels that carry a pair over the threshold.

use crate::compare::SWAPPED;
use crate::frequency::is_known;
use crate::grade::STREET_AGREES;
use crate::levels::{Pattern, levels};
use crate::model::{MatchModel, Scorer, probability, weight_of};
use crate::records::Records;
use kith_model::explain::{LevelChange, NO_VALUE, WhatIf};
use kith_model::identity::MatchField;

/// Fields changed at once, at most.
const MOST_FIELDS: usize = 3;

/// Answers given.
const MOST_ANSWERS: usize = 3;

/// A pair as it stands.
pub(crate) struct Pair<'a> {
    /// The model.
    pub model: &'a MatchModel,
    /// Scores patterns.
    pub scorer: &'a Scorer<'a>,
    /// All records: a field that none of them has a value for is not to be changed.
    pub all: &'a Records,
    /// The two.
    pub records: (usize, usize),
    /// Their levels.
    pub pattern: Pattern,
    /// Bits beside fields, prior and household.
    pub extra: f64,
    /// Match probability to be crossed.
    pub threshold: f64,
}

impl Pair<'_> {
    fn weight(&self, pattern: Pattern) -> f64 {
        let (a, b) = self.records;
        self.scorer.weigh(pattern, a, b).total() + self.extra
    }

    fn label(&self, field: MatchField, level: usize) -> String {
        let known = self.model.field(field).and_then(|f| f.levels.get(level.checked_sub(1)?));
        known.map_or(NO_VALUE, |l| l.label.as_str()).to_owned()
    }

    /// Levels of `field` that move the weight the way it has to go.
    fn options(&self, field: MatchField, up: bool) -> Vec<usize> {
        let now = self.weight(self.pattern);
        let moves = |level: &usize| {
            let then = self.weight(with(self.pattern, field, *level));
            *level != self.pattern.level(field)
                && !(field == MatchField::FamilyName && *level == SWAPPED)
                && if up { then > now } else { then < now }
        };
        (1..=levels(field).len()).filter(moves).collect()
    }

    fn answer(&self, set: &[(MatchField, usize)]) -> Option<(f64, WhatIf)> {
        let mut pattern = self.pattern;
        for &(field, level) in set {
            pattern = with(pattern, field, level);
        }
        let pattern = settled(pattern);
        if set.iter().any(|&(field, level)| pattern.level(field) != level) {
            return None;
        }
        let (now, weight) = (self.weight(self.pattern), self.weight(pattern));
        let line = weight_of(self.threshold);
        if (now >= line) == (weight >= line) {
            return None;
        }
        let change = |&(field, to): &(MatchField, usize)| LevelChange {
            field,
            from: self.label(field, self.pattern.level(field)),
            to: self.label(field, to),
        };
        let changes = set.iter().map(change).collect();
        let answer = WhatIf { changes, weight, probability: probability(weight) };
        Some(((weight - now).abs(), answer))
    }
}

/// The changes of fewest fields that cross the threshold, the smallest in bits first, one for each
/// set of fields. A field without a value may gain one; an exact value gained is taken to be as
/// common as the commoner of the two there are.
pub(crate) fn what_if(pair: &Pair<'_>) -> Vec<WhatIf> {
    let up = pair.weight(pair.pattern) < weight_of(pair.threshold);
    let fields: Vec<(MatchField, Vec<usize>)> = pair
        .model
        .fields
        .iter()
        .map(|f| f.field)
        .filter(|f| is_known(pair.all, *f))
        .map(|f| (f, pair.options(f, up)))
        .collect();
    for many in 1..=MOST_FIELDS.min(fields.len()) {
        let mut found: Vec<(f64, WhatIf)> = Vec::new();
        for chosen in subsets(fields.len(), many) {
            let mut best: Option<(f64, WhatIf)> = None;
            walk(&fields, &chosen, &mut Vec::new(), &mut |set| {
                if let Some(answer) = pair.answer(set)
                    && best.as_ref().is_none_or(|b| answer.0 < b.0)
                {
                    best = Some(answer);
                }
            });
            found.extend(best);
        }
        if !found.is_empty() {
            found.sort_by(|x, y| x.0.total_cmp(&y.0));
            return found.into_iter().take(MOST_ANSWERS).map(|(_, answer)| answer).collect();
        }
    }
    Vec::new()
}

/// Every choice of `many` of `n`, in order.
fn subsets(n: usize, many: usize) -> Vec<Vec<usize>> {
    if many == 0 {
        return vec![Vec::new()];
    }
    let longer = |smaller: Vec<usize>| {
        let from = smaller.last().map_or(0, |last| last + 1);
        (from..n).map(move |next| [smaller.clone(), vec![next]].concat())
    };
    subsets(n, many - 1).into_iter().flat_map(longer).collect()
}

/// Every combination of levels of the chosen fields.
fn walk(
    fields: &[(MatchField, Vec<usize>)],
    chosen: &[usize],
    set: &mut Vec<(MatchField, usize)>,
    look: &mut impl FnMut(&[(MatchField, usize)]),
) {
    let Some((&first, rest)) = chosen.split_first() else { return look(set) };
    let (field, options) = &fields[first];
    for &level in options {
        set.push((*field, level));
        walk(fields, rest, set, look);
        set.pop();
    }
}

/// The pattern with one field at another level.
fn with(pattern: Pattern, field: MatchField, level: usize) -> Pattern {
    let mut next = Pattern::default();
    for other in MatchField::ALL {
        next.set(other, if other == field { level } else { pattern.level(other) });
    }
    next
}

/// The pattern as comparing would leave it: what a more telling field has said is not said again.
fn settled(pattern: Pattern) -> Pattern {
    use MatchField as F;
    let silenced: &[F] = if STREET_AGREES.contains(&pattern.level(F::Street)) {
        &[F::Postcode, F::Location, F::City, F::Country]
    } else if pattern.level(F::Postcode) == 1 {
        &[F::Location, F::City, F::Country]
    } else if pattern.level(F::Location) != 0 {
        &[F::City, F::Country]
    } else if pattern.level(F::City) == 1 {
        &[F::Country]
    } else {
        &[]
    };
    silenced.iter().fold(pattern, |pattern, &field| with(pattern, field, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_made_once() {
        assert_eq!(subsets(3, 2), [[0, 1], [0, 2], [1, 2]]);
        assert_eq!(subsets(2, 3), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn a_street_that_agrees_silences_postcode_and_city() {
        let mut pattern = Pattern::default();
        pattern.set(MatchField::Postcode, 4);
        pattern.set(MatchField::City, 1);
        assert_eq!(settled(pattern), pattern);
        let moved = settled(with(pattern, MatchField::Street, 1));
        assert_eq!(moved.level(MatchField::Postcode) + moved.level(MatchField::City), 0);
    }
}
