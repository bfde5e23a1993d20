//! The contact records as interned columns: each distinct value normalised once, each record a
//! row of value numbers.
//!
//! Rows are kept in the order of (source, native id, content), not in the order they came, so
//! that nothing computed from them depends on the latter.

use crate::IdentityError;
use crate::address::{Street, read_city, read_company, read_plain, read_postcode};
use crate::contact::{Email, read_phone, widen};
use crate::fold::{hash, is_opaque, letters};
use crate::names::{Name, NameValue, read_generation, read_names};
use kith_model::{Column, Frame};
use rayon::prelude::*;
use std::cmp::Ordering;

/// A value's number inside its [`Values`]; [`MISSING`] for none.
pub(crate) type ValueId = u32;

/// No value.
pub(crate) const MISSING: ValueId = u32::MAX;

/// Distinct values, ascending, and which of them each record has.
#[derive(Debug, Clone)]
pub(crate) struct Values<V> {
    /// The distinct values.
    pub value: Vec<V>,
    /// The value of each record.
    pub of: Vec<ValueId>,
}

impl<V: Ord + Clone + Send + Sync> Values<V> {
    /// Interns one cell a record.
    fn intern(cells: &[Option<V>]) -> Self {
        let value = distinct(cells.par_iter().flatten().cloned().collect());
        let of = cells.par_iter().map(|cell| number(&value, cell.as_ref())).collect();
        Self { value, of }
    }
}

impl<V> Values<V> {
    /// The value of `record`, if it has one.
    pub fn get(&self, record: usize) -> Option<&V> {
        let id = self.of[record];
        (id != MISSING).then(|| &self.value[id as usize])
    }
}

fn distinct<V: Ord + Send>(mut values: Vec<V>) -> Vec<V> {
    values.par_sort_unstable();
    values.dedup();
    values
}

fn number<V: Ord>(sorted: &[V], value: Option<&V>) -> ValueId {
    let found = value.and_then(|v| sorted.binary_search(v).ok());
    found.map_or(MISSING, |at| at as ValueId)
}

/// A text with its letters, for quick rejection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The values of each record; no value stands twice.
    pub of: Vec<[ValueId; 2]>,
}

impl<V: Ord + Clone + Send + Sync> Contacts<V> {
    fn intern(first: &[Option<V>], second: &[Option<V>]) -> Self {
        let value = distinct(first.par_iter().chain(second).flatten().cloned().collect());
        let pair = |(a, b): (&Option<V>, &Option<V>)| {
            let (a, b) = (number(&value, a.as_ref()), number(&value, b.as_ref()));
            if a == b || a == MISSING { [b, MISSING] } else { [a, b] }
        };
        let of = first.par_iter().zip(second).map(pair).collect();
        Self { value, of }
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
    /// The source's own id of the record, hashed.
    pub native: Vec<Option<u64>>,
    /// Login or customer ids.
    pub user: Values<String>,
    /// Loyalty numbers.
    pub loyalty: Values<String>,
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
    /// Companies.
    pub company: Values<Plain>,
}

impl Records {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.row.len()
    }

    /// Reads the frame of [`crate::records_sql`].
    pub fn read(frame: &Frame) -> Result<Self, IdentityError> {
        let id = ints(frame, "record_id")?;
        let (source, native) = (texts(frame, "source")?, texts(frame, "native_id")?);
        let row = order(frame, source, native);
        let pick = |name| texts(frame, name).map(|cells| Cells { cells, row: &row });
        let slug = pick("source")?.intern(|t| Some(t.to_owned()));
        let name_cells = [pick("given_name")?, pick("family_name")?, pick("full_name")?];
        let (names, given, family) = names(&name_cells);
        let mut bearers = vec![0; names.len()];
        let borne = given.iter().chain(&family).filter(|n| **n != MISSING);
        borne.for_each(|&n| bearers[n as usize] += 1);
        let generation = (0..row.len())
            .into_par_iter()
            .map(|i| read_generation([0, 1, 2].map(|c: usize| name_cells[c].get(i))))
            .collect();
        let birth = ints(frame, "birth_date")?;
        let birth: Vec<_> =
            row.iter().map(|&r| birth[r as usize].and_then(Birth::from_days)).collect();
        let email = [pick("email")?, pick("email_alt")?].map(|c| c.map(Email::read));
        let phone = phones([pick("phone")?, pick("phone_alt")?].map(|c| c.map(read_phone)));
        let plain = |name, read: fn(&str) -> Option<String>| {
            pick(name).map(|c| c.intern(|t| Plain::read(t, read)))
        };
        Ok(Self {
            id: row.iter().map(|&r| id[r as usize].unwrap_or(i64::from(r))).collect(),
            source: slug.of.iter().map(|&s| u16::try_from(s).unwrap_or(u16::MAX)).collect(),
            native: pick("native_id")?.map(|t| Some(id_hash(t))),
            user: pick("user_id")?.intern(read_id),
            loyalty: pick("loyalty_id")?.intern(read_id),
            email: Contacts::intern(&email[0], &email[1]),
            phone: Contacts::intern(&phone[0], &phone[1]),
            names,
            given,
            family,
            bearers,
            generation,
            birth: Values::intern(&birth),
            street: pick("street")?.intern(Street::read),
            city: plain("city", read_city)?,
            postcode: plain("postcode", read_postcode)?,
            country: plain("country", read_plain)?,
            company: plain("company", read_company)?,
            row,
        })
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
fn read_id(text: &str) -> Option<String> {
    let id = text.trim().to_lowercase();
    let empty = id.chars().all(|c| c == '0' || !c.is_alphanumeric());
    let words = ["anonymous", "guest", "n/a", "na", "nan", "none", "null", "unknown"];
    (!empty && !words.contains(&id.as_str())).then_some(id)
}

/// A text column seen through the row order.
struct Cells<'a> {
    cells: &'a [Option<String>],
    row: &'a [u32],
}

impl Cells<'_> {
    fn get(&self, record: usize) -> Option<&str> {
        self.cells[self.row[record] as usize].as_deref()
    }

