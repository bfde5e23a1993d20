//! Rules as SQL over history.
//!
//! A rule with event conditions is looked at whenever such an event comes (or an abandonment
//! window closes); a rule without, at the first event of each person's day. Counts are windows
//! (`COUNT(*) OVER (... RANGE BETWEEN INTERVAL ...)`), abandonment is an interval left join:
//! the same text runs on batch and streaming engines. Features, segments and propensities are
//! those of today, not of the day replayed.

use crate::RuleError;
use crate::leaves::{EventLeaf, Found, event_leaves};
use crate::validate::{RuleContext, in_order, validate};
use kith_model::rules::{Condition, Op, Rule};
use kith_sql::{Ident, Pipeline, Step, TableName, real, text, text_list};
use std::collections::BTreeSet;
use std::fmt::Write as _;

fn firing() -> TableName {
    TableName::new("rule", "firing")
}

/// Plans `rule.firing(rule_id, profile_id, at, product_id)`: every firing of every rule that is
/// switched on and valid, caps applied. The others are named by [`crate::summarise`].
pub fn plan(rules: &[Rule], context: &RuleContext) -> Result<Pipeline, RuleError> {
    let mut ids = BTreeSet::new();
    for rule in rules {
        if !ids.insert(&rule.id) {
            return Err(RuleError::Duplicate(rule.id.0.clone()));
        }
    }
    let table = firing();
    let mut plan = Pipeline::new("rules")
        .then(Step::statement("schema rule", "CREATE SCHEMA IF NOT EXISTS \"rule\""))
        .then(Step {
            name: "rule.firing".into(),
            sql: format!(
                "CREATE OR REPLACE TABLE {table} (\n  rule_id VARCHAR, profile_id BIGINT, \
                 \"at\" TIMESTAMP, product_id VARCHAR\n)"
            ),
            output: Some(table.clone()),
            inputs: Vec::new(),
            commits: false,
        });
    for rule in in_order(rules) {
        if rule.enabled && validate(rule, context).is_empty() {
            plan = plan.then(Step {
                name: format!("replay {}", rule.id.0),
                sql: format!(
                    "INSERT INTO {table}\nSELECT {} AS rule_id, profile_id, \"at\", product_id\n\
                     FROM (\n{}\n) AS fired",
                    text(&rule.id.0),
                    rule_sql(rule, context)
                ),
                output: None,
                inputs: inputs(&rule.when),
                commits: false,
            });
        }
    }
    Ok(plan)
}

fn inputs(when: &Condition) -> Vec<TableName> {
    let needs = Needs::of(when);
    let mut tables = vec![TableName::new("feat", "visit")];
    tables.extend(needs.features.then(|| TableName::new("feat", "customer")));
    tables.extend(needs.segments.then(|| TableName::new("seg", "assignment")));
    tables.extend(needs.scores.then(|| TableName::new("pred", "score")));
    tables
}

/// The SELECT of one rule's firings: `profile_id, at, product_id`, by person and time.
pub fn rule_sql(rule: &Rule, context: &RuleContext) -> String {
    let leaves = event_leaves(&rule.when);
    let recursive = if rule.cap_hours > 0 { "RECURSIVE " } else { "" };
    let mut sql = format!(
        "WITH {recursive}moment AS (\n{}\n), hit AS (\n{}\n)",
        moments(&leaves),
        hits(rule, &leaves, context)
    );
    if rule.cap_hours > 0 {
        let hours = rule.cap_hours;
        let _ = write!(
            sql,
            ", allowed AS MATERIALIZED (\n  SELECT profile_id, \"at\", product_id,\n    \
             MIN(\"at\") OVER (\n      PARTITION BY profile_id ORDER BY \"at\"\n      \
             RANGE BETWEEN INTERVAL '{hours}' HOUR FOLLOWING AND UNBOUNDED FOLLOWING\n    \
             ) AS next_at,\n    \
             ROW_NUMBER() OVER (PARTITION BY profile_id ORDER BY \"at\") AS place\n  FROM hit\n\
             ), capped AS (\n  SELECT profile_id, \"at\", product_id, next_at FROM allowed \
             WHERE place = 1\n  UNION ALL\n  \
             SELECT a.profile_id, a.\"at\", a.product_id, a.next_at\n  FROM capped AS c\n  \
             JOIN allowed AS a ON a.profile_id = c.profile_id AND a.\"at\" = c.next_at\n)"
        );
    }
    let from = if rule.cap_hours > 0 { "capped" } else { "hit" };
    let _ = write!(
        sql,
        "\nSELECT profile_id, \"at\", product_id FROM {from}\nORDER BY profile_id, \"at\""
    );
    sql
}

