//! What hands ask for, on its way to the engine.

use super::{Session, Slot};
use crate::context::Action;
use crate::data::Need;
use crate::wire::Pick;
use kith_api::Request;
use kith_model::document::DecisionOrigin;
use kith_model::golden::Pin;
use kith_model::{Command, FileRef, JobId, Stage};

impl Session {
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
            Action::Report => self.send(Slot::Written("Report"), Request::WriteReport),
            Action::ReportComparison(sides) => {
                let (left, right) = *sides;
                let request = Request::WriteComparison { left, right, json: false };
                self.send(Slot::Written("Report"), request);
            }
            other => self.run_on_people(other),
        }
    }

    /// Carries out what concerns who is who.
    fn run_on_people(&mut self, action: Action) {
        match action {
            Action::Decide(pair, verdict, why) => {
                let (at, by) = (self.wire.now(), self.wire.who());
                let origin = DecisionOrigin::Review;
                let command = Command::Decide { pair, verdict, at, by, why, origin };
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
            Action::Pin(record, field, value) => {
                let (at, by) = (self.wire.now(), self.wire.who());
                let pin = Pin { record, field, value, at, by, why: String::new() };
                let run = Some(Stage::Identity);
                let request = Request::Apply { command: Command::PinValue { pin } };
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

    pub(super) fn remember(&mut self, on: Option<bool>, forget: bool) {
        self.send(Slot::Need(Need::Remembering), Request::Remembering { on, forget });
    }

    pub(super) fn start(&mut self, upto: Stage) {
        let job = JobId(self.next_job);
        self.next_job += 1;
        self.send(Slot::Plain, Request::Run { job, upto });
    }
}
