//! One person as a graph of records: which links hold, and which of them holds two parts together
//! alone.

use crate::IdentityError;
use crate::cards::{cards, rows_by_id};
use crate::compare::Comparer;
use crate::decided::record_name;
use crate::model::{KEY_WEIGHT, MatchModel, Scorer, probability, weight_of};
use crate::records::{Records, ints, texts};
use kith_model::document::Decision;
use kith_model::identity::{IdentityParams, Verdict};
use kith_model::person_graph::{GraphLink, LinkKind, PersonGraph};
use kith_model::{Column, Frame, PairKey, ProfileId, Quiet, Valid};
use std::collections::{BTreeMap, BTreeSet};

/// Records up to which every pair is weighed.
const MOST_RECORDS: usize = 200;

/// Weak links shown, at most, for each record.
const WEAK_EACH: usize = 2;

/// What a person's graph is made of.
pub struct GraphInput<'a> {
    /// Who.
    pub profile: ProfileId,
    /// Rows of [`crate::records_of_people_sql`] of this person.
    pub records: &'a Frame,
    /// Rows of [`crate::pairs_of_people_sql`] of this person.
    pub pairs: &'a Frame,
    /// The model of the last run.
    pub model: &'a MatchModel,
    /// Settings in force.
    pub params: &'a Valid<IdentityParams>,
    /// What people said.
    pub decisions: &'a BTreeMap<PairKey, Decision>,
    /// What each source is called on screen.
    pub titles: &'a BTreeMap<String, String>,
}

/// The graph of one person. Pairs that blocking never made are weighed too, so that a link that
/// only an average holds is seen for what it is. Of more than 200 records only the pairs that the
/// run kept are shown.
///
/// # Errors
/// A column is missing.
pub fn graph(input: &GraphInput<'_>) -> Result<PersonGraph, IdentityError> {
    let threshold = input.params.threshold.unwrap_or(input.model.threshold);
    let all = weighed(input, weight_of(threshold))?;
    let (mut strong, weak): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|link| link.kind != LinkKind::Weak);
    let n = input.records.rows();
    for at in 0..strong.len() {
        strong[at].cuts_off = cut_off(n, &strong, at);
    }
    strong.extend(shown_weak(n, &strong, weak));
    Ok(PersonGraph {
        profile: input.profile,
        threshold,
        records: cards(&without_owner(input.records), input.titles)?,
        links: strong,
    })
}

/// The rows without the column that says whose they are.
fn without_owner(records: &Frame) -> Frame {
    let columns = records.columns.iter().filter(|(name, _)| name != "profile_id").cloned();
    Frame { columns: columns.collect() }
}

/// Every link, strongest first.
fn weighed(input: &GraphInput<'_>, least: f64) -> Result<Vec<GraphLink>, IdentityError> {
    let records = input.records;
    let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
    let name = |row: usize| record_name(source.get(row), native.get(row));
    let mut links: BTreeMap<(usize, usize), (f64, LinkKind)> = BTreeMap::new();
    let kind = |weight: f64| if weight >= least { LinkKind::Strong } else { LinkKind::Weak };
    let read = Records::read(&without_owner(records), &Quiet)?;
    if read.len() <= MOST_RECORDS {
        let comparer = Comparer::new(&read, input.params);
        let scorer = Scorer::new(input.model, &read);
        for a in 0..read.len() {
            for b in (a + 1..read.len()).filter(|&b| comparer.may_meet(a, b)) {
                let weight = scorer.weigh(comparer.compare(a, b), a, b).total();
                let (x, y) = (read.row[a] as usize, read.row[b] as usize);
                links.insert((x.min(y), x.max(y)), (weight, kind(weight)));
            }
        }
    }
    let rows = rows_by_id(records)?;
    let (left, right) = (ints(input.pairs, "left_record")?, ints(input.pairs, "right_record")?);
    let weights = input.pairs.column("weight").and_then(Column::real).unwrap_or_default();
    let levels = texts(input.pairs, "levels")?;
    for i in 0..left.len() {
        let row = |id: Option<i64>| rows.get(&id?).copied();
        let (Some(x), Some(y)) = (row(left[i]), row(right[i])) else { continue };
        let Some(weight) = weights.get(i).copied().flatten() else { continue };
        // A letter behind the levels names the key that links the two.
        let keyed = levels.get(i).is_some_and(|l| l.ends_with(char::is_alphabetic));
        let kind = if keyed { LinkKind::Key } else { kind(weight) };
        links.insert((x.min(y), x.max(y)), (weight, kind));
    }
    let link = |((from, to), (weight, kind)): ((usize, usize), (f64, LinkKind))| {
        let key = PairKey::new(name(from), name(to));
        let verdict = input.decisions.get(&key).map(|d| d.verdict);
        let said = verdict == Some(Verdict::Same);
        let weight = if said { weight.max(KEY_WEIGHT) } else { weight };
        GraphLink {
            from: from as u32,
            to: to as u32,
            key,
            weight,
            probability: probability(weight),
            kind: if said { LinkKind::Said } else { kind },
            cuts_off: Vec::new(),
            verdict,
        }
    };
    let mut all: Vec<GraphLink> = links.into_iter().map(link).collect();
    all.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.from, x.to).cmp(&(y.from, y.to))));
    Ok(all)
}

