//! A bundle written, read back, and found out when somebody touches it.

use kith_export::{
    BundleBuilder, Models, ParquetPart, read_manifest, read_models, verify_files, verify_rules,
    verify_scores, verify_segments, verify_table,
};
use kith_model::predict::LogisticModel;
use kith_model::recommend::ItemItemModel;
use kith_model::segments::KMeansModel;
use kith_model::{Column, Frame};
use std::collections::BTreeMap;

fn models() -> Models {
    let features = vec!["frequency".to_owned(), "monetary".to_owned()];
    Models {
        kmeans: KMeansModel {
            features: features.clone(),
            log1p: vec![false, true],
            centre: vec![2.0, 3.0],
            scale: vec![1.0, 2.0],
            fill: vec![1.0, 20.0],
            centroids: vec![vec![-1.0, 0.0], vec![3.0, 1.0]],
            names: vec!["Once".into(), "Often".into()],
        },
        logistic: LogisticModel {
            features,
            log1p: vec![false, true],
            centre: vec![2.0, 3.0],
            scale: vec![1.0, 2.0],
            fill: vec![1.0, 20.0],
            weights: vec![1.0, 0.5],
            intercept: -1.0,
        },
        item_item: ItemItemModel {
            items: vec!["a".into(), "b".into(), "c".into()],
            popularity: vec![0.5, 1.0, 0.0],
            neighbours: vec![vec![], vec![], vec![]],
            popularity_mix: 0.0,
        },
        rules: kith_rules::starter_rules(),
    }
}

/// Scaled by hand as the engine does, in 64 bits.
fn scaled(frequency: f64, monetary: Option<f64>) -> [f64; 2] {
    [frequency - 2.0, (monetary.unwrap_or(20.0).max(0.0).ln_1p() - 3.0) / 2.0]
}

fn tables() -> (Frame, Frame, Frame) {
    let people = [(7, 1.0, Some(12.5)), (3, 6.0, None), (9, 5.0, Some(900.0))];
    let ids = Column::Int(people.iter().map(|p| Some(p.0)).collect());
    let features = Frame::default()
        .with("profile_id", ids.clone())
        .with("monetary", Column::Real(people.iter().map(|p| p.2).collect()))
        .with("lifecycle", Column::Text(vec![None::<&str>; 3].into()))
        .with("frequency", Column::Int(people.iter().map(|p| Some(p.1 as i64)).collect()));
    let mut segment = Vec::new();
    let mut distance = Vec::new();
    let mut propensity = Vec::new();
    for (_, frequency, monetary) in people {
        let z = scaled(frequency, monetary);
        let away = |c: [f64; 2]| ((z[0] - c[0]).powi(2) + (z[1] - c[1]).powi(2)).sqrt();
        let (a, b) = (away([-1.0, 0.0]), away([3.0, 1.0]));
        segment.push(Some(i64::from(b < a)));
        distance.push(Some(a.min(b)));
        propensity.push(Some(1.0 / (1.0 + (1.0 - z[0] - 0.5 * z[1]).exp())));
    }
    let segments = Frame::default()
        .with("profile_id", ids.clone())
        .with("segment", Column::Int(segment))
        .with("distance", Column::Real(distance));
    let scores =
        Frame::default().with("profile_id", ids).with("propensity", Column::Real(propensity));
    (features, segments, scores)
}

