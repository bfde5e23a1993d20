//! A wire that answers at once, in the same thread: pictures need no patience.

use kith_api::{Backend, Event, Request};
use kith_ui::{Incoming, Pick, Wire};
use std::sync::{Arc, Mutex};

pub struct EngineWire {
    engine: Arc<dyn Backend>,
    replies: Vec<Incoming>,
    events: Arc<Mutex<Vec<Event>>>,
}

impl EngineWire {
    pub fn new(engine: Arc<dyn Backend>) -> Self {
        let events = Arc::new(Mutex::new(Vec::new()));
        let heard = events.clone();
        engine.subscribe(Arc::new(move |event: &Event| {
            heard.lock().expect("no listener panics").push(event.clone());
        }));
        Self { engine, replies: Vec::new(), events }
    }
}

impl Wire for EngineWire {
    fn send(&mut self, id: u64, request: Request) {
        let result = self.engine.call(request);
        self.replies.push(Incoming::Reply { id, result });
    }

    fn drain(&mut self) -> Vec<Incoming> {
        let mut all = std::mem::take(&mut self.replies);
        let events = std::mem::take(&mut *self.events.lock().expect("no listener panics"));
        all.extend(events.into_iter().map(Incoming::Event));
        all
    }

    fn pick(&mut self, ask: Pick) {
        self.replies.push(Incoming::Picked { ask, files: Vec::new() });
    }
}
