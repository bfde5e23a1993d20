//! What the user interface may ask.

use kith_model::{ColumnFilter, Command, FileRef, JobId, ProfileId, SourceId, Stage};
use serde::{Deserialize, Serialize};

/// A table whose rows can be paged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "table")]
pub enum TableRef {
    /// A source's raw rows.
    Source {
        /// Which.
        id: SourceId,
    },
    /// A source's refused rows: line, byte, column, reason, raw.
    Rejects {
        /// Which.
        id: SourceId,
    },
    /// Any table of the project, e.g. `canon.profile`, `feat.customer`.
    Named {
        /// Schema.
        schema: String,
        /// Table.
        name: String,
    },
    /// A read-only query of the user's.
    Query {
        /// One `SELECT`.
        sql: String,
    },
}

/// Sort order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Order {
    /// Column.
    pub column: String,
    /// Greatest first.
    pub descending: bool,
}

/// Which rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowsAsk {
    /// Of which table.
    pub table: TableRef,
    /// First row, from 0.
    pub offset: u64,
    /// How many, at most 2,000.
    pub limit: u32,
    /// In which order; none: the table's own.
    #[serde(default)]
    pub order: Option<Order>,
    /// Only rows in which any column contains this text (case-insensitive).
    #[serde(default)]
    pub find: Option<String>,
    /// Only rows in which each of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<ColumnFilter>,
}

