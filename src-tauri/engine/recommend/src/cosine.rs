//! Item-item neighbours by cosine with shrinkage.
//!
//! For each target item the sources most like it: `sum_u w_ui w_uj / (|w_i| |w_j| + shrinkage)`
//! (Deshpande and Karypis 2004; shrinkage after Bell and Koren 2007). The best `neighbours` per
//! *target* are kept. Then each source's row is divided by its sum (L1): a product everybody
//! bought says no more than any other. That alone would let a product with a single buyer speak
//! as loudly as one with hundreds, so a row is also multiplied by its source's [`support`]; with
//! shrinkage 0 the plain L1 form remains.

use crate::RecommendError;
use crate::csr::Csr;
use kith_model::Monitor;
use rayon::prelude::*;

/// Targets computed by one task: fixed, so results do not depend on the number of threads.
const CHUNK: usize = 64;

/// What decides the neighbourhood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) neighbours: usize,
    pub(crate) shrinkage: f32,
}

/// A target's neighbours: source item and weight, best first, ties by index.
pub(crate) type Neighbours = Vec<Vec<(u32, f32)>>;

struct Scratch {
    sums: Vec<f32>,
    found: Vec<(u32, f32)>,
}

/// The neighbours of every item. `users` holds a row a person, `items` is its transpose.
pub(crate) fn neighbours(
    users: &Csr,
    items: &Csr,
    shape: Shape,
    monitor: &dyn Monitor,
) -> Result<Neighbours, RecommendError> {
    let norms: Vec<f32> = (0..items.rows())
        .map(|i| items.row(i).1.iter().map(|w| f64::from(*w) * f64::from(*w)).sum::<f64>())
        .map(|sum| sum.sqrt() as f32)
        .collect();
    let starts: Vec<usize> = (0..items.rows()).step_by(CHUNK).collect();
    let parts: Result<Vec<Neighbours>, RecommendError> = starts
        .into_par_iter()
        .map_init(
            || Scratch { sums: vec![0.0; norms.len()], found: Vec::new() },
            |scratch, start| {
                if monitor.cancelled() {
                    return Err(RecommendError::Cancelled);
                }
                let end = norms.len().min(start + CHUNK);
                Ok((start..end)
                    .map(|target| of_target(target, users, items, &norms, shape, scratch))
                    .collect())
            },
        )
        .collect();
    let mut rows: Neighbours = parts?.into_iter().flatten().collect();
    normalise(&mut rows, &norms, shape.shrinkage);
    Ok(rows)
}

#[allow(clippy::too_many_arguments, reason = "an inner loop: the pieces are one call's state")]
fn of_target(
    target: usize,
    users: &Csr,
    items: &Csr,
    norms: &[f32],
    shape: Shape,
    scratch: &mut Scratch,
) -> Vec<(u32, f32)> {
    let sums = &mut scratch.sums;
    let found = &mut scratch.found;
    found.clear();
    for (user, weight) in items.pairs(target) {
        let (index, value) = users.row(user as usize);
        for (&source, &other) in index.iter().zip(value) {
            sums[source as usize] += weight * other;
        }
    }
    // A dense sweep costs less than keeping a list of touched sources in the loop above.
    for (source, sum) in sums.iter_mut().enumerate() {
        if *sum > 0.0 {
            if source != target {
                let cosine = *sum / (norms[target] * norms[source] + shape.shrinkage);
                found.push((source as u32, cosine));
            }
            *sum = 0.0;
        }
    }
    if found.len() > shape.neighbours {
        found.select_nth_unstable_by(shape.neighbours, best_first);
        found.truncate(shape.neighbours);
    }
    found.sort_unstable_by(best_first);
    found.clone()
}

fn best_first(a: &(u32, f32), b: &(u32, f32)) -> std::cmp::Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// Divides each source's weights by their sum and multiplies them by its support, then puts
/// each target's row back in order.
fn normalise(rows: &mut Neighbours, norms: &[f32], shrinkage: f32) {
    let mut sums = vec![0.0f64; norms.len()];
    for &(source, weight) in rows.iter().flatten() {
        sums[source as usize] += f64::from(weight);
    }
    let scales: Vec<f32> = sums
        .iter()
        .zip(norms)
        .map(|(sum, norm)| (support(*norm, shrinkage) / sum.max(f64::MIN_POSITIVE)) as f32)
        .collect();
    rows.par_iter_mut().for_each(|row| {
        for (source, weight) in row.iter_mut() {
            *weight *= scales[*source as usize];
        }
        row.sort_unstable_by(best_first);
    });
}

/// How far a source is to be trusted, `0..=1`: `n / (n + shrinkage)` with `n` its squared norm
/// (for weights of 1: the people who touched it).
fn support(norm: f32, shrinkage: f32) -> f64 {
    let n = f64::from(norm) * f64::from(norm);
    n / (n + f64::from(shrinkage)).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;

    /// Three people: a and b are bought together twice, c once with a.
    fn purchases() -> (Csr, Csr) {
        let users = Csr::from_sorted(
            3,
            [(0, 0, 1.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 1.0), (2, 0, 1.0), (2, 2, 1.0)],
        );
        let items = users.transpose(3);
        (users, items)
    }

    fn close(found: &[(u32, f32)], expected: &[(u32, f32)]) {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (f, e) in found.iter().zip(expected) {
            assert_eq!(f.0, e.0, "{found:?}");
            assert!((f.1 - e.1).abs() < 1e-6, "{found:?} {expected:?}");
        }
    }

    #[test]
    fn cosine_by_hand() {
        // cos(a,b) = 2/sqrt(3*2) = .816497, cos(a,c) = 1/sqrt(3) = .577350. Source a speaks for
        // b and c: .816497/1.393847 and .577350/1.393847; b and c speak for a alone.
        let (users, items) = purchases();
        let shape = Shape { neighbours: 10, shrinkage: 0.0 };
        let n = neighbours(&users, &items, shape, &Quiet).unwrap();
        close(&n[0], &[(1, 1.0), (2, 1.0)]);
        close(&n[1], &[(0, 0.585_786)]);
        close(&n[2], &[(0, 0.414_214)]);
    }

    #[test]
    fn shrinkage_by_hand() {
        // shrinkage 1: a-b 2/(2.449490+1) = .579796, a-c 1/(1.732051+1) = .366025, sum .945821;
        // trust in a: 3/(3+1), in b: 2/(2+1), in c: 1/(1+1)
        let (users, items) = purchases();
        let shape = Shape { neighbours: 10, shrinkage: 1.0 };
        let n = neighbours(&users, &items, shape, &Quiet).unwrap();
        close(&n[0], &[(1, 0.666_667), (2, 0.5)]);
        close(&n[1], &[(0, 0.459_756)]);
        close(&n[2], &[(0, 0.290_244)]);
    }

    #[test]
    fn only_the_best_neighbours_of_a_target_stay() {
        let (users, items) = purchases();
        let shape = Shape { neighbours: 1, shrinkage: 0.0 };
        let n = neighbours(&users, &items, shape, &Quiet).unwrap();
        close(&n[0], &[(1, 1.0)]);
        close(&n[1], &[(0, 0.585_786)]);
        close(&n[2], &[(0, 0.414_214)]);
    }
}
