//! Quality: expectations over the canonical tables.

use super::{Ctx, Outcome, counted, grouped};
use crate::error::{cancelled, store_error};
use crate::page::count;
use kith_api::ApiError;
use kith_model::quality::{Finding, QualitySummary, Severity};

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let store = &ctx.session.store;
    let expectations = kith_quality::expectations(&ctx.document.expectations);
    let as_of = ctx.document.features.as_of.as_deref();
    let total = expectations.len().max(1) as f32;
    let mut findings = Vec::with_capacity(expectations.len());
    for (at, expectation) in expectations.into_iter().enumerate() {
        if ctx.monitor.cancelled() {
            return Err(cancelled());
        }
        ctx.monitor.progress(at as f32 / total, "checking expectations");
        let plan = kith_quality::finding_sql(&expectation, as_of);
        let frame = store
            .frame(&plan.count, &ctx.part(at as f32 / total, (at + 1) as f32 / total))
            .map_err(store_error)?;
        findings.push(Finding {
            title: kith_quality::title(&expectation),
            rows: count(&frame, "rows"),
            failing: count(&frame, "failing"),
            sql: plan.failing,
            expectation,
        });
    }
    findings.sort_by(|a, b| {
        let fails = |f: &Finding| (f.failing == 0, std::cmp::Reverse(f.expectation.severity));
        fails(a)
            .cmp(&fails(b))
            .then_with(|| a.expectation.entity.cmp(&b.expectation.entity))
            .then_with(|| a.title.cmp(&b.title))
    });
    outcome(&QualitySummary { findings })
}

fn outcome(summary: &QualitySummary) -> Result<Outcome, ApiError> {
    let failing = |severity: Severity| {
        let of = |f: &&Finding| f.failing > 0 && f.expectation.severity == severity;
        summary.findings.iter().filter(of).count() as u64
    };
    let (errors, warnings) = (failing(Severity::Error), failing(Severity::Warning));
    let total = summary.findings.len() as u64;
    let verdict = if errors + warnings == 0 {
        format!("All {} hold", counted(total, "expectation", "expectations"))
    } else {
        format!(
            "{} of {} hold; {}, {}",
            grouped(total - errors - warnings),
            counted(total, "expectation", "expectations"),
            counted(errors, "error", "errors"),
            counted(warnings, "warning", "warnings"),
        )
    };
    let headline = match errors + warnings {
        0 => "all hold".to_owned(),
        findings => counted(findings, "finding", "findings"),
    };
    Ok(Outcome::new(summary, headline, verdict)?.attention(errors + warnings > 0))
}
