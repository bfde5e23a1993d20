//! Merging and splitting people by hand: journaled decisions between records, which every later
//! run honours. They bind those records and are no examples to learn from: nobody was asked about
//! a pair, and one split is as many decisions as it has pairs.

use crate::error::{store_error, usage};
use crate::session::Session;
use kith_api::{ApiError, Request};
use kith_model::document::{Decision, DecisionOrigin};
use kith_model::identity::Verdict;
use kith_model::{Column, Command, PairKey, ProfileId, Quiet};
use std::collections::{BTreeMap, BTreeSet};

/// Decisions one split may need: each record that goes against each that stays.
const MOST_PAIRS: usize = 10_000;

type Decisions = BTreeMap<PairKey, Decision>;

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

/// The commands that say `verdict` of every one of `pairs`. A pair of which that was said before
/// keeps its decision: an answer goes on teaching.
fn decide(
    pairs: impl Iterator<Item = PairKey>,
    (verdict, origin): (Verdict, DecisionOrigin),
    said: &Decisions,
    (by, why): (&str, &str),
) -> Result<Vec<Command>, ApiError> {
    let open = pairs.filter(|pair| said.get(pair).is_none_or(|d| d.verdict != verdict));
    let commands: Vec<Command> = open
        .map(|pair| {
            let (at, by, why) = (String::new(), by.to_owned(), why.to_owned());
            Command::Decide { pair, verdict: Some(verdict), at, by, why, origin }
        })
        .collect();
    if commands.is_empty() {
        return Err(usage("That was said of all these records before")
            .hint("Run the identity stage: it honours what was said"));
    }
    Ok(commands)
}

/// The command that takes what was said of a pair back.
fn taken_back(pair: &PairKey, by: &str) -> Command {
    let (pair, by) = (pair.clone(), by.to_owned());
    let [at, why] = [const { String::new() }; 2];
    Command::Decide { pair, verdict: None, at, by, why, origin: DecisionOrigin::Split }
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

/// Says that `profiles` are one person. Splits that kept them apart are taken back; an answer that
/// does stands in the way.
fn merge(session: &Session, profiles: &[ProfileId], by: &str, why: &str) -> Result<u64, ApiError> {
    let profiles: BTreeSet<ProfileId> = profiles.iter().copied().collect();
    if profiles.len() < 2 {
        return Err(usage("Name at least two people to merge"));
    }
    let records =
        profiles.iter().map(|p| records_of(session, *p)).collect::<Result<Vec<_>, _>>()?;
    let said = session.document().decisions;
    let whose: BTreeMap<&str, usize> = records
        .iter()
        .enumerate()
        .flat_map(|(at, names)| names.iter().map(move |n| (n.as_str(), at)))
        .collect();
    let apart = said.iter().filter(|(pair, decision)| {
        let ends = whose.get(pair.left.as_str()).zip(whose.get(pair.right.as_str()));
        decision.verdict == Verdict::Different && ends.is_some_and(|(a, b)| a != b)
    });
    let (answers, splits): (Vec<_>, Vec<_>) = apart.partition(|(_, d)| d.origin.teaches());
    if let Some((pair, _)) = answers.first() {
        return Err(usage(format!(
            "{} and {} were said to be different people",
            pair.left, pair.right
        ))
        .hint(
            "Take that answer back beside its explanation, or answer it again with \
             `kith review --decide`, then merge",
        ));
    }
    // All records of all of them: two that were joined alone would pull the others apart.
    let all: Vec<&String> = records.iter().flatten().collect();
    let pairs = all[1..].iter().map(|name| PairKey::new(all[0].as_str(), name.as_str()));
    let merged = decide(pairs, (Verdict::Same, DecisionOrigin::Merge), &said, (by, why))?;
    let names: Vec<_> = profiles.iter().map(ProfileId::to_string).collect();
    let names = names.join(", ");
    let title = match splits.len() {
        0 => format!("Merge {names}"),
        _ => format!("Merge {names}, which takes a split back"),
    };
    // A split has as many decisions as it has pairs: nobody should have to take back each.
    let commands = splits.into_iter().map(|(pair, _)| taken_back(pair, by)).chain(merged).collect();
    session.apply(Command::Batch { title, commands })
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
    let pairs =
        go.iter().flat_map(|a| stay.iter().map(move |b| PairKey::new(a.as_str(), b.as_str())));
    let said = session.document().decisions;
    let commands = decide(pairs, (Verdict::Different, DecisionOrigin::Split), &said, (by, why))?;
    session.apply(Command::Batch { title: format!("Split {profile}"), commands })
}
