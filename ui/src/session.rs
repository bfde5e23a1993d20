//! The conversation with the engine: numbers requests, files answers, follows events.

use crate::context::Action;
use crate::data::{Data, LinkKey, Need, PlanKey};
use crate::live::Live;
use crate::page::{Page, PageKey};
use crate::route::Route;
use crate::wire::{Incoming, Pick, Wire};
use kith_api::{ApiError, ErrorCode, Event, JobOutcome, Request, Response};
use kith_model::chart::Chart;
use kith_model::quality::{ComparedSide, TableId};
use kith_model::source::Source;
use kith_model::{Command, Entity, FileRef, JobId, PairKey, ProfileId, SourceId, Stage};
use std::collections::HashMap;

/// What an answer is for.
#[derive(Debug, Clone)]
enum Slot {
    Need(Need),
    Person(ProfileId),
    Lists(ProfileId),
    People(String),
    Suggest(SourceId),
    Inspect(Box<Source>),
    Profile(TableId),
    Offer(Entity, String),
    Compare(Box<(ComparedSide, ComparedSide)>),
    Row(SourceId, String),
    Preview(LinkKey),
    Preset,
    Page(PageKey),
    /// Another project; `files` are added once it is open.
    Project {
        run: Option<Stage>,
        files: Vec<FileRef>,
    },
    Change {
        run: Option<Stage>,
    },
    Report,
    Rejects,
    Server,
    Chart,
    Model,
    Explanation(PairKey),
    Graph(ProfileId),
    Lineage(Option<ProfileId>),
    Plan(Box<PlanKey>),
    Plain,
}

/// Something to tell the user that belongs to no page.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Number, to put it away by.
    pub id: u64,
    /// An error, or none for good news.
    pub error: Option<ApiError>,
    /// Good news.
    pub text: String,
    /// When it came, in egui's seconds.
    pub at: f64,
}

/// What an update brought.
#[derive(Debug, Default)]
pub struct News {
    /// Something came in.
    pub any: bool,
    /// Another project is open.
    pub project: bool,
    /// Go there.
    pub route: Option<Route>,
}

/// The conversation.
pub struct Session {
    wire: Box<dyn Wire>,
    /// All that is known.
    pub data: Data,
    /// Live series.
    pub live: Live,
    /// What to tell.
    pub notes: Vec<Note>,
    pending: HashMap<u64, Slot>,
    next_id: u64,
    next_job: u64,
    time: f64,
    /// The source a file dialog is open for.
    picking_for: Option<SourceId>,
    /// Files dropped while no project was open, until its place is picked.
    waiting: Vec<FileRef>,
    /// When the last file dialog was asked for, in egui's seconds.
    asked_at: f64,
    /// The chart a file dialog is open for.
    chart: Option<Box<Chart>>,
}

/// Newest runs of the lineage asked for.
const RUNS: u32 = 50;

/// A dialog that is gone so soon, in seconds, was never there: the system has none to show.
const QUICKER_THAN_A_PERSON: f64 = 0.25;

impl Session {
    /// Begins the conversation.
    pub fn new(wire: Box<dyn Wire>) -> Self {
        // 2^32 windows times 2^20 jobs stays below 2^53, so a job id survives JSON anywhere.
        let next_job = ((wire.seed() & 0xffff_ffff) << 20) + 1;
        let data = Data::default();
        Self {
            wire,
            data,
            live: Live::default(),
            notes: Vec::new(),
            pending: HashMap::new(),
            next_id: 1,
            next_job,
            time: 0.0,
            picking_for: None,
            waiting: Vec::new(),
            asked_at: f64::NEG_INFINITY,
            chart: None,
        }
    }

    /// A job is at work or a change is on its way.
    pub fn is_busy(&self) -> bool {
        self.data.overview.peek().is_some_and(|o| o.jobs.iter().any(|j| j.outcome.is_none()))
    }

    /// Puts a note away.
    pub fn dismiss(&mut self, note: u64) {
        self.notes.retain(|n| n.id != note);
    }

