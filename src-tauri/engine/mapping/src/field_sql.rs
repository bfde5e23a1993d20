//! The SQL of one field: the value as it stands in the file, and its canonical form.

use crate::columns::Shape;
use kith_model::canonical::{Entity, FieldKind, FieldSpec};
use kith_model::mapping::Transform;
use kith_sql::text as quoted;

/// A field's two expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldSql {
    /// The field.
    pub spec: &'static FieldSpec,
    /// Over the file's columns (alias `r`): the value, NULL where the file has nothing or a
    /// placeholder. `None` when nothing is linked.
    pub raw: Option<String>,
    /// Over the raw values (alias `v`): the canonical value, NULL where it cannot be read.
    pub canonical: String,
    /// Over the source: whether its slash dates are month first. A column of its own beside
    /// the raw value, because lambdas take no subqueries.
    pub month_first: Option<String>,
    /// Whether a present value can fail to be read.
    pub fallible: bool,
}

/// A value on its way into a field.
pub(crate) struct Incoming<'a> {
    /// The expression over the file's columns.
    pub value: String,
    /// How it arrives.
    pub shape: Shape,
    /// What the link does to it.
    pub transform: &'a Transform,
    /// A subquery saying whether the column's slash dates are month first.
    pub month_first: Option<String>,
}

impl FieldSql {
    /// A field nothing is linked to.
    pub(crate) fn empty(spec: &'static FieldSpec) -> Self {
        let canonical = format!("CAST(NULL AS {})", spec.kind.sql_type());
        Self { spec, raw: None, canonical, month_first: None, fallible: false }
    }

    /// A field filled by `incoming`; telephone numbers are read by the row's own country when
    /// `with_country` says that it is mapped.
    pub(crate) fn filled(
        entity: Entity,
        spec: &'static FieldSpec,
        incoming: &Incoming<'_>,
        with_country: bool,
    ) -> Self {
        let (value, shape) = transformed(incoming);
        let native = is_native(spec.kind, shape) && !reads_text(incoming.transform);
        let text = as_text(&value, shape, spec.kind);
        let raw = if native { value } else { present(entity, spec, &text) };
        let at = format!("v.\"{}\"", spec.name);
        let mut canonical = if native {
            from_native(spec.kind, shape, &at)
        } else {
            {
                let month_first = match incoming.month_first {
                    Some(_) => format!("v.\"{}\"", month_first_name(spec)),
                    None => "NULL".to_owned(),
                };
                read_as(spec, incoming.transform, &at, &month_first, with_country)
            }
        };
        if *incoming.transform == Transform::Negate {
            canonical = format!("NOT {canonical}");
        }
        let sure = (matches!(spec.kind, FieldKind::Text | FieldKind::Id)
            && !reads_text(incoming.transform))
            || (native && matches!(shape, Shape::Bool | Shape::Date | Shape::Timestamp))
            || matches!(incoming.transform, Transform::Constant(_));
        let fallible = !sure;
        Self {
            spec,
            raw: Some(raw),
            canonical,
            month_first: incoming.month_first.clone(),
            fallible,
        }
    }
}

/// The raw column that says whether a field's slash dates are month first.
pub(crate) fn month_first_name(spec: &FieldSpec) -> String {
    format!("{} month first", spec.name)
}

fn transformed(incoming: &Incoming<'_>) -> (String, Shape) {
    let value = &incoming.value;
    let text = |call: &str| {
        (format!("{call}({})", as_text(value, incoming.shape, FieldKind::Text)), Shape::Text)
    };
    match incoming.transform {
        Transform::None
        | Transform::Negate
        | Transform::Phone(_)
        | Transform::Dated(_)
        | Transform::Offset(_)
        | Transform::Zone(_)
        | Transform::Currency
        | Transform::Hundredths
        | Transform::Dictionary(_)
        | Transform::Regex { .. } => (value.clone(), incoming.shape),
        Transform::Upper => text("upper"),
        Transform::Title => text("kith_title"),
        Transform::Part { by, number } => {
            let value = as_text(value, incoming.shape, FieldKind::Text);
            (format!("split_part({value}, {}, {number})", quoted(by)), Shape::Text)
        }
        // The planner writes constants, expressions and joined columns as the value itself.
        Transform::Constant(_) | Transform::Join { .. } => (value.clone(), Shape::Text),
        Transform::Sql(_) => (value.clone(), Shape::Other),
        Transform::Lower => text("lower"),
        Transform::FirstWord => text("kith_first_word"),
        Transform::LastWords => text("kith_last_words"),
        Transform::IsPresent => (
            format!(
                "(kith_present({}) IS NOT NULL)",
                as_text(value, incoming.shape, FieldKind::Text)
            ),
            Shape::Bool,
        ),
    }
}

