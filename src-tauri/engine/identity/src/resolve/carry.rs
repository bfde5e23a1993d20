//! What a full run found, carried on over records that were linked since.

use super::link::Linked;
use crate::decided::{ASKED_OF_A_KIND, record_name};
use crate::intern::{QuickMap, QuickSet};
use crate::model::weight_of;
use crate::record_key::RecordKey;
use crate::records::{ints, texts};
use crate::{IdentityError, Resolution};
use kith_model::document::Decision;
use kith_model::identity::{IdentityParams, IdentitySummary};
use kith_model::{Column, Frame, PairKey};
use std::collections::{BTreeMap, BTreeSet};

/// What the run before left.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// Its summary.
    pub summary: &'a IdentitySummary,
    /// Its `ident.pair`.
    pub pairs: &'a Frame,
    /// Its `ident.record`: record ids as they were then, with keys.
    pub records: &'a Frame,
}

/// Adds to `linked` the pairs nobody touched and the figures of the last full run. `keys`: of
/// `records`, the present ones.
///
/// # Errors
/// A missing column.
pub fn carry_on(
    linked: Linked,
    before: &Before<'_>,
    (records, keys): (&Frame, &[RecordKey]),
    params: &IdentityParams,
    decisions: &BTreeMap<PairKey, Decision>,
) -> Result<Resolution, IdentityError> {
    let Linked { mut resolution, touched, new_pairs, run } = linked;
    let present = Present::read(before.records, (records, keys), &touched)?;
    let pairs = untouched(before.pairs, &present)?;
    resolution.pairs = joined((before.pairs, pairs), &resolution)?;
    let found = &resolution.summary;
    let weights = resolution.pairs.column("weight").and_then(Column::real).unwrap_or_default();
    let least = weight_of(found.threshold);
    let said = Said::read(records, &resolution.pairs, decisions)?;
    resolution.summary = IdentitySummary {
        records: found.records,
        people: found.people,
        deterministic_links: found.deterministic_links,
        pairs: before.summary.pairs + new_pairs,
        links: weights.iter().flatten().filter(|w| **w >= least).count() as u64,
        review: said.waiting(&resolution.pairs, params.review_range(found.threshold))?,
        cluster_sizes: found.cluster_sizes.clone(),
        truth: found.truth,
        notes: found.notes.clone(),
        linked: Some(run),
        ..before.summary.clone()
    };
    Ok(resolution)
}

/// The present ids of the records that were there before and that nobody touched.
struct Present(QuickMap<i64, i64>);

impl Present {
    fn read(
        before: &Frame,
        (records, keys): (&Frame, &[RecordKey]),
        touched: &[i64],
    ) -> Result<Self, IdentityError> {
        let ids = ints(records, "record_id")?;
        let (was, named) = (ints(before, "record_id")?, ints(before, "record_key")?);
        let touched: QuickSet<i64> = touched.iter().copied().collect();
        let mut rows = Rows { keys, next: 0, of_key: None };
        let mut present = QuickMap::default();
        present.reserve(was.len());
        for (was, key) in was.iter().zip(named) {
            let row = key.and_then(|key| rows.of(key.cast_unsigned()));
            if let (Some(was), Some(id)) = (*was, row.and_then(|row| ids[row]))
                && !touched.contains(&id)
            {
                present.insert(was, id);
            }
        }
        Ok(Self(present))
    }
}

/// Rows by the keys of their records.
struct Rows<'a> {
    keys: &'a [RecordKey],
    /// Records mostly stand in the order they stood in: the row to look at first.
    next: usize,
    /// Made when a record does not.
    of_key: Option<QuickMap<u64, usize>>,
}

impl Rows<'_> {
    fn of(&mut self, key: u64) -> Option<usize> {
        let keys = self.keys;
        let all = || keys.iter().enumerate().map(|(row, k)| (k.key, row)).collect();
        let row = match keys.get(self.next) {
            Some(next) if next.key == key => self.next,
            _ => *self.of_key.get_or_insert_with(all).get(&key)?,
        };
        self.next = row + 1;
        Some(row)
    }
}

/// A pair of either run under present ids: its records, and its row among the pairs of its run.
type Row = (i64, i64, Result<usize, usize>);

/// The earlier pairs (`Ok`) whose records are present.
fn untouched(pairs: &Frame, present: &Present) -> Result<Vec<Row>, IdentityError> {
    let (left, right) = (ints(pairs, "left_record")?, ints(pairs, "right_record")?);
    let side = |id: &Option<i64>| id.and_then(|id| present.0.get(&id).copied());
    let row = |(row, (l, r))| {
        let (l, r) = (side(l)?, side(r)?);
        Some((l.min(r), l.max(r), Ok(row)))
    };
    Ok(left.iter().zip(right).enumerate().filter_map(row).collect())
}

/// Where `id` stands among ascending `ids`, which mostly leave none out.
fn place(ids: &[Option<i64>], id: i64) -> Option<usize> {
    let first = (*ids.first()?)?;
    let guess = usize::try_from(id - first).ok().filter(|&at| ids.get(at) == Some(&Some(id)));
    guess.or_else(|| ids.binary_search(&Some(id)).ok())
}

