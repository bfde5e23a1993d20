//! Categories written in several ways.

use std::collections::BTreeMap;

/// Groups of values that share a key of letters and digits alone, in small letters, words in
/// order without repeats (the "fingerprint" key collision of OpenRefine's clustering), the most
/// frequent spelling first. Only where categories are: at least two rows a value on average.
pub(crate) fn dirty_groups(values: &[(String, u64)], rows: u64) -> Vec<Vec<String>> {
    if (values.len() as u64) * 2 > rows {
        return Vec::new();
    }
    let mut groups: BTreeMap<String, Vec<&(String, u64)>> = BTreeMap::new();
    for value in values {
        let key = fingerprint(&value.0);
        if !key.is_empty() {
            groups.entry(key).or_default().push(value);
        }
    }
    groups
        .into_values()
        .filter(|group| group.len() > 1)
        .map(|mut group| {
            group.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            group.into_iter().map(|(value, _)| value.clone()).collect()
        })
        .collect()
}

fn fingerprint(value: &str) -> String {
    let plain: String =
        value.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let mut words: Vec<_> = plain.split_whitespace().map(fold).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// Letters of western Europe without their marks.
fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => out.push('a'),
            'ç' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ñ' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => out.push('u'),
            'ý' | 'ÿ' => out.push('y'),
            'æ' => out.push_str("ae"),
            'ß' => out.push_str("ss"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_category_come_together() {
        let values = |all: &[(&str, u64)]| -> Vec<(String, u64)> {
            all.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect()
        };
        let all = values(&[
            ("paid", 50),
            ("Paid ", 3),
            ("pending", 9),
            ("São Paulo", 2),
            ("sao-paulo", 8),
        ]);
        let groups = dirty_groups(&all, 72);
        assert_eq!(groups, [vec!["paid", "Paid "], vec!["sao-paulo", "São Paulo"]]);
        assert!(dirty_groups(&all, 5).is_empty(), "names are no categories");
    }
}