    /// Takes everything in that came since the last call; `time` in egui's seconds.
    pub fn update(&mut self, time: f64) -> News {
        self.time = time;
        self.notes.retain(|n| n.error.is_some() || time - n.at < 5.0);
        let mut news = News::default();
        for incoming in self.wire.drain() {
            news.any = true;
            match incoming {
                Incoming::Reply { id, result } => self.reply(id, result, &mut news),
                Incoming::Event(event) => self.event(event, &mut news),
                Incoming::Picked { ask, files } => self.picked(ask, files),
                Incoming::Dropped(files) => {
                    let mut actions = Vec::new();
                    self.take_dropped(files, &mut actions);
                    actions.into_iter().for_each(|a| self.run(a));
                }
            }
        }
        news
    }

    /// Sends what views want and nobody has asked for.
    pub fn send_due(&mut self) {
        let _ = self.data.overview.read();
        for need in Need::ALL {
            if self.data.of(need).due() {
                self.data.of(need).sent();
                self.send(Slot::Need(need), need.request());
            }
        }
        for profile in self.data.person.take_due() {
            self.send(Slot::Person(profile), Request::Person { profile });
        }
        for profile in self.data.lists.take_due() {
            self.send(Slot::Lists(profile), Request::Lists { profile });
        }
        for text in self.data.people.take_due() {
            self.send(Slot::People(text.clone()), Request::FindPeople { text, limit: 50 });
        }
        for pair in self.data.explanations.take_due() {
            self.send(Slot::Explanation(pair.clone()), Request::Explain { pair });
        }
        for profile in self.data.graphs.take_due() {
            self.send(Slot::Graph(profile), Request::PersonGraph { profile });
        }
        for profile in self.data.lineages.take_due() {
            self.send(Slot::Lineage(profile), Request::Lineage { profile, limit: RUNS });
        }
        for key in self.data.blocking_plans.take_due() {
            let params = Box::new(key.0.clone());
            self.send(Slot::Plan(Box::new(key)), Request::EstimateBlocking { params });
        }
        for source in self.data.suggestions.take_due() {
            self.send(Slot::Suggest(source.clone()), Request::Suggest { source });
        }
        for source in self.data.inspections.take_due() {
            let slot = Slot::Inspect(Box::new(source.clone()));
            self.send(slot, Request::InspectAs { source });
        }
        for table in self.data.profiles.take_due() {
            self.send(Slot::Profile(table.clone()), Request::Profile { table });
        }
        for (left, right) in self.data.comparisons.take_due() {
            let slot = Slot::Compare(Box::new((left.clone(), right.clone())));
            self.send(slot, Request::CompareTables { left, right });
        }
        for (table, field) in self.data.offers.take_due() {
            let slot = Slot::Offer(table, field.clone());
            self.send(slot, Request::OfferImputations { table, field });
        }
        for (source, text) in self.data.row_checks.take_due() {
            let slot = Slot::Row(source.clone(), text.clone());
            self.send(slot, Request::CheckRow { source, text });
        }
        for key in self.data.previews.take_due() {
            let LinkKey { source, entity, link } = key.clone();
            self.send(Slot::Preview(key), Request::PreviewLink { source, entity, link });
        }
        for key in self.data.pages.take_due() {
            self.send(Slot::Page(key.clone()), Request::Rows(key.ask()));
        }
    }

