//! Training kept: written into the project's `models/` under the hash of its content, named by the
//! document, used by later runs instead of learning; and written to a file of the user's.

use crate::error::{io_error, not_ready, split};
use crate::project::write_atomically;
use crate::session::Session;
use kith_api::{ApiError, ErrorCode};
use kith_identity::MatchModel;
use kith_model::document::Document;
use kith_model::training::FrozenTraining;
use kith_model::{Command, FileRef, Stage};
use std::path::{Path, PathBuf};

/// Keeps what the last run learned, or the model in a file; answers the number of the change.
pub(crate) fn freeze(session: &Session, from: Option<&FileRef>) -> Result<u64, ApiError> {
    let model = match from {
        Some(file) => read(Path::new(&file.0))?,
        None => learned(session)?,
    };
    model.fits(&session.document().identity).map_err(|e| refused(&e))?;
    let text = model.to_text();
    let mark = mark_of(&text);
    write_atomically(&place(session, &mark), text.as_bytes())?;
    let training = FrozenTraining { mark, records: model.records, at: String::new() };
    session.apply(Command::SetTraining { training: Some(training) })
}

/// Writes what the last run learned, or was given, to a file.
pub(crate) fn save(session: &Session, to: &FileRef) -> Result<FileRef, ApiError> {
    let path = Path::new(&to.0);
    let path = std::path::absolute(path).map_err(|e| io_error(&e, path))?;
    write_atomically(&path, learned(session)?.to_text().as_bytes())?;
    Ok(FileRef(path.to_string_lossy().into_owned()))
}

/// The training that `document` keeps, if it keeps one.
pub(crate) fn frozen(
    session: &Session,
    document: &Document,
) -> Result<Option<MatchModel>, ApiError> {
    let Some(training) = &document.training else { return Ok(None) };
    let path = place(session, &training.mark);
    let text = std::fs::read_to_string(&path).ok().filter(|t| mark_of(t) == training.mark);
    let text = text.ok_or_else(|| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        ApiError::new(ErrorCode::BadInput, "The frozen training is not in the project any more")
            .at(format!("models/{name}"))
            .hint("Put the file back as it was, thaw the training, or freeze another")
    })?;
    MatchModel::from_text(&text).map(Some).map_err(|e| refused(&e))
}

/// A model in a file.
pub(crate) fn read(path: &Path) -> Result<MatchModel, ApiError> {
    let bytes = std::fs::read(path).map_err(|e| io_error(&e, path))?;
    MatchModel::from_text(&String::from_utf8_lossy(&bytes))
        .map_err(|e| refused(&e).at(path.display().to_string()))
}

fn learned(session: &Session) -> Result<MatchModel, ApiError> {
    session.results.model(Stage::Identity)?.ok_or_else(|| not_ready(Stage::Identity))
}

fn place(session: &Session, mark: &str) -> PathBuf {
    session.folder.models().join(format!("identity-{mark}.json"))
}

fn mark_of(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_owned()
}

fn refused(error: &kith_identity::ModelError) -> ApiError {
    split(ErrorCode::BadInput, &error.to_string())
}
