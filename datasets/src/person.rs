//! One person, derived from the seed and his number alone.
//!
//! People 2j and 2j + 1 belong to household j. Most households are a coincidence of numbers; some
//! share a home, a family name, a telephone or a mailbox, which is what makes matching hard.

use crate::archetype::ARCHETYPES;
use crate::clock::{DAY, START, TODAY, days_of};
use crate::corrupt::without_accents;
use crate::culture::{Culture, Cultures, Given, Name, StreetOrder, fill};
use crate::draw::{Draw, Stream, reorder};

/// What two neighbours by number are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bond {
    Strangers,
    Couple,
    /// Parent and child with the same given and family name.
    Namesakes,
    /// Same family name, birth date and home.
    Twins,
    ParentAndChild,
    /// Same home, different names.
    Flatmates,
}

/// An address in both scripts.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub street: Name,
    pub number: u64,
    /// Flat or apartment, 0 for a house.
    pub flat: u64,
    pub city: usize,
    pub zip: String,
}

/// A person with everything that does not change from order to order.
#[derive(Debug)]
pub(crate) struct Person<'w> {
    pub index: u64,
    pub culture: &'w Culture,
    pub bond: Bond,
    pub female: bool,
    pub given: &'w Given,
    pub family: Name,
    /// The family name before a marriage, and when it changed.
    pub former_family: Option<(Name, i64)>,
    /// Days since 1970.
    pub birth: i64,
    pub home: Home,
    /// The home before a move, and when the move was.
    pub former_home: Option<(Home, i64)>,
    pub email: String,
    pub second_email: Option<String>,
    pub family_email: Option<String>,
    /// National digits in groups.
    pub mobile: String,
    pub landline: Option<String>,
    pub archetype: usize,
    /// Main and second taste, as indices into all eighteen.
    pub tastes: [usize; 2],
    /// How much he cares, as a standard normal score: drives visits, dwell and loyalty.
    pub engagement: f64,
    /// Allowed analytics: his visits are in the event export.
    pub tracked: bool,
    /// Has a customer account in the shop, and therefore a `user_id` after login.
    pub account: bool,
    pub subscribed: bool,
    pub registered_at: i64,
}

struct Household<'w> {
    culture: &'w Culture,
    rank: u64,
    bond: Bond,
    family: Name,
    home: Home,
    former_home: Option<(Home, i64)>,
    shared_mailbox: bool,
    landline: bool,
    parent_birth: i64,
}

const EMAIL_DOMAINS: [&str; 8] = [
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
    "post.example.net",
    "inbox.example.org",
    "web.example.com",
    "home.example.net",
];

fn home(draw: &mut Draw, culture: &Culture) -> Home {
    let city = draw.pick_early(&culture.cities);
    let city_index = culture.cities.iter().position(|c| c.zip == city.zip).unwrap_or(0);
    Home {
        street: *draw.pick_early(&culture.streets),
        number: 1 + (draw.exponential(38.0) as u64).min(399),
        flat: if draw.chance(0.28) { 1 + draw.below(40) } else { 0 },
        city: city_index,
        zip: fill(city.zip, draw),
    }
}

impl Home {
    /// Street and house number on one line.
    pub(crate) fn line(&self, order: StreetOrder, latin: bool) -> String {
        let street = if latin { self.street.latin } else { self.street.native };
        let number = self.number;
        match order {
            StreetOrder::NumberFirst => format!("{number} {street}"),
            StreetOrder::NumberLast => format!("{street} {number}"),
            StreetOrder::Japanese if latin => {
                format!("{}-{}-{} {street}", 1 + number % 5, 1 + number % 19, 1 + number % 13)
            }
            StreetOrder::Japanese => {
                format!("{street}{}-{}-{}", 1 + number % 5, 1 + number % 19, 1 + number % 13)
            }
        }
    }
}

fn household<'w>(cultures: &'w Cultures, seed: u64, number: u64) -> Household<'w> {
    let mut draw = Draw::new(seed, Stream::Household, number);
    let (culture, rank) = cultures.of_household(number);
    let bond = match draw.weighted(&[0.74, 0.14, 0.025, 0.02, 0.035, 0.04]) {
        0 => Bond::Strangers,
        1 => Bond::Couple,
        2 => Bond::Namesakes,
        3 => Bond::Twins,
        4 => Bond::ParentAndChild,
        _ => Bond::Flatmates,
    };
    let family = *draw.pick_early(&culture.family);
    let current = home(&mut draw, culture);
    let former_home = draw
        .chance(0.14)
        .then(|| (home(&mut draw, culture), START + draw.between(-500, 680) * DAY));
    Household {
        culture,
        rank,
        bond,
        family,
        home: current,
        former_home,
        shared_mailbox: draw.chance(0.45),
        landline: draw.chance(0.4),
        parent_birth: days_of(1948, 1, 1) + draw.below(27 * 365) as i64,
    }
}

