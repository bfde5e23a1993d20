//! Whether new records may be linked to what the last run left, and what it left.
//!
//! A run of identity leaves its settings in `ident.basis` once everything else is written. When
//! they are as they were and few records differ, the next run links those and learns nothing
//! anew; else it is a full one. Rules of golden records are no such setting: changing them links
//! nothing and learns nothing.

use super::Ctx;
use crate::error::store_error;
use crate::project::read_profiles;
use crate::results::decided;
use crate::session::Session;
use kith_api::ApiError;
use kith_identity::{MatchModel, RecordKey};
use kith_model::identity::IdentitySummary;
use kith_model::{Column, Document, Frame, Quiet, Stage};
use kith_sql::{Pipeline, Step, TableName};
use std::collections::{BTreeSet, HashMap};

/// Share of the records a model was learned on that may come, go or change before it is to be
/// learned anew.
const RELEARN_SHARE: f64 = 0.2;

/// What the last run left.
pub(super) struct Basis {
    pub(super) model: MatchModel,
    pub(super) summary: IdentitySummary,
    pub(super) pairs: Frame,
    pub(super) records: Frame,
    /// The profile of every present record; none for a new or changed one.
    pub(super) profiles: Vec<Option<i64>>,
    /// Profiles that lost a record or had one changed.
    pub(super) loosened: BTreeSet<i64>,
    /// Records of the last full run.
    pub(super) learned_on: u64,
}

fn table(name: &str) -> TableName {
    TableName::new("ident", name)
}

/// Settings and decisions that a model and its clusters depend on.
fn settings(document: &Document) -> String {
    let training = document.training.as_ref().map(|t| &t.mark);
    let json =
        serde_json::to_vec(&(&document.identity, decided(document), training)).unwrap_or_default();
    blake3::hash(&json).to_hex()[..32].to_owned()
}

/// What to link to, unless a full run is called for. `keys`: of the present records.
pub(super) fn read(ctx: &Ctx<'_>, keys: &[RecordKey]) -> Result<Option<Basis>, ApiError> {
    let Session { store, results, folder, .. } = ctx.session;
    if !ctx.document.identity.link_new || !store.exists(&table("basis")).map_err(store_error)? {
        return Ok(None);
    }
    let frame = |name: &str, order: &str| {
        let sql = format!("SELECT * FROM {} ORDER BY {order}", table(name));
        store.frame(&sql, &Quiet).map_err(store_error)
    };
    let left = frame("basis", "1")?;
    let said = |name: &str| {
        let values = left.column(name).and_then(Column::text).unwrap_or_default();
        values.first().map(str::to_owned)
    };
    let learned_on =
        left.column("learned_on").and_then(Column::int).and_then(|v| v.first().copied());
    let Some(learned_on) = learned_on.flatten() else { return Ok(None) };
    let holds = said("settings") == Some(settings(ctx.document))
        && said("profiles") == Some(read_profiles(folder)?.mark);
    let (model, summary) = (results.model(Stage::Identity)?, results.summary(Stage::Identity)?);
    let (true, Some(model), Some(summary)) = (holds, model, summary) else { return Ok(None) };
    let records = frame("record", "record_id")?;
    let Some(known) = Known::read(&records) else { return Ok(None) };
    let (profiles, loosened, differing) = known.compare(keys);
    let drift = differing + keys.len().abs_diff(learned_on.unsigned_abs() as usize);
    if drift as f64 > RELEARN_SHARE * learned_on as f64 {
        return Ok(None);
    }
    let pairs = frame("pair", "left_record, right_record")?;
    let learned_on = learned_on.unsigned_abs();
    Ok(Some(Basis { model, summary, pairs, records, profiles, loosened, learned_on }))
}

/// The records of the last run: content and profile by key.
struct Known(HashMap<u64, (i64, i64)>);

impl Known {
    fn read(records: &Frame) -> Option<Self> {
        let int = |name: &str| records.column(name).and_then(Column::int);
        let rows = int("record_key")?.iter().zip(int("content")?).zip(int("profile_id")?);
        let row = |((key, content), profile): ((&Option<i64>, &Option<i64>), &Option<i64>)| {
            Some((key.as_ref()?.cast_unsigned(), ((*content)?, (*profile)?)))
        };
        rows.map(row).collect::<Option<_>>().map(Self)
    }

    /// The profile of each unchanged record, the profiles that are no longer what they were, and
    /// how many known records changed or went.
    fn compare(mut self, keys: &[RecordKey]) -> (Vec<Option<i64>>, BTreeSet<i64>, usize) {
        let mut loosened = BTreeSet::new();
        let mut changed = 0;
        let profiles = keys
            .iter()
            .map(|key| {
                let (content, profile) = self.0.remove(&key.key)?;
                if content == key.content.cast_signed() {
                    return Some(profile);
                }
                loosened.insert(profile);
                changed += 1;
                None
            })
            .collect();
        let gone = self.0.len();
        loosened.extend(self.0.into_values().map(|(_, profile)| profile));
        (profiles, loosened, changed + gone)
    }
}

/// From here on the last run's tables are being replaced.
pub(super) fn forget(ctx: &Ctx<'_>) -> Result<(), ApiError> {
    drop_basis(ctx.session)
}

/// Notes that this run's tables are whole.
pub(super) fn keep(ctx: &Ctx<'_>, learned_on: u64, profiles: &str) -> Result<(), ApiError> {
    let text = |value: String| Column::Text(vec![Some(value)].into());
    let basis = Frame::default()
        .with("settings", text(settings(ctx.document)))
        .with("profiles", text(profiles.to_owned()))
        .with("learned_on", Column::Int(vec![Some(learned_on.cast_signed())]));
    let kept = ctx.session.store.write(&table("basis"), &basis, &Quiet);
    kept.map(|_| ()).map_err(store_error)
}

fn drop_basis(session: &Session) -> Result<(), ApiError> {
    let step = Step::statement("forget basis", format!("DROP TABLE IF EXISTS {}", table("basis")));
    let schema = Step::statement("schema ident", "CREATE SCHEMA IF NOT EXISTS ident");
    let pipeline = Pipeline::new("forget basis").then(schema).then(step);
    session.store.run(&pipeline, &Quiet).map(|_| ()).map_err(store_error)
}

/// Has the next run of identity learn everything anew.
pub(crate) fn relearn(session: &Session) -> Result<(), ApiError> {
    drop_basis(session)?;
    session.results.invalidate(&session.store, Stage::Identity)
}
