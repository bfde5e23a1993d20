//! What goes into an order, and what becomes of it.

use crate::archetype::ARCHETYPES;
use crate::catalog::Catalog;
use crate::clock::{DAY, month_index};
use crate::draw::Draw;
use crate::person::Person;

/// A line of an order.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub product: usize,
    pub quantity: i64,
    pub cents: i64,
}

/// How an order ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Paid,
    Pending,
    PartiallyRefunded,
    Refunded,
    Voided,
}

/// An order.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub at: i64,
    pub lines: Vec<Line>,
    pub code: Option<&'static str>,
    pub discount: i64,
    pub shipping: i64,
    pub refunded: i64,
    pub status: Status,
    pub fulfilled_at: Option<i64>,
    pub gift: bool,
}

impl Order {
    /// Sum of the lines, in cents.
    pub(crate) fn gross(&self) -> i64 {
        self.lines.iter().map(|line| line.cents * line.quantity).sum()
    }

    /// What the customer paid, in cents.
    pub(crate) fn total(&self) -> i64 {
        self.gross() - self.discount + self.shipping
    }

    /// Refunded, or sent late: what makes customers turn away.
    pub(crate) fn disappointing(&self) -> bool {
        let late = self.fulfilled_at.is_some_and(|at| at - self.at > 6 * DAY);
        late || matches!(self.status, Status::Refunded | Status::PartiallyRefunded)
    }
}

/// What a customer has bought and looked at so far, as far as it steers what comes next.
#[derive(Default)]
pub(crate) struct Memory {
    owned: Vec<usize>,
    supplies: Vec<usize>,
    wish: Option<usize>,
}

impl Memory {
    /// A product the customer might look at.
    pub(crate) fn browse(
        &mut self,
        draw: &mut Draw,
        catalog: &Catalog,
        person: &Person<'_>,
        at: i64,
    ) -> usize {
        let product = self.choose(draw, catalog, person, at);
        if draw.chance(0.5) {
            self.wish = Some(product);
        }
        product
    }

    fn choose(&self, draw: &mut Draw, catalog: &Catalog, person: &Person<'_>, at: i64) -> usize {
        let month = month_index(at);
        let mut product = 0;
        for _ in 0..6 {
            product = match draw.weighted(&[0.72, 0.19, 0.09]) {
                0 => catalog.liked(draw, person.tastes[0], month),
                1 => catalog.liked(draw, person.tastes[1], month),
                _ => catalog.popular(draw, month),
            };
            if !self.owned.contains(&product) {
                break;
            }
        }
        product
    }

    /// The lines of a new order.
    pub(crate) fn fill(
        &mut self,
        draw: &mut Draw,
        catalog: &Catalog,
        person: &Person<'_>,
        at: i64,
    ) -> Vec<Line> {
        let kind = &ARCHETYPES[person.archetype];
        let wanted = 1 + (draw.exponential(kind.lines - 0.5) as usize).min(9);
        let mut lines: Vec<Line> = Vec::with_capacity(wanted);
        for place in 0..wanted {
            let product = self.next_product(draw, catalog, person, at, (place, &lines));
            if lines.iter().any(|line| line.product == product) {
                continue;
            }
            let item = &catalog.products[product];
            let several = item.used_up && draw.chance(0.45);
            let quantity = if several { draw.between(2, 4) } else { 1 };
            lines.push(Line { product, quantity, cents: item.cents });
            if item.used_up {
                self.supplies.push(product);
            } else {
                self.owned.push(product);
            }
        }
        lines
    }

    fn next_product(
        &mut self,
        draw: &mut Draw,
        catalog: &Catalog,
        person: &Person<'_>,
        at: i64,
        (place, lines): (usize, &[Line]),
    ) -> usize {
        if place == 0 {
            if let Some(wish) = self.wish.take().filter(|w| !self.owned.contains(w))
                && draw.chance(0.55)
            {
                return wish;
            }
            if let Some(&last) = self.owned.last() {
                let companion = *draw.pick(&catalog.products[last].companions);
                if draw.chance(0.22) && !self.owned.contains(&companion) {
                    return companion;
                }
            }
        } else if draw.chance(0.34) {
            let before = lines[lines.len() - 1].product;
            let companion = *draw.pick(&catalog.products[before].companions);
            if !self.owned.contains(&companion) {
                return companion;
            }
        }
        if !self.supplies.is_empty() && draw.chance(0.2) {
            return *draw.pick(&self.supplies);
        }
        self.choose(draw, catalog, person, at)
    }
}

const USUAL_CODES: [(&str, i64); 3] = [("WELCOME10", 10), ("NEWS10", 10), ("SPRING15", 15)];
const BARGAIN_CODES: [(&str, i64); 4] =
    [("OUTLET20", 20), ("SALE25", 25), ("LASTCHANCE30", 30), ("NEWS10", 10)];

/// Prices, ships and settles the lines of an order placed at `at`.
pub(crate) fn settle(draw: &mut Draw, person: &Person<'_>, at: i64, lines: Vec<Line>) -> Order {
    let kind = &ARCHETYPES[person.archetype];
    let gross: i64 = lines.iter().map(|line| line.cents * line.quantity).sum();
    let coupon = draw.chance(kind.discount).then(|| {
        let codes: &[_] = if kind.discount > 0.5 { &BARGAIN_CODES } else { &USUAL_CODES };
        *draw.pick(codes)
    });
    let discount = coupon.map_or(0, |(_, percent)| gross * percent / 100);
    let shipping = if gross - discount < 6_000 { 490 } else { 0 };
    let status = match draw.weighted(&[0.925, 0.008, 0.027, 0.026, 0.014]) {
        0 => Status::Paid,
        1 => Status::Pending,
        2 => Status::PartiallyRefunded,
        3 => Status::Refunded,
        _ => Status::Voided,
    };
    let refunded = match status {
        Status::Refunded => gross - discount + shipping,
        Status::PartiallyRefunded => lines[0].cents * (gross - discount) / gross.max(1),
        _ => 0,
    };
    let days = if draw.chance(0.06) { draw.between(7, 16) } else { draw.between(0, 3) };
    let shipped = at + days * DAY + draw.between(3 * 3600, 20 * 3600);
    let waits = matches!(status, Status::Voided | Status::Pending);
    let gift = draw.chance(if kind.name == "gift_shopper" { 0.55 } else { 0.03 });
    Order {
        at,
        lines,
        code: coupon.map(|(code, _)| code),
        discount,
        shipping,
        refunded,
        status,
        fulfilled_at: (!waits).then_some(shipped),
        gift,
    }
}
