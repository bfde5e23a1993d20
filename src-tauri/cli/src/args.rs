//! The command line's shape.

use crate::column_format;
use clap::{Args as ClapArgs, Parser, Subcommand};
use kith_model::column_format::ColumnFormat;
use kith_model::source::ReadOptions;
use std::path::PathBuf;

/// Kith: customer data on one laptop, offline.
#[derive(Debug, Parser)]
#[command(
    name = "kith",
    version,
    about = "Customer data on one laptop: import, resolve identities, segment, predict, recommend, export",
    after_help = "Examples:\n  kith demo\n  kith new shop && kith import shop.kith contacts.csv orders.csv\n  kith run shop.kith\n  kith query shop.kith \"SELECT count(*) FROM ident.golden\"\n  kith serve --bundle shop.kith/exports/bundle-3f2a91cc\n\nExit codes: 0 done, 1 finished with findings, 2 wrong usage, 3 bad input, 4 internal."
)]
pub(crate) struct Args {
    /// Print one JSON object on stdout instead of text
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Do the whole journey on the sample shop, without a window
    Demo(Demo),
    /// Write sample data of any size, with its known truth
    Sample(Sample),
    /// Make an empty project
    New {
        /// Folder; `.kith` is added when missing
        folder: PathBuf,
        /// Name on screen; the folder's name when left out
        #[arg(long)]
        name: Option<String>,
    },
    /// Show how a project stands
    Open(Project),
    /// Add files and load them
    Import {
        #[command(flatten)]
        project: Project,
        /// Files of any kind, folders, quoted patterns such as 'orders_*.csv', SQLite or DuckDB
        /// files, postgres://user@host/database
        #[arg(required_unless_present = "refresh")]
        files: Vec<PathBuf>,
        /// Look at every source anew and load again what changed
        #[arg(long)]
        refresh: bool,
        /// Append the files' rows to this source, columns meeting by name
        #[arg(long, value_name = "SOURCE")]
        append: Option<String>,
        #[command(flatten)]
        part: Part,
    },
    /// List refused rows, edit one and load it, export them, bring an edited export back
    Rejects(Rejects),
    /// Show mappings; accept them, try a link, keep one as a preset
    Map(Map),
    /// Check expectations (exit code 1 when one that is an error fails)
    Check(Check),
    /// Fill the gaps of a mapped column; each way is measured on masked values
    Impute(crate::impute::Impute),
    /// Resolve records into people
    Resolve(crate::resolve::Resolve),
    /// Show how profile ids came about: merges, splits, retired ids
    Lineage(crate::people::LineageArgs),
    /// List doubtful pairs, or decide one
    Review(crate::review::Review),
    /// Rules of golden records: set, preview, pin a value, show a person's
    Golden(crate::golden::Golden),
    /// Say that several people are one
    Merge(crate::people::Merge),
    /// Say that some of a person's records are somebody else's
    Split(crate::people::Split),
    /// Compute features
    Features {
        #[command(flatten)]
        project: Project,
        /// The day nothing looks beyond, YYYY-MM-DD
        #[arg(long)]
        as_of: Option<String>,
    },
    /// Group people
    Segments {
        #[command(flatten)]
        project: Project,
        /// Number of segments
        #[arg(long)]
        k: Option<u32>,
        /// Seed
        #[arg(long)]
        seed: Option<u64>,
    },
    /// Train the propensity model
    Predict {
        #[command(flatten)]
        project: Project,
        /// Days in which an order counts
        #[arg(long)]
        horizon_days: Option<u32>,
    },
    /// Train and measure recommenders
    Recommend {
        #[command(flatten)]
        project: Project,
        /// Share of popularity mixed in, 0 to 1
        #[arg(long)]
        popularity_mix: Option<f64>,
    },
    /// Replay rules on history
    Rules {
        #[command(flatten)]
        project: Project,
        /// Add the starter rules first
        #[arg(long)]
        starter: bool,
    },
    /// Write the bundle and verify it
    Export(Project),
    /// Read a bundle back and check its hashes
    Verify {
        /// Bundle folder
        bundle: PathBuf,
    },
    /// Bring every stage up to date
    Run {
        #[command(flatten)]
        project: Project,
        /// Last stage wanted: sources, mapping, quality, identity, features, segments, predict,
        /// recommend, rules, export
        #[arg(long, default_value = "export")]
        upto: String,
    },
    /// Write the one-file HTML report
    Report {
        #[command(flatten)]
        project: Project,
        /// Where to; exports/report.html in the project when left out
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Run a read-only SQL query over the project
    Query {
        #[command(flatten)]
        project: Project,
        /// One SELECT
        sql: String,
        /// Rows to print
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Show what was changed and computed
    History(Project),
    /// Take the last change back
    Undo(Project),
    /// Do it again
    Redo(Project),
    /// Serve a bundle as a scoring API, or a project to a browser
    Serve(Serve),
    /// Any readable file as clean UTF-8 CSV (or Parquet, by suffix)
    Convert(Convert),
    /// Suggested canonical field of each column
    MapColumns(MapColumns),
    /// Find records of the same person in plain files
    Match(Match),
    /// K-means over a plain file
    Cluster(Cluster),
    /// Train a model on a plain file
    Train(Train),
    /// Recommendations from a plain file of interactions
    Suggest(Suggest),
    /// Shell completions
    Completions {
        /// Shell
        shell: clap_complete::Shell,
    },
}

/// A project folder.
#[derive(Debug, ClapArgs)]
pub(crate) struct Project {
    /// Project folder, NAME.kith
    pub project: PathBuf,
}

/// `kith rejects`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Rejects {
    #[command(flatten)]
    pub project: Project,
    /// Source; may be left out when only one has refused rows
    #[arg(long)]
    pub source: Option<String>,
    /// Rows to list
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// Edit the row that starts on LINE so that it reads TEXT, and load again
    #[arg(long, num_args = 2, value_names = ["LINE", "TEXT"], conflicts_with_all = ["forget", "out", "from"])]
    pub edit: Option<Vec<String>>,
    /// Take the edit of LINE back, and load again
    #[arg(long, value_name = "LINE", conflicts_with_all = ["out", "from"])]
    pub forget: Option<u64>,
    /// Write the refused rows as CSV
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub out: Option<PathBuf>,
    /// Bring back such a file after its column `row` was edited, and load again
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
}

/// `kith check`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kith check shop.kith\n  kith check shop.kith --strict --json\n  kith check shop.kith --compare canon.order@previous canon.order --report shift.html\n  kith check shop.kith --put '{\"table\":\"canon.order\",\"severity\":\"error\",\"check\":{\"kind\":\"between\",\"field\":\"total\",\"min\":0}}'\n  kith check shop.kith --remove order.total.between"
)]
pub(crate) struct Check {
    #[command(flatten)]
    pub project: Project,
    /// A warning that fails ends in exit code 1 too, and one that could not be checked
    #[arg(long)]
    pub strict: bool,
    /// Add an expectation first, or replace the one with its id: JSON as in the project file
    #[arg(long, value_name = "JSON")]
    pub put: Vec<String>,
    /// Remove one of the project's own expectations first
    #[arg(long, value_name = "ID")]
    pub remove: Vec<String>,
    /// Take suggested expectations first: the few of each table most worth guarding
    #[arg(long)]
    pub accept: bool,
    /// List suggested expectations instead of checking
    #[arg(long, conflicts_with_all = ["accept", "report"])]
    pub suggest: bool,
    /// With --suggest or --accept: every one that holds now
    #[arg(long)]
    pub all: bool,
    /// Compare two tables instead, each perhaps as a load found it: canon.order@previous
    /// canon.order, or src.crm src.crm_new; with --report as HTML or JSON too
    #[arg(long, num_args = 2, value_names = ["LEFT", "RIGHT"], conflicts_with_all = ["accept", "suggest"])]
    pub compare: Vec<String>,
    /// Also write a report: one HTML file, or JSON when FILE ends in .json
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// `kith map`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kith map shop.kith --accept --above 0.8\n  kith map shop.kith --weight view_item=0.2 --weight wishlist_add=0.4\n  kith map shop.kith --source people --preview profile.phone=Mobil\n  kith map shop.kith --source people --save-preset \"Our club\""
)]
pub(crate) struct Map {
    #[command(flatten)]
    pub project: Project,
    /// Accept the mapping of every source that has one
    #[arg(long)]
    pub accept: bool,
    /// With --accept, leave out suggested links below this confidence, 0 to 1
    #[arg(long, requires = "accept", value_name = "CONFIDENCE")]
    pub above: Option<f32>,
    /// Of this source alone
    #[arg(long)]
    pub source: Option<String>,
    /// Try a link on the file: ENTITY.FIELD for the one drawn, ENTITY.FIELD=COLUMN for another
    #[arg(long, requires = "source", value_name = "LINK")]
    pub preview: Option<String>,
    /// What an event of this type says about taste, for recommendations: 0 for nothing; `default`
    /// takes it back
    #[arg(long = "weight", value_name = "EVENT=WEIGHT")]
    pub weights: Vec<String>,
    /// Keep the source's mapping as a preset of this name
    #[arg(long, requires = "source", value_name = "NAME")]
    pub save_preset: Option<String>,
    /// Suggest links accepted in other projects on this computer: yes or no
    #[arg(long, value_name = "YES|NO", value_parser = clap::builder::BoolishValueParser::new())]
    pub remember: Option<bool>,
    /// Forget the links remembered from other projects
    #[arg(long)]
    pub forget: bool,
}

