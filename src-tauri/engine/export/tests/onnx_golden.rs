//! The written models are what `onnxruntime` ran (see `oracle.py`), byte for byte, and our
//! evaluator answers as it did.

use kith_export::onnx::{Session, Tensor, kmeans, logistic};
use kith_model::predict::LogisticModel;
use kith_model::segments::KMeansModel;
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;

fn features() -> Vec<String> {
    ["recency_days", "frequency", "monetary", "weekend_share"].map(str::to_owned).to_vec()
}

fn segments() -> KMeansModel {
    KMeansModel {
        features: features(),
        log1p: vec![true, true, true, false],
        centre: vec![3.6, 1.2, 4.1, 0.48],
        scale: vec![1.1, 0.55, 1.15, 0.29],
        fill: vec![42.0, 2.0, 55.5, 0.5],
        centroids: vec![
            vec![-0.8, 0.9, 0.7, 0.1],
            vec![0.9, -0.7, -0.2, 0.8],
            vec![0.4, -0.3, -1.1, -0.9],
        ],
        names: vec!["Frequent".into(), "Weekend".into(), "Small spenders".into()],
    }
}

fn propensity() -> LogisticModel {
    LogisticModel {
        features: features(),
        log1p: vec![false, true, true, false],
        centre: vec![61.0, 1.2, 4.1, 0.48],
        scale: vec![58.0, 0.55, 1.15, 0.29],
        fill: vec![42.0, 2.0, 55.5, 0.5],
        weights: vec![-0.9, 0.7, 0.25, -0.05],
        intercept: -1.1,
    }
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Bytes as recorded, and the outputs recorded beside ours.
fn check(name: &str, bytes: &[u8]) -> (HashMap<String, Tensor>, Value) {
    let path = golden(&format!("{name}.onnx"));
    if std::env::var_os("KITH_RECORD").is_some() {
        std::fs::write(&path, bytes).unwrap();
    }
    assert_eq!(bytes, std::fs::read(path).unwrap(), "{name}: the writer changed, see oracle.py");
    let answer = std::fs::read(golden(&format!("{name}.json"))).unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let rows = answer["features"].as_array().unwrap();
    let values: Vec<f32> = rows
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .map(|v| v.as_f64().map_or(f32::NAN, |v| v as f32))
        .collect();
    let session = Session::read(bytes).unwrap();
    assert_eq!(session.features(), features());
    let outputs = session.run(Tensor::floats(&[rows.len(), 4], values)).unwrap();
    assert!(rows.len() == 250);
    (outputs, answer["outputs"].clone())
}

fn close(found: &Tensor, recorded: &Value) {
    let recorded = recorded.as_array().unwrap();
    let found = found.as_floats().unwrap();
    assert_eq!(found.len(), recorded.len());
    for (row, (f, r)) in found.iter().zip(recorded).enumerate() {
        let r = r.as_f64().unwrap();
        assert!((f64::from(*f) - r).abs() <= 1e-5 * (1.0 + r.abs()), "row {row}: {f} {r}");
    }
}

#[test]
fn segments_as_onnxruntime_says() {
    let (outputs, recorded) = check("segments", &kmeans(&segments()));
    let labels: Vec<i64> = serde_json::from_value(recorded["segment"].clone()).unwrap();
    assert_eq!(outputs["segment"].as_ints().unwrap(), labels);
    assert!((0..3).all(|s| labels.contains(&s)));
    close(&outputs["distance"], &recorded["distance"]);
}

#[test]
fn propensities_as_onnxruntime_says() {
    let (outputs, recorded) = check("propensity", &logistic(&propensity()));
    close(&outputs["propensity"], &recorded["propensity"]);
}

#[test]
fn a_damaged_model_is_an_error_never_a_panic() {
    let bytes = kmeans(&segments());
    for length in 0..bytes.len() {
        if let Ok(session) = Session::read(&bytes[..length]) {
            let _ = session.run(Tensor::floats(&[1, 4], vec![1.0; 4]));
        }
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0x55;
        if let Ok(session) = Session::read(&changed) {
            let _ = session.run(Tensor::floats(&[2, 4], vec![1.0; 8]));
        }
    }
    let session = Session::read(&bytes).unwrap();
    assert!(session.run(Tensor::floats(&[1, 3], vec![0.0; 3])).is_err());
}
