//! How large a sample to make, and how far the work is.

use crate::error::DatasetError;

/// Seed of the sample that comes with the program.
pub(crate) const NORTHPEAK_SEED: u64 = 20_261_101;

/// The most people one sample can have.
pub(crate) const MOST_PEOPLE: u64 = 10_000_000;

/// A sample to generate. The same values give the same bytes.
///
/// Everything scales with the people: per person about 1.6 contact records, 4 orders with 9 lines
/// and 40 events; 400 products up to 50,000 people, then one more per 500 people (at most 5,000).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleSpec {
    /// Number of people, 1 to 10,000,000.
    pub people: u64,
    /// Any number.
    pub seed: u64,
}

impl SampleSpec {
    /// The sample that comes with the program: 5,000 people.
    #[must_use]
    pub const fn northpeak() -> Self {
        SampleSpec { people: 5_000, seed: NORTHPEAK_SEED }
    }

    pub(crate) fn check(self) -> Result<Self, DatasetError> {
        if (1..=MOST_PEOPLE).contains(&self.people) {
            Ok(self)
        } else {
            Err(DatasetError::PeopleOutOfRange { people: self.people, most: MOST_PEOPLE })
        }
    }

    /// Compression level of the `.gz` files: small files for small samples, speed for large ones.
    pub(crate) fn level(self) -> u8 {
        if self.people <= 10_000 { 9 } else { 1 }
    }
}

/// How far `generate` or `unpack_northpeak` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being written, such as "Contacts".
    pub step: &'static str,
    /// Units of this step that are done.
    pub done: u64,
    /// Units of this step in all.
    pub total: u64,
}
