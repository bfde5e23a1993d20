//! The ways in which people and clerks get a value wrong.

use crate::draw::Draw;

/// Neighbours on a QWERTY keyboard, per lower-case letter.
const NEIGHBOURS: [(&str, char); 26] = [
    ("qwsz", 'a'),
    ("vghn", 'b'),
    ("xdfv", 'c'),
    ("serfcx", 'd'),
    ("wsdr", 'e'),
    ("drtgvc", 'f'),
    ("ftyhbv", 'g'),
    ("gyujnb", 'h'),
    ("ujko", 'i'),
    ("huikmn", 'j'),
    ("jiolm", 'k'),
    ("kop", 'l'),
    ("njk", 'm'),
    ("bhjm", 'n'),
    ("iklp", 'o'),
    ("ol", 'p'),
    ("wa", 'q'),
    ("edft", 'r'),
    ("awedxz", 's'),
    ("rfgy", 't'),
    ("yhji", 'u'),
    ("cfgb", 'v'),
    ("qase", 'w'),
    ("zsdc", 'x'),
    ("tghu", 'y'),
    ("asx", 'z'),
];

fn neighbour(draw: &mut Draw, letter: char) -> Option<char> {
    let lower = letter.to_ascii_lowercase();
    let (near, _) = NEIGHBOURS.iter().find(|(_, of)| *of == lower)?;
    let typed = *draw.pick(near.as_bytes()) as char;
    Some(if letter.is_uppercase() { typed.to_ascii_uppercase() } else { typed })
}

/// One slip of the finger: a neighbouring key, two letters swapped, one left out, one doubled.
/// Texts of fewer than three letters stay as they are.
pub(crate) fn typo(draw: &mut Draw, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return text.to_owned();
    }
    let at = 1 + draw.below(letters.len() as u64 - 2) as usize;
    match draw.weighted(&[0.35, 0.3, 0.2, 0.15]) {
        0 => match neighbour(draw, letters[at]) {
            Some(typed) => letters[at] = typed,
            None => letters.swap(at, at + 1),
        },
        1 => letters.swap(at, at + 1),
        2 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

/// One wrong digit, or two swapped.
pub(crate) fn wrong_digit(draw: &mut Draw, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let digits: Vec<usize> =
        letters.iter().enumerate().filter(|(_, c)| c.is_ascii_digit()).map(|(i, _)| i).collect();
    if digits.len() < 4 {
        return text.to_owned();
    }
    let tail = &digits[digits.len() - 4..];
    if draw.chance(0.5) {
        letters.swap(tail[2], tail[3]);
    } else {
        let at = *draw.pick(tail);
        letters[at] = (b'0' + (letters[at] as u8 - b'0' + 1 + draw.below(8) as u8) % 10) as char;
    }
    letters.into_iter().collect()
}

/// Latin letters without accents, as typed on a keyboard that lacks them; German umlauts become
/// two letters. Other scripts pass through.
pub(crate) fn without_accents(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    for letter in text.chars() {
        match letter {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'Ä' => out.push_str("Ae"),
            'Ö' => out.push_str("Oe"),
            'Ü' => out.push_str("Ue"),
            'á' | 'à' | 'â' | 'å' | 'ą' | 'ã' => out.push('a'),
            'Á' | 'À' | 'Â' | 'Å' => out.push('A'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => out.push('e'),
            'É' | 'È' | 'Ê' => out.push('E'),
            'í' | 'ì' | 'î' | 'ï' => out.push('i'),
            'Í' | 'Î' => out.push('I'),
            'ó' | 'ò' | 'ô' | 'õ' => out.push('o'),
            'Ó' => out.push('O'),
            'ú' | 'ù' | 'û' => out.push('u'),
            'ç' | 'ć' => out.push('c'),
            'Ç' => out.push('C'),
            'ñ' | 'ń' => out.push('n'),
            'ł' => out.push('l'),
            'Ł' => out.push('L'),
            'ś' => out.push('s'),
            'Ś' => out.push('S'),
            'ż' | 'ź' => out.push('z'),
            'Ż' => out.push('Z'),
            'Ñ' => out.push('N'),
            other => out.push(other),
        }
    }
    out
}

/// What a form holds when somebody had to enter something.
pub(crate) const PLACEHOLDERS: [&str; 5] = ["n/a", "N/A", "-", "unknown", "xxx"];

/// E-mail addresses entered to get past a required field.
pub(crate) const PLACEHOLDER_EMAILS: [&str; 4] =
    ["test@test.com", "noemail@example.com", "none@example.com", "n/a"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Stream;

    #[test]
    fn a_typo_is_one_edit_inside_the_word() {
        let mut draw = Draw::new(1, Stream::Record, 1);
        for _ in 0..500 {
            let wrong = typo(&mut draw, "Schneider");
            assert!(wrong.starts_with('S') && (8..=10).contains(&wrong.chars().count()), "{wrong}");
        }
        assert_eq!(typo(&mut draw, "Li"), "Li");
    }

    #[test]
    fn a_wrong_digit_keeps_the_shape() {
        let mut draw = Draw::new(1, Stream::Record, 2);
        for _ in 0..200 {
            let wrong = wrong_digit(&mut draw, "+49 30 23125 123");
            assert_eq!(wrong.len(), 16);
            assert!(wrong.starts_with("+49 30 2312"));
        }
    }

    #[test]
    fn accents_fold_to_plain_letters() {
        assert_eq!(without_accents("Müller-Łódź Ångström"), "Mueller-Lodz Angstroem");
        assert_eq!(without_accents("佐藤"), "佐藤");
    }
}
