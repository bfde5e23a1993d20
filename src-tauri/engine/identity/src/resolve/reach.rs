//! Whom a linked run looks at, round by round.

use crate::blocks::Look;
use crate::forest::{Forest, both};
use crate::intern::QuickMap;
use crate::records::Records;
use crate::resolve::link::Settled;

/// The records looked at: first those that are new or whose profile was loosened, then whoever is
/// tied to them, shared a profile with one of them, or was decided to be the same person.
pub(crate) struct Reach {
    /// Of every record.
    pub looks: Vec<Look>,
    /// The records looked at now.
    now: Vec<u32>,
    /// From each record to another of the profile it had, round in a ring; a new record to itself.
    mates: Vec<u32>,
    /// Decisions that two are one person.
    must: Vec<u64>,
}

impl Reach {
    /// The first round of linking `r`.
    pub fn new(r: &Records, settled: &Settled<'_>, must: Vec<u64>) -> Self {
        let mut mates: Vec<u32> = (0..r.len() as u32).collect();
        let (mut looks, mut now) = (vec![Look::Later; r.len()], Vec::new());
        let mut last: QuickMap<i64, u32> = QuickMap::default();
        for (i, &row) in r.row.iter().enumerate() {
            let profile = settled.profile(row);
            if let Some(before) = profile.and_then(|profile| last.insert(profile, i as u32)) {
                mates.swap(before as usize, i);
            }
            if profile.is_none_or(|profile| settled.loosened.contains(&profile)) {
                looks[i] = Look::Now;
                now.push(i as u32);
            }
        }
        Self { looks, now, mates, must }
    }

    /// True while somebody is looked at.
    pub fn grows(&self) -> bool {
        !self.now.is_empty()
    }

    /// True when everybody is looked at in this round.
    pub fn is_whole(&self) -> bool {
        self.now.len() == self.looks.len()
    }

    /// Everybody looked at so far, ascending.
    pub fn touched(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.looks.len()).filter(|&i| self.looks[i] != Look::Later)
    }

    /// Ends a round that found `tied` pairs: those not looked at yet are next.
    pub fn step(&mut self, tied: impl Iterator<Item = (usize, usize)>) {
        let done = std::mem::take(&mut self.now);
        done.into_iter().for_each(|i| self.looks[i as usize] = Look::Done);
        tied.flat_map(|(a, b)| [a as u32, b as u32]).for_each(|i| self.reach(i));
        for at in 0..self.must.len() {
            let (a, b) = both(self.must[at]);
            if [a, b].iter().any(|&i| self.looks[i] != Look::Later) {
                [a, b].iter().for_each(|&i| self.reach(i as u32));
            }
        }
    }

    /// Looks at `i` and all of its profile: they are reached together or not at all.
    fn reach(&mut self, i: u32) {
        let mut mate = i;
        while self.looks[mate as usize] == Look::Later {
            self.looks[mate as usize] = Look::Now;
            self.now.push(mate);
            mate = self.mates[mate as usize];
        }
    }

    /// The roots of touched records as `cut`, those of the others by the profile they had.
    pub fn with_untouched(&self, cut: &[u32]) -> Vec<u32> {
        let mut forest = Forest::new(cut.len());
        for (i, &root) in cut.iter().enumerate() {
            let with = if self.looks[i] == Look::Later { self.mates[i] } else { root };
            forest.join(with, i as u32);
        }
        forest.roots()
    }
}
