//! Numbers as sentences hold them.

/// Grouped by thousands: `231,402`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let written = [0, 7, 999, 1_000, 104_211, 1_234_567].map(grouped);
        assert_eq!(written, ["0", "7", "999", "1,000", "104,211", "1,234,567"]);
    }
}
