//! The blocks that one rule makes, and the pairs in them.

use crate::entries::Entries;
use crate::sorting::Piles;
use crate::{IdentityError, ask};
use kith_model::Monitor;
use std::borrow::Cow;

/// Blocks between two looks at the monitor.
const STRIDE: usize = 1 << 14;

/// Marks the last member of a block.
const LAST: u32 = 1 << 31;

/// Records whose pairs are made together.
pub(crate) const PART: usize = 256;

/// The blocks of one rule.
pub(crate) struct Blocks {
    /// Rule, as shown.
    pub rule: String,
    /// Whether it rests on contacts (else on names, birth date and address).
    pub by_contact: bool,
    /// Blocks left out because they were larger than the cap.
    pub skipped: u64,
    /// Members of every kept block, ascending within a block; the last of each is marked.
    members: Vec<u32>,
}

/// When the pairs of a record are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Not in this round, and perhaps never.
    Later,
    /// In this round.
    Now,
    /// In an earlier round: all its pairs are known.
    Done,
}

impl Blocks {
    /// The blocks of two to `largest` records among `entries`, which have `members` in all.
    pub fn new(
        (rule, by_contact, skipped): (String, bool, u64),
        entries: &Entries,
        (largest, members): (u64, u64),
        monitor: &dyn Monitor,
    ) -> Result<Self, IdentityError> {
        let mut kept = Vec::with_capacity(members as usize);
        for (at, block) in entries.blocks().enumerate() {
            if at.is_multiple_of(STRIDE) {
                ask(monitor)?;
            }
            if block.len() > 1 && block.len() as u64 <= largest {
                kept.extend(block.iter().map(|&word| entries.record(word)));
                mark_last(&mut kept);
            }
        }
        Ok(Self { rule, by_contact, skipped, members: kept })
    }

    /// Every pair, by its first record.
    pub fn all(&self, records: usize) -> Meetings<'_> {
        Meetings::new(Cow::Borrowed(&self.members), records, |_| true)
    }

    /// The pairs of every record looked at now with the others that are not done; where both are
    /// looked at now, by the first. Costs one walk over the members and then what is found.
    pub fn now(&self, looks: &[Look]) -> Meetings<'static> {
        let look = |member: u32| looks[(member & !LAST) as usize];
        let mut near = Vec::new();
        let mut walked = 0;
        let hits = self.members.iter().enumerate().filter(|(_, m)| look(**m) == Look::Now);
        for (hit, _) in hits {
            // Another of a block that was walked through.
            if hit < walked {
                continue;
            }
            let ends = |m: &u32| m & LAST != 0;
            let from = self.members[..hit].iter().rposition(ends).map_or(0, |last| last + 1);
            walked = hit + 1 + self.members[hit..].iter().position(ends).unwrap_or_default();
            let start = near.len();
            for wanted in [Look::Now, Look::Later] {
                let of = self.members[from..walked].iter().filter(|m| look(**m) == wanted);
                near.extend(of.map(|m| m & !LAST));
            }
            mark_last(&mut near[start..]);
        }
        Meetings::new(Cow::Owned(near), looks.len(), |m| look(m) == Look::Now)
    }
}

fn mark_last(members: &mut [u32]) {
    if let Some(last) = members.last_mut() {
        *last |= LAST;
    }
}

/// Pairs by the records they are looked for from.
pub(crate) struct Meetings<'a> {
    /// Members of blocks, the last of each marked.
    members: Cow<'a, [u32]>,
    /// Where members stand whose pairs are with those that follow in the block, by [`PART`] of
    /// their records.
    places: Piles,
}

impl<'a> Meetings<'a> {
    fn new(members: Cow<'a, [u32]>, records: usize, starts: impl Fn(u32) -> bool) -> Self {
        let places = Piles::new(records.div_ceil(PART), || {
            let all = (0..).zip(&*members).filter(|(_, m)| **m & LAST == 0 && starts(**m));
            all.map(|(place, m)| (*m as usize / PART, place))
        });
        Self { members, places }
    }

    /// The pairs of a part: the record whose pair it is, and the other; in no order, and a pair of
    /// two blocks twice.
    pub fn pairs(&self, part: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.places.of(part).iter().flat_map(|&place| {
            let block = &self.members[place as usize..];
            let start = block[0];
            let end = 1 + block.iter().position(|m| m & LAST != 0).unwrap_or_default();
            block[1..end].iter().map(move |m| (start, m & !LAST))
        })
    }
}