/// `kith demo`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Demo {
    /// People in the sample; the checked-in sample (5,000) when left out
    #[arg(long)]
    pub people: Option<u64>,
    /// Seed, with --people
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Folder for the project; a fresh one in the temporary folder when left out
    #[arg(long)]
    pub folder: Option<PathBuf>,
}

/// `kith sample`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Sample {
    /// People; everything else scales with them
    #[arg(long, default_value_t = 5000)]
    pub people: u64,
    /// Seed
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// Folder to write into
    #[arg(long, default_value = "northpeak")]
    pub out: PathBuf,
    /// Write one CSV file instead: contact records with the true person, to measure matching
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pub sheet: Option<PathBuf>,
    /// Write one CSV file instead: a register of unrelated people with the true person, some 1.87
    /// records each, to measure the time matching takes
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "sheet"])]
    pub register: Option<PathBuf>,
}

/// `kith serve`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Serve {
    /// Bundle folder: serve the scoring API
    #[arg(long, required_unless_present = "project", conflicts_with = "project")]
    pub bundle: Option<PathBuf>,
    /// Project folder: serve the workbench to a browser on this machine
    #[arg(long)]
    pub project: Option<PathBuf>,
    /// Folder of the built web interface, with --project
    #[arg(long)]
    pub web: Option<PathBuf>,
    /// Address; port 0 chooses a free one
    #[arg(long, default_value = "127.0.0.1:8765")]
    pub listen: std::net::SocketAddr,
}

