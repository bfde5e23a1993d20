//! What columns say of each other, row by row: names that stand in the e-mail address, amounts
//! that add up.

use super::traits::Traits;

/// Shares of rows, `0..=1`, and the part a column plays in a sum.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Relation {
    /// The e-mail address begins with the value: a given name.
    pub begins_mail: f64,
    /// The value stands further on in the e-mail address: a family name.
    pub within_mail: f64,
    /// One of the value's words stands in the e-mail address.
    pub words_in_mail: f64,
    /// What the column is in the best sum found; none when it is in none.
    pub role: Option<Role>,
    /// Of the columns with two decimals that are in no sum, the one with the greatest mean.
    pub greatest: bool,
}

/// A part in a sum of amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// What the others add up to.
    Total,
    /// The greatest part.
    Subtotal,
    /// A part that is about the same share of the greatest in every row.
    Tax,
    /// A part with few different values.
    Shipping,
    /// What is taken off.
    Discount,
}

/// Share of rows in which a sum must hold.
const HOLDS: f64 = 0.55;
/// Amount columns looked at: sums of subsets cost two to this power.
const AMOUNTS: usize = 9;

/// The relation of every column; rows hold cells in the order of `traits`.
pub(crate) fn relations(traits: &[Traits], rows: &[Vec<Option<String>>]) -> Vec<Relation> {
    let mut found = vec![Relation::default(); traits.len()];
    if rows.is_empty() {
        return found;
    }
    mail(traits, rows, &mut found);
    sums(traits, rows, &mut found);
    greatest(traits, rows, &mut found);
    found
}

