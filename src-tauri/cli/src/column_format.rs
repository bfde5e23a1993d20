//! How the values of a column are written, as said on the command line.

use kith_model::column_format::{ColumnFormat, DateOrder};

/// `COLUMN=SIGNS`: the decimal sign, and perhaps the thousands sign behind it.
pub(crate) fn number(said: &str) -> Result<(String, ColumnFormat), String> {
    let rule =
        "write it as COLUMN=SIGNS: the decimal sign, then the one of thousands, e.g. 'total=,.'";
    let (column, signs) = said.rsplit_once('=').ok_or(rule)?;
    let mut signs = signs.chars();
    let decimal = signs.next().ok_or(rule)?;
    let thousands = signs.next();
    match (column.is_empty(), signs.next()) {
        (false, None) => Ok((column.to_owned(), ColumnFormat::Number { decimal, thousands })),
        _ => Err(rule.to_owned()),
    }
}

/// `COLUMN=ORDER[@ZONE]`: the order of year, month and day, and the zone of times without one.
pub(crate) fn moment(said: &str) -> Result<(String, ColumnFormat), String> {
    let rule = "write it as COLUMN=ORDER[@ZONE] with ymd, dmy or mdy, e.g. 'at=dmy@Europe/Oslo'";
    let (column, how) = said.rsplit_once('=').ok_or(rule)?;
    let (order, zone) = match how.split_once('@') {
        Some((order, zone)) => (order, Some(zone.to_owned())),
        None => (how, None),
    };
    let order = match order {
        "ymd" => DateOrder::YearFirst,
        "dmy" => DateOrder::DayFirst,
        "mdy" => DateOrder::MonthFirst,
        _ => return Err(rule.to_owned()),
    };
    if column.is_empty() {
        return Err(rule.to_owned());
    }
    Ok((column.to_owned(), ColumnFormat::Moment { order, zone }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_orders_and_zones() {
        let comma = ColumnFormat::Number { decimal: ',', thousands: Some('.') };
        assert_eq!(number("a=b=,.").unwrap(), ("a=b".to_owned(), comma));
        assert!(number("total").is_err() && number("=,").is_err() && number("t=,.'").is_err());
        let zone = Some("Europe/Oslo".to_owned());
        let day = ColumnFormat::Moment { order: DateOrder::DayFirst, zone };
        assert_eq!(moment("at=dmy@Europe/Oslo").unwrap(), ("at".to_owned(), day));
        assert!(moment("at=day").is_err() && moment("at").is_err());
    }
}
