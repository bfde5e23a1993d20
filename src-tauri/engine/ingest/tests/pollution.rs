//! Spoiled files with known truth: the bar for reading by guess alone, on the files that nobody
//! looks at while the detector is tuned.

mod bench;
#[path = "../examples/pollution/score.rs"]
mod score;

use bench::Bench;
use kith_datasets::polluted::{Truth, polluted};
use kith_ingest::inspect;
use score::{Found, Measures, measure};

#[test]
fn spoiled_files_are_read_by_guess() {
    let bench = Bench::new();
    let mut measures = Vec::new();
    for file in polluted(20_261_101).into_iter().filter(|file| file.kept_aside) {
        let path = bench.file(&file.name, &file.bytes);
        let found = inspect(&path).is_ok().then(|| {
            // Asserts rows in = loaded + rejected, by two readers.
            let (source, _) = bench.load(&path);
            let columns = bench.store.columns(&format!("SELECT * FROM src.{}", source.id)).unwrap();
            let names = columns.into_iter().map(|c| c.name).filter(|name| name != "_row");
            let rows = bench.rows(&source).into_iter();
            let empty = |cell: String| if cell == "-" { String::new() } else { cell };
            Found {
                header: score::named(names.collect()),
                rows: rows.map(|row| row.into_iter().map(empty).collect()).collect(),
            }
        });
        if matches!(file.truth, Truth::Table { .. }) {
            assert!(found.is_some(), "{} is refused", file.name);
        }
        measures.push(measure(&file.truth, found.as_ref()));
    }
    let score = Measures::mean(measures.iter()).score();
    assert!(score >= 9.8, "{score:.3} of 10");
}
