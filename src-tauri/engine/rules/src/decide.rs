//! Rules evaluated in process, for serving.
//!
//! Replay asks at the moment of an event; serving asks at any moment, so event conditions are
//! read as states: `happened` holds while enough events lie inside the window, `abandoned` from
//! the moment the window closed until the second event comes, for a day at most.

use crate::validate::in_order;
use kith_model::RuleId;
use kith_model::rules::{Action, Condition, Op, Rule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const HOUR_US: i64 = 3_600_000_000;
const DAY_US: i64 = 24 * HOUR_US;

/// How long after its window closed an abandonment still counts, in seconds.
pub(crate) const ABANDONED_FOR_S: i64 = 86_400;

/// An event as the caller knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactEvent {
    /// Event type, e.g. `view_item`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, microseconds since 1970-01-01 UTC.
    pub at_us: i64,
    /// The product, where one is meant.
    #[serde(default)]
    pub product_id: Option<String>,
}

/// What is known of one person at one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The moment, microseconds since 1970-01-01 UTC.
    pub now_us: i64,
    /// The person's events, in any order; those after the moment are ignored.
    pub events: Vec<FactEvent>,
    /// The product in question: conditions on the same product count its events.
    pub product_id: Option<String>,
    /// Feature values; what is missing does not hold.
    pub features: BTreeMap<String, f64>,
    /// Segment name.
    pub segment: Option<String>,
    /// Segment number.
    pub segment_id: Option<u32>,
    /// Purchase propensity.
    pub propensity: Option<f64>,
    /// When each rule last fired for the person, microseconds: frequency caps.
    pub last_fired_us: BTreeMap<RuleId, i64>,
}

/// A rule that holds and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The rule.
    pub rule: RuleId,
    /// What it does.
    pub action: Action,
}

/// The actions of [`decisions`].
pub fn decide(rules: &[Rule], facts: &Facts) -> Vec<Action> {
    decisions(rules, facts).into_iter().map(|d| d.action).collect()
}

/// Every rule that holds now, in order of priority, then id: of several actions of one kind the
/// first wins. A `suppress` takes away every `show` and `send` of its content (`*`: of all).
pub fn decisions(rules: &[Rule], facts: &Facts) -> Vec<Decision> {
    let mut hits: Vec<Decision> = in_order(rules)
        .into_iter()
        .filter(|rule| rule.enabled && !capped(rule, facts) && holds(&rule.when, facts))
        .map(|rule| Decision { rule: rule.id.clone(), action: rule.then.clone() })
        .collect();
    let suppressed: Vec<String> = hits
        .iter()
        .filter(|d| d.action.kind == "suppress")
        .map(|d| d.action.content.clone())
        .collect();
    hits.retain(|d| {
        let named = |s: &String| s == "*" || *s == d.action.content;
        d.action.kind == "suppress" || !suppressed.iter().any(named)
    });
    hits
}

fn capped(rule: &Rule, facts: &Facts) -> bool {
    let cap = i64::from(rule.cap_hours) * HOUR_US;
    facts.last_fired_us.get(&rule.id).is_some_and(|at| facts.now_us < at.saturating_add(cap))
}

fn compare(left: f64, op: Op, right: f64) -> bool {
    match op {
        Op::Eq => left == right,
        Op::Ne => left != right,
        Op::Lt => left < right,
        Op::Le => left <= right,
        Op::Gt => left > right,
        Op::Ge => left >= right,
    }
}

fn holds(condition: &Condition, facts: &Facts) -> bool {
    match condition {
        Condition::All { of } => of.iter().all(|part| holds(part, facts)),
        Condition::Any { of } => of.iter().any(|part| holds(part, facts)),
        Condition::Not { of } => !holds(of, facts),
        Condition::Happened { event, at_least, within_hours, same_product } => {
            let from = facts.now_us.saturating_sub(i64::from(*within_hours) * HOUR_US);
            let product = |e: &&FactEvent| {
                !same_product || (facts.product_id.is_some() && e.product_id == facts.product_id)
            };
            let count = past(facts, event).filter(|e| e.at_us >= from).filter(product).count();
            count >= *at_least as usize
        }
        Condition::Abandoned { event, without, within_minutes } => {
            abandoned(facts, event, without, i64::from(*within_minutes) * 60_000_000)
        }
        Condition::Feature { feature, op, value } => {
            facts.features.get(feature).is_some_and(|f| compare(*f, *op, *value))
        }
        Condition::Segment { segment } => {
            facts.segment.as_ref() == Some(segment)
                || facts.segment_id.is_some_and(|id| segment.parse() == Ok(id))
        }
        Condition::Propensity { op, value } => {
            facts.propensity.is_some_and(|p| compare(p, *op, *value))
        }
        // 1970-01-01 was a Thursday.
        Condition::Weekend => (facts.now_us.div_euclid(DAY_US) + 3).rem_euclid(7) >= 5,
    }
}

