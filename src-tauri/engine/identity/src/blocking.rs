//! Blocking: which pairs are worth comparing.
//!
//! Each rule gives a record some 64-bit keys; records that share one are a pair. A block that
//! would make more pairs than the cap is left out and counted.

use crate::IdentityError;
use crate::fold::{OPAQUE, hash, key};
use crate::forest::pair;
use crate::nickname::Group;
use crate::records::{MISSING, Records, ValueId};
use kith_model::Monitor;
use kith_model::identity::{BlockingCount, IdentityParams, MatchField};
use rayon::prelude::*;

/// Candidate pairs, ascending.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// The pairs.
    pub pairs: Vec<u64>,
    /// Which rules made each pair: bit r for the r-th rule of [`Self::counts`].
    pub rules: Vec<u16>,
    /// Yield of each rule.
    pub counts: Vec<BlockingCount>,
    /// For each rule, whether it rests on contacts (else on names, birth date and address).
    pub by_contact: Vec<bool>,
}

/// A way to make keys.
struct Rule {
    name: &'static str,
    needs: &'static [MatchField],
    keys: fn(&Records, usize, &mut Vec<u64>),
}

use MatchField as F;

const RULES: &[Rule] = &[
    Rule { name: "e-mail", needs: &[F::Email], keys: by_email },
    Rule { name: "phone", needs: &[F::Phone], keys: by_phone },
    Rule { name: "e-mail name", needs: &[F::Email], keys: by_local },
    Rule {
        name: "family name + birth date",
        needs: &[F::FamilyName, F::BirthDate],
        keys: by_family_birth,
    },
    Rule {
        name: "given name or nickname + family name",
        needs: &[F::GivenName, F::FamilyName],
        keys: by_name,
    },
    Rule {
        name: "given initial + birth date",
        needs: &[F::GivenName, F::BirthDate],
        keys: by_initial_birth,
    },
    Rule {
        name: "postcode + birth date",
        needs: &[F::Postcode, F::BirthDate],
        keys: by_postcode_birth,
    },
    Rule {
        name: "family name + postcode",
        needs: &[F::FamilyName, F::Postcode],
        keys: by_family_postcode,
    },
    Rule {
        name: "given name + postcode",
        needs: &[F::GivenName, F::Postcode],
        keys: by_given_postcode,
    },
    Rule {
        name: "given initial + street",
        needs: &[F::GivenName, F::Street],
        keys: by_initial_street,
    },
    Rule {
        name: "sound of the family name + given name",
        needs: &[F::GivenName, F::FamilyName],
        keys: by_sound,
    },
];

/// Every candidate pair: those of `linked` (ascending), then those of each rule whose fields are
/// chosen.
pub(crate) fn candidates(
    r: &Records,
    linked: &[u64],
    params: &IdentityParams,
    monitor: &dyn Monitor,
) -> Result<Candidates, IdentityError> {
    let mut found = Candidates::default();
    found.add("deterministic keys", linked, 0, true);
    let usable: Vec<&Rule> =
        RULES.iter().filter(|rule| rule.needs.iter().all(|f| params.fields.contains(f))).collect();
    for (done, rule) in usable.iter().enumerate() {
        crate::check(monitor, 0.1 + 0.15 * done as f32 / usable.len() as f32, "blocking")?;
        let (pairs, skipped) = pairs(r, rule, params.max_block_pairs);
        let by_contact = matches!(rule.needs, [F::Email] | [F::Phone]);
        found.add(rule.name, &pairs, skipped, by_contact);
    }
    Ok(found)
}

impl Candidates {
    /// Merges the ascending `pairs` of a rule in.
    fn add(&mut self, rule: &str, pairs: &[u64], skipped_blocks: u64, by_contact: bool) {
        let bit = 1_u16 << self.counts.len();
        let (total, before) = (pairs.len(), self.pairs.len());
        self.merge(pairs, bit);
        self.counts.push(BlockingCount {
            rule: rule.to_owned(),
            pairs: total as u64,
            new_pairs: (self.pairs.len() - before) as u64,
            skipped_blocks,
        });
        self.by_contact.push(by_contact);
    }

    fn merge(&mut self, new: &[u64], bit: u16) {
        let (old, old_rules) = (std::mem::take(&mut self.pairs), std::mem::take(&mut self.rules));
        self.pairs.reserve(old.len() + new.len());
        self.rules.reserve(old.len() + new.len());
        let (mut i, mut j) = (0, 0);
        while i < old.len() || j < new.len() {
            let (x, y) = (old.get(i).copied(), new.get(j).copied());
            let take_old = x.is_some_and(|x| y.is_none_or(|y| x <= y));
            let take_new = y.is_some_and(|y| x.is_none_or(|x| y <= x));
            self.pairs.push(if take_old { old[i] } else { new[j] });
            let rules = if take_old { old_rules[i] } else { 0 };
            self.rules.push(rules | if take_new { bit } else { 0 });
            i += usize::from(take_old);
            j += usize::from(take_new);
        }
    }
}

