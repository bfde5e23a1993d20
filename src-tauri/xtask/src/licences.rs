//! Reads SPDX expressions and recognises licence texts.

use anyhow::{Result, bail};

/// Licences this product may link, the one we take first when there is a choice.
pub const ACCEPTED: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "BSD-2-Clause",
    "ISC",
    "Zlib",
    "MIT-0",
    "0BSD",
    "CC0-1.0",
    "Unlicense",
    "BSL-1.0",
    "Unicode-3.0",
    "MPL-2.0",
    "OFL-1.1",
];

/// The licences we take a package under; fails when the expression leaves no acceptable choice.
pub fn choose(expression: &str) -> Result<Vec<&'static str>> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let chosen = either(&words, &mut at)?;
    if at != words.len() {
        bail!("cannot read the licence expression `{expression}`");
    }
    let Some(mut chosen) = chosen else { bail!("`{expression}` is not an accepted licence") };
    chosen.sort_unstable();
    chosen.dedup();
    Ok(chosen)
}

/// Alternatives: the acceptable one with the fewest, most preferred licences.
fn either(words: &[&str], at: &mut usize) -> Result<Option<Vec<&'static str>>> {
    let mut best = both(words, at)?;
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        let other = both(words, at)?;
        best = match (best, other) {
            (Some(a), Some(b)) => Some(if rank(&b) < rank(&a) { b } else { a }),
            (a, b) => a.or(b),
        };
    }
    Ok(best)
}

fn both(words: &[&str], at: &mut usize) -> Result<Option<Vec<&'static str>>> {
    let mut all = term(words, at)?;
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        let next = term(words, at)?;
        all = match (all, next) {
            (Some(mut a), Some(b)) => {
                a.extend(b);
                Some(a)
            }
            _ => None,
        };
    }
    Ok(all)
}

fn term(words: &[&str], at: &mut usize) -> Result<Option<Vec<&'static str>>> {
    let Some(word) = words.get(*at) else { bail!("a licence expression ends too early") };
    *at += 1;
    if *word == "(" {
        let inner = either(words, at)?;
        if words.get(*at) != Some(&")") {
            bail!("a licence expression lacks a closing bracket");
        }
        *at += 1;
        return Ok(inner);
    }
    let mut name = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1).unwrap_or(&""));
        *at += 2;
    }
    Ok(ACCEPTED.iter().find(|a| **a == name).map(|a| vec![*a]))
}

fn rank(licences: &[&'static str]) -> (usize, usize) {
    let place = |l: &&str| ACCEPTED.iter().position(|a| a == l).unwrap_or(ACCEPTED.len());
    (licences.len(), licences.iter().map(place).max().unwrap_or(0))
}

/// Which licence a text is, by the words only it has.
pub fn recognise(text: &str) -> Option<&'static str> {
    let text = flat(text);
    let has = |words: &str| text.contains(words);
    Some(if has("mozilla public license version 2 0") {
        "MPL-2.0"
    } else if has("llvm exceptions to the apache 2 0 license") {
        "Apache-2.0 WITH LLVM-exception"
    } else if has("apache license") && has("terms and conditions for use reproduction") {
        "Apache-2.0"
    } else if has("sil open font license") {
        "OFL-1.1"
    } else if has("unicode license v3") {
        "Unicode-3.0"
    } else if has("boost software license") {
        "BSL-1.0"
    } else if has("this is free and unencumbered software") {
        "Unlicense"
    } else if has("cc0 1 0 universal") {
        "CC0-1.0"
    } else if has("provided as is without any express or implied warranty in no event") {
        "Zlib"
    } else if has("redistributions in binary form must reproduce") {
        if has("neither the name") || has("may not be used to endorse") {
            "BSD-3-Clause"
        } else {
            "BSD-2-Clause"
        }
    } else if has("permission to use copy modify and or distribute this software") {
        if has("appear in all copies") { "ISC" } else { "0BSD" }
    } else if has("permission is hereby granted free of charge") {
        if has("shall be included in all copies") { "MIT" } else { "MIT-0" }
    } else {
        return None;
    })
}

/// Lower-case words with single blanks: texts that differ in layout alone become equal.
pub fn flat(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// The text without titles and copyright lines: what a family of texts shares.
pub fn body(text: &str) -> String {
    let kept: Vec<&str> = text.lines().filter(|l| !is_copyright(l) && !is_title(l)).collect();
    flat(&kept.join("\n"))
}

/// Whether a line claims a copyright.
pub fn is_copyright(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['*', '#', '/', '-', ' ']).to_lowercase();
    let claims = line.starts_with("copyright ") || line.starts_with('©');
    claims
        && !["copyright notice", "copyright owner", "copyright holder", "copyright license"]
            .iter()
            .any(|words| line.starts_with(words))
        && !line.contains("[yyyy]")
        && !line.contains("{yyyy}")
}

fn is_title(line: &str) -> bool {
    let line = flat(line);
    matches!(
        line.as_str(),
        "mit license" | "the mit license" | "the mit license mit" | "mit" | "all rights reserved"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_takes_the_preferred_licence() {
        assert_eq!(choose("Apache-2.0 OR MIT").unwrap(), ["MIT"]);
        assert_eq!(choose("MIT/Apache-2.0").unwrap(), ["MIT"]);
        assert_eq!(choose("Apache-2.0 OR GPL-2.0-only").unwrap(), ["Apache-2.0"]);
        assert_eq!(choose("(MIT OR Apache-2.0) AND Unicode-3.0").unwrap(), ["MIT", "Unicode-3.0"]);
        assert_eq!(
            choose("Apache-2.0 WITH LLVM-exception").unwrap(),
            ["Apache-2.0 WITH LLVM-exception"]
        );
    }

    #[test]
    fn what_we_may_not_link_is_refused() {
        for expression in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "", "(MIT", "MIT MIT"] {
            assert!(choose(expression).is_err(), "{expression}");
        }
    }

    #[test]
    fn layout_and_owner_make_no_new_family() {
        let one = "MIT License\n\nCopyright (c) 2020 A\n\nPermission is hereby granted, free of \
                   charge, to any person";
        let two = "Copyright 2021 B\nPermission is hereby granted,\nfree of charge, to any person";
        assert_eq!(body(one), body(two));
    }

    #[test]
    fn our_own_licences_are_recognised() {
        let root = crate::paths::root();
        let read = |name| std::fs::read_to_string(root.join(name)).unwrap();
        assert_eq!(recognise(&read("LICENSE-MIT")), Some("MIT"));
        assert_eq!(recognise(&read("LICENSE-APACHE")), Some("Apache-2.0"));
        assert_eq!(recognise(&read("assets/fonts/Inter-LICENSE.txt")), Some("OFL-1.1"));
    }
}
