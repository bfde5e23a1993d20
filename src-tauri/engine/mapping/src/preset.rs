//! Known exports as data: `assets/presets/*.toml`.

use kith_model::Entity;
use kith_model::mapping::{EntityMapping, Link, Mapping, Origin, Transform};
use kith_model::source::ColumnInfo;
use kith_sql::Ident;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::columns;

/// A known export: how it is recognised and how it maps, without a click.
#[derive(Debug, Clone, PartialEq, Deserialize)]
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
    #[serde(default)]
    pub patterns: Vec<String>,
    #[serde(rename = "entity")]
    entities: Vec<PresetEntity>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetEntity {
    entity: Entity,
    #[serde(default)]
    filter: Option<String>,
    #[serde(default)]
    dedupe_by: Vec<String>,
    links: BTreeMap<String, PresetLink>,
}

/// A link as written in a preset.
#[derive(Debug, Clone, PartialEq, Deserialize)]
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

const FILES: [&str; 8] = [
    include_str!("../../../../assets/presets/ga4_events.toml"),
    include_str!("../../../../assets/presets/hubspot_contacts.toml"),
    include_str!("../../../../assets/presets/mailchimp_audience.toml"),
    include_str!("../../../../assets/presets/salesforce_contact.toml"),
    include_str!("../../../../assets/presets/shopify_customers.toml"),
    include_str!("../../../../assets/presets/shopify_orders.toml"),
    include_str!("../../../../assets/presets/shopify_products.toml"),
    include_str!("../../../../assets/presets/stripe_payments.toml"),
];

/// A file that does not parse is left out; a test makes sure that none is.
static PRESETS: LazyLock<Vec<Preset>> =
    LazyLock::new(|| FILES.iter().filter_map(|file| toml::from_str(file).ok()).collect());

/// Every preset, sorted by id.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

/// The preset called `id`.
pub fn preset(id: &str) -> Option<&'static Preset> {
    presets().iter().find(|p| p.id == id)
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

    fn build(&self, has: impl Fn(&str) -> bool) -> Mapping {
        let mut entities: Vec<_> = self
            .entities
            .iter()
            .map(|e| EntityMapping {
                entity: e.entity,
                filter: e.filter.as_deref().map(|f| f.trim().to_owned()),
                dedupe_by: e.dedupe_by.clone(),
                unfold: None,
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
            PresetLink::Sql { sql } => (None, Transform::Sql(sql.trim().to_owned())),
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

fn first_filled(names: &[&String]) -> String {
    let calls: Vec<_> =
        names.iter().map(|name| format!("kith_present({})", Ident::new(*name))).collect();
    format!("coalesce({})", calls.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql_text::scan;

    #[test]
    fn every_preset_file_is_read_and_whole() {
        for file in FILES {
            let read: Result<Preset, _> = toml::from_str(file);
            assert!(read.is_ok(), "{read:?}");
        }
        let ids: Vec<_> = presets().iter().map(|p| p.id.as_str()).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        assert_eq!(ids, sorted);
    }

    #[test]
    fn links_name_known_fields_and_known_headers() {
        for preset in presets() {
            let known = |name: &str| {
                let listed = preset.required.iter().flat_map(|r| r.split('|'));
                let mut listed = listed.chain(preset.headers.iter().map(String::as_str));
                listed.any(|h| h == name)
            };
            for em in preset.mapping().entities {
                for link in &em.links {
                    assert!(em.entity.field(&link.field).is_some(), "{} {}", preset.id, link.field);
                    if let Some(column) = &link.column {
                        assert!(known(column), "{}: {column}", preset.id);
                    }
                    if let Transform::Sql(sql) = &link.transform {
                        for column in scan(sql).unwrap().quoted {
                            assert!(column == "_row" || known(&column), "{}: {column}", preset.id);
                        }
                    }
                }
                if let Some(filter) = &em.filter {
                    assert!(scan(filter).unwrap().quoted.iter().all(|c| known(c)));
                }
                let required = em.entity.fields().iter().filter(|f| f.required);
                for spec in required {
                    let linked = em.links.iter().any(|l| l.field == spec.name);
                    assert!(linked, "{}: {} is required", preset.id, spec.name);
                }
            }
        }
    }

    #[test]
    fn a_mapping_for_a_file_draws_no_link_to_nowhere() {
        let stripe = preset("stripe_payments").unwrap();
        let columns = ["id", "Created (UTC)", "Amount", "Currency", "Status"]
            .map(|name| ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() });
        let mapping = stripe.mapping_for(&columns);
        let at = mapping.entities[0].links.iter().find(|l| l.field == "at").unwrap();
        assert_eq!(at.column.as_deref(), Some("Created (UTC)"));
        assert!(mapping.entities[0].links.iter().all(|l| l.field != "customer_email"));
    }
}
