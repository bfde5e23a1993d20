//! The functions of `bridge.js`: the desktop app's commands, or HTTP to where the page came from.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/bridge.js")]
extern "C" {
    /// Sends a request as JSON; gives the reply's frame (an `ArrayBuffer`).
    #[wasm_bindgen(catch)]
    pub async fn rpc(request: &str) -> Result<JsValue, JsValue>;

    /// From now on `sink` gets every unasked message as JSON.
    pub fn events(sink: &Closure<dyn FnMut(String)>);

    /// Opens a file dialog; gives a JSON array of paths.
    #[wasm_bindgen(catch)]
    pub async fn pick(ask: &str) -> Result<JsValue, JsValue>;

    /// How to start, as JSON.
    #[wasm_bindgen(catch)]
    pub async fn start() -> Result<JsValue, JsValue>;

    /// The first frame can be drawn: the loading screen goes.
    pub fn ready();

    /// Shows what went wrong in place of the page.
    pub fn failed(text: &str);
}
