//! `kith golden`: rules of survivorship, what they would change, values pinned by hand.

use crate::Ended;
use crate::args::Project;
use crate::output::Output;
use crate::people::profile_id;
use crate::project::{document, login, usage};
use crate::session::{Session, answer};
use clap::Args as ClapArgs;
use kith_api::{ApiError, Request};
use kith_model::golden::{GoldenParams, Pin, Survivor};
use kith_model::{Command, SourceId, Stage};
use serde_json::json;
use std::fmt::Write;

/// `kith golden`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "Examples:\n  kith golden shop.kith --rule phone=most_recent --preview\n  kith golden shop.kith --rule email=source_priority --sources crm,newsletter\n  kith golden shop.kith --person p0000012\n  kith golden shop.kith --pin crm/c-17 email right@example.org --why \"told us\""
)]
pub(crate) struct Golden {
    #[command(flatten)]
    pub project: Project,
    /// Set a rule: FIELD=RULE, or `all=RULE`. Rules: most_frequent, most_recent, most_sources,
    /// source_priority, longest, most_complete; `address` is one field
    #[arg(long = "rule", value_name = "FIELD=RULE")]
    pub rules: Vec<String>,
    /// Sources in the order in which they are believed; the others come after, as the project
    /// lists them
    #[arg(long, value_delimiter = ',', value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Only tell how many values the rules would change
    #[arg(long)]
    pub preview: bool,
    /// Set a value of whoever this record belongs to
    #[arg(long, num_args = 3, value_names = ["RECORD", "FIELD", "VALUE"], conflicts_with = "preview")]
    pub pin: Option<Vec<String>>,
    /// Take a pinned value back
    #[arg(long, num_args = 2, value_names = ["RECORD", "FIELD"], conflicts_with = "preview")]
    pub unpin: Option<Vec<String>>,
    /// Why, kept with the pin
    #[arg(long, default_value = "", value_name = "TEXT")]
    pub why: String,
    /// Show one person's golden values, where each came from and what lost
    #[arg(long, value_name = "ID")]
    pub person: Option<String>,
}

/// The rules asked for on top of those in force.
fn asked_rules(session: &Session, asked: &Golden) -> Result<GoldenParams, ApiError> {
    let mut params = document(session)?.golden;
    for said in &asked.rules {
        let (field, rule) = said.split_once('=').ok_or_else(|| usage("Write FIELD=RULE"))?;
        let rule = Survivor::of_key(rule).ok_or_else(|| {
            let known: Vec<_> = Survivor::ALL.iter().map(|r| r.key()).collect();
            usage(format!("There is no rule {rule}"))
                .hint(format!("Choose one of {}", known.join(", ")))
        })?;
        if field == "all" {
            params.rule = rule;
            params.fields.clear();
        } else {
            params.fields.insert(field.to_owned(), rule);
        }
    }
    if !asked.sources.is_empty() {
        params.sources = asked.sources.iter().cloned().map(SourceId).collect();
    }
    Ok(params)
}

/// Says which order decides where the rules go by one and none was given.
fn tell_order(session: &Session, params: &GoldenParams, out: &Output) -> Result<(), ApiError> {
    if params.ranks_sources() && params.sources.is_empty() {
        let order = params.order(&document(session)?);
        let order: Vec<&str> = order.iter().map(|id| id.0.as_str()).collect();
        out.step(&format!(
            "No order of sources was given: they are believed as the project lists them, {}. \
             --sources gives another",
            order.join(",")
        ));
    }
    Ok(())
}

/// Sets, previews or shows.
pub(crate) fn run(session: &Session, asked: &Golden, out: &Output) -> Result<Ended, ApiError> {
    let params = asked_rules(session, asked)?;
    if asked.preview {
        session.run(Stage::Identity)?;
        tell_order(session, &params, out)?;
        return preview(session, params, out);
    }
    if params != document(session)?.golden {
        session.apply(Command::SetGolden { params: params.clone() })?;
        tell_order(session, &params, out)?;
    }
    if let Some([record, field, value]) = asked.pin.as_deref() {
        let pin = Pin {
            record: record.clone(),
            field: field.clone(),
            value: value.clone(),
            at: String::new(),
            by: login(),
            why: asked.why.clone(),
        };
        session.apply(Command::PinValue { pin })?;
    }
    if let Some([record, field]) = asked.unpin.as_deref() {
        let (record, field) = (record.clone(), field.clone());
        session.apply(Command::UnpinValue { record, field })?;
    }
    session.run(Stage::Identity)?;
    match &asked.person {
        Some(id) => person(session, id, out),
        None => rules(session, out),
    }
}

fn preview(session: &Session, params: GoldenParams, out: &Output) -> Result<Ended, ApiError> {
    let changes = answer!(session.call(Request::PreviewGolden { params })?, GoldenChanges)?;
    let mut text = String::new();
    for c in &changes {
        let _ = writeln!(
            text,
            "{:<14} {:>9} values, {} changed, {} gained, {} lost",
            c.field, c.values, c.changed, c.gained, c.lost
        );
    }
    out.result(&json!(changes), &text);
    Ok(Ended::Done)
}

fn person(session: &Session, id: &str, out: &Output) -> Result<Ended, ApiError> {
    let profile = profile_id(id)?;
    let card = answer!(session.call(Request::Person { profile })?, Person)?;
    let mut text = format!("{profile}  {}\n", card.name);
    for value in &card.golden {
        let _ = writeln!(
            text,
            "{:<16} {}   ({}, {})",
            value.field, value.value, value.from, value.rule
        );
        for lost in &value.lost {
            let _ = writeln!(text, "{:<16}   not {}   ({})", "", lost.value, lost.from.join(", "));
        }
    }
    let answer = json!({ "profile": profile, "name": card.name, "golden": card.golden });
    out.result(&answer, &text);
    Ok(Ended::Done)
}

fn rules(session: &Session, out: &Output) -> Result<Ended, ApiError> {
    let document = document(session)?;
    let mut text = String::new();
    for field in kith_model::golden::GOLDEN_FIELDS {
        let _ = writeln!(text, "{field:<14} {}", document.golden.of(field).label());
    }
    for pin in &document.pins {
        let _ = writeln!(text, "pinned: {} of {} = {}", pin.field, pin.record, pin.value);
    }
    out.result(&json!({ "golden": document.golden, "pins": document.pins }), &text);
    Ok(Ended::Done)
}
