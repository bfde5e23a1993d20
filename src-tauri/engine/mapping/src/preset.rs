//! Known exports as data: `assets/presets/*.toml`.

use kith_model::Entity;
use kith_model::mapping::{EntityMapping, Link, Mapping, Origin, Transform};
use kith_model::source::ColumnInfo;
use kith_sql::Ident;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::columns;
use crate::sql_text::scan;

/// A known export: how it is recognised and how it maps, without a click.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Slug, e.g. `shopify_orders`.
    pub id: String,
    /// Name on screen.
    pub title: String,
    /// Where the headers come from, and what is peculiar to this export.
    pub note: String,
    /// True once a real export has been seen; recalled or third-hand headers are not that.
    pub verified: bool,
    /// File name patterns, lower case, `*` for anything.
    pub files: Vec<String>,
    /// Headers without which it is not this export; `A|B` means one of them.
    pub required: Vec<String>,
    /// The other headers known.
    pub headers: Vec<String>,
    /// Patterns of headers that installations add, `*` for anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patterns: Vec<String>,
    /// The user's own, not one that comes with the program.
    #[serde(skip)]
    pub own: bool,
    /// Empty for an export that has nothing for the schema: it is loaded, and that is all.
    #[serde(rename = "entity", default, skip_serializing_if = "Vec::is_empty")]
    entities: Vec<PresetEntity>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetEntity {
    entity: Entity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filter: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dedupe_by: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unfold: Option<String>,
    links: BTreeMap<String, PresetLink>,
}

/// A link as written in a preset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum PresetLink {
    /// A column.
    Column(String),
    /// The first of these columns that is filled.
    FirstOf(Vec<String>),
    /// A column with a transform.
    Transformed { column: String, transform: Transform },
    /// The same value for every row.
    Constant { constant: String },
    /// A SQL expression.
    Sql { sql: String },
}

impl Preset {
    /// The mapping, confirmed, for any variant of the export: where several columns can fill a
    /// field, the first that is filled does.
    pub fn mapping(&self) -> Mapping {
        self.build(|_| true)
    }

    /// The mapping, confirmed, for a file with these columns: links to columns it lacks are
    /// left out, so that every link drawn has two ends.
    pub fn mapping_for(&self, present: &[ColumnInfo]) -> Mapping {
        self.build(|name| columns::find(present, name).is_some())
    }

    /// A preset of the user's own that maps files like this one as `mapping` does: the columns
    /// its links read are those a file must have.
    pub fn of_mapping(
        name: &str,
        file_name: &str,
        columns: &[ColumnInfo],
        mapping: &Mapping,
    ) -> Self {
        let used: Vec<&str> = mapping
            .entities
            .iter()
            .flat_map(|e| &e.links)
            .filter_map(|l| l.column.as_deref())
            .collect();
        let names = columns.iter().map(|c| c.name.clone()).filter(|n| n != columns::ROW);
        let (required, headers): (Vec<_>, Vec<_>) =
            names.partition(|n| used.is_empty() || used.iter().any(|u| u.eq_ignore_ascii_case(n)));
        Self {
            id: kith_model::SourceId::slug(name).0,
            title: name.to_owned(),
            note: format!("Saved from the mapping of {file_name}."),
            verified: false,
            files: vec![any_digits(file_name)],
            required,
            headers,
            patterns: Vec::new(),
            own: true,
            entities: mapping.entities.iter().map(PresetEntity::of).collect(),
        }
    }

    /// The file a user can keep, change and hand on.
    ///
    /// # Errors
    /// [`PresetError::Unwritable`] when it has no form as TOML.
    pub fn to_toml(&self) -> Result<String, PresetError> {
        toml::to_string_pretty(self).map_err(|e| PresetError::Unwritable(e.to_string()))
    }

