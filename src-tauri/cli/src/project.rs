//! Commands on a project.

use crate::Ended;
use crate::args::{Command as C, Project};
use crate::check;
use crate::golden;
use crate::impute;
use crate::map;
use crate::output::Output;
use crate::people;
use crate::resolve;
use crate::review;
use crate::session::{Session, answer, file_ref};
use crate::show;
use kith_api::{ApiError, ErrorCode, Request, RowsAsk, TableRef};
use kith_model::document::DecisionOrigin;
use kith_model::identity::Verdict;
use kith_model::source::{ReadOptions, Source};
use kith_model::{Command, PairKey, SourceId, Stage};
use serde_json::json;
use std::path::{Path, PathBuf};

pub(crate) fn run(command: C, out: &Output) -> Result<Ended, ApiError> {
    match command {
        C::New { folder, name } => new(&folder, name, out),
        C::Open(project) => with(&project, |s| show::overview(s, out)),
        C::Import { project, files, refresh, append, part } => with(&project, |session| {
            if refresh {
                session.call(Request::Refresh)?;
            }
            match append {
                Some(source) => {
                    let files = files.iter().map(|file| file_ref(file)).collect();
                    session.call(Request::AppendFiles { source: SourceId(source), files })?;
                }
                None if files.is_empty() => {}
                None => add(session, &files, &part.options())?,
            }
            session.run(Stage::Sources)?;
            show::stage(session, Stage::Sources, out)
        }),
        C::Map(asked) => with(&asked.project, |session| map::run(session, &asked, out)),
        C::Check(asked) => with(&asked.project, |session| check::run(session, &asked, out)),
        C::Impute(asked) => with(&asked.project, |session| impute::run(session, &asked, out)),
        C::Resolve(asked) => with(&asked.project, |session| resolve::run(session, &asked, out)),
        C::Review(asked) => with(&asked.project, |session| review::run(session, &asked, out)),
        C::Lineage(asked) => with(&asked.project, |session| people::lineage(session, &asked, out)),
        C::Golden(asked) => with(&asked.project, |session| golden::run(session, &asked, out)),
        C::Merge(asked) => with(&asked.project, |session| people::merge(session, &asked, out)),
        C::Split(asked) => with(&asked.project, |session| people::split(session, &asked, out)),
        C::Run { project, upto } => with(&project, |session| {
            session.run(stage_named(&upto)?)?;
            show::overview(session, out)
        }),
        C::Export(project) => with(&project, |session| {
            session.run(Stage::Export)?;
            show::export(session, out)
        }),
        C::Report { project, out: target } => {
            with(&project, |session| report(session, target.as_deref(), out))
        }
        C::Query { project, sql, limit } => with(&project, |session| {
            let table = TableRef::Query { sql: sql.clone() };
            let ask = RowsAsk::first(table, limit.clamp(1, 2000));
            let page = answer!(session.call(Request::Rows(ask))?, Rows)?;
            show::rows(&page, out)
        }),
        C::History(project) => with(&project, |session| show::history(session, out)),
        C::Undo(project) => with(&project, |session| {
            session.call(Request::Undo)?;
            show::history(session, out)
        }),
        C::Redo(project) => with(&project, |session| {
            session.call(Request::Redo)?;
            show::history(session, out)
        }),
        C::Verify { bundle } => show::verify(&bundle, out),
        tuned => tune(tuned, out),
    }
}