/// Whether a value needs no reading: its type already is of the field's kind.
fn is_native(kind: FieldKind, shape: Shape) -> bool {
    match kind {
        FieldKind::Bool => shape == Shape::Bool,
        FieldKind::Date => matches!(shape, Shape::Date | Shape::Timestamp | Shape::Zoned),
        FieldKind::Timestamp => {
            matches!(shape, Shape::Date | Shape::Timestamp | Shape::Zoned | Shape::Whole)
        }
        FieldKind::Money | FieldKind::Number => matches!(shape, Shape::Whole | Shape::Real),
        FieldKind::Integer => shape == Shape::Whole,
        _ => false,
    }
}

fn from_native(kind: FieldKind, shape: Shape, at: &str) -> String {
    match (kind, shape) {
        (FieldKind::Date, Shape::Zoned) => {
            format!("CAST(make_timestamp(epoch_us({at})) AS DATE)")
        }
        (FieldKind::Timestamp, Shape::Zoned) => format!("make_timestamp(epoch_us({at}))"),
        (FieldKind::Timestamp, Shape::Whole) => format!("kith_epoch(CAST({at} AS BIGINT))"),
        (FieldKind::Bool, _) => at.to_owned(),
        _ => format!("TRY_CAST({at} AS {})", kind.sql_type()),
    }
}

fn as_text(value: &str, shape: Shape, kind: FieldKind) -> String {
    match shape {
        Shape::Text => value.to_owned(),
        Shape::Json => format!("json_extract_string({value}, '$')"),
        // An id that went through a spreadsheet or a data frame: 123.0 is 123.
        Shape::Real if kind == FieldKind::Id => {
            format!("regexp_replace(CAST({value} AS VARCHAR), '\\.0$', '')")
        }
        _ => format!("CAST({value} AS VARCHAR)"),
    }
}

/// Whether a transform reads a value as text where its field's kind would not, or can fail.
fn reads_text(transform: &Transform) -> bool {
    matches!(
        transform,
        Transform::Dated(_)
            | Transform::Offset(_)
            | Transform::Zone(_)
            | Transform::Currency
            | Transform::Hundredths
            | Transform::Dictionary(_)
            | Transform::Regex { .. }
    )
}

/// The canonical value of the raw text at `at` by a link's transform, then the field's kind;
/// NULL where either cannot read it.
fn read_as(
    spec: &FieldSpec,
    transform: &Transform,
    at: &str,
    month_first: &str,
    with_country: bool,
) -> String {
    let kind = |at: &str| from_text(spec, at, month_first, with_country);
    match transform {
        Transform::Phone(country) if with_country => format!(
            "kith_phone({at}, coalesce(kith_country(v.\"country\"), kith_country({})))",
            quoted(country)
        ),
        Transform::Phone(country) => format!("kith_phone({at}, kith_country({}))", quoted(country)),
        Transform::Dated(form) => {
            format!("CAST(try_strptime({at}, {}) AS {})", quoted(form), spec.kind.sql_type())
        }
        Transform::Offset(minutes) => {
            let read = kind(at);
            by_zone(at, &read, &format!("{read} - to_minutes({minutes})"))
        }
        Transform::Zone(name) => {
            let read = kind(at);
            let there = format!("timezone({}, CAST({read} AS TIMESTAMP))", quoted(name));
            by_zone(at, &read, &format!("make_timestamp(epoch_us({there}))"))
        }
        Transform::Currency => format!("kith_currency({at})"),
        Transform::Hundredths => format!("CAST({} / 100 AS {})", kind(at), spec.kind.sql_type()),
        Transform::Dictionary(pairs) => {
            let entries: Vec<String> = pairs
                .iter()
                .map(|(from, to)| format!("{}: {}", quoted(&from.to_lowercase()), quoted(to)))
                .collect();
            kind(&format!("(MAP {{{}}})[lower({at})]", entries.join(", ")))
        }
        Transform::Regex { pattern, replace } => {
            let (pattern, replace) = (quoted(pattern), quoted(replace));
            let found = format!("regexp_replace({at}, {pattern}, {replace})");
            kind(&format!("CASE WHEN regexp_matches({at}, {pattern}) THEN {found} END"))
        }
        _ => kind(at),
    }
}

