//! Every macro on the values it is for, in the database itself.

use kith_mapping::plan;
use kith_model::{Column, Quiet};
use kith_sql::text;
use kith_store::{Store, StoreOptions};
use std::sync::LazyLock;

static STORE: LazyLock<Store> = LazyLock::new(|| {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    store.run(&plan(&[]).unwrap(), &Quiet).unwrap();
    store
});

/// Checks `expression` over `x` and `y`: each line is `x | y | result`, `x | result`, where a
/// result of nothing is NULL.
fn check(expression: &str, cases: &str) {
    let rows: Vec<Vec<&str>> = cases
        .lines()
        .filter(|l| !l.trim().is_empty())
        .map(|l| l.split('|').map(str::trim).collect())
        .collect();
    let literal = |v: &str| if v.is_empty() { "NULL".to_owned() } else { text(v) };
    let values: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(at, r)| {
            let y = if r.len() > 2 { literal(r[1]) } else { "NULL".to_owned() };
            format!("({at}, {}, {y})", literal(r[0]))
        })
        .collect();
    let select = format!(
        "SELECT CAST({expression} AS VARCHAR) AS result FROM (VALUES {}) AS t(n, x, y) ORDER BY n",
        values.join(", ")
    );
    let frame = STORE.frame(&select, &Quiet).unwrap();
    let Some(Column::Text(results)) = frame.column("result") else { panic!("no result") };
    for (row, result) in rows.iter().zip(results) {
        let expected = row[row.len() - 1];
        assert_eq!(result.unwrap_or(""), expected, "{expression} of {row:?}");
    }
}

#[test]
fn texts_lose_blanks_and_placeholders() {
    check(
        "kith_present(x)",
        "N/A | \n'n/a | \n- | \nunknown | \n(not set) | \nNote | Note\n不明 | ",
    );
    check("kith_present(chr(160) || x || chr(12288))", "hi | hi");
    check("kith_name(x)", "Ada   Lovelace | Ada Lovelace\ntest | \nNull | Null\nNULL | \n李 | 李");
    check("kith_first_word(x)", "Ada Byron King | Ada\nAda | Ada");
    check("kith_last_words(x)", "Ada Byron King | Byron King\nAda | ");
    check("kith_plain_text(x)", "<p>Hi&amp; <b>you</b></p> | Hi& you");
}

#[test]
fn identifiers_lose_their_guards() {
    check("kith_id(x)", "'9013808660771 | 9013808660771\n=\"00123\" | 00123\n' | \n'05413 | 05413");
}

#[test]
fn addresses_are_one_lower_case_address_or_nothing() {
    check(
        "kith_email(x)",
        "ADA@Example.ORG | ada@example.org
         Ada <ada@example.org> | ada@example.org
         mailto:a.b@x.co.uk | a.b@x.co.uk
         müller@exämple.de | müller@exämple.de
         x@y.de, | x@y.de
         a@b |
         test@test.com |
         noemail@shop.com |
         a..b@x.de |
         plain |
         a b@x.de |
         a@x.de;b@x.de |
         a@-x.de |",
    );
    check("kith_present_email(x)", "n/a | \ntest@test.com | \nada at example | ada at example");
}

#[test]
fn numbers_are_dialled_from_their_country() {
    check(
        "kith_phone(x, y)",
        "+49 (0)30 23125 125 | DE | +493023125125
         030 23125 067 | DE | +493023125067
         (0)30 23125125 | DE | +493023125125
         4917112345678 | DE | +4917112345678
         +4901711234567 | DE | +491711234567
         0048 490000238 | PL | +48490000238
         212-555-0100 | US | +12125550100
         1-312-555-0189 | US | +13125550189
         212.555.0100 ext. 12 | US | +12125550100
         011 49 30 23125125 | US | +493023125125
         020 7946 0090 | GB | +442079460090
         3000000167 | IT | +393000000167
         06 1234 5678 | IT | +390612345678
         692-000-0607 | GR | +306920000607
         06 12 34 56 78 | FR | +33612345678
         31612345678 | NL | +31612345678
         8 912 345-67-89 | RU | +79123456789
         06 20 123 4567 | HU | +36201234567
         ０３-５６７８-９０１２ | JP | +81356789012
         '+12125550100 | | +12125550100
         07700 900020 | | 07700900020
         555-1234 | US | 5551234
         0000000000 | DE |
         123456789 | DE |
         call me | DE |
         4.91511E+11 | DE |
         +49 171 | DE |",
    );
}

#[test]
fn countries_are_known_in_several_languages() {
    check(
        "kith_country(x)",
        "Deutschland | DE\nU.S.A. | US\nÖSTERREICH | AT\nOsterreich | AT\n日本 | JP\nDEU | DE
         Ελλάδα | GR\nУкраїна | UA\nThe  Netherlands | NL\nESPAÑA | ES\nAtlantis |",
    );
}

