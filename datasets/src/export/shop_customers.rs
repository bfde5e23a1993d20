//! Shopify customer export, current form: ids, postcodes and telephone numbers after an apostrophe.

use crate::csv_row::Row;
use crate::record::Typed;

/// File name in the sample.
pub(crate) const FILE: &str = "customers_export.csv.gz";

/// The header line.
pub(crate) const HEADER: &str = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,\
Default Address Company,Default Address Address1,Default Address Address2,Default Address City,\
Default Address Province Code,Default Address Country Code,Default Address Zip,\
Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags\n";

/// A customer of the shop: one per e-mail address.
pub(crate) struct ShopCustomer<'a> {
    pub id: i64,
    pub email: &'a str,
    pub marketing: bool,
    pub orders: i64,
    pub spent: i64,
    pub tags: &'a str,
    /// Writes the tags without their quotes, which gives the row too many columns.
    pub broken: bool,
}

/// Appends a customer.
pub(crate) fn customer(
    out: &mut String,
    customer: &ShopCustomer<'_>,
    country: &str,
    typed: &Typed,
) {
    let yes_no = |yes: bool| if yes { "yes" } else { "no" };
    let guarded = |text: &str| if text.is_empty() { String::new() } else { format!("'{text}") };
    let phone = if typed.mobile.is_empty() { &typed.phone } else { &typed.mobile };
    let mut row = Row::new(out);
    row.plain(|out| {
        out.push('\'');
        crate::csv_row::push_number(out, customer.id);
    });
    row.text(&typed.given).text(&typed.family).text(customer.email);
    row.text(yes_no(customer.marketing)).blanks(1);
    row.text(&typed.street).text(&typed.street2).text(&typed.city).text(typed.region_code);
    row.text(country).text(&guarded(&typed.zip)).text(&guarded(phone));
    row.text(&guarded(phone)).text("no").money(customer.spent).number(customer.orders);
    row.blanks(1).text("no");
    if customer.broken {
        row.plain(|out| out.push_str(customer.tags));
    } else {
        row.text(customer.tags);
    }
    row.end();
}
