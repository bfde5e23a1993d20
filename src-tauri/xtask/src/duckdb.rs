//! The prebuilt DuckDB library: fetched from npm, checked by hash, put where binaries look for it.

use crate::{packages, paths, shell};
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The npm release that carries DuckDB 1.5.6.
pub const RELEASE: &str = "1.5.6-r.1";

/// A build of the library.
struct Build {
    os: &'static str,
    arch: &'static str,
    /// The end of the npm package's name.
    platform: &'static str,
    /// SHA-256 of the library, where somebody has recorded it.
    sha256: Option<&'static str>,
}

const BUILDS: &[Build] = &[
    Build {
        os: "linux",
        arch: "x86_64",
        platform: "linux-x64",
        sha256: Some("3f4962cdd266eab2b479a5b5a4a6d063d279b2954ae814ed00385d553b747633"),
    },
    // Untested: nobody has recorded a hash for these yet, npm's own integrity value is all there is.
    Build { os: "linux", arch: "aarch64", platform: "linux-arm64", sha256: None },
    Build { os: "macos", arch: "aarch64", platform: "darwin-arm64", sha256: None },
    Build { os: "macos", arch: "x86_64", platform: "darwin-x64", sha256: None },
    Build { os: "windows", arch: "x86_64", platform: "win32-x64", sha256: None },
];

/// The library's file name on this system.
pub const fn library_name() -> &'static str {
    if cfg!(windows) {
        "duckdb.dll"
    } else if cfg!(target_os = "macos") {
        "libduckdb.dylib"
    } else {
        "libduckdb.so"
    }
}

/// Brings the library and links it beside the binaries. Returns one line about what was found.
pub fn ensure() -> Result<String> {
    let own = paths::root().join(".duckdb");
    let named = std::env::var_os("DUCKDB_LIB_DIR").map(PathBuf::from).filter(|f| *f != own);
    let (folder, said) = if let Some(folder) = named {
        if !folder.join(library_name()).is_file() {
            bail!(
                "DUCKDB_LIB_DIR says {}, but there is no {} in it. Correct or unset it",
                folder.display(),
                library_name()
            );
        }
        (folder, "from DUCKDB_LIB_DIR, not checked")
    } else {
        (own.clone(), provide(&own)?)
    };
    let library = folder.join(library_name());
    for profile in ["debug", "release"] {
        place(&library, &paths::target().join(profile))?;
    }
    Ok(format!("DuckDB {RELEASE}, {said}"))
}

fn provide(folder: &Path) -> Result<&'static str> {
    let build = BUILDS
        .iter()
        .find(|b| b.os == std::env::consts::OS && b.arch == std::env::consts::ARCH)
        .with_context(|| {
            format!(
                "no prebuilt DuckDB for {} on {}. Set DUCKDB_LIB_DIR to a folder with {} 1.5.6",
                std::env::consts::OS,
                std::env::consts::ARCH,
                library_name()
            )
        })?;
    if !is_good(&folder.join(library_name()), build)? {
        fetch(build, folder)?;
    }
    Ok(if build.sha256.is_some() { "hash checked" } else { "hash not recorded (untested system)" })
}

/// Whether the library is there and is the one wanted; another version is fetched anew.
fn is_good(library: &Path, build: &Build) -> Result<bool> {
    if !library.is_file() {
        return Ok(false);
    }
    let Some(wanted) = build.sha256 else { return Ok(true) };
    let found = sha256(library)?;
    if found != wanted {
        eprintln!("  {} is another one (SHA-256 {found})", library.display());
    }
    Ok(found == wanted)
}

/// `npm pack` checks the archive against the registry's integrity value; we check the library.
fn fetch(build: &Build, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let scratch = folder.join("incoming");
    fs::remove_dir_all(&scratch).ok();
    fs::create_dir_all(&scratch)?;
    let package = format!("@duckdb/node-bindings-{}@{RELEASE}", build.platform);
    eprintln!("  fetching {package} with npm");
    let npm = npm()?;
    let mut pack = Command::new(npm);
    pack.args(["pack", "--silent", &package]).current_dir(&scratch);
    let printed = shell::capture(&mut pack).with_context(|| {
        format!(
            "cannot fetch {package}. Check the network, or put {} 1.5.6 into {} yourself, or set \
             DUCKDB_LIB_DIR",
            library_name(),
            folder.display()
        )
    })?;
    let archive = printed.lines().last().context("npm named no file")?.trim();
    shell::run(Command::new("tar").args(["-xzf", archive]).current_dir(&scratch))?;
    let unpacked = scratch.join("package").join(library_name());
    let found = sha256(&unpacked)?;
    match build.sha256 {
        Some(wanted) if wanted != found => {
            bail!("{package} holds a library with SHA-256 {found}, not {wanted}: refused")
        }
        Some(_) => {}
        None => eprintln!("  no hash is recorded for {}; this one has {found}", build.platform),
    }
    fs::rename(&unpacked, folder.join(library_name()))?;
    fs::rename(scratch.join("package/LICENSE"), folder.join("LICENSE")).ok();
    fs::remove_dir_all(&scratch)?;
    Ok(())
}

fn npm() -> Result<PathBuf> {
    if let Some(npm) = shell::which("npm") {
        return Ok(npm);
    }
    if packages::is_debian() {
        packages::install(&["npm"])?;
    }
    shell::which("npm").context("npm is missing: install Node.js, or set DUCKDB_LIB_DIR")
}

fn sha256(file: &Path) -> Result<String> {
    let mut reader = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..count]);
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A hard link where the file system can, a copy where it cannot.
fn place(library: &Path, folder: &Path) -> Result<()> {
    let there = folder.join(library_name());
    if there.is_file() && is_same(library, &there)? {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    fs::remove_file(&there).ok();
    if fs::hard_link(library, &there).is_err() {
        fs::copy(library, &there).with_context(|| format!("cannot write {}", there.display()))?;
    }
    Ok(())
}

/// One file under two names, or equal contents.
fn is_same(one: &Path, other: &Path) -> Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (a, b) = (fs::metadata(one)?, fs::metadata(other)?);
        if (a.dev(), a.ino()) == (b.dev(), b.ino()) {
            return Ok(true);
        }
    }
    Ok(fs::metadata(one)?.len() == fs::metadata(other)?.len() && sha256(one)? == sha256(other)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        let file = std::env::temp_dir().join(format!("kith-xtask-sha-{}", std::process::id()));
        fs::write(&file, "abc").unwrap();
        let found = sha256(&file).unwrap();
        fs::remove_file(&file).unwrap();
        // FIPS 180-2, appendix B.1
        assert_eq!(found, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn every_recorded_hash_has_its_full_length() {
        assert!(BUILDS.iter().filter_map(|b| b.sha256).all(|h| h.len() == 64));
    }
}
