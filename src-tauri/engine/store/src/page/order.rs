//! Orders found once and kept as row numbers.

use super::PageAsk;
use std::sync::{Arc, Mutex};

/// Rows beyond which an order is not kept: 64 million take 256 MiB.
pub(super) const MOST: u64 = 64_000_000;

/// Orders kept at once: going back to the one before is instant.
const KEPT: usize = 3;

/// Row numbers of a table in some order.
pub(crate) struct RowNumbers(pub(super) Vec<u32>);

impl RowNumbers {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The numbers of a page; fewer at the end.
    pub(super) fn part(&self, offset: u64, limit: u32) -> Vec<u32> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        let end = start.saturating_add(limit as usize).min(self.0.len());
        self.0[start..end].to_vec()
    }
}

/// An order on its way or found; found as `None` when its numbers do not fit.
pub(super) type Slot = Arc<Mutex<Option<Option<Arc<RowNumbers>>>>>;

/// The orders used last, the newest at the end.
#[derive(Default)]
pub(super) struct Orders(Vec<(PageAsk, Slot)>);

impl Orders {
    /// The place of an order, made when it is new; the longest unused goes when there are too
    /// many.
    pub(super) fn slot(&mut self, scope: PageAsk) -> Slot {
        let slot = match self.0.iter().position(|(known, _)| *known == scope) {
            Some(at) => self.0.remove(at).1,
            None => Slot::default(),
        };
        self.0.push((scope, slot.clone()));
        if self.0.len() > KEPT {
            self.0.remove(0);
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::PageSource;

    #[test]
    fn a_part_ends_where_the_order_ends() {
        let numbers = RowNumbers(vec![5, 3, 8]);
        assert_eq!(numbers.part(1, 9), [3, 8]);
        assert!(numbers.part(7, 2).is_empty());
    }

    #[test]
    fn the_longest_unused_order_goes() {
        let ask = |n: usize| PageAsk::first(PageSource::Query(n.to_string()), 0);
        let mut orders = Orders::default();
        let first = orders.slot(ask(0));
        for n in 1..KEPT {
            orders.slot(ask(n));
        }
        assert!(Arc::ptr_eq(&first, &orders.slot(ask(0))), "still known");
        orders.slot(ask(KEPT));
        assert!(Arc::ptr_eq(&first, &orders.slot(ask(0))), "used lately");
        assert_eq!(orders.0.len(), KEPT);
        assert!(orders.0.iter().all(|(known, _)| *known != ask(1)));
    }
}
