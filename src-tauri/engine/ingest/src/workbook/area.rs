//! Cells of a sheet as people name them: `B3:F200`, `B3` (from there on), `B:F`, `3:200`.

/// A rectangle of a sheet; rows and columns from 0, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) top: u32,
    pub(crate) bottom: u32,
    pub(crate) left: usize,
    pub(crate) right: usize,
}

impl Area {
    /// The whole sheet.
    pub(crate) const ALL: Self = Self { top: 0, bottom: u32::MAX, left: 0, right: usize::MAX };

    /// Reads a range; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().replace('$', "");
        let (from, to) = match text.split_once(':') {
            Some((from, to)) => (corner(from)?, corner(to)?),
            None => (corner(&text)?, (None, None)),
        };
        let area = Self {
            top: from.1.unwrap_or(0),
            bottom: to.1.unwrap_or(u32::MAX),
            left: from.0.unwrap_or(0),
            right: to.0.unwrap_or(usize::MAX),
        };
        (area.top <= area.bottom && area.left <= area.right).then_some(area)
    }

    pub(crate) fn has_row(&self, row: u32) -> bool {
        (self.top..=self.bottom).contains(&row)
    }
}

/// Column and row of `B3`, `B` or `3`.
fn corner(text: &str) -> Option<(Option<usize>, Option<u32>)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = text.split_at(letters);
    let column = match letters.len() {
        0 => None,
        1..=3 => Some(
            letters.bytes().fold(0, |number, letter| {
                number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
            }) - 1,
        ),
        _ => return None,
    };
    let row = match digits {
        "" => None,
        digits => Some(digits.parse::<u32>().ok()?.checked_sub(1)?),
    };
    (column.is_some() || row.is_some()).then_some((column, row))
}

/// A column's letters: 0 is `A`, 26 is `AA`.
pub(crate) fn letters(mut column: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'A' + (column % 26) as u8);
        match (column / 26).checked_sub(1) {
            Some(rest) => column = rest,
            None => break,
        }
    }
    name.iter().rev().map(|&letter| char::from(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_as_people_write_them() {
        let area = |top, bottom, left, right| Some(Area { top, bottom, left, right });
        assert_eq!(Area::parse("B3:F200"), area(2, 199, 1, 5));
        assert_eq!(Area::parse("$b$3:f200"), area(2, 199, 1, 5));
        assert_eq!(Area::parse("B3"), area(2, u32::MAX, 1, usize::MAX));
        assert_eq!(Area::parse("B:F"), area(0, u32::MAX, 1, 5));
        assert_eq!(Area::parse("3:200"), area(2, 199, 0, usize::MAX));
        assert_eq!(Area::parse("AA10:AB11"), area(9, 10, 26, 27));
        for wrong in ["", ":", "F3:B3", "B0", "B3:", "ABCD1", "Sheet1!A1", "3B"] {
            assert_eq!(Area::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
