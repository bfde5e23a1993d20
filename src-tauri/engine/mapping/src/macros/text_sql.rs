//! Texts, identifiers, e-mail addresses, countries, yes and no.

use super::Macro;
use crate::country::COUNTRY_KEYS;
use kith_sql::text;

/// What people and programs write where nothing is known; compared in lower case.
const PLACEHOLDERS: &[&str] = &[
    "",
    "n/a",
    "n.a.",
    "#n/a",
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "..",
    "?",
    "??",
    "???",
    "null",
    "(null)",
    "<null>",
    "none",
    "(none)",
    "nil",
    "nan",
    "<na>",
    "\\n",
    "unknown",
    "undefined",
    "(not set)",
    "(blank)",
    "(empty)",
    "not set",
    "not provided",
    "not available",
    "not applicable",
    "unbekannt",
    "keine angabe",
    "k.a.",
    "inconnu",
    "desconocido",
    "sconosciuto",
    "onbekend",
    "nieznany",
    "desconhecido",
    "不明",
    "なし",
];

/// Names that nobody has.
const PLACEHOLDER_NAMES: &[&str] =
    &["test", "tester", "test test", "tbd", "tba", "xxx", "xx", "asdf", "anonymous", "no name"];

/// Fills the marks of this room's macros.
pub(super) fn fill(body: &str) -> String {
    let list = |values: &[&str]| {
        let quoted: Vec<_> = values.iter().map(|v| text(v)).collect();
        quoted.join(", ")
    };
    body.replace("{{placeholders}}", &list(PLACEHOLDERS))
        .replace("{{placeholder_names}}", &list(PLACEHOLDER_NAMES))
        .replace(
            "{{countries}}",
            &if body.contains("{{countries}}") { countries() } else { String::new() },
        )
}

fn countries() -> String {
    let pairs: Vec<_> =
        COUNTRY_KEYS.iter().map(|(key, iso2)| format!("{}: '{iso2}'", text(key))).collect();
    format!("MAP {{{}}}", pairs.join(", "))
}

