//! What the report says about quality: findings, differences between loads, copies, and a profile
//! of every mapped table. Values of columns that seem to hold personal data are left out.

use super::escape;
use super::sections::table;
use crate::run::grouped;
use kith_model::quality::{
    ColumnStats, CopyRule, Finding, Outcome, QualitySummary, Severity, TableProfile,
};
use std::fmt::Write;

/// The section's tables.
pub(super) fn section(summary: &QualitySummary, profiles: &[TableProfile]) -> String {
    let mut out = findings(summary);
    out.push_str(&differences(summary));
    out.push_str(&copies(summary));
    for profile in profiles {
        out.push_str(&profile_of(profile));
    }
    out
}

fn findings(summary: &QualitySummary) -> String {
    let rows = summary.findings.iter().map(|f| {
        vec![standing(f).to_owned(), f.title.clone(), found(f), grouped(f.failing), grouped(f.rows)]
    });
    let mut out = format!("<p class=\"note\">Checked {}</p>", escape(&summary.checked_at));
    let heads = ["Verdict", "Expectation", "Found", "#Failing rows", "#Rows"];
    out.push_str(&table(&heads, rows));
    out
}

fn standing(finding: &Finding) -> &'static str {
    match (finding.outcome, finding.expectation.severity) {
        (Outcome::Holds, _) => "holds",
        (Outcome::Unchecked, _) => "not checked",
        (Outcome::Fails, Severity::Error) => "error",
        (Outcome::Fails, Severity::Warning) => "warning",
    }
}

fn found(finding: &Finding) -> String {
    finding.problem.clone().or_else(|| finding.observed.clone()).unwrap_or_default()
}

fn differences(summary: &QualitySummary) -> String {
    if summary.loads.len() < 2 {
        return String::new();
    }
    let mut out = String::from("<h3>Against the load before</h3>");
    if summary.anomalies.is_empty() {
        out.push_str("<p class=\"note\">Nothing stands out.</p>");
    }
    for anomaly in &summary.anomalies {
        let _ = write!(out, "<p>{}</p>", escape(&anomaly.message));
    }
    let rows = summary.loads.iter().map(|load| {
        let rows: u64 = load.rows.iter().map(|(_, n)| n).sum();
        let mut cells = vec![load.at.clone(), grouped(rows)];
        cells.extend(load.counts.iter().map(|n| grouped(*n)));
        cells
    });
    let heads = ["Checked", "#Rows", "#Hold", "#Errors", "#Warnings", "#Not checked"];
    out.push_str(&table(&heads, rows));
    out
}

