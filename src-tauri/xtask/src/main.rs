//! `cargo xtask`: sets a machine up, builds the page, opens the demo, runs every check, measures.
//!
//! Not for: anything a user of Kith runs; that is `kith`.
//!
//! Its one law: whatever it needs and does not find, it fetches, or says in one sentence what is
//! missing and which command brings it. Progress goes to stderr, results to stdout.

mod bench;
mod check;
mod demo;
mod duckdb;
mod licences;
mod notices;
mod packages;
mod paths;
mod setup;
mod shell;
mod steps;
mod wasm;
mod web;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set-up and developer tasks of Kith")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing: system packages, DuckDB, the WASM target
    Setup(setup::Options),
    /// Set up, build and open the workbench on the sample project
    Demo(demo::Options),
    /// Set up, then run every check and every test
    Test(check::Options),
    /// Build the page of the desktop app into ui/web/dist
    Web(web::Options),
    /// Write THIRD-PARTY-NOTICES.md from what is linked
    Notices(notices::Options),
    /// Measure, beside a peer where there is one
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Setup(options) => setup::run(&options),
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => check::run(&options),
        Task::Web(options) => web::run(&options),
        Task::Notices(options) => notices::run(&options),
        Task::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nFailed: {error:#}");
            ExitCode::FAILURE
        }
    }
}
