//! The chain of pairs that ties two records of one person together.

use crate::IdentityError;
use crate::records::ints;
use kith_model::{Column, Frame};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The chain from one record to the other, each record with the probability of the pair that leads
/// to it: of all chains the one whose weakest pair is strongest, then the shortest. Empty when
/// pairs of at least the probability `least` among `person`'s records lead there by no way.
pub(crate) fn chain(
    pairs: &Frame,
    (person, least): (i64, f64),
    [from, to]: [i64; 2],
) -> Result<Vec<(i64, f64)>, IdentityError> {
    let (left, right) = (ints(pairs, "left_record")?, ints(pairs, "right_record")?);
    let owners = [ints(pairs, "left_profile")?, ints(pairs, "right_profile")?];
    let chances = pairs.column("probability").and_then(Column::real).unwrap_or_default();
    let mut edges: Vec<(f64, i64, i64)> = (0..left.len())
        .filter(|&i| owners.iter().all(|o| o[i] == Some(person)))
        .filter_map(|i| Some((chances.get(i).copied()??, left[i]?, right[i]?)))
        .filter(|(p, ..)| *p >= least)
        .collect();
    edges.sort_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    let mut near: BTreeMap<i64, BTreeMap<i64, f64>> = BTreeMap::new();
    let mut at = 0;
    // Pairs of one probability are let in together, so that the shortest of their chains is found.
    while at < edges.len() {
        let same = edges[at..].partition_point(|e| e.0 >= edges[at].0);
        for &(p, a, b) in &edges[at..at + same] {
            near.entry(a).or_default().insert(b, p);
            near.entry(b).or_default().insert(a, p);
        }
        at += same;
        let found = shortest(&near, from, to);
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

fn shortest(near: &BTreeMap<i64, BTreeMap<i64, f64>>, from: i64, to: i64) -> Vec<(i64, f64)> {
    let mut came: BTreeMap<i64, (i64, f64)> = BTreeMap::new();
    let mut seen = BTreeSet::from([from]);
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        for (&next, &p) in near.get(&at).into_iter().flatten() {
            if seen.insert(next) {
                came.insert(next, (at, p));
                queue.push_back(next);
            }
        }
    }
    let mut steps = Vec::new();
    let mut at = to;
    while let Some(&(before, p)) = came.get(&at) {
        steps.push((at, p));
        at = before;
    }
    if steps.is_empty() {
        return steps;
    }
    steps.push((from, 1.0));
    steps.reverse();
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(rows: &[(i64, i64, f64)]) -> Frame {
        let ints = |of: &dyn Fn(&(i64, i64, f64)) -> i64| {
            Column::Int(rows.iter().map(|r| Some(of(r))).collect())
        };
        Frame::default()
            .with("left_record", ints(&|r| r.0))
            .with("right_record", ints(&|r| r.1))
            .with("left_profile", ints(&|_| 1))
            .with("right_profile", ints(&|_| 1))
            .with("probability", Column::Real(rows.iter().map(|r| Some(r.2)).collect()))
    }

    #[test]
    fn the_chain_with_the_strongest_weakest_pair_is_taken() {
        let rows = [(1, 4, 0.91), (1, 2, 0.99), (2, 3, 0.97), (3, 4, 0.98)];
        let all = chain(&pairs(&rows), (1, 0.9), [1, 4]).unwrap();
        assert_eq!(all, [(1, 1.0), (2, 0.99), (3, 0.97), (4, 0.98)]);
        assert_eq!(chain(&pairs(&rows[..1]), (1, 0.9), [1, 4]).unwrap(), [(1, 1.0), (4, 0.91)]);
        assert!(chain(&pairs(&rows[1..3]), (1, 0.9), [1, 4]).unwrap().is_empty());
        assert!(chain(&pairs(&rows), (2, 0.9), [1, 4]).unwrap().is_empty(), "another person's");
    }
}
