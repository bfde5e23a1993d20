//! Logistic regression by Newton's method (iteratively reweighted least squares), behind
//! linfa's traits.
//!
//! Minimises `sum of log losses + l2 / 2 * |w|^2`; the intercept is not penalised. With step
//! halving the objective never rises (McCullagh and Nelder, "Generalized Linear Models", 1989).

use crate::PredictError;
use kith_model::{Metric, Monitor};
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayView1};
use rayon::prelude::*;

/// People in a parallel piece. Fixed, so that sums do not depend on the thread count.
const PIECE: usize = 4096;
/// Converged when the expected gain in log loss a person is below this.
const ENOUGH: f64 = 1e-12;
/// Halvings of a step at most.
const HALVINGS: u32 = 30;

/// Logistic regression settings, checked. Fit it on a linfa data set of people x scaled
/// features with one truth value a person.
pub struct LogisticRegression<'a> {
    /// L2 penalty (the inverse of scikit-learn's `C`).
    pub l2: f64,
    /// Newton iterations at most.
    pub max_iterations: usize,
    /// Hears `log_loss` after each iteration.
    pub monitor: &'a dyn Monitor,
}

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// One a feature: log-odds for one unit.
    pub weights: Array1<f64>,
    /// Log-odds where every feature is 0.
    pub intercept: f64,
    /// Mean training log loss, penalty left out, after each iteration.
    pub loss: Vec<f64>,
    /// False when it stopped at the greatest number of iterations.
    pub converged: bool,
    /// True when features depend on each other so that a tiny penalty had to be added.
    pub ridged: bool,
}

/// The chance that belongs to log-odds `z`.
pub(crate) fn logistic(z: f64) -> f64 {
    if z >= 0.0 {
        1.0 / (1.0 + (-z).exp())
    } else {
        let e = z.exp();
        e / (1.0 + e)
    }
}

/// `-ln p(label)` from log-odds, without overflow.
fn loss_of(z: f64, label: bool) -> f64 {
    let z = if label { -z } else { z };
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// Log-odds under `beta`: the weights, then the intercept.
fn log_odds(row: ArrayView1<'_, f64>, beta: &[f64]) -> f64 {
    row.iter().zip(beta).map(|(x, w)| x * w).sum::<f64>() + beta[row.len()]
}

/// The people.
struct People<'a> {
    x: &'a Array2<f64>,
    y: &'a Array1<bool>,
    l2: f64,
}

impl People<'_> {
    fn pieces(&self) -> impl IndexedParallelIterator<Item = std::ops::Range<usize>> {
        let n = self.x.nrows();
        (0..n.div_ceil(PIECE)).into_par_iter().map(move |p| p * PIECE..((p + 1) * PIECE).min(n))
    }

    fn penalty(&self, beta: &[f64]) -> f64 {
        let weights = &beta[..self.x.ncols()];
        self.l2 / 2.0 * weights.iter().map(|w| w * w).sum::<f64>()
    }

    /// Sum of log losses.
    fn loss(&self, beta: &[f64]) -> f64 {
        let parts: Vec<f64> = self
            .pieces()
            .map(|rows| rows.map(|i| loss_of(log_odds(self.x.row(i), beta), self.y[i])).sum())
            .collect();
        parts.iter().sum()
    }

    /// Gradient and Hessian (upper triangle, row by row) of the objective.
    fn slope(&self, beta: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let m = beta.len();
        let parts: Vec<(Vec<f64>, Vec<f64>)> = self
            .pieces()
            .map(|rows| {
                let (mut g, mut h) = (vec![0.0; m], vec![0.0; m * m]);
                let mut row = vec![1.0; m];
                for i in rows {
                    for (to, x) in row.iter_mut().zip(self.x.row(i)) {
                        *to = *x;
                    }
                    let p = logistic(log_odds(self.x.row(i), beta));
                    let (error, weight) = (p - f64::from(self.y[i]), p * (1.0 - p));
                    for a in 0..m {
                        g[a] += error * row[a];
                        let scaled = weight * row[a];
                        for (to, x) in h[a * m + a..(a + 1) * m].iter_mut().zip(&row[a..]) {
                            *to += scaled * x;
                        }
                    }
                }
                (g, h)
            })
            .collect();
        let (mut g, mut h) = (vec![0.0; m], vec![0.0; m * m]);
        for (part_g, part_h) in &parts {
            g.iter_mut().zip(part_g).for_each(|(a, b)| *a += b);
            h.iter_mut().zip(part_h).for_each(|(a, b)| *a += b);
        }
        for a in 0..m - 1 {
            g[a] += self.l2 * beta[a];
            h[a * m + a] += self.l2;
        }
        (g, h)
    }
}

