//! The scoring API, version 1.
//!
//! `GET /v1/health`, `GET /v1/profiles/{id}`, `.../segments`, `.../recommendations?k=10`,
//! `.../decisions`, `POST /v1/score` with `{"features": {...}}`, `POST /v1/reload`. A stranger
//! gets 404 for profile, segment and decisions, and what is popular as recommendations.

use crate::running::{Running, ServeError, start};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kith_workbench::bundle::{Index, Person};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// Reads the bundle anew; the words of the error reach whoever asked for the reload.
pub type Reload = Arc<dyn Fn() -> Result<Index, String> + Send + Sync>;

#[derive(Clone)]
struct Served {
    index: Arc<RwLock<Arc<Index>>>,
    reload: Reload,
}

impl Served {
    /// The bundle as it is now. A request keeps what it began with while another is loaded.
    fn index(&self) -> Arc<Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Serves a bundle.
pub fn start_bundle(
    index: Index,
    reload: Reload,
    addr: SocketAddr,
) -> Result<Running, ServeError> {
    let served = Served { index: Arc::new(RwLock::new(Arc::new(index))), reload };
    start(router(served), addr, String::new())
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

fn unknown() -> Response {
    failure(StatusCode::NOT_FOUND, "There is no such profile in this bundle")
}

async fn health(State(served): State<Served>) -> Json<Value> {
    let index = served.index();
    Json(json!({ "status": "ok", "bundle": index.version, "profiles": index.people.len() }))
}

async fn profile(State(served): State<Served>, Path(id): Path<u64>) -> Response {
    let index = served.index();
    let Some(person) = index.people.get(&id) else { return unknown() };
    let body = json!({
        "profile_id": id,
        "profile": person.profile,
        "segment": segment_json(&index, person),
        "propensity": person.propensity,
    });
    Json(body).into_response()
}

fn segment_json(index: &Index, person: &Person) -> Value {
    person
        .segment
        .map_or(Value::Null, |id| json!({ "id": id, "name": index.segment_name(id) }))
}

async fn segments(State(served): State<Served>, Path(id): Path<u64>) -> Response {
    let index = served.index();
    let Some(person) = index.people.get(&id) else { return unknown() };
    let body = json!({ "profile_id": id, "segment": segment_json(&index, person) });
    Json(body).into_response()
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
    let index = served.index();
    let k = ask.k.unwrap_or(10).min(LONGEST_LIST);
    let own = index.people.get(&id).map(|person| &person.list).filter(|list| !list.is_empty());
    let (strategy, list) = match own {
        Some(list) => ("item-item", list),
        None => ("popular", &index.popular),
    };
    let items: Vec<Value> = list
        .iter()
        .take(k)
        .enumerate()
        .map(|(at, (product, score))| {
            json!({ "rank": at + 1, "product_id": product, "score": score })
        })
        .collect();
    let body = json!({ "profile_id": id, "strategy": strategy, "items": items });
    Json(body).into_response()
}

fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// What the rules that need no event say of a person now.
async fn decisions(State(served): State<Served>, Path(id): Path<u64>) -> Response {
    let index = served.index();
    let Some(person) = index.people.get(&id) else { return unknown() };
    let actions = index.decide(person, now_us());
    Json(json!({ "profile_id": id, "decisions": actions })).into_response()
}

#[derive(Deserialize)]
struct ScoreAsk {
    features: BTreeMap<String, f64>,
}

async fn score(State(served): State<Served>, Json(ask): Json<ScoreAsk>) -> Response {
    let index = served.index();
    let known = index.features();
    let strange: Vec<_> = ask.features.keys().filter(|name| !known.contains(*name)).collect();
    if !strange.is_empty() {
        let message = format!("Unknown features {strange:?}; this bundle knows {known:?}");
        return failure(StatusCode::UNPROCESSABLE_ENTITY, &message);
    }
    match index.score(&ask.features) {
        Ok((segment, propensity)) => {
            let segment = json!({ "id": segment, "name": index.segment_name(segment) });
            Json(json!({ "segment": segment, "propensity": propensity })).into_response()
        }
        Err(message) => failure(StatusCode::INTERNAL_SERVER_ERROR, &message),
    }
}

/// Loads the bundle again beside the old one, then switches; a broken bundle changes nothing.
async fn reload(State(served): State<Served>) -> Response {
    let load = served.reload.clone();
    let loaded = tokio::task::spawn_blocking(move || load()).await;
    match loaded {
        Ok(Ok(index)) => {
            let version = index.version.clone();
            *served.index.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(index);
            Json(json!({ "status": "ok", "bundle": version })).into_response()
        }
        Ok(Err(message)) => failure(StatusCode::CONFLICT, &message),
        Err(_) => failure(StatusCode::INTERNAL_SERVER_ERROR, "The bundle could not be loaded"),
    }
}
