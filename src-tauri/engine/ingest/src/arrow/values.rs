//! Arrow's values as the texts DuckDB reads back, and the columns that hold them.
//!
//! Structures become columns under dotted names, as those of JSON do; lists and maps become JSON
//! text. A moment with a zone is a moment in UTC.

use crate::layout::Names;
use crate::typed::stamp;
use arrow::array::cast::AsArray;
use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Field, Schema, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use kith_model::source::ColumnInfo;
use serde_json::{Map, Value};

/// A column of the raw table: where it lies in the schema, from the outermost field on.
pub(super) struct Leaf {
    path: Vec<usize>,
    pub(super) info: ColumnInfo,
    /// The zone its moments were written in.
    pub(super) zone: Option<String>,
}

/// The columns of the raw table, in the order of the fields.
pub(super) fn leaves(schema: &Schema) -> Vec<Leaf> {
    let (mut leaves, mut taken) = (Vec::new(), Names::new());
    for (at, field) in schema.fields().iter().enumerate() {
        lay(field, vec![at], "", &mut taken, &mut leaves);
    }
    leaves
}

fn lay(field: &Field, path: Vec<usize>, above: &str, taken: &mut Names, leaves: &mut Vec<Leaf>) {
    let own = match field.name().trim().replace('\0', "") {
        name if name.is_empty() => format!("column{}", path.last().map_or(1, |at| at + 1)),
        name => name,
    };
    let name = if above.is_empty() { own } else { format!("{above}.{own}") };
    match field.data_type() {
        DataType::Struct(fields) if !fields.is_empty() => {
            for (at, field) in fields.iter().enumerate() {
                let path = [path.clone(), vec![at]].concat();
                lay(field, path, &name, taken, leaves);
            }
        }
        kind => {
            let zone = match kind {
                DataType::Timestamp(_, zone) => zone.as_ref().map(ToString::to_string),
                _ => None,
            };
            let info = ColumnInfo { name: taken.unique(&name), sql_type: sql_type(kind) };
            leaves.push(Leaf { path, info, zone });
        }
    }
}

/// The DuckDB type that holds a column's values.
fn sql_type(kind: &DataType) -> String {
    match kind {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float16 | DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Date32 | DataType::Date64 => "DATE",
        DataType::Time32(_) | DataType::Time64(_) => "TIME",
        DataType::Timestamp(..) => "TIMESTAMP",
        DataType::Decimal32(digits, scale)
        | DataType::Decimal64(digits, scale)
        | DataType::Decimal128(digits, scale)
            if (0..=*digits as i8).contains(scale) =>
        {
            return format!("DECIMAL({digits},{scale})");
        }
        DataType::Dictionary(_, values) => return sql_type(values),
        _ => "VARCHAR",
    }
    .to_owned()
}

/// A column of a batch.
pub(super) struct Column<'a> {
    /// Structures it lies in: it is missing where one of them is.
    above: Vec<&'a dyn Array>,
    array: &'a dyn Array,
    read: Read<'a>,
}

enum Read<'a> {
    Plain(ArrayFormatter<'a>),
    Moment(TimeUnit),
    Date,
    Bytes(ArrayFormatter<'a>),
    /// Lists, maps and whatever has no type in a table.
    Json,
    /// Which row has which value, and the values stored once.
    Dictionary(Vec<usize>, Box<Column<'a>>),
}

const FORMAT: FormatOptions<'static> = FormatOptions::new();

impl<'a> Column<'a> {
    /// None for a batch that is not what the schema says.
    pub(super) fn of(batch: &'a RecordBatch, leaf: &Leaf) -> Option<Self> {
        let (first, rest) = leaf.path.split_first()?;
        let (mut array, mut above) = (batch.columns().get(*first)?, Vec::new());
        for at in rest {
            above.push(array.as_ref());
            array = array.as_struct_opt()?.columns().get(*at)?;
        }
        Some(Self { above, ..Self::plain(array)? })
    }

    fn plain(array: &'a ArrayRef) -> Option<Self> {
        let read = match array.data_type() {
            DataType::Timestamp(unit, _) => Read::Moment(*unit),
            DataType::Date32 | DataType::Date64 => Read::Date,
            DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_) => Read::Bytes(formatter(array)?),
            DataType::Dictionary(..) => {
                let values = array.as_any_dictionary().values();
                Read::Dictionary(keys(array.as_ref()), Box::new(Self::plain(values)?))
            }
            kind if kind.is_nested() => Read::Json,
            _ => Read::Plain(formatter(array)?),
        };
        Some(Self { above: Vec::new(), array: array.as_ref(), read })
    }

    /// The text of a row's value, none for a missing one.
    ///
    /// # Errors
    /// Why the value cannot be loaded.
    pub(super) fn text(&self, row: usize) -> Result<Option<String>, String> {
        if self.above.iter().any(|above| above.is_null(row)) || self.array.is_null(row) {
            return Ok(None);
        }
        let text = match &self.read {
            Read::Plain(format) => written(format, row)?,
            Read::Moment(unit) => stamp(moment(self.array, *unit, row)?),
            Read::Date => date(self.array, row)?.to_string(),
            Read::Bytes(format) => format!("\\x{}", written(format, row)?),
            Read::Json => json(self.array, row, 0).to_string(),
            Read::Dictionary(keys, values) => {
                return keys.get(row).map_or(Ok(None), |&key| values.text(key));
            }
        };
        match text.contains('\0') {
            true => Err("A NUL byte".to_owned()),
            false => Ok(Some(text)),
        }
    }
}

fn formatter(array: &dyn Array) -> Option<ArrayFormatter<'_>> {
    ArrayFormatter::try_new(array, &FORMAT).ok()
}

