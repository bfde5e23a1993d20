//! SQL around the review: the pairs it may ask about, the records it shows.

use crate::identity_sql::{canon, ident};
use kith_model::{Entity, PairKey, ProfileId};
use kith_sql::text_list;

/// The pairs that the review may ask about, and those decided, with the number of records of each
/// of the two people (`left_records`, `right_records`).
pub fn review_pairs_sql<'a>(decided: impl Iterator<Item = &'a PairKey>) -> String {
    let names: Vec<&str> = decided.flat_map(|k| [k.left.as_str(), k.right.as_str()]).collect();
    let (pair, record, profile) = (ident("pair"), ident("record"), canon(Entity::Profile));
    format!(
        "\
WITH size AS (SELECT profile_id, count(*) AS records FROM {record} GROUP BY profile_id),
said AS (
    SELECT record_id FROM {profile}
    WHERE coalesce(source, '') || '/' || coalesce(native_id, '') IN {}
)
SELECT p.*, l.records AS left_records, r.records AS right_records
FROM {pair} p
JOIN size l ON l.profile_id = p.left_profile
JOIN size r ON r.profile_id = p.right_profile
WHERE p.left_profile <> p.right_profile
    OR (p.left_record IN (FROM said) AND p.right_record IN (FROM said))
ORDER BY left_record, right_record",
        text_list(names)
    )
}

/// The records of every pair of [`review_pairs_sql`], out of `records`: the text of
/// [`crate::records_sql`].
pub fn review_records_sql(records: &str, pairs_sql: &str) -> String {
    format!(
        "\
WITH asked AS ({pairs_sql})
SELECT * FROM ({records})
WHERE record_id IN (SELECT left_record FROM asked UNION SELECT right_record FROM asked)
ORDER BY record_id"
    )
}

/// The records of some people, out of `records` (the text of [`crate::records_sql`]), and whose
/// each is (`profile_id`).
pub fn records_of_people_sql(records: &str, people: &[ProfileId]) -> String {
    let ids: Vec<String> = people.iter().map(|p| p.0.to_string()).collect();
    let list = if ids.is_empty() { "NULL".to_owned() } else { ids.join(", ") };
    format!(
        "SELECT r.*, i.profile_id FROM ({records}) r JOIN {} i USING (record_id) \
         WHERE i.profile_id IN ({list}) ORDER BY record_id",
        ident("record")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queries_read_as_written() {
        let decided = [PairKey::new("crm/o'hara", "shop/2")];
        insta::assert_snapshot!("review_pairs", review_pairs_sql(decided.iter()));
        insta::assert_snapshot!("review_records", review_records_sql("SELECT 2", "SELECT 1"));
        insta::assert_snapshot!(
            "records_of_people",
            records_of_people_sql("SELECT 2", &[ProfileId(7)])
        );
    }
}
