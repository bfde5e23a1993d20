//! What is known of mappings beyond one project: presets, the user's own among them, and links
//! accepted before. Also trying a link out.

use crate::error::{io_error, mapping_error, not_ready, store_error, usage};
use crate::session::Session;
use crate::sources;
use kith_api::{ApiError, ErrorCode};
use kith_mapping::{MappedSource, Memory, Preset, Presets};
use kith_model::mapping::{Link, LinkPreview, Mapping, PresetInfo, Remembering};
use kith_model::source::{ColumnInfo, Inspection, SourcesSummary};
use kith_model::{Command, Entity, FileRef, Quiet, SourceId, Stage};
use kith_sql::TableName;
use std::path::{Path, PathBuf};

/// Presets and memory of a user.
pub(crate) struct Known {
    presets: Presets,
    memory: Memory,
}

impl Known {
    /// What comes with the program, and nothing else.
    pub(crate) fn built_in() -> Self {
        Self { presets: Presets::built_in().clone(), memory: Memory::default() }
    }

    /// With what lies in the user's data folder. Presets that cannot be read are left out and
    /// logged by name.
    pub(crate) fn of(data_dir: &Path) -> Self {
        let mut files: Vec<(String, String)> = std::fs::read_dir(preset_dir(data_dir))
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "toml"))
            .filter_map(|path| {
                let name = path.file_name()?.to_string_lossy().into_owned();
                Some((name, std::fs::read_to_string(&path).ok()?))
            })
            .collect();
        files.sort();
        let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let (presets, errors) = Presets::with(texts);
        for error in errors {
            log::warn!("{error}");
        }
        Self { presets, memory: read_memory(data_dir) }
    }

    /// Recognises a file as one of the user's own presets, which go before ours.
    pub(crate) fn recognise(&self, mut seen: Inspection) -> Inspection {
        let found = self.presets.recognise(seen.source.file.name(), &seen.columns);
        if let Some(found) = found.filter(|f| f.preset.own) {
            seen.source.id = SourceId::slug(&found.preset.id);
            seen.source.preset = Some(found.preset.id.clone());
            seen.evidence.retain(|e| e.about != "preset");
            seen.evidence.push(found.evidence);
        }
        seen
    }

    /// The mapping a file begins with `beside` the sources of a project: its preset's, accepted;
    /// or suggestions.
    pub(crate) fn begin(
        &self,
        seen: &Inspection,
        beside: Option<&Session>,
    ) -> Result<Mapping, ApiError> {
        Ok(match seen.source.preset.as_deref().and_then(|id| self.presets.get(id)) {
            Some(preset) => preset.mapping_for(&seen.columns),
            None => self.memory.recall(sources::first_suggestions(seen, beside)?, &seen.columns),
        })
    }

    /// Suggestions with what was accepted before, beside the links drawn by hand.
    pub(crate) fn suggestions(
        &self,
        session: &Session,
        id: &SourceId,
    ) -> Result<Mapping, ApiError> {
        let (suggested, columns) = sources::suggestions(session, id)?;
        let recalled = self.memory.recall(suggested, &columns);
        Ok(match session.document().mappings.get(id) {
            Some(drawn) => kith_mapping::keep_drawn(drawn, recalled),
            None => recalled,
        })
    }

    /// The presets, for a list on screen.
    pub(crate) fn list(&self) -> Vec<PresetInfo> {
        let info = |p: &Preset| PresetInfo {
            id: p.id.clone(),
            title: p.title.clone(),
            note: p.note.clone(),
            verified: p.verified,
            own: p.own,
        };
        self.presets.all().iter().map(info).collect()
    }
}

fn preset_dir(data_dir: &Path) -> PathBuf {
    data_dir.join("presets")
}

fn memory_file(data_dir: &Path) -> PathBuf {
    data_dir.join("accepted-links.json")
}

