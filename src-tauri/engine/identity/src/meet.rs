//! Which blocking rules bring two records together.

use crate::blocking::{Way, ways};
use crate::records::Records;
use kith_model::identity::{BlockingEstimate, IdentityParams};
use rayon::prelude::*;

/// What a rule does with two records.
pub(crate) struct Met {
    /// Rule, as shown.
    pub rule: String,
    /// Records of the smallest block the two share; 0 when they share none.
    pub records: u64,
    /// The last run left that block out, or the whole rule.
    pub skipped: bool,
}

/// Tries every rule in force on records `a` and `b`. `estimates`: what the last run found out about
/// each rule; a rule it does not know is judged by the cap on pairs.
pub(crate) fn meet(
    r: &Records,
    (params, estimates): (&IdentityParams, &[BlockingEstimate]),
    (a, b): (usize, usize),
) -> Vec<Met> {
    let (telling, loose) = ways(params);
    telling.iter().chain(&loose).map(|way| met(r, way, (params, estimates), (a, b))).collect()
}

fn met(
    r: &Records,
    way: &Way<'_>,
    (params, estimates): (&IdentityParams, &[BlockingEstimate]),
    (a, b): (usize, usize),
) -> Met {
    let keys_of = |record: usize| {
        let mut keys = Vec::new();
        way.keys(r, record, &mut keys);
        keys
    };
    let mut shared = keys_of(a);
    let others = keys_of(b);
    shared.retain(|key| others.contains(key));
    let members = |key: &u64| {
        let holds = |&record: &usize| keys_of(record).contains(key);
        (0..r.len()).into_par_iter().filter(holds).count() as u64
    };
    let records = shared.iter().map(members).min().unwrap_or(0);
    let rule = way.name();
    let skipped = match estimates.iter().find(|e| e.rule == rule) {
        Some(known) => known.largest_kept.is_none_or(|most| records > most),
        None => records * records.saturating_sub(1) / 2 > params.max_block_pairs,
    };
    Met { rule, records, skipped }
}
