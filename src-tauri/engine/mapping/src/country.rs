//! Countries: codes, names in several languages, and how their telephone numbers are written.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How numbers of a country are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialling {
    /// Calling code without `+`.
    pub code: &'static str,
    /// Written before national numbers and dropped abroad; empty for none.
    pub trunk: &'static str,
    /// Least digits of a national number without the trunk prefix.
    pub least: u32,
    /// Greatest number of digits.
    pub greatest: u32,
}

/// One country.
#[derive(Debug)]
pub(crate) struct Country {
    /// ISO 3166-1 alpha-2.
    pub iso2: &'static str,
    /// ISO 3166-1 alpha-3.
    pub iso3: &'static str,
    /// Where known.
    pub dialling: Option<Dialling>,
    names: Vec<&'static str>,
}

fn parse(line: &'static str) -> Option<Country> {
    let cells: Vec<_> = line.split('|').collect();
    let [iso2, iso3, code, trunk, least, greatest, names] = cells.as_slice() else { return None };
    let dialling = match (least.parse(), greatest.parse()) {
        (Ok(least), Ok(greatest)) => {
            Some(Dialling { code, trunk: trunk.trim_matches('-'), least, greatest })
        }
        _ => None,
    };
    Some(Country { iso2, iso3, dialling, names: names.split(';').collect() })
}

/// Every country, the most commonly met first.
pub(crate) static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    include_str!("../data/countries.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(parse)
        .collect()
});

/// Names and codes as looked up (see [`lookup_key`]), each with its alpha-2 code. Names in
/// Latin letters are there with and without their accents.
pub(crate) static COUNTRY_KEYS: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let mut keys = BTreeMap::new();
    for country in COUNTRIES.iter() {
        let written = country.names.iter().copied().chain([country.iso2, country.iso3]);
        for name in written {
            let key = lookup_key(name);
            if key.chars().all(|c| c < '\u{250}' || c.is_ascii()) {
                keys.entry(lookup_key(&deunicode::deunicode(name))).or_insert(country.iso2);
            }
            keys.insert(key, country.iso2);
        }
    }
    keys
});

/// How a name is looked up: lower case, no full stops. The macro `kith_country` does the same.
pub(crate) fn lookup_key(name: &str) -> String {
    name.to_lowercase().replace('.', "").trim().to_owned()
}

/// The alpha-2 code of a country by code or name.
pub(crate) fn iso2_of(name: &str) -> Option<&'static str> {
    COUNTRY_KEYS.get(&lookup_key(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_list_is_read() {
        let lines =
            include_str!("../data/countries.txt").lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(COUNTRIES.len(), lines);
        assert_eq!(COUNTRIES.len(), 250);
        assert!(COUNTRIES.iter().filter(|c| c.dialling.is_some()).count() > 90);
    }

    #[test]
    fn no_name_means_two_countries() {
        let mut first: BTreeMap<String, &str> = BTreeMap::new();
        for country in COUNTRIES.iter() {
            for name in &country.names {
                let before = first.insert(lookup_key(name), country.iso2);
                assert!(before.is_none_or(|b| b == country.iso2), "{name}");
            }
        }
    }

    #[test]
    fn names_in_several_languages_lead_to_one_code() {
        for name in ["Germany", "DEUTSCHLAND", "Allemagne", "ドイツ", "DEU", "de", "BRD"] {
            assert_eq!(iso2_of(name), Some("DE"), "{name}");
        }
        assert_eq!(iso2_of("Osterreich"), Some("AT"));
        assert_eq!(iso2_of("U.S.A."), Some("US"));
        assert_eq!(iso2_of("Atlantis"), None);
    }
}
