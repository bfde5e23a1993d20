//! Two years of one person: visits, orders, and turning away.
//!
//! Each day a person may visit; each visit may end in an order. Every thirty days he may turn
//! away, with a hazard that others can see the causes of: little engagement, a refund or a late
//! parcel in the last three months, and the habits of his kind. Before he is gone he fades for six
//! weeks: fewer, shorter visits. What the future holds (the ninety days after "today") is counted
//! for the truth file and written nowhere else.

use crate::archetype::{ARCHETYPES, Archetype};
use crate::basket::{Memory, Order, settle};
use crate::catalog::Catalog;
use crate::clock::{DAY, START, TODAY, month_index, shop_offset, weekday};
use crate::draw::{Draw, Stream};
use crate::experiment::{FROM, UNTIL, VISIT_CONVERSION_MULTIPLIER, arm};
use crate::math;
use crate::person::Person;

/// Days after "today" that are simulated for the truth.
pub(crate) const FUTURE_DAYS: i64 = 90;
const FADING_DAYS: i64 = 42;
const VISITS: f64 = 0.63;

/// A visit to the web shop.
#[derive(Debug)]
pub(crate) struct Visit {
    pub at: i64,
    /// Which of the person's devices, 0 being the main one.
    pub device: usize,
    /// Mean seconds per page.
    pub dwell_s: f64,
    /// Products looked at, without those of the order.
    pub viewed: Vec<usize>,
    pub searched: bool,
    pub abandoned_cart: bool,
    /// Position in `History::orders`.
    pub order: Option<usize>,
    /// The experiment's arm, while it runs.
    pub arm: Option<usize>,
}

/// All that happened.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub visits: Vec<Visit>,
    pub orders: Vec<Order>,
    /// When the person was gone for good.
    pub churned_at: Option<i64>,
    /// Orders in the ninety days after "today".
    pub future_orders: u64,
    pub exposure: Option<Exposure>,
}

/// What the experiment did to one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exposure {
    pub arm: usize,
    pub converted: bool,
    pub would_convert: [bool; 2],
}

enum Mood {
    Active,
    /// Still about, until this time.
    Fading(i64),
    Gone,
}

struct Life<'a> {
    person: &'a Person<'a>,
    kind: &'static Archetype,
    catalog: &'a Catalog,
    seed: u64,
    draw: Draw,
    basket: Draw,
    memory: Memory,
    mood: Mood,
    history: History,
}

/// Lives the two years (and ninety days) of a person.
pub(crate) fn live(person: &Person<'_>, catalog: &Catalog, seed: u64) -> History {
    let mut life = Life {
        person,
        kind: &ARCHETYPES[person.archetype],
        catalog,
        seed,
        draw: Draw::new(seed, Stream::Behaviour, person.index),
        basket: Draw::new(seed, Stream::Basket, person.index),
        memory: Memory::default(),
        mood: Mood::Active,
        history: History::default(),
    };
    if person.registered_at < START && life.draw.chance(0.1) {
        life.mood = Mood::Gone;
        life.history.churned_at = Some(START - 1 - life.draw.below(300 * DAY as u64) as i64);
    }
    let first = person.registered_at.max(START).div_euclid(DAY);
    for day in first..TODAY / DAY + FUTURE_DAYS {
        if (day - first) % 30 == 29 {
            life.consider_leaving(day, first);
        }
        life.pass_day(day);
    }
    life.history
}

