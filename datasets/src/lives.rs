//! Everybody's two years, written to the shop's, the bank's and the analytics files in one pass.

use crate::basket::Status;
use crate::behaviour::{History, live};
use crate::draw::{Draw, Stream, reorder};
use crate::error::DatasetError;
use crate::export::events::{Device, EventFiles, Session};
use crate::export::orders::{Buyer, OrderNumbers, OrderRow, Recipient};
use crate::export::shop_customers::ShopCustomer;
use crate::export::{events, orders, payments, shop_customers};
use crate::fault::{FaultKind, FaultLog};
use crate::folder::Folder;
use crate::generate::World;
use crate::manifest::SampleFile;
use crate::out::OutFile;
use crate::person::Person;
use crate::record::{SELF, Typed, type_record};
use crate::spec::Progress;
use crate::spill::{Mark, Spill};
use crate::truth::Truth;

/// Customers (from 0) whose tags are not quoted.
const BROKEN_CUSTOMERS: [u64; 5] = [97, 811, 1_502, 2_333, 3_014];
/// Orders (in the order of the work) with a negative quantity, and with an unknown product.
const NEGATIVE_QUANTITIES: [u64; 3] = [404, 6_006, 12_012];
const ORPHAN_PRODUCTS: [u64; 4] = [1_111, 5_555, 9_999, 14_141];

/// The files of this pass.
pub(crate) struct Lives<'w> {
    world: &'w World,
    customers: OutFile,
    orders: OutFile,
    payments: OutFile,
    events: EventFiles,
    order_spill: Spill,
    payment_spill: Spill,
    numbers: OrderNumbers,
    orders_done: u64,
    order_rows: u64,
    payment_rows: u64,
    scratch: String,
}

/// A person as a customer of the shop.
struct Customer<'a> {
    person: &'a Person<'a>,
    typed: Typed,
    id: i64,
    /// Orders and cents per e-mail address: the main one, and the second.
    bought: [(i64, i64); 2],
}

impl<'w> Lives<'w> {
    pub(crate) fn create(world: &'w World, folder: &Folder) -> Result<Self, DatasetError> {
        let level = world.spec.level();
        let open = |name, preset, header: &str| -> Result<OutFile, DatasetError> {
            let mut out = OutFile::create(folder, name, Some(preset), level)?;
            out.text.push_str(header);
            Ok(out)
        };
        Ok(Lives {
            world,
            customers: open(shop_customers::FILE, "shopify_customers", shop_customers::HEADER)?,
            orders: open(orders::FILE, "shopify_orders", orders::HEADER)?,
            payments: open(payments::FILE, "stripe_payments", payments::HEADER)?,
            events: EventFiles::new([
                open(events::FILES[0], "ga4_events", "")?,
                open(events::FILES[1], "ga4_events", "")?,
            ]),
            order_spill: Spill::new(folder.path("orders")),
            payment_spill: Spill::new(folder.path("payments")),
            numbers: OrderNumbers::new(world.spec.people),
            orders_done: 0,
            order_rows: 0,
            payment_rows: 0,
            scratch: String::new(),
        })
    }