fn plain(text: &str) -> String {
    let latin = deunicode::deunicode(text).to_lowercase();
    latin.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn cell(row: &[Option<String>], column: usize) -> &str {
    row.get(column).and_then(Option::as_deref).unwrap_or("")
}

fn mail(traits: &[Traits], rows: &[Vec<Option<String>>], found: &mut [Relation]) {
    let Some(mail) = traits.iter().position(|t| t.email > 0.6) else { return };
    let locals: Vec<String> =
        rows.iter().map(|r| plain(cell(r, mail).split('@').next().unwrap_or(""))).collect();
    for (column, relation) in found.iter_mut().enumerate() {
        if column == mail || traits[column].name < 0.6 {
            continue;
        }
        let (mut filled, mut begins, mut within, mut words) = (0.0_f64, 0.0, 0.0, 0.0);
        for (row, local) in rows.iter().zip(&locals) {
            let value = cell(row, column);
            let name = plain(value);
            if name.is_empty() || local.is_empty() {
                continue;
            }
            filled += 1.0;
            if name.len() >= 2 && local.starts_with(&name) {
                begins += 1.0;
            } else if name.len() >= 3 && local.contains(&name) {
                within += 1.0;
            }
            let parts = value.split([' ', '\u{3000}']).map(plain);
            if parts.into_iter().any(|p| p.len() >= 3 && local.contains(&p)) {
                words += 1.0;
            }
        }
        if filled >= 4.0 {
            relation.begins_mail = begins / filled;
            relation.within_mail = within / filled;
            relation.words_in_mail = words / filled;
        }
    }
}

/// A number as exports write it, in hundredths.
fn cents(text: &str) -> Option<i64> {
    let kept: String = text.chars().filter(|c| c.is_ascii_digit() || ".,-".contains(*c)).collect();
    let at = kept.rfind(['.', ',']).filter(|at| kept.len() - at <= 3);
    let (whole, part) = match at {
        Some(at) => (&kept[..at], &kept[at + 1..]),
        None => (kept.as_str(), ""),
    };
    let digits: String = whole.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
    let whole: i64 = digits.parse().ok()?;
    let part: i64 = format!("{part:0<2}").get(..2)?.parse().unwrap_or(0);
    whole.checked_mul(100).map(|c| if c < 0 { c - part } else { c + part })
}

fn sums(traits: &[Traits], rows: &[Vec<Option<String>>], found: &mut [Relation]) {
    let amounts: Vec<usize> = (0..traits.len())
        .filter(|c| traits[*c].number > 0.8 && traits[*c].date < 0.3 && traits[*c].phone < 0.3)
        .collect();
    if amounts.len() < 3 || amounts.len() > AMOUNTS {
        return;
    }
    let table: Vec<Vec<i64>> =
        rows.iter().filter_map(|r| amounts.iter().map(|c| cents(cell(r, *c))).collect()).collect();
    if table.len() < 5 {
        return;
    }
    if let Some((total, parts, minus)) = best_sum(&table, amounts.len()) {
        found[amounts[total]].role = Some(Role::Total);
        for (at, role) in roles(&table, &parts, minus) {
            found[amounts[at]].role = Some(role);
        }
    }
}

fn greatest(traits: &[Traits], rows: &[Vec<Option<String>>], found: &mut [Relation]) {
    if found.iter().any(|r| r.role.is_some()) {
        return;
    }
    let mean = |c: usize| -> f64 {
        let values: Vec<i64> = rows.iter().filter_map(|r| cents(cell(r, c))).collect();
        values.iter().sum::<i64>() as f64 / values.len().max(1) as f64
    };
    let amounts = (0..traits.len()).filter(|c| traits[*c].cents > 0.7);
    if let Some(most) = amounts.max_by(|a, b| mean(*a).total_cmp(&mean(*b))) {
        found[most].greatest = true;
    }
}

/// The sum that holds in most rows: its total, its parts, and the part that is taken off.
fn best_sum(table: &[Vec<i64>], width: usize) -> Option<(usize, Vec<usize>, Option<usize>)> {
    let mut best: Option<(f64, usize, Vec<usize>, Option<usize>)> = None;
    for total in 0..width {
        for mask in 1_u32..1 << width {
            let size = mask.count_ones();
            if mask & 1 << total != 0 || !(2..=4).contains(&size) {
                continue;
            }
            let parts: Vec<usize> = (0..width).filter(|c| mask & 1 << c != 0).collect();
            let minuses = std::iter::once(None).chain(parts.iter().copied().map(Some));
            for minus in minuses {
                let share = holds(table, total, &parts, minus);
                let better = best.as_ref().is_none_or(|(b, _, p, _)| {
                    share > *b + 1e-9 || ((share - b).abs() < 1e-9 && parts.len() < p.len())
                });
                if share >= HOLDS && better {
                    best = Some((share, total, parts.clone(), minus));
                }
            }
        }
    }
    best.map(|(_, total, parts, minus)| (total, parts, minus))
}

fn holds(table: &[Vec<i64>], total: usize, parts: &[usize], minus: Option<usize>) -> f64 {
    // A part that is always zero, or a sum with no row above zero, says nothing.
    let used = |c: &usize| table.iter().any(|r| r[*c] != 0);
    if !parts.iter().all(used) {
        return 0.0;
    }
    let sum = |row: &[i64]| -> i64 {
        parts.iter().map(|c| if Some(*c) == minus { -row[*c] } else { row[*c] }).sum()
    };
    let hit = table.iter().filter(|r| r[total] > 0 && (sum(r) - r[total]).abs() <= 1).count();
    hit as f64 / table.len() as f64
}

fn roles(table: &[Vec<i64>], parts: &[usize], minus: Option<usize>) -> Vec<(usize, Role)> {
    let mean = |c: usize| table.iter().map(|r| r[c] as f64).sum::<f64>() / table.len() as f64;
    let greatest = parts.iter().copied().max_by(|a, b| mean(*a).total_cmp(&mean(*b)));
    let role = |c: usize| {
        let mut values: Vec<i64> = table.iter().map(|r| r[c]).collect();
        values.sort_unstable();
        values.dedup();
        match () {
            () if Some(c) == minus => Role::Discount,
            () if Some(c) == greatest => Role::Subtotal,
            () if values.len() <= 5 => Role::Shipping,
            () => Role::Tax,
        }
    };
    parts.iter().map(|c| (*c, role(*c))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_either_style() {
        assert_eq!(cents("1.234,50"), Some(123_450));
        assert_eq!(cents("$1,234.5"), Some(123_450));
        assert_eq!(cents("17"), Some(1700));
        assert_eq!(cents("x"), None);
    }

    #[test]
    fn parts_of_a_sum_are_told_apart() {
        let table: Vec<Vec<i64>> = (1..20_i64)
            .map(|n| {
                let (net, ship) = (1000 * n + 37 * n * n, [0, 490][(n % 2) as usize]);
                vec![net, net / 5, ship, net + net / 5 + ship]
            })
            .collect();
        let (total, parts, minus) = best_sum(&table, 4).unwrap();
        assert_eq!((total, minus), (3, None));
        let roles = roles(&table, &parts, minus);
        assert_eq!(roles, [(0, Role::Subtotal), (1, Role::Tax), (2, Role::Shipping)]);
    }
}
