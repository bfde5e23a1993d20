//! `cargo xtask web`: the page of the desktop app and of `kith serve`, in `ui/web/dist`.

use crate::{duckdb, paths, shell, wasm};
use anyhow::{Context as _, Result, bail};
use clap::Args;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// Arguments.
#[derive(Args)]
pub struct Options {
    /// Build even when nothing changed
    #[arg(long)]
    pub force: bool,
}

/// What the page is made of, from the root.
const INPUTS: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "assets",
    "src-tauri/engine/api",
    "src-tauri/engine/model",
    "src-tauri/xtask/src/bindgen.rs",
    "ui/Cargo.toml",
    "ui/src",
    "ui/web",
];
/// Files copied as they are: from the root, and their name beside the page.
const COPIED: &[(&str, &str)] = &[
    ("ui/web/index.html", "index.html"),
    ("ui/web/boot.js", "boot.js"),
    ("ui/web/bridge.js", "bridge.js"),
    ("ui/web/boot.css", "boot.css"),
    ("assets/icons/kith-64.png", "icon.png"),
];
const PROFILE: &str = "web";
/// Holds the fingerprint of the inputs the page was built from.
const STAMP: &str = "build.txt";

/// Runs the task.
pub fn run(options: &Options) -> Result<()> {
    let compiler = wasm::ensure()?;
    let fingerprint = fingerprint(&compiler)?;
    let dist = paths::dist();
    if !options.force && is_built(&dist, &fingerprint) {
        eprintln!("  the page is up to date");
        return Ok(());
    }
    eprintln!("  compiling with {} (the first time takes some minutes)", compiler.name());
    let mut build = shell::cargo();
    build.args(["build", "--package", "kith-web", "--profile", PROFILE]);
    compiler.prepare(&mut build);
    shell::run(&mut build).context("the page does not compile")?;
    assemble(&wasm::output(PROFILE).join("kith-web.wasm"), &dist, &fingerprint)
}

/// Whether `dist` holds a page built from these inputs.
fn is_built(dist: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(dist.join(STAMP)).is_ok_and(|stamp| stamp.trim() == fingerprint)
        && ["kith.js", "kith_bg.wasm", "index.html"].iter().all(|f| dist.join(f).is_file())
}

/// Builds beside `dist` and swaps, so that a failure leaves the old page.
fn assemble(wasm: &Path, dist: &Path, fingerprint: &str) -> Result<()> {
    let fresh = dist.with_extension("fresh");
    fs::remove_dir_all(&fresh).ok();
    fs::create_dir_all(&fresh)?;
    same_bindgen()?;
    let mut bind = shell::cargo();
    bind.args(["run", "--quiet", "--package", "kith-xtask", "--features", "bindgen"]);
    bind.args(["--bin", "kith-bindgen", "--"]).arg(wasm).arg(&fresh);
    shell::run(&mut bind).context("wasm-bindgen failed")?;
    shrink(&fresh.join("kith_bg.wasm"))?;
    for (from, to) in COPIED {
        fs::copy(paths::root().join(from), fresh.join(to))
            .with_context(|| format!("cannot copy {from}"))?;
    }
    fs::write(fresh.join(STAMP), format!("{fingerprint}\n"))?;
    fs::remove_dir_all(dist).ok();
    fs::rename(&fresh, dist).with_context(|| format!("cannot replace {}", dist.display()))?;
    let size = fs::metadata(dist.join("kith_bg.wasm"))?.len();
    #[allow(clippy::cast_precision_loss, reason = "a size for people, in megabytes")]
    let megabytes = size as f64 / 1e6;
    eprintln!("  {} holds the page, {megabytes:.1} MB", dist.display());
    Ok(())
}

/// `wasm-opt`, where a good one is: it takes a quarter off; the page works without.
fn shrink(wasm: &Path) -> Result<()> {
    let Some(tool) = optimiser() else {
        eprintln!("  no wasm-opt {OPTIMISER_FROM} or later: the page stays a quarter larger");
        return Ok(());
    };
    let smaller = wasm.with_extension("opt.wasm");
    let mut optimise = shell::command(tool);
    optimise.arg("-Os").args(FEATURES).arg(wasm).arg("-o").arg(&smaller);
    match shell::capture(&mut optimise) {
        Ok(_) => fs::rename(&smaller, wasm).context("cannot replace the page's code"),
        Err(error) => {
            fs::remove_file(&smaller).ok();
            let last = error.to_string().lines().last().unwrap_or_default().to_owned();
            eprintln!("  wasm-opt cannot shrink the page, kept as it is: {last}");
            Ok(())
        }
    }
}

/// 108 (Debian 12) exports the wrong table, and the page then fails to start.
const OPTIMISER_FROM: u32 = 117;

fn optimiser() -> Option<PathBuf> {
    let tool = shell::which("wasm-opt")?;
    let said = shell::capture(shell::command(&tool).arg("--version")).ok()?;
    let version = said.split_whitespace().find_map(|word| word.parse::<u32>().ok())?;
    (version >= OPTIMISER_FROM).then_some(tool)
}

/// What current compilers emit by default.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-multivalue",
];

/// The generator must be the library's twin.
fn same_bindgen() -> Result<()> {
    let lock = fs::read_to_string(paths::root().join("Cargo.lock"))?;
    let version = |name: &str| {
        let head = format!("name = \"{name}\"\nversion = \"");
        let start = lock.find(&head)? + head.len();
        lock[start..].split('"').next().map(str::to_owned)
    };
    let (library, generator) = (version("wasm-bindgen"), version("wasm-bindgen-cli-support"));
    if library != generator {
        bail!(
            "Cargo.lock has wasm-bindgen {} but its generator {}; run `cargo update -p \
             wasm-bindgen-cli-support --precise {}`",
            library.as_deref().unwrap_or("nowhere"),
            generator.as_deref().unwrap_or("nowhere"),
            library.as_deref().unwrap_or("VERSION")
        );
    }
    Ok(())
}

/// Hash over names and contents of everything the page is made of.
fn fingerprint(compiler: &wasm::Compiler) -> Result<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&paths::root().join(input), &mut files)?;
    }
    files.sort();
    let mut hash = Sha256::new();
    hash.update(compiler.name());
    for file in files {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(paths::root()).unwrap_or(&file).to_string_lossy().into_owned();
        hash.update(name.as_bytes());
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content);
    }
    Ok(duckdb::hex(&hash.finalize()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_path_buf());
        return Ok(());
    }
    // The page itself, tests and pictures are no input.
    let name = path.file_name().unwrap_or_default();
    if ["dist", "dist.fresh", "tests", "screenshots"].iter().any(|skipped| name == *skipped) {
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    for entry in entries {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
