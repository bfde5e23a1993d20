//! What the journeys share: an engine in a scratch folder, and waiting for its jobs.
//!
//! Not for: anything a product crate could use.
//!
//! Its one law: a journey speaks through `kith-api` only, as a window would.

use kith_api::{ApiError, Backend, Event, JobOutcome, Overview, Request, Response};
use kith_model::{FileRef, JobId, Stage};
use kith_workbench::{Engine, EngineOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An engine whose data folder is a scratch folder and whose clock counts seconds.
pub struct Bench {
    /// Scratch folder, gone when the bench is dropped.
    pub dir: tempfile::TempDir,
    /// The engine.
    pub engine: Arc<Engine>,
    events: Mutex<Receiver<Event>>,
    jobs: AtomicU64,
}

/// A clock that ticks a second a call from a fixed day: the same journey gives the same bytes.
pub fn ticking_clock() -> Arc<dyn Fn() -> String + Send + Sync> {
    let ticks = AtomicU64::new(0);
    Arc::new(move || {
        let t = ticks.fetch_add(1, Ordering::Relaxed);
        format!("2026-11-01T{:02}:{:02}:{:02}Z", t / 3600 % 24, t / 60 % 60, t % 60)
    })
}

impl Bench {
    /// A fresh engine.
    pub fn new() -> Self {
        Self::in_dir(tempfile::tempdir().expect("a scratch folder"))
    }

    /// An engine over an existing scratch folder.
    pub fn in_dir(dir: tempfile::TempDir) -> Self {
        let engine = Arc::new(Engine::new(EngineOptions {
            data_dir: dir.path().join("data"),
            clock: ticking_clock(),
            memory_limit_mb: Some(4096),
            threads: Some(2),
        }));
        let (send, events) = channel();
        let send = Mutex::new(send);
        engine.subscribe(Arc::new(move |event: &Event| {
            let _ = send.lock().expect("no listener panics").send(event.clone());
        }));
        Self { dir, engine, events: Mutex::new(events), jobs: AtomicU64::new(1) }
    }

    /// A path inside the scratch folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The same as a host would name it.
    pub fn file(&self, name: &str) -> FileRef {
        file_ref(&self.path(name))
    }

    /// Writes a file and names it.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> FileRef {
        std::fs::write(self.path(name), bytes).expect("a scratch file");
        self.file(name)
    }

    /// One request.
    pub fn call(&self, request: Request) -> Result<Response, ApiError> {
        self.engine.call(request)
    }

    /// One request that must succeed.
    pub fn ask(&self, request: Request) -> Response {
        let said = format!("{request:?}");
        self.call(request).unwrap_or_else(|e| panic!("{said}: {e}"))
    }

    /// How everything stands.
    pub fn overview(&self) -> Overview {
        match self.ask(Request::Overview) {
            Response::Overview(overview) => overview,
            other => panic!("unexpected {other:?}"),
        }
    }

    /// Starts a job and returns its number.
    pub fn start(&self, upto: Stage) -> JobId {
        let job = JobId(self.jobs.fetch_add(1, Ordering::Relaxed));
        self.ask(Request::Run { job, upto });
        job
    }

    /// Waits for a job's end; collects the events on the way.
    pub fn wait(&self, job: JobId) -> (JobOutcome, Vec<Event>) {
        let mut seen = Vec::new();
        let events = self.events.lock().expect("no listener panics");
        loop {
            let event = events.recv_timeout(Duration::from_secs(300)).expect("the job ends");
            let outcome = match &event {
                Event::Job(status) if status.id == job => status.outcome.clone(),
                _ => None,
            };
            seen.push(event);
            if let Some(outcome) = outcome {
                return (outcome, seen);
            }
        }
    }

    /// Brings a stage up to date; it must succeed. Returns the stages that were computed.
    pub fn run(&self, upto: Stage) -> Vec<Stage> {
        let (outcome, events) = self.wait(self.start(upto));
        assert_eq!(outcome, JobOutcome::Done);
        let changed = events.iter().filter_map(|event| match event {
            Event::StageChanged { stage } => Some(*stage),
            _ => None,
        });
        changed.collect()
    }
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

/// A path as a host would name it.
pub fn file_ref(path: &Path) -> FileRef {
    FileRef(path.to_string_lossy().into_owned())
}

/// A built program of this workspace. `cargo xtask test` builds them first and says where
/// (`KITH_BINARIES`); otherwise they are built here, beside the running test.
pub fn program(name: &str) -> PathBuf {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    if let Some(built) = std::env::var_os("KITH_BINARIES").map(|dir| Path::new(&dir).join(&file))
        && built.is_file()
    {
        return built;
    }
    let mut dir = std::env::current_exe().expect("a test knows its path");
    dir.pop();
    if dir.ends_with("deps") {
        dir.pop();
    }
    let profile = if dir.ends_with("release") { "release" } else { "dev" };
    let status = std::process::Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--offline", "--bin", name, "--profile", profile])
        .status()
        .expect("cargo runs");
    assert!(status.success(), "{name} does not build");
    dir.join(file)
}
