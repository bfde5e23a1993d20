//! A wire that answers from other threads, as a window's does.

use kith_api::{Backend, Request};
use kith_ui::{Incoming, Pick, Wire};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

pub struct ThreadedWire {
    ask: Sender<(u64, Request)>,
    came: Receiver<Incoming>,
}

impl ThreadedWire {
    pub fn new(engine: &Arc<dyn Backend>) -> Self {
        let (ask, asked) = channel::<(u64, Request)>();
        let (put, came) = channel();
        let asked = Arc::new(Mutex::new(asked));
        for _ in 0..4 {
            let (engine, asked, put) = (engine.clone(), asked.clone(), put.clone());
            std::thread::spawn(move || {
                loop {
                    let next = asked.lock().expect("no thread panics").recv();
                    let Ok((id, request)) = next else { return };
                    let result = engine.call(request);
                    if put.send(Incoming::Reply { id, result }).is_err() {
                        return;
                    }
                }
            });
        }
        Self { ask, came }
    }
}

impl Wire for ThreadedWire {
    fn send(&mut self, id: u64, request: Request) {
        self.ask.send((id, request)).expect("the threads live as long as the wire");
    }

    fn drain(&mut self) -> Vec<Incoming> {
        self.came.try_iter().collect()
    }

    fn pick(&mut self, _ask: Pick) {}
}
