//! A person as somebody typed him into a system, with that system's age and carelessness.

use crate::clock::{DAY, START, TODAY, civil, push_date};
use crate::corrupt::{PLACEHOLDER_EMAILS, PLACEHOLDERS, typo, without_accents, wrong_digit};
use crate::draw::{Draw, Stream};
use crate::person::{Bond, Home, Person};

/// How a system's records come about.
#[derive(Clone, Copy)]
pub(crate) struct Habit {
    /// Multiplies the rate of every mistake.
    pub careless: f64,
    /// Probability that a value that may be missing is.
    pub missing: f64,
    /// Probability of an address that was right before a move.
    pub stale: f64,
}

/// Typed by a clerk, first record of the person.
pub(crate) const CLERK: Habit = Habit { careless: 1.0, missing: 0.13, stale: 0.1 };
/// Typed by a clerk who did not find the first record.
pub(crate) const HASTY: Habit = Habit { careless: 2.0, missing: 0.24, stale: 0.3 };
/// Typed by the person himself.
pub(crate) const SELF: Habit = Habit { careless: 0.35, missing: 0.05, stale: 0.05 };

/// What stands in the record.
#[derive(Debug)]
pub(crate) struct Typed {
    pub salutation: &'static str,
    pub given: String,
    pub family: String,
    pub email: String,
    pub phone: String,
    pub mobile: String,
    /// `YYYY-MM-DD` or nothing.
    pub birth: String,
    pub street: String,
    /// Flat, stairs and the like: the second line of an address.
    pub street2: String,
    pub city: String,
    pub region: &'static str,
    pub region_code: &'static str,
    pub zip: String,
    pub country: &'static str,
    pub created: i64,
    pub modified: i64,
}

/// Which system holds a contact record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crm {
    Salesforce,
    HubSpot,
}

/// The contact records of a person: where each is. On average 1.63.
pub(crate) fn contact_plan(seed: u64, person: u64) -> Vec<Crm> {
    let mut draw = Draw::new(seed, Stream::Record, person * 8);
    let count = 1 + draw.weighted(&[0.565, 0.285, 0.107, 0.043]);
    let mut plan = Vec::with_capacity(count);
    for place in 0..count {
        let other = place > 0 && draw.chance(0.7);
        let salesforce = if other { plan[0] == Crm::HubSpot } else { draw.chance(0.54) };
        plan.push(if salesforce { Crm::Salesforce } else { Crm::HubSpot });
    }
    plan
}

/// Types record `place` of a person.
pub(crate) fn type_record(seed: u64, person: &Person<'_>, place: u64, habit: Habit) -> Typed {
    let mut draw = Draw::new(seed, Stream::Record, person.index * 8 + 1 + place);
    let draw = &mut draw;
    let earliest = person.registered_at;
    let created = if place == 0 || place > 3 {
        earliest + draw.between(0, 3600)
    } else {
        earliest + (draw.unit() * (TODAY - DAY - earliest) as f64) as i64
    };
    let modified = created + (draw.unit() * draw.unit() * (TODAY - DAY - created) as f64) as i64;
    let native = draw.chance(0.6);
    let (given, family) = names(draw, person, created, native, habit);
    let home = match &person.former_home {
        Some((former, moved)) if modified < *moved || draw.chance(habit.stale) => former,
        _ => &person.home,
    };
    let (phone, mobile) = phones(draw, person, habit);
    let mut typed = Typed {
        salutation: salutation(draw, person),
        given,
        family,
        email: email(draw, person, created, habit),
        phone,
        mobile,
        birth: birth(draw, person, habit),
        street: String::new(),
        street2: String::new(),
        city: String::new(),
        region: "",
        region_code: "",
        zip: String::new(),
        country: "",
        created,
        modified,
    };
    if !draw.chance(habit.missing) {
        address(draw, person, home, native, habit, &mut typed);
    }
    typed
}

