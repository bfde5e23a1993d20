//! The conversation with the engine: numbers requests, files answers, follows events.

mod actions;
mod answers;
mod picking;

use crate::data::{Data, GoldenKey, LinkKey, Need, PlanKey};
use crate::live::Live;
use crate::page::PageKey;
use crate::route::Route;
use crate::wire::{Incoming, Wire};
use kith_api::{ApiError, Request};
use kith_model::chart::Chart;
use kith_model::quality::{ComparedSide, TableId};
use kith_model::source::Source;
use kith_model::{Entity, FileRef, PairKey, ProfileId, SourceId, Stage};
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
    /// A file that was asked for, as its note calls it.
    Written(&'static str),
    Server,
    Explanation(PairKey),
    Graph(ProfileId),
    Lineage(Option<ProfileId>),
    Plan(Box<PlanKey>),
    Golden(Box<GoldenKey>),
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
        for key in self.data.golden_changes.take_due() {
            let params = key.0.clone();
            self.send(Slot::Golden(Box::new(key)), Request::PreviewGolden { params });
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
}
