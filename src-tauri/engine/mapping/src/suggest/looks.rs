//! What a single value looks like.

pub(super) const CURRENCIES: &[&str] = &[
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "JPY", "CNY", "AUD",
    "CAD", "NZD", "INR", "BRL", "MXN", "TRY", "UAH", "RON", "BGN", "KRW", "SGD", "HKD", "ZAR",
];

pub(super) const GENDERS: &[&str] = &[
    "m",
    "f",
    "w",
    "d",
    "x",
    "male",
    "female",
    "man",
    "woman",
    "diverse",
    "other",
    "männlich",
    "weiblich",
    "divers",
    "herr",
    "frau",
    "mr",
    "mrs",
    "ms",
    "homme",
    "femme",
    "hombre",
    "mujer",
    "uomo",
    "donna",
    "vrouw",
    "mężczyzna",
    "kobieta",
    "男",
    "女",
    "男性",
    "女性",
];

pub(super) const TRUTHS: &[&str] = &[
    "yes",
    "no",
    "true",
    "false",
    "0",
    "1",
    "y",
    "n",
    "t",
    "f",
    "ja",
    "nein",
    "oui",
    "non",
    "si",
    "sí",
    "sì",
    "nee",
    "tak",
    "nie",
    "subscribed",
    "unsubscribed",
    "on",
    "off",
    "opted in",
    "opted out",
    "granted",
    "denied",
    "はい",
    "いいえ",
];

pub(super) fn is_code(v: &str) -> bool {
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let letters = v.bytes().filter(u8::is_ascii_alphabetic).count();
    let plain = v.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b));
    plain && digits >= 2 && letters >= 1 && (4..=16).contains(&v.len())
}

pub(super) fn has_cents(v: &str) -> bool {
    let end = v.trim_end_matches(|c: char| !c.is_ascii_digit());
    end.rfind(['.', ',']).is_some_and(|at| end.len() - at == 3)
}

/// A number of at least three decimals, at most `most` from zero: degrees on the map.
pub(super) fn is_degrees(v: &str, most: f64) -> bool {
    let v = v.replacen(',', ".", 1);
    let decimals = v.rsplit_once('.').map_or(0, |(_, decimals)| decimals.len());
    decimals >= 3 && v.parse().is_ok_and(|degrees: f64| degrees.abs() <= most)
}

pub(super) fn is_email(v: &str) -> bool {
    let Some((local, host)) = v.split_once('@') else { return false };
    // Values cut to 60 characters may lose the end of a long host.
    !local.is_empty() && !v.contains(' ') && host.contains('.') && !host.starts_with('.')
}

pub(super) fn is_phone(v: &str) -> bool {
    let v = v.trim_start_matches('\'');
    let digits = v.chars().filter(char::is_ascii_digit).count();
    let plain = v.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    let points = v.matches('.').count();
    let last = v.rsplit('.').next().unwrap_or("").len();
    let marked = v.starts_with('+')
        || (v.starts_with('0') && points != 1)
        || v.chars().skip(1).any(|c| "- /(".contains(c))
        || (points == 2 && last == 4);
    plain && marked && (7..=15).contains(&digits) && year_of(v).is_none()
}

/// The year of a date in one of the usual orders.
pub(super) fn year_of(v: &str) -> Option<i32> {
    let date = v.split(['T', ' ']).next()?;
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let number = |p: &str| p.parse::<i32>().ok().filter(|_| p.len() <= 4);
    let (year, a, b) = match parts.as_slice() {
        [y, a, b] if y.len() == 4 => (number(y)?, number(a)?, number(b)?),
        [a, b, y] if y.len() == 4 => (number(y)?, number(a)?, number(b)?),
        [whole] if whole.len() == 8 => {
            let n: i32 = whole.parse().ok()?;
            (n / 10_000, n / 100 % 100, n % 100)
        }
        _ => return None,
    };
    let days = (1..=31).contains(&a) && (1..=31).contains(&b) && (a <= 12 || b <= 12);
    (days && (1900..=2100).contains(&year)).then_some(year)
}

pub(super) fn is_epoch(v: &str) -> bool {
    matches!(v.len(), 10 | 13 | 16)
        && v.bytes().all(|b| b.is_ascii_digit())
        && (v.starts_with('1') || v.starts_with('2'))
        && (1_000_000_000..2_200_000_000).contains(&v[..10].parse::<u64>().unwrap_or(0))
}

