//! What each feature is: name, meaning, unit, SQL.

use crate::definitions::{Def, OTHER_DEFS, TASTE, built_in};
use kith_model::features::FeatureParams;
use kith_model::valid::Valid;

/// Categories of the catalogue that have a share of their own: `category_1_share` is that of
/// the category with most products. The choice depends on the catalogue alone, never on what
/// was bought, so that it is the same for every day.
pub const CATEGORY_POSITIONS: usize = 10;

/// A feature's meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureSpec {
    /// Column of `feat.customer`.
    pub name: String,
    /// Name on screen.
    pub label: String,
    /// What it measures, one sentence.
    pub description: String,
    /// Unit: `days`, `orders`, `money`, `share` ...
    pub unit: String,
    /// Family: `recency, frequency, monetary`, `engagement`, `taste`, `price`, `rhythm`,
    /// `contact`, `custom`.
    pub family: String,
    /// Its SQL; `:as_of` stands for the day. `o` are the person's orders, `s` the sessions,
    /// `l` the order lines by category, `g` the golden record.
    pub sql: String,
    /// Never negative, with a long upper tail: log1p tames it.
    pub skewed: bool,
    /// Among the features segments use when the user chose none.
    pub default_for_segments: bool,
    /// Known as of any day. False where only the present value is known (an order's refund, a
    /// consent flag): such a feature is NULL in `feat.training` unless dated evidence exists,
    /// and predictions leave it out.
    pub timed: bool,
}

/// The SQL of the share of the category at `position`.
pub(crate) fn category_share_sql(position: usize) -> String {
    format!(
        "CAST(coalesce(sum(l.lines) FILTER (WHERE l.position = {position}), 0) AS DOUBLE) \
         / nullif(sum(l.lines) FILTER (WHERE l.category IS NOT NULL), 0)"
    )
}

/// The column of the category at `position`, from 1.
pub(crate) fn category_share_name(position: usize) -> String {
    format!("category_{position}_share")
}

fn spec(def: &Def) -> FeatureSpec {
    FeatureSpec {
        name: def.name.to_owned(),
        label: def.label.to_owned(),
        description: def.description.to_owned(),
        unit: def.unit.to_owned(),
        family: def.family.to_owned(),
        sql: def.sql.to_owned(),
        skewed: def.skewed,
        default_for_segments: def.segments,
        timed: def.timed,
    }
}

/// Every feature of `feat.customer` in column order: the built-in ones, then the user's own.
pub fn catalogue(params: &Valid<FeatureParams>) -> Vec<FeatureSpec> {
    let (before, after) = built_in();
    let shares = (1..=CATEGORY_POSITIONS).map(|position| FeatureSpec {
        name: category_share_name(position),
        label: format!("Share of category {position}"),
        description: format!(
            "Share of order lines in category {position}, counted from the one with most products."
        ),
        unit: "share".to_owned(),
        family: TASTE.to_owned(),
        sql: category_share_sql(position),
        skewed: false,
        default_for_segments: true,
        timed: true,
    });
    let custom = params.custom.iter().map(|c| FeatureSpec {
        name: c.name.clone(),
        label: c.name.replace('_', " "),
        description: "A feature of your own.".to_owned(),
        unit: String::new(),
        family: "custom".to_owned(),
        sql: c.sql.clone(),
        skewed: false,
        default_for_segments: false,
        timed: !undated(&c.sql),
    });
    before.into_iter().map(spec).chain(shares).chain(after.iter().map(spec)).chain(custom).collect()
}

/// Does the expression name a feature that is known only for the present?
fn undated(sql: &str) -> bool {
    let sql = sql.to_lowercase();
    OTHER_DEFS.iter().any(|d| !d.timed && sql.contains(d.name))
}

/// Puts the names of the categories (`categories_sql`, in order of position) into the labels
/// and descriptions of the category shares.
pub fn name_categories(specs: &mut [FeatureSpec], categories: &[String]) {
    for (i, category) in categories.iter().take(CATEGORY_POSITIONS).enumerate() {
        let column = category_share_name(i + 1);
        if let Some(spec) = specs.iter_mut().find(|s| s.name == column) {
            let short = category.rsplit(" > ").next().unwrap_or(category);
            spec.label = format!("Share of {short}");
            spec.description = format!("Share of order lines in the category {category}.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_model::features::CustomFeature;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_safe() {
        let specs = catalogue(&FeatureParams::default().check().unwrap());
        let names: BTreeSet<_> = specs.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names.len(), specs.len());
        assert!(
            names.iter().all(|n| n
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
        );
        assert!(specs.iter().all(|s| !s.description.is_empty() && !s.sql.is_empty()));
        assert!(specs.iter().filter(|s| s.default_for_segments).count() >= 6);
    }

    #[test]
    fn consent_and_refunds_are_known_for_the_present_alone() {
        let own = CustomFeature { name: "x".into(), sql: "email_opt_in * 2".into() };
        let params = FeatureParams { custom: vec![own], ..FeatureParams::default() };
        let specs = catalogue(&params.check().unwrap());
        let undated: Vec<_> = specs.iter().filter(|s| !s.timed).map(|s| s.name.as_str()).collect();
        assert_eq!(undated, ["refund_share", "email_opt_in", "x"]);
    }

    #[test]
    fn category_labels_come_from_the_data_but_columns_do_not() {
        let mut specs = catalogue(&FeatureParams::default().check().unwrap());
        name_categories(&mut specs, &["Sport > Tents".to_owned()]);
        let first = specs.iter().find(|s| s.name == "category_1_share").unwrap();
        assert_eq!(first.label, "Share of Tents");
        let second = specs.iter().find(|s| s.name == "category_2_share").unwrap();
        assert_eq!(second.label, "Share of category 2");
    }
}
