//! Names, places and telephone numbers per country, read from the lists in `cultures/`.
//!
//! A list is plain text: `key=value` lines, then sections. In a list of names a comma separates
//! entries, `native/Latin` gives both spellings, `male~female` the forms of a family name and
//! `Robert=Bob;Rob` the short forms of a given name. `#` stands for a digit, `@` for a letter.

use crate::draw::Draw;

/// A word in its own script and in Latin letters (the same text when the script is Latin).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    pub native: &'static str,
    pub latin: &'static str,
}

impl Name {
    fn parse(text: &'static str) -> Self {
        let (native, latin) = text.split_once('/').unwrap_or((text, text));
        Name { native, latin }
    }

    /// The male or female form of a family name.
    pub(crate) fn gendered(self, female: bool) -> Self {
        let form = |text: &'static str| match text.split_once('~') {
            Some((_, feminine)) if female => feminine,
            Some((masculine, _)) => masculine,
            None => text,
        };
        Name { native: form(self.native), latin: form(self.latin) }
    }
}

/// A given name and its short forms.
#[derive(Debug)]
pub(crate) struct Given {
    pub name: Name,
    pub short: Vec<Name>,
}

/// A town, with the name foreigners use for it.
#[derive(Debug)]
pub(crate) struct City {
    pub native: &'static str,
    pub english: &'static str,
    pub region: &'static str,
    pub region_code: &'static str,
    pub zip: &'static str,
}

/// How an address line is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreetOrder {
    NumberFirst,
    NumberLast,
    Japanese,
}

/// Everything that differs between countries.
#[derive(Debug)]
pub(crate) struct Culture {
    pub iso: &'static str,
    /// Spellings of the country; the first is the English one, the second the ISO code.
    pub country: Vec<&'static str>,
    pub language: &'static str,
    pub continent: &'static str,
    pub order: StreetOrder,
    pub dial: &'static str,
    pub trunk: &'static str,
    pub given_f: Vec<Given>,
    pub given_m: Vec<Given>,
    pub family: Vec<Name>,
    pub streets: Vec<Name>,
    pub cities: Vec<City>,
    /// National number patterns no subscriber has; those after `reserved` are the overflow.
    phones: Vec<&'static str>,
}

/// Country lists and how many of every hundred households live there.
const SOURCES: [(&str, usize); 12] = [
    (include_str!("cultures/us.txt"), 22),
    (include_str!("cultures/gb.txt"), 17),
    (include_str!("cultures/de.txt"), 17),
    (include_str!("cultures/fr.txt"), 9),
    (include_str!("cultures/es.txt"), 6),
    (include_str!("cultures/nl.txt"), 6),
    (include_str!("cultures/se.txt"), 4),
    (include_str!("cultures/pl.txt"), 5),
    (include_str!("cultures/it.txt"), 5),
    (include_str!("cultures/jp.txt"), 4),
    (include_str!("cultures/gr.txt"), 2),
    (include_str!("cultures/ua.txt"), 3),
];

/// All countries, and which household lives in which.
pub(crate) struct Cultures {
    pub list: Vec<Culture>,
    /// Country of each of a hundred consecutive households, and its rank among them.
    slots: Vec<(usize, u64)>,
    per_hundred: Vec<u64>,
}

impl Cultures {
    pub(crate) fn load() -> Self {
        let list = SOURCES.iter().map(|(text, _)| Culture::parse(text)).collect();
        let per_hundred: Vec<u64> = SOURCES.iter().map(|&(_, share)| share as u64).collect();
        let mut slots = vec![(0, 0); 100];
        let mut next = 0;
        for (culture, &(_, share)) in SOURCES.iter().enumerate() {
            for rank in 0..share {
                // 37 and 100 have no common divisor: every slot is filled once, well mixed.
                slots[next * 37 % 100] = (culture, rank as u64);
                next += 1;
            }
        }
        Cultures { list, slots, per_hundred }
    }

    /// Country of a household, and its rank among the households of that country.
    pub(crate) fn of_household(&self, household: u64) -> (&Culture, u64) {
        let (culture, rank) = self.slots[(household % 100) as usize];
        (&self.list[culture], household / 100 * self.per_hundred[culture] + rank)
    }
}

