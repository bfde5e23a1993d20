//! Nested fields unfolded into columns: objects field by field under dotted names, lists as JSON
//! text; or the elements of one list as rows.

use crate::error::IngestError;
use crate::layout::Names;
use kith_model::source::{ColumnInfo, Nested, ReadOptions};

/// Deepest object that is unfolded; below it stays JSON.
const DEEPEST: usize = 12;

/// Most columns a table may get by unfolding; beyond, objects stay as they are.
const MOST: usize = 2000;

/// A DuckDB type, as far as unfolding cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Plain(String),
    List(Box<Self>),
    Struct(Vec<(String, Self)>),
}

impl Type {
    /// Reads a type as DuckDB writes it; what is not understood is plain.
    pub(crate) fn parse(text: &str) -> Self {
        let mut reader = Reader { text, at: 0 };
        match reader.ty() {
            Some(found) if reader.rest().trim().is_empty() => found,
            _ => Self::Plain(text.to_owned()),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn eat(&mut self, token: &str) -> bool {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn ty(&mut self) -> Option<Type> {
        let mut ty = if self.eat("STRUCT(") {
            let mut fields = Vec::new();
            loop {
                let name = self.name()?;
                fields.push((name, self.ty()?));
                if self.eat(")") {
                    break Type::Struct(fields);
                }
                if !self.eat(",") {
                    return None;
                }
            }
        } else {
            Type::Plain(self.plain()?)
        };
        while self.rest().starts_with('[') {
            let end = self.rest().find(']')?;
            self.at += end + 1;
            ty = Type::List(Box::new(ty));
        }
        Some(ty)
    }

    /// A field's name, quoted or bare.
    fn name(&mut self) -> Option<String> {
        if !self.eat("\"") {
            let end = self.rest().find(' ')?;
            let name = self.rest()[..end].to_owned();
            self.at += end;
            return Some(name);
        }
        let mut name = String::new();
        loop {
            let end = self.rest().find('"')?;
            name.push_str(&self.rest()[..end]);
            self.at += end + 1;
            if !self.rest().starts_with('"') {
                return Some(name);
            }
            name.push('"');
            self.at += 1;
        }
    }

    /// Words up to `,`, `)` or `[`; brackets inside (`DECIMAL(18,2)`) belong to it.
    fn plain(&mut self) -> Option<String> {
        self.eat("");
        let (mut depth, mut end) = (0_usize, self.rest().len());
        for (at, c) in self.rest().char_indices() {
            match c {
                '(' => depth += 1,
                ')' if depth > 0 => depth -= 1,
                ')' | ',' | '[' if depth == 0 => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let plain = self.rest()[..end].trim().to_owned();
        self.at += end;
        (!plain.is_empty()).then_some(plain)
    }
}

/// A column of the raw table and the field it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The field, from the record (or the list's element) inwards.
    pub(crate) path: Vec<String>,
    /// It belongs to an element of the unfolded list.
    pub(crate) of_element: bool,
    /// A list, kept as JSON text.
    pub(crate) as_json: bool,
    pub(crate) info: ColumnInfo,
}

/// A nested table laid flat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flat {
    pub(crate) leaves: Vec<Leaf>,
    /// The path of the list whose elements are rows.
    pub(crate) list: Option<Vec<String>>,
}

/// Lays `columns` (names in the file, with the names and types they would have in the table) flat
/// as the options say.
///
/// # Errors
/// [`IngestError::Option`] when the list to unfold is none.
pub(crate) fn lay_flat(
    file: &str,
    columns: &[(String, ColumnInfo)],
    options: &ReadOptions,
) -> Result<Flat, IngestError> {
    let deep = options.nested == Some(Nested::Columns) || options.unfold.is_some();
    let mut flat = Flatten { taken: Names::new(), leaves: Vec::new(), deep, list: None };
    for (from, column) in columns {
        let ty = Type::parse(&column.sql_type);
        flat.field(&mut vec![from.clone()], &column.name, &ty, options.unfold.as_deref());
    }
    if let (Some(wanted), None) = (&options.unfold, &flat.list) {
        return Err(IngestError::Option {
            file: file.to_owned(),
            option: "unfold",
            value: wanted.clone(),
            rule: "name a field that holds lists",
        });
    }
    Ok(Flat { leaves: flat.leaves, list: flat.list })
}

struct Flatten {
    taken: Names,
    leaves: Vec<Leaf>,
    deep: bool,
    list: Option<Vec<String>>,
}

impl Flatten {
    fn field(&mut self, path: &mut Vec<String>, name: &str, ty: &Type, unfold: Option<&str>) {
        match ty {
            Type::List(of) if unfold == Some(name) => {
                self.list = Some(path.clone());
                self.inside(&mut Vec::new(), name, of, true);
            }
            Type::Struct(fields) if self.deep && self.room(path.len(), fields.len()) => {
                for (field, ty) in fields {
                    path.push(field.clone());
                    self.field(path, &format!("{name}.{field}"), ty, unfold);
                    path.pop();
                }
            }
            ty => self.leaf(path, name, ty, false),
        }
    }

    /// A field of the unfolded list's elements.
    fn inside(&mut self, path: &mut Vec<String>, name: &str, ty: &Type, element: bool) {
        match ty {
            Type::Struct(fields) if self.room(path.len(), fields.len()) => {
                for (field, ty) in fields {
                    path.push(field.clone());
                    self.inside(path, &format!("{name}.{field}"), ty, element);
                    path.pop();
                }
            }
            ty => self.leaf(path, name, ty, element),
        }
    }

    fn room(&self, depth: usize, fields: usize) -> bool {
        depth <= DEEPEST && self.leaves.len() + fields <= MOST
    }

    fn leaf(&mut self, path: &[String], name: &str, ty: &Type, of_element: bool) {
        let as_json = self.deep && !matches!(ty, Type::Plain(_));
        let sql_type = match ty {
            _ if as_json => "JSON".to_owned(),
            ty => ty.to_string(),
        };
        let name = self.taken.unique(name);
        let info = ColumnInfo { name, sql_type };
        self.leaves.push(Leaf { path: path.to_vec(), of_element, as_json, info });
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(name) => f.write_str(name),
            Self::List(of) => write!(f, "{of}[]"),
            Self::Struct(fields) => {
                f.write_str("STRUCT(")?;
                for (at, (name, ty)) in fields.iter().enumerate() {
                    let comma = if at > 0 { ", " } else { "" };
                    write!(f, "{comma}{} {ty}", kith_sql::Ident::new(name))?;
                }
                f.write_str(")")
            }
        }
    }
}

/// Rows a JSON object gives when the elements of `list` (a dotted name) are rows: one even when it
/// has none.
pub(crate) fn rows_of(object: &[u8], list: &str) -> u64 {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(object) else { return 1 };
    let elements = at(&value, list).and_then(serde_json::Value::as_array).map_or(0, Vec::len);
    elements.max(1) as u64
}

/// The value a dotted name leads to; names may hold dots themselves.
fn at<'a>(value: &'a serde_json::Value, name: &str) -> Option<&'a serde_json::Value> {
    let object = value.as_object()?;
    if let Some(found) = object.get(name) {
        return Some(found);
    }
    name.match_indices('.').find_map(|(dot, _)| at(object.get(&name[..dot])?, &name[dot + 1..]))
}

