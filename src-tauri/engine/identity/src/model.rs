//! The learned model: m and u of every level, value frequencies, the prior; and scoring with it.
//!
//! A pair's match weight is log2 of its odds: the prior's, plus log2(m/u) of each field's level
//! (Fellegi and Sunter 1969), plus, for exact agreement, log2(u / frequency of the value)
//! (term-frequency adjustment, Winkler 2000). Beside strangers there is a second kind of
//! non-match, members of one household, who share family name, address, phone and sometimes the
//! mailbox: the weight loses log2(1 + odds of household against strangers).

use crate::fold::hash;
use crate::frequency::{Levels, column};
use crate::levels::{FIELDS, LEVELS, Pattern, levels};
use crate::records::{MISSING, Records, ValueId};
use kith_model::identity::{ComparisonParams, LevelParams, MatchField};
use serde::{Deserialize, Serialize};

/// Version of [`MatchModel`]'s format.
pub const MODEL_VERSION: u32 = 3;

/// Weight of a deterministic link: about a million to one.
pub const KEY_WEIGHT: f64 = 20.0;

/// A trained model. Holds no personal data in the clear: values are hashed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchModel {
    /// [`MODEL_VERSION`] of the program that wrote it.
    pub version: u32,
    /// Records it was trained on; 0 when that is not known.
    #[serde(default)]
    pub records: u64,
    /// Probability that two random records are one person's.
    pub prior: f64,
    /// Probability that two random records are of two people in one household.
    pub household: f64,
    /// Threshold in force when it was trained: a match probability.
    pub threshold: f64,
    /// The compared fields, in order.
    pub fields: Vec<FieldModel>,
}

/// One field of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldModel {
    /// The field.
    pub field: MatchField,
    /// Its levels, strongest first.
    pub levels: Vec<LevelModel>,
    /// How common its values are, where that counts.
    pub frequencies: Option<Frequencies>,
}

/// One level of a field. All three are probabilities that sum to 1 over the field's levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LevelModel {
    /// Name on screen.
    pub label: String,
    /// Among records of one person.
    pub m: f64,
    /// Among records of strangers.
    pub u: f64,
    /// Among records of two members of one household.
    pub household: f64,
}

/// How common the values of a field are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequencies {
    /// People with a value.
    pub known: u64,
    /// Hash and count of each value that occurs more than once, ascending.
    pub common: Vec<(u64, u32)>,
}

impl Frequencies {
    /// Share of people with the value of this hash.
    fn share(&self, hash: u64) -> f64 {
        let count =
            self.common.binary_search_by_key(&hash, |c| c.0).map_or(1, |at| self.common[at].1);
        f64::from(count.max(1)) / self.known.max(1) as f64
    }
}

/// The stable hash of a value as [`Frequencies`] know it.
pub(crate) fn value_hash(r: &Records, field: MatchField, value: ValueId) -> u64 {
    let at = value as usize;
    match field {
        MatchField::GivenName | MatchField::FamilyName => hash(r.names[at].name.text.as_bytes()),
        MatchField::BirthDate => {
            let b = r.birth.value[at];
            hash(format!("{}-{}-{}", b.year, b.month, b.day).as_bytes())
        }
        MatchField::Street => {
            let s = &r.street.value[at];
            hash(format!("{} {}", s.name, s.number).as_bytes())
        }
        MatchField::City => hash(r.city.value[at].text.as_bytes()),
        MatchField::Postcode => hash(r.postcode.value[at].text.as_bytes()),
        MatchField::Country => hash(r.country.value[at].text.as_bytes()),
        MatchField::Company => hash(r.company.value[at].text.as_bytes()),
        MatchField::Email | MatchField::Phone | MatchField::Location | MatchField::Identifier => 0,
    }
}

impl MatchModel {
    /// Learned parameters of the fields that are `known`, as the summary shows them: of a field
    /// that nobody has a value for, nothing was learned.
    pub fn comparisons(&self, known: impl Fn(MatchField) -> bool) -> Vec<ComparisonParams> {
        let level = |l: &LevelModel| LevelParams {
            label: l.label.clone(),
            m: l.m,
            u: l.u,
            weight: (l.m / l.u).log2(),
        };
        let comparison = |f: &FieldModel| ComparisonParams {
            field: f.field,
            levels: f.levels.iter().map(level).collect(),
        };
        self.fields.iter().filter(|f| known(f.field)).map(comparison).collect()
    }

