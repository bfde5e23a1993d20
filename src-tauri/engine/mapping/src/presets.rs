//! The library of presets: those that come with the program, and the user's own.

use crate::preset::{Preset, PresetError};
use crate::recognise::{Recognised, recognise_among};
use kith_model::source::ColumnInfo;
use std::sync::LazyLock;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../../../assets/presets/", $name, ".toml")))),*]
    };
}

/// Names and texts, sorted.
const FILES: [(&str, &str); 28] = files![
    "adobe_hits",
    "braze_emails",
    "braze_users",
    "brevo_contacts",
    "ga4_events",
    "ga4_report",
    "hubspot_companies",
    "hubspot_contacts",
    "hubspot_deals",
    "klaviyo_campaigns",
    "klaviyo_profiles",
    "mailchimp_audience",
    "quickbooks_sales",
    "salesforce_account",
    "salesforce_contact",
    "salesforce_lead",
    "salesforce_opportunity",
    "salesforce_report",
    "segment_events",
    "shopify_customers",
    "shopify_orders",
    "shopify_products",
    "square_items",
    "stripe_customers",
    "stripe_payments",
    "stripe_payouts",
    "woocommerce_orders",
    "woocommerce_products",
];

/// A file that does not parse is left out; a test makes sure that none is.
static BUILT_IN: LazyLock<Presets> = LazyLock::new(|| {
    let all = FILES.iter().filter_map(|(_, text)| toml::from_str(text).ok()).collect();
    Presets { all }
});

/// Known exports, sorted by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Presets {
    all: Vec<Preset>,
}

impl Presets {
    /// Those that come with the program.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// Those that come with the program and the user's own out of `files` (name and text); an
    /// own one replaces ours of the same id. Files that are no presets are left out and told.
    pub fn with<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Vec<PresetError>) {
        let mut all = Self::built_in().all.clone();
        let mut errors = Vec::new();
        for (place, text) in files {
            match Preset::from_toml(place, text) {
                Ok(own) => {
                    all.retain(|p| p.id != own.id);
                    all.push(own);
                }
                Err(error) => errors.push(error),
            }
        }
        all.sort_by(|a, b| a.id.cmp(&b.id));
        (Self { all }, errors)
    }

    /// All of them.
    pub fn all(&self) -> &[Preset] {
        &self.all
    }

    /// The one called `id`.
    pub fn get(&self, id: &str) -> Option<&Preset> {
        self.all.iter().find(|p| p.id == id)
    }

    /// The known export that a file with this name and these columns is, if it is one.
    ///
    /// All required headers must be there (whatever their case), and at least six tenths of the
    /// file's headers must be known to the preset, or four tenths when the file name fits too.
    /// Between several, the user's own wins, then the one that knows the largest share of the
    /// headers, then the one whose file name fits, then the one with more required headers.
    pub fn recognise(&self, file_name: &str, columns: &[ColumnInfo]) -> Option<Recognised<'_>> {
        recognise_among(&self.all, file_name, columns)
    }
}

/// Every preset that comes with the program, sorted by id.
pub fn presets() -> &'static [Preset] {
    Presets::built_in().all()
}

/// The one of them called `id`.
pub fn preset(id: &str) -> Option<&'static Preset> {
    Presets::built_in().get(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql_text::scan;
    use kith_model::mapping::Link;
    use kith_model::mapping::Transform;
    use kith_model::source::ColumnInfo;

    #[test]
    fn every_preset_file_is_read_and_whole() {
        for (name, text) in FILES {
            let read = Preset::from_toml(name, text).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(read.id, name);
        }
        assert_eq!(presets().len(), FILES.len());
        let ids: Vec<_> = presets().iter().map(|p| p.id.as_str()).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        assert_eq!(ids, sorted);
    }

    #[test]
    fn links_name_known_fields_and_known_headers() {
        for preset in presets() {
            let known = |name: &str| crate::recognise::knows(preset, name);
            for em in preset.mapping().entities {
                for link in &em.links {
                    assert!(em.entity.field(&link.field).is_some(), "{} {}", preset.id, link.field);
                    if let Some(column) = &link.column {
                        assert!(known(column), "{}: {column}", preset.id);
                    }
                    if let Transform::Sql(sql) = &link.transform {
                        for column in scan(sql).unwrap().quoted {
                            assert!(column == "_row" || known(&column), "{}: {column}", preset.id);
                        }
                    }
                }
                if let Some(filter) = &em.filter {
                    assert!(scan(filter).unwrap().quoted.iter().all(|c| known(c)));
                }
                let required = em.entity.fields().iter().filter(|f| f.required);
                for spec in required {
                    let linked = em.links.iter().any(|l| l.field == spec.name);
                    assert!(linked, "{}: {} is required", preset.id, spec.name);
                }
            }
        }
    }

    #[test]
    fn a_users_preset_replaces_ours_and_a_broken_one_says_what_is_wrong() {
        let columns = ["Kontakt", "Mail", "Rang"]
            .map(|name| ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() });
        let mut mapping = preset("shopify_customers").unwrap().mapping_for(&columns);
        mapping.entities[0].links = vec![Link {
            field: "email".to_owned(),
            column: Some("Mail".to_owned()),
            transform: Transform::Lower,
            origin: kith_model::mapping::Origin::Manual,
            confidence: 1.0,
            reason: String::new(),
        }];
        let saved = Preset::of_mapping("Our club", "Club 2024-05.csv", &columns, &mapping);
        assert_eq!((saved.id.as_str(), saved.files[0].as_str()), ("our_club", "club *-*.csv"));
        let text = saved.to_toml().unwrap();
        let (presets, errors) =
            Presets::with([("our_club.toml", text.as_str()), ("x.toml", "id =")]);
        assert_eq!(presets.get("our_club"), Some(&saved));
        assert_eq!(presets.all().len(), FILES.len() + 1);
        assert!(errors[0].to_string().contains("x.toml"), "{errors:?}");
        let found = presets.recognise("Club 2025-01.csv", &columns).unwrap();
        assert_eq!(found.preset.id, "our_club");
        let wrong = text.replace("email", "shoe_size");
        assert!(Preset::from_toml("y", &wrong).unwrap_err().to_string().contains("shoe_size"));
    }

    #[test]
    fn a_mapping_for_a_file_draws_no_link_to_nowhere() {
        let stripe = preset("stripe_payments").unwrap();
        let columns = ["id", "Created (UTC)", "Amount", "Currency", "Status"]
            .map(|name| ColumnInfo { name: name.to_owned(), sql_type: "VARCHAR".to_owned() });
        let mapping = stripe.mapping_for(&columns);
        let at = mapping.entities[0].links.iter().find(|l| l.field == "at").unwrap();
        assert_eq!(at.column.as_deref(), Some("Created (UTC)"));
        assert!(mapping.entities[0].links.iter().all(|l| l.field != "customer_email"));
    }
}
