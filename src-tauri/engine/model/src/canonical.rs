//! The canonical schema: what every source is mapped into.
//!
//! Each entity is a table `canon.<key>` with the columns of [`Entity::fields`] preceded by
//! `source VARCHAR` (the source's slug) and `row_id BIGINT` (the row in that source, from 0);
//! `canon.profile` also has `record_id BIGINT` ([`crate::RecordId`]). Times are UTC.

use serde::{Deserialize, Serialize};

/// A table of the canonical schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// A contact record: somebody as one source knows them.
    Profile,
    /// Something done on a site or app.
    Event,
    /// An order's head.
    Order,
    /// One product in an order.
    OrderLine,
    /// A product of the catalogue.
    Product,
    /// A payment at a payment provider.
    Payment,
    /// Permission for a purpose, with its evidence.
    Consent,
    /// Somebody saw a variant of an experiment.
    Exposure,
}

/// What a canonical field holds; decides SQL type, normalisation and suggestions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text (`VARCHAR`).
    Text,
    /// An identifier (`VARCHAR`, trimmed, leading apostrophe removed).
    Id,
    /// An e-mail address (`VARCHAR`, lower case).
    Email,
    /// A telephone number (`VARCHAR`, E.164 where the country is known).
    Phone,
    /// A country (`VARCHAR`, ISO 3166-1 alpha-2).
    Country,
    /// A calendar date (`DATE`).
    Date,
    /// A moment (`TIMESTAMP`, UTC).
    Timestamp,
    /// An amount of money (`DECIMAL(18,4)`).
    Money,
    /// A whole number (`BIGINT`).
    Integer,
    /// A real number (`DOUBLE`).
    Number,
    /// Yes or no (`BOOLEAN`).
    Bool,
}

impl FieldKind {
    /// The DuckDB type of a canonical column of this kind.
    pub fn sql_type(self) -> &'static str {
        match self {
            Self::Text | Self::Id | Self::Email | Self::Phone | Self::Country => "VARCHAR",
            Self::Date => "DATE",
            Self::Timestamp => "TIMESTAMP",
            Self::Money => "DECIMAL(18,4)",
            Self::Integer => "BIGINT",
            Self::Number => "DOUBLE",
            Self::Bool => "BOOLEAN",
        }
    }
}

/// One field of an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// Column name in `canon.<entity>`.
    pub name: &'static str,
    /// Name on screen.
    pub label: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// A row without it is of no use: quality warns, suggestion insists.
    pub required: bool,
}

const fn f(name: &'static str, label: &'static str, kind: FieldKind) -> FieldSpec {
    FieldSpec { name, label, kind, required: false }
}

const fn need(name: &'static str, label: &'static str, kind: FieldKind) -> FieldSpec {
    FieldSpec { name, label, kind, required: true }
}

use FieldKind as K;

const PROFILE: &[FieldSpec] = &[
    need("native_id", "Record id", K::Id),
    f("user_id", "Login or customer id", K::Id),
    f("loyalty_id", "Loyalty number", K::Id),
    f("email", "E-mail", K::Email),
    f("email_alt", "Second e-mail", K::Email),
    f("phone", "Phone", K::Phone),
    f("phone_alt", "Second phone", K::Phone),
    f("given_name", "Given name", K::Text),
    f("family_name", "Family name", K::Text),
    f("full_name", "Full name", K::Text),
    f("birth_date", "Birth date", K::Date),
    f("gender", "Gender", K::Text),
    f("company", "Company", K::Text),
    f("street", "Street", K::Text),
    f("city", "City", K::Text),
    f("postcode", "Postcode", K::Id),
    f("region", "Region", K::Text),
    f("country", "Country", K::Country),
    f("latitude", "Latitude", K::Number),
    f("longitude", "Longitude", K::Number),
    f("language", "Language", K::Text),
    f("created_at", "Created", K::Timestamp),
    f("updated_at", "Last changed", K::Timestamp),
    f("lifecycle_stage", "Lifecycle stage", K::Text),
    f("email_opt_in", "E-mail consent", K::Bool),
    f("sms_opt_in", "SMS consent", K::Bool),
];