    /// The field called `field`, when it is compared.
    pub(crate) fn field(&self, field: MatchField) -> Option<&FieldModel> {
        self.fields.iter().find(|f| f.field == field)
    }
}

/// Parts of a pair's weight, in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Weight {
    /// Prior odds.
    pub prior: f64,
    /// Each field's level, term frequency included.
    pub fields: [f64; FIELDS],
    /// At most 0: what speaks for two members of one household.
    pub household: f64,
}

impl Weight {
    /// The match weight.
    pub fn total(&self) -> f64 {
        self.prior + self.fields.iter().sum::<f64>() + self.household
    }

    /// What speaks against a match; at most 0.
    pub fn against(&self) -> f64 {
        self.household + self.fields.iter().map(|w| w.min(0.0)).sum::<f64>()
    }
}

/// Match probability of a weight in bits.
pub(crate) fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

/// Weight in bits of a match probability.
pub(crate) fn weight_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}

/// The model laid out for scoring the records of one run.
pub(crate) struct Scorer<'a> {
    prior: f64,
    household: f64,
    match_bits: Levels,
    household_bits: Levels,
    /// Rarity of each value of each field that has it, with the value of each record.
    rarity: [Option<(&'a [ValueId], Vec<f32>)>; FIELDS],
}

impl<'a> Scorer<'a> {
    /// `model` over `records`.
    pub fn new(model: &MatchModel, records: &'a Records) -> Self {
        let strangers = (1.0 - model.prior - model.household).max(f64::MIN_POSITIVE);
        let mut match_bits = [[0.0; LEVELS]; FIELDS];
        let mut household_bits = match_bits;
        let mut rarity = [const { None }; FIELDS];
        for field in &model.fields {
            let at = field.field as usize;
            for (i, level) in field.levels.iter().enumerate().take(LEVELS) {
                match_bits[at][i] = (level.m / level.u).log2();
                household_bits[at][i] = (level.household / level.u).log2();
            }
            rarity[at] = rarities(records, field);
        }
        Self {
            prior: (model.prior / strangers).log2(),
            household: (model.household / strangers).log2(),
            match_bits,
            household_bits,
            rarity,
        }
    }

    /// The weight of a pair that was compared, `pattern` its levels and `a` one of its records:
    /// where they agree exactly they share the value, so one of them is enough.
    pub fn weigh_compared(&self, pattern: Pattern, a: usize) -> Weight {
        self.weigh(pattern, a, a)
    }

    /// The weight of records `a` and `b`, were their levels `pattern`.
    pub fn weigh(&self, pattern: Pattern, a: usize, b: usize) -> Weight {
        let mut fields = [0.0; FIELDS];
        let mut household = self.household;
        for field in MatchField::ALL {
            let at = field as usize;
            let Some(level) = pattern.level(field).checked_sub(1) else { continue };
            let rarity = if level == 0 { self.rarity(field, a, b) } else { 0.0 };
            fields[at] = self.match_bits[at][level] + rarity;
            if levels(field)[0].household.is_some() {
                household += self.household_bits[at][level] + rarity;
            }
        }
        Weight {
            prior: self.prior,
            fields,
            household: -household.exp2().ln_1p() / std::f64::consts::LN_2,
        }
    }

    /// Bits an exact agreement gains for being on a rare value; the commoner of the two values
    /// counts.
    fn rarity(&self, field: MatchField, a: usize, b: usize) -> f64 {
        let Some((of, bits)) = &self.rarity[field as usize] else { return 0.0 };
        let [x, y] = [of[a], of[b]].map(|v| bits.get(v as usize).copied().unwrap_or(0.0));
        f64::from(x.min(y))
    }
}

/// Bits of rarity of every value of a field.
fn rarities<'a>(records: &'a Records, field: &FieldModel) -> Option<(&'a [ValueId], Vec<f32>)> {
    let (known, exact) = (field.frequencies.as_ref()?, field.levels.first()?);
    let (of, values) = column(records, field.field)?;
    let mut bits = vec![0.0; values];
    let mut seen = vec![false; values];
    for &value in of.iter().filter(|v| **v != MISSING) {
        if !std::mem::replace(&mut seen[value as usize], true) {
            let share = known.share(value_hash(records, field.field, value));
            bits[value as usize] = (exact.u / share).log2() as f32;
        }
    }
    Some((of, bits))
}
