//! Clustering by average link over all cross pairs, with must-link and cannot-link.
//!
//! Two clusters join at a height: the mean support of their cross pairs, in bits. A pair that
//! cannot say much (few values on either side) hardly counts, so a sparse record may lean on its
//! one good link; a pair that contradicts counts in full, so a chain of good links does not tie
//! two people together. Heights never rise from one join to the next, so one run serves every
//! threshold: cut where the height falls below the threshold's weight.

use crate::forest::{Forest, both, groups, pair};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Components up to this size have all their cross pairs looked at; larger ones only those that
/// blocking found.
const FULL: usize = 128;

/// What a pair of records says about joining them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Support {
    /// Bits for (positive) or against.
    pub bits: f64,
    /// How much it counts, 0 to 1.
    pub counts: f64,
}

/// Two clusters joined; each is named by one of its records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Join {
    /// Mean support in bits; infinite for a person's decision.
    pub height: f64,
    /// A record of one cluster.
    pub a: u32,
    /// A record of the other.
    pub b: u32,
}

/// A pair that may be joined, with its support.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Edge {
    /// The records.
    pub pair: u64,
    /// What it says.
    pub support: Support,
}

/// What people decided, as record pairs.
#[derive(Debug, Default, Clone)]
pub(crate) struct Constraints {
    /// One person, in the order they are applied.
    pub must: Vec<u64>,
    /// Two people.
    pub cannot: BTreeSet<u64>,
    /// Decisions that other decisions contradict.
    pub refused: usize,
}

impl Constraints {
    /// Keeps those `must` that, taken in order, join nobody `cannot` keeps apart.
    pub fn new(must: &[u64], cannot: BTreeSet<u64>) -> Self {
        let mut kept = Self { cannot, ..Self::default() };
        let mut cluster: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut root: BTreeMap<u32, u32> = BTreeMap::new();
        for &p in must {
            let (a, b) = both(p);
            let find = |i: usize| root.get(&(i as u32)).copied().unwrap_or(i as u32);
            let (x, y) = (find(a), find(b));
            let members = |i: u32| cluster.get(&i).cloned().unwrap_or_else(|| vec![i]);
            let (left, right) = (members(x), members(y));
            let apart = |&i: &u32| right.iter().any(|&j| kept.cannot.contains(&pair(i, j)));
            if x != y && left.iter().any(apart) {
                kept.refused += 1;
                continue;
            }
            kept.must.push(p);
            if x != y {
                right.iter().for_each(|&j| {
                    root.insert(j, x);
                });
                cluster.remove(&y);
                cluster.insert(x, [left, right].concat());
            }
        }
        kept
    }
}