fn written(format: &ArrayFormatter<'_>, row: usize) -> Result<String, &'static str> {
    format.value(row).try_to_string().map_err(|_| "A value beyond its type")
}

/// Which of a dictionary's values each row has; none for a dictionary without values.
fn keys(array: &dyn Array) -> Vec<usize> {
    let dictionary = array.as_any_dictionary();
    // Of no values there is no key to be had: asking would panic.
    if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() }
}

const BEYOND: &str = "A date beyond the years 1 to 9999";

fn value<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> T::Native {
    array.as_primitive::<T>().value(row)
}

fn moment(array: &dyn Array, unit: TimeUnit, row: usize) -> Result<DateTime, String> {
    let micros = match unit {
        TimeUnit::Second => value::<TimestampSecondType>(array, row).checked_mul(1_000_000),
        TimeUnit::Millisecond => value::<TimestampMillisecondType>(array, row).checked_mul(1000),
        TimeUnit::Microsecond => Some(value::<TimestampMicrosecondType>(array, row)),
        TimeUnit::Nanosecond => Some(value::<TimestampNanosecondType>(array, row).div_euclid(1000)),
    };
    let at = micros.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    let at = at.map(|at| at.to_zoned(TimeZone::UTC).datetime());
    at.filter(|at| at.year() > 0).ok_or_else(|| BEYOND.to_owned())
}

fn date(array: &dyn Array, row: usize) -> Result<Date, String> {
    let days = match array.data_type() {
        DataType::Date64 => value::<Date64Type>(array, row).div_euclid(86_400_000),
        _ => i64::from(value::<Date32Type>(array, row)),
    };
    // Farther than the calendar goes a span cannot be made.
    let near = days.abs() < 4_000_000;
    let day = near.then(|| Date::constant(1970, 1, 1).checked_add(days.days()).ok()).flatten();
    day.filter(|day| day.year() > 0).ok_or_else(|| BEYOND.to_owned())
}

fn shown(array: &dyn Array, row: usize) -> String {
    formatter(array).and_then(|f| f.value(row).try_to_string().ok()).unwrap_or_default()
}

/// How deep values inside values are followed.
const DEPTH: usize = 64;

fn json(array: &dyn Array, row: usize, depth: usize) -> Value {
    if array.is_null(row) || depth > DEPTH {
        return Value::Null;
    }
    let below = |values: &dyn Array| {
        Value::Array((0..values.len()).map(|at| json(values, at, depth + 1)).collect())
    };
    match array.data_type() {
        DataType::List(_) => below(array.as_list::<i32>().value(row).as_ref()),
        DataType::LargeList(_) => below(array.as_list::<i64>().value(row).as_ref()),
        DataType::FixedSizeList(..) => below(array.as_fixed_size_list().value(row).as_ref()),
        DataType::Struct(fields) => {
            let own = array.as_struct();
            let pairs = fields.iter().zip(own.columns());
            pairs
                .map(|(field, column)| (field.name().clone(), json(column, row, depth + 1)))
                .collect::<Map<_, _>>()
                .into()
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            (0..entries.len())
                .map(|at| (shown(keys, at), json(values, at, depth + 1)))
                .collect::<Map<_, _>>()
                .into()
        }
        DataType::Boolean => Value::Bool(array.as_boolean().value(row)),
        DataType::Dictionary(..) => {
            let key = keys(array.slice(row, 1).as_ref());
            let values = array.as_any_dictionary().values();
            key.first().map_or(Value::Null, |&key| json(values, key, depth + 1))
        }
        kind if kind.is_numeric() => {
            let text = shown(array, row);
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        _ => Value::String(shown(array, row)),
    }
}
