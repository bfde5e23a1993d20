//! The faults planted in the files, and the list of them.

use crate::csv_row::Row;

/// Something wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    TooManyColumns = 1,
    InvalidEmail,
    FutureDate,
    NegativeQuantity,
    OrphanProduct,
    DuplicateEvent,
    InvalidJson,
}

impl FaultKind {
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        [Self::NegativeQuantity, Self::OrphanProduct].into_iter().find(|&kind| kind as u8 == code)
    }

    fn name(self) -> &'static str {
        match self {
            Self::TooManyColumns => "too_many_columns",
            Self::InvalidEmail => "invalid_email",
            Self::FutureDate => "future_date",
            Self::NegativeQuantity => "negative_quantity",
            Self::OrphanProduct => "orphan_product",
            Self::DuplicateEvent => "duplicate_event",
            Self::InvalidJson => "invalid_json",
        }
    }

    /// Whether a reader must reject the row.
    pub(crate) fn rejects(self) -> bool {
        matches!(self, Self::TooManyColumns | Self::InvalidJson)
    }
}

/// Where each fault is.
#[derive(Default)]
pub(crate) struct FaultLog {
    entries: Vec<(&'static str, u64, FaultKind)>,
}

impl FaultLog {
    /// Notes a fault on a line (from 1, the header being line 1).
    pub(crate) fn add(&mut self, file: &'static str, line: u64, kind: FaultKind) {
        self.entries.push((file, line, kind));
    }

    /// Rejected rows and other faults of a file.
    pub(crate) fn count(&self, file: &str) -> (u64, u64) {
        let of_file = self.entries.iter().filter(|(name, _, _)| *name == file);
        of_file.fold((0, 0), |(rejects, others), (_, _, kind)| {
            if kind.rejects() { (rejects + 1, others) } else { (rejects, others + 1) }
        })
    }

    /// Appends `truth/faults.csv`, sorted, and returns the number of rows.
    pub(crate) fn write(&mut self, out: &mut String) -> u64 {
        self.entries.sort_by_key(|&(file, line, kind)| (file, line, kind as u8));
        out.push_str("file,line,kind,rejected\n");
        for (file, line, kind) in &self.entries {
            let rejected = if kind.rejects() { "yes" } else { "no" };
            Row::new(out).text(file).number(*line as i64).text(kind.name()).text(rejected).end();
        }
        self.entries.len() as u64
    }
}
