//! Charts as files: a picture (SVG, PNG) or a table of numbers (CSV), from the same data.

mod csv;
mod png;
mod svg;

use crate::error::usage;
use crate::project::write_atomically;
use kith_api::ApiError;
use kith_model::FileRef;
use kith_model::chart::Chart;
use std::path::Path;

/// Writes a chart; the name's ending decides what: `.svg`, `.png` or `.csv`.
pub(crate) fn write(chart: &Chart, to: &FileRef) -> Result<FileRef, ApiError> {
    let path = Path::new(&to.0);
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let bytes = match ending.as_str() {
        "svg" => svg::draw(chart).into_bytes(),
        "png" => png::paint(&svg::draw(chart))?,
        "csv" => csv::table(chart).into_bytes(),
        _ => {
            return Err(usage("A chart is written as a picture or as a table of numbers")
                .hint("End the file's name in .svg, .png or .csv"));
        }
    };
    let path = std::path::absolute(path).map_err(|e| crate::error::io_error(&e, path))?;
    write_atomically(&path, &bytes)?;
    Ok(FileRef(path.to_string_lossy().into_owned()))
}

/// A number as a file holds it: exact, without needless digits.
fn number(value: f64) -> String {
    if value.is_finite() { format!("{value}") } else { String::new() }
}

/// A number as an axis shows it.
fn tick(value: f64, share: bool) -> String {
    if share {
        let percent = value * 100.0;
        if percent > 0.0 && percent < 0.05 {
            return "<0.1 %".to_owned();
        }
        let digits = usize::from((percent - percent.round()).abs() > 0.05);
        return format!("{percent:.digits$} %");
    }
    let size = value.abs();
    if size >= 1_000.0 {
        let sign = if value < 0.0 { "−" } else { "" };
        format!("{sign}{}", crate::run::grouped(size.round() as u64))
    } else if size >= 10.0 || (value - value.round()).abs() < 1e-9 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
