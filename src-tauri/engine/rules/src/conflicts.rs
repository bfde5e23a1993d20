//! Rules that get in each other's way, or can never fire.

use crate::validate::{RuleContext, in_order, validate};
use kith_model::rules::{Condition, Op, Rule, RuleConflict};
use std::collections::{BTreeMap, BTreeSet};

/// How two rules met on history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Meeting {
    /// People both reached on the same day.
    pub(crate) people: u64,
    /// Person-days on which both fired.
    pub(crate) person_days: u64,
}

/// Every conflict among the rules that are switched on, single rules first.
/// `person_days`: of each rule; `meetings`: of pairs, smaller id first.
pub(crate) fn conflicts(
    rules: &[Rule],
    context: &RuleContext,
    person_days: &BTreeMap<String, u64>,
    meetings: &BTreeMap<(String, String), Meeting>,
) -> Vec<RuleConflict> {
    let rules: Vec<&Rule> = in_order(rules).into_iter().filter(|r| r.enabled).collect();
    let mut found = Vec::new();
    let alone = |rule: &Rule, message: String| RuleConflict {
        a: rule.id.clone(),
        b: rule.id.clone(),
        people: 0,
        message,
    };
    for rule in &rules {
        let broken = validate(rule, context);
        if !broken.is_empty() {
            let why: Vec<String> = broken.into_iter().map(|b| b.message).collect();
            found.push(alone(rule, format!("Cannot run: {}", why.join("; "))));
        } else if let Some(why) = impossible(&rule.when) {
            found.push(alone(rule, format!("Can never fire: {why}")));
        }
    }
    for (i, first) in rules.iter().enumerate() {
        for second in &rules[i + 1..] {
            let (a, b) = (&first.id.0, &second.id.0);
            let key = if a < b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) };
            let met = meetings.get(&key).copied().unwrap_or_default();
            let days = person_days.get(b).copied().unwrap_or_default();
            if let Some(message) = between(first, second, met, days) {
                found.push(RuleConflict {
                    a: first.id.clone(),
                    b: second.id.clone(),
                    people: met.people,
                    message,
                });
            }
        }
    }
    found
}

/// What is wrong between two rules, the first of which comes before the second.
fn between(first: &Rule, second: &Rule, met: Meeting, second_days: u64) -> Option<String> {
    if first.then.kind != second.then.kind || first.then.content == second.then.content {
        return None;
    }
    let kind = &first.then.kind;
    if first.priority == second.priority {
        return (met.people > 0).then(|| {
            format!(
                "Both {kind} something else to the same {} people on the same day at the same \
                 priority: give one a smaller number",
                met.people
            )
        });
    }
    if parts(&first.when).is_subset(&parts(&second.when)) && first.cap_hours <= second.cap_hours {
        return Some(format!(
            "Shadowed: whenever {} holds, {} holds too and wins",
            second.id.0, first.id.0
        ));
    }
    (second_days > 0 && met.person_days == second_days).then(|| {
        format!(
            "Shadowed on this history: each of the {second_days} times {} reached somebody, {} \
             did so on the same day and wins",
            second.id.0, first.id.0
        )
    })
}

/// The parts that must all hold, each in a form that can be compared.
fn parts(condition: &Condition) -> BTreeSet<String> {
    match condition {
        Condition::All { of } => of.iter().flat_map(parts).collect(),
        other => BTreeSet::from([serde_json::to_string(other).unwrap_or_default()]),
    }
}

/// Why a condition can never hold, when that can be seen from it alone.
fn impossible(condition: &Condition) -> Option<String> {
    match condition {
        Condition::Any { of } => {
            let whys: Vec<Option<String>> = of.iter().map(impossible).collect();
            whys.into_iter().collect::<Option<Vec<_>>>().and_then(|w| w.into_iter().next())
        }
        Condition::All { of } => {
            let mut flat = Vec::new();
            of.iter().for_each(|part| flatten(part, &mut flat));
            flat.iter().find_map(|part| impossible(part)).or_else(|| clash(&flat))
        }
        Condition::Propensity { op, value } => {
            let never = (*op == Op::Lt && *value <= 0.0) || (*op == Op::Gt && *value >= 1.0);
            never.then(|| "a propensity lies between 0 and 1".to_owned())
        }
        _ => None,
    }
}

fn flatten<'a>(condition: &'a Condition, flat: &mut Vec<&'a Condition>) {
    match condition {
        Condition::All { of } => of.iter().for_each(|part| flatten(part, flat)),
        other => flat.push(other),
    }
}

/// Why parts cannot hold together.
fn clash(parts: &[&Condition]) -> Option<String> {
    let segments: BTreeSet<&str> = parts
        .iter()
        .filter_map(|p| match p {
            Condition::Segment { segment } => Some(segment.as_str()),
            _ => None,
        })
        .collect();
    if segments.len() > 1 {
        return Some("nobody is in two segments at once".to_owned());
    }
    let closings = parts.iter().filter(|p| matches!(p, Condition::Abandoned { .. })).count();
    let comings = parts.iter().filter(|p| matches!(p, Condition::Happened { .. })).count();
    if closings > 1 {
        return Some("two windows do not close at the same moment".to_owned());
    }
    if closings == 1 && comings > 0 && parts.iter().any(|p| recent_impossible(p, parts)) {
        return Some("an event that must follow has to be missing at the same time".to_owned());
    }
    let mut ranges: BTreeMap<&str, Range> = BTreeMap::new();
    for part in parts {
        let (name, op, value) = match part {
            Condition::Feature { feature, op, value } => (feature.as_str(), *op, *value),
            Condition::Propensity { op, value } => ("the propensity", *op, *value),
            _ => continue,
        };
        let range = ranges.entry(name).or_default();
        range.narrow(op, value);
        if range.is_empty() {
            return Some(format!("no value of {name} fits all its conditions"));
        }
    }
    None
}