/// `read` where the text at `at` names its zone behind the time of day, else `shifted`.
fn by_zone(at: &str, read: &str, shifted: &str) -> String {
    let zoned =
        r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)\s*$";
    format!("CASE WHEN regexp_matches({at}, '{zoned}') THEN {read} ELSE {shifted} END")
}

fn is_name(spec: &FieldSpec) -> bool {
    matches!(spec.name, "given_name" | "family_name" | "full_name")
}

/// The value as text, NULL where the file says nothing.
fn present(entity: Entity, spec: &FieldSpec, text: &str) -> String {
    let people = matches!(entity, Entity::Profile | Entity::Consent);
    let call = match spec.kind {
        FieldKind::Id => "kith_text",
        FieldKind::Email => "kith_present_email",
        FieldKind::Phone => "kith_present_phone",
        FieldKind::Text if is_name(spec) => "kith_name",
        // A product may well be called Unknown.
        FieldKind::Text if !people && !spec.name.starts_with("utm_") => "kith_text",
        _ => "kith_present",
    };
    format!("{call}({text})")
}

fn from_text(spec: &FieldSpec, at: &str, month_first: &str, with_country: bool) -> String {
    match spec.kind {
        FieldKind::Text if spec.name == "currency" => format!("upper({at})"),
        FieldKind::Text if matches!(spec.name, "status" | "device") => format!("lower({at})"),
        FieldKind::Text => at.to_owned(),
        FieldKind::Id => format!("kith_id({at})"),
        FieldKind::Email => format!("kith_email({at})"),
        FieldKind::Phone if with_country => {
            format!("kith_phone({at}, kith_country(v.\"country\"))")
        }
        FieldKind::Phone => format!("kith_phone({at}, NULL)"),
        FieldKind::Country => format!("kith_country({at})"),
        FieldKind::Date => format!("kith_date({at}, {month_first})"),
        FieldKind::Timestamp => format!("kith_timestamp({at}, {month_first})"),
        FieldKind::Money => format!("kith_money({at})"),
        FieldKind::Integer => format!("kith_integer({at})"),
        FieldKind::Number if spec.name == "latitude" => format!("kith_degrees({at}, 90)"),
        FieldKind::Number if spec.name == "longitude" => format!("kith_degrees({at}, 180)"),
        FieldKind::Number => format!("kith_number({at})"),
        FieldKind::Bool => format!("kith_bool({at})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(field: &str, shape: Shape, transform: &Transform) -> String {
        let spec = Entity::Profile.field(field).unwrap();
        let incoming =
            Incoming { value: "r.\"x\"".to_owned(), shape, transform, month_first: None };
        FieldSql::filled(Entity::Profile, spec, &incoming, true).canonical
    }

    #[test]
    fn native_values_are_not_read_again() {
        let none = Transform::None;
        assert_eq!(
            canonical("birth_date", Shape::Date, &none),
            "TRY_CAST(v.\"birth_date\" AS DATE)"
        );
        assert_eq!(
            canonical("created_at", Shape::Zoned, &none),
            "make_timestamp(epoch_us(v.\"created_at\"))"
        );
        assert_eq!(canonical("email_opt_in", Shape::Bool, &none), "v.\"email_opt_in\"");
        assert_eq!(canonical("email", Shape::Text, &none), "kith_email(v.\"email\")");
    }

    #[test]
    fn negation_turns_what_was_read() {
        assert_eq!(
            canonical("email_opt_in", Shape::Text, &Transform::Negate),
            "NOT kith_bool(v.\"email_opt_in\")"
        );
    }
}
