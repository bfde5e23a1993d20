//! The sample shop and the list of recent projects.

use crate::engine::Engine;
use crate::error::io_error;
use crate::mappings::Known;
use crate::project::{Folder, write_atomically};
use crate::session::Session;
use crate::sources;
use kith_api::{ApiError, ErrorCode, RecentProject};
use kith_datasets::Manifest;
use kith_model::{Command, FileRef};
use std::path::{Path, PathBuf};

/// Projects kept in the list.
const RECENT: usize = 12;

/// Opens the sample project, making it when it is not there yet.
pub(crate) fn open(engine: &Engine, folder: Option<&FileRef>) -> Result<(), ApiError> {
    let data_dir = &engine.options.data_dir;
    let folder = match folder {
        Some(folder) => Folder::named(folder, true),
        None => {
            let path = data_dir.join("Northpeak sample.kith");
            Folder::named(&FileRef(path.to_string_lossy().into_owned()), true)
        }
    };
    if folder.is_project() {
        let already = engine.session().is_ok_and(|open| open.folder.path() == folder.path());
        if !already {
            let session = Session::open(folder, engine.clock(), &engine.store_options())?;
            crate::handlers::adopt(engine, session)?;
        }
        return Ok(());
    }
    let (dir, manifest) = unpack(data_dir)?;
    let command = setup(&dir, &manifest)?;
    let session = Session::create(folder, "Northpeak", engine.clock(), &engine.store_options())?;
    session.apply(command)?;
    crate::handlers::adopt(engine, session).map(|_| ())
}

/// Generates a sample shop of `people` and makes a project of it.
pub(crate) fn make(
    engine: &Engine,
    folder: &FileRef,
    people: u64,
    seed: u64,
) -> Result<(), ApiError> {
    if people == 0 {
        return Err(crate::error::usage("A sample needs at least one person"));
    }
    let folder = Folder::named(folder, true);
    let session =
        Session::create(folder.clone(), "Northpeak", engine.clock(), &engine.store_options())?;
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).map_err(|e| io_error(&e, &data))?;
    let spec = kith_datasets::SampleSpec { people, seed };
    let manifest = kith_datasets::generate(&spec, &data, &mut |_| {}).map_err(dataset_error)?;
    session.apply(setup(&data, &manifest)?)?;
    crate::handlers::adopt(engine, session).map(|_| ())
}

/// Writes the sample's files out of the program, once.
fn unpack(data_dir: &Path) -> Result<(PathBuf, Manifest), ApiError> {
    let dir = data_dir.join("samples").join(format!("northpeak-{}", env!("CARGO_PKG_VERSION")));
    std::fs::create_dir_all(&dir).map_err(|e| io_error(&e, &dir))?;
    let manifest = kith_datasets::unpack_northpeak(&dir).map_err(dataset_error)?;
    Ok((dir, manifest))
}

#[allow(clippy::needless_pass_by_value, reason = "made to be handed to map_err")]
fn dataset_error(error: kith_datasets::DatasetError) -> ApiError {
    ApiError::new(ErrorCode::Io, error.to_string())
}

/// Everything the sample project begins with, as one step of the history.
fn setup(dir: &Path, manifest: &Manifest) -> Result<Command, ApiError> {
    let file_ref = |path: PathBuf| FileRef(path.to_string_lossy().into_owned());
    let mut files: Vec<FileRef> = manifest
        .files
        .iter()
        .filter(|file| file.preset.is_some())
        .map(|file| file_ref(dir.join(&file.name)))
        .collect();
    files.sort();
    let mut commands = vec![sources::add_command(&files, &Known::built_in())?];
    let truth = dir.join("truth");
    commands.push(Command::SetTruth { truth: truth.is_dir().then(|| file_ref(truth)) });
    commands.extend(kith_rules::starter_rules().into_iter().map(|rule| Command::PutRule { rule }));
    Ok(Command::Batch { title: "Set up the sample shop".to_owned(), commands })
}

/// Projects opened lately, newest first; those that are gone are left out.
pub(crate) fn recent(data_dir: &Path) -> Vec<RecentProject> {
    let list = std::fs::read(data_dir.join("recent.json")).unwrap_or_default();
    let list: Vec<RecentProject> = serde_json::from_slice(&list).unwrap_or_default();
    list.into_iter().filter(|project| Path::new(&project.folder.0).is_dir()).collect()
}

/// Puts a project at the head of the list. The list is a convenience: failing to write it is
/// not worth an error.
pub(crate) fn remember(data_dir: &Path, session: &Session) {
    let folder = session.folder.file_ref();
    let mut list = recent(data_dir);
    list.retain(|project| project.folder != folder);
    list.insert(0, RecentProject { folder, name: session.document().name, at: session.now() });
    list.truncate(RECENT);
    if let Ok(json) = serde_json::to_vec_pretty(&list) {
        let _ = write_atomically(&data_dir.join("recent.json"), &json);
    }
}
