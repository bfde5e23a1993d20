//! One answer for each request.

use crate::drawing;
use crate::engine::Engine;
use crate::error::{not_ready, usage};
use crate::explaining;
use crate::freezing;
use crate::hand;
use crate::mappings::{self, Known};
use crate::people;
use crate::quality;
use crate::run::basis;
use crate::session::Session;
use crate::{rejects, reviewing, sample, sources};
use kith_api::{ApiError, Capabilities, Event, Overview, Request, Response, StageStatus};
use kith_model::document::Document;
use kith_model::segments::Scatter;
use kith_model::{FileRef, Quiet, Stage, StageState};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// File name endings the importer takes.
pub(crate) const FORMATS: [&str; 27] = [
    "arrow",
    "arrows",
    "csv",
    "csv.gz",
    "csv.zst",
    "db",
    "duckdb",
    "feather",
    "json",
    "json.gz",
    "json.zst",
    "jsonl",
    "ndjson",
    "ndjson.gz",
    "ndjson.zst",
    "ods",
    "parquet",
    "sqlite",
    "sqlite3",
    "tsv",
    "tsv.gz",
    "txt",
    "xls",
    "xlsb",
    "xlsm",
    "xlsx",
    "zip",
];

/// Answers one request.
pub(crate) fn answer(engine: &Engine, request: Request) -> Result<Response, ApiError> {
    match request {
        Request::Capabilities => Ok(capabilities(engine)),
        Request::Recent => Ok(Response::Recent(sample::recent(&engine.options.data_dir))),
        Request::NewProject { folder, name } => new_project(engine, &folder, &name),
        Request::OpenProject { folder } => open_project(engine, &folder),
        Request::OpenSample { folder } => {
            sample::open(engine, folder.as_ref())?;
            overview(engine)
        }
        Request::MakeSample { folder, people, seed } => {
            sample::make(engine, &folder, people, seed)?;
            overview(engine)
        }
        Request::StarterRules => Ok(Response::StarterRules(kith_rules::starter_rules())),
        Request::CloseProject => {
            engine.close();
            Ok(Response::Done)
        }
        Request::Overview => overview(engine),
        Request::Jobs => Ok(Response::Jobs(engine.jobs.list())),
        Request::Cancel { job } => engine.jobs.cancel(job).map(|()| Response::Done),
        Request::Inspect { file } => {
            sources::inspect(&file).map(|seen| boxed_inspection(known(engine).recognise(seen)))
        }
        Request::InspectAs { source } => {
            sources::inspect_as(&source).map(|seen| boxed_inspection(known(engine).recognise(seen)))
        }
        Request::Presets => Ok(Response::Presets(known(engine).list())),
        Request::Remembering { on, forget } => {
            mappings::remembering(&engine.options.data_dir, on, forget).map(Response::Remembering)
        }
        Request::WriteChart { chart, to } => drawing::write(&chart, &to).map(Response::Written),
        with_project => answer_project(engine, with_project),
    }
}

/// Answers what needs an open project: changes here, reading in [`answer_read`].
fn answer_project(engine: &Engine, request: Request) -> Result<Response, ApiError> {
    let session = engine.session()?;
    match request {
        Request::Run { job, upto } => {
            engine.jobs.start(job, upto, session)?;
            Ok(Response::Started { job })
        }
        Request::Apply { command } => {
            let seq = session.apply(command.clone())?;
            mappings::remember(&engine.options.data_dir, &session, &command);
            changed(engine, seq)
        }
        Request::Suggest { source } => {
            known(engine).suggestions(&session, &source).map(Response::Suggestions)
        }
        Request::SavePreset { source, name } => {
            let dir = &engine.options.data_dir;
            mappings::save_preset(&session, dir, &source, &name).map(Response::Written)
        }
        Request::Undo => changed(engine, session.undo()?),
        Request::Redo => changed(engine, session.redo()?),
        Request::AddFiles { files } => {
            changed(engine, sources::add_files(&session, &files, &known(engine))?)
        }
        Request::AppendFiles { source, files } => {
            changed(engine, sources::append_files(&session, &source, &files)?)
        }
        Request::RepairFrom { source, file } => {
            changed(engine, rejects::bring_back(&session, &source, &file)?)
        }
        Request::Recheck => {
            session.results.invalidate(&session.store, Stage::Quality)?;
            Ok(Response::Done)
        }
        by_hand @ (Request::MergePeople { .. } | Request::SplitPerson { .. }) => {
            changed(engine, hand::carry_out(&session, &by_hand)?)
        }
        Request::FreezeTraining { from } => {
            changed(engine, freezing::freeze(&session, from.as_ref())?)
        }
        Request::Relearn => basis::relearn(&session).map(|()| Response::Done),
        Request::Refresh => {
            sources::refresh(&session)?;
            overview(engine)
        }
        Request::AddSources { sources } => {
            changed(engine, sources::add_sources(&session, &sources, &known(engine))?)
        }
        read => answer_read(&session, read),
    }
}

