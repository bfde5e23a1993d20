//! `kith map`: mappings shown and accepted, a link tried, a mapping kept as a preset.

use crate::Ended;
use crate::args::Map;
use crate::output::Output;
use crate::project::document;
use crate::session::{Session, answer};
use crate::show;
use kith_api::{ApiError, ErrorCode, Request};
use kith_model::document::Document;
use kith_model::mapping::{Link, Mapping, Origin, Transform};
use kith_model::recommend::plain_event;
use kith_model::{Command, Entity, SourceId, Stage};
use serde_json::json;
use std::fmt::Write as _;

pub(crate) fn run(session: &Session, asked: &Map, out: &Output) -> Result<Ended, ApiError> {
    if !asked.weights.is_empty() {
        return weigh(session, &asked.weights, out);
    }
    if asked.remember.is_some() || asked.forget {
        return remember(session, asked, out);
    }
    let document = document(session)?;
    let source = match &asked.source {
        Some(name) => Some(named(&document, name)?),
        None => None,
    };
    if let (Some(source), Some(name)) = (&source, &asked.save_preset) {
        let request = Request::SavePreset { source: source.clone(), name: name.clone() };
        let file = answer!(session.call(request)?, Written)?;
        out.result(&json!({ "preset": file }), &format!("Preset: {}", file.0));
        return Ok(Ended::Done);
    }
    if let (Some(source), Some(link)) = (&source, &asked.preview) {
        return preview(session, &document, source, link, out);
    }
    if asked.accept {
        let commands = accepted(&document, source.as_ref(), asked.above);
        if !commands.is_empty() {
            session.apply(Command::Batch { title: "Accept mappings".to_owned(), commands })?;
        }
        session.run(Stage::Mapping)?;
    }
    show::mapping(session, out)
}

/// Turns the memory of links on or off, or empties it.
fn remember(session: &Session, asked: &Map, out: &Output) -> Result<Ended, ApiError> {
    let request = Request::Remembering { on: asked.remember, forget: asked.forget };
    let now = answer!(session.call(request)?, Remembering)?;
    let text = match now.on {
        true => format!("Accepted links are remembered ({} headers so far)", now.links),
        false => format!("Accepted links are not remembered ({} headers are kept)", now.links),
    };
    out.result(&json!(now), &text);
    Ok(Ended::Done)
}

/// Weighs event types as one step of the history.
fn weigh(session: &Session, said: &[String], out: &Output) -> Result<Ended, ApiError> {
    let mut params = document(session)?.recommend;
    for one in said {
        let wrong = || {
            ApiError::new(ErrorCode::Usage, format!("{one} is no weight of an event"))
                .hint("Write it as --weight view_item=0.2 or --weight view_item=default")
        };
        let (event, weight) = one.split_once('=').ok_or_else(wrong)?;
        let event = plain_event(event);
        if weight == "default" {
            params.event_weights.remove(&event);
        } else {
            params.event_weights.insert(event, weight.trim().parse().map_err(|_| wrong())?);
        }
    }
    let mut text = String::new();
    for (event, weight) in &params.event_weights {
        let _ = writeln!(text, "{event:<32} {weight}");
    }
    if params.event_weights.is_empty() {
        text.push_str("Events count as views and carts do\n");
    }
    let found = json!({ "event_weights": params.event_weights });
    session.apply(Command::SetRecommend { params })?;
    out.result(&found, &text);
    Ok(Ended::Done)
}

fn named(document: &Document, name: &str) -> Result<SourceId, ApiError> {
    let found = document.sources.iter().find(|s| s.id.0 == name || s.title == name);
    found.map(|s| s.id.clone()).ok_or_else(|| {
        let known: Vec<&str> = document.sources.iter().map(|s| s.id.0.as_str()).collect();
        ApiError::new(ErrorCode::Usage, format!("There is no source named {name}"))
            .hint(format!("The sources are {}", known.join(", ")))
    })
}

/// The commands that accept what waits, without suggestions below the threshold.
fn accepted(document: &Document, only: Option<&SourceId>, above: Option<f32>) -> Vec<Command> {
    let waiting = document.mappings.iter().filter(|(id, mapping)| {
        !mapping.confirmed && !mapping.entities.is_empty() && only.is_none_or(|o| o == *id)
    });
    let mut commands = Vec::new();
    for (id, mapping) in waiting {
        commands.extend(below(id, mapping, above.unwrap_or(0.0)));
        commands.push(Command::ConfirmMapping { source: id.clone(), confirmed: true });
    }
    commands
}

fn below(id: &SourceId, mapping: &Mapping, threshold: f32) -> Vec<Command> {
    let weak = |l: &&Link| l.origin == Origin::Suggested && l.confidence < threshold;
    let unlink = |entity: Entity, link: &Link| Command::UnlinkField {
        source: id.clone(),
        entity,
        field: link.field.clone(),
    };
    let parts = mapping.entities.iter();
    parts.flat_map(|e| e.links.iter().filter(weak).map(|l| unlink(e.entity, l))).collect()
}

fn preview(
    session: &Session,
    document: &Document,
    source: &SourceId,
    said: &str,
    out: &Output,
) -> Result<Ended, ApiError> {
    let wrong = || {
        ApiError::new(ErrorCode::Usage, format!("{said} names no link"))
            .hint("Write it as --preview profile.phone or --preview profile.phone=COLUMN")
    };
    let (target, column) = said.split_once('=').map_or((said, None), |(t, c)| (t, Some(c)));
    let (entity, field) = target.split_once('.').ok_or_else(wrong)?;
    let entity = Entity::ALL.into_iter().find(|e| e.key() == entity).ok_or_else(wrong)?;
    let spec = entity.field(field).ok_or_else(wrong)?;
    let drawn = document.mappings.get(source).into_iter().flat_map(|m| &m.entities);
    let mut drawn = drawn.filter(|e| e.entity == entity).flat_map(|e| &e.links);
    let link = match (column, drawn.find(|l| l.field == spec.name)) {
        (Some(column), _) => Link {
            field: spec.name.to_owned(),
            column: Some(column.to_owned()),
            transform: Transform::None,
            origin: Origin::Manual,
            confidence: 1.0,
            reason: String::new(),
        },
        (None, Some(link)) => link.clone(),
        (None, None) => return Err(wrong()),
    };
    session.run(Stage::Sources)?;
    let request = Request::PreviewLink { source: source.clone(), entity, link };
    let found = answer!(session.call(request)?, Preview)?;
    let mut text = format!(
        "{} of {} values in the first {} rows cannot be converted\n",
        found.failed, found.present, found.looked_at
    );
    for row in &found.rows {
        let after = match (&row.after, row.failed) {
            (Some(after), _) => after.as_str(),
            (None, true) => "(cannot be converted)",
            (None, false) => "(nothing)",
        };
        let _ = writeln!(text, "{:<40} {after}", row.before.as_deref().unwrap_or("(nothing)"));
    }
    out.result(&json!(found), &text);
    Ok(if found.failed > 0 { Ended::Findings } else { Ended::Done })
}