/// The first rows of flat columns out of objects.
pub(crate) fn preview(
    objects: &[serde_json::Value],
    flat: &Flat,
    most: usize,
) -> Vec<Vec<Option<String>>> {
    let none = serde_json::Value::Null;
    let mut rows = Vec::new();
    for object in objects {
        let list = flat.list.as_ref().and_then(|path| inner(object, path)?.as_array());
        let elements: Vec<_> = match list {
            Some(list) if !list.is_empty() => list.iter().collect(),
            _ => vec![&none],
        };
        for element in elements {
            let cell = |leaf: &Leaf| {
                let root = if leaf.of_element { element } else { object };
                text(inner(root, &leaf.path)?)
            };
            rows.push(flat.leaves.iter().map(cell).collect());
        }
    }
    rows.truncate(most);
    rows
}

fn inner<'a>(value: &'a serde_json::Value, path: &[String]) -> Option<&'a serde_json::Value> {
    path.iter().try_fold(value, |value, step| value.get(step))
}

fn text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, sql_type: &str) -> (String, ColumnInfo) {
        let info = ColumnInfo { name: name.to_owned(), sql_type: sql_type.to_owned() };
        (name.to_owned(), info)
    }

    fn names(flat: &Flat) -> Vec<String> {
        flat.leaves.iter().map(|l| format!("{} {}", l.info.name, l.info.sql_type)).collect()
    }

    #[test]
    fn types_are_read_as_they_are_written() {
        for text in [
            "VARCHAR",
            "DECIMAL(18,2)[]",
            "TIMESTAMP WITH TIME ZONE",
            "STRUCT(\"a\" BIGINT, \"it's \"\"b\"\"\" STRUCT(\"c\" VARCHAR[])[])",
            "MAP(VARCHAR, INTEGER)",
        ] {
            assert_eq!(Type::parse(text).to_string(), text);
        }
        let bare = Type::parse("STRUCT(a INTEGER, b DECIMAL(9,1)[])");
        assert_eq!(bare.to_string(), "STRUCT(\"a\" INTEGER, \"b\" DECIMAL(9,1)[])");
        assert!(matches!(Type::parse("STRUCT(a"), Type::Plain(_)));
    }

    #[test]
    fn objects_become_columns_and_lists_json() {
        let columns = [
            column("id", "BIGINT"),
            column("geo", "STRUCT(\"city\" VARCHAR, \"at\" STRUCT(\"lat\" DOUBLE))"),
            column("tags", "VARCHAR[]"),
            column("geo.city", "VARCHAR"),
        ];
        let options = ReadOptions { nested: Some(Nested::Columns), ..ReadOptions::default() };
        let flat = lay_flat("f", &columns, &options).unwrap();
        let expected = [
            "id BIGINT",
            "geo.city VARCHAR",
            "geo.at.lat DOUBLE",
            "tags JSON",
            "geo.city_2 VARCHAR",
        ];
        assert_eq!(names(&flat), expected);
        let kept = lay_flat("f", &columns, &ReadOptions::default()).unwrap();
        assert_eq!(names(&kept)[1], "geo STRUCT(\"city\" VARCHAR, \"at\" STRUCT(\"lat\" DOUBLE))");
    }

    #[test]
    fn elements_become_rows() {
        let columns = [
            column("id", "BIGINT"),
            column("order", "STRUCT(\"lines\" STRUCT(\"sku\" VARCHAR, \"n\" BIGINT)[])"),
        ];
        let by = |list: &str| ReadOptions { unfold: Some(list.into()), ..ReadOptions::default() };
        let flat = lay_flat("f", &columns, &by("order.lines")).unwrap();
        assert_eq!(names(&flat), ["id BIGINT", "order.lines.sku VARCHAR", "order.lines.n BIGINT"]);
        assert_eq!(flat.list.as_deref(), Some(&["order".to_owned(), "lines".to_owned()][..]));
        assert!(lay_flat("f", &columns, &by("id")).is_err());
        let object =
            serde_json::json!({"id": 1, "order": {"lines": [{"sku": "a", "n": 1}, {"sku": "b"}]}});
        assert_eq!(rows_of(object.to_string().as_bytes(), "order.lines"), 2);
        assert_eq!(rows_of(b"{\"id\":1}", "order.lines"), 1);
        let rows = preview(&[object], &flat, 50);
        assert_eq!(rows[1], [Some("1".to_owned()), Some("b".to_owned()), None]);
    }
}
