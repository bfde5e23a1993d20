//! `cargo xtask demo`: from a fresh checkout to the workbench on the sample project.

use crate::setup::Purpose;
use crate::steps::Steps;
use crate::{paths, setup, shell, web};
use anyhow::{Context as _, Result};
use clap::Args;

/// Arguments.
#[derive(Args)]
pub struct Options {
    /// Open the native window instead of the desktop app
    #[arg(long, conflicts_with = "headless")]
    native: bool,
    /// Open nothing: do the whole journey and print what it found
    #[arg(long)]
    headless: bool,
}

/// Runs the task.
pub fn run(options: &Options) -> Result<()> {
    if options.headless {
        return headless();
    }
    if !shell::has_display() {
        eprintln!(
            "No display (neither DISPLAY nor WAYLAND_DISPLAY is set): doing the journey here"
        );
        return headless();
    }
    if options.native {
        return native();
    }
    match desktop() {
        Ok(()) => Ok(()),
        Err(error) => {
            eprintln!("\nThe desktop app cannot be had here: {error:#}");
            eprintln!("Opening the native window instead\n");
            native()
        }
    }
}

fn desktop() -> Result<()> {
    let mut steps = Steps::new(6);
    steps.step("system packages", || setup::system(Purpose::Desktop))?;
    steps.step("DuckDB library", setup::library)?;
    steps.step("WASM compiler", setup::compiler)?;
    steps.step("page", || web::run(&web::Options { force: false }))?;
    // The native window comes along: the app offers it where the webview cannot draw.
    steps.step("desktop app (the first time takes some minutes)", || {
        build(&["kith-desktop", "kith-native"])
    })?;
    steps.step("the workbench on the sample project, until you close it", || open("kith-desktop"))
}

fn native() -> Result<()> {
    let mut steps = Steps::new(4);
    steps.step("system packages", || setup::system(Purpose::Native))?;
    steps.step("DuckDB library", setup::library)?;
    steps.step("native window (the first time takes some minutes)", || build(&["kith-native"]))?;
    steps.step("the workbench on the sample project, until you close it", || open("kith-native"))
}

fn headless() -> Result<()> {
    let mut steps = Steps::new(3);
    steps.step("DuckDB library", setup::library)?;
    steps.step("command line (the first time takes some minutes)", || build(&["kith-cli"]))?;
    steps.step("the journey on the sample project", || {
        shell::run(shell::command(paths::binary("release", "kith")).arg("demo"))
    })
}

fn build(packages: &[&str]) -> Result<()> {
    let mut command = shell::cargo();
    command.args(["build", "--release"]);
    for package in packages {
        command.args(["--package", package]);
    }
    shell::run(&mut command)
}

fn open(name: &str) -> Result<()> {
    let mut window = shell::command(paths::binary("release", name));
    shell::run(window.arg("--demo")).with_context(|| format!("{name} did not stay open"))
}
