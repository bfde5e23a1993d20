//! What each stage found, kept in `data.duckdb` beside the data it describes, and the
//! fingerprints that tell whether it still holds.

use crate::error::{internal, store_error};
use crate::session::lock;
use kith_api::ApiError;
use kith_model::document::{Decision, DecisionOrigin, Document};
use kith_model::identity::Verdict;
use kith_model::{Column, PairKey, Quiet, SourceId, Stage};
use kith_sql::{Pipeline, Step, text};
use kith_store::Store;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

/// Raised when a stage's computation changes, so that old results are recomputed.
const CODE_VERSION: u32 = 2;

/// A stage's stored result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StageResult {
    /// Fingerprint of its inputs and settings.
    pub fingerprint: String,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// The one number that matters.
    pub headline: String,
    /// One sentence.
    pub verdict: String,
    /// A person should look.
    pub attention: bool,
    /// The summary type of the stage, as JSON.
    pub summary: String,
    /// The fitted model, as JSON; empty when there is none.
    pub model: String,
    /// Mark of what it gave, where that follows from more than the fingerprint (profile ids depend
    /// on the runs before); else empty.
    pub output: String,
}

/// The results of an open project.
pub(crate) struct Results {
    held: Mutex<BTreeMap<Stage, StageResult>>,
    contents: Mutex<Contents>,
}

#[derive(Default)]
struct Contents {
    /// Hash by (path, length, modified): a file is read again only when one of them changed.
    seen: HashMap<(PathBuf, u64, SystemTime), String>,
    /// What each raw table was made of: content hash, a space, how it was read. Also stands in
    /// for the hash of a file that has gone since.
    marks: BTreeMap<SourceId, String>,
}

impl Results {
    /// Reads what an earlier session stored.
    pub(crate) fn open(store: &Store) -> Result<Self, ApiError> {
        let setup = Pipeline::new("open project")
            .then(Step::statement("schema kith", "CREATE SCHEMA IF NOT EXISTS kith"))
            .then(Step::statement(
                "table of results",
                "CREATE TABLE IF NOT EXISTS kith.result (stage VARCHAR PRIMARY KEY, \
                 fingerprint VARCHAR, took_ms BIGINT, headline VARCHAR, verdict VARCHAR, \
                 attention BOOLEAN, summary VARCHAR, model VARCHAR)",
            ))
            .then(Step::statement(
                "table of marks",
                "CREATE TABLE IF NOT EXISTS kith.mark (source VARCHAR, mark VARCHAR)",
            ))
            .then(Step::statement(
                "marks of outputs",
                "ALTER TABLE kith.result ADD COLUMN IF NOT EXISTS output VARCHAR DEFAULT ''",
            ));
        store.run(&setup, &Quiet).map_err(store_error)?;
        let held = read_results(store)?;
        let marks = read_marks(store)?;
        let contents = Mutex::new(Contents { seen: HashMap::new(), marks });
        Ok(Self { held: Mutex::new(held), contents })
    }

    /// A stage's result, present or stale.
    pub(crate) fn get(&self, stage: Stage) -> Option<StageResult> {
        lock(&self.held).get(&stage).cloned()
    }

    /// A stage's summary, typed.
    pub(crate) fn summary<T: DeserializeOwned>(&self, stage: Stage) -> Result<Option<T>, ApiError> {
        let json = lock(&self.held).get(&stage).map(|r| r.summary.clone());
        json.map(|json| serde_json::from_str(&json).map_err(internal)).transpose()
    }

    /// A stage's fitted model, typed.
    pub(crate) fn model<T: DeserializeOwned>(&self, stage: Stage) -> Result<Option<T>, ApiError> {
        let json = lock(&self.held).get(&stage).map(|r| r.model.clone());
        match json {
            Some(json) if !json.is_empty() => {
                serde_json::from_str(&json).map(Some).map_err(internal)
            }
            _ => Ok(None),
        }
    }

    /// Mark of what a stage gave last.
    fn output(&self, stage: Stage) -> String {
        lock(&self.held).get(&stage).map_or_else(String::new, |r| r.output.clone())
    }

    /// Stores a stage's result.
    pub(crate) fn put(
        &self,
        store: &Store,
        stage: Stage,
        result: StageResult,
    ) -> Result<(), ApiError> {
        let row = format!(
            "INSERT OR REPLACE INTO kith.result VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {})",
            text(stage.key()),
            text(&result.fingerprint),
            result.took_ms,
            text(&result.headline),
            text(&result.verdict),
            result.attention,
            text(&result.summary),
            text(&result.model),
            text(&result.output),
        );
        let step = Step::statement("keep result", row);
        store.run(&Pipeline::new("keep result").then(step), &Quiet).map_err(store_error)?;
        lock(&self.held).insert(stage, result);
        Ok(())
    }

