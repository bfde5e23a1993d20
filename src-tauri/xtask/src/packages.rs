//! System packages on Debian and Ubuntu.

use crate::shell;
use anyhow::{Context as _, Result, bail};
use std::collections::BTreeSet;
use std::process::Command;

/// Opening a native window and drawing in it; `zenity` shows the file dialogs where the desktop
/// has no portal.
pub const WINDOW: &[&str] = &[
    "libegl1",
    "libgl1",
    "libgl1-mesa-dri",
    "libxcursor1",
    "libxi6",
    "libxkbcommon-x11-0",
    "zenity",
];

/// What tests need: a virtual display and a software renderer.
pub const TESTS: &[&str] =
    &["dbus", "imagemagick", "mesa-vulkan-drivers", "xauth", "xdotool", "xvfb"];

/// Building the desktop app.
pub const DESKTOP: &[&str] =
    &["build-essential", "libgtk-3-dev", "librsvg2-dev", "libwebkit2gtk-4.1-dev", "pkg-config"];

/// Building the page: a linker for WASM.
pub const WEB: &[&str] = &["lld"];

/// Whether this is Debian or one of its children.
pub fn is_debian() -> bool {
    cfg!(target_os = "linux") && shell::which("apt-get").is_some()
}

/// Those of `names` that are not installed, sorted.
pub fn missing<'a>(names: &[&'a str]) -> Result<Vec<&'a str>> {
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f", "${Package} ${db:Status-Status}\n"]).args(names);
    // It fails when one name is unknown; what it prints is right all the same.
    let output = query.output().context("cannot start `dpkg-query`")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let there: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    let absent: BTreeSet<&str> = names.iter().copied().filter(|n| !there.contains(n)).collect();
    Ok(absent.into_iter().collect())
}

/// Installs `names`, with sudo when not root. Fails with the command to type.
pub fn install(names: &[&str]) -> Result<()> {
    let typed = format!("sudo apt-get install -y --no-install-recommends {}", names.join(" "));
    eprintln!("  installing {}", names.join(" "));
    if apt(&["install", "-y", "--no-install-recommends"], names).is_ok() {
        return Ok(());
    }
    // A fresh machine has no package lists yet, an old one stale ones.
    apt(&["update"], &[]).ok();
    let second = apt(&["install", "-y", "--no-install-recommends"], names);
    second.with_context(|| format!("packages are missing; install them with:\n  {typed}"))
}

fn apt(verb: &[&str], names: &[&str]) -> Result<()> {
    let mut command = if is_root()? {
        Command::new("apt-get")
    } else if shell::which("sudo").is_some() {
        let mut sudo = Command::new("sudo");
        if !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
            sudo.arg("-n");
        }
        sudo.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    } else {
        bail!("this user is not root and there is no sudo");
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q").args(verb).args(names);
    // Its progress is no result of ours: stdout stays clean for `--json`.
    shell::run(command.stdout(std::io::stderr()))
}

fn is_root() -> Result<bool> {
    Ok(shell::capture(Command::new("id").arg("-u"))?.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_package_is_missing_and_a_base_one_is_not() {
        if is_debian() {
            assert_eq!(
                missing(&["dpkg", "no-such-package-kith"]).unwrap(),
                ["no-such-package-kith"]
            );
        }
    }
}
