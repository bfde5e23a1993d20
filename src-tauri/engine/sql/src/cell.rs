//! A cell of any type as a text and as a number: what a grid shows, a profile counts and a filter
//! compares are the same.

/// Whether values of `sql_type` hold others.
fn is_nested(sql_type: &str) -> bool {
    sql_type.ends_with(']')
        || ["STRUCT(", "MAP(", "UNION("].iter().any(|start| sql_type.starts_with(start))
}

/// The cell `value` (an expression of type `sql_type`) as the text a person sees: nested values
/// as JSON. NULL stays NULL.
pub fn shown(value: &str, sql_type: &str) -> String {
    if is_nested(sql_type) {
        format!("to_json({value})::VARCHAR")
    } else {
        format!("{value}::VARCHAR")
    }
}

/// The same; an empty text is NULL too.
pub fn present(value: &str, sql_type: &str) -> String {
    match sql_type {
        "VARCHAR" => format!("nullif({value}, '')"),
        "JSON" | "BLOB" | "BOOLEAN" | "UUID" => format!("nullif({value}::VARCHAR, '')"),
        _ => shown(value, sql_type),
    }
}

/// The cell on a scale, a `DOUBLE`: a number as it is, a date or time in seconds since 1970; NULL
/// where it is neither. A text that reads as a number or an ISO time counts as one.
pub fn measure(value: &str, sql_type: &str) -> String {
    match sql_type {
        _ if is_nested(sql_type) => "NULL::DOUBLE".to_owned(),
        "JSON" | "BLOB" | "BOOLEAN" | "UUID" => "NULL::DOUBLE".to_owned(),
        moment if moment == "DATE" || moment.starts_with("TIMESTAMP") => {
            format!("epoch({value}::TIMESTAMP)")
        }
        // Only what looks like a date is tried as one: casts of any text are slow.
        "VARCHAR" => format!(
            "coalesce(TRY_CAST({value} AS DOUBLE), CASE WHEN {value} LIKE '____-__-__%' \
             THEN epoch(TRY_CAST({value} AS TIMESTAMP)) END)"
        ),
        _ => format!("TRY_CAST({value} AS DOUBLE)"),
    }
}