fn copies(summary: &QualitySummary) -> String {
    let some = summary.copies.iter().filter(|c| c.copies > 0);
    let rows: Vec<_> = some
        .map(|c| {
            let rule = match c.rule {
                CopyRule::Report => "kept",
                CopyRule::KeepFirst => "left out of the mapping",
            };
            vec![c.source.0.clone(), grouped(c.copies), grouped(c.rows), rule.to_owned()]
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let heads = ["Source", "#Exact copies", "#Rows", "What becomes of them"];
    format!("<h3>Exact copies</h3>{}", table(&heads, rows))
}

fn profile_of(profile: &TableProfile) -> String {
    let mut out = format!(
        "<h3>{}</h3><p class=\"note\">{} rows, {} copies</p>",
        escape(&profile.table.title()),
        grouped(profile.rows),
        grouped(profile.duplicates)
    );
    for alert in profile.alerts.iter().filter(|alert| !personal(profile, alert.column.as_deref())) {
        let _ = write!(
            out,
            "<p class=\"note\"><b>{}</b>: {}</p>",
            alert.kind.title(),
            escape(&alert.message)
        );
    }
    let heads = ["Column", "Reads as", "#Missing", "#Distinct", "Values", "Shape", "Personal data"];
    let rows = profile.columns.iter().map(|column| {
        let missing = format!("{:.1} %", column.missing_share(profile.rows) * 100.0);
        let shape = column.pattern.as_ref().map(|(shape, _)| shape.clone());
        vec![
            column.name.clone(),
            format!("{:?}", column.kind).to_lowercase(),
            missing,
            grouped(column.distinct),
            values(column),
            shape.unwrap_or_default(),
            column.pii.map(|pii| pii.words().to_owned()).unwrap_or_default(),
        ]
    });
    out.push_str(&table(&heads, rows));
    out
}

/// The profile without any value of a column that seems to hold personal data.
pub(super) fn without_people(mut profile: TableProfile) -> TableProfile {
    let alerts = std::mem::take(&mut profile.alerts);
    profile.alerts =
        alerts.into_iter().filter(|a| !personal(&profile, a.column.as_deref())).collect();
    for column in profile.columns.iter_mut().filter(|column| column.pii.is_some()) {
        *column = ColumnStats {
            min: None,
            max: None,
            top: Vec::new(),
            dirty: Vec::new(),
            quantiles: Vec::new(),
            ..std::mem::take(column)
        };
    }
    profile
}

/// An alert about a column of personal data may quote a value.
fn personal(profile: &TableProfile, column: Option<&str>) -> bool {
    let named = |c: &&ColumnStats| Some(c.name.as_str()) == column;
    profile.columns.iter().find(named).is_some_and(|c| c.pii.is_some())
}

fn values(column: &ColumnStats) -> String {
    if column.pii.is_some() {
        return String::new();
    }
    match (&column.min, &column.max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        _ if column.distinct > 50 => String::new(),
        _ => {
            let top = column.top.iter().take(5);
            top.map(|(value, n)| format!("{value} ({})", grouped(*n)))
                .collect::<Vec<_>>()
                .join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Entity;
    use kith_model::quality::{Pii, TableId};

    #[test]
    fn values_of_people_stay_out_and_names_stay_text() {
        let column = |name: &str, pii| ColumnStats {
            name: name.to_owned(),
            distinct: 1,
            top: vec![("<ada@x.org>".to_owned(), 3)],
            pii,
            ..ColumnStats::default()
        };
        let profile = |pii| TableProfile {
            table: TableId::Canon(Entity::Profile),
            rows: 3,
            duplicates: 0,
            columns: vec![column("<b>", pii)],
            correlations: vec![],
            alerts: vec![],
        };
        let summary = QualitySummary::default();
        let open = section(&summary, &[profile(None)]);
        assert!(open.contains("&lt;b&gt;") && open.contains("&lt;ada@x.org&gt;"));
        let closed = section(&summary, &[profile(Some(Pii::Email))]);
        assert!(!closed.contains("ada") && closed.contains("e-mail address"));
    }

    #[test]
    fn figures_of_people_hold_no_value_of_theirs() {
        let value = || "ada@x.org".to_owned();
        let column = |name: &str, pii| ColumnStats {
            name: name.to_owned(),
            min: Some(value()),
            max: Some(value()),
            top: vec![(value(), 3)],
            dirty: vec![vec![value(), value()]],
            pattern: Some(("a+@a.aaa".to_owned(), 1.0)),
            pii,
            ..ColumnStats::default()
        };
        let alert = kith_model::quality::ProfileAlert {
            kind: kith_model::quality::AlertKind::Constant,
            column: Some("email".to_owned()),
            message: format!("email is {} everywhere", value()),
        };
        let profile = |pii| TableProfile {
            table: TableId::Canon(Entity::Profile),
            rows: 3,
            duplicates: 0,
            columns: vec![column("email", pii)],
            correlations: vec![],
            alerts: vec![alert.clone()],
        };
        let json = |pii| serde_json::to_string(&without_people(profile(pii))).unwrap();
        assert!(!json(Some(Pii::Email)).contains("ada"), "{}", json(Some(Pii::Email)));
        assert!(json(Some(Pii::Email)).contains("a+@a.aaa"), "its shape may be told");
        assert_eq!(json(None).matches("ada").count(), 6);
    }
}
