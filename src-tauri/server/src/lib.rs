//! HTTP over the engine: the scoring API of an exported bundle, and a project for a browser on
//! the same machine.
//!
//! Not for: computing anything. A bundle's answers are looked up; a project's requests go to the
//! `Backend` as they are.
//!
//! Its one law: a project is served on the loopback address only, to whoever holds the token,
//! because whoever speaks to the engine has its user's rights.

mod answers;
mod bundle;
mod guard;
mod page;
mod project;
mod running;
#[cfg(test)]
mod wire_tests;

pub use bundle::{Reload, start_bundle};
pub use project::start_project;
pub use running::{Running, ServeError};
