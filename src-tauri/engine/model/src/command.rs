//! Commands: the only way a document changes. Each maps one document to the next.

use crate::document::{Decision, DecisionOrigin, Document};
use crate::export::ExportParams;
use crate::features::FeatureParams;
use crate::golden::{self, GoldenParams, Pin};
use crate::identity::{IdentityParams, Verdict};
use crate::ids::{FileRef, PairKey, RuleId, SourceId};
use crate::mapping::{EntityMapping, Link, Mapping, Origin};
use crate::predict::PredictParams;
use crate::quality::{self, CopyRule, Expectation, Imputation};
use crate::recommend::RecommendParams;
use crate::repair::{self, Repair};
use crate::rules::Rule;
use crate::segments::SegmentParams;
use crate::source::{ReadOptions, Source};
use crate::training::FrozenTraining;
use crate::{BrokenRule, Entity};
use serde::{Deserialize, Serialize};

/// A change a user makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Command {
    /// Rename the project.
    Rename {
        /// New name.
        name: String,
    },
    /// Say where the known truth lies.
    SetTruth {
        /// Folder, or none.
        truth: Option<FileRef>,
    },
    /// Add a file; its id must be new.
    AddSource {
        /// The source.
        source: Source,
        /// A mapping to begin with: a preset's (confirmed) or suggestions (not confirmed).
        mapping: Option<Mapping>,
    },
    /// Read a file differently.
    SetReadOptions {
        /// Which source.
        source: SourceId,
        /// How.
        options: ReadOptions,
    },
    /// Put a refused row right by hand; an earlier edit of that line is replaced.
    RepairRow {
        /// Which source.
        source: SourceId,
        /// The row.
        repair: Repair,
    },
    /// Take the edit of a refused row back.
    ForgetRepair {
        /// Which source.
        source: SourceId,
        /// Line of the row, from 1.
        line: u64,
    },
    /// Remove a file with its mapping.
    RemoveSource {
        /// Which source.
        source: SourceId,
    },
    /// Replace a source's mapping.
    SetMapping {
        /// Which source.
        source: SourceId,
        /// The mapping.
        mapping: Mapping,
    },
    /// Draw or change one link by hand.
    LinkField {
        /// Which source.
        source: SourceId,
        /// Which entity.
        entity: Entity,
        /// The link; its origin becomes manual.
        link: Link,
    },
    /// Remove one link.
    UnlinkField {
        /// Which source.
        source: SourceId,
        /// Which entity.
        entity: Entity,
        /// Canonical field.
        field: String,
    },
    /// Accept a source's mapping as it stands, or take the acceptance back.
    ConfirmMapping {
        /// Which source.
        source: SourceId,
        /// Accepted?
        confirmed: bool,
    },
    /// Replace the user's expectations.
    SetExpectations {
        /// All of them.
        expectations: Vec<Expectation>,
    },
    /// Add an expectation or replace the one with its id. One with the id of a built-in
    /// expectation stands in its place.
    PutExpectation {
        /// The expectation.
        expectation: Expectation,
    },
    /// Remove one of the project's own expectations; a built-in one it replaced comes back.
    RemoveExpectation {
        /// Its id.
        id: String,
    },
    /// Say what becomes of exact copies of a source's rows.
    SetCopyRule {
        /// Which source.
        source: SourceId,
        /// What becomes of them.
        rule: CopyRule,
    },
    /// Fill the gaps of a mapped column, or fill them another way.
    PutImputation {
        /// Which column, and how.
        imputation: Imputation,
    },
    /// Leave the gaps of a mapped column as they are.
    RemoveImputation {
        /// The table.
        table: Entity,
        /// Its field.
        field: String,
    },
    /// Change identity settings.
    SetIdentity {
        /// All of them.
        params: IdentityParams,
    },
    /// Decide a pair; `None` takes the decision back.
    Decide {
        /// The pair.
        pair: PairKey,
        /// Same, different, unsure.
        verdict: Option<Verdict>,
        /// When, RFC 3339 UTC.
        at: String,
        /// By whom.
        by: String,
        /// Why, in the reviewer's words; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        /// What it comes out of.
        #[serde(default, skip_serializing_if = "DecisionOrigin::teaches")]
        origin: DecisionOrigin,
    },
    /// Keep what was learned of matching for later runs, or learn anew again. The engine writes
    /// the file first: ask for `FreezeTraining`.
    SetTraining {
        /// The training kept; none to thaw.
        training: Option<FrozenTraining>,
    },
    /// Change the rules of survivorship.
    SetGolden {
        /// All of them.
        params: GoldenParams,
    },
    /// Set a golden value by hand; an earlier pin of the record's field is replaced.
    PinValue {
        /// The value.
        pin: Pin,
    },
    /// Take a pinned value back.
    UnpinValue {
        /// `source/native_id`.
        record: String,
        /// The field.
        field: String,
    },
    /// Change feature settings.
    SetFeatures {
        /// All of them.
        params: FeatureParams,
    },
    /// Change segment settings.
    SetSegments {
        /// All of them.
        params: SegmentParams,
    },
    /// Change prediction settings.
    SetPredict {
        /// All of them.
        params: PredictParams,
    },
    /// Change recommendation settings.
    SetRecommend {
        /// All of them.
        params: RecommendParams,
    },
    /// Add a rule or replace the one with its id.
    PutRule {
        /// The rule.
        rule: Rule,
    },
    /// Remove a rule.
    RemoveRule {
        /// Which.
        id: RuleId,
    },
    /// Change export settings.
    SetExport {
        /// All of them.
        params: ExportParams,
    },
    /// Several changes as one step of the history.
    Batch {
        /// What the step is called in the history.
        title: String,
        /// The changes, in order.
        commands: Vec<Command>,
    },
}

