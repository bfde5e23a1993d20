//! Nested columns of event exports, and the channel a visit came by.

use super::Macro;

pub(super) const MACROS: &[Macro] = &[
    // A path in a nested column, as text; NULL where it is not there, whatever the column's
    // shape in this file.
    Macro {
        head: "kith_json(x, path)",
        body: "json_extract_string(TRY_CAST(x AS JSON), path)",
    },
    // Key-value lists such as GA4's event_params.
    Macro {
        head: "kith_params(x)",
        body: r#"json_transform(TRY_CAST(x AS JSON), '[{"key":"VARCHAR","value":{"string_value":"VARCHAR","int_value":"VARCHAR","float_value":"VARCHAR","double_value":"VARCHAR"}}]')"#,
    },
    Macro {
        head: "kith_param(x, name)",
        body: "
  CAST(list_extract(
    list_transform(kith_params(x), lambda p: coalesce(p.value.string_value, p.value.int_value, p.value.double_value, p.value.float_value)),
    list_position(list_transform(kith_params(x), lambda p: p.key), name)) AS VARCHAR)",
    },
    // Whether a key-value list has any of these keys.
    Macro {
        head: "kith_has_param(x, names)",
        body: "list_has_any(list_transform(kith_params(x), lambda p: p.key), names)",
    },
    // Channel groups after Google Analytics' default channel group, shortened.
    Macro {
        head: "kith_channel(source, medium)",
        body: r#"
  list_transform([{'s': lower(kith_trim(source)), 'm': lower(kith_trim(medium))}], lambda v:
    CASE WHEN coalesce(v.s, '') IN ('', '(direct)') AND coalesce(v.m, '') IN ('', '(none)', '(not set)') THEN
           CASE WHEN v.s IS NOT NULL OR v.m IS NOT NULL THEN 'direct' END
         WHEN regexp_matches(v.m, '^(?:email|e-mail|e_mail|newsletter|crm)$') THEN 'email'
         WHEN regexp_matches(v.m, '^(?:sms|push|webpush)$') THEN 'message'
         WHEN v.m = 'affiliate' OR v.m = 'affiliates' THEN 'affiliate'
         WHEN regexp_matches(v.m, '^(?:display|banner|expandable|interstitial|cpm)$') THEN 'display'
         WHEN regexp_matches(v.m, '^(?:.*cp.*|ppc|retargeting|paid.*)$') THEN
           CASE WHEN regexp_matches(v.s, 'facebook|instagram|tiktok|pinterest|twitter|linkedin|meta|snapchat') OR contains(v.m, 'social')
                THEN 'paid_social' ELSE 'paid_search' END
         WHEN regexp_matches(v.m, '^(?:social|social-network|social-media|sm|social network|social media)$')
           OR regexp_matches(v.s, '^(?:(?:m|l|www)\.)?(?:facebook|instagram|tiktok|pinterest|twitter|linkedin|t\.co|youtube)(?:\.com)?$') THEN 'social'
         WHEN v.m = 'organic' THEN 'organic_search'
         WHEN regexp_matches(v.m, '^(?:referral|link|app)$') THEN 'referral'
         WHEN v.m IN ('', '(none)', '(not set)') THEN 'direct'
         ELSE 'other' END)[1]"#,
    },
];