/// Every join, highest first, or `None` once `stop` says so. `edges` are the pairs that may join
/// clusters; `support` says what any other pair says.
pub(crate) fn joins(
    records: usize,
    edges: &[Edge],
    constraints: &Constraints,
    support: impl Fn(u32, u32) -> Support + Sync,
    stop: impl Fn() -> bool + Sync,
) -> Option<Vec<Join>> {
    let mut forest = Forest::new(records);
    let must = constraints.must.iter().copied();
    for p in edges.iter().map(|e| e.pair).chain(must) {
        let (a, b) = both(p);
        forest.join(a as u32, b as u32);
    }
    let roots = forest.roots();
    let mut of: BTreeMap<u32, Vec<Edge>> = BTreeMap::new();
    for edge in edges {
        of.entry(roots[both(edge.pair).0]).or_default().push(*edge);
    }
    let mut must: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for &p in &constraints.must {
        must.entry(roots[both(p).0]).or_default().push(p);
    }
    let mut cannot: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for &p in &constraints.cannot {
        let (a, b) = both(p);
        if roots[a] == roots[b] {
            cannot.entry(roots[a]).or_default().push(p);
        }
    }
    let components: Vec<Vec<u32>> = groups(&roots).into_iter().filter(|g| g.len() > 1).collect();
    let mut joins: Vec<Join> = components
        .par_iter()
        .flat_map_iter(|members| {
            if stop() {
                return Vec::new();
            }
            let edges = of.get(&members[0]).map_or(&[][..], Vec::as_slice);
            let decided =
                [&must, &cannot].map(|d| d.get(&members[0]).map_or(&[][..], Vec::as_slice));
            let mut component = Component::new(members, edges);
            if members.len() > 2 && members.len() <= FULL {
                component.fill(&support);
            }
            component.decide(decided[0], decided[1]);
            component.agglomerate()
        })
        .collect();
    joins.sort_by(|x, y| y.height.total_cmp(&x.height).then((x.a, x.b).cmp(&(y.a, y.b))));
    (!stop()).then_some(joins)
}

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
struct Component {
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
    fn new(members: &[u32], edges: &[Edge]) -> Self {
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
    fn decide(&mut self, must: &[u64], cannot: &[u64]) {
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
    fn fill(&mut self, support: &impl Fn(u32, u32) -> Support) {
        for a in 0..self.members.len() as u32 {
            for b in a + 1..self.members.len() as u32 {
                if !self.cross[a as usize].contains_key(&b) {
                    let s = support(self.members[a as usize], self.members[b as usize]);
                    self.put(a, b, s.into());
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

    fn agglomerate(mut self) -> Vec<Join> {
        for a in 0..self.members.len() as u32 {
            if self.age[a as usize] != u32::MAX {
                let later: Vec<u32> = self.cross[a as usize].range(a + 1..).map(|e| *e.0).collect();
                later.into_iter().for_each(|b| self.push(a, b));
            }
        }
        while let Some(next) = self.heap.pop() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(a: u32, b: u32, bits: f64) -> Edge {
        Edge { pair: pair(a, b), support: Support { bits, counts: 1.0 } }
    }

    fn people(n: usize, joins: &[Join], least: f64) -> Vec<u32> {
        let mut forest = Forest::new(n);
        joins.iter().filter(|j| j.height >= least).for_each(|j| {
            forest.join(j.a, j.b);
        });
        forest.roots()
    }

    const SILENT: Support = Support { bits: -1.0, counts: 0.1 };

    #[test]
    fn a_contradiction_breaks_a_chain_and_silence_does_not() {
        let edges = [edge(0, 1, 10.0), edge(1, 2, 9.0)];
        let none = Constraints::default();
        let silent = joins(3, &edges, &none, |_, _| SILENT, || false).unwrap();
        assert_eq!(people(3, &silent, 2.0), [0, 0, 0]);
        let against =
            joins(3, &edges, &none, |_, _| Support { bits: -15.0, counts: 1.0 }, || false).unwrap();
        assert_eq!(people(3, &against, 2.0), [0, 0, 2]);
    }

    #[test]
    fn decisions_come_first() {
        let edges = [edge(0, 1, 10.0), edge(1, 2, 9.0)];
        let constraints = Constraints::new(&[pair(0, 2)], BTreeSet::from([pair(0, 1)]));
        let joined = joins(3, &edges, &constraints, |_, _| SILENT, || false).unwrap();
        assert_eq!(people(3, &joined, 2.0), [0, 1, 0]);
    }

    #[test]
    fn contradicting_decisions_are_refused_and_counted() {
        let must = [pair(0, 1), pair(1, 2)];
        let kept = Constraints::new(&must, BTreeSet::from([pair(0, 2)]));
        assert_eq!((kept.must.len(), kept.refused), (1, 1));
    }

    #[test]
    fn heights_never_rise() {
        let mut edges = Vec::new();
        for a in 0..12_u32 {
            for b in a + 1..12 {
                edges.push(edge(a, b, f64::from((a * 7 + b * 13) % 23) - 8.0));
            }
        }
        let joined = joins(12, &edges, &Constraints::default(), |_, _| SILENT, || false).unwrap();
        assert_eq!(joined.len(), 11);
        assert!(joined.is_sorted_by(|x, y| x.height >= y.height));
    }
}
