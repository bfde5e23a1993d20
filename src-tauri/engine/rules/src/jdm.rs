//! The rule book as a GoRules JSON decision model: a graph any of its runtimes (Rust, Node,
//! Python, Go, Java) evaluates. Graph nodes only: policy documents are not understood by all.
//!
//! Input: `{ now, product_id, segment, segment_id, propensity, features: {..},
//! events: [{ type, at, product_id }] }`, times in seconds since 1970. Output:
//! `{ actions: [{ rule, kind, content, priority }] }`, best first. The graph says what
//! [`crate::decide`] says, except frequency caps, whose memory is the caller's.

use crate::decide::ABANDONED_FOR_S;
use crate::leaves::{EventLeaf, event_leaves};
use crate::validate::in_order;
use kith_model::rules::{Condition, Op, Rule};
use serde_json::{Value, json};

/// The decision graph of the rules that are switched on.
pub fn to_jdm(rules: &[Rule]) -> Value {
    let mut moments = vec![json!({
        "id": "weekend", "key": "weekend", "value": "(floor(now / 86400) + 3) % 7 >= 5"
    })];
    let mut rows = Vec::new();
    let enabled = in_order(rules).into_iter().filter(|r| r.enabled);
    for (number, rule) in (1..).zip(enabled) {
        for (leaf, found) in (1..).zip(event_leaves(&rule.when)) {
            moments.extend(leaf_expressions(&found.leaf, number, leaf));
        }
        let mut leaf = 0;
        rows.push(json!({
            "_id": format!("rule-{number}"),
            "_description": rule.name,
            "when": expression(&rule.when, number, &mut leaf),
            "rule": quoted(&rule.id.0),
            "kind": quoted(&rule.then.kind),
            "content": quoted(&rule.then.content),
            "priority": rule.priority.to_string(),
        }));
    }
    let nodes = [
        node("request", "inputNode", 0, &json!({ "schema": "" })),
        node("moments", "expressionNode", 1, &expressions(&moments, true)),
        node("rules", "decisionTableNode", 2, &table(&rows)),
        node("suppressed", "expressionNode", 3, &suppressed()),
        node("actions", "expressionNode", 4, &actions()),
        node("response", "outputNode", 5, &json!({ "schema": "" })),
    ];
    let edges: Vec<Value> = nodes
        .windows(2)
        .map(|pair| {
            let (from, to) = (&pair[0]["id"], &pair[1]["id"]);
            json!({ "id": format!("{}-{}", from.as_str().unwrap_or(""), to.as_str().unwrap_or("")),
                    "sourceId": from, "targetId": to, "type": "edge" })
        })
        .collect();
    json!({ "contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges })
}

fn node(name: &str, kind: &str, place: u32, content: &Value) -> Value {
    json!({ "id": name, "name": name, "type": kind, "content": content,
            "position": { "x": 80 + 280 * place, "y": 160 } })
}

fn expressions(list: &[Value], pass_through: bool) -> Value {
    json!({ "expressions": list, "passThrough": pass_through, "inputField": null,
            "outputPath": null, "executionMode": "single" })
}

fn table(rows: &[Value]) -> Value {
    let column = |name: &str| json!({ "id": name, "name": name, "field": name });
    json!({
        "hitPolicy": "collect", "passThrough": true, "inputField": null,
        "outputPath": "hits", "executionMode": "single",
        "inputs": [{ "id": "when", "name": "when" }],
        "outputs": [column("rule"), column("kind"), column("content"), column("priority")],
        "rules": rows,
    })
}

fn suppressed() -> Value {
    let value = "map(filter(hits ?? [], #.kind == 'suppress'), #.content)";
    expressions(&[json!({ "id": "suppressed", "key": "suppressed", "value": value })], true)
}

fn actions() -> Value {
    let value = "filter(hits ?? [], #.kind == 'suppress' \
                 or not (#.content in suppressed or '*' in suppressed))";
    expressions(&[json!({ "id": "actions", "key": "actions", "value": value })], false)
}

/// Named expressions of one event condition.
fn leaf_expressions(leaf: &EventLeaf, rule: usize, number: usize) -> Vec<Value> {
    let one = |key: String, value: String| json!({ "id": key, "key": key, "value": value });
    match leaf {
        EventLeaf::Happened { event, at_least, within_hours, same_product } => {
            let product = if *same_product { " and #.product_id == product_id" } else { "" };
            let asked = if *same_product { "product_id != null and " } else { "" };
            let value = format!(
                "{asked}count(events ?? [], #.type == {} and #.at <= now and \
                 #.at >= now - {}{product}) >= {at_least}",
                quoted(event),
                u64::from(*within_hours) * 3600
            );
            vec![one(format!("event_{rule}_{number}"), value)]
        }
        EventLeaf::Abandoned { event, without, .. } => {
            let newest = |kind: &str| {
                let list =
                    format!("filter(events ?? [], #.type == {} and #.at <= now)", quoted(kind));
                format!("len({list}) > 0 ? max(map({list}, #.at)) : null")
            };
            let (opened, closed) =
                (format!("opened_{rule}_{number}"), format!("closed_{rule}_{number}"));
            vec![one(opened, newest(event)), one(closed, newest(without))]
        }
    }
}

/// A condition that is true or false, never null. `leaf` counts event conditions.
fn expression(condition: &Condition, rule: usize, leaf: &mut usize) -> String {
    let mut group = |of: &[Condition], word: &str| {
        let parts: Vec<String> = of.iter().map(|c| expression(c, rule, leaf)).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Condition::All { of } => group(of, " and "),
        Condition::Any { of } => group(of, " or "),
        Condition::Not { of } => format!("(not {})", expression(of, rule, leaf)),
        Condition::Happened { .. } => {
            *leaf += 1;
            format!("event_{rule}_{leaf}")
        }
        Condition::Abandoned { within_minutes, .. } => {
            *leaf += 1;
            let window = i64::from(*within_minutes) * 60;
            let (opened, closed) =
                (format!("opened_{rule}_{leaf}"), format!("closed_{rule}_{leaf}"));
            format!(
                "({opened} != null and now - ({opened} ?? now) >= {window} \
                 and now - ({opened} ?? now) <= {} \
                 and ({closed} == null or ({closed} ?? 0) < ({opened} ?? 0)))",
                window + ABANDONED_FOR_S
            )
        }
        Condition::Feature { feature, op, value } => {
            compared(&format!("features[{}]", quoted(feature)), *op, *value)
        }
        Condition::Segment { segment } => match segment.parse::<u32>() {
            Ok(id) => format!("(segment == {} or segment_id == {id})", quoted(segment)),
            Err(_) => format!("(segment == {})", quoted(segment)),
        },
        Condition::Propensity { op, value } => compared("propensity", *op, *value),
        Condition::Weekend => "weekend".to_owned(),
    }
}

/// A comparison that does not hold when the value is missing.
fn compared(what: &str, op: Op, value: f64) -> String {
    let op = match op {
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
    };
    format!("({what} != null and ({what} ?? 0) {op} {value})")
}

/// A text literal. The language knows no escapes, so a text with quotes is put together from
/// pieces in other quotes.
fn quoted(text: &str) -> String {
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    let pieces: Vec<String> = text.split('\'').map(|piece| format!("'{piece}'")).collect();
    format!("({})", pieces.join(" + \"'\" + "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::starter_rules;

    #[test]
    fn the_starter_rules_as_a_graph() {
        let graph = serde_json::to_string_pretty(&to_jdm(&starter_rules())).unwrap();
        insta::assert_snapshot!(graph);
    }

    #[test]
    fn quotes_are_put_together() {
        assert_eq!(quoted("it's"), "('it' + \"'\" + 's')");
        assert_eq!(quoted("plain"), "'plain'");
    }
}
