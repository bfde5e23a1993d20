//! How often strangers agree: u of every level, and how common each value is.
//!
//! Both look at one record of each deterministically linked group, so that a person's own
//! duplicates do not pass for strangers who agree. u of exact levels comes from value counts over
//! all of them, u of the other levels from every pair of a random sample. Among few records, each
//! person's several, so many of these pairs are one person's still that they pass for strangers
//! who agree: once a model is known, each pair counts by how likely it is of two.

use crate::compare::Comparer;
use crate::fold::mix;
use crate::levels::{FIELDS, LEVELS, levels};
use crate::model::{Frequencies, Scorer, probability, value_hash};
use crate::records::{MISSING, Records, ValueId};
use crate::{IdentityError, ask};
use kith_model::Monitor;
use kith_model::identity::MatchField;
use rayon::prelude::*;

/// Records sampled: half a million pairs.
const SAMPLE: usize = 1_000;

/// Parts of a sampled pair that are counted: sums of whole numbers do not depend on their order.
const PARTS: u64 = 1 << 10;

/// Exact agreements in the sample from which their share of two people is told.
const TELLING: u64 = 20;

/// No level is rarer by chance: keys are mistyped and reused.
const RAREST: f64 = 1e-6;

/// Probabilities of each field's levels.
pub(crate) type Levels = [[f64; LEVELS]; FIELDS];

/// u of every level and the frequencies of values.
#[derive(Clone)]
pub(crate) struct Chance {
    /// Probability of each level among strangers; sums to 1 over a field's levels.
    pub u: Levels,
    /// Frequencies for the fields that have them.
    pub frequencies: Vec<(MatchField, Frequencies)>,
}

/// Pairs of one person that a sample of `strangers` may hold, where `prior` is their share, before
/// it says too little of strangers.
pub(crate) fn is_mixed(strangers: usize, prior: f64) -> bool {
    let drawn = strangers.min(SAMPLE) as f64;
    prior * drawn * (drawn - 1.0) / 2.0 >= TELLING as f64
}

