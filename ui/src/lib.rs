//! Everything that draws: the frame, the pages, the widgets and the theme.
//!
//! Not for: knowing where the engine is. A host hands in a [`Wire`]; the same crate runs in a
//! native window, in a webview and in a browser.
//!
//! Its one law: views read and push actions, the app runs them after drawing.

mod app;
mod context;
mod data;
mod frame;
mod icons;
mod live;
mod page;
mod remote;
mod route;
mod session;
pub mod theme;
mod views;
mod widgets;
mod wire;

pub use app::App;
pub use theme::ThemeChoice;
pub use wire::{Incoming, Pick, Start, Wire};
