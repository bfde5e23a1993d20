//! Sample data with known truth: exports of a fictional outdoor shop, "Northpeak".
//!
//! For: `generate`, which writes a sample of any size from a seed; the checked-in sample, which
//! the installed program carries along (`unpack_northpeak`); and the truth beside both, against
//! which matching, segments, predictions and recommendations can be scored. `README.md` in this
//! folder describes the files; `polluted`, files spoiled in every known way. Not for: reading any of them, which is the work of `ingest`.
//!
//! One law: the bytes depend on the number of people and the seed alone, not on the machine, the
//! time, the number of threads or the version of a library.

mod archetype;
mod basket;
mod behaviour;
mod catalog;
mod clock;
mod contacts;
mod corrupt;
mod csv_row;
mod culture;
mod draw;
mod embedded;
mod error;
mod experiment;
mod export;
mod fault;
mod folder;
mod generate;
mod gzip;
mod lives;
mod manifest;
mod math;
mod out;
mod person;
pub mod polluted;
mod record;
mod register;
mod sheet;
mod sheet_file;
mod spec;
mod spill;
mod truth;
mod vocabulary;

pub use embedded::{northpeak_dir, northpeak_manifest, unpack_northpeak};
pub use error::DatasetError;
pub use generate::generate;
pub use manifest::{MANIFEST, Manifest, SampleFile};
pub use register::register;
pub use sheet::contact_sheet;
pub use spec::{Progress, SampleSpec};
