//! What every reader must keep, whatever bytes it is given: no panic, no second a megabyte, no row
//! lost, the same answer when options that were detected are given by hand.
//!
//! One body for the program of our own (`import.rs`) and the targets of `cargo fuzz`.

use kith_ingest::{Detected, IngestError, Load, check_row, inspect, inspect_as, load};
use kith_model::column_format::{ColumnFormat, DateOrder};
use kith_model::source::{FileFormat, Nested, ReadOptions, Source};
use kith_model::{FileRef, SourceId};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

/// A folder to read from, in memory where the system has one.
pub struct Place {
    folder: tempfile::TempDir,
}

/// Most tables of one file that are read.
const PARTS: usize = 3;

/// Where a plan is proven, e.g. by running it.
pub type Prove<'a> = &'a mut dyn FnMut(&Load) -> Result<(), String>;

/// Choices made by bytes; zeros, or none left: whatever is detected.
pub struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % n.max(1)
    }

    fn of(&mut self, from: &[&str]) -> Option<String> {
        Some(from[self.below(from.len())].to_owned())
    }
}

impl Place {
    /// # Panics
    /// When no scratch folder can be made: there is nothing to fuzz then.
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        Self { folder: folder.expect("a scratch folder") }
    }

    /// Puts `bytes` into a file of that name.
    ///
    /// # Panics
    /// When the folder cannot be written.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a scratch file");
        path
    }

    fn scratch(&self) -> PathBuf {
        self.folder.path().join("scratch")
    }
}

/// Looks at any bytes, and reads them to the end as what they are found to be.
///
/// # Errors
/// The law that is broken.
pub fn anything(place: &Place, bytes: &[u8], mut choices: Choices<'_>) -> Result<(), String> {
    let names = ["input.csv", "input.json", "input.ndjson", "input.xlsx", "input.gz", "input"];
    let path = place.file(names[choices.below(names.len())], bytes);
    let Ok(seen) = in_time(bytes.len(), || inspect(&path))? else { return Ok(()) };
    fits(&seen)?;
    for part in seen.parts.iter().take(PARTS) {
        let file = PathBuf::from(&part.file.0);
        let Ok(seen) = look(&file, part.format, &part.options)? else { continue };
        whole(place, &file, &seen, None)?;
    }
    whole(place, &path, &seen, None).map(drop)
}

/// Delimited text, read as `choices` say: dialect by hand or guessed, one of several tables,
/// columns of numbers and dates.
///
/// # Errors
/// The law that is broken.
pub fn delimited(
    place: &Place,
    bytes: &[u8],
    mut choices: Choices<'_>,
    prove: Option<Prove<'_>>,
) -> Result<(), String> {
    let path = place.file("input.csv", bytes);
    let ways = choices.below(16);
    let mut options = ReadOptions::default();
    if ways & 1 > 0 {
        options.delimiter = choices.of(&[",", ";", "||", " ", "\t", "é", "\"", "|"]);
        options.quote = choices.of(&["\"", "'", "", ","]);
        options.escape = choices.of(&["\"", "\\", "", "^"]);
    }
    if ways & 2 > 0 {
        options.footer_lines = Some(choices.below(4) as u32);
        options.skip_lines = Some(choices.below(5) as u32);
        options.header_rows = Some(choices.below(4) as u32).filter(|rows| *rows > 0);
    }
    if ways & 4 > 0 {
        options.table = Some((1 + choices.below(4)).to_string());
    }
    let Ok(mut seen) = look(&path, FileFormat::Delimited, &options)? else { return Ok(()) };
    let text = whole(place, &path, &seen, None)?;
    if ways & 8 > 0 && !seen.header.is_empty() {
        for _ in 0..1 + choices.below(3) {
            let name = seen.header[choices.below(seen.header.len())].clone();
            options.columns.insert(name, format(&mut choices));
        }
        let Ok(typed) = look(&path, FileFormat::Delimited, &options)? else { return Ok(()) };
        seen = typed;
    }
    let typed = whole(place, &path, &seen, prove)?;
    match (text, typed) {
        // Values that are no numbers refuse their rows; they lose none.
        (Some(text), Some(typed)) if text.0 != typed.0 || text.1 > typed.1 => {
            Err(format!("{text:?} rows in and refused as text, {typed:?} with types"))
        }
        _ => Ok(()),
    }
}

fn format(choices: &mut Choices<'_>) -> ColumnFormat {
    if choices.below(2) == 0 {
        let signs = [('.', None), (',', Some('.')), ('.', Some(',')), (',', Some(' '))];
        let (decimal, thousands) = signs[choices.below(signs.len())];
        return ColumnFormat::Number { decimal, thousands };
    }
    let order = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst];
    let zones = ["", "Europe/Oslo", "+02:00", "America/New_York"];
    let zone = choices.of(&zones).filter(|zone| !zone.is_empty());
    ColumnFormat::Moment { order: order[choices.below(order.len())], zone }
}