/// The `rows` of the pairs before, and all that `linked` has, by record.
fn joined(
    (before, mut rows): (&Frame, Vec<Row>),
    linked: &Resolution,
) -> Result<Frame, IdentityError> {
    let after = &linked.pairs;
    let sides = ints(after, "left_record")?.iter().zip(ints(after, "right_record")?);
    let fresh =
        |(row, (l, r)): (usize, (&Option<i64>, &Option<i64>))| Some(((*l)?, (*r)?, Err(row)));
    rows.extend(sides.enumerate().filter_map(fresh));
    rows.sort_unstable();
    let record = ints(&linked.record_profile, "record_id")?;
    let profile = ints(&linked.record_profile, "profile_id")?;
    let profile_of = |id: i64| profile[place(record, id)?];
    let mut all = Frame::default();
    for (name, new) in &after.columns {
        macro_rules! picked {
            ($kind:path, $old:expr, $new:expr) => {{
                let at = |r: &Row| match r.2 {
                    Ok(at) => $old(at),
                    Err(at) => $new(at),
                };
                $kind(rows.iter().map(at).collect())
            }};
        }
        let int = |of: &dyn Fn(&Row) -> Option<i64>| Column::Int(rows.iter().map(of).collect());
        let column = match (name.as_str(), before.column(name), new) {
            ("left_record", ..) => int(&|r| Some(r.0)),
            ("right_record", ..) => int(&|r| Some(r.1)),
            ("left_profile", ..) => int(&|r| profile_of(r.0)),
            ("right_profile", ..) => int(&|r| profile_of(r.1)),
            (_, Some(Column::Real(old)), Column::Real(new)) => {
                picked!(Column::Real, |at: usize| old[at], |at: usize| new[at])
            }
            (_, Some(Column::Text(old)), Column::Text(new)) => {
                picked!(Column::Text, |at| old.get(at), |at| new.get(at))
            }
            _ => {
                let column = name.clone();
                return Err(IdentityError::Column { column, kind: "earlier pairs" });
            }
        };
        all = all.with(name, column);
    }
    Ok(all)
}

/// The pairs decided on, by record ids, and whether each is an answer.
struct Said {
    answers: BTreeMap<(i64, i64), bool>,
}

impl Said {
    fn read(
        records: &Frame,
        pairs: &Frame,
        decisions: &BTreeMap<PairKey, Decision>,
    ) -> Result<Self, IdentityError> {
        let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
        let ids = ints(records, "record_id")?;
        let wanted: BTreeSet<&str> =
            decisions.keys().flat_map(|k| [k.left.as_str(), k.right.as_str()]).collect();
        let mut named: BTreeMap<String, i64> = BTreeMap::new();
        if !wanted.is_empty() && pairs.rows() > 0 {
            for (row, id) in ids.iter().enumerate() {
                let name = record_name(source.get(row), native.get(row));
                if wanted.contains(name.as_str()) {
                    named.entry(name).or_insert(id.unwrap_or_default());
                }
            }
        }
        let pair = |(key, decision): (&PairKey, &Decision)| {
            let (a, b) = (*named.get(&key.left)?, *named.get(&key.right)?);
            Some(((a.min(b), a.max(b)), decision.origin.teaches()))
        };
        Ok(Self { answers: decisions.iter().filter_map(pair).collect() })
    }

    /// Questions worth asking, as a full run counts them: see `Run::waiting`.
    fn waiting(&self, pairs: &Frame, open: std::ops::Range<f64>) -> Result<u64, IdentityError> {
        let records = (ints(pairs, "left_record")?, ints(pairs, "right_record")?);
        let profiles = (ints(pairs, "left_profile")?, ints(pairs, "right_profile")?);
        let levels = texts(pairs, "levels")?;
        let weights = pairs.column("weight").and_then(Column::real).unwrap_or_default();
        let (least, most) = (weight_of(open.start), weight_of(open.end));
        let between = |row: usize| {
            let (a, b) = (profiles.0[row], profiles.1[row]);
            (a.min(b), a.max(b))
        };
        let mut decided = BTreeSet::new();
        let mut taught: BTreeMap<&str, u64> = BTreeMap::new();
        for (row, pattern) in levels.iter().enumerate() {
            let pair = (records.0[row].unwrap_or(-1), records.1[row].unwrap_or(-1));
            let Some(&answer) = self.answers.get(&pair) else { continue };
            decided.insert(between(row));
            let pattern = pattern.unwrap_or_default();
            let keyed = pattern.ends_with(|c: char| c.is_ascii_alphabetic());
            *taught.entry(pattern).or_default() += u64::from(!keyed && answer);
        }
        let mut strongest: BTreeMap<(Option<i64>, Option<i64>), usize> = BTreeMap::new();
        for row in 0..pairs.rows() {
            let Some(weight) = weights[row].filter(|w| (least..most).contains(w)) else { continue };
            let ends = between(row);
            if ends.0 != ends.1 && !decided.contains(&ends) {
                let best = strongest.entry(ends).or_insert(row);
                if weights[*best].is_some_and(|w| w < weight) {
                    *best = row;
                }
            }
        }
        let mut alike: BTreeMap<&str, u64> = BTreeMap::new();
        for row in strongest.into_values() {
            *alike.entry(levels.get(row).unwrap_or_default()).or_default() += 1;
        }
        let left = |p: &str| ASKED_OF_A_KIND.saturating_sub(taught.get(p).copied().unwrap_or(0));
        Ok(alike.into_iter().map(|(pattern, n)| n.min(left(pattern))).sum())
    }
}
