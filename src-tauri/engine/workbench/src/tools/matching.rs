//! `kith match`: the identity stage over plain files.

use super::Bench;
use crate::error::{identity_error, mapping_error, settings_error, store_error};
use crate::project::write_atomically;
use crate::sources;
use kith_api::{ApiError, ErrorCode};
use kith_identity::Resolution;
use kith_mapping::MappedSource;
use kith_model::identity::{IdentityParams, IdentitySummary};
use kith_model::mapping::{EntityMapping, Link, Mapping, Origin, Transform};
use kith_model::{Column, Entity, Frame, Quiet, SourceId, Texts};
use kith_sql::{Ident, Pipeline, Step, TableName};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What to match.
#[derive(Debug, Clone, Default)]
pub struct MatchOptions {
    /// File of records.
    pub file: PathBuf,
    /// A second file.
    pub link: Option<PathBuf>,
    /// Column that names a record; the row number when none.
    pub id: Option<String>,
    /// Column that names the true person.
    pub truth: Option<String>,
    /// Canonical field and column, said by the user.
    pub maps: Vec<(String, String)>,
    /// Settings; the fields compared are those of `model` where one is given.
    pub params: IdentityParams,
    /// A model trained before, used instead of learning one.
    pub model: Option<PathBuf>,
    /// Where to write the model that was used.
    pub save_model: Option<PathBuf>,
    /// Clusters to write: `source`, `id`, `cluster`.
    pub out: PathBuf,
    /// Scored pairs to write.
    pub pairs: Option<PathBuf>,
}

/// Matches the records, writes the clusters and returns what was found.
pub fn match_files(options: &MatchOptions) -> Result<IdentitySummary, ApiError> {
    let files = || std::iter::once(&options.file).chain(&options.link);
    let bench = Bench::open_within(memory_for(files()))?;
    let mut mapped = Vec::new();
    let mut truth_parts = Vec::new();
    for (at, file) in files().enumerate() {
        let id = format!("file_{}", at + 1);
        let seen = bench.load(file, &id)?;
        let table = TableName::new("src", id.clone());
        let columns =
            bench.store.columns(&format!("SELECT * FROM {table}")).map_err(store_error)?;
        for column in options.maps.iter().map(|(_, c)| c).chain(&options.id).chain(&options.truth) {
            bench.require(&seen, column)?;
        }
        let profiles = sources::profile(&bench.store, &seen.source, &columns, &Quiet)?;
        let rows = sources::sample(&bench.store, &table, &profiles)?;
        let suggested = kith_mapping::suggest(&profiles, &rows);
        let mapping = profile_mapping(suggested, options)?;
        mapped.push(MappedSource { id: SourceId(id.clone()), columns, mapping });
        if let Some(truth) = &options.truth {
            truth_parts.push(format!(
                "SELECT '{id}' AS source, _row AS row_id, CAST({} AS VARCHAR) AS person FROM {table}",
                Ident::new(truth)
            ));
        }
    }
    let plan = kith_mapping::plan(&mapped).map_err(|e| mapping_error(&e))?;
    bench.store.run(&plan, &Quiet).map_err(store_error)?;
    let truth = truth(&bench, &truth_parts)?;
    name_records(&bench)?;
    let records = bench.frame(&kith_identity::records_sql(&[]))?;
    bench.forget("canon")?;
    let found = resolved(records, options, truth.as_ref())?;
    bench.write("ident", "record", &found.record_profile)?;
    if options.pairs.is_some() {
        bench.write("ident", "pair", &found.pairs)?;
    }
    write_results(&bench, options)?;
    if let Some(file) = &options.save_model {
        write_atomically(file, found.model.to_text().as_bytes())?;
    }
    Ok(found.summary)
}

/// MiB for the store: as many as the files have and a quarter of a gigabyte, because matching
/// works beside it. None where a size is not known.
fn memory_for<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Option<u64> {
    let sizes = files.map(|file| Some(file.metadata().ok()?.len()));
    sizes.sum::<Option<u64>>().map(|bytes| 256 + (bytes >> 20))
}

/// People found with the model the options name, or with one learned here.
fn resolved(
    records: Frame,
    options: &MatchOptions,
    truth: Option<&Texts>,
) -> Result<Resolution, ApiError> {
    let mut params = options.params.clone();
    let model = options.model.as_deref().map(crate::freezing::read).transpose()?;
    if let Some(model) = &model {
        params.fields = model.compared();
    }
    let params = params.check().map_err(settings_error)?;
    let given = (&params, model.as_ref());
    kith_identity::resolve_with(records, given, &BTreeMap::new(), truth, &Quiet)
        .map_err(|e| identity_error(&e))
}