    /// Carries out what concerns the engine.
    pub fn run(&mut self, action: Action) {
        let change = Slot::Change { run: None };
        match action {
            Action::Apply(command) => self.send(change, Request::Apply { command }),
            Action::ApplyAndRun(command, stage) => {
                self.send(Slot::Change { run: Some(stage) }, Request::Apply { command });
            }
            Action::Run(upto) => self.start(upto),
            Action::Recheck => {
                self.send(Slot::Change { run: Some(Stage::Quality) }, Request::Recheck);
            }
            Action::Cancel(job) => self.send(Slot::Plain, Request::Cancel { job }),
            Action::Undo => self.send(change, Request::Undo),
            Action::Redo => self.send(change, Request::Redo),
            Action::Pick(ask) => self.ask(ask),
            Action::ExportRejects(source) => {
                self.picking_for = Some(source);
                self.ask(Pick::RejectsToWrite);
            }
            Action::RepairFrom(source) => {
                self.picking_for = Some(source);
                self.ask(Pick::RejectsToTake);
            }
            Action::ExportChart(chart, ask) => {
                self.chart = Some(chart);
                self.ask(ask);
            }
            Action::OpenSample => {
                let run = Some(Stage::Export);
                self.send(
                    Slot::Project { run, files: Vec::new() },
                    Request::OpenSample { folder: None },
                );
            }
            Action::OpenProject(folder) => {
                let slot = Slot::Project { run: None, files: Vec::new() };
                self.send(slot, Request::OpenProject { folder });
            }
            Action::NewProject(folder) => {
                let name = folder.name().trim_end_matches(".kith").to_owned();
                let request = Request::NewProject { folder, name };
                let files = std::mem::take(&mut self.waiting);
                self.send(Slot::Project { run: None, files }, request);
            }
            Action::AddFiles(files) => {
                let run = Some(Stage::Sources);
                self.send(Slot::Change { run }, Request::AddFiles { files });
            }
            Action::AppendTo(source) => {
                self.picking_for = Some(source);
                self.ask(Pick::FilesToAppend);
            }
            Action::Unlock(file) => self.send(Slot::Server, Request::Inspect { file }),
            Action::Refresh => {
                self.send(Slot::Change { run: Some(Stage::Sources) }, Request::Refresh);
            }
            Action::CloseProject => self.send(Slot::Plain, Request::CloseProject),
            Action::SavePreset(source, name) => {
                self.send(Slot::Preset, Request::SavePreset { source, name });
            }
            Action::Remember(on) => self.remember(Some(on), false),
            Action::ForgetLinks => self.remember(None, true),
            Action::Report => self.send(Slot::Report, Request::WriteReport),
            Action::ReportComparison(sides) => {
                let (left, right) = *sides;
                let request = Request::WriteComparison { left, right, json: false };
                self.send(Slot::Report, request);
            }
            other => self.run_on_people(other),
        }
    }

    /// Carries out what concerns who is who.
    fn run_on_people(&mut self, action: Action) {
        match action {
            Action::Decide(pair, verdict, why) => {
                let (at, by) = (self.wire.now(), self.wire.who());
                let command = Command::Decide { pair, verdict, at, by, why };
                self.send(Slot::Change { run: None }, Request::Apply { command });
            }
            Action::Merge(profiles, why) => {
                let run = Some(Stage::Identity);
                let by = self.wire.who();
                self.send(Slot::Change { run }, Request::MergePeople { profiles, by, why });
            }
            Action::Split(profile, records, why) => {
                let (run, by) = (Some(Stage::Identity), self.wire.who());
                let request = Request::SplitPerson { profile, records, by, why };
                self.send(Slot::Change { run }, request);
            }
            Action::Freeze => {
                let run = Some(Stage::Identity);
                self.send(Slot::Change { run }, Request::FreezeTraining { from: None });
            }
            _ => {}
        }
    }

    /// What to do with files dropped onto the window: a project is opened, files are added.
    pub fn take_dropped(&mut self, files: Vec<FileRef>, actions: &mut Vec<Action>) {
        if let [folder] = files.as_slice()
            && folder.0.trim_end_matches(['/', '\\']).ends_with(".kith")
        {
            actions.push(Action::OpenProject(folder.clone()));
        } else if self.data.is_open() {
            actions.push(Action::AddFiles(files));
        } else {
            self.waiting = files;
            actions.push(Action::Pick(Pick::ProjectToCreate));
        }
    }

    fn remember(&mut self, on: Option<bool>, forget: bool) {
        self.send(Slot::Need(Need::Remembering), Request::Remembering { on, forget });
    }

    fn start(&mut self, upto: Stage) {
        let job = JobId(self.next_job);
        self.next_job += 1;
        self.send(Slot::Plain, Request::Run { job, upto });
    }

    fn send(&mut self, slot: Slot, request: Request) {
        let id = self.next_id;
        self.next_id += 1;
        self.pending.insert(id, slot);
        self.wire.send(id, request);
    }

    fn note(&mut self, error: Option<ApiError>, text: String) {
        if self.notes.iter().any(|n| n.error == error && n.text == text) {
            return;
        }
        let id = self.next_id;
        self.next_id += 1;
        self.notes.push(Note { id, error, text, at: self.time });
    }

