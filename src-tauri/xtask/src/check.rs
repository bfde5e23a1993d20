//! `cargo xtask test`: every check, then every test; the test runner's count comes last.

use crate::setup::Purpose;
use crate::steps::Steps;
use crate::{notices, packages, paths, setup, shell, wasm, web};
use anyhow::{Context as _, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::Command;

/// Arguments.
#[derive(Args)]
pub struct Options {
    /// Formatting, spelling, lints and tests only: no documentation, page, licences or doc tests
    #[arg(long)]
    quick: bool,
}

/// Version of the spelling checker fetched from PyPI.
const TYPOS: &str = "typos==1.52.0";

/// Runs the task.
pub fn run(options: &Options) -> Result<()> {
    let mut steps = Steps::new(if options.quick { 7 } else { 13 });
    steps.step("system packages", || setup::system(Purpose::All))?;
    steps.step("DuckDB library", setup::library)?;
    steps.step("formatting", || {
        shell::run(shell::cargo().args(["fmt", "--all", "--check"]))
            .context("run `cargo fmt --all`")
    })?;
    spelling(&mut steps)?;
    if !options.quick {
        steps.step("licences, notices, versions", || {
            notices::run(&notices::Options { check: true })
        })?;
        deny(&mut steps)?;
    }
    steps.step("lints", lints)?;
    if !options.quick {
        steps.step("documentation", documentation)?;
        page(&mut steps)?;
    }
    steps.step("programs and tests", || {
        // One build with one set of features: the journeys run these programs.
        shell::run(shell::cargo().args(["build", "--workspace", "--all-targets", "--quiet"]))
    })?;
    if !options.quick {
        steps.step("examples in the documentation", || {
            shell::run(environment(shell::cargo().args([
                "test",
                "--workspace",
                "--doc",
                "--quiet",
            ])))
        })?;
        steps.step("generated files are ignored by git", nothing_left_behind)?;
    }
    for skipped in steps.skipped() {
        eprintln!("Not checked here: {skipped}");
    }
    eprintln!("Checks passed in {}; now the tests", steps.elapsed());
    tests()
}

fn lints() -> Result<()> {
    let mut clippy = shell::cargo();
    clippy.args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    shell::run(&mut clippy)
}

fn documentation() -> Result<()> {
    let mut doc = shell::cargo();
    doc.args(["doc", "--workspace", "--no-deps", "--quiet"]).env("RUSTDOCFLAGS", "-D warnings");
    shell::run(&mut doc)
}

fn spelling(steps: &mut Steps) -> Result<()> {
    match typos() {
        Ok(tool) => steps.step("spelling", || {
            shell::run(&mut shell::command(tool)).context("correct it, or allow it in typos.toml")
        }),
        Err(error) => {
            steps.skip("spelling", &format!("typos cannot be had: {error:#}"));
            Ok(())
        }
    }
}

/// The spelling checker: the user's, or one in an environment of our own.
fn typos() -> Result<PathBuf> {
    if let Some(tool) = shell::which("typos") {
        return Ok(tool);
    }
    let folder = paths::tools().join("typos");
    let bin = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let tool = bin.join(format!("typos{}", std::env::consts::EXE_SUFFIX));
    if tool.is_file() {
        return Ok(tool);
    }
    let python = ["python3", "python"].into_iter().find_map(shell::which).context("no Python")?;
    let venv = || shell::capture(shell::command(&python).args(["-m", "venv"]).arg(&folder));
    if let Err(error) = venv() {
        if !packages::is_debian() {
            return Err(error);
        }
        packages::install(&["python3-venv"])?;
        venv()?;
    }
    let pip = bin.join(format!("pip{}", std::env::consts::EXE_SUFFIX));
    shell::capture(shell::command(pip).args(["install", "--quiet", TYPOS]))?;
    Ok(tool)
}

fn deny(steps: &mut Steps) -> Result<()> {
    if shell::which("cargo-deny").is_none() {
        steps.skip(
            "cargo-deny",
            "not installed (`cargo install --locked cargo-deny`); licences and versions were \
             checked by our own means",
        );
        return Ok(());
    }
    steps.step("bans, licences, sources", || {
        shell::run(shell::cargo().args(["deny", "check", "bans", "licenses", "sources"]))
    })
}

/// No compiler is a pity, a page that does not compile is a failure.
fn page(steps: &mut Steps) -> Result<()> {
    match wasm::ensure() {
        Ok(_) => steps.step("page", || web::run(&web::Options { force: false })),
        Err(error) => {
            steps.skip("page", &format!("{error:#}"));
            Ok(())
        }
    }
}

/// Builds must not dirty the checkout.
fn nothing_left_behind() -> Result<()> {
    let mut status = shell::command("git");
    status.args(["ls-files", "--others", "--exclude-standard", "--", "*.wasm", "*.so", "*.duckdb"]);
    let Ok(files) = shell::capture(&mut status) else {
        eprintln!("  not a git checkout");
        return Ok(());
    };
    anyhow::ensure!(files.trim().is_empty(), "git does not ignore:\n{}", files.trim());
    Ok(())
}

/// Pictures must come from the same renderer on every machine: Mesa's lavapipe, not the graphics
/// card. Windows of the journeys get their own virtual display from the tests.
fn environment(command: &mut Command) -> &mut Command {
    let icd = format!("/usr/share/vulkan/icd.d/lvp_icd.{}.json", std::env::consts::ARCH);
    let icd = [icd.as_str(), "/usr/share/vulkan/icd.d/lvp_icd.json"]
        .into_iter()
        .find(|file| PathBuf::from(file).is_file())
        .map(str::to_owned);
    if let Some(file) = icd {
        command.env("VK_ICD_FILENAMES", &file).env("VK_DRIVER_FILES", file);
    }
    command
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("KITH_BINARIES", paths::target().join("debug"))
        .env("KITH_REQUIRE_DISPLAY", if cfg!(target_os = "linux") { "1" } else { "0" })
}

fn tests() -> Result<()> {
    let mut command = shell::cargo();
    if shell::which("cargo-nextest").is_some() {
        command.args(["nextest", "run", "--workspace"]);
    } else {
        eprintln!("cargo-nextest is not installed; `cargo test` runs them one file after another");
        command.args(["test", "--workspace", "--lib", "--bins", "--tests"]);
    }
    shell::run(environment(&mut command))
}
