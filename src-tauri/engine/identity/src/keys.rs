//! Deterministic links: records that share an e-mail, a phone, a login or a loyalty number and
//! say nothing against being one person.
//!
//! A key does not link by itself. A family's mailbox joins nobody whose names differ; a record
//! without a name is not drawn to one of two people behind an address; an address or phone of
//! many people loses its power altogether; an id that two sources number independently shows by
//! the names that contradict each other.

use crate::compare::{birth, family_alike, given_alike, other_generation, swapped};
use crate::contact::Email;
use crate::forest::pair;
use crate::grade::BIRTH_SAME_YEAR;
use crate::ids::ids;
use crate::names::Alike;
use crate::records::{Contacts, MISSING, Records, ValueId};
use crate::sorting::{Piles, sorted};
use crate::{IdentityError, ask};
use kith_model::Monitor;
use kith_model::identity::{IdentityParams, MatchField};
use rayon::prelude::*;

/// More different people than this behind one e-mail or phone: it is a switchboard's.
pub(crate) const MOST_PEOPLE: usize = 5;

/// Records up to which every pair of a key's records is looked at.
pub(crate) const SMALL: usize = 24;

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
pub(crate) fn contradict(r: &Records, kind: KeyKind, a: usize, b: usize) -> bool {
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

/// The records of every value, ascending.
fn by_value<V>(contacts: &Contacts<V>) -> Piles {
    Piles::new(contacts.value.len(), || {
        let all = (0..).zip(&contacts.of);
        all.flat_map(|(i, of)| of.iter().filter(|v| **v != MISSING).map(move |v| (*v as usize, i)))
    })
}

/// What the values of one kind of contact link.
#[derive(Default)]
struct Looked {
    pairs: Vec<u64>,
    /// Values that too many people share, ascending.
    shared: Vec<ValueId>,
}

impl Looked {
    fn and(mut self, next: Self) -> Self {
        self.pairs.extend(next.pairs);
        self.shared.extend(next.shared);
        self
    }
}

/// Links through one kind of contact; answers the over-shared values, ascending.
fn contacts<V: Sync>(
    r: &Records,
    contacts: &Contacts<V>,
    kind: KeyKind,
    is_role: impl Fn(&V) -> bool + Sync,
    (found, monitor): (&mut KeyLinks, &dyn Monitor),
) -> Result<Vec<ValueId>, IdentityError> {
    let by_value = by_value(contacts);
    ask(monitor)?;
    let look = |mut looked: Looked, value: usize| {
        let block = by_value.of(value);
        if block.len() > 1 && !monitor.cancelled() {
            let most = if is_role(&contacts.value[value]) { 1 } else { MOST_PEOPLE };
            if !within_block((r, kind), block, most, &mut looked.pairs) {
                looked.shared.push(value as ValueId);
            }
        }
        looked
    };
    let values = (0..contacts.value.len()).into_par_iter();
    let looked = values.fold(Looked::default, look).reduce(Looked::default, Looked::and);
    ask(monitor)?;
    found.links.extend(looked.pairs.into_iter().map(|p| (p, kind)));
    if !looked.shared.is_empty() {
        let what = if kind == KeyKind::Email { "e-mail addresses" } else { "phone numbers" };
        found.notes.push(format!(
            "{} {what} are shared by more than {MOST_PEOPLE} people or belong to an office: \
             ignored",
            looked.shared.len()
        ));
    }
    Ok(looked.shared)
}

/// Adds the linked pairs among the records of one key, unless more than `most` people share it:
/// then answers false.
fn within_block(
    (r, kind): (&Records, KeyKind),
    block: &[u32],
    most: usize,
    pairs: &mut Vec<u64>,
) -> bool {
    let signature = |i: u32| (r.given[i as usize], r.family[i as usize], r.birth.of[i as usize]);
    if let [a, b] = *block {
        // Most keys are of two records: what follows comes to this.
        let contradicts = |x: u32, y: u32| contradict(r, kind, x as usize, y as usize);
        let (x, y) = if signature(a) <= signature(b) { (a, b) } else { (b, a) };
        let apart = signature(x) != signature(y) && contradicts(x, y);
        let linked = !apart && (signature(x) == signature(y) || !contradicts(y, x));
        pairs.extend(linked.then_some(pair(a, b)));
        return !apart || most > 1;
    }
    let mut signed: Vec<((ValueId, ValueId, ValueId), u32)> =
        block.iter().map(|&i| (signature(i), i)).collect();
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
            return false;
        }
    }
    if same.len() > SMALL {
        return false;
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
    pairs_of(&same, &against, pairs);
    true
}

/// Pairs whose two sides contradict the same others: a nameless record beside two people links
/// to neither.
fn pairs_of(same: &[Vec<u32>], against: &[u32], pairs: &mut Vec<u64>) {
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
