//! From sources and their links to the tables `canon.<entity>`.

use crate::columns::{self, ROW, Shape};
use crate::error::MappingError;
use crate::field_sql::{FieldSql, Incoming, month_first_name};
use crate::macros;
use crate::sql_text::scan;
use jiff::tz::TimeZone;
use kith_model::mapping::{EntityMapping, Link, Mapping, Origin, Transform};
use kith_model::source::ColumnInfo;
use kith_model::{Entity, FieldKind, FieldSpec, SourceId};
use kith_sql::{Ident, Pipeline, Step, TableName, text};
use std::collections::{BTreeMap, BTreeSet};

/// A loaded source with the mapping to carry out.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedSource {
    /// The source; its rows are in `src.<id>`.
    pub id: SourceId,
    /// The columns of that table.
    pub columns: Vec<ColumnInfo>,
    /// The links.
    pub mapping: Mapping,
}

/// One source's share of one entity.
pub(crate) struct Part<'a> {
    pub source: &'a MappedSource,
    pub entity: Entity,
    pub fields: Vec<FieldSql>,
    pub dedupe_by: &'a [String],
    from: String,
    filter: Option<&'a str>,
}

/// The steps that make every table `canon.<entity>` out of `sources`, in the order of their
/// ids: first the `kith_*` macros, then one table an entity, empty where nothing feeds it.
/// Every mapping given is carried out; pass those that are accepted.
///
/// A preset's or a suggested link to a column that this file lacks leaves the field NULL. A
/// contact record whose source has no id of its own is named by its row: `#17`.
///
/// # Errors
/// [`MappingError`]: a manual link or a filter names a missing column, an unknown field is
/// linked, a field is linked twice, or a SQL expression is not one expression.
pub fn plan(sources: &[MappedSource]) -> Result<Pipeline, MappingError> {
    let parts = parts(sources)?;
    let mut pipeline = Pipeline::new("map sources into the canonical schema")
        .then(Step::statement("schema canon", "CREATE SCHEMA IF NOT EXISTS \"canon\""));
    pipeline.steps.extend(macros::steps());
    for entity in Entity::ALL {
        let of_it: Vec<_> = parts.iter().filter(|p| p.entity == entity).collect();
        pipeline.steps.push(table(entity, &of_it));
    }
    Ok(pipeline)
}

/// Every share of every entity, by source id, then in the order of the mapping.
pub(crate) fn parts(sources: &[MappedSource]) -> Result<Vec<Part<'_>>, MappingError> {
    let mut sorted: Vec<_> = sources.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return Err(MappingError::SourceTwice(pair[0].id.clone()));
    }
    let each = sorted.iter().flat_map(|s| s.mapping.entities.iter().map(|em| (*s, em)));
    each.map(|(source, em)| part(source, em)).collect()
}

fn table(entity: Entity, parts: &[&Part<'_>]) -> Step {
    let output = TableName::new("canon", entity.key());
    let inputs: BTreeSet<_> = parts.iter().map(|p| raw_table(&p.source.id)).collect();
    let selects: Vec<_> = parts.iter().map(|p| p.select()).collect();
    let mut body = if selects.is_empty() { nothing(entity) } else { selects.join("\nUNION ALL\n") };
    if entity == Entity::Profile {
        body = format!(
            "SELECT row_number() OVER (ORDER BY \"source\", \"row_id\") - 1 AS \"record_id\", *\nFROM (\n{body}\n)"
        );
    }
    Step::table(output, inputs.into_iter().collect(), body)
}

fn nothing(entity: Entity) -> String {
    let mut columns = vec![
        "CAST(NULL AS VARCHAR) AS \"source\"".to_owned(),
        "CAST(NULL AS BIGINT) AS \"row_id\"".to_owned(),
    ];
    columns.extend(
        entity
            .fields()
            .iter()
            .map(|spec| format!("{} AS \"{}\"", FieldSql::empty(spec).canonical, spec.name)),
    );
    format!("SELECT {}\nWHERE false", columns.join(",\n  "))
}

/// The table of a source's raw rows.
fn raw_table(id: &SourceId) -> TableName {
    TableName::new("src", id.0.clone())
}

impl Part<'_> {
    /// The part's rows, columns as in the table.
    fn select(&self) -> String {
        let fields: Vec<_> =
            self.fields.iter().map(|f| format!("{} AS \"{}\"", f.canonical, f.spec.name)).collect();
        let select = format!(
            "SELECT {} AS \"source\",\n  v.\"{ROW}\" AS \"row_id\",\n  {}\nFROM (\n{}\n) AS v",
            text(&self.source.id.0),
            fields.join(",\n  "),
            self.raw_select(&self.fields.iter().collect::<Vec<_>>())
        );
        self.deduped(&select)
    }

    /// `select` with only the first row for each value of the fields in `dedupe_by`. Rows that
    /// have none of them are all kept: what is unknown is not the same.
    pub(crate) fn deduped(&self, select: &str) -> String {
        if self.dedupe_by.is_empty() {
            return select.to_owned();
        }
        let keys: Vec<_> = self.dedupe_by.iter().map(|f| Ident::new(f).to_string()).collect();
        let known: Vec<_> = keys.iter().map(|k| format!("{k} IS NULL")).collect();
        format!(
            "SELECT * FROM (\n{select}\n)\nQUALIFY row_number() OVER (PARTITION BY {} ORDER BY \"row_id\") = 1\n  OR ({})",
            keys.join(", "),
            known.join(" AND ")
        )
    }

    /// The raw values of `fields` with the row's number.
    pub(crate) fn raw_select(&self, fields: &[&FieldSql]) -> String {
        let mut columns = vec![format!("r.\"{ROW}\"")];
        for field in fields {
            let raw = field.raw.iter().map(|raw| (raw, field.spec.name.to_owned()));
            let order = field.month_first.iter().map(|sql| (sql, month_first_name(field.spec)));
            columns.extend(raw.chain(order).map(|(sql, name)| format!("{sql} AS \"{name}\"")));
        }
        let filter = self.filter.map(|f| format!("\n  WHERE ({f})")).unwrap_or_default();
        format!("  SELECT {}\n  FROM {}{filter}", columns.join(",\n    "), self.from)
    }
}