impl Culture {
    fn parse(text: &'static str) -> Self {
        let mut culture = Culture {
            iso: "",
            country: Vec::new(),
            language: "",
            continent: "",
            order: StreetOrder::NumberLast,
            dial: "",
            trunk: "",
            given_f: Vec::new(),
            given_m: Vec::new(),
            family: Vec::new(),
            streets: Vec::new(),
            cities: Vec::new(),
            phones: Vec::new(),
        };
        let mut section = "";
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']');
            } else if section.is_empty() {
                culture.read_key(line);
            } else {
                culture.read_list(section, line);
            }
        }
        culture
    }

    fn read_key(&mut self, line: &'static str) {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        match key {
            "iso" => self.iso = value,
            "country" => self.country = value.split(';').collect(),
            "language" => self.language = value,
            "continent" => self.continent = value,
            "dial" => self.dial = value,
            "trunk" => self.trunk = value,
            "order" => {
                self.order = match value {
                    "number-first" => StreetOrder::NumberFirst,
                    "japanese" => StreetOrder::Japanese,
                    _ => StreetOrder::NumberLast,
                }
            }
            _ => {}
        }
    }

    fn read_list(&mut self, section: &str, line: &'static str) {
        let entries = || line.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let given = |entry: &'static str| {
            let (name, short) = entry.split_once('=').unwrap_or((entry, ""));
            let short = short.split(';').filter(|s| !s.is_empty()).map(Name::parse).collect();
            Given { name: Name::parse(name), short }
        };
        match section {
            "given_f" => self.given_f.extend(entries().map(given)),
            "given_m" => self.given_m.extend(entries().map(given)),
            "family" => self.family.extend(entries().map(Name::parse)),
            "street" => self.streets.extend(entries().map(Name::parse)),
            "phone" | "spare" => self.phones.push(line),
            "city" => {
                let mut part = line.split('|');
                let mut next = || part.next().unwrap_or("");
                self.cities.push(City {
                    native: next(),
                    english: next(),
                    region: next(),
                    region_code: next(),
                    zip: next(),
                });
            }
            _ => {}
        }
    }

    /// The `key`-th telephone number of the country: national digits in groups, without trunk
    /// prefix. Reserved drama ranges first; different keys give different numbers until the
    /// overflow blocks are used up as well.
    pub(crate) fn phone(&self, key: u64) -> String {
        let capacity = |pattern: &str| 10_u64.pow(pattern.matches('#').count() as u32);
        let mut left = key % self.phones.iter().map(|p| capacity(p)).sum::<u64>().max(1);
        for pattern in &self.phones {
            if left < capacity(pattern) {
                let count = pattern.matches('#').count();
                let digits = format!("{left:0count$}");
                let mut digits = digits.chars();
                return pattern
                    .chars()
                    .map(|c| if c == '#' { digits.next().unwrap_or('0') } else { c })
                    .collect();
            }
            left -= capacity(pattern);
        }
        String::new()
    }
}

/// A pattern with every `#` replaced by a digit and every `@` by a capital letter.
pub(crate) fn fill(pattern: &str, draw: &mut Draw) -> String {
    pattern
        .chars()
        .map(|c| match c {
            '#' => (b'0' + draw.below(10) as u8) as char,
            '@' => *draw.pick(b"ABDEFGHJLNPQRSTUWXYZ") as char,
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_country_is_complete() {
        let all = Cultures::load();
        assert_eq!(all.per_hundred.iter().sum::<u64>(), 100);
        for culture in &all.list {
            let iso = culture.iso;
            assert!(culture.given_f.len() + culture.given_m.len() >= 60, "{iso} given names");
            assert!(culture.family.len() >= 80, "{iso} family names");
            assert!(culture.streets.len() >= 10 && culture.cities.len() >= 5, "{iso} places");
            assert!(culture.phones.len() >= 2 && !culture.dial.is_empty(), "{iso} telephone");
            assert!(culture.country.len() >= 3 && !culture.continent.is_empty(), "{iso} country");
            let forms = culture.family.iter().map(|n| n.gendered(true).latin);
            assert!(forms.clone().all(|n| !n.contains(['~', '/', '=', ';'])), "{iso} spelling");
        }
    }

    #[test]
    fn telephone_numbers_do_not_repeat() {
        let all = Cultures::load();
        for culture in &all.list {
            let numbers: HashSet<String> = (0..4000).map(|key| culture.phone(key)).collect();
            assert_eq!(numbers.len(), 4000, "{}", culture.iso);
        }
    }

    #[test]
    fn households_rank_densely_within_their_country() {
        let all = Cultures::load();
        let mut seen = HashSet::new();
        for household in 0..1000 {
            let (culture, rank) = all.of_household(household);
            assert!(seen.insert((culture.iso, rank)));
        }
        assert!(seen.contains(&("US", 219)) && !seen.contains(&("US", 220)));
    }
}
