//! Personal names: split, cleaned of titles, and compared.

use crate::address::meaningful;
use crate::fold::{OPAQUE, hash, letters, scripts, tokens};
use crate::intern::{Cells, MISSING, Numbers, ValueId, each};
use crate::nickname::{Group, groups, share};
use crate::spelling::{Spoken, most_alike, sound, winkler, within};
use crate::{IdentityError, ask};
use kith_model::Monitor;

/// Titles that are not part of a name.
const TITLES: [&str; 21] = [
    "dhr", "dott", "dr", "esq", "frau", "fru", "herr", "hr", "lady", "madame", "miss", "mme", "mr",
    "mrs", "ms", "pan", "pani", "phd", "prof", "sir", "sra",
];

/// Suffixes that tell namesakes apart.
const GENERATIONS: [(&str, u8); 8] =
    [("ii", 3), ("iii", 4), ("iv", 5), ("jnr", 2), ("jr", 2), ("junior", 2), ("snr", 1), ("sr", 1)];

/// Words a family name may begin with.
const PARTICLES: [&str; 25] = [
    "al", "bin", "d", "da", "dal", "das", "de", "degli", "del", "della", "den", "der", "di", "do",
    "dos", "du", "el", "la", "le", "st", "ten", "ter", "van", "von", "zu",
];

/// A name in comparable form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Name {
    /// Folded tokens joined by spaces.
    pub text: String,
    /// The scripts it is written in, as bits of [`crate::fold::scripts`].
    pub scripts: u8,
}

/// How two names compare, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Alike {
    /// The same.
    Exact,
    /// One may be the other's nickname.
    Nickname,
    /// One slip of spelling, or Jaro-Winkler from 0.92.
    Close,
    /// Spelt otherwise, spoken alike.
    Sound,
    /// An initial, or a token of a longer name.
    Part,
    /// Jaro-Winkler from 0.84.
    Similar,
    /// Nothing in common.
    Different,
    /// In scripts that cannot be compared.
    Unknown,
}

impl Alike {
    /// True when the names may well be one person's.
    pub fn fits(self) -> bool {
        !matches!(self, Self::Similar | Self::Different)
    }
}

/// Jaro-Winkler similarity (Winkler 1990) from which two spellings are close.
pub(crate) const CLOSE: f64 = 0.92;
/// Jaro-Winkler similarity from which two spellings are similar.
pub(crate) const SIMILAR: f64 = 0.84;

/// Which of several namesakes a name says it is: 0 when it does not say.
fn read_generation(name: &str) -> u8 {
    let generation = |word: String| GENERATIONS.iter().find(|g| g.0 == word).map(|g| g.1);
    tokens(name).into_iter().filter_map(generation).next_back().unwrap_or(0)
}

/// The names of every record.
pub(crate) struct NameColumns {
    /// All names, given and family alike; one for a spelling, whatever the scripts it came from.
    pub names: Vec<NameValue>,
    /// Given name of each record.
    pub given: Vec<ValueId>,
    /// Family name of each record.
    pub family: Vec<ValueId>,
    /// Which namesake each record says it is; 0 for no word of it.
    pub generation: Vec<u8>,
}

/// What a name column's cell says by itself.
struct Alone {
    name: Option<Name>,
    generation: u8,
}