    fn picked(&mut self, ask: Pick, files: Vec<FileRef>) {
        let first = files.first().cloned();
        match (ask, first) {
            (_, None) => self.nothing_picked(),
            (Pick::Files, _) => self.run(Action::AddFiles(files)),
            (Pick::FilesToAppend, Some(_)) => {
                if let Some(source) = self.picking_for.take() {
                    let run = Some(Stage::Sources);
                    self.send(Slot::Change { run }, Request::AppendFiles { source, files });
                }
            }
            (Pick::RejectsToWrite, Some(to)) => {
                if let Some(source) = self.picking_for.take() {
                    self.send(Slot::Rejects, Request::ExportRejects { source, to });
                }
            }
            (Pick::RejectsToTake, Some(file)) => {
                if let Some(source) = self.picking_for.take() {
                    let run = Some(Stage::Sources);
                    self.send(Slot::Change { run }, Request::RepairFrom { source, file });
                }
            }
            (Pick::ChartPicture | Pick::ChartNumbers, Some(to)) => {
                if let Some(chart) = self.chart.take() {
                    let endings: &[&str] =
                        if ask == Pick::ChartNumbers { &[".csv"] } else { &[".png", ".svg"] };
                    let name = to.0.to_lowercase();
                    let named = endings.iter().any(|ending| name.ends_with(ending));
                    let to = if named { to } else { FileRef(to.0 + endings[0]) };
                    self.send(Slot::Chart, Request::WriteChart { chart, to });
                }
            }
            (Pick::ModelToWrite, Some(to)) => self.send(Slot::Model, Request::SaveModel { to }),
            (Pick::ModelToTake, from) => {
                let run = Some(Stage::Identity);
                self.send(Slot::Change { run }, Request::FreezeTraining { from });
            }
            (Pick::ProjectToOpen, Some(folder)) => self.run(Action::OpenProject(folder)),
            (Pick::ProjectToCreate, Some(folder)) => self.run(Action::NewProject(folder)),
        }
    }

    fn ask(&mut self, ask: Pick) {
        self.asked_at = self.time;
        self.wire.pick(ask);
    }

    fn nothing_picked(&mut self) {
        self.waiting.clear();
        if self.time - self.asked_at < QUICKER_THAN_A_PERSON {
            let error = ApiError::new(ErrorCode::Io, "No file dialog could be shown")
                .hint("Install `zenity` or a desktop portal, or drop the files onto the window");
            self.note(Some(error), String::new());
        }
    }

    fn reply(&mut self, id: u64, result: Result<Response, ApiError>, news: &mut News) {
        let Some(slot) = self.pending.remove(&id) else { return };
        match result {
            Ok(answer) => self.answered(slot, answer, news),
            Err(error) => self.refused(slot, error),
        }
    }

    fn answered(&mut self, slot: Slot, answer: Response, news: &mut News) {
        match (slot, answer) {
            (Slot::Need(need), answer) => {
                let first = need == Need::Overview && self.data.overview.peek().is_none();
                if !self.data.land(need, answer) {
                    self.data.fail(need, ApiError::new(ErrorCode::Internal, "Unexpected answer"));
                }
                if first && self.data.is_open() {
                    news.route = Some(Route::Stage(Stage::Sources));
                }
            }
            (Slot::Person(key), Response::Person(card)) => self.data.person.land(&key, *card),
            (Slot::Lists(key), Response::Lists(lists)) => self.data.lists.land(&key, lists),
            (Slot::People(key), Response::People(found)) => self.data.people.land(&key, found),
            (Slot::Suggest(key), Response::Suggestions(m)) => self.data.suggestions.land(&key, m),
            (Slot::Inspect(key), Response::Inspection(seen)) => {
                self.data.inspections.land(&key, *seen);
            }
            (Slot::Profile(key), Response::Profile(p)) => self.data.profiles.land(&key, *p),
            (Slot::Compare(key), Response::Comparison(c)) => self.data.comparisons.land(&key, c),
            (Slot::Offer(table, field), Response::ImputeOffer(offer)) => {
                self.data.offers.land(&(table, field), *offer);
            }
            (Slot::Row(source, text), Response::RowCheck(check)) => {
                self.data.row_checks.land(&(source, text), check);
            }
            (Slot::Preview(key), Response::Preview(p)) => self.data.previews.land(&key, p),
            (Slot::Preset, Response::Written(file)) => {
                self.data.of(Need::Presets).outdate();
                let text = "Preset saved: files like this one map themselves from now on";
                self.note(None, format!("{text} ({})", file.name()));
            }
            (Slot::Page(key), Response::Rows(rows)) => match Page::decode(rows) {
                Ok(page) => self.data.pages.land(&key, page),
                Err(error) => self.data.pages.fail(&key, error),
            },
            (Slot::Project { run, files }, Response::Overview(overview)) => {
                self.forget();
                self.data.overview.land(overview);
                news.project = true;
                news.route = Some(Route::Stage(Stage::Sources));
                run.into_iter().for_each(|stage| self.start(stage));
                if !files.is_empty() {
                    self.run(Action::AddFiles(files));
                }
            }
            (Slot::Report, Response::Written(file)) => {
                self.note(None, format!("Report written: {}", file.0));
            }
            (Slot::Chart, Response::Written(file)) => {
                self.note(None, format!("Chart written: {}", file.0));
            }
            (Slot::Model, Response::Written(file)) => {
                self.note(None, format!("Model written: {}", file.0));
            }
            (Slot::Explanation(key), Response::Explanation(e)) => {
                self.data.explanations.land(&key, *e);
            }
            (Slot::Graph(key), Response::PersonGraph(graph)) => {
                self.data.graphs.land(&key, *graph);
            }
            (Slot::Lineage(key), Response::Lineage(l)) => self.data.lineages.land(&key, l),
            (Slot::Plan(key), Response::BlockingPlan(plan)) => {
                self.data.blocking_plans.land(&key, plan);
            }
            (Slot::Rejects, Response::Written(file)) => {
                self.note(None, format!("Refused rows written: {}", file.0));
            }
            (Slot::Server, _) => self.run(Action::Refresh),
            (Slot::Change { run }, _) => {
                self.data.outdate_document();
                run.into_iter().for_each(|stage| self.start(stage));
            }
            _ => {}
        }
    }

