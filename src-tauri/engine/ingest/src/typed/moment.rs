//! Dates and times with their zone, on their way to UTC.

use super::zones::{self, Zone};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use kith_model::column_format::DateOrder;

/// How a column's dates and times are written.
pub(super) struct Moments {
    order: DateOrder,
    zone: Option<(String, TimeZone)>,
}

impl Moments {
    /// `None` for a zone there is not.
    pub(super) fn new(order: DateOrder, zone: Option<&str>) -> Option<Self> {
        let zone = match zone.map(str::trim).filter(|name| !name.is_empty()) {
            None => None,
            Some(name) => match zones::find(name) {
                Zone::Known(zone) => Some((name.to_owned(), zone)),
                Zone::Ambiguous(_) | Zone::Unknown => return None,
            },
        };
        Some(Self { order, zone })
    }

    /// The moment in UTC as DuckDB reads it, and the zone it was written in, if one is known. A
    /// date alone is midnight and belongs to no zone. A time that the clocks went through twice
    /// is the first of the two; one they left out is taken as if they had not.
    pub(super) fn value(&self, text: &str) -> Result<(String, Option<String>), String> {
        let text = text.trim();
        let end = text.find(['T', ' ']).unwrap_or(text.len());
        let date = self.date(&text[..end])?;
        let rest = text[end..].trim_start_matches(['T', ' ']);
        if rest.is_empty() {
            return Ok((stamp(date.to_datetime(Time::midnight())), None));
        }
        let (time, behind) = clock(rest).ok_or("Not a time of day")?;
        let local = date.to_datetime(time);
        let Some((zone, name)) = self.zone_of(behind.trim(), local)? else {
            return Ok((stamp(local), None));
        };
        let instant = zone.to_ambiguous_timestamp(local).compatible();
        let instant = instant.map_err(|_| "A time beyond the calendar".to_owned())?;
        Ok((stamp(instant.to_zoned(TimeZone::UTC).datetime()), Some(name)))
    }

    /// The zone written behind a time, or the column's.
    fn zone_of(
        &self,
        written: &str,
        local: DateTime,
    ) -> Result<Option<(TimeZone, String)>, String> {
        let column = || self.zone.as_ref().map(|(name, zone)| (zone.clone(), name.clone()));
        if written.is_empty() {
            return Ok(column());
        }
        // `+01:00[Europe/Oslo]`: the offset says which moment, the name where.
        let (offset, name) = match written.split_once('[') {
            Some((offset, name)) if !offset.is_empty() => (offset, name.trim_end_matches(']')),
            _ => (written, written.trim_matches(['[', ']'])),
        };
        match zones::find(offset) {
            Zone::Known(zone) => Ok(Some((zone, name.to_owned()))),
            Zone::Unknown => Err("A time zone that is not known".to_owned()),
            Zone::Ambiguous(meanings) => match column() {
                Some((zone, name)) if uses(&zone, local, written) => Ok(Some((zone, name))),
                _ => {
                    let upper = written.to_ascii_uppercase();
                    Err(format!(
                        "The zone {upper} has several meanings ({meanings}): set the column's zone"
                    ))
                }
            },
        }
    }

