//! A hash of a person, for samples and splits that depend on who is in them and not on the
//! order of rows.

fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A well-mixed hash of `key` under `seed` (SplitMix64, Steele, Lea and Flood, 2014).
pub fn person_hash(key: u64, seed: u64) -> u64 {
    mix(key ^ mix(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence() {
        // SplitMix64 from state 0 begins with this number.
        assert_eq!(mix(0), 0xE220_A839_7B1D_CDAF);
        assert_ne!(person_hash(1, 1), person_hash(1, 2));
    }
}
