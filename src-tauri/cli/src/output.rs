//! Where results and progress go.

use kith_api::{ApiError, Event, JobOutcome, JobStatus};
use serde_json::Value;
use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal, Write};
use std::sync::Mutex;

/// Text or JSON on stdout, progress on stderr.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// The result: `value` with `--json`, otherwise `text`.
    pub(crate) fn result(&self, value: &Value, text: &str) {
        if self.json {
            print(value);
        } else {
            print(text.trim_end());
        }
    }

    /// A line of progress.
    pub(crate) fn step(&self, text: &str) {
        eprintln!("{text}");
    }
}

/// One line on stdout. A reader that has seen enough (`kith … | head`) is no failure of ours.
pub(crate) fn print(line: impl Display) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{line}")
        && error.kind() != ErrorKind::BrokenPipe
    {
        eprintln!("kith: the result could not be written to stdout: {error}");
    }
}

/// A failure: text on stderr, and the whole object on stdout with `--json`.
pub(crate) fn error(error: &ApiError, json: bool) {
    if json {
        print(serde_json::json!({ "error": error }));
    }
    eprintln!("kith: {}", error.message);
    if let Some(place) = &error.place {
        eprintln!("  where: {place}");
    }
    if let Some(hint) = &error.hint {
        eprintln!("  what to do: {hint}");
    }
}

/// Draws the progress of a job on stderr: one changing line in a terminal, one line a stage
/// elsewhere.
#[derive(Default)]
pub(crate) struct ProgressLine {
    last: Mutex<Option<(kith_model::Stage, u64)>>,
}

impl ProgressLine {
    /// Shows an event.
    pub(crate) fn show(&self, event: &Event) {
        let Event::Job(status) = event else { return };
        if std::io::stderr().is_terminal() {
            terminal_line(status);
        } else {
            self.plain_line(status);
        }
    }

    /// One line when a stage begins, one with its time when it ends.
    fn plain_line(&self, status: &JobStatus) {
        let mut last = self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = (status.stage, status.id.0);
        match (&status.outcome, *last) {
            (None, before) if before != Some(now) => {
                eprintln!("  {}", status.stage.title());
                *last = Some(now);
            }
            (Some(JobOutcome::Done), Some(_)) => {
                let seconds = status.elapsed_ms as f64 / 1000.0;
                eprintln!("  {}: {seconds:.1} s", status.stage.title());
                *last = None;
            }
            _ => {}
        }
    }
}

fn terminal_line(status: &JobStatus) {
    let mut err = std::io::stderr().lock();
    let line = match &status.outcome {
        None => {
            let left = status
                .left_ms
                .map_or_else(String::new, |ms| format!(", about {} s left", ms.div_ceil(1000)));
            format!(
                "  {:>3.0} %  {}: {}{left}",
                status.done * 100.0,
                status.stage.title(),
                status.doing
            )
        }
        Some(JobOutcome::Done) => String::new(),
        Some(JobOutcome::Cancelled) => "  stopped".to_owned(),
        Some(JobOutcome::Failed(_)) => "  failed".to_owned(),
    };
    let _ = write!(err, "\r\x1b[K{line}");
    let _ = err.flush();
}
