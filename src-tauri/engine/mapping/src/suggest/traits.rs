//! What a column's values look like, from its profile: the frequent values, the least and the
//! greatest.

use super::looks::{
    CURRENCIES, GENDERS, TRUTHS, has_cents, is_address, is_code, is_degrees, is_email, is_epoch,
    is_language, is_name, is_number, is_phone, is_postcode, year_of,
};
use super::vocabulary::Shares;
use crate::columns::Shape;
use crate::country::iso2_of;
use kith_model::source::ColumnProfile;

/// Shares of the sampled values (by count, in `0..=1`) that look like something, and more.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Traits {
    /// Sampled values; 0 for an empty column, about which values say nothing.
    pub sampled: u64,
    /// Distinct values per filled row, `0..=1`.
    pub distinct_share: f64,
    /// Distinct values.
    pub distinct: u64,
    /// Mean length in characters.
    pub length: f64,
    /// `name@host.tld`.
    pub email: f64,
    /// 7 to 15 digits with the punctuation of telephone numbers.
    pub phone: f64,
    /// A date, with or without a time.
    pub date: f64,
    /// A date with a time, or seconds since 1970.
    pub time: f64,
    /// Degrees with three decimals or more, from -90 to 90.
    pub latitude: f64,
    /// The same from -180 to 180.
    pub longitude: f64,
    /// A number, separators and currency allowed.
    pub number: f64,
    /// A whole number.
    pub whole: f64,
    /// Yes, no and relatives.
    pub truth: f64,
    /// A country by code or name.
    pub country: f64,
    /// An ISO 4217 code.
    pub currency: f64,
    /// A language code or tag.
    pub language: f64,
    /// A word for a gender.
    pub gender: f64,
    /// `http://...` or a path.
    pub url: f64,
    /// One to four capitalised or caseless words without digits.
    pub name: f64,
    /// Of those, two words or more.
    pub several_words: f64,
    /// Letters and digits both, with a blank: addresses.
    pub letters_and_digits: f64,
    /// Three to eight digits and capitals: postcodes.
    pub postcode: f64,
    /// Contains a blank.
    pub blank: f64,
    /// Median year of the dates; 0 without dates.
    pub year: i32,
    /// Letters and digits without a blank, both at least two: article numbers.
    pub code: f64,
    /// Numbers with two decimals.
    pub cents: f64,
    /// Whole numbers from 1 to 20.
    pub small: f64,
    /// Whole numbers that rise from row to row: counted up.
    pub rising: f64,
    /// Marked up as HTML, or very long.
    pub markup: f64,
    /// A path of categories: `A > B`.
    pub levels: f64,
    /// All values are of one length.
    pub even: bool,
    /// A dotted address of the internet.
    pub address: f64,
    /// Shares of values in the lists of the vocabulary.
    pub lists: Shares,
}

