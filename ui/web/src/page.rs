//! Opens the page: canvas, wire, application.

use crate::{bridge, messages, wire::BridgeWire};
use eframe::{WebLogger, WebOptions, WebRunner};
use kith_ui::App;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::HtmlCanvasElement;

/// Starts everything; problems show on the page.
pub fn open() {
    WebLogger::init(log::LevelFilter::Warn).ok();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        bridge::failed(&format!("The page has stopped: {panic}. Reloading it loses nothing"));
        before(panic);
    }));
    wasm_bindgen_futures::spawn_local(async {
        match run().await {
            Ok(()) => bridge::ready(),
            Err(error) => bridge::failed(&text(&error)),
        }
    });
}

async fn run() -> Result<(), JsValue> {
    let start = bridge::start().await.ok().and_then(|told| told.as_string()).unwrap_or_default();
    let start = messages::start(&start);
    let canvas: HtmlCanvasElement = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("kith"))
        .and_then(|element| element.dyn_into().ok())
        .ok_or("The page has no canvas")?;
    WebRunner::new()
        .start(
            canvas,
            WebOptions::default(),
            Box::new(move |cc| {
                let wire = BridgeWire::new(&cc.egui_ctx);
                Ok(Box::new(App::new(&cc.egui_ctx, Box::new(wire), start)))
            }),
        )
        .await
}

/// What JavaScript threw, in words.
pub fn text(thrown: &JsValue) -> String {
    let message = || js_sys::Reflect::get(thrown, &"message".into()).ok()?.as_string();
    thrown.as_string().or_else(message).unwrap_or_else(|| format!("{thrown:?}"))
}
