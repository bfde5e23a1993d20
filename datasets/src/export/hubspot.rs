//! HubSpot contact export: the columns of a view, dates to the minute without a zone.

use crate::clock::push_minute;
use crate::csv_row::Row;
use crate::record::Typed;

/// File name in the sample.
pub(crate) const FILE: &str = "hubspot-crm-exports-all-contacts-2026-10-31.csv.gz";

/// The header line.
pub(crate) const HEADER: &str = "Record ID,First Name,Last Name,Email,Phone Number,\
Mobile Phone Number,Contact owner,Lead Status,Create Date,Last Modified Date,Contact Type,\
Lifecycle Stage,Lead Source,Date of birth,Street Address,City,State/Region,Postal Code,\
Country/Region,Preferred language,Interests,Associated Company,Associated Deal IDs,\
Last Activity Date,Original Source\n";

/// Appends a contact.
pub(crate) fn contact(
    out: &mut String,
    id: i64,
    customer: bool,
    language: &str,
    interests: &str,
    typed: &Typed,
) {
    let sources = ["Organic Search", "Direct Traffic", "Offline Sources", "Email Marketing"];
    let source = sources[(typed.created / 11).rem_euclid(4) as usize];
    let mut street = typed.street.clone();
    if !typed.street2.is_empty() {
        street.push_str(", ");
        street.push_str(&typed.street2);
    }
    let mut row = Row::new(out);
    row.number(id).text(&typed.given).text(&typed.family).text(&typed.email);
    row.text(&typed.phone).text(&typed.mobile).text("Shop team");
    row.text(if customer { "" } else { "OPEN" });
    row.plain(|out| push_minute(out, typed.created));
    row.plain(|out| push_minute(out, typed.modified));
    row.text("Consumer").text(if customer { "Customer" } else { "Lead" }).text(source);
    row.text(&typed.birth).text(&street).text(&typed.city).text(typed.region);
    row.text(&typed.zip).text(typed.country).text(language).text(interests).blanks(2);
    row.plain(|out| push_minute(out, typed.modified)).text(source).end();
}