const EVENT: &[FieldSpec] = &[
    f("event_id", "Event id", K::Id),
    need("anonymous_id", "Browser id", K::Id),
    f("user_id", "Login or customer id", K::Id),
    f("session_id", "Session id", K::Id),
    need("at", "Time", K::Timestamp),
    need("type", "Event type", K::Text),
    f("page", "Page", K::Text),
    f("product_id", "Product", K::Id),
    f("search_terms", "Search terms", K::Text),
    f("dwell_ms", "Dwell (ms)", K::Integer),
    f("scroll_pct", "Scroll (%)", K::Number),
    f("channel", "Channel", K::Text),
    f("utm_source", "Source", K::Text),
    f("utm_medium", "Medium", K::Text),
    f("utm_campaign", "Campaign", K::Text),
    f("device", "Device", K::Text),
    f("country", "Country", K::Country),
];

const ORDER: &[FieldSpec] = &[
    need("order_id", "Order id", K::Id),
    f("customer_id", "Customer id", K::Id),
    f("customer_email", "Customer e-mail", K::Email),
    f("customer_phone", "Customer phone", K::Phone),
    need("at", "Time", K::Timestamp),
    f("status", "Status", K::Text),
    f("currency", "Currency", K::Text),
    f("subtotal", "Subtotal", K::Money),
    f("discount", "Discount", K::Money),
    f("discount_code", "Discount code", K::Text),
    f("tax", "Tax", K::Money),
    f("shipping", "Shipping", K::Money),
    need("total", "Total", K::Money),
    f("refunded", "Refunded", K::Money),
];

const ORDER_LINE: &[FieldSpec] = &[
    need("order_id", "Order id", K::Id),
    need("product_id", "Product", K::Id),
    f("title", "Title", K::Text),
    need("quantity", "Quantity", K::Integer),
    need("unit_price", "Unit price", K::Money),
    f("discount", "Discount", K::Money),
];

const PRODUCT: &[FieldSpec] = &[
    need("product_id", "Product", K::Id),
    need("title", "Title", K::Text),
    f("description", "Description", K::Text),
    f("category", "Category path", K::Text),
    f("brand", "Brand", K::Text),
    f("tags", "Tags", K::Text),
    f("price", "Price", K::Money),
];

const PAYMENT: &[FieldSpec] = &[
    need("payment_id", "Payment id", K::Id),
    f("order_id", "Order id", K::Id),
    f("customer_id", "Customer id", K::Id),
    f("customer_email", "Customer e-mail", K::Email),
    need("at", "Time", K::Timestamp),
    need("amount", "Amount", K::Money),
    f("refunded", "Refunded", K::Money),
    f("currency", "Currency", K::Text),
    f("status", "Status", K::Text),
];

const CONSENT: &[FieldSpec] = &[
    need("subject", "Subject", K::Email),
    need("purpose", "Purpose", K::Text),
    need("granted", "Granted", K::Bool),
    f("at", "Time", K::Timestamp),
    f("evidence", "Evidence", K::Text),
];

const EXPOSURE: &[FieldSpec] = &[
    need("subject", "Subject", K::Id),
    need("experiment", "Experiment", K::Text),
    need("variant", "Variant", K::Text),
    need("at", "Time", K::Timestamp),
];

impl Entity {
    /// Every entity, in order.
    pub const ALL: [Self; 8] = [
        Self::Profile,
        Self::Event,
        Self::Order,
        Self::OrderLine,
        Self::Product,
        Self::Payment,
        Self::Consent,
        Self::Exposure,
    ];

    /// Table name inside the schema `canon`, and name in files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Event => "event",
            Self::Order => "order",
            Self::OrderLine => "order_line",
            Self::Product => "product",
            Self::Payment => "payment",
            Self::Consent => "consent",
            Self::Exposure => "exposure",
        }
    }

    /// Name on screen.
    pub fn title(self) -> &'static str {
        match self {
            Self::Profile => "Contact records",
            Self::Event => "Events",
            Self::Order => "Orders",
            Self::OrderLine => "Order lines",
            Self::Product => "Products",
            Self::Payment => "Payments",
            Self::Consent => "Consents",
            Self::Exposure => "Experiment exposures",
        }
    }

    /// The fields, in column order.
    pub fn fields(self) -> &'static [FieldSpec] {
        match self {
            Self::Profile => PROFILE,
            Self::Event => EVENT,
            Self::Order => ORDER,
            Self::OrderLine => ORDER_LINE,
            Self::Product => PRODUCT,
            Self::Payment => PAYMENT,
            Self::Consent => CONSENT,
            Self::Exposure => EXPOSURE,
        }
    }

    /// The field called `name`.
    pub fn field(self, name: &str) -> Option<&'static FieldSpec> {
        self.fields().iter().find(|spec| spec.name == name)
    }
}