#[test]
fn moments_are_utc() {
    check(
        "kith_timestamp(x, CAST(y AS BOOLEAN))",
        "2026-05-01 10:00:00 +0200 | 2026-05-01 08:00:00
         2026-05-01T10:00:00-05:30 | 2026-05-01 15:30:00
         2026-05-01 10:00:00+02 | 2026-05-01 08:00:00
         2024-03-12 09:14 | 2024-03-12 09:14:00
         2006-04-15T03:23:15.000Z | 2006-04-15 03:23:15
         2026-05-01 10:00:00 UTC | 2026-05-01 10:00:00
         1731350592000000 | 2024-11-11 18:43:12
         1731350592000 | 2024-11-11 18:43:12
         1731350592 | 2024-11-11 18:43:12
         20260501 | 2026-05-01 00:00:00
         31.12.2024 10:11 | 2024-12-31 10:11:00
         25-12-2023 09:30 | 2023-12-25 09:30:00
         12/31/2024 3:04 PM | 2024-12-31 15:04:00
         03/04/2024 | |
         03/04/2024 | true | 2024-03-04 00:00:00
         03/04/2024 | false | 2024-04-03 00:00:00
         13/12/2024 | true | 2024-12-13 00:00:00
         03/03/2024 | 2024-03-03 00:00:00
         12 Mar 2024 10:11 | 2024-03-12 10:11:00
         Tue, 12 Mar 2024 10:11:12 GMT | 2024-03-12 10:11:12
         2024年3月12日 | 2024-03-12 00:00:00
         2024-02-30 10:00:00 |
         12-03-20 |
         yesterday |",
    );
}

#[test]
fn dates_stay_what_was_written() {
    check(
        "kith_date(x, CAST(y AS BOOLEAN))",
        "1990-05-03T00:00:00+02:00 | 1990-05-03
         03.04.1990 | 1990-04-03
         04/03/1990 |
         04/03/1990 | true | 1990-04-03
         19900503 | 1990-05-03
         3 May 1990 | 1990-05-03
         1990-02-30 |
         1990-05 |",
    );
}

#[test]
fn a_column_tells_its_order_of_day_and_month() {
    let of = |values: &str| {
        let select = format!(
            "SELECT coalesce(CAST(kith_month_first(x) AS VARCHAR), '?') AS r FROM (VALUES {values}) AS t(x)"
        );
        let frame = STORE.frame(&select, &Quiet).unwrap();
        frame.column("r").and_then(Column::text).unwrap().first().map(str::to_owned).unwrap()
    };
    assert_eq!(of("('13/01/2024'), ('01/02/2024')"), "false");
    assert_eq!(of("('1/1/2024'), ('01/22/2024')"), "true");
    assert_eq!(of("('1/1/2024'), ('x')"), "?");
    assert_eq!(of("('13/1/2024'), ('1/22/2024')"), "?");
}

#[test]
fn money_is_read_however_it_is_written() {
    check(
        "kith_money(x)",
        "1,234.56 | 1234.5600\n1.234,56 | 1234.5600\n€ 12,50 | 12.5000\n$1,000 | 1000.0000
         1 234,50 | 1234.5000\n1'234.50 | 1234.5000\n(12.00) | -12.0000\n12.5- | -12.5000
         $-3.1 | -3.1000\n12,50 € | 12.5000\n1,00,000.50 | 100000.5000\n1.234.567 | 1234567.0000
         0,125 | 0.1250\n1.000 | 1.0000\n1000円 | 1000.0000\n100,- | 100.0000\n.5 | 0.5000
         5 kg | \n(12 | \n1e3 | \n1.2.3 | \n99999999999999999999 |",
    );
    check("kith_integer(x)", "3.0 | 3\n1,000 | 1000\n3.5 | ");
    check("kith_number(x)", "12% | 12.0\n1.234,5 | 1234.5");
    check("kith_degrees(x, 90)", "52,520 | 52.52\n-33.8688 | -33.8688\n90.1 | \nnorth |");
}

#[test]
fn yes_and_no_in_several_words() {
    check(
        "kith_bool(x)",
        "yes | true\nNein | false\nSubscribed | true\nunsubscribed | false\nTRUE | true\nmaybe |",
    );
}

#[test]
fn parts_of_addresses_and_channels() {
    check(
        "kith_address(x).street",
        "Via Trento 61 / 24 40142 Bologna | Via Trento 61 / 24\na street | a street",
    );
    check("kith_address(x).postcode", "184 Manor Road BS6 2BD Bristol | BS6 2BD\na street |");
    check(
        "kith_channel(x, y)",
        "google | cpc | paid_search\ngoogle | organic | organic_search\n(direct) | (none) | direct
         instagram | social | social\nx.example | referral | referral\nnews | email | email\nx | odd | other",
    );
}

#[test]
fn nested_columns_of_any_shape_are_read() {
    let params =
        "[{'key': 'a', 'value': {'int_value': 7}}, {'key': 'b', 'value': {'int_value': 8}}]";
    let select = format!(
        "SELECT kith_param({params}, 'b') AS b, kith_param({params}, 'c') AS c,
           kith_param(CAST(NULL AS VARCHAR), 'c') AS d, kith_json([{{'item_id': 'x'}}], '$[0].item_id') AS e"
    );
    let frame = STORE.frame(&select, &Quiet).unwrap();
    let at =
        |name: &str| frame.column(name).and_then(Column::text).unwrap().first().map(str::to_owned);
    assert_eq!(
        (at("b").as_deref(), at("c"), at("d"), at("e").as_deref()),
        (Some("8"), None, None, Some("x"))
    );
}

#[test]
fn the_currency_stands_beside_the_amount() {
    check(
        "kith_currency(x)",
        "12,50 € | EUR\n$-3 | USD\nUS$ 1,025.00 | USD\nCHF 12.50 | CHF\n1 234,50 zł | PLN\n\
         £3 | GBP\n(3.00) EUR | EUR\n￥1,200 | JPY\n1200円 | JPY\nnok 99 | NOK\neur | EUR\n\
         kr 12 | \n12.50 | \n5 kg | \n | ",
    );
}
