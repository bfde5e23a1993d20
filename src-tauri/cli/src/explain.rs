//! `kith review --explain`: why two records are, or are not, one person.

use crate::Ended;
use crate::output::Output;
use crate::project::usage;
use crate::session::{Session, answer};
use kith_api::{ApiError, Request};
use kith_model::explain::{AT_RANDOM, Meeting, PairExplanation, WhatIf};
use kith_model::{PairKey, Stage};
use serde_json::json;
use std::fmt::Write;

pub(crate) fn run(session: &Session, names: &[String], out: &Output) -> Result<Ended, ApiError> {
    let [left, right] = names else { return Err(usage("Name two records")) };
    session.run(Stage::Identity)?;
    let pair = PairKey::new(left.as_str(), right.as_str());
    let found = answer!(session.call(Request::Explain { pair })?, Explanation)?;
    out.result(&json!({ "verdict": found.verdict(), "explanation": found }), &text(&found));
    Ok(Ended::Done)
}

fn text(found: &PairExplanation) -> String {
    let mut text = format!("{}\n", found.verdict());
    if let Some(said) = &found.decision {
        let who = if said.by.is_empty() { String::new() } else { format!(" by {}", said.by) };
        let how = said.origin.by_hand().map_or_else(String::new, |how| format!(", {how}"));
        let _ = writeln!(text, "Decided: {:?}{who}{how}, {}", said.verdict, said.at);
    }
    let _ = writeln!(text, "\nWhat brings them together");
    for rule in &found.rules {
        let mark = match rule.meeting {
            Meeting::Apart => continue,
            Meeting::Met => "compared",
            Meeting::Linked => "links them",
            Meeting::Distrusted => "shared, but names or dates speak against it",
            Meeting::TooCommon => "shared by too many, left out",
        };
        let _ = writeln!(text, "  {:<40} {mark} ({} records share it)", rule.rule, rule.records);
    }
    if !found.compared {
        let _ = writeln!(text, "  nothing: no key and no rule");
    }
    fields(found, &mut text);
    if !found.what_if.is_empty() {
        let turn = if found.together() { "part" } else { "join" };
        let _ = writeln!(text, "\nWhat would {turn} them, other things being equal");
        found.what_if.iter().for_each(|w| change(w, &mut text));
    }
    text
}

/// The sum, line by line.
fn fields(found: &PairExplanation, text: &mut String) {
    let _ = writeln!(text, "\nWhere the weight comes from (bits)");
    let mut line = |name: &str, what: &str, bits: f64| {
        let _ = writeln!(text, "  {name:<12} {bits:>+8.2}  {what}");
    };
    line("Prior", AT_RANDOM, found.prior);
    for field in found.fields.iter().filter(|f| !f.is_empty()) {
        let values = format!("{} | {}", field.left, field.right);
        let what = match &field.level {
            None => format!("{}: {values}", field.said()),
            Some(level) => {
                let rare = if level.term_frequency.abs() >= 0.005 {
                    format!(", {:+.2} for how common the value is", level.term_frequency)
                } else {
                    String::new()
                };
                format!(
                    "{}: {values}  (m {:.4}, u {:.6}, Bayes factor {:.2}{rare})",
                    level.label, level.m, level.u, level.bayes_factor
                )
            }
        };
        line(field.field.label(), &what, field.weight);
    }
    for (name, what, bits) in [
        ("Household", "may be somebody else at home", found.household),
        ("Decisions", "what was said of pairs like this", found.taught),
        ("Key", "a deterministic key counts in full", found.keyed),
    ] {
        if bits.abs() >= 0.005 {
            line(name, what, bits);
        }
    }
    let share = format!("probability {:.4} %", found.probability * 100.0);
    line("Match weight", &share, found.weight);
}

fn change(what_if: &WhatIf, text: &mut String) {
    let changes: Vec<String> = what_if
        .changes
        .iter()
        .map(|c| format!("{}: {} instead of {}", c.field.label(), c.to, c.from))
        .collect();
    let share = what_if.probability * 100.0;
    let _ = writeln!(text, "  {}  ({:+.2} bits, {share:.2} %)", changes.join("; "), what_if.weight);
}
