//! Values that give a column away: `data/values.txt`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a column can be told by, with its values in lower case.
struct List {
    name: &'static str,
    values: Vec<&'static str>,
    /// Values that merely contain an entry as a word or as the end of one count too.
    within: bool,
}

static LISTS: LazyLock<Vec<List>> = LazyLock::new(|| {
    let list = |line: &'static str| {
        let (name, values) = line.split_once(": ")?;
        let plain = name.trim_end_matches('*');
        Some(List { name: plain, within: plain != name, values: values.split("; ").collect() })
    };
    let text = include_str!("../../data/values.txt");
    text.lines().filter(|l| !l.starts_with('#')).filter_map(list).collect()
});

/// Which lists hold `value`.
pub(crate) fn lists_of(value: &str) -> Vec<&'static str> {
    let lower = value.to_lowercase();
    LISTS.iter().filter(|l| l.holds(&lower)).map(|l| l.name).collect()
}

impl List {
    fn holds(&self, lower: &str) -> bool {
        if !self.within {
            return self.values.contains(&lower);
        }
        let mut words = lower.split([' ', ',']).filter(|w| !w.is_empty());
        words.clone().count() > 1 && words.any(|w| self.values.contains(&w))
            || self.values.iter().any(|v| v.chars().count() >= 4 && lower.contains(v))
            || self.values.iter().any(|v| !v.is_ascii() && lower.contains(v))
    }
}

/// Shares of values by list.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shares(BTreeMap<&'static str, f64>);

impl Shares {
    /// Of values with weights that add up to `all`.
    pub(crate) fn of<'a>(values: impl Iterator<Item = (&'a str, f64)>, all: f64) -> Self {
        let mut shares: BTreeMap<&'static str, f64> = BTreeMap::new();
        for (value, weight) in values {
            for name in lists_of(value) {
                *shares.entry(name).or_default() += weight / all;
            }
        }
        Self(shares)
    }

    /// The share of values in the list `name`, in `0..=1`.
    pub(crate) fn get(&self, name: &str) -> f64 {
        self.0.get(name).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_whole_or_within() {
        assert_eq!(lists_of("Desktop"), ["device"]);
        assert_eq!(lists_of("Rossi S.r.l."), ["company"]);
        assert_eq!(lists_of("Lindenallee 5"), ["street"]);
        assert!(lists_of("Ada Lovelace").is_empty());
    }
}