/// Why a command cannot be carried out. The document is unchanged.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError {
    /// The name is taken.
    #[error(
        "A source named {0} is already in the project: remove it first, or add the file under another name"
    )]
    SourceExists(SourceId),
    /// Unknown source.
    #[error("There is no source named {0} in the project")]
    NoSource(SourceId),
    /// Unknown field.
    #[error("{0:?} has no field {1}")]
    NoField(Entity, String),
    /// A row that was not edited.
    #[error("Line {1} of {0} was not edited: there is nothing to take back")]
    NoRepair(SourceId, u64),
    /// A field that no golden record has.
    #[error("{0} is no field with a golden value of its own: choose one of {1}")]
    NoGoldenField(String, String),
    /// A value that was not pinned.
    #[error("{1} of {0} is not pinned: there is nothing to take back")]
    NoPin(String, String),
    /// Unknown rule.
    #[error("There is no rule named {}", .0.0)]
    NoRule(RuleId),
    /// Unknown expectation.
    #[error(
        "The project has no expectation of its own named {0}: choose one that `kith check` lists, or switch a built-in one off"
    )]
    NoExpectation(String),
    /// A column that is not filled.
    #[error("{1} of {0:?} is not filled in: there is nothing to take back")]
    NotImputed(Entity, String),
    /// Settings out of range.
    #[error("{}", .0.iter().map(|b| format!("{}: {}", b.setting, b.message)).collect::<Vec<_>>().join("; "))]
    Settings(Vec<BrokenRule>),
    /// A name that is empty.
    #[error("A name must not be empty")]
    EmptyName,
}

impl Command {
    /// The next document. Pure.
    pub fn apply(&self, document: &Document) -> Result<Document, CommandError> {
        let mut next = document.clone();
        self.change(&mut next)?;
        Ok(next)
    }

    /// Changes `doc` in place: for replaying a journal whose commands were accepted before.
    /// After an error `doc` may be half changed; [`Command::apply`] never leaves that behind.
    pub fn change(&self, doc: &mut Document) -> Result<(), CommandError> {
        match self {
            Self::Rename { name } if name.trim().is_empty() => return Err(CommandError::EmptyName),
            Self::Rename { name } => doc.name.clone_from(name),
            Self::SetTruth { truth } => doc.truth.clone_from(truth),
            Self::AddSource { source, mapping } => add_source(doc, source, mapping.as_ref())?,
            Self::SetReadOptions { source, options } => {
                source_mut(doc, source)?.options = options.clone();
            }
            Self::RemoveSource { source } => {
                source_mut(doc, source)?;
                doc.sources.retain(|s| &s.id != source);
                doc.mappings.remove(source);
                doc.repairs.remove(source);
                doc.copies.remove(source);
            }
            Self::RepairRow { source, repair } => {
                source_mut(doc, source)?;
                repair::put(&mut doc.repairs, source, repair);
            }
            Self::ForgetRepair { source, line } => {
                let forgotten = repair::forget(&mut doc.repairs, source, *line);
                forgotten.ok_or_else(|| CommandError::NoRepair(source.clone(), *line))?;
            }
            Self::SetMapping { source, mapping } => {
                source_mut(doc, source)?;
                doc.mappings.insert(source.clone(), checked(mapping)?);
            }
            Self::LinkField { source, entity, link } => link_field(doc, source, *entity, link)?,
            Self::UnlinkField { source, entity, field } => {
                entity_mut(doc, source, *entity)?.links.retain(|l| &l.field != field);
            }
            Self::ConfirmMapping { source, confirmed } => {
                mapping_mut(doc, source)?.confirmed = *confirmed;
            }
            Self::SetExpectations { expectations } => quality::replace(doc, expectations)?,
            Self::PutExpectation { expectation } => quality::put(doc, expectation)?,
            Self::RemoveExpectation { id } => quality::remove(doc, id)?,
            Self::SetCopyRule { source, rule } => {
                source_mut(doc, source)?;
                quality::set_copy_rule(doc, source, *rule);
            }
            Self::PutImputation { imputation } => quality::put_imputation(doc, imputation)?,
            Self::RemoveImputation { table, field } => {
                quality::forget_imputation(doc, *table, field)?;
            }
            Self::Decide { pair, verdict, at, by, why, origin } => {
                let (at, by, why) = (at.clone(), by.clone(), why.trim().to_owned());
                match verdict {
                    Some(verdict) => {
                        let (verdict, origin) = (*verdict, *origin);
                        let decision = Decision { verdict, at, by, why, origin };
                        doc.decisions.insert(pair.clone(), decision)
                    }
                    None => doc.decisions.remove(pair),
                };
            }
            Self::PinValue { pin } => golden::put(doc, pin)?,
            Self::UnpinValue { record, field } => golden::remove(doc, record, field)?,
            Self::PutRule { rule } => put_rule(doc, rule)?,
            Self::RemoveRule { id } => {
                let before = doc.rules.len();
                doc.rules.retain(|r| &r.id != id);
                if doc.rules.len() == before {
                    return Err(CommandError::NoRule(id.clone()));
                }
            }
            Self::Batch { commands, .. } => commands.iter().try_for_each(|c| c.change(doc))?,
            settings => settings.change_settings(doc)?,
        }
        Ok(())
    }

