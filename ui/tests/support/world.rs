//! A project as a scripted engine holds it.

use super::{models, people, quality, review, sources};
use kith_api::{
    ApiError, Capabilities, ErrorCode, Event, HistoryEntry, HistoryView, JobStatus, Overview,
    RecentProject, Request, Response, StageStatus,
};
use kith_model::document::Document;
use kith_model::mapping::Remembering;
use kith_model::{Command, FileRef, Stage, StageState};

/// A folder where no project can be made.
pub const NO_ROOM: &str = "/read-only/Customers.kith";

pub struct World {
    pub open: bool,
    pub computed: bool,
    pub document: Document,
    pub past: Vec<(Document, String)>,
    pub future: Vec<(Document, String)>,
    pub jobs: Vec<JobStatus>,
    pub states: Vec<(Stage, StageState)>,
    pub seq: u64,
    /// Pairs in the review.
    pub pairs: usize,
    pub remembering: Remembering,
    /// Decisions that cannot all hold.
    pub contradictions: Vec<kith_model::identity::Contradiction>,
}

impl World {
    /// Everything computed.
    pub fn ready() -> Self {
        Self {
            open: true,
            computed: true,
            document: sources::document(),
            past: vec![(Document::default(), "Tune segments: k = 6".to_owned())],
            future: Vec::new(),
            jobs: Vec::new(),
            states: Vec::new(),
            seq: 41,
            pairs: 6,
            remembering: Remembering { on: true, links: 23 },
            contradictions: Vec::new(),
        }
    }

    /// No project.
    pub fn closed() -> Self {
        Self { open: false, ..Self::ready() }
    }

    /// A project with nothing in it.
    pub fn empty() -> Self {
        let document = Document { name: "Client A".to_owned(), ..Document::default() };
        Self { computed: false, document, past: Vec::new(), ..Self::ready() }
    }

    fn state(&self, stage: Stage) -> StageState {
        if let Some((_, state)) = self.states.iter().find(|(s, _)| *s == stage) {
            return *state;
        }
        if self.document.sources.is_empty() {
            return StageState::Empty;
        }
        match (self.computed, stage) {
            (false, _) => StageState::Stale,
            (true, Stage::Quality | Stage::Identity) => StageState::Attention,
            _ => StageState::Ready,
        }
    }

    pub fn overview(&self) -> Overview {
        let stages = Stage::ALL
            .into_iter()
            .map(|stage| {
                let (headline, verdict) = words(stage);
                let computed = self.computed && !self.document.sources.is_empty();
                StageStatus {
                    stage,
                    state: self.state(stage),
                    headline: if computed { headline.to_owned() } else { String::new() },
                    verdict: if computed {
                        verdict.to_owned()
                    } else {
                        "Add files first: nothing to work on yet".to_owned()
                    },
                    has_result: computed,
                    error: None,
                    took_ms: computed.then_some(840),
                }
            })
            .collect();
        let (rows_in, loaded, rejected) =
            if self.computed { sources::summary().totals() } else { (0, 0, 0) };
        Overview {
            project: self.open.then(|| self.document.name.clone()),
            folder: self.open.then(|| FileRef("/home/ada/projects/northpeak.kith".to_owned())),
            stages,
            jobs: self.jobs.clone(),
            rows_in,
            loaded,
            rejected,
            undo: self.past.last().map(|(_, t)| t.clone()),
            redo: self.future.last().map(|(_, t)| t.clone()),
            seq: self.seq,
            disk_bytes: 148_300_000,
        }
    }

    fn change(&mut self, command: &Command) -> Result<Response, ApiError> {
        let next = command.apply(&self.document).map_err(|e| {
            let mut error = ApiError::new(ErrorCode::BadInput, e.to_string());
            if let kith_model::CommandError::Settings(broken) = e {
                error.broken = broken;
            }
            error
        })?;
        let old = std::mem::replace(&mut self.document, next);
        self.past.push((old, command.title()));
        self.future.clear();
        self.seq += 1;
        Ok(Response::Applied { seq: self.seq })
    }

    fn step(&mut self, back: bool) -> Result<Response, ApiError> {
        let (from, to) = if back {
            (&mut self.past, &mut self.future)
        } else {
            (&mut self.future, &mut self.past)
        };
        let (document, title) = from
            .pop()
            .ok_or_else(|| ApiError::new(ErrorCode::Usage, "There is nothing to undo"))?;
        to.push((std::mem::replace(&mut self.document, document), title));
        self.seq += 1;
        Ok(Response::Applied { seq: self.seq })
    }

