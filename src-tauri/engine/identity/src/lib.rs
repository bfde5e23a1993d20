//! Identity: which contact records are one person.
//!
//! In: the records of `canon.profile` as a frame, settings, people's decisions. Out: people
//! ([`resolve`]), the doubtful pairs ([`review`]) and, as SQL, their golden records and what
//! belongs to them ([`golden_plan`]).
//!
//! The path: normalise and intern every column; link by keys that nothing contradicts; block;
//! compare each pair once into a pattern of levels; learn m from the histogram of patterns
//! (Fellegi and Sunter 1969, with sessions and u from chance); weigh; join by average link.
//!
//! Not for: reading or storing tables (`kith-store`), deciding what a column means
//! (`kith-mapping`).
//!
//! Its one law: the answer depends on the records and the decisions alone, never on row order,
//! threads or a clock.

mod address;
mod blocking;
mod blocks;
mod budget;
mod cards;
mod charts;
mod cluster;
mod compare;
mod component;
mod constraints;
mod contact;
mod contradiction;
mod decided;
mod density;
mod desk;
mod em;
mod entries;
mod explain;
mod explain_sql;
mod fold;
mod forest;
mod frequency;
mod golden_sql;
mod grade;
mod graph;
mod guards;
mod guards_sql;
mod identity_sql;
mod ids;
mod intern;
mod keys;
mod labelled;
mod lessons;
mod levels;
mod lineage;
mod meet;
mod model;
mod model_file;
mod names;
mod nickname;
mod outcome;
mod packed;
mod pairs;
mod path;
mod place;
mod ranked;
mod record_key;
mod records;
mod resolve;
mod review;
mod review_sql;
mod rules;
mod settle;
mod sorting;
mod spelling;
mod tables;
mod train;
mod training_log;
mod what_if;

pub use cards::cards;
pub use charts::{ChartInput, charts};
pub use contradiction::contradictions;
pub use desk::{Said, desk};
pub use explain::{ExplainInput, explain, people_of_pair};
pub use explain_sql::{pairs_of_people_sql, people_of_sql};
pub use golden_sql::golden_changes_sql;
pub use graph::{GraphInput, graph};
pub use guards::{contact_guards, guard_findings};
pub use identity_sql::{MAX_PEOPLE_PER_BROWSER, golden_plan, records_sql};
pub use lineage::{fate, lineage_tables};
pub use model::{FieldModel, Frequencies, KEY_WEIGHT, LevelModel, MODEL_VERSION, MatchModel};
pub use model_file::ModelError;
pub use record_key::{RecordKey, record_keys};
pub use resolve::carry::{Before, carry_on};
pub use resolve::link::{Linked, Settled, link};
pub use resolve::{estimate_blocking, resolve, resolve_with};
pub use review::{ReviewInput, review};
pub use review_sql::{records_of_people_sql, review_pairs_sql, review_records_sql};
pub use settle::{Settlement, Standing, settle};

use kith_model::identity::IdentitySummary;
use kith_model::{Frame, Monitor};

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The user asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// A rule of the user's own would make too many pairs.
    #[error(
        "blocking by {rule} would make {} pairs, more than the {} allowed: \
         add a field, e.g. {instead}, or leave the rule out",
        kith_model::grouped(*.pairs),
        kith_model::grouped(*.budget)
    )]
    TooManyPairs {
        /// The rule, as shown.
        rule: String,
        /// What it would make.
        pairs: u64,
        /// What is allowed.
        budget: u64,
        /// A better rule with its pairs.
        instead: String,
    },
    /// The frame is not what the room's own SQL would give.
    #[error("the column `{column}` of {kind} is missing from the records: map the sources again")]
    Column {
        /// The column.
        column: String,
        /// What it should hold.
        kind: &'static str,
    },
    /// A model trained before cannot be used.
    #[error("{0}")]
    Model(ModelError),
    /// A pair was asked for with a record that is not there.
    #[error(
        "the {side} of the two records by name is not in the project: records are named source/id, as `kith review` lists them"
    )]
    Record {
        /// `first` or `second`.
        side: &'static str,
    },
}

/// What resolving found.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolution {
    /// For the screen.
    pub summary: IdentitySummary,
    /// `record_id`, `profile_id`, by record; a profile is 1 + its smallest record.
    pub record_profile: Frame,
    /// Pairs with at least half the probability that review starts from, and decided ones, by record:
    /// `left_record`, `right_record`, `weight` (bits), `probability`, `levels` (one digit a field
    /// in the order of `MatchField::ALL`, 0 for nothing to say; then a letter when a key links
    /// the pair), `left_profile`, `right_profile`.
    pub pairs: Frame,
    /// What was learned.
    pub model: MatchModel,
}

/// Answers `Cancelled` once the user asked to stop. Asked every few thousand items, so that a
/// cancel is noticed within a fraction of a second.
fn ask(monitor: &dyn Monitor) -> Result<(), IdentityError> {
    if monitor.cancelled() { Err(IdentityError::Cancelled) } else { Ok(()) }
}

/// Reports progress, or answers `Cancelled`.
fn check(monitor: &dyn Monitor, done: f32, doing: &str) -> Result<(), IdentityError> {
    monitor.progress(done, doing);
    ask(monitor)
}
