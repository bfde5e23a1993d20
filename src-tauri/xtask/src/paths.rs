//! Where things lie.

use std::path::{Path, PathBuf};

/// The checkout.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf()
}

/// Cargo's target folder: `CARGO_TARGET_DIR`, or where this very program was built.
pub fn target() -> PathBuf {
    if let Some(folder) = std::env::var_os("CARGO_TARGET_DIR").filter(|f| !f.is_empty()) {
        return root().join(folder);
    }
    let program = std::env::current_exe().ok();
    let folder = program.as_deref().and_then(|p| p.ancestors().nth(2));
    match folder {
        Some(folder) if folder.join("CACHEDIR.TAG").is_file() => folder.to_path_buf(),
        _ => root().join("target"),
    }
}

/// Target folder of the WASM build: another compiler must not evict the first one's work.
pub fn target_web() -> PathBuf {
    let target = target();
    target.parent().map_or_else(|| root().join("target-web"), |up| up.join("target-web"))
}

/// Private tools (a Python environment, an unpacked compiler).
pub fn tools() -> PathBuf {
    target().join("xtask-tools")
}

/// What the webview loads.
pub fn dist() -> PathBuf {
    root().join("ui/web/dist")
}

/// A binary of the workspace in `profile`'s folder (`debug` or `release`).
pub fn binary(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