pub(super) fn is_number(v: &str) -> bool {
    let plain: String = v.chars().filter(|c| !" €$£¥'\u{a0}%".contains(*c)).collect();
    let plain = plain.trim_start_matches("EUR").trim_end_matches("EUR");
    let body = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    let digits = body.bytes().filter(u8::is_ascii_digit).count();
    let points = body.bytes().filter(|b| matches!(b, b'.' | b',')).count();
    digits > 0
        && digits + points == body.len()
        && points <= 3
        && !body.starts_with("00")
        && !(points == 2 && year_of(v).is_some())
}

pub(super) fn is_language(v: &str) -> bool {
    const CODES: &[&str] = &[
        "de",
        "en",
        "fr",
        "es",
        "it",
        "nl",
        "pl",
        "pt",
        "sv",
        "da",
        "no",
        "nb",
        "fi",
        "ja",
        "zh",
        "ko",
        "ru",
        "uk",
        "cs",
        "sk",
        "hu",
        "ro",
        "bg",
        "el",
        "tr",
        "ar",
        "he",
        "hr",
        "sl",
        "et",
        "lv",
        "lt",
        "english",
        "german",
        "french",
        "spanish",
        "italian",
        "dutch",
        "polish",
        "japanese",
        "deutsch",
        "englisch",
        "französisch",
        "français",
        "anglais",
        "español",
        "italiano",
        "nederlands",
        "polski",
        "日本語",
    ];
    let lower = v.to_lowercase();
    let head = lower.split(['-', '_']).next().unwrap_or(&lower);
    CODES.contains(&lower.as_str()) || (lower.len() == 5 && CODES.contains(&head))
}

pub(super) fn is_name(v: &str) -> bool {
    let words = v.split([' ', '\u{3000}']).filter(|w| !w.is_empty()).count();
    (1..=4).contains(&words)
        && v.chars().count() <= 40
        && v.chars().all(|c| c.is_alphabetic() || " '’.-\u{3000}・".contains(c))
        && v.chars().any(char::is_alphabetic)
}

pub(super) fn is_address(v: &str) -> bool {
    let digits = v.chars().any(|c| c.is_ascii_digit());
    let letters = v.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    digits
        && letters
        && (v.contains(' ') || !v.is_ascii())
        && year_of(v).is_none()
        && !v.contains('@')
}

pub(super) fn is_postcode(v: &str) -> bool {
    let plain: String = v.chars().filter(|c| !" -'".contains(*c)).collect();
    // Shapes with letters: GB, NL, CA, IE, then digits alone.
    let shape: String = plain
        .chars()
        .map(|c| match c {
            '0'..='9' => '9',
            'A'..='Z' => 'A',
            other => other,
        })
        .collect();
    const LETTERED: &[&str] = &[
        "A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA", "9999AA", "A9A9A9", "A99A999",
        "A99AA99",
    ];
    LETTERED.contains(&shape.as_str())
        || ((4..=8).contains(&shape.len())
            && shape.bytes().all(|b| b == b'9')
            && !v.starts_with('-')
            && year_of(v).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_known_by_their_looks() {
        assert!(is_email("ada@example.org") && !is_email("ada at example"));
        assert!(is_phone("+49 171 39200") && is_phone("030-2345678") && is_phone("'+12125550100"));
        assert!(!is_phone("2024-05-01") && !is_phone("12.50") && !is_phone("4711"));
        assert_eq!(year_of("31.12.1984"), Some(1984));
        assert_eq!(year_of("2026-05-01 10:00:00 +0200"), Some(2026));
        assert_eq!(year_of("1.234.567"), None);
        assert!(is_number("1.234,56 €") && !is_number("12a") && !is_number("31.12.1984"));
        assert!(is_epoch("1731350592000000") && !is_epoch("9900000000"));
        assert!(is_degrees("52.5163", 90.0) && is_degrees("-0,1276", 180.0));
        assert!(!is_degrees("12.50", 90.0) && !is_degrees("151.2093", 90.0));
        assert!(is_postcode("BS6 2BD") && is_postcode("80331") && !is_postcode("12.50"));
        assert!(!is_postcode("TR-100") && is_postcode("3511 AB"));
        assert!(is_name("Jean-Luc O'Neill") && !is_name("4711"));
        assert!(is_address("Hauptstr. 5") && !is_address("Hauptstraße"));
        assert!(is_language("de-de") && is_language("EN"));
    }
}
