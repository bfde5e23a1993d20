//! What the engine answers.

use crate::JobStatus;
use kith_model::chart::Chart;
use kith_model::document::Document;
use kith_model::explain::PairExplanation;
use kith_model::export::ExportSummary;
use kith_model::features::FeaturesSummary;
use kith_model::golden::GoldenChange;
use kith_model::identity::{
    BlockingEstimate, Contradiction, IdentitySummary, PersonCard, ReviewPair,
};
use kith_model::lineage::Lineage;
use kith_model::mapping::{LinkPreview, Mapping, MappingSummary, PresetInfo, Remembering};
use kith_model::person_graph::PersonGraph;
use kith_model::predict::PredictSummary;
use kith_model::quality::{
    ExpectationSuggestion, ImputeOffer, QualitySummary, TableComparison, TableProfile,
};
use kith_model::recommend::{PersonLists, RecommendSummary};
use kith_model::repair::RowCheck;
use kith_model::review_desk::ReviewDesk;
use kith_model::rules::{Rule, RulesSummary};
use kith_model::segments::{Scatter, SegmentsSummary};
use kith_model::source::{ColumnInfo, Inspection, SourcesSummary};
use kith_model::{FileRef, JobId, ProfileId, Stage, StageState};
use serde::{Deserialize, Serialize};

/// What this engine can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Version of Kith.
    pub version: String,
    /// Version of DuckDB.
    pub duckdb: String,
    /// Threads in use.
    pub threads: u32,
    /// File name endings that can be added.
    pub formats: Vec<String>,
}

/// A project opened lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecentProject {
    /// Its folder.
    pub folder: FileRef,
    /// Its name.
    pub name: String,
    /// When, RFC 3339 UTC.
    pub at: String,
}

/// How one stage stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageStatus {
    /// The stage.
    pub stage: Stage,
    /// Its state.
    pub state: StageState,
    /// The one number that matters, short: `231,402 rows`, `4,982 people`; empty when none.
    pub headline: String,
    /// One sentence with the numbers that matter; or what is missing.
    pub verdict: String,
    /// A result exists (of the present or of earlier settings).
    pub has_result: bool,
    /// Why the last run failed.
    pub error: Option<crate::ApiError>,
    /// Milliseconds its last run took.
    pub took_ms: Option<u64>,
}

/// How the project stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Name; none when no project is open.
    pub project: Option<String>,
    /// Its folder, for display.
    pub folder: Option<FileRef>,
    /// Every stage in order.
    pub stages: Vec<StageStatus>,
    /// Jobs at work.
    pub jobs: Vec<JobStatus>,
    /// Rows found in files.
    pub rows_in: u64,
    /// Rows loaded.
    pub loaded: u64,
    /// Rows refused.
    pub rejected: u64,
    /// Something can be undone: what.
    pub undo: Option<String>,
    /// Something can be redone: what.
    pub redo: Option<String>,
    /// Journal sequence number; everything up to it is on disk.
    pub seq: u64,
    /// Bytes on disk.
    pub disk_bytes: u64,
}

/// One line of the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Journal sequence number.
    pub seq: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// What.
    pub title: String,
    /// False when it is undone at present.
    pub applied: bool,
    /// Stages it made stale or that were computed after it.
    pub stages: Vec<Stage>,
    /// A computation, not a change.
    pub run: bool,
}

/// The history, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryView {
    /// Its lines.
    pub entries: Vec<HistoryEntry>,
}

/// A table's shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableInfo {
    /// Schema.
    pub schema: String,
    /// Name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// Columns.
    pub columns: Vec<ColumnInfo>,
}

/// A page of rows. Values travel as an Arrow IPC stream of text columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsPage {
    /// First row, from 0.
    pub offset: u64,
    /// Rows in the whole table, after the filter.
    pub total: u64,
    /// Columns with their DuckDB types.
    pub columns: Vec<ColumnInfo>,
    /// Arrow IPC stream: one record batch, every column `Utf8`, NULL kept.
    #[serde(skip)]
    pub arrow: Vec<u8>,
}

/// An answer. A stage that has never run answers `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "answer", content = "with")]
#[allow(missing_docs, reason = "each answer is documented at its request")]
pub enum Response {
    Done,
    Capabilities(Capabilities),
    Recent(Vec<RecentProject>),
    Overview(Overview),
    Document(Box<Document>),
    Applied { seq: u64 },
    History(HistoryView),
    Started { job: JobId },
    Jobs(Vec<JobStatus>),
    Inspection(Box<Inspection>),
    RowCheck(RowCheck),
    Suggestions(Mapping),
    Preview(LinkPreview),
    Presets(Vec<PresetInfo>),
    Remembering(Remembering),
    Rows(RowsPage),
    Tables(Vec<TableInfo>),
    Sources(Option<SourcesSummary>),
    Mapping(Option<MappingSummary>),
    Quality(Option<QualitySummary>),
    Profile(Box<TableProfile>),
    Comparison(TableComparison),
    ImputeOffer(Box<ImputeOffer>),
    ExpectationSuggestions(Vec<ExpectationSuggestion>),
    Identity(Option<Box<IdentitySummary>>),
    Review(Vec<ReviewPair>),
    Explanation(Box<PairExplanation>),
    ReviewDesk(Box<ReviewDesk>),
    PersonGraph(Box<PersonGraph>),
    Charts(Vec<Chart>),
    BlockingPlan(Vec<BlockingEstimate>),
    Person(Box<PersonCard>),
    People(Vec<(ProfileId, String)>),
    Lineage(Lineage),
    Contradictions(Vec<Contradiction>),
    GoldenChanges(Vec<GoldenChange>),
    Features(Option<FeaturesSummary>),
    Segments(Option<SegmentsSummary>),
    Scatter(Scatter),
    Predict(Option<PredictSummary>),
    Recommend(Option<RecommendSummary>),
    Lists(PersonLists),
    Rules(Option<RulesSummary>),
    StarterRules(Vec<Rule>),
    Export(Option<ExportSummary>),
    Written(FileRef),
}
