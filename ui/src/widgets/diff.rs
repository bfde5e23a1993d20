//! Where two texts differ, character by character.

/// Characters up to which the longest common subsequence is sought; longer texts are compared from
/// both ends only.
const LONGEST: usize = 160;

/// Share of common characters below which two texts are simply different.
const ALIKE: f64 = 0.4;

/// A piece of a text: the characters, and whether the other text lacks them.
pub type Piece = (String, bool);

/// Both texts in pieces, those marked that the other lacks (longest common subsequence; Wagner and
/// Fischer 1974), capitals aside. Texts with little in common are marked whole: scattered letters say nothing.
pub fn diff(left: &str, right: &str) -> [Vec<Piece>; 2] {
    let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let whole = |text: &str, marked| {
        if text.is_empty() { Vec::new() } else { vec![(text.to_owned(), marked)] }
    };
    if alike(left, right) {
        return [whole(left, false), whole(right, false)];
    }
    if a.len().max(b.len()) > LONGEST {
        return [ends(&a, &b), ends(&b, &a)];
    }
    let kept = common(&a, &b);
    let longer = a.len().max(b.len()).max(1) as f64;
    if (kept.len() as f64) < ALIKE * longer {
        return [whole(left, true), whole(right, true)];
    }
    let places = |side: fn(&(usize, usize)) -> usize| kept.iter().map(side).collect::<Vec<_>>();
    [pieces(&a, &places(|k| k.0)), pieces(&b, &places(|k| k.1))]
}

/// The same but for capitals, which say nothing of who somebody is.
pub fn alike(left: &str, right: &str) -> bool {
    left == right || left.to_lowercase() == right.to_lowercase()
}

fn same(a: char, b: char) -> bool {
    a == b || a.to_lowercase().eq(b.to_lowercase())
}

/// Places of a longest common subsequence in both.
fn common(a: &[char], b: &[char]) -> Vec<(usize, usize)> {
    let wide = b.len() + 1;
    let mut length = vec![0_u16; (a.len() + 1) * wide];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            length[i * wide + j] = if same(a[i], b[j]) {
                length[(i + 1) * wide + j + 1] + 1
            } else {
                length[(i + 1) * wide + j].max(length[i * wide + j + 1])
            };
        }
    }
    let (mut i, mut j, mut kept) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if same(a[i], b[j]) {
            kept.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if length[(i + 1) * wide + j] >= length[i * wide + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    kept
}

/// Runs of kept and of marked characters.
fn pieces(text: &[char], kept: &[usize]) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut next = kept.iter().peekable();
    for (i, c) in text.iter().enumerate() {
        let marked = next.next_if(|k| **k == i).is_none();
        match out.last_mut() {
            Some((piece, same)) if *same == marked => piece.push(*c),
            _ => out.push((c.to_string(), marked)),
        }
    }
    out
}

/// The text cut where it begins and ceases to differ from the other.
fn ends(text: &[char], other: &[char]) -> Vec<Piece> {
    let head = text.iter().zip(other).take_while(|(a, b)| same(**a, **b)).count();
    let (rest, other) = (&text[head..], &other[head..]);
    let tail =
        rest.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| same(**a, **b)).count();
    let cut = text.len() - tail;
    [(&text[..head], false), (&text[head..cut], true), (&text[cut..], false)]
        .into_iter()
        .filter(|(piece, _)| !piece.is_empty())
        .map(|(piece, marked)| (piece.iter().collect(), marked))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(left: &str, right: &str) -> [String; 2] {
        diff(left, right).map(|side| {
            let show = |(text, marked): Piece| if marked { format!("[{text}]") } else { text };
            side.into_iter().map(show).collect()
        })
    }

    #[test]
    fn only_what_differs_is_marked() {
        assert_eq!(marked("Katherine", "Katharine"), ["Kath[e]rine", "Kath[a]rine"]);
        assert_eq!(marked("Anna", "Anna-Lena"), ["Anna", "Anna[-Lena]"]);
        assert_eq!(marked("Müller", "Mueller"), ["M[ü]ller", "M[ue]ller"]);
        assert_eq!(marked("1984-05-17", "1984-05-11"), ["1984-05-1[7]", "1984-05-1[1]"]);
        assert_eq!(marked("山田太郎", "山本太郎"), ["山[田]太郎", "山[本]太郎"]);
        assert_eq!(
            marked("+47 912 34 567", "+4791234576"),
            ["+47[ ]912[ ]34[ ]5[6]7", "+4791234[]57[6]"].map(|s| s.replace("[]", ""))
        );
    }

    #[test]
    fn strangers_are_marked_whole() {
        assert_eq!(marked("Smith", "Jones"), ["[Smith]", "[Jones]"]);
        assert_eq!(marked("", "Jones"), ["", "[Jones]"]);
        assert_eq!(marked("same", "same"), ["same", "same"]);
        assert_eq!(marked("Molly", "MOLLY"), ["Molly", "MOLLY"], "capitals say nothing");
        assert_eq!(marked("ANNE", "Anna"), ["ANN[E]", "Ann[a]"]);
    }

    #[test]
    fn long_texts_are_compared_from_both_ends() {
        let (a, b) =
            ("x".repeat(200) + "a" + &"y".repeat(9), "x".repeat(200) + "bc" + &"y".repeat(9));
        assert_eq!(diff(&a, &b)[1][1], ("bc".to_owned(), true));
    }
}
