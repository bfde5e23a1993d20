//! Least squares from sums of products.

/// Share of the mean diagonal added to it, so that terms that say the same, or nothing, do no harm.
const RIDGE: f64 = 1e-7;

/// Solves `(M + r I) b = v` for each right side by Cholesky's decomposition; `upper` holds `M`'s
/// upper triangle, row by row. The first term, the constant, gets no ridge. `None` where `M` is
/// not positive.
pub(super) fn solve(terms: usize, upper: &[f64], sides: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let at = |i: usize, j: usize| i * terms - i * i.saturating_sub(1) / 2 + (j - i);
    let trace: f64 = (0..terms).map(|i| upper[at(i, i)]).sum();
    let ridge = RIDGE * trace / terms as f64;
    let mut lower = vec![vec![0.0; terms]; terms];
    for j in 0..terms {
        for i in j..terms {
            let known: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = upper[at(j, i)] - known;
            if i == j {
                let pivot = rest + if i == 0 { 0.0 } else { ridge };
                if pivot.is_nan() || pivot <= 0.0 {
                    return None;
                }
                lower[i][i] = pivot.sqrt();
            } else {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    Some(sides.iter().map(|side| back(&lower, side)).collect())
}

/// Forward, then backward substitution.
fn back(lower: &[Vec<f64>], side: &[f64]) -> Vec<f64> {
    let n = side.len();
    let mut half = vec![0.0; n];
    for i in 0..n {
        let known: f64 = (0..i).map(|k| lower[i][k] * half[k]).sum();
        half[i] = (side[i] - known) / lower[i][i];
    }
    let mut solved = vec![0.0; n];
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| lower[k][i] * solved[k]).sum();
        solved[i] = (half[i] - known) / lower[i][i];
    }
    solved
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_found_again_also_beside_an_empty_term() {
        // y = 3 + 2 x at x = 0, 1, 2, 3; the third term is always 0.
        let (xs, terms) = ([0.0, 1.0, 2.0, 3.0], 3);
        let rows: Vec<[f64; 3]> = xs.iter().map(|x| [1.0, *x, 0.0]).collect();
        let mut upper = Vec::new();
        for i in 0..terms {
            upper.extend((i..terms).map(|j| rows.iter().map(|r| r[i] * r[j]).sum::<f64>()));
        }
        let side: Vec<f64> = (0..terms)
            .map(|i| rows.iter().zip(xs).map(|(r, x)| r[i] * (3.0 + 2.0 * x)).sum())
            .collect();
        let found = solve(terms, &upper, &[side]).unwrap();
        assert!((found[0][0] - 3.0).abs() < 1e-5 && (found[0][1] - 2.0).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn nothing_known_has_no_solution() {
        assert_eq!(solve(1, &[0.0], &[vec![0.0]]), None);
    }

    proptest! {
        #[test]
        fn the_solution_solves(b in prop::array::uniform3(-5.0..5.0f64),
                               rows in prop::collection::vec(prop::array::uniform2(-1.0..1.0f64), 8..20)) {
            let rows: Vec<[f64; 3]> = rows.iter().map(|[x, z]| [1.0, *x, *z]).collect();
            let sum = |of: &dyn Fn(&[f64; 3]) -> f64| rows.iter().map(of).sum::<f64>();
            let mut upper = Vec::new();
            for i in 0..3 {
                for j in i..3 {
                    upper.push(sum(&|r| r[i] * r[j]));
                }
            }
            let y = |r: &[f64; 3]| r[0] * b[0] + r[1] * b[1] + r[2] * b[2];
            let side = (0..3).map(|i| sum(&|r| r[i] * y(r))).collect::<Vec<f64>>();
            let found = solve(3, &upper, std::slice::from_ref(&side)).unwrap();
            for r in &rows {
                let got = r[0] * found[0][0] + r[1] * found[0][1] + r[2] * found[0][2];
                prop_assert!((got - y(r)).abs() < 1e-2, "{got} for {}", y(r));
            }
        }
    }
}
