//! `kith review`: the queue, decisions, explanations, where the review stands, its charts.

use crate::Ended;
use crate::args::Project;
use crate::explain;
use crate::output::Output;
use crate::project::{decide, usage};
use crate::session::{Session, answer, file_ref};
use crate::show;
use clap::Args as ClapArgs;
use kith_api::{ApiError, Request};
use kith_model::chart::Chart;
use kith_model::identity::Verdict;
use kith_model::review_desk::ReviewDesk;
use kith_model::{PairKey, Stage, grouped};
use serde_json::json;
use std::fmt::Write;
use std::path::PathBuf;

/// `kith review`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kith review shop.kith --limit 20\n  kith review shop.kith --decide crm/17 shop/204 same --why \"same handwriting\"\n  kith review shop.kith --explain crm/17 shop/204\n  kith review shop.kith --standing --json\n  kith review shop.kith --chart match-weights --out weights.svg"
)]
pub(crate) struct Review {
    #[command(flatten)]
    pub project: Project,
    /// Pairs to list
    #[arg(long, default_value_t = 10)]
    pub limit: u32,
    /// Decide a pair: LEFT RIGHT same|different|unsure, names as listed
    #[arg(long, num_args = 3, value_names = ["LEFT", "RIGHT", "VERDICT"])]
    pub decide: Option<Vec<String>>,
    /// With --decide: why, in your words
    #[arg(long, requires = "decide", value_name = "TEXT")]
    pub why: Option<String>,
    /// Explain why two records are, or are not, one person; names as listed
    #[arg(long, num_args = 2, value_names = ["LEFT", "RIGHT"], conflicts_with = "decide")]
    pub explain: Option<Vec<String>>,
    /// Where the review stands: pace, what remains, agreement, quality by the answers
    #[arg(long, conflicts_with_all = ["decide", "explain"])]
    pub standing: bool,
    /// List decisions that contradict each other (exit code 1 when there are some)
    #[arg(long, conflicts_with_all = ["decide", "explain", "standing"])]
    pub conflicts: bool,
    /// Write a chart of matching, or list their names without --out
    #[arg(long, num_args = 0..=1, default_missing_value = "", value_name = "NAME",
          conflicts_with_all = ["decide", "explain", "standing"])]
    pub chart: Option<String>,
    /// With --chart: the file, .svg or .png for a picture, .csv for its numbers
    #[arg(long, requires = "chart", value_name = "FILE")]
    pub out: Option<PathBuf>,
}

pub(crate) fn run(session: &Session, asked: &Review, out: &Output) -> Result<Ended, ApiError> {
    if let Some(words) = &asked.decide {
        return decide_pair(session, words, asked.why.as_deref().unwrap_or_default(), out);
    }
    if let Some(names) = &asked.explain {
        return explain::run(session, names, out);
    }
    if asked.conflicts {
        return crate::people::conflicts(session, out);
    }
    if asked.standing {
        session.run(Stage::Identity)?;
        let desk = answer!(session.call(Request::ReviewDesk)?, ReviewDesk)?;
        out.result(&json!(desk), &standing(&desk));
        return Ok(Ended::Done);
    }
    if let Some(name) = &asked.chart {
        return chart(session, name, asked, out);
    }
    show::review(session, asked.limit, out)
}

fn decide_pair(
    session: &Session,
    words: &[String],
    why: &str,
    out: &Output,
) -> Result<Ended, ApiError> {
    let [left, right, verdict] = words else {
        return Err(usage("Name two records and a verdict"));
    };
    let verdict = match verdict.as_str() {
        "same" => Verdict::Same,
        "different" => Verdict::Different,
        "unsure" => Verdict::Unsure,
        other => {
            return Err(
                usage(format!("{other} is no verdict")).hint("Say same, different or unsure")
            );
        }
    };
    let pair = PairKey::new(left.as_str(), right.as_str());
    decide(session, pair.clone(), verdict, why)?;
    let against = answer!(session.call(Request::Contradictions)?, Contradictions)?;
    let against: Vec<_> = against.into_iter().filter(|c| c.rests_on(&pair)).collect();
    for conflict in &against {
        out.step(&format!("{}. Take one of these decisions back", conflict.sentence()));
    }
    session.run(Stage::Identity)?;
    let ended = show::stage(session, Stage::Identity, out)?;
    Ok(if against.is_empty() { ended } else { Ended::Findings })
}

/// Pairs that no question was asked about.
fn by_hand(desk: &ReviewDesk) -> String {
    match desk.by_hand {
        0 => String::new(),
        n => format!("; {} more by merges and splits, which teach nothing", grouped(n)),
    }
}

fn standing(desk: &ReviewDesk) -> String {
    let mut text = format!(
        "{} decided: {} same, {} different, {} unsure{}\n{} wait; {} of them hold nine tenths of \
         the {:.0} record pairs expected to be wrong\n",
        desk.decided(),
        desk.same,
        desk.different,
        desk.unsure,
        by_hand(desk),
        desk.waiting,
        desk.matters,
        desk.at_stake
    );
    let _ = match (desk.seconds_each, desk.seconds_left()) {
        (Some(each), Some(left)) => writeln!(
            text,
            "{each:.1} s a decision (median of {}): about {:.0} min for those that matter",
            desk.timed,
            (left / 60.0).ceil()
        ),
        _ => writeln!(text, "No pace yet: too few decisions one after the other"),
    };
    if let Some(share) = desk.model.share() {
        let of = desk.model.of;
        let _ = writeln!(text, "{:.0} % of {of} answers agree with the model", share * 100.0);
    }
    for pair in &desk.between {
        let share = pair.agreement.share().unwrap_or(1.0) * 100.0;
        let (who, of) = (pair.who.join(" and "), pair.agreement.of);
        let _ = writeln!(text, "{who} agree on {share:.0} % of {of} pairs");
    }
    for pair in &desk.disputed {
        let _ = writeln!(text, "in dispute: {}  {}", pair.left, pair.right);
    }
    text
}

fn chart(session: &Session, name: &str, asked: &Review, out: &Output) -> Result<Ended, ApiError> {
    session.run(Stage::Identity)?;
    let charts = answer!(session.call(Request::IdentityCharts)?, Charts)?;
    let names: Vec<&str> = charts.iter().map(|c| c.name.as_str()).collect();
    let Some(file) = &asked.out else {
        out.result(&json!({ "charts": charts }), &names.join("\n"));
        return Ok(Ended::Done);
    };
    let chart: &Chart = charts.iter().find(|c| c.name == name).ok_or_else(|| {
        usage(format!("There is no chart named {name}"))
            .hint(format!("Choose one of {}; quality needs a truth or answers", names.join(", ")))
    })?;
    let request = Request::WriteChart { chart: Box::new(chart.clone()), to: file_ref(file) };
    let written = answer!(session.call(request)?, Written)?;
    out.result(&json!({ "chart": name, "written": written }), &format!("Chart: {}", written.0));
    Ok(Ended::Done)
}
