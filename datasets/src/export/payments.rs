//! Stripe payments, unified form: major units with a thousands separator, lower-case currency,
//! metadata columns.

use crate::basket::{Order, Status};
use crate::clock::{TODAY, push_second};
use crate::csv_row::{Row, push_money, push_number};
use crate::draw::Draw;

/// File name in the sample.
pub(crate) const FILE: &str = "unified_payments.csv.gz";

/// The header line.
pub(crate) const HEADER: &str = "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,\
Converted Amount,Converted Amount Refunded,Converted Currency,Fee,Is Link,Mode,\
Payment Source Type,Status,Taxes On Fee,Application Fee,Application ID,Description,\
Customer Email,Invoice ID,Transfer,order_name (metadata),sales_channel (metadata)\n";

/// Cents as `1,234.50`.
fn grouped(cents: i64) -> String {
    let mut text = String::new();
    let thousands = cents / 100_000;
    if thousands == 0 {
        push_money(&mut text, cents);
        return text;
    }
    push_number(&mut text, thousands);
    text.push(',');
    let rest = cents % 100_000;
    for divisor in [10_000, 1_000, 100] {
        text.push((b'0' + (rest / divisor % 10) as u8) as char);
    }
    text.push('.');
    for divisor in [10, 1] {
        text.push((b'0' + (rest / divisor % 10) as u8) as char);
    }
    text
}

/// Appends the payments of an order: a failed attempt now and then, then the one that counts.
/// Returns how many. Orders that were never paid have none.
pub(crate) fn payments(
    out: &mut String,
    draw: &mut Draw,
    order: &Order,
    name: u64,
    email: &str,
) -> u64 {
    let mut written = 0;
    if draw.chance(0.045) {
        payment(out, draw, order, name, email, false);
        written += 1;
    }
    if !matches!(order.status, Status::Voided | Status::Pending) {
        payment(out, draw, order, name, email, true);
        written += 1;
    }
    written
}

fn payment(out: &mut String, draw: &mut Draw, order: &Order, name: u64, email: &str, good: bool) {
    let total = order.total();
    let at = if good { order.at + 18 } else { order.at - 40 };
    let fee = if good { total * 15 / 1000 + 25 } else { 0 };
    let refunded = if good { order.refunded } else { 0 };
    let status = match (good, order.status) {
        (false, _) => "Failed",
        (true, Status::Refunded) => "Refunded",
        (true, _) => "Paid",
    };
    let mut row = Row::new(out);
    row.plain(|out| {
        out.push_str("ch_3");
        for _ in 0..12 {
            out.push(
                *draw.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789") as char
            );
        }
        out.push_str("NpK4t7Qz");
    });
    row.plain(|out| push_second(out, at.min(TODAY - 1)));
    row.text(&grouped(total)).text(&grouped(refunded)).text("eur");
    row.text(if good { "true" } else { "false" });
    row.text(&grouped(total)).text(&grouped(refunded)).text("eur").money(fee);
    row.text("false").text("Live").text("card").text(status).text("0.00").blanks(2);
    row.plain(|out| {
        out.push_str("Order #");
        push_number(out, name as i64);
    });
    row.text(email).blanks(2).plain(|out| {
        out.push('#');
        push_number(out, name as i64);
    });
    row.text("online_store").end();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped() {
        assert_eq!(grouped(99_999), "999.99");
        assert_eq!(grouped(100_000), "1,000.00");
        assert_eq!(grouped(123_405), "1,234.05");
    }
}