/// Solves `h s = g` for a symmetric positive definite `h` (upper triangle, row by row) by
/// Cholesky's factorisation; `None` when it is not.
fn solve(h: &[f64], g: &[f64]) -> Option<Vec<f64>> {
    let m = g.len();
    let mut l = vec![0.0; m * m];
    for i in 0..m {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| l[i * m + k] * l[j * m + k]).sum();
            let rest = h[j * m + i] - dot;
            if i == j {
                // Below this the rest is rounding error.
                if rest <= 1e-11 * h[i * m + i].abs() || !rest.is_finite() {
                    return None;
                }
                l[i * m + i] = rest.sqrt();
            } else {
                l[i * m + j] = rest / l[j * m + j];
            }
        }
    }
    let mut s = g.to_vec();
    for i in 0..m {
        let dot: f64 = (0..i).map(|k| l[i * m + k] * s[k]).sum();
        s[i] = (s[i] - dot) / l[i * m + i];
    }
    for i in (0..m).rev() {
        let dot: f64 = (i + 1..m).map(|k| l[k * m + i] * s[k]).sum();
        s[i] = (s[i] - dot) / l[i * m + i];
    }
    Some(s)
}

/// As [`solve`], with a growing ridge on the diagonal until it can be solved; says whether one
/// was needed.
fn solve_ridged(h: &[f64], g: &[f64]) -> Option<(Vec<f64>, bool)> {
    if let Some(step) = solve(h, g) {
        return Some((step, false));
    }
    let m = g.len();
    let size = (0..m).map(|i| h[i * m + i]).fold(1e-12, f64::max);
    (0..8).find_map(|power| {
        let mut ridged = h.to_vec();
        for i in 0..m {
            ridged[i * m + i] += size * 1e-8 * 10_f64.powi(power);
        }
        solve(&ridged, g).map(|step| (step, true))
    })
}

/// The longest of the step, its half, its quarter ... that does not raise the objective.
fn descend(
    people: &People<'_>,
    beta: &[f64],
    step: &[f64],
    before: f64,
) -> Option<(Vec<f64>, f64)> {
    let mut length = 1.0;
    for _ in 0..HALVINGS {
        let next: Vec<f64> = beta.iter().zip(step).map(|(b, s)| b - length * s).collect();
        let loss = people.loss(&next);
        if loss + people.penalty(&next) <= before {
            return Some((next, loss));
        }
        length /= 2.0;
    }
    None
}

impl Fit<Array2<f64>, Array1<bool>, PredictError> for LogisticRegression<'_> {
    type Object = Weights;

    /// Fits the regression; fails without both labels or when the user cancels.
    fn fit(
        &self,
        dataset: &DatasetBase<Array2<f64>, Array1<bool>>,
    ) -> Result<Weights, PredictError> {
        let people = People { x: &dataset.records, y: &dataset.targets, l2: self.l2 };
        let n = people.x.nrows();
        if people.y.len() != n {
            return Err(PredictError::Labels { people: n, labels: people.y.len() });
        }
        let buyers = people.y.iter().filter(|&&y| y).count();
        if buyers == 0 || buyers == n {
            return Err(PredictError::OneClass { people: n, buyers });
        }
        let mut beta = vec![0.0; people.x.ncols() + 1];
        beta[people.x.ncols()] = (buyers as f64 / (n - buyers) as f64).ln();
        let mut now = people.loss(&beta);
        let (mut loss, mut converged, mut ridged) = (Vec::new(), false, false);
        for iteration in 0..self.max_iterations {
            let (gradient, hessian) = people.slope(&beta);
            let Some((step, ridge)) = solve_ridged(&hessian, &gradient) else { break };
            ridged |= ridge;
            let gain: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum::<f64>() / 2.0;
            let next = descend(&people, &beta, &step, now + people.penalty(&beta));
            if let Some((better, lower)) = next {
                beta = better;
                now = lower;
            } else {
                converged = true;
            }
            loss.push(now / n as f64);
            let metric =
                Metric { series: "log_loss".to_owned(), x: iteration as f64, y: now / n as f64 };
            self.monitor.metric(metric);
            if self.monitor.cancelled() {
                return Err(PredictError::Cancelled);
            }
            converged |= gain <= ENOUGH * n as f64;
            if converged {
                break;
            }
        }
        let intercept = beta.pop().unwrap_or(0.0);
        Ok(Weights { weights: Array1::from(beta), intercept, loss, converged, ridged })
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for Weights {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        for (to, row) in y.iter_mut().zip(x.rows()) {
            *to = logistic(row.dot(&self.weights) + self.intercept);
        }
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_solved_by_hand() {
        // 4x + 2y = 2, 2x + 3y = 5 has x = -1/2, y = 2.
        let s = solve(&[4.0, 2.0, 0.0, 3.0], &[2.0, 5.0]).unwrap();
        assert!((s[0] + 0.5).abs() < 1e-12 && (s[1] - 2.0).abs() < 1e-12);
        assert_eq!(solve(&[1.0, 1.0, 0.0, 1.0], &[1.0, 1.0]), None);
        assert!(solve_ridged(&[1.0, 1.0, 0.0, 1.0], &[1.0, 1.0]).unwrap().1);
    }

    #[test]
    fn extreme_log_odds_neither_overflow_nor_vanish() {
        assert_eq!((logistic(-800.0), logistic(800.0)), (0.0, 1.0));
        assert_eq!((loss_of(800.0, false), loss_of(800.0, true)), (800.0, 0.0));
        assert!((loss_of(0.0, true) - 2.0_f64.ln()).abs() < 1e-15);
    }
}
