//! `kith resolve`: people from records, with a training learned now or kept from before.

use crate::Ended;
use crate::args::Project;
use crate::output::Output;
use crate::project::document;
use crate::session::{Session, answer, file_ref};
use crate::show;
use crate::tools::blocking_rules;
use clap::Args as ClapArgs;
use kith_api::{ApiError, Request};
use kith_model::identity::IdentityParams;
use kith_model::{Command, Stage};
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;

/// `kith resolve`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kith resolve shop.kith\n  kith resolve shop.kith --estimate --block family_name,postcode\n  kith resolve shop.kith --freeze\n  kith resolve shop.kith --model people.json\n  kith resolve shop.kith --thaw --full --save-model people.json"
)]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub project: Project,
    /// Match probability from which pairs are linked; proposed when left out
    #[arg(long)]
    pub threshold: Option<f64>,
    /// Look at every record anew, even where only new ones would be linked; learns anew too,
    /// unless the training is frozen
    #[arg(long)]
    pub full: bool,
    /// Keep what was learned (parameters, prior, threshold) for later runs instead of learning anew
    #[arg(long, conflicts_with_all = ["thaw", "model"])]
    pub freeze: bool,
    /// Learn anew in later runs
    #[arg(long, conflicts_with = "model")]
    pub thaw: bool,
    /// Keep the training of this file, as --save-model wrote it
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,
    /// Write the model that was used
    #[arg(long, value_name = "FILE")]
    pub save_model: Option<PathBuf>,
    /// Only say what the blocking rules would make, before a pair is made (exit code 1 when one is
    /// refused)
    #[arg(long, conflicts_with_all = ["freeze", "thaw", "model", "save_model", "full", "threshold"])]
    pub estimate: bool,
    /// With --estimate: rules to try instead of the project's, e.g. --block family_name,postcode
    #[arg(long = "block", value_name = "FIELD,...", requires = "estimate")]
    pub blocks: Vec<String>,
    /// Learn from the known truth too, where the project has one
    #[arg(long, value_name = "on|off", value_parser = ["on", "off"])]
    pub learn_truth: Option<String>,
}

pub(crate) fn run(session: &Session, asked: &Resolve, out: &Output) -> Result<Ended, ApiError> {
    let before = document(session)?;
    let mut params = before.identity.clone();
    if asked.estimate {
        return estimate(session, params, &asked.blocks, out);
    }
    if let Some(threshold) = asked.threshold {
        params.threshold = Some(threshold);
        params.review_from = params.review_from.min(threshold);
    }
    if let Some(word) = &asked.learn_truth {
        params.learn_truth = word == "on";
    }
    if params != before.identity {
        session.apply(Command::SetIdentity { params })?;
    }
    if asked.thaw && before.training.is_some() {
        session.apply(Command::SetTraining { training: None })?;
    }
    if let Some(file) = &asked.model {
        session.call(Request::FreezeTraining { from: Some(file_ref(file)) })?;
    }
    if asked.full {
        session.call(Request::Relearn)?;
    }
    session.run(Stage::Identity)?;
    if asked.freeze {
        session.call(Request::FreezeTraining { from: None })?;
        session.run(Stage::Identity)?;
    }
    if let Some(file) = &asked.save_model {
        answer!(session.call(Request::SaveModel { to: file_ref(file) })?, Written)?;
    }
    show::stage(session, Stage::Identity, out)
}

fn estimate(
    session: &Session,
    mut params: IdentityParams,
    blocks: &[String],
    out: &Output,
) -> Result<Ended, ApiError> {
    if !blocks.is_empty() {
        params.rules = blocking_rules(blocks)?;
    }
    session.run(Stage::Mapping)?;
    let ask = Request::EstimateBlocking { params: Box::new(params) };
    let plan = answer!(session.call(ask)?, BlockingPlan)?;
    let mut text = format!(
        "{:<44} {:>14} {:>14} {:>14} {:>9}\n",
        "rule", "all pairs", "used", "cumulative", "largest"
    );
    let mut refused = false;
    for rule in &plan {
        let _ = writeln!(
            text,
            "{:<44} {:>14} {:>14} {:>14} {:>9}",
            rule.rule, rule.pairs, rule.kept, rule.cumulative, rule.largest_block
        );
        if rule.largest_kept.is_none() {
            refused = true;
            let instead = rule.instead.as_deref().unwrap_or("a rule of more fields");
            let _ = writeln!(text, "  refused: over the budget of pairs; better: {instead}");
        }
    }
    out.result(&json!(plan), &text);
    Ok(if refused { Ended::Findings } else { Ended::Done })
}