    fn refused(&mut self, slot: Slot, error: ApiError) {
        match slot {
            Slot::Need(need) => self.data.fail(need, error),
            Slot::Person(key) => self.data.person.fail(&key, error),
            Slot::Lists(key) => self.data.lists.fail(&key, error),
            Slot::People(key) => self.data.people.fail(&key, error),
            Slot::Suggest(key) => self.data.suggestions.fail(&key, error),
            Slot::Inspect(key) => self.data.inspections.fail(&key, error),
            Slot::Profile(key) => self.data.profiles.fail(&key, error),
            Slot::Compare(key) => self.data.comparisons.fail(&key, error),
            Slot::Offer(table, field) => self.data.offers.fail(&(table, field), error),
            Slot::Row(source, text) => self.data.row_checks.fail(&(source, text), error),
            Slot::Preview(key) => self.data.previews.fail(&key, error),
            Slot::Page(key) => self.data.pages.fail(&key, error),
            Slot::Explanation(key) => self.data.explanations.fail(&key, error),
            Slot::Graph(key) => self.data.graphs.fail(&key, error),
            Slot::Lineage(key) => self.data.lineages.fail(&key, error),
            Slot::Plan(key) => self.data.blocking_plans.fail(&key, error),
            Slot::Project { .. }
            | Slot::Change { .. }
            | Slot::Preset
            | Slot::Report
            | Slot::Rejects
            | Slot::Server
            | Slot::Chart
            | Slot::Model
            | Slot::Plain => {
                self.note(Some(error), String::new());
            }
        }
    }

    fn event(&mut self, event: Event, news: &mut News) {
        match event {
            Event::Job(job) => {
                self.data.note_job(&job);
                match &job.outcome {
                    Some(JobOutcome::Failed(error)) => {
                        self.note(Some(error.clone()), String::new());
                    }
                    Some(JobOutcome::Cancelled) => {
                        self.note(None, "Stopped; earlier results stand".to_owned());
                    }
                    _ => {}
                }
                if job.outcome.is_some() {
                    self.data.outdate_document();
                }
            }
            Event::Metric { job, stage, metric } => self.live.note(job, stage, &metric),
            Event::StageChanged { stage } => {
                self.data.outdate_stage(stage);
                self.data.of(Need::Overview).outdate();
            }
            Event::DocumentChanged { .. } => self.data.outdate_document(),
            Event::ProjectChanged => {
                self.forget();
                news.project = true;
            }
        }
    }

    fn forget(&mut self) {
        self.data.forget();
        self.live.clear();
        self.pending.retain(|_, slot| {
            matches!(slot, Slot::Project { .. } | Slot::Change { .. } | Slot::Plain)
                || matches!(slot, Slot::Need(Need::Capabilities | Need::Overview))
        });
    }
}
