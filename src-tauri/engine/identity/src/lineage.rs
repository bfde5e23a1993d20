//! The lineage of profiles as tables, and where one profile's records are now.

use crate::settle::Settlement;
use crate::{IdentityError, Resolution};
use kith_model::lineage::{LineageRun, ProfileFate};
use kith_model::{Column, Frame, ProfileId};
use std::collections::BTreeSet;

use crate::record_key::RecordKey;
use crate::records::ints;

impl Resolution {
    /// Puts settled ids in the place of this run's own, and each record's key beside its id.
    /// `keys`: of [`crate::record_keys`], by record, as [`Resolution::record_profile`] is.
    ///
    /// # Errors
    /// A missing column.
    pub fn adopt(&mut self, keys: &[RecordKey], settled: &Settlement) -> Result<(), IdentityError> {
        let ids: Vec<i64> =
            ints(&self.record_profile, "record_id")?.iter().copied().flatten().collect();
        let of = |record: Option<i64>| {
            let at = ids.binary_search(&record?).ok()?;
            settled.profiles.get(at).copied()
        };
        for (end, side) in [("left_profile", "left_record"), ("right_profile", "right_record")] {
            let profiles = ints(&self.pairs, side)?.iter().map(|r| of(*r)).collect();
            replace(&mut self.pairs, end, profiles);
        }
        let profiles = settled.profiles.iter().copied().map(Some).collect();
        replace(&mut self.record_profile, "profile_id", profiles);
        let signed = |of: fn(&RecordKey) -> u64| {
            Column::Int(keys.iter().map(|k| Some(of(k).cast_signed())).collect())
        };
        let frame = std::mem::take(&mut self.record_profile);
        self.record_profile =
            frame.with("record_key", signed(|k| k.key)).with("content", signed(|k| k.content));
        Ok(())
    }
}

fn replace(frame: &mut Frame, name: &str, values: Vec<Option<i64>>) {
    if let Some((_, column)) = frame.columns.iter_mut().find(|(n, _)| n == name) {
        *column = Column::Int(values);
    }
}

/// `ident.lineage_run` (a row a run) and `ident.lineage` (a row for each move of records in a
/// merge, split or loss; `into_profile` is NULL where records left the sources), oldest first.
pub fn lineage_tables(runs: &[LineageRun]) -> (Frame, Frame) {
    let int = |v: u64| Some(v.cast_signed());
    let of_runs =
        |of: fn(&LineageRun) -> u64| Column::Int(runs.iter().map(|r| int(of(r))).collect());
    let at = |run: &LineageRun| Some(run.at.clone());
    let how = runs.iter().map(|r| Some(format!("{:?}", r.how).to_lowercase())).collect();
    let per_run = Frame::default()
        .with("run", of_runs(|r| r.run))
        .with("at", Column::Text(runs.iter().map(at).collect()))
        .with("how", Column::Text(how))
        .with("records", of_runs(|r| r.records))
        .with("profiles", of_runs(|r| r.profiles))
        .with("new_profiles", of_runs(|r| r.new))
        .with("retired_profiles", of_runs(|r| r.retired))
        .with("events", of_runs(|r| r.events.len() as u64));
    let moves: Vec<_> = runs
        .iter()
        .flat_map(|r| r.events.iter().flat_map(move |e| e.moves.iter().map(move |m| (r, e, m))))
        .collect();
    let ints = |of: &dyn Fn(&LineageRun, &kith_model::lineage::Move) -> Option<i64>| {
        Column::Int(moves.iter().map(|(r, _, m)| of(r, m)).collect())
    };
    let per_move = Frame::default()
        .with("run", ints(&|r, _| int(r.run)))
        .with("at", Column::Text(moves.iter().map(|(r, ..)| at(r)).collect()))
        .with(
            "event",
            Column::Text(moves.iter().map(|(_, e, _)| Some(e.what.label().to_owned())).collect()),
        )
        .with("from_profile", ints(&|_, m| int(m.from.0)))
        .with("into_profile", ints(&|_, m| m.into.and_then(|id| int(id.0))))
        .with("records", ints(&|_, m| int(m.records)));
    (per_run, per_move)
}

/// Where the records of `profile` are after all `runs`, oldest first. `stands`: whether an id is
/// in use.
pub fn fate(
    profile: ProfileId,
    runs: &[LineageRun],
    stands: impl Fn(ProfileId) -> bool,
) -> ProfileFate {
    let mut now = BTreeSet::from([profile]);
    for event in runs.iter().flat_map(|r| &r.events) {
        if event.moves.iter().any(|m| now.contains(&m.from)) {
            let moved = event.moves.iter().filter(|m| now.contains(&m.from));
            let into: Vec<ProfileId> = moved.filter_map(|m| m.into).collect();
            now.retain(|id| event.moves.iter().all(|m| m.from != *id));
            now.extend(into);
        }
    }
    now.retain(|id| stands(*id));
    ProfileFate { profile, standing: stands(profile), now: now.into_iter().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::lineage::{LineageEvent, LineageKind, Move};

    fn run(run: u64, what: LineageKind, moves: &[(u64, Option<u64>)]) -> LineageRun {
        let moves = moves.iter().map(|&(from, into)| Move {
            from: ProfileId(from),
            into: into.map(ProfileId),
            records: 1,
        });
        let events = vec![LineageEvent { what, moves: moves.collect() }];
        LineageRun { run, events, ..LineageRun::default() }
    }

    #[test]
    fn a_fate_follows_merges_and_splits() {
        let runs = [
            run(2, LineageKind::Merged, &[(1, Some(2)), (2, Some(2))]),
            run(3, LineageKind::Split, &[(2, Some(2)), (2, Some(7))]),
            run(4, LineageKind::Gone, &[(7, None)]),
        ];
        let stands = |id: ProfileId| id.0 == 2;
        let fate = fate(ProfileId(1), &runs, stands);
        assert!(!fate.standing);
        assert_eq!(fate.now, [ProfileId(2)]);
        let (per_run, per_move) = lineage_tables(&runs);
        assert_eq!((per_run.rows(), per_move.rows()), (3, 5));
        assert_eq!(per_move.column("into_profile").and_then(Column::int).unwrap()[4], None);
    }
}
