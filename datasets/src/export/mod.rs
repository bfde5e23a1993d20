//! One writer per export: real headers, real quirks.

pub(crate) mod events;
pub(crate) mod hubspot;
pub(crate) mod mailchimp;
pub(crate) mod orders;
pub(crate) mod payments;
pub(crate) mod products;
pub(crate) mod salesforce;
pub(crate) mod shop_customers;
