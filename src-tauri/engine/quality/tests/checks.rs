//! Every kind of expectation, measured on a table whose truth is known.

use kith_model::quality::{
    Check, Comparison, Expectation, Finding, Outcome, Severity, Statistic, TableId, ValueType,
};
use kith_model::{Entity, Quiet, SourceId};
use kith_quality::{At, Listed, Shapes, alone_sql, judge, plan, queries};
use kith_sql::{Pipeline, Step, TableName};
use kith_store::{Store, StoreOptions};

const AT: At<'static> = At { now: "2026-03-02T12:00:00Z", as_of: Some("2026-03-01") };

/// Five raw contacts, one of them twice, and three orders of two products.
fn store() -> Store {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let contacts = "SELECT * FROM (VALUES
        (0, 'a@x.org', '17', 'red', '01.02.2026', 'https://x.org/a', '3', '2026-02-28 10:00:00'),
        (1, 'b@x.org', '18', 'green', '31.02.2026', 'x.org', '4', '2026-03-02 09:00:00'),
        (2, 'nobody', 'x', 'blue', '2026-02-01', 'https://x/a', '9', '2024-01-01 00:00:00'),
        (3, '', NULL, 'red', '05.03.2026', '', '10', NULL),
        (4, 'a@x.org', '17', 'red', '01.02.2026', 'https://x.org/a', '3', '2026-02-28 10:00:00')
    ) AS t(_row, email, age, colour, born, site, tier, seen)";
    let orders = "SELECT * FROM (VALUES
        ('shop', 0::BIGINT, 'o1', 10.5::DECIMAL(18,4), 1.0::DECIMAL(18,4), TIMESTAMP '2026-01-01'),
        ('shop', 1::BIGINT, 'o2', 0.5::DECIMAL(18,4), 2.0::DECIMAL(18,4), TIMESTAMP '2026-03-01 23:00:00'),
        ('shop', 2::BIGINT, 'o2', NULL, 0.0::DECIMAL(18,4), TIMESTAMP '2026-03-05')
    ) AS t(source, row_id, order_id, total, tax, \"at\")";
    let lines = "SELECT * FROM (VALUES ('shop', 0::BIGINT, 'o1'), ('shop', 1::BIGINT, 'o9'),
        ('shop', 2::BIGINT, NULL)) AS t(source, row_id, order_id)";
    let mut plan = Pipeline::new("tables");
    for (schema, table, sql) in
        [("src", "crm", contacts), ("canon", "order", orders), ("canon", "order_line", lines)]
    {
        plan = plan.then(Step::table(TableName::new(schema, table), vec![], sql));
    }
    store.run(&plan, &Quiet).unwrap();
    store
}

fn crm() -> TableId {
    TableId::Source(SourceId("crm".into()))
}

fn order() -> TableId {
    TableId::Canon(Entity::Order)
}

fn shapes(store: &Store) -> Shapes {
    [crm(), order(), TableId::Canon(Entity::OrderLine)]
        .into_iter()
        .map(|table| {
            let sql = format!("SELECT * FROM {}", TableName::new(table.schema(), table.name()));
            (table, store.columns(&sql).unwrap())
        })
        .collect()
}

fn listed(table: TableId, check: Check) -> Listed {
    Listed { expectation: Expectation::new(table, Severity::Error, check), built_in: false }
}

/// Measures all expectations the way a run does.
fn measure(store: &Store, all: &[Listed]) -> Vec<Finding> {
    let shapes = shapes(store);
    let planned: Vec<_> = all.iter().map(|one| plan(one, &shapes, &AT)).collect();
    let mut findings: Vec<_> = planned.iter().map(|one| judge(one, None)).collect();
    for query in queries(&planned) {
        let frame = store.frame(&query.sql, &Quiet).unwrap();
        for (place, member) in query.members.iter().enumerate() {
            findings[*member] = judge(&planned[*member], Some((&frame, place)));
        }
    }
    findings
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|v| s(v)).collect()
}

