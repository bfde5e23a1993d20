//! `cargo xtask setup`: everything a build, a test or the demo needs.

use crate::steps::Steps;
use crate::{duckdb, packages, wasm};
use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};

/// Arguments.
#[derive(Args)]
pub struct Options {
    /// What to set the machine up for
    #[arg(long = "for", value_enum, default_value_t = Purpose::All)]
    purpose: Purpose,
}

/// What the machine is to do.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Purpose {
    /// The command line and the engine
    Engine,
    /// The native window
    Native,
    /// The desktop app
    Desktop,
    /// Every check and test
    All,
}

impl Purpose {
    fn groups(self) -> Vec<&'static str> {
        let groups: &[&[&str]] = match self {
            Self::Engine => &[],
            Self::Native => &[packages::WINDOW],
            Self::Desktop => &[packages::WINDOW, packages::DESKTOP, packages::WEB],
            Self::All => &[packages::WINDOW, packages::DESKTOP, packages::WEB, packages::TESTS],
        };
        groups.concat()
    }
}

/// Runs the task.
pub fn run(options: &Options) -> Result<()> {
    let mut steps = Steps::new(3);
    steps.step("system packages", || system(options.purpose))?;
    steps.step("DuckDB library", library)?;
    if matches!(options.purpose, Purpose::Desktop | Purpose::All) {
        steps.step("WASM compiler", compiler)?;
    } else {
        steps.skip("WASM compiler", "not needed for this");
    }
    eprintln!("Ready after {}", steps.elapsed());
    Ok(())
}

/// Installs missing packages; elsewhere than on Debian says what to install.
pub fn system(purpose: Purpose) -> Result<()> {
    let wanted = purpose.groups();
    if !packages::is_debian() {
        eprintln!("  {}", elsewhere());
        return Ok(());
    }
    let missing = packages::missing(&wanted)?;
    if missing.is_empty() {
        eprintln!("  all {} packages are there", wanted.len());
        return Ok(());
    }
    packages::install(&missing)
}

/// The engine's database.
pub fn library() -> Result<()> {
    eprintln!("  {}", duckdb::ensure().context("DuckDB cannot be set up")?);
    Ok(())
}

/// The page's compiler.
pub fn compiler() -> Result<()> {
    eprintln!("  {}", wasm::ensure().context("no compiler for WASM")?.name());
    Ok(())
}

/// What a system we have not tested needs.
const fn elsewhere() -> &'static str {
    if cfg!(target_os = "macos") {
        "macOS (untested): Xcode's command line tools are all the packages needed \
         (`xcode-select --install`)"
    } else if cfg!(windows) {
        "Windows (untested): needs Visual Studio's C++ build tools and the WebView2 runtime; set \
         DUCKDB_LIB_DIR to an unpacked libduckdb-windows 1.5.6 (duckdb.dll, duckdb.lib)"
    } else {
        "not Debian or Ubuntu (untested): install a C compiler, pkg-config, GTK 3, WebKitGTK 4.1 \
         and librsvg with headers, lld, Xvfb, ImageMagick and Mesa's lavapipe yourself"
    }
}
