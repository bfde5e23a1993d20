//! What a rule may say.

use crate::leaves::walk;
use kith_model::BrokenRule;
use kith_model::rules::{Condition, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of action there are.
pub const ACTION_KINDS: [&str; 3] = ["show", "send", "suppress"];

/// Parts inside parts, at most.
const MAX_DEPTH: usize = 12;

/// Longest window: two years.
const MAX_HOURS: u32 = 24 * 731;

/// What rules may refer to. An empty set of features or events means: not known, so not
/// checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleContext {
    /// Segment names by id.
    pub segments: BTreeMap<u32, String>,
    /// Columns of `feat.customer` that hold numbers.
    pub features: BTreeSet<String>,
    /// Event types in `feat.visit`.
    pub events: BTreeSet<String>,
}

impl RuleContext {
    /// The segment called `name`, or with the id `name`.
    pub fn segment(&self, name: &str) -> Option<u32> {
        let named = self.segments.iter().find(|(_, n)| n.as_str() == name).map(|(id, _)| *id);
        named.or_else(|| name.parse().ok().filter(|id| self.segments.contains_key(id)))
    }
}

/// The rules in the order in which they win: by priority, then id.
pub fn in_order(rules: &[Rule]) -> Vec<&Rule> {
    let mut sorted: Vec<&Rule> = rules.iter().collect();
    sorted.sort_by(|a, b| (a.priority, &a.id).cmp(&(b.priority, &b.id)));
    sorted
}

/// Everything wrong with a rule; empty when it can run.
pub fn validate(rule: &Rule, context: &RuleContext) -> Vec<BrokenRule> {
    let mut broken = Vec::new();
    let mut say = |setting: &str, message: String| {
        broken.push(BrokenRule { setting: setting.to_owned(), message });
    };
    let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if rule.id.0.is_empty() || !rule.id.0.chars().all(slug) {
        say("id", "The id is made of lower case letters, digits, - and _".into());
    }
    if rule.name.trim().is_empty() {
        say("name", "Give the rule a name".into());
    }
    if !ACTION_KINDS.contains(&rule.then.kind.as_str()) {
        say("then", "The action is show, send or suppress".into());
    }
    if rule.then.content.trim().is_empty() {
        say("then", "Name the content".into());
    }
    walk(&rule.when, 0, &mut |part, depth| {
        if depth == MAX_DEPTH {
            say("when", format!("At most {MAX_DEPTH} conditions inside one another"));
        }
        if let Some(message) = wrong_part(part, context) {
            say("when", message);
        }
    });
    broken.dedup();
    broken
}

fn wrong_part(part: &Condition, context: &RuleContext) -> Option<String> {
    let event = |name: &String| {
        let unknown = !context.events.is_empty() && !context.events.contains(name);
        unknown.then(|| format!("There is no event of type {name}"))
    };
    match part {
        Condition::All { of } | Condition::Any { of } => {
            of.is_empty().then(|| "A group needs at least one condition".to_owned())
        }
        Condition::Not { .. } | Condition::Weekend => None,
        Condition::Happened { event: name, at_least, within_hours, .. } => {
            let window = (1..=MAX_HOURS).contains(within_hours);
            if *at_least == 0 {
                Some("Count at least one event".to_owned())
            } else if window {
                event(name)
            } else {
                Some(format!("The window is 1 to {MAX_HOURS} hours"))
            }
        }
        Condition::Abandoned { event: name, without, within_minutes } => {
            if (1..=MAX_HOURS * 60).contains(within_minutes) {
                event(name).or_else(|| event(without))
            } else {
                Some(format!("The window is 1 to {} minutes", MAX_HOURS * 60))
            }
        }
        Condition::Feature { feature, value, .. } => {
            let unknown = !context.features.is_empty() && !context.features.contains(feature);
            if unknown {
                Some(format!("There is no feature {feature}"))
            } else {
                (!value.is_finite()).then(|| format!("Compare {feature} with a number"))
            }
        }
        Condition::Segment { segment } => context
            .segment(segment)
            .is_none()
            .then(|| format!("There is no segment {segment}: segments change when they are tuned")),
        Condition::Propensity { value, .. } => (!(0.0..=1.0).contains(value))
            .then(|| "The propensity is a probability: from 0 to 1".to_owned()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use kith_model::RuleId;
    use kith_model::rules::{Action, Op};

    pub(crate) fn context() -> RuleContext {
        let texts = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        RuleContext {
            segments: BTreeMap::from([(0, "Campers".to_owned()), (1, "Runners".to_owned())]),
            features: texts(&["frequency", "recency_days"]),
            events: texts(&["view_item", "add_to_cart", "purchase", "session_start"]),
        }
    }

    pub(crate) fn rule(id: &str, when: Condition) -> Rule {
        Rule {
            id: RuleId(id.to_owned()),
            name: id.to_owned(),
            when,
            then: Action { kind: "show".into(), content: format!("{id} content") },
            priority: 10,
            cap_hours: 0,
            enabled: true,
        }
    }

    #[test]
    fn every_unknown_name_is_said() {
        let when = Condition::All {
            of: vec![
                Condition::Feature { feature: "shoe_size".into(), op: Op::Gt, value: 1.0 },
                Condition::Segment { segment: "Hikers".into() },
                Condition::Segment { segment: "1".into() },
                Condition::Abandoned {
                    event: "add_to_cart".into(),
                    without: "buy".into(),
                    within_minutes: 30,
                },
                Condition::Any { of: vec![] },
                Condition::Propensity { op: Op::Ge, value: 1.5 },
            ],
        };
        let said: Vec<String> =
            validate(&rule("r", when), &context()).into_iter().map(|b| b.message).collect();
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn a_good_rule_is_left_alone_and_unknown_sets_are_not_checked() {
        let when = Condition::Happened {
            event: "anything".into(),
            at_least: 1,
            within_hours: 24,
            same_product: false,
        };
        assert_eq!(validate(&rule("r", when), &RuleContext::default()), []);
    }

    #[test]
    fn order_is_by_priority_then_id() {
        let mut rules = vec![rule("b", Condition::Weekend), rule("a", Condition::Weekend)];
        rules.push(Rule { priority: 1, ..rule("z", Condition::Weekend) });
        let ids: Vec<&str> = in_order(&rules).iter().map(|r| r.id.0.as_str()).collect();
        assert_eq!(ids, ["z", "a", "b"]);
    }
}
