//! What a column's values say of a field: looks, lists, and what other columns show row by row.

use super::relations::Role;
use super::score::Seen;
use super::traits::Traits;
use kith_model::canonical::{Entity, FieldKind, FieldSpec};

/// `share` of the values at 0 gives `none`, at 1 gives `all`.
fn between(share: f64, none: f64, all: f64) -> f64 {
    none + (all - none) * share.clamp(0.0, 1.0)
}

/// Evidence from the values, and what they are.
pub(crate) fn value_evidence(entity: Entity, spec: &FieldSpec, column: &Seen) -> (f64, String) {
    let t = &column.traits;
    if t.sampled == 0 {
        return (-0.3, String::new());
    }
    let (evidence, seen) = match spec.kind {
        FieldKind::Email => (between(t.email, -5.0, 6.5), "are e-mail addresses"),
        FieldKind::Phone => {
            (between(t.phone, -4.0, 2.4) - 3.0 * counted_up(t), "look like telephone numbers")
        }
        FieldKind::Country => (between(t.country, -3.5, 2.5), "are countries"),
        FieldKind::Bool => {
            let few = if t.distinct <= 3 { 0.0 } else { -2.0 };
            (between(t.truth, -5.0, 1.3) + few, "are yes and no")
        }
        FieldKind::Date | FieldKind::Timestamp => (moment(spec, column), "are dates"),
        FieldKind::Number if spec.name == "latitude" => {
            (between(t.latitude, -5.0, 1.4), "are degrees of latitude")
        }
        FieldKind::Number if spec.name == "longitude" => {
            (between(t.longitude, -5.0, 1.2), "are degrees of longitude")
        }
        FieldKind::Money | FieldKind::Number => {
            (between(t.number, -5.0, 0.6) + amount(spec, column), "are numbers")
        }
        FieldKind::Integer => (whole(spec, column), "are whole numbers"),
        FieldKind::Id if spec.name == "postcode" => (postcode(t), "look like postcodes"),
        FieldKind::Id => (identifier(entity, spec, column), "look like identifiers"),
        FieldKind::Text => return text(entity, spec, column),
    };
    (evidence, seen.to_owned())
}

/// 1 for numbers counted up from row to row.
fn counted_up(t: &Traits) -> f64 {
    if t.rising > 0.9 { 1.0 } else { 0.0 }
}

fn moment(spec: &FieldSpec, column: &Seen) -> f64 {
    let t = &column.traits;
    let mut evidence = between(t.date, -5.0, 0.8);
    let birth = spec.name == "birth_date";
    if t.year > 0 {
        evidence += match (birth, t.year) {
            (true, ..=2008) => 1.4,
            (true, _) => -2.5,
            (false, ..=1999) => -2.0,
            (false, _) => 0.3,
        };
    }
    if birth && t.time > 0.5 {
        evidence -= 0.8;
    }
    if spec.name == "at" && t.time > 0.5 {
        evidence += 0.5;
    }
    if column.coded && matches!(spec.name, "at" | "created_at") {
        evidence += 0.5;
    }
    evidence - counted_up(t) * t.whole
}

fn amount(spec: &FieldSpec, column: &Seen) -> f64 {
    let t = &column.traits;
    let role = match spec.name {
        "total" => Some(Role::Total),
        "subtotal" => Some(Role::Subtotal),
        "tax" => Some(Role::Tax),
        "shipping" => Some(Role::Shipping),
        "discount" => Some(Role::Discount),
        _ => None,
    };
    let greatest = column.relation.greatest && matches!(spec.name, "total" | "amount" | "price");
    let sum = match (role, column.relation.role) {
        (_, None) if greatest && column.coded => 1.0,
        (Some(wanted), Some(is)) if wanted == is => 2.6,
        (Some(_), Some(_)) => -1.8,
        _ => 0.0,
    };
    let money = if spec.kind == FieldKind::Money { between(t.cents, -0.6, 0.5) } else { 0.0 };
    let year = if t.even && t.date > 0.8 { -2.0 } else { 0.0 };
    sum + money + year
}

fn whole(spec: &FieldSpec, column: &Seen) -> f64 {
    let t = &column.traits;
    let looks = between(t.whole.min(t.number), -4.0, 0.6);
    match spec.name {
        "quantity" => looks + between(t.small, -2.0, if column.coded { 1.6 } else { 0.3 }),
        _ => looks - t.date,
    }
}

fn postcode(t: &Traits) -> f64 {
    let even = if t.even && t.postcode > 0.9 && t.length <= 8.0 { 0.6 } else { 0.0 };
    between(t.postcode, -2.5, 1.0) + even
        - 1.5 * t.date
        - 2.0 * t.cents
        - 1.5 * t.small
        - 3.0 * counted_up(t)
}