    fn date(&self, text: &str) -> Result<Date, String> {
        let wrong = || {
            let order = match self.order {
                DateOrder::YearFirst => "year, month, day",
                DateOrder::DayFirst => "day, month, year",
                DateOrder::MonthFirst => "month, day, year",
            };
            format!("Not a date written as {order}")
        };
        let compact = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = if compact && self.order == DateOrder::YearFirst {
            vec![&text[..4], &text[4..6], &text[6..]]
        } else if compact {
            vec![&text[..2], &text[2..4], &text[4..]]
        } else {
            text.split(['-', '/', '.']).collect()
        };
        let [a, b, c] = parts.as_slice() else { return Err(wrong()) };
        let (year, month, day) = match self.order {
            DateOrder::YearFirst => (a, b, c),
            DateOrder::DayFirst => (c, b, a),
            DateOrder::MonthFirst => (c, a, b),
        };
        // Two digits do not say which century.
        let year = Some(year).filter(|y| y.len() == 4).and_then(|y| y.parse::<i16>().ok());
        let small = |part: &str| part.parse::<i8>().ok();
        match (year, small(month), small(day)) {
            (Some(year), Some(month), Some(day)) => {
                Date::new(year, month, day).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }
}

/// A time of day, with what stands behind it.
fn clock(text: &str) -> Option<(Time, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')));
    let (digits, behind) = text.split_at(end.unwrap_or(text.len()));
    let (digits, fraction) = match digits.split_once(['.', ',']) {
        Some((digits, fraction)) => (digits, fraction),
        None => (digits, ""),
    };
    let parts: Vec<i8> = digits.split(':').map(|p| p.parse().ok()).collect::<Option<_>>()?;
    let (mut hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let mut behind = behind.trim_start();
    for (mark, after) in [("AM", 0), ("PM", 12)] {
        let here = behind.get(..2).is_some_and(|b| b.eq_ignore_ascii_case(mark));
        let ends = behind.get(2..).is_some_and(|b| b.is_empty() || b.starts_with(' '));
        if here && ends && (1..=12).contains(&hour) {
            hour = hour % 12 + after;
            behind = &behind[2..];
            break;
        }
    }
    let nanos = format!("{fraction:0<9}").get(..9)?.parse::<i32>().ok()?;
    Some((Time::new(hour, minute, second, nanos).ok()?, behind))
}

/// Whether a zone goes by an abbreviation at a time.
fn uses(zone: &TimeZone, local: DateTime, abbreviation: &str) -> bool {
    let at = zone.to_ambiguous_timestamp(local);
    let Ok(instant) = at.compatible() else { return false };
    zone.to_offset_info(instant).abbreviation().eq_ignore_ascii_case(abbreviation)
}

/// A moment as DuckDB reads it.
pub(crate) fn stamp(at: DateTime) -> String {
    let (date, time) = (at.date(), at.time());
    let micros = time.subsec_nanosecond() / 1000;
    let fraction = if micros == 0 { String::new() } else { format!(".{micros:06}") };
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    format!("{date} {hour:02}:{minute:02}:{second:02}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(order: DateOrder, zone: Option<&str>, text: &str) -> Result<(String, String), String> {
        let read = Moments::new(order, zone).expect("a zone");
        read.value(text).map(|(at, zone)| (at, zone.unwrap_or_default()))
    }

    fn at(zone: Option<&str>, text: &str) -> (String, String) {
        read(DateOrder::YearFirst, zone, text).unwrap()
    }

    fn is(moment: &str, zone: &str) -> (String, String) {
        (moment.to_owned(), zone.to_owned())
    }

    #[test]
    fn zones_written_in_every_way() {
        let oslo = is("2024-03-01 09:00:00", "Europe/Oslo");
        assert_eq!(at(None, "2024-03-01 10:00 Europe/Oslo"), oslo);
        assert_eq!(at(Some("Europe/Oslo"), "2024-03-01T10:00:00"), oslo);
        assert_eq!(at(None, "2024-03-01T10:00:00+01:00[Europe/Oslo]"), oslo);
        // Summer time is the zone's own matter.
        assert_eq!(at(None, "2024-07-01 10:00 Europe/Oslo").0, "2024-07-01 08:00:00");
        assert_eq!(at(None, "2024-03-01 10:00:00 +0200"), is("2024-03-01 08:00:00", "+0200"));
        assert_eq!(at(None, "2024-03-01T10:00:00.25Z"), is("2024-03-01 10:00:00.250000", "Z"));
        assert_eq!(at(None, "2024-03-01 10:00 CEST"), is("2024-03-01 08:00:00", "CEST"));
        assert_eq!(at(None, "2024-03-01 10:00"), is("2024-03-01 10:00:00", ""));
        assert_eq!(at(Some("Europe/Oslo"), "2024-03-01"), is("2024-03-01 00:00:00", ""));
        assert_eq!(at(Some("+05:30"), "20240301 10:00").0, "2024-03-01 04:30:00");
    }

    #[test]
    fn an_abbreviation_of_several_zones_is_asked_about() {
        let error = read(DateOrder::YearFirst, None, "2024-01-05 10:00 EST").unwrap_err();
        assert!(error.contains("America/New_York") && error.contains("set the column"), "{error}");
        let new_york = Some("America/New_York");
        assert_eq!(
            at(new_york, "2024-01-05 10:00 EST"),
            is("2024-01-05 15:00:00", "America/New_York")
        );
        // In July that zone is not on EST: the value means something else.
        assert!(read(DateOrder::YearFirst, new_york, "2024-07-05 10:00 EST").is_err());
        assert!(read(DateOrder::YearFirst, Some("Europe/Oslo"), "2024-01-05 10:00 EST").is_err());
        assert!(Moments::new(DateOrder::YearFirst, Some("EST")).is_none());
        assert!(Moments::new(DateOrder::YearFirst, Some("Europe/Olso")).is_none());
    }

    #[test]
    fn orders_of_day_and_month() {
        let day = |text| read(DateOrder::DayFirst, None, text);
        assert_eq!(day("31.12.2025 9:30").unwrap().0, "2025-12-31 09:30:00");
        assert_eq!(day("1/2/2026").unwrap().0, "2026-02-01 00:00:00");
        let month = |text| read(DateOrder::MonthFirst, None, text);
        assert_eq!(month("12/31/2025 12:05 AM").unwrap().0, "2025-12-31 00:05:00");
        assert_eq!(month("12/31/2025 1:05 PM").unwrap().0, "2025-12-31 13:05:00");
        for wrong in ["12/31/2025", "31.12.25", "31.02.2025", "soon", "31.12.2025 25:00", ""] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
        assert!(month("31/12/2025").is_err());
    }

    #[test]
    fn clocks_that_go_back_and_forth() {
        // 2024-10-27 02:30 came twice, 2024-03-31 02:30 never.
        assert_eq!(at(None, "2024-10-27 02:30 Europe/Oslo").0, "2024-10-27 00:30:00");
        assert_eq!(at(None, "2024-03-31 02:30 Europe/Oslo").0, "2024-03-31 01:30:00");
    }
}
