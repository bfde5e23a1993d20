//! What went wrong, in a form that survives the wire.

use kith_model::BrokenRule;
use serde::{Deserialize, Serialize};

/// The kind of failure; decides exit codes and icons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request itself makes no sense now (no project open, unknown table).
    Usage,
    /// A file or value the user brought cannot be used.
    BadInput,
    /// The file or folder is not there or cannot be read or written.
    Io,
    /// The disk is full.
    DiskFull,
    /// Another program or window has the project open.
    Locked,
    /// The project was written by a newer version.
    NewerVersion,
    /// The user stopped it.
    Cancelled,
    /// A stage lacks what it needs; the message says which one provides it.
    NotReady,
    /// Our fault.
    Internal,
}

/// What happened, where, and what to do. Never holds personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}{}{}", place.as_ref().map(|p| format!(" ({p})")).unwrap_or_default(),
        hint.as_ref().map(|h| format!(". {h}")).unwrap_or_default())]
pub struct ApiError {
    /// The kind.
    pub code: ErrorCode,
    /// What happened: one sentence without a trailing period.
    pub message: String,
    /// File, line, column, where known: `contacts.csv, line 14, column 3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What to do: one sentence without a trailing period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Settings that break a rule, each shown beside its control.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<BrokenRule>,
}

impl ApiError {
    /// An error of `code` saying `message`.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None, hint: None, broken: Vec::new() }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
