//! What the rules would have done on history.

use crate::RuleError;
use crate::conflicts::{Meeting, conflicts};
use crate::rules_sql::rule_sql;
use crate::validate::{RuleContext, in_order, validate};
use kith_model::rules::{Rule, RuleCount, RulesSummary};
use kith_model::{Column, Frame, Texts};
use std::collections::BTreeMap;

/// `rule_id, fired, people, person_days` of each rule that fired.
pub fn counts_sql() -> String {
    "SELECT rule_id, COUNT(*) AS fired, COUNT(DISTINCT profile_id) AS people,\n  \
     COUNT(DISTINCT (profile_id, CAST(\"at\" AS DATE))) AS person_days\n\
     FROM \"rule\".\"firing\"\nGROUP BY rule_id\nORDER BY rule_id"
        .to_owned()
}

/// `rule_id, day` (`YYYY-MM-DD`)`, fired`; days without a firing are left out.
pub fn daily_sql() -> String {
    "SELECT rule_id, CAST(CAST(\"at\" AS DATE) AS VARCHAR) AS day, COUNT(*) AS fired\n\
     FROM \"rule\".\"firing\"\nGROUP BY rule_id, day\nORDER BY rule_id, day"
        .to_owned()
}

/// `a, b, people, person_days`: rules that reached the same person on the same day, `a < b`.
pub fn overlap_sql() -> String {
    "WITH reached AS (\n  SELECT DISTINCT rule_id, profile_id, CAST(\"at\" AS DATE) AS day\n  \
     FROM \"rule\".\"firing\"\n)\n\
     SELECT l.rule_id AS a, r.rule_id AS b, COUNT(DISTINCT l.profile_id) AS people,\n  \
     COUNT(*) AS person_days\nFROM reached AS l\n\
     JOIN reached AS r ON r.profile_id = l.profile_id AND r.day = l.day AND l.rule_id < r.rule_id\n\
     GROUP BY l.rule_id, r.rule_id\nORDER BY a, b"
        .to_owned()
}

/// `first_day, last_day, events` replayed: one row.
pub fn window_sql() -> String {
    "SELECT CAST(CAST(MIN(\"at\") AS DATE) AS VARCHAR) AS first_day,\n  \
     CAST(CAST(MAX(\"at\") AS DATE) AS VARCHAR) AS last_day, COUNT(*) AS events\nFROM feat.visit"
        .to_owned()
}

/// The results of the queries above.
#[derive(Debug, Clone, Copy)]
pub struct Replay<'a> {
    /// Of [`counts_sql`].
    pub counts: &'a Frame,
    /// Of [`daily_sql`].
    pub daily: &'a Frame,
    /// Of [`overlap_sql`].
    pub overlap: &'a Frame,
    /// Of [`window_sql`].
    pub window: &'a Frame,
}

fn texts<'a>(
    frame: &'a Frame,
    table: &'static str,
    name: &'static str,
) -> Result<&'a Texts, RuleError> {
    frame.column(name).and_then(Column::text).ok_or(RuleError::Column { table, name })
}

fn numbers<'a>(
    frame: &'a Frame,
    table: &'static str,
    name: &'static str,
) -> Result<impl Iterator<Item = u64> + 'a, RuleError> {
    let column =
        frame.column(name).and_then(Column::int).ok_or(RuleError::Column { table, name })?;
    Ok(column.iter().map(|v| v.and_then(|v| u64::try_from(v).ok()).unwrap_or(0)))
}

