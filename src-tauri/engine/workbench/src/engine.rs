//! The engine every host embeds.

use crate::error::usage;
use crate::handlers;
use crate::jobs::{Events, Jobs};
use crate::session::{Clock, Session, lock};
use kith_api::{ApiError, Backend, Event, EventSink, Request, Response};
use kith_store::{Store, StoreOptions};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How long closing waits for requests under way.
const LINGER: Duration = Duration::from_secs(5);

/// What a host decides.
#[derive(Clone)]
pub struct EngineOptions {
    /// Folder for the sample, recent projects and remembered mappings.
    pub data_dir: PathBuf,
    /// The present moment as RFC 3339 UTC.
    pub clock: Arc<dyn Fn() -> String + Send + Sync>,
    /// DuckDB's memory limit; none: its default (80 % of memory).
    pub memory_limit_mb: Option<u64>,
    /// Threads; none: as many as cores.
    pub threads: Option<u32>,
}

impl EngineOptions {
    /// The system clock, and the data folder of the user's platform.
    pub fn for_user() -> Self {
        Self {
            data_dir: user_data_dir(),
            clock: Arc::new(system_now),
            memory_limit_mb: None,
            threads: None,
        }
    }
}

/// The engine. One project is open at a time.
pub struct Engine {
    pub(crate) options: EngineOptions,
    pub(crate) jobs: Jobs,
    pub(crate) events: Events,
    session: Mutex<Option<Arc<Session>>>,
    duckdb: OnceLock<String>,
}

impl Engine {
    /// An engine with no project open.
    pub fn new(options: EngineOptions) -> Self {
        let events = Events::default();
        let jobs = Jobs::new(events.clone());
        Self { options, jobs, events, session: Mutex::new(None), duckdb: OnceLock::new() }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.options.clock.clone()
    }

    pub(crate) fn store_options(&self) -> StoreOptions {
        StoreOptions {
            memory_limit_mb: self.options.memory_limit_mb,
            threads: self.options.threads,
            ..StoreOptions::default()
        }
    }

    /// Version of DuckDB, as it says itself.
    pub(crate) fn duckdb_version(&self) -> String {
        let ask = || Store::in_memory(&self.store_options())?.version();
        self.duckdb.get_or_init(|| ask().unwrap_or_default()).clone()
    }

    /// The open project.
    pub(crate) fn session(&self) -> Result<Arc<Session>, ApiError> {
        lock(&self.session)
            .clone()
            .ok_or_else(|| usage("No project is open").hint("Open a project or the sample first"))
    }

    /// Closes the open project, if any; its jobs are stopped and awaited.
    pub(crate) fn close(&self) {
        self.jobs.quiesce();
        let Some(closed) = lock(&self.session).take() else { return };
        // A request under way, or the worker putting its last job away, still holds the project
        // and with it the lock on its folder: whoever opens it next must find it free.
        let asked = Instant::now();
        while Arc::strong_count(&closed) > 1 && asked.elapsed() < LINGER {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(closed);
        self.events.send(&Event::ProjectChanged);
    }

    /// Makes `session` the open project.
    pub(crate) fn adopt(&self, session: Session) {
        *lock(&self.session) = Some(Arc::new(session));
        self.events.send(&Event::ProjectChanged);
    }
}

impl Backend for Engine {
    fn call(&self, request: Request) -> Result<Response, ApiError> {
        handlers::answer(self, request)
    }

    fn subscribe(&self, sink: EventSink) {
        self.events.subscribe(sink);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.jobs.quiesce();
    }
}

fn system_now() -> String {
    let format =
        time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    time::OffsetDateTime::now_utc().format(&format).unwrap_or_default()
}

/// `KITH_DATA_DIR`, or the platform's usual place.
fn user_data_dir() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(dir) = from("KITH_DATA_DIR") {
        return dir;
    }
    let home = from("HOME").or_else(|| from("USERPROFILE")).unwrap_or_else(std::env::temp_dir);
    if cfg!(target_os = "macos") {
        home.join("Library/Application Support/Kith")
    } else if cfg!(windows) {
        from("APPDATA").unwrap_or(home).join("Kith")
    } else {
        from("XDG_DATA_HOME").unwrap_or_else(|| home.join(".local/share")).join("kith")
    }
}
