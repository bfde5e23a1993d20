//! An open project: its folder and lock, its journal, its data, the results of its stages.

use crate::error::{store_error, usage};
use crate::project::{Entry, Folder, FolderLock, History, Journal};
use crate::results::{Results, StageResult};
use kith_api::{ApiError, ErrorCode, HistoryView};
use kith_identity::Said;
use kith_model::document::Document;
use kith_model::golden::Pin;
use kith_model::training::FrozenTraining;
use kith_model::{Command, Stage};
use kith_store::{Store, StoreOptions};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Gives the present moment as RFC 3339 UTC; passed in, so that a replay gives the same bytes.
pub(crate) type Clock = Arc<dyn Fn() -> String + Send + Sync>;

/// An open project. Shared by handlers and the job thread.
pub(crate) struct Session {
    pub(crate) folder: Folder,
    pub(crate) store: Store,
    pub(crate) results: Results,
    state: Mutex<State>,
    failures: Mutex<BTreeMap<Stage, ApiError>>,
    clock: Clock,
    _lock: FolderLock,
}

struct State {
    journal: Journal,
    history: History,
    /// Number of the newest line.
    seq: u64,
}

/// A lock whose holder panicked still guards whole values: every change is one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// Makes a project in an empty or missing folder.
    pub(crate) fn create(
        folder: Folder,
        name: &str,
        clock: Clock,
        options: &StoreOptions,
    ) -> Result<Self, ApiError> {
        if name.trim().is_empty() {
            return Err(usage("The project needs a name"));
        }
        folder.create()?;
        let lock = folder.lock()?;
        let document = Document { name: name.to_owned(), ..Document::default() };
        let journal = Journal::create(&folder.journal(), &document, &clock())?;
        drop(journal);
        Self::open_locked(folder, lock, clock, options)
    }

    /// Opens a project.
    pub(crate) fn open(
        folder: Folder,
        clock: Clock,
        options: &StoreOptions,
    ) -> Result<Self, ApiError> {
        if !folder.is_project() {
            return Err(ApiError::new(
                ErrorCode::BadInput,
                "This folder holds no Kith project: it has neither journal.ndjson nor project.toml",
            )
            .at(folder.file_ref().name())
            .hint("Choose a folder that ends in .kith"));
        }
        let lock = folder.lock()?;
        Self::open_locked(folder, lock, clock, options)
    }

    fn open_locked(
        folder: Folder,
        lock: FolderLock,
        clock: Clock,
        options: &StoreOptions,
    ) -> Result<Self, ApiError> {
        if !folder.journal().exists() {
            begin_from_text(&folder, &clock)?;
        }
        let (journal, lines) = Journal::open(&folder.journal())?;
        let mut history = History::default();
        let mut seq = 0;
        for line in lines {
            seq = line.seq;
            let place = format!("journal.ndjson, line {}", line.seq + 1);
            history.replay(line).map_err(|e| {
                ApiError::new(ErrorCode::BadInput, format!("The journal cannot be replayed: {e}"))
                    .at(place)
                    .hint("Restore the file from a copy, or remove that line and all after it")
            })?;
        }
        folder.clear_scratch();
        let store = Store::open(&folder.database(), options).map_err(store_error)?;
        let results = Results::open(&store)?;
        folder.save(history.present())?;
        let state = Mutex::new(State { journal, history, seq });
        Ok(Self { folder, store, results, state, failures: Mutex::default(), clock, _lock: lock })
    }

    /// A copy of the present document.
    pub(crate) fn document(&self) -> Document {
        lock(&self.state).history.present().clone()
    }

    /// The present moment.
    pub(crate) fn now(&self) -> String {
        (self.clock)()
    }

    /// Carries out a change: checked, journaled, saved; then acknowledged with its number.
    pub(crate) fn apply(&self, command: Command) -> Result<u64, ApiError> {
        let command = stamped(command, &(self.clock)());
        let mut state = lock(&self.state);
        command.apply(state.history.present()).map_err(crate::error::command_error)?;
        self.record(&mut state, Entry::Change { command: Box::new(command) })
    }

    /// Takes the last change back.
    pub(crate) fn undo(&self) -> Result<u64, ApiError> {
        let mut state = lock(&self.state);
        state.history.undo_title().ok_or_else(|| usage("There is nothing to undo"))?;
        self.record(&mut state, Entry::Undo)
    }

    /// Does it again.
    pub(crate) fn redo(&self) -> Result<u64, ApiError> {
        let mut state = lock(&self.state);
        state.history.redo_title().ok_or_else(|| usage("There is nothing to redo"))?;
        self.record(&mut state, Entry::Redo)
    }

    /// Notes in the journal that a stage was computed.
    pub(crate) fn note_run(&self, stage: Stage, result: &StageResult) -> Result<u64, ApiError> {
        let mut state = lock(&self.state);
        let entry =
            Entry::Ran { stage, fingerprint: result.fingerprint.clone(), took_ms: result.took_ms };
        self.record(&mut state, entry)
    }

    fn record(&self, state: &mut State, entry: Entry) -> Result<u64, ApiError> {
        let changes = !matches!(entry, Entry::Ran { .. });
        let line = state.journal.append(&(self.clock)(), entry)?;
        let seq = line.seq;
        state.seq = seq;
        state.history.replay(line).map_err(crate::error::command_error)?;
        if changes {
            // The journal holds the change already: a failing autosave must not undo it.
            if let Err(e) = self.folder.save(state.history.present()) {
                log::warn!("autosave of project.toml failed: {:?}", e.code);
            }
        }
        Ok(seq)
    }

    /// The history panel.
    pub(crate) fn history(&self) -> HistoryView {
        lock(&self.state).history.view()
    }

    /// Every word said of a pair, oldest first; those overruled since too.
    pub(crate) fn said(&self) -> Vec<Said> {
        lock(&self.state).history.said()
    }

    /// Titles of what undo and redo would do.
    pub(crate) fn undo_redo(&self) -> (Option<String>, Option<String>) {
        let state = lock(&self.state);
        (state.history.undo_title(), state.history.redo_title())
    }

    /// Number of the newest change on disk.
    pub(crate) fn seq(&self) -> u64 {
        lock(&self.state).seq
    }

    /// Why a stage's last run failed.
    pub(crate) fn failure(&self, stage: Stage) -> Option<ApiError> {
        lock(&self.failures).get(&stage).cloned()
    }

    /// Notes or clears a stage's failure.
    pub(crate) fn set_failure(&self, stage: Stage, error: Option<ApiError>) {
        let mut failures = lock(&self.failures);
        match error {
            Some(error) => failures.insert(stage, error),
            None => failures.remove(&stage),
        };
    }
}