    /// Marks a stage's result stale for good: its tables are about to be replaced.
    pub(crate) fn invalidate(&self, store: &Store, stage: Stage) -> Result<(), ApiError> {
        let Some(held) = self.get(stage) else { return Ok(()) };
        self.put(store, stage, StageResult { fingerprint: String::new(), ..held })
    }

    /// What each raw table was made of.
    pub(crate) fn marks(&self) -> BTreeMap<SourceId, String> {
        lock(&self.contents).marks.clone()
    }

    /// Remembers what the raw tables were made of.
    pub(crate) fn set_marks(
        &self,
        store: &Store,
        marks: BTreeMap<SourceId, String>,
    ) -> Result<(), ApiError> {
        let mut pipeline = Pipeline::new("keep marks")
            .then(Step::statement("forget marks", "DELETE FROM kith.mark"));
        for (source, mark) in &marks {
            let row = format!("INSERT INTO kith.mark VALUES ({}, {})", text(&source.0), text(mark));
            pipeline = pipeline.then(Step::statement("keep mark", row));
        }
        store.run(&pipeline, &Quiet).map_err(store_error)?;
        lock(&self.contents).marks = marks;
        Ok(())
    }

    /// Has every source looked at anew: files are hashed again whatever their dates say, and
    /// `live` sources, whose content cannot be hashed, count as changed; `now` names this state.
    pub(crate) fn refresh(
        &self,
        store: &Store,
        live: &[SourceId],
        now: &str,
    ) -> Result<(), ApiError> {
        lock(&self.contents).seen.clear();
        let mut marks = self.marks();
        for source in live {
            marks.insert(source.clone(), format!("at-{now} unread"));
        }
        self.set_marks(store, marks)
    }

    /// Content hash of each source's file.
    pub(crate) fn contents(&self, document: &Document) -> BTreeMap<SourceId, String> {
        let mut contents = lock(&self.contents);
        document
            .sources
            .iter()
            .map(|source| {
                let path = PathBuf::from(&source.file.0);
                let hash = content_hash(&mut contents.seen, &path)
                    .or_else(|| {
                        let mark = contents.marks.get(&source.id)?;
                        mark.split([' ', '+']).next().map(str::to_owned)
                    })
                    .unwrap_or_else(|| "missing".to_owned());
                let also = source.options.also.iter().map(|file| {
                    content_hash(&mut contents.seen, Path::new(&file.0)).unwrap_or_default()
                });
                let hash = also.fold(hash, |all, hash| format!("{all}+{hash}"));
                (source.id.clone(), hash)
            })
            .collect()
    }

    /// Fingerprints of every stage for a document.
    pub(crate) fn fingerprints(&self, document: &Document) -> BTreeMap<Stage, String> {
        let contents = self.contents(document);
        let mut prints: BTreeMap<Stage, String> = BTreeMap::new();
        for stage in Stage::ALL {
            let mut hasher = blake3::Hasher::new();
            hasher.update(format!("{}/{CODE_VERSION}\n", stage.key()).as_bytes());
            for need in stage.needs() {
                hasher.update(prints[need].as_bytes());
                hasher.update(self.output(*need).as_bytes());
            }
            hasher.update(&settings_of(stage, document, &contents));
            prints.insert(stage, hasher.finalize().to_hex()[..32].to_owned());
        }
        prints
    }
}

/// A decision as matching reads it.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Decided<'a> {
    Answer(&'a PairKey, Verdict),
    ByHand(&'a PairKey, Verdict, DecisionOrigin),
}

/// What matching reads of the decisions; who said it, when and why is none of its business.
pub(crate) fn decided(doc: &Document) -> Vec<Decided<'_>> {
    fn of<'a>((pair, said): (&'a PairKey, &Decision)) -> Decided<'a> {
        match said.origin {
            DecisionOrigin::Review => Decided::Answer(pair, said.verdict),
            origin => Decided::ByHand(pair, said.verdict, origin),
        }
    }
    doc.decisions.iter().map(of).collect()
}

