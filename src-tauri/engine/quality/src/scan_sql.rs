//! Measurements put together: one scan a table, and a query of its own for what needs one.

use crate::check_sql::{Aggregates, Measure, Planned, table_name};
use kith_model::quality::TableId;
use std::collections::BTreeMap;

/// A query and the expectations it measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// `SELECT` of one row: `total`, and `looked_N`, `failing_N` (BIGINT), `value_N` (DOUBLE) and
    /// `shown_N` (VARCHAR) of the N-th member.
    pub sql: String,
    /// Positions in the list that was planned.
    pub members: Vec<usize>,
}

/// The queries that measure `planned`: those whose columns alone decide, that cannot be measured
/// or that are switched off take part in none.
pub fn queries(planned: &[Planned]) -> Vec<Query> {
    let mut scans: BTreeMap<&TableId, Vec<usize>> = BTreeMap::new();
    let mut alone = Vec::new();
    for (at, one) in planned.iter().enumerate() {
        if one.listed.expectation.off {
            continue;
        }
        match &one.measure {
            Measure::Scan(_) => scans.entry(&one.listed.expectation.table).or_default().push(at),
            Measure::Alone(_) => alone.push(at),
            Measure::Decided { .. } | Measure::Impossible(_) => {}
        }
    }
    let mut queries: Vec<_> = scans
        .into_iter()
        .map(|(table, members)| Query { sql: scan(table, planned, &members), members })
        .collect();
    for at in alone {
        queries.extend(alone_sql(planned, at));
    }
    queries
}

/// The query that measures one expectation by itself: of use when the scan of its whole table
/// fails, to find the one to blame.
pub fn alone_sql(planned: &[Planned], at: usize) -> Option<Query> {
    let one = planned.get(at)?;
    let sql = match &one.measure {
        Measure::Scan(_) => scan(&one.listed.expectation.table, planned, &[at]),
        Measure::Alone(sql) => {
            format!(
                "SELECT looked AS total, looked AS looked_0, failing AS failing_0\nFROM (\n{sql}\n)"
            )
        }
        Measure::Decided { .. } | Measure::Impossible(_) => return None,
    };
    Some(Query { sql, members: vec![at] })
}

fn scan(table: &TableId, planned: &[Planned], members: &[usize]) -> String {
    let mut columns = vec!["count(*)::BIGINT AS total".to_owned()];
    for (at, member) in members.iter().enumerate() {
        let Some(Planned { measure: Measure::Scan(scan), .. }) = planned.get(*member) else {
            continue;
        };
        columns.extend(aggregates(scan, at));
    }
    format!("SELECT {}\nFROM {}", columns.join(",\n  "), table_name(table))
}

fn aggregates(scan: &Aggregates, at: usize) -> Vec<String> {
    let looked = match scan.looked.as_str() {
        "true" => "count(*)".to_owned(),
        condition => format!("count(*) FILTER (WHERE {condition})"),
    };
    let mut columns = vec![format!("{looked}::BIGINT AS looked_{at}")];
    if let Some(bad) = &scan.bad {
        columns.push(format!("count(*) FILTER (WHERE {bad})::BIGINT AS failing_{at}"));
    }
    if let Some(aim) = &scan.aim {
        columns.push(format!("CAST({} AS DOUBLE) AS value_{at}", aim.value));
        columns.extend(aim.shown.as_ref().map(|shown| format!("{shown} AS shown_{at}")));
    }
    columns
}
