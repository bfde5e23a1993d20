//! Why two records are, or are not, one person: what brings them together, what each field says,
//! how it ended, and what would have to change.

use crate::IdentityError;
use crate::cards::{cards, cell, pick, rows_by_id};
use crate::compare::Comparer;
use crate::decided::record_name;
use crate::forest::pair;
use crate::keys::{self, KeyKind, KeyLinks};
use crate::levels::Pattern;
use crate::meet::meet;
use crate::model::{KEY_WEIGHT, MatchModel, Scorer, Weight, probability, weight_of};
use crate::path::chain;
use crate::records::{MISSING, Records, ints, texts};
use crate::what_if::{self, what_if};
use kith_model::document::Decision;
use kith_model::explain::{
    FieldStep, LevelReached, Meeting, PairExplanation, PairOutcome, RuleTried,
};
use kith_model::identity::{BlockingEstimate, IdentityParams, MatchField, Verdict};
use kith_model::{Column, Frame, PairKey, ProfileId, Quiet, Valid};
use std::collections::BTreeMap;

/// What an explanation is made of.
pub struct ExplainInput<'a> {
    /// The two records.
    pub key: &'a PairKey,
    /// Every row of [`crate::records_sql`]: how common a value is decides whether it blocks.
    pub records: &'a Frame,
    /// Rows of [`crate::people_of_sql`].
    pub people: &'a Frame,
    /// Rows of [`crate::pairs_of_people_sql`] of the two people; more does no harm.
    pub pairs: &'a Frame,
    /// The model of the last run.
    pub model: &'a MatchModel,
    /// Settings in force.
    pub params: &'a Valid<IdentityParams>,
    /// What the last run found out about each blocking rule.
    pub estimates: &'a [BlockingEstimate],
    /// What people said.
    pub decisions: &'a BTreeMap<PairKey, Decision>,
    /// What each source is called on screen.
    pub titles: &'a BTreeMap<String, String>,
}

/// Whose each record is, by name.
pub(crate) struct Owners {
    rows: BTreeMap<String, usize>,
    profile: BTreeMap<i64, i64>,
    ids: Vec<Option<i64>>,
}

impl Owners {
    /// Reads the owners of the records called `names`.
    pub fn read(
        records: &Frame,
        people: &Frame,
        names: impl Iterator<Item = String>,
    ) -> Result<Self, IdentityError> {
        let (source, native) = (texts(records, "source")?, texts(records, "native_id")?);
        let mut wanted: BTreeMap<String, Option<usize>> = names.map(|n| (n, None)).collect();
        for row in 0..records.rows() {
            let name = record_name(source.get(row), native.get(row));
            if let Some(slot) = wanted.get_mut(&name) {
                slot.get_or_insert(row);
            }
        }
        let (record, profile) = (ints(people, "record_id")?, ints(people, "profile_id")?);
        let owned = record.iter().zip(profile);
        Ok(Self {
            rows: wanted.into_iter().filter_map(|(name, row)| Some((name, row?))).collect(),
            profile: owned.filter_map(|(r, p)| Some(((*r)?, (*p)?))).collect(),
            ids: ints(records, "record_id")?.to_vec(),
        })
    }

    /// The row of a record.
    pub fn row(&self, name: &str) -> Option<usize> {
        self.rows.get(name).copied()
    }

    /// Its person.
    pub fn person(&self, name: &str) -> Option<i64> {
        self.profile.get(&self.ids[self.row(name)?]?).copied()
    }
}

/// The people whose the two records of `pair` are.
///
/// # Errors
/// A column is missing, or there is no such record.
pub fn people_of_pair(
    records: &Frame,
    people: &Frame,
    pair: &PairKey,
) -> Result<[ProfileId; 2], IdentityError> {
    let names = [pair.left.clone(), pair.right.clone()];
    let owners = Owners::read(records, people, names.into_iter())?;
    let person = |name: &str, side| {
        let id = owners.person(name).ok_or(IdentityError::Record { side })?;
        Ok(ProfileId(id.unsigned_abs()))
    };
    Ok([person(&pair.left, "first")?, person(&pair.right, "second")?])
}

/// Explains a pair as the last run left it.
///
/// # Errors
/// A column is missing, or [`IdentityError::Record`] when there is no such record.
pub fn explain(input: &ExplainInput<'_>) -> Result<PairExplanation, IdentityError> {
    let key = input.key;
    let decided = input.decisions.keys().flat_map(|k| [k.left.clone(), k.right.clone()]);
    let names = [key.left.clone(), key.right.clone()];
    let owners = Owners::read(input.records, input.people, names.into_iter().chain(decided))?;
    let missing = |side| IdentityError::Record { side };
    let rows = [
        owners.row(&key.left).ok_or_else(|| missing("first"))?,
        owners.row(&key.right).ok_or_else(|| missing("second"))?,
    ];
    let mut records = Records::read(input.records, &Quiet)?;
    let place = |row: usize| records.row.iter().position(|&r| r as usize == row);
    let (Some(a), Some(b)) = (place(rows[0]), place(rows[1])) else { return Err(missing("first")) };
    let shared = KeyKind::ALL.map(|kind| sharing(&records, kind, (a, b)));
    let links = keys::link(&mut records, input.params, &Quiet)?;
    let seen = Seen { input, owners, records, links, pair: (a, b), shared };
    seen.explain(rows)
}

