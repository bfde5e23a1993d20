//! Mailchimp audience export: consent with time and address of origin, tags quoted twice.

use crate::clock::push_second;
use crate::csv_row::Row;
use crate::draw::Draw;
use crate::person::Person;
use crate::record::Typed;

/// File name in the sample.
pub(crate) const FILE: &str = "subscribed_members_export_8f3c1a2b9d.csv.gz";

/// The header line.
pub(crate) const HEADER: &str = "\"Email Address\",\"First Name\",\"Last Name\",Address,\
\"Phone Number\",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,\
GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n";

const TAGS: [&str; 5] = ["Newsletter", "Climbing news", "Sale alerts", "Events", "Running club"];

/// An address of the ranges kept for documentation (RFC 5737).
fn address(draw: &mut Draw) -> String {
    let net = draw.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{net}.{}", 1 + draw.below(254))
}

/// Appends a member.
pub(crate) fn member(
    out: &mut String,
    draw: &mut Draw,
    person: &Person<'_>,
    id: i64,
    email: &str,
    typed: &Typed,
) {
    let opted_in = typed.created;
    let confirmed = opted_in + draw.between(40, 30_000);
    let origin = address(draw);
    let city = &person.culture.cities[person.home.city];
    let tags: Vec<String> =
        TAGS.iter().filter(|_| draw.chance(0.35)).map(|tag| format!("\"{tag}\"")).collect();
    let mut row = Row::new(out);
    row.text(email).text(&typed.given).text(&typed.family);
    row.text(format!("{} {} {}", typed.street, typed.zip, typed.city).trim());
    row.text(&typed.phone).number(draw.between(1, 5));
    row.plain(|out| push_second(out, opted_in)).text(&origin);
    row.plain(|out| push_second(out, confirmed));
    row.text(if draw.chance(0.9) { &origin } else { "" }).blanks(4);
    row.blanks(1).text(person.culture.iso).text(city.region_code);
    row.plain(|out| push_second(out, typed.modified.max(confirmed)));
    row.number(id).plain(|out| {
        for _ in 0..10 {
            out.push(*draw.pick(b"0123456789abcdef") as char);
        }
    });
    row.blanks(1).text(&tags.join(",")).end();
}
