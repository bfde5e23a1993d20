//! Learning m by expectation maximisation over the histogram of patterns.
//!
//! One session for each training rule: only pairs that agree on the rule's fields, those fields
//! left out, u fixed. Within a session three kinds of pairs are told apart: one person, two
//! members of one household, strangers. The sessions' log-odds are averaged per level. (A joint
//! run over all blocked pairs miscalibrates: blocking makes the fields depend on each other.)

use crate::IdentityError;
use crate::frequency::Levels;
use crate::levels::{FIELDS, LEVELS, Pattern, levels};
use kith_model::identity::MatchField;
use kith_model::{Metric, Monitor};
use rayon::prelude::*;

use MatchField as F;

/// Fields that agree exactly in each session. Blocking finds all such pairs.
const SESSIONS: [&[MatchField]; 9] = [
    &[F::Identifier],
    &[F::Email],
    &[F::Phone],
    &[F::GivenName, F::FamilyName],
    &[F::FamilyName, F::BirthDate],
    &[F::GivenName, F::BirthDate],
    &[F::GivenName, F::Street],
    &[F::BirthDate, F::Street],
    &[F::BirthDate, F::Postcode],
];

/// Pairs that the starting values of m count for (Dirichlet prior).
const PRIOR_PAIRS: f64 = 20.0;

/// Pairs that the starting values of the household's levels count for.
const PRIOR_HOUSEHOLD_PAIRS: f64 = 60.0;

/// A session of fewer expected matches is left out.
const FEWEST_MATCHES: f64 = 10.0;

/// Largest change of a parameter at which a session has converged.
const CONVERGED: f64 = 1e-4;

/// How many candidate pairs show a pattern, patterns ascending.
pub(crate) type Histogram = Vec<(Pattern, u64)>;

/// What was learned.
pub(crate) struct Learned {
    /// m of every level.
    pub m: Levels,
    /// The same among members of one household.
    pub household: Levels,
    /// Iterations of the longest session.
    pub iterations: u32,
    /// What went short, in plain words.
    pub notes: Vec<String>,
}

/// Share of each kind of pair in a session.
#[derive(Clone, Copy)]
struct Shares {
    person: f64,
    household: f64,
    strangers: f64,
}

struct Session {
    blocked: &'static [MatchField],
    patterns: Histogram,
    m: Levels,
    household: Levels,
    shares: Shares,
    matches: f64,
    /// Expected matches with something to say, by field.
    support: [f64; FIELDS],
    log_likelihood: f64,
    converged: bool,
}

/// The levels learning starts from: m and household. What a household does not share is as among
/// strangers.
fn start(u: &Levels) -> (Levels, Levels) {
    let (mut m, mut household) = ([[0.0; LEVELS]; FIELDS], *u);
    for field in MatchField::ALL {
        for (i, level) in levels(field).iter().enumerate() {
            m[field as usize][i] = level.m;
            if let Some(share) = level.household {
                household[field as usize][i] = share;
            }
        }
    }
    (m, household)
}

/// Learns from `histogram`; `u` stays as it is. Reports the sessions' summed log-likelihood (with
/// the priors') after every iteration.
pub(crate) fn learn(
    histogram: &Histogram,
    u: &Levels,
    max_iterations: u32,
    monitor: &dyn Monitor,
) -> Result<Learned, IdentityError> {
    let start = start(u);
    let mut sessions: Vec<Session> =
        SESSIONS.iter().map(|blocked| Session::new(blocked, histogram, &start)).collect();
    sessions.retain(|s| !s.patterns.is_empty());
    let mut iterations = 0;
    while iterations < max_iterations && sessions.iter().any(|s| !s.converged) {
        crate::check(monitor, 0.5 + 0.1 * iterations as f32 / max_iterations as f32, "learning")?;
        sessions.par_iter_mut().filter(|s| !s.converged).for_each(|s| s.step(u, &start));
        let y = sessions.iter().map(|s| s.log_likelihood).sum();
        let x = f64::from(iterations);
        monitor.metric(Metric { series: "log_likelihood".to_owned(), x, y });
        iterations += 1;
    }
    let mut notes = Vec::new();
    sessions.retain(|s| s.matches >= FEWEST_MATCHES);
    if sessions.is_empty() {
        notes.push("Too few likely matches to learn from: starting values are used".to_owned());
    }
    Ok(Learned {
        m: average(&sessions, &start.0, |s| &s.m),
        household: average(&sessions, &start.1, |s| &s.household),
        iterations,
        notes,
    })
}

