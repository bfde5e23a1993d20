//! The line on which the page hears what nobody asked for.

use kith_api::Event;
use serde_json::json;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use tauri::ipc::Channel;

/// Messages as JSON text, to the page that listened last; before there is one they are dropped:
/// a new page asks for everything anyway.
#[derive(Default)]
pub struct Events {
    page: Mutex<Option<Channel<String>>>,
}

impl Events {
    /// From now on `page` hears; a reloaded page replaces the one before.
    pub fn listen(&self, page: Channel<String>) {
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }

    /// An event of the engine.
    pub fn say(&self, event: &Event) {
        match serde_json::to_string(event) {
            Ok(text) => self.send(text),
            Err(error) => log::error!("an event cannot be encoded: {error}"),
        }
    }

    /// Files were dropped onto the window.
    pub fn dropped(&self, paths: &[PathBuf]) {
        let names: Vec<&str> = paths.iter().filter_map(|path| path.to_str()).collect();
        self.send(json!({ "dropped": names }).to_string());
    }

    fn send(&self, text: String) {
        let page = self.page.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(page) = page
            && let Err(error) = page.send(text)
        {
            log::warn!("the page did not hear an event: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tauri::ipc::InvokeResponseBody;

    #[test]
    fn the_page_that_listened_last_hears() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let page = |name: &'static str| {
            let heard = heard.clone();
            Channel::new(move |body| {
                let InvokeResponseBody::Json(text) = body else { panic!("not text") };
                heard.lock().unwrap().push((name, text));
                Ok(())
            })
        };
        let events = Events::default();
        events.say(&Event::ProjectChanged);
        events.listen(page("first"));
        events.listen(page("second"));
        events.dropped(&[PathBuf::from("/a.csv")]);
        let expected = serde_json::to_string(r#"{"dropped":["/a.csv"]}"#).unwrap();
        assert_eq!(*heard.lock().unwrap(), [("second", expected)]);
    }
}
