//! `kith`: everything the window does, without a window.
//!
//! Results go to stdout (one JSON object with `--json`), progress to stderr. Exit codes: 0 done,
//! 1 finished with findings, 2 wrong usage, 3 bad input, 4 internal.

mod args;
mod check;
mod column_format;
mod compare;
mod demo;
mod explain;
mod golden;
mod impute;
mod map;
mod output;
mod people;
mod project;
mod rejects;
mod resolve;
mod review;
mod serve;
mod session;
mod show;
mod tools;

use clap::Parser;
use kith_api::{ApiError, ErrorCode};
use std::process::ExitCode;

/// How a command ended when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All is well.
    Done,
    /// Done, and something deserves a look: a failed expectation, a verification difference.
    Findings,
}

fn main() -> ExitCode {
    let args = args::Args::parse();
    let json = args.json;
    match run(args) {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Findings) => ExitCode::from(1),
        Err(error) => {
            output::error(&error, json);
            ExitCode::from(exit_code(error.code))
        }
    }
}

fn run(args: args::Args) -> Result<Ended, ApiError> {
    use args::Command as C;
    let out = output::Output::new(args.json);
    match args.command {
        C::Demo(demo) => demo::run(&demo, &out),
        C::Sample(sample) => demo::sample(&sample, &out),
        C::Serve(serve) => serve::run(&serve, &out),
        C::Completions { shell } => {
            let mut command = <args::Args as clap::CommandFactory>::command();
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, "kith", &mut script);
            output::print(String::from_utf8_lossy(&script).trim_end());
            Ok(Ended::Done)
        }
        C::Rejects(args) => rejects::run(&args, &out),
        C::Convert(tool) => tools::convert(&tool, &out),
        C::MapColumns(tool) => tools::map_columns(&tool, &out),
        C::Match(tool) => tools::match_records(&tool, &out),
        C::Cluster(tool) => tools::cluster(&tool, &out),
        C::Train(tool) => tools::train(&tool, &out),
        C::Suggest(tool) => tools::suggest(&tool, &out),
        in_project => project::run(in_project, &out),
    }
}

/// The documented exit code of a failure.
fn exit_code(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::Usage | ErrorCode::NotReady => 2,
        ErrorCode::BadInput
        | ErrorCode::Io
        | ErrorCode::DiskFull
        | ErrorCode::Locked
        | ErrorCode::NewerVersion => 3,
        ErrorCode::Cancelled | ErrorCode::Internal => 4,
    }
}
