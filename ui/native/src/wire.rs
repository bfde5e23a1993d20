//! The wire inside one process: requests go to threads, what comes back wakes the window.

use crate::{dialogs, lanes::Lanes};
use anyhow::{Context as _, Result};
use kith_api::{Backend, Request};
use kith_ui::{Incoming, Pick, Wire};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{SystemTime, UNIX_EPOCH};

/// Puts something into the inbox and has a frame drawn.
#[derive(Clone)]
pub struct Inbox {
    sender: Sender<Incoming>,
    window: egui::Context,
}

impl Inbox {
    /// Delivers; when the window is gone nobody needs it any more.
    pub fn put(&self, incoming: Incoming) {
        if self.sender.send(incoming).is_ok() {
            self.window.request_repaint();
        }
    }
}

/// The wire to an engine in this process.
pub struct EngineWire {
    lanes: Lanes,
    inbox: Inbox,
    came: Receiver<Incoming>,
}

impl EngineWire {
    /// Connects `window` to `engine`.
    pub fn new(engine: &Arc<dyn Backend>, window: &egui::Context) -> Result<Self> {
        let (sender, came) = channel();
        let inbox = Inbox { sender, window: window.clone() };
        let events = inbox.clone();
        engine.subscribe(Arc::new(move |event| events.put(Incoming::Event(event.clone()))));
        let replies = inbox.clone();
        let lanes = Lanes::new(
            engine,
            &(Arc::new(move |id, result| replies.put(Incoming::Reply { id, result })) as _),
        )
        .context("No thread can be started")?;
        Ok(Self { lanes, inbox, came })
    }
}

impl Wire for EngineWire {
    fn send(&mut self, id: u64, request: Request) {
        self.lanes.send(id, request);
    }

    fn drain(&mut self) -> Vec<Incoming> {
        self.came.try_iter().collect()
    }

    fn pick(&mut self, ask: Pick) {
        dialogs::open(ask, self.inbox.clone());
    }

    fn seed(&self) -> u64 {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        (u64::from(std::process::id()) << 32) ^ started.as_secs().rotate_left(20)
    }

    fn who(&self) -> String {
        let names = ["USER", "USERNAME", "LOGNAME"].into_iter();
        names
            .filter_map(|name| std::env::var(name).ok())
            .find(|n| !n.is_empty())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_api::{Event, Response};
    use kith_workbench::{Engine, EngineOptions};
    use std::time::{Duration, Instant};

    #[test]
    fn an_engine_answers_and_speaks_through_the_wire() {
        let folder = std::env::temp_dir().join(format!("kith-native-wire-{}", std::process::id()));
        let options = EngineOptions { data_dir: folder.clone(), ..EngineOptions::for_user() };
        let engine: Arc<dyn Backend> = Arc::new(Engine::new(options));
        let window = egui::Context::default();
        let mut wire = EngineWire::new(&engine, &window).unwrap();
        wire.send(1, Request::Capabilities);
        let project = kith_model::FileRef(folder.join("a.kith").to_string_lossy().into_owned());
        wire.send(2, Request::NewProject { folder: project, name: "a".to_owned() });

        let (mut answered, mut opened, mut event) = (false, false, false);
        let began = Instant::now();
        while !(answered && opened && event) && began.elapsed() < Duration::from_secs(20) {
            for incoming in wire.drain() {
                match incoming {
                    Incoming::Reply { id: 1, result: Ok(Response::Capabilities(_)) } => {
                        answered = true;
                    }
                    Incoming::Reply { id: 2, result } => opened = result.is_ok(),
                    Incoming::Event(Event::ProjectChanged) => event = true,
                    _ => {}
                }
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        std::fs::remove_dir_all(&folder).ok();
        assert!(answered && opened && event, "{answered} {opened} {event}");
    }
}
