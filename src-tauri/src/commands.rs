//! The five commands the page may call.

use crate::dialogs;
use crate::shell::{Shell, Start};
use kith_api::{ApiError, ErrorCode, wire::encode_reply};
use tauri::ipc::{Channel, Response};
use tauri::{AppHandle, Manager as _, State};

/// One request as JSON in, the reply's frame as raw bytes out. A query may take its time, so it
/// runs off the window's thread and off the asynchronous ones.
#[tauri::command]
pub async fn rpc(app: AppHandle, request: String) -> Response {
    let answer = move || app.state::<Shell>().answer(&request);
    let frame = tauri::async_runtime::spawn_blocking(answer).await;
    Response::new(frame.unwrap_or_else(|error| {
        let text = format!("The request ended unexpectedly: {error}");
        encode_reply(&Err(ApiError::new(ErrorCode::Internal, text)))
    }))
}

/// From now on this page hears events.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "Tauri hands state over by value")]
pub fn events(shell: State<'_, Shell>, channel: Channel<String>) {
    shell.events.listen(channel);
}

/// How to start; also the page's first sign of life.
#[tauri::command]
#[allow(clippy::needless_pass_by_value, reason = "Tauri hands state over by value")]
pub fn start(shell: State<'_, Shell>) -> Start {
    shell.heard();
    shell.start.clone()
}

/// A file dialog; the chosen paths, none when it was cancelled.
#[tauri::command]
pub async fn pick(ask: String) -> Result<Vec<String>, String> {
    dialogs::pick(&ask).await
}

/// Opens the native window in place of this one.
#[tauri::command]
pub async fn native_window(app: AppHandle) -> Result<(), String> {
    app.state::<Shell>().open_native_window()?;
    app.exit(0);
    Ok(())
}
