//! Checks the shell's configuration and permissions; puts a page there when none is built yet.

use std::{fs, path::Path};

const COMMANDS: &[&str] = &["events", "native_window", "pick", "rpc", "start"];
const DIST: &str = "../ui/web/dist";
const PLACEHOLDER: &str = r##"<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Kith</title></head>
  <body bgcolor="#0f1217" text="#e6eaf0">
    <h1>The page is not built</h1>
    <p>Run <code>cargo xtask web</code>, then build the desktop app again.</p>
  </body>
</html>
"##;

fn main() {
    // A fresh clone has no page: compiling and linting must work all the same.
    let index = Path::new(DIST).join("index.html");
    if !index.exists() {
        println!("cargo:warning=ui/web/dist holds no page yet: run `cargo xtask web`");
        fs::create_dir_all(DIST).expect("ui/web/dist can be made");
        fs::write(&index, PLACEHOLDER).expect("ui/web/dist can be written");
    }
    // The page is embedded: a new one means a new program.
    println!("cargo:rerun-if-changed={DIST}");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("tauri.conf.json and capabilities/ fit together");
}