/// Estimates u and frequencies over `strangers`, ascending; `known`: what tells pairs of one person
/// among them.
pub(crate) fn estimate(
    r: &Records,
    comparer: &Comparer<'_>,
    (strangers, known): (&[u32], Option<&Scorer<'_>>),
    (seed, monitor): (u64, &dyn Monitor),
) -> Result<Chance, IdentityError> {
    let sampled = sample(comparer, (strangers, known), (seed, monitor))?;
    let mut u = [[0.0; LEVELS]; FIELDS];
    for field in MatchField::ALL {
        let counts = sampled.parts[field as usize].map(|parts| parts as f64 / PARTS as f64);
        let n = levels(field).len();
        let all: f64 = counts[..n].iter().sum();
        let row = &mut u[field as usize];
        let shares = counts.iter().map(|c| (c + 0.5) / (all + 0.5 * n as f64));
        row.iter_mut().zip(shares).take(n).for_each(|(u, share)| *u = share.max(RAREST));
        if let Some(exact) = exact_share(r, field, strangers) {
            row[0] = (exact * sampled.of_two(field)).clamp(RAREST, 0.95);
        }
        let rest: f64 = row[1..n].iter().sum();
        let left = 1.0 - row[0];
        row[1..n].iter_mut().for_each(|u| *u *= left / rest);
    }
    let frequencies = MatchField::ALL
        .into_iter()
        .filter_map(|field| Some((field, frequencies(r, field, strangers, sampled.of_two(field))?)))
        .collect();
    ask(monitor)?;
    Ok(Chance { u, frequencies })
}

/// Levels reached by the pairs of a random sample.
#[derive(Clone, Default)]
struct Sampled {
    /// Pairs of two people, in [`PARTS`].
    parts: [[u64; LEVELS]; FIELDS],
    /// Pairs that agree exactly, whoever's they are.
    exact: [u64; FIELDS],
}

impl Sampled {
    fn add(mut self: Box<Self>, other: &Self) -> Box<Self> {
        let parts = other.parts.iter().flatten().chain(&other.exact);
        let own = self.parts.iter_mut().flatten().chain(&mut self.exact);
        own.zip(parts).for_each(|(x, y)| *x += y);
        self
    }

    /// The share of the exact agreements of `field` that are of two people; 1 where too few were
    /// seen to tell.
    fn of_two(&self, field: MatchField) -> f64 {
        let (exact, parts) = (self.exact[field as usize], self.parts[field as usize][0]);
        if exact < TELLING {
            return 1.0;
        }
        (parts as f64 / PARTS as f64 + 1.0).min(exact as f64) / exact as f64
    }
}

/// Compares every pair of a random sample of `strangers`.
fn sample(
    comparer: &Comparer<'_>,
    (strangers, known): (&[u32], Option<&Scorer<'_>>),
    (seed, monitor): (u64, &dyn Monitor),
) -> Result<Box<Sampled>, IdentityError> {
    let mut drawn: Vec<(u64, u32)> =
        strangers.iter().map(|&i| (mix(seed ^ mix(u64::from(i))), i)).collect();
    drawn.sort_unstable();
    drawn.truncate(SAMPLE);
    let count = |mut seen: Box<Sampled>, i: usize| {
        if monitor.cancelled() {
            return seen;
        }
        let a = drawn[i].1 as usize;
        for &(_, b) in &drawn[i + 1..] {
            let pattern = comparer.compare(a, b as usize);
            let of_two = known.map_or(1.0, |scorer| {
                1.0 - probability(scorer.weigh(pattern, a, b as usize).total())
            });
            let parts = (of_two * PARTS as f64).round() as u64;
            for field in MatchField::ALL {
                if let Some(level) = pattern.level(field).checked_sub(1) {
                    seen.parts[field as usize][level] += parts;
                    seen.exact[field as usize] += u64::from(level == 0);
                }
            }
        }
        seen
    };
    let rows = (0..drawn.len()).into_par_iter().with_max_len(16);
    let seen = rows.fold(Box::default, count).reduce(Box::default, |a, b| a.add(&b));
    ask(monitor)?;
    Ok(seen)
}

/// Probability that two records agree exactly, by value counts. `None` where the level depends on
/// other fields, or fewer than two records have a value.
fn exact_share(r: &Records, field: MatchField, strangers: &[u32]) -> Option<f64> {
    let (counts, known) = match field {
        MatchField::Email => slots(&r.email.of, r.email.value.len(), strangers),
        MatchField::Phone => slots(&r.phone.of, r.phone.value.len(), strangers),
        MatchField::City | MatchField::Country | MatchField::Location => return None,
        _ => single(r, field, strangers),
    };
    let pairs = known as f64 * (known as f64 - 1.0) / 2.0;
    let agree: f64 = counts.iter().map(|&c| f64::from(c) * (f64::from(c) - 1.0) / 2.0).sum();
    (known > 1).then_some((agree + 0.1) / (pairs + 1.0))
}

fn slots(of: &[[ValueId; 2]], values: usize, strangers: &[u32]) -> (Vec<u32>, u64) {
    let mut counts = vec![0; values];
    let mut known = 0;
    for &i in strangers {
        let filled = of[i as usize].iter().filter(|v| **v != MISSING);
        known += u64::from(filled.clone().count() > 0);
        filled.for_each(|&v| counts[v as usize] += 1);
    }
    (counts, known)
}

/// The value column behind a field of one value, and the number of distinct values.
pub(crate) fn column(r: &Records, field: MatchField) -> Option<(&[ValueId], usize)> {
    Some(match field {
        MatchField::GivenName => (&r.given, r.names.len()),
        MatchField::FamilyName => (&r.family, r.names.len()),
        MatchField::BirthDate => (&r.birth.of, r.birth.value.len()),
        MatchField::Street => (&r.street.of, r.street.value.len()),
        MatchField::City => (&r.city.of, r.city.value.len()),
        MatchField::Postcode => (&r.postcode.of, r.postcode.value.len()),
        MatchField::Country => (&r.country.of, r.country.value.len()),
        MatchField::Location => (&r.place.of, r.place.value.len()),
        MatchField::Company => (&r.company.of, r.company.value.len()),
        MatchField::Identifier => (&r.loyalty.of, r.loyalty.value.len()),
        MatchField::Email | MatchField::Phone => return None,
    })
}

/// True when any record has a value of `field`.
pub(crate) fn is_known(r: &Records, field: MatchField) -> bool {
    match field {
        MatchField::Email => !r.email.value.is_empty(),
        MatchField::Phone => !r.phone.value.is_empty(),
        _ => column(r, field).is_some_and(|(_, values)| values > 0),
    }
}

/// True when `record` has a value of `field`.
pub(crate) fn has(r: &Records, field: MatchField, record: usize) -> bool {
    match field {
        MatchField::Email => r.email.of[record][0] != MISSING,
        MatchField::Phone => r.phone.of[record][0] != MISSING,
        _ => column(r, field).is_some_and(|(of, _)| of[record] != MISSING),
    }
}

fn single(r: &Records, field: MatchField, strangers: &[u32]) -> (Vec<u32>, u64) {
    let Some((of, values)) = column(r, field) else { return (Vec::new(), 0) };
    let mut counts = vec![0; values];
    let mut known = 0;
    for &i in strangers {
        if let Some(count) = counts.get_mut(of[i as usize] as usize) {
            *count += 1;
            known += 1;
        }
    }
    (counts, known)
}

/// How common each value of `field` is; `None` for fields whose values are all about as rare. Of the
/// records that share a value with another, `of_two` are taken to be somebody else's.
fn frequencies(
    r: &Records,
    field: MatchField,
    strangers: &[u32],
    of_two: f64,
) -> Option<Frequencies> {
    use MatchField as F;
    let telling =
        [F::GivenName, F::FamilyName, F::BirthDate, F::City, F::Postcode, F::Street, F::Company];
    if !telling.contains(&field) {
        return None;
    }
    let (counts, known) = single(r, field, strangers);
    let people = |count: u32| 1 + (f64::from(count.max(1) - 1) * of_two).round() as u32;
    let mut common: Vec<(u64, u32)> = counts
        .iter()
        .enumerate()
        .map(|(value, &count)| (value, people(count)))
        .filter(|(_, people)| *people > 1)
        .map(|(value, people)| (value_hash(r, field, value as ValueId), people))
        .collect();
    common.sort_unstable();
    Some(Frequencies { known, common })
}