/// The part of the document a stage reads, as bytes.
fn settings_of(stage: Stage, doc: &Document, contents: &BTreeMap<SourceId, String>) -> Vec<u8> {
    fn json(value: &impl Serialize) -> Vec<u8> {
        serde_json::to_vec(value).unwrap_or_default()
    }
    match stage {
        Stage::Sources => {
            // Where a file lies does not matter, only what is in it and how it is read.
            let sources: Vec<_> = doc
                .sources
                .iter()
                .map(|s| (&s.id, s.format, &s.options, contents.get(&s.id)))
                .collect();
            json(&(sources, doc.repairs.iter().collect::<Vec<_>>()))
        }
        Stage::Mapping => {
            let copies: Vec<_> = doc.copies.iter().collect();
            let mappings: Vec<_> = doc.mappings.iter().collect();
            match doc.imputations.as_slice() {
                [] => json(&(mappings, copies)),
                imputations => json(&(mappings, copies, imputations)),
            }
        }
        Stage::Quality => json(&doc.expectations),
        Stage::Identity => {
            let of = (&doc.identity, decided(doc), &doc.truth, &doc.golden, &doc.pins);
            match &doc.training {
                None => json(&of),
                Some(training) => json(&(of, &training.mark)),
            }
        }
        Stage::Features => json(&doc.features),
        Stage::Segments => json(&(&doc.segments, &doc.truth)),
        Stage::Predict => json(&doc.predict),
        Stage::Recommend => json(&doc.recommend),
        Stage::Rules => json(&doc.rules),
        Stage::Export => json(&(&doc.export, &doc.name)),
    }
}

/// Hash of what `path` names: a file, the archive a member is in, all files of a folder or
/// pattern. `None` when it is not there, or is a server.
fn content_hash(
    seen: &mut HashMap<(PathBuf, u64, SystemTime), String>,
    path: &Path,
) -> Option<String> {
    let path = kith_ingest::backing_file(path);
    if path.is_file() {
        // What SQLite has not yet written back stands in a file of its own.
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let log = file_hash(seen, Path::new(&log));
        return file_hash(seen, &path).map(|hash| hash + &log.unwrap_or_default());
    }
    let files = kith_ingest::files(&path).ok().filter(|files| *files != [path])?;
    let mut hasher = blake3::Hasher::new();
    for file in files {
        hasher.update(file.file_name()?.to_string_lossy().as_bytes());
        hasher.update(file_hash(seen, &file)?.as_bytes());
    }
    Some(hasher.finalize().to_hex()[..32].to_owned())
}

fn file_hash(
    seen: &mut HashMap<(PathBuf, u64, SystemTime), String>,
    path: &Path,
) -> Option<String> {
    let meta = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    let key = (path.to_owned(), meta.len(), meta.modified().ok()?);
    if let Some(hash) = seen.get(&key) {
        return Some(hash.clone());
    }
    let mut hasher = blake3::Hasher::new();
    std::io::copy(&mut File::open(path).ok()?, &mut hasher).ok()?;
    let hash = hasher.finalize().to_hex()[..32].to_owned();
    seen.insert(key, hash.clone());
    Some(hash)
}

fn read_results(store: &Store) -> Result<BTreeMap<Stage, StageResult>, ApiError> {
    let sql = "SELECT stage, fingerprint, headline, verdict, summary, model, output, took_ms, attention \
               FROM kith.result ORDER BY stage";
    let frame = store.frame(sql, &Quiet).map_err(store_error)?;
    let texts: Vec<_> =
        frame.columns[..7].iter().map(|(_, c)| c.text().unwrap_or_default()).collect();
    let took = frame.column("took_ms").and_then(Column::int).unwrap_or_default();
    let attention = frame.column("attention").and_then(Column::truth).unwrap_or_default();
    let mut held = BTreeMap::new();
    for row in 0..frame.rows() {
        let at = |column: usize| texts[column].get(row).unwrap_or_default().to_owned();
        let key = at(0);
        let Some(stage) = Stage::ALL.into_iter().find(|s| s.key() == key) else { continue };
        let result = StageResult {
            fingerprint: at(1),
            headline: at(2),
            verdict: at(3),
            summary: at(4),
            model: at(5),
            output: at(6),
            took_ms: took[row].unwrap_or(0).unsigned_abs(),
            attention: attention[row].unwrap_or(false),
        };
        held.insert(stage, result);
    }
    Ok(held)
}

fn read_marks(store: &Store) -> Result<BTreeMap<SourceId, String>, ApiError> {
    let sql = "SELECT source, mark FROM kith.mark ORDER BY source";
    let frame = store.frame(sql, &Quiet).map_err(store_error)?;
    let text = |name: &str| frame.column(name).and_then(Column::text).unwrap_or_default();
    Ok(text("source")
        .iter()
        .zip(text("mark"))
        .filter_map(|(source, mark)| Some((SourceId(source?.to_owned()), mark?.to_owned())))
        .collect())
}
