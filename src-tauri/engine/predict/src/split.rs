//! Who is trained on and who is kept aside.

use kith_features::person_hash;

/// Rows to train on and rows to test on, both ascending. Of each label the share `test_share`
/// with the smallest hash of person and seed is kept aside: at least one and not all, where
/// there are two. The order of rows does not matter.
pub fn stratified_split(
    profile: &[u64],
    labels: &[bool],
    test_share: f64,
    seed: u64,
) -> (Vec<usize>, Vec<usize>) {
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for label in [false, true] {
        let mut rows: Vec<usize> =
            (0..profile.len()).filter(|&i| labels.get(i) == Some(&label)).collect();
        rows.sort_by_cached_key(|&i| (person_hash(profile[i], seed), profile[i]));
        let wish = (rows.len() as f64 * test_share).round() as usize;
        let aside = if rows.len() > 1 { wish.clamp(1, rows.len() - 1) } else { 0 };
        test.extend_from_slice(&rows[..aside]);
        train.extend_from_slice(&rows[aside..]);
    }
    train.sort_unstable();
    test.sort_unstable();
    (train, test)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn nobody_is_lost_and_shares_hold(labels in prop::collection::vec(any::<bool>(), 4..400), seed in 0..9_u64) {
            let profile: Vec<u64> = (1..=labels.len() as u64).collect();
            let (train, test) = stratified_split(&profile, &labels, 0.3, seed);
            let all: BTreeSet<_> = train.iter().chain(&test).collect();
            prop_assert_eq!(all.len(), labels.len());
            prop_assert_eq!(train.len() + test.len(), labels.len());
            for label in [false, true] {
                let of = |rows: &[usize]| rows.iter().filter(|&&r| labels[r] == label).count();
                let total = of(&train) + of(&test);
                prop_assert!((of(&test) as f64 - 0.3 * total as f64).abs() <= 1.0);
            }
        }

        #[test]
        fn the_order_of_rows_does_not_matter(n in 4..100_usize, seed in 0..9_u64) {
            let profile: Vec<u64> = (1..=n as u64).collect();
            let labels: Vec<bool> = profile.iter().map(|p| p % 3 == 0).collect();
            let who = |profile: &[u64], labels: &[bool]| -> BTreeSet<u64> {
                stratified_split(profile, labels, 0.3, seed).1.into_iter().map(|i| profile[i]).collect()
            };
            let straight = who(&profile, &labels);
            let reversed = who(
                &profile.iter().rev().copied().collect::<Vec<_>>(),
                &labels.iter().rev().copied().collect::<Vec<_>>(),
            );
            prop_assert_eq!(straight, reversed);
        }
    }
}
