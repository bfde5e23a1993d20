//! How far two groupings of the same people agree.

use std::collections::BTreeMap;

/// Adjusted Rand index (Hubert and Arabie, 1985): 1 for the same grouping under any names,
/// about 0 for chance. Only the first `min` of both lengths count. Two groupings that both put
/// everybody together, or everybody apart, agree wholly.
pub fn adjusted_rand_index(a: &[u32], b: &[u32]) -> f64 {
    let pairs = |n: u64| (n * n.saturating_sub(1)) as f64 / 2.0;
    let mut cells: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    let mut rows: BTreeMap<u32, u64> = BTreeMap::new();
    let mut columns: BTreeMap<u32, u64> = BTreeMap::new();
    for (&a, &b) in a.iter().zip(b) {
        *cells.entry((a, b)).or_default() += 1;
        *rows.entry(a).or_default() += 1;
        *columns.entry(b).or_default() += 1;
    }
    let together: f64 = cells.values().map(|&n| pairs(n)).sum();
    let in_rows: f64 = rows.values().map(|&n| pairs(n)).sum();
    let in_columns: f64 = columns.values().map(|&n| pairs(n)).sum();
    let all = pairs(a.len().min(b.len()) as u64);
    let expected = if all > 0.0 { in_rows * in_columns / all } else { 0.0 };
    let most = f64::midpoint(in_rows, in_columns);
    if most - expected == 0.0 { 1.0 } else { (together - expected) / (most - expected) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_do_not_matter() {
        assert_eq!(adjusted_rand_index(&[0, 0, 1, 1], &[7, 7, 3, 3]), 1.0);
        assert_eq!(adjusted_rand_index(&[0, 0], &[1, 1]), 1.0);
    }

    #[test]
    fn the_reference_value() {
        // scikit-learn's documented example.
        let ari = adjusted_rand_index(&[0, 0, 1, 1], &[0, 0, 1, 2]);
        assert!((ari - 0.571_428_571).abs() < 1e-9);
        assert_eq!(adjusted_rand_index(&[0, 0, 0, 0], &[0, 1, 2, 3]), 0.0);
        assert!((adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1]) + 0.5).abs() < 1e-12);
    }
}
