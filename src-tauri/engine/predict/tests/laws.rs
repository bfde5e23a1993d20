//! The whole fit on a made-up shop.

use kith_features::{FeatureSpec, Matrix, catalogue, person_hash};
use kith_model::features::FeatureParams;
use kith_model::predict::PredictParams;
use kith_model::{Metric, Monitor, Quiet};
use kith_predict::{Fitted, PredictError, fit, score};
use ndarray::Array2;
use std::sync::atomic::{AtomicUsize, Ordering};

fn specs() -> Vec<FeatureSpec> {
    catalogue(&FeatureParams::default().check().unwrap())
}

/// A number in [0, 1) that depends on the person and `what` alone.
fn noise(person: u64, what: u64) -> f64 {
    // Far from the seeds of the split.
    (person_hash(person, what + 1_000) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Recent, frequent people buy more; 1 in 10 never bought (recency missing).
fn shop(people: u64) -> (Matrix, Vec<bool>) {
    let names = ["recency_days", "frequency", "evening_share", "email_opt_in"];
    let mut values = Array2::zeros((people as usize, names.len()));
    let mut labels = Vec::new();
    for p in 1..=people {
        let row = (p - 1) as usize;
        let bought = noise(p, 1) > 0.1;
        let recency = 700.0 * noise(p, 2);
        let orders = if bought { (1.0 + 12.0 * noise(p, 3)).floor() } else { 0.0 };
        values[[row, 0]] = if bought { recency } else { f64::NAN };
        values[[row, 1]] = orders;
        values[[row, 2]] = noise(p, 4);
        values[[row, 3]] = f64::from(noise(p, 5) > 0.5);
        let z = if bought { 1.0 - recency / 150.0 + orders / 4.0 } else { -3.0 };
        labels.push(noise(p, 6) < 1.0 / (1.0 + (-z).exp()));
    }
    let names = names.iter().map(|&n| n.to_owned()).collect();
    (Matrix { profile: (1..=people).collect(), names, values }, labels)
}

fn run(matrix: &Matrix, labels: &[bool], params: PredictParams) -> Result<Fitted, PredictError> {
    fit(matrix, labels, &specs(), &params.check().unwrap(), "2025-04-01", &Quiet)
}

#[test]
fn a_signal_is_found_and_judged_on_others() {
    let (matrix, labels) = shop(4_000);
    let fitted = run(&matrix, &labels, PredictParams::default()).unwrap();
    let s = &fitted.summary;
    assert_eq!((s.train, s.test), (2_800, 1_200));
    assert!(s.auc > 0.8 && (s.auc - s.train_auc).abs() < 0.05, "{} {}", s.auc, s.train_auc);
    assert!(s.log_loss < 0.6 && s.brier < 0.2);
    assert!(s.loss.is_sorted_by(|a, b| a >= b) && s.notes.is_empty(), "{:?}", s.notes);
    let names: Vec<_> = s.coefficients.iter().map(|c| c.feature.as_str()).collect();
    assert_eq!(names[2], "evening_share", "noise weighs least; consent is not known at the cut");
    assert_eq!(names.len(), 3);
    let weight = |n: &str| s.coefficients.iter().find(|c| c.feature == n).unwrap().weight;
    assert!(weight("recency_days") < 0.0 && weight("frequency") > 0.0);
    assert!(s.calibration.iter().all(|p| (p.x - p.y).abs() < 0.2));
    let all = score(&fitted.model, &matrix);
    assert!(all.iter().all(|p| (0.0..=1.0).contains(p)));
    let positive = labels.iter().filter(|&&l| l).count() as f64 / 4_000.0;
    assert!((all.iter().sum::<f64>() / 4_000.0 - positive).abs() < 0.02);
}

#[test]
fn threads_do_not_matter() {
    let (matrix, labels) = shop(20_000);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&matrix, &labels, PredictParams::default()).unwrap())
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn a_feature_that_knows_the_future_is_named() {
    let (mut matrix, labels) = shop(500);
    for (to, &label) in matrix.values.column_mut(2).iter_mut().zip(&labels) {
        *to += 5.0 * f64::from(label);
    }
    let fitted = run(&matrix, &labels, PredictParams::default()).unwrap();
    let note = &fitted.summary.notes[0];
    assert!(note.starts_with("Evening share alone tells buyers from others"), "{note}");
}

#[test]
fn what_cannot_be_used_is_said() {
    let (mut matrix, labels) = shop(500);
    matrix.values.column_mut(3).fill(f64::NAN);
    let features = vec!["email_opt_in".to_owned(), "frequency".to_owned()];
    let params = PredictParams { features, ..PredictParams::default() };
    let fitted = run(&matrix, &labels, params).unwrap();
    assert_eq!(fitted.model.features, ["frequency"]);
    assert!(fitted.summary.notes[0].starts_with("E-mail consent was left out: it is only known"));
    let features = vec!["nothing".to_owned()];
    let params = PredictParams { features, ..PredictParams::default() };
    assert!(run(&matrix, &labels, params).unwrap_err().to_string().contains("nothing"));
    let error = run(&matrix, &[false; 500], PredictParams::default()).unwrap_err();
    assert!(matches!(error, PredictError::OneClass { people: 500, buyers: 0 }));
    let error = run(&matrix, &labels[..9], PredictParams::default()).unwrap_err();
    assert!(matches!(error, PredictError::Labels { people: 500, labels: 9 }));
}

/// Cancels at the first metric.
#[derive(Default)]
struct Impatient(AtomicUsize);

impl Monitor for Impatient {
    fn progress(&self, _done: f32, _doing: &str) {}
    fn metric(&self, metric: Metric) {
        assert_eq!(metric.series, "log_loss");
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

#[test]
fn cancel_stops_between_iterations() {
    let (matrix, labels) = shop(1_000);
    let params = PredictParams::default().check().unwrap();
    let monitor = Impatient::default();
    let error = fit(&matrix, &labels, &specs(), &params, "2025-04-01", &monitor).unwrap_err();
    assert!(matches!(error, PredictError::Cancelled));
}