    /// Reads a user's file called `place`, and checks that its links name known fields.
    ///
    /// # Errors
    /// [`PresetError`] naming the file and what is wrong in it.
    pub fn from_toml(place: &str, text: &str) -> Result<Self, PresetError> {
        let broken = |reason: String| PresetError::Broken { place: place.to_owned(), reason };
        let mut preset: Self = toml::from_str(text).map_err(|e| broken(e.message().to_owned()))?;
        if preset.id.is_empty() || preset.required.is_empty() {
            return Err(broken("it needs an id and at least one required header".to_owned()));
        }
        for part in &preset.entities {
            if let Some(field) = part.links.keys().find(|f| part.entity.field(f).is_none()) {
                return Err(broken(format!("{} has no field {field}", part.entity.key())));
            }
        }
        preset.own = true;
        Ok(preset)
    }

    fn build(&self, has: impl Fn(&str) -> bool) -> Mapping {
        let mut entities: Vec<_> = self
            .entities
            .iter()
            .map(|e| EntityMapping {
                entity: e.entity,
                filter: e.filter.as_deref().map(|f| f.trim().to_owned()),
                dedupe_by: e.dedupe_by.clone(),
                unfold: e.unfold.as_deref().map(|u| u.trim().to_owned()),
                links: e
                    .links
                    .iter()
                    .filter_map(|(field, link)| self.link(field, link, &has))
                    .collect(),
            })
            .collect();
        entities.sort_by_key(|e| e.entity);
        Mapping { confirmed: true, entities }
    }

    fn link(&self, field: &str, link: &PresetLink, has: impl Fn(&str) -> bool) -> Option<Link> {
        let (column, transform) = match link {
            PresetLink::Column(name) => (has(name).then(|| name.clone())?.into(), Transform::None),
            PresetLink::FirstOf(names) => {
                let names: Vec<_> = names.iter().filter(|n| has(n)).collect();
                match names.as_slice() {
                    [] => return None,
                    [name] => (Some((*name).clone()), Transform::None),
                    several => (None, Transform::Sql(first_filled(several))),
                }
            }
            PresetLink::Transformed { column, transform } => {
                (has(column).then(|| column.clone())?.into(), transform.clone())
            }
            PresetLink::Constant { constant } => (None, Transform::Constant(constant.clone())),
            PresetLink::Sql { sql } => {
                let names = scan(sql).map(|s| s.quoted).unwrap_or_default();
                if !names.is_empty() && !names.iter().any(|n| has(n)) {
                    return None;
                }
                (None, Transform::Sql(sql.trim().to_owned()))
            }
        };
        Some(Link {
            field: field.to_owned(),
            column,
            transform,
            origin: Origin::Preset,
            confidence: 1.0,
            reason: format!("Known column of {}", self.title),
        })
    }
}

impl PresetEntity {
    fn of(part: &EntityMapping) -> Self {
        Self {
            entity: part.entity,
            filter: part.filter.clone(),
            dedupe_by: part.dedupe_by.clone(),
            unfold: part.unfold.clone(),
            links: part.links.iter().map(|l| (l.field.clone(), PresetLink::of(l))).collect(),
        }
    }
}

impl PresetLink {
    fn of(link: &Link) -> Self {
        match (&link.transform, &link.column) {
            (Transform::Constant(value), _) => Self::Constant { constant: value.clone() },
            (Transform::Sql(sql), _) => Self::Sql { sql: sql.clone() },
            (Transform::None, column) => Self::Column(column.clone().unwrap_or_default()),
            (transform, column) => Self::Transformed {
                column: column.clone().unwrap_or_default(),
                transform: transform.clone(),
            },
        }
    }
}

/// A pattern for files named like this one: every run of digits may be another.
fn any_digits(file_name: &str) -> String {
    let mut pattern = String::new();
    for c in file_name.to_lowercase().chars() {
        match c {
            '0'..='9' if pattern.ends_with('*') => {}
            '0'..='9' => pattern.push('*'),
            c => pattern.push(c),
        }
    }
    pattern
}

/// Why a preset file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    /// A file that is not a preset.
    #[error("The preset {place} cannot be read: {reason}; correct the file or remove it")]
    Broken {
        /// The file's name.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// A mapping that has no form as a file.
    #[error("The mapping cannot be written as a preset: {0}; remove the link that is odd")]
    Unwritable(String),
}

fn first_filled(names: &[&String]) -> String {
    let calls: Vec<_> =
        names.iter().map(|name| format!("kith_present({})", Ident::new(*name))).collect();
    format!("coalesce({})", calls.join(", "))
}
