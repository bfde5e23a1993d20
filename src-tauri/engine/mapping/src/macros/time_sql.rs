//! Moments and dates. A slash date is read day first or month first only when the value or its
//! column says which: `31/12/2024` can be only one of them, `03/04/2024` could be both.

use super::Macro;

pub(super) const MACROS: &[Macro] = &[
    // Over a column: true when its slash dates are month first, false when day first, NULL when
    // they do not tell. An aggregate.
    Macro {
        head: "kith_month_first(x)",
        body: r#"
  CASE WHEN max(try_cast(regexp_extract(x, '^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}', 1) AS INTEGER)) > 12
        AND NOT max(try_cast(regexp_extract(x, '^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}', 2) AS INTEGER)) > 12 THEN false
       WHEN max(try_cast(regexp_extract(x, '^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}', 2) AS INTEGER)) > 12
        AND NOT max(try_cast(regexp_extract(x, '^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{4}', 1) AS INTEGER)) > 12 THEN true END"#,
    },
    // Day-month-year rewritten as year-month-day; everything else as it is.
    Macro {
        head: "kith_year_first(x, month_first)",
        body: r#"
  list_transform([kith_trim(x)], lambda s:
    CASE WHEN regexp_matches(s, '^\d{1,2}[./-]\d{1,2}[./-]\d{4}(?:\D|$)') THEN
           CASE WHEN regexp_matches(s, '^(?:\d{1,2}\.|1[3-9][/-]|[23]\d[/-])')
                  OR (month_first = false AND NOT regexp_matches(s, '^\d{1,2}[/-](?:1[3-9]|[23]\d)[/-]'))
                  OR regexp_matches(s, '^(?:0?1[/-]0?1|0?2[/-]0?2|0?3[/-]0?3|0?4[/-]0?4|0?5[/-]0?5|0?6[/-]0?6|0?7[/-]0?7|0?8[/-]0?8|0?9[/-]0?9|10[/-]10|11[/-]11|12[/-]12)[/-]')
                THEN regexp_replace(s, '^(\d{1,2})[./-](\d{1,2})[./-](\d{4}),?', '\3-\2-\1')
                WHEN month_first OR regexp_matches(s, '^\d{1,2}[/-](?:1[3-9]|[23]\d)[/-]')
                THEN regexp_replace(s, '^(\d{1,2})[./-](\d{1,2})[./-](\d{4}),?', '\3-\1-\2') END
         WHEN contains(s, '年')
           THEN regexp_replace(s, '^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日', '\1-\2-\3')
         ELSE s END)[1]"#,
    },
    // Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size.
    Macro {
        head: "kith_epoch(n)",
        body: "
  make_timestamp(CASE WHEN abs(n) >= 100000000000000000 THEN n // 1000
                      WHEN abs(n) >= 100000000000000 THEN n
                      WHEN abs(n) >= 100000000000 THEN n * 1000
                      ELSE n * 1000000 END)",
    },
    // Minutes east of UTC written behind a time: +0200, +02:00, +02; 0 when none is.
    Macro {
        head: "kith_offset_minutes(s)",
        body: r#"
  list_transform([regexp_extract(s, ':\d{2}(?:[.,]\d+)?\s*([+-]\d{2}:?\d{0,2})$', 1)], lambda o:
    CASE WHEN o = '' THEN 0
         ELSE (CASE WHEN o[1] = '-' THEN -1 ELSE 1 END)
            * (CAST(substr(o, 2, 2) AS INTEGER) * 60
               + coalesce(try_cast(ltrim(substr(o, 4), ':') AS INTEGER), 0)) END)[1]"#,
    },
    Macro {
        head: "kith_spelt(s)",
        body: "
  try_strptime(s, ['%d %b %Y', '%d %B %Y', '%b %d, %Y', '%B %d, %Y', '%b %d %Y', '%d-%b-%Y',
    '%d %b %Y %H:%M', '%d %b %Y %H:%M:%S', '%b %d, %Y %H:%M', '%b %d, %Y %H:%M:%S',
    '%b %d, %Y %I:%M %p', '%b %d, %Y, %I:%M %p', '%B %d, %Y %I:%M %p',
    '%a, %d %b %Y %H:%M:%S', '%a %b %d %H:%M:%S %Y',
    '%Y-%m-%d %I:%M %p', '%Y-%m-%d %I:%M:%S %p'])",
    },
    Macro {
        head: "kith_timestamp(x, month_first)",
        body: r#"
  list_transform([kith_year_first(x, month_first)], lambda s:
    CASE WHEN regexp_full_match(s, '\d{4}[-/]\d{1,2}[-/]\d{1,2}') THEN try_cast(s AS TIMESTAMP)
         WHEN regexp_matches(s, '^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]+\d{1,2}:\d{2}') THEN
           coalesce(
             try_cast(regexp_replace(replace(s, ',', '.'), '\s*(?:Z|z|UTC|GMT|[+-]\d{2}:?\d{0,2})$', '') AS TIMESTAMP)
               - to_minutes(kith_offset_minutes(s)),
             kith_spelt(upper(s)))
         WHEN regexp_full_match(s, '-?\d{10}|\d{13}|\d{16}|\d{19}')
           THEN kith_epoch(try_cast(s AS BIGINT))
         WHEN regexp_full_match(s, '\d{8}') THEN try_strptime(s, '%Y%m%d')
         WHEN regexp_full_match(s, '\d{14}') THEN try_strptime(s, '%Y%m%d%H%M%S')
         WHEN regexp_matches(s, '[A-Za-z]{3}')
           THEN kith_spelt(regexp_replace(s, '\s*(?:UTC|GMT|Z|[+]0000)$', '')) END)[1]"#,
    },
    // The date as written, whatever the zone behind it.
    Macro {
        head: "kith_date(x, month_first)",
        body: r#"
  list_transform([kith_year_first(x, month_first)], lambda s:
    CASE WHEN regexp_matches(s, '^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ].*)?$')
           THEN try_cast(regexp_extract(s, '^[\d/-]+') AS DATE)
         ELSE CAST(kith_timestamp(s, month_first) AS DATE) END)[1]"#,
    },
];
