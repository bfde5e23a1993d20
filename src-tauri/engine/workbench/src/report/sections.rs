//! What the report says about each stage.

use super::charts::{bars, line};
use super::escape;
use crate::run::grouped;
use crate::session::Session;
use kith_api::ApiError;
use kith_model::export::ExportSummary;
use kith_model::identity::IdentitySummary;
use kith_model::predict::PredictSummary;
use kith_model::recommend::RecommendSummary;
use kith_model::rules::RulesSummary;
use kith_model::segments::SegmentsSummary;
use kith_model::source::SourcesSummary;
use kith_model::{Quiet, Stage};
use serde::de::DeserializeOwned;
use std::fmt::Write;

/// The section's tables and charts.
pub(super) fn of(session: &Session, stage: Stage) -> Result<String, ApiError> {
    Ok(match stage {
        Stage::Sources => sources(&kept(session, stage)?),
        Stage::Quality => quality(session)?,
        Stage::Identity => identity(&kept(session, stage)?),
        Stage::Segments => segments(&kept(session, stage)?),
        Stage::Predict => predict(&kept(session, stage)?),
        Stage::Recommend => recommend(&kept(session, stage)?),
        Stage::Rules => rules(session, &kept(session, stage)?),
        Stage::Export => export(&kept(session, stage)?),
        Stage::Mapping | Stage::Features => String::new(),
    })
}

fn kept<T: DeserializeOwned + Default>(session: &Session, stage: Stage) -> Result<T, ApiError> {
    Ok(session.results.summary(stage)?.unwrap_or_default())
}

/// A table; cells of columns whose head begins with `#` are numbers, set to the right.
pub(super) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let class = |head: &str| if head.starts_with('#') { " class=\"n\"" } else { "" };
    let mut out = String::from("<table><thead><tr>");
    for head in heads {
        let _ = write!(out, "<th{}>{}</th>", class(head), escape(head.trim_start_matches('#')));
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for (head, cell) in heads.iter().zip(&row) {
            let _ = write!(out, "<td{}>{}</td>", class(head), escape(cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}

fn sources(summary: &SourcesSummary) -> String {
    let rows = summary.sources.iter().map(|s| {
        let preset = s.preset.clone().unwrap_or_else(|| "not recognised".to_owned());
        vec![s.title.clone(), preset, grouped(s.rows_in), grouped(s.loaded), grouped(s.rejected)]
    });
    table(&["File", "Recognised as", "#Rows in", "#Loaded", "#Rejected"], rows)
}

fn quality(session: &Session) -> Result<String, ApiError> {
    let profiles = crate::quality::profiles(&session.store, false, &Quiet)?;
    Ok(super::quality::section(&kept(session, Stage::Quality)?, &profiles))
}

fn identity(summary: &IdentitySummary) -> String {
    let counts: Vec<f64> = summary.histogram.iter().map(|b| (b.pairs as f64).ln_1p()).collect();
    let from = summary.histogram.first().map_or(0.0, |b| b.from);
    let to = summary.histogram.last().map_or(0.0, |b| b.to);
    let curve: Vec<_> = summary.curve.iter().map(|p| (p.threshold, p.people as f64)).collect();
    let mut out = bars("Match weight of candidate pairs (bits; log of count)", from, to, &counts);
    out.push_str(&line("People by threshold", &curve));
    let rows = summary.blocking.iter().map(|b| {
        vec![b.rule.clone(), grouped(b.pairs), grouped(b.new_pairs), grouped(b.skipped_blocks)]
    });
    out.push_str(&table(&["Blocking rule", "#Pairs", "#New pairs", "#Blocks left out"], rows));
    for note in &summary.notes {
        let _ = write!(out, "<p class=\"note\">{}</p>", escape(note));
    }
    out
}

fn segments(summary: &SegmentsSummary) -> String {
    let rows = summary.segments.iter().map(|s| {
        let mut traits: Vec<_> = s.traits.iter().collect();
        traits.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()));
        let traits: Vec<_> =
            traits.iter().take(3).map(|t| format!("{} {:+.1} sd", t.label, t.z)).collect();
        let share = format!("{:.1} %", s.share * 100.0);
        vec![s.name.clone(), grouped(s.size), share, traits.join(", ")]
    });
    let mut out = table(&["Segment", "#People", "#Share", "Stands out by"], rows);
    let elbow: Vec<_> = summary.elbow.iter().map(|p| (f64::from(p.k), p.inertia)).collect();
    let silhouette: Vec<_> = summary.elbow.iter().map(|p| (f64::from(p.k), p.silhouette)).collect();
    out.push_str(&line("Inertia by number of segments", &elbow));
    out.push_str(&line("Mean silhouette by number of segments", &silhouette));
    out
}

fn predict(summary: &PredictSummary) -> String {
    let points = |curve: &[kith_model::predict::CurvePoint]| -> Vec<(f64, f64)> {
        curve.iter().map(|p| (p.x, p.y)).collect()
    };
    let roc = format!("ROC: false against true positive rate, AUC {:.3}", summary.auc);
    let mut out = line(&roc, &points(&summary.roc));
    out.push_str(&line(
        "Gain: share contacted against share of buyers reached",
        &points(&summary.gain),
    ));
    let strongest = summary.coefficients.iter().take(8);
    let rows = strongest.map(|c| vec![c.label.clone(), format!("{:+.2}", c.weight)]);
    out.push_str(&table(&["Strongest features", "#Log-odds a standard deviation"], rows));
    out
}

fn recommend(summary: &RecommendSummary) -> String {
    let rows = summary.scores.iter().map(|s| {
        vec![
            s.model.clone(),
            format!("{:.4}", s.ndcg),
            format!("{:.4} to {:.4}", s.ndcg_interval[0], s.ndcg_interval[1]),
            format!("{:.4}", s.recall),
            format!("{:.1} %", s.hit_rate * 100.0),
            format!("{:.0} %", s.coverage * 100.0),
        ]
    });
    let heads = ["Model", "#NDCG@k", "#95 % interval", "#Recall@k", "#Hit rate", "#Coverage"];
    let mut out = table(&heads, rows);
    let _ = write!(out, "<p class=\"note\">{}</p>", escape(&summary.protocol));
    out
}

fn rules(session: &Session, summary: &RulesSummary) -> String {
    let document = session.document();
    let rows = summary.rules.iter().map(|r| {
        let name = document.rules.iter().find(|rule| rule.id == r.id).map(|rule| rule.name.clone());
        vec![name.unwrap_or_else(|| r.id.0.clone()), grouped(r.fired), grouped(r.people)]
    });
    let mut out = table(&["Rule", "#Times fired", "#People"], rows);
    for conflict in &summary.conflicts {
        let _ = write!(out, "<p class=\"note\">{}</p>", escape(&conflict.message));
    }
    out
}

fn export(summary: &ExportSummary) -> String {
    let rows = summary.verification.iter().map(|v| {
        let verdict = if v.holds { "holds" } else { "differs" };
        vec![
            v.check.clone(),
            verdict.to_owned(),
            grouped(v.rows),
            format!("{:.1e}", v.largest_difference),
        ]
    });
    let mut out =
        table(&["Read back and compared", "Verdict", "#Rows", "#Largest difference"], rows);
    let files = summary.files.iter().map(|f| {
        vec![
            f.path.clone(),
            f.about.clone(),
            f.rows.map_or_else(String::new, grouped),
            grouped(f.bytes),
        ]
    });
    out.push_str(&table(&["File", "What it is", "#Rows", "#Bytes"], files));
    out
}
