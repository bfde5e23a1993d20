//! Files, columns, mappings, quality.

use super::Dice;
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::ipc::writer::StreamWriter;
use kith_api::{RowsAsk, RowsPage, TableRef};
use kith_model::canonical::Entity;
use kith_model::document::Document;
use kith_model::mapping::{
    EntityMapping, Link, LinkPreview, MappedCount, Mapping, MappingSummary, Origin, PresetInfo,
    PreviewRow, Transform,
};
use kith_model::repair::RowCheck;
use kith_model::source::{
    ColumnInfo, ColumnProfile, Evidence, FileFormat, Inspection, Part, ReadOptions, Source,
    SourceSummary, SourcesSummary,
};
use kith_model::{FileRef, SourceId};
use std::sync::Arc;

/// File, preset, rows in, rejected, bytes.
const FILES: [(&str, &str, u64, u64, u64); 8] = [
    ("ga4_events.ndjson.gz", "ga4_bigquery", 200_014, 14, 6_120_331),
    ("hubspot_contacts.csv", "hubspot_contacts", 3_204, 3, 702_118),
    ("mailchimp_audience.csv", "mailchimp_audience", 2_610, 0, 390_400),
    ("salesforce_contacts.csv", "salesforce_contacts", 2_326, 6, 511_902),
    ("shopify_customers.csv", "shopify_customers", 3_120, 0, 488_031),
    ("shopify_orders.csv.gz", "shopify_orders", 19_308, 2, 1_904_551),
    ("shopify_products.csv", "shopify_products", 400, 0, 214_090),
    ("loyalty export (old).csv", "", 420, 0, 20_114),
];

fn id(file: &str) -> SourceId {
    SourceId::slug(file.split('.').next().unwrap_or(file))
}

const COLUMNS: [(&str, &str, &str, &str, f32); 14] = [
    ("Id", "VARCHAR", "native_id", "0035g00000Q1", 0.99),
    ("FirstName", "VARCHAR", "given_name", "Ada", 0.97),
    ("LastName", "VARCHAR", "family_name", "Lovelace", 0.97),
    ("Email", "VARCHAR", "email", "ada@example.org", 0.99),
    ("Phone", "VARCHAR", "phone", "+44 20 7946 0018", 0.93),
    ("MobilePhone", "VARCHAR", "phone_alt", "+44 7700 900113", 0.88),
    ("Birthdate", "DATE", "birth_date", "1984-05-17", 0.95),
    ("MailingStreet", "VARCHAR", "street", "12 Tarn Road", 0.91),
    ("MailingCity", "VARCHAR", "city", "Keswick", 0.91),
    ("MailingPostalCode", "VARCHAR", "postcode", "CA12 5ER", 0.9),
    ("MailingCountry", "VARCHAR", "country", "GB", 0.9),
    ("CreatedDate", "TIMESTAMP", "created_at", "2023-08-02 10:11:54", 0.86),
    ("HasOptedOutOfEmail", "BOOLEAN", "email_opt_in", "false", 0.72),
    ("LoyaltyPoints", "BIGINT", "", "1240", 0.0),
];

pub fn document() -> Document {
    let mut sources: Vec<Source> = FILES
        .iter()
        .map(|(file, preset, ..)| Source {
            id: id(file),
            title: (*file).to_owned(),
            file: FileRef(format!("/home/ada/northpeak/{file}")),
            format: if file.contains("ndjson") {
                FileFormat::Ndjson
            } else {
                FileFormat::Delimited
            },
            options: ReadOptions::default(),
            preset: (!preset.is_empty()).then(|| (*preset).to_owned()),
        })
        .collect();
    sources.sort_by(|a, b| a.id.cmp(&b.id));
    let mappings = FILES.iter().map(|(file, preset, ..)| (id(file), mapping(preset))).collect();
    Document {
        name: "Northpeak".to_owned(),
        truth: Some(FileRef("/truth".to_owned())),
        sources,
        mappings,
        rules: super::models::rule_book(),
        ..Document::default()
    }
}

