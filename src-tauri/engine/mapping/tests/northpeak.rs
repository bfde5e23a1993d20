//! The sample shop's exports end to end: recognised, mapped, counted, judged.

use kith_mapping::{MappedSource, count_sql, plan, read_counts, recognise};
use kith_model::mapping::MappedCount;
use kith_model::{Entity, Quiet, SourceId};
use kith_sql::{Pipeline, Step, TableName, text};
use kith_store::{Store, StoreOptions};
use std::path::PathBuf;
use std::sync::LazyLock;

struct Sample {
    store: Store,
    counts: Vec<MappedCount>,
    sources: Vec<MappedSource>,
    files: Vec<serde_json::Value>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../datasets/northpeak")
}

fn load(store: &Store, id: &str, name: &str) -> MappedSource {
    let path = text(folder().join(name).to_str().unwrap());
    let read = if name.contains(".ndjson") {
        // A line that is no JSON comes as a row of nothing.
        format!("read_ndjson({path}, ignore_errors = true) WHERE user_pseudo_id IS NOT NULL")
    } else {
        format!("read_csv({path}, all_varchar = true, ignore_errors = true)")
    };
    let table = TableName::new("src", id);
    let select = format!("SELECT row_number() OVER () - 1 AS _row, * FROM {read}");
    let pipeline = Pipeline::new("load").then(Step::table(table.clone(), vec![], select));
    store.run(&pipeline, &Quiet).unwrap();
    let columns = store.columns(&format!("SELECT * FROM {table}")).unwrap();
    let found = recognise(name, &columns).unwrap_or_else(|| panic!("{name} is not recognised"));
    let mapping = found.preset.mapping();
    MappedSource { id: SourceId(id.to_owned()), columns, mapping }
}

