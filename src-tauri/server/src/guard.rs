//! Who may ask: on the loopback address, nobody's web page but our own.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Refuses a foreign page (Origin) and a foreign name for this machine (Host): a web page
/// elsewhere must not reach this machine through the user's browser.
pub(crate) async fn from_here(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = text(headers, header::HOST);
    let own = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host == *name || host.strip_prefix(name).is_some_and(|r| r.starts_with(':')));
    let origin = text(headers, header::ORIGIN);
    let own_page = origin.is_empty() || origin.strip_prefix("http://") == Some(host);
    if own && own_page {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "not from here").into_response()
    }
}
