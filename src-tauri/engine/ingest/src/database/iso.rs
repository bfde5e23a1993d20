//! Dates and times that a database keeps as texts.

use crate::cells::Cell;

/// A text that is an ISO 8601 date or moment without zone, as such; any other stays a text.
pub(crate) fn cell(text: &str) -> Cell {
    let Some(day) = text.get(..10).filter(|day| is_day(day)) else {
        return Cell::Text(text.into());
    };
    let rest = &text[10..];
    match rest.as_bytes() {
        [] => Cell::Date(day.to_owned()),
        [b' ' | b'T', ..] if is_time(&rest[1..]) => Cell::Moment(format!("{day} {}", &rest[1..])),
        _ => Cell::Text(text.to_owned()),
    }
}

fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| text.get(from..to).and_then(digits);
    if bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (number(0, 4), number(5, 7), number(8, 10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// `HH:MM:SS`, with up to six digits of a second's fraction.
fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let below =
        |at: usize, end: u32| clock.get(at..at + 2).and_then(digits).is_some_and(|n| n < end);
    let bytes = clock.as_bytes();
    let shape = bytes.len() == 8 && bytes[2] == b':' && bytes[5] == b':';
    let fraction = (1..=6).contains(&fraction.len()) && digits(fraction).is_some();
    shape && fraction && below(0, 24) && below(3, 60) && below(6, 60)
}

fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_and_hours_count() {
        for (text, date) in [("2024-02-29", true), ("2023-02-29", false), ("2024-13-01", false)] {
            assert_eq!(matches!(cell(text), Cell::Date(_)), date, "{text}");
        }
        for (text, moment) in [
            ("2024-02-29 10:00:59", true),
            ("2024-02-29T10:00:59.5", true),
            ("2024-02-29 24:00:00", false),
            ("2024-02-29 10:00:00.1234567", false),
            ("2024-02-29 10:00:00Z", false),
            ("2024-02-29é", false),
        ] {
            assert_eq!(matches!(cell(text), Cell::Moment(_)), moment, "{text}");
        }
    }
}
