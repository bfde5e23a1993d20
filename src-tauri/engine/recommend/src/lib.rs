//! What to show whom: item-item neighbours beside the baselines every model must beat.
//!
//! Not for: titles and pictures (the workbench joins them), storage, or training on anything
//! but who touched which product when.
//!
//! Its one law: the protocol is part of the result. Every figure is of people who bought after
//! the split, ranked over all products by what was known before it; `popular` and
//! `own frequency` stand beside every model, and a model that loses to one says so.

mod cosine;
mod csr;
mod evaluate;
mod fit;
mod interactions;
mod lists;
mod metrics;
mod rank;
mod recommend_sql;
mod summary;

pub use fit::{Fitted, Interactions, fit};
pub use lists::{ProductText, lists};
pub use rank::fold_in;
pub use recommend_sql::{interactions_sql, person_interactions_sql};

/// Why no recommendation can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecommendError {
    /// The user stopped it.
    #[error("Stopped")]
    Cancelled,
    /// The interactions lack a column or hold another type.
    #[error("The interactions need a column {name} of {expected}")]
    Column {
        /// Its name.
        name: &'static str,
        /// What it must hold.
        expected: &'static str,
    },
    /// Nothing to learn from.
    #[error(
        "Nobody bought, carted or viewed a product yet: load orders or events that name products"
    )]
    NoInteractions,
    /// Views, carts, but no purchase, so nothing says what a good list is.
    #[error("There is no purchase to test against: load orders with their lines")]
    NoPurchases,
}