impl RowsAsk {
    /// The first `limit` rows, as they are.
    pub fn first(table: TableRef, limit: u32) -> Self {
        Self { table, offset: 0, limit, order: None, find: None, filters: Vec::new() }
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ask")]
pub enum Request {
    /// What this engine can do and its version. Answer: `Capabilities`.
    Capabilities,
    /// Projects opened lately. Answer: `Recent`.
    Recent,
    /// Make an empty project and open it. Answer: `Overview`.
    NewProject {
        /// Folder to make; `.kith` is added when missing.
        folder: FileRef,
        /// Name on screen.
        name: String,
    },
    /// Open a project. Answer: `Overview`.
    OpenProject {
        /// Its folder.
        folder: FileRef,
    },
    /// Unpack the sample shop, make a project of it with everything mapped, open it.
    /// Answer: `Overview`.
    OpenSample {
        /// Folder for the project; none: the user's data folder. Opened as it stands when it is
        /// there already.
        folder: Option<FileRef>,
    },
    /// Generate a sample shop of any size, make a project of it with everything mapped, open it.
    /// Answer: `Overview`.
    MakeSample {
        /// Folder for the project; its files go into `data` inside it.
        folder: FileRef,
        /// People; everything else scales with them.
        people: u64,
        /// Seed.
        seed: u64,
    },
    /// Close the open project. Answer: `Done`.
    CloseProject,
    /// How everything stands. Answer: `Overview`.
    Overview,
    /// The document. Answer: `Document`.
    Document,
    /// Change the document. Answer: `Applied`.
    Apply {
        /// How.
        command: Command,
    },
    /// Take the last change back. Answer: `Applied`.
    Undo,
    /// Do it again. Answer: `Applied`.
    Redo,
    /// The journal. Answer: `History`.
    History,
    /// Start a job that brings `upto` and all it needs up to date. Answer: `Started`.
    Run {
        /// Number minted by the caller, unique while the engine lives.
        job: JobId,
        /// The last stage wanted.
        upto: Stage,
    },
    /// Stop a job. Answer: `Done`.
    Cancel {
        /// Which.
        job: JobId,
    },
    /// Jobs at work and lately ended. Answer: `Jobs`.
    Jobs,
    /// Look at a file before adding it. Answer: `Inspection`.
    Inspect {
        /// The file.
        file: FileRef,
    },
    /// Read an added or inspected file's head again with other options. Answer: `Inspection`.
    InspectAs {
        /// The file.
        source: kith_model::source::Source,
    },
    /// Inspect, recognise and add files in one go: presets are mapped and confirmed, other
    /// files get suggestions. Answer: `Applied`.
    AddFiles {
        /// Files.
        files: Vec<FileRef>,
    },
    /// Append files to a source: their rows stand behind its own, columns meeting by name, and a
    /// column says which file each is from. A file that cannot be read is refused before anything
    /// changes. Answer: `Applied`.
    AppendFiles {
        /// To which source.
        source: SourceId,
        /// Files of its kind.
        files: Vec<FileRef>,
    },
    /// Look at every source anew: those whose files or tables changed are stale, and the next
    /// `Run` loads them again. Answer: `Overview`.
    Refresh,
    /// Add sources as `Inspect` or `InspectAs` gave them, perhaps with other options: one table of
    /// a file, read in one's own way. Ids already taken get a number. Answer: `Applied`.
    AddSources {
        /// What to add.
        sources: Vec<kith_model::source::Source>,
    },
    /// How a refused row would be read if it were edited so: ask while the user types, then
    /// `Apply` a `RepairRow` and `Run` the sources stage. Answer: `RowCheck`.
    CheckRow {
        /// Which source.
        source: SourceId,
        /// The edited row, in the file's dialect.
        text: String,
    },
    /// Write a source's refused rows as CSV: `line`, `byte`, `column`, `reason`, `row`.
    /// Answer: `Written`.
    ExportRejects {
        /// Which source.
        source: SourceId,
        /// The file to write.
        to: FileRef,
    },
    /// Take an exported and edited file of refused rows back: each row that differs from what was
    /// refused becomes a `RepairRow`, all of them one step of the history. Answer: `Applied`.
    RepairFrom {
        /// Which source.
        source: SourceId,
        /// The file; its columns `line` and `row` are read.
        file: FileRef,
    },
    /// Suggested links for a source. Answer: `Suggestions`.
    Suggest {
        /// Which source.
        source: SourceId,
    },
    /// What a link would do to the values of a loaded source. Answer: `Preview`.
    PreviewLink {
        /// Which source.
        source: SourceId,
        /// Into which entity.
        entity: kith_model::Entity,
        /// The link; it need not be drawn yet.
        link: kith_model::mapping::Link,
    },
    /// Keep a source's mapping as a preset of the user's own. Answer: `Written`.
    SavePreset {
        /// Which source.
        source: SourceId,
        /// What the preset is called.
        name: String,
    },
    /// The known exports, the user's own among them. Answer: `Presets`.
    Presets,
    /// Whether accepted links are remembered across projects. Answer: `Remembering`.
    Remembering {
        /// Turns it on or off; left as it is without.
        on: Option<bool>,
        /// Forgets what is remembered.
        forget: bool,
    },
    /// Rows of a table as Arrow IPC. Answer: `Rows`.
    Rows(RowsAsk),
    /// The tables there are. Answer: `Tables`.
    Tables,
    /// The sources stage's result. Answer: `Sources`.
    Sources,
    /// The mapping stage's result. Answer: `Mapping`.
    Mapping,
    /// The quality stage's result. Answer: `Quality`.
    Quality,
    /// The quality stage is to be run again even where nothing changed: freshness counts from
    /// the moment of the check. Answer: `Done`.
    Recheck,
    /// What is known of a table and of each of its columns. Answer: `Profile`.
    Profile {
        /// Which.
        table: kith_model::quality::TableId,
    },
    /// Two tables side by side, each as it stands or as a load found it. Answer: `Comparison`.
    CompareTables {
        /// The one to compare with.
        left: kith_model::quality::ComparedSide,
        /// The one compared.
        right: kith_model::quality::ComparedSide,
    },
    /// Write that comparison. Answer: `Written`.
    WriteComparison {
        /// The one to compare with.
        left: kith_model::quality::ComparedSide,
        /// The one compared.
        right: kith_model::quality::ComparedSide,
        /// As JSON instead of one HTML file.
        json: bool,
    },
    /// Every way of filling the gaps of a mapped column, each measured on known values that were
    /// masked. Answer: `ImputeOffer`.
    OfferImputations {
        /// The table.
        table: kith_model::Entity,
        /// Its field.
        field: String,
    },
    /// Expectations that hold now and are worth guarding. Answer: `ExpectationSuggestions`.
    SuggestExpectations,
    /// The identity stage's result. Answer: `Identity`.
    Identity,
    /// Pairs to review, the most instructive first, undecided before decided. Answer: `Review`.
    Review {
        /// At most so many.
        limit: u32,
    },
    /// Where the review stands: pace, agreement, quality by the answers. Answer: `ReviewDesk`.
    ReviewDesk,
    /// One person as a graph of records. Answer: `PersonGraph`.
    PersonGraph {
        /// Who.
        profile: ProfileId,
    },
    /// The charts of matching. Answer: `Charts`.
    IdentityCharts,
    /// Write a chart: a picture when the name ends in `.svg` or `.png`, its numbers when in `.csv`.
    /// Answer: `Written`.
    WriteChart {
        /// The chart.
        chart: Box<kith_model::chart::Chart>,
        /// The file to write.
        to: FileRef,
    },
    /// Why two records are, or are not, taken for one person. Answer: `Explanation`.
    Explain {
        /// The two, named `source/native_id`.
        pair: kith_model::PairKey,
    },
    /// A person. Answer: `Person`.
    Person {
        /// Who.
        profile: ProfileId,
    },
    /// People whose golden record contains a text (or the first ones). Answer: `People`.
    FindPeople {
        /// Text; empty for anybody.
        text: String,
        /// At most so many.
        limit: u32,
    },
    /// The next run of identity compares every pair and learns its parameters anew, even where only
    /// new records would be linked. Answer: `Done`.
    Relearn,
    /// What blocking rules would make of the mapped records, before a pair is made: pairs a rule,
    /// cumulative, largest block; rules over the budget with a better one. Answer: `BlockingPlan`.
    EstimateBlocking {
        /// The settings to try.
        params: Box<kith_model::identity::IdentityParams>,
    },
    /// Keep a training for later runs instead of learning anew: what the last run learned, or a
    /// model written by `SaveModel`. Refused when the model's fields or levels do not fit. To
    /// thaw, `Apply` a `SetTraining` without one. Answer: `Applied`.
    FreezeTraining {
        /// A model's file; none: the last run's.
        from: Option<FileRef>,
    },
    /// Write the model of the last run as JSON. Answer: `Written`.
    SaveModel {
        /// The file to write.
        to: FileRef,
    },
    /// Say that several people are one: decisions between their records, one step of the history.
    /// They hold in every later run. Refused where decisions keep them apart. Answer: `Applied`.
    MergePeople {
        /// At least two.
        profiles: Vec<ProfileId>,
        /// By whom.
        by: String,
        /// Why; may be empty.
        why: String,
    },
    /// Say that some of a person's records are somebody else's: decisions between them and the
    /// others, one step of the history. They hold in every later run. Answer: `Applied`.
    SplitPerson {
        /// Whose.
        profile: ProfileId,
        /// Names of the records that go, as `source/native_id`.
        records: Vec<String>,
        /// By whom.
        by: String,
        /// Why; may be empty.
        why: String,
    },
    /// How many golden values other rules of survivorship would change. Answer: `GoldenChanges`.
    PreviewGolden {
        /// The rules.
        params: kith_model::golden::GoldenParams,
    },
    /// Decisions that cannot all hold, each with its shortest chain. Answer: `Contradictions`.
    Contradictions,
    /// What became of profile ids from run to run. Answer: `Lineage`. The tables
    /// `ident.lineage_run` and `ident.lineage` hold the same to be paged.
    Lineage {
        /// Only runs that touched this profile, and where its records are now.
        profile: Option<ProfileId>,
        /// Newest runs, at most so many.
        limit: u32,
    },
    /// The features stage's result. Answer: `Features`.
    Features,
    /// The segments stage's result. Answer: `Segments`.
    Segments,
    /// Points of the segments' scatter. Answer: `Scatter`.
    Scatter,
    /// The predictions stage's result. Answer: `Predict`.
    Predict,
    /// The recommendations stage's result. Answer: `Recommend`.
    Recommend,
    /// One person's lists with reasons. Answer: `Lists`.
    Lists {
        /// Who.
        profile: ProfileId,
    },
    /// The rules stage's result. Answer: `Rules`.
    Rules,
    /// Rules to begin with, not added yet. Answer: `StarterRules`.
    StarterRules,
    /// The export stage's result. Answer: `Export`.
    Export,
    /// Write the quality report of what was checked last, with a profile of every mapped table.
    /// Answer: `Written`.
    WriteQualityReport {
        /// As JSON instead of one HTML file.
        json: bool,
    },
    /// Write the one-file HTML report of what the project holds now. Answer: `Written`.
    WriteReport,
}

impl Request {
    /// Whether it changes something or opens a project. A host hands such requests over one at a
    /// time, in the order they were asked; all others may overtake each other.
    pub const fn is_change(&self) -> bool {
        matches!(
            self,
            Self::NewProject { .. }
                | Self::OpenProject { .. }
                | Self::OpenSample { .. }
                | Self::MakeSample { .. }
                | Self::CloseProject
                | Self::Apply { .. }
                | Self::Undo
                | Self::Redo
                | Self::Recheck
                | Self::Relearn
                | Self::FreezeTraining { .. }
                | Self::MergePeople { .. }
                | Self::SplitPerson { .. }
                | Self::Run { .. }
                | Self::AddFiles { .. }
                | Self::AppendFiles { .. }
                | Self::RepairFrom { .. }
                | Self::AddSources { .. }
                | Self::Refresh
        )
    }
}
