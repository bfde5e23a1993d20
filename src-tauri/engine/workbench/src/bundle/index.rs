//! A bundle in memory, ready to answer: one entry a person, one list for strangers.

use super::ids;
use kith_export::{BundleModels, Scorer};
use kith_model::rules::{Action, Rule};
use kith_model::{Column, Frame};
use kith_rules::Facts;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// What a bundle holds, as read from its files. Frames have a column `profile_id`.
pub(super) struct Parts {
    pub version: String,
    pub profiles: Frame,
    pub features: Frame,
    pub segments: Frame,
    pub scores: Frame,
    pub recommendations: Frame,
    pub models: BundleModels,
}

/// One person, looked up by id.
#[derive(Default)]
pub struct Person {
    /// Golden values by name.
    pub profile: Map<String, Value>,
    /// Features by name; missing ones are left out.
    pub features: BTreeMap<String, f64>,
    /// Segment number.
    pub segment: Option<u32>,
    /// Purchase propensity.
    pub propensity: Option<f64>,
    /// Product and score, best first.
    pub list: Vec<(String, f64)>,
}

/// A bundle ready to answer.
pub struct Index {
    /// Bundle version: its fingerprint.
    pub version: String,
    /// People by profile id.
    pub people: HashMap<u64, Person>,
    /// What strangers get, best first: product and score.
    pub popular: Vec<(String, f64)>,
    segment_names: Vec<String>,
    rules: Vec<Rule>,
    scorer: Scorer,
}

fn value(column: &Column, row: usize) -> Value {
    match column {
        Column::Text(v) => json!(v.get(row)),
        Column::Int(v) => json!(v[row]),
        Column::Real(v) => json!(v[row]),
        Column::Bool(v) => json!(v[row]),
    }
}

fn number(column: &Column, row: usize) -> Option<f64> {
    match column {
        Column::Int(v) => v[row].map(|n| n as f64),
        Column::Real(v) => v[row],
        Column::Bool(v) => v[row].map(|b| f64::from(u8::from(b))),
        Column::Text(_) => None,
    }
}

impl Index {
    pub(super) fn new(parts: Parts) -> Self {
        let mut people: HashMap<u64, Person> = HashMap::with_capacity(parts.profiles.rows());
        for (id, row) in ids(&parts.profiles) {
            let fields = parts.profiles.columns.iter();
            let profile = fields.map(|(name, c)| (name.clone(), value(c, row))).collect();
            people.insert(id, Person { profile, ..Person::default() });
        }
        for (id, row) in ids(&parts.features) {
            let Some(person) = people.get_mut(&id) else { continue };
            let columns = parts.features.columns.iter().filter(|(name, _)| name != "profile_id");
            person.features =
                columns.filter_map(|(n, c)| Some((n.clone(), number(c, row)?))).collect();
        }
        let segments = parts.segments.column("segment").and_then(Column::int).unwrap_or_default();
        for (id, row) in ids(&parts.segments) {
            let segment = segments.get(row).copied().flatten();
            if let Some(person) = people.get_mut(&id) {
                person.segment = segment.and_then(|s| u32::try_from(s).ok());
            }
        }
        let scores = parts.scores.column("propensity").and_then(Column::real).unwrap_or_default();
        for (id, row) in ids(&parts.scores) {
            if let Some(person) = people.get_mut(&id) {
                person.propensity = scores.get(row).copied().flatten();
            }
        }
        add_lists(&mut people, &parts.recommendations);
        let BundleModels { scorer, segment_names, popular, rules } = parts.models;
        Self { version: parts.version, people, popular, segment_names, rules, scorer }
    }

    /// What the rules that need no event say of a person at a moment, in microseconds since
    /// 1970-01-01 UTC.
    pub fn decide(&self, person: &Person, now_us: i64) -> Vec<Action> {
        let facts = Facts {
            now_us,
            features: person.features.clone(),
            segment: person.segment.map(|id| self.segment_name(id)),
            segment_id: person.segment,
            propensity: person.propensity,
            ..Facts::default()
        };
        kith_rules::decide(&self.rules, &facts)
    }

    /// Names of the features the models take, sorted.
    pub fn features(&self) -> Vec<String> {
        self.scorer.features()
    }

    /// Segment number and propensity of somebody who is not in the bundle.
    pub fn score(&self, features: &BTreeMap<String, f64>) -> Result<(u32, f64), String> {
        self.scorer.score(features).map_err(|e| e.to_string())
    }

    /// A segment's name; its number when it has none.
    pub fn segment_name(&self, segment: u32) -> String {
        let name = self.segment_names.get(segment as usize);
        name.cloned().unwrap_or_else(|| segment.to_string())
    }
}

fn add_lists(people: &mut HashMap<u64, Person>, frame: &Frame) {
    let products = frame.column("product_id").and_then(Column::text).unwrap_or_default();
    let scores = frame.column("score").and_then(Column::real).unwrap_or_default();
    let ranks = frame.column("rank").and_then(Column::int).unwrap_or_default();
    let mut rows: Vec<_> = ids(frame).collect();
    rows.sort_by_key(|(id, row)| (*id, ranks.get(*row).copied().flatten()));
    for (id, row) in rows {
        let (Some(person), Some(product)) = (people.get_mut(&id), products.get(row)) else {
            continue;
        };
        let score = scores.get(row).copied().flatten().unwrap_or(0.0);
        person.list.push((product.to_owned(), score));
    }
}
