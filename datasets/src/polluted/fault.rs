//! One broken row in a clean file.

use super::Truth;
use super::clean::{self, Wish};
use super::kinds::Made;
use super::style::Style;
use crate::draw::Draw;

/// What is wrong with the row.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    Less,
    More,
    ExtraQuote,
    MissingQuote,
}

/// One row (first, middle or last) is broken.
pub(super) fn row_fault(draw: &mut Draw, at: u64, fault: Fault) -> Made {
    let mut table =
        clean::table(draw, &Wish { columns: (4, 8), rows: (40, 90), ..Wish::default() });
    let row = [0, table.rows.len() / 2, table.rows.len() - 1][(at / 3 % 3) as usize];
    let column = draw.below(table.width() as u64 - 1) as usize;
    let quotes = matches!(fault, Fault::MissingQuote) || at.is_multiple_of(2);
    let style = Style { always: quotes, ..Style::default() };
    let mut fields: Vec<String> = table.rows[row].iter().map(|cell| style.field(cell)).collect();
    match fault {
        Fault::Less => {
            let glued = format!("{}{}", fields[column], fields[column + 1]).replace('"', "");
            fields.splice(column..column + 2, [glued.clone()]);
            table.rows[row].splice(column..column + 2, [glued]);
        }
        Fault::More => {
            fields.insert(column, String::new());
            table.rows[row].insert(column, String::new());
        }
        Fault::ExtraQuote if fields[column].starts_with('"') => fields[column].push('"'),
        Fault::ExtraQuote => {
            let half = table.rows[row][column].chars().count() / 2;
            let (a, b): (Vec<_>, Vec<_>) =
                table.rows[row][column].chars().enumerate().partition(|(i, _)| *i <= half);
            let text =
                |part: Vec<(usize, char)>| part.into_iter().map(|(_, c)| c).collect::<String>();
            let spoiled = format!("{}\"{}", text(a), text(b));
            table.rows[row][column].clone_from(&spoiled);
            fields[column] = spoiled;
        }
        Fault::MissingQuote => {
            if at.is_multiple_of(2) {
                fields[column].pop();
            } else {
                fields[column].remove(0);
            }
        }
    }
    let mut lines: Vec<String> = table.lines().iter().map(|cells| style.record(cells)).collect();
    lines[row + 1] = fields.join(",");
    let mut truth_rows = table.rows.clone();
    if matches!(fault, Fault::ExtraQuote | Fault::MissingQuote) {
        truth_rows[row] = table.rows[row].clone();
    }
    let text = lines.join("\n") + "\n";
    (text.into_bytes(), Truth::Table { headers: vec![table.header], rows: truth_rows })
}