fn past<'a>(facts: &'a Facts, kind: &'a str) -> impl Iterator<Item = &'a FactEvent> {
    facts.events.iter().filter(move |e| e.kind == kind && e.at_us <= facts.now_us)
}

/// The newest `event` is at least a window old, at most a day older, and nothing followed it.
fn abandoned(facts: &Facts, event: &str, without: &str, window: i64) -> bool {
    let newest = |kind| past(facts, kind).map(|e| e.at_us).max();
    newest(event).is_some_and(|at| {
        let age = facts.now_us.saturating_sub(at);
        let followed = newest(without).is_some_and(|after| after >= at);
        age >= window && age <= window + ABANDONED_FOR_S * 1_000_000 && !followed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::starter_rules;
    use crate::validate::tests::rule;

    /// A Wednesday, 12:00 UTC.
    const NOW: i64 = 1_767_787_200_000_000;
    const MINUTE: i64 = 60_000_000;

    fn event(kind: &str, minutes_ago: i64, product: &str) -> FactEvent {
        FactEvent {
            kind: kind.into(),
            at_us: NOW - minutes_ago * MINUTE,
            product_id: Some(product.into()),
        }
    }

    fn names(facts: &Facts) -> Vec<String> {
        decisions(&starter_rules(), facts).into_iter().map(|d| d.rule.0).collect()
    }

    #[test]
    fn the_third_view_of_one_product_counts_and_other_products_do_not() {
        let views = |products: [&str; 3]| Facts {
            now_us: NOW,
            product_id: Some("tent".into()),
            events: products.iter().zip(1..).map(|(p, m)| event("view_item", m, p)).collect(),
            ..Facts::default()
        };
        assert_eq!(names(&views(["tent", "tent", "tent"])), ["three-views"]);
        assert_eq!(names(&views(["tent", "tent", "stove"])), [] as [&str; 0]);
        let mut late = views(["tent", "tent", "tent"]);
        late.now_us += 25 * HOUR_US;
        assert_eq!(names(&late), [] as [&str; 0]);
    }

    #[test]
    fn a_cart_is_abandoned_after_half_an_hour_until_a_purchase_or_for_a_day() {
        let at = |minutes_ago: i64, bought: Option<i64>| Facts {
            now_us: NOW,
            events: std::iter::once(event("add_to_cart", minutes_ago, "tent"))
                .chain(bought.map(|m| event("purchase", m, "tent")))
                .collect(),
            ..Facts::default()
        };
        assert_eq!(names(&at(29, None)), [] as [&str; 0]);
        assert_eq!(names(&at(30, None)), ["abandoned-cart"]);
        assert_eq!(names(&at(30 + 1440, None)), ["abandoned-cart"]);
        assert_eq!(names(&at(31 + 1440, None)), [] as [&str; 0]);
        // Bought afterwards: not abandoned, and reminders are suppressed as well.
        assert_eq!(names(&at(40, Some(35))), ["just-bought"]);
        // Bought before the cart: abandoned, but the reminder is suppressed.
        assert_eq!(names(&at(40, Some(50))), ["just-bought"]);
    }

    #[test]
    fn caps_hold_a_rule_back() {
        let mut facts = Facts {
            now_us: NOW,
            events: vec![event("add_to_cart", 40, "tent")],
            ..Facts::default()
        };
        facts.last_fired_us.insert(RuleId("abandoned-cart".into()), NOW - 71 * HOUR_US);
        assert_eq!(names(&facts), [] as [&str; 0]);
        facts.last_fired_us.insert(RuleId("abandoned-cart".into()), NOW - 72 * HOUR_US);
        assert_eq!(names(&facts), ["abandoned-cart"]);
    }

    #[test]
    fn the_weekend_is_saturday_and_sunday() {
        let weekend = [rule("w", Condition::Weekend)];
        let on = |days: i64| {
            !decide(&weekend, &Facts { now_us: NOW + days * DAY_US, ..Facts::default() }).is_empty()
        };
        let week: Vec<bool> = (0..7).map(on).collect();
        assert_eq!(week, [false, false, false, true, true, false, false]);
    }

    #[test]
    fn segments_by_name_and_by_number_and_what_is_unknown_does_not_hold() {
        let by = |segment: &str| [rule("s", Condition::Segment { segment: segment.into() })];
        let facts =
            Facts { segment: Some("Campers".into()), segment_id: Some(2), ..Facts::default() };
        assert_eq!(decide(&by("Campers"), &facts).len(), 1);
        assert_eq!(decide(&by("2"), &facts).len(), 1);
        assert_eq!(decide(&by("Runners"), &facts).len(), 0);
        let less = Condition::Feature { feature: "x".into(), op: Op::Lt, value: 1.0 };
        assert_eq!(decide(&[rule("f", less)], &facts).len(), 0);
    }
}
