//! A compiler for `wasm32-unknown-unknown`: rustup's where it can be had, Debian's otherwise.

use crate::{packages, paths, shell};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN: &[&str] = &["libstd-rust-web-dev", "rust-web-src", "rustc-web"];

/// What compiles the page.
pub enum Compiler {
    /// The active toolchain has the target installed.
    Active,
    /// Debian's `rustc-web`; it builds the standard library itself.
    Debian {
        /// Its `rustc`.
        rustc: PathBuf,
        /// Folder of its libraries when it is unpacked privately.
        libraries: Option<PathBuf>,
    },
}

impl Compiler {
    /// What it is, in words; part of the page's fingerprint.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Active => "the active toolchain",
            Self::Debian { libraries: None, .. } => "Debian's rustc-web",
            Self::Debian { .. } => "Debian's rustc-web, unpacked privately",
        }
    }

    /// Target, and how this compiler needs to be called.
    pub fn prepare(&self, cargo: &mut Command) {
        cargo.args(["--target", TARGET]).env("CARGO_TARGET_DIR", paths::target_web());
        if let Self::Debian { rustc, libraries } = self {
            cargo
                .arg("-Zbuild-std=std,panic_abort")
                .env("RUSTC", rustc)
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld");
            if let Some(folder) = libraries {
                cargo.env("LD_LIBRARY_PATH", folder);
            }
        }
    }
}

/// Folder of the build's result.
pub fn output(profile: &str) -> PathBuf {
    paths::target_web().join(TARGET).join(profile)
}

/// Finds a compiler, installing one when there is none.
pub fn ensure() -> Result<Compiler> {
    if let Some(compiler) = find()? {
        return Ok(compiler);
    }
    let rustup = add_with_rustup();
    if rustup.is_ok() && has_target()? {
        return Ok(Compiler::Active);
    }
    if !packages::is_debian() {
        return rustup.and_then(|()| {
            bail!(
                "the compiler in use has no {TARGET}; install it with `rustup target add {TARGET}`"
            )
        });
    }
    eprintln!("  rustup cannot bring the WASM target; taking Debian's rustc-web");
    if packages::missing(&["rustc"])?.is_empty() {
        // rustc-web conflicts with rustc, and that one is the user's: do not touch it.
        unpack_privately()?;
    } else {
        packages::install(DEBIAN)?;
    }
    find()?.context("rustc-web is installed but /usr/bin/rustc does not answer")
}

/// The compiler that is there already, if any.
fn find() -> Result<Option<Compiler>> {
    if has_target()? {
        return Ok(Some(Compiler::Active));
    }
    if packages::is_debian() && packages::missing(DEBIAN)?.is_empty() {
        return Ok(Some(Compiler::Debian { rustc: "/usr/bin/rustc".into(), libraries: None }));
    }
    let private = paths::tools().join("rustc-web/usr");
    let rustc = private.join("bin/rustc");
    if !rustc.is_file() {
        return Ok(None);
    }
    let libraries = private_libraries(&private)?;
    Ok(Some(Compiler::Debian { rustc, libraries: Some(libraries) }))
}

/// `usr/lib/TRIPLE`, the folder that holds the compiler's driver.
fn private_libraries(private: &Path) -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(private.join("lib"))?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    folders.sort();
    folders
        .into_iter()
        .find(|f| f.to_string_lossy().contains("-linux-gnu"))
        .with_context(|| format!("{} is incomplete: delete it and try again", private.display()))
}

fn has_target() -> Result<bool> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = shell::capture(shell::command(rustc).args(["--print", "sysroot"]))?;
    Ok(Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib").is_dir())
}

fn add_with_rustup() -> Result<()> {
    let rustup = shell::which("rustup").context("there is no rustup")?;
    shell::run(shell::command(rustup).args(["target", "add", TARGET]).stdout(std::io::stderr()))
        .with_context(|| format!("rustup could not add {TARGET}"))
}

/// Unpacks Debian's packages beside the build, for machines where Debian's `rustc` is installed.
fn unpack_privately() -> Result<()> {
    let folder = paths::tools().join("rustc-web");
    let scratch = paths::tools().join("rustc-web.incoming");
    fs::remove_dir_all(&scratch).ok();
    fs::create_dir_all(&scratch)?;
    eprintln!("  unpacking rustc-web into {}", folder.display());
    let driver = dependency("libstd-rust-web-dev", "libstd-rust-web-")?;
    let llvm = dependency(&driver, "libllvm")?;
    if !packages::missing(&[&llvm])?.is_empty() {
        packages::install(&[&llvm])?;
    }
    let mut download = Command::new("apt-get");
    download.args(["-q", "download"]).args(DEBIAN).arg(&driver).current_dir(&scratch);
    shell::run(download.stdout(std::io::stderr()))?;
    let mut archives: Vec<PathBuf> =
        fs::read_dir(&scratch)?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    archives.sort();
    for archive in archives {
        shell::run(Command::new("dpkg").arg("-x").arg(&archive).arg(&scratch))?;
        fs::remove_file(archive)?;
    }
    fs::remove_dir_all(&folder).ok();
    fs::rename(&scratch, &folder)?;
    Ok(())
}

/// The package starting with `start` that `package` depends on.
fn dependency(package: &str, start: &str) -> Result<String> {
    let text = shell::capture(Command::new("apt-cache").args(["depends", package]))?;
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .find(|name| name.starts_with(start))
        .map(str::to_owned)
        .with_context(|| format!("the package lists know no {start}* for {package}"))
}
