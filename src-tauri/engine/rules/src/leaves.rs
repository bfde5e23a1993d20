//! The parts of a rule that speak of events.

use kith_model::rules::Condition;

/// An event condition found in a rule, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EventLeaf {
    Happened { event: String, at_least: u32, within_hours: u32, same_product: bool },
    Abandoned { event: String, without: String, within_minutes: u32 },
}

/// An event condition and whether it stands under an even number of `not`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) leaf: EventLeaf,
    pub(crate) positive: bool,
}

/// Every event condition in reading order; its place is its number in SQL and in the graph.
pub(crate) fn event_leaves(condition: &Condition) -> Vec<Found> {
    let mut found = Vec::new();
    collect(condition, true, &mut found);
    found
}

fn collect(condition: &Condition, positive: bool, found: &mut Vec<Found>) {
    match condition {
        Condition::All { of } | Condition::Any { of } => {
            of.iter().for_each(|part| collect(part, positive, found));
        }
        Condition::Not { of } => collect(of, !positive, found),
        Condition::Happened { event, at_least, within_hours, same_product } => found.push(Found {
            leaf: EventLeaf::Happened {
                event: event.clone(),
                at_least: *at_least,
                within_hours: *within_hours,
                same_product: *same_product,
            },
            positive,
        }),
        Condition::Abandoned { event, without, within_minutes } => found.push(Found {
            leaf: EventLeaf::Abandoned {
                event: event.clone(),
                without: without.clone(),
                within_minutes: *within_minutes,
            },
            positive,
        }),
        Condition::Feature { .. }
        | Condition::Segment { .. }
        | Condition::Propensity { .. }
        | Condition::Weekend => {}
    }
}

/// Every part of a condition, itself included, with its depth.
pub(crate) fn walk<'a>(
    condition: &'a Condition,
    depth: usize,
    visit: &mut dyn FnMut(&'a Condition, usize),
) {
    visit(condition, depth);
    match condition {
        Condition::All { of } | Condition::Any { of } => {
            of.iter().for_each(|part| walk(part, depth + 1, visit));
        }
        Condition::Not { of } => walk(of, depth + 1, visit),
        Condition::Happened { .. }
        | Condition::Abandoned { .. }
        | Condition::Feature { .. }
        | Condition::Segment { .. }
        | Condition::Propensity { .. }
        | Condition::Weekend => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happened(event: &str) -> Condition {
        Condition::Happened {
            event: event.into(),
            at_least: 1,
            within_hours: 1,
            same_product: false,
        }
    }

    #[test]
    fn not_turns_a_trigger_into_a_state() {
        let not = |c| Condition::Not { of: Box::new(c) };
        let all =
            Condition::All { of: vec![happened("a"), not(happened("b")), not(not(happened("c")))] };
        let signs: Vec<bool> = event_leaves(&all).iter().map(|f| f.positive).collect();
        assert_eq!(signs, [true, false, true]);
    }
}
