//! Passwords of servers, as given in this run. They lie in memory alone: what is journaled, saved,
//! shown and logged is the address without them.

use kith_model::FileRef;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

static GIVEN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// What may be kept of what a user named: an address without its password, which is remembered.
pub(crate) fn without(file: &FileRef) -> FileRef {
    if !kith_ingest::is_address(&file.0) {
        return file.clone();
    }
    let (address, password) = kith_ingest::without_password(&file.0);
    if let Some(password) = password {
        crate::session::lock(&GIVEN).insert(address.clone(), password);
    }
    FileRef(address)
}

/// Where a source is to be read: an address with its password, when one was given.
pub(crate) fn place(file: &FileRef) -> PathBuf {
    let address = without(file).0;
    match crate::session::lock(&GIVEN).get(&address) {
        Some(password) => PathBuf::from(kith_ingest::with_password(&address, password)),
        None => PathBuf::from(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_used_but_never_kept() {
        let file = FileRef("postgres://ada:s3cret@db.example/crm".into());
        let kept = without(&file);
        assert_eq!(kept.0, "postgres://ada@db.example/crm");
        assert_eq!(place(&kept), PathBuf::from(&file.0));
        assert_eq!(place(&FileRef("/data/a.csv".into())), PathBuf::from("/data/a.csv"));
    }
}
