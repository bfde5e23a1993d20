//! Guards that SQL sees best: browsers several people use, and households.

use crate::identity_sql::{MAX_PEOPLE_PER_BROWSER, canon, ident};
use kith_model::Entity;
use kith_sql::Step;

/// `ident.seen(anonymous_id, profile_id, events)`: who logged in on each browser, and how often.
/// A login is a record's user id, else its native id, else its e-mail; a placeholder is nobody's.
pub(crate) fn seen() -> Step {
    let (event, key) = (canon(Entity::Event), ident("contact_key"));
    let placeholder = ident("guard_contact");
    let select = format!(
        "\
WITH login AS (
    SELECT key, profile_id FROM {key} WHERE kind IN ('user', 'native', 'email')
    GROUP BY key, profile_id
    QUALIFY row_number() OVER (
        PARTITION BY key ORDER BY
            min(CASE kind WHEN 'user' THEN 1 WHEN 'native' THEN 2 ELSE 3 END),
            sum(records) DESC, profile_id
    ) = 1
)
SELECT anonymous_id, coalesce(l.profile_id, e.profile_id) AS profile_id,
    CAST(sum(n) AS BIGINT) AS events
FROM (
    SELECT anonymous_id, user_id, count(*) AS n FROM {event}
    WHERE anonymous_id IS NOT NULL AND user_id IS NOT NULL
        AND lower(trim(user_id)) NOT IN (
            SELECT value FROM {placeholder} WHERE guard = 'placeholder'
        )
    GROUP BY ALL
) v
LEFT JOIN login l ON l.key = v.user_id
LEFT JOIN login e ON e.key = lower(trim(v.user_id))
WHERE coalesce(l.profile_id, e.profile_id) IS NOT NULL
GROUP BY ALL
ORDER BY ALL"
    );
    Step::table(ident("seen"), vec![event, key, placeholder], select)
}

/// Whose browser each anonymous id is: the person most of its logged-in events name, then the
/// smallest profile. A browser of more than [`MAX_PEOPLE_PER_BROWSER`] people is nobody's.
pub(crate) fn visitor() -> Step {
    let seen = ident("seen");
    let select = format!(
        "\
SELECT anonymous_id, profile_id FROM {seen}
QUALIFY row_number() OVER (
    PARTITION BY anonymous_id ORDER BY events DESC, profile_id
) = 1 AND count(*) OVER (PARTITION BY anonymous_id) <= {MAX_PEOPLE_PER_BROWSER}
ORDER BY anonymous_id"
    );
    Step::table(ident("visitor"), vec![seen], select)
}

/// `ident.household(household_id, profile_id)`: people of one family name at one address, at
/// least two; a household is named by its smallest profile.
pub(crate) fn household() -> Step {
    let golden = ident("golden");
    let select = format!(
        "\
WITH home AS (
    SELECT profile_id, lower(strip_accents(trim(family_name))) AS family,
        regexp_replace(lower(strip_accents(street)), '[\\s.,''-]+', '', 'g') AS street,
        lower(replace(coalesce(postcode, city), ' ', '')) AS place
    FROM {golden}
)
SELECT min(profile_id) OVER home AS household_id, profile_id
FROM home WHERE family <> '' AND street <> '' AND place <> ''
WINDOW home AS (PARTITION BY family, street, place)
QUALIFY count(*) OVER home > 1
ORDER BY household_id, profile_id"
    );
    Step::table(ident("household"), vec![golden], select)
}

/// `ident.guard(guard, field, value, records, people)`: everything a guard stands before, the
/// most shared first.
pub(crate) fn guard() -> Step {
    let (contact, seen) = (ident("guard_contact"), ident("seen"));
    let (household, golden) = (ident("household"), ident("golden"));
    let select = format!(
        "\
SELECT * FROM (
    SELECT guard, field, value, records, people FROM {contact}
    UNION ALL
    SELECT CASE WHEN count(*) > {MAX_PEOPLE_PER_BROWSER} THEN 'kiosk' ELSE 'shared_browser' END,
        'anonymous_id', anonymous_id, CAST(sum(events) AS BIGINT), count(*)
    FROM {seen} GROUP BY anonymous_id HAVING count(*) > 1
    UNION ALL
    SELECT 'household', 'street',
        concat_ws(', ', any_value(g.family_name ORDER BY g.profile_id),
            any_value(g.street ORDER BY g.profile_id)),
        CAST(sum(g.records) AS BIGINT), count(*)
    FROM {household} h JOIN {golden} g USING (profile_id) GROUP BY h.household_id
)
ORDER BY guard, people DESC, records DESC, field, value"
    );
    Step::table(ident("guard"), vec![contact, seen, household, golden], select)
}
