//! Merging and splitting people by hand: journaled decisions between records, which every later
//! run honours.

use crate::error::{store_error, usage};
use crate::session::Session;
use kith_api::{ApiError, Request};
use kith_model::identity::Verdict;
use kith_model::{Column, Command, PairKey, ProfileId, Quiet};
use std::collections::{BTreeMap, BTreeSet};

/// Decisions one split may need: each record that goes against each that stays.
const MOST_PAIRS: usize = 10_000;

/// What people said so far.
pub(crate) fn verdicts(session: &Session) -> BTreeMap<PairKey, Verdict> {
    session.document().decisions.iter().map(|(p, d)| (p.clone(), d.verdict)).collect()
}

/// Names of a person's records, sorted.
fn records_of(session: &Session, profile: ProfileId) -> Result<Vec<String>, ApiError> {
    let sql = format!(
        "SELECT DISTINCT p.source || '/' || p.native_id AS name FROM canon.profile p \
         JOIN ident.record r USING (record_id) \
         WHERE r.profile_id = {} AND p.native_id IS NOT NULL ORDER BY 1",
        profile.0
    );
    let frame = session.store.frame(&sql, &Quiet).map_err(store_error)?;
    let names = frame.column("name").and_then(Column::text).unwrap_or_default();
    let names: Vec<String> = names.iter().flatten().map(str::to_owned).collect();
    if names.is_empty() {
        return Err(usage(format!("There is no person {profile} with a record that has an id"))
            .hint("Ids may have changed hands: `kith lineage` tells what became of one"));
    }
    Ok(names)
}

fn decide(pair: PairKey, verdict: Verdict, by: &str, why: &str) -> Command {
    let (by, why) = (by.to_owned(), why.to_owned());
    Command::Decide { pair, verdict: Some(verdict), at: String::new(), by, why }
}

/// Carries out a request to merge or split; answers the number of the change.
pub(crate) fn carry_out(session: &Session, request: &Request) -> Result<u64, ApiError> {
    match request {
        Request::MergePeople { profiles, by, why } => merge(session, profiles, by, why),
        Request::SplitPerson { profile, records, by, why } => {
            split(session, (*profile, records), by, why)
        }
        _ => Err(usage("This request neither merges nor splits people")),
    }
}

/// Says that `profiles` are one person.
fn merge(session: &Session, profiles: &[ProfileId], by: &str, why: &str) -> Result<u64, ApiError> {
    let profiles: BTreeSet<ProfileId> = profiles.iter().copied().collect();
    if profiles.len() < 2 {
        return Err(usage("Name at least two people to merge"));
    }
    let records =
        profiles.iter().map(|p| records_of(session, *p)).collect::<Result<Vec<_>, _>>()?;
    let said = verdicts(session);
    let whose: BTreeMap<&str, usize> = records
        .iter()
        .enumerate()
        .flat_map(|(at, names)| names.iter().map(move |n| (n.as_str(), at)))
        .collect();
    let apart = said.iter().find(|(pair, verdict)| {
        let ends = whose.get(pair.left.as_str()).zip(whose.get(pair.right.as_str()));
        **verdict == Verdict::Different && ends.is_some_and(|(a, b)| a != b)
    });
    if let Some((pair, _)) = apart {
        return Err(usage(format!(
            "{} and {} were said to be different people",
            pair.left, pair.right
        ))
        .hint("Take that decision back first, then merge"));
    }
    // All records of all of them: two that were joined alone would pull the others apart.
    let all: Vec<&String> = records.iter().flatten().collect();
    let commands = all[1..]
        .iter()
        .map(|name| decide(PairKey::new(all[0].as_str(), name.as_str()), Verdict::Same, by, why))
        .collect();
    let names: Vec<_> = profiles.iter().map(ProfileId::to_string).collect();
    session.apply(Command::Batch { title: format!("Merge {}", names.join(", ")), commands })
}

/// Says that `records` of a profile are somebody else's.
fn split(
    session: &Session,
    (profile, records): (ProfileId, &[String]),
    by: &str,
    why: &str,
) -> Result<u64, ApiError> {
    let all = records_of(session, profile)?;
    let go: BTreeSet<&String> = records.iter().collect();
    if let Some(stranger) = go.iter().find(|name| all.binary_search(name).is_err()) {
        return Err(usage(format!("{stranger} is no record of {profile}"))
            .hint(format!("Its records are {}", all.join(", "))));
    }
    let stay: Vec<&String> = all.iter().filter(|name| !go.contains(name)).collect();
    if go.is_empty() || stay.is_empty() {
        return Err(usage("A split needs at least one record that goes and one that stays"));
    }
    if go.len() * stay.len() > MOST_PAIRS {
        return Err(usage(format!(
            "Splitting {} records from {} takes {} decisions, more than {MOST_PAIRS}",
            go.len(),
            stay.len(),
            go.len() * stay.len()
        ))
        .hint("Raise the threshold, or leave out the key that ties so many records"));
    }
    let commands = go
        .iter()
        .flat_map(|a| stay.iter().map(move |b| PairKey::new(a.as_str(), b.as_str())))
        .map(|pair| decide(pair, Verdict::Different, by, why))
        .collect();
    session.apply(Command::Batch { title: format!("Split {profile}"), commands })
}