/// `kith convert`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Convert {
    /// File to read
    pub file: PathBuf,
    /// File to write: .csv or .parquet; further tables of the file are written beside it
    #[arg(long)]
    pub out: PathBuf,
    #[command(flatten)]
    pub part: Part,
}

/// One table of a file that holds several, every table when nothing is said; and how it is read.
#[derive(Debug, ClapArgs)]
pub(crate) struct Part {
    /// Sheet of a workbook
    #[arg(long)]
    pub sheet: Option<String>,
    /// Cells of a sheet, e.g. B3:F200, B3 or B:F
    #[arg(long)]
    pub range: Option<String>,
    /// Table of a database; of a text file that holds several, its number from 1
    #[arg(long)]
    pub table: Option<String>,
    /// Array of records in a JSON document, e.g. /data/orders
    #[arg(long)]
    pub records: Option<String>,
    /// List inside JSON records whose elements become rows, e.g. line_items
    #[arg(long)]
    pub unfold: Option<String>,
    /// Text encoding, e.g. windows-1252; detected when left out, like all that follows
    #[arg(long)]
    pub encoding: Option<String>,
    /// Field delimiter, e.g. ';' or tab
    #[arg(long)]
    pub delimiter: Option<String>,
    /// Quote character; '' for none
    #[arg(long)]
    pub quote: Option<String>,
    /// Escape character inside quotes
    #[arg(long)]
    pub escape: Option<String>,
    /// Lines before the header that are not data
    #[arg(long, value_name = "LINES")]
    pub skip_lines: Option<u32>,
    /// Rows that name the columns; 0 for none
    #[arg(long, value_name = "ROWS")]
    pub header_rows: Option<u32>,
    /// Lines below the table
    #[arg(long, value_name = "LINES")]
    pub footer_lines: Option<u32>,
    /// A column of numbers, with its decimal and thousands signs, e.g. 'total=,.'
    #[arg(long, value_name = "COLUMN=SIGNS", value_parser = column_format::number)]
    pub number: Vec<(String, ColumnFormat)>,
    /// A column of dates or times, year, month and day in order, with the zone of those that name
    /// none, e.g. 'at=dmy' or 'at=ymd@Europe/Oslo'
    #[arg(long, value_name = "COLUMN=ORDER[@ZONE]", value_parser = column_format::moment)]
    pub date: Vec<(String, ColumnFormat)>,
}