/// `happened` asks for the very event that an `abandoned` of at least that window forbids.
fn recent_impossible(part: &Condition, parts: &[&Condition]) -> bool {
    let Condition::Happened { event, within_hours, .. } = part else { return false };
    parts.iter().any(|p| match p {
        Condition::Abandoned { without, within_minutes, .. } => {
            without == event && *within_minutes >= within_hours.saturating_mul(60)
        }
        _ => false,
    })
}

/// The values that fit a run of comparisons.
#[derive(Debug, Clone, Copy)]
struct Range {
    least: f64,
    least_in: bool,
    most: f64,
    most_in: bool,
}

impl Default for Range {
    fn default() -> Self {
        Self { least: f64::NEG_INFINITY, least_in: true, most: f64::INFINITY, most_in: true }
    }
}

impl Range {
    fn narrow(&mut self, op: Op, value: f64) {
        let (lower, upper, inclusive) = match op {
            Op::Eq => (true, true, true),
            Op::Ne => return,
            Op::Lt => (false, true, false),
            Op::Le => (false, true, true),
            Op::Gt => (true, false, false),
            Op::Ge => (true, false, true),
        };
        if lower && (value > self.least || (value == self.least && !inclusive)) {
            (self.least, self.least_in) = (value, inclusive);
        }
        if upper && (value < self.most || (value == self.most && !inclusive)) {
            (self.most, self.most_in) = (value, inclusive);
        }
    }

    fn is_empty(&self) -> bool {
        self.least > self.most || (self.least == self.most && !(self.least_in && self.most_in))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::tests::{context, rule};

    fn feature(op: Op, value: f64) -> Condition {
        Condition::Feature { feature: "frequency".into(), op, value }
    }

    fn all(of: Vec<Condition>) -> Condition {
        Condition::All { of }
    }

    fn said(rules: &[Rule]) -> Vec<String> {
        conflicts(rules, &context(), &BTreeMap::new(), &BTreeMap::new())
            .into_iter()
            .map(|c| c.message)
            .collect()
    }

    #[test]
    fn rules_that_can_never_fire_are_named() {
        let never = [
            all(vec![feature(Op::Ge, 5.0), feature(Op::Lt, 5.0)]),
            all(vec![
                Condition::Segment { segment: "Campers".into() },
                all(vec![Condition::Segment { segment: "Runners".into() }]),
            ]),
            Condition::Any { of: vec![all(vec![feature(Op::Eq, 1.0), feature(Op::Gt, 1.0)])] },
            Condition::Propensity { op: Op::Gt, value: 1.0 },
        ];
        for when in never {
            let found = said(&[rule("r", when.clone())]);
            assert!(
                found.len() == 1 && found[0].starts_with("Can never fire"),
                "{when:?} {found:?}"
            );
        }
        for when in [
            all(vec![feature(Op::Ge, 5.0), feature(Op::Le, 5.0)]),
            Condition::Any { of: vec![feature(Op::Lt, 1.0), feature(Op::Gt, 1.0)] },
            Condition::Propensity { op: Op::Ge, value: 1.0 },
        ] {
            assert_eq!(said(&[rule("r", when)]), [] as [&str; 0]);
        }
    }

    #[test]
    fn a_stricter_rule_behind_a_looser_one_is_shadowed() {
        let loose = Rule { priority: 1, ..rule("loose", feature(Op::Ge, 2.0)) };
        let strict = rule("strict", all(vec![Condition::Weekend, feature(Op::Ge, 2.0)]));
        let found = said(&[loose.clone(), strict.clone()]);
        assert_eq!(found, ["Shadowed: whenever strict holds, loose holds too and wins"]);
        // The other way round the looser rule still gets its turn, and so it does when the
        // first is held back by a cap.
        assert!(said(&[Rule { priority: 20, ..loose.clone() }, strict.clone()]).is_empty());
        assert!(said(&[Rule { cap_hours: 24, ..loose }, strict]).is_empty());
    }

    #[test]
    fn meetings_on_history() {
        let rules = [rule("a", feature(Op::Ge, 2.0)), rule("b", Condition::Weekend)];
        let met = Meeting { people: 7, person_days: 9 };
        let meetings = BTreeMap::from([(("a".to_owned(), "b".to_owned()), met)]);
        let days = BTreeMap::from([("a".to_owned(), 50), ("b".to_owned(), 9)]);
        let equal = conflicts(&rules, &context(), &days, &meetings);
        assert_eq!((equal.len(), equal[0].people), (1, 7));
        assert!(equal[0].message.contains("same priority"));
        let mut ordered = rules.to_vec();
        ordered[1].priority = 99;
        let shadowed = conflicts(&ordered, &context(), &days, &meetings);
        assert!(shadowed[0].message.contains("each of the 9 times b"), "{shadowed:?}");
        let other_days = BTreeMap::from([("b".to_owned(), 10)]);
        assert!(conflicts(&ordered, &context(), &other_days, &meetings).is_empty());
    }

    #[test]
    fn what_cannot_run_is_named_once() {
        let lost = rule("lost", Condition::Segment { segment: "Hikers".into() });
        let found = said(std::slice::from_ref(&lost));
        assert!(found.len() == 1 && found[0].starts_with("Cannot run: There is no segment Hikers"));
        assert!(said(&[Rule { enabled: false, ..lost }]).is_empty());
    }
}
