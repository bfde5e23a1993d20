//! What the host's side says in text: how to start, what happened, which files were chosen.
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code, reason = "only the page reads these"))]

use kith_api::Event;
use kith_model::FileRef;
use kith_ui::{Incoming, Pick, Start, ThemeChoice};
use serde_json::Value;

/// The name a dialog has on the wire.
pub const fn pick_name(ask: Pick) -> &'static str {
    match ask {
        Pick::Files => "files",
        Pick::FilesToAppend => "files_to_append",
        Pick::ProjectToOpen => "project_to_open",
        Pick::ProjectToCreate => "project_to_create",
        Pick::RejectsToWrite => "rejects_to_write",
        Pick::RejectsToTake => "rejects_to_take",
        Pick::ChartPicture => "chart_picture",
        Pick::ChartNumbers => "chart_numbers",
        Pick::ModelToWrite => "model_to_write",
        Pick::ModelToTake => "model_to_take",
    }
}

/// `{"demo": bool, "project": path or null, "theme": name or null}`; anything else starts plainly.
pub fn start(text: &str) -> Start {
    let told: Value = serde_json::from_str(text).unwrap_or_default();
    let theme = told["theme"].as_str().and_then(|name| {
        ThemeChoice::ALL
            .into_iter()
            .find(|theme| theme.title().to_lowercase().replace(' ', "-") == name)
    });
    Start {
        demo: told["demo"].as_bool().unwrap_or_default(),
        project: told["project"].as_str().map(|path| FileRef(path.to_owned())),
        theme,
    }
}

/// An engine's event, or `{"dropped": [path, …]}` from the window.
pub fn unasked(text: &str) -> Option<Incoming> {
    if let Ok(event) = serde_json::from_str::<Event>(text) {
        return Some(Incoming::Event(event));
    }
    let dropped = serde_json::from_str::<Value>(text).ok()?;
    let dropped = dropped.get("dropped")?.as_array()?;
    Some(Incoming::Dropped(paths(dropped)))
}

/// `[path, …]`
pub fn picked(text: &str) -> Vec<FileRef> {
    serde_json::from_str::<Vec<Value>>(text).map(|files| paths(&files)).unwrap_or_default()
}

fn paths(values: &[Value]) -> Vec<FileRef> {
    values.iter().filter_map(|v| v.as_str().map(|path| FileRef(path.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_read_leniently() {
        let told = start(r#"{"demo": true, "project": null, "theme": "high-contrast"}"#);
        assert_eq!(
            told,
            Start { demo: true, project: None, theme: Some(ThemeChoice::HighContrast) }
        );
        assert_eq!(start("nonsense"), Start::default());
    }

    #[test]
    fn events_and_drops_are_told_apart() {
        let event = serde_json::to_string(&Event::ProjectChanged).unwrap();
        assert_eq!(unasked(&event), Some(Incoming::Event(Event::ProjectChanged)));
        let dropped = Incoming::Dropped(vec![FileRef("/a/b.csv".to_owned())]);
        assert_eq!(unasked(r#"{"dropped": ["/a/b.csv"]}"#), Some(dropped));
        assert_eq!(unasked("{}"), None);
    }

    #[test]
    fn a_cancelled_dialog_picks_nothing() {
        assert_eq!(picked("[]"), []);
        assert_eq!(picked(r#"["/x"]"#), [FileRef("/x".to_owned())]);
    }
}
