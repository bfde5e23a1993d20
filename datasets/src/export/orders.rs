//! Shopify order export: one row per line item, order-level cells on the first row only, a byte
//! order mark, times with the shop's offset.

use crate::basket::{Line, Order, Status};
use crate::catalog::Catalog;
use crate::clock::{START, TODAY, push_shop_time};
use crate::csv_row::Row;
use crate::fault::FaultKind;
use crate::person::Person;
use crate::record::Typed;
use crate::vocabulary::BRANDS;

/// File name in the sample.
pub(crate) const FILE: &str = "orders_export_1.csv.gz";

/// Byte order mark and header line.
pub(crate) const HEADER: &str = "\u{feff}Name,Email,Financial Status,Paid at,Fulfillment Status,\
Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,\
Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,\
Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,\
Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,\
Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,\
Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,\
Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,\
Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,\
Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,\
Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,\
Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,\
Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References\n";

/// Gives every order a number that grows with time, without sorting: the time decides the number
/// wished for, and the next free one is taken.
pub(crate) struct OrderNumbers {
    taken: Vec<u64>,
    count: u64,
}

impl OrderNumbers {
    pub(crate) fn new(people: u64) -> Self {
        let count = (people * 32).max(4096);
        OrderNumbers { taken: vec![0; (count / 64 + 1) as usize], count }
    }

    /// The number of an order placed at `at`.
    pub(crate) fn take(&mut self, at: i64) -> u64 {
        let span = (TODAY - START) as u128;
        let mut slot = ((at - START) as u128 * u128::from(self.count) / span) as u64 % self.count;
        while self.taken[(slot / 64) as usize] >> (slot % 64) & 1 == 1 {
            slot = (slot + 1) % self.count;
        }
        self.taken[(slot / 64) as usize] |= 1 << (slot % 64);
        1001 + slot
    }
}

/// Who ordered, as the shop knows him.
pub(crate) struct Buyer<'a> {
    pub person: &'a Person<'a>,
    pub typed: &'a Typed,
    pub email: &'a str,
    pub phone: &'a str,
    pub marketing: bool,
}

/// Where the parcel goes when it is a present.
pub(crate) struct Recipient {
    pub name: String,
    pub street: String,
    pub zip: String,
    pub city: &'static str,
}

/// An order with what the export says about it.
pub(crate) struct OrderRow<'a> {
    pub number: u64,
    pub order: &'a Order,
    pub buyer: &'a Buyer<'a>,
    pub recipient: Option<Recipient>,
    pub card: bool,
    pub fault: Option<FaultKind>,
}

/// Appends the rows of an order, and returns how many.
pub(crate) fn order(out: &mut String, catalog: &Catalog, row: &OrderRow<'_>) -> u64 {
    for (place, line) in row.order.lines.iter().enumerate() {
        order_line(out, catalog, row, line, place == 0);
    }
    row.order.lines.len() as u64
}

fn order_line(out: &mut String, catalog: &Catalog, it: &OrderRow<'_>, line: &Line, first: bool) {
    let product = &catalog.products[line.product];
    let (order, buyer) = (it.order, it.buyer);
    let mut row = Row::new(out);
    row.plain(|out| {
        out.push('#');
        crate::csv_row::push_number(out, it.number as i64);
    });
    row.text(buyer.email);
    if first {
        order_cells(&mut row, order, buyer.marketing);
    } else {
        row.blanks(14);
    }
    let fault = it.fault.filter(|_| first);
    let negative = fault == Some(FaultKind::NegativeQuantity);
    let orphan = fault == Some(FaultKind::OrphanProduct);
    row.number(if negative { -line.quantity } else { line.quantity });
    row.text(&product.title).money(line.cents).blanks(1);
    row.text(if orphan { "np-old-901" } else { &product.sku }).text("true").text("true");
    row.text(if order.fulfilled_at.is_some() { "fulfilled" } else { "pending" });
    if first {
        address_cells(&mut row, it);
        let cancelled = order.status == Status::Voided;
        row.blanks(2);
        match cancelled {
            true => row.plain(|out| push_shop_time(out, order.at + 5400)),
            false => row.blanks(1),
        };
        row.text(if it.card { "Stripe" } else { "PayPal Express Checkout" }).blanks(1);
        row.money(order.refunded);
    } else {
        row.blanks(26);
    }
    row.text(BRANDS[product.brand]);
    if first {
        closing_cells(&mut row, it);
    } else {
        row.blanks(28);
    }
    row.end();
}

