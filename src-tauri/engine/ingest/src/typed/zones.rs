//! Time zones as files name them: offsets, names of the IANA database, abbreviations.

use jiff::tz::{Offset, TimeZone};

/// A zone out of what is written behind a time.
pub(super) enum Zone {
    /// One meaning.
    Known(TimeZone),
    /// An abbreviation of several; those that use it.
    Ambiguous(&'static str),
    Unknown,
}

/// Abbreviations with one meaning, in minutes east of UTC. The names are those of the IANA
/// database; `IST`, `BST`, `CST` and `EST` mean different times in different countries.
const ABBREVIATIONS: [(&str, i32); 24] = [
    ("UTC", 0),
    ("GMT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("CET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("SAST", 120),
    ("PKT", 300),
    ("WIB", 420),
    ("HKT", 480),
    ("JST", 540),
    ("KST", 540),
    ("AEDT", 660),
    ("NZST", 720),
    ("NZDT", 780),
    ("EDT", -240),
    ("CDT", -300),
    ("MDT", -360),
    ("PDT", -420),
    ("AKDT", -480),
];

/// Abbreviations with several meanings.
const AMBIGUOUS: [(&str, &str); 7] = [
    ("EST", "America/New_York or Australia/Sydney"),
    ("CST", "America/Chicago, Asia/Shanghai or America/Havana"),
    ("MST", "America/Denver or Asia/Kuala_Lumpur"),
    ("PST", "America/Los_Angeles or Asia/Manila"),
    ("IST", "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem"),
    ("BST", "Europe/London or Asia/Dhaka"),
    ("AST", "America/Halifax or Asia/Riyadh"),
];

/// The zones an abbreviation may mean, when there are several.
pub(crate) fn meanings(text: &str) -> Option<&'static str> {
    let upper = text.to_ascii_uppercase();
    AMBIGUOUS.iter().find(|(name, _)| *name == upper).map(|(_, meanings)| *meanings)
}

/// What `text` names.
pub(super) fn find(text: &str) -> Zone {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    if let Some(minutes) = offset(text) {
        return fixed(minutes);
    }
    let upper = text.to_ascii_uppercase();
    if let Some((_, minutes)) = ABBREVIATIONS.iter().find(|(name, _)| *name == upper) {
        return fixed(*minutes);
    }
    if let Some(meanings) = meanings(&upper) {
        return Zone::Ambiguous(meanings);
    }
    // Names have a continent: bare ones of the database are old aliases with a trap in each.
    match text.contains('/').then(|| TimeZone::get(text)) {
        Some(Ok(zone)) => Zone::Known(zone),
        _ => Zone::Unknown,
    }
}

fn fixed(minutes: i32) -> Zone {
    match Offset::from_seconds(minutes * 60) {
        Ok(offset) => Zone::Known(TimeZone::fixed(offset)),
        Err(_) => Zone::Unknown,
    }
}

/// Minutes east of UTC of `+02:00`, `+0200`, `+02`, `UTC+2`.
fn offset(text: &str) -> Option<i32> {
    let text = ["UTC", "GMT"].iter().find_map(|name| text.strip_prefix(name)).unwrap_or(text);
    let (sign, rest) = match text.chars().next()? {
        '+' => (1, &text[1..]),
        '-' => (-1, &text[1..]),
        '\u{2212}' => (-1, &text['\u{2212}'.len_utf8()..]),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = if digits.len() <= 2 {
        (digits.parse::<i32>().ok()?, 0)
    } else {
        let (hours, minutes) = digits.split_at(digits.len() - 2);
        (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?)
    };
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
