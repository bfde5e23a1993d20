//! Where the user is, and what is selected.

use kith_model::{ProfileId, Stage};

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// No project is open, or the user wants another.
    Welcome,
    /// A stage's page.
    Stage(Stage),
}

/// What is selected, on every page alike.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// A person.
    pub person: Option<ProfileId>,
    /// A segment, by number.
    pub segment: Option<u32>,
    /// A feature, by name.
    pub feature: Option<String>,
}

/// Digit key of a stage: 1 to 9, then 0.
pub fn digit(stage: Stage) -> char {
    let at = Stage::ALL.iter().position(|s| *s == stage).unwrap_or_default();
    char::from_digit((at as u32 + 1) % 10, 10).unwrap_or('0')
}
