//! Numbers and money as people write them.

use super::Macro;

pub(super) const MACROS: &[Macro] = &[
    // The body of a number: separators told apart, decimal point at last. With both separators
    // the last one is the decimal; `1,000` is a thousand, `1.000` is one (exports write decimal
    // points); a separator met twice or more parts thousands.
    Macro {
        head: "kith_decimal_point(b)",
        body: r#"
  CASE WHEN contains(b, '.') AND contains(b, ',') THEN
         CASE WHEN regexp_matches(b, ',[^.]*$') THEN replace(replace(b, '.', ''), ',', '.')
              ELSE replace(b, ',', '') END
       WHEN contains(b, ',') THEN
         CASE WHEN regexp_full_match(b, '\d{1,3}(?:,\d{2,3})*,\d{3}') AND NOT starts_with(b, '0')
              THEN replace(b, ',', '') ELSE replace(b, ',', '.') END
       WHEN regexp_full_match(b, '\d{1,3}(?:\.\d{3}){2,}') THEN replace(b, '.', '')
       ELSE b END"#,
    },
    // A plain decimal out of 1,234.50 / 1.234,50 / 1 234,50 / 1'234.50 / EUR 12 / 12,50 € /
    // $-3 / (3.00) / 3-.
    Macro {
        head: "kith_numeral(x)",
        body: r#"
  CASE WHEN regexp_full_match(kith_trim(x), '[+-]?\d+(?:\.\d+)?') THEN kith_trim(x)
       ELSE list_transform(
         [regexp_extract(translate(kith_trim(x), '−–０１２３４５６７８９．，￥', '--0123456789.,¥'),
            '^(\()?[\s\p{Z}]*([-+])?[\s\p{Z}]*(?:\p{L}{0,3}\.?\p{Sc}?|\p{Sc}\p{L}{0,3})[\s\p{Z}]*([-+])?[\s\p{Z}]*(\d[\d.,''’\s\p{Z}]*?|[.,]\d+)[\s\p{Z}]*(?:\p{Sc}|\p{L}{1,3}\.?|円)?[\s\p{Z}]*(-)?(\))?$',
            ['bracket', 'before', 'inside', 'body', 'behind', 'closed'])],
         lambda g: CASE WHEN g.body <> '' AND (g.bracket = '(') = (g.closed = ')') THEN
           (CASE WHEN g.bracket = '(' OR g.before = '-' OR g.inside = '-' OR g.behind = '-'
                 THEN '-' ELSE '' END)
           || kith_decimal_point(regexp_replace(g.body, '[''’\s\p{Z}]', '', 'g')) END)[1] END"#,
    },
    Macro { head: "kith_money(x)", body: "try_cast(kith_numeral(x) AS DECIMAL(18,4))" },
    Macro {
        head: "kith_number(x)",
        body: "try_cast(kith_numeral(rtrim(kith_trim(x), '% ')) AS DOUBLE)",
    },
    Macro {
        head: "kith_integer(x)",
        body: r#"
  CASE WHEN regexp_full_match(kith_numeral(x), '[+-]?\d+(?:\.0*)?')
       THEN try_cast(kith_numeral(x) AS BIGINT) END"#,
    },
];
