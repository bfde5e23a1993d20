//! Calendar arithmetic and the date spellings of the exports. Times are seconds since 1970 UTC.

pub(crate) const DAY: i64 = 86_400;

/// First second of the sample's history: 2024-11-01.
pub(crate) const START: i64 = days_of(2024, 11, 1) * DAY;

/// The sample's "today": 2026-11-01, 00:00. Nothing that happened is later.
pub(crate) const TODAY: i64 = days_of(2026, 11, 1) * DAY;

/// Days since 1970 of a civil date (Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) const fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y - era * 400;
    let shifted = (month + 9) % 12;
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Civil (year, month, day) of days since 1970.
pub(crate) const fn civil(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z - era * 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + (month <= 2) as i64, month, day)
}

/// 0 = Monday.
pub(crate) fn weekday(at: i64) -> usize {
    (at.div_euclid(DAY) + 3).rem_euclid(7) as usize
}

/// 0 = January.
pub(crate) fn month_index(at: i64) -> usize {
    (civil(at.div_euclid(DAY)).1 - 1) as usize
}

/// Offset of the shop's clock (Central European Time) from UTC, in seconds.
pub(crate) fn shop_offset(at: i64) -> i64 {
    let (year, _, _) = civil(at.div_euclid(DAY));
    let last_sunday = |month| {
        let last = days_of(year, month, 31);
        (last - (last + 4).rem_euclid(7)) * DAY + 3600
    };
    if at >= last_sunday(3) && at < last_sunday(10) { 7200 } else { 3600 }
}

fn push_padded(out: &mut String, value: i64, width: u32) {
    let mut divisor = 10_i64.pow(width - 1);
    while divisor > 0 {
        out.push((b'0' + ((value / divisor) % 10) as u8) as char);
        divisor /= 10;
    }
}

/// `2026-05-01`
pub(crate) fn push_date(out: &mut String, days: i64) {
    let (year, month, day) = civil(days);
    push_padded(out, year, 4);
    out.push('-');
    push_padded(out, month, 2);
    out.push('-');
    push_padded(out, day, 2);
}

/// `20260501`
pub(crate) fn push_compact_date(out: &mut String, days: i64) {
    let (year, month, day) = civil(days);
    push_padded(out, year, 4);
    push_padded(out, month, 2);
    push_padded(out, day, 2);
}

/// `2026-05-01 10:00`
pub(crate) fn push_minute(out: &mut String, at: i64) {
    push_date(out, at.div_euclid(DAY));
    out.push(' ');
    let second = at.rem_euclid(DAY);
    push_padded(out, second / 3600, 2);
    out.push(':');
    push_padded(out, second / 60 % 60, 2);
}

/// `2026-05-01 10:00:00`
pub(crate) fn push_second(out: &mut String, at: i64) {
    push_minute(out, at);
    out.push(':');
    push_padded(out, at.rem_euclid(60), 2);
}

/// `2026-05-01T10:00:00.000Z`
pub(crate) fn push_iso(out: &mut String, at: i64) {
    let from = out.len();
    push_second(out, at);
    out.replace_range(from + 10..from + 11, "T");
    out.push_str(".000Z");
}

/// `2026-05-01 10:00:00 +0200`, on the shop's clock.
pub(crate) fn push_shop_time(out: &mut String, at: i64) {
    let offset = shop_offset(at);
    push_second(out, at + offset);
    out.push_str(if offset == 7200 { " +0200" } else { " +0100" });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn dates_go_there_and_back() {
        for days in -30_000..60_000 {
            let (y, m, d) = civil(days);
            assert_eq!(days_of(y, m, d), days);
        }
        assert_eq!(weekday(days_of(2026, 11, 1) * DAY), 6, "a Sunday");
    }

    #[test]
    fn spellings_are_those_of_the_exports() {
        let at = days_of(2026, 5, 1) * DAY + 8 * 3600;
        assert_eq!(text(|o| push_shop_time(o, at)), "2026-05-01 10:00:00 +0200");
        assert_eq!(text(|o| push_shop_time(o, at - 120 * DAY)), "2026-01-01 09:00:00 +0100");
        assert_eq!(text(|o| push_iso(o, at)), "2026-05-01T08:00:00.000Z");
        assert_eq!(text(|o| push_minute(o, at)), "2026-05-01 08:00");
        assert_eq!(text(|o| push_compact_date(o, at / DAY)), "20260501");
    }

    #[test]
    fn summer_time_starts_and_ends_on_the_last_sunday() {
        // 2026-03-29 and 2026-10-25, both at 01:00 UTC.
        let start = days_of(2026, 3, 29) * DAY + 3600;
        let end = days_of(2026, 10, 25) * DAY + 3600;
        assert_eq!([shop_offset(start - 1), shop_offset(start)], [3600, 7200]);
        assert_eq!([shop_offset(end - 1), shop_offset(end)], [7200, 3600]);
    }
}