pub(super) const MACROS: &[Macro] = &[
    // Blanks of every kind, byte order mark and zero-width space off both ends.
    Macro {
        head: "kith_trim(x)",
        body: r#"regexp_replace(CAST(x AS VARCHAR), '^[\s\p{Z}\x{200b}\x{feff}]+|[\s\p{Z}\x{200b}\x{feff}]+$', '', 'g')"#,
    },
    Macro {
        head: "kith_text(x)",
        body: r#"list_transform([kith_trim(x)], lambda t: nullif(t, ''))[1]"#,
    },
    Macro {
        head: "kith_present(x)",
        body: r#"
  list_transform([kith_trim(x)], lambda t:
    CASE WHEN length(t) > 14 THEN t
         WHEN lower(ltrim(t, '''')) IN ({{placeholders}}) THEN NULL
         ELSE t END)[1]"#,
    },
    // Somebody is called Null; a program writes null or NULL.
    Macro {
        head: "kith_name(x)",
        body: r#"
  list_transform([kith_trim(x)], lambda t:
    CASE WHEN t = 'Null' THEN t
         WHEN lower(t) IN ({{placeholder_names}}) THEN NULL
         ELSE nfc_normalize(regexp_replace(kith_present(t), '[\s\p{Z}]+', ' ', 'g')) END)[1]"#,
    },
    Macro {
        head: "kith_title(x)",
        body: r#"array_to_string(list_transform(string_split(lower(kith_trim(x)), ' '), lambda w: upper(left(w, 1)) || substr(w, 2)), ' ')"#,
    },
    Macro { head: "kith_first_word(x)", body: r#"kith_text(split_part(kith_trim(x), ' ', 1))"# },
    Macro {
        head: "kith_last_words(x)",
        body: r#"
  list_transform([kith_trim(x)], lambda t:
    CASE WHEN contains(t, ' ') THEN kith_text(substr(t, strpos(t, ' ') + 1)) END)[1]"#,
    },
    // Spreadsheets guard a number with a leading apostrophe or write it as =\"123\".
    Macro {
        head: "kith_id(x)",
        body: r#"
  list_transform([kith_trim(x)], lambda t:
    nullif(CASE WHEN starts_with(t, '="') THEN trim(t, '="')
                ELSE kith_trim(ltrim(t, '''’')) END, ''))[1]"#,
    },
    // Addresses typed to get past a form, and local parts that say there is none.
    Macro {
        head: "kith_placeholder_email(x)",
        body: r#"regexp_full_match(lower(kith_trim(x)), '(?:no[-._]?e?mail|keineemail|sinemail)@.*|(?:test|none|no|na|n/a|xxx|abc|a|x|email|unknown|asdf)@(?:test|none|no|na|n/a|xxx|abc|a|b|x|email|unknown|asdf)\.(?:com|de|net|org)|(?:test|user)@example\.com')"#,
    },
    Macro {
        head: "kith_present_email(x)",
        body: r#"
  list_transform([kith_trim(x)], lambda t:
    CASE WHEN NOT kith_placeholder_email(t) THEN kith_present(t) END)[1]"#,
    },
    // Out of `Ada <ada@example.org>` and `mailto:ada@example.org`; then one address or nothing.
    Macro {
        head: "kith_email(x)",
        body: r#"
  list_transform(
    list_transform([lower(kith_trim(x))], lambda t:
      CASE WHEN regexp_matches(t, '[<:]|[.,;]$')
           THEN regexp_replace(t, '^(?:mailto:|[^<>]*<)?\s*([^<>\s]+@[^<>\s]+?)\s*>?[.,;]*$', '\1')
           ELSE t END),
    lambda e: CASE WHEN length(e) <= 254
      AND regexp_full_match(e, '[^\s@"<>(),;:\[\]\\]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+(?:\p{L}{2,}|xn--[a-z0-9-]+)')
      AND NOT contains(e, '..') AND NOT contains(e, '.@') AND NOT starts_with(e, '.')
      AND NOT kith_placeholder_email(e)
      THEN e END)[1]"#,
    },
    // The text of HTML, on one line.
    Macro {
        head: "kith_plain_text(x)",
        body: r#"
  kith_text(regexp_replace(replace(replace(replace(replace(replace(
    regexp_replace(x, '<[^>]*>', ' ', 'g'),
    '&nbsp;', ' '), '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&amp;', '&'), '[\s\p{Z}]+', ' ', 'g'))"#,
    },
    // One line of address in parts: street, postcode, city, told apart by the postcode; all of
    // it is the street when there is none.
    Macro {
        head: "kith_address(x)",
        body: r#"
  list_transform([kith_trim(x)], lambda t: list_transform([regexp_extract(t,
    '^(.+?)[\s,]+((?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})|\d{2}-\d{3}|\d{3}-\d{4}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{5}(?:-\d{4})?|\d{4}|\d{6})[\s,]+(\D+)$',
    ['street', 'postcode', 'city'])], lambda a: {
      'street': coalesce(nullif(a.street, ''), kith_present(t)),
      'postcode': nullif(a.postcode, ''),
      'city': nullif(a.city, '')})[1])[1]"#,
    },
    // Codes and names in several languages to ISO 3166-1 alpha-2.
    Macro {
        head: "kith_country(x)",
        body: r#"({{countries}})[regexp_replace(lower(replace(nfc_normalize(kith_trim(x)), '.', '')), '\s+', ' ', 'g')]"#,
    },
    Macro {
        head: "kith_bool(x)",
        body: r#"
  list_transform([lower(kith_trim(x))], lambda t:
    CASE WHEN t IN ('yes', 'y', 'true', 't', '1', '1.0', 'on', 'x', 'ja', 'j', 'wahr', 'oui', 'o', 'vrai', 'si', 'sí', 'sì', 's', 'verdadero', 'vero', 'waar', 'tak', 'prawda', 'sim', 'はい', '✓', 'subscribed', 'subscribe', 'opted in', 'opted_in', 'opted-in', 'opt-in', 'opt in', 'granted', 'accepted', 'active', 'enabled', 'confirmed') THEN true
         WHEN t IN ('no', 'n', 'false', 'f', '0', '0.0', 'off', 'nein', 'falsch', 'non', 'faux', 'falso', 'nee', 'onwaar', 'nie', 'fałsz', 'não', 'nao', 'いいえ', '✗', 'unsubscribed', 'unsubscribe', 'not subscribed', 'never subscribed', 'opted out', 'opted_out', 'opted-out', 'opt-out', 'opt out', 'denied', 'declined', 'inactive', 'disabled', 'cleaned', 'revoked', 'withdrawn') THEN false END)[1]"#,
    },
];
