//! The contact records as interned columns: each distinct value normalised once, each record a
//! row of value numbers.
//!
//! Rows are kept in the order of (source, native id, content), not in the order they came, so
//! that nothing computed from them depends on the latter.

use crate::address::{Street, read_city, read_company, read_plain, read_postcode};
use crate::contact::{Email, read_phone, widen};
use crate::decided::record_name;
use crate::fold::{hash, is_opaque, letters};
pub(crate) use crate::intern::{Cells, MISSING, ValueId, Values};
use crate::intern::{Numbers, STRIDE, distinct, each, through};
use crate::names::{NameColumns, NameValue, name_columns};
use crate::place::Place;
use crate::sorting::sorted;
use crate::{IdentityError, ask};
use kith_model::{Column, Frame, Monitor, Texts};
use std::cmp::Ordering;

/// A text with its letters, for quick rejection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Plain {
    /// The folded text.
    pub text: String,
    /// Its letters as a mask.
    pub letters: u32,
    /// Written in a script whose Latin spelling cannot be told from it.
    pub opaque: bool,
}

impl Plain {
    fn read(raw: &str, read: fn(&str) -> Option<String>) -> Option<Self> {
        read(raw).map(|text| Self { letters: letters(&text), text, opaque: is_opaque(raw) })
    }
}

/// A birth date in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Birth {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u32,
    /// Day, 1 to 31.
    pub day: u32,
}

impl Birth {
    /// The civil date `days` after 1970-01-01; `None` outside 1880 to 2100, where nobody alive was
    /// born.
    fn from_days(days: i64) -> Option<Self> {
        let (year, month, day) = civil(days.clamp(-100_000, 100_000));
        (1880..=2100).contains(&year).then_some(Self { year, month, day })
    }

    /// The date in eight digits of four bits, year first; never 0.
    pub fn coded(self) -> u32 {
        let digits = |n: u32| ((n / 10) << 4) | (n % 10);
        let year = self.year as u32;
        digits(year / 100) << 24
            | digits(year % 100) << 16
            | digits(self.month) << 8
            | digits(self.day)
    }
}

/// Year, month and day, `days` after 1970-01-01 (Hinnant 2013).
pub(crate) fn civil(days: i64) -> (i32, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = if mp < 10 { mp + 3 } else { mp - 9 } as u32;
    ((yoe + era * 400 + i64::from(month <= 2)) as i32, month, day)
}

/// Two slots of one kind of contact (first and second e-mail), sharing their values.
#[derive(Debug, Clone)]
pub(crate) struct Contacts<V> {
    /// The distinct values.
    pub value: Vec<V>,
    /// The values of each record, the filled slot first.
    pub of: Vec<[ValueId; 2]>,
}

impl<V: std::hash::Hash + Eq + Clone + Send> Contacts<V> {
    /// Interns two columns; `spell` may respell a value once all are known.
    fn intern(
        columns: [Cells<'_>; 2],
        read: impl Fn(&str) -> Option<V> + Sync,
        spell: impl Fn(Vec<Option<V>>, &dyn Monitor) -> Result<Vec<Option<V>>, IdentityError>,
        monitor: &dyn Monitor,
    ) -> Result<Self, IdentityError> {
        let [first, second] = [columns[0].raw(monitor)?, columns[1].raw(monitor)?];
        let raw: Vec<&str> = first.value.iter().chain(&second.value).copied().collect();
        let read = each(&raw, |cell| read(cell), monitor)?;
        let (value, of_raw) = distinct(spell(read, monitor)?, monitor)?;
        let first_of = through(&first.of, &of_raw);
        let second_of = through(&second.of, &of_raw[first.value.len()..]);
        let pair = |(a, b): (ValueId, ValueId)| {
            if a == b || a == MISSING { [b, MISSING] } else { [a, b] }
        };
        Ok(Self { value, of: first_of.into_iter().zip(second_of).map(pair).collect() })
    }
}

/// Every record, normalised.
#[derive(Debug)]
pub(crate) struct Records {
    /// Row of the frame.
    pub row: Vec<u32>,
    /// Record id.
    pub id: Vec<i64>,
    /// Source number, by sorted slug.
    pub source: Vec<u16>,
    /// The slugs of the sources, by number.
    slugs: Vec<String>,
    /// The sources' own ids of the records, by row.
    native: Texts,
    /// Login or customer ids.
    pub user: Values<String>,
    /// Loyalty numbers.
    pub loyalty: Values<String>,
    /// Pairs of sources (the smaller first), ascending, that share loyalty numbers and so number
    /// people alike.
    pub alike: Vec<(u16, u16)>,
    /// E-mail addresses.
    pub email: Contacts<Email>,
    /// Phone numbers.
    pub phone: Contacts<String>,
    /// All names, given and family alike.
    pub names: Vec<NameValue>,
    /// Given names.
    pub given: Vec<ValueId>,
    /// Family names.
    pub family: Vec<ValueId>,
    /// Records that bear each name, in whichever place.
    pub bearers: Vec<u32>,
    /// Which namesake each record says it is; 0 for no word of it.
    pub generation: Vec<u8>,
    /// Birth dates.
    pub birth: Values<Birth>,
    /// Streets.
    pub street: Values<Street>,
    /// Cities.
    pub city: Values<Plain>,
    /// Postcodes.
    pub postcode: Values<Plain>,
    /// Countries.
    pub country: Values<Plain>,
    /// Places on the map.
    pub place: Values<Place>,
    /// Companies.
    pub company: Values<Plain>,
}

impl Records {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.row.len()
    }

