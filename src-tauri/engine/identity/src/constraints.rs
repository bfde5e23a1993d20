//! What people decided, made free of contradictions before records are joined.

use crate::forest::{both, pair};
use std::collections::{BTreeMap, BTreeSet};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradicting_decisions_are_refused_and_counted() {
        let must = [pair(0, 1), pair(1, 2)];
        let kept = Constraints::new(&must, BTreeSet::from([pair(0, 2)]));
        assert_eq!((kept.must.len(), kept.refused), (1, 1));
    }
}
