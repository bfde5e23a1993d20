//! Identifiers. Newtypes, so that a record is never taken for a person.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A source inside a project: a slug such as `crm_contacts`, unique, SQL-safe
/// (`[a-z][a-z0-9_]*`). Its raw rows live in the table `src.<slug>`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub String);

impl SourceId {
    /// A slug made of `title`: lower case, runs of other characters become one `_`.
    pub fn slug(title: &str) -> Self {
        let mut slug = String::with_capacity(title.len());
        for c in title.chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('_') {
                slug.push('_');
            }
        }
        let slug = slug.trim_end_matches('_');
        let starts_well = slug.starts_with(|c: char| c.is_ascii_lowercase());
        Self(if starts_well { slug.to_owned() } else { format!("s_{slug}") })
    }
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One contact record of one source, numbered 0.. over all sources in the order
/// (source, row). Stable while the sources are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub u64);

/// One resolved person. Given once: kept from run to run while the cluster that overlaps most
/// keeps it, and never given to anybody else.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct ProfileId(pub u64);

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p{:07}", self.0)
    }
}

/// Two records as people name them: by source and the source's own id, so a decision
/// survives reloading. Ordered: `left < right`. Written `source/native_id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PairKey {
    /// The smaller record name.
    pub left: String,
    /// The larger record name.
    pub right: String,
}

impl PairKey {
    /// The pair of `a` and `b`, in order.
    pub fn new(a: impl Into<String>, b: impl Into<String>) -> Self {
        let (a, b) = (a.into(), b.into());
        if a <= b { Self { left: a, right: b } } else { Self { left: b, right: a } }
    }
}

/// A rule's name in the rule book: a slug.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub String);

/// A job, numbered by whoever starts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub u64);

/// A file or folder as the host names it. Opaque to the UI: it passes on what a dialog
/// or a drop gave it. Native hosts put a path in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileRef(pub String);

impl FileRef {
    /// The last component, for display.
    pub fn name(&self) -> &str {
        self.0.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(&self.0)
    }
}
