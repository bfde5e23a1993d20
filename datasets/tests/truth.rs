//! The checked-in sample: every row has its truth, every fault is where the list says, every trap
//! of the real exports is there, and nobody in it can be reached.

#[allow(dead_code)] // each test binary uses its own part of the support
mod support;

use std::collections::{BTreeMap, BTreeSet};

use kith_datasets::northpeak_dir;
use serde::Deserialize;
use support::{Table, text};

const CONTACTS: &str = "Contact.csv.gz";
const HUBSPOT: &str = "hubspot-crm-exports-all-contacts-2026-10-31.csv.gz";
const CUSTOMERS: &str = "customers_export.csv.gz";
const MEMBERS: &str = "subscribed_members_export_8f3c1a2b9d.csv.gz";
const ORDERS: &str = "orders_export_1.csv.gz";
const PAYMENTS: &str = "unified_payments.csv.gz";
const EVENTS: [&str; 2] =
    ["events_20241101_20251031.ndjson.gz", "events_20251101_20261031.ndjson.gz"];

fn read(name: &str) -> Table {
    Table::read(&northpeak_dir(), name)
}

/// What the tests need of an event.
#[derive(Deserialize)]
struct Event<'a> {
    event_params: Vec<Param<'a>>,
    user_id: Option<&'a str>,
    user_pseudo_id: &'a str,
    #[serde(default)]
    items: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Param<'a> {
    key: &'a str,
    #[serde(borrow)]
    value: Value<'a>,
}

#[derive(Deserialize)]
struct Value<'a> {
    string_value: Option<&'a str>,
}

#[derive(Deserialize)]
struct Item<'a> {
    item_id: &'a str,
}

impl Event<'_> {
    fn param(&self, key: &str) -> Option<&str> {
        self.event_params.iter().find(|param| param.key == key)?.value.string_value
    }
}