    /// Reads the frame of [`crate::records_sql`].
    pub fn read(frame: &Frame, monitor: &dyn Monitor) -> Result<Self, IdentityError> {
        let id = ints(frame, "record_id")?;
        let (source, native) = (texts(frame, "source")?, texts(frame, "native_id")?);
        let row = order(frame, source, native, monitor)?;
        let pick = |name| texts(frame, name).map(|cells| Cells { cells, row: &row });
        let two = |a, b| Ok::<_, IdentityError>([pick(a)?, pick(b)?]);
        let sources = pick("source")?;
        let slug = sources.raw(monitor)?;
        let named = [pick("given_name")?, pick("family_name")?, pick("full_name")?];
        let NameColumns { names, given, family, generation } = name_columns(&named, monitor)?;
        let mut bearers = vec![0; names.len()];
        let borne = given.iter().chain(&family).filter(|n| **n != MISSING);
        borne.for_each(|&n| bearers[n as usize] += 1);
        let birth = ints(frame, "birth_date")?;
        let birth = row.iter().map(|&r| birth[r as usize].and_then(Birth::from_days)).collect();
        let (birth_value, birth_of) = distinct(birth, monitor)?;
        let plain = |name, read: fn(&str) -> Option<String>| {
            pick(name)?.intern(|t| Plain::read(t, read), monitor)
        };
        let phones = two("phone", "phone_alt")?;
        let emails = two("email", "email_alt")?;
        let email = Contacts::intern(emails, Email::read, |e, _| Ok(e), monitor)?;
        Ok(Self {
            id: row.iter().map(|&r| id[r as usize].unwrap_or(i64::from(r))).collect(),
            source: slug.of.iter().map(|&s| u16::try_from(s).unwrap_or(u16::MAX)).collect(),
            slugs: slug.value.iter().map(|&slug| slug.to_owned()).collect(),
            native: native.clone(),
            user: pick("user_id")?.intern(read_id, monitor)?,
            loyalty: pick("loyalty_id")?.intern(read_id, monitor)?,
            alike: Vec::new(),
            email,
            phone: Contacts::intern(phones, read_phone, international, monitor)?,
            names,
            given,
            family,
            bearers,
            generation,
            birth: Values { value: birth_value, of: birth_of },
            street: pick("street")?.intern(Street::read, monitor)?,
            city: plain("city", read_city)?,
            postcode: plain("postcode", read_postcode)?,
            country: plain("country", read_plain)?,
            place: pick("coordinates")?.intern(Place::read, monitor)?,
            company: plain("company", read_company)?,
            row,
        })
    }

    /// The source's own id of `record`.
    pub fn native(&self, record: usize) -> Option<&str> {
        self.native.get(self.row[record] as usize)
    }

    /// What people call `record`: source and id.
    pub fn name(&self, record: usize) -> String {
        let slug = self.slugs.get(usize::from(self.source[record]));
        record_name(slug.map(String::as_str), self.native(record))
    }

    /// True when two sources number people alike.
    pub fn one_numbering(&self, s: u16, t: u16) -> bool {
        s == t || self.alike.binary_search(&(s.min(t), s.max(t))).is_ok()
    }

    /// The given name of `record`.
    pub fn given(&self, record: usize) -> Option<&NameValue> {
        self.names.get(self.given[record] as usize)
    }

    /// The family name of `record`.
    pub fn family(&self, record: usize) -> Option<&NameValue> {
        self.names.get(self.family[record] as usize)
    }
}

/// Hash of an identifier as compared: trimmed, lower case.
pub(crate) fn id_hash(text: &str) -> u64 {
    hash(text.trim().to_lowercase().as_bytes())
}

