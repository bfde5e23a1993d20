//! What the Parquet files of a bundle hold.

use kith_model::export::ExportParams;

/// One Parquet file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParquetPart {
    /// Path inside the bundle.
    pub path: String,
    /// What it is, one line.
    pub about: String,
    /// The SELECT the store copies; rows in a fixed order.
    pub select: String,
}

/// Columns of `ident.golden` that name or reach a person, or nearly do.
const DIRECT: [&str; 11] = [
    "display_name",
    "given_name",
    "family_name",
    "email",
    "phone",
    "birth_date",
    "company",
    "street",
    "postcode",
    "latitude",
    "longitude",
];

/// Columns of `ident.golden` that stay in a pseudonymous export.
const INDIRECT: [&str; 7] =
    ["city", "region", "country", "language", "email_opt_in", "created_at", "records"];

fn part(path: &str, about: &str, select: String) -> ParquetPart {
    ParquetPart { path: path.to_owned(), about: about.to_owned(), select }
}

/// The Parquet files, sorted by path. With `consent_only` every file leaves out people without
/// e-mail consent. With `pseudonymous` the profiles keep no names, addresses, company or birth
/// date (the year stays).
pub fn parquet_parts(params: &ExportParams) -> Vec<ParquetPart> {
    let keep = if params.consent_only {
        "\nWHERE profile_id IN (SELECT profile_id FROM ident.golden WHERE email_opt_in)"
    } else {
        ""
    };
    let profile: Vec<&str> = if params.pseudonymous {
        ["profile_id", "CAST(EXTRACT(YEAR FROM birth_date) AS INTEGER) AS birth_year"]
            .into_iter()
            .chain(INDIRECT)
            .collect()
    } else {
        ["profile_id"].into_iter().chain(DIRECT).chain(INDIRECT).collect()
    };
    let from = |columns: &str, table: &str, order: &str| {
        format!("SELECT {columns}\nFROM {table}{keep}\nORDER BY {order}")
    };
    let profiles = if params.pseudonymous {
        "One row a person, without names, addresses and birth dates"
    } else {
        "One row a person: the golden record"
    };
    vec![
        part(
            "features.parquet",
            "One row a person: features as of the project's day",
            from("*", "feat.customer", "profile_id"),
        ),
        part("profiles.parquet", profiles, from(&profile.join(", "), "ident.golden", "profile_id")),
        part(
            "recommendations.parquet",
            "Ranked products of each person, with the product that counted most",
            from("profile_id, rank, product_id, score, because", "rec.top", "profile_id, rank"),
        ),
        part(
            "scores.parquet",
            "One row a person: purchase propensity",
            from("profile_id, propensity", "pred.score", "profile_id"),
        ),
        part(
            "segments.parquet",
            "One row a person with orders: segment number and distance to its centre",
            from("profile_id, segment, distance", "seg.assignment", "profile_id"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(consent_only: bool, pseudonymous: bool) -> String {
        let parts = parquet_parts(&ExportParams { consent_only, pseudonymous });
        let texts: Vec<String> =
            parts.iter().map(|p| format!("-- {}\n{}", p.path, p.select)).collect();
        texts.join("\n\n")
    }

    #[test]
    fn everybody_by_pseudonym() {
        insta::assert_snapshot!(text(false, true));
    }

    #[test]
    fn consenting_people_by_name() {
        insta::assert_snapshot!(text(true, false));
    }

    #[test]
    fn no_direct_identifier_in_a_pseudonymous_profile() {
        let parts = parquet_parts(&ExportParams { consent_only: false, pseudonymous: true });
        let profile = &parts.iter().find(|p| p.path == "profiles.parquet").unwrap().select;
        let columns: Vec<&str> = profile.split([' ', ',', '\n']).collect();
        for column in DIRECT.into_iter().filter(|c| *c != "birth_date") {
            assert!(!columns.contains(&column), "{column}");
        }
        // Of the birth date only the year leaves.
        assert_eq!(profile.matches("birth_date").count(), 1);
        assert!(profile.contains("EXTRACT(YEAR FROM birth_date)"));
    }
}
