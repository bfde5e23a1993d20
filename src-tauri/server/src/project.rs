//! A project for a browser on this machine: requests, events, and the built web interface.

use crate::running::{Running, ServeError, start};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_api::{ApiError, Backend, ErrorCode, wire};
use serde::Deserialize;
use std::collections::hash_map::RandomState;
use std::convert::Infallible;
use std::hash::{BuildHasher, Hasher};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;

/// Events a slow browser may fall behind before it misses some (it then asks anew).
const BACKLOG: usize = 1024;

#[derive(Clone)]
struct Host {
    engine: Arc<dyn Backend>,
    events: broadcast::Sender<String>,
    token: Arc<str>,
    web: Option<Arc<Path>>,
}

#[derive(Deserialize)]
struct Shown {
    token: Option<String>,
}

/// Serves the engine's open project, and the files of `web`, on a loopback address.
pub fn start_project(
    engine: Arc<dyn Backend>,
    web: Option<PathBuf>,
    addr: SocketAddr,
) -> Result<Running, ServeError> {
    if !addr.ip().is_loopback() {
        return Err(ServeError::NotLoopback);
    }
    let token = new_token();
    let (events, _) = broadcast::channel(BACKLOG);
    let sender = events.clone();
    engine.subscribe(Arc::new(move |event: &kith_api::Event| {
        // Without a browser nobody listens; that is no error.
        let _ = serde_json::to_string(event).map(|json| sender.send(json));
    }));
    let host =
        Host { engine, events, token: token.as_str().into(), web: web.map(|path| path.into()) };
    let guarded = Router::new()
        .route("/rpc", post(rpc))
        .route("/events", get(stream))
        .route_layer(from_fn_with_state(host.clone(), holds_token));
    let router = guarded
        .fallback(get(page))
        .layer(axum::middleware::from_fn(from_here))
        .with_state(host);
    start(router, addr, token)
}

/// 128 random bits from the system, as the standard library seeds its hash maps.
fn new_token() -> String {
    let word = |salt: u64| {
        let mut hasher = RandomState::new().build_hasher();
        hasher.write_u64(salt);
        hasher.finish()
    };
    format!("{:016x}{:016x}", word(1), word(2))
}

/// Refuses a foreign page (Origin) and a foreign name for this machine (Host): a web page
/// elsewhere must not reach the engine through the user's browser.
async fn from_here(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = text(headers, header::HOST);
    let own = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host == *name || host.strip_prefix(name).is_some_and(|r| r.starts_with(':')));
    let origin = text(headers, header::ORIGIN);
    if !own || !(origin.is_empty() || origin == format!("http://{host}")) {
        return (StatusCode::FORBIDDEN, "not from here").into_response();
    }
    next.run(request).await
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn holds_token(
    State(host): State<Host>,
    Query(shown): Query<Shown>,
    request: Request,
    next: Next,
) -> Response {
    let header = request.headers().get("x-kith-token").and_then(|v| v.to_str().ok());
    let shown = shown.token.as_deref().or(header).unwrap_or_default();
    // Compared in constant time: a wrong token must not tell how much of it was right.
    let same = shown.len() == host.token.len()
        && shown.bytes().zip(host.token.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
    if !same {
        return (StatusCode::UNAUTHORIZED, "the token is missing or wrong").into_response();
    }
    next.run(request).await
}

async fn rpc(State(host): State<Host>, body: Bytes) -> Response {
    let answer = move || {
        let request = serde_json::from_slice(&body).map_err(|e| {
            ApiError::new(ErrorCode::Usage, format!("The request is not understood: {e}"))
        });
        wire::encode_reply(&request.and_then(|request| host.engine.call(request)))
    };
    match tokio::task::spawn_blocking(answer).await {
        Ok(frame) => ([(header::CONTENT_TYPE, "application/octet-stream")], frame).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn stream(State(host): State<Host>) -> Response {
    let events = BroadcastStream::new(host.events.subscribe())
        .filter_map(Result::ok)
        .map(|json| Ok::<_, Infallible>(SseEvent::default().data(json)));
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// A file of the built web interface.
async fn page(State(host): State<Host>, request: Request) -> Response {
    let Some(web) = &host.web else { return StatusCode::NOT_FOUND.into_response() };
    let path = request.uri().path().trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    let kind = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("png") => "image/png",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    // One folder, plain names: nothing outside it can be named.
    if name.contains('/') || name.contains('\\') || name.starts_with('.') {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(web.join(name)).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