impl Part {
    /// The same as options of the engine.
    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions {
            sheet: self.sheet.clone(),
            range: self.range.clone(),
            table: self.table.clone(),
            records: self.records.clone(),
            unfold: self.unfold.clone(),
            encoding: self.encoding.clone(),
            delimiter: self.delimiter.clone(),
            quote: self.quote.clone(),
            escape: self.escape.clone(),
            skip_lines: self.skip_lines,
            header: self.header_rows.map(|rows| rows > 0),
            header_rows: self.header_rows.filter(|rows| *rows > 1),
            footer_lines: self.footer_lines,
            columns: self.number.iter().chain(&self.date).cloned().collect(),
            ..ReadOptions::default()
        }
    }
}

/// `kith map-columns`.
#[derive(Debug, ClapArgs)]
pub(crate) struct MapColumns {
    /// Files
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
}

/// `kith match`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Match {
    /// File of records
    pub file: PathBuf,
    /// A second file: find its records in the first; each file is taken to name a person once
    #[arg(long)]
    pub link: Option<PathBuf>,
    /// With --link: look for duplicates inside each file too
    #[arg(long, requires = "link")]
    pub duplicates: bool,
    /// Column that names a record; the row number when left out
    #[arg(long)]
    pub id: Option<String>,
    /// Column that names the true person: precision, recall and F1 are reported
    #[arg(long)]
    pub truth: Option<String>,
    /// Say which column is which field, e.g. --map email=contact_mail
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    pub maps: Vec<String>,
    /// Match probability from which pairs are linked; proposed when left out
    #[arg(long)]
    pub threshold: Option<f64>,
    /// Compare only records that agree on these fields, e.g. --block family_name,postcode; may be
    /// given several times; the program's own rules when left out
    #[arg(long = "block", value_name = "FIELD,...")]
    pub blocks: Vec<String>,
    /// Candidate pairs allowed in all; a rule that would make more is refused
    #[arg(long, value_name = "N")]
    pub max_pairs: Option<u64>,
    /// Use the model of this file, as --save-model wrote it, instead of learning one
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Write the model that was used: readable JSON for later runs
    #[arg(long, value_name = "FILE")]
    pub save_model: Option<PathBuf>,
    /// Learn from the truth too, instead of measuring against it alone
    #[arg(long, requires = "truth", conflicts_with = "model")]
    pub learn_truth: bool,
    /// Clusters to write: record, cluster
    #[arg(long)]
    pub out: PathBuf,
    /// Scored pairs to write
    #[arg(long)]
    pub pairs: Option<PathBuf>,
}

/// `kith cluster`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Cluster {
    /// Parquet or CSV file
    pub file: PathBuf,
    /// Feature columns, comma-separated
    #[arg(long, value_delimiter = ',', required = true)]
    pub features: Vec<String>,
    /// Method
    #[arg(long, default_value = "kmeans", value_parser = ["kmeans"])]
    pub method: String,
    /// Number of clusters
    #[arg(long, default_value_t = 8)]
    pub k: u32,
    /// Iterations at most
    #[arg(long, default_value_t = 100)]
    pub iterations: u32,
    /// Restarts
    #[arg(long, default_value_t = 5)]
    pub restarts: u32,
    /// Seed
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Labels to write, Parquet or CSV by suffix
    #[arg(long)]
    pub out: PathBuf,
}

/// `kith train`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Train {
    /// Parquet or CSV file
    pub file: PathBuf,
    /// Label column: 0/1, true/false, yes/no
    #[arg(long)]
    pub label: String,
    /// Feature columns, comma-separated; every numeric column when left out
    #[arg(long, value_delimiter = ',')]
    pub features: Vec<String>,
    /// Model
    #[arg(long, default_value = "logistic", value_parser = ["logistic"])]
    pub model: String,
    /// L2 penalty
    #[arg(long, default_value_t = 1.0)]
    pub l2: f64,
    /// Seed of the split
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// ONNX file to write
    #[arg(long)]
    pub out: PathBuf,
}

/// `kith suggest`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Suggest {
    /// File of interactions
    pub file: PathBuf,
    /// Column of the user
    #[arg(long)]
    pub user: String,
    /// Column of the item
    #[arg(long)]
    pub item: String,
    /// Column of the time
    #[arg(long)]
    pub time: String,
    /// Model
    #[arg(long, default_value = "item-knn", value_parser = ["popular", "item-knn"])]
    pub model: String,
    /// Split
    #[arg(long, default_value = "temporal", value_parser = ["temporal"])]
    pub split: String,
    /// Days at the end kept aside
    #[arg(long, default_value_t = 30)]
    pub test_days: u32,
    /// Length of a list
    #[arg(long, default_value_t = 10)]
    pub k: u32,
    /// Lists to write: user, rank, item, score
    #[arg(long)]
    pub out: PathBuf,
}
