//! The instrument's parts: everything pages are made of.

pub mod bars;
pub mod button;
pub mod card;
pub mod chart;
pub mod diff;
pub mod format;
pub mod glyph;
pub mod grid;
pub mod layout;
pub mod person;
pub mod plot;
pub mod row;
pub mod setting;
pub mod stage;
pub mod text;
pub mod waterfall;

pub use button::{Rank, button, icon_button};
pub use card::chip;
pub use row::{backdrop, row};
pub use text::{Say, fit, fit_end};