/// Checks of rows with the rows looked at and the rows that fail.
fn row_checks() -> Vec<(TableId, Check, u64, u64)> {
    let field = |name: &str| s(name);
    let pair = |field: &str, is, other: &str| Check::Pair { field: s(field), is, other: s(other) };
    let lines = TableId::Canon(Entity::OrderLine);
    let to_order = Check::Exists { field: s("order_id"), table: order(), other: s("order_id") };
    vec![
        (crm(), Check::NotNull { field: field("email") }, 5, 1),
        (crm(), Check::NotNull { field: field("age") }, 5, 1),
        (crm(), Check::Type { field: field("age"), of: ValueType::Integer }, 4, 1),
        (crm(), Check::Type { field: field("tier"), of: ValueType::Number }, 5, 0),
        (crm(), Check::Type { field: field("seen"), of: ValueType::Timestamp }, 4, 0),
        (crm(), Check::Type { field: field("born"), of: ValueType::Date }, 5, 4),
        (crm(), Check::Unique { fields: texts(&["email"]) }, 4, 2),
        (crm(), Check::Unique { fields: texts(&["colour", "tier"]) }, 5, 2),
        (crm(), Check::InSet { field: field("colour"), values: texts(&["red", "green"]) }, 5, 1),
        (order(), Check::InSet { field: field("total"), values: texts(&["10.50"]) }, 2, 1),
        (crm(), Check::NotInSet { field: field("colour"), values: texts(&["blue"]) }, 5, 1),
        (crm(), Check::Between { field: field("age"), min: Some(18.0), max: Some(99.0) }, 4, 3),
        (order(), Check::Between { field: field("total"), min: Some(1.0), max: None }, 2, 1),
        (
            crm(),
            Check::DateBetween {
                field: field("seen"),
                from: Some(s("2025-01-01")),
                to: Some(s("2026-03-02")),
            },
            4,
            1,
        ),
        (crm(), Check::Length { field: field("colour"), min: Some(3), max: Some(4) }, 5, 1),
        (crm(), Check::Matches { field: field("colour"), pattern: s("[a-z]{3,4}") }, 5, 1),
        (crm(), Check::DateFormat { field: field("born"), format: s("%d.%m.%Y") }, 5, 2),
        (crm(), Check::Email { field: field("email") }, 4, 1),
        (crm(), Check::Url { field: field("site") }, 4, 2),
        (order(), pair("total", Comparison::Ge, "tax"), 2, 1),
        (crm(), pair("tier", Comparison::Gt, "age"), 4, 4),
        (crm(), pair("email", Comparison::Eq, "email"), 4, 0),
        (order(), Check::NotFuture { field: field("at") }, 3, 1),
        (lines, to_order, 2, 1),
        (crm(), Check::NoDuplicates, 5, 1),
        (order(), Check::Holds { condition: s("total >= tax") }, 3, 1),
        (order(), Check::NoRows { query: s("SELECT * FROM canon.order WHERE tax = 0;") }, 3, 1),
    ]
}

#[test]
fn checks_of_rows_find_the_rows_that_fail() {
    let store = store();
    let checks = row_checks();
    let all: Vec<_> = checks.iter().map(|(t, c, ..)| listed(t.clone(), c.clone())).collect();
    for (finding, (_, check, rows, failing)) in measure(&store, &all).iter().zip(&checks) {
        assert_eq!((finding.rows, finding.failing), (*rows, *failing), "{check:?} {finding:?}");
        let outcome = if *failing == 0 { Outcome::Holds } else { Outcome::Fails };
        assert_eq!(finding.outcome, outcome, "{check:?}");
        // The failing rows are one click away, and they are as many as were counted.
        let listed = format!("SELECT count(*) AS n FROM (\n{}\n)", finding.sql);
        let found = store.value_i64(&listed).unwrap().unsigned_abs();
        assert_eq!(found, *failing, "{check:?}: {}", finding.sql);
    }
}

/// Checks of whole tables with what they find and whether they hold.
fn table_checks() -> Vec<(TableId, Check, bool, &'static str)> {
    let statistic = |field: &str, statistic, min, max| Check::Statistic {
        field: s(field),
        statistic,
        q: Some(0.25),
        min,
        max,
    };
    let columns = ["email", "age", "colour", "born", "site", "tier", "seen"];
    let swapped = ["age", "email", "colour", "born", "site", "tier", "seen"];
    let ratio = |min| Check::UniqueRatio { field: s("colour"), min: Some(min), max: None };
    let fresh = |hours| Check::Fresh { field: s("seen"), within_hours: hours };
    vec![
        (crm(), Check::RowCount { min: Some(5), max: Some(5) }, true, "5"),
        (crm(), Check::RowCount { min: None, max: Some(4) }, false, "5"),
        (crm(), Check::RowCountEquals { other: order() }, false, "5 against 3"),
        (crm(), Check::RowCountEquals { other: crm() }, true, "5 against 5"),
        (crm(), Check::ColumnOrder { columns: texts(&columns) }, true, ""),
        (crm(), Check::ColumnOrder { columns: texts(&swapped) }, false, ""),
        (crm(), Check::ColumnSet { columns: texts(&swapped) }, true, "as expected"),
        (
            crm(),
            Check::ColumnSet { columns: texts(&["email", "phone"]) },
            false,
            "missing: phone; unexpected: age, colour, born, site, tier, seen",
        ),
        (crm(), Check::ColumnExists { field: s("tier") }, true, "it is there"),
        (crm(), Check::ColumnExists { field: s("phone") }, false, "it is missing"),
        (crm(), Check::Completeness { field: s("email"), at_least: 0.8 }, true, "80 %"),
        (crm(), Check::Completeness { field: s("email"), at_least: 0.81 }, false, "80 %"),
        (crm(), ratio(0.6), true, "60 %"),
        (crm(), ratio(0.7), false, "60 %"),
        (crm(), statistic("tier", Statistic::Min, Some(3.0), None), true, "3"),
        (crm(), statistic("tier", Statistic::Max, None, Some(9.0)), false, "10"),
        (crm(), statistic("tier", Statistic::Mean, Some(5.8), Some(5.8)), true, "5.8"),
        (crm(), statistic("tier", Statistic::Median, Some(4.0), Some(4.0)), true, "4"),
        (crm(), statistic("tier", Statistic::Quantile, Some(3.1), None), false, "3"),
        // Squares of the deviations 2.8, 1.8, 3.2, 4.2, 2.8 sum to 46.8: by 4 it is 11.7.
        (crm(), statistic("tier", Statistic::Stdev, Some(3.42), Some(3.43)), true, "3.42"),
        (crm(), statistic("tier", Statistic::Sum, Some(29.0), Some(29.0)), true, "29"),
        (crm(), fresh(3.0), true, "2026-03-02 09:00:00, 3 hours old"),
        (crm(), fresh(2.9), false, "2026-03-02 09:00:00, 3 hours old"),
    ]
}