impl Session {
    fn new(
        blocked: &'static [MatchField],
        histogram: &Histogram,
        start: &(Levels, Levels),
    ) -> Self {
        let inside = |p: &Pattern| blocked.iter().all(|&f| p.level(f) == 1);
        Self {
            blocked,
            patterns: histogram.iter().filter(|(p, _)| inside(p)).copied().collect(),
            m: start.0,
            household: start.1,
            shares: Shares { person: 0.4, household: 0.2, strangers: 0.4 },
            matches: 0.0,
            support: [0.0; FIELDS],
            log_likelihood: f64::NEG_INFINITY,
            converged: false,
        }
    }

    /// One expectation and one maximisation.
    fn step(&mut self, u: &Levels, start: &(Levels, Levels)) {
        let odds = [&self.m, &self.household, u];
        let mut person = [[0.0; LEVELS]; FIELDS];
        let mut household = [[0.0; LEVELS]; FIELDS];
        let (mut matches, mut households, mut all) = (0.0, 0.0, 0.0);
        let mut log_likelihood = self.log_prior(start);
        for &(pattern, count) in &self.patterns {
            let count = count as f64;
            let (p, total) = posterior(pattern, odds, self.shares, self.blocked);
            log_likelihood += count * total.ln();
            (matches, households) = (matches + count * p[0], households + count * p[1]);
            all += count;
            for field in MatchField::ALL {
                if let Some(level) = pattern.level(field).checked_sub(1) {
                    person[field as usize][level] += count * p[0];
                    household[field as usize][level] += count * p[1];
                }
            }
        }
        let mut change: f64 = 0.0;
        for field in MatchField::ALL.into_iter().filter(|f| !self.blocked.contains(f)) {
            let at = field as usize;
            self.support[at] = person[at].iter().sum();
            change =
                change.max(raise(field, &mut self.m[at], &person[at], &start.0[at], PRIOR_PAIRS));
            if levels(field)[0].household.is_some() {
                let (to, prior) = (&household[at], &start.1[at]);
                raise(field, &mut self.household[at], to, prior, PRIOR_HOUSEHOLD_PAIRS);
            }
        }
        // One pseudo-pair of each kind keeps every share above zero.
        let share = |n: f64| (n + 1.0) / (all + 3.0);
        let before = self.shares.person;
        self.shares = Shares {
            person: share(matches),
            household: share(households),
            strangers: share(all - matches - households),
        };
        self.matches = matches;
        self.log_likelihood = log_likelihood;
        self.converged = change.max((before - self.shares.person).abs()) < CONVERGED;
    }

    /// Log density of the Dirichlet priors, up to a constant.
    fn log_prior(&self, start: &(Levels, Levels)) -> f64 {
        let s = self.shares;
        let mut sum = s.person.ln() + s.household.ln() + s.strangers.ln();
        for field in MatchField::ALL.into_iter().filter(|f| !self.blocked.contains(f)) {
            let at = field as usize;
            for i in 0..levels(field).len() {
                sum += PRIOR_PAIRS * start.0[at][i] * self.m[at][i].ln();
                if levels(field)[0].household.is_some() {
                    sum += PRIOR_HOUSEHOLD_PAIRS * start.1[at][i] * self.household[at][i].ln();
                }
            }
        }
        sum
    }
}

/// Probability of each kind of pair, and of the pattern.
fn posterior(
    pattern: Pattern,
    odds: [&Levels; 3],
    shares: Shares,
    blocked: &[MatchField],
) -> ([f64; 3], f64) {
    let mut p = [shares.person, shares.household, shares.strangers];
    for field in MatchField::ALL {
        let Some(level) = pattern.level(field).checked_sub(1) else { continue };
        if !blocked.contains(&field) {
            p.iter_mut().zip(odds).for_each(|(p, levels)| *p *= levels[field as usize][level]);
        }
    }
    let total = p.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    (p.map(|p| p / total), total)
}

/// New level probabilities from expected counts and the prior; answers the largest change.
fn raise(
    field: MatchField,
    to: &mut [f64; LEVELS],
    counts: &[f64; LEVELS],
    prior: &[f64; LEVELS],
    pairs: f64,
) -> f64 {
    let total: f64 = counts.iter().sum::<f64>() + pairs;
    let mut change: f64 = 0.0;
    for i in 0..levels(field).len() {
        let new = (counts[i] + pairs * prior[i]) / total;
        change = change.max((new - to[i]).abs());
        to[i] = new;
    }
    change
}

