//! Numbers as people read them. Exact values belong in tooltips.

/// Grouped by thousands: `231,402`.
pub use kith_model::grouped as count;

/// Counts at a glance: `231k`, `1.2M`.
pub fn short(n: u64) -> String {
    match n {
        0..10_000 => count(n),
        10_000..1_000_000 => format!("{}k", (n + 500) / 1000),
        _ => format!("{:.1}M", n as f64 / 1e6),
    }
}

/// Three significant digits, grouped: `0.0123`, `12.3`, `12,346`.
pub fn real(x: f64) -> String {
    if !x.is_finite() {
        return "–".to_owned();
    }
    let size = x.abs();
    let sign = if x < 0.0 { "−" } else { "" };
    if size >= 999.5 {
        return format!("{sign}{}", count(size.round() as u64));
    }
    let decimals = if size >= 99.95 || size == 0.0 {
        0
    } else if size >= 9.995 {
        1
    } else if size >= 0.995 {
        2
    } else if size >= 0.0995 {
        3
    } else {
        4
    };
    format!("{sign}{size:.decimals$}")
}

/// A probability: like [`real`], and of what is rare the power of ten: `2e−5`.
pub fn chance(p: f64) -> String {
    if p > 0.0 && p < 0.0001 { format!("{p:.0e}").replace('-', "−") } else { real(p) }
}

/// A number beside an axis: like [`real`], without zeros at its end: `0.5`, `−40`.
pub fn mark(x: f64) -> String {
    let text = real(x);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A match weight in bits, with a sign: `+6.88`, `−12.50`; a weight of nothing is `0`.
pub fn bits(x: f64) -> String {
    let size = format!("{:.2}", x.abs());
    match x {
        _ if !x.is_finite() => "–".to_owned(),
        _ if size == "0.00" => "0".to_owned(),
        x if x < 0.0 => format!("−{size}"),
        _ => format!("+{size}"),
    }
}

/// With a sign: `+1.24`, `−0.31`.
pub fn signed(x: f64) -> String {
    if x > 0.0 { format!("+{}", real(x)) } else { real(x) }
}

/// A share as a percentage: `12.3 %`.
pub fn share(x: f64) -> String {
    if !x.is_finite() {
        return "–".to_owned();
    }
    let percent = x * 100.0;
    if percent > 0.0 && percent < 0.05 {
        "<0.1 %".to_owned()
    } else if percent != 0.0 && percent.abs() < 9.95 {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

/// A figure in `0..=1` to three digits without the zero: `.994`; `1.000` stays.
pub fn unit(x: f64) -> String {
    let text = format!("{x:.3}");
    text.strip_prefix('0').map(str::to_owned).unwrap_or(text)
}

/// Bytes: `1.2 GB`.
pub fn bytes(n: u64) -> String {
    let n = n as f64;
    match n {
        ..1e3 => format!("{n:.0} B"),
        ..1e6 => format!("{:.0} kB", n / 1e3),
        ..1e9 => format!("{:.1} MB", n / 1e6),
        _ => format!("{:.1} GB", n / 1e9),
    }
}

/// Milliseconds: `340 ms`, `4.2 s`, `3 min 20 s`.
pub fn millis(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..60_000 => format!("{:.1} s", ms as f64 / 1000.0),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

/// An estimate of what remains, no more exact than it is: `a second left`, `about 12 s left`.
pub fn remaining(ms: u64) -> String {
    match ms {
        0..1500 => "a second left".to_owned(),
        1500..60_000 => format!("about {} s left", ms.div_ceil(1000)),
        _ => format!("about {} min left", ms.div_ceil(60_000)),
    }
}

/// `1 row`, `2 rows`.
pub fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// `2026-03-01T10:20:30Z` as `2026-03-01 10:20`.
pub fn moment(rfc3339: &str) -> String {
    rfc3339.get(..16).unwrap_or(rfc3339).replace('T', " ")
}

/// At most `most` characters, the rest as `…`.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(7), "7");
        assert_eq!(short(231_402), "231k");
        assert_eq!(real(12345.6), "12,346");
        assert_eq!(real(-0.01234), "−0.0123");
        assert_eq!(real(9.996), "10.0");
        assert_eq!(share(0.0123), "1.2 %");
        assert_eq!(share(0.5), "50 %");
        assert_eq!([0.0, 2.1e-5, 0.0032].map(chance), ["0", "2e−5", "0.0032"]);
        assert_eq!((share(0.0), share(3e-6)), ("0 %".to_owned(), "<0.1 %".to_owned()));
        assert_eq!([-40.0, 0.5, 0.0, 12.5, 2000.0].map(mark), ["−40", "0.5", "0", "12.5", "2,000"]);
        assert_eq!([-12.5, 6.881, 0.001, 0.0989].map(bits), ["−12.50", "+6.88", "0", "+0.10"]);
        assert_eq!(unit(0.9938), ".994");
        assert_eq!(unit(1.0), "1.000");
        assert_eq!(bytes(1_230_000_000), "1.2 GB");
        assert_eq!(millis(200_000), "3 min 20 s");
        assert_eq!(remaining(304), "a second left");
        assert_eq!(remaining(11_200), "about 12 s left");
        assert_eq!(remaining(61_000), "about 2 min left");
        assert_eq!(plural(1, "row", "rows"), "1 row");
        assert_eq!(cut("Straße", 5), "Straß…");
    }
}
