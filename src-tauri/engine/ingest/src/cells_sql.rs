//! The SQL that reads back what [`crate::cells`] wrote.

use crate::load_sql::{literal_path, struct_of};
use std::path::Path;

/// A `read_csv` call over a scratch file of cells; `columns` are names and types, `longest` the
/// bytes of its longest row. An empty text in quotes stays a text, nothing at all is no value.
pub(crate) fn cells_call(path: &Path, longest: usize, columns: &[(String, String)]) -> String {
    let longest = (2 * longest).saturating_add(1024).max(2 * 1024 * 1024);
    let mut columns = columns.to_vec();
    if let [(only, _)] = columns.as_slice() {
        // Rows of one column have a second field, lest a missing value be a blank line.
        let filler = if only == "-" { "--" } else { "-" };
        columns.push((filler.to_owned(), "VARCHAR".to_owned()));
    }
    format!(
        "read_csv({}, auto_detect = false, header = false, delim = ',', quote = '\"', \
         escape = '\"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false, \
         encoding = 'utf-8', compression = 'none', strict_mode = true, null_padding = false, \
         ignore_errors = false, parallel = true, max_line_size = {longest}, columns = {})",
        literal_path(path),
        struct_of(&columns)
    )
}
