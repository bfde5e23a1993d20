//! The shape of JSON values, widened until every line fits, and the DuckDB type that holds it.

use kith_sql::Ident;
use std::collections::BTreeSet;

/// Most fields a nested object may have as a `STRUCT`; more of them is a map in disguise.
const MOST_FIELDS: usize = 200;

/// Deepest nesting told apart; below it values stay JSON text.
const DEEPEST: usize = 12;

/// What values at one place look like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Nothing seen but null.
    Null,
    Bool,
    /// Whole numbers. `exact`: some beyond 2^53, where a double would lose digits. `wide`: some
    /// beyond 64 bits signed.
    Int {
        exact: bool,
        wide: bool,
    },
    Real,
    /// Numbers no binary type holds exactly together: kept as text.
    Digits,
    Text,
    List(Box<Self>),
    /// Fields in order of first appearance.
    Object(Vec<(String, Self)>),
    /// Values and containers mixed: kept as JSON.
    Mixed,
}

impl Shape {
    /// The shape of a whole number that fits 64 bits unsigned.
    pub(crate) fn int(value: u64, negative: bool) -> Self {
        let wide = !negative && value > i64::MAX as u64;
        Self::Int { exact: value > (1 << 53), wide }
    }

    /// The least shape that holds what both hold.
    pub(crate) fn merge(self, other: Self) -> Self {
        match (self, other) {
            (Self::Null, some) | (some, Self::Null) => some,
            (Self::Bool, Self::Bool) => Self::Bool,
            (Self::Real, Self::Real) => Self::Real,
            (Self::Text, Self::Text) => Self::Text,
            (Self::Int { exact: a, wide: b }, Self::Int { exact: c, wide: d }) => {
                Self::Int { exact: a || c, wide: b || d }
            }
            (Self::Int { exact, .. }, Self::Real) | (Self::Real, Self::Int { exact, .. }) => {
                if exact {
                    Self::Digits
                } else {
                    Self::Real
                }
            }
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.merge(*b))),
            (Self::Object(a), Self::Object(b)) => Self::Object(merge_fields(a, b)),
            (a, b) if a.is_number() && b.is_number() => Self::Digits,
            (a, b) if a.is_container() || b.is_container() => Self::Mixed,
            // Texts, numbers and truth values together: as text nothing is lost.
            _ => Self::Text,
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Int { .. } | Self::Real | Self::Digits)
    }

    fn is_container(&self) -> bool {
        matches!(self, Self::List(_) | Self::Object(_) | Self::Mixed)
    }

    /// The fields of an object's shape.
    pub(crate) fn into_fields(self) -> Vec<(String, Self)> {
        if let Self::Object(fields) = self { fields } else { Vec::new() }
    }

    /// The DuckDB type that holds it without loss.
    pub(crate) fn sql_type(&self) -> String {
        self.type_at(0)
    }

    fn type_at(&self, depth: usize) -> String {
        match self {
            Self::Bool => "BOOLEAN".to_owned(),
            Self::Int { wide: false, .. } => "BIGINT".to_owned(),
            Self::Int { wide: true, .. } => "HUGEINT".to_owned(),
            Self::Real => "DOUBLE".to_owned(),
            Self::Null | Self::Digits | Self::Text => "VARCHAR".to_owned(),
            Self::List(_) | Self::Object(_) if depth >= DEEPEST => "JSON".to_owned(),
            Self::List(of) => format!("{}[]", of.type_at(depth + 1)),
            Self::Object(fields) if is_struct(fields) => {
                let members: Vec<_> = fields
                    .iter()
                    .map(|(name, of)| format!("{} {}", Ident::new(name), of.type_at(depth + 1)))
                    .collect();
                format!("STRUCT({})", members.join(", "))
            }
            Self::Object(_) | Self::Mixed => "JSON".to_owned(),
        }
    }
}

/// DuckDB's members are told apart ignoring case.
fn is_struct(fields: &[(String, Shape)]) -> bool {
    let mut seen = BTreeSet::new();
    !fields.is_empty()
        && fields.len() <= MOST_FIELDS
        && fields.iter().all(|(name, _)| seen.insert(name.to_lowercase()))
}

fn merge_fields(
    mut into: Vec<(String, Shape)>,
    from: Vec<(String, Shape)>,
) -> Vec<(String, Shape)> {
    for (hint, (name, shape)) in from.into_iter().enumerate() {
        // Lines mostly repeat their fields in order: look there first.
        let at = match into.get(hint) {
            Some((same, _)) if *same == name => Some(hint),
            _ => into.iter().position(|(known, _)| *known == name),
        };
        match at {
            None => into.push((name, shape)),
            Some(at) => {
                let known = std::mem::replace(&mut into[at].1, Shape::Null);
                into[at].1 = known.merge(shape);
            }
        }
    }
    into
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::observe;
    use proptest::prelude::*;

    fn type_of(lines: &[&str]) -> String {
        let shape = lines
            .iter()
            .map(|line| observe(line.as_bytes()).unwrap())
            .fold(Shape::Null, Shape::merge);
        shape.into_fields()[0].1.sql_type()
    }

    #[test]
    fn types_hold_every_value_exactly() {
        for (lines, expected) in [
            (&["{\"a\":1}", "{\"a\":null}"][..], "BIGINT"),
            (&["{\"a\":1}", "{\"a\":1.5}"], "DOUBLE"),
            (&["{\"a\":9007199254740993}", "{\"a\":1.5}"], "VARCHAR"),
            (&["{\"a\":-9223372036854775808}"], "BIGINT"),
            (&["{\"a\":18446744073709551615}"], "HUGEINT"),
            (&["{\"a\":123456789012345678901234567890}"], "VARCHAR"),
            (&["{\"a\":\"2026-05-01\"}"], "VARCHAR"),
            (&["{\"a\":1}", "{\"a\":\"x\"}"], "VARCHAR"),
            (&["{\"a\":1}", "{\"a\":[1]}"], "JSON"),
            (&["{\"a\":null}"], "VARCHAR"),
            (&["{\"a\":[]}", "{\"a\":[{\"k\":1}]}"], "STRUCT(\"k\" BIGINT)[]"),
            (&["{\"a\":{}}"], "JSON"),
            (&["{\"a\":{\"x\":1,\"X\":2}}"], "JSON"),
            (
                &["{\"a\":{\"b\":true}}", "{\"a\":{\"it's\":\"\",\"b\":false}}"],
                "STRUCT(\"b\" BOOLEAN, \"it's\" VARCHAR)",
            ),
        ] {
            assert_eq!(type_of(lines), expected, "{lines:?}");
        }
    }

    fn shapes() -> impl Strategy<Value = Shape> {
        let leaf = prop_oneof![
            Just(Shape::Null),
            Just(Shape::Bool),
            Just(Shape::Real),
            Just(Shape::Text),
            Just(Shape::Digits),
            Just(Shape::Mixed),
            any::<(bool, bool)>().prop_map(|(a, b)| Shape::Int { exact: a || b, wide: b }),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|s| Shape::List(Box::new(s))),
                prop::collection::btree_map("[ab]", inner, 0..3)
                    .prop_map(|fields| Shape::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn merging_twice_changes_nothing(a in shapes(), b in shapes()) {
            let once = a.clone().merge(b.clone());
            prop_assert_eq!(once.clone().merge(b), once.clone());
            prop_assert_eq!(once.clone().merge(a), once);
        }
    }
}
