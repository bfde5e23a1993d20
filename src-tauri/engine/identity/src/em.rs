//! Learning m by expectation maximisation over the histogram of patterns.
//!
//! One session for each training rule: only pairs that agree on the rule's fields, those fields
//! left out, u fixed. Within a session three kinds of pairs are told apart: one person, two
//! members of one household, strangers. The sessions' log-odds are averaged per level. (A joint
//! run over all blocked pairs miscalibrates: blocking makes the fields depend on each other.)
//!
//! Answers make it semi-supervised (Nigam, McCallum, Thrun and Mitchell 2000): pairs that were
//! answered, and those of their pattern that the answers speak for, count with fixed expectations,
//! the rest with the model's. The weights are fixed beforehand, so the likelihood still never
//! falls; without answers every number is what it was without this.

use crate::IdentityError;
use crate::decided::Taught;
use crate::frequency::Levels;
use crate::levels::{FIELDS, LEVELS, Pattern, levels};
use crate::training_log::Trace;
use kith_model::identity::MatchField;
use kith_model::training::TrainingLog;
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
    /// How it went.
    pub log: TrainingLog,
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

/// Pairs of one pattern: those nothing is known of, and those answers speak for.
#[derive(Clone, Copy)]
struct Seen {
    pattern: Pattern,
    free: f64,
    same: f64,
    different: f64,
}

impl Seen {
    fn of((pattern, count): (Pattern, u64), taught: &Taught) -> Self {
        let (same, different) = taught.speaks_for(pattern, count);
        Self { pattern, free: count as f64 - same - different, same, different }
    }

    /// All pairs of the pattern.
    fn count(&self) -> f64 {
        self.free + self.same + self.different
    }

    fn answered(&self) -> bool {
        self.same + self.different > 0.0
    }

    /// Expected pairs of one person and of one household, `p` being the probability of each kind.
    fn expected(&self, p: [f64; 3]) -> (f64, f64) {
        let (person, household) = (self.free * p[0], self.free * p[1]);
        if !self.answered() {
            return (person, household);
        }
        let among_others = p[1] / (p[1] + p[2]).max(f64::MIN_POSITIVE);
        (person + self.same, household + self.different * among_others)
    }

    /// Their log-likelihood, `total` being the probability of the pattern.
    fn log_likelihood(&self, p: [f64; 3], total: f64) -> f64 {
        let free = self.free * total.ln();
        if !self.answered() {
            return free;
        }
        let of = |share: f64| (total * share).max(f64::MIN_POSITIVE).ln();
        free + self.same * of(p[0]) + self.different * of(p[1] + p[2])
    }
}

/// Learning over the pairs that agree on one rule's fields.
pub(crate) struct Session {
    /// The fields; they say nothing here.
    pub blocked: &'static [MatchField],
    patterns: Vec<Seen>,
    m: Levels,
    household: Levels,
    shares: Shares,
    matches: f64,
    /// Expected matches with something to say, by field.
    support: [f64; FIELDS],
    /// After the last step, priors included.
    pub log_likelihood: f64,
    converged: bool,
}

/// The levels learning starts from: m and household. What a household does not share is as among
/// strangers.
fn start(u: &Levels) -> (Levels, Levels) {
    let (mut m, mut household) = ([[0.0; LEVELS]; FIELDS], *u);
    for field in MatchField::ALL {
        let at = field as usize;
        let own = levels(field).iter().zip(u[at]).filter(|(level, _)| level.household.is_none());
        let shared = 1.0 - own.map(|(_, u)| u).sum::<f64>();
        for (i, level) in levels(field).iter().enumerate() {
            m[at][i] = level.m;
            if let Some(share) = level.household {
                household[at][i] = share * shared;
            }
        }
    }
    (m, household)
}

/// m of a field as a model takes it. Differing never speaks for a match: m of the last level stays
/// at or below u.
pub(crate) fn held(field: MatchField, mut m: [f64; LEVELS], u: &[f64; LEVELS]) -> [f64; LEVELS] {
    let n = levels(field).len();
    let last = m[n - 1].min(u[n - 1]);
    let rest: f64 = m[..n - 1].iter().sum();
    m[..n - 1].iter_mut().for_each(|p| *p *= (1.0 - last) / rest);
    m[n - 1] = last;
    m
}