/// Local part and domain that nobody else has: it ends in a number unique to the person.
fn email(draw: &mut Draw, given: &str, family: &str, birth: i64, tag: u64) -> String {
    let plain = |text: &str| -> String {
        without_accents(text).chars().filter(char::is_ascii_alphanumeric).collect::<String>()
    };
    let (given, family) = (plain(given).to_lowercase(), plain(family).to_lowercase());
    let initial = given.chars().next().unwrap_or('x');
    let year = crate::clock::civil(birth).0 % 100;
    let local = match draw.weighted(&[0.34, 0.18, 0.12, 0.14, 0.12, 0.1]) {
        0 => format!("{given}.{family}{tag}"),
        1 => format!("{initial}.{family}{tag}"),
        2 => format!("{given}{year:02}.{tag}"),
        3 => format!("{family}.{given}{tag}"),
        4 => format!("{given}_{family}{tag}"),
        _ => format!("{initial}{family}{tag}"),
    };
    format!("{local}@{}", draw.pick_early(&EMAIL_DOMAINS))
}

impl<'w> Person<'w> {
    /// Person `index` of a sample of `people`.
    pub(crate) fn derive(cultures: &'w Cultures, seed: u64, people: u64, index: u64) -> Self {
        let number = index / 2;
        let second = index % 2 == 1;
        let mut home_of = household(cultures, seed, number);
        if number * 2 + 1 >= people {
            home_of.bond = Bond::Strangers;
        }
        let bond = home_of.bond;
        let culture = home_of.culture;
        let mut draw = Draw::new(seed, Stream::Person, index);

        let (female, given) = given_name(&mut draw, seed, &home_of, index, second);
        let birth = birth_date(&mut draw, &home_of, second);
        let own_family = *draw.pick_early(&culture.family);
        let shares_name = !matches!(bond, Bond::Strangers | Bond::Flatmates);
        let keeps_own = bond == Bond::Couple && second && draw.chance(0.18);
        let family = if shares_name && !keeps_own { home_of.family } else { own_family };
        let family = family.gendered(female);
        let married = female && draw.chance(if bond == Bond::Couple { 0.22 } else { 0.03 });
        let former = draw.pick_early(&culture.family).gendered(female);
        let former_family = (married && former.latin != family.latin)
            .then(|| (former, START + draw.between(-300, 660) * DAY));
        let (home, former_home) = if bond == Bond::Strangers && second {
            let current = home(&mut draw, culture);
            let moved = draw.chance(0.14);
            let at = START + draw.between(-500, 680) * DAY;
            (current, moved.then(|| (self::home(&mut draw, culture), at)))
        } else {
            (home_of.home.clone(), home_of.former_home.clone())
        };

        let tag = 10 + reorder(people, 4, index);
        let latin = given.name.latin;
        let with_family = if draw.chance(0.5) {
            former_family.map_or(family.latin, |(name, _)| name.latin)
        } else {
            family.latin
        };
        let first_email = email(&mut draw, latin, with_family, birth, tag);
        let second_email = draw
            .chance(0.25)
            .then(|| email(&mut draw, latin, family.latin, birth, tag))
            .filter(|other| *other != first_email);
        let shared = matches!(bond, Bond::Couple | Bond::ParentAndChild) && home_of.shared_mailbox;
        let family_email = shared.then(|| {
            let name = without_accents(home_of.family.gendered(false).latin).to_lowercase();
            let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let tag = 10 + reorder(people, 4, number * 2);
            format!("family.{name}{tag}@example.com")
        });

        let archetype = draw.weighted(&ARCHETYPES.map(|a| a.share));
        let own = archetype * 3 + draw.below(3) as usize;
        let other = if draw.chance(0.85) {
            archetype * 3 + draw.below(3) as usize
        } else {
            draw.below(18) as usize
        };
        let line = 3 * home_of.rank + u64::from(second);
        Person {
            index,
            culture,
            bond,
            female,
            given,
            family,
            former_family,
            birth,
            home,
            former_home,
            email: first_email,
            second_email,
            family_email,
            mobile: culture.phone(line),
            landline: (home_of.landline && bond != Bond::Strangers)
                .then(|| culture.phone(3 * home_of.rank + 2)),
            archetype,
            tastes: [own, other],
            engagement: draw.normal(),
            tracked: draw.chance(0.66),
            account: draw.chance(0.86),
            subscribed: draw.chance(0.62),
            registered_at: registered_at(&mut draw, archetype),
        }
    }
}

