//! Labelled cases: `cases/*.txt` with the values drawn.

use crate::locale::Locale;
use crate::values::{Place, value};
use kith_mapping::profiles;
use kith_model::source::{ColumnInfo, ColumnProfile};
use std::collections::BTreeSet;

/// Rows a case has.
const ROWS: usize = 36;

/// One table with its truth.
pub struct Case {
    /// The source it comes from; all its variants are on one side of the split.
    pub family: &'static str,
    /// Family, table and variant.
    pub name: String,
    /// Kept aside while tuning.
    pub aside: bool,
    /// The columns as the suggester sees them.
    pub columns: Vec<ColumnProfile>,
    /// The rows, cells in the order of the columns.
    pub rows: Vec<Vec<Option<String>>>,
    /// `entity.field` and header of every true link.
    pub truth: BTreeSet<(String, String)>,
}

macro_rules! families {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("cases/", $name, ".txt")))),*]
    };
}

/// Sorted by name: every third is kept aside.
const FAMILIES: [(&str, &str); 25] = families![
    "adobe",
    "braze",
    "brevo",
    "crm",
    "erp",
    "events_ticketing",
    "experiment",
    "ga4",
    "helpdesk",
    "hubspot",
    "klaviyo",
    "loyalty",
    "mailchimp",
    "marketplace",
    "newsletter",
    "psp",
    "quickbooks",
    "salesforce",
    "segment",
    "shop",
    "shopify",
    "square",
    "stripe",
    "weblog",
    "woocommerce",
];

/// A row of a block: true fields, kind of value, a header a variant.
struct Line {
    truth: &'static str,
    kind: &'static str,
    headers: Vec<&'static str>,
}

/// Every case, by family, table and variant as listed.
pub fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for (at, (family, text)) in FAMILIES.iter().enumerate() {
        for block in text.split("== ").filter(|b| !b.trim().is_empty()) {
            let mut lines = block.lines();
            let head = lines.next().unwrap_or_default();
            let (table, variants) =
                head.split_once(": ").expect("a block begins with `table: variants`");
            let lines: Vec<Line> = lines.filter(|l| !l.is_empty()).map(line).collect();
            for (number, variant) in variants.split(", ").enumerate() {
                let (label, locale) = variant.split_once('@').unwrap_or((variant, "en"));
                let name = format!("{family}, {table}, {label} {locale} {number}");
                all.push(case(family, name, at % 3 == 2, number, &lines, Locale::of(locale)));
            }
        }
    }
    all
}

fn line(text: &'static str) -> Line {
    let mut cells = text.split(" | ");
    let (truth, kind) = (cells.next().unwrap_or("-"), cells.next().unwrap_or_default());
    Line { truth, kind, headers: cells.collect() }
}

fn case(
    family: &'static str,
    name: String,
    aside: bool,
    variant: usize,
    lines: &[Line],
    locale: &'static Locale,
) -> Case {
    let here: Vec<(&Line, &str)> =
        lines.iter().map(|l| (l, l.headers[variant])).filter(|(_, h)| *h != "_").collect();
    // Where lines of orders are listed, an order has one or two of them.
    let lined = here.iter().any(|(l, _)| l.truth.contains("order_line."));
    let mut truth = BTreeSet::new();
    for (line, header) in &here {
        for field in line.truth.split(" + ").filter(|f| *f != "-") {
            assert!(
                truth.insert((field.to_owned(), (*header).to_owned())),
                "{name}: {header} twice"
            );
        }
    }
    let cell = |row: usize, column: usize, kind: &str| {
        let order = if lined { row - row / 3 } else { row };
        let place = Place { case: &name, column, row, order, locale };
        value(kind, &place).filter(|v| !v.is_empty())
    };
    let rows: Vec<Vec<Option<String>>> = (0..ROWS)
        .map(|row| here.iter().enumerate().map(|(at, (l, _))| cell(row, at, l.kind)).collect())
        .collect();
    let info = |(_, header): &(&Line, &str)| ColumnInfo {
        name: (*header).to_owned(),
        sql_type: "VARCHAR".to_owned(),
    };
    let columns: Vec<ColumnInfo> = here.iter().map(info).collect();
    Case { family, aside, columns: profiles(&columns, &rows), rows, truth, name }
}
