//! Deterministic links: records that share an e-mail, a phone, a login or a loyalty number and
//! say nothing against being one person.
//!
//! A key does not link by itself. A family's mailbox joins nobody whose names differ; a record
//! without a name is not drawn to one of two people behind an address; an address or phone of
//! many people loses its power altogether; an id that two sources number independently shows by
//! the names that contradict each other.

use crate::compare::{birth, family_alike, given_alike, other_generation, swapped};
use crate::contact::Email;
use crate::fold::hash;
use crate::forest::pair;
use crate::grade::BIRTH_SAME_YEAR;
use crate::names::Alike;
use crate::records::{Contacts, MISSING, Records, ValueId};
use crate::sorting::sorted;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use kith_model::identity::{IdentityParams, MatchField};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// More different people than this behind one e-mail or phone: it is a switchboard's.
pub(crate) const MOST_PEOPLE: usize = 5;

/// Records up to which every pair of a key's records is looked at.
const SMALL: usize = 24;

/// Share of contradicting names from which an id is not trusted between two sources.
const MOST_CONTRADICTIONS: f64 = 0.2;

/// Ids shorter than this are not compared with another source's record numbers.
const SHORTEST_NATIVE: usize = 5;

/// What two records share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyKind {
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Login or customer id.
    User,
    /// Loyalty number.
    Loyalty,
}

impl KeyKind {
    /// Every kind, in the order they are looked at.
    pub const ALL: [Self; 4] = [Self::Email, Self::Phone, Self::User, Self::Loyalty];

    /// Name on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "same e-mail",
            Self::Phone => "same phone",
            Self::User => "same login",
            Self::Loyalty => "same loyalty number",
        }
    }

    /// By [`Self::letter`].
    pub fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.letter() == letter)
    }

    /// One letter for the levels text.
    pub fn letter(self) -> char {
        match self {
            Self::Email => 'e',
            Self::Phone => 'p',
            Self::User => 'u',
            Self::Loyalty => 'l',
        }
    }
}

/// What deterministic keys found.
#[derive(Debug, Default)]
pub(crate) struct KeyLinks {
    /// Linked pairs, ascending, each with its first key.
    pub links: Vec<(u64, KeyKind)>,
    /// What was left out, in plain words.
    pub notes: Vec<String>,
}

impl KeyLinks {
    /// The key that links `pair`, if one does.
    pub fn kind(&self, pair: u64) -> Option<KeyKind> {
        self.links.binary_search_by_key(&pair, |l| l.0).ok().map(|at| self.links[at].1)
    }
}

/// Links `records` by their keys, and takes over-shared contacts away from them.
pub(crate) fn link(
    records: &mut Records,
    params: &IdentityParams,
    monitor: &dyn Monitor,
) -> Result<KeyLinks, IdentityError> {
    let mut found = KeyLinks::default();
    if params.fields.contains(&MatchField::Email) {
        let role = |e: &Email| e.is_role();
        let shared =
            contacts(records, &records.email, KeyKind::Email, role, (&mut found, monitor))?;
        forget(&mut records.email, &shared);
    }
    if params.fields.contains(&MatchField::Phone) {
        let shared =
            contacts(records, &records.phone, KeyKind::Phone, |_| false, (&mut found, monitor))?;
        forget(&mut records.phone, &shared);
    }
    ids(records, KeyKind::User, (&mut found, monitor))?;
    records.alike = ids(records, KeyKind::Loyalty, (&mut found, monitor))?;
    // Kinds ascend in the order they are looked at: the first key stays.
    found.links = sorted(std::mem::take(&mut found.links), Ord::cmp, monitor)?;
    found.links.dedup_by_key(|link| link.0);
    Ok(found)
}

/// True when names or birth dates speak against one person.
fn contradict(r: &Records, kind: KeyKind, a: usize, b: usize) -> bool {
    let birth = birth(&r.birth, a, b);
    if birth >= BIRTH_SAME_YEAR {
        return true;
    }
    if other_generation(r, a, b) {
        return true;
    }
    let (given, family) = (given_alike(r, a, b), family_alike(r, a, b));
    // Two people rarely share a personal number and a birthday.
    if birth == 1 && matches!(kind, KeyKind::User | KeyKind::Loyalty) {
        return false;
    }
    if !given.fits() {
        return !swapped(r, a, b);
    }
    // A family name changes on marriage; the address book does not.
    let same_given = given <= Alike::Close;
    let personal = kind != KeyKind::Phone && same_given;
    !family.fits() && birth != 1 && !personal && !swapped(r, a, b)
}

