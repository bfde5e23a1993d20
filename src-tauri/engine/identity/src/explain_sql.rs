//! SQL around explaining a pair: whose the records are, and the pairs among two people.

use crate::identity_sql::ident;
use kith_model::ProfileId;

/// Whose each record is: the columns `record_id`, `profile_id`.
pub fn people_of_sql() -> String {
    format!("SELECT record_id, profile_id FROM {} ORDER BY record_id", ident("record"))
}

/// The pairs among the records of `people`.
pub fn pairs_of_people_sql(people: &[ProfileId]) -> String {
    let ids: Vec<String> = people.iter().map(|p| p.0.to_string()).collect();
    let list = if ids.is_empty() { "NULL".to_owned() } else { ids.join(", ") };
    format!(
        "SELECT * FROM {} WHERE left_profile IN ({list}) AND right_profile IN ({list}) \
         ORDER BY left_record, right_record",
        ident("pair")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queries_read_as_written() {
        insta::assert_snapshot!(
            pairs_of_people_sql(&[ProfileId(3), ProfileId(9)]),
            @r#"SELECT * FROM "ident"."pair" WHERE left_profile IN (3, 9) AND right_profile IN (3, 9) ORDER BY left_record, right_record"#
        );
        insta::assert_snapshot!(
            people_of_sql(),
            @r#"SELECT record_id, profile_id FROM "ident"."record" ORDER BY record_id"#
        );
    }
}