fn part<'a>(source: &'a MappedSource, em: &'a EntityMapping) -> Result<Part<'a>, MappingError> {
    let mut planner = Planner { source, em, absent: BTreeSet::new() };
    let links = planner.links()?;
    planner.known_fields(em.dedupe_by.iter())?;
    planner.read_clauses()?;
    let mut arriving = Vec::with_capacity(em.entity.fields().len());
    for spec in em.entity.fields() {
        let incoming = match links.get(spec.name) {
            Some(link) => planner.incoming(link, spec.kind)?,
            None => None,
        };
        arriving.push((spec, incoming));
    }
    let with_country = arriving.iter().any(|(spec, i)| spec.name == "country" && i.is_some());
    let field = |(spec, incoming): (&'static FieldSpec, Option<Incoming<'_>>)| match incoming {
        Some(incoming) => FieldSql::filled(em.entity, spec, &incoming, with_country),
        None if em.entity == Entity::Profile && spec.name == "native_id" => {
            FieldSql { canonical: format!("'#' || v.\"{ROW}\""), ..FieldSql::empty(spec) }
        }
        None => FieldSql::empty(spec),
    };
    let fields = arriving.into_iter().map(field).collect();
    Ok(Part {
        source,
        entity: em.entity,
        fields,
        dedupe_by: &em.dedupe_by,
        from: planner.from(),
        filter: em.filter.as_deref(),
    })
}

struct Planner<'a> {
    source: &'a MappedSource,
    em: &'a EntityMapping,
    /// Columns named by a preset's SQL that this file does not have; NULL.
    absent: BTreeSet<String>,
}

impl<'a> Planner<'a> {
    /// The links by field, each field known and linked once.
    fn links(&self) -> Result<BTreeMap<&'a str, &'a Link>, MappingError> {
        self.known_fields(self.em.links.iter().map(|l| &l.field))?;
        let mut links = BTreeMap::new();
        for link in &self.em.links {
            if links.insert(link.field.as_str(), link).is_some() {
                return Err(MappingError::LinkedTwice {
                    source_id: self.source.id.clone(),
                    entity: self.em.entity,
                    field: link.field.clone(),
                });
            }
        }
        Ok(links)
    }