/// Records by key, keys ascending, only keys of two records or more.
fn blocks(entries: Vec<(u64, u32)>, monitor: &dyn Monitor) -> Result<Vec<Vec<u32>>, IdentityError> {
    let mut entries = sorted(entries, Ord::cmp, monitor)?;
    entries.dedup();
    let same = entries.chunk_by(|x, y| x.0 == y.0).filter(|block| block.len() > 1);
    let blocks = same.map(|block| block.iter().map(|e| e.1).collect()).collect();
    ask(monitor)?;
    Ok(blocks)
}

/// Links through one kind of contact; answers the over-shared values, ascending.
fn contacts<V: Sync>(
    r: &Records,
    contacts: &Contacts<V>,
    kind: KeyKind,
    is_role: impl Fn(&V) -> bool + Sync,
    (found, monitor): (&mut KeyLinks, &dyn Monitor),
) -> Result<Vec<ValueId>, IdentityError> {
    let mut entries = Vec::new();
    for (record, values) in contacts.of.iter().enumerate() {
        let filled = values.iter().filter(|v| **v != MISSING);
        entries.extend(filled.map(|&v| (u64::from(v), record as u32)));
    }
    let blocks = blocks(entries, monitor)?;
    let value_of = |block: &[u32]| {
        let [x, y] = contacts.of[block[0] as usize];
        let all = |v: ValueId| {
            v != MISSING && block.iter().all(|&i| contacts.of[i as usize].contains(&v))
        };
        if all(x) { x } else { y }
    };
    let looked: Vec<(ValueId, Option<Vec<u64>>)> = blocks
        .par_iter()
        .map(|block| {
            let value = value_of(block);
            let most = if is_role(&contacts.value[value as usize]) { 1 } else { MOST_PEOPLE };
            let pairs = if monitor.cancelled() { None } else { within_block(r, kind, block, most) };
            (value, pairs)
        })
        .collect();
    ask(monitor)?;
    let mut shared = Vec::new();
    for (value, pairs) in looked {
        match pairs {
            Some(pairs) => found.links.extend(pairs.into_iter().map(|p| (p, kind))),
            None => shared.push(value),
        }
    }
    shared.sort_unstable();
    shared.dedup();
    if !shared.is_empty() {
        let what = if kind == KeyKind::Email { "e-mail addresses" } else { "phone numbers" };
        found.notes.push(format!(
            "{} {what} are shared by more than {MOST_PEOPLE} people or belong to an office: \
             ignored",
            shared.len()
        ));
    }
    Ok(shared)
}

/// The linked pairs among the records of one key, or `None` when too many people share it.
fn within_block(r: &Records, kind: KeyKind, block: &[u32], most: usize) -> Option<Vec<u64>> {
    let mut signed: Vec<((ValueId, ValueId, ValueId), u32)> = block
        .iter()
        .map(|&i| ((r.given[i as usize], r.family[i as usize], r.birth.of[i as usize]), i))
        .collect();
    signed.sort_unstable();
    let same: Vec<Vec<u32>> = signed
        .chunk_by(|x, y| x.0 == y.0)
        .map(|group| group.iter().map(|e| e.1).collect())
        .collect();
    // One record of each spelling speaks for all: leaders contradict each other.
    let mut leaders: Vec<u32> = Vec::new();
    for group in &same {
        let one = group[0];
        if leaders.iter().all(|&l| contradict(r, kind, l as usize, one as usize)) {
            leaders.push(one);
        }
        if leaders.len() > most {
            return None;
        }
    }
    if same.len() > SMALL {
        return None;
    }
    let speaks: Vec<u32> = same.iter().map(|group| group[0]).collect();
    let against: Vec<u32> = speaks
        .iter()
        .map(|&a| {
            let bits = speaks.iter().enumerate();
            let bits = bits.filter(|(_, b)| contradict(r, kind, a as usize, **b as usize));
            bits.fold(0, |mask, (k, _)| mask | 1 << k)
        })
        .collect();
    Some(pairs_of(&same, &against))
}

/// Pairs whose two sides contradict the same others: a nameless record beside two people links
/// to neither.
fn pairs_of(same: &[Vec<u32>], against: &[u32]) -> Vec<u64> {
    let mut pairs = Vec::new();
    for (i, group) in same.iter().enumerate() {
        if group.len() <= SMALL {
            for (at, &a) in group.iter().enumerate() {
                pairs.extend(group[at + 1..].iter().map(|&b| pair(a, b)));
            }
        } else {
            pairs.extend(group.windows(2).map(|w| pair(w[0], w[1])));
        }
        for (j, other) in same.iter().enumerate().skip(i + 1) {
            if against[i] >> j & 1 == 0 && against[i] == against[j] {
                pairs.push(pair(group[0], other[0]));
            }
        }
    }
    pairs
}