fn mapping(preset: &str) -> Mapping {
    let link = |(column, _, field, _, confidence): &(&str, &str, &str, &str, f32)| Link {
        field: (*field).to_owned(),
        column: Some((*column).to_owned()),
        transform: if *field == "email_opt_in" { Transform::Negate } else { Transform::None },
        origin: if preset.is_empty() { Origin::Suggested } else { Origin::Preset },
        confidence: if preset.is_empty() { *confidence } else { 1.0 },
        reason: if preset.is_empty() {
            format!("name and values of {column} look like {field}")
        } else {
            String::new()
        },
    };
    let mut links: Vec<Link> = COLUMNS.iter().filter(|c| !c.2.is_empty()).map(link).collect();
    links.sort_by(|a, b| a.field.cmp(&b.field));
    let entity = |entity, links| EntityMapping {
        entity,
        filter: None,
        dedupe_by: Vec::new(),
        unfold: None,
        links,
    };
    let consent = Link {
        field: "subject".to_owned(),
        column: Some("Email".to_owned()),
        transform: Transform::None,
        origin: Origin::Preset,
        confidence: 1.0,
        reason: String::new(),
    };
    Mapping {
        confirmed: !preset.is_empty(),
        entities: vec![entity(Entity::Profile, links), entity(Entity::Consent, vec![consent])],
    }
}

pub fn summary() -> SourcesSummary {
    let mut dice = Dice(3);
    let mut sources: Vec<SourceSummary> = FILES
        .iter()
        .map(|(file, preset, rows, rejected, bytes)| SourceSummary {
            id: id(file),
            title: (*file).to_owned(),
            preset: (!preset.is_empty()).then(|| (*preset).to_owned()),
            rows_in: *rows,
            loaded: rows - rejected,
            rejected: *rejected,
            repaired: 0,
            bytes: *bytes,
            columns: COLUMNS.iter().map(|c| profile(c, rows - rejected, &mut dice)).collect(),
            evidence: [
                ("encoding", "utf-8", "a byte order mark opens the file"),
                ("delimiter", ",", "14 columns in every one of the first 1,000 lines"),
                ("quote", "\"", "quoted fields with line breaks inside"),
                ("header", "first line", "no name repeats, none is a number, types differ below"),
            ]
            .map(|(about, value, reason)| Evidence {
                about: about.to_owned(),
                value: value.to_owned(),
                reason: reason.to_owned(),
            })
            .into(),
        })
        .collect();
    sources.sort_by(|a, b| a.id.cmp(&b.id));
    SourcesSummary { sources }
}

fn profile(
    (name, sql_type, _, sample, _): &(&str, &str, &str, &str, f32),
    rows: u64,
    dice: &mut Dice,
) -> ColumnProfile {
    let shaped = matches!(*sql_type, "DATE" | "TIMESTAMP" | "BIGINT");
    let peak = dice.unit() * 8.0 + 2.0;
    let bin = |i: u32| (900.0 * (-((f64::from(i) - peak) / 3.0).powi(2)).exp()) as u64 + 12;
    ColumnProfile {
        name: (*name).to_owned(),
        sql_type: (*sql_type).to_owned(),
        missing: (dice.unit() * dice.unit() * rows as f64 * 0.4) as u64,
        distinct: (dice.unit() * rows as f64) as u64 + 1,
        top: match *name {
            "FirstName" => shares(rows * 5, &["Ingrid", "Jonas", "Ada", "Zoë"]),
            "LastName" => shares(rows * 4, &["García", "Haugen", "O'Neill"]),
            "MailingCity" => shares(rows, &["Keswick", "Bergen", "Chamonix", "Innsbruck"]),
            "MailingCountry" => shares(rows, &["GB", "NO", "FR", "AT"]),
            _ => vec![((*sample).to_owned(), rows / 90 + 1), ("Bergen".to_owned(), rows / 120 + 1)],
        },
        histogram: if shaped { (0..12).map(bin).collect() } else { Vec::new() },
        min: shaped.then(|| "1946-02-11".to_owned()),
        max: shaped.then(|| "2026-02-28".to_owned()),
    }
}

/// Values that share the rows out, each half as frequent as the one before.
fn shares(rows: u64, values: &[&str]) -> Vec<(String, u64)> {
    values.iter().zip(1..).map(|(value, n)| ((*value).to_owned(), rows >> n)).collect()
}