/// Calls `see` with every event; returns how many lines are not JSON.
fn each_event(mut see: impl FnMut(&Event<'_>)) -> usize {
    let mut broken = 0;
    for name in EVENTS {
        for line in text(&northpeak_dir(), name).lines() {
            match serde_json::from_str(line) {
                Ok(event) => see(&event),
                Err(_) => broken += 1,
            }
        }
    }
    broken
}

#[test]
fn every_record_has_a_person() {
    let truth = read("truth/truth_records.csv.gz");
    let known: BTreeSet<(String, String)> = truth
        .column("file")
        .zip(truth.column("record_id"))
        .map(|(file, id)| (file.to_owned(), id.to_owned()))
        .collect();
    assert_eq!(known.len(), truth.rows.len(), "ids are unique within their file");
    let ids =
        [(CONTACTS, "Id"), (HUBSPOT, "Record ID"), (CUSTOMERS, "Customer ID"), (MEMBERS, "LEID")];
    let mut rows = 0;
    for (file, column) in ids {
        let table = read(file);
        rows += table.rows.len();
        for id in table.column(column) {
            let id = id.trim_start_matches('\'').to_owned();
            assert!(known.contains(&(file.to_owned(), id)), "{file}");
        }
    }
    assert_eq!(rows, known.len());
    let people: BTreeSet<String> =
        read("truth/truth_people.csv.gz").column("person").map(str::to_owned).collect();
    assert!(truth.column("person").all(|person| people.contains(person)));
}

#[test]
fn orders_payments_customers_and_events_agree() {
    let orders = read(ORDERS);
    let owner = read("truth/truth_orders.csv.gz").map("order_name", "person");
    let names: BTreeSet<&str> = orders.column("Name").collect();
    assert!(names.len() == owner.len() && names.iter().all(|name| owner.contains_key(*name)));
    let payments = read(PAYMENTS);
    assert!(payments.column("order_name (metadata)").all(|name| owner.contains_key(name)));
    let emails: BTreeSet<String> = read(CUSTOMERS).column("Email").map(str::to_owned).collect();
    assert!(orders.column("Email").all(|email| email.is_empty() || emails.contains(email)));

    let devices = read("truth/truth_devices.csv.gz").map("user_pseudo_id", "person");
    let customers: BTreeMap<String, String> = {
        let records = read("truth/truth_records.csv.gz");
        records.map("record_id", "person")
    };
    let skus: BTreeSet<String> =
        read("products_export.csv").column("Variant SKU").map(str::to_owned).collect();
    let mut bought = 0;
    let broken = each_event(|event| {
        let person = &devices[event.user_pseudo_id];
        if let Some(user) = event.user_id {
            assert_eq!(&customers[user], person, "user_id is the customer id");
        }
        if let Some(name) = event.param("transaction_id") {
            assert_eq!(&owner[name], person);
            bought += 1;
        }
        assert!(event.items.iter().all(|item| skus.contains(item.item_id)));
    });
    assert!(bought > 10_000);
    assert_eq!(broken, 1, "one line is no JSON, as listed");
}

#[test]
fn every_planted_fault_is_where_the_list_says() {
    let faults = read("truth/faults.csv");
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &faults.rows {
        let (file, line, kind) = (row[0].as_str(), row[1].parse::<usize>().unwrap(), &*row[2]);
        let lines = lines
            .entry(file)
            .or_insert_with(|| text(&northpeak_dir(), file).lines().map(str::to_owned).collect());
        let found = &lines[line - 1];
        let holds = match kind {
            "too_many_columns" => found.ends_with(",newsletter, vip, club"),
            "invalid_email" => found.contains(" at example,"),
            "future_date" => ["206", "205"].iter().any(|year| found.contains(year)),
            "negative_quantity" => found.contains(" +0100,-") || found.contains(" +0200,-"),
            "orphan_product" => found.contains(",np-old-901,"),
            "duplicate_event" => *found == lines[line - 2],
            "invalid_json" => serde_json::from_str::<serde_json::Value>(found).is_err(),
            other => panic!("unknown kind {other}"),
        };
        assert!(holds, "{file}:{line} is not {kind}");
        *kinds.entry(kind).or_default() += 1;
    }
    let counts: Vec<(&str, usize)> =
        kinds.into_iter().filter(|k| k.0 != "duplicate_event").collect();
    assert_eq!(
        counts,
        [
            ("future_date", 6),
            ("invalid_email", 6),
            ("invalid_json", 1),
            ("negative_quantity", 3),
            ("orphan_product", 4),
            ("too_many_columns", 5)
        ]
    );
}

#[test]
fn nothing_is_wrong_that_is_not_listed() {
    for name in [CONTACTS, HUBSPOT, MEMBERS, ORDERS, PAYMENTS, "products_export.csv"] {
        let table = read(name);
        let wide = table.rows.iter().filter(|row| row.len() != table.columns.len()).count();
        assert_eq!(wide, 0, "{name}");
    }
}

#[test]
fn the_exports_have_the_traps_of_the_real_ones() {
    let contacts = text(&northpeak_dir(), CONTACTS);
    assert!(contacts.starts_with("\"Id\",\"IsDeleted\",\"MasterRecordId\""));
    assert!(read(CONTACTS).column("MailingStreet").any(|street| street.contains('\n')));
    assert!(read(CONTACTS).column("CreatedDate").all(|at| at.ends_with(".000Z")));
    assert!(read(HUBSPOT).column("Create Date").all(|at| at.len() == 16));
    let customers = read(CUSTOMERS);
    assert!(customers.column("Customer ID").all(|id| id.starts_with('\'')));
    let orders = text(&northpeak_dir(), ORDERS);
    assert!(orders.starts_with("\u{feff}Name,Email,Financial Status"));
    let orders = read(ORDERS);
    let mut last = "";
    let mut continued = 0;
    for (name, total) in orders.column("Name").zip(orders.column("Total")) {
        assert_eq!(total.is_empty(), name == last, "only the first row of an order has its total");
        continued += usize::from(name == last);
        last = name;
    }
    assert!(continued > 10_000);
    assert!(orders.column("Financial Status").any(|status| status == "voided"));
    assert!(read(PAYMENTS).column("Amount").any(|amount| amount.starts_with("1,")));
    assert!(text(&northpeak_dir(), MEMBERS).contains(",\"\"\""), "tags are quoted twice");
}

#[test]
fn nobody_in_it_can_be_reached() {
    let reserved = |email: &str| {
        let email = email.trim().to_lowercase();
        let domain = email.rsplit('@').next().unwrap_or("");
        let example = ["example.com", "example.org", "example.net"];
        example.iter().any(|d| domain == *d || domain.ends_with(&format!(".{d}")))
    };
    for (file, column) in [
        (CONTACTS, "Email"),
        (HUBSPOT, "Email"),
        (CUSTOMERS, "Email"),
        (MEMBERS, "Email Address"),
        (ORDERS, "Email"),
        (PAYMENTS, "Customer Email"),
    ] {
        let table = read(file);
        let others: BTreeSet<&str> =
            table.column(column).filter(|e| e.contains('@') && !reserved(e)).collect();
        assert!(others.is_empty() || others == BTreeSet::from(["test@test.com"]), "{file}");
    }
    let origins = read(MEMBERS);
    let ranges = ["192.0.2.", "198.51.100.", "203.0.113."];
    assert!(origins.column("OPTIN_IP").all(|ip| ranges.iter().any(|range| ip.starts_with(range))));
}

#[test]
fn the_experiment_can_be_measured_from_the_files() {
    let truth: serde_json::Value =
        serde_json::from_str(&text(&northpeak_dir(), "truth/truth_experiment.json")).unwrap();
    let people = read("truth/truth_people.csv.gz");
    let arms = people.map("person", "experiment_arm");
    let devices = read("truth/truth_devices.csv.gz").map("user_pseudo_id", "person");
    let mut exposed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    each_event(|event| {
        if let Some(variant) = event.param("variant") {
            let person = &devices[event.user_pseudo_id];
            assert_eq!(arms[person], variant, "one arm per person");
            exposed.entry(variant.to_owned()).or_default().insert(person.clone());
        }
    });
    for arm in ["control", "treatment"] {
        assert_eq!(truth["exposed"][arm], exposed[arm].len());
    }
    let rate = |arm: &str| {
        truth["converted"][arm].as_f64().unwrap() / truth["exposed"][arm].as_f64().unwrap()
    };
    let planted = truth["true_uplift"].as_f64().unwrap();
    let seen = rate("treatment") - rate("control");
    assert!(planted > 0.05 && (seen - planted).abs() < 0.06, "planted {planted}, seen {seen}");
}

#[test]
fn kinds_of_customers_differ_in_what_can_be_seen() {
    let people = read("truth/truth_people.csv.gz").map("person", "archetype");
    let owner = read("truth/truth_orders.csv.gz").map("order_name", "person");
    let orders = read(ORDERS);
    let mut discounts: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    let columns = ["Name", "Created at", "Discount Code"].map(|column| orders.at(column));
    for row in &orders.rows {
        let [name, at, code] = columns.map(|column| row[column].as_str());
        if !at.is_empty() {
            let count = discounts.entry(people[&owner[name]].as_str()).or_default();
            count.0 += f64::from(u8::from(!code.is_empty()));
            count.1 += 1.0;
        }
    }
    let share: BTreeMap<&str, f64> = discounts.iter().map(|(k, v)| (*k, v.0 / v.1)).collect();
    assert_eq!(share.len(), 6);
    assert!(share["bargain_hunter"] > 0.75 && share["climber"] < 0.1, "{share:?}");
}
