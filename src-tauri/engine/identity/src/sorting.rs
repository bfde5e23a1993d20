//! Sorting that can be stopped: a merge sort over runs that are sorted in parallel.

use crate::fold::mix;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use rayon::prelude::*;
use std::cmp::Ordering;

/// Items sorted between two looks at the monitor.
const RUN: usize = 1 << 15;

/// `items` in the order of `by`, which must tell any two apart or not care which comes first.
pub(crate) fn sorted<T: Copy + Send + Sync>(
    mut items: Vec<T>,
    by: impl Fn(&T, &T) -> Ordering + Sync,
    monitor: &dyn Monitor,
) -> Result<Vec<T>, IdentityError> {
    if items.is_sorted_by(|a, b| by(a, b).is_le()) {
        return Ok(items);
    }
    items.par_chunks_mut(RUN).for_each(|run| {
        if !monitor.cancelled() {
            run.sort_unstable_by(|a, b| by(a, b));
        }
    });
    ask(monitor)?;
    let mut other = items.clone();
    let mut run = RUN;
    while run < items.len() {
        let whole = items.par_chunks(2 * run).zip(other.par_chunks_mut(2 * run));
        whole.for_each(|(from, to)| {
            let (left, right) = from.split_at(run.min(from.len()));
            merge(left, right, to, &by, monitor);
        });
        ask(monitor)?;
        std::mem::swap(&mut items, &mut other);
        run *= 2;
    }
    Ok(items)
}

/// Items of one part of [`grouped`], about.
const PART: usize = 1 << 12;

/// `parts` in one list in which items of one key stand together, ascending; the order of the keys
/// is the same for the same items, and otherwise none. Cheaper than sorting by key: items are
/// dealt out by a hash of the key, then each part is sorted where it lies in the cache.
pub(crate) fn grouped(
    parts: &[Vec<(u64, u32)>],
    monitor: &dyn Monitor,
) -> Result<Vec<(u64, u32)>, IdentityError> {
    let n: usize = parts.iter().map(Vec::len).sum();
    let bits = (n / PART).max(1).next_power_of_two().trailing_zeros().min(12);
    let of = |key: u64| (mix(key) >> 32 & ((1 << bits) - 1)) as usize;
    let mut ends = vec![0; 1 << bits];
    parts.iter().flatten().for_each(|item| ends[of(item.0)] += 1);
    ask(monitor)?;
    let sizes = ends.clone();
    let mut end = 0;
    for slot in &mut ends {
        end += std::mem::replace(slot, end);
    }
    let mut dealt = vec![(0, 0); n];
    for part in parts {
        for &item in part {
            let slot = &mut ends[of(item.0)];
            dealt[*slot] = item;
            *slot += 1;
        }
        ask(monitor)?;
    }
    let mut rest = &mut dealt[..];
    let mut piles: Vec<&mut [(u64, u32)]> = Vec::with_capacity(sizes.len());
    for size in sizes {
        let (pile, after) = rest.split_at_mut(size);
        piles.push(pile);
        rest = after;
    }
    piles.into_par_iter().for_each(|pile| {
        if !monitor.cancelled() {
            pile.sort_unstable();
        }
    });
    ask(monitor)?;
    Ok(dealt)
}

fn merge<T: Copy>(
    left: &[T],
    right: &[T],
    to: &mut [T],
    by: &impl Fn(&T, &T) -> Ordering,
    monitor: &dyn Monitor,
) {
    let (mut i, mut j) = (0, 0);
    for (at, slot) in to.iter_mut().enumerate() {
        if at.is_multiple_of(RUN) && monitor.cancelled() {
            return;
        }
        let take_left =
            i < left.len() && (j == right.len() || by(&left[i], &right[j]) != Ordering::Greater);
        *slot = if take_left { left[i] } else { right[j] };
        i += usize::from(take_left);
        j += usize::from(!take_left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;

    #[test]
    fn any_length_is_sorted() {
        for n in [0, 1, 2, RUN - 1, RUN, RUN + 1, 3 * RUN + 5, 4 * RUN] {
            let items: Vec<u64> = (0..n as u64).map(|i| mix(i) % 1000).collect();
            let mut expected = items.clone();
            expected.sort_unstable();
            assert_eq!(sorted(items, u64::cmp, &Quiet).unwrap(), expected, "{n}");
        }
    }

    #[test]
    fn grouped_items_stand_together() {
        for n in [0, 1, 5, 3 * PART as u64] {
            let items: Vec<(u64, u32)> = (0..n).map(|i| (mix(i) % 1000, i as u32)).collect();
            let parts: Vec<_> = items.chunks(700).map(<[_]>::to_vec).collect();
            let found = grouped(&parts, &Quiet).unwrap();
            let mut keys: Vec<u64> = found.chunk_by(|x, y| x.0 == y.0).map(|b| b[0].0).collect();
            assert!(found.chunk_by(|x, y| x.0 == y.0).all(<[_]>::is_sorted));
            keys.sort_unstable();
            assert!(keys.windows(2).all(|k| k[0] != k[1]), "{n}");
            let mut sorted = found;
            sorted.sort_unstable();
            let mut expected = items;
            expected.sort_unstable();
            assert_eq!(sorted, expected);
        }
    }
}
