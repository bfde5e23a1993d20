//! The decision graph says what `decide` says: 120 requests with the answers a GoRules runtime
//! (zen-engine 2.1.3) gave for the graph of the snapshot beside this file. A changed graph needs
//! its answers recorded anew.

use kith_model::RuleId;
use kith_model::rules::{Action, Condition, Op, Rule};
use kith_rules::{FactEvent, Facts, decisions, starter_rules, to_jdm};
use serde_json::Value;

fn rule(id: &str, kind: &str, when: Condition) -> Rule {
    Rule {
        id: RuleId(id.to_owned()),
        name: id.to_owned(),
        when,
        then: Action { kind: kind.to_owned(), content: format!("the {id}'s \"content\"") },
        priority: 60,
        cap_hours: 0,
        enabled: true,
    }
}

/// The starter rules and one rule for each kind of condition they lack.
fn book() -> Vec<Rule> {
    let feature = |op, value| Condition::Feature { feature: "frequency".to_owned(), op, value };
    let segment = |name: &str| Condition::Segment { segment: name.to_owned() };
    let any = Condition::Any {
        of: vec![segment("Hiker's \"friends\""), segment("2"), feature(Op::Ne, 2.0)],
    };
    let not = Condition::All {
        of: vec![
            Condition::Not { of: Box::new(Condition::Weekend) },
            Condition::Not { of: Box::new(feature(Op::Lt, 2.0)) },
            Condition::Propensity { op: Op::Le, value: 0.3 },
        ],
    };
    let equal = Condition::All { of: vec![feature(Op::Eq, 5.0), feature(Op::Gt, 4.5)] };
    let quiet = Condition::Happened {
        event: "it's \"quiet\"".to_owned(),
        at_least: 1,
        within_hours: 1,
        same_product: false,
    };
    let mut rules = starter_rules();
    rules.push(rule("any", "show", any));
    rules.push(rule("not", "send", not));
    rules.push(rule("equal", "show", equal));
    let mut all = rule("quiet", "suppress", quiet);
    all.then.content = "*".to_owned();
    rules.push(all);
    rules.push(Rule { enabled: false, ..rule("off", "show", Condition::Weekend) });
    rules
}

fn facts(input: &Value) -> Facts {
    let us = |v: &Value| v.as_i64().unwrap() * 1_000_000;
    let event = |e: &Value| FactEvent {
        kind: e["type"].as_str().unwrap().to_owned(),
        at_us: us(&e["at"]),
        product_id: e["product_id"].as_str().map(str::to_owned),
    };
    Facts {
        now_us: us(&input["now"]),
        events: input["events"].as_array().unwrap().iter().map(event).collect(),
        product_id: input["product_id"].as_str().map(str::to_owned),
        features: serde_json::from_value(input["features"].clone()).unwrap(),
        segment: input["segment"].as_str().map(str::to_owned),
        segment_id: input["segment_id"].as_u64().map(|id| u32::try_from(id).unwrap()),
        propensity: input["propensity"].as_f64(),
        ..Facts::default()
    }
}

#[test]
fn the_graph() {
    insta::assert_snapshot!(serde_json::to_string(&to_jdm(&book())).unwrap());
}

#[test]
fn the_runtime_and_decide_agree() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("decision_graph_answers.json")).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for case in &cases {
        let mine: Vec<Value> = decisions(&book(), &facts(&case["input"]))
            .into_iter()
            .map(|d| Value::String(d.rule.0))
            .collect();
        assert_eq!(Value::Array(mine.clone()), case["rules"], "{}", case["input"]);
        seen.extend(mine.iter().map(|v| v.as_str().unwrap().to_owned()));
    }
    assert_eq!(cases.len(), 120);
    assert_eq!(seen.len(), 9, "every rule fires in some case: {seen:?}");
}
