//! The known truth of a sample project: who each record really is, and who belongs together.
//!
//! A truth folder holds `truth_records.csv` (`file, record_id, person`) and `truth_people.csv`
//! (`person, archetype, ...`).

use crate::engine::Engine;
use crate::error::store_error;
use crate::run::Ctx;
use kith_api::ApiError;
use kith_model::{Column, Document, Frame, PairKey, Quiet, Texts};
use kith_sql::text;
use kith_store::Store;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

fn truth_file(document: &Document, name: &str) -> Option<PathBuf> {
    let folder = document.truth.as_ref()?;
    let plain = Path::new(&folder.0).join(name);
    let packed = Path::new(&folder.0).join(format!("{name}.gz"));
    [plain, packed].into_iter().find(|path| path.is_file())
}

fn read(store: &Store, path: &Path, columns: &str) -> Result<Frame, ApiError> {
    let sql = format!(
        "SELECT {columns} FROM read_csv({}, all_varchar = true, header = true)",
        text(&path.to_string_lossy())
    );
    store.frame(&sql, &Quiet).map_err(store_error)
}

fn column<'a>(frame: &'a Frame, name: &str) -> &'a Texts {
    frame.column(name).and_then(Column::text).unwrap_or_default()
}

/// The person behind each record, by the record's name `source/native_id`; none without truth.
fn people(document: &Document, store: &Store) -> Result<Option<HashMap<String, String>>, ApiError> {
    let Some(path) = truth_file(document, "truth_records.csv") else { return Ok(None) };
    let truth = read(store, &path, "file, record_id, person")?;
    let slug_of: HashMap<&str, &str> =
        document.sources.iter().map(|s| (s.title.as_str(), s.id.0.as_str())).collect();
    let mut people = HashMap::new();
    let rows = column(&truth, "file").iter().zip(column(&truth, "record_id"));
    for ((file, record), person) in rows.zip(column(&truth, "person")) {
        let (Some(file), Some(record), Some(person)) = (file, record, person) else { continue };
        if let Some(slug) = slug_of.get(file) {
            people.insert(format!("{slug}/{record}"), person.to_owned());
        }
    }
    Ok(Some(people))
}

/// The person behind each record, in the records' order; none without truth.
pub(crate) fn labels(ctx: &Ctx<'_>, records: &Frame) -> Result<Option<Texts>, ApiError> {
    let Some(people) = people(ctx.document, &ctx.session.store)? else { return Ok(None) };
    let names = column(records, "source").iter().zip(column(records, "native_id"));
    let label =
        |(source, id): (Option<&str>, Option<&str>)| people.get(&format!("{}/{}", source?, id?));
    Ok(Some(names.map(label).collect()))
}

/// Whether the open project's known truth says that both records are one person; none when it
/// does not know.
pub fn truth_says(engine: &Engine, pair: &PairKey) -> Result<Option<bool>, ApiError> {
    let session = engine.session()?;
    let Some(people) = people(&session.document(), &session.store)? else { return Ok(None) };
    let both = people.get(&pair.left).zip(people.get(&pair.right));
    Ok(both.map(|(left, right)| left == right))
}

/// Adjusted Rand index of the segments against the planted archetypes; none without truth.
/// A person takes the archetype most of their records have.
pub(crate) fn segment_agreement(
    ctx: &Ctx<'_>,
    assignment: &Frame,
) -> Result<Option<f64>, ApiError> {
    let Some(path) = truth_file(ctx.document, "truth_people.csv") else { return Ok(None) };
    let sql = crate::people::records_sql(&ctx.session.store)?;
    let records = ctx.session.store.frame(&sql, ctx.monitor).map_err(store_error)?;
    let Some(person_of) = labels(ctx, &records)? else { return Ok(None) };
    let truth = read(&ctx.session.store, &path, "person, archetype")?;
    let archetypes: HashMap<&str, &str> = column(&truth, "person")
        .iter()
        .zip(column(&truth, "archetype"))
        .filter_map(|(person, archetype)| Some((person?, archetype?)))
        .collect();
    let links = "SELECT record_id, profile_id FROM ident.record ORDER BY record_id";
    let links = ctx.session.store.frame(links, ctx.monitor).map_err(store_error)?;
    let profiles = links.column("profile_id").and_then(Column::int).unwrap_or_default();
    let mut votes: BTreeMap<i64, BTreeMap<&str, u32>> = BTreeMap::new();
    for (person, profile) in person_of.iter().zip(profiles) {
        let (Some(person), Some(profile)) = (person, profile) else { continue };
        if let Some(archetype) = archetypes.get(person) {
            *votes.entry(*profile).or_default().entry(archetype).or_default() += 1;
        }
    }
    let ids = assignment.column("profile_id").and_then(Column::int).unwrap_or_default();
    let segments = assignment.column("segment").and_then(Column::int).unwrap_or_default();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut ours, mut planted) = (Vec::new(), Vec::new());
    for (id, segment) in ids.iter().zip(segments) {
        let (Some(id), Some(segment)) = (id, segment) else { continue };
        let best = votes.get(id).and_then(|v| v.iter().max_by_key(|(_, n)| **n));
        let Some((archetype, _)) = best else { continue };
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        planted.push(*numbers.entry(archetype).or_insert(next));
        ours.push(u32::try_from(*segment).unwrap_or(u32::MAX));
    }
    Ok((!ours.is_empty()).then(|| kith_segments::adjusted_rand_index(&ours, &planted)))
}