/// Records that hold the value that `a` and `b` share by a key; 0 when they share none.
fn sharing(r: &Records, kind: KeyKind, (a, b): (usize, usize)) -> u64 {
    let contact = |of: &[[u32; 2]]| {
        let common = of[a].into_iter().find(|v| *v != MISSING && of[b].contains(v));
        common.map_or(0, |value| of.iter().filter(|pair| pair.contains(&value)).count())
    };
    let id = |of: &[u32]| {
        let common = Some(of[a]).filter(|v| *v != MISSING && of[b] == *v);
        common.map_or(0, |value| of.iter().filter(|v| **v == value).count())
    };
    let n = match kind {
        KeyKind::Email => contact(&r.email.of),
        KeyKind::Phone => contact(&r.phone.of),
        KeyKind::User => id(&r.user.of),
        KeyKind::Loyalty => id(&r.loyalty.of),
    };
    n as u64
}

/// The pair and all that is needed to explain it.
struct Seen<'a> {
    input: &'a ExplainInput<'a>,
    owners: Owners,
    records: Records,
    links: KeyLinks,
    pair: (usize, usize),
    shared: [u64; KeyKind::ALL.len()],
}

impl Seen<'_> {
    fn explain(&self, rows: [usize; 2]) -> Result<PairExplanation, IdentityError> {
        let input = self.input;
        let (a, b) = self.pair;
        let comparer = Comparer::new(&self.records, input.params);
        let may_meet = comparer.may_meet(a, b);
        let linked = self.links.kind(pair(a as u32, b as u32)).filter(|_| may_meet);
        let rules = self.rules(linked, may_meet);
        let compared = rules.iter().any(|r| matches!(r.meeting, Meeting::Met | Meeting::Linked));
        let scorer = Scorer::new(input.model, &self.records);
        let pattern = comparer.compare(a, b);
        let weight = scorer.weigh(pattern, a, b);
        let stored = self.stored(rows)?;
        let keyed = linked.map_or(0.0, |_| (KEY_WEIGHT - weight.total()).max(0.0));
        let taught = match stored {
            Some(stored) if linked.is_none() => stored - weight.total(),
            _ => 0.0,
        };
        let taught = if taught.abs() < 1e-6 { 0.0 } else { taught };
        let total = weight.total() + keyed + taught;
        let threshold = input.params.threshold.unwrap_or(input.model.threshold);
        let reached = compared && total >= weight_of(threshold);
        let outcome = self.outcome((linked, may_meet), (compared, reached), rows)?;
        let asked = what_if::Pair {
            model: input.model,
            scorer: &scorer,
            all: &self.records,
            records: (a, b),
            pattern,
            extra: taught,
            threshold,
        };
        let what_if = if linked.is_some() { Vec::new() } else { what_if(&asked) };
        let cards = cards(&pick(input.records, &rows), input.titles)?;
        let [left, right] = [cards[0].clone(), cards[1].clone()];
        Ok(PairExplanation {
            key: input.key.clone(),
            left,
            right,
            people: self.people().map(|p| ProfileId(p.unsigned_abs())),
            rules,
            compared,
            prior: weight.prior,
            fields: self.fields(pattern, &weight, rows),
            household: weight.household,
            taught,
            keyed,
            weight: total,
            probability: probability(total),
            threshold,
            outcome,
            decision: input.decisions.get(input.key).cloned(),
            what_if,
        })
    }

    fn people(&self) -> [i64; 2] {
        let person = |name: &str| self.owners.person(name).unwrap_or(0);
        [person(&self.input.key.left), person(&self.input.key.right)]
    }

    /// Every key and rule, tried on the two.
    fn rules(&self, linked: Option<KeyKind>, may_meet: bool) -> Vec<RuleTried> {
        let after = |kind| sharing(&self.records, kind, self.pair);
        let by_key = KeyKind::ALL.into_iter().zip(self.shared).map(|(kind, records)| RuleTried {
            rule: kind.label().to_owned(),
            key: true,
            meeting: match () {
                () if records == 0 || !may_meet => Meeting::Apart,
                () if linked == Some(kind) => Meeting::Linked,
                () if after(kind) == 0 => Meeting::TooCommon,
                () if linked.is_some() => Meeting::Met,
                () => Meeting::Distrusted,
            },
            records,
        });
        let known = (&**self.input.params, self.input.estimates);
        let tried = meet(&self.records, known, self.pair);
        let by_rule = tried.into_iter().map(|met| RuleTried {
            rule: met.rule,
            key: false,
            meeting: match () {
                () if met.records == 0 || !may_meet => Meeting::Apart,
                () if met.skipped => Meeting::TooCommon,
                () => Meeting::Met,
            },
            records: met.records,
        });
        by_key.chain(by_rule).collect()
    }

    /// The weight the last run gave the pair, where it was kept.
    fn stored(&self, rows: [usize; 2]) -> Result<Option<f64>, IdentityError> {
        let id = |row: usize| self.owners.ids[row];
        let (left, right) =
            (ints(self.input.pairs, "left_record")?, ints(self.input.pairs, "right_record")?);
        let weights = self.input.pairs.column("weight").and_then(Column::real).unwrap_or_default();
        let wanted = [id(rows[0]), id(rows[1])];
        let at = left.iter().zip(right).position(|(l, r)| [*l, *r] == wanted || [*r, *l] == wanted);
        Ok(at.and_then(|at| weights.get(at).copied().flatten()))
    }

    /// What each field says, values as written.
    fn fields(&self, pattern: Pattern, weight: &Weight, rows: [usize; 2]) -> Vec<FieldStep> {
        let step = |known: &crate::model::FieldModel| {
            let field = known.field;
            let bits = weight.fields[field as usize];
            let reached = pattern.level(field).checked_sub(1).and_then(|at| known.levels.get(at));
            FieldStep {
                field,
                left: value(self.input.records, field, rows[0]),
                right: value(self.input.records, field, rows[1]),
                level: reached.map(|level| LevelReached {
                    label: level.label.clone(),
                    m: level.m,
                    u: level.u,
                    bayes_factor: level.m / level.u,
                    term_frequency: bits - (level.m / level.u).log2(),
                }),
                weight: bits,
            }
        };
        self.input.model.fields.iter().map(step).collect()
    }

    fn outcome(
        &self,
        (linked, may_meet): (Option<KeyKind>, bool),
        (compared, reached): (bool, bool),
        rows: [usize; 2],
    ) -> Result<PairOutcome, IdentityError> {
        let own = self.input.decisions.get(self.input.key).map(|d| d.verdict);
        let people = self.people();
        if people[0] == people[1] {
            return Ok(match (own, linked) {
                (Some(Verdict::Same), _) => PairOutcome::SaidSame,
                (_, Some(kind)) => PairOutcome::ByKey { key: kind.label().to_owned() },
                _ if reached => PairOutcome::Direct,
                _ => PairOutcome::ThroughOthers { path: self.path(people[0], rows)? },
            });
        }
        let apart = |key: &&PairKey| {
            let ends = [self.owners.person(&key.left), self.owners.person(&key.right)];
            let [x, y] = people.map(Some);
            self.input.decisions[*key].verdict == Verdict::Different
                && (ends == [x, y] || ends == [y, x])
        };
        Ok(match () {
            () if own == Some(Verdict::Different) => {
                PairOutcome::SaidDifferent { pair: self.input.key.clone() }
            }
            () if !may_meet => PairOutcome::OutOfScope,
            () => match self.input.decisions.keys().find(apart) {
                Some(pair) => PairOutcome::SaidDifferent { pair: pair.clone() },
                None if !compared => PairOutcome::NotCompared,
                None if !reached => PairOutcome::BelowThreshold,
                None => PairOutcome::Outweighed,
            },
        })
    }

    /// The chain of records from left to right whose weakest link is the strongest.
    fn path(
        &self,
        person: i64,
        rows: [usize; 2],
    ) -> Result<Vec<kith_model::explain::PathStep>, IdentityError> {
        let least = self.input.params.threshold.unwrap_or(self.input.model.threshold);
        let ends = rows.map(|row| self.owners.ids[row].unwrap_or_default());
        let steps = chain(self.input.pairs, (person, least), ends)?;
        let by_id = rows_by_id(self.input.records)?;
        let (source, native) =
            (texts(self.input.records, "source")?, texts(self.input.records, "native_id")?);
        let name = |id: i64| {
            let row = by_id.get(&id).copied().unwrap_or_default();
            record_name(source.get(row), native.get(row))
        };
        let step =
            |(id, probability)| kith_model::explain::PathStep { record: name(id), probability };
        Ok(steps.into_iter().map(step).collect())
    }
}

/// A record's value of a field as written; two contacts stand behind each other.
fn value(records: &Frame, field: MatchField, row: usize) -> String {
    let of = |name: &str| {
        let column = records.column(name);
        column.map(|column| cell(name, column, row)).filter(|text| !text.is_empty())
    };
    let (first, second) = match field {
        MatchField::GivenName => ("given_name", None),
        MatchField::FamilyName => ("family_name", None),
        MatchField::BirthDate => ("birth_date", None),
        MatchField::Email => ("email", Some("email_alt")),
        MatchField::Phone => ("phone", Some("phone_alt")),
        MatchField::Street => ("street", None),
        MatchField::City => ("city", None),
        MatchField::Postcode => ("postcode", None),
        MatchField::Country => ("country", None),
        MatchField::Location => ("coordinates", None),
        MatchField::Company => ("company", None),
        MatchField::Identifier => ("loyalty_id", None),
    };
    let named = matches!(field, MatchField::GivenName | MatchField::FamilyName);
    let values: Vec<String> = of(first).into_iter().chain(second.and_then(of)).collect();
    if values.is_empty() && named {
        // Both names may stand in one column.
        return of("full_name").unwrap_or_default();
    }
    values.join(" · ")
}