#[test]
fn a_bundle_is_written_and_found_whole() {
    let dir = tempfile::tempdir().unwrap();
    let mut builder = BundleBuilder::new(dir.path(), "3f2a91");
    builder.write_models(&models()).unwrap();
    std::fs::write(dir.path().join("scores.parquet"), b"stand-in for what the store writes")
        .unwrap();
    let part = ParquetPart {
        path: "scores.parquet".into(),
        about: "scores".into(),
        select: "SELECT 1".into(),
    };
    builder.add_table(&part, 3).unwrap();
    builder.describe(&Default::default(), &Default::default(), &Default::default()).unwrap();
    let results = vec![("segments".to_owned(), "ab".to_owned(), "6 segments".to_owned())];
    let manifest = builder.finish("Northpeak", results).unwrap();
    assert_eq!(read_manifest(dir.path()).unwrap(), manifest);
    let paths: Vec<&str> = manifest.files.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "MODEL_CARDS.md",
            "models/popular.json",
            "models/propensity.onnx",
            "models/rules.jdm.json",
            "models/rules.json",
            "models/segments.onnx",
            "scores.parquet",
        ]
    );
    assert!(verify_files(dir.path(), &manifest).holds);
    assert!(verify_rules(dir.path(), &models().rules).unwrap().holds);

    std::fs::write(dir.path().join("scores.parquet"), b"Stand-in for what the store writes")
        .unwrap();
    std::fs::remove_file(dir.path().join("models/segments.onnx")).unwrap();
    let touched = verify_files(dir.path(), &manifest);
    assert_eq!((touched.rows, touched.differing, touched.holds), (7, 2, false));
    let other = &models().rules[1..];
    assert!(!verify_rules(dir.path(), other).unwrap().holds);
}

#[test]
fn the_models_of_a_bundle_say_what_the_engine_said() {
    let dir = tempfile::tempdir().unwrap();
    BundleBuilder::new(dir.path(), "3f2a91").write_models(&models()).unwrap();
    let read = read_models(dir.path()).unwrap();
    assert_eq!(read.segment_names, ["Once", "Often"]);
    assert_eq!(read.popular, [("b".to_owned(), 1.0), ("a".to_owned(), 0.5)]);
    assert_eq!(read.rules, models().rules);
    assert_eq!(read.scorer.features(), ["frequency", "monetary"]);
    assert_eq!(
        read.scorer.segments().metadata("kith.lineage"),
        Some(r#"{"fingerprint":"3f2a91"}"#)
    );

    let (features, segments, scores) = tables();
    let same = verify_segments(read.scorer.segments(), &features, &segments).unwrap();
    assert!(same.holds && same.rows == 3 && same.largest_difference < 1e-5, "{same:?}");
    let same = verify_scores(read.scorer.propensity(), &features, &scores).unwrap();
    assert!(same.holds && same.largest_difference < 1e-6, "{same:?}");
    let one = BTreeMap::from([("frequency".to_owned(), 6.0)]);
    let (segment, propensity) = read.scorer.score(&one).unwrap();
    let expected = scores.column("propensity").unwrap().real().unwrap()[1].unwrap();
    assert_eq!(segment, 1);
    assert!((propensity - expected).abs() < 1e-6);
}

#[test]
fn what_differs_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    BundleBuilder::new(dir.path(), "3f2a91").write_models(&models()).unwrap();
    let read = read_models(dir.path()).unwrap();
    let (features, mut segments, mut scores) = tables();
    let right = segments.clone();
    segments.columns[1].1 = Column::Int(vec![Some(1), Some(1), None]);
    let found = verify_segments(read.scorer.segments(), &features, &segments).unwrap();
    assert_eq!((found.differing, found.holds), (2, false), "another segment, no segment");
    segments = right;
    segments.columns[2].1 = Column::Real(vec![Some(9.0), None, Some(0.1)]);
    let found = verify_segments(read.scorer.segments(), &features, &segments).unwrap();
    assert_eq!(found.differing, 3, "other distances");
    scores.columns[0].1 = Column::Int(vec![Some(7), Some(3), Some(1000)]);
    let found = verify_scores(read.scorer.propensity(), &features, &scores).unwrap();
    assert_eq!((found.differing, found.holds), (1, false));

    let (features, _, _) = tables();
    assert!(verify_table("same", &features, &features.clone()).holds);
    let mut other = features.clone();
    other.columns[1].1 = Column::Real(vec![Some(12.5), None, Some(902.0)]);
    let found = verify_table("other", &features, &other);
    assert_eq!((found.differing, found.largest_difference), (1, 2.0));
    other.columns.pop();
    assert_eq!(verify_table("short", &features, &other).differing, 3);
}
