//! Sorting that can be stopped: a merge sort over runs that are sorted in parallel.

use crate::{IdentityError, ask};
use kith_model::Monitor;
use rayon::prelude::*;
use std::cmp::Ordering;

/// Numbers by the pile each belongs to, in the order they came.
#[derive(Debug)]
pub(crate) struct Piles {
    /// Those of pile `p` are `items[first[p]..first[p + 1]]`.
    first: Vec<u32>,
    items: Vec<u32>,
}

impl Piles {
    /// Deals out what `items` gives, each with its pile, of which there are `piles`; `items` is
    /// walked through twice.
    pub fn new<I: Iterator<Item = (usize, u32)>>(piles: usize, items: impl Fn() -> I) -> Self {
        let mut first = vec![0; piles + 1];
        items().for_each(|(pile, _)| first[pile + 1] += 1);
        (1..first.len()).for_each(|at| first[at] += first[at - 1]);
        let mut free = first.clone();
        let mut dealt = vec![0; first[piles] as usize];
        for (pile, item) in items() {
            let slot = &mut free[pile];
            dealt[*slot as usize] = item;
            *slot += 1;
        }
        Self { first, items: dealt }
    }

    /// Piles there are.
    pub fn len(&self) -> usize {
        self.first.len() - 1
    }

    /// The items of a pile.
    pub fn of(&self, pile: usize) -> &[u32] {
        &self.items[self.first[pile] as usize..self.first[pile + 1] as usize]
    }
}

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
    use crate::fold::mix;
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
}
