//! The system's own file dialogs, waited for on a thread of their own.

use crate::wire::Inbox;
use kith_model::FileRef;
use kith_ui::{Incoming, Pick};
use rfd::{AsyncFileDialog, FileHandle};
use std::thread;

/// Endings offered first; every file can be chosen all the same.
const DATA: &[&str] = &[
    "csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "ndjson", "jsonl", "json",
    "parquet", "arrow", "arrows", "feather", "duckdb", "sqlite", "sqlite3", "db", "gz", "zst",
    "zip",
];

/// Opens the dialog for `ask`; the answer arrives in `inbox`. Call it on the window's thread:
/// macOS opens dialogs nowhere else.
pub fn open(ask: Pick, inbox: Inbox) {
    let dialog = AsyncFileDialog::new();
    match ask {
        Pick::Files => {
            let dialog = dialog
                .set_title("Add files")
                .add_filter("Data", DATA)
                .add_filter("All files", &["*"]);
            wait(ask, inbox, dialog.pick_files());
        }
        Pick::FilesToAppend => {
            let dialog = dialog
                .set_title("Append files")
                .add_filter("Data", DATA)
                .add_filter("All files", &["*"]);
            wait(ask, inbox, dialog.pick_files());
        }
        Pick::ProjectToOpen => {
            let chosen = dialog.set_title("Open project").pick_folder();
            wait(ask, inbox, async { chosen.await.map(|folder| vec![folder]) });
        }
        Pick::ProjectToCreate => {
            let chosen =
                dialog.set_title("New project").set_file_name("Customers.kith").save_file();
            wait(ask, inbox, async { chosen.await.map(|folder| vec![folder]) });
        }
        Pick::RejectsToWrite => {
            let dialog = dialog.set_title("Write refused rows").set_file_name("refused.csv");
            let chosen = dialog.save_file();
            wait(ask, inbox, async { chosen.await.map(|file| vec![file]) });
        }
        Pick::ChartPicture => {
            let dialog = dialog
                .set_title("Export picture")
                .add_filter("PNG", &["png"])
                .add_filter("SVG", &["svg"]);
            let chosen = dialog.set_file_name("chart.png").save_file();
            wait(ask, inbox, async { chosen.await.map(|file| vec![file]) });
        }
        Pick::ChartNumbers => {
            let dialog = dialog.set_title("Export data").add_filter("CSV", &["csv"]);
            let chosen = dialog.set_file_name("chart.csv").save_file();
            wait(ask, inbox, async { chosen.await.map(|file| vec![file]) });
        }
        Pick::ModelToWrite => {
            let dialog = dialog.set_title("Save model").add_filter("JSON", &["json"]);
            let chosen = dialog.set_file_name("match-model.json").save_file();
            wait(ask, inbox, async { chosen.await.map(|file| vec![file]) });
        }
        Pick::ModelToTake => {
            let dialog = dialog.set_title("Use a model").add_filter("JSON", &["json"]);
            let chosen = dialog.pick_file();
            wait(ask, inbox, async { chosen.await.map(|file| vec![file]) });
        }
        Pick::RejectsToTake => {
            let dialog = dialog.set_title("Edited refused rows").add_filter("CSV", &["csv"]);
            let chosen = dialog.pick_file();
            wait(ask, inbox, async { chosen.await.map(|file| vec![file]) });
        }
    }
}

fn wait(
    ask: Pick,
    inbox: Inbox,
    chosen: impl Future<Output = Option<Vec<FileHandle>>> + Send + 'static,
) {
    let spawned = thread::Builder::new().name("kith-dialog".to_owned()).spawn(move || {
        let handles = pollster::block_on(chosen).unwrap_or_default();
        let files = handles.iter().filter_map(file_ref).collect();
        inbox.put(Incoming::Picked { ask, files });
    });
    if let Err(error) = spawned {
        log::error!("no thread for a dialog: {error}");
    }
}

fn file_ref(handle: &FileHandle) -> Option<FileRef> {
    let name = handle.path().to_str();
    if name.is_none() {
        log::warn!("a chosen file was left out: its name is not Unicode");
    }
    name.map(|name| FileRef(name.to_owned()))
}
