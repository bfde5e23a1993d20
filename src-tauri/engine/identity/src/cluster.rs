//! Clustering by average link over all cross pairs, with must-link and cannot-link.
//!
//! Two clusters join at a height: the mean support of their cross pairs, in bits. A pair that
//! cannot say much (few values on either side) hardly counts, so a sparse record may lean on its
//! one good link; a pair that contradicts counts in full, so a chain of good links does not tie
//! two people together. Heights never rise from one join to the next, so one run serves every
//! threshold: cut where the height falls below the threshold's weight.

use crate::component::Component;
use crate::constraints::Constraints;
use crate::forest::{Forest, Groups, both};
use crate::sorting::sorted;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Components up to this size have all their cross pairs looked at; larger ones only those that
/// blocking found.
const FULL: usize = 128;

/// Steps between two looks at the monitor.
pub(crate) const STRIDE: usize = 1 << 12;

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

/// Every join, highest first. `edges` (ascending) are the pairs that may join clusters; `support`
/// says what any other pair says, or nothing when the two may not be one person.
pub(crate) fn joins(
    records: usize,
    edges: &[Edge],
    constraints: &Constraints,
    support: impl Fn(u32, u32) -> Option<Support> + Sync,
    monitor: &dyn Monitor,
) -> Result<Vec<Join>, IdentityError> {
    let mut forest = Forest::new(records);
    let must = constraints.must.iter().copied();
    for (at, p) in edges.iter().map(|e| e.pair).chain(must).enumerate() {
        if at.is_multiple_of(STRIDE) {
            ask(monitor)?;
        }
        let (a, b) = both(p);
        forest.join(a as u32, b as u32);
    }
    ask(monitor)?;
    let parts = Parts::new(&forest.roots(), edges, constraints, monitor)?;
    let joins: Vec<Join> = (0..parts.components.len())
        .into_par_iter()
        .flat_map_iter(|at| parts.joins(at, &support, monitor))
        .collect();
    ask(monitor)?;
    let by = |x: &Join, y: &Join| y.height.total_cmp(&x.height).then((x.a, x.b).cmp(&(y.a, y.b)));
    sorted(joins, by, monitor)
}

/// The sets of records that edges and decisions tie, with what ties them.
struct Parts {
    /// Members of each.
    components: Groups,
    /// Edges by component, and where each component's begin.
    edges: Vec<Edge>,
    first: Vec<usize>,
    /// Decisions by component: one person; two people.
    must: BTreeMap<usize, Vec<u64>>,
    cannot: BTreeMap<usize, Vec<u64>>,
}

impl Parts {
    fn new(
        roots: &[u32],
        edges: &[Edge],
        constraints: &Constraints,
        monitor: &dyn Monitor,
    ) -> Result<Self, IdentityError> {
        let components = Groups::new(roots);
        let of = |p: u64| components.of(both(p).0);
        ask(monitor)?;
        let mut first = vec![0; components.len() + 1];
        edges.iter().for_each(|e| first[of(e.pair) + 1] += 1);
        (0..components.len()).for_each(|at| first[at + 1] += first[at]);
        ask(monitor)?;
        let mut free = first.clone();
        let mut sorted = edges.to_vec();
        for (at, &edge) in edges.iter().enumerate() {
            if at.is_multiple_of(STRIDE) {
                ask(monitor)?;
            }
            let slot = &mut free[of(edge.pair)];
            sorted[*slot] = edge;
            *slot += 1;
        }
        let by_component = |pairs: &mut dyn Iterator<Item = u64>| {
            let mut all: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
            for p in pairs.filter(|&p| roots[both(p).0] == roots[both(p).1]) {
                all.entry(of(p)).or_default().push(p);
            }
            all
        };
        let must = by_component(&mut constraints.must.iter().copied());
        let cannot = by_component(&mut constraints.cannot.iter().copied());
        Ok(Self { components, edges: sorted, first, must, cannot })
    }

    /// The joins of one component.
    fn joins(
        &self,
        at: usize,
        support: &impl Fn(u32, u32) -> Option<Support>,
        monitor: &dyn Monitor,
    ) -> Vec<Join> {
        if monitor.cancelled() {
            return Vec::new();
        }
        let members = self.components.members(at);
        let edges = &self.edges[self.first[at]..self.first[at + 1]];
        let decided = [&self.must, &self.cannot].map(|d| d.get(&at).map_or(&[][..], Vec::as_slice));
        if let ([a, b], [edge], [[], []]) = (members, edges, decided) {
            return vec![Join { height: edge.support.bits, a: *a, b: *b }];
        }
        let mut component = Component::new(members, edges);
        if members.len() > 2 && members.len() <= FULL {
            component.fill(support);
        }
        component.decide(decided[0], decided[1]);
        component.agglomerate(monitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forest::pair;
    use kith_model::Quiet;
    use std::collections::BTreeSet;

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
        let silent = joins(3, &edges, &none, |_, _| Some(SILENT), &Quiet).unwrap();
        assert_eq!(people(3, &silent, 2.0), [0, 0, 0]);
        let against =
            joins(3, &edges, &none, |_, _| Some(Support { bits: -15.0, counts: 1.0 }), &Quiet)
                .unwrap();
        assert_eq!(people(3, &against, 2.0), [0, 0, 2]);
    }

    #[test]
    fn decisions_come_first() {
        let edges = [edge(0, 1, 10.0), edge(1, 2, 9.0)];
        let constraints = Constraints::new(&[pair(0, 2)], BTreeSet::from([pair(0, 1)]));
        let joined = joins(3, &edges, &constraints, |_, _| Some(SILENT), &Quiet).unwrap();
        assert_eq!(people(3, &joined, 2.0), [0, 1, 0]);
    }

    #[test]
    fn heights_never_rise() {
        let mut edges = Vec::new();
        for a in 0..12_u32 {
            for b in a + 1..12 {
                edges.push(edge(a, b, f64::from((a * 7 + b * 13) % 23) - 8.0));
            }
        }
        let joined =
            joins(12, &edges, &Constraints::default(), |_, _| Some(SILENT), &Quiet).unwrap();
        assert_eq!(joined.len(), 11);
        assert!(joined.is_sorted_by(|x, y| x.height >= y.height));
    }
}
