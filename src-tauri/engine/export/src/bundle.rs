//! Writing a bundle's models, collecting its files, and reading its models back.

use crate::cards::{predict_card, recommend_card, segment_card};
use crate::manifest::{FORMAT, Lineage, Manifest, write_manifest};
use crate::onnx::{kmeans_with, logistic_with};
use crate::parquet_sql::ParquetPart;
use crate::{ExportError, Scorer};
use kith_model::export::BundleFile;
use kith_model::predict::{LogisticModel, PredictSummary};
use kith_model::recommend::{ItemItemModel, RecommendSummary};
use kith_model::rules::Rule;
use kith_model::segments::{KMeansModel, SegmentsSummary};
use sha2::{Digest, Sha256};
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub(crate) const SEGMENTS: &str = "models/segments.onnx";
pub(crate) const PROPENSITY: &str = "models/propensity.onnx";
pub(crate) const RULES: &str = "models/rules.json";
pub(crate) const JDM: &str = "models/rules.jdm.json";
const POPULAR: &str = "models/popular.json";
const CARDS: &str = "MODEL_CARDS.md";

/// Products kept for strangers.
pub const POPULAR_LENGTH: usize = 100;

/// What is handed over beside the tables.
#[derive(Debug, Clone, Default)]
pub struct Models {
    /// The segments.
    pub kmeans: KMeansModel,
    /// The propensity.
    pub logistic: LogisticModel,
    /// The recommender: its popular products serve strangers.
    pub item_item: ItemItemModel,
    /// The rule book.
    pub rules: Vec<Rule>,
}

impl Models {
    /// The most bought products with their popularity, best first, ties by product id.
    pub(crate) fn popular(&self) -> Vec<(String, f64)> {
        let model = &self.item_item;
        let mut list: Vec<(String, f64)> = model
            .items
            .iter()
            .cloned()
            .zip(model.popularity.iter().map(|p| f64::from(*p)))
            .filter(|(_, p)| *p > 0.0)
            .collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        list.truncate(POPULAR_LENGTH);
        list
    }
}

/// Collects a bundle file by file in a folder of its own.
#[derive(Debug)]
pub struct BundleBuilder {
    dir: PathBuf,
    manifest: Manifest,
}

impl BundleBuilder {
    /// A bundle in the existing, empty folder `dir`.
    pub fn new(dir: &Path, fingerprint: &str) -> Self {
        let manifest = Manifest {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            fingerprint: fingerprint.to_owned(),
            ..Manifest::default()
        };
        Self { dir: dir.to_owned(), manifest }
    }

    /// Writes the models, the rules and what is popular into `models/`.
    pub fn write_models(&mut self, models: &Models) -> Result<(), ExportError> {
        let folder = self.dir.join("models");
        std::fs::create_dir_all(&folder).map_err(|e| ExportError::io("models", &e))?;
        let lineage = [("fingerprint".to_owned(), self.manifest.fingerprint.clone())];
        let json = |file: &str, value: &serde_json::Value| {
            let mut text =
                serde_json::to_string_pretty(value).map_err(|e| ExportError::damaged(file, e))?;
            text.push('\n');
            Ok::<_, ExportError>(text.into_bytes())
        };
        let rules =
            serde_json::to_value(&models.rules).map_err(|e| ExportError::damaged(RULES, e))?;
        let popular =
            serde_json::to_value(models.popular()).map_err(|e| ExportError::damaged(POPULAR, e))?;
        let files = [
            (
                SEGMENTS,
                "K-means: raw features in, segment and distance out (ONNX)",
                kmeans_with(&models.kmeans, &lineage),
            ),
            (
                PROPENSITY,
                "Purchase propensity: raw features in, probability out (ONNX)",
                logistic_with(&models.logistic, &lineage),
            ),
            (
                JDM,
                "The rule book as a decision graph (GoRules JSON decision model)",
                json(JDM, &kith_rules::to_jdm(&models.rules))?,
            ),
            (RULES, "The rule book as Kith keeps it", json(RULES, &rules)?),
            (POPULAR, "What is popular, for strangers", json(POPULAR, &popular)?),
        ];
        for (path, about, bytes) in files {
            self.write(path, about, &bytes)?;
        }
        Ok(())
    }

