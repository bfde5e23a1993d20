//! How much a column's name, values and neighbours speak for a field, as log-odds.

use super::evidence::value_evidence;
use super::header::{Phrase, Words, name_score, phrases};
use super::overlap::{Shared, shared_evidence};
use super::relations::Relation;
use super::traits::Traits;
use kith_model::canonical::{Entity, FieldSpec};
use std::collections::BTreeSet;

/// Evidence from the name at a given name score; straight lines between.
const NAME_EVIDENCE: [(f64, f64); 7] =
    [(0.0, -6.0), (0.3, -4.5), (0.5, -2.5), (0.65, -0.8), (0.8, 1.0), (0.93, 2.6), (1.0, 3.6)];

/// Evidence from a header that is a mere mark: it speaks neither for nor against.
const CODED_EVIDENCE: f64 = -1.6;

/// Words of headers that tell of somebody else than the contact.
const OTHERS: &[&str] = &[
    "owner",
    "assistant",
    "manager",
    "agent",
    "rep",
    "assignee",
    "eigenaar",
    "betreuer",
    "propietario",
    "responsable",
    "salesperson",
    "referrer",
    "spouse",
    "emergency",
];

/// What is known of a column.
pub(crate) struct Seen {
    /// The header's words.
    pub words: Words,
    /// The header is a mere mark.
    pub coded: bool,
    /// What the values look like.
    pub traits: Traits,
    /// What they have to do with other columns.
    pub relation: Relation,
    /// What they share with columns of other files.
    pub shared: Vec<Shared>,
    /// Its place in the table, from 0.
    pub place: usize,
}

/// A column offered for a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// Evidence as log-odds, not calibrated.
    pub log_odds: f64,
    /// The column means the opposite.
    pub negated: bool,
    /// In plain words.
    pub reason: String,
}

/// What speaks for putting a column into a field.
pub(crate) fn candidate(
    entity: Entity,
    spec: &'static FieldSpec,
    column: &Seen,
    without: &BTreeSet<String>,
) -> Candidate {
    let phrases = phrases(entity.key(), spec.name);
    let (score, phrase) = name_score(&column.words, phrases, without);
    let name = if column.coded && score < 0.9 { CODED_EVIDENCE } else { interpolate(score) };
    let foreign = entity == Entity::Profile && score < 0.98 && column.words.any(OTHERS);
    let name = if foreign { name - 2.5 } else { name };
    let (value, seen) = value_evidence(entity, spec, column);
    let (known, named) = shared_evidence(entity, spec.name, &column.shared, &column.traits);
    // What is known outweighs how it looks: only what speaks for it is told.
    let told = if named.is_some() { value.max(0.0) } else { value };
    let because = reason(score, phrase, told, &seen);
    Candidate {
        log_odds: name + value + known,
        negated: phrase.is_some_and(|p| p.negated) && score >= 0.65,
        reason: named.map_or_else(|| because.clone(), |named| format!("{because}; {named}")),
    }
}

fn interpolate(score: f64) -> f64 {
    let above = NAME_EVIDENCE.iter().position(|(s, _)| *s >= score);
    match above {
        None => NAME_EVIDENCE[NAME_EVIDENCE.len() - 1].1,
        Some(0) => NAME_EVIDENCE[0].1,
        Some(at) => {
            let ((a, x), (b, y)) = (NAME_EVIDENCE[at - 1], NAME_EVIDENCE[at]);
            x + (y - x) * (score - a) / (b - a)
        }
    }
}

fn reason(score: f64, phrase: Option<&Phrase>, value: f64, seen: &str) -> String {
    let name = match phrase {
        Some(p) if score >= 0.98 => format!("the header says “{}”", p.text),
        Some(p) if score >= 0.6 => format!("the header is close to “{}”", p.text),
        _ => "the header says little".to_owned(),
    };
    let values = match seen {
        "" => String::new(),
        seen if value > 0.2 => format!("; the values {seen}"),
        seen if value < -0.2 => format!("; but hardly any value {}", singular(seen)),
        _ => String::new(),
    };
    let text = format!("{name}{values}");
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn singular(seen: &str) -> String {
    seen.replacen("are ", "is one of ", 1).replacen("look like ", "looks like ", 1)
}