/// A file as its lines stand, read by whatever delimiter and header the source says.
pub fn inspection(source: &Source) -> Inspection {
    let mut raw_lines = vec![
        "Contacts, exported 2026-03-01".to_owned(),
        "First name;Last name;E-mail;City;Points".to_owned(),
    ];
    let names =
        ["Ada;Lovelace", "Ingrid;Haugen", "María José;García", "Zoë;\"O;Neill\"", "健太;山田"];
    let city = ["Keswick", "Bergen", "Chamonix", "", "Innsbruck"];
    raw_lines.extend((0..40).map(|n| {
        let at = n % names.len();
        format!("{};person{n}@example.org;{};{}", names[at], city[at], n * 37 % 400)
    }));
    let options = &source.options;
    let delimiter = options.delimiter.clone().unwrap_or_else(|| ";".to_owned());
    let skip = options.skip_lines.unwrap_or(1) as usize;
    let split = |line: &String| -> Vec<Option<String>> {
        // The one quoted value, put aside while the line is cut.
        let aside = line.replace("\"O;Neill\"", "\u{1}");
        let parts = aside.split(delimiter.as_str()).map(|part| part.replace('\u{1}', "O;Neill"));
        parts.map(|p| (!p.is_empty()).then_some(p)).collect()
    };
    let mut rows: Vec<Vec<Option<String>>> = raw_lines.iter().skip(skip).map(split).collect();
    let wide = rows.first().map_or(0, Vec::len);
    let names: Vec<String> = if options.header == Some(false) {
        (1..=wide).map(|n| format!("column_{n}")).collect()
    } else {
        rows.remove(0).into_iter().map(Option::unwrap_or_default).collect()
    };
    let column = |name: String| ColumnInfo { name, sql_type: "VARCHAR".to_owned() };
    let evidence = [
        ("encoding", "utf-8", "Every byte of the first 64 kB is valid UTF-8"),
        ("delimiter", delimiter.as_str(), "5 fields in each of 41 lines; with a comma 1"),
        ("quote", "\"", "A quoted field holds the delimiter"),
        ("escape", "\"", "No quote inside a quoted field speaks against it"),
        ("preamble", "1 lines", "The first line has 1 field, the others 5"),
        ("header", "row 2", "No number and no repetition; types differ below"),
        ("footer", "0 lines", "The last lines look like the others"),
        ("columns", "5", "The fields of the header"),
    ];
    let evidence = evidence.map(|(about, value, reason)| Evidence {
        about: about.to_owned(),
        value: value.to_owned(),
        reason: reason.to_owned(),
    });
    let part = |(name, options): (&str, ReadOptions)| Part {
        name: name.to_owned(),
        file: source.file.clone(),
        format: source.format,
        options,
    };
    let parts = match source.format {
        FileFormat::Workbook => ["People", "Orders"]
            .map(|s| part((s, ReadOptions { sheet: Some(s.into()), ..ReadOptions::default() })))
            .into(),
        FileFormat::Json => [("people", "/people"), ("orders", "/data/orders")]
            .map(|(name, at)| {
                part((name, ReadOptions { records: Some(at.into()), ..ReadOptions::default() }))
            })
            .into(),
        _ => Vec::new(),
    };
    let mut source = source.clone();
    source.options.delimiter = Some(delimiter.clone());
    source.options.skip_lines = Some(skip as u32);
    source.options.header = Some(options.header.unwrap_or(true));
    Inspection {
        source,
        evidence: evidence.into(),
        columns: names.into_iter().map(column).collect(),
        raw_lines,
        rows,
        bytes: 2_048,
        parts,
    }
}

/// An edited row of the rejects' file: four fields a row.
pub fn row_check(text: &str) -> RowCheck {
    let fields: Vec<Option<String>> = text.split(',').map(|f| Some(f.to_owned())).collect();
    let names = ["Id", "FirstName", "LastName", "Email"].map(str::to_owned);
    let refused = (fields.len() != names.len())
        .then(|| format!("{} fields expected, {} found", names.len(), fields.len()));
    RowCheck { names: names.into(), fields, refused }
}

