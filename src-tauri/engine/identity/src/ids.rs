//! Links through logins and loyalty numbers, where the names vouch for the numbering.

use crate::compare::{family_alike, given_alike};
use crate::fold::hash;
use crate::forest::pair;
use crate::keys::{KeyKind, KeyLinks, SMALL, contradict};
use crate::names::Alike;
use crate::records::{Records, id_hash};
use crate::sorting::sorted;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Share of contradicting names from which an id is not trusted between two sources.
const MOST_CONTRADICTIONS: f64 = 0.2;

/// Ids shorter than this are not compared with another source's record numbers.
const SHORTEST_NATIVE: usize = 5;

/// A pair linked by an id, and the sources it joins.
struct IdPair {
    pair: u64,
    sources: (u16, u16),
    contradicts: bool,
    named: bool,
}

/// Links through logins or loyalty numbers; logins also meet another source's record numbers.
/// Answers the pairs of sources whose numbers name the same people, ascending.
pub(crate) fn ids(
    r: &Records,
    kind: KeyKind,
    (found, monitor): (&mut KeyLinks, &dyn Monitor),
) -> Result<Vec<(u16, u16)>, IdentityError> {
    let values = if kind == KeyKind::User { &r.user } else { &r.loyalty };
    let mut entries: Vec<(u64, u32)> = Vec::new();
    let mut long: Vec<u64> = Vec::new();
    for record in 0..r.len() {
        if let Some(id) = values.get(record) {
            let key = hash(id.as_bytes());
            entries.push((key, record as u32));
            if kind == KeyKind::User && id.len() >= SHORTEST_NATIVE {
                long.push(key);
            }
        }
    }
    if !long.is_empty() {
        long.sort_unstable();
        let natives = (0..r.len()).filter_map(|i| Some((id_hash(r.native(i)?), i as u32)));
        entries.extend(natives.filter(|(n, _)| long.binary_search(n).is_ok()));
    }
    let of_id = |i: u32| values.of[i as usize];
    let mut entries = sorted(entries, Ord::cmp, monitor)?;
    entries.dedup();
    let pairs: Vec<IdPair> = entries
        .par_chunk_by(|x, y| x.0 == y.0)
        .flat_map_iter(|block| {
            let joined = id_pairs(block);
            joined.into_iter().filter_map(|(a, b)| {
                let native_only =
                    of_id(a) != of_id(b) && r.source[a as usize] == r.source[b as usize];
                (!native_only).then(|| id_pair(r, kind, a, b))
            })
        })
        .collect();
    let trusted = keep_trusted(r, kind, &pairs, found);
    ask(monitor)?;
    Ok(trusted)
}

/// All pairs of a small block, a chain through a large one.
fn id_pairs(block: &[(u64, u32)]) -> Vec<(u32, u32)> {
    if block.len() > SMALL {
        return block.windows(2).map(|w| (w[0].1, w[1].1)).collect();
    }
    let pairs = block.iter().enumerate();
    pairs.flat_map(|(i, a)| block[i + 1..].iter().map(|b| (a.1, b.1))).collect()
}

fn id_pair(r: &Records, kind: KeyKind, a: u32, b: u32) -> IdPair {
    let (i, j) = (a as usize, b as usize);
    let (s, t) = (r.source[i], r.source[j]);
    IdPair {
        pair: pair(a, b),
        sources: (s.min(t), s.max(t)),
        contradicts: contradict(r, kind, i, j),
        named: given_alike(r, i, j) != Alike::Unknown || family_alike(r, i, j) != Alike::Unknown,
    }
}

/// Keeps links between sources whose ids agree with the names; answers those sources.
fn keep_trusted(
    r: &Records,
    kind: KeyKind,
    pairs: &[IdPair],
    found: &mut KeyLinks,
) -> Vec<(u16, u16)> {
    let mut seen: BTreeMap<(u16, u16), (u64, u64)> = BTreeMap::new();
    for p in pairs.iter().filter(|p| p.named) {
        let (all, against) = seen.entry(p.sources).or_default();
        *all += 1;
        *against += u64::from(p.contradicts);
    }
    let trusted = |sources: &(u16, u16)| {
        let (all, against) = seen.get(sources).copied().unwrap_or((0, 0));
        // Between two sources, names must vouch for the numbering.
        (all > 0 || sources.0 == sources.1) && against as f64 <= MOST_CONTRADICTIONS * all as f64
    };
    for p in pairs.iter().filter(|p| !p.contradicts && trusted(&p.sources)) {
        found.links.push((p.pair, kind));
    }
    let distrusted = seen.keys().filter(|sources| !trusted(sources)).count();
    if distrusted > 0 {
        let what = if kind == KeyKind::User { "login ids" } else { "loyalty numbers" };
        found.notes.push(format!(
            "{distrusted} pairs of sources number their {what} independently (names contradict \
             them): not used between them, {} records looked at",
            r.len()
        ));
    }
    seen.keys().copied().filter(trusted).collect()
}