/// Rows at which the rule is looked at, with what each event condition says there.
fn moments(leaves: &[Found]) -> String {
    let happened: BTreeSet<&str> = leaves
        .iter()
        .filter_map(|f| match &f.leaf {
            EventLeaf::Happened { event, .. } => Some(event.as_str()),
            EventLeaf::Abandoned { .. } => None,
        })
        .collect();
    let mut streams = Vec::new();
    let flags = |own: Option<usize>| {
        let mut columns = String::new();
        for (i, found) in leaves.iter().enumerate() {
            if matches!(found.leaf, EventLeaf::Abandoned { .. }) {
                let value = if own == Some(i) { "TRUE" } else { "FALSE" };
                let _ = write!(columns, ", {value} AS abandoned_{}", i + 1);
            }
        }
        columns
    };
    if !happened.is_empty() {
        streams.push(format!(
            "    SELECT profile_id, \"at\", product_id, type, FALSE AS opens{}\n    \
             FROM feat.visit WHERE type IN {}",
            flags(None),
            text_list(happened.iter().copied())
        ));
    }
    for (i, found) in leaves.iter().enumerate() {
        if let EventLeaf::Abandoned { event, without, within_minutes } = &found.leaf {
            streams.push(abandonments(event, without, *within_minutes, &flags(Some(i))));
        }
    }
    if !leaves.iter().any(|f| f.positive) {
        streams.push(format!(
            "    SELECT profile_id, MIN(\"at\") AS \"at\", NULL AS product_id, NULL AS type, \
             TRUE AS opens{}\n    FROM feat.visit GROUP BY profile_id, CAST(\"at\" AS DATE)",
            flags(None)
        ));
    }
    let alone = streams.len() == 1 && happened.len() == 1;
    let mut counts = String::new();
    for (i, found) in leaves.iter().enumerate() {
        if let EventLeaf::Happened { event, within_hours, same_product, .. } = &found.leaf {
            let count = if alone {
                "COUNT(*)".to_owned()
            } else {
                format!("SUM(CASE WHEN type = {} THEN 1 ELSE 0 END)", text(event))
            };
            let product = if *same_product { ", product_id" } else { "" };
            let _ = write!(
                counts,
                ",\n    {count} OVER (\n      PARTITION BY profile_id{product} ORDER BY \"at\"\n      \
                 RANGE BETWEEN INTERVAL '{within_hours}' HOUR PRECEDING AND CURRENT ROW\n    \
                 ) AS count_{}",
                i + 1
            );
        }
    }
    format!("  SELECT *{counts}\n  FROM (\n{}\n  ) AS stream", streams.join("\n    UNION ALL\n"))
}

/// Moments at which a window closed without the second event; windows still open when history
/// ends are not judged.
fn abandonments(event: &str, without: &str, minutes: u32, flags: &str) -> String {
    format!(
        "    SELECT c.profile_id, c.\"at\" + INTERVAL '{minutes}' MINUTE AS \"at\", c.product_id, \
         NULL AS type, FALSE AS opens{flags}\n    \
         FROM feat.visit AS c\n    \
         LEFT JOIN feat.visit AS p ON p.profile_id = c.profile_id AND p.type = {}\n      \
         AND p.\"at\" BETWEEN c.\"at\" AND c.\"at\" + INTERVAL '{minutes}' MINUTE\n    \
         WHERE c.type = {} AND p.profile_id IS NULL\n      \
         AND c.\"at\" + INTERVAL '{minutes}' MINUTE <= (SELECT MAX(\"at\") FROM feat.visit)",
        text(without),
        text(event)
    )
}

/// Which tables about people a condition reads.
#[derive(Default)]
struct Needs {
    features: bool,
    segments: bool,
    scores: bool,
}

impl Needs {
    fn of(when: &Condition) -> Self {
        let mut needs = Self::default();
        crate::leaves::walk(when, 0, &mut |part, _| match part {
            Condition::Feature { .. } => needs.features = true,
            Condition::Segment { .. } => needs.segments = true,
            Condition::Propensity { .. } => needs.scores = true,
            _ => {}
        });
        needs
    }
}

/// The moments at which the rule holds, one a person and time (the smallest product id names
/// it when several products hit at once).
fn hits(rule: &Rule, leaves: &[Found], context: &RuleContext) -> String {
    let needs = Needs::of(&rule.when);
    let mut joins = String::new();
    for (wanted, table, alias) in [
        (needs.features, "feat.customer", "f"),
        (needs.segments, "seg.assignment", "s"),
        (needs.scores, "pred.score", "p"),
    ] {
        if wanted {
            let _ = write!(
                joins,
                "\n  LEFT JOIN {table} AS {alias} ON {alias}.profile_id = m.profile_id"
            );
        }
    }
    let mut number = 0;
    let condition = condition_sql(&rule.when, &mut number, context);
    let triggers: Vec<String> = leaves
        .iter()
        .enumerate()
        .filter(|(_, f)| f.positive)
        .map(|(i, f)| trigger_sql(&f.leaf, i + 1))
        .collect();
    let trigger = if triggers.is_empty() { "m.opens".to_owned() } else { triggers.join(" OR ") };
    // A rule that is one event condition is its own trigger.
    let filter = if triggers.len() == 1
        && matches!(rule.when, Condition::Happened { .. } | Condition::Abandoned { .. })
    {
        trigger
    } else {
        format!("({trigger})\n    AND {condition}")
    };
    format!(
        "  SELECT m.profile_id, m.\"at\", MIN(m.product_id) AS product_id\n  \
         FROM moment AS m{joins}\n  WHERE {filter}\n  GROUP BY m.profile_id, m.\"at\""
    )
}

