//! `kith-native`: the workbench in a window of its own, the engine in the same process.
//!
//! Not for: drawing (`kith-ui`) or deciding (`kith-workbench`).
//!
//! Its one law: the thread that draws never waits for the engine or for a dialog. This is the
//! fastest host, and the one screen readers can read (AccessKit).

mod dialogs;
mod lanes;
mod wire;

use anyhow::{Context as _, Result, anyhow};
use clap::Parser;
use kith_api::{Backend, Request};
use kith_model::FileRef;
use kith_ui::{App, Start, ThemeChoice};
use kith_workbench::{Engine, EngineOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A workbench for customer data.
#[derive(Parser)]
#[command(name = "kith-native", version)]
struct Arguments {
    /// Open the sample project and run every stage
    #[arg(long, conflicts_with = "project")]
    demo: bool,
    /// Open this project folder
    #[arg(long, value_name = "FOLDER")]
    project: Option<PathBuf>,
    /// dark, light or high-contrast; the system's when absent
    #[arg(long, value_name = "THEME", value_parser = theme)]
    theme: Option<ThemeChoice>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let project = arguments.project.as_deref().map(file_ref).transpose()?;
    let start = Start { demo: arguments.demo, project, theme: arguments.theme };
    let engine: Arc<dyn Backend> = Arc::new(Engine::new(EngineOptions::for_user()));
    let closing = engine.clone();
    eframe::run_native(
        "Kith",
        options()?,
        Box::new(move |cc| {
            let wire = wire::EngineWire::new(&engine, &cc.egui_ctx)?;
            Ok(Box::new(App::new(&cc.egui_ctx, Box::new(wire), start)))
        }),
    )
    .map_err(|error| anyhow!("{error}"))
    .context(
        "No window can be opened here. Without a display use `kith`, the same engine on the \
         command line",
    )?;
    // Stops jobs and gives the project's lock back. That none was open is no error here.
    closing.call(Request::CloseProject).ok();
    Ok(())
}

fn options() -> Result<eframe::NativeOptions> {
    let picture = include_bytes!("../../../assets/icons/kith-256.png");
    let icon =
        eframe::icon_data::from_png_bytes(picture).context("The window's icon is damaged")?;
    Ok(eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_app_id("kith")
            .with_title("Kith")
            .with_icon(icon)
            .with_inner_size([1440.0, 900.0])
            .with_min_inner_size([960.0, 600.0])
            .with_drag_and_drop(true),
        ..Default::default()
    })
}

fn theme(name: &str) -> Result<ThemeChoice, String> {
    let called = |theme: &ThemeChoice| theme.title().to_lowercase().replace(' ', "-") == name;
    ThemeChoice::ALL
        .into_iter()
        .find(called)
        .ok_or_else(|| "themes are dark, light and high-contrast".to_owned())
}

/// An absolute path as the contract carries it.
fn file_ref(path: &Path) -> Result<FileRef> {
    let path = std::path::absolute(path).with_context(|| format!("No such path: {path:?}"))?;
    let text = path.to_str().with_context(|| format!("This name is not Unicode: {path:?}"))?;
    Ok(FileRef(text.to_owned()))
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
    fn every_theme_can_be_named() {
        let named = ["dark", "light", "high-contrast"].map(theme);
        assert_eq!(named, ThemeChoice::ALL.map(Ok));
        assert!(theme("pink").is_err());
    }

    #[test]
    fn the_icon_can_be_read() {
        options().unwrap();
    }
}