#[test]
fn checks_of_tables_say_what_they_found() {
    let store = store();
    let checks = table_checks();
    let all: Vec<_> = checks.iter().map(|(t, c, ..)| listed(t.clone(), c.clone())).collect();
    for (finding, (_, check, holds, observed)) in measure(&store, &all).iter().zip(&checks) {
        let outcome = if *holds { Outcome::Holds } else { Outcome::Fails };
        assert_eq!(finding.outcome, outcome, "{check:?} {finding:?}");
        if !observed.is_empty() {
            assert_eq!(finding.observed.as_deref(), Some(*observed), "{check:?}");
        }
    }
}

#[test]
fn what_cannot_be_measured_says_why_and_spoils_nothing_else() {
    let store = store();
    let checks = [
        Check::NotNull { field: s("phone") },
        Check::Statistic {
            field: s("seen"),
            statistic: Statistic::Mean,
            q: None,
            min: Some(1.0),
            max: None,
        },
        Check::Holds { condition: s("1); DROP TABLE x; --") },
        Check::NotNull { field: s("email") },
    ];
    let mut all: Vec<_> = checks.map(|check| listed(crm(), check)).into();
    let gone = TableId::Source(SourceId("gone".into()));
    all.push(listed(gone, Check::NotNull { field: s("x") }));
    let findings = measure(&store, &all);
    for at in [0, 1, 2, 4] {
        assert_eq!(findings[at].outcome, Outcome::Unchecked, "{:?}", findings[at]);
        assert!(findings[at].problem.is_some() || at == 1, "{:?}", findings[at]);
    }
    assert_eq!(findings[3].outcome, Outcome::Fails);
}

#[test]
fn a_tolerance_lets_that_share_of_rows_fail() {
    let store = store();
    let mut one = listed(crm(), Check::NotNull { field: s("email") });
    one.expectation.tolerance = 0.2;
    assert_eq!(measure(&store, &[one.clone()])[0].outcome, Outcome::Holds);
    one.expectation.tolerance = 0.19;
    assert_eq!(measure(&store, &[one])[0].outcome, Outcome::Fails);
}

#[test]
fn one_scan_a_table_and_each_query_as_text() {
    let store = store();
    let shapes = shapes(&store);
    let all: Vec<_> = row_checks()
        .into_iter()
        .map(|(t, c, ..)| (t, c))
        .chain(table_checks().into_iter().map(|(t, c, ..)| (t, c)))
        .map(|(table, check)| plan(&listed(table, check), &shapes, &AT))
        .collect();
    let queries = queries(&all);
    let scans = queries.iter().filter(|q| q.members.len() > 1).count();
    assert_eq!(scans, 2, "one for the contacts, one for the orders");
    let mut script = String::new();
    for query in &queries {
        script.push_str(&format!("-- {:?}\n{};\n\n", query.members, query.sql));
    }
    for one in all.iter().filter(|one| !one.failing.is_empty()) {
        script.push_str(&format!("-- {}\n{};\n\n", one.title, one.failing));
    }
    insta::assert_snapshot!(script);
    let alone = alone_sql(&all, 0).unwrap();
    assert!(store.frame(&alone.sql, &Quiet).is_ok());
}
