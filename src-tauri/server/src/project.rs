//! A project for a browser on this machine: requests, events, and the built web interface.

use crate::guard::from_here;
use crate::page;
use crate::running::{Running, ServeError, Service, start};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_api::{ApiError, Backend, ErrorCode, Event, wire};
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
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;

/// Events a slow browser may fall behind before it misses some (it is then told to ask anew).
const BACKLOG: usize = 1024;

/// Largest request: a document's worth of JSON.
const LARGEST_REQUEST: usize = 32 << 20;

#[derive(Clone)]
struct Host {
    engine: Arc<dyn Backend>,
    /// Events as JSON; an empty text says that the server ends.
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
    engine.subscribe(Arc::new(move |event: &Event| {
        // Without a browser nobody listens; that is no error.
        let _ = serde_json::to_string(event).map(|json| sender.send(json));
    }));
    let ending = events.clone();
    let web = web.map(Into::into);
    let host = Host { engine, events, token: token.as_str().into(), web };
    let guarded = Router::new()
        .route("/rpc", post(rpc))
        .route("/events", get(stream))
        .route_layer(from_fn_with_state(host.clone(), holds_token));
    let router = guarded
        .fallback(get(file))
        .layer(DefaultBodyLimit::max(LARGEST_REQUEST))
        .layer(axum::middleware::from_fn(from_here))
        .with_state(host);
    let service = Service::new(router, addr).token(token).on_stop(move || {
        let _ = ending.send(String::new());
    });
    start(service)
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

/// Events as they come. Who fell behind and missed some is told that everything changed.
async fn stream(State(host): State<Host>) -> Response {
    let missed = serde_json::to_string(&Event::ProjectChanged).unwrap_or_default();
    let events = BroadcastStream::new(host.events.subscribe())
        .map(move |event| match event {
            Ok(json) => json,
            Err(BroadcastStreamRecvError::Lagged(_)) => missed.clone(),
        })
        .take_while(|json| !json.is_empty())
        .map(|json| Ok::<_, Infallible>(SseEvent::default().data(json)));
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

async fn file(State(host): State<Host>, request: Request) -> Response {
    page::answer(host.web.as_deref(), request.uri().path()).await
}

#[cfg(test)]
mod tests;
