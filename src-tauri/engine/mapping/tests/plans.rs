//! The SQL of every preset, and what refuses to be planned.

use kith_mapping::{MappedSource, MappingError, count_sql, plan, preset, presets};
use kith_model::mapping::{EntityMapping, Link, Mapping, Origin, Transform};
use kith_model::source::ColumnInfo;
use kith_model::{Entity, SourceId};
use proptest::prelude::*;

fn info(name: &str, sql_type: &str) -> ColumnInfo {
    ColumnInfo { name: name.to_owned(), sql_type: sql_type.to_owned() }
}

fn link(field: &str, column: &str) -> Link {
    Link {
        field: field.to_owned(),
        column: Some(column.to_owned()),
        transform: Transform::None,
        origin: Origin::Manual,
        confidence: 1.0,
        reason: String::new(),
    }
}

fn source(columns: Vec<ColumnInfo>, links: Vec<Link>) -> MappedSource {
    let em = EntityMapping {
        entity: Entity::Profile,
        filter: None,
        dedupe_by: Vec::new(),
        unfold: None,
        links,
    };
    MappedSource {
        id: SourceId("crm".to_owned()),
        columns,
        mapping: Mapping { confirmed: true, entities: vec![em] },
    }
}

/// The tables' steps; the macros have a snapshot of their own.
fn tables(sources: &[MappedSource]) -> String {
    let pipeline = plan(sources).unwrap();
    let steps = pipeline.steps.iter().filter(|s| s.output.is_some());
    let filled = steps.filter(|s| !s.inputs.is_empty());
    filled.map(|s| format!("{};\n\n", s.sql)).collect()
}

#[test]
fn the_sql_of_every_preset() {
    for preset in presets() {
        let all = preset.required.iter().flat_map(|r| r.split('|'));
        let columns =
            all.chain(preset.headers.iter().map(String::as_str)).map(|h| info(h, "VARCHAR"));
        let source = MappedSource {
            id: SourceId(preset.id.clone()),
            columns: std::iter::once(info("_row", "BIGINT")).chain(columns).collect(),
            mapping: preset.mapping(),
        };
        insta::assert_snapshot!(preset.id.clone(), tables(std::slice::from_ref(&source)));
    }
}

#[test]
fn the_sql_of_counting() {
    let columns = vec![info("Mail", "VARCHAR"), info("Born", "VARCHAR"), info("Id", "BIGINT")];
    let links = vec![link("email", "Mail"), link("birth_date", "Born"), link("native_id", "Id")];
    insta::assert_snapshot!("count", count_sql(&[source(columns, links)]));
}

#[test]
fn every_table_is_made_even_of_nothing() {
    let pipeline = plan(&[]).unwrap();
    let made: Vec<_> = pipeline
        .steps
        .iter()
        .filter_map(|s| s.output.as_ref())
        .map(|t| t.table().name().to_owned())
        .collect();
    assert_eq!(made, Entity::ALL.map(|e| e.key().to_owned()));
}

#[test]
fn a_manual_link_to_a_missing_column_names_everything_and_the_way_out() {
    let error =
        plan(&[source(vec![info("E-Mail", "VARCHAR")], vec![link("email", "Email")])]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Source crm: the column “Email” used for profile.email is not in the file; \
         link another column (the nearest is “E-Mail”) or remove the link"
    );
}

#[test]
fn a_presets_link_to_a_missing_column_is_null() {
    let mut missing = link("email", "Email");
    missing.origin = Origin::Preset;
    let sql =
        tables(&[source(vec![info("Id", "VARCHAR")], vec![link("native_id", "Id"), missing])]);
    assert!(sql.contains("CAST(NULL AS VARCHAR) AS \"email\""), "{sql}");
}

#[test]
fn what_cannot_be_carried_out_is_refused() {
    let columns = || vec![info("a", "VARCHAR")];
    let unknown = plan(&[source(columns(), vec![link("shoe_size", "a")])]);
    assert!(matches!(unknown, Err(MappingError::UnknownField { .. })));
    let twice = plan(&[source(columns(), vec![link("email", "a"), link("email", "a")])]);
    assert!(matches!(twice, Err(MappingError::LinkedTwice { .. })));
    let mut none = link("email", "a");
    none.column = None;
    assert!(matches!(plan(&[source(columns(), vec![none])]), Err(MappingError::NoColumn { .. })));
    let mut sql = link("email", "a");
    (sql.column, sql.transform) = (None, Transform::Sql("\"a\") FROM x; DROP".to_owned()));
    assert!(matches!(plan(&[source(columns(), vec![sql])]), Err(MappingError::BrokenSql { .. })));
    let mut filtered = source(columns(), vec![link("email", "a")]);
    filtered.mapping.entities[0].filter = Some("\"gone\" = 'x'".to_owned());
    assert!(matches!(plan(&[filtered]), Err(MappingError::MissingColumn { .. })));
    let same = source(columns(), vec![]);
    assert!(matches!(plan(&[same.clone(), same]), Err(MappingError::SourceTwice(_))));
}

#[test]
fn sources_are_planned_in_the_order_of_their_ids() {
    let mut first = source(vec![info("a", "VARCHAR")], vec![link("email", "a")]);
    let mut second = first.clone();
    first.id = SourceId("b".to_owned());
    second.id = SourceId("a".to_owned());
    let one = plan(&[first.clone(), second.clone()]).unwrap();
    assert_eq!(one, plan(&[second, first]).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_hostile_header_stays_inside_its_quotes(header in "[\"'; \\-a-zA-Z()\\[\\]/*\n]{1,24}") {
        let sql = tables(&[source(vec![info(&header, "VARCHAR")], vec![link("city", &header)])]);
        let quoted = format!("r.\"{}\"", header.replace('"', "\"\""));
        prop_assert!(sql.contains(&quoted), "{}", sql);
        // Outside quotes nothing of the header is left: the rest is the SQL of a tame one.
        let tame = tables(&[source(vec![info("x", "VARCHAR")], vec![link("city", "x")])]);
        prop_assert_eq!(sql.replace(&quoted, "r.\"x\""), tame);
    }
}

#[test]
fn presets_are_found_by_id() {
    assert_eq!(preset("shopify_orders").map(|p| p.mapping().confirmed), Some(true));
    assert_eq!(preset("nothing"), None);
}