impl Life<'_> {
    fn consider_leaving(&mut self, day: i64, first: i64) {
        let now = day * DAY;
        if let Mood::Fading(until) = self.mood {
            if now >= until {
                self.mood = Mood::Gone;
                self.history.churned_at = Some(until);
            }
            return;
        }
        let settling_in = self.kind.hazard > 0.1 && day - first < 130;
        if matches!(self.mood, Mood::Gone) || settling_in {
            return;
        }
        let upset = self
            .history
            .orders
            .iter()
            .rev()
            .take_while(|order| now - order.at < 90 * DAY)
            .any(Order::disappointing);
        let hazard = self.kind.hazard
            * math::exp(-0.8 * self.person.engagement)
            * if upset { 4.0 } else { 1.0 };
        if self.draw.chance(hazard.min(0.9)) {
            self.mood = Mood::Fading(now + FADING_DAYS * DAY);
        }
    }

    fn pass_day(&mut self, day: i64) {
        let midnight = day * DAY;
        let kind = self.kind;
        let weekend = weekday(midnight) >= 5;
        let weight = if weekend { kind.weekend } else { 1.0 } * 7.0 / (5.0 + 2.0 * kind.weekend);
        let mood = match self.mood {
            Mood::Active => 1.0,
            Mood::Fading(_) => 0.6,
            Mood::Gone => 0.02,
        };
        let rate = VISITS * kind.visits_per_month / 30.4
            * kind.season[month_index(midnight)]
            * weight
            * sale_week(midnight)
            * mood
            * math::exp(0.5 * self.person.engagement - 0.125);
        if !self.draw.chance(rate.min(0.9)) {
            return;
        }
        let (centre, spread) = kind.hours;
        let hour = (centre + spread * self.draw.normal()).clamp(0.0, 23.9);
        let local = midnight + (hour * 3600.0) as i64 + self.draw.between(0, 300);
        let at = (local - shop_offset(local)).max(self.person.registered_at + 60);
        if at / DAY == day {
            self.visit(at);
        }
    }

    fn visit(&mut self, at: i64) {
        let eager = matches!(self.mood, Mood::Active);
        let calm = self.kind.discount > 0.5 && sale_week(at) == 1.0;
        let base = self.kind.conversion
            * math::exp(0.2 * self.person.engagement)
            * if calm { 0.9 } else { 1.0 }
            * match self.mood {
                Mood::Active => 1.0,
                Mood::Fading(_) => 0.4,
                Mood::Gone => 0.0,
            };
        let arm = (self.person.tracked && (FROM..UNTIL).contains(&at))
            .then(|| arm(self.seed, self.person.index));
        let chances = [base, base * VISIT_CONVERSION_MULTIPLIER].map(|p| p.min(0.95));
        let luck = self.draw.unit();
        let buys = luck < chances[arm.unwrap_or(0)];
        if let Some(arm) = arm {
            let fresh = Exposure { arm, converted: false, would_convert: [false; 2] };
            let exposure = self.history.exposure.get_or_insert(fresh);
            exposure.converted |= buys;
            for (would, chance) in exposure.would_convert.iter_mut().zip(chances) {
                *would |= luck < chance;
            }
        }
        if at >= TODAY {
            self.history.future_orders += u64::from(buys);
            return;
        }
        let order = buys.then(|| self.order(at));
        let dwell_s = self.kind.dwell_s
            * math::exp(0.35 * self.person.engagement + 0.25 * self.draw.normal())
            * if eager { 1.0 } else { 0.5 };
        let visit = self.browse(at, dwell_s, order, arm);
        self.history.visits.push(visit);
    }

    fn order(&mut self, at: i64) -> usize {
        let Life { basket, memory, catalog, person, .. } = self;
        let lines = memory.fill(basket, catalog, person, at);
        let order = settle(basket, person, at, lines);
        self.history.orders.push(order);
        self.history.orders.len() - 1
    }

    fn browse(&mut self, at: i64, dwell_s: f64, order: Option<usize>, arm: Option<usize>) -> Visit {
        let looks = if order.is_some() {
            usize::from(self.basket.chance(0.25))
        } else {
            1 + (self.basket.exponential(0.5 + dwell_s / 60.0) as usize).min(6)
        };
        let Life { basket, memory, catalog, person, .. } = self;
        let viewed = (0..looks).map(|_| memory.browse(basket, catalog, person, at)).collect();
        Visit {
            at,
            device: basket.weighted(&[0.74, 0.2, 0.06]),
            dwell_s,
            viewed,
            searched: basket.chance(self.kind.search),
            abandoned_cart: order.is_none() && basket.chance(0.22),
            order,
            arm,
        }
    }
}

/// How much busier the shop is: the week of Black Friday, and the first weeks of both sales.
fn sale_week(at: i64) -> f64 {
    let (_, month, day) = crate::clock::civil(at.div_euclid(DAY));
    match (month, day) {
        (11, 23..=30) => 2.4,
        (1, 2..=15) | (7, 1..=14) => 1.5,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::culture::Cultures;

    #[test]
    fn a_life_is_in_order_and_inside_the_window() {
        let (cultures, catalog) = (Cultures::load(), Catalog::new(1, 2000));
        let mut orders = 0;
        let mut visits = 0;
        for index in 0..2000 {
            let person = Person::derive(&cultures, 1, 2000, index);
            let history = live(&person, &catalog, 1);
            assert!(history.visits.windows(2).all(|pair| pair[0].at < pair[1].at));
            assert!(history.visits.iter().all(|v| (START..TODAY).contains(&v.at)));
            assert!(history.orders.iter().all(|o| o.total() > 0 && !o.lines.is_empty()));
            orders += history.orders.len();
            visits += history.visits.len();
        }
        assert!((7_000..9_000).contains(&orders), "{orders} orders of 2000 people");
        assert!(visits > 2 * orders, "{visits} visits");
    }

    #[test]
    fn the_engaged_stay() {
        let (cultures, catalog) = (Cultures::load(), Catalog::new(1, 3000));
        let mut gone = [0.0; 2];
        let mut all = [0.0; 2];
        for index in 0..3000 {
            let person = Person::derive(&cultures, 1, 3000, index);
            let history = live(&person, &catalog, 1);
            let side = usize::from(person.engagement > 0.0);
            all[side] += 1.0;
            gone[side] += f64::from(u8::from(history.churned_at.is_some_and(|at| at < TODAY)));
        }
        assert!(gone[0] / all[0] > 1.3 * gone[1] / all[1], "{gone:?} of {all:?}");
    }
}
