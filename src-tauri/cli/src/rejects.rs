//! `kith rejects`: refused rows listed, edited, exported, brought back.

use crate::Ended;
use crate::args::Rejects;
use crate::output::Output;
use crate::project::{document, usage};
use crate::session::{Session, answer, file_ref};
use kith_api::{ApiError, Request, RowsAsk, TableRef};
use kith_model::repair::Repair;
use kith_model::source::SourceSummary;
use kith_model::{Command, SourceId, Stage};
use serde_json::{Value, json};
use std::fmt::Write;

pub(crate) fn run(args: &Rejects, out: &Output) -> Result<Ended, ApiError> {
    let session = Session::open(&args.project.project)?;
    session.run(Stage::Sources)?;
    if let Some(words) = &args.edit {
        edit(&session, &chosen(&session, args)?, words)?;
    } else if let Some(line) = args.forget {
        let source = chosen(&session, args)?;
        session.apply(Command::ForgetRepair { source, line })?;
    } else if let Some(target) = &args.out {
        let ask = Request::ExportRejects { source: chosen(&session, args)?, to: file_ref(target) };
        let written = answer!(session.call(ask)?, Written)?;
        out.result(&json!({ "written": written }), &format!("Refused rows: {}", written.0));
        return Ok(Ended::Done);
    } else if let Some(file) = &args.from {
        let source = chosen(&session, args)?;
        session.call(Request::RepairFrom { source, file: file_ref(file) })?;
    } else {
        return list(&session, args, out);
    }
    session.run(Stage::Sources)?;
    list(&session, args, out)
}

/// The sources asked about.
fn sources(session: &Session, args: &Rejects) -> Result<Vec<SourceSummary>, ApiError> {
    let all = answer!(session.call(Request::Sources)?, Sources)?.unwrap_or_default().sources;
    let Some(wanted) = &args.source else { return Ok(all) };
    let names: Vec<_> = all.iter().map(|s| s.id.0.clone()).collect();
    let found: Vec<_> = all.into_iter().filter(|s| &s.id.0 == wanted).collect();
    if found.is_empty() {
        return Err(usage(format!("There is no source named {wanted}"))
            .hint(format!("The sources are {}", names.join(", "))));
    }
    Ok(found)
}

/// The one source meant.
fn chosen(session: &Session, args: &Rejects) -> Result<SourceId, ApiError> {
    let document = document(session)?;
    let all = sources(session, args)?;
    let touched = |s: &&SourceSummary| s.rejected > 0 || !document.repairs_of(&s.id).is_empty();
    let candidates: Vec<_> = match &args.source {
        Some(_) => all.iter().collect(),
        None => all.iter().filter(touched).collect(),
    };
    match candidates.as_slice() {
        [one] => Ok(one.id.clone()),
        [] => Err(usage("No row was refused")),
        many => {
            let names: Vec<_> = many.iter().map(|s| s.id.0.as_str()).collect();
            Err(usage("Several sources have refused rows")
                .hint(format!("Say --source with one of {}", names.join(", "))))
        }
    }
}

/// Line, byte, column, reason, row of refused rows.
fn rows(
    session: &Session,
    id: &SourceId,
    limit: u32,
    find: Option<String>,
) -> Result<Vec<Vec<Option<String>>>, ApiError> {
    let table = TableRef::Rejects { id: id.clone() };
    let ask = RowsAsk { find, ..RowsAsk::first(table, limit.clamp(1, 2000)) };
    kith_workbench::decode_page(&answer!(session.call(Request::Rows(ask))?, Rows)?)
}

fn edit(session: &Session, id: &SourceId, words: &[String]) -> Result<(), ApiError> {
    let [line, text] = words else { return Err(usage("Name a line and its new text")) };
    let number: u64 = line.parse().map_err(|_| usage(format!("{line} is no line number")))?;
    let refused = rows(session, id, 2000, Some(line.clone()))?;
    let here = refused.into_iter().find(|row| row[0].as_ref() == Some(line));
    let known = document(session)?.repairs_of(id).iter().find(|r| r.line == number).cloned();
    let was = here
        .and_then(|row| row[4].clone())
        .or(known.map(|repair| repair.was))
        .ok_or_else(|| usage(format!("No refused row of {id} starts on line {line}")))?;
    let check = Request::CheckRow { source: id.clone(), text: text.clone() };
    if let Some(reason) = answer!(session.call(check)?, RowCheck)?.refused {
        return Err(usage(format!("This row would be refused again: {reason}")));
    }
    let repair = Repair { line: number, was, text: text.clone() };
    session.apply(Command::RepairRow { source: id.clone(), repair })
}

fn list(session: &Session, args: &Rejects, out: &Output) -> Result<Ended, ApiError> {
    let document = document(session)?;
    let (mut text, mut values, mut refused) = (String::new(), Vec::new(), 0);
    for source in sources(session, args)? {
        let SourceSummary { id, title, rows_in, loaded, rejected, repaired, .. } = &source;
        let edits = document.repairs_of(id);
        refused += rejected;
        if *rejected == 0 && edits.is_empty() {
            continue;
        }
        let _ = writeln!(
            text,
            "{title} ({id}): rows in {rows_in} = loaded {loaded} ({repaired} edited by hand) + \
             rejected {rejected}"
        );
        let rows = rows(session, id, args.limit, None)?;
        for row in &rows {
            let cell = |at: usize| row[at].as_deref().unwrap_or("-");
            let _ = writeln!(text, "  line {:>6}  {:<12} {}", cell(0), cell(2), cell(3));
            let _ = writeln!(text, "    {}", cell(4).replace('\n', "\n    "));
        }
        let keys = ["line", "byte", "column", "reason", "row"];
        let objects: Vec<Value> = rows
            .iter()
            .map(|row| keys.iter().zip(row).map(|(k, v)| ((*k).to_owned(), json!(v))).collect())
            .collect();
        values.push(json!({
            "source": id, "rows_in": rows_in, "loaded": loaded, "rejected": rejected,
            "repaired": repaired, "rows": objects, "repairs": edits,
        }));
    }
    if text.is_empty() {
        text.push_str("No row was refused");
    }
    out.result(&json!(values), &text);
    Ok(if refused > 0 { Ended::Findings } else { Ended::Done })
}
