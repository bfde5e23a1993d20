//! Against closed forms, published figures and linfa.

use kith_model::Quiet;
use kith_predict::{LogisticRegression, PredictError, Weights};
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2};

fn regress(x: &[f64], y: &[bool], l2: f64) -> Weights {
    let x = Array2::from_shape_vec((y.len(), x.len() / y.len()), x.to_vec()).unwrap();
    fit(x, Array1::from(y.to_vec()), l2).unwrap()
}

fn fit(x: Array2<f64>, y: Array1<bool>, l2: f64) -> Result<Weights, PredictError> {
    LogisticRegression { l2, max_iterations: 50, monitor: &Quiet }.fit(&DatasetBase::new(x, y))
}

fn near(a: f64, b: f64, within: f64) {
    assert!((a - b).abs() <= within, "{a} is not {b}");
}

#[test]
fn a_two_by_two_table_has_a_closed_form() {
    // Without the trait 1 of 4 buys, with it 3 of 5: log-odds ln(1/3) and ln(3/2).
    let x = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let y = [true, false, false, false, true, true, true, false, false];
    let w = regress(&x, &y, 0.0);
    near(w.intercept, (1.0_f64 / 3.0).ln(), 1e-9);
    near(w.weights[0], 4.5_f64.ln(), 1e-9);
    assert!(w.converged && !w.ridged);
    assert!(w.loss.is_sorted_by(|a, b| a >= b));
}

#[test]
fn hours_of_study_as_published() {
    // 20 students, hours of study and whether they passed; the example of Wikipedia's
    // "Logistic regression": intercept -4.0777, slope 1.5046.
    let hours = [
        0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 4.0, 4.25,
        4.5, 4.75, 5.0, 5.5,
    ];
    let passed = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1].map(|p| p == 1);
    let w = regress(&hours, &passed, 0.0);
    near(w.intercept, -4.0777, 5e-5);
    near(w.weights[0], 1.5046, 5e-5);
}

/// People whose label depends on three of four features.
fn people(n: usize) -> (Array2<f64>, Array1<bool>) {
    let mut state = 7_u64;
    let mut noise = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    let x = Array2::from_shape_fn((n, 4), |_| 2.0 * noise() - 1.0);
    let y = x
        .rows()
        .into_iter()
        .map(|r| {
            let z = 1.5 * r[0] - r[1] + 0.5 * r[2] - 1.0;
            noise() < 1.0 / (1.0 + (-z).exp())
        })
        .collect();
    (x, y)
}

#[test]
fn at_the_optimum_the_slope_is_zero() {
    let (x, y) = people(500);
    let w = fit(x.clone(), y.clone(), 3.0).unwrap();
    let p = w.predict(&x);
    let error: Array1<f64> = p.iter().zip(&y).map(|(p, &y)| p - f64::from(y)).collect();
    near(error.sum(), 0.0, 1e-6);
    for (j, column) in x.columns().into_iter().enumerate() {
        near(column.dot(&error) + 3.0 * w.weights[j], 0.0, 1e-6);
    }
}

#[test]
fn linfa_agrees_once_its_positive_class_is_asked() {
    let (x, y) = people(800);
    let ours = fit(x.clone(), y.clone(), 1.0).unwrap();
    let theirs = linfa_logistic::LogisticRegression::default()
        .alpha(1.0)
        .gradient_tolerance(1e-8)
        .max_iterations(500)
        .fit(&DatasetBase::new(x, y))
        .unwrap();
    // linfa may call "false" the positive class.
    let sign = if theirs.labels().pos.class { 1.0 } else { -1.0 };
    near(ours.intercept, sign * theirs.intercept(), 1e-5);
    for (a, b) in ours.weights.iter().zip(theirs.params()) {
        near(*a, sign * b, 1e-5);
    }
}

#[test]
fn separable_and_dependent_features_do_not_break_it() {
    let y = [false, false, true, true];
    let w = regress(&[-2.0, -1.0, 1.0, 2.0], &y, 0.0);
    assert!(w.weights[0].is_finite() && w.weights[0] > 5.0);
    let twice = [-2.0, -2.0, -1.0, -1.0, 1.0, 1.0, 2.0, 2.0];
    let y = [false, true, false, true];
    let w = regress(&twice, &y, 0.0);
    assert!(w.ridged && w.weights.iter().all(|w| w.is_finite()));
    near(w.weights[0], w.weights[1], 1e-6);
}

#[test]
fn one_label_alone_is_said() {
    let error = fit(Array2::zeros((3, 1)), Array1::from(vec![true; 3]), 1.0).unwrap_err();
    assert!(matches!(error, PredictError::OneClass { people: 3, buyers: 3 }));
}
