//! Salesforce weekly export, `Contact.csv`: API names, every value quoted, times in ISO 8601 with
//! `Z`, streets over several lines.

use crate::clock::push_iso;
use crate::csv_row::Row;
use crate::record::Typed;

/// File name in the sample.
pub(crate) const FILE: &str = "Contact.csv.gz";

/// The header's column names.
pub(crate) const HEADER: &str = "Id,IsDeleted,MasterRecordId,AccountId,LastName,FirstName,\
Salutation,RecordTypeId,OtherStreet,OtherCity,OtherState,OtherPostalCode,OtherCountry,\
OtherLatitude,OtherLongitude,OtherGeocodeAccuracy,MailingStreet,MailingCity,MailingState,\
MailingPostalCode,MailingCountry,MailingLatitude,MailingLongitude,MailingGeocodeAccuracy,Phone,\
Fax,MobilePhone,HomePhone,OtherPhone,AssistantPhone,ReportsToId,Email,Title,Department,\
AssistantName,LeadSource,Birthdate,Description,OwnerId,HasOptedOutOfEmail,HasOptedOutOfFax,\
DoNotCall,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,\
LastActivityDate,LastCURequestDate,LastCUUpdateDate,EmailBouncedReason,EmailBouncedDate,Jigsaw,\
JigsawContactId,Preferred_Language__c";

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const OWNERS: [&str; 3] = ["0058d000003KtQAAA0", "0058d000003KtVUAA0", "0058d000004ZrgwAAC"];

/// An 18-character id: key prefix, number in base 62, and the three letters that tell upper from
/// lower case for systems that do not.
pub(crate) fn id(prefix: &str, number: u64) -> String {
    let mut id = format!("{prefix}8d0000");
    let mut digits = Vec::new();
    let mut left = number + 62 * 62 * 62 * 7;
    while id.len() + digits.len() < 15 {
        digits.push(LETTERS[(left % 62) as usize] as char);
        left /= 62;
    }
    id.extend(digits.iter().rev());
    let suffix: String = id
        .as_bytes()
        .chunks(5)
        .map(|chunk| {
            let upper =
                chunk.iter().rev().fold(0, |n, b| n * 2 + usize::from(b.is_ascii_uppercase()));
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[upper] as char
        })
        .collect();
    id + &suffix
}

/// Appends the header, quoted like everything else.
pub(crate) fn header(out: &mut String) {
    let mut row = Row::quoted(out);
    for name in HEADER.split(',') {
        row.text(name);
    }
    row.end();
}

/// Appends a contact.
pub(crate) fn contact(out: &mut String, id: &str, language: &str, opted_out: bool, typed: &Typed) {
    let owner = OWNERS[typed.created.rem_euclid(3) as usize];
    let mut street = typed.street.clone();
    if !typed.street2.is_empty() {
        street.push('\n');
        street.push_str(&typed.street2);
    }
    let mut row = Row::quoted(out);
    row.text(id).text("0").blanks(1).blanks(1);
    row.text(&typed.family).text(&typed.given).text(typed.salutation).blanks(1).blanks(8);
    row.text(&street).text(&typed.city).text(typed.region).text(&typed.zip).text(typed.country);
    row.blanks(3).text(&typed.phone).blanks(1).text(&typed.mobile).blanks(4);
    row.text(&typed.email).blanks(3).text(lead_source(typed.created)).text(&typed.birth).blanks(1);
    row.text(owner).text(if opted_out { "1" } else { "0" }).text("0").text("0");
    row.plain(|out| push_iso(out, typed.created)).text(owner);
    row.plain(|out| push_iso(out, typed.modified)).text(owner);
    row.plain(|out| push_iso(out, typed.modified)).blanks(7).text(language).end();
}

fn lead_source(created: i64) -> &'static str {
    ["Web", "Shop counter", "Trade show", "Phone Inquiry", "Web"]
        [(created / 7).rem_euclid(5) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_the_case_of_their_letters() {
        // The rule on a published pair: 15 characters 003D000000QOMqR become ...IAX.
        let text = "003D000000QOMqR";
        let suffix: Vec<usize> = text
            .as_bytes()
            .chunks(5)
            .map(|c| c.iter().rev().fold(0, |n, b| n * 2 + usize::from(b.is_ascii_uppercase())))
            .collect();
        assert_eq!(suffix, [8, 0, 23], "I, A, X");
        assert_eq!(id("003", 5).len(), 18);
        assert_ne!(id("003", 5), id("003", 6));
    }
}