fn given_name<'w>(
    draw: &mut Draw,
    seed: u64,
    home: &Household<'w>,
    index: u64,
    second: bool,
) -> (bool, &'w Given) {
    let female = draw.chance(0.5);
    let list = |female: bool| if female { &home.culture.given_f } else { &home.culture.given_m };
    if !second {
        return (female, draw.pick_early(list(female)));
    }
    // The first of the two, as his own derivation draws it.
    let mut first = Draw::new(seed, Stream::Person, index - 1);
    let first_female = first.chance(0.5);
    let first_given = first.pick_early(list(first_female));
    match home.bond {
        Bond::Namesakes => (first_female, first_given),
        Bond::Couple => {
            let female = if draw.chance(0.94) { !first_female } else { first_female };
            (female, draw.pick_early(list(female)))
        }
        Bond::Twins => {
            // Names with the same first letter where the list has one: the hardest case.
            let letter = first_given.name.latin.chars().next();
            let alike = list(first_female).iter().find(|g| {
                g.name.latin.chars().next() == letter && g.name.latin != first_given.name.latin
            });
            (first_female, alike.unwrap_or_else(|| draw.pick(list(first_female))))
        }
        _ => (female, draw.pick_early(list(female))),
    }
}

fn birth_date(draw: &mut Draw, home: &Household<'_>, second: bool) -> i64 {
    let alone = days_of(1951, 1, 1) + draw.below(56 * 365) as i64;
    let gap = draw.between(21 * 365, 33 * 365);
    match home.bond {
        Bond::Strangers | Bond::Flatmates => alone,
        Bond::Couple => home.parent_birth + gap / 4 + if second { gap % 1500 } else { 0 },
        Bond::Twins => home.parent_birth + 9000,
        Bond::Namesakes | Bond::ParentAndChild => {
            if second {
                home.parent_birth + gap
            } else {
                home.parent_birth
            }
        }
    }
}

fn registered_at(draw: &mut Draw, archetype: usize) -> i64 {
    let last = if ARCHETYPES[archetype].name == "lapsed_camper" { 210 } else { 700 };
    if draw.chance(0.56) {
        START - 1 - draw.below(1600 * DAY as u64) as i64
    } else {
        let span = last * DAY;
        (START + draw.below(span as u64) as i64).min(TODAY - 20 * DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn own_addresses_and_numbers_are_unique() {
        let cultures = Cultures::load();
        let mut emails = HashSet::new();
        let mut mobiles = HashSet::new();
        for index in 0..5000 {
            let person = Person::derive(&cultures, 1, 5000, index);
            assert!(mobiles.insert((person.culture.iso, person.mobile)));
            assert!(emails.insert(person.email.clone()), "{}", person.index);
            assert!(person.second_email.is_none_or(|e| emails.insert(e)));
        }
    }

    #[test]
    fn bonds_hold_what_they_promise() {
        let cultures = Cultures::load();
        let mut met = HashSet::new();
        for number in 0..2500 {
            let a = Person::derive(&cultures, 1, 5000, number * 2);
            let b = Person::derive(&cultures, 1, 5000, number * 2 + 1);
            met.insert(format!("{:?}", a.bond));
            match a.bond {
                Bond::Twins => {
                    assert_eq!((a.birth, a.family.latin), (b.birth, b.family.latin));
                    assert_ne!(a.given.name.latin, b.given.name.latin);
                }
                Bond::Namesakes => {
                    assert_eq!(a.given.name.latin, b.given.name.latin);
                    assert!(b.birth - a.birth > 20 * 365);
                }
                Bond::Flatmates | Bond::Couple => assert_eq!(a.home.zip, b.home.zip),
                _ => {}
            }
        }
        assert_eq!(met.len(), 6);
    }
}