    fn known_fields<'f>(
        &self,
        mut names: impl Iterator<Item = &'f String>,
    ) -> Result<(), MappingError> {
        match names.find(|name| self.em.entity.field(name).is_none()) {
            None => Ok(()),
            Some(name) => Err(MappingError::UnknownField {
                source_id: self.source.id.clone(),
                entity: self.em.entity,
                field: name.clone(),
            }),
        }
    }

    /// Checks filter and unfold. They belong to the preset when any link does.
    fn read_clauses(&mut self) -> Result<(), MappingError> {
        let by_hand = !self.em.links.iter().any(|l| l.origin == Origin::Preset);
        for (name, clause) in [("filter", &self.em.filter), ("unfold", &self.em.unfold)] {
            if let Some(sql) = clause {
                self.read_sql(name, sql, by_hand)?;
            }
        }
        Ok(())
    }

    /// Checks a SQL expression; columns it names that are not there become NULL, or an error
    /// when a person wrote it. Beside an unfold any name may be one of its columns, so DuckDB
    /// judges; the unfold itself reads the file's columns alone.
    fn read_sql(&mut self, place: &str, sql: &str, by_hand: bool) -> Result<(), MappingError> {
        let scanned = scan(sql).map_err(|reason| MappingError::BrokenSql {
            source_id: self.source.id.clone(),
            entity: self.em.entity,
            field: place.to_owned(),
            reason,
        })?;
        for name in scanned.quoted {
            if (self.em.unfold.is_none() || place == "unfold")
                && name != ROW
                && columns::find(&self.source.columns, &name).is_none()
            {
                if by_hand {
                    return Err(self.missing(place, &name));
                }
                self.absent.insert(name);
            }
        }
        Ok(())
    }

    fn missing(&self, field: &str, column: &str) -> MappingError {
        MappingError::MissingColumn {
            source_id: self.source.id.clone(),
            entity: self.em.entity,
            field: field.to_owned(),
            column: column.to_owned(),
            nearest: columns::nearest(&self.source.columns, column),
        }
    }

    /// The value a link brings; `None` when its column is not in this file.
    fn incoming(
        &mut self,
        link: &'a Link,
        kind: FieldKind,
    ) -> Result<Option<Incoming<'a>>, MappingError> {
        let by_hand = link.origin == Origin::Manual;
        if let Transform::Zone(name) = &link.transform
            && TimeZone::get(name).is_err()
        {
            return Err(MappingError::UnknownZone {
                source_id: self.source.id.clone(),
                entity: self.em.entity,
                field: link.field.clone(),
            });
        }
        let mut month_first = None;
        let (value, shape) = match (&link.transform, &link.column) {
            (Transform::Constant(value), _) => (text(value), Shape::Text),
            (Transform::Sql(sql), _) => {
                self.read_sql(&link.field, sql, by_hand)?;
                (format!("({sql})"), Shape::Other)
            }
            (Transform::Join { with, by }, Some(first)) => {
                match self.joined(link, std::iter::once(first).chain(with), by)? {
                    Some(value) => (value, Shape::Text),
                    None => return Ok(None),
                }
            }
            (_, Some(name)) => match columns::find(&self.source.columns, name) {
                Some(column) => {
                    let shape = Shape::of(&column.sql_type);
                    let ident = Ident::new(&column.name);
                    if shape == Shape::Text
                        && matches!(kind, FieldKind::Date | FieldKind::Timestamp)
                    {
                        let table = raw_table(&self.source.id);
                        month_first =
                            Some(format!("(SELECT kith_month_first(m.{ident}) FROM {table} AS m)"));
                    }
                    (format!("r.{ident}"), shape)
                }
                None if by_hand => return Err(self.missing(&link.field, name)),
                None => return Ok(None),
            },
            (_, None) => {
                return Err(MappingError::NoColumn {
                    source_id: self.source.id.clone(),
                    entity: self.em.entity,
                    field: link.field.clone(),
                });
            }
        };
        Ok(Some(Incoming { value, shape, transform: &link.transform, month_first }))
    }

    /// The columns a link joins; those this file lacks are left out unless a person drew it.
    fn joined<'n>(
        &self,
        link: &Link,
        names: impl Iterator<Item = &'n String>,
        by: &str,
    ) -> Result<Option<String>, MappingError> {
        let mut parts = Vec::new();
        for name in names {
            match columns::find(&self.source.columns, name) {
                Some(column) => {
                    let value = format!("CAST(r.{} AS VARCHAR)", Ident::new(&column.name));
                    parts.push(format!("kith_present({value})"));
                }
                None if link.origin == Origin::Manual => {
                    return Err(self.missing(&link.field, name));
                }
                None => {}
            }
        }
        let joined = format!("nullif(concat_ws({}, {}), '')", text(by), parts.join(", "));
        Ok((!parts.is_empty()).then_some(joined))
    }

    fn from(&self) -> String {
        let table = raw_table(&self.source.id);
        let base = if self.absent.is_empty() {
            format!("{table} AS r")
        } else {
            let nulls: Vec<_> = self
                .absent
                .iter()
                .map(|name| format!("CAST(NULL AS VARCHAR) AS {}", Ident::new(name)))
                .collect();
            format!("(SELECT *, {} FROM {table}) AS r", nulls.join(", "))
        };
        match &self.em.unfold {
            Some(unfold) => format!("{base}, {unfold}"),
            None => base,
        }
    }
}
