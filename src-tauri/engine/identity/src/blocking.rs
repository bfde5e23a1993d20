//! Blocking: which pairs are worth comparing.
//!
//! Each rule gives a record some 64-bit keys; records that share one are a pair. A block that
//! would make more pairs than the cap is left out and counted. What a rule will cost is known
//! from the sizes of its blocks before a single pair is made.

use crate::fold::{OPAQUE, hash, key};
use crate::nickname::Group;
use crate::records::{MISSING, Records, ValueId};
use crate::sorting::sorted;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use kith_model::identity::{IdentityParams, MatchField};
use rayon::prelude::*;

/// Records read for keys between two looks at the monitor.
const STRIDE: usize = 1 << 14;

/// The blocks of one rule: for each record, which later records share a block with it.
pub(crate) struct Blocks {
    /// Rule, as shown.
    pub rule: &'static str,
    /// Whether it rests on contacts (else on names, birth date and address).
    pub by_contact: bool,
    /// Blocks left out because they were larger than the cap.
    pub skipped: u64,
    /// Pairs of the blocks that were kept; a pair in two blocks counts twice.
    pub estimated: u64,
    /// Members of every kept block, ascending within a block.
    members: Vec<u32>,
    /// For each record, where its later neighbours stand in `members`: the ranges of record `r`
    /// are `ranges[first[r]..first[r + 1]]`.
    first: Vec<u32>,
    ranges: Vec<(u32, u32)>,
}

impl Blocks {
    /// The records after `record` that share a block with it; a record may come twice.
    pub fn later(&self, record: usize) -> impl Iterator<Item = u32> + '_ {
        let of = self.first[record] as usize..self.first[record + 1] as usize;
        let range = |&(from, to): &(u32, u32)| &self.members[from as usize..to as usize];
        self.ranges[of].iter().flat_map(range).copied()
    }
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
    Rule { name: "identifying number", needs: &[F::Identifier], keys: by_identifier },
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
    Rule { name: "street + postcode or city", needs: &[F::Street], keys: by_street_place },
    Rule { name: "street + birth date", needs: &[F::Street, F::BirthDate], keys: by_street_birth },
    Rule { name: "city + birth date", needs: &[F::City, F::BirthDate], keys: by_city_birth },
    Rule { name: "company", needs: &[F::Company], keys: by_company },
];

/// The blocks of every rule whose fields are chosen.
pub(crate) fn blocks(
    r: &Records,
    params: &IdentityParams,
    monitor: &dyn Monitor,
) -> Result<Vec<Blocks>, IdentityError> {
    let usable: Vec<&Rule> =
        RULES.iter().filter(|rule| rule.needs.iter().all(|f| params.fields.contains(f))).collect();
    let mut all = Vec::with_capacity(usable.len());
    for (done, rule) in usable.iter().enumerate() {
        crate::check(monitor, 0.1 + 0.1 * done as f32 / usable.len() as f32, "blocking")?;
        all.push(blocks_of(r, rule, params.max_block_pairs, monitor)?);
    }
    Ok(all)
}

/// Every record's keys by `rule`: ascending by key, then by record.
fn entries(
    r: &Records,
    rule: &Rule,
    monitor: &dyn Monitor,
) -> Result<Vec<(u64, u32)>, IdentityError> {
    let strides: Vec<usize> = (0..r.len()).step_by(STRIDE).collect();
    let read = |&from: &usize| {
        let (mut found, mut keys) = (Vec::new(), Vec::new());
        if monitor.cancelled() {
            return found;
        }
        for record in from..r.len().min(from + STRIDE) {
            (rule.keys)(r, record, &mut keys);
            keys.sort_unstable();
            keys.dedup();
            found.extend(keys.drain(..).map(|k| (k, record as u32)));
        }
        found
    };
    let found: Vec<Vec<(u64, u32)>> = strides.par_iter().map(read).collect();
    ask(monitor)?;
    sorted(found.concat(), Ord::cmp, monitor)
}

fn blocks_of(
    r: &Records,
    rule: &Rule,
    most: u64,
    monitor: &dyn Monitor,
) -> Result<Blocks, IdentityError> {
    let entries = entries(r, rule, monitor)?;
    let mut blocks = Blocks {
        rule: rule.name,
        by_contact: matches!(rule.needs, [F::Email] | [F::Phone] | [F::Identifier]),
        skipped: 0,
        estimated: 0,
        members: Vec::new(),
        first: vec![0; r.len() + 1],
        ranges: Vec::new(),
    };
    let mut standing: Vec<(u32, u32)> = Vec::new();
    for (at, block) in entries.chunk_by(|x, y| x.0 == y.0).enumerate() {
        if at.is_multiple_of(STRIDE) {
            ask(monitor)?;
        }
        let n = block.len() as u64;
        let pairs = n * (n - 1) / 2;
        if pairs > most {
            blocks.skipped += 1;
        } else if pairs > 0 {
            blocks.estimated += pairs;
            let from = blocks.members.len() as u32;
            let end = from + block.len() as u32;
            blocks.members.extend(block.iter().map(|e| e.1));
            // The last of a block has nobody after it.
            standing.extend((from..end - 1).map(|at| (at, end)));
        }
    }
    for &(at, _) in &standing {
        blocks.first[blocks.members[at as usize] as usize + 1] += 1;
    }
    for record in 0..r.len() {
        blocks.first[record + 1] += blocks.first[record];
    }
    let mut free = blocks.first.clone();
    blocks.ranges = vec![(0, 0); standing.len()];
    for (at, end) in standing {
        let slot = &mut free[blocks.members[at as usize] as usize];
        blocks.ranges[*slot as usize] = (at + 1, end);
        *slot += 1;
    }
    ask(monitor)?;
    Ok(blocks)
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

fn by_identifier(r: &Records, record: usize, keys: &mut Vec<u64>) {
    keys.extend(Some(r.loyalty.of[record]).filter(|v| *v != MISSING).map(u64::from));
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

fn by_street_place(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.street.of[record], r.postcode.of[record]);
    let named = keys.len();
    both(keys, r.street.of[record], r.city.of[record]);
    // A city's number may equal a postcode's.
    keys[named..].iter_mut().for_each(|k| *k = !*k);
}

fn by_street_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.street.of[record], r.birth.of[record]);
}

fn by_city_birth(r: &Records, record: usize, keys: &mut Vec<u64>) {
    both(keys, r.city.of[record], r.birth.of[record]);
}

/// The company where nobody's name stands: its first word with the city, and the whole of it.
fn by_company(r: &Records, record: usize, keys: &mut Vec<u64>) {
    if r.given[record] != MISSING || r.family[record] != MISSING {
        return;
    }
    let Some(company) = r.company.get(record) else { return };
    keys.push(u64::from(r.company.of[record]));
    let word = company.text.split(' ').next().unwrap_or_default();
    if r.city.of[record] != MISSING && word.len() >= 3 {
        keys.push(key(hash(word.as_bytes()), u64::from(r.city.of[record])));
    }
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
}
