//! Numbers and money as people write them.

use super::Macro;

pub(super) const MACROS: &[Macro] = &[
    // The body of a number: separators told apart, decimal point at last. With both separators
    // the last one is the decimal; `1,000` is a thousand, `1.000` is one (exports write decimal
    // points); a separator met twice or more parts thousands.
    Macro {
        head: "kith_decimal_point(b)",
        body: r#"
  list_transform([b], lambda n:
  CASE WHEN contains(n, '.') AND contains(n, ',') THEN
         CASE WHEN regexp_matches(n, ',[^.]*$') THEN replace(replace(n, '.', ''), ',', '.')
              ELSE replace(n, ',', '') END
       WHEN contains(n, ',') THEN
         CASE WHEN regexp_full_match(n, '\d{1,3}(?:,\d{2,3})*,\d{3}') AND NOT starts_with(n, '0')
              THEN replace(n, ',', '') ELSE replace(n, ',', '.') END
       WHEN regexp_full_match(n, '\d{1,3}(?:\.\d{3}){2,}') THEN replace(n, '.', '')
       ELSE n END)[1]"#,
    },
    // A plain decimal out of 1,234.50 / 1.234,50 / 1 234,50 / 1'234.50 / EUR 12 / 12,50 € /
    // $-3 / (3.00) / 3-. Only a currency may stand beside the number: 5 kg is no money.
    Macro {
        head: "kith_numeral(x)",
        body: r#"
  list_transform([kith_trim(x)], lambda t:
    CASE WHEN regexp_full_match(t, '[+-]?\d+(?:\.\d+)?') THEN t
         WHEN regexp_full_match(t, '[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?') THEN replace(t, ',', '')
       ELSE list_transform(
         [regexp_extract(translate(t, '−–０１２３４５６７８９．，￥' || chr(160) || chr(8239) || chr(8201), '--0123456789.,¥   '),
            '^(\()?\s*([-+])?\s*(?:(?:[A-Z]{3}|[A-Z]{0,2}[$€£¥₽₺₴₹₩₪฿]|kr\.?|zł|Kč|Ft|lei|Fr\.?|SFr\.?|Rs\.?|R)\s*)?([-+])?\s*(\d[\d.,''’ ]*|[.,]\d+)(?:[A-Z]{3}|[$€£¥₽₺₴₹₩₪฿]|kr\.?|zł|Kč|Ft|lei|円|元)?(-)?(\))?$',
            ['bracket', 'before', 'inside', 'body', 'behind', 'closed'])],
         lambda g: CASE WHEN g.body <> '' AND (g.bracket = '(') = (g.closed = ')') THEN
           (CASE WHEN g.bracket = '(' OR g.before = '-' OR g.inside = '-'
                   OR (g.behind = '-' AND NOT regexp_matches(g.body, '[.,]$'))
                 THEN '-' ELSE '' END)
           || kith_decimal_point(rtrim(translate(g.body, '''’ ', ''), '.,')) END)[1] END)[1]"#,
    },
    Macro { head: "kith_money(x)", body: "try_cast(kith_numeral(x) AS DECIMAL(18,4))" },
    Macro {
        head: "kith_number(x)",
        body: "try_cast(kith_numeral(rtrim(kith_trim(x), '% ')) AS DOUBLE)",
    },
    Macro {
        head: "kith_integer(x)",
        body: r#"
  list_transform([kith_numeral(x)], lambda n:
    CASE WHEN regexp_full_match(n, '[+-]?\d+(?:\.0*)?') THEN try_cast(n AS BIGINT) END)[1]"#,
    },
];
