//! Samples that depend on who is in them, not on the order of rows.

use kith_features::person_hash;

/// At most `size` rows, those with the smallest hash of their key; ascending.
pub(crate) fn by_hash(keys: &[u64], size: usize, seed: u64) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..keys.len()).collect();
    if rows.len() > size {
        rows.sort_by_cached_key(|&i| (person_hash(keys[i], seed), keys[i]));
        rows.truncate(size);
        rows.sort_unstable();
    }
    rows
}

/// At most about `size` rows, from every group in proportion to its size but at least
/// `least` (or all) of each; ascending.
pub(crate) fn stratified(
    keys: &[u64],
    labels: &[u32],
    size: usize,
    least: usize,
    seed: u64,
) -> Vec<usize> {
    if keys.len() <= size {
        return (0..keys.len()).collect();
    }
    let groups = labels.iter().max().map_or(0, |&l| l as usize + 1);
    let mut members = vec![Vec::new(); groups];
    for (row, &label) in labels.iter().enumerate() {
        members[label as usize].push(row);
    }
    let mut rows = Vec::with_capacity(size + groups * least);
    for group in members {
        let part = (group.len() as u128 * size as u128 / keys.len() as u128) as usize;
        let own: Vec<u64> = group.iter().map(|&row| keys[row]).collect();
        rows.extend(by_hash(&own, part.max(least), seed).into_iter().map(|i| group[i]));
    }
    rows.sort_unstable();
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_is_there_in_proportion() {
        let keys: Vec<u64> = (0..10_000).collect();
        let labels: Vec<u32> = keys.iter().map(|k| u32::from(*k >= 9_990)).collect();
        let rows = stratified(&keys, &labels, 1_000, 5, 1);
        let small = rows.iter().filter(|&&r| r >= 9_990).count();
        assert_eq!((rows.len(), small), (1_004, 5));
        assert!(rows.is_sorted());
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let keys: Vec<u64> = (0..500).map(|i| i * 31 % 997).collect();
        let mut reversed = keys.clone();
        reversed.reverse();
        let chosen = |keys: &[u64]| {
            let mut who: Vec<u64> = by_hash(keys, 50, 7).into_iter().map(|i| keys[i]).collect();
            who.sort_unstable();
            who
        };
        assert_eq!(chosen(&keys), chosen(&reversed));
    }
}
