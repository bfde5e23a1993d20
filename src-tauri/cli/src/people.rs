//! Commands about people: what became of their ids, merging and splitting them by hand.

use crate::Ended;
use crate::args::Project;
use crate::output::Output;
use crate::project::{login, usage};
use crate::session::{Session, answer};
use crate::show;
use clap::Args as ClapArgs;
use kith_api::{ApiError, Request};
use kith_model::lineage::{Lineage, LineageRun, RunKind};
use kith_model::{ProfileId, Stage};
use serde_json::json;
use std::fmt::Write;

/// `kith lineage`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kith lineage shop.kith\n  kith lineage shop.kith --profile p0000098"
)]
pub(crate) struct LineageArgs {
    #[command(flatten)]
    pub project: Project,
    /// What became of this profile: p0000098 or 98
    #[arg(long, value_name = "ID")]
    pub profile: Option<String>,
    /// Newest runs to list
    #[arg(long, default_value_t = 20)]
    pub limit: u32,
}

/// `kith merge`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "Example:\n  kith merge shop.kith p0000012 p0000098 --why \"married name\"")]
pub(crate) struct Merge {
    #[command(flatten)]
    pub project: Project,
    /// Profiles that are one person
    #[arg(required = true, num_args = 2.., value_name = "ID")]
    pub profiles: Vec<String>,
    /// Why, kept with the decisions
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub why: String,
}

/// `kith split`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Example:\n  kith split shop.kith p0000012 crm/c-17 newsletter/8 --why \"father and son\""
)]
pub(crate) struct Split {
    #[command(flatten)]
    pub project: Project,
    /// The profile to split
    pub profile: String,
    /// Its records that are somebody else's, as source/id
    #[arg(required = true, value_name = "RECORD")]
    pub records: Vec<String>,
    /// Why, kept with the decisions
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub why: String,
}

pub(crate) fn merge(session: &Session, asked: &Merge, out: &Output) -> Result<Ended, ApiError> {
    let profiles = asked.profiles.iter().map(|id| profile_id(id)).collect::<Result<Vec<_>, _>>()?;
    session.run(Stage::Identity)?;
    session.call(Request::MergePeople { profiles, by: login(), why: asked.why.clone() })?;
    session.run(Stage::Identity)?;
    show::stage(session, Stage::Identity, out)
}

pub(crate) fn split(session: &Session, asked: &Split, out: &Output) -> Result<Ended, ApiError> {
    let profile = profile_id(&asked.profile)?;
    session.run(Stage::Identity)?;
    let (records, why) = (asked.records.clone(), asked.why.clone());
    session.call(Request::SplitPerson { profile, records, by: login(), why })?;
    session.run(Stage::Identity)?;
    show::stage(session, Stage::Identity, out)
}

/// Lists decisions that contradict each other.
pub(crate) fn conflicts(session: &Session, out: &Output) -> Result<Ended, ApiError> {
    let found = answer!(session.call(Request::Contradictions)?, Contradictions)?;
    let mut text = String::new();
    for conflict in &found {
        let _ = writeln!(text, "{}", conflict.sentence());
    }
    if found.is_empty() {
        text.push_str("No decision contradicts another\n");
    }
    out.result(&json!(found), &text);
    Ok(if found.is_empty() { Ended::Done } else { Ended::Findings })
}

/// A profile id as people write it: `p0000098` or `98`.
pub(crate) fn profile_id(text: &str) -> Result<ProfileId, ApiError> {
    let digits = text.trim().trim_start_matches(['p', 'P']);
    digits
        .parse()
        .map(ProfileId)
        .map_err(|_| usage(format!("{text} is no profile id")).hint("Write it as p0000098 or 98"))
}

/// Lists the runs that changed profiles, or what became of one.
pub(crate) fn lineage(
    session: &Session,
    asked: &LineageArgs,
    out: &Output,
) -> Result<Ended, ApiError> {
    let profile = asked.profile.as_deref().map(profile_id).transpose()?;
    let ask = Request::Lineage { profile, limit: asked.limit };
    let lineage = answer!(session.call(ask)?, Lineage)?;
    out.result(&json!(lineage), &text(&lineage));
    Ok(Ended::Done)
}

fn names(ids: &[ProfileId]) -> String {
    ids.iter().map(ProfileId::to_string).collect::<Vec<_>>().join(", ")
}

fn text(lineage: &Lineage) -> String {
    let mut text = String::new();
    if let Some(fate) = &lineage.fate {
        let said = match (fate.standing, fate.now.as_slice()) {
            (true, [only]) if *only == fate.profile => "is in use".to_owned(),
            (true, now) => format!("is in use; its records are in {}", names(now)),
            (false, []) => "is not in use".to_owned(),
            (false, now) => format!("was retired; its records are in {}", names(now)),
        };
        let _ = writeln!(text, "{} {said}", fate.profile);
    }
    for run in &lineage.runs {
        let _ = writeln!(text, "{}", run_line(run));
        for event in &run.events {
            let into = event.after();
            let into = if into.is_empty() { "nobody".to_owned() } else { names(&into) };
            let _ =
                writeln!(text, "    {}: {} -> {into}", event.what.label(), names(&event.before()));
        }
    }
    if lineage.runs.is_empty() {
        text.push_str("Nothing was merged, split or lost\n");
    }
    text
}

fn run_line(run: &LineageRun) -> String {
    let how = if run.how == RunKind::Full { "full run" } else { "new records linked" };
    format!(
        "run {}  {}  {how}: {} profiles of {} records, {} new, {} retired",
        run.run, run.at, run.profiles, run.records, run.new, run.retired
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_they_are_shown() {
        let id = ProfileId(98);
        assert_eq!(profile_id(&id.to_string()).ok(), Some(id));
        assert_eq!(profile_id("98").ok(), Some(id));
        assert!(profile_id("somebody").is_err());
    }
}
