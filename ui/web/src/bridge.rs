//! The functions of `bridge.js`: the desktop app's commands, or HTTP to where the page came from.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Sends a request as JSON; gives the reply's frame (an `ArrayBuffer`).
    #[wasm_bindgen(js_namespace = kithBridge, catch)]
    pub async fn rpc(request: &str) -> Result<JsValue, JsValue>;

    /// From now on `sink` gets every unasked message as JSON.
    #[wasm_bindgen(js_namespace = kithBridge)]
    pub fn events(sink: &Closure<dyn FnMut(String)>);

    /// Opens a file dialog; gives a JSON array of paths.
    #[wasm_bindgen(js_namespace = kithBridge, catch)]
    pub async fn pick(ask: &str) -> Result<JsValue, JsValue>;

    /// How to start, as JSON.
    #[wasm_bindgen(js_namespace = kithBridge, catch)]
    pub async fn start() -> Result<JsValue, JsValue>;

    /// The first frame can be drawn: the loading screen goes.
    #[wasm_bindgen(js_namespace = kithBridge)]
    pub fn ready();

    /// Shows what went wrong in place of the page.
    #[wasm_bindgen(js_namespace = kithBridge)]
    pub fn failed(text: &str);
}
