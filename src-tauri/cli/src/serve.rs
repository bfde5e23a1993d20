//! `kith serve`: a bundle's scoring API, or a project for a browser on this machine.

use crate::Ended;
use crate::args::Serve;
use crate::output::Output;
use crate::session::Session;
use kith_api::{ApiError, ErrorCode};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

pub(crate) fn run(args: &Serve, out: &Output) -> Result<Ended, ApiError> {
    match (&args.bundle, &args.project) {
        (Some(bundle), _) => serve_bundle(bundle, args, out),
        (None, Some(project)) => serve_project(project, args, out),
        (None, None) => Err(ApiError::new(ErrorCode::Usage, "Name a bundle or a project")),
    }
}

fn failed(error: &kith_server::ServeError) -> ApiError {
    ApiError::new(ErrorCode::Io, error.to_string())
}

fn serve_bundle(bundle: &Path, args: &Serve, out: &Output) -> Result<Ended, ApiError> {
    let folder = bundle.to_owned();
    let load = move || kith_workbench::bundle::load(&folder);
    let index = load()?;
    let people = index.people.len();
    let again = Arc::new(move || load().map_err(|e| e.to_string()));
    let server = kith_server::start_bundle(index, again, args.listen).map_err(|e| failed(&e))?;
    let url = format!("http://{}/v1/health", server.addr());
    out.result(
        &json!({ "listen": server.addr(), "profiles": people }),
        &format!("Serving {people} profiles; try {url}; Ctrl+C stops"),
    );
    server.wait();
    Ok(Ended::Done)
}

fn serve_project(project: &Path, args: &Serve, out: &Output) -> Result<Ended, ApiError> {
    let session = Session::open(project)?;
    let server = kith_server::start_project(session.engine(), args.web.clone(), args.listen)
        .map_err(|e| failed(&e))?;
    let url = format!("http://{}/?token={}", server.addr(), server.token());
    out.result(
        &json!({ "listen": server.addr(), "url": url }),
        &format!("Open {url} in a browser on this machine; Ctrl+C stops"),
    );
    server.wait();
    Ok(Ended::Done)
}