static SAMPLE: LazyLock<Sample> = LazyLock::new(|| {
    let store = Store::in_memory(&StoreOptions::default()).unwrap();
    let manifest = std::fs::read_to_string(folder().join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let mut sources = Vec::new();
    let files = manifest["files"].as_array().unwrap().clone();
    for (at, file) in files.iter().enumerate() {
        let (name, preset) = (file["name"].as_str().unwrap(), file["preset"].as_str().unwrap());
        let source = load(&store, &format!("{preset}_{at}"), name);
        let found = recognise(name, &source.columns).unwrap();
        assert_eq!(found.preset.id, preset, "{name}: {}", found.evidence.reason);
        sources.push(source);
    }
    store.run(&plan(&sources).unwrap(), &Quiet).unwrap();
    let counts = read_counts(&store.frame(&count_sql(&sources), &Quiet).unwrap()).unwrap();
    Sample { store, counts, sources, files }
});

fn number(select: &str) -> i64 {
    SAMPLE.store.value_i64(select).unwrap()
}

fn count(what: &str) -> i64 {
    number(&format!("SELECT count(*) FROM {what}"))
}

/// Rows of a preset's files that are not rejected.
fn rows(preset: &str) -> i64 {
    let files = SAMPLE.files.iter().filter(|f| f["preset"] == preset);
    files.map(|f| f["rows"].as_i64().unwrap() - f["rejects"].as_i64().unwrap()).sum()
}

/// Planted faults of a kind.
fn planted(kind: &str) -> i64 {
    let faults = std::fs::read_to_string(folder().join("truth/faults.csv")).unwrap();
    let count = faults.lines().filter(|l| l.split(',').nth(2) == Some(kind)).count();
    i64::try_from(count).unwrap()
}

#[test]
fn every_row_arrives_where_it_belongs() {
    let contacts =
        ["salesforce_contact", "hubspot_contacts", "shopify_customers", "mailchimp_audience"];
    assert_eq!(count("canon.profile"), contacts.iter().map(|p| rows(p)).sum::<i64>());
    assert_eq!(count("canon.order_line"), rows("shopify_orders"));
    let heads = count("(SELECT DISTINCT order_id FROM canon.order_line)");
    assert_eq!(count("canon.\"order\""), heads);
    assert_eq!(count("canon.product"), rows("shopify_products"));
    assert_eq!(count("canon.payment"), rows("stripe_payments"));
    assert_eq!(count("canon.consent"), rows("mailchimp_audience"));
    let twice = planted("duplicate_event");
    assert!(twice > 0);
    assert_eq!(count("canon.event"), rows("ga4_events") - twice);
    assert!(count("canon.exposure") > 5_000);
}

#[test]
fn counted_rows_are_those_of_the_tables() {
    for entity in Entity::ALL {
        let counted: u64 =
            SAMPLE.counts.iter().filter(|c| c.entity == entity).map(|c| c.rows).sum();
        assert_eq!(i64::try_from(counted).unwrap(), count(&format!("canon.\"{}\"", entity.key())));
    }
}

#[test]
fn only_the_planted_faults_cannot_be_converted() {
    for count in &SAMPLE.counts {
        for (field, n) in &count.failures {
            let small = field.starts_with("email") && *n <= 30;
            assert!(small, "{} {:?} {field}: {n}", count.source, count.entity);
        }
    }
}

#[test]
fn required_fields_are_there() {
    for entity in Entity::ALL {
        for spec in entity.fields().iter().filter(|f| f.required) {
            let missing =
                count(&format!("canon.\"{}\" WHERE \"{}\" IS NULL", entity.key(), spec.name));
            let share = missing as f64 / count(&format!("canon.\"{}\"", entity.key())) as f64;
            assert!(share < 0.001, "{}.{}: {missing} missing", entity.key(), spec.name);
        }
    }
}

#[test]
fn what_a_preset_links_is_filled() {
    for (entity, fields) in [
        (
            Entity::Profile,
            "email phone given_name family_name birth_date street city postcode region country language created_at updated_at email_opt_in user_id",
        ),
        (
            Entity::Event,
            "event_id user_id session_id page product_id search_terms dwell_ms channel utm_source device country",
        ),
        (
            Entity::Order,
            "customer_email customer_phone status currency subtotal discount discount_code tax shipping refunded",
        ),
        (Entity::OrderLine, "title discount"),
        (Entity::Product, "description category brand tags price"),
        (Entity::Payment, "order_id customer_email refunded currency status"),
        (Entity::Consent, "at evidence"),
    ] {
        for field in fields.split(' ') {
            let filled =
                count(&format!("canon.\"{}\" WHERE \"{field}\" IS NOT NULL", entity.key()));
            assert!(filled > 0, "{}.{field} is empty", entity.key());
        }
    }
}

#[test]
fn keys_meet_across_sources() {
    let orphans = count("canon.order_line l ANTI JOIN canon.product p USING (product_id)");
    assert_eq!(orphans, planted("orphan_product"));
    assert_eq!(count("canon.payment p ANTI JOIN canon.\"order\" o USING (order_id)"), 0);
    let strangers = count(
        "(SELECT DISTINCT user_id FROM canon.event WHERE user_id IS NOT NULL) e ANTI JOIN canon.profile p USING (user_id)",
    );
    assert!(strangers <= 5, "{strangers} logins without a customer");
    assert_eq!(count("canon.exposure x ANTI JOIN canon.event e ON e.anonymous_id = x.subject"), 0);
    assert_eq!(number("SELECT count(DISTINCT variant) FROM canon.exposure"), 2);
}

#[test]
fn values_have_their_written_form() {
    let abroad = count(
        "canon.profile WHERE phone IS NOT NULL AND country IS NOT NULL AND NOT starts_with(phone, '+')",
    );
    assert_eq!(abroad, 0);
    assert_eq!(count("canon.profile WHERE country IS NOT NULL AND length(country) <> 2"), 0);
    assert_eq!(count("canon.profile WHERE email <> lower(email)"), 0);
    assert_eq!(count("canon.product WHERE contains(description, '<')"), 0);
    let channels = number("SELECT count(DISTINCT channel) FROM canon.event");
    assert_eq!(channels, 5);
}

#[test]
fn records_are_numbered_in_order_of_source_and_row() {
    let misnumbered = count(
        "(SELECT record_id, row_number() OVER (ORDER BY source, row_id) - 1 AS n FROM canon.profile) WHERE record_id <> n",
    );
    assert_eq!(misnumbered, 0);
}

#[test]
fn a_mapping_for_the_file_gives_the_same_rows() {
    let mut sources = SAMPLE.sources.clone();
    for source in &mut sources {
        let preset = recognise("x", &source.columns).unwrap().preset;
        source.mapping = preset.mapping_for(&source.columns);
    }
    let (whole, fitted) = (count_sql(&SAMPLE.sources), count_sql(&sources));
    let read = |sql: &str| read_counts(&SAMPLE.store.frame(sql, &Quiet).unwrap()).unwrap();
    assert_eq!(read(&whole), read(&fitted));
}
