//! Profile ids that stay from run to run, and what became of those that could not.
//!
//! Clusters of a new run claim the profiles of the last one. Claims are granted by the number of
//! records shared, most first; among equals the older profile goes first, then the cluster with
//! the smallest record key. A cluster takes one profile, a profile goes to one cluster. What is
//! left without a profile gets an id never given before.

use crate::forest::Forest;
use crate::record_key::RecordKey;
use kith_model::ProfileId;
use kith_model::lineage::{LineageEvent, LineageKind, Move};
use std::collections::{BTreeMap, BTreeSet};

/// Whose each record was after a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The first id never given.
    pub next: u64,
    /// Key of a record and its profile, ascending.
    pub of: Vec<(u64, u64)>,
}

impl Standing {
    /// The profile of the record with this key.
    pub fn profile(&self, key: u64) -> Option<u64> {
        self.of.binary_search_by_key(&key, |e| e.0).ok().map(|at| self.of[at].1)
    }
}

/// Clusters with ids, and how they came by them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// The profile of every record, in the order of the keys given.
    pub profiles: Vec<i64>,
    /// What the next run starts from.
    pub standing: Standing,
    /// Profiles there are.
    pub count: u64,
    /// Ids given for the first time.
    pub new: u64,
    /// Ids that no cluster kept.
    pub retired: u64,
    /// Merges, splits and losses, by the first profile touched.
    pub events: Vec<LineageEvent>,
}

/// Gives every cluster its id. `cluster`: any number of the cluster of each record, smaller for
/// clusters that come first; new ids are given in that order.
pub fn settle(before: &Standing, keys: &[RecordKey], cluster: &[i64]) -> Settlement {
    let clusters = Clusters::read(before, keys, cluster);
    let kept = clusters.grant();
    let mut next = before.next.max(1);
    let ids: Vec<u64> = kept
        .iter()
        .map(|kept| {
            kept.unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        })
        .collect();
    let profiles: Vec<i64> = clusters.of.iter().map(|&c| ids[c as usize].cast_signed()).collect();
    let mut of: Vec<(u64, u64)> =
        keys.iter().zip(&clusters.of).map(|(k, &c)| (k.key, ids[c as usize])).collect();
    of.sort_unstable();
    let olds: BTreeSet<u64> = before.of.iter().map(|e| e.1).collect();
    let stayed = kept.iter().flatten().count() as u64;
    Settlement {
        profiles,
        standing: Standing { next, of },
        count: ids.len() as u64,
        new: ids.len() as u64 - stayed,
        retired: olds.len() as u64 - stayed,
        events: clusters.events(&ids),
    }
}

/// The clusters of a run beside the profiles of the last.
struct Clusters {
    /// Dense cluster number of every record.
    of: Vec<u32>,
    /// Smallest record key of each cluster.
    smallest: Vec<u64>,
    /// Records that a profile before and a cluster now share.
    shared: BTreeMap<(u64, u32), u64>,
    /// Records of a profile that are there no more.
    gone: BTreeMap<u64, u64>,
}

impl Clusters {
    fn read(before: &Standing, keys: &[RecordKey], cluster: &[i64]) -> Self {
        let mut names: Vec<i64> = cluster.to_vec();
        names.sort_unstable();
        names.dedup();
        let of: Vec<u32> =
            cluster.iter().map(|c| names.partition_point(|n| n < c) as u32).collect();
        let mut smallest = vec![u64::MAX; names.len()];
        let mut shared: BTreeMap<(u64, u32), u64> = BTreeMap::new();
        let mut found = vec![false; before.of.len()];
        for (key, &c) in keys.iter().zip(&of) {
            smallest[c as usize] = smallest[c as usize].min(key.key);
            if let Ok(at) = before.of.binary_search_by_key(&key.key, |e| e.0) {
                found[at] = true;
                *shared.entry((before.of[at].1, c)).or_default() += 1;
            }
        }
        let mut gone: BTreeMap<u64, u64> = BTreeMap::new();
        for ((_, old), found) in before.of.iter().zip(found) {
            if !found {
                *gone.entry(*old).or_default() += 1;
            }
        }
        Self { of, smallest, shared, gone }
    }

    /// The profile each cluster keeps.
    fn grant(&self) -> Vec<Option<u64>> {
        let mut claims: Vec<(u64, u64, u32)> =
            self.shared.iter().map(|(&(old, c), &n)| (n, old, c)).collect();
        claims.sort_unstable_by(|x, y| {
            let place = |c: u32| self.smallest[c as usize];
            y.0.cmp(&x.0).then(x.1.cmp(&y.1)).then_with(|| place(x.2).cmp(&place(y.2)))
        });
        let mut kept = vec![None; self.smallest.len()];
        let mut taken = BTreeSet::new();
        for (_, old, c) in claims {
            if kept[c as usize].is_none() && taken.insert(old) {
                kept[c as usize] = Some(old);
            }
        }
        kept
    }

    /// What happened to sets of profiles that share clusters. `ids`: of each cluster.
    fn events(&self, ids: &[u64]) -> Vec<LineageEvent> {
        let mut olds: Vec<u64> =
            self.shared.keys().map(|k| k.0).chain(self.gone.keys().copied()).collect();
        olds.sort_unstable();
        olds.dedup();
        let node = |old: u64| olds.partition_point(|o| *o < old) as u32;
        let mut forest = Forest::new(olds.len() + ids.len());
        for &(old, c) in self.shared.keys() {
            forest.join(node(old), olds.len() as u32 + c);
        }
        let mut moves: BTreeMap<u32, Vec<Move>> = BTreeMap::new();
        let mut note = |old: u64, into: Option<u64>, records: u64| {
            let (from, into) = (ProfileId(old), into.map(ProfileId));
            moves.entry(forest.root(node(old))).or_default().push(Move { from, into, records });
        };
        for (&(old, c), &n) in &self.shared {
            note(old, Some(ids[c as usize]), n);
        }
        for (&old, &n) in &self.gone {
            note(old, None, n);
        }
        moves.into_values().filter_map(event).collect()
    }
}

