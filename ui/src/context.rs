//! What a view gets: read-only state and a queue of what it wants done.

use crate::data::Data;
use crate::live::Live;
use crate::route::{Route, Selection};
use crate::theme::ThemeChoice;
use crate::wire::Pick;
use kith_model::quality::ComparedSide;
use kith_model::{Command, FileRef, JobId, ProfileId, Stage};

/// What a view wants done, after drawing.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Change the document.
    Apply(Command),
    /// Change the document and, once that is on disk, bring a stage up to date.
    ApplyAndRun(Command, Stage),
    /// Bring a stage and all it needs up to date.
    Run(Stage),
    /// Check the expectations again, even where nothing changed: what is fresh depends on now.
    Recheck,
    /// Stop a job.
    Cancel(JobId),
    /// Take the last change back.
    Undo,
    /// Do it again.
    Redo,
    /// Say that people are one, and why.
    Merge(Vec<ProfileId>, String),
    /// Say that records of a person, by name, are somebody else's, and why.
    Split(ProfileId, Vec<String>, String),
    /// Set a golden value by hand: the record it says so, the field's key, the value; the app adds
    /// the moment and who.
    Pin(String, String, String),
    /// Keep what was learned of matching for later runs.
    Freeze,
    /// Decide a pair, perhaps with a reason; the app adds the moment and who.
    Decide(kith_model::PairKey, Option<kith_model::identity::Verdict>, String),
    /// Go to a page.
    Go(Route),
    /// Select a person and show them in the inspector.
    Person(Option<ProfileId>),
    /// Select a segment everywhere.
    Segment(Option<u32>),
    /// Select a feature everywhere.
    Feature(Option<String>),
    /// Open a file dialog.
    Pick(Pick),
    /// Write a source's refused rows to a file the user names.
    ExportRejects(kith_model::SourceId),
    /// Take edited refused rows back from a file the user names.
    RepairFrom(kith_model::SourceId),
    /// Write a chart to a file the user names, as a picture or as numbers.
    ExportChart(Box<kith_model::chart::Chart>, Pick),
    /// Unpack the sample shop, open it, run everything.
    OpenSample,
    /// Open a project.
    OpenProject(FileRef),
    /// Make a project.
    NewProject(FileRef),
    /// Add files.
    AddFiles(Vec<FileRef>),
    /// Append files the user names to a source.
    AppendTo(kith_model::SourceId),
    /// Give the password of a server the project knows, then look at every source anew.
    Unlock(FileRef),
    /// Look at every source anew, and load again what changed.
    Refresh,
    /// Close the project.
    CloseProject,
    /// Change the theme.
    Theme(ThemeChoice),
    /// Open or close the command palette.
    Palette,
    /// Open or close the key sheet.
    Keys,
    /// Open or close the history.
    History,
    /// Open or close the inspector.
    Inspector,
    /// Fold or unfold the rail.
    Fold,
    /// Keep a source's mapping as a preset of this name.
    SavePreset(kith_model::SourceId, String),
    /// Remember accepted links for other projects from now on, or no longer.
    Remember(bool),
    /// Forget the links remembered so far.
    ForgetLinks,
    /// Write the one-file report.
    Report,
    /// Write two tables side by side as a report.
    ReportComparison(Box<(ComparedSide, ComparedSide)>),
    /// Put a note away.
    Dismiss(u64),
    /// Put text on the clipboard.
    Copy(String),
}

/// What a view gets.
pub struct Context<'a> {
    /// All that is known of the engine.
    pub data: &'a Data,
    /// Live series of running jobs.
    pub live: &'a Live,
    /// What is selected.
    pub selection: &'a Selection,
    /// A key may be taken as a shortcut: no text field has the focus, no dialog is open.
    pub keys: bool,
    actions: &'a mut Vec<Action>,
}

impl<'a> Context<'a> {
    /// A context that queues into `actions`.
    pub fn new(
        data: &'a Data,
        live: &'a Live,
        selection: &'a Selection,
        keys: bool,
        actions: &'a mut Vec<Action>,
    ) -> Self {
        Self { data, live, selection, keys, actions }
    }

    /// Queues what is wanted.
    pub fn push(&mut self, action: Action) {
        self.actions.push(action);
    }
}