fn trigger_sql(leaf: &EventLeaf, number: usize) -> String {
    match leaf {
        EventLeaf::Happened { event, .. } => {
            format!("(m.type = {} AND {})", text(event), leaf_sql(leaf, number))
        }
        EventLeaf::Abandoned { .. } => leaf_sql(leaf, number),
    }
}

fn leaf_sql(leaf: &EventLeaf, number: usize) -> String {
    match leaf {
        EventLeaf::Happened { at_least, same_product, .. } => {
            let product = if *same_product { " AND m.product_id IS NOT NULL" } else { "" };
            format!("(m.count_{number} >= {at_least}{product})")
        }
        EventLeaf::Abandoned { .. } => format!("m.abandoned_{number}"),
    }
}

fn op_sql(op: Op) -> &'static str {
    match op {
        Op::Eq => "=",
        Op::Ne => "<>",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
    }
}

/// A condition that is TRUE or FALSE, never NULL: what is unknown does not hold.
fn condition_sql(condition: &Condition, number: &mut usize, context: &RuleContext) -> String {
    let mut group = |of: &[Condition], word: &str| {
        let parts: Vec<String> = of.iter().map(|c| condition_sql(c, number, context)).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Condition::All { of } => group(of, " AND "),
        Condition::Any { of } => group(of, " OR "),
        Condition::Not { of } => format!("(NOT {})", condition_sql(of, number, context)),
        Condition::Happened { .. } | Condition::Abandoned { .. } => {
            *number += 1;
            let found = event_leaves(condition);
            leaf_sql(&found[0].leaf, *number)
        }
        Condition::Feature { feature, op, value } => format!(
            "COALESCE(TRY_CAST(f.{} AS DOUBLE) {} {}, FALSE)",
            Ident::new(feature),
            op_sql(*op),
            real(*value)
        ),
        Condition::Segment { segment } => match context.segment(segment) {
            Some(id) => format!("COALESCE(s.segment = {id}, FALSE)"),
            None => "FALSE".to_owned(),
        },
        Condition::Propensity { op, value } => {
            format!("COALESCE(p.propensity {} {}, FALSE)", op_sql(*op), real(*value))
        }
        Condition::Weekend => "(EXTRACT(ISODOW FROM m.\"at\") >= 6)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::starter_rules;
    use crate::validate::tests::{context, rule};

    fn happened(event: &str, at_least: u32, same_product: bool) -> Condition {
        Condition::Happened { event: event.into(), at_least, within_hours: 24, same_product }
    }

    #[test]
    fn a_window_by_product() {
        let three = rule("three-views", happened("view_item", 3, true));
        insta::assert_snapshot!(rule_sql(&three, &context()));
    }

    #[test]
    fn an_abandoned_cart_with_a_cap() {
        let when = Condition::Abandoned {
            event: "add_to_cart".into(),
            without: "purchase".into(),
            within_minutes: 30,
        };
        let cart = Rule { cap_hours: 72, ..rule("cart", when) };
        insta::assert_snapshot!(rule_sql(&cart, &context()));
    }

    #[test]
    fn events_with_people_and_a_state() {
        let when = Condition::All {
            of: vec![
                happened("view_item", 1, false),
                Condition::Not { of: Box::new(happened("purchase", 1, false)) },
                Condition::Segment { segment: "Runners".into() },
                Condition::Any {
                    of: vec![
                        Condition::Feature { feature: "frequency".into(), op: Op::Ge, value: 3.0 },
                        Condition::Propensity { op: Op::Gt, value: 0.4 },
                    ],
                },
                Condition::Weekend,
            ],
        };
        insta::assert_snapshot!(rule_sql(&rule("mixed", when), &context()));
    }

    #[test]
    fn a_rule_without_events_is_looked_at_once_a_day() {
        let when = Condition::Segment { segment: "Campers".into() };
        insta::assert_snapshot!(rule_sql(&rule("campers", when), &context()));
    }

    #[test]
    fn the_plan_leaves_out_what_is_off_or_broken() {
        let mut rules = starter_rules();
        rules[0].enabled = false;
        rules.push(rule("lost", Condition::Segment { segment: "Nobody".into() }));
        let plan = plan(&rules, &RuleContext::default()).unwrap();
        let names: Vec<&str> = plan.steps.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names.len(), 2 + starter_rules().len() - 1);
        assert!(!names.iter().any(|n| n.contains("lost") || n.contains(&rules[0].id.0)));
    }

    #[test]
    fn two_rules_of_one_name_are_refused() {
        let twice = [rule("a", Condition::Weekend), rule("a", Condition::Weekend)];
        assert_eq!(plan(&twice, &context()).unwrap_err(), RuleError::Duplicate("a".to_owned()));
    }

    #[test]
    fn a_hostile_event_name_stays_a_literal() {
        let sql = rule_sql(&rule("x", happened("'; DROP TABLE t; --", 1, false)), &context());
        assert!(sql.contains("'''; DROP TABLE t; --'"));
    }
}
