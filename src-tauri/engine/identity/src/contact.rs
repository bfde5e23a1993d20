//! E-mail addresses and phone numbers as keys, and which of them are nobody's.

use crate::IdentityError;
use crate::fold::hash;
use crate::intern::each;
use crate::sorting::sorted;
use kith_model::Monitor;

/// Local parts that stand for an office, not a person.
const ROLES: [&str; 22] = [
    "accounts",
    "admin",
    "billing",
    "booking",
    "contact",
    "customerservice",
    "enquiries",
    "hello",
    "help",
    "hr",
    "info",
    "kontakt",
    "mail",
    "marketing",
    "office",
    "orders",
    "post",
    "reception",
    "sales",
    "service",
    "shop",
    "support",
];

/// Letters of the longest of them.
const LONGEST_ROLE: usize = "customerservice".len();

/// Local parts typed in where an address was asked for and none was at hand.
const PLACEHOLDERS: [&str; 26] = [
    "a",
    "aa",
    "abc",
    "anonymous",
    "asdf",
    "donotreply",
    "email",
    "example",
    "fake",
    "guest",
    "na",
    "nan",
    "no",
    "noemail",
    "nomail",
    "none",
    "noreply",
    "notprovided",
    "null",
    "test",
    "tester",
    "testing",
    "unknown",
    "user",
    "x",
    "xxx",
];

/// Domains that no person receives mail at.
const NOWHERE: [&str; 7] =
    ["email.com", "invalid", "localhost", "noemail.com", "nomail.com", "none.com", "test.com"];

/// Domains of one provider where dots in the local part do not count.
const DOTLESS: [&str; 2] = ["gmail.com", "googlemail.com"];

/// An e-mail address in comparable form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Email {
    /// Local part, `@`, domain: one allocation, of hundreds of thousands.
    address: Box<str>,
    /// Where the `@` stands.
    at: u32,
}

impl Email {
    /// Reads `text`; `None` when it is no address or a placeholder.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (local, domain) = text.rsplit_once('@')?;
        let domain = domain.trim_end_matches('.');
        if local.is_empty() || !domain.contains('.') && domain != "localhost" {
            return None;
        }
        let local = local.split('+').next().filter(|l| !l.is_empty()).unwrap_or(local);
        let dotless = DOTLESS.contains(&domain);
        let mut address = if dotless { local.replace('.', "") } else { local.to_owned() };
        let domain = if dotless { "gmail.com" } else { domain };
        let bare: String = address.chars().filter(|c| c.is_alphanumeric()).collect();
        let nowhere = NOWHERE.contains(&domain) || PLACEHOLDERS.contains(&bare.as_str());
        let at = u32::try_from(address.len()).ok()?;
        address.reserve_exact(1 + domain.len());
        address.push('@');
        address.push_str(domain);
        (!nowhere && !bare.is_empty()).then(|| Self { address: address.into_boxed_str(), at })
    }

    /// Local part without tag, in lower case.
    pub fn local(&self) -> &str {
        &self.address[..self.at as usize]
    }

    /// Domain in lower case.
    pub fn domain(&self) -> &str {
        &self.address[self.at as usize + 1..]
    }

    /// The whole address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// True when the address is an office's: `info@`, `sales@`.
    pub fn is_role(&self) -> bool {
        // Asked of every address, more than once: read once, and mostly told by its length.
        let (mut bare, mut len) = ([0; LONGEST_ROLE], 0);
        for c in self.local().chars().filter(|c| c.is_alphanumeric()) {
            if len == LONGEST_ROLE || !c.is_ascii() {
                return false;
            }
            bare[len] = c as u8;
            len += 1;
        }
        ROLES.iter().any(|role| role.as_bytes() == &bare[..len])
    }

    /// Blocking key: the local part of five characters or more. An office's address has none.
    pub fn local_key(&self) -> Option<u64> {
        let local = self.local();
        (local.len() >= 5 && !self.is_role()).then(|| hash(local.as_bytes()))
    }

    /// Blocking key: the letters of the local part (numbers are guessed and mistyped), four or
    /// more. An office's address has none.
    pub fn letters_key(&self) -> Option<u64> {
        let letters: Vec<u8> = self.local().bytes().filter(u8::is_ascii_alphabetic).collect();
        (letters.len() >= 4 && !self.is_role()).then(|| hash(&letters))
    }
}

/// Fewest digits of a phone number that points at one line.
const SHORTEST_PHONE: usize = 7;

/// A phone number's digits. `None` for fewer than seven, or a placeholder such as `0000000` or
/// `1234567`.
///
/// An international number starts with `+`; a national one loses its leading zeros and starts
/// with none.
pub(crate) fn read_phone(text: &str) -> Option<String> {
    let text = text.trim();
    // An extension belongs to a desk behind the number, not to the number.
    let text = text.split(['x', 'X', '#', ';']).next().unwrap_or(text);
    let digits: String = text.chars().filter_map(|c| c.to_digit(10)).map(as_digit).collect();
    let international = text.starts_with('+') || digits.starts_with("00");
    // `+44 (0) 20 …` keeps its trunk zero in many exports.
    let digits =
        if international && text.contains("(0)") { digits.replacen('0', "", 1) } else { digits };
    let digits = digits.trim_start_matches('0');
    if digits.len() < SHORTEST_PHONE
        || digits.len() > LONGEST_PHONE
        || is_placeholder_number(digits)
    {
        return None;
    }
    Some(if international { format!("+{digits}") } else { digits.to_owned() })
}