/// JSON documents and lines, records and nested values read as `choices` say.
///
/// # Errors
/// The law that is broken.
pub fn json(place: &Place, bytes: &[u8], mut choices: Choices<'_>) -> Result<(), String> {
    let format = [FileFormat::Json, FileFormat::Ndjson][choices.below(2)];
    let path = place.file("input.json", bytes);
    let pointers = ["", "", "/data", "/data/items", "/0", "/a~1b"];
    let lists = ["", "items", "a", "a.b"];
    let options = ReadOptions {
        records: choices.of(&pointers).filter(|pointer| !pointer.is_empty()),
        nested: [None, Some(Nested::Columns), Some(Nested::Keep)][choices.below(3)],
        unfold: choices.of(&lists).filter(|list| !list.is_empty()),
        ..ReadOptions::default()
    };
    let Ok(seen) = look(&path, format, &options)? else { return Ok(()) };
    whole(place, &path, &seen, None).map(drop)
}

/// A workbook, sheet and cells chosen by `choices`.
///
/// # Errors
/// The law that is broken.
pub fn workbook(place: &Place, bytes: &[u8], mut choices: Choices<'_>) -> Result<(), String> {
    let path = place.file("input.xlsx", bytes);
    let ranges = ["", "B2", "A:B", "B3:C9", "ZZ1", "A1048576"];
    let options = ReadOptions {
        range: choices.of(&ranges).filter(|range| !range.is_empty()),
        header_rows: Some(choices.below(4) as u32).filter(|rows| *rows > 0),
        skip_lines: Some(choices.below(6) as u32).filter(|lines| *lines > 0),
        ..ReadOptions::default()
    };
    let Ok(seen) = look(&path, FileFormat::Workbook, &options)? else { return Ok(()) };
    whole(place, &path, &seen, None).map(drop)
}

/// Looks at a file of a known kind.
fn look(
    path: &Path,
    format: FileFormat,
    options: &ReadOptions,
) -> Result<Result<Detected, IngestError>, String> {
    let bytes = path.metadata().map_or(0, |meta| meta.len());
    let seen = in_time(bytes as usize, || inspect_as(path, format, options))?;
    if let Ok(seen) = &seen {
        fits(seen)?;
    }
    Ok(seen)
}

/// One of Arrow's files or streams.
///
/// # Errors
/// The law that is broken.
pub fn arrow(place: &Place, bytes: &[u8]) -> Result<(), String> {
    let path = place.file("input.arrow", bytes);
    let options = ReadOptions::default();
    let Ok(seen) = look(&path, FileFormat::Arrow, &options)? else { return Ok(()) };
    whole(place, &path, &seen, None).map(drop)
}

/// A preview's rows are as wide as its columns.
fn fits(seen: &Detected) -> Result<(), String> {
    let width = seen.columns.len();
    match seen.rows.iter().find(|row| row.len() != width) {
        Some(row) => Err(format!("a preview row of {} cells for {width} columns", row.len())),
        None => Ok(()),
    }
}

/// Reads a file to the end: rows in and refused.
fn whole(
    place: &Place,
    path: &Path,
    seen: &Detected,
    prove: Option<Prove<'_>>,
) -> Result<Option<(u64, u64)>, String> {
    let source = Source {
        id: SourceId("input".to_owned()),
        title: "input".to_owned(),
        file: FileRef(path.display().to_string()),
        format: seen.format,
        options: seen.options.clone(),
        preset: None,
    };
    // What it says is of no interest here; that it says something is.
    drop(check_row(&source, path, "a,b\"c,d"));
    let bytes = path.metadata().map_or(0, |meta| meta.len());
    let plan = in_time(bytes as usize, || load(&source, path, &place.scratch()))?;
    let Ok(plan) = plan else { return Ok(None) };
    let rows_in = plan.rows_in.unwrap_or(0);
    let proven = prove.map_or(Ok(()), |prove| prove(&plan));
    for file in &plan.cleanup {
        std::fs::remove_file(file).map_err(|e| format!("scratch data cannot go: {e}"))?;
    }
    proven?;
    if plan.rejected > rows_in {
        return Err(format!("{} of {rows_in} rows refused", plan.rejected));
    }
    Ok(plan.rows_in.map(|rows_in| (rows_in, plan.rejected)))
}

/// Seconds of processor time so far, which other programs do not stretch; of wall time where the
/// system does not say.
fn busy() -> f64 {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let wall = BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the program's name: user and system time in hundredths.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(11).take(2).filter_map(|f| f.parse().ok()).collect();
    if ticks.len() == 2 { (ticks[0] + ticks[1]) / 100.0 } else { wall }
}

/// Runs `read`, which may take a second a megabyte (a second for less).
fn in_time<T>(bytes: usize, read: impl FnOnce() -> T) -> Result<T, String> {
    let start = busy();
    let value = read();
    let seconds = busy() - start;
    let allowed = (bytes as f64 / 1e6).max(1.0);
    slowest(seconds / allowed);
    match seconds > allowed {
        true => Err(format!("{seconds:.1} s for {bytes} bytes")),
        false => Ok(value),
    }
}

/// Seconds a megabyte of the slowest read so far, `seconds` among them.
pub fn slowest(seconds: f64) -> f64 {
    static SLOWEST: Mutex<f64> = Mutex::new(0.0);
    let mut slowest = SLOWEST.lock().unwrap_or_else(PoisonError::into_inner);
    *slowest = slowest.max(seconds);
    *slowest
}
