//! Whether new records may be linked to what the last run left, and what it left.
//!
//! A run of identity leaves its settings in `ident.basis` once everything else is written. When
//! they are as they were and few records differ, the next run links those and learns nothing
//! anew; else it is a full one. Rules of golden records are no such setting: changing them links
//! nothing and learns nothing. Nor are merges and splits by hand, which teach nothing: the people
//! they are about are looked at anew, and nobody else.

use super::Ctx;
use crate::error::{internal, store_error};
use crate::project::read_profiles;
use crate::results::{Decided, decided};
use crate::session::Session;
use kith_api::ApiError;
use kith_identity::{MODEL_VERSION, MatchModel, RecordKey};
use kith_model::identity::{IdentitySummary, Verdict};
use kith_model::{Column, Document, Frame, PairKey, Quiet, Stage};
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
    /// Profiles that lost a record, had one changed, or were merged or split by hand since.
    pub(super) loosened: BTreeSet<i64>,
    /// Records of the last full run.
    pub(super) learned_on: u64,
}

fn table(name: &str) -> TableName {
    TableName::new("ident", name)
}

/// The version of the levels, settings and answers that a model depends on.
fn settings(document: &Document) -> String {
    let mut answers = decided(document);
    answers.retain(|said| matches!(said, Decided::Answer(..)));
    let training = document.training.as_ref().map(|t| &t.mark);
    let basis = (MODEL_VERSION, &document.identity, answers, training);
    let json = serde_json::to_vec(&basis).unwrap_or_default();
    blake3::hash(&json).to_hex()[..32].to_owned()
}

type ByHand = BTreeSet<(PairKey, Verdict)>;

/// What merges and splits say.
fn by_hand(document: &Document) -> ByHand {
    let by_hand = document.decisions.iter().filter(|(_, d)| !d.origin.teaches());
    by_hand.map(|(pair, d)| (pair.clone(), d.verdict)).collect()
}

/// The profiles, as they were, of records that merges and splits speak of otherwise than they did;
/// `was` by row of `records`.
fn retied(
    (before, now): (&ByHand, &ByHand),
    records: &Frame,
    was: &[Option<i64>],
) -> Option<BTreeSet<i64>> {
    let pairs = before.symmetric_difference(now);
    let names: BTreeSet<&str> =
        pairs.flat_map(|(p, _)| [p.left.as_str(), p.right.as_str()]).collect();
    if names.is_empty() {
        return Some(BTreeSet::new());
    }
    let text = |name: &str| records.column(name).and_then(Column::text);
    let of = text("source")?.iter().zip(text("native_id")?).zip(was);
    let named = of.filter(|((source, native), _)| {
        let name = format!("{}/{}", source.unwrap_or_default(), native.unwrap_or_default());
        names.contains(name.as_str())
    });
    Some(named.filter_map(|(_, profile)| *profile).collect())
}

/// What to link to, unless a full run is called for. `keys`: of the present `records`.
pub(super) fn read(
    ctx: &Ctx<'_>,
    (records, keys): (&Frame, &[RecordKey]),
) -> Result<Option<Basis>, ApiError> {
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
    let before = frame("record", "record_id")?;
    let Some(known) = Known::read(&before) else { return Ok(None) };
    let (profiles, mut loosened, differing) = known.compare(keys);
    let said_by_hand = said("by_hand").and_then(|json| serde_json::from_str(&json).ok());
    let ties = (&said_by_hand.unwrap_or_default(), &by_hand(ctx.document));
    let Some(retied) = retied(ties, records, &profiles) else { return Ok(None) };
    loosened.extend(retied);
    let drift = differing + keys.len().abs_diff(learned_on.unsigned_abs() as usize);
    if drift as f64 > RELEARN_SHARE * learned_on as f64 {
        return Ok(None);
    }
    let pairs = frame("pair", "left_record, right_record")?;
    let learned_on = learned_on.unsigned_abs();
    Ok(Some(Basis { model, summary, pairs, records: before, profiles, loosened, learned_on }))
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
    let by_hand = serde_json::to_string(&by_hand(ctx.document)).map_err(internal)?;
    let basis = Frame::default()
        .with("settings", text(settings(ctx.document)))
        .with("profiles", text(profiles.to_owned()))
        .with("by_hand", text(by_hand))
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
