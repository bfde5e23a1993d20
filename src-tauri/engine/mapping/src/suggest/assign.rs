//! The assignment that gains most in all: the Hungarian method with potentials (Kuhn 1955,
//! Munkres 1957), in O(rows² columns).

/// For each row the column it takes, none where every free column would gain nothing. No
/// column is taken twice. `gain[row][column]` at most 0 means: not this pair.
pub(crate) fn assign(gain: &[Vec<f64>]) -> Vec<Option<usize>> {
    let rows = gain.len();
    let columns = gain.iter().map(Vec::len).max().unwrap_or(0);
    // A column of its own for each row stands for: nothing.
    let width = columns + rows;
    let cost = |row: usize, column: usize| -> f64 {
        let gained = gain[row].get(column).copied().filter(|g| g.is_finite() && *g > 0.0);
        -gained.unwrap_or(0.0)
    };
    // Potentials and matching as in the classic one-based form; row 0 and column 0 are sentinels.
    let (mut u, mut v) = (vec![0.0; rows + 1], vec![0.0; width + 1]);
    let mut taken_by = vec![0_usize; width + 1];
    for row in 1..=rows {
        let way = augment(row, &cost, &mut u, &mut v, &mut taken_by);
        let mut column = way.1;
        while column != 0 {
            let before = way.0[column];
            taken_by[column] = taken_by[before];
            column = before;
        }
    }
    let mut chosen = vec![None; rows];
    for (column, &row) in taken_by.iter().enumerate().take(columns + 1).skip(1) {
        if row > 0 && cost(row - 1, column - 1) < 0.0 {
            chosen[row - 1] = Some(column - 1);
        }
    }
    chosen
}

/// Finds the cheapest way to seat `row`; returns each column's predecessor and the free column
/// at the end of the way.
fn augment(
    row: usize,
    cost: &impl Fn(usize, usize) -> f64,
    u: &mut [f64],
    v: &mut [f64],
    taken_by: &mut [usize],
) -> (Vec<usize>, usize) {
    let width = v.len() - 1;
    let mut least = vec![f64::INFINITY; width + 1];
    let mut before = vec![0_usize; width + 1];
    let mut used = vec![false; width + 1];
    taken_by[0] = row;
    let mut at = 0;
    loop {
        used[at] = true;
        let here = taken_by[at];
        let (mut delta, mut next) = (f64::INFINITY, 0);
        for column in 1..=width {
            if used[column] {
                continue;
            }
            let reduced = cost(here - 1, column - 1) - u[here] - v[column];
            if reduced < least[column] {
                least[column] = reduced;
                before[column] = at;
            }
            if least[column] < delta {
                (delta, next) = (least[column], column);
            }
        }
        for column in 0..=width {
            if used[column] {
                u[taken_by[column]] += delta;
                v[column] -= delta;
            } else {
                least[column] -= delta;
            }
        }
        at = next;
        if taken_by[at] == 0 {
            return (before, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn total(gain: &[Vec<f64>], chosen: &[Option<usize>]) -> f64 {
        chosen.iter().enumerate().filter_map(|(r, c)| c.map(|c| gain[r][c])).sum()
    }

    /// The best total by trying everything.
    fn best(gain: &[Vec<f64>], row: usize, used: u32) -> f64 {
        if row == gain.len() {
            return 0.0;
        }
        let mut most = best(gain, row + 1, used);
        for (column, g) in gain[row].iter().enumerate() {
            if used & (1 << column) == 0 && *g > 0.0 {
                most = most.max(g + best(gain, row + 1, used | 1 << column));
            }
        }
        most
    }

    #[test]
    fn the_whole_counts_not_the_first_come() {
        let gain = vec![vec![5.0, 4.0], vec![4.5, -1.0]];
        assert_eq!(assign(&gain), [Some(1), Some(0)]);
        assert_eq!(assign(&[]), []);
        assert_eq!(assign(&[vec![], vec![]]), [None, None]);
    }

    proptest! {
        #[test]
        fn nothing_gains_more(gain in (1usize..5, 1usize..6).prop_flat_map(|(r, c)| {
            proptest::collection::vec(proptest::collection::vec(-3.0..6.0f64, c), r)
        })) {
            let chosen = assign(&gain);
            let mut seen: Vec<_> = chosen.iter().flatten().collect();
            seen.sort();
            seen.dedup();
            prop_assert_eq!(seen.len(), chosen.iter().flatten().count());
            prop_assert!((total(&gain, &chosen) - best(&gain, 0, 0)).abs() < 1e-9);
        }
    }
}