/// The pairs of one rule, ascending, and how many blocks were too large.
fn pairs(r: &Records, rule: &Rule, most: u64) -> (Vec<u64>, u64) {
    let mut entries: Vec<(u64, u32)> = (0..r.len())
        .into_par_iter()
        .fold(Vec::new, |mut entries, record| {
            let mut keys = Vec::new();
            (rule.keys)(r, record, &mut keys);
            keys.sort_unstable();
            keys.dedup();
            entries.extend(keys.into_iter().map(|k| (k, record as u32)));
            entries
        })
        .reduce(Vec::new, |mut a, mut b| {
            a.append(&mut b);
            a
        });
    entries.par_sort_unstable();
    let mut skipped = 0;
    let mut pairs = Vec::new();
    for block in entries.chunk_by(|x, y| x.0 == y.0) {
        let n = block.len() as u64;
        if n * (n - 1) / 2 > most {
            skipped += 1;
            continue;
        }
        for (i, a) in block.iter().enumerate() {
            pairs.extend(block[i + 1..].iter().map(|b| pair(a.1, b.1)));
        }
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    (pairs, skipped)
}

/// Adds the key of two value numbers when both are there.
fn both(keys: &mut Vec<u64>, a: ValueId, b: ValueId) {
    if a != MISSING && b != MISSING {
        keys.push(key(u64::from(a), u64::from(b)));
    }
}

/// First letter of the given name, as a number.
fn initial(r: &Records, record: usize) -> ValueId {
    let name = r.given(record).filter(|n| n.name.scripts & OPAQUE == 0);
    name.and_then(|n| n.name.text.bytes().next()).map_or(MISSING, ValueId::from)
}

fn by_email(r: &Records, record: usize, keys: &mut Vec<u64>) {
    keys.extend(r.email.of[record].iter().filter(|v| **v != MISSING).map(|&v| u64::from(v)));
}

fn by_phone(r: &Records, record: usize, keys: &mut Vec<u64>) {
    keys.extend(r.phone.of[record].iter().filter(|v| **v != MISSING).map(|&v| u64::from(v)));
}

fn by_local(r: &Records, record: usize, keys: &mut Vec<u64>) {
    for &value in r.email.of[record].iter().filter(|v| **v != MISSING) {
        let email = &r.email.value[value as usize];
        if email.local.len() >= 5 && !email.is_role() {
            keys.push(hash(email.local.as_bytes()));
        }
    }
}

fn by_family_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.family[record], r.birth.of[record]);
}

/// The name as written, whichever way round, and once for each nickname group.
fn by_name(r: &Records, record: usize, keys: &mut Vec<u64>) {
    let (given, family) = (r.given[record], r.family[record]);
    if given == MISSING || family == MISSING {
        return;
    }
    both(keys, given.min(family), given.max(family));
    for &group in r.names[given as usize].groups {
        keys.push(nick(group, family));
    }
}

fn nick(group: Group, family: ValueId) -> u64 {
    key(u64::from(group) | 1 << 40, u64::from(family))
}

fn by_initial_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, initial(r, record), r.birth.of[record]);
}

fn by_postcode_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.postcode.of[record], r.birth.of[record]);
}

fn by_family_postcode(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.family[record], r.postcode.of[record]);
}

fn by_given_postcode(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.given[record], r.postcode.of[record]);
}

fn by_initial_street(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, initial(r, record), r.street.of[record]);
}

fn by_sound(r: &Records, record: usize, keys: &mut Vec<u64>) {
    let (Some(given), Some(family)) = (r.given(record), r.family(record)) else { return };
    let sound = hash(sound(&family.name.text).as_bytes());
    keys.push(key(sound, hash(given.name.text.as_bytes())));
    keys.extend(given.groups.iter().map(|&g| key(sound, u64::from(g) | 1 << 40)));
}

/// First letter and the classes of the next consonants: survives wrong vowels, doubled letters
/// and the usual confusions (c/k, s/z, v/w).
fn sound(name: &str) -> String {
    let class = |c: u8| match c {
        b'b' | b'p' => b'p',
        b'c' | b'k' | b'q' | b'g' => b'k',
        b'd' | b't' => b't',
        b's' | b'z' | b'x' => b's',
        b'v' | b'w' | b'f' => b'f',
        b'm' | b'n' => b'n',
        b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'j' | b'h' | b' ' => 0,
        other => other,
    };
    let mut out = Vec::new();
    for (i, c) in name.bytes().enumerate() {
        let class = if i == 0 && class(c) == 0 { c } else { class(c) };
        if class != 0 && out.last() != Some(&class) {
            out.push(class);
        }
    }
    out.truncate(5);
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sound_survives_vowels_and_doubled_letters() {
        assert_eq!(sound("schmidt"), sound("schmid"));
        assert_eq!(sound("kowalski"), sound("kovalsky"));
        assert_ne!(sound("smith"), sound("jones"));
    }

    #[test]
    fn merging_counts_new_pairs_and_keeps_rules() {
        let mut found = Candidates::default();
        found.add("first", &[3, 5], 0, true);
        found.add("second", &[1, 5, 9], 2, false);
        assert_eq!(found.pairs, [1, 3, 5, 9]);
        assert_eq!(found.rules, [2, 1, 3, 2]);
        assert_eq!((found.counts[1].pairs, found.counts[1].new_pairs), (3, 2));
    }
}