/// The stage's result: a line a rule in order of priority (rules switched off or broken fired
/// 0 times), and their conflicts.
pub fn summarise(
    rules: &[Rule],
    context: &RuleContext,
    replay: &Replay<'_>,
) -> Result<RulesSummary, RuleError> {
    let mut counts: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let mut person_days = BTreeMap::new();
    let ids = texts(replay.counts, "firings", "rule_id")?;
    let fired = numbers(replay.counts, "firings", "fired")?;
    let people = numbers(replay.counts, "firings", "people")?;
    let days = numbers(replay.counts, "firings", "person_days")?;
    for (((id, fired), people), days) in ids.iter().zip(fired).zip(people).zip(days) {
        if let Some(id) = id {
            counts.insert(id, (fired, people));
            person_days.insert(id.to_owned(), days);
        }
    }
    let mut daily: BTreeMap<&str, Vec<(String, u64)>> = BTreeMap::new();
    let ids = texts(replay.daily, "days", "rule_id")?;
    let days = texts(replay.daily, "days", "day")?;
    for ((id, day), fired) in ids.iter().zip(days).zip(numbers(replay.daily, "days", "fired")?) {
        if let (Some(id), Some(day)) = (id, day) {
            daily.entry(id).or_default().push((day.to_owned(), fired));
        }
    }
    let lines = in_order(rules).into_iter().map(|rule| {
        let (fired, people) = counts.get(rule.id.0.as_str()).copied().unwrap_or_default();
        let runs = validate(rule, context).is_empty();
        let mut daily = daily.get(rule.id.0.as_str()).cloned().unwrap_or_default();
        daily.sort();
        let sql = if runs { rule_sql(rule, context) } else { String::new() };
        RuleCount { id: rule.id.clone(), fired, people, daily, sql }
    });
    let first = texts(replay.window, "the window", "first_day")?.first().map(str::to_owned);
    let last = texts(replay.window, "the window", "last_day")?.first().map(str::to_owned);
    Ok(RulesSummary {
        rules: lines.collect(),
        window: first.zip(last),
        events: numbers(replay.window, "the window", "events")?.next().unwrap_or(0),
        conflicts: conflicts(rules, context, &person_days, &meetings(replay.overlap)?),
    })
}

fn meetings(overlap: &Frame) -> Result<BTreeMap<(String, String), Meeting>, RuleError> {
    let a = texts(overlap, "overlaps", "a")?;
    let b = texts(overlap, "overlaps", "b")?;
    let people = numbers(overlap, "overlaps", "people")?;
    let days = numbers(overlap, "overlaps", "person_days")?;
    let mut meetings = BTreeMap::new();
    for (((a, b), people), person_days) in a.iter().zip(b).zip(people).zip(days) {
        if let (Some(a), Some(b)) = (a, b) {
            meetings.insert((a.to_owned(), b.to_owned()), Meeting { people, person_days });
        }
    }
    Ok(meetings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::starter_rules;
    use crate::validate::tests::context;

    fn text(values: &[&str]) -> Column {
        Column::Text(values.iter().map(|v| Some((*v).to_owned())).collect())
    }

    fn int(values: &[i64]) -> Column {
        Column::Int(values.iter().map(|v| Some(*v)).collect())
    }

    #[test]
    fn counts_find_their_rules() {
        let counts = Frame::default()
            .with("rule_id", text(&["three-views"]))
            .with("fired", int(&[5]))
            .with("people", int(&[3]))
            .with("person_days", int(&[4]));
        let daily = Frame::default()
            .with("rule_id", text(&["three-views", "three-views"]))
            .with("day", text(&["2026-01-02", "2026-01-01"]))
            .with("fired", int(&[4, 1]));
        let overlap = Frame::default()
            .with("a", text(&[]))
            .with("b", text(&[]))
            .with("people", int(&[]))
            .with("person_days", int(&[]));
        let window = Frame::default()
            .with("first_day", text(&["2026-01-01"]))
            .with("last_day", text(&["2026-01-31"]))
            .with("events", int(&[900]));
        let replay = Replay { counts: &counts, daily: &daily, overlap: &overlap, window: &window };
        let summary = summarise(&starter_rules(), &context(), &replay).unwrap();
        assert_eq!(summary.rules.len(), 5);
        let views = summary.rules.iter().find(|r| r.id.0 == "three-views").unwrap();
        assert_eq!((views.fired, views.people), (5, 3));
        assert_eq!(views.daily[0], ("2026-01-01".to_owned(), 1));
        assert!(views.sql.contains("RANGE BETWEEN INTERVAL '24' HOUR PRECEDING"));
        assert_eq!(summary.events, 900);
        assert_eq!(summary.conflicts, []);
        let broken = Replay { counts: &daily, ..replay };
        assert_eq!(
            summarise(&starter_rules(), &context(), &broken).unwrap_err(),
            RuleError::Column { table: "firings", name: "people" }
        );
    }

    #[test]
    fn the_counting_queries() {
        insta::assert_snapshot!(
            [counts_sql(), daily_sql(), overlap_sql(), window_sql()].join("\n\n")
        );
    }
}
