//! One-shot tools over plain files.

use crate::Ended;
use crate::args::{Cluster, Convert, MapColumns, Match, Suggest, Train};
use crate::output::Output;
use kith_api::{ApiError, ErrorCode};
use kith_model::identity::{BlockingRule, IdentityParams, MatchField, MatchScope};
use kith_model::predict::PredictParams;
use kith_model::recommend::RecommendParams;
use kith_model::segments::SegmentParams;
use kith_model::source::Evidence;
use kith_workbench::tools as engine;
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

pub(crate) fn convert(args: &Convert, out: &Output) -> Result<Ended, ApiError> {
    let report = engine::convert(&args.file, &args.out, &args.part.options())?;
    let mut text = String::new();
    for table in &report.tables {
        let (title, out) = (&table.title, table.out.display());
        let _ = writeln!(text, "{title} -> {out}");
        let (rows_in, loaded, rejected) = (table.rows_in, table.loaded, table.rejected);
        let _ = writeln!(text, "rows in {rows_in} = loaded {loaded} + rejected {rejected}");
        for Evidence { about, value, reason } in &table.evidence {
            let _ = writeln!(text, "{about:<12} {value:<16} {reason}");
        }
    }
    out.result(&json!(report), &text);
    Ok(if report.rejected > 0 { Ended::Findings } else { Ended::Done })
}

pub(crate) fn map_columns(args: &MapColumns, out: &Output) -> Result<Ended, ApiError> {
    let files: Vec<&Path> = args.files.iter().map(std::path::PathBuf::as_path).collect();
    let mapped = engine::map_columns(&files)?;
    let mut text = String::new();
    for (file, mapping) in &mapped {
        let _ = writeln!(text, "{file}");
        for part in &mapping.entities {
            for link in &part.links {
                let _ = writeln!(
                    text,
                    "  {:<34} -> {}.{:<18} {:>4.0} %  {}",
                    link.column.as_deref().unwrap_or("(expression)"),
                    part.entity.key(),
                    link.field,
                    link.confidence * 100.0,
                    link.reason
                );
            }
        }
    }
    let value: Vec<_> =
        mapped.iter().map(|(file, mapping)| json!({ "file": file, "mapping": mapping })).collect();
    out.result(&json!(value), &text);
    Ok(Ended::Done)
}

pub(crate) fn match_records(args: &Match, out: &Output) -> Result<Ended, ApiError> {
    let maps = args.maps.iter().map(|said| {
        said.split_once('=')
            .map(|(field, column)| (field.to_owned(), column.to_owned()))
            .ok_or_else(|| {
                ApiError::new(
                    ErrorCode::Usage,
                    format!("{said} does not name a field and a column"),
                )
                .hint("Write it as --map email=contact_mail")
            })
    });
    let defaults = IdentityParams::default();
    let scope = match (&args.link, args.duplicates) {
        (Some(_), false) => MatchScope::Link,
        _ => MatchScope::Both,
    };
    let review_from = defaults.review_from.min(args.threshold.unwrap_or(1.0));
    let summary = engine::match_files(&engine::MatchOptions {
        file: args.file.clone(),
        link: args.link.clone(),
        id: args.id.clone(),
        truth: args.truth.clone(),
        maps: maps.collect::<Result<_, _>>()?,
        params: IdentityParams {
            threshold: args.threshold,
            review_from,
            scope,
            learn_truth: args.learn_truth,
            max_pairs: args.max_pairs.unwrap_or(defaults.max_pairs),
            rules: blocking_rules(&args.blocks)?,
            ..defaults
        },
        model: args.model.clone(),
        save_model: args.save_model.clone(),
        out: args.out.clone(),
        pairs: args.pairs.clone(),
    })?;
    let mut text = format!(
        "{} records, {} people, threshold {:.3}\n",
        summary.records, summary.people, summary.threshold
    );
    if let Some(truth) = &summary.truth {
        let _ = writeln!(
            text,
            "precision {:.4}  recall {:.4}  F1 {:.4} ({} true pairs)",
            truth.precision, truth.recall, truth.f1, truth.true_pairs
        );
    }
    for note in &summary.notes {
        let _ = writeln!(text, "note: {note}");
    }
    out.result(&json!(summary), &text);
    Ok(Ended::Done)
}

/// The rules that `--block` names.
pub(crate) fn blocking_rules(said: &[String]) -> Result<Vec<BlockingRule>, ApiError> {
    let field = |name: &str| {
        serde_json::from_value(json!(name.trim())).map_err(|_| {
            let known: Vec<_> = MatchField::ALL.iter().map(|f| json!(f).to_string()).collect();
            ApiError::new(ErrorCode::Usage, format!("There is no field {name} to block on"))
                .hint(format!("The fields are {}", known.join(", ").replace('"', "")))
        })
    };
    let rule = |said: &String| {
        Ok(BlockingRule { fields: said.split(',').map(field).collect::<Result<_, ApiError>>()? })
    };
    said.iter().map(rule).collect()
}

pub(crate) fn cluster(args: &Cluster, out: &Output) -> Result<Ended, ApiError> {
    let summary = engine::cluster(&engine::ClusterOptions {
        file: args.file.clone(),
        params: SegmentParams {
            k: args.k,
            features: args.features.clone(),
            restarts: args.restarts,
            max_iterations: args.iterations,
            seed: args.seed,
            ..SegmentParams::default()
        },
        out: args.out.clone(),
    })?;
    let text = format!(
        "{} rows in {} clusters, inertia {:.6}, silhouette {:.4}",
        summary.people,
        summary.segments.len(),
        summary.inertia.last().copied().unwrap_or_default(),
        summary.silhouette
    );
    out.result(&json!(summary), &text);
    Ok(Ended::Done)
}

pub(crate) fn train(args: &Train, out: &Output) -> Result<Ended, ApiError> {
    let summary = engine::train(&engine::TrainOptions {
        file: args.file.clone(),
        label: args.label.clone(),
        params: PredictParams {
            features: args.features.clone(),
            l2: args.l2,
            seed: args.seed,
            ..PredictParams::default()
        },
        out: args.out.clone(),
    })?;
    let text = format!(
        "AUC {:.4} on {} rows kept aside, log loss {:.4}",
        summary.auc, summary.test, summary.log_loss
    );
    out.result(&json!(summary), &text);
    Ok(Ended::Done)
}

pub(crate) fn suggest(args: &Suggest, out: &Output) -> Result<Ended, ApiError> {
    let defaults = RecommendParams::default();
    let popularity_mix = if args.model == "popular" { 1.0 } else { defaults.popularity_mix };
    let summary = engine::suggest(&engine::SuggestOptions {
        file: args.file.clone(),
        user: args.user.clone(),
        item: args.item.clone(),
        time: args.time.clone(),
        params: RecommendParams {
            k: args.k,
            test_days: args.test_days,
            popularity_mix,
            ..defaults
        },
        out: args.out.clone(),
    })?;
    let mut text = format!("{}\n", summary.protocol);
    for score in &summary.scores {
        let _ = writeln!(
            text,
            "{:<22} NDCG@{} {:.4} [{:.4}, {:.4}]  recall {:.4}",
            score.model,
            args.k,
            score.ndcg,
            score.ndcg_interval[0],
            score.ndcg_interval[1],
            score.recall
        );
    }
    out.result(&json!(summary), &text);
    Ok(Ended::Done)
}
