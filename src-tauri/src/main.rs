//! `kith-desktop`: the workbench in the system's webview, the engine in this process.
//!
//! Not for: drawing (the page, `kith-web`) or deciding (`kith-workbench`).
//!
//! Its one law: the page gets five commands and nothing else; everything it asks of the engine
//! goes through `rpc`, which checks it as if a stranger had sent it.
#![cfg_attr(windows, windows_subsystem = "windows")]

mod commands;
mod dialogs;
mod events;
mod shell;

use anyhow::{Context as _, Result};
use clap::Parser;
use shell::{Shell, Start};
use std::path::PathBuf;
use tauri::{DragDropEvent, Manager as _, RunEvent, WindowEvent};

/// A workbench for customer data.
#[derive(Parser)]
#[command(name = "kith-desktop", version)]
struct Arguments {
    /// Open the sample project and run every stage
    #[arg(long, conflicts_with = "project")]
    demo: bool,
    /// Open this project folder
    #[arg(long, value_name = "FOLDER")]
    project: Option<PathBuf>,
    /// dark, light or high-contrast; the system's when absent
    #[arg(long, value_name = "THEME", value_parser = ["dark", "light", "high-contrast"])]
    theme: Option<String>,
    /// Say on stderr what the page asks for (names only, never data)
    #[arg(long)]
    trace: bool,
}

impl Arguments {
    fn start(&self) -> Result<Start> {
        let absolute = |path: &PathBuf| {
            let path = std::path::absolute(path).with_context(|| format!("No path: {path:?}"))?;
            let text = path.to_str().with_context(|| format!("Not Unicode: {path:?}"))?;
            anyhow::Ok(text.to_owned())
        };
        let project = self.project.as_ref().map(absolute).transpose()?;
        Ok(Start { demo: self.demo, project, theme: self.theme.clone() })
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let shell = Shell::new(arguments.start()?, arguments.trace);
    tauri::Builder::default()
        .manage(shell)
        .invoke_handler(tauri::generate_handler![
            commands::events,
            commands::native_window,
            commands::pick,
            commands::rpc,
            commands::start,
        ])
        .setup(|app| {
            shell::watch(app.handle().clone());
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
                window.state::<Shell>().events.dropped(paths);
            }
        })
        .build(context())
        .context("The window cannot be opened. Without a webview use `kith-native`")?
        .run(|app, event| {
            if matches!(event, RunEvent::Exit) {
                app.state::<Shell>().close();
            }
        });
    Ok(())
}

/// What is built in: the settings of the window and its page.
#[cfg(not(test))]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

/// Tests open no window. They must not even build the page in: it is packed into a file that the
/// program, built beside them, reads at the same time, and would read half of.
#[cfg(test)]
fn context() -> tauri::Context {
    unreachable!("tests open no window")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_project_is_named_by_its_whole_path() {
        let arguments = Arguments::parse_from(["kith-desktop", "--project", "a.kith"]);
        let project = arguments.start().unwrap().project.unwrap();
        assert!(std::path::Path::new(&project).is_absolute() && project.ends_with("a.kith"));
    }
}