fn order_cells(row: &mut Row<'_>, order: &Order, marketing: bool) {
    let paid = !matches!(order.status, Status::Pending | Status::Voided);
    row.text(match order.status {
        Status::Paid => "paid",
        Status::Pending => "pending",
        Status::PartiallyRefunded => "partially_refunded",
        Status::Refunded => "refunded",
        Status::Voided => "voided",
    });
    match paid {
        true => row.plain(|out| push_shop_time(out, order.at + 20)),
        false => row.blanks(1),
    };
    row.text(if order.fulfilled_at.is_some() { "fulfilled" } else { "unfulfilled" });
    match order.fulfilled_at.filter(|&at| at < TODAY) {
        Some(at) => row.plain(|out| push_shop_time(out, at)),
        None => row.blanks(1),
    };
    let taxes = order.total() * 19 / 119;
    row.text(if marketing { "yes" } else { "no" }).text("EUR");
    row.money(order.gross() - order.discount).money(order.shipping).money(taxes);
    row.money(order.total()).text(order.code.unwrap_or("")).money(order.discount);
    row.text(if order.shipping == 0 { "Free shipping" } else { "Standard" });
    row.plain(|out| push_shop_time(out, order.at));
}

fn address_cells(row: &mut Row<'_>, it: &OrderRow<'_>) {
    let (buyer, typed) = (it.buyer, it.buyer.typed);
    let iso = buyer.person.culture.iso;
    let name = format!("{} {}", typed.given.trim(), typed.family);
    let street = format!("{} {}", typed.street, typed.street2);
    row.text(&name).text(street.trim()).text(&typed.street).text(&typed.street2).blanks(1);
    row.text(&typed.city).text(&guarded(&typed.zip)).text(typed.region_code).text(iso);
    row.text(&guarded(buyer.phone));
    match &it.recipient {
        Some(to) => {
            row.text(&to.name).text(&to.street).text(&to.street).blanks(2).text(to.city);
            row.text(&guarded(&to.zip)).blanks(1).text(iso).blanks(1);
        }
        None => {
            row.text(&name).text(street.trim()).text(&typed.street).text(&typed.street2).blanks(1);
            row.text(&typed.city).text(&guarded(&typed.zip)).text(typed.region_code).text(iso);
            row.text(&guarded(buyer.phone));
        }
    }
}

fn closing_cells(row: &mut Row<'_>, it: &OrderRow<'_>) {
    let order = it.order;
    let taxes = order.total() * 19 / 119;
    let owed = if order.status == Status::Pending { order.total() } else { 0 };
    row.money(owed).blanks(3).number(5_900_000_000_000 + it.number as i64);
    row.text(if order.gift { "gift" } else { "" }).text("Low").text("web").text("0.00");
    row.text("VAT 19%").money(taxes).blanks(8).text(&guarded(it.buyer.phone)).blanks(8);
}

fn guarded(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("'{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_distinct_and_grow_with_time() {
        let mut numbers = OrderNumbers::new(100);
        let mut seen = std::collections::HashSet::new();
        let mut last = 0;
        for at in (START..TODAY).step_by(158_000) {
            let number = numbers.take(at);
            assert!(seen.insert(number) && number > last);
            last = number;
            assert!(seen.insert(numbers.take(START)), "the same time, another number");
        }
    }
}
