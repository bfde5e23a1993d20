//! Settings a user is editing, and the same settings once checked.

use serde::{Deserialize, Serialize};

/// One rule a setting breaks: shown beside its control, never clamped silently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenRule {
    /// The setting's name as in the settings struct, e.g. `k`.
    pub setting: String,
    /// What is wrong and what would be right, as one sentence without a trailing period.
    pub message: String,
}

impl BrokenRule {
    /// A broken rule about `setting`.
    pub fn new(setting: &str, message: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), message: message.into() }
    }
}

/// Settings that passed their `check()`. Only this crate can make one.
#[derive(Debug, Clone, PartialEq)]
pub struct Valid<T>(T);

impl<T> Valid<T> {
    /// Wraps `value` when `broken` is empty.
    pub(crate) fn when(value: T, broken: Vec<BrokenRule>) -> Result<Self, Vec<BrokenRule>> {
        if broken.is_empty() { Ok(Self(value)) } else { Err(broken) }
    }

    /// The settings themselves.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Valid<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// Collects broken rules with little noise.
#[derive(Default)]
pub(crate) struct Checker(Vec<BrokenRule>);

impl Checker {
    /// Records `message` about `setting` unless `holds`.
    pub(crate) fn require(mut self, holds: bool, setting: &str, message: &str) -> Self {
        if !holds {
            self.0.push(BrokenRule::new(setting, message));
        }
        self
    }

    /// The checked value, or every broken rule.
    pub(crate) fn finish<T>(self, value: T) -> Result<Valid<T>, Vec<BrokenRule>> {
        Valid::when(value, self.0)
    }
}