/// An identifier in comparable form; placeholders are nobody's.
pub(crate) fn read_id(text: &str) -> Option<String> {
    let id = text.trim().to_lowercase();
    let empty = id.chars().all(|c| c == '0' || !c.is_alphanumeric());
    let words = ["anonymous", "guest", "n/a", "na", "nan", "none", "null", "unknown"];
    (!empty && !words.contains(&id.as_str())).then_some(id)
}

/// National numbers take the international form that another record shows, when only one fits.
fn international(
    mut numbers: Vec<Option<String>>,
    monitor: &dyn Monitor,
) -> Result<Vec<Option<String>>, IdentityError> {
    let wide = widen(&numbers, monitor)?;
    numbers.iter_mut().zip(wide).filter(|(_, wide)| wide.is_some()).for_each(|(n, w)| *n = w);
    Ok(numbers)
}

/// Rows in the order of source, native id and, for records that share both, content.
fn order(
    frame: &Frame,
    source: &Texts,
    native: &Texts,
    monitor: &dyn Monitor,
) -> Result<Vec<u32>, IdentityError> {
    let mut numbers = Numbers::new();
    let mut slugs: Vec<Option<&str>> = Vec::new();
    let mut keys: Vec<(u32, u64, u32)> = Vec::with_capacity(source.len());
    for (row, slug) in source.iter().enumerate() {
        if row.is_multiple_of(STRIDE) {
            ask(monitor)?;
        }
        let (number, new) = numbers.of(slug);
        if new {
            slugs.push(slug);
        }
        keys.push((number, start(native.get(row)), row as u32));
    }
    let mut sorted_slugs = slugs.clone();
    sorted_slugs.sort_unstable();
    let rank: Vec<u32> =
        slugs.iter().map(|s| sorted_slugs.partition_point(|o| o < s) as u32).collect();
    keys.iter_mut().for_each(|key| key.0 = rank[key.0 as usize]);
    let content = |a: usize, b: usize| {
        let columns = frame.columns.iter().filter(|(name, _)| name != "record_id");
        columns.fold(Ordering::Equal, |so_far, (_, column)| {
            so_far.then_with(|| match column {
                Column::Text(v) => v.get(a).cmp(&v.get(b)),
                Column::Int(v) => v[a].cmp(&v[b]),
                Column::Bool(v) => v[a].cmp(&v[b]),
                Column::Real(v) => v[a].map(f64::to_bits).cmp(&v[b].map(f64::to_bits)),
            })
        })
    };
    let by = |x: &(u32, u64, u32), y: &(u32, u64, u32)| {
        let (i, j) = (x.2 as usize, y.2 as usize);
        let named = (x.0, x.1).cmp(&(y.0, y.1)).then_with(|| native.get(i).cmp(&native.get(j)));
        named.then_with(|| content(i, j)).then(x.2.cmp(&y.2))
    };
    Ok(sorted(keys, by, monitor)?.into_iter().map(|key| key.2).collect())
}

/// The first eight bytes as a number that sorts like the text.
fn start(text: Option<&str>) -> u64 {
    let mut first = [0; 8];
    let bytes = text.unwrap_or_default().as_bytes();
    let n = bytes.len().min(8);
    first[..n].copy_from_slice(&bytes[..n]);
    u64::from_be_bytes(first)
}

/// The text column `name`.
pub(crate) fn texts<'a>(frame: &'a Frame, name: &str) -> Result<&'a Texts, IdentityError> {
    let column = frame.column(name).and_then(Column::text);
    column.ok_or_else(|| IdentityError::Column { column: name.to_owned(), kind: "text" })
}

/// The column of whole numbers `name`.
pub(crate) fn ints<'a>(frame: &'a Frame, name: &str) -> Result<&'a [Option<i64>], IdentityError> {
    let column = frame.column(name).and_then(Column::int);
    column.ok_or_else(|| IdentityError::Column { column: name.to_owned(), kind: "whole numbers" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_civil_dates() {
        let date = |d| Birth::from_days(d).map(|b| (b.year, b.month, b.day));
        assert_eq!(date(0), Some((1970, 1, 1)));
        assert_eq!(date(-1), Some((1969, 12, 31)));
        assert_eq!(date(11_016), Some((2000, 2, 29)));
        assert_eq!(date(i64::MIN), None);
    }

    #[test]
    fn placeholder_ids_are_nobodys() {
        assert_eq!(read_id(" C-12 "), Some("c-12".into()));
        for empty in ["", "0", "000", "-", "NULL", "guest"] {
            assert_eq!(read_id(empty), None, "{empty}");
        }
    }
}
