//! How alike two spellings are.

/// The letter pairs of a text's plain form: Latin letters and digits, lower case, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Letters(Vec<[u8; 2]>);

impl Letters {
    /// Of any text; other scripts are written in Latin letters first.
    pub(crate) fn of(text: &str) -> Self {
        let plain: Vec<u8> = deunicode::deunicode(text)
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|b| b.to_ascii_lowercase())
            .collect();
        let mut pairs: Vec<_> = plain.windows(2).map(|w| [w[0], w[1]]).collect();
        pairs.sort_unstable();
        Self(pairs)
    }

    /// Dice's coefficient over letter pairs (Dice 1945): 1 for the same, 0 for nothing in
    /// common or nothing to compare.
    pub(crate) fn similarity(&self, other: &Self) -> f64 {
        let (mut left, mut right, mut shared) = (0, 0, 0_usize);
        while let (Some(a), Some(b)) = (self.0.get(left), other.0.get(right)) {
            left += usize::from(a <= b);
            right += usize::from(b <= a);
            shared += usize::from(a == b);
        }
        let total = self.0.len() + other.0.len();
        if total == 0 { 0.0 } else { (2 * shared) as f64 / total as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> f64 {
        Letters::of(a).similarity(&Letters::of(b))
    }

    #[test]
    fn spelling_counts_case_accents_and_signs_do_not() {
        assert_eq!(alike("E-Mail", "email"), 1.0);
        assert_eq!(alike("Straße", "STRASSE"), 1.0);
        assert_eq!(alike("night", "nacht"), 0.25);
        assert_eq!(alike("", "x"), 0.0);
    }
}