impl Traits {
    /// The traits of `column`, of a table with about `rows` rows, judged by its `cells`, or by
    /// the values of its profile where there are none.
    pub(crate) fn of(column: &ColumnProfile, rows: u64, cells: &[&str]) -> Self {
        let mut values: Vec<(&str, u64)> = counted(cells);
        if values.is_empty() {
            values = column.top.iter().map(|(v, n)| (v.trim(), (*n).max(1))).collect();
            for edge in [&column.min, &column.max].into_iter().flatten() {
                values.push((edge.trim(), 1));
            }
        }
        values.retain(|(v, _)| !v.is_empty());
        let filled = rows.saturating_sub(column.missing).max(1);
        let mut traits = Self {
            sampled: values.iter().map(|(_, n)| n).sum(),
            distinct: column.distinct,
            distinct_share: (column.distinct as f64 / filled as f64).min(1.0),
            ..Self::default()
        };
        if traits.sampled == 0 {
            return traits;
        }
        // A frequent value says no more of the pattern than a rare one: weigh by root.
        let weights: Vec<f64> = values.iter().map(|(_, n)| (*n as f64).sqrt()).collect();
        let all: f64 = weights.iter().sum();
        let share = |test: &dyn Fn(&str) -> bool| -> f64 {
            let hit: f64 =
                values.iter().zip(&weights).filter(|((v, _), _)| test(v)).map(|(_, w)| w).sum();
            hit / all
        };
        traits.length =
            values.iter().map(|(v, _)| v.chars().count() as f64).sum::<f64>() / values.len() as f64;
        traits.email = share(&is_email);
        traits.phone = share(&is_phone);
        traits.date = share(&|v| year_of(v).is_some() || is_epoch(v));
        traits.time = share(&|v| (year_of(v).is_some() && v.contains(':')) || is_epoch(v));
        traits.latitude = share(&|v| is_degrees(v, 90.0));
        traits.longitude = share(&|v| is_degrees(v, 180.0));
        traits.number = share(&is_number);
        traits.whole = share(&|v| v.parse::<i64>().is_ok());
        traits.truth = share(&|v| TRUTHS.contains(&v.to_lowercase().as_str()));
        traits.country = share(&|v| iso2_of(v).is_some());
        traits.currency = share(&|v| CURRENCIES.contains(&v.to_uppercase().as_str()));
        traits.language = share(&is_language);
        traits.gender = share(&|v| GENDERS.contains(&v.to_lowercase().as_str()));
        traits.url =
            share(&|v| v.contains("://") || (v.starts_with('/') && v.len() > 1) || v == "/");
        traits.name = share(&is_name);
        traits.several_words = share(&|v| is_name(v) && v.contains([' ', '\u{3000}']));
        traits.letters_and_digits = share(&is_address);
        traits.postcode = share(&is_postcode);
        traits.blank = share(&|v| v.contains(' '));
        traits.code = share(&is_code);
        traits.cents = share(&|v| is_number(v) && has_cents(v));
        traits.rising = rising(cells);
        traits.markup = share(&|v| v.contains("</") || v.len() > 120);
        traits.levels = share(&|v| v.contains(" > ") || v.contains(" / "));
        traits.small = share(&|v| v.parse::<i64>().is_ok_and(|n| (1..=20).contains(&n)));
        let length = values[0].0.chars().count();
        traits.even = values.iter().all(|(v, _)| v.chars().count() == length);
        traits.address = share(&|v| v.split('.').filter(|p| p.parse::<u8>().is_ok()).count() == 4);
        let weighed = values.iter().zip(&weights).map(|((v, _), w)| (*v, *w));
        traits.lists = Shares::of(weighed, all);
        traits.year = median(values.iter().filter_map(|(v, _)| year_of(v)).collect());
        traits.by_type(Shape::of(&column.sql_type));
        traits
    }

    /// What the type says outright.
    fn by_type(&mut self, shape: Shape) {
        match shape {
            Shape::Bool => self.truth = 1.0,
            Shape::Date => self.date = 1.0,
            Shape::Timestamp | Shape::Zoned => (self.date, self.time) = (1.0, 1.0),
            Shape::Real | Shape::Whole => self.number = 1.0,
            _ => {}
        }
    }
}

/// Distinct filled cells with their counts, sorted.
fn counted<'a>(cells: &[&'a str]) -> Vec<(&'a str, u64)> {
    let mut counts: std::collections::BTreeMap<&str, u64> = std::collections::BTreeMap::new();
    for cell in cells {
        *counts.entry(cell.trim()).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// Share of steps from row to row by which the last run of digits grows.
fn rising(cells: &[&str]) -> f64 {
    let number = |v: &&str| -> Option<u64> {
        let end = v.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
        let start = end.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
        end.get(start..).filter(|d| (3..=18).contains(&d.len()))?.parse().ok()
    };
    let numbers: Vec<u64> = cells.iter().filter_map(number).collect();
    if numbers.len() < 5 || numbers.len() < cells.len() {
        return 0.0;
    }
    // Lines of one order repeat its number.
    let steps = numbers.windows(2).filter(|w| w[0] <= w[1] && w[1] - w[0] < 100_000).count();
    let still = numbers.windows(2).filter(|w| w[0] == w[1]).count();
    if still * 2 > numbers.len() { 0.0 } else { steps as f64 / (numbers.len() - 1) as f64 }
}

fn median(mut years: Vec<i32>) -> i32 {
    years.sort_unstable();
    years.get(years.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_numbers_rise() {
        assert_eq!(rising(&["K-101", "K-102", "K-103", "K-104", "K-105"]), 1.0);
        assert!(rising(&["20095", "80331", "10115", "50667", "04103"]) < 0.6);
    }

    #[test]
    fn an_empty_column_says_nothing() {
        let column = ColumnProfile {
            name: "x".to_owned(),
            sql_type: "VARCHAR".to_owned(),
            missing: 9,
            distinct: 0,
            top: vec![],
            histogram: vec![],
            min: None,
            max: None,
        };
        assert_eq!(Traits::of(&column, 9, &[]).sampled, 0);
    }
}