    /// The answer to a request, and what the engine says after it.
    pub fn answer(&mut self, request: &Request) -> (Result<Response, ApiError>, Vec<Event>) {
        let change = matches!(request, Request::Apply { .. } | Request::Undo | Request::Redo);
        let result = self.reply(request);
        let events = if change && result.is_ok() {
            vec![Event::DocumentChanged { seq: self.seq }]
        } else {
            Vec::new()
        };
        (result, events)
    }

    fn reply(&mut self, request: &Request) -> Result<Response, ApiError> {
        let known = self.computed && !self.document.sources.is_empty();
        Ok(match request {
            Request::Capabilities => Response::Capabilities(Capabilities {
                version: "0.1.0".to_owned(),
                duckdb: "1.5.6".to_owned(),
                threads: 8,
                formats: ["csv", "tsv", "ndjson", "parquet", "gz", "zst"].map(str::to_owned).into(),
            }),
            Request::Recent => Response::Recent(recent()),
            Request::Overview => Response::Overview(self.overview()),
            Request::OpenSample { .. } | Request::OpenProject { .. } => {
                *self = Self::ready();
                Response::Overview(self.overview())
            }
            Request::NewProject { folder, .. } if folder.0 == NO_ROOM => {
                return Err(ApiError::new(ErrorCode::Io, "No project can live here"));
            }
            Request::NewProject { .. } => {
                *self = Self::empty();
                Response::Overview(self.overview())
            }
            Request::CloseProject => {
                self.open = false;
                Response::Done
            }
            Request::Document => Response::Document(Box::new(self.document.clone())),
            Request::Apply { command } => self.change(command)?,
            Request::Undo => self.step(true)?,
            Request::Redo => self.step(false)?,
            Request::History => Response::History(history()),
            Request::Run { job, .. } => Response::Started { job: *job },
            Request::Cancel { .. }
            | Request::AddFiles { .. }
            | Request::AddSources { .. }
            | Request::AppendFiles { .. }
            | Request::Refresh
            | Request::Relearn
            | Request::FreezeTraining { .. }
            | Request::MergePeople { .. }
            | Request::SplitPerson { .. }
            | Request::Recheck => Response::Done,
            Request::Lineage { profile, .. } => Response::Lineage(review::lineage(*profile)),
            Request::Contradictions => Response::Contradictions(self.contradictions.clone()),
            Request::EstimateBlocking { params } => {
                Response::BlockingPlan(review::blocking_plan(params))
            }
            Request::Jobs => Response::Jobs(self.jobs.clone()),
            Request::Rows(ask) => Response::Rows(sources::rows(ask)),
            Request::Tables => Response::Tables(quality::tables()),
            Request::Sources => Response::Sources(known.then(sources::summary)),
            Request::Suggest { .. } => {
                Response::Suggestions(kith_model::mapping::Mapping::default())
            }
            Request::Presets => Response::Presets(sources::presets()),
            Request::Remembering { on, forget } => {
                let known = &mut self.remembering;
                on.iter().for_each(|on| known.on = *on);
                known.links = if *forget { 0 } else { known.links };
                Response::Remembering(*known)
            }
            Request::PreviewLink { link, .. } => Response::Preview(sources::preview(link)),
            Request::Mapping => Response::Mapping(known.then(sources::mapped)),
            Request::Quality => Response::Quality(known.then(quality::summary)),
            Request::Profile { table } => Response::Profile(Box::new(quality::profile(table))),
            Request::OfferImputations { table, field } => {
                Response::ImputeOffer(Box::new(quality::offer(*table, field)))
            }
            Request::SuggestExpectations => {
                Response::ExpectationSuggestions(quality::suggestions())
            }
            Request::Identity => Response::Identity(known.then(|| Box::new(people::identity()))),
            Request::Review { .. } => Response::Review(people::review(&self.document, self.pairs)),
            Request::ReviewDesk => {
                Response::ReviewDesk(Box::new(review::desk(&self.document, self.pairs)))
            }
            Request::Explain { pair } => {
                let mut found = review::explanation(pair);
                found.decision = self.document.decisions.get(pair).cloned();
                Response::Explanation(Box::new(found))
            }
            Request::PersonGraph { profile } => {
                Response::PersonGraph(Box::new(review::graph(*profile)))
            }
            Request::PreviewGolden { params } => {
                Response::GoldenChanges(people::golden_changes(params))
            }
            Request::IdentityCharts => Response::Charts(review::charts(&people::identity())),
            Request::WriteChart { to, .. } | Request::SaveModel { to } => {
                Response::Written(to.clone())
            }
            Request::Person { profile } => Response::Person(Box::new(people::person(*profile))),
            Request::FindPeople { text, .. } => Response::People(people::find(text)),
            Request::Features => Response::Features(known.then(models::features)),
            Request::Segments => {
                Response::Segments(known.then(|| models::segments(self.document.segments.k)))
            }
            Request::Scatter => Response::Scatter(models::scatter(self.document.segments.k)),
            Request::Predict => Response::Predict(known.then(models::predict)),
            Request::Recommend => Response::Recommend(known.then(models::recommend)),
            Request::Lists { .. } => Response::Lists(models::lists()),
            Request::Rules => Response::Rules(known.then(models::rules)),
            Request::Export => Response::Export(known.then(models::export)),
            Request::StarterRules => Response::StarterRules(models::rule_book()),
            Request::InspectAs { source } => {
                Response::Inspection(Box::new(sources::inspection(source)))
            }
            Request::CheckRow { text, .. } => Response::RowCheck(sources::row_check(text)),
            Request::CompareTables { left, right } => {
                Response::Comparison(quality::comparison(left, right))
            }
            Request::WriteComparison { .. }
            | Request::WriteQualityReport { .. }
            | Request::Inspect { .. }
            | Request::ExportRejects { .. }
            | Request::RepairFrom { .. }
            | Request::MakeSample { .. }
            | Request::SavePreset { .. }
            | Request::WriteReport => {
                return Err(ApiError::new(ErrorCode::Usage, "Not scripted"));
            }
        })
    }
}

