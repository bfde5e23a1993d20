//! Nicknames: which given names one person may go by, in several languages.

use crate::fold::fold;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Number of a nickname group.
pub(crate) type Group = u16;

static GROUPS: LazyLock<HashMap<String, Vec<Group>>> = LazyLock::new(|| {
    let mut groups: HashMap<String, Vec<Group>> = HashMap::new();
    let lines = include_str!("nicknames.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    for (group, line) in lines.enumerate() {
        let group = Group::try_from(group).unwrap_or(Group::MAX);
        for name in line.split(' ') {
            let of = groups.entry(fold(name)).or_default();
            if of.last() != Some(&group) {
                of.push(group);
            }
        }
    }
    groups
});

/// The groups the folded given name `name` belongs to, ascending; most names have none.
pub(crate) fn groups(name: &str) -> &'static [Group] {
    GROUPS.get(name).map_or(&[], Vec::as_slice)
}

/// True when two ascending lists share an element.
pub(crate) fn share(a: &[Group], b: &[Group]) -> bool {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> bool {
        share(groups(&fold(a)), groups(&fold(b)))
    }

    #[test]
    fn nicknames_meet_their_names_in_many_languages() {
        for (a, b) in [
            ("William", "Bill"),
            ("Francisco", "Paco"),
            ("Giuseppe", "Beppe"),
            ("Katarzyna", "Kasia"),
            ("Наталія", "Наташа"),
            ("Μαρία", "Μαίρη"),
            ("Jürgen", "Juergi"),
            ("Cornelis", "Kees"),
            ("Margareta", "Greta"),
        ] {
            assert!(alike(a, b), "{a} and {b}");
        }
    }

    #[test]
    fn different_names_stay_different() {
        assert!(!alike("William", "Robert"));
        assert!(!alike("Nobody", "Noone"));
    }
}
