//! The wire of the page: requests go over the bridge, what comes back wakes the page.

use crate::{bridge, messages, page};
use kith_api::{ApiError, ErrorCode, Request, Response, wire};
use kith_ui::{Incoming, Pick, Wire};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;

/// What has come in, and the page to wake.
#[derive(Clone)]
struct Inbox {
    came: Rc<RefCell<Vec<Incoming>>>,
    page: egui::Context,
}

impl Inbox {
    fn put(&self, incoming: Incoming) {
        self.came.borrow_mut().push(incoming);
        self.page.request_repaint();
    }
}

/// Changes not yet sent; the engine gets the next one when the one before is answered.
#[derive(Default)]
struct Changes {
    ahead: VecDeque<(u64, Request)>,
    under_way: bool,
}

/// The wire over `bridge.js`.
pub struct BridgeWire {
    inbox: Inbox,
    changes: Rc<RefCell<Changes>>,
    seed: u64,
}

impl BridgeWire {
    /// Connects the page.
    pub fn new(page: &egui::Context) -> Self {
        let inbox = Inbox { came: Rc::default(), page: page.clone() };
        let events = inbox.clone();
        let sink = Closure::new(move |text: String| {
            messages::unasked(&text).into_iter().for_each(|message| events.put(message));
        });
        bridge::events(&sink);
        // It lives as long as the page.
        sink.forget();
        // 2^53: every whole number up to there is exact in JavaScript.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        let seed = (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64;
        Self { inbox, changes: Rc::default(), seed }
    }
}

impl Wire for BridgeWire {
    fn send(&mut self, id: u64, request: Request) {
        let inbox = self.inbox.clone();
        if !request.is_change() {
            spawn_local(async move {
                let result = ask(&request).await;
                inbox.put(Incoming::Reply { id, result });
            });
            return;
        }
        let changes = self.changes.clone();
        changes.borrow_mut().ahead.push_back((id, request));
        if !std::mem::replace(&mut changes.borrow_mut().under_way, true) {
            spawn_local(send_changes(changes, inbox));
        }
    }

    fn drain(&mut self) -> Vec<Incoming> {
        std::mem::take(&mut self.inbox.came.borrow_mut())
    }

    fn pick(&mut self, ask: Pick) {
        let inbox = self.inbox.clone();
        spawn_local(async move {
            let files = match bridge::pick(messages::pick_name(ask)).await {
                Ok(chosen) => messages::picked(&chosen.as_string().unwrap_or_default()),
                Err(error) => {
                    log::error!("no dialog: {}", page::text(&error));
                    Vec::new()
                }
            };
            inbox.put(Incoming::Picked { ask, files });
        });
    }

    fn seed(&self) -> u64 {
        self.seed
    }
}

async fn send_changes(changes: Rc<RefCell<Changes>>, inbox: Inbox) {
    loop {
        let next = changes.borrow_mut().ahead.pop_front();
        let Some((id, request)) = next else { break };
        let result = ask(&request).await;
        inbox.put(Incoming::Reply { id, result });
    }
    changes.borrow_mut().under_way = false;
}

async fn ask(request: &Request) -> Result<Response, ApiError> {
    let text = serde_json::to_string(request).map_err(|error| {
        ApiError::new(ErrorCode::Internal, format!("Cannot encode the request: {error}"))
    })?;
    let frame = bridge::rpc(&text).await.map_err(|error| {
        ApiError::new(ErrorCode::Io, format!("The engine does not answer: {}", page::text(&error)))
            .hint("Check that it still runs, then reload the page: nothing is lost")
    })?;
    wire::decode_reply(&js_sys::Uint8Array::new(&frame).to_vec())
}