    fn write(&mut self, path: &str, about: &str, bytes: &[u8]) -> Result<(), ExportError> {
        std::fs::write(self.dir.join(path), bytes).map_err(|e| ExportError::io(path, &e))?;
        self.add(path, about, None)
    }

    fn add(&mut self, path: &str, about: &str, rows: Option<u64>) -> Result<(), ExportError> {
        let (bytes, sha256) = fingerprint(&self.dir, path)?;
        let about = about.to_owned();
        self.manifest.files.retain(|f| f.path != path);
        self.manifest.files.push(BundleFile { path: path.to_owned(), about, rows, bytes, sha256 });
        Ok(())
    }

    /// Takes up a table that was written to its path.
    pub fn add_table(&mut self, part: &ParquetPart, rows: u64) -> Result<(), ExportError> {
        self.manifest.tables.insert(part.path.clone(), part.select.clone());
        self.add(&part.path, &part.about, Some(rows))
    }

    /// Takes up model cards and their figures.
    pub fn describe(
        &mut self,
        segments: &SegmentsSummary,
        predict: &PredictSummary,
        recommend: &RecommendSummary,
    ) -> Result<(), ExportError> {
        let cards = vec![predict_card(predict), recommend_card(recommend), segment_card(segments)];
        let mut text = String::from("# Model cards\n");
        for card in &cards {
            text.push('\n');
            text.push_str(&card.markdown());
            let named = |(name, value): (&String, &f64)| (format!("{}.{name}", card.model), *value);
            self.manifest.metrics.extend(card.metrics.iter().map(named));
        }
        self.manifest.cards = cards;
        self.write(
            CARDS,
            "What each model is for, how good it is, what it cannot do",
            text.as_bytes(),
        )
    }

    /// Writes the manifest. `results`: stage key, fingerprint and verdict of each stage the
    /// bundle rests on, in their order.
    pub fn finish(
        mut self,
        project: &str,
        results: Vec<(String, String, String)>,
    ) -> Result<Manifest, ExportError> {
        project.clone_into(&mut self.manifest.project);
        self.manifest.lineage = results
            .into_iter()
            .map(|(stage, fingerprint, verdict)| Lineage { stage, fingerprint, verdict })
            .collect();
        self.manifest.files.sort_by(|a, b| a.path.cmp(&b.path));
        write_manifest(&self.dir, &self.manifest)?;
        Ok(self.manifest)
    }
}

/// Size and SHA-256 of a file of the bundle.
pub(crate) fn fingerprint(dir: &Path, path: &str) -> Result<(u64, String), ExportError> {
    let failed = |e: &std::io::Error| ExportError::io(path, e);
    let mut file = std::fs::File::open(dir.join(path)).map_err(|e| failed(&e))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0u8; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(|e| failed(&e))?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        hash.update(&buffer[..read]);
    }
    let hex = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok((bytes, hex))
}

/// The models of a bundle, as read from its files.
#[derive(Debug, Clone, Default)]
pub struct BundleModels {
    /// Scores people who are not in the bundle.
    pub scorer: Scorer,
    /// Segment names by number.
    pub segment_names: Vec<String>,
    /// What strangers get, best first: product and popularity.
    pub popular: Vec<(String, f64)>,
    /// The rule book.
    pub rules: Vec<Rule>,
}

pub(crate) fn read(dir: &Path, path: &str) -> Result<Vec<u8>, ExportError> {
    std::fs::read(dir.join(path)).map_err(|e| ExportError::io(path, &e))
}

pub(crate) fn read_json<T: serde::de::DeserializeOwned>(
    dir: &Path,
    path: &str,
) -> Result<T, ExportError> {
    serde_json::from_slice(&read(dir, path)?).map_err(|e| ExportError::damaged(path, e))
}

/// Reads the models, the rules and what is popular.
pub fn read_models(dir: &Path) -> Result<BundleModels, ExportError> {
    let scorer = Scorer::read(&read(dir, SEGMENTS)?, &read(dir, PROPENSITY)?)
        .map_err(|e| ExportError::damaged("models", e))?;
    Ok(BundleModels {
        segment_names: scorer.segment_names(),
        popular: read_json(dir, POPULAR)?,
        rules: read_json(dir, RULES)?,
        scorer,
    })
}
