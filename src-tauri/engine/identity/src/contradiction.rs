//! Decisions that cannot all hold: two records said to be different although a chain of
//! decisions makes them one. The shortest chain is the one worth reading.

use kith_model::PairKey;
use kith_model::document::Decision;
use kith_model::identity::{Contradiction, Verdict};
use std::collections::{BTreeMap, VecDeque};

/// Every contradiction among `decisions`, by its pair. The chain is found breadth first (Moore
/// 1959) over the records said to be the same; among chains of one length, the first in the order
/// of the names.
pub fn contradictions(decisions: &BTreeMap<PairKey, Decision>) -> Vec<Contradiction> {
    let mut same: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (pair, _) in decisions.iter().filter(|(_, d)| d.verdict == Verdict::Same) {
        same.entry(&pair.left).or_default().push(&pair.right);
        same.entry(&pair.right).or_default().push(&pair.left);
    }
    same.values_mut().for_each(|next| next.sort_unstable());
    let apart = decisions.iter().filter(|(_, d)| d.verdict == Verdict::Different);
    apart
        .filter_map(|(pair, _)| {
            let chain = chain(&same, &pair.left, &pair.right)?;
            Some(Contradiction { pair: pair.clone(), chain })
        })
        .collect()
}

/// The shortest way from one record to another.
fn chain(same: &BTreeMap<&str, Vec<&str>>, from: &str, to: &str) -> Option<Vec<String>> {
    let (from, _) = same.get_key_value(from)?;
    let mut came: BTreeMap<&str, &str> = BTreeMap::from([(*from, *from)]);
    let mut waiting = VecDeque::from([*from]);
    while let Some(at) = waiting.pop_front() {
        if at == to {
            let mut chain = vec![at.to_owned()];
            let mut at = at;
            while at != *from {
                at = came[at];
                chain.push(at.to_owned());
            }
            chain.reverse();
            return Some(chain);
        }
        for &next in same.get(at).into_iter().flatten() {
            if !came.contains_key(next) {
                came.insert(next, at);
                waiting.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(rows: &[(&str, &str, Verdict)]) -> BTreeMap<PairKey, Decision> {
        rows.iter().map(|&(a, b, v)| (PairKey::new(a, b), v.into())).collect()
    }

    #[test]
    fn the_shortest_chain_is_named() {
        use Verdict::{Different, Same, Unsure};
        let found = contradictions(&said(&[
            ("a/1", "b/1", Same),
            ("b/1", "c/1", Same),
            ("c/1", "d/1", Same),
            ("a/1", "c/1", Unsure),
            ("b/1", "d/1", Same),
            ("a/1", "d/1", Different),
            ("a/1", "e/1", Different),
        ]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].chain, ["a/1", "b/1", "d/1"]);
        assert!(found[0].sentence().ends_with("a/1 = b/1 = d/1"));
    }

    #[test]
    fn decisions_that_agree_are_no_contradiction() {
        use Verdict::{Different, Same};
        let found = contradictions(&said(&[
            ("a/1", "b/1", Same),
            ("c/1", "d/1", Same),
            ("b/1", "c/1", Different),
        ]));
        assert!(found.is_empty());
    }
}
