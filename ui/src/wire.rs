//! What a host must provide: a wire to the engine and its file dialogs.

use crate::theme::ThemeChoice;
use kith_api::{ApiError, Event, Request, Response};
use kith_model::FileRef;

/// The way to the engine, as one host provides it.
///
/// Nothing here may block: a reply comes later through [`Wire::drain`]. Whenever something new
/// can be drained the host calls [`egui::Context::request_repaint`], since a frame is drawn on
/// demand only.
pub trait Wire {
    /// Sends a request; its reply carries the same `id`. Ids are never used twice.
    fn send(&mut self, id: u64, request: Request);

    /// What has come in since the last call, oldest first.
    fn drain(&mut self) -> Vec<Incoming>;

    /// Opens a file dialog; what was chosen comes as [`Incoming::Picked`] (empty: cancelled).
    fn pick(&mut self, ask: Pick);

    /// A number that no other window of the same engine has (process id and start time, or
    /// random): job ids are minted from it, so that two windows never mint the same one.
    fn seed(&self) -> u64 {
        0
    }

    /// The moment now, RFC 3339 UTC, for the journal; empty: the engine's clock decides.
    fn now(&self) -> String {
        String::new()
    }

    /// Who sits at the keyboard, for the journal: the login name, or empty.
    fn who(&self) -> String {
        String::new()
    }
}

/// What comes in over the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// The answer to a request.
    Reply {
        /// The request's number.
        id: u64,
        /// The answer.
        result: Result<Response, ApiError>,
    },
    /// The engine said something unasked.
    Event(Event),
    /// A file dialog was closed.
    Picked {
        /// Which one.
        ask: Pick,
        /// What was chosen; empty when it was cancelled.
        files: Vec<FileRef>,
    },
    /// Files or folders were dropped onto the window. The native host may leave this out: files
    /// with a path that egui reports as dropped are taken too.
    Dropped(Vec<FileRef>),
}

/// A file dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// Data files to add; several.
    Files,
    /// Data files to append to a source; several.
    FilesToAppend,
    /// The folder of a project to open.
    ProjectToOpen,
    /// Where to make a new project.
    ProjectToCreate,
    /// Where to write refused rows.
    RejectsToWrite,
    /// A file of refused rows, edited.
    RejectsToTake,
    /// Where to write a chart's picture.
    ChartPicture,
    /// Where to write a chart's numbers.
    ChartNumbers,
    /// Where to write the match model.
    ModelToWrite,
    /// A match model to use.
    ModelToTake,
}

/// How the window starts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Start {
    /// Open the sample project and run every stage.
    pub demo: bool,
    /// Open this project.
    pub project: Option<FileRef>,
    /// Theme; none: the system's.
    pub theme: Option<ThemeChoice>,
}
