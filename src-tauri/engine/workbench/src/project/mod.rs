//! A project on disk: its folder, its lock, its journal and the history the journal tells.

mod folder;
mod history;
mod journal;
mod loads;
mod profiles;

pub(crate) use folder::{Folder, FolderLock, write_atomically};
pub(crate) use history::History;
pub(crate) use journal::{Entry, Journal};
pub(crate) use loads::{keep_load, read_loads};
pub(crate) use profiles::{keep_settlement, read_lineage, read_profiles};

/// Version of the folder's layout and journal. A larger one on disk is refused.
pub const FORMAT_VERSION: u32 = 1;
