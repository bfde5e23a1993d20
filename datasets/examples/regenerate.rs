//! Writes a sample: by default the checked-in one, over itself.
//!
//! ```text
//! cargo run -p kith-datasets --example regenerate [-- FOLDER PEOPLE SEED]
//! ```

use std::path::PathBuf;
use std::time::Instant;

use kith_datasets::{SampleSpec, generate, northpeak_dir};

#[allow(clippy::print_stdout)] // a developer's tool: its output is its purpose
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut spec = SampleSpec::northpeak();
    let folder = arguments.first().map_or_else(northpeak_dir, PathBuf::from);
    if let Some(people) = arguments.get(1) {
        spec.people = people.parse()?;
    }
    if let Some(seed) = arguments.get(2) {
        spec.seed = seed.parse()?;
    }
    let started = Instant::now();
    let manifest = generate(&spec, &folder, &mut |_| {})?;
    let files = manifest.files.iter().chain(&manifest.truth);
    for file in files.clone() {
        println!("{:>12} bytes {:>9} rows  {}", file.bytes, file.rows, file.name);
    }
    let bytes: u64 = files.map(|file| file.bytes).sum();
    println!("{bytes:>12} bytes in {:.1} s", started.elapsed().as_secs_f64());
    Ok(())
}
