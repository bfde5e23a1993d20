//! How much a column's name and values speak for a field, and the confidence that follows.

use super::header::{Phrase, Words, name_score};
use super::traits::Traits;
use kith_model::canonical::{Entity, FieldKind, FieldSpec};

/// Evidence from the name at a given name score; straight lines between.
const NAME_EVIDENCE: [(f64, f64); 7] =
    [(0.0, -6.0), (0.3, -4.5), (0.5, -2.5), (0.65, -0.8), (0.8, 1.0), (0.93, 2.6), (1.0, 3.6)];

/// A column offered for a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// In `0..=1`: the logistic of the evidence, set by hand.
    pub confidence: f64,
    /// The column means the opposite.
    pub negated: bool,
    /// In plain words.
    pub reason: String,
}

/// What speaks for putting a column with these header words and values into a field.
pub(crate) fn candidate(
    entity: Entity,
    spec: &'static FieldSpec,
    words: &Words,
    phrases: &[Phrase],
    traits: &Traits,
) -> Candidate {
    let (score, phrase) = name_score(words, phrases);
    let (value, seen) = value_evidence(entity, spec, traits);
    let log_odds = interpolate(score) + value;
    Candidate {
        confidence: 1.0 / (1.0 + (-log_odds).exp()),
        negated: phrase.is_some_and(|p| p.negated) && score >= 0.65,
        reason: reason(score, phrase, value, seen),
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

/// `share` of the values at 0 gives `none`, at 1 gives `all`.
fn between(share: f64, none: f64, all: f64) -> f64 {
    none + (all - none) * share
}

/// Evidence from the values, and what they are.
fn value_evidence(entity: Entity, spec: &FieldSpec, t: &Traits) -> (f64, &'static str) {
    if t.sampled == 0 {
        return (-0.3, "");
    }
    match spec.kind {
        FieldKind::Email => (between(t.email, -5.0, 6.5), "are e-mail addresses"),
        FieldKind::Phone => (between(t.phone, -4.0, 2.0), "look like telephone numbers"),
        FieldKind::Country => (between(t.country, -3.5, 2.5), "are countries"),
        FieldKind::Bool => {
            let few = if t.distinct <= 3 { 0.0 } else { -2.0 };
            (between(t.truth, -5.0, 1.3) + few, "are yes and no")
        }
        FieldKind::Date | FieldKind::Timestamp => (moment_evidence(spec, t), "are dates"),
        FieldKind::Money | FieldKind::Number => (between(t.number, -5.0, 0.6), "are numbers"),
        FieldKind::Integer => (between(t.whole.min(t.number), -4.0, 0.6), "are whole numbers"),
        FieldKind::Id if spec.name == "postcode" => {
            (between(t.postcode, -2.5, 1.0), "look like postcodes")
        }
        FieldKind::Id => (id_evidence(entity, spec, t), "look like identifiers"),
        FieldKind::Text => text_evidence(spec, t),
    }
}

fn moment_evidence(spec: &FieldSpec, t: &Traits) -> f64 {
    let mut evidence = between(t.date, -5.0, 0.8);
    let birth = spec.name == "birth_date";
    if t.year > 0 {
        evidence += match (birth, t.year) {
            (true, ..=2008) => 1.2,
            (true, _) => -2.5,
            (false, ..=1999) => -2.0,
            (false, _) => 0.3,
        };
    }
    if birth && t.time > 0.5 {
        evidence -= 0.8;
    }
    evidence
}

fn id_evidence(entity: Entity, spec: &FieldSpec, t: &Traits) -> f64 {
    let own = matches!(
        (entity, spec.name),
        (Entity::Profile, "native_id")
            | (Entity::Product, "product_id")
            | (Entity::Payment, "payment_id")
            | (Entity::Event, "event_id")
    );
    let repeats = match t.distinct_share {
        _ if !own => 0.0,
        share if share > 0.97 => 0.8,
        share if share < 0.3 => -3.0,
        share => between(share, -3.0, 0.8),
    };
    let long = if t.length > 45.0 { -3.0 } else { 0.0 };
    repeats + long - 4.0 * t.email - 3.0 * t.date.min(1.0 - t.whole) - 2.0 * t.blank
}

fn text_evidence(spec: &FieldSpec, t: &Traits) -> (f64, &'static str) {
    let wrong = -5.0 * t.email - 3.5 * (t.date - t.whole).max(0.0);
    let (right, seen) = match spec.name {
        "gender" => (between(t.gender, -4.0, 2.0), "are words for a gender"),
        "currency" => (between(t.currency, -4.0, 2.0), "are currencies"),
        "language" => (between(t.language, -2.5, 2.0), "are languages"),
        "page" => (between(t.url, -1.0, 2.0), "are page addresses"),
        "full_name" => (
            between(t.name, -3.5, 0.0) + between(t.several_words, -1.2, 1.2),
            "look like names of people",
        ),
        "given_name" | "family_name" => {
            (between(t.name, -4.0, 0.4) - 0.8 * t.several_words, "look like names")
        }
        "street" => (between(t.letters_and_digits, -1.2, 0.8), "look like addresses"),
        "city" | "region" | "company" => (-2.5 * t.number - 1.5 * t.truth, ""),
        "description" => (if t.length > 35.0 { 1.0 } else { -1.0 }, "are long texts"),
        "title" => (-3.0 * t.number - 2.0 * t.truth, ""),
        "type" | "status" | "variant" | "experiment" | "purpose" | "channel" | "device"
        | "lifecycle_stage" => {
            let few = if t.distinct <= 60 && t.distinct_share < 0.6 { 0.4 } else { -1.0 };
            (few - 2.0 * t.number, "are few")
        }
        _ => (-1.5 * t.number, ""),
    };
    (wrong + right, seen)
}
