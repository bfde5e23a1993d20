//! The scoring API, version 1.
//!
//! `GET /v1/health`, `GET /v1/profiles/{id}`, `.../segments`, `.../recommendations?k=10`,
//! `.../decisions`, `POST /v1/score` with `{"features": {...}}`, `POST /v1/reload` (from this
//! machine; a hang-up signal does the same). A stranger gets 404 for profile, segment and
//! decisions, and what is popular as recommendations.

use crate::answers::Answers;
use crate::guard::from_here;
use crate::running::{Running, ServeError, Service, start};
use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kith_workbench::bundle::Index;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// Reads the bundle anew; the words of the error reach whoever asked for the reload.
pub type Reload = Arc<dyn Fn() -> Result<Index, String> + Send + Sync>;

/// Makes the answers anew.
type Remake = Arc<dyn Fn() -> Result<Answers, String> + Send + Sync>;

#[derive(Clone)]
struct Served {
    answers: Arc<RwLock<Arc<Answers>>>,
    remake: Remake,
}

impl Served {
    /// The bundle as it is now. A request keeps what it began with while another is loaded.
    fn answers(&self) -> Arc<Answers> {
        self.answers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loads the bundle again beside the old one, then switches; a broken bundle changes
    /// nothing. Gives the new version.
    fn reload(&self) -> Result<String, String> {
        let answers = (self.remake)()?;
        let version = answers.version.clone();
        *self.answers.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(answers);
        Ok(version)
    }
}

/// Serves a bundle. On the loopback address no web page of elsewhere may ask.
pub fn start_bundle(index: Index, reload: Reload, addr: SocketAddr) -> Result<Running, ServeError> {
    let remake = Arc::new(move || reload().map(Answers::of));
    serve(Answers::of(index), remake, addr)
}

fn serve(answers: Answers, remake: Remake, addr: SocketAddr) -> Result<Running, ServeError> {
    let served = Served { answers: Arc::new(RwLock::new(Arc::new(answers))), remake };
    let mut router = router(served.clone());
    if addr.ip().is_loopback() {
        router = router.layer(axum::middleware::from_fn(from_here));
    }
    let hung_up = move || match served.reload() {
        Ok(version) => log::info!("bundle {version} loaded"),
        Err(message) => log::warn!("the bundle was not loaded again: {message}"),
    };
    start(Service::new(router, addr).on_hang_up(hung_up))
}

fn router(served: Served) -> Router {
    Router::new()
        .route("/v1/health", get(health))
        .route("/v1/profiles/{id}", get(profile))
        .route("/v1/profiles/{id}/segments", get(segments))
        .route("/v1/profiles/{id}/recommendations", get(recommendations))
        .route("/v1/profiles/{id}/decisions", get(decisions))
        .route("/v1/score", post(score))
        .route("/v1/reload", post(reload))
        .with_state(served)
}

fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message }))).into_response()
}

fn found(body: Option<Bytes>) -> Response {
    match body {
        Some(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        None => failure(StatusCode::NOT_FOUND, "There is no such profile in this bundle"),
    }
}

async fn health(State(served): State<Served>) -> Json<Value> {
    let answers = served.answers();
    Json(json!({ "status": "ok", "bundle": answers.version, "profiles": answers.people() }))
}

async fn profile(State(served): State<Served>, Path(id): Path<u64>) -> Response {
    found(served.answers().profile(id))
}

async fn segments(State(served): State<Served>, Path(id): Path<u64>) -> Response {
    found(served.answers().segment(id))
}

#[derive(Deserialize)]
struct ListAsk {
    k: Option<usize>,
}

/// Most a client may ask for at once.
const LONGEST_LIST: usize = 100;

async fn recommendations(
    State(served): State<Served>,
    Path(id): Path<u64>,
    Query(ask): Query<ListAsk>,
) -> Response {
    let k = ask.k.unwrap_or(10).min(LONGEST_LIST);
    found(Some(served.answers().recommendations(id, k)))
}

fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// What the rules that need no event say of a person now.
async fn decisions(State(served): State<Served>, Path(id): Path<u64>) -> Response {
    let actions = served.answers().live.decide(id, now_us());
    let body = actions.map(|a| json!({ "profile_id": id, "decisions": a }).to_string());
    found(body.map(Bytes::from))
}

/// Features by name; null is missing.
#[derive(Deserialize)]
struct ScoreAsk {
    features: BTreeMap<String, Option<f64>>,
}

async fn score(
    State(served): State<Served>,
    ask: Result<Json<ScoreAsk>, JsonRejection>,
) -> Response {
    let Json(ask) = match ask {
        Ok(ask) => ask,
        Err(rejection) => return failure(rejection.status(), &rejection.body_text()),
    };
    let answers = served.answers();
    let known = answers.live.features();
    let strange: Vec<_> = ask.features.keys().filter(|name| !known.contains(*name)).collect();
    if !strange.is_empty() {
        let message = format!("Unknown features {strange:?}; this bundle knows {known:?}");
        return failure(StatusCode::UNPROCESSABLE_ENTITY, &message);
    }
    let features = ask.features.into_iter().filter_map(|(name, v)| Some((name, v?))).collect();
    match answers.live.score(&features) {
        Ok((id, name, propensity)) => {
            let segment = json!({ "id": id, "name": name });
            Json(json!({ "segment": segment, "propensity": propensity })).into_response()
        }
        Err(message) => failure(StatusCode::INTERNAL_SERVER_ERROR, &message),
    }
}

/// Loads the bundle again, when asked from this machine and not by a web page.
async fn reload(
    State(served): State<Served>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    if !peer.ip().is_loopback() || headers.contains_key(header::ORIGIN) {
        return failure(StatusCode::FORBIDDEN, "Reload from the machine the server runs on");
    }
    match tokio::task::spawn_blocking(move || served.reload()).await {
        Ok(Ok(version)) => Json(json!({ "status": "ok", "bundle": version })).into_response(),
        Ok(Err(message)) => failure(StatusCode::CONFLICT, &message),
        Err(_) => failure(StatusCode::INTERNAL_SERVER_ERROR, "The bundle could not be loaded"),
    }
}

#[cfg(test)]
mod tests;