/// Reads given, family and full names. A cell is read once however often it occurs; only records
/// whose parts do not stand in their own columns are read as a whole.
pub(crate) fn name_columns(
    columns: &[Cells<'_>; 3],
    monitor: &dyn Monitor,
) -> Result<NameColumns, IdentityError> {
    let alone = |text: &&str| {
        let words = words(Some(text));
        Some(Alone { name: name(&words, scripts(text)), generation: read_generation(text) })
    };
    let mut raw = Vec::with_capacity(3);
    for column in columns {
        let values = column.raw(monitor)?;
        let read = each(&values.value, alone, monitor)?;
        raw.push((values.of, read));
    }
    let cell = |column: usize, record: usize| -> Option<&Alone> {
        let (of, read) = &raw[column];
        read.get(of[record] as usize)?.as_ref()
    };
    let records: Vec<usize> = (0..columns[0].row.len()).collect();
    let whole = each(
        &records,
        |&i| {
            let own = |column| cell(column, i).is_some_and(|a: &Alone| a.name.is_some());
            let text = |column: usize| columns[column].get(i);
            (!(own(0) && own(1))).then(|| read_names(text(0), text(1), text(2)))
        },
        monitor,
    )?;
    let mut spelt = Spellings { numbers: Numbers::new(), names: Vec::new() };
    let (mut given, mut family) = (Vec::with_capacity(records.len()), Vec::new());
    for (i, whole) in whole.into_iter().enumerate() {
        if i.is_multiple_of(1 << 12) {
            ask(monitor)?;
        }
        match whole {
            Some((g, f)) => {
                given.push(spelt.number(g.as_ref()));
                family.push(spelt.number(f.as_ref()));
            }
            None => {
                given.push(spelt.number(cell(0, i).and_then(|a| a.name.as_ref())));
                family.push(spelt.number(cell(1, i).and_then(|a| a.name.as_ref())));
            }
        }
    }
    let generation = |i: usize| {
        let said = (0..3).rev().filter_map(|column| cell(column, i)).map(|a| a.generation);
        said.into_iter().find(|g| *g != 0).unwrap_or(0)
    };
    let generation = records.iter().map(|&i| generation(i)).collect();
    let names = each(&spelt.names, |name| Some(NameValue::new(name.clone())), monitor)?;
    let names = names.into_iter().flatten().collect();
    Ok(NameColumns { names, given, family, generation })
}

/// Names numbered by their spelling.
struct Spellings {
    numbers: Numbers<String>,
    names: Vec<Name>,
}

impl Spellings {
    fn number(&mut self, name: Option<&Name>) -> ValueId {
        let Some(name) = name else { return MISSING };
        let (number, new) = self.numbers.of(name.text.clone());
        if new {
            self.names.push(name.clone());
        } else {
            self.names[number as usize].scripts |= name.scripts;
        }
        number
    }
}

/// Given and family name of a record, from whichever of its three name fields are filled.
pub(crate) fn read_names(
    given: Option<&str>,
    family: Option<&str>,
    full: Option<&str>,
) -> (Option<Name>, Option<Name>) {
    let (given_words, family_words) = (words(given), words(family));
    if family_words.is_empty() {
        let whole = given.filter(|_| given_words.len() > 1).or(full);
        if let (Some(given), Some(family)) = split(whole) {
            return (Some(given), Some(family));
        }
    }
    let given_name = name(&given_words, scripts(given.unwrap_or_default()));
    let family_name = name(&family_words, scripts(family.unwrap_or_default()));
    (given_name.or_else(|| split(full).0), family_name)
}

/// A whole name in two: `Doe, Jane`, or the last word (with its particles) as family name.
fn split(full: Option<&str>) -> (Option<Name>, Option<Name>) {
    let Some(full) = full else { return (None, None) };
    let scripts = scripts(full);
    if let Some((family, given)) = full.split_once([',', '、', '，']) {
        let (given, family) = (words(Some(given)), words(Some(family)));
        if !given.is_empty() && !family.is_empty() {
            return (name(&given, scripts), name(&family, scripts));
        }
    }
    let words = words(Some(full));
    if words.len() < 2 {
        return (name(&words, scripts), None);
    }
    let mut at = words.len() - 1;
    while at > 1 && PARTICLES.contains(&words[at - 1].as_str()) {
        at -= 1;
    }
    (name(&words[..at], scripts), name(&words[at..], scripts))
}

fn words(text: Option<&str>) -> Vec<String> {
    let mut words = text.map(tokens).unwrap_or_default();
    words.retain(|w| !TITLES.contains(&w.as_str()));
    // A name that is nothing but a suffix keeps it.
    if words.len() > 1 {
        words.retain(|w| !GENERATIONS.iter().any(|g| g.0 == w));
    }
    words
}

fn name(words: &[String], scripts: u8) -> Option<Name> {
    let text = meaningful(words.join(" "))?;
    let digits = text.bytes().all(|b| b.is_ascii_digit() || b == b' ');
    (!digits).then_some(Name { text, scripts })
}

/// What comparing needs of a name, computed once per distinct name.
#[derive(Debug, Clone)]
pub(crate) struct NameValue {
    /// The name.
    pub name: Name,
    /// Its letters as a mask.
    letters: u32,
    /// Nickname groups of the whole name and of its first token.
    pub groups: &'static [Group],
    /// Hash of the name.
    pub hash: u64,
    /// Hash of its [`sound`].
    pub sound: u64,
    /// How it may be spoken.
    pub spoken: Spoken,
}

impl NameValue {
    /// Prepares `name`.
    pub fn new(name: Name) -> Self {
        let groups = match groups(&name.text) {
            [] => groups(name.text.split(' ').next().unwrap_or_default()),
            whole => whole,
        };
        let [hash, sound] = [name.text.as_str(), &sound(&name.text)].map(|t| hash(t.as_bytes()));
        let spoken = Spoken::of(&name.text);
        Self { letters: letters(&name.text), groups, hash, sound, spoken, name }
    }

    /// Compares two names that are not the same value. Nicknames and initials count only
    /// `as_given`. `counts`: how many records bear each.
    ///
    /// A slip makes a rare spelling out of a usual one. Two spellings that are both usual, Johanna
    /// and Johannes, are two names: they compare one level lower, and sound says nothing.
    pub fn alike(&self, other: &Self, as_given: bool, counts: (u32, u32)) -> Alike {
        if self.name.text == other.name.text {
            return Alike::Exact;
        }
        if as_given && share(self.groups, other.groups) {
            return Alike::Nickname;
        }
        let (few, many) = (counts.0.min(counts.1), counts.0.max(counts.1));
        // In two scripts, both spellings may be usual and one name.
        let one_script = self.name.scripts & other.name.scripts != 0;
        let both_usual = one_script && few >= 3 && few.saturating_mul(10) >= many;
        let shortest = if few <= 2 && many >= 10 { 3 } else { 5 };
        let similarity = self.similarity(other);
        let close = similarity >= CLOSE || self.one_slip(other, shortest);
        let sounds = self.spoken.alike(other.spoken);
        if close && !both_usual {
            Alike::Close
        } else if sounds && !both_usual {
            Alike::Sound
        } else if part_of(&self.name.text, &other.name.text, as_given, both_usual) {
            Alike::Part
        } else if close || similarity >= SIMILAR && !both_usual {
            Alike::Similar
        } else if one_script || (self.name.scripts | other.name.scripts) & OPAQUE == 0 {
            Alike::Different
        } else {
            Alike::Unknown
        }
    }

    /// Jaro-Winkler, or 0 when it must lie below [`SIMILAR`].
    fn similarity(&self, other: &Self) -> f64 {
        let (a, b) = (&self.name.text, &other.name.text);
        let prefix = a.bytes().zip(b.bytes()).take(4).take_while(|(x, y)| x == y).count();
        if most_alike((a.len(), self.letters), (b.len(), other.letters), prefix) < SIMILAR {
            return 0.0;
        }
        winkler(a, b, SIMILAR)
    }

    /// One insertion, deletion, substitution or transposition between names of `shortest` letters
    /// or more.
    fn one_slip(&self, other: &Self, shortest: usize) -> bool {
        let (a, b) = (self.name.text.as_bytes(), other.name.text.as_bytes());
        let apart = (self.letters ^ other.letters).count_ones();
        a.len().min(b.len()) >= shortest && apart <= 2 && within(a, b, 1)
    }
}

/// True when one name is a whole token of the other; for given names also when it is the other's
/// initials or, unless both are usual names, its beginning.
fn part_of(a: &str, b: &str, as_given: bool, both_usual: bool) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if as_given {
        let initials = long.split(' ').filter_map(|word| word.chars().next());
        let is_initial = short.len() == 1 && long.starts_with(short);
        let is_beginning = !both_usual
            && short.len() >= 3
            && long.len() >= short.len() + 2
            && long.starts_with(short);
        if is_initial || is_beginning || short.len() > 1 && initials.eq(short.chars()) {
            return true;
        }
    }
    if !long.contains(' ') && !short.contains(' ') {
        return false;
    }
    // Given names share their first token, or one's first stands anywhere in the other.
    let telling = |w: &&str| w.len() >= 3 && !PARTICLES.contains(w);
    let first = if as_given { 1 } else { usize::MAX };
    let found = |x: &str, y: &str| {
        x.split(' ').take(first).filter(telling).any(|w| y.split(' ').any(|v| v == w))
    };
    found(short, long) || found(long, short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> Alike {
        let value = |t: &str| NameValue::new(read_names(Some(t), Some("Doe"), None).0.unwrap());
        value(a).alike(&value(b), true, (1, 1))
    }

    fn read(given: &str, family: &str, full: &str) -> (String, String) {
        let some = |t: &'static str| (!t.is_empty()).then_some(t);
        let leak = |t: &str| some(Box::leak(t.to_owned().into_boxed_str()));
        let (g, f) = read_names(leak(given), leak(family), leak(full));
        let text = |n: Option<Name>| n.map(|n| n.text).unwrap_or_default();
        (text(g), text(f))
    }

    #[test]
    fn a_whole_name_is_split() {
        let jane = ("jane".to_owned(), "do".to_owned());
        assert_eq!(read("", "", "Dr. Jane Doe"), jane);
        assert_eq!(read("", "", "Doe, Jane"), jane);
        assert_eq!(read("Jane", "Doe", "ignored entirely"), jane);
        assert_eq!(read("", "", "Jan van der Berg").1, "van der berg");
        assert_eq!(read("Jane Doe", "", ""), jane);
        assert_eq!(read("", "", "Cher"), ("cher".to_owned(), String::new()));
        assert_eq!(read("Unknown", "N/A", ""), Default::default());
    }

    #[test]
    fn spellings_are_graded() {
        assert_eq!(alike("Jon", "Jon"), Alike::Exact);
        assert_eq!(alike("William", "Bill"), Alike::Nickname);
        assert_eq!(alike("Stephanie", "Stephnie"), Alike::Close);
        assert_eq!(alike("Nataliia", "Nataliya"), Alike::Close);
        assert_eq!(alike("Catherine", "Kathryn"), Alike::Sound);
        assert_eq!(alike("Geoffroy", "Jefri"), Alike::Sound);
        assert_eq!(alike("J", "Jonathan"), Alike::Part);
        assert_eq!(alike("Lovisa Maria", "Lovisa"), Alike::Part);
        assert_eq!(alike("Robert", "Wilhelm"), Alike::Different);
        assert_eq!(alike("葵", "Aoi"), Alike::Unknown);
        assert_eq!(alike("葵", "健太"), Alike::Different);
        assert_eq!(alike("KP", "Karl-Peter"), Alike::Part);
    }

    #[test]
    fn two_usual_names_are_no_slip_of_each_other() {
        let value = |t: &str| NameValue::new(read_names(Some(t), Some("Doe"), None).0.unwrap());
        let (a, b) = (value("Johanna"), value("Johannes"));
        assert_eq!(a.alike(&b, true, (40, 1)), Alike::Close);
        assert_eq!(a.alike(&b, true, (40, 30)), Alike::Similar);
        let (a, b) = (value("Ake"), value("Ame"));
        assert_eq!(a.alike(&b, true, (40, 1)), Alike::Close);
        assert_eq!(a.alike(&b, true, (4, 4)), Alike::Different);
    }

    #[test]
    fn generations_are_told_apart() {
        assert_eq!(read_generation("Adams Jr."), 2);
        assert_eq!(read_generation("John Adams, Sr"), 1);
        assert_eq!(read_generation("Adams"), 0);
        assert_eq!(read("Anna", "Adams Jr.", "").1, "adams");
    }
}