    fn change_settings(&self, doc: &mut Document) -> Result<(), CommandError> {
        let broken = CommandError::Settings;
        match self {
            Self::SetIdentity { params } => {
                doc.identity = params.clone().check().map_err(broken)?.into_inner();
            }
            Self::SetTraining { training } => doc.training.clone_from(training),
            Self::SetGolden { params } => doc.golden = golden::checked(doc, params)?,
            Self::SetFeatures { params } => {
                doc.features = params.clone().check().map_err(broken)?.into_inner();
            }
            Self::SetSegments { params } => {
                doc.segments = params.clone().check().map_err(broken)?.into_inner();
            }
            Self::SetPredict { params } => {
                doc.predict = params.clone().check().map_err(broken)?.into_inner();
            }
            Self::SetRecommend { params } => {
                doc.recommend = params.clone().check().map_err(broken)?.into_inner();
            }
            Self::SetExport { params } => doc.export = params.clone(),
            _ => {}
        }
        Ok(())
    }

    /// What the history panel calls it.
    pub fn title(&self) -> String {
        match self {
            Self::Rename { name } => format!("Rename project to {name}"),
            Self::SetTruth { .. } => "Set known truth".to_owned(),
            Self::AddSource { source, .. } => format!("Add {}", source.title),
            Self::SetReadOptions { source, .. } => format!("Read {source} differently"),
            Self::RepairRow { source, repair } => {
                format!("Edit refused line {} of {source}", repair.line)
            }
            Self::ForgetRepair { source, line } => {
                format!("Take back the edit of line {line} of {source}")
            }
            Self::RemoveSource { source } => format!("Remove {source}"),
            Self::SetMapping { source, .. } => format!("Map {source}"),
            Self::LinkField { source, entity, link } => {
                format!("Link {} of {source} to {}.{}", column_of(link), entity.key(), link.field)
            }
            Self::UnlinkField { source, entity, field } => {
                format!("Unlink {}.{field} of {source}", entity.key())
            }
            Self::ConfirmMapping { source, confirmed: true } => {
                format!("Accept mapping of {source}")
            }
            Self::ConfirmMapping { source, .. } => format!("Reopen mapping of {source}"),
            Self::SetExpectations { .. } => "Change expectations".to_owned(),
            Self::PutExpectation { expectation } => format!("Expect {}", expectation.id),
            Self::RemoveExpectation { id } => format!("Remove expectation {id}"),
            Self::SetCopyRule { source, rule: CopyRule::KeepFirst } => {
                format!("Keep the first of exact copies in {source}")
            }
            Self::SetCopyRule { source, .. } => format!("Keep exact copies in {source}"),
            Self::PutImputation { imputation: one } => {
                format!("Fill {}.{} by {}", one.table.key(), one.field, one.method.term())
            }
            Self::RemoveImputation { table, field } => {
                format!("Leave {}.{field} unfilled", table.key())
            }
            Self::SetIdentity { .. } => "Tune identity".to_owned(),
            Self::Decide { verdict, .. } => match verdict {
                Some(Verdict::Same) => "Decide a pair: same person",
                Some(Verdict::Different) => "Decide a pair: different people",
                Some(Verdict::Unsure) => "Decide a pair: unsure",
                None => "Take a decision back",
            }
            .to_owned(),
            Self::SetTraining { training: Some(_) } => "Freeze the training".to_owned(),
            Self::SetTraining { .. } => "Thaw the training".to_owned(),
            Self::SetGolden { .. } => "Change golden records".to_owned(),
            Self::PinValue { pin } => format!("Pin {} of {}", pin.field, pin.record),
            Self::UnpinValue { record, field } => format!("Unpin {field} of {record}"),
            Self::SetFeatures { .. } => "Change features".to_owned(),
            Self::SetSegments { params } => format!("Tune segments: k = {}", params.k),
            Self::SetPredict { .. } => "Tune predictions".to_owned(),
            Self::SetRecommend { .. } => "Tune recommendations".to_owned(),
            Self::PutRule { rule } => format!("Edit rule {}", rule.name),
            Self::RemoveRule { id } => format!("Remove rule {}", id.0),
            Self::SetExport { .. } => "Change export settings".to_owned(),
            Self::Batch { title, .. } => title.clone(),
        }
    }
}

