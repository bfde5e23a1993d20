//! File dialogs: asked for, answered, or not to be had.

use super::{QUICKER_THAN_A_PERSON, Session, Slot};
use crate::context::Action;
use crate::wire::Pick;
use kith_api::{ApiError, ErrorCode, Request};
use kith_model::{FileRef, Stage};

impl Session {
    pub(super) fn picked(&mut self, ask: Pick, files: Vec<FileRef>) {
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
                    self.send(Slot::Written("Refused rows"), Request::ExportRejects { source, to });
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
                    self.send(Slot::Written("Chart"), Request::WriteChart { chart, to });
                }
            }
            (Pick::ModelToWrite, Some(to)) => {
                self.send(Slot::Written("Model"), Request::SaveModel { to });
            }
            (Pick::ModelToTake, from) => {
                let run = Some(Stage::Identity);
                self.send(Slot::Change { run }, Request::FreezeTraining { from });
            }
            (Pick::ProjectToOpen, Some(folder)) => self.run(Action::OpenProject(folder)),
            (Pick::ProjectToCreate, Some(folder)) => self.run(Action::NewProject(folder)),
        }
    }

    pub(super) fn ask(&mut self, ask: Pick) {
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
}
