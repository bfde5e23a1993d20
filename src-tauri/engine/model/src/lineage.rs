//! What became of profiles from one run of identity to the next.
//!
//! A profile id is given once. A cluster of a new run keeps the id of the earlier profile it
//! shares most records with; an id that no cluster keeps is retired and never given again. What
//! that did to profiles is kept: which were merged, split or lost.

use crate::ids::ProfileId;
use serde::{Deserialize, Serialize};

/// What happened to profiles whose records no longer are together as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineageKind {
    /// Several became one.
    Merged,
    /// One became several.
    Split,
    /// Several exchanged records and are still several.
    Regrouped,
    /// All its records left the sources.
    Gone,
}

impl LineageKind {
    /// The word on screen and in tables.
    pub fn label(self) -> &'static str {
        match self {
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Regrouped => "regrouped",
            Self::Gone => "gone",
        }
    }
}

/// Records that were `from`'s and are `into`'s now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Move {
    /// The profile before.
    pub from: ProfileId,
    /// The profile now; none when the records left the sources.
    pub into: Option<ProfileId>,
    /// How many records.
    pub records: u64,
}

/// One merge, split or loss: every profile it touched and where their records went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageEvent {
    /// What happened.
    pub what: LineageKind,
    /// Every move of records, ascending; records that stayed where they were included.
    pub moves: Vec<Move>,
}

impl LineageEvent {
    /// The profiles before, ascending.
    pub fn before(&self) -> Vec<ProfileId> {
        let mut ids: Vec<_> = self.moves.iter().map(|m| m.from).collect();
        ids.dedup();
        ids
    }

    /// The profiles after, ascending.
    pub fn after(&self) -> Vec<ProfileId> {
        let mut ids: Vec<_> = self.moves.iter().filter_map(|m| m.into).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// How a run came by its clusters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Every pair compared, parameters learned.
    #[default]
    Full,
    /// Only what new records touch, with the parameters of the last full run.
    Linked,
}

/// New records linked to settled profiles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedRun {
    /// Records that were new or had changed.
    pub new: u64,
    /// Records whose pairs were looked at: the new ones and all that is tied to them.
    pub touched: u64,
}

/// One run that changed whose a record is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineageRun {
    /// 1, 2, 3 ...
    pub run: u64,
    /// When, RFC 3339 UTC.
    pub at: String,
    /// How.
    pub how: RunKind,
    /// Records it found.
    pub records: u64,
    /// Profiles it left.
    pub profiles: u64,
    /// Ids given for the first time.
    pub new: u64,
    /// Ids retired.
    pub retired: u64,
    /// What happened, by the first profile touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<LineageEvent>,
}

impl LineageRun {
    /// How many events are of this kind.
    pub fn count(&self, kind: LineageKind) -> u64 {
        self.events.iter().filter(|e| e.what == kind).count() as u64
    }
}

/// What became of one profile id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileFate {
    /// The id asked for.
    pub profile: ProfileId,
    /// It is in use at present.
    pub standing: bool,
    /// Profiles that hold its records now, ascending; itself when it stands.
    pub now: Vec<ProfileId>,
}

/// The runs that changed something, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// The runs asked for.
    pub runs: Vec<LineageRun>,
    /// Runs there are.
    pub total: u64,
    /// Of the profile asked for.
    pub fate: Option<ProfileFate>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_its_profiles_once() {
        let id = |i| ProfileId(i);
        let moves = [(1, Some(9)), (1, Some(4)), (2, None)].map(|(from, into)| Move {
            from: id(from),
            into: into.map(id),
            records: 1,
        });
        let event = LineageEvent { what: LineageKind::Regrouped, moves: moves.to_vec() };
        assert_eq!(event.before(), [id(1), id(2)]);
        assert_eq!(event.after(), [id(4), id(9)]);
    }
}