fn identifier(entity: Entity, spec: &FieldSpec, column: &Seen) -> f64 {
    let t = &column.traits;
    let own = matches!(
        (entity, spec.name),
        (Entity::Profile, "native_id")
            | (Entity::Product, "product_id")
            | (Entity::Payment, "payment_id")
            | (Entity::Event, "event_id")
    );
    let repeats = match t.distinct_share {
        _ if !own => 0.0,
        share if share > 0.97 => 0.8,
        share if share < 0.3 => -3.0,
        share => between(share, -3.0, 0.8),
    };
    let first = if column.place == 0 && (own || spec.name == "order_id") { 0.7 } else { 0.0 };
    let long = if t.length > 45.0 { -3.0 } else { 0.0 };
    let article = if spec.name == "product_id" { between(t.code, -0.4, 1.0) } else { 0.0 };
    let order = matches!(spec.name, "order_id");
    let many = if order && t.distinct_share < 0.25 { -2.5 } else { 0.0 };
    let counted = if own || order { 1.0 * counted_up(t) } else { 0.0 };
    let who = if column.coded && matches!(spec.name, "anonymous_id" | "session_id") {
        let again = t.distinct_share < 0.85 && t.length >= 8.0 && t.blank < 0.1;
        if again { 1.0 } else { -0.6 }
    } else {
        0.0
    };
    let plain = counted + who - 4.0 * t.blank.min(1.0 - t.phone) - 2.0 * t.cents - 1.5 * t.truth;
    let other = -4.0 * t.email - 3.0 * t.date.min(1.0 - t.whole) - 3.0 * t.address - 3.0 * t.url;
    let words = if t.name > 0.8 && t.length > 3.0 && column.coded { -2.0 } else { 0.0 };
    repeats + first + long + article + many + plain + other + words
}

/// Share of values in the list a field has, and what such values are called.
fn listed(spec: &FieldSpec, t: &Traits) -> Option<(f64, &'static str)> {
    let (list, seen) = match spec.name {
        "device" => ("device", "are devices"),
        "type" => ("event", "are things done on a site"),
        "utm_source" => ("source", "are sources of visits"),
        "utm_medium" => ("medium", "are media of campaigns"),
        "channel" => ("channel", "are channels"),
        "status" => ("status", "are states of an order or a payment"),
        "lifecycle_stage" => ("stage", "are stages of a customer"),
        "variant" => ("variant", "are variants of an experiment"),
        "purpose" => ("purpose", "are purposes"),
        _ => return None,
    };
    Some((t.lists.get(list), seen))
}

fn text(entity: Entity, spec: &FieldSpec, column: &Seen) -> (f64, String) {
    let t = &column.traits;
    let r = &column.relation;
    let wrong = -5.0 * t.email - 3.5 * (t.date - t.whole).max(0.0);
    let few = if t.distinct <= 60 && t.distinct_share < 0.6 { 0.4 } else { -1.0 };
    if let Some((share, seen)) = listed(spec, t) {
        let right = few - 2.0 * t.number + between(share, -0.3, 2.4);
        let seen = if share > 0.3 { seen } else { "are few" };
        return (wrong + right, seen.to_owned());
    }
    let company = t.lists.get("company");
    let street = t.lists.get("street");
    let (right, seen) = match spec.name {
        "gender" => (between(t.gender, -4.0, 2.2), "are words for a gender"),
        "currency" => (between(t.currency, -4.0, 2.2), "are currencies"),
        "language" => (between(t.language, -2.5, 2.0), "are languages"),
        "page" => (between(t.url, -1.0, 2.2), "are page addresses"),
        "full_name" => {
            let words = between(t.name, -3.5, 0.0) + between(t.several_words, -1.2, 1.2);
            let mail = 2.0 * r.words_in_mail;
            let seen = if mail > 0.8 {
                "stand in the e-mail address"
            } else {
                "look like names of people"
            };
            (words + mail - 2.5 * company, seen)
        }
        "given_name" => {
            let mail = 3.0 * r.begins_mail - 2.0 * r.within_mail;
            let seen =
                if r.begins_mail > 0.3 { "begin the e-mail address" } else { "look like names" };
            (between(t.name, -4.0, 0.4) - 0.8 * t.several_words + mail - 2.0 * company, seen)
        }
        "family_name" => {
            let mail = 3.0 * r.within_mail - 2.0 * r.begins_mail;
            let seen =
                if r.within_mail > 0.3 { "stand in the e-mail address" } else { "look like names" };
            (between(t.name, -4.0, 0.4) - 0.8 * t.several_words + mail - 2.0 * company, seen)
        }
        "street" => {
            (between(t.letters_and_digits, -1.4, 0.6) + 2.0 * street, "look like addresses")
        }
        "city" | "region" => {
            let mail = -2.0 * (r.begins_mail + r.within_mail + r.words_in_mail).min(1.0);
            (-2.5 * t.number - 1.5 * t.truth - 2.0 * company - 1.0 * street + mail, "")
        }
        "company" => {
            let people = -2.0 * r.words_in_mail.min(1.0 - company);
            (-2.5 * t.number - 1.5 * t.truth + 2.6 * company + people, "look like companies")
        }
        "description" => {
            (if t.length > 35.0 { 1.0 } else { -1.0 } + 1.5 * t.markup, "are long texts")
        }
        "category" => (-1.5 * t.number - 1.5 * t.code + 1.8 * t.levels, "are paths of categories"),
        "title" => (-3.0 * t.number - 2.0 * t.truth - 1.5 * t.url + title(entity, column), ""),
        "experiment" => (few - 2.0 * t.number, "are few"),
        _ => (-1.5 * t.number, ""),
    };
    (wrong + right, seen.to_owned())
}

/// Titles of products: short texts, not of people, not codes.
fn title(entity: Entity, column: &Seen) -> f64 {
    let t = &column.traits;
    let long = if t.length > 60.0 { -1.2 } else { 0.0 };
    let lines = if entity == Entity::OrderLine { -0.8 * t.code } else { -1.5 * t.code };
    let words = column.coded && t.distinct > 6 && (6.0..45.0).contains(&t.length);
    let spoken = if words && column.relation.words_in_mail < 0.2 { 1.0 } else { 0.0 };
    let other = -2.0 * t.lists.get("street")
        - 2.0 * t.lists.get("company")
        - 2.5 * t.markup
        - 2.0 * t.levels;
    long + lines + spoken + other
}