    fn map<V: Send>(&self, read: impl Fn(&str) -> Option<V> + Sync) -> Vec<Option<V>> {
        (0..self.row.len()).into_par_iter().map(|i| self.get(i).and_then(&read)).collect()
    }

    fn intern<V: Ord + Clone + Send + Sync>(
        &self,
        read: impl Fn(&str) -> Option<V> + Sync,
    ) -> Values<V> {
        Values::intern(&self.map(read))
    }
}

type NameColumns = (Vec<NameValue>, Vec<ValueId>, Vec<ValueId>);

fn names([given, family, full]: &[Cells<'_>; 3]) -> NameColumns {
    let read = |i| read_names(given.get(i), family.get(i), full.get(i));
    let (given, family): (Vec<Option<Name>>, Vec<Option<Name>>) =
        (0..full.row.len()).into_par_iter().map(read).unzip();
    let mut value = distinct(given.par_iter().chain(&family).flatten().cloned().collect());
    // One number for a spelling, whatever the scripts it came from.
    value.dedup_by(|later, kept| {
        let same = later.text == kept.text;
        kept.scripts |= if same { later.scripts } else { 0 };
        same
    });
    let of = |cells: &[Option<Name>]| -> Vec<ValueId> {
        let find = |name: &Name| value.binary_search_by(|v| v.text.cmp(&name.text)).ok();
        let number = |cell: &Option<Name>| cell.as_ref().and_then(find);
        cells.par_iter().map(|cell| number(cell).map_or(MISSING, |at| at as ValueId)).collect()
    };
    let (given, family) = (of(&given), of(&family));
    (value.into_par_iter().map(NameValue::new).collect(), given, family)
}

type PhoneCells = [Vec<Option<String>>; 2];

/// National numbers take the international form that another record shows, when only one fits.
fn phones(mut cells: PhoneCells) -> PhoneCells {
    let all = distinct(cells.iter().flatten().flatten().cloned().collect::<Vec<_>>());
    let wide = widen(&all);
    for cell in cells.iter_mut().flatten() {
        let at = number(&all, cell.as_ref());
        if let Some(Some(number)) = wide.get(at as usize) {
            *cell = Some(number.clone());
        }
    }
    cells
}

/// Rows in the order of source, native id and, for records that share both, content.
fn order(frame: &Frame, source: &[Option<String>], native: &[Option<String>]) -> Vec<u32> {
    let content = |a: usize, b: usize| {
        let columns = frame.columns.iter().filter(|(name, _)| name != "record_id");
        columns.fold(Ordering::Equal, |so_far, (_, column)| {
            so_far.then_with(|| match column {
                Column::Text(v) => v[a].cmp(&v[b]),
                Column::Int(v) => v[a].cmp(&v[b]),
                Column::Bool(v) => v[a].cmp(&v[b]),
                Column::Real(v) => v[a].map(f64::to_bits).cmp(&v[b].map(f64::to_bits)),
            })
        })
    };
    let mut row: Vec<u32> = (0..source.len() as u32).collect();
    row.par_sort_unstable_by(|&a, &b| {
        let (i, j) = (a as usize, b as usize);
        let named = source[i].cmp(&source[j]).then_with(|| native[i].cmp(&native[j]));
        named.then_with(|| content(i, j)).then(a.cmp(&b))
    });
    row
}

/// The text column `name`.
pub(crate) fn texts<'a>(
    frame: &'a Frame,
    name: &str,
) -> Result<&'a [Option<String>], IdentityError> {
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