/// Takes the values in `shared` away.
fn forget<V>(contacts: &mut Contacts<V>, shared: &[ValueId]) {
    if shared.is_empty() {
        return;
    }
    for [a, b] in &mut contacts.of {
        for slot in [&mut *a, &mut *b] {
            if shared.binary_search(slot).is_ok() {
                *slot = MISSING;
            }
        }
        if *a == MISSING {
            (*a, *b) = (*b, MISSING);
        }
    }
}

/// A pair linked by an id, and the sources it joins.
struct IdPair {
    pair: u64,
    sources: (u16, u16),
    contradicts: bool,
    named: bool,
}

/// Links through logins or loyalty numbers; logins also meet another source's record numbers.
/// Answers the pairs of sources whose numbers name the same people, ascending.
fn ids(
    r: &Records,
    kind: KeyKind,
    (found, monitor): (&mut KeyLinks, &dyn Monitor),
) -> Result<Vec<(u16, u16)>, IdentityError> {
    let values = if kind == KeyKind::User { &r.user } else { &r.loyalty };
    let mut entries: Vec<(u64, u32)> = Vec::new();
    let mut long: Vec<u64> = Vec::new();
    for record in 0..r.len() {
        if let Some(id) = values.get(record) {
            let key = hash(id.as_bytes());
            entries.push((key, record as u32));
            if kind == KeyKind::User && id.len() >= SHORTEST_NATIVE {
                long.push(key);
            }
        }
    }
    long.sort_unstable();
    let natives = r.native.iter().enumerate().filter_map(|(i, n)| n.map(|n| (n, i as u32)));
    entries.extend(natives.filter(|(n, _)| long.binary_search(n).is_ok()));
    let of_id = |i: u32| values.of[i as usize];
    let pairs: Vec<IdPair> = blocks(entries, monitor)?
        .par_iter()
        .flat_map_iter(|block| {
            let joined = id_pairs(block);
            joined.into_iter().filter_map(|(a, b)| {
                let native_only =
                    of_id(a) != of_id(b) && r.source[a as usize] == r.source[b as usize];
                (!native_only).then(|| id_pair(r, kind, a, b))
            })
        })
        .collect();
    let trusted = keep_trusted(r, kind, &pairs, found);
    ask(monitor)?;
    Ok(trusted)
}

/// All pairs of a small block, a chain through a large one.
fn id_pairs(block: &[u32]) -> Vec<(u32, u32)> {
    if block.len() > SMALL {
        return block.windows(2).map(|w| (w[0], w[1])).collect();
    }
    let pairs = block.iter().enumerate();
    pairs.flat_map(|(i, &a)| block[i + 1..].iter().map(move |&b| (a, b))).collect()
}

fn id_pair(r: &Records, kind: KeyKind, a: u32, b: u32) -> IdPair {
    let (i, j) = (a as usize, b as usize);
    let (s, t) = (r.source[i], r.source[j]);
    IdPair {
        pair: pair(a, b),
        sources: (s.min(t), s.max(t)),
        contradicts: contradict(r, kind, i, j),
        named: given_alike(r, i, j) != Alike::Unknown || family_alike(r, i, j) != Alike::Unknown,
    }
}

/// Keeps links between sources whose ids agree with the names; answers those sources.
fn keep_trusted(
    r: &Records,
    kind: KeyKind,
    pairs: &[IdPair],
    found: &mut KeyLinks,
) -> Vec<(u16, u16)> {
    let mut seen: BTreeMap<(u16, u16), (u64, u64)> = BTreeMap::new();
    for p in pairs.iter().filter(|p| p.named) {
        let (all, against) = seen.entry(p.sources).or_default();
        *all += 1;
        *against += u64::from(p.contradicts);
    }
    let trusted = |sources: &(u16, u16)| {
        let (all, against) = seen.get(sources).copied().unwrap_or((0, 0));
        // Between two sources, names must vouch for the numbering.
        (all > 0 || sources.0 == sources.1) && against as f64 <= MOST_CONTRADICTIONS * all as f64
    };
    for p in pairs.iter().filter(|p| !p.contradicts && trusted(&p.sources)) {
        found.links.push((p.pair, kind));
    }
    let distrusted = seen.keys().filter(|sources| !trusted(sources)).count();
    if distrusted > 0 {
        let what = if kind == KeyKind::User { "login ids" } else { "loyalty numbers" };
        found.notes.push(format!(
            "{distrusted} pairs of sources number their {what} independently (names contradict \
             them): not used between them, {} records looked at",
            r.len()
        ));
    }
    seen.keys().copied().filter(trusted).collect()
}