fn salutation(draw: &mut Draw, person: &Person<'_>) -> &'static str {
    match (draw.chance(0.55), person.female) {
        (false, _) => "",
        (true, true) => draw.pick::<&str>(&["Ms.", "Mrs.", "Ms."]),
        (true, false) => "Mr.",
    }
}

fn names(
    draw: &mut Draw,
    person: &Person<'_>,
    created: i64,
    native: bool,
    habit: Habit,
) -> (String, String) {
    let slip = habit.careless;
    let family = match person.former_family {
        Some((former, changed)) if created < changed => former,
        _ => person.family,
    };
    let nickname = !person.given.short.is_empty() && draw.chance(0.09 * slip.max(0.6));
    let given = if nickname { *draw.pick(&person.given.short) } else { person.given.name };
    let spelling = |name: crate::culture::Name| if native { name.native } else { name.latin };
    let (mut given, mut family) = (spelling(given).to_owned(), spelling(family).to_owned());
    if draw.chance(0.1 * slip.max(0.5)) {
        given = without_accents(&given);
        family = without_accents(&family);
    }
    if draw.chance(0.045 * slip) {
        given = typo(draw, &given);
    }
    if draw.chance(0.05 * slip) {
        family = typo(draw, &family);
    }
    if person.bond == Bond::Namesakes && draw.chance(0.25) {
        family.push_str(if person.index % 2 == 1 { " Jr." } else { " Sr." });
    }
    match draw.weighted(&[0.92, 0.03, 0.035, 0.015]) {
        1 => (given, family) = (given.to_uppercase(), family.to_uppercase()),
        2 => (given, family) = (given.to_lowercase(), family.to_lowercase()),
        3 => given.push(' '),
        _ => {}
    }
    if draw.chance(0.022 * slip) {
        (given, family) = (family, given);
    }
    match draw.weighted(&[1.0 - 0.035 * slip, 0.02 * slip, 0.008 * slip, 0.007 * slip]) {
        1 => given = format!("{}.", given.chars().next().unwrap_or('X')),
        2 => given.clear(),
        3 => (*draw.pick(&PLACEHOLDERS)).clone_into(&mut given),
        _ => {}
    }
    (given, family)
}

fn email(draw: &mut Draw, person: &Person<'_>, created: i64, habit: Habit) -> String {
    if draw.chance(habit.missing * 0.8) {
        return String::new();
    }
    if draw.chance(0.009 * habit.careless) {
        return (*draw.pick(&PLACEHOLDER_EMAILS)).to_owned();
    }
    let mut address = match (&person.family_email, &person.second_email) {
        (Some(shared), _) if draw.chance(0.55) => shared.clone(),
        (_, Some(second)) if created < START || draw.chance(0.35) => second.clone(),
        _ => person.email.clone(),
    };
    if draw.chance(0.018 * habit.careless)
        && let Some((local, domain)) = address.split_once('@')
    {
        address = format!("{}@{domain}", typo(draw, local));
    }
    match draw.weighted(&[0.94, 0.025, 0.02, 0.015]) {
        1 => address.to_uppercase(),
        2 => address[..1].to_uppercase() + &address[1..],
        3 => address + " ",
        _ => address,
    }
}

/// Spells national digits in one of the ways people write telephone numbers.
fn spell_phone(draw: &mut Draw, person: &Person<'_>, national: &str) -> String {
    let (dial, trunk) = (person.culture.dial, person.culture.trunk);
    let digits: String = national.chars().filter(char::is_ascii_digit).collect();
    let groups: Vec<&str> = national.split(' ').collect();
    if person.culture.iso == "US" && groups.len() == 3 {
        let (area, exchange, line) = (groups[0], groups[1], groups[2]);
        return match draw.below(6) {
            0 => format!("({area}) {exchange}-{line}"),
            1 => format!("{area}-{exchange}-{line}"),
            2 => format!("{area}.{exchange}.{line}"),
            3 => format!("+1 {area} {exchange} {line}"),
            4 => format!("1-{area}-{exchange}-{line}"),
            _ => format!("+1{digits}"),
        };
    }
    match draw.below(7) {
        0 | 1 => format!("+{dial} {national}"),
        2 => format!("+{dial}{digits}"),
        3 => format!("{trunk}{national}"),
        4 => format!("{trunk}{digits}"),
        5 => format!("00{dial} {digits}"),
        _ if trunk.is_empty() => groups.join("-"),
        _ => format!("+{dial} ({trunk}){national}"),
    }
}

fn phones(draw: &mut Draw, person: &Person<'_>, habit: Habit) -> (String, String) {
    let slip = habit.careless;
    let mut spelled = |national: &str| {
        let text = spell_phone(draw, person, national);
        if draw.chance(0.014 * slip) { wrong_digit(draw, &text) } else { text }
    };
    let mobile = spelled(&person.mobile);
    let landline = person.landline.as_deref().map(&mut spelled);
    match draw.weighted(&[0.46, 0.22, 0.12, habit.missing * 1.2, 0.012 * slip]) {
        0 => (landline.unwrap_or_default(), mobile),
        1 => (landline.unwrap_or(mobile), String::new()),
        2 => (mobile, String::new()),
        3 => (String::new(), String::new()),
        _ => ((*draw.pick(&["0000000000", "n/a", "123456789"])).to_owned(), String::new()),
    }
}

fn birth(draw: &mut Draw, person: &Person<'_>, habit: Habit) -> String {
    let slip = habit.careless;
    let mut text = String::new();
    if draw.chance(0.42) {
        return text;
    }
    let (year, month, day) = civil(person.birth);
    match draw.weighted(&[1.0 - 0.04 * slip, 0.018 * slip, 0.012 * slip, 0.01 * slip]) {
        1 if day <= 12 => text = format!("{year:04}-{day:02}-{month:02}"),
        2 => push_date(&mut text, person.birth + 365 * if draw.chance(0.5) { 1 } else { -1 }),
        3 => text.push_str("1900-01-01"),
        _ => push_date(&mut text, person.birth),
    }
    text
}

fn address(
    draw: &mut Draw,
    person: &Person<'_>,
    home: &Home,
    native: bool,
    habit: Habit,
    typed: &mut Typed,
) {
    let slip = habit.careless;
    let culture = person.culture;
    let city = &culture.cities[home.city];
    let mut street = home.line(culture.order, !native);
    if draw.chance(0.3) {
        street = abbreviate(&street);
    }
    if draw.chance(0.03 * slip) {
        street = typo(draw, &street);
    }
    if draw.chance(0.025 * slip) {
        street.retain(|c| !c.is_ascii_digit());
        street = street.trim().to_owned();
    }
    typed.street = street;
    if home.flat > 0 && draw.chance(0.8) {
        typed.street2 = match culture.iso {
            "US" => format!("Apt {}", home.flat),
            "GB" => format!("Flat {}", home.flat),
            "FR" => format!("Appt {}", home.flat),
            _ => format!("/ {}", home.flat),
        };
    }
    typed.city = if native { city.native } else { city.english }.to_owned();
    if draw.chance(0.02 * slip) {
        typed.city = typo(draw, &typed.city);
    }
    typed.region = city.region;
    typed.region_code = city.region_code;
    if !draw.chance(habit.missing * 0.4) {
        typed.zip.clone_from(&home.zip);
    }
    let spelling = if draw.chance(0.7) { 0 } else { draw.below(culture.country.len() as u64) };
    typed.country = culture.country[spelling as usize];
}

/// The usual short forms of words for a street.
fn abbreviate(street: &str) -> String {
    const SHORT: [(&str, &str); 12] = [
        ("straße", "str."),
        ("Street", "St"),
        ("Avenue", "Ave"),
        ("Road", "Rd"),
        ("Drive", "Dr"),
        ("Lane", "Ln"),
        ("avenue", "av."),
        ("boulevard", "bd"),
        ("Avenida", "Avda."),
        ("Calle", "C/"),
        ("straat", "str."),
        ("Λεωφόρος", "Λεωφ."),
    ];
    SHORT.iter().fold(street.to_owned(), |text, (long, short)| text.replacen(long, short, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::culture::Cultures;

    #[test]
    fn people_have_one_and_a_half_contacts() {
        let count: usize = (0..5000).map(|person| contact_plan(1, person).len()).sum();
        assert!((7_900..8_300).contains(&count), "{count}");
    }

    #[test]
    fn records_resemble_the_person_and_hold_no_line_break() {
        let cultures = Cultures::load();
        let mut exact = 0;
        for index in 0..1000 {
            let person = Person::derive(&cultures, 1, 1000, index);
            let typed = type_record(1, &person, 1, HASTY);
            assert!(typed.created >= person.registered_at && typed.modified < TODAY);
            assert!(!format!("{typed:?}").contains("\\n"));
            exact += usize::from(typed.email == person.email);
        }
        assert!((300..800).contains(&exact), "{exact} of 1000 with the main address");
    }
}
