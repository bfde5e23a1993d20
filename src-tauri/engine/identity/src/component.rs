//! Average link inside one set of tied records.

use crate::cluster::{Edge, Join, STRIDE, Support};
use crate::forest::both;
use kith_model::Monitor;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

/// Sums over the cross pairs of two clusters.
#[derive(Debug, Clone, Copy, Default)]
struct Cross {
    bits: f64,
    counts: f64,
    /// Some pair may join them.
    linked: bool,
    /// A person keeps them apart.
    apart: bool,
}

impl From<Support> for Cross {
    fn from(s: Support) -> Self {
        Self { bits: s.bits * s.counts, counts: s.counts, ..Self::default() }
    }
}

impl Cross {
    fn add(&mut self, other: Self) {
        self.bits += other.bits;
        self.counts += other.counts;
        self.linked |= other.linked;
        self.apart |= other.apart;
    }

    fn height(&self) -> Option<f64> {
        (self.linked && !self.apart && self.counts > 0.0).then(|| self.bits / self.counts)
    }
}

/// A possible join on the heap; stale once either cluster has changed.
struct Next {
    height: f64,
    a: u32,
    b: u32,
    ages: (u32, u32),
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Next {}
impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_name = (other.a, other.b).cmp(&(self.a, self.b));
        self.height.total_cmp(&other.height).then(by_name)
    }
}

/// A set of records tied by edges.
pub(crate) struct Component {
    members: Vec<u32>,
    /// Neighbours of each cluster; a cluster that was joined into another has none.
    cross: Vec<BTreeMap<u32, Cross>>,
    age: Vec<u32>,
    /// Height of each cluster's last join.
    last: Vec<f64>,
    joins: Vec<Join>,
    heap: BinaryHeap<Next>,
}

impl Component {
    /// Every member a cluster of its own, with its edges.
    pub fn new(members: &[u32], edges: &[Edge]) -> Self {
        let n = members.len();
        let mut c = Self {
            members: members.to_vec(),
            cross: vec![BTreeMap::new(); n],
            age: vec![0; n],
            last: vec![f64::INFINITY; n],
            joins: Vec::with_capacity(n - 1),
            heap: BinaryHeap::new(),
        };
        for edge in edges {
            let (a, b) = c.clusters(edge.pair);
            c.put(a, b, Cross { linked: true, ..edge.support.into() });
        }
        c
    }

    /// The clusters the records of `pair` start as.
    fn clusters(&self, pair: u64) -> (u32, u32) {
        let at = |record: usize| self.members.partition_point(|&m| (m as usize) < record) as u32;
        let (a, b) = both(pair);
        (at(a), at(b))
    }

    /// Applies people's decisions.
    pub fn decide(&mut self, must: &[u64], cannot: &[u64]) {
        for &p in cannot {
            let (a, b) = self.clusters(p);
            self.put(a, b, Cross { apart: true, ..Cross::default() });
        }
        for &p in must {
            let (a, b) = self.clusters(p);
            let (a, b) = (self.now(a), self.now(b));
            if a != b {
                self.join(a, b, f64::INFINITY);
            }
        }
    }

    fn put(&mut self, a: u32, b: u32, cross: Cross) {
        self.cross[a as usize].entry(b).or_default().add(cross);
        self.cross[b as usize].entry(a).or_default().add(cross);
    }

    /// Looks at the pairs that are no edges.
    pub fn fill(&mut self, support: &impl Fn(u32, u32) -> Option<Support>) {
        for a in 0..self.members.len() as u32 {
            for b in a + 1..self.members.len() as u32 {
                if !self.cross[a as usize].contains_key(&b) {
                    let s = support(self.members[a as usize], self.members[b as usize]);
                    let never = Cross { apart: true, ..Cross::default() };
                    self.put(a, b, s.map_or(never, Cross::from));
                }
            }
        }
    }

    /// The living cluster that `a` is now part of.
    fn now(&self, a: u32) -> u32 {
        let mut at = a;
        while let Some(join) = self.joined_into(at) {
            at = join;
        }
        at
    }

    /// A dead cluster keeps one neighbour under its own number: the one that took it.
    fn joined_into(&self, a: u32) -> Option<u32> {
        (self.age[a as usize] == u32::MAX)
            .then(|| self.cross[a as usize].keys().next().copied())
            .flatten()
    }

    /// Joins `b` into `a` or the other way round, whichever has fewer neighbours to move.
    fn join(&mut self, a: u32, b: u32, height: f64) -> u32 {
        let more = self.cross[a as usize].len() >= self.cross[b as usize].len();
        let (keep, gone) = if more { (a, b) } else { (b, a) };
        let (x, y) = (self.members[a as usize], self.members[b as usize]);
        // Only a cluster that had no link before can seem higher than its parts.
        let height = height.min(self.last[a as usize]).min(self.last[b as usize]);
        self.last[keep as usize] = height;
        self.joins.push(Join { height, a: x.min(y), b: x.max(y) });
        self.cross[keep as usize].remove(&gone);
        for (other, cross) in std::mem::take(&mut self.cross[gone as usize]) {
            if other != keep {
                self.cross[other as usize].remove(&gone);
                self.put(keep, other, cross);
            }
        }
        self.age[gone as usize] = u32::MAX;
        self.cross[gone as usize].insert(keep, Cross::default());
        self.age[keep as usize] += 1;
        keep
    }

    fn push(&mut self, a: u32, b: u32) {
        let (a, b) = (a.min(b), a.max(b));
        if let Some(height) = self.cross[a as usize].get(&b).and_then(Cross::height) {
            let ages = (self.age[a as usize], self.age[b as usize]);
            self.heap.push(Next { height, a, b, ages });
        }
    }

    /// Joins until nothing can be joined; every join, in order.
    pub fn agglomerate(mut self, monitor: &dyn Monitor) -> Vec<Join> {
        for a in 0..self.members.len() as u32 {
            if self.age[a as usize] != u32::MAX {
                let later: Vec<u32> = self.cross[a as usize].range(a + 1..).map(|e| *e.0).collect();
                later.into_iter().for_each(|b| self.push(a, b));
            }
        }
        let mut popped = 0_usize;
        while let Some(next) = self.heap.pop() {
            popped += 1;
            if popped.is_multiple_of(STRIDE) && monitor.cancelled() {
                break;
            }
            if (self.age[next.a as usize], self.age[next.b as usize]) != next.ages {
                continue;
            }
            let kept = self.join(next.a, next.b, next.height);
            let around: Vec<u32> = self.cross[kept as usize].keys().copied().collect();
            around.into_iter().for_each(|b| self.push(kept, b));
        }
        self.joins
    }
}