/// Presets and memory of this engine's user.
fn known(engine: &Engine) -> Known {
    Known::of(&engine.options.data_dir)
}

fn boxed_inspection(inspection: kith_model::source::Inspection) -> Response {
    Response::Inspection(Box::new(inspection))
}

/// Requests that change nothing.
fn answer_read(session: &Session, request: Request) -> Result<Response, ApiError> {
    fn kept<T: DeserializeOwned>(session: &Session, stage: Stage) -> Result<Option<T>, ApiError> {
        session.results.summary(stage)
    }
    Ok(match request {
        Request::Document => Response::Document(Box::new(session.document())),
        Request::History => Response::History(session.history()),
        Request::PreviewLink { source, entity, link } => {
            Response::Preview(mappings::preview(session, &source, entity, &link)?)
        }
        Request::CheckRow { source, text } => {
            Response::RowCheck(rejects::check(session, &source, &text)?)
        }
        Request::ExportRejects { source, to } => {
            Response::Written(rejects::export(session, &source, &to)?)
        }
        Request::Rows(ask) => Response::Rows(sources::rows(session, &ask)?),
        Request::Tables => Response::Tables(sources::tables(session)?),
        Request::Sources => Response::Sources(kept(session, Stage::Sources)?),
        Request::Mapping => Response::Mapping(kept(session, Stage::Mapping)?),
        Request::Quality => Response::Quality(kept(session, Stage::Quality)?),
        Request::Profile { table } => {
            Response::Profile(Box::new(quality::profile(session, &table, &Quiet)?))
        }
        Request::CompareTables { left, right } => {
            Response::Comparison(quality::compare(session, left, right)?)
        }
        Request::OfferImputations { table, field } => {
            Response::ImputeOffer(Box::new(quality::offer_imputations(session, table, &field)?))
        }
        Request::SuggestExpectations => {
            Response::ExpectationSuggestions(quality::suggestions(session)?)
        }
        Request::Identity => Response::Identity(kept(session, Stage::Identity)?),
        Request::Review { limit } => Response::Review(reviewing::queue(session, limit)?),
        Request::ReviewDesk => Response::ReviewDesk(Box::new(reviewing::desk(session)?)),
        Request::PersonGraph { profile } => {
            Response::PersonGraph(Box::new(reviewing::graph(session, profile)?))
        }
        Request::EstimateBlocking { params } => {
            Response::BlockingPlan(reviewing::estimate_blocking(session, *params)?)
        }
        Request::SaveModel { to } => Response::Written(freezing::save(session, &to)?),
        Request::IdentityCharts => Response::Charts(reviewing::charts(session)?),
        Request::Explain { pair } => {
            Response::Explanation(Box::new(explaining::explain(session, &pair)?))
        }
        Request::Person { profile } => Response::Person(Box::new(people::card(session, profile)?)),
        Request::FindPeople { text, limit } => {
            Response::People(people::find(session, &text, limit)?)
        }
        Request::Lineage { profile, limit } => {
            Response::Lineage(crate::lineage::view(session, profile, limit)?)
        }
        Request::PreviewGolden { params } => {
            Response::GoldenChanges(crate::golden::preview(session, &params)?)
        }
        Request::Contradictions => {
            Response::Contradictions(kith_identity::contradictions(&session.document().decisions))
        }
        Request::Features => Response::Features(kept(session, Stage::Features)?),
        Request::Segments => Response::Segments(kept(session, Stage::Segments)?),
        Request::Scatter => Response::Scatter(scatter(session)?),
        Request::Predict => Response::Predict(kept(session, Stage::Predict)?),
        Request::Recommend => Response::Recommend(kept(session, Stage::Recommend)?),
        Request::Lists { profile } => Response::Lists(people::lists(session, profile)?),
        Request::Rules => Response::Rules(kept(session, Stage::Rules)?),
        Request::Export => Response::Export(kept(session, Stage::Export)?),
        Request::WriteQualityReport { json } => {
            Response::Written(crate::report::write_quality(session, json)?)
        }
        Request::WriteComparison { left, right, json } => {
            Response::Written(crate::report::write_comparison(session, (left, right), json)?)
        }
        Request::WriteReport => Response::Written(crate::report::write(session)?),
        _ => return Err(usage("This request needs the engine, not a project")),
    })
}

fn capabilities(engine: &Engine) -> Response {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    Response::Capabilities(Capabilities {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        duckdb: engine.duckdb_version(),
        threads: engine.options.threads.unwrap_or(u32::try_from(threads).unwrap_or(1)),
        formats: FORMATS.map(str::to_owned).to_vec(),
    })
}

fn new_project(engine: &Engine, folder: &FileRef, name: &str) -> Result<Response, ApiError> {
    let folder = crate::project::Folder::named(folder, true);
    let session = Session::create(folder, name, engine.clock(), &engine.store_options())?;
    adopt(engine, session)
}

