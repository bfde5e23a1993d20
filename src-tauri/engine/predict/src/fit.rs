//! From features at the cut and labels after it to a judged model.

use crate::PredictError;
use crate::metrics::{area_under_roc, brier_score, calibration, curves, mean_log_loss};
use crate::regression::{LogisticRegression, Weights, logistic};
use crate::split::stratified_split;
use kith_features::{FeatureError, FeatureSpec, Matrix, Scaler};
use kith_model::Monitor;
use kith_model::predict::{Coefficient, LogisticModel, PredictParams, PredictSummary};
use kith_model::segments::Scaling;
use kith_model::valid::Valid;
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::Array1;

/// A feature that alone ranks buyers this well most likely knows the future.
const LEAK: f64 = 0.95;
/// A gap between training and test AUC that is worth a word.
const GAP: f64 = 0.05;
/// Fewer buyers to learn from are worth a word.
const FEW: usize = 50;

/// Everything a run of the predictions stage gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Enough to score anybody.
    pub model: LogisticModel,
    /// How good it is.
    pub summary: PredictSummary,
}

fn label_of(specs: &[FeatureSpec], name: &str) -> String {
    specs
        .iter()
        .find(|s| s.name == name)
        .map_or_else(|| name.replace('_', " "), |s| s.label.clone())
}

/// The features to learn from: the user's, else those of the matrix that were known at the cut.
/// What does not vary over `train` is left out, with a note when the user asked for it.
fn chosen(
    matrix: &Matrix,
    specs: &[FeatureSpec],
    params: &PredictParams,
    train: &[usize],
    notes: &mut Vec<String>,
) -> Result<Vec<String>, PredictError> {
    let asked = !params.features.is_empty();
    let known_then = |name: &String| specs.iter().find(|s| &s.name == name).is_none_or(|s| s.timed);
    let wished: Vec<String> = if asked {
        params.features.clone()
    } else {
        matrix.names.iter().filter(|&name| known_then(name)).cloned().collect()
    };
    let mut names = Vec::new();
    for name in wished {
        let Some(column) = matrix.column(&name) else {
            return Err(FeatureError::Missing { name }.into());
        };
        let mut values = train.iter().map(|&i| column[i]).filter(|v| !v.is_nan());
        let first = values.next();
        if values.any(|v| Some(v) != first) {
            names.push(name);
        } else if asked {
            let label = label_of(specs, &name);
            let why = if known_then(&name) {
                "everybody has the same value"
            } else {
                "it is only known for the present, not for the day of the cut"
            };
            notes.push(format!("{label} was left out: {why}"));
        }
    }
    if names.is_empty() { Err(FeatureError::NoFeatures.into()) } else { Ok(names) }
}

/// One line for each feature that alone separates buyers from others.
fn leaks(matrix: &Matrix, scaler: &Scaler, specs: &[FeatureSpec], labels: &[bool]) -> Vec<String> {
    let mut notes = Vec::new();
    for (name, &fill) in scaler.features.iter().zip(&scaler.fill) {
        let Some(column) = matrix.column(name) else { continue };
        let values: Vec<f64> = column.iter().map(|&v| if v.is_nan() { fill } else { v }).collect();
        let area = area_under_roc(&values, labels).map_or(0.5, |a| a.max(1.0 - a));
        if area > LEAK {
            notes.push(format!(
                "{} alone tells buyers from others (AUC {area:.3}): it may know what happened \
                 after the cut",
                label_of(specs, name)
            ));
        }
    }
    notes
}

fn model_of(scaler: Scaler, fitted: &Weights) -> LogisticModel {
    LogisticModel {
        features: scaler.features,
        log1p: scaler.log1p,
        centre: scaler.centre,
        scale: scaler.scale,
        fill: scaler.fill,
        weights: fitted.weights.to_vec(),
        intercept: fitted.intercept,
    }
}

fn coefficients(model: &LogisticModel, specs: &[FeatureSpec]) -> Vec<Coefficient> {
    let mut all: Vec<Coefficient> = model
        .features
        .iter()
        .zip(&model.weights)
        .map(|(name, &weight)| Coefficient {
            feature: name.clone(),
            label: label_of(specs, name),
            weight,
        })
        .collect();
    all.sort_by(|a, b| {
        b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.feature.cmp(&b.feature))
    });
    all
}

