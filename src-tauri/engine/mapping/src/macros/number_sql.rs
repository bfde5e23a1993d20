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
    // The currency beside an amount, or alone: its ISO 4217 code, or a sign. What several
    // countries write alike is not told apart, but for $ and ¥, which mean the largest.
    Macro {
        head: "kith_currency(x)",
        body: r#"
  list_transform([upper(translate(kith_trim(x), '￥' || chr(160) || chr(8239) || chr(8201), '¥   '))], lambda t:
    list_transform([trim(regexp_replace(t, '[-+−–]?\(?[\d０-９][\d０-９.,''’ ]*\)?-?', ' '), ' ()+-−–')], lambda s:
      CASE WHEN regexp_full_match(s,
           'AED|AFN|ALL|AMD|ANG|AOA|ARS|AUD|AWG|AZN|BAM|BBD|BDT|BGN|BHD|BIF|BMD|BND|BOB|BRL|BSD' ||
           '|BTN|BWP|BYN|BZD|CAD|CDF|CHF|CLP|CNY|COP|CRC|CUP|CVE|CZK|DJF|DKK|DOP|DZD|EGP|ERN|ETB' ||
           '|EUR|FJD|FKP|GBP|GEL|GHS|GIP|GMD|GNF|GTQ|GYD|HKD|HNL|HRK|HTG|HUF|IDR|ILS|INR|IQD|IRR' ||
           '|ISK|JMD|JOD|JPY|KES|KGS|KHR|KMF|KPW|KRW|KWD|KYD|KZT|LAK|LBP|LKR|LRD|LSL|LYD|MAD|MDL' ||
           '|MGA|MKD|MMK|MNT|MOP|MRU|MUR|MVR|MWK|MXN|MYR|MZN|NAD|NGN|NIO|NOK|NPR|NZD|OMR|PAB|PEN' ||
           '|PGK|PHP|PKR|PLN|PYG|QAR|RON|RSD|RUB|RWF|SAR|SBD|SCR|SDG|SEK|SGD|SHP|SLE|SOS|SRD|SSP' ||
           '|STN|SVC|SYP|SZL|THB|TJS|TMT|TND|TOP|TRY|TTD|TWD|TZS|UAH|UGX|USD|UYU|UZS|VES|VND|VUV' ||
           '|WST|XAF|XCD|XOF|XPF|YER|ZAR|ZMW|ZWL') THEN s
           ELSE map {'€': 'EUR', '$': 'USD', 'US$': 'USD', 'A$': 'AUD', 'AU$': 'AUD', 'C$': 'CAD',
             'CA$': 'CAD', 'NZ$': 'NZD', 'HK$': 'HKD', 'S$': 'SGD', 'R$': 'BRL', 'MX$': 'MXN',
             '£': 'GBP', '¥': 'JPY', 'JP¥': 'JPY', 'CN¥': 'CNY', '円': 'JPY', '元': 'CNY',
             '₽': 'RUB', '₺': 'TRY', '₴': 'UAH', '₹': 'INR', 'RS': 'INR', 'RS.': 'INR',
             '₩': 'KRW', '₪': 'ILS', '฿': 'THB', 'ZŁ': 'PLN', 'KČ': 'CZK', 'FT': 'HUF',
             'LEI': 'RON', 'FR': 'CHF', 'FR.': 'CHF', 'SFR': 'CHF', 'SFR.': 'CHF'}[s] END)[1])[1]"#,
    },
    Macro { head: "kith_money(x)", body: "try_cast(kith_numeral(x) AS DECIMAL(18,4))" },
    Macro {
        head: "kith_number(x)",
        body: "try_cast(kith_numeral(rtrim(kith_trim(x), '% ')) AS DOUBLE)",
    },
    // Degrees on the map: no thousands, so a comma is the decimal point; none beyond the pole.
    Macro {
        head: "kith_degrees(x, most)",
        body: r#"
  list_transform([kith_number(replace(x, ',', '.'))], lambda d:
    CASE WHEN abs(d) <= most THEN d END)[1]"#,
    },
    Macro {
        head: "kith_integer(x)",
        body: r#"
  list_transform([kith_numeral(x)], lambda n:
    CASE WHEN regexp_full_match(n, '[+-]?\d+(?:\.0*)?') THEN try_cast(n AS BIGINT) END)[1]"#,
    },
];
