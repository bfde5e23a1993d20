//! One JSON line: is it an object, what is its shape, and if not, why not.

use crate::layout::Names;
use crate::shape::Shape;
use kith_model::source::ColumnInfo;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// The shape of the object `line` holds.
///
/// # Errors
/// Why it is refused, without any of its values.
pub(crate) fn observe(line: &[u8]) -> Result<Shape, String> {
    let mut parser = serde_json::Deserializer::from_slice(line);
    let shape = Observe
        .deserialize(&mut parser)
        .and_then(|shape| parser.end().map(|()| shape))
        .map_err(|error| reason(&error))?;
    match shape {
        Shape::Object(_) => Ok(shape),
        _ => Err("Not a JSON object".to_owned()),
    }
}

/// True for a line that is one JSON object.
pub(crate) fn is_object(line: &[u8]) -> bool {
    line.trim_ascii().starts_with(b"{") && observe(line).is_ok()
}

/// True for text that begins as an object or an array of objects does.
pub(crate) fn begins_document(text: &[u8]) -> bool {
    let inside = |rest: &[u8], allowed: &[u8]| {
        rest.trim_ascii_start().first().is_some_and(|byte| allowed.contains(byte))
    };
    match text.trim_ascii_start() {
        [b'{', rest @ ..] => inside(rest, b"\"}"),
        [b'[', rest @ ..] => inside(rest, b"{]"),
        _ => false,
    }
}

/// The raw table's columns for an object's fields: their names, made unique beside `_row`.
pub(crate) fn columns(fields: &[(String, Shape)]) -> Vec<ColumnInfo> {
    let mut taken = Names::new();
    fields
        .iter()
        .map(|(name, shape)| ColumnInfo { name: taken.unique(name), sql_type: shape.sql_type() })
        .collect()
}

/// serde_json's words without its `line 1`. Syntax errors name no values.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("Not valid JSON at character {}: {what}", error.column())
}

struct Observe;

impl<'de> DeserializeSeed<'de> for Observe {
    type Value = Shape;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Shape, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Observe {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Bool)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Shape, E> {
        Ok(Shape::int(value, false))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Shape, E> {
        Ok(Shape::int(value.unsigned_abs(), value < 0))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Shape, E> {
        // A whole number beyond 64 bits arrives here too: only its text is exact.
        Ok(if value.abs() >= 9.2e18 { Shape::Digits } else { Shape::Real })
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut shape = Shape::Null;
        while let Some(item) = items.next_element_seed(Self)? {
            shape = shape.merge(item);
        }
        Ok(Shape::List(Box::new(shape)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Shape, A::Error> {
        let mut fields: Vec<(String, Shape)> = Vec::new();
        let mut many = HashSet::new();
        while let Some(name) = entries.next_key::<String>()? {
            if name.is_empty() || name.contains('\0') {
                return Err(A::Error::custom("a field without a usable name"));
            }
            // Few fields are compared one by one; from some number on a set is faster.
            let repeated = if fields.len() < 16 {
                fields.iter().any(|(known, _)| *known == name)
            } else {
                if many.is_empty() {
                    many.extend(fields.iter().map(|(known, _)| known.clone()));
                }
                !many.insert(name.clone())
            };
            if repeated {
                return Err(A::Error::custom("a field is given twice"));
            }
            let shape = entries.next_value_seed(Self)?;
            fields.push((name, shape));
        }
        Ok(Shape::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_why_and_where_but_no_value() {
        for (line, expected) in [
            (&b"{\"a\":1"[..], "Not valid JSON at character 6: EOF while parsing an object"),
            (b"{\"a\":1}}", "Not valid JSON at character 8: trailing characters"),
            (b"{\"a\":1,\"a\":2}", "Not valid JSON at character 10: a field is given twice"),
            (b"[1]", "Not a JSON object"),
            (b"\"ada@example.org\"", "Not a JSON object"),
        ] {
            assert_eq!(observe(line).unwrap_err(), expected);
        }
        for line in
            [&b"{\"a\":\"\\ud800\"}"[..], b"{\"a\":\"\xff\"}", b"{\"a\":NaN}", b"{\"a\": 01}"]
        {
            let reason = observe(line).unwrap_err();
            assert!(reason.starts_with("Not valid JSON at character"), "{reason}");
        }
    }

    #[test]
    fn many_fields_may_not_repeat_either() {
        let fields: Vec<_> = (0..40).map(|i| format!("\"k{i}\":1")).collect();
        assert!(observe(format!("{{{}}}", fields.join(",")).as_bytes()).is_ok());
        let repeated = format!("{{{},\"k3\":1}}", fields.join(","));
        assert!(observe(repeated.as_bytes()).unwrap_err().contains("twice"));
    }

    #[test]
    fn a_field_called_row_gives_way() {
        let fields = observe(b"{\"_row\":1,\"x\":2}").unwrap().into_fields();
        let names: Vec<_> = columns(&fields).into_iter().map(|c| c.name).collect();
        assert_eq!(names, ["_row_2", "x"]);
    }
}
