//! Against published figures, scikit-learn's and linfa's.

use kith_model::Quiet;
use kith_segments::{
    KMeans, adjusted_rand_index, calinski_harabasz, davies_bouldin, principal_components,
    silhouettes,
};
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_clustering::KMeansInit;
use ndarray::Array2;

/// Fisher's irises (1936): 150 flowers x 4 measures, 50 of each of three species in order.
fn iris() -> Array2<f64> {
    let rows: Vec<f64> = include_str!("iris.csv")
        .lines()
        .skip(1)
        .flat_map(|line| line.split(',').map(|v| v.parse::<f64>().unwrap()))
        .collect();
    Array2::from_shape_vec((150, 4), rows).unwrap()
}

/// Overlapping groups without a tie anywhere: `corners` corners of a cube `apart` wide.
fn blobs(n: usize, d: usize, apart: f64, corners: usize) -> Array2<f64> {
    let mut state = 1_u64;
    let mut noise = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    Array2::from_shape_fn((n, d), |(i, j)| {
        let corner = f64::from(((i % corners) >> (j % 3)) as u32 & 1);
        apart * corner + (0..4).map(|_| noise()).sum::<f64>()
    })
}

fn kmeans(k: usize) -> KMeans<'static> {
    KMeans {
        k,
        restarts: 10,
        max_iterations: 300,
        tolerance: 0.0,
        seed: 1,
        start: None,
        monitor: &Quiet,
    }
}

fn near(a: f64, b: f64, within: f64) {
    assert!((a - b).abs() <= within, "{a} is not {b}");
}

#[test]
fn iris_inertias_are_the_known_optima() {
    // Best known sums of squares for k = 2..=6.
    let known = [152.347_952, 78.851_441, 57.228_473, 46.446_182, 39.039_987];
    for (k, known) in (2..).zip(known) {
        let settings = KMeans { restarts: 60, ..kmeans(k) };
        let found = settings.fit(&DatasetBase::from(iris())).unwrap();
        assert!(found.converged);
        near(*found.inertia.last().unwrap(), known, 1e-3);
    }
}

#[test]
fn iris_figures_are_scikit_learns() {
    let x = iris();
    let found = kmeans(3).fit(&DatasetBase::from(x.clone())).unwrap();
    let rows: Vec<usize> = (0..150).collect();
    let s = silhouettes(&x.view(), &found.labels, 3, &rows, &Quiet).unwrap();
    near(s.iter().sum::<f64>() / 150.0, 0.552_819, 1e-6);
    near(davies_bouldin(&x.view(), &found.labels, 3), 0.661_972, 1e-6);
    near(calinski_harabasz(&x.view(), &found.labels, 3), 561.627_757, 1e-4);
    let species: Vec<u32> = (0..150).map(|i| i / 50).collect();
    near(adjusted_rand_index(&found.labels, &species), 0.730_238, 1e-6);
    let explained = principal_components(&x.view()).explained;
    near(explained[0], 0.924_619, 1e-6);
    near(explained[1], 0.053_066, 1e-6);
}

#[test]
fn from_the_same_centres_linfa_finds_the_same_clusters() {
    let x = blobs(600, 4, 1.5, 5);
    for rows in [[0, 60, 120], [3, 4, 5], [10, 100, 149]] {
        let start = x.select(ndarray::Axis(0), &rows);
        let ours = KMeans { start: Some(start.clone()), ..kmeans(3) }
            .fit(&DatasetBase::from(x.clone()))
            .unwrap();
        let data = DatasetBase::from(x.clone());
        let theirs = linfa_clustering::KMeans::params(3)
            .n_runs(1)
            .max_n_iterations(300)
            .tolerance(1e-12)
            .init_method(KMeansInit::Precomputed(start))
            .fit(&data)
            .unwrap();
        let labels: Vec<u32> = theirs.predict(&data).iter().map(|&l| l as u32).collect();
        assert_eq!(ours.labels, labels);
        for (a, b) in ours.centres.iter().zip(theirs.centroids()) {
            near(*a, *b, 1e-6);
        }
    }
}

#[test]
fn our_model_predicts_through_linfas_trait() {
    let data = DatasetBase::from(iris());
    let found = kmeans(3).fit(&data).unwrap();
    let predicted = found.predict(&data.records);
    assert!(predicted.iter().zip(&found.labels).all(|(a, &b)| *a == b as usize));
}

/// Not a test of correctness: prints how long a million people take on one thread.
/// `cargo test --release -p kith-segments --test reference -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn a_million_people() {
    let (n, d, k) = (1_000_000, 8, 8);
    let x = blobs(n, d, 1.0, k);
    let start = x.select(ndarray::Axis(0), &(0..k).collect::<Vec<_>>());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let data = DatasetBase::from(x.clone());
    let settings = KMeans { start: Some(start), max_iterations: 20, ..kmeans(k) };
    let clock = std::time::Instant::now();
    let found = pool.install(|| settings.fit(&data)).unwrap();
    let took = clock.elapsed();
    eprintln!("k-means {took:?}, {} iterations, {:?}", found.inertia.len(), found.inertia.last());
    let rows: Vec<usize> = (0..20_000).collect();
    let clock = std::time::Instant::now();
    let s = pool.install(|| silhouettes(&x.view(), &found.labels, k, &rows, &Quiet)).unwrap();
    eprintln!("silhouettes {:?}, mean {}", clock.elapsed(), s.iter().sum::<f64>() / 20_000.0);
    if let Ok(path) = std::env::var("KITH_POINTS") {
        let bytes: Vec<u8> = x.iter().flat_map(|v| (*v as f32).to_le_bytes()).collect();
        std::fs::write(path, bytes).unwrap();
    }
}
