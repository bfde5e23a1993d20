//! What lives as long as the program: the engine, the line for events, how to start.

use crate::events::Events;
use kith_api::{ApiError, Backend, ErrorCode, Request, Response};
use kith_workbench::{Engine, EngineOptions};
use serde::Serialize;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tauri::{AppHandle, Manager as _};

/// A page that has said nothing for so long after the window opened never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the page is told when it asks how to start.
#[derive(Debug, Clone, Serialize)]
pub struct Start {
    /// Open the sample project and run every stage.
    pub demo: bool,
    /// Open this project (absolute path).
    pub project: Option<String>,
    /// Theme by name.
    pub theme: Option<String>,
}

/// The program's state.
pub struct Shell {
    /// The engine.
    pub engine: Arc<dyn Backend>,
    /// The line to the page.
    pub events: Arc<Events>,
    /// How to start.
    pub start: Start,
    heard: AtomicBool,
    trace: bool,
}

impl Shell {
    /// An engine with no project open; its events wait for a page.
    pub fn new(start: Start, trace: bool) -> Self {
        Self::over(Arc::new(Engine::new(EngineOptions::for_user())), start, trace)
    }

    fn over(engine: Arc<dyn Backend>, start: Start, trace: bool) -> Self {
        let events = Arc::new(Events::default());
        let line = events.clone();
        engine.subscribe(Arc::new(move |event| line.say(event)));
        Self { engine, events, start, heard: AtomicBool::new(false), trace }
    }

    /// Answers a request in text form: its frame, whatever happens.
    pub fn answer(&self, request: &str) -> Vec<u8> {
        let reply = self.call(request);
        kith_api::wire::encode_reply(&reply)
    }

    fn call(&self, request: &str) -> Result<Response, ApiError> {
        let request: Request = serde_json::from_str(request).map_err(|error| {
            ApiError::new(ErrorCode::Usage, format!("This request cannot be read: {error}"))
                .hint("The page and the program are of different versions; reload the page")
        })?;
        if self.trace {
            eprintln!("rpc {}", name(&request));
        }
        self.engine.call(request)
    }

    /// The page has said something: the webview works.
    pub fn heard(&self) {
        self.heard.store(true, Ordering::Relaxed);
    }

    /// Stops jobs and gives the project's lock back.
    pub fn close(&self) {
        // That no project is open is no error here.
        self.engine.call(Request::CloseProject).ok();
    }

    /// Opens the native window, which draws without WebGL, on the same project.
    pub fn open_native_window(&self) -> Result<(), String> {
        let name = format!("kith-native{}", std::env::consts::EXE_SUFFIX);
        let program = std::env::current_exe()
            .map(|own| own.with_file_name(&name))
            .map_err(|error| error.to_string())?;
        if !program.is_file() {
            return Err(format!(
                "{name} does not lie beside this program; build it with `cargo build --release \
                 -p kith-native`"
            ));
        }
        let mut command = Command::new(program);
        if self.start.demo {
            command.arg("--demo");
        }
        if let Some(project) = &self.start.project {
            command.args(["--project", project]);
        }
        if let Some(theme) = &self.start.theme {
            command.args(["--theme", theme]);
        }
        // The project's lock must be free before the other window asks for it.
        self.close();
        command.spawn().map(|_| ()).map_err(|error| format!("{name} does not start: {error}"))
    }
}

/// Where the graphics driver cannot be used at all the webview dies without a word and leaves an
/// empty window: then the native one takes its place.
pub fn watch(app: AppHandle) {
    std::thread::spawn(move || {
        std::thread::sleep(PATIENCE);
        let shell = app.state::<Shell>();
        if shell.heard.load(Ordering::Relaxed) {
            return;
        }
        eprintln!("The webview shows no page here; opening the native window instead");
        match shell.open_native_window() {
            Ok(()) => app.exit(0),
            Err(error) => {
                eprintln!("{error}");
                app.exit(1);
            }
        }
    });
}

/// The request's name on the wire: its tag, never its content.
fn name(request: &Request) -> String {
    let value = serde_json::to_value(request).unwrap_or_default();
    value["ask"].as_str().unwrap_or("?").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_api::wire::decode_reply;

    fn shell(name: &str) -> Shell {
        let data_dir = std::env::temp_dir().join(format!("kith-{name}-{}", std::process::id()));
        let options = EngineOptions { data_dir, ..EngineOptions::for_user() };
        let start = Start { demo: false, project: None, theme: None };
        Shell::over(Arc::new(Engine::new(options)), start, false)
    }

    #[test]
    fn a_request_is_answered_in_a_frame() {
        let reply = decode_reply(&shell("frame").answer(r#"{"ask": "capabilities"}"#));
        assert!(matches!(reply, Ok(Response::Capabilities(_))), "{reply:?}");
    }

    #[test]
    fn nonsense_gets_a_usage_error() {
        for nonsense in ["", "{}", r#"{"ask": "format_disk"}"#, "[1, 2"] {
            let reply = decode_reply(&shell("nonsense").answer(nonsense));
            assert_eq!(reply.unwrap_err().code, ErrorCode::Usage, "{nonsense}");
        }
    }

    #[test]
    fn a_trace_names_the_request_only() {
        let request = Request::FindPeople { text: "a name".to_owned(), limit: 1 };
        assert_eq!(name(&request), "find_people");
    }
}
