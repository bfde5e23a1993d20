//! The files of the built web interface.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::path::Path;

/// Nothing from elsewhere, no inline script; WebAssembly is the application.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The content type of a file that may be served.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" => "text/javascript",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

/// The file a path names: one folder, plain names, so nothing outside can be named.
fn file(path: &str) -> Option<(&str, &'static str)> {
    let name = path.strip_prefix('/')?;
    let name = if name.is_empty() { "index.html" } else { name };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let inside = name.chars().all(plain) && !name.starts_with('.');
    if inside { kind(name).map(|kind| (name, kind)) } else { None }
}

/// A file of the folder `web`, or "not found".
pub(crate) async fn answer(web: Option<&Path>, path: &str) -> Response {
    let (Some(web), Some((name, kind))) = (web, file(path)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(bytes) = tokio::fs::read(web.join(name)).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The address holds the token: it goes to nobody and into no cache.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_of_known_kinds() {
        assert_eq!(file("/"), Some(("index.html", "text/html; charset=utf-8")));
        assert_eq!(file("/kith_bg.wasm"), Some(("kith_bg.wasm", "application/wasm")));
        for path in ["/../x.js", "/a/b.js", "/.env.js", "/%2e%2e.js", "/x.toml", "/x", "", "//x.js"]
        {
            assert_eq!(file(path), None, "{path}");
        }
    }
}
