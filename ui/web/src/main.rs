//! `kith-web`: the workbench as a page, in the desktop app's webview or in a browser.
//!
//! Not for: drawing (`kith-ui`) or deciding; the engine is on the other side of `bridge`.
//!
//! Its one law: the page holds nothing that is not on the engine's side too: reloading it loses
//! nothing.

mod messages;

#[cfg(target_arch = "wasm32")]
mod bridge;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod wire;

#[cfg(target_arch = "wasm32")]
fn main() {
    page::open();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "This program is a page: `cargo xtask web` builds it, the desktop app and `kith serve` \
         show it"
    );
    std::process::exit(2);
}