/// The smaller side of the person without link `at`; empty when the others hold it together, or
/// when its ends were apart all along.
fn cut_off(n: usize, links: &[GraphLink], at: usize) -> Vec<u32> {
    let others = |&i: &usize| i != at;
    let reach = |from: u32| {
        let mut seen = BTreeSet::from([from]);
        let mut next = vec![from];
        while let Some(here) = next.pop() {
            for link in (0..links.len()).filter(others).map(|i| &links[i]) {
                for (a, b) in [(link.from, link.to), (link.to, link.from)] {
                    if a == here && seen.insert(b) {
                        next.push(b);
                    }
                }
            }
        }
        seen
    };
    let side = reach(links[at].from);
    if side.contains(&links[at].to) {
        return Vec::new();
    }
    let other = reach(links[at].to);
    let smaller = if other.len() < side.len() { other } else { side };
    if smaller.len() < n { smaller.into_iter().collect() } else { Vec::new() }
}

/// The strongest weak links of each record, and all that tie parts without a link that holds.
fn shown_weak(n: usize, strong: &[GraphLink], weak: Vec<GraphLink>) -> Vec<GraphLink> {
    let mut forest = crate::forest::Forest::new(n);
    for link in strong {
        forest.join(link.from, link.to);
    }
    let mut shown = vec![0; n];
    weak.into_iter()
        .filter(|link| {
            let ties = forest.join(link.from, link.to);
            let ends = [link.from as usize, link.to as usize];
            let room = ends.iter().all(|&end| shown[end] < WEAK_EACH);
            if ties || room || link.verdict.is_some() {
                ends.into_iter().for_each(|end| shown[end] += 1);
                true
            } else {
                false
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(from: u32, to: u32) -> GraphLink {
        GraphLink {
            from,
            to,
            key: PairKey::new("a/1", "b/1"),
            weight: 5.0,
            probability: 0.97,
            kind: LinkKind::Strong,
            cuts_off: Vec::new(),
            verdict: None,
        }
    }

    #[test]
    fn a_bridge_cuts_off_the_smaller_side_and_a_ring_has_none() {
        // A triangle 0-1-2, a bridge 2-3, a leaf 3-4.
        let links = [link(0, 1), link(1, 2), link(0, 2), link(2, 3), link(3, 4)];
        let cuts: Vec<Vec<u32>> = (0..links.len()).map(|at| cut_off(5, &links, at)).collect();
        assert_eq!(cuts, [vec![], vec![], vec![], vec![3, 4], vec![4]]);
    }

    #[test]
    fn weak_links_that_tie_parts_together_are_always_shown() {
        let weak = vec![link(0, 1), link(0, 2), link(0, 3), link(1, 2), link(1, 3)];
        let shown = shown_weak(4, &[], weak);
        let ends: Vec<(u32, u32)> = shown.iter().map(|l| (l.from, l.to)).collect();
        assert_eq!(ends, [(0, 1), (0, 2), (0, 3), (1, 2)], "all hang together, 1 and 0 are full");
    }
}