/// m of every level as a model would take it now; sessions with too few matches say nothing.
fn standing(sessions: &[Session], start: &Levels, u: &Levels) -> Levels {
    let mut m = average(sessions, start, |s| &s.m);
    for field in MatchField::ALL {
        m[field as usize] = held(field, m[field as usize], &u[field as usize]);
    }
    m
}

/// Learns from `histogram` and the answers in `taught`; `u` stays as it is. Reports after every
/// iteration the sessions' summed log-likelihood (with the priors') and m of every level.
pub(crate) fn learn(
    histogram: &Histogram,
    u: &Levels,
    (taught, max_iterations): (&Taught, u32),
    monitor: &dyn Monitor,
) -> Result<Learned, IdentityError> {
    let start = start(u);
    let seen: Vec<Seen> = histogram.iter().map(|&of| Seen::of(of, taught)).collect();
    let mut sessions: Vec<Session> =
        SESSIONS.iter().map(|blocked| Session::new(blocked, &seen, &start)).collect();
    sessions.retain(|s| !s.patterns.is_empty());
    let mut trace = Trace::new(&sessions, &standing(&[], &start.0, u));
    let mut iterations = 0;
    while iterations < max_iterations && sessions.iter().any(|s| !s.converged) {
        crate::check(monitor, 0.5 + 0.1 * iterations as f32 / max_iterations as f32, "learning")?;
        sessions.par_iter_mut().filter(|s| !s.converged).for_each(|s| s.step(u, &start));
        let y = sessions.iter().map(|s| s.log_likelihood).sum();
        let x = f64::from(iterations);
        monitor.metric(Metric { series: "log_likelihood".to_owned(), x, y });
        iterations += 1;
        trace.note(&sessions, &standing(&sessions, &start.0, u), monitor);
    }
    let mut notes = Vec::new();
    let log = trace.log(|field| sessions.iter().any(|s| s.speaks_of(field)));
    sessions.retain(Session::counts);
    if sessions.is_empty() {
        notes.push("Too few likely matches to learn from: starting values are used".to_owned());
    }
    Ok(Learned {
        m: average(&sessions, &start.0, |s| &s.m),
        household: average(&sessions, &start.1, |s| &s.household),
        iterations,
        log,
        notes,
    })
}

impl Session {
    fn new(blocked: &'static [MatchField], seen: &[Seen], start: &(Levels, Levels)) -> Self {
        let inside = |s: &&Seen| blocked.iter().all(|&f| s.pattern.level(f) == 1);
        Self {
            blocked,
            patterns: seen.iter().filter(inside).copied().collect(),
            m: start.0,
            household: start.1,
            shares: Shares { person: 0.4, household: 0.2, strangers: 0.4 },
            matches: 0.0,
            support: [0.0; FIELDS],
            log_likelihood: f64::NEG_INFINITY,
            converged: false,
        }
    }

    /// True when it found matches enough to be heard.
    fn counts(&self) -> bool {
        self.matches >= FEWEST_MATCHES
    }

    /// True when it has something to say of `field`.
    fn speaks_of(&self, field: MatchField) -> bool {
        self.counts() && !self.blocked.contains(&field) && self.support[field as usize] > 0.0
    }

    /// Pairs it learns from.
    pub fn pairs(&self) -> f64 {
        self.patterns.iter().map(Seen::count).sum()
    }

