//! `kith demo`: the main job from exports to a verified bundle, without a window.

use crate::Ended;
use crate::args::{Demo, Sample};
use crate::output::Output;
use crate::project::decide;
use crate::session::{Session, answer, file_ref};
use crate::show::summary;
use kith_api::{ApiError, ErrorCode, Request};
use kith_model::Stage;
use kith_model::identity::Verdict;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Instant;

/// Doubtful pairs answered on the way.
const REVIEWED: u32 = 5;

/// `kith sample`.
pub(crate) fn sample(args: &Sample, out: &Output) -> Result<Ended, ApiError> {
    let spec = kith_datasets::SampleSpec { people: args.people, seed: args.seed };
    let refused = |path: &PathBuf| {
        let at = path.display().to_string();
        move |e: kith_datasets::DatasetError| {
            ApiError::new(ErrorCode::BadInput, e.to_string()).at(at)
        }
    };
    if let Some(file) = args.sheet.as_ref().or(args.register.as_ref()) {
        let write = if args.sheet.is_some() {
            kith_datasets::contact_sheet
        } else {
            kith_datasets::register
        };
        let records = write(&spec, file, &mut |_| {}).map_err(refused(file))?;
        let text =
            format!("{records} records of {} people written to {}", args.people, file.display());
        out.result(&json!({ "people": args.people, "records": records }), &text);
        return Ok(Ended::Done);
    }
    let manifest =
        kith_datasets::generate(&spec, &args.out, &mut |_| {}).map_err(refused(&args.out))?;
    let text = format!("{} people written to {}", args.people, args.out.display());
    out.result(&json!(manifest), &text);
    Ok(Ended::Done)
}

/// `kith demo`.
pub(crate) fn run(args: &Demo, out: &Output) -> Result<Ended, ApiError> {
    let folder = args.folder.clone().unwrap_or_else(fresh_folder);
    let session = Session::start();
    match args.people {
        None => session.call(Request::OpenSample { folder: Some(file_ref(&folder)) })?,
        Some(people) => {
            out.step(&format!("making a sample of {people} people"));
            let folder = file_ref(&folder);
            session.call(Request::MakeSample { folder, people, seed: args.seed })?
        }
    };
    // The clock starts when the files are there: making them is no part of the job.
    let started = Instant::now();
    let mut lines = Vec::new();
    for (stage, say) in STEPS {
        out.step(say);
        session.run(stage)?;
        if stage == Stage::Identity {
            lines.push(verdict(&session, stage)?);
            out.step("reviewing doubtful pairs, answered from the sample's known truth");
            let decided = review(&session)?;
            lines.push(format!("  {decided} doubtful pairs decided"));
            session.run(stage)?;
        }
        lines.push(verdict(&session, stage)?);
    }
    let seconds = started.elapsed().as_secs_f64();
    let report = answer!(session.call(Request::WriteReport)?, Written)?;
    finish(&session, out, &lines, seconds, &report.0)
}

const STEPS: [(Stage, &str); 10] = [
    (Stage::Sources, "loading the exports"),
    (Stage::Mapping, "mapping them into one schema"),
    (Stage::Quality, "checking expectations"),
    (Stage::Identity, "resolving identities"),
    (Stage::Features, "computing features"),
    (Stage::Segments, "tuning segments"),
    (Stage::Recommend, "tuning the recommender"),
    (Stage::Predict, "training the propensity model"),
    (Stage::Rules, "replaying rules on history"),
    (Stage::Export, "writing and verifying the bundle"),
];

fn fresh_folder() -> PathBuf {
    std::env::temp_dir().join(format!("kith-demo-{}.kith", std::process::id()))
}

fn verdict(session: &Session, stage: Stage) -> Result<String, ApiError> {
    let overview = session.overview()?;
    let status = overview.stages.iter().find(|s| s.stage == stage);
    Ok(status.map_or_else(String::new, |s| format!("{:<16} {}", stage.title(), s.verdict)))
}

/// Answers the most instructive pairs. The sample's truth knows who is who; a pair it does not
/// know is left unsure.
fn review(session: &Session) -> Result<usize, ApiError> {
    let pairs = answer!(session.call(Request::Review { limit: REVIEWED })?, Review)?;
    let open: Vec<_> = pairs.into_iter().filter(|p| p.verdict.is_none()).collect();
    for pair in &open {
        let same = kith_workbench::truth_says(&session.engine(), &pair.key)?;
        let verdict = match same {
            Some(true) => Verdict::Same,
            Some(false) => Verdict::Different,
            None => Verdict::Unsure,
        };
        decide(session, pair.key.clone(), verdict, "")?;
    }
    Ok(open.len())
}

fn finish(
    session: &Session,
    out: &Output,
    lines: &[String],
    seconds: f64,
    report: &str,
) -> Result<Ended, ApiError> {
    let export = answer!(session.call(Request::Export)?, Export)?.unwrap_or_default();
    let overview = session.overview()?;
    let folder = overview.folder.clone().map(|f| f.0).unwrap_or_default();
    let bundle = PathBuf::from(&folder).join("exports").join(&export.bundle);
    let mut text = lines.join("\n");
    text.push_str(&format!(
        "\n\n{seconds:.1} s from files to verified bundle\nproject  {folder}\nbundle   {}\nreport   {report}\nnext     kith serve --bundle \"{}\"",
        bundle.display(),
        bundle.display()
    ));
    let mut stages = serde_json::Map::new();
    for stage in Stage::ALL {
        stages.insert(stage.key().to_owned(), summary(session, stage)?);
    }
    let value = json!({
        "seconds": seconds,
        "project": folder,
        "bundle": bundle,
        "report": report,
        "rows_in": overview.rows_in,
        "loaded": overview.loaded,
        "rejected": overview.rejected,
        "stages": Value::Object(stages),
    });
    out.result(&value, &text);
    let holds = export.verification.iter().all(|v| v.holds);
    Ok(if holds { Ended::Done } else { Ended::Findings })
}