/// The sessions' mean log-odds of each level, each session weighing by its matches (those beyond
/// a few hundred add little), brought back to sum to 1.
fn average(sessions: &[Session], start: &Levels, of: fn(&Session) -> &Levels) -> Levels {
    let mut out = *start;
    for field in MatchField::ALL {
        let at = field as usize;
        let n = levels(field).len();
        let mut sum = [0.0; LEVELS];
        let mut weights = 0.0;
        for s in sessions.iter().filter(|s| !s.blocked.contains(&field)) {
            let weight = s.support[at] / (s.support[at] + 200.0);
            weights += weight;
            for (sum, p) in sum.iter_mut().zip(of(s)[at]).take(n) {
                *sum += weight * (p / (1.0 - p)).ln();
            }
        }
        if weights > 0.0 {
            let odds = sum.map(|s| 1.0 / (1.0 + (-s / weights).exp()));
            let total: f64 = odds[..n].iter().sum();
            (0..n).for_each(|i| out[at][i] = odds[i] / total);
        }
    }
    out
}

/// Prior probabilities that two random records are one person's, and of one household: expected
/// pairs of each kind among the candidates over all pairs, found by iterating to a fixed point.
pub(crate) fn prior(
    histogram: &Histogram,
    u: &Levels,
    learned: &Learned,
    linked: u64,
    all_pairs: f64,
) -> (f64, f64) {
    let least = 0.5 / all_pairs.max(1.0);
    let clamp = |p: f64| p.clamp(least.min(0.25), 0.45);
    let mut person = clamp((linked as f64 + 1.0) / all_pairs.max(1.0));
    let mut household = person;
    for _ in 0..60 {
        let shares = Shares { person, household, strangers: 1.0 - person - household };
        let (mut matches, mut households) = (0.0, 0.0);
        for &(pattern, count) in histogram {
            let (p, _) = posterior(pattern, [&learned.m, &learned.household, u], shares, &[]);
            matches += count as f64 * p[0];
            households += count as f64 * p[1];
        }
        let next = (clamp(matches / all_pairs.max(1.0)), clamp(households / all_pairs.max(1.0)));
        let moved = (next.0 / person).ln().abs().max((next.1 / household).ln().abs());
        (person, household) = next;
        if moved < 1e-6 {
            break;
        }
    }
    (person, household)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;

    /// Pairs that agree on the e-mail: three quarters are one person's.
    fn histogram() -> Histogram {
        let pattern = |given: usize, birth: usize| {
            let mut p = Pattern::default();
            p.set(F::Email, 1);
            p.set(F::GivenName, given);
            p.set(F::BirthDate, birth);
            p
        };
        let mut h = vec![
            (pattern(1, 1), 6_000),
            (pattern(3, 1), 1_200),
            (pattern(1, 3), 300),
            (pattern(7, 6), 2_500),
        ];
        h.sort_unstable();
        h
    }

    fn u() -> Levels {
        let mut u = [[0.0; LEVELS]; FIELDS];
        for field in MatchField::ALL {
            let n = levels(field).len();
            u[field as usize][..n].fill(0.01 / (n as f64 - 1.0));
            u[field as usize][n - 1] = 0.99;
        }
        u
    }

    #[test]
    fn em_finds_the_planted_shares() {
        let learned = learn(&histogram(), &u(), 100, &Quiet).unwrap();
        // Sessions that block on a field say nothing about it; e-mail's session says 1200/7500.
        let nickname = learned.m[F::GivenName as usize][2];
        assert!((0.13..0.19).contains(&nickname), "{nickname}");
        assert!(learned.m[F::BirthDate as usize][5] < 0.02);
        for field in MatchField::ALL {
            let sum: f64 = learned.m[field as usize].iter().sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn nothing_to_learn_from_gives_starting_values_and_says_so() {
        let learned = learn(&Vec::new(), &u(), 25, &Quiet).unwrap();
        assert_eq!(learned.m, start(&u()).0);
        assert_eq!(learned.notes.len(), 1);
        let (person, household) = prior(&Vec::new(), &u(), &learned, 0, 0.0);
        assert!(person > 0.0 && household > 0.0 && person + household < 1.0);
    }
}
