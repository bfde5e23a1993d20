//! Laws of the room: order and threads do not matter, cancel answers, what is fitted is what
//! is assigned.

use kith_features::{FeatureSpec, Matrix, catalogue};
use kith_model::features::FeatureParams;
use kith_model::segments::SegmentParams;
use kith_model::{Column, Metric, Monitor, Quiet};
use kith_segments::{Fitted, KMeans, SegmentError, assign, fit};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array2, Axis};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

fn specs() -> Vec<FeatureSpec> {
    catalogue(&FeatureParams::default().check().unwrap())
}

/// A number in [0, 1) that depends on `i` alone.
fn noise(i: usize) -> f64 {
    let x = (i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Three kinds of people: frequent big spenders, lapsed bargain hunters, prospects.
fn shop(people: usize) -> Matrix {
    let names = ["recency_days", "frequency", "monetary", "average_order_value", "discount_share"];
    let mut values = Array2::zeros((people, names.len()));
    for i in 0..people {
        let (recency, orders, basket, discount) = match i % 5 {
            0 | 1 => (10.0, 12.0, 150.0, 0.1),
            2 | 3 => (400.0, 2.0, 30.0, 0.9),
            _ => (f64::NAN, 0.0, f64::NAN, f64::NAN),
        };
        let wobble = |j: usize| 0.8 + 0.4 * noise(i * 8 + j);
        let orders: f64 = orders;
        values[[i, 0]] = recency * wobble(0);
        values[[i, 1]] = (orders * wobble(1)).round();
        values[[i, 2]] = orders * basket * wobble(2);
        values[[i, 3]] = basket * wobble(3);
        values[[i, 4]] = discount * wobble(4);
    }
    Matrix {
        profile: (1..=people as u64).collect(),
        names: names.iter().map(|&n| n.to_owned()).collect(),
        values,
    }
}

fn run(matrix: &Matrix, k: u32) -> Fitted {
    let features =
        vec!["recency_days".into(), "frequency".into(), "monetary".into(), "discount_share".into()];
    let params = SegmentParams { k, features, ..SegmentParams::default() }.check().unwrap();
    fit(matrix, &specs(), &params, &Quiet).unwrap()
}

#[test]
fn segments_of_a_small_shop() {
    let matrix = shop(1_000);
    let fitted = run(&matrix, 2);
    let s = &fitted.summary;
    assert_eq!(s.people, 800, "prospects are not clustered");
    let names: BTreeSet<_> = s.segments.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["Recent big spenders", "Lapsed small spenders"]));
    assert_eq!(s.segments.iter().map(|s| s.size).sum::<u64>(), 800);
    assert!(s.segments.is_sorted_by(|a, b| a.size >= b.size));
    assert!(s.silhouette > 0.5 && s.silhouette_sample == 800);
    assert!(s.inertia.is_sorted_by(|a, b| a >= b));
    assert_eq!(fitted.scatter.x.len(), 800);
    assert!(s.segments.iter().all(|s| s.examples.len() == 3 && s.traits.len() == 4));
    let best = s.elbow.iter().max_by(|a, b| a.silhouette.total_cmp(&b.silhouette)).unwrap();
    assert_eq!(best.k, 2);
}

#[test]
fn the_model_assigns_as_it_was_fitted() {
    let matrix = shop(500);
    let fitted = run(&matrix, 4);
    let (labels, distances) = assign(&fitted.model, &matrix);
    let ids = fitted.assignment.column("profile_id").and_then(Column::int).unwrap();
    let segment = fitted.assignment.column("segment").and_then(Column::int).unwrap();
    let distance = fitted.assignment.column("distance").and_then(Column::real).unwrap();
    for ((id, segment), distance) in ids.iter().zip(segment).zip(distance) {
        let row = id.unwrap() as usize - 1;
        assert_eq!(*segment, Some(i64::from(labels[row])));
        assert_eq!(*distance, Some(distances[row]));
    }
}

#[test]
fn threads_do_not_matter() {
    let matrix = shop(30_000);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&matrix, 5))
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn what_cannot_be_segmented_is_said() {
    let matrix = shop(10);
    let fit = |matrix: &Matrix, params: SegmentParams| {
        fit(matrix, &specs(), &params.check().unwrap(), &Quiet).unwrap_err()
    };
    let error = fit(&matrix, SegmentParams { k: 9, ..SegmentParams::default() });
    assert!(matches!(error, SegmentError::TooFewPeople { people: 8, k: 9 }), "{error}");
    let features = vec!["nothing".to_owned()];
    let error = fit(&matrix, SegmentParams { k: 2, features, ..SegmentParams::default() });
    assert!(error.to_string().contains("nothing"));
    let mut same = shop(10);
    same.values.fill(3.0);
    let error = fit(&same, SegmentParams { k: 2, ..SegmentParams::default() });
    assert!(matches!(error, SegmentError::TooFewDistinct { distinct: 1, k: 2 }), "{error}");
}

/// Cancels at the third metric.
#[derive(Default)]
struct Impatient {
    heard: AtomicUsize,
    series: Mutex<Vec<String>>,
}

impl Monitor for Impatient {
    fn progress(&self, _done: f32, _doing: &str) {}
    fn metric(&self, metric: Metric) {
        self.heard.fetch_add(1, Ordering::Relaxed);
        self.series.lock().unwrap().push(metric.series);
    }
    fn cancelled(&self) -> bool {
        self.heard.load(Ordering::Relaxed) >= 3
    }
}

#[test]
fn cancel_stops_between_iterations() {
    let monitor = Impatient::default();
    let params = SegmentParams { k: 6, tolerance: 0.0, ..SegmentParams::default() };
    let error = fit(&shop(5_000), &specs(), &params.check().unwrap(), &monitor).unwrap_err();
    assert!(matches!(error, SegmentError::Cancelled));
    assert_eq!(monitor.series.lock().unwrap()[0], "inertia");
    assert_eq!(monitor.heard.load(Ordering::Relaxed), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    #[test]
    fn the_order_of_rows_does_not_matter(
        rows in prop::collection::vec((-9.0..9.0_f64, -9.0..9.0_f64), 8..300),
        shuffle in prop::collection::vec(any::<u32>(), 300),
        k in 2..6_usize,
    ) {
        let x = Array2::from_shape_fn((rows.len(), 2), |(i, j)| if j == 0 { rows[i].0 } else { rows[i].1 });
        let start = x.select(Axis(0), &(0..k).collect::<Vec<_>>());
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&i| shuffle[i]);
        let run = |x: Array2<f64>| {
            KMeans { k, restarts: 1, max_iterations: 20, tolerance: 0.0, seed: 1, start: Some(start.clone()), monitor: &Quiet }
                .fit(&DatasetBase::from(x))
                .unwrap()
        };
        let straight = run(x.clone());
        let shuffled = run(x.select(Axis(0), &order));
        for (a, b) in straight.inertia.iter().zip(&shuffled.inertia) {
            prop_assert!((a - b).abs() <= 1e-6 * (1.0 + a), "{a} and {b}");
        }
        let moved: Vec<u32> = order.iter().map(|&i| straight.labels[i]).collect();
        prop_assert_eq!(moved, shuffled.labels);
    }
}
