//! The system's own file dialogs.

use rfd::{AsyncFileDialog, FileHandle};

/// Endings offered first; every file can be chosen all the same.
const DATA: &[&str] = &[
    "csv", "tsv", "txt", "xlsx", "xlsm", "xlsb", "xls", "ods", "ndjson", "jsonl", "json",
    "parquet", "arrow", "arrows", "feather", "duckdb", "sqlite", "sqlite3", "db", "gz", "zst",
    "zip",
];

/// Opens the dialog named `ask` (see `pick_name` in `kith-web`).
pub async fn pick(ask: &str) -> Result<Vec<String>, String> {
    let dialog = AsyncFileDialog::new();
    let chosen = match ask {
        "files" => {
            let dialog = dialog
                .set_title("Add files")
                .add_filter("Data", DATA)
                .add_filter("All files", &["*"]);
            dialog.pick_files().await
        }
        "files_to_append" => {
            let dialog = dialog.set_title("Append files").add_filter("Data", DATA);
            dialog.add_filter("All files", &["*"]).pick_files().await
        }
        "project_to_open" => dialog.set_title("Open project").pick_folder().await.map(one),
        "project_to_create" => {
            let dialog = dialog.set_title("New project").set_file_name("Customers.kith");
            dialog.save_file().await.map(one)
        }
        "rejects_to_write" => {
            let dialog = dialog.set_title("Write refused rows").set_file_name("refused.csv");
            dialog.save_file().await.map(one)
        }
        "chart_picture" => {
            let dialog = dialog
                .set_title("Export picture")
                .add_filter("PNG", &["png"])
                .add_filter("SVG", &["svg"]);
            dialog.set_file_name("chart.png").save_file().await.map(one)
        }
        "chart_numbers" => {
            let dialog = dialog.set_title("Export data").add_filter("CSV", &["csv"]);
            dialog.set_file_name("chart.csv").save_file().await.map(one)
        }
        "model_to_write" => {
            let dialog = dialog.set_title("Save model").add_filter("JSON", &["json"]);
            dialog.set_file_name("match-model.json").save_file().await.map(one)
        }
        "model_to_take" => {
            let dialog = dialog.set_title("Use a model").add_filter("JSON", &["json"]);
            dialog.pick_file().await.map(one)
        }
        "rejects_to_take" => {
            let dialog = dialog.set_title("Edited refused rows").add_filter("CSV", &["csv"]);
            dialog.pick_file().await.map(one)
        }
        other => return Err(format!("There is no dialog {other}")),
    };
    let chosen = chosen.unwrap_or_default();
    let path = |handle: &FileHandle| handle.path().to_str().map(str::to_owned);
    Ok(chosen.iter().filter_map(path).collect())
}

fn one(handle: FileHandle) -> Vec<FileHandle> {
    vec![handle]
}
