//! What a full run found, carried on over records that were linked since.

use super::link::Linked;
use crate::decided::{ASKED_OF_A_KIND, record_name};
use crate::model::weight_of;
use crate::record_key::RecordKey;
use crate::records::{ints, texts};
use crate::{IdentityError, Resolution};
use kith_model::identity::{IdentityParams, IdentitySummary, Verdict};
use kith_model::{Column, Frame, PairKey};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    decisions: &BTreeMap<PairKey, Verdict>,
) -> Result<Resolution, IdentityError> {
    let Linked { mut resolution, touched, new_pairs, run } = linked;
    let kept = untouched(before, (records, keys), &touched, &resolution.record_profile)?;
    resolution.pairs = joined(&kept, &resolution.pairs)?;
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

/// An earlier pair under present ids, and its row.
type Kept = (i64, i64, usize);

/// Rows of the earlier pairs that no touched record is in, under the present ids.
fn untouched(
    before: &Before<'_>,
    (records, keys): (&Frame, &[RecordKey]),
    touched: &[i64],
    now: &Frame,
) -> Result<Frame, IdentityError> {
    let ids = ints(records, "record_id")?;
    let of_key: HashMap<u64, i64> =
        keys.iter().zip(ids).filter_map(|(k, id)| Some((k.key, (*id)?))).collect();
    let (was, named) = (ints(before.records, "record_id")?, ints(before.records, "record_key")?);
    let present: HashMap<i64, i64> = was
        .iter()
        .zip(named)
        .filter_map(|(id, key)| Some(((*id)?, *of_key.get(&(*key)?.cast_unsigned())?)))
        .collect();
    let (left, right) = (ints(before.pairs, "left_record")?, ints(before.pairs, "right_record")?);
    let side = |id: &Option<i64>| {
        let id = *present.get(&(*id)?)?;
        touched.binary_search(&id).is_err().then_some(id)
    };
    let mut rows: Vec<Kept> = left
        .iter()
        .zip(right)
        .enumerate()
        .filter_map(|(row, (l, r))| {
            let (l, r) = (side(l)?, side(r)?);
            Some((l.min(r), l.max(r), row))
        })
        .collect();
    rows.sort_unstable();
    let record = ints(now, "record_id")?;
    let profile = ints(now, "profile_id")?;
    let at = |id: i64| {
        let at = record.binary_search(&Some(id)).ok()?;
        profile[at]
    };
    let picked = |name: &str| -> Result<Column, IdentityError> {
        Ok(match before.pairs.column(name) {
            Some(Column::Real(v)) => Column::Real(rows.iter().map(|r| v[r.2]).collect()),
            Some(Column::Text(v)) => Column::Text(rows.iter().map(|r| v[r.2].clone()).collect()),
            _ => {
                return Err(IdentityError::Column {
                    column: name.to_owned(),
                    kind: "earlier pairs",
                });
            }
        })
    };
    let int = |of: &dyn Fn(&Kept) -> Option<i64>| Column::Int(rows.iter().map(of).collect());
    Ok(Frame::default()
        .with("left_record", int(&|r| Some(r.0)))
        .with("right_record", int(&|r| Some(r.1)))
        .with("weight", picked("weight")?)
        .with("probability", picked("probability")?)
        .with("levels", picked("levels")?)
        .with("left_profile", int(&|r| at(r.0)))
        .with("right_profile", int(&|r| at(r.1))))
}

/// The rows of two frames of pairs, by record.
fn joined(a: &Frame, b: &Frame) -> Result<Frame, IdentityError> {
    let mut order: Vec<(Option<i64>, Option<i64>, usize)> = Vec::new();
    for (frame, from) in [(a, 0), (b, a.rows())] {
        let sides = ints(frame, "left_record")?.iter().zip(ints(frame, "right_record")?);
        order.extend(sides.enumerate().map(|(i, (l, r))| (*l, *r, from + i)));
    }
    order.sort_unstable();
    let n = a.rows();
    let mut all = Frame::default();
    for ((name, x), (_, y)) in a.columns.iter().zip(&b.columns) {
        macro_rules! picked {
            ($kind:path, $x:expr, $y:expr) => {
                $kind(
                    order
                        .iter()
                        .map(|o| if o.2 < n { $x[o.2].clone() } else { $y[o.2 - n].clone() })
                        .collect(),
                )
            };
        }
        let column = match (x, y) {
            (Column::Int(x), Column::Int(y)) => picked!(Column::Int, x, y),
            (Column::Real(x), Column::Real(y)) => picked!(Column::Real, x, y),
            (Column::Text(x), Column::Text(y)) => picked!(Column::Text, x, y),
            _ => {
                let column = name.clone();
                return Err(IdentityError::Column { column, kind: "earlier pairs" });
            }
        };
        all = all.with(name, column);
    }
    Ok(all)
}

/// What people said, by record ids.
struct Said {
    verdicts: BTreeMap<(i64, i64), Verdict>,
}

impl Said {
    fn read(
        records: &Frame,
        pairs: &Frame,
        decisions: &BTreeMap<PairKey, Verdict>,
    ) -> Result<Self, IdentityError> {
        let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
        let ids = ints(records, "record_id")?;
        let wanted: BTreeSet<&str> =
            decisions.keys().flat_map(|k| [k.left.as_str(), k.right.as_str()]).collect();
        let mut named: BTreeMap<String, i64> = BTreeMap::new();
        if !wanted.is_empty() && pairs.rows() > 0 {
            for (row, id) in ids.iter().enumerate() {
                let name = record_name(source[row].as_deref(), native[row].as_deref());
                if wanted.contains(name.as_str()) {
                    named.entry(name).or_insert(id.unwrap_or_default());
                }
            }
        }
        let pair = |(key, verdict): (&PairKey, &Verdict)| {
            let (a, b) = (*named.get(&key.left)?, *named.get(&key.right)?);
            Some(((a.min(b), a.max(b)), *verdict))
        };
        Ok(Self { verdicts: decisions.iter().filter_map(pair).collect() })
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
            let Some(verdict) = self.verdicts.get(&pair) else { continue };
            decided.insert(between(row));
            let pattern = pattern.as_deref().unwrap_or_default();
            let keyed = pattern.ends_with(|c: char| c.is_ascii_alphabetic());
            *taught.entry(pattern).or_default() += u64::from(!keyed && *verdict != Verdict::Unsure);
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
            *alike.entry(levels[row].as_deref().unwrap_or_default()).or_default() += 1;
        }
        let left = |p: &str| ASKED_OF_A_KIND.saturating_sub(taught.get(p).copied().unwrap_or(0));
        Ok(alike.into_iter().map(|(pattern, n)| n.min(left(pattern))).sum())
    }
}
