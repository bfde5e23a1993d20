//! Telephone numbers to E.164 (ITU-T E.164: `+`, calling code, national number, at most 15
//! digits). Best effort: trunk prefixes and lengths come from the list of countries.

use super::Macro;
use crate::country::COUNTRIES;
use std::collections::BTreeSet;

/// Fills the marks of this room's macros.
pub(super) fn fill(body: &str) -> String {
    let mut filled = body.to_owned();
    if body.contains("{{dialling}}") {
        filled = filled.replace("{{dialling}}", &dialling());
    }
    if body.contains("{{zero_trunk}}") {
        filled = filled.replace("{{zero_trunk}}", &zero_trunk());
    }
    filled
}

fn dialling() -> String {
    let entries: Vec<_> = COUNTRIES
        .iter()
        .filter_map(|c| {
            let d = c.dialling.as_ref()?;
            Some(format!(
                "'{}': {{'code': '{}', 'trunk': '{}', 'least': {}, 'greatest': {}}}",
                c.iso2, d.code, d.trunk, d.least, d.greatest
            ))
        })
        .collect();
    format!("MAP {{{}}}", entries.join(", "))
}

/// Calling codes after which a 0 is a trunk prefix left in by mistake.
fn zero_trunk() -> String {
    let codes: BTreeSet<_> = COUNTRIES
        .iter()
        .filter_map(|c| c.dialling.as_ref())
        .filter(|d| d.trunk == "0")
        .map(|d| d.code)
        .collect();
    codes.into_iter().collect::<Vec<_>>().join("|")
}

pub(super) const MACROS: &[Macro] = &[
    Macro { head: "kith_dialling(country)", body: "({{dialling}})[country]" },
    // 0000000, 111111, 123456789: typed to get past a form.
    Macro {
        head: "kith_placeholder_digits(d)",
        body: r#"
  (length(d) >= 4 AND (replace(d, left(d, 1), '') = ''
    OR regexp_full_match(d, '0?1234567(?:8(?:9(?:0)?)?)?')))"#,
    },
    Macro {
        head: "kith_placeholder_phone(x)",
        body: r#"
  list_transform([translate(CAST(x AS VARCHAR), ' ''+-()./', '')],
    lambda d: kith_placeholder_digits(d))[1]"#,
    },
    Macro {
        head: "kith_present_phone(x)",
        body: r#"
  list_transform([kith_trim(x)], lambda t:
    CASE WHEN NOT kith_placeholder_phone(t) THEN kith_present(t) END)[1]"#,
    },
    // The digits to dial, with + when international; extensions and (0) dropped.
    Macro {
        head: "kith_dialled(x)",
        body: r#"
  list_transform(
    list_transform([kith_trim(x)], lambda t: regexp_replace(
       regexp_replace(CASE WHEN strlen(t) = length(t) THEN t
           ELSE translate(t, '０１２３４５６７８９＋－（）', '0123456789+-()') END,
         '(?i)(?:;?\s*ext(?:ension)?[.:=]?|;?\s*x|\s*#|\s*durchwahl|\s*poste)\s*\d{1,6}$', ''),
       '(?i)^''?(?:tel|phone|mobil|mobile|mob|fon|cell)?[.:]?\s*', '')),
    lambda s: CASE WHEN regexp_full_match(s, '\+?[\d\s\p{Z}()./‐‑–·-]+') THEN
      regexp_replace(regexp_replace(
        CASE WHEN regexp_matches(s, '^[\s(]*(?:\+|00)') THEN replace(s, '(0)', '') ELSE s END,
        '[^\d+]', '', 'g'), '^00', '+') END)[1]"#,
    },
    // A national number without its trunk prefix, or NULL when the country's lengths do not
    // allow it. A number that begins with the calling code counts as international only when
    // what is left is long enough.
    Macro {
        head: "kith_national(d, c)",
        body: "
  CASE WHEN c.trunk <> '' AND starts_with(d, c.trunk)
            AND length(d) - length(c.trunk) BETWEEN c.least AND c.greatest
         THEN substr(d, length(c.trunk) + 1)
       WHEN c.trunk = '0' AND starts_with(d, c.code)
            AND length(d) - length(c.code) BETWEEN greatest(c.least, 8) AND c.greatest
         THEN ltrim(substr(d, length(c.code) + 1), '0')
       WHEN length(d) BETWEEN c.least AND c.greatest AND (c.trunk <> '0' OR d[1] <> '0')
         THEN d
       WHEN starts_with(d, c.code)
            AND length(d) - length(c.code) BETWEEN c.least AND c.greatest
         THEN substr(d, length(c.code) + 1) END",
    },
    // E.164 where the number is international or the country known and its lengths allow it;
    // bare digits where not; NULL for what is no number.
    Macro {
        head: "kith_phone(x, country)",
        body: r#"
  list_transform([{'d': kith_dialled(x), 'c': kith_dialling(country)}], lambda v:
    CASE WHEN kith_placeholder_digits(ltrim(v.d, '+')) THEN NULL
         WHEN starts_with(v.d, '+') THEN
           CASE WHEN regexp_full_match(v.d, '\+[1-9]\d{6,14}')
                THEN regexp_replace(v.d, '^\+({{zero_trunk}})0(\d{5,})$', '+\1\2') END
         WHEN NOT regexp_full_match(v.d, '\d{6,15}') THEN NULL
         WHEN v.c IS NULL THEN v.d
         WHEN v.c.code = '1' AND starts_with(v.d, '011') AND length(v.d) >= 11
           THEN '+' || substr(v.d, 4)
         ELSE coalesce('+' || v.c.code || kith_national(v.d, v.c), v.d) END)[1]"#,
    },
];
