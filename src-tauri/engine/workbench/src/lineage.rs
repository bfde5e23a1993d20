//! Profile ids that stay: settled after each run of identity, kept as text, shown on request.

use crate::error::{identity_error, store_error};
use crate::project::{keep_settlement, read_lineage, read_profiles};
use crate::session::Session;
use kith_api::ApiError;
use kith_identity::{RecordKey, Resolution};
use kith_model::lineage::{Lineage, LineageRun, RunKind};
use kith_model::{Monitor, ProfileId};
use kith_sql::TableName;

/// What settling gave besides ids.
pub(crate) struct Settled {
    /// Tells these profiles from those of other runs.
    pub(crate) mark: String,
    /// The newest run, when this one changed anything.
    pub(crate) run: Option<LineageRun>,
}

/// Gives the clusters of `found` their lasting ids, keeps them, and writes `ident.lineage_run`
/// and `ident.lineage`.
pub(crate) fn settle(
    session: &Session,
    keys: &[RecordKey],
    found: &mut Resolution,
    how: RunKind,
    monitor: &dyn Monitor,
) -> Result<Settled, ApiError> {
    let before = read_profiles(&session.folder)?;
    let column = found.record_profile.column("profile_id").and_then(kith_model::Column::int);
    let clusters: Vec<i64> = column.unwrap_or_default().iter().copied().flatten().collect();
    let settled = kith_identity::settle(&before.standing, keys, &clusters);
    found.adopt(keys, &settled).map_err(|e| identity_error(&e))?;
    let run = before.run;
    let (after, mut runs) =
        keep_settlement(&session.folder, before, &settled, (how, &session.now()))?;
    let (per_run, per_move) = kith_identity::lineage_tables(&runs);
    for (name, frame) in [("lineage_run", &per_run), ("lineage", &per_move)] {
        let table = TableName::new("ident", name);
        session.store.write(&table, frame, monitor).map_err(store_error)?;
    }
    let run = if after.run > run { runs.pop() } else { None };
    Ok(Settled { mark: after.mark, run })
}

/// The newest `limit` runs that changed something, newest first; of those that touched `profile`
/// when one is named, and then what became of it.
pub(crate) fn view(
    session: &Session,
    profile: Option<ProfileId>,
    limit: u32,
) -> Result<Lineage, ApiError> {
    let mut runs = read_lineage(&session.folder)?;
    let fate = match profile {
        None => None,
        Some(profile) => {
            let standing = read_profiles(&session.folder)?.standing;
            let mut ids: Vec<u64> = standing.of.iter().map(|e| e.1).collect();
            ids.sort_unstable();
            let stands = |id: ProfileId| ids.binary_search(&id.0).is_ok();
            let fate = kith_identity::fate(profile, &runs, stands);
            let touches =
                |m: &kith_model::lineage::Move| m.from == profile || m.into == Some(profile);
            for run in &mut runs {
                run.events.retain(|e| e.moves.iter().any(touches));
            }
            runs.retain(|run| !run.events.is_empty());
            Some(fate)
        }
    };
    let total = runs.len() as u64;
    runs.reverse();
    runs.truncate(limit as usize);
    Ok(Lineage { runs, total, fate })
}
