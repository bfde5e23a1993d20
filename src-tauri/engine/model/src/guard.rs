//! What keeps wrong links from being made: values that many people share or nobody means.

use serde::{Deserialize, Serialize};

/// A guard of the deterministic links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// An e-mail address of a few people: a family's.
    SharedMailbox,
    /// An e-mail address of an office (`info@`) or of many people.
    OfficeMailbox,
    /// A phone number of a few people.
    SharedPhone,
    /// A phone number of many people: a switchboard's.
    Switchboard,
    /// A login or loyalty number on records of several people.
    SharedId,
    /// A value typed in where none was at hand, or one that cannot be what it should.
    Placeholder,
    /// A browser on which many people logged in: a shop's or a library's.
    Kiosk,
    /// A browser on which a few people logged in.
    SharedBrowser,
    /// People of one family name at one address.
    Household,
}

impl Guard {
    /// Every guard, in order.
    pub const ALL: [Self; 9] = [
        Self::SharedMailbox,
        Self::OfficeMailbox,
        Self::SharedPhone,
        Self::Switchboard,
        Self::SharedId,
        Self::Placeholder,
        Self::Kiosk,
        Self::SharedBrowser,
        Self::Household,
    ];

    /// Its key in tables.
    pub fn key(self) -> &'static str {
        match self {
            Self::SharedMailbox => "shared_mailbox",
            Self::OfficeMailbox => "office_mailbox",
            Self::SharedPhone => "shared_phone",
            Self::Switchboard => "switchboard",
            Self::SharedId => "shared_id",
            Self::Placeholder => "placeholder",
            Self::Kiosk => "kiosk",
            Self::SharedBrowser => "shared_browser",
            Self::Household => "household",
        }
    }

    /// By [`Self::key`].
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guard| guard.key() == key)
    }

    /// Name on screen, in the plural.
    pub fn label(self) -> &'static str {
        match self {
            Self::SharedMailbox => "Shared mailboxes",
            Self::OfficeMailbox => "Office mailboxes",
            Self::SharedPhone => "Shared phones",
            Self::Switchboard => "Switchboards",
            Self::SharedId => "Shared ids",
            Self::Placeholder => "Placeholders",
            Self::Kiosk => "Kiosks",
            Self::SharedBrowser => "Shared browsers",
            Self::Household => "Households",
        }
    }

    /// What it does.
    pub fn about(self) -> &'static str {
        match self {
            Self::SharedMailbox => "One address, a few people kept apart by their names",
            Self::OfficeMailbox => "An office's address or that of many people: links nobody",
            Self::SharedPhone => "One number, a few people kept apart by their names",
            Self::Switchboard => "The number of many people: links nobody",
            Self::SharedId => "One id on records whose names contradict each other: not followed",
            Self::Placeholder => "Typed in where no value was at hand, or unusable: links nobody",
            Self::Kiosk => "A browser many people logged in on: its visits are nobody's",
            Self::SharedBrowser => "A browser of a few people: visits go to whoever is on it most",
            Self::Household => "One family name at one address: people kept apart, and named",
        }
    }
}

/// What a guard found. The table `ident.guard` has a row for each value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardFinding {
    /// Which.
    pub guard: Guard,
    /// Values it found: addresses, numbers, browsers, households.
    pub values: u64,
    /// Records that hold one of them; of browsers, visits.
    pub records: u64,
    /// People behind the most shared one.
    pub most_people: u64,
    /// The most shared values.
    pub examples: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_read_back() {
        assert!(Guard::ALL.into_iter().all(|g| Guard::of_key(g.key()) == Some(g)));
    }
}
