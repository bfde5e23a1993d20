//! The journey in real windows, under a virtual display: the program is started as a user starts
//! it, draws, and takes the sample from exports to a verified bundle by itself.
//!
//! Needs Xvfb and ImageMagick's `import`, which `cargo xtask setup` installs. The pictures are
//! kept in the target folder under `pictures/`.

#![cfg(target_os = "linux")]

use kith_tests::program;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// One window at a time: two would share the two cores and the patience.
static ALONE: Mutex<()> = Mutex::new(());

struct Display {
    server: Child,
    name: String,
}

impl Display {
    /// A display nobody else uses: Xvfb itself chooses the number.
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let chosen = dir.path().join("display");
        let out = std::fs::File::create(&chosen).unwrap();
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"])
            .stdout(out)
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts: run `cargo xtask setup`");
        // Owned from here on, so that it is ended and waited for whatever happens.
        let mut display = Self { server, name: String::new() };
        let started = Instant::now();
        while display.name.is_empty() {
            let number = std::fs::read_to_string(&chosen).unwrap_or_default();
            if number.ends_with('\n') {
                display.name = format!(":{}", number.trim());
            }
            assert!(started.elapsed() < Duration::from_secs(30), "Xvfb does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        display
    }

    /// A picture of the whole display.
    fn picture(&self, name: &str) -> PathBuf {
        let mut dir = std::env::current_exe().unwrap();
        dir.pop();
        dir.pop();
        dir.push("pictures");
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join(name);
        let taken = Command::new("import")
            .args(["-display", &self.name, "-window", "root"])
            .arg(&path)
            .status()
            .expect("import starts: run `cargo xtask setup`");
        assert!(taken.success());
        path
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The bundle's manifest, once it is there.
fn manifest(data: &Path) -> Option<PathBuf> {
    let exports = data.join("Northpeak sample.kith/exports");
    exports
        .read_dir()
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_none_or(|e| e != "part"))
        .map(|path| path.join("manifest.json"))
        .find(|path| path.is_file())
}

/// Colours of a picture, by ImageMagick's count: a blank window has a handful.
fn colours(picture: &Path) -> u32 {
    let output = Command::new("identify").args(["-format", "%k"]).arg(picture).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().parse().unwrap_or(0)
}

fn journey(name: &str, command: &mut Command) {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let data = tempfile::tempdir().unwrap();
    let display = Display::start();
    let started = Instant::now();
    let mut child = Program(
        command
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("KITH_DATA_DIR", data.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    while manifest(data.path()).is_none() {
        if let Some(status) = child.0.try_wait().unwrap() {
            panic!("{name} ended by itself: {status}");
        }
        let late = started.elapsed() > Duration::from_secs(240);
        assert!(!late, "{name} wrote no bundle; see {}", display.picture("late.png").display());
        std::thread::sleep(Duration::from_millis(250));
    }
    // The page needs a moment to show what it just heard.
    std::thread::sleep(Duration::from_secs(3));
    let picture = display.picture(&format!("{name}.png"));
    let colours = colours(&picture);
    assert!(colours > 100, "{name} draws {colours} colours: see {}", picture.display());
}

#[test]
fn the_native_window_takes_the_sample_to_a_bundle() {
    journey("native", Command::new(program("kith-native")).args(["--demo"]));
}

/// The page is drawn in the webview, `rpc` answers it, and a picture is kept.
#[test]
fn the_desktop_window_takes_the_sample_to_a_bundle() {
    let program = program("kith-desktop");
    journey(
        "desktop",
        Command::new("dbus-run-session")
            .arg("--")
            .arg(program)
            .arg("--demo")
            .env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1"),
    );
}
