//! An engine in this process, spoken to through the same contract as every window.

use crate::output::ProgressLine;
use kith_api::{ApiError, Backend, ErrorCode, Event, JobOutcome, Overview, Request, Response};
use kith_model::{Command, FileRef, JobId, Stage};
use kith_workbench::{Engine, EngineOptions};
use std::cell::Cell;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

/// An engine and its events.
pub(crate) struct Session {
    engine: Arc<Engine>,
    ended: Receiver<(JobId, JobOutcome)>,
    next_job: Cell<u64>,
}

/// What a host calls a path: absolute, so that the project does not depend on where it is run.
///
/// A server's address stays as it is.
pub(crate) fn file_ref(path: &Path) -> FileRef {
    let address =
        |text: &&str| ["postgres://", "postgresql://"].iter().any(|s| text.starts_with(s));
    if let Some(text) = path.to_str().filter(address) {
        return FileRef(text.to_owned());
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    FileRef(absolute.to_string_lossy().into_owned())
}

/// An answer of another shape than asked for.
pub(crate) fn unexpected(response: &Response) -> ApiError {
    let kind = format!("{response:?}");
    let kind = kind.split(['(', ' ']).next().unwrap_or_default().to_owned();
    ApiError::new(ErrorCode::Internal, format!("Unexpected answer {kind}"))
}

/// Takes the wanted variant out of a response.
macro_rules! answer {
    ($response:expr, $variant:ident) => {
        match $response {
            kith_api::Response::$variant(value) => Ok(value),
            other => Err($crate::session::unexpected(&other)),
        }
    };
}
pub(crate) use answer;

impl Session {
    /// An engine with no project open; progress is drawn on stderr.
    pub(crate) fn start() -> Self {
        let engine = Arc::new(Engine::new(EngineOptions::for_user()));
        let (send, ended) = channel();
        let line = ProgressLine::default();
        let send = Mutex::new(send);
        engine.subscribe(Arc::new(move |event: &Event| {
            line.show(event);
            if let Event::Job(status) = event
                && let Some(outcome) = &status.outcome
            {
                let send = send.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let _ = send.send((status.id, outcome.clone()));
            }
        }));
        Self { engine, ended, next_job: Cell::new(1) }
    }

    /// An engine with `folder` open.
    pub(crate) fn open(folder: &Path) -> Result<Self, ApiError> {
        let session = Self::start();
        session.call(Request::OpenProject { folder: file_ref(folder) })?;
        Ok(session)
    }

    /// The engine itself, for hosts that serve it on.
    pub(crate) fn engine(&self) -> Arc<Engine> {
        self.engine.clone()
    }

    /// One request.
    pub(crate) fn call(&self, request: Request) -> Result<Response, ApiError> {
        self.engine.call(request)
    }

    /// One change.
    pub(crate) fn apply(&self, command: Command) -> Result<(), ApiError> {
        self.call(Request::Apply { command }).map(|_| ())
    }

    /// Brings a stage up to date and waits for it.
    pub(crate) fn run(&self, upto: Stage) -> Result<(), ApiError> {
        let job = JobId(self.next_job.get());
        self.next_job.set(job.0 + 1);
        self.call(Request::Run { job, upto })?;
        loop {
            let (id, outcome) = self.ended.recv().map_err(|_| {
                ApiError::new(ErrorCode::Internal, "The engine stopped before the job ended")
            })?;
            if id != job {
                continue;
            }
            return match outcome {
                JobOutcome::Done => Ok(()),
                JobOutcome::Cancelled => Err(ApiError::new(ErrorCode::Cancelled, "Stopped")),
                JobOutcome::Failed(error) => Err(error),
            };
        }
    }

    /// How everything stands.
    pub(crate) fn overview(&self) -> Result<Overview, ApiError> {
        answer!(self.call(Request::Overview)?, Overview)
    }
}
