//! What answers are filed under.

use kith_model::golden::GoldenParams;
use kith_model::identity::IdentityParams;
use kith_model::mapping::Link;
use kith_model::{Entity, SourceId};
use std::hash::{Hash, Hasher};

/// A link to be tried out on a source.
#[derive(Debug, Clone)]
pub struct LinkKey {
    /// Which source.
    pub source: SourceId,
    /// Into which entity.
    pub entity: Entity,
    /// The link; where it comes from and how sure it is do not matter.
    pub link: Link,
}

impl PartialEq for LinkKey {
    fn eq(&self, other: &Self) -> bool {
        let of = |k: &Self| (k.link.field.clone(), k.link.column.clone(), k.link.transform.clone());
        self.source == other.source && self.entity == other.entity && of(self) == of(other)
    }
}

impl Eq for LinkKey {}

impl Hash for LinkKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.source, self.entity, &self.link.field, &self.link.column).hash(state);
    }
}

/// Settings whose blocking rules are to be estimated.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanKey(pub IdentityParams);

impl Eq for PlanKey {}

impl Hash for PlanKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.max_pairs.hash(state);
        self.0.rules.iter().for_each(|rule| rule.fields.hash(state));
    }
}

/// Rules of survivorship whose changes are to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldenKey(pub GoldenParams);

impl Hash for GoldenKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.rule.key().hash(state);
        self.0.fields.iter().for_each(|(field, rule)| (field, rule.key()).hash(state));
        self.0.sources.hash(state);
    }
}