/// Decisions whose host has no clock get the engine's.
fn stamped(command: Command, now: &str) -> Command {
    match command {
        Command::Decide { pair, verdict, at, by, why, origin } if at.is_empty() => {
            Command::Decide { pair, verdict, at: now.to_owned(), by, why, origin }
        }
        Command::PinValue { pin } if pin.at.is_empty() => {
            Command::PinValue { pin: Pin { at: now.to_owned(), ..pin } }
        }
        Command::SetTraining { training: Some(training) } if training.at.is_empty() => {
            let training = Some(FrozenTraining { at: now.to_owned(), ..training });
            Command::SetTraining { training }
        }
        Command::Batch { title, commands } => {
            let commands = commands.into_iter().map(|c| stamped(c, now)).collect();
            Command::Batch { title, commands }
        }
        other => other,
    }
}

/// A project whose journal was not shared (only its text files): the journal begins anew from
/// `project.toml`, and the decisions become its first change.
fn begin_from_text(folder: &Folder, clock: &Clock) -> Result<(), ApiError> {
    let mut document = folder.read_document()?;
    let decisions = std::mem::take(&mut document.decisions);
    let mut journal = Journal::create(&folder.journal(), &document, &clock())?;
    if decisions.is_empty() {
        return Ok(());
    }
    let commands = decisions
        .into_iter()
        .map(|(pair, d)| Command::Decide {
            pair,
            verdict: Some(d.verdict),
            at: d.at,
            by: d.by,
            why: d.why,
            origin: d.origin,
        })
        .collect();
    let title = "Decisions read from decisions.ndjson".to_owned();
    let command = Command::Batch { title, commands };
    journal.append(&clock(), Entry::Change { command: Box::new(command) }).map(|_| ())
}
