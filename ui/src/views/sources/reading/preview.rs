//! The first raw lines of a file over the table they become.

use crate::theme::{self, ROW, Tokens};
use crate::widgets::{Say, fit, format};
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextFormat};
use egui::{CornerRadius, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use kith_model::source::{Inspection, ReadOptions};

/// Characters of a cell shown.
const CELL: usize = 40;

/// Draws both, one over the other.
pub fn show(ui: &mut Ui, seen: &Inspection) {
    let t = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 4.0;
    let half = ((ui.available_height() - 56.0) / 2.0).max(80.0);
    ui.head("In the file");
    egui::Frame::new().fill(t.sunken).corner_radius(6).inner_margin(8).show(ui, |ui| {
        ui.set_height(half - 16.0);
        ScrollArea::both().id_salt("raw lines").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            if seen.raw_lines.is_empty() {
                ui.dim("Not a text file");
            }
            for (number, line) in seen.raw_lines.iter().enumerate() {
                let job = marked(number + 1, line, &seen.source.options, &t);
                ui.add(egui::Label::new(job).extend());
            }
        });
    });
    let columns = format::plural(seen.columns.len() as u64, "column", "columns");
    ui.head(&format!("As a table: {columns}"));
    ScrollArea::both().id_salt("parsed").auto_shrink([false, false]).show(ui, |ui| {
        table(ui, seen, &t);
    });
}

/// A line with its number, its delimiters standing out and what cannot be seen made visible.
fn marked(number: usize, line: &str, options: &ReadOptions, t: &Tokens) -> LayoutJob {
    let delimiter = options.delimiter.as_deref().unwrap_or_default();
    let quote = options.quote.as_deref().unwrap_or("\"").chars().next();
    let mut job = LayoutJob::default();
    let font = theme::mono(12.0);
    let style = |color| TextFormat::simple(font.clone(), color);
    job.append(&format!("{number:>3}  "), 0.0, style(t.text_faint));
    let visible = |text: &str| text.replace('\t', "→").replace(['\r', '\n'], "");
    if delimiter.is_empty() {
        job.append(&visible(line), 0.0, style(t.text));
        return job;
    }
    let mut mark = style(t.accent);
    mark.background = t.accent_soft;
    for (at, part) in fields(line, delimiter, quote).into_iter().enumerate() {
        if at > 0 {
            job.append(&visible(delimiter), 0.0, mark.clone());
        }
        job.append(&visible(part), 0.0, style(t.text));
    }
    job
}

/// A line cut where a delimiter stands outside quotes. Only for the eye: a value that goes on
/// over several lines is read by the engine.
fn fields<'a>(line: &'a str, delimiter: &str, quote: Option<char>) -> Vec<&'a str> {
    let (mut out, mut start, mut at, mut quoted) = (Vec::new(), 0, 0, false);
    while let Some(letter) = line[at..].chars().next() {
        if !quoted && line[at..].starts_with(delimiter) {
            out.push(&line[start..at]);
            at += delimiter.len();
            start = at;
            continue;
        }
        quoted ^= Some(letter) == quote;
        at += letter.len_utf8();
    }
    out.push(&line[start..]);
    out
}

fn table(ui: &mut Ui, seen: &Inspection, t: &Tokens) {
    let letters = |text: &str| text.chars().take(CELL).count() as f32;
    let widths: Vec<f32> = seen
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let cells = seen.rows.iter().filter_map(|row| row.get(at)?.as_deref());
            let widest = cells.map(letters).fold(letters(&column.name), f32::max);
            (widest * 7.4 + 20.0).clamp(56.0, 300.0)
        })
        .collect();
    let size = vec2(widths.iter().sum(), ROW * (seen.rows.len() + 1) as f32);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let said = format!("Preview of {} rows", seen.rows.len());
    response.widget_info(|| WidgetInfo::labeled(Role::Table, true, &said));
    let line = Stroke::new(1.0, t.hairline);
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), ROW));
    ui.painter().rect_filled(head, CornerRadius::ZERO, t.surface);
    let mut x = rect.left();
    for (at, width) in widths.iter().enumerate() {
        let right = x + width - 6.0;
        let left = x + 8.0;
        let y = head.center().y;
        let name = seen.columns[at].name.clone();
        fit(ui, pos2(left, y), right, name, theme::medium(12.0), t.text);
        for (row, cells) in seen.rows.iter().enumerate() {
            let y = head.center().y + ROW * (row + 1) as f32;
            let (text, ink) = match cells.get(at).and_then(Option::as_deref) {
                Some(text) => (format::cut(text, CELL).replace(['\n', '\r', '\t'], " "), t.text),
                None => ("∅".to_owned(), t.text_faint),
            };
            fit(ui, pos2(left, y), right, text, theme::mono(12.0), ink);
        }
        x += width;
        ui.painter().vline(x - 0.5, rect.y_range(), line);
    }
    for row in 1..=seen.rows.len() {
        ui.painter().hline(rect.x_range(), rect.top() + ROW * row as f32, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_inside_quotes_cuts_nothing() {
        assert_eq!(fields("a;\"b;c\";d", ";", Some('"')), ["a", "\"b;c\"", "d"]);
        assert_eq!(fields("ä||b||", "||", None), ["ä", "b", ""]);
        assert_eq!(fields("", ",", Some('"')), [""]);
    }
}
