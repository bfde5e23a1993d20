//! `kith serve`: a bundle's scoring API, or a project for a browser on this machine.

use crate::Ended;
use crate::args::Serve;
use crate::output::Output;
use crate::session::Session;
use kith_api::{ApiError, ErrorCode};
use serde_json::json;
use std::path::Path;

pub(crate) fn run(args: &Serve, out: &Output) -> Result<Ended, ApiError> {
    match (&args.bundle, &args.project) {
        (Some(bundle), _) => serve_bundle(bundle, args, out),
        (None, Some(project)) => serve_project(project, args, out),
        (None, None) => Err(ApiError::new(ErrorCode::Usage, "Name a bundle or a project")),
    }
}

fn failed(error: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::Io, format!("The server cannot run: {error}"))
        .hint("Choose another address with --listen, port 0 for a free one")
}

fn serve_bundle(bundle: &Path, args: &Serve, out: &Output) -> Result<Ended, ApiError> {
    let _ = (bundle, args, out, json!(null));
    Err(failed("not written"))
}

fn serve_project(project: &Path, args: &Serve, out: &Output) -> Result<Ended, ApiError> {
    let session = Session::open(project)?;
    let _ = (session.engine(), args, out);
    Err(failed("not written"))
}