/// The event that `moves` of one set of profiles are, if they are one.
fn event(mut moves: Vec<Move>) -> Option<LineageEvent> {
    moves.sort_unstable();
    let mut event = LineageEvent { what: LineageKind::Gone, moves };
    event.what = match (event.before().len(), event.after().len()) {
        (_, 0) => LineageKind::Gone,
        (1, 1) => return None,
        (_, 1) => LineageKind::Merged,
        (1, _) => LineageKind::Split,
        _ => LineageKind::Regrouped,
    };
    Some(event)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(of: &[u64]) -> Vec<RecordKey> {
        of.iter().map(|&key| RecordKey { key, content: 0 }).collect()
    }

    fn first(clusters: &[i64]) -> Settlement {
        let all: Vec<u64> = (0..clusters.len() as u64).collect();
        settle(&Standing::default(), &keys(&all), clusters)
    }

    #[test]
    fn the_first_run_numbers_from_one_in_order() {
        let s = first(&[5, 5, 9, 5, 7]);
        assert_eq!((s.profiles, s.standing.next), (vec![1, 1, 3, 1, 2], 4));
        assert_eq!((s.new, s.retired, s.events.len()), (3, 0, 0));
    }

    #[test]
    fn a_merge_keeps_the_larger_profile_and_says_so() {
        let before = first(&[1, 2, 2, 3]).standing;
        let s = settle(&before, &keys(&[0, 1, 2, 3]), &[1, 1, 1, 3]);
        assert_eq!(s.profiles, [2, 2, 2, 3]);
        assert_eq!((s.new, s.retired), (0, 1));
        let event = &s.events[0];
        assert_eq!(event.what, LineageKind::Merged);
        assert_eq!(
            (event.before(), event.after()),
            (vec![ProfileId(1), ProfileId(2)], vec![ProfileId(2)])
        );
        // Apart again: the id that was retired stays retired.
        let again = settle(&s.standing, &keys(&[0, 1, 2, 3]), &[1, 2, 2, 3]);
        assert_eq!(again.profiles, [4, 2, 2, 3]);
        assert_eq!(again.events[0].what, LineageKind::Split);
    }

    #[test]
    fn rows_that_come_and_go_rename_nobody() {
        let before = first(&[1, 2, 2, 3]).standing;
        let s = settle(&before, &keys(&[9, 8, 2, 3]), &[1, 2, 2, 3]);
        assert_eq!(s.profiles, [4, 2, 2, 3]);
        assert_eq!(s.events.len(), 1);
        assert_eq!(s.events[0].what, LineageKind::Gone);
        assert_eq!(s.events[0].before(), [ProfileId(1)]);
    }

    #[test]
    fn exchanged_records_are_a_regrouping() {
        let before = first(&[1, 1, 1, 2, 2]).standing;
        let s = settle(&before, &keys(&[0, 1, 2, 3, 4]), &[1, 1, 2, 2, 2]);
        assert_eq!(s.profiles, [1, 1, 2, 2, 2]);
        assert_eq!(s.events[0].what, LineageKind::Regrouped);
        assert_eq!(s.events[0].moves.iter().map(|m| m.records).sum::<u64>(), 5);
    }

    proptest! {
        #[test]
        fn ids_are_never_given_twice_and_untouched_clusters_keep_theirs(
            runs in prop::collection::vec(prop::collection::vec((0_u64..40, 0_i64..12), 1..40), 1..6),
        ) {
            let mut standing = Standing::default();
            let mut retired: BTreeSet<u64> = BTreeSet::new();
            for run in runs {
                let run: BTreeMap<u64, i64> = run.into_iter().collect();
                let (names, clusters): (Vec<u64>, Vec<i64>) = run.into_iter().unzip();
                let s = settle(&standing, &keys(&names), &clusters);
                let now: BTreeSet<u64> = s.standing.of.iter().map(|e| e.1).collect();
                prop_assert!(now.is_disjoint(&retired));
                let before: BTreeSet<u64> = standing.of.iter().map(|e| e.1).collect();
                prop_assert!(now.difference(&before).all(|id| *id >= standing.next.max(1)));
                retired.extend(before.difference(&now));
                prop_assert_eq!(s.count as usize, now.len());
                prop_assert_eq!(s.retired as usize, before.difference(&now).count());
                // Two records are together exactly when the run had them together.
                for (i, a) in clusters.iter().enumerate() {
                    for (j, b) in clusters.iter().enumerate() {
                        prop_assert_eq!(a == b, s.profiles[i] == s.profiles[j]);
                    }
                }
                // The same run again changes nothing.
                let again = settle(&s.standing, &keys(&names), &clusters);
                prop_assert_eq!(&again.profiles, &s.profiles);
                prop_assert!(again.events.is_empty() && again.new == 0 && again.retired == 0);
                // A row order of its own makes no difference.
                let turned: Vec<u64> = names.iter().rev().copied().collect();
                let back: Vec<i64> = clusters.iter().rev().copied().collect();
                prop_assert_eq!(settle(&standing, &keys(&turned), &back).standing, s.standing.clone());
                standing = s.standing;
            }
        }
    }
}