/// Writes the records' names into `ident.name` and lets go of the files' own rows: matching needs
/// the memory, and writing the results the names alone.
fn name_records(bench: &Bench) -> Result<(), ApiError> {
    let profile = TableName::new("canon", "profile");
    let names = format!("SELECT record_id, source, native_id FROM {profile}");
    let plan = Pipeline::new("names of records")
        .then(Step::statement("schema ident", "CREATE SCHEMA IF NOT EXISTS ident"))
        .then(Step::table(TableName::new("ident", "name"), vec![profile], names));
    bench.store.run(&plan, &Quiet).map_err(store_error)?;
    bench.forget("src")
}

/// The suggested profile links with the user's own on top.
fn profile_mapping(suggested: Mapping, options: &MatchOptions) -> Result<Mapping, ApiError> {
    let mut part = suggested.entities.into_iter().find(|e| e.entity == Entity::Profile).unwrap_or(
        EntityMapping {
            entity: Entity::Profile,
            filter: None,
            dedupe_by: Vec::new(),
            unfold: None,
            links: Vec::new(),
        },
    );
    let said = options.maps.iter().map(|(field, column)| (field.as_str(), column.as_str()));
    let named = options.id.iter().map(|column| ("native_id", column.as_str()));
    for (field, column) in said.chain(named) {
        if Entity::Profile.field(field).is_none() {
            let known: Vec<_> = Entity::Profile.fields().iter().map(|f| f.name).collect();
            return Err(ApiError::new(ErrorCode::Usage, format!("There is no field {field}"))
                .hint(format!("The fields are {}", known.join(", "))));
        }
        part.links.retain(|l| l.field != field && l.column.as_deref() != Some(column));
        part.links.push(link(field, Some(column), Transform::None));
    }
    // The truth must not help the matcher.
    part.links.retain(|l| l.column.is_none() || l.column != options.truth);
    if options.id.is_none() {
        part.links.retain(|l| l.field != "native_id");
        part.links.push(link(
            "native_id",
            None,
            Transform::Sql("CAST(_row AS VARCHAR)".to_owned()),
        ));
    }
    part.links.sort_by(|a, b| a.field.cmp(&b.field));
    if part.links.len() < 2 {
        return Err(ApiError::new(
            ErrorCode::BadInput,
            "No column looks like a name, an e-mail, a phone or an address",
        )
        .at(options.file.display().to_string())
        .hint("Say which column is which with --map, e.g. --map family_name=surname"));
    }
    Ok(Mapping { confirmed: true, entities: vec![part] })
}

fn link(field: &str, column: Option<&str>, transform: Transform) -> Link {
    Link {
        field: field.to_owned(),
        column: column.map(str::to_owned),
        transform,
        origin: Origin::Manual,
        confidence: 1.0,
        reason: String::new(),
    }
}

fn truth(bench: &Bench, parts: &[String]) -> Result<Option<Texts>, ApiError> {
    if parts.is_empty() {
        return Ok(None);
    }
    let sql = format!(
        "SELECT t.person FROM canon.profile p LEFT JOIN ({}) t USING (source, row_id) \
         ORDER BY p.record_id",
        parts.join(" UNION ALL ")
    );
    let frame: Frame = bench.frame(&sql)?;
    Ok(frame.column("person").and_then(Column::text).cloned())
}

fn write_results(bench: &Bench, options: &MatchOptions) -> Result<(), ApiError> {
    let with_file = if options.link.is_some() { "p.source AS file, " } else { "" };
    let clusters = format!(
        "SELECT {with_file}p.native_id AS id, r.profile_id AS cluster FROM ident.name p \
         JOIN ident.record r USING (record_id) ORDER BY p.record_id"
    );
    bench.save(&clusters, &options.out)?;
    let Some(target) = &options.pairs else { return Ok(()) };
    let pairs = "SELECT l.native_id AS left_id, r.native_id AS right_id, q.weight, q.probability \
                 FROM ident.pair q JOIN ident.name l ON l.record_id = q.left_record \
                 JOIN ident.name r ON r.record_id = q.right_record \
                 ORDER BY q.probability DESC, q.left_record, q.right_record";
    bench.save(pairs, target)
}