fn as_digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('0')
}

/// All digits but the first two alike, or counting up or down all the way.
fn is_placeholder_number(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let tail = &bytes[bytes.len().saturating_sub(SHORTEST_PHONE)..];
    let same = tail.windows(2).all(|w| w[0] == w[1]);
    let up = tail.windows(2).all(|w| (w[0] + 1 - b'0') % 10 == (w[1] - b'0') % 10);
    let down = tail.windows(2).all(|w| (w[1] + 1 - b'0') % 10 == (w[0] - b'0') % 10);
    same || up || down
}

/// Most digits of a phone number.
const LONGEST_PHONE: usize = 18;

/// Digits of a number from the last to the first as one that sorts like them: a number stands
/// before those that end in it.
fn backwards(digits: &str) -> u64 {
    let place = |code: u64, digit: u64| code * 11 + digit;
    let read = digits.bytes().rev().map(|b| u64::from(b.wrapping_sub(b'0').min(9)) + 1);
    read.chain(std::iter::repeat(0)).take(LONGEST_PHONE).fold(0, place)
}

/// The number behind [`backwards`].
fn forwards(mut code: u64) -> String {
    let mut digits = Vec::with_capacity(LONGEST_PHONE);
    for _ in 0..LONGEST_PHONE {
        digits.extend((code % 11).checked_sub(1).map(|digit| as_digit(digit as u32)));
        code /= 11;
    }
    digits.into_iter().collect()
}

/// For each national number the one international number that ends in it, where there is exactly
/// one, at most three digits longer.
pub(crate) fn widen(
    numbers: &[Option<String>],
    monitor: &dyn Monitor,
) -> Result<Vec<Option<String>>, IdentityError> {
    let whole = |n: &Option<String>| n.as_deref()?.strip_prefix('+').map(backwards);
    let known: Vec<u64> = each(numbers, whole, monitor)?.into_iter().flatten().collect();
    let mut known = sorted(known, Ord::cmp, monitor)?;
    known.dedup();
    let one = |number: &Option<String>| {
        let number = number.as_deref().filter(|n| !n.starts_with('+'))?;
        let tail = backwards(number);
        // Whatever ends in the number, and what ends in it and is at most three digits longer.
        let ends = |more: usize| 11_u64.pow((LONGEST_PHONE - number.len() - more) as u32);
        let at = known.partition_point(|n| *n < tail);
        let mut fits = known[at..].iter().take_while(|n| **n - tail < ends(0));
        let longest = 3.min(LONGEST_PHONE - number.len());
        let only = fits.next().filter(|n| **n % ends(longest) == 0)?;
        fits.next().is_none().then(|| format!("+{}", forwards(*only)))
    };
    each(numbers, one, monitor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::Quiet;

    #[test]
    fn an_office_is_known_by_its_letters_alone() {
        let role = |local: &str| Email::read(&format!("{local}@shop.org")).unwrap().is_role();
        assert!(ROLES.iter().all(|r| r.len() <= LONGEST_ROLE && role(r)));
        assert!(role("Customer-Service") && role("i.n.f.o"));
        assert!(["inf", "infos", "customerservices", "infö", "anna"].iter().all(|l| !role(l)));
    }

    #[test]
    fn addresses_are_compared_as_their_owner_means_them() {
        let read = |t| Email::read(t).map(|e| e.address().to_owned());
        assert_eq!(read(" J.Doe+shop@GoogleMail.com "), Some("jdoe@gmail.com".into()));
        assert_eq!(read("j.doe@example.org"), Some("j.doe@example.org".into()));
        for nobody in ["", "none", "@x.com", "a@b", "test@test.com", "n/a@shop.com", "x@x.com"] {
            assert_eq!(read(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn the_lists_are_sorted() {
        assert!(ROLES.is_sorted() && PLACEHOLDERS.is_sorted() && NOWHERE.is_sorted());
        assert!(Email::read("info@shop.com").is_some_and(|e| e.is_role()));
    }

    #[test]
    fn phones_are_digits_and_placeholders_are_nobodys() {
        assert_eq!(read_phone("+44 (0)20 7946 0018"), Some("+442079460018".into()));
        assert_eq!(read_phone("020 7946 0018"), Some("2079460018".into()));
        assert_eq!(read_phone("0044 20 7946 0018 x12"), Some("+442079460018".into()));
        for nobody in ["", "123", "0000000000", "+49 1234567", "(999) 999-9999", "call me"] {
            assert_eq!(read_phone(nobody), None, "{nobody}");
        }
    }

    #[test]
    fn a_national_number_finds_its_country_when_only_one_fits() {
        let numbers =
            ["+331612345678", "+442079460018", "+492079460018", "1612345678", "2079460018"];
        let numbers = numbers.map(|n| Some(n.to_owned()));
        let widened = widen(&numbers, &Quiet).expect("nobody stops it");
        assert_eq!(widened[3].as_deref(), Some("+331612345678"));
        assert_eq!(widened[4], None);
        assert!(widened[..3].iter().all(Option::is_none));
        let far = ["+12341612345678", "1612345678"].map(|n| Some(n.to_owned()));
        assert_eq!(widen(&far, &Quiet).expect("nobody stops it"), [None, None]);
    }
}
