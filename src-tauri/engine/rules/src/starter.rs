//! Rules a shop can begin with.

use kith_model::RuleId;
use kith_model::rules::{Action, Condition, Op, Rule};

#[derive(Clone, Copy)]
struct Words {
    id: &'static str,
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

fn rule(words: Words, priority: u32, cap_hours: u32, when: Condition) -> Rule {
    Rule {
        id: RuleId(words.id.to_owned()),
        name: words.name.to_owned(),
        when,
        then: Action { kind: words.kind.to_owned(), content: words.content.to_owned() },
        priority,
        cap_hours,
        enabled: true,
    }
}

fn happened(event: &str, at_least: u32, within_hours: u32, same_product: bool) -> Condition {
    Condition::Happened { event: event.to_owned(), at_least, within_hours, same_product }
}

fn feature(feature: &str, op: Op, value: f64) -> Condition {
    Condition::Feature { feature: feature.to_owned(), op, value }
}

/// Five rules over the event types of GA4 and the built-in features, in order of priority.
pub fn starter_rules() -> Vec<Rule> {
    vec![
        rule(
            Words {
                id: "just-bought",
                name: "Leave buyers in peace for three days",
                kind: "suppress",
                content: "Cart reminder",
            },
            10,
            72,
            happened("purchase", 1, 72, false),
        ),
        rule(
            Words {
                id: "abandoned-cart",
                name: "Cart left for 30 minutes",
                kind: "send",
                content: "Cart reminder",
            },
            20,
            72,
            Condition::Abandoned {
                event: "add_to_cart".to_owned(),
                without: "purchase".to_owned(),
                within_minutes: 30,
            },
        ),
        rule(
            Words {
                id: "three-views",
                name: "Same product viewed three times in a day",
                kind: "show",
                content: "Free returns on this product",
            },
            30,
            24,
            happened("view_item", 3, 24, true),
        ),
        rule(
            Words {
                id: "welcome-back",
                name: "Good customer back after half a year",
                kind: "show",
                content: "Welcome back offer",
            },
            40,
            24 * 30,
            Condition::All {
                of: vec![
                    happened("view_item", 1, 24, false),
                    feature("recency_days", Op::Ge, 180.0),
                    feature("frequency", Op::Ge, 2.0),
                ],
            },
        ),
        rule(
            Words {
                id: "weekend-browser",
                name: "Likely buyer browsing at the weekend",
                kind: "show",
                content: "Weekend picks",
            },
            50,
            48,
            Condition::All {
                of: vec![
                    happened("view_item", 3, 24, false),
                    Condition::Weekend,
                    Condition::Propensity { op: Op::Ge, value: 0.3 },
                ],
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RuleContext, validate};

    #[test]
    fn they_are_valid_and_named_apart() {
        let rules = starter_rules();
        let ids: std::collections::BTreeSet<_> = rules.iter().map(|r| &r.id).collect();
        assert_eq!(ids.len(), 5);
        assert!(rules.iter().all(|r| validate(r, &RuleContext::default()).is_empty()));
    }
}