/// A page of 1,204,331 rows (or of the rejects).
pub fn rows(ask: &RowsAsk) -> RowsPage {
    let rejects = matches!(ask.table, TableRef::Rejects { .. });
    let total: u64 = match (rejects, ask.filters.len()) {
        (true, _) => 6,
        (_, 0) => 1_204_331,
        (_, n) => 1_204_331 >> n,
    };
    let names: Vec<(&str, &str)> = if rejects {
        vec![
            ("line", "BIGINT"),
            ("byte", "BIGINT"),
            ("col", "VARCHAR"),
            ("reason", "VARCHAR"),
            ("raw", "VARCHAR"),
        ]
    } else {
        COLUMNS.iter().map(|c| (c.0, c.1)).collect()
    };
    let count = u64::from(ask.limit).min(total.saturating_sub(ask.offset));
    let first = ["Ada", "Ingrid", "Jonas", "María José", "健太", "Zoë", "Łukasz", "Νίκος"];
    let last = ["Lovelace", "Haugen", "Bergström", "García", "山田", "O'Neill", "Wójcik"];
    let value = |row: u64, column: usize| -> Option<String> {
        let mut dice = Dice(row.wrapping_mul(977).wrapping_add(column as u64 * 31 + 5));
        dice.unit();
        if rejects {
            return Some(match column {
                0 => (row * 217 + 14).to_string(),
                1 => (row * 51_877 + 2_310).to_string(),
                2 => "Birthdate".to_owned(),
                3 => "4 fields expected, 5 found".to_owned(),
                _ => "0035g00000Q1x,\"Ada,Lovelace,ada@example.org,Keswick".to_owned(),
            });
        }
        if dice.unit() < 0.06 && column > 3 {
            return None;
        }
        Some(match column {
            0 => format!("0035g{row:09}"),
            1 => first[dice.below(first.len())].to_owned(),
            2 => last[dice.below(last.len())].to_owned(),
            3 => format!("person{}@example.org", dice.below(90_000)),
            4 | 5 => format!("+44 7700 900{:03}", dice.below(1000)),
            6 => format!(
                "19{:02}-{:02}-{:02}",
                46 + dice.below(54),
                1 + dice.below(12),
                1 + dice.below(28)
            ),
            7 => format!("{} Tarn Road", 1 + dice.below(180)),
            8 => ["Keswick", "Bergen", "Chamonix", "Innsbruck"][dice.below(4)].to_owned(),
            9 => format!("CA{} {}ER", dice.below(30), dice.below(9)),
            10 => ["GB", "NO", "FR", "AT"][dice.below(4)].to_owned(),
            11 => format!("2024-{:02}-{:02} 10:11:54", 1 + dice.below(12), 1 + dice.below(28)),
            12 => ["true", "false"][dice.below(2)].to_owned(),
            _ => dice.below(4000).to_string(),
        })
    };
    let cells = (0..names.len()).map(|c| {
        let column: StringArray = (0..count).map(|r| value(ask.offset + r, c)).collect();
        (names[c].0, Arc::new(column) as ArrayRef, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(cells).expect("columns of one length");
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).expect("in memory");
    writer.write(&batch).expect("in memory");
    let arrow = writer.into_inner().expect("in memory");
    let columns = names
        .iter()
        .map(|(name, kind)| ColumnInfo { name: (*name).to_owned(), sql_type: (*kind).to_owned() })
        .collect();
    RowsPage { offset: ask.offset, total, columns, arrow }
}

pub fn mapped() -> MappingSummary {
    let mut mapped: Vec<MappedCount> = summary()
        .sources
        .into_iter()
        .filter(|s| s.preset.is_some())
        .map(|s| MappedCount {
            entity: match s.title.contains("ndjson") {
                true => Entity::Event,
                false => Entity::Profile,
            },
            source: s.id,
            rows: s.loaded,
            failures: vec![("birth_date".to_owned(), 12), ("phone".to_owned(), 41)],
        })
        .collect();
    mapped.sort_by(|a, b| a.source.cmp(&b.source));
    let unmapped = vec![id("loyalty export (old).csv")];
    MappingSummary { mapped, unmapped, imputed: vec![] }
}

pub fn presets() -> Vec<PresetInfo> {
    let info = |id: &str, title: &str| PresetInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        note: "Headers as documented; times are UTC.".to_owned(),
        verified: false,
        own: false,
    };
    vec![
        info("hubspot_contacts", "HubSpot contacts"),
        info("salesforce_contact", "Salesforce contacts"),
        info("shopify_orders", "Shopify orders"),
    ]
}

/// A scripted trial: telephone numbers, two of which cannot be read.
pub fn preview(link: &Link) -> LinkPreview {
    let row = |before: &str, after: Option<&str>| PreviewRow {
        before: Some(before.to_owned()),
        after: after.map(str::to_owned),
        failed: after.is_none(),
    };
    let rows = match link.field.as_str() {
        "phone" => vec![
            row("call me", None),
            row("0000000000", None),
            row("030 23125 125", Some("+493023125125")),
            row("0171 2345678", Some("+491712345678")),
            row("+44 20 7946 0090", Some("+442079460090")),
        ],
        _ => vec![row("Ada", Some("Ada")), row("Grace", Some("Grace"))],
    };
    let failed = rows.iter().filter(|r| r.failed).count() as u64;
    LinkPreview { rows, looked_at: 5_012, present: 4_402, failed }
}