/// What a reader of the figures should know.
fn cautions(fitted: &Weights, summary: &PredictSummary, buyers: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if buyers < FEW {
        notes.push(format!("Only {buyers} buyers to learn from: the figures are uncertain"));
    }
    if summary.train_auc - summary.auc > GAP {
        notes.push(format!(
            "The model knows its training people better (AUC {:.3}) than others ({:.3}): raise the \
             penalty or use fewer features",
            summary.train_auc, summary.auc
        ));
    }
    if !fitted.converged {
        notes.push(format!(
            "Training stopped after {} iterations without settling: allow more or raise the penalty",
            fitted.loss.len()
        ));
    }
    if fitted.ridged {
        notes.push(
            "Some features say the same thing; a tiny penalty was added to tell them apart"
                .to_owned(),
        );
    }
    notes
}

/// Fits on the features of `matrix` (as of `cut`, `feat.training`) and the labels after it, one
/// a row, and judges on people kept aside. Emits the metric `log_loss` of each iteration.
///
/// # Errors
/// Unknown features, fewer than two buyers or two others, as many labels as people missing, or
/// the user cancelled.
pub fn fit(
    matrix: &Matrix,
    labels: &[bool],
    specs: &[FeatureSpec],
    params: &Valid<PredictParams>,
    cut: &str,
    monitor: &dyn Monitor,
) -> Result<Fitted, PredictError> {
    monitor.progress(0.0, "splitting people");
    let people = matrix.people();
    if labels.len() != people {
        return Err(PredictError::Labels { people, labels: labels.len() });
    }
    let buyers = labels.iter().filter(|&&l| l).count();
    if buyers < 2 || people - buyers < 2 {
        return Err(PredictError::OneClass { people, buyers });
    }
    let (train, test) = stratified_split(&matrix.profile, labels, params.test_share, params.seed);
    let mut notes = Vec::new();
    let names = chosen(matrix, specs, params, &train, &mut notes)?;
    let matrix = matrix.select(&names)?;
    let of = |rows: &[usize]| -> (Matrix, Vec<bool>) {
        (matrix.rows(rows), rows.iter().map(|&i| labels[i]).collect())
    };
    let ((train_people, train_labels), (test_people, test_labels)) = (of(&train), of(&test));
    let scaler = Scaler::fit(&train_people, specs, Scaling::LogStandard)?;
    notes.extend(leaks(&matrix, &scaler, specs, labels));
    if monitor.cancelled() {
        return Err(PredictError::Cancelled);
    }
    monitor.progress(0.2, "training");
    let targets = Array1::from(train_labels.clone());
    let data = DatasetBase::new(scaler.apply(&train_people), targets).with_feature_names(names);
    let max_iterations = params.max_iterations as usize;
    let fitted = LogisticRegression { l2: params.l2, max_iterations, monitor }.fit(&data)?;
    monitor.progress(0.8, "judging on people kept aside");
    let train_scores = fitted.predict(&data.records).to_vec();
    let model = model_of(scaler, &fitted);
    let scores = score(&model, &test_people);
    let curves = curves(&scores, &test_labels);
    let mut summary = PredictSummary {
        cut: cut.to_owned(),
        horizon_days: params.horizon_days,
        train: train.len() as u64,
        test: test.len() as u64,
        positive_share: buyers as f64 / people as f64,
        auc: area_under_roc(&scores, &test_labels).unwrap_or(0.5),
        train_auc: area_under_roc(&train_scores, &train_labels).unwrap_or(0.5),
        log_loss: mean_log_loss(&scores, &test_labels),
        brier: brier_score(&scores, &test_labels),
        loss: fitted.loss.clone(),
        roc: curves.roc,
        precision_recall: curves.precision_recall,
        gain: curves.gain,
        calibration: calibration(&scores, &test_labels, &test_people.profile),
        coefficients: coefficients(&model, specs),
        notes,
    };
    let learnt_from = train_labels.iter().filter(|&&l| l).count();
    summary.notes.extend(cautions(&fitted, &summary, learnt_from));
    monitor.progress(1.0, "the model is ready");
    Ok(Fitted { model, summary })
}

/// The probability of an order within the horizon, for each person of `matrix`. A feature the
/// matrix does not hold counts as missing.
pub fn score(model: &LogisticModel, matrix: &Matrix) -> Vec<f64> {
    let scaler = Scaler {
        features: model.features.clone(),
        log1p: model.log1p.clone(),
        centre: model.centre.clone(),
        scale: model.scale.clone(),
        fill: model.fill.clone(),
    };
    let weights = ndarray::ArrayView1::from(&model.weights);
    scaler
        .apply(matrix)
        .rows()
        .into_iter()
        .map(|row| logistic(row.dot(&weights) + model.intercept))
        .collect()
}