fn read_memory(data_dir: &Path) -> Memory {
    let text = std::fs::read(memory_file(data_dir)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// Remembers the links of every mapping that `command` accepts. The memory is a convenience:
/// failing to write it is logged, not an error.
pub(crate) fn remember(data_dir: &Path, session: &Session, command: &Command) {
    let mut accepted = Vec::new();
    collect(command, &mut accepted);
    if accepted.is_empty() {
        return;
    }
    let document = session.document();
    let before = read_memory(data_dir);
    let mut memory = before.clone();
    for mapping in accepted.iter().filter_map(|id| document.mappings.get(id)) {
        memory.learn(mapping);
    }
    if memory == before {
        return;
    }
    if let Err(e) = write_memory(data_dir, &memory) {
        log::warn!("accepted links are not remembered: {:?}", e.kind());
    }
}

fn write_memory(data_dir: &Path, memory: &Memory) -> std::io::Result<()> {
    let bytes = serde_json::to_vec_pretty(memory).unwrap_or_default();
    std::fs::create_dir_all(data_dir)?;
    std::fs::write(memory_file(data_dir), bytes)
}

/// Whether links are remembered; first turned `on` or off and forgotten, where asked for.
pub(crate) fn remembering(
    data_dir: &Path,
    on: Option<bool>,
    forget: bool,
) -> Result<Remembering, ApiError> {
    let before = read_memory(data_dir);
    let mut memory = before.clone();
    on.into_iter().for_each(|on| memory.turn(on));
    if forget {
        memory.forget();
    }
    if memory != before {
        write_memory(data_dir, &memory).map_err(|e| io_error(&e, &memory_file(data_dir)))?;
    }
    Ok(memory.remembering())
}

fn collect(command: &Command, into: &mut Vec<SourceId>) {
    match command {
        Command::ConfirmMapping { source, confirmed: true } => into.push(source.clone()),
        Command::Batch { commands, .. } => commands.iter().for_each(|c| collect(c, into)),
        _ => {}
    }
}

/// Keeps a source's mapping as a preset in the user's data folder.
pub(crate) fn save_preset(
    session: &Session,
    data_dir: &Path,
    id: &SourceId,
    name: &str,
) -> Result<FileRef, ApiError> {
    if name.trim().is_empty() {
        return Err(usage("The preset needs a name"));
    }
    let document = session.document();
    let source =
        document.source(id).ok_or_else(|| usage(format!("There is no source named {id}")))?;
    let mapping =
        document.mappings.get(id).filter(|m| !m.entities.is_empty()).ok_or_else(|| {
            usage(format!("{} has no links yet", source.title)).hint("Draw or accept links first")
        })?;
    let columns = columns(session, id)?;
    let preset = Preset::of_mapping(name.trim(), source.file.name(), &columns, mapping);
    let text = preset
        .to_toml()
        .map_err(|e| ApiError::new(ErrorCode::BadInput, e.to_string()).at(source.title.clone()))?;
    let dir = preset_dir(data_dir);
    let path = dir.join(format!("{}.toml", preset.id));
    std::fs::create_dir_all(&dir).map_err(|e| io_error(&e, &dir))?;
    std::fs::write(&path, text).map_err(|e| io_error(&e, &path))?;
    Ok(FileRef(path.to_string_lossy().into_owned()))
}

/// A source's columns: as loaded, or as inspected.
fn columns(session: &Session, id: &SourceId) -> Result<Vec<ColumnInfo>, ApiError> {
    let summary: Option<SourcesSummary> = session.results.summary(Stage::Sources)?;
    let loaded = summary.and_then(|s| s.sources.into_iter().find(|s| &s.id == id));
    if let Some(loaded) = loaded {
        let info = |c: kith_model::source::ColumnProfile| ColumnInfo {
            name: c.name,
            sql_type: c.sql_type,
        };
        return Ok(loaded.columns.into_iter().map(info).collect());
    }
    let document = session.document();
    let source =
        document.source(id).ok_or_else(|| usage(format!("There is no source named {id}")))?;
    Ok(sources::inspect_as(source)?.columns)
}

/// Tries a link on the first rows of a loaded source.
pub(crate) fn preview(
    session: &Session,
    id: &SourceId,
    entity: Entity,
    link: &Link,
) -> Result<LinkPreview, ApiError> {
    let store = &session.store;
    let table = TableName::new("src", id.0.clone());
    if !store.exists(&table).map_err(store_error)? {
        return Err(not_ready(Stage::Sources));
    }
    let mapping = session.document().mappings.get(id).cloned().unwrap_or_default();
    let columns = store.columns(&format!("SELECT * FROM {table}")).map_err(store_error)?;
    let source = MappedSource { id: id.clone(), columns, mapping };
    let sql = kith_mapping::preview_sql(&source, entity, link).map_err(|e| mapping_error(&e))?;
    let frame = store.frame(&sql, &Quiet).or_else(|_| {
        // Nothing was mapped yet, or by an older version: the macros are not there.
        store.run(&kith_mapping::macro_steps(), &Quiet).map_err(store_error)?;
        store.frame(&sql, &Quiet).map_err(|e| {
            let error = store_error(e);
            ApiError { code: ErrorCode::BadInput, ..error }
        })
    })?;
    kith_mapping::read_preview(&frame).map_err(|e| mapping_error(&e))
}
