//! Orders whose parts add up, and moments in every way they are written.

use crate::draw::Draw;
use crate::locale::Locale;
use crate::values::{Place, person};

/// A moment of the last years.
pub struct Moment {
    year: u64,
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
}

impl Moment {
    /// One by chance, from 2022 to 2025.
    pub fn drawn(draw: &mut Draw) -> Self {
        Self {
            year: draw.range(2022, 2025),
            month: draw.range(1, 12),
            day: draw.range(1, 28),
            hour: draw.below(24),
            minute: draw.below(60),
            second: draw.below(60),
        }
    }

    /// As `kind` writes it.
    pub fn written(&self, kind: &str, locale: &Locale) -> Option<String> {
        let Self { year, month, day, hour, minute, second } = self;
        let date = format!("{year}-{month:02}-{day:02}");
        let time = format!("{hour:02}:{minute:02}");
        Some(match kind {
            "ts.iso" => format!("{date}T{time}:{second:02}.000Z"),
            "ts.sql" => format!("{date} {time}:{second:02}"),
            "ts.off" => format!("{date} {time}:{second:02} +0200"),
            "ts.min" => format!("{date} {time}"),
            "ts.dmy" => format!("{day:02}-{month:02}-{year} {time}"),
            "ts.local" => format!("{} {time}", locale.date(*year, *month, *day)),
            // Days since 1970 need no calendar here: a moment of about that year will do.
            "ts.epoch_us" => {
                let days = (year - 1970) * 365 + (month - 1) * 30 + day;
                format!(
                    "{}{:06}",
                    days * 86_400 + hour * 3600 + minute * 60 + second,
                    second * 1371
                )
            }
            "date.iso" => date,
            "date.dmy" => format!("{day:02}/{month:02}/{year}"),
            "date.mdy" => format!("{month:02}/{day:02}/{year}"),
            "date.ymd8" => format!("{year}{month:02}{day:02}"),
            _ => return None,
        })
    }
}

/// What the order of a row holds.
pub fn value(name: &str, arg: &str, place: &Place<'_>) -> Option<String> {
    let mut draw = place.shared("order", place.order);
    let at = Moment::drawn(&mut draw);
    let subtotal = draw.range(1_490, 38_900) as i64;
    let discount = if draw.chance(70) { 0 } else { subtotal / 10 };
    let tax = (subtotal - discount) * 19 / 100;
    let shipping = [0, 490, 590, 0][draw.below(4) as usize];
    let total = subtotal - discount + tax + shipping;
    let (amount, local) = name.split_once('.').unwrap_or((name, ""));
    let cents = match amount {
        "subtotal" => Some(subtotal),
        "discount" => Some(discount),
        "tax" => Some(tax),
        "shipping" => Some(shipping),
        "total" => Some(total),
        _ => None,
    };
    if let Some(cents) = cents {
        let point = || format!("{}.{:02}", cents / 100, cents % 100);
        return Some(if local == "comma" { place.locale.money(cents) } else { point() });
    }
    Some(match name {
        "id" | "idrep" => format!("{arg}{}", 10_871 + place.order),
        "id2" => format!("{}", 51_871 + place.order),
        "email" | "phone" => return person(name, "", place, place.order),
        other => return at.written(other, place.locale),
    })
}