    /// One expectation and one maximisation.
    fn step(&mut self, u: &Levels, start: &(Levels, Levels)) {
        let odds = [&self.m, &self.household, u];
        let mut person = [[0.0; LEVELS]; FIELDS];
        let mut household = [[0.0; LEVELS]; FIELDS];
        let (mut matches, mut households, mut all) = (0.0, 0.0, 0.0);
        let mut log_likelihood = self.log_prior(start);
        for seen in &self.patterns {
            let (p, total) = posterior(seen.pattern, odds, self.shares, self.blocked);
            log_likelihood += seen.log_likelihood(p, total);
            let of = seen.expected(p);
            (matches, households) = (matches + of.0, households + of.1);
            all += seen.count();
            for field in MatchField::ALL {
                if let Some(level) = seen.pattern.level(field).checked_sub(1) {
                    person[field as usize][level] += of.0;
                    household[field as usize][level] += of.1;
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
        for s in sessions.iter().filter(|s| s.counts() && !s.blocked.contains(&field)) {
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
    (learned, taught): (&Learned, &Taught),
    linked: u64,
    all_pairs: f64,
) -> (f64, f64) {
    let seen: Vec<Seen> = histogram.iter().map(|&of| Seen::of(of, taught)).collect();
    let least = 0.5 / all_pairs.max(1.0);
    let clamp = |p: f64| p.clamp(least.min(0.25), 0.45);
    let mut person = clamp((linked as f64 + 1.0) / all_pairs.max(1.0));
    let mut household = person;
    for _ in 0..60 {
        let shares = Shares { person, household, strangers: 1.0 - person - household };
        let (mut matches, mut households) = (0.0, 0.0);
        for seen in &seen {
            let (p, _) = posterior(seen.pattern, [&learned.m, &learned.household, u], shares, &[]);
            let of = seen.expected(p);
            (matches, households) = (matches + of.0, households + of.1);
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
    use kith_model::identity::Verdict;

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
            (pattern(2, 1), 1_200),
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
        let learned = learn(&histogram(), &u(), (&Taught::default(), 100), &Quiet).unwrap();
        // Sessions that block on a field say nothing about it; e-mail's session says 1200/7500.
        let nickname = learned.m[F::GivenName as usize][1];
        assert!((0.13..0.19).contains(&nickname), "{nickname}");
        assert!(learned.m[F::BirthDate as usize][5] < 0.02);
        for field in MatchField::ALL {
            let sum: f64 = learned.m[field as usize].iter().sum();
            assert!((sum - 1.0).abs() < 1e-9);
        }
    }

    /// As [`histogram`], and `answers` on pairs whose given name is spelled as a nickname.
    fn answered(same: u64, different: u64) -> Learned {
        let mut taught = Taught::default();
        let (asked, _) = histogram().into_iter().find(|(p, _)| p.level(F::GivenName) == 2).unwrap();
        (0..same).for_each(|_| taught.add(asked, Verdict::Same));
        (0..different).for_each(|_| taught.add(asked, Verdict::Different));
        learn(&histogram(), &u(), (&taught, 100), &Quiet).unwrap()
    }

    #[test]
    fn answers_move_m_the_way_they_speak_and_no_answers_move_nothing() {
        let nickname = |l: &Learned| l.m[F::GivenName as usize][1];
        let (same, none, different) = (answered(30, 0), answered(0, 0), answered(0, 30));
        assert!(nickname(&different) < 0.8 * nickname(&none), "{}", nickname(&different));
        assert!(nickname(&none) <= nickname(&same));
        let plain = learn(&histogram(), &u(), (&Taught::default(), 100), &Quiet).unwrap();
        assert!(none.m == plain.m && none.log == plain.log);
    }

    #[test]
    fn answers_never_let_the_log_likelihood_fall_and_the_log_ends_where_the_model_begins() {
        let learned = answered(3, 25);
        assert!(!learned.log.sessions.is_empty());
        for session in &learned.log.sessions {
            let y = &session.log_likelihood;
            assert!(y.is_sorted_by(|a, b| *a <= b + 1e-6 * b.abs()), "{}: {y:?}", session.rule);
        }
        let given = &learned.log.fields[0];
        assert_eq!((given.field, given.levels.len()), (F::GivenName, 7));
        let ends =
            held(F::GivenName, learned.m[F::GivenName as usize], &u()[F::GivenName as usize]);
        for (m, end) in given.m.iter().zip(ends) {
            assert_eq!(m.len(), learned.iterations as usize + 1);
            assert!((m.last().unwrap() - end).abs() < 1e-5);
        }
    }

    #[test]
    fn nothing_to_learn_from_gives_starting_values_and_says_so() {
        let learned = learn(&Vec::new(), &u(), (&Taught::default(), 25), &Quiet).unwrap();
        assert_eq!(learned.m, start(&u()).0);
        assert_eq!(learned.notes.len(), 1);
        let (person, household) = prior(&Vec::new(), &u(), (&learned, &Taught::default()), 0, 0.0);
        assert!(person > 0.0 && household > 0.0 && person + household < 1.0);
    }
}