fn recent() -> Vec<RecentProject> {
    [
        ("Northpeak", "/home/ada/projects/northpeak.kith", "2026-03-01T17:22:08Z"),
        ("Client A, spring", "/home/ada/clients/a-spring.kith", "2026-02-24T09:12:51Z"),
        ("Loyalty pilot", "/home/ada/clients/loyalty.kith", "2026-02-11T14:03:00Z"),
    ]
    .map(|(name, folder, at)| RecentProject {
        folder: FileRef(folder.to_owned()),
        name: name.to_owned(),
        at: at.to_owned(),
    })
    .into()
}

fn words(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Sources => (
            "231,402 rows",
            "8 files, 231,402 rows found, 231,377 loaded and 25 rejected, each with its reason",
        ),
        Stage::Mapping => (
            "8 of 8 mapped",
            "All 8 sources feed the canonical schema; 214 of 1.4 M values could not be converted",
        ),
        Stage::Quality => {
            ("3 findings", "17 of 20 expectations hold; 3 fail in 312 rows, one of them an error")
        }
        Stage::Identity => (
            "4,982 people",
            "4,982 people from 8,140 records at threshold 0.86; 37 pairs wait for a word · precision .994, recall .981",
        ),
        Stage::Features => (
            "24 features",
            "24 features of 4,982 people as of 2026-03-01; 3,911 of them have bought",
        ),
        Stage::Segments => {
            ("6 segments", "6 segments of 3,911 buyers, silhouette 0.41; the largest holds 31 %")
        }
        Stage::Predict => (
            "AUC 0.813",
            "AUC 0.813 on 1,173 people kept aside; contacting the best 20 % reaches 52 % of buyers",
        ),
        Stage::Recommend => (
            "NDCG 0.118",
            "Item-item reaches NDCG@10 0.118 on 1,402 tested people, 2.1 times the popular list's 0.057",
        ),
        Stage::Rules => (
            "5 rules",
            "5 rules would have fired 12,408 times for 3,107 people in 180 days; 1 conflict",
        ),
        Stage::Export => ("12 files verified", "Bundle bundle-3f2a91: 12 files, all 9 checks hold"),
    }
}

fn history() -> HistoryView {
    let line = |seq: u64, at: &str, title: &str, stages: &[Stage], run: bool, applied: bool| {
        HistoryEntry {
            seq,
            at: format!("2026-03-02T{at}Z"),
            title: title.to_owned(),
            applied,
            stages: stages.to_vec(),
            run,
        }
    };
    HistoryView {
        entries: vec![
            line(1, "08:59:10", "Add 8 files", &[Stage::Sources], false, true),
            line(2, "08:59:12", "Compute sources to export", &Stage::ALL, true, true),
            line(3, "09:04:31", "Decide a pair: same person", &[Stage::Identity], false, true),
            line(4, "09:05:02", "Tune segments: k = 7", &[Stage::Segments], false, true),
            line(5, "09:05:04", "Compute segments", &[Stage::Segments], true, true),
            line(6, "09:06:00", "Tune segments: k = 6", &[Stage::Segments], false, true),
            line(7, "09:07:15", "Tune predictions", &[Stage::Predict], false, false),
        ],
    }
}