    /// Writes everything and completes the files.
    pub(crate) fn write(
        mut self,
        truth: &mut Truth,
        faults: &mut FaultLog,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<SampleFile>, DatasetError> {
        let people = self.world.spec.people;
        for position in 0..people {
            if position % 256 == 0 {
                progress(Progress { step: "People", done: position, total: people });
            }
            self.write_person(reorder(people, 5, position), truth, faults)?;
        }
        progress(Progress { step: "Orders", done: 0, total: self.orders_done });
        drain(self.order_spill, &mut self.orders, self.order_rows, faults)?;
        drain(self.payment_spill, &mut self.payments, self.payment_rows, faults)?;
        progress(Progress { step: "Orders", done: self.orders_done, total: self.orders_done });
        let [first_year, second_year] = self.events.into_files();
        [self.customers, self.orders, self.payments, first_year, second_year]
            .into_iter()
            .map(OutFile::finish)
            .collect()
    }

    fn write_person(
        &mut self,
        index: u64,
        truth: &mut Truth,
        faults: &mut FaultLog,
    ) -> Result<(), DatasetError> {
        let World { spec, cultures, catalog } = self.world;
        let person = Person::derive(cultures, spec.seed, spec.people, index);
        let history = live(&person, catalog, spec.seed);
        let mut customer = Customer {
            person: &person,
            typed: type_record(spec.seed, &person, 5, SELF),
            id: 6_900_000_000_000 + 1_573 * reorder(spec.people * 2, 3, index * 2) as i64,
            bought: [(0, 0); 2],
        };
        let numbers = self.write_orders(&mut customer, &history, truth)?;
        self.write_customers(&customer, truth, faults)?;
        if person.tracked {
            self.write_visits(&customer, &history, &numbers, truth, faults)?;
        }
        truth.person(&person, &history)
    }

    fn write_orders(
        &mut self,
        customer: &mut Customer<'_>,
        history: &History,
        truth: &mut Truth,
    ) -> Result<Vec<u64>, DatasetError> {
        let person = customer.person;
        let seed = self.world.spec.seed;
        let mut draw = Draw::new(seed, Stream::Shop, person.index);
        let mut pay = Draw::new(seed, Stream::Payment, person.index);
        let mut numbers = Vec::with_capacity(history.orders.len());
        for order in &history.orders {
            let second = person.second_email.as_deref().filter(|_| draw.chance(0.14));
            let email = second.unwrap_or(&person.email);
            let counts = !matches!(order.status, Status::Voided);
            let bought = &mut customer.bought[usize::from(second.is_some())];
            bought.0 += 1;
            bought.1 += if counts { order.total() - order.refunded } else { 0 };
            // Ordered by telephone: the shop has a number only.
            let email = if draw.chance(0.012) { "" } else { email };
            let phone = customer_phone(&customer.typed);
            let number = self.numbers.take(order.at);
            let row = OrderRow {
                number,
                order,
                buyer: &Buyer {
                    person,
                    typed: &customer.typed,
                    email,
                    phone,
                    marketing: person.subscribed,
                },
                recipient: order.gift.then(|| recipient(&mut draw, person)),
                card: draw.chance(0.8),
                fault: fault_of(self.orders_done),
            };
            self.orders_done += 1;
            self.write_order(&row, &mut pay)?;
            truth.order(number, person.index)?;
            numbers.push(number);
        }
        Ok(numbers)
    }

    fn write_order(&mut self, row: &OrderRow<'_>, pay: &mut Draw) -> Result<(), DatasetError> {
        let at = row.order.at;
        self.scratch.clear();
        self.order_rows += orders::order(&mut self.scratch, &self.world.catalog, row);
        let mark = row.fault.map(|fault| Mark { kind: fault as u8, line: 0 });
        self.order_spill.push(at, row.number, mark, &self.scratch)?;
        if row.card {
            self.scratch.clear();
            let email = row.buyer.email;
            self.payment_rows +=
                payments::payments(&mut self.scratch, pay, row.order, row.number, email);
            self.payment_spill.push(at, row.number, None, &self.scratch)?;
        }
        Ok(())
    }

    fn write_customers(
        &mut self,
        customer: &Customer<'_>,
        truth: &mut Truth,
        faults: &mut FaultLog,
    ) -> Result<(), DatasetError> {
        let person = customer.person;
        let emails = [Some(person.email.as_str()), person.second_email.as_deref()];
        for (which, (email, (orders, spent))) in emails.iter().zip(customer.bought).enumerate() {
            let wanted = orders > 0 || (which == 0 && person.account);
            let Some(email) = email.filter(|_| wanted) else { continue };
            let out = &mut self.customers;
            let broken = BROKEN_CUSTOMERS.contains(&out.rows);
            if broken {
                faults.add(shop_customers::FILE, out.line(), FaultKind::TooManyColumns);
            }
            let tags = match (broken, orders) {
                (true, _) => "newsletter, vip, club",
                (_, 0) => "",
                (_, 1..=5) => "customer",
                _ => "customer, vip",
            };
            let id = customer.id + 787 * which as i64;
            let row = ShopCustomer {
                id,
                email,
                marketing: person.subscribed,
                orders,
                spent,
                tags,
                broken,
            };
            shop_customers::customer(&mut out.text, &row, person.culture.iso, &customer.typed);
            truth.record(shop_customers::FILE, &id.to_string(), person.index)?;
            out.end_row()?;
        }
        Ok(())
    }

    fn write_visits(
        &mut self,
        customer: &Customer<'_>,
        history: &History,
        numbers: &[u64],
        truth: &mut Truth,
        faults: &mut FaultLog,
    ) -> Result<(), DatasetError> {
        let person = customer.person;
        let seed = self.world.spec.seed;
        let mut draw = Draw::new(seed, Stream::Device, person.index * 4 + 3);
        let mut devices: [Option<(Device, i64)>; 3] = [None, None, None];
        for visit in &history.visits {
            let entry = &mut devices[visit.device];
            if entry.is_none() {
                let device = Device::derive(seed, person, visit.device);
                truth.device(&device.pseudo_id, person.index)?;
                *entry = Some((device, 0));
            }
            let Some((device, ordinal)) = entry else { continue };
            *ordinal += 1;
            let order = visit.order.map(|n| (history.orders[n].lines.as_slice(), numbers[n]));
            let session = Session {
                person,
                device,
                visit,
                ordinal: *ordinal,
                order,
                user_id: person.account.then_some(customer.id),
            };
            self.events.visit(&mut draw, &self.world.catalog, &session, faults)?;
        }
        Ok(())
    }
}

fn customer_phone(typed: &Typed) -> &str {
    if typed.mobile.is_empty() { &typed.phone } else { &typed.mobile }
}

fn fault_of(order: u64) -> Option<FaultKind> {
    if NEGATIVE_QUANTITIES.contains(&order) {
        Some(FaultKind::NegativeQuantity)
    } else if ORPHAN_PRODUCTS.contains(&order) {
        Some(FaultKind::OrphanProduct)
    } else {
        None
    }
}

/// Somebody else in the same country.
fn recipient(draw: &mut Draw, person: &Person<'_>) -> Recipient {
    let culture = person.culture;
    let given = if draw.chance(0.5) { &culture.given_f } else { &culture.given_m };
    let family = if draw.chance(0.5) { person.family } else { *draw.pick(&culture.family) };
    let city = draw.pick(&culture.cities);
    let street = draw.pick(&culture.streets).latin;
    Recipient {
        name: format!("{} {}", draw.pick(given).name.latin, family.gendered(false).latin),
        street: format!("{street} {}", draw.between(1, 90)),
        zip: crate::culture::fill(city.zip, draw),
        city: city.english,
    }
}

/// Writes the pieces of a spill to their file, newest first, and notes the faults in them.
fn drain(
    spill: Spill,
    out: &mut OutFile,
    rows: u64,
    faults: &mut FaultLog,
) -> Result<(), DatasetError> {
    spill.drain(|text, mark| {
        if let Some(mark) = mark
            && let Some(kind) = FaultKind::from_code(mark.kind)
        {
            faults.add(orders::FILE, out.line() + u64::from(mark.line), kind);
        }
        out.text.push_str(text);
        out.end_row()
    })?;
    out.rows = rows;
    Ok(())
}
