//! Export: the bundle for serving systems, written beside the old one, read back, then shown.

use super::{Ctx, Outcome, counted};
use crate::error::{export_error, io_error, store_error};
use kith_api::ApiError;
use kith_export::{BundleBuilder, Models};
use kith_model::Stage;
use kith_model::export::ExportSummary;
use std::path::Path;

pub(super) fn run(ctx: &Ctx<'_>) -> Result<Outcome, ApiError> {
    let name = format!("bundle-{}", &ctx.fingerprint[..8.min(ctx.fingerprint.len())]);
    let exports = ctx.session.folder.exports();
    let part = exports.join(format!("{name}.part"));
    let _ = std::fs::remove_dir_all(&part);
    std::fs::create_dir_all(&part).map_err(|e| io_error(&e, &part))?;
    let written = write(ctx, &part, &name);
    let summary = match written {
        Ok(summary) => summary,
        Err(error) => {
            let _ = std::fs::remove_dir_all(&part);
            return Err(error);
        }
    };
    let target = exports.join(&name);
    let _ = std::fs::remove_dir_all(&target);
    std::fs::rename(&part, &target).map_err(|e| io_error(&e, &target))?;
    outcome(&summary)
}

fn models(ctx: &Ctx<'_>) -> Result<Models, ApiError> {
    Ok(Models {
        kmeans: ctx.needed_model(Stage::Segments)?,
        logistic: ctx.needed_model(Stage::Predict)?,
        item_item: ctx.needed_model(Stage::Recommend)?,
        rules: ctx.document.rules.clone(),
    })
}

fn write(ctx: &Ctx<'_>, dir: &Path, name: &str) -> Result<ExportSummary, ApiError> {
    let store = &ctx.session.store;
    let models = models(ctx)?;
    let mut builder = BundleBuilder::new(dir, ctx.fingerprint);
    builder.write_models(&models).map_err(|e| export_error(&e))?;
    let parts = kith_export::parquet_parts(&ctx.document.export);
    let count = parts.len().max(1) as f32;
    for (at, part) in parts.iter().enumerate() {
        ctx.monitor.progress(0.6 * at as f32 / count, &format!("writing {}", part.path));
        let path = dir.join(&part.path);
        let lineage = [("kith.fingerprint".to_owned(), ctx.fingerprint.to_owned())];
        let rows =
            store.copy_parquet(&part.select, &path, &lineage, ctx.monitor).map_err(store_error)?;
        builder.add_table(part, rows).map_err(|e| export_error(&e))?;
    }
    builder
        .describe(
            &ctx.needed(Stage::Segments)?,
            &ctx.needed(Stage::Predict)?,
            &ctx.needed(Stage::Recommend)?,
        )
        .map_err(|e| export_error(&e))?;
    let results = Stage::ALL.into_iter().filter_map(|stage| {
        let result = ctx.session.results.get(stage)?;
        Some((stage.key().to_owned(), result.fingerprint, result.verdict))
    });
    let manifest =
        builder.finish(&ctx.document.name, results.collect()).map_err(|e| export_error(&e))?;
    ctx.monitor.progress(0.7, "reading the bundle back");
    let verification = crate::bundle::verify(dir, store, &parts, &models, &ctx.part(0.7, 1.0))?;
    Ok(ExportSummary {
        bundle: name.to_owned(),
        files: manifest.files,
        verification,
        fingerprint: ctx.fingerprint.to_owned(),
    })
}

fn outcome(summary: &ExportSummary) -> Result<Outcome, ApiError> {
    let bad = summary.verification.iter().filter(|v| !v.holds).count() as u64;
    let files = counted(summary.files.len() as u64, "file", "files");
    let checks = counted(summary.verification.len() as u64, "check", "checks");
    let verdict = if bad == 0 {
        format!("{files} in {}, read back: all {checks} hold", summary.bundle)
    } else {
        format!("{files} in {}, read back: {bad} of {checks} differ", summary.bundle)
    };
    Ok(Outcome::new(summary, files, verdict)?.attention(bad > 0))
}
