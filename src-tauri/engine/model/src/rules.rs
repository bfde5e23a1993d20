//! If-then rules over people, their events, segments and scores.

use crate::ids::RuleId;
use serde::{Deserialize, Serialize};

/// How a value compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// A condition. Event conditions are true at the moment of an event; the others restrict
/// to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Condition {
    /// Every part holds.
    All {
        /// Parts.
        of: Vec<Condition>,
    },
    /// At least one part holds.
    Any {
        /// Parts.
        of: Vec<Condition>,
    },
    /// The part does not hold.
    Not {
        /// The part.
        of: Box<Condition>,
    },
    /// At the moment of an event of this type: it is at least the `at_least`-th within the
    /// last `within_hours` hours (same product when `same_product`).
    Happened {
        /// Event type, e.g. `view_item`.
        event: String,
        /// Least count.
        at_least: u32,
        /// Window in hours.
        within_hours: u32,
        /// Count per product.
        same_product: bool,
    },
    /// `within_minutes` after an event `event` no event `without` followed.
    Abandoned {
        /// Event type that opens the window, e.g. `add_to_cart`.
        event: String,
        /// Event type that should have followed, e.g. `purchase`.
        without: String,
        /// Window in minutes.
        within_minutes: u32,
    },
    /// A feature of the person compares so.
    Feature {
        /// Feature name.
        feature: String,
        /// Operator.
        op: Op,
        /// Value.
        value: f64,
    },
    /// The person is in this segment (by name).
    Segment {
        /// Segment name or id as text.
        segment: String,
    },
    /// The propensity compares so.
    Propensity {
        /// Operator.
        op: Op,
        /// Probability.
        value: f64,
    },
    /// The moment is a Saturday or Sunday (UTC).
    Weekend,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// `show`, `send` or `suppress`.
    pub kind: String,
    /// Content block, offer or campaign name.
    pub content: String,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Slug, unique in the book.
    pub id: RuleId,
    /// Name on screen.
    pub name: String,
    /// When it fires.
    pub when: Condition,
    /// What it does.
    pub then: Action,
    /// Smaller wins.
    pub priority: u32,
    /// At most one firing a person within this many hours; 0: no cap.
    pub cap_hours: u32,
    /// Switched off rules are kept but never fire.
    pub enabled: bool,
}

/// What one rule would have done on history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleCount {
    /// The rule.
    pub id: RuleId,
    /// Times it fired, caps applied.
    pub fired: u64,
    /// People it reached.
    pub people: u64,
    /// Firings a day (`YYYY-MM-DD`), sorted; days without are left out.
    pub daily: Vec<(String, u64)>,
    /// The SQL that found them.
    pub sql: String,
}

/// Two rules that get in each other's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleConflict {
    /// First rule.
    pub a: RuleId,
    /// Second rule.
    pub b: RuleId,
    /// People both reached on the same day.
    pub people: u64,
    /// What is wrong, in words.
    pub message: String,
}

/// The rules stage's result.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RulesSummary {
    /// First and last day replayed.
    pub window: Option<(String, String)>,
    /// Events replayed.
    pub events: u64,
    /// One entry a rule, in order of priority, then id.
    pub rules: Vec<RuleCount>,
    /// Conflicts.
    pub conflicts: Vec<RuleConflict>,
}