/// Commands that change a stage's settings and run it.
fn tune(command: C, out: &Output) -> Result<Ended, ApiError> {
    match command {
        C::Features { project, as_of } => with(&project, |session| {
            if as_of.is_some() {
                let mut params = document(session)?.features;
                params.as_of.clone_from(&as_of);
                session.apply(Command::SetFeatures { params })?;
            }
            finish(session, Stage::Features, out)
        }),
        C::Segments { project, k, seed } => with(&project, |session| {
            let before = document(session)?.segments;
            let mut params = before.clone();
            params.k = k.unwrap_or(params.k);
            params.seed = seed.unwrap_or(params.seed);
            if params != before {
                session.apply(Command::SetSegments { params })?;
            }
            finish(session, Stage::Segments, out)
        }),
        C::Predict { project, horizon_days } => with(&project, |session| {
            if let Some(days) = horizon_days {
                let mut params = document(session)?.predict;
                params.horizon_days = days;
                session.apply(Command::SetPredict { params })?;
            }
            finish(session, Stage::Predict, out)
        }),
        C::Recommend { project, popularity_mix } => with(&project, |session| {
            if let Some(mix) = popularity_mix {
                let mut params = document(session)?.recommend;
                params.popularity_mix = mix;
                session.apply(Command::SetRecommend { params })?;
            }
            finish(session, Stage::Recommend, out)
        }),
        C::Rules { project, starter } => with(&project, |session| {
            if starter {
                let rules = answer!(session.call(Request::StarterRules)?, StarterRules)?;
                let commands = rules.into_iter().map(|rule| Command::PutRule { rule }).collect();
                let title = "Add starter rules".to_owned();
                session.apply(Command::Batch { title, commands })?;
            }
            finish(session, Stage::Rules, out)
        }),
        _ => Err(usage("This command needs no project")),
    }
}

/// Adds files with all their tables, or the one table the options pick.
fn add(session: &Session, files: &[PathBuf], options: &ReadOptions) -> Result<(), ApiError> {
    let files: Vec<_> = files.iter().map(|file| file_ref(file)).collect();
    if options == &ReadOptions::default() {
        return session.call(Request::AddFiles { files }).map(|_| ());
    }
    let mut sources = Vec::new();
    for file in files {
        let seen = answer!(session.call(Request::Inspect { file })?, Inspection)?;
        sources.push(Source { options: options.clone(), ..seen.source });
    }
    session.call(Request::AddSources { sources }).map(|_| ())
}

pub(crate) fn usage(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::Usage, message)
}

fn with(
    project: &Project,
    act: impl FnOnce(&Session) -> Result<Ended, ApiError>,
) -> Result<Ended, ApiError> {
    act(&Session::open(&project.project)?)
}

fn finish(session: &Session, stage: Stage, out: &Output) -> Result<Ended, ApiError> {
    session.run(stage)?;
    show::stage(session, stage, out)
}

pub(crate) fn document(session: &Session) -> Result<kith_model::Document, ApiError> {
    answer!(session.call(Request::Document)?, Document).map(|document| *document)
}

fn new(folder: &Path, name: Option<String>, out: &Output) -> Result<Ended, ApiError> {
    let stem = folder.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let session = Session::start();
    let folder = file_ref(folder);
    session.call(Request::NewProject { folder, name: name.unwrap_or(stem) })?;
    show::overview(&session, out)
}

fn stage_named(key: &str) -> Result<Stage, ApiError> {
    Stage::ALL.into_iter().find(|s| s.key() == key).ok_or_else(|| {
        let known: Vec<_> = Stage::ALL.iter().map(|s| s.key()).collect();
        usage(format!("There is no stage named {key}"))
            .hint(format!("Choose one of {}", known.join(", ")))
    })
}

/// Records a decision as the one who is logged in.
pub(crate) fn decide(
    session: &Session,
    pair: PairKey,
    verdict: Verdict,
    why: &str,
) -> Result<(), ApiError> {
    // Without a moment of ours the engine's clock decides.
    let (at, by, why) = (String::new(), login(), why.to_owned());
    session.apply(Command::Decide {
        pair,
        verdict: Some(verdict),
        at,
        by,
        why,
        origin: DecisionOrigin::Review,
    })
}

/// Who is logged in.
pub(crate) fn login() -> String {
    std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_default()
}

fn report(session: &Session, target: Option<&Path>, out: &Output) -> Result<Ended, ApiError> {
    let written = answer!(session.call(Request::WriteReport)?, Written)?;
    let place = match target {
        None => written.0,
        Some(target) => {
            std::fs::copy(&written.0, target).map_err(|e| {
                ApiError::new(ErrorCode::Io, format!("The report cannot be written: {}", e.kind()))
                    .at(target.display().to_string())
                    .hint("Choose a folder you may write to")
            })?;
            target.display().to_string()
        }
    };
    out.result(&json!({ "report": place }), &format!("Report: {place}"));
    Ok(Ended::Done)
}
