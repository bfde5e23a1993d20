//! How each room's errors become messages a user can act on.

use kith_api::{ApiError, ErrorCode};
use kith_model::{BrokenRule, CommandError, Stage};
use std::io::ErrorKind;
use std::path::Path;

/// The request makes no sense now.
pub(crate) fn usage(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::Usage, message)
}

/// Our fault.
pub(crate) fn internal(error: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::Internal, format!("Something went wrong inside Kith: {error}"))
}

/// The user stopped it.
pub(crate) fn cancelled() -> ApiError {
    ApiError::new(ErrorCode::Cancelled, "Stopped")
}

/// A stage lacks another's result.
pub(crate) fn not_ready(stage: Stage) -> ApiError {
    ApiError::new(ErrorCode::NotReady, format!("{} has no result yet", stage.title()))
        .hint(format!("Run {} first", stage.title().to_lowercase()))
}

/// Something is missing that the user can provide.
pub(crate) fn not_ready_with(message: &str, hint: &str) -> ApiError {
    ApiError::new(ErrorCode::NotReady, message).hint(hint)
}

/// Settings out of range.
pub(crate) fn settings_error(broken: Vec<BrokenRule>) -> ApiError {
    let messages: Vec<_> = broken.iter().map(|b| format!("{}: {}", b.setting, b.message)).collect();
    ApiError { broken, ..ApiError::new(ErrorCode::BadInput, messages.join("; ")) }
}

/// A refused command.
pub(crate) fn command_error(error: CommandError) -> ApiError {
    match error {
        CommandError::Settings(broken) => settings_error(broken),
        other => ApiError::new(ErrorCode::Usage, other.to_string()),
    }
}

/// A file or folder that cannot be used; names it by its last component.
pub(crate) fn io_error(error: &std::io::Error, path: &Path) -> ApiError {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let (code, message, hint) = match error.kind() {
        ErrorKind::NotFound => (
            ErrorCode::Io,
            "The file or folder is not there".to_owned(),
            "Check the path, or whether the drive is connected",
        ),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => (
            ErrorCode::Io,
            "The file or folder may not be written or read".to_owned(),
            "Choose a folder you may write to, or change its permissions",
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => (
            ErrorCode::DiskFull,
            "The disk is full; nothing was changed".to_owned(),
            "Free some space and try again",
        ),
        kind => (ErrorCode::Io, format!("The file cannot be used: {kind}"), "Try again"),
    };
    ApiError::new(code, message).at(name).hint(hint)
}

/// A store's error. Its messages hold no data values and already say what to do.
#[allow(clippy::needless_pass_by_value, reason = "made to be handed to map_err")]
pub(crate) fn store_error(error: kith_store::StoreError) -> ApiError {
    use kith_store::StoreError as E;
    let code = match &error {
        E::Cancelled => return cancelled(),
        E::DiskFull { .. } => ErrorCode::DiskFull,
        E::NewerFormat { .. } => ErrorCode::NewerVersion,
        E::Locked { .. } => ErrorCode::Locked,
        E::Corrupt { .. } | E::ReadOnly { .. } | E::Io { .. } => ErrorCode::Io,
        E::Sql { .. } | E::OutOfMemory { .. } => ErrorCode::Internal,
        E::NotReadOnly(_) => ErrorCode::Usage,
    };
    ApiError::new(code, error.to_string())
}

/// A store's error while a query or expression of the user's own ran: theirs to mend.
pub(crate) fn query_error(error: kith_store::StoreError) -> ApiError {
    let mut error = store_error(error);
    if error.code == ErrorCode::Internal {
        error.code = ErrorCode::BadInput;
        error = error.hint("Check the SQL: table and column names are listed by `Tables`");
    }
    error
}

/// A message that ends with its way out behind a colon, taken apart.
pub(crate) fn split(code: ErrorCode, said: &str) -> ApiError {
    match said.rsplit_once(": ") {
        Some((message, hint)) => {
            let mut hint = hint.to_owned();
            if let Some(first) = hint.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            ApiError::new(code, message).hint(hint)
        }
        None => ApiError::new(code, said),
    }
}

/// A file that cannot be read.
pub(crate) fn ingest_error(error: &kith_ingest::IngestError) -> ApiError {
    use kith_ingest::IngestError as E;
    let code = match error {
        E::Cancelled => return cancelled(),
        E::Scratch { disk_full: true, .. } => ErrorCode::DiskFull,
        E::Missing { .. } | E::Unreadable { .. } | E::Scratch { .. } => ErrorCode::Io,
        E::Profile(_) => ErrorCode::Internal,
        _ => ErrorCode::BadInput,
    };
    split(code, &error.to_string())
}

/// A mapping that cannot be run.
pub(crate) fn mapping_error(error: &kith_mapping::MappingError) -> ApiError {
    split(ErrorCode::BadInput, &error.to_string())
}

/// Identities that cannot be resolved.
pub(crate) fn identity_error(error: &kith_identity::IdentityError) -> ApiError {
    match error {
        kith_identity::IdentityError::Cancelled => cancelled(),
        kith_identity::IdentityError::TooManyPairs { .. } => {
            split(ErrorCode::BadInput, &error.to_string())
        }
        model @ kith_identity::IdentityError::Model(_) => {
            split(ErrorCode::BadInput, &model.to_string())
        }
        record @ kith_identity::IdentityError::Record { .. } => {
            split(ErrorCode::Usage, &record.to_string())
        }
        other => split(ErrorCode::Internal, &other.to_string()),
    }
}

/// Features that cannot be computed.
pub(crate) fn feature_error(error: &kith_features::FeatureError) -> ApiError {
    split(ErrorCode::BadInput, &error.to_string())
}

/// People who cannot be grouped.
pub(crate) fn segment_error(error: &kith_segments::SegmentError) -> ApiError {
    match error {
        kith_segments::SegmentError::Cancelled => cancelled(),
        other => split(ErrorCode::NotReady, &other.to_string()),
    }
}

/// A model that cannot be trained.
pub(crate) fn predict_error(error: &kith_predict::PredictError) -> ApiError {
    match error {
        kith_predict::PredictError::Cancelled => cancelled(),
        other => split(ErrorCode::NotReady, &other.to_string()),
    }
}

/// A recommender that cannot be trained.
pub(crate) fn recommend_error(error: &kith_recommend::RecommendError) -> ApiError {
    match error {
        kith_recommend::RecommendError::Cancelled => cancelled(),
        other => split(ErrorCode::NotReady, &other.to_string()),
    }
}

/// Rules that cannot be replayed.
pub(crate) fn rule_error(error: &kith_rules::RuleError) -> ApiError {
    split(ErrorCode::BadInput, &error.to_string())
}

/// A bundle that cannot be written or read.
pub(crate) fn export_error(error: &kith_export::ExportError) -> ApiError {
    use kith_export::ExportError as E;
    let code = match error {
        E::Io { kind: ErrorKind::StorageFull, .. } => ErrorCode::DiskFull,
        E::Io { .. } => ErrorCode::Io,
        E::Damaged { .. } | E::NoBundle => ErrorCode::BadInput,
        E::NewerFormat { .. } => ErrorCode::NewerVersion,
        E::Column { .. } => ErrorCode::Internal,
    };
    split(code, &error.to_string())
}

/// A bundle whose files are not what they were.
pub(crate) fn damaged_bundle(files: u64) -> ApiError {
    ApiError::new(ErrorCode::BadInput, format!("{files} files of the bundle were changed or lost"))
        .hint("Export the bundle again")
}