fn open_project(engine: &Engine, folder: &FileRef) -> Result<Response, ApiError> {
    let folder = crate::project::Folder::named(folder, false);
    if engine.session().is_ok_and(|open| open.folder.path() == folder.path()) {
        return overview(engine);
    }
    // Opened before the present one is closed: a project that cannot be opened costs nothing.
    let session = Session::open(folder, engine.clock(), &engine.store_options())?;
    adopt(engine, session)
}

/// Closes what is open and shows `session`.
pub(crate) fn adopt(engine: &Engine, session: Session) -> Result<Response, ApiError> {
    sample::remember(&engine.options.data_dir, &session);
    engine.close();
    engine.adopt(session);
    overview(engine)
}

fn changed(engine: &Engine, seq: u64) -> Result<Response, ApiError> {
    engine.events.send(&Event::DocumentChanged { seq });
    Ok(Response::Applied { seq })
}

fn scatter(session: &Session) -> Result<Scatter, ApiError> {
    let path = session.folder.models().join("segments-scatter.json");
    let bytes = std::fs::read(&path).map_err(|_| not_ready(Stage::Segments))?;
    serde_json::from_slice(&bytes).map_err(crate::error::internal)
}

/// How everything stands.
pub(crate) fn overview(engine: &Engine) -> Result<Response, ApiError> {
    let jobs = engine.jobs.list().into_iter().filter(|job| job.outcome.is_none()).collect();
    let Ok(session) = engine.session() else {
        return Ok(Response::Overview(closed_overview(jobs)));
    };
    let document = session.document();
    let prints = session.results.fingerprints(&document);
    let running: Option<Stage> = {
        let jobs: &Vec<kith_api::JobStatus> = &jobs;
        jobs.iter().find(|job| job.doing != "waiting").map(|job| job.stage)
    };
    let stages = Stage::ALL.map(|stage| status(&session, &document, stage, running, &prints));
    let sources: kith_model::source::SourcesSummary =
        session.results.summary(Stage::Sources)?.unwrap_or_default();
    let (rows_in, loaded, rejected) = sources.totals();
    let (undo, redo) = session.undo_redo();
    Ok(Response::Overview(Overview {
        project: Some(document.name),
        folder: Some(session.folder.file_ref()),
        stages: stages.to_vec(),
        jobs,
        rows_in,
        loaded,
        rejected,
        undo,
        redo,
        seq: session.seq(),
        disk_bytes: session.folder.bytes(),
    }))
}

fn closed_overview(jobs: Vec<kith_api::JobStatus>) -> Overview {
    Overview {
        project: None,
        folder: None,
        stages: Vec::new(),
        jobs,
        rows_in: 0,
        loaded: 0,
        rejected: 0,
        undo: None,
        redo: None,
        seq: 0,
        disk_bytes: 0,
    }
}

fn status(
    session: &Session,
    document: &Document,
    stage: Stage,
    running: Option<Stage>,
    prints: &BTreeMap<Stage, String>,
) -> StageStatus {
    let result = session.results.get(stage);
    let error = session.failure(stage);
    let fresh = result.as_ref().is_some_and(|r| r.fingerprint == prints[&stage]);
    let state = match &result {
        _ if running == Some(stage) => StageState::Running,
        _ if document.sources.is_empty() => StageState::Empty,
        _ if error.is_some() && !fresh => StageState::Attention,
        Some(r) if fresh && r.attention => StageState::Attention,
        Some(_) if fresh => StageState::Ready,
        _ => StageState::Stale,
    };
    let verdict = match (&result, &error) {
        (_, Some(error)) if !fresh => error.to_string(),
        (Some(result), _) => result.verdict.clone(),
        (None, _) => missing(document, stage),
    };
    StageStatus {
        stage,
        state,
        headline: result.as_ref().map_or_else(String::new, |r| r.headline.clone()),
        verdict,
        has_result: result.is_some(),
        error: error.filter(|_| !fresh),
        took_ms: result.map(|r| r.took_ms),
    }
}

/// What an unvisited stage says.
fn missing(document: &Document, stage: Stage) -> String {
    if document.sources.is_empty() {
        return "Nothing here yet: add files or open the sample first".to_owned();
    }
    match stage {
        Stage::Sources => "The files are not loaded yet".to_owned(),
        Stage::Mapping => "The sources are not in one schema yet".to_owned(),
        Stage::Quality => "Nothing was checked yet".to_owned(),
        Stage::Identity => "Records are not resolved into people yet".to_owned(),
        Stage::Features => "No features were computed yet".to_owned(),
        Stage::Segments => "People are not grouped yet".to_owned(),
        Stage::Predict => "No model was trained yet".to_owned(),
        Stage::Recommend => "No recommender was trained yet".to_owned(),
        Stage::Rules if document.rules.is_empty() => "There are no rules yet".to_owned(),
        Stage::Rules => "The rules were not replayed yet".to_owned(),
        Stage::Export => "No bundle was written yet".to_owned(),
    }
}
