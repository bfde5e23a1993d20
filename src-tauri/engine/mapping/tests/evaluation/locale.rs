//! What people, places and goods are called in a language: `values/*.txt`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One language's lists.
pub struct Locale {
    /// Two letters.
    pub code: &'static str,
    lists: BTreeMap<&'static str, Vec<&'static str>>,
}

macro_rules! locales {
    ($($code:literal),*) => {
        [$(($code, include_str!(concat!("values/", $code, ".txt")))),*]
    };
}

static LOCALES: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    let read = |(code, text): (&'static str, &'static str)| {
        let line = |l: &'static str| {
            let (key, values) = l.split_once(": ")?;
            Some((key, values.split("; ").collect()))
        };
        Locale { code, lists: text.lines().filter_map(line).collect() }
    };
    locales!["en", "de", "fr", "es", "it", "nl", "pt", "sv", "pl", "ja"]
        .into_iter()
        .map(read)
        .collect()
});

impl Locale {
    /// The language with this code.
    pub fn of(code: &str) -> &'static Self {
        LOCALES.iter().find(|l| l.code == code).unwrap_or_else(|| panic!("no values for {code}"))
    }

    /// A list by its name.
    pub fn list(&self, name: &str) -> &[&'static str] {
        self.lists.get(name).unwrap_or_else(|| panic!("{} has no list {name}", self.code))
    }

    /// A date as written here.
    pub fn date(&self, year: u64, month: u64, day: u64) -> String {
        match self.code {
            "en" => format!("{month:02}/{day:02}/{year}"),
            "de" | "pl" => format!("{day:02}.{month:02}.{year}"),
            "nl" => format!("{day:02}-{month:02}-{year}"),
            "sv" => format!("{year}-{month:02}-{day:02}"),
            "ja" => format!("{year}/{month:02}/{day:02}"),
            _ => format!("{day:02}/{month:02}/{year}"),
        }
    }

    /// An amount in cents as written here.
    pub fn money(&self, cents: i64) -> String {
        match self.code {
            "en" => format!("{}.{:02}", cents / 100, cents % 100),
            "ja" => cents.to_string(),
            _ if cents >= 100_000 => {
                format!("{}.{:03},{:02}", cents / 100_000, cents / 100 % 1000, cents % 100)
            }
            _ => format!("{},{:02}", cents / 100, cents % 100),
        }
    }
}