fn column_of(link: &Link) -> &str {
    link.column.as_deref().unwrap_or("an expression")
}

fn add_source(
    doc: &mut Document,
    source: &Source,
    mapping: Option<&Mapping>,
) -> Result<(), CommandError> {
    match doc.sources.binary_search_by(|s| s.id.cmp(&source.id)) {
        Ok(_) => return Err(CommandError::SourceExists(source.id.clone())),
        Err(at) => doc.sources.insert(at, source.clone()),
    }
    if let Some(mapping) = mapping {
        doc.mappings.insert(source.id.clone(), checked(mapping)?);
    }
    Ok(())
}

fn source_mut<'a>(doc: &'a mut Document, id: &SourceId) -> Result<&'a mut Source, CommandError> {
    doc.sources.iter_mut().find(|s| &s.id == id).ok_or_else(|| CommandError::NoSource(id.clone()))
}

fn mapping_mut<'a>(doc: &'a mut Document, id: &SourceId) -> Result<&'a mut Mapping, CommandError> {
    source_mut(doc, id)?;
    Ok(doc.mappings.entry(id.clone()).or_default())
}

fn entity_mut<'a>(
    doc: &'a mut Document,
    id: &SourceId,
    entity: Entity,
) -> Result<&'a mut EntityMapping, CommandError> {
    let entities = &mut mapping_mut(doc, id)?.entities;
    let at = match entities.binary_search_by_key(&entity, |e| e.entity) {
        Ok(at) => at,
        Err(at) => {
            let links = Vec::new();
            let new =
                EntityMapping { entity, filter: None, dedupe_by: Vec::new(), unfold: None, links };
            entities.insert(at, new);
            at
        }
    };
    Ok(&mut entities[at])
}

fn link_field(
    doc: &mut Document,
    id: &SourceId,
    entity: Entity,
    link: &Link,
) -> Result<(), CommandError> {
    if entity.field(&link.field).is_none() {
        return Err(CommandError::NoField(entity, link.field.clone()));
    }
    let links = &mut entity_mut(doc, id, entity)?.links;
    links.retain(|l| l.field != link.field);
    let at = links.partition_point(|l| l.field < link.field);
    links.insert(at, Link { origin: Origin::Manual, confidence: 1.0, ..link.clone() });
    Ok(())
}

/// A mapping in canonical order, every field known.
fn checked(mapping: &Mapping) -> Result<Mapping, CommandError> {
    let mut mapping = mapping.clone();
    for part in &mut mapping.entities {
        if let Some(bad) = part.links.iter().find(|l| part.entity.field(&l.field).is_none()) {
            return Err(CommandError::NoField(part.entity, bad.field.clone()));
        }
        part.links.sort_by(|a, b| a.field.cmp(&b.field));
    }
    mapping.entities.sort_by_key(|e| e.entity);
    Ok(mapping)
}

fn put_rule(doc: &mut Document, rule: &Rule) -> Result<(), CommandError> {
    if rule.name.trim().is_empty() || rule.id.0.trim().is_empty() {
        return Err(CommandError::EmptyName);
    }
    doc.rules.retain(|r| r.id != rule.id);
    doc.rules.push(rule.clone());
    doc.rules.sort_by(|a, b| a.priority.cmp(&b.priority).then_with(|| a.id.cmp(&b.id)));
    Ok(())
}
