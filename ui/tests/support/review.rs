//! The review's made-up answers: where it stands, an explanation, a person's graph, charts.

use kith_model::chart::{Chart, ChartAxis, ChartMark, ChartPanel, ChartSeries, Mark};
use kith_model::document::Document;
use kith_model::explain::{
    FieldStep, LevelChange, LevelReached, Meeting, PairExplanation, PairOutcome, RuleTried, WhatIf,
};
use kith_model::identity::{
    BlockingEstimate, IdentityParams, IdentitySummary, LevelParams, MatchField, Verdict,
};
use kith_model::lineage::{
    Lineage, LineageEvent, LineageKind, LineageRun, Move, ProfileFate, RunKind,
};
use kith_model::person_graph::{GraphLink, LinkKind, PersonGraph};
use kith_model::review_desk::{
    Agreement, Estimate, LabelledPoint, ReviewDesk, Reviewer, ReviewerPair,
};
use kith_model::{PairKey, ProfileId};

/// Questions there are at first; `pairs` of them are at hand.
pub fn waiting(pairs: usize) -> u64 {
    super::people::identity().review.max(pairs as u64)
}

pub fn desk(document: &Document, pairs: usize) -> ReviewDesk {
    let answers = || document.decisions.values().filter(|d| d.origin.teaches());
    let said = |v: Verdict| answers().filter(|d| d.verdict == v).count() as u64;
    let decided = answers().count() as u64;
    let estimate =
        |value: f64| Estimate { value, low: value - 0.02, high: (value + 0.015).min(1.0) };
    let labelled = (1..100)
        .map(|i| {
            let t = f64::from(i) / 100.0;
            LabelledPoint {
                threshold: t,
                precision: estimate(0.9 + 0.08 * t),
                recall: estimate(0.99 - 0.1 * t * t),
                f1: estimate(0.95),
            }
        })
        .collect();
    ReviewDesk {
        same: said(Verdict::Same),
        different: said(Verdict::Different),
        unsure: said(Verdict::Unsure),
        by_hand: document.decisions.len() as u64 - decided,
        waiting: waiting(pairs).saturating_sub(decided),
        matters: (pairs as u64).saturating_sub(decided) / 2,
        at_stake: 11.4,
        seconds_each: Some(2.8),
        timed: 40,
        model: Agreement { agree: 31, of: 38 },
        reviewers: vec![Reviewer {
            by: "tester".to_owned(),
            decisions: decided,
            model: Agreement { agree: 31, of: 38 },
        }],
        between: vec![ReviewerPair {
            who: ["ada".to_owned(), "jonas".to_owned()],
            agreement: Agreement { agree: 11, of: 12 },
        }],
        disputed: vec![PairKey::new("hubspot_contacts/4711", "salesforce_contacts/0035g0")],
        labels: 38,
        labelled,
    }
}

pub fn explanation(pair: &PairKey) -> PairExplanation {
    let cards = super::people::review(&Document::default(), 6).swap_remove(0);
    let step = |field, left: &str, right: &str, level: Option<(&str, f64, f64)>| FieldStep {
        field,
        left: left.to_owned(),
        right: right.to_owned(),
        weight: level.map_or(0.0, |(_, m, u)| (m / u).log2()),
        level: level.map(|(label, m, u)| LevelReached {
            label: label.to_owned(),
            m,
            u,
            bayes_factor: m / u,
            term_frequency: 0.0,
        }),
    };
    use MatchField as F;
    let fields = vec![
        step(F::GivenName, "Katherine", "Katharine", Some(("close spelling", 0.08, 0.0066))),
        step(F::FamilyName, "Haugen", "Haugen", Some(("exact", 0.84, 0.01))),
        step(F::BirthDate, "1984-05-17", "1984-05-11", Some(("one part differs", 0.06, 0.0046))),
        step(F::Email, "k.haugen@example.org", "", None),
        step(F::Phone, "+4791234567", "+4791234576", Some(("different", 0.35, 0.99))),
        step(F::Street, "12 Fjellveien", "12 Fjellvegen", Some(("same street", 0.03, 0.01))),
    ];
    let weight = fields.iter().map(|f| f.weight).sum::<f64>() - 12.9;
    let rule = |rule: &str, key, meeting, records| RuleTried {
        rule: rule.to_owned(),
        key,
        meeting,
        records,
    };
    PairExplanation {
        key: pair.clone(),
        left: cards.left,
        right: cards.right,
        people: [ProfileId(1), ProfileId(2)],
        rules: vec![
            rule("same e-mail", true, Meeting::Apart, 0),
            rule("same phone", true, Meeting::TooCommon, 41),
            rule("given name or nickname + family name", false, Meeting::Met, 3),
            rule("street + postcode or city", false, Meeting::Met, 2),
            rule("family name + birth date", false, Meeting::Apart, 0),
        ],
        compared: true,
        prior: -12.9,
        weight,
        fields,
        household: 0.0,
        taught: 0.0,
        keyed: 0.0,
        probability: 1.0 / (1.0 + (-weight).exp2()),
        threshold: 0.86,
        outcome: PairOutcome::BelowThreshold,
        decision: None,
        what_if: vec![WhatIf {
            changes: vec![LevelChange {
                field: F::Phone,
                from: "different".to_owned(),
                to: "one slip".to_owned(),
            }],
            weight: 5.9,
            probability: 0.983,
        }],
    }
}

pub fn graph(profile: ProfileId) -> PersonGraph {
    let records = super::people::person(profile).records;
    let mut all = records.clone();
    for (i, card) in records.iter().enumerate() {
        let mut more = card.clone();
        more.name = format!("{}-{i}", more.name);
        all.push(more);
    }
    let link = |from: usize, to: usize, weight: f64, kind, cuts_off: &[u32]| GraphLink {
        from: from as u32,
        to: to as u32,
        key: PairKey::new(all[from].name.clone(), all[to].name.clone()),
        weight,
        probability: 1.0 / (1.0 + (-weight).exp2()),
        kind,
        cuts_off: cuts_off.to_vec(),
        verdict: None,
    };
    PersonGraph {
        profile,
        threshold: 0.86,
        links: vec![
            link(0, 1, 20.0, LinkKind::Key, &[]),
            link(1, 2, 14.2, LinkKind::Strong, &[]),
            link(0, 2, 9.1, LinkKind::Strong, &[]),
            link(2, 3, 3.1, LinkKind::Strong, &[3, 4, 5]),
            link(3, 4, 12.0, LinkKind::Strong, &[]),
            link(4, 5, 11.0, LinkKind::Strong, &[]),
            link(3, 5, 10.0, LinkKind::Strong, &[]),
            link(1, 4, -2.0, LinkKind::Weak, &[]),
        ],
        records: all,
    }
}

fn records_of(n: usize) -> String {
    if n == 1 { "1 record".to_owned() } else { format!("{n} records") }
}

pub fn charts(s: &IdentitySummary) -> Vec<Chart> {
    let weights = s.histogram.iter().map(|b| [f64::midpoint(b.from, b.to), b.pairs as f64]);
    let sizes: Vec<(String, f64)> =
        s.cluster_sizes.iter().enumerate().map(|(i, n)| (records_of(i + 1), *n as f64)).collect();
    let curve = s.curve.iter().filter_map(|p| Some([p.recall?, p.precision?])).collect();
    vec![
        Chart {
            name: "match-weights".to_owned(),
            title: "Match weights".to_owned(),
            about: "96,412 candidate pairs by match weight".to_owned(),
            x: ChartAxis::new("match weight, bits"),
            y: ChartAxis::new("candidate pairs"),
            series: vec![ChartSeries {
                name: "pairs".to_owned(),
                mark: Mark::Bar,
                points: weights.collect(),
            }],
            marks: vec![ChartMark { label: "threshold".to_owned(), at: 2.6 }],
            ..Chart::default()
        },
        Chart::lines(
            "precision-recall",
            "Precision and recall",
            (ChartAxis::share("recall"), ChartAxis::share("precision")),
            [("precision at each recall", curve)],
        )
        .about("One point a threshold, against the known truth, final clusters"),
        Chart::bars(
            "cluster-sizes",
            "People by number of records",
            ChartAxis::new("people"),
            &sizes,
        ),
        parameters(s),
    ]
}

fn parameters(s: &IdentitySummary) -> Chart {
    let levels = || s.comparisons.iter().flat_map(|c| c.levels.iter().map(move |l| (c.field, l)));
    let named = |(field, l): (MatchField, &LevelParams)| {
        (format!("{}: {}", field.label(), l.label), l.weight)
    };
    let bars: Vec<(String, f64)> = levels().map(named).collect();
    let series = |name: &str, of: fn(&LevelParams) -> f64| ChartSeries {
        name: name.to_owned(),
        mark: Mark::Bar,
        points: levels().enumerate().map(|(i, (_, l))| [i as f64, of(l)]).collect(),
    };
    let axis = ChartAxis::new("match weight, bits");
    let beside = ChartPanel {
        axis: ChartAxis::share("share of pairs"),
        series: vec![series("m", |l| l.m), series("u", |l| l.u)],
    };
    let about = "Match weight log2(m/u) of every level; m: how many matches reach it, u: how many \
                 other pairs";
    let chart = Chart::bars("parameters", "What agreement is worth", axis, &bars).about(about);
    Chart { beside: Some(beside), ..chart }
}

pub fn lineage(profile: Option<ProfileId>) -> Lineage {
    let moved = |from: u64, into: Option<u64>, records: u64| Move {
        from: ProfileId(from),
        into: into.map(ProfileId),
        records,
    };
    let event = |what, moves: &[Move]| LineageEvent { what, moves: moves.to_vec() };
    let runs = vec![
        LineageRun {
            run: 9,
            at: "2026-03-01T17:22:08Z".to_owned(),
            how: RunKind::Linked,
            records: 8_140,
            profiles: 4_982,
            new: 12,
            retired: 2,
            events: vec![
                event(LineageKind::Merged, &[moved(12, Some(12), 3), moved(98, Some(12), 1)]),
                event(LineageKind::Gone, &[moved(2_044, None, 1)]),
            ],
        },
        LineageRun {
            run: 8,
            at: "2026-02-24T09:12:51Z".to_owned(),
            how: RunKind::Full,
            records: 8_102,
            profiles: 4_972,
            new: 41,
            retired: 7,
            events: vec![event(
                LineageKind::Split,
                &[moved(40, Some(40), 2), moved(40, Some(4_961), 2)],
            )],
        },
        LineageRun {
            run: 1,
            at: "2026-02-11T14:03:00Z".to_owned(),
            records: 7_911,
            profiles: 4_840,
            new: 4_840,
            ..LineageRun::default()
        },
    ];
    let fate = profile.map(|profile| ProfileFate {
        profile,
        standing: profile != ProfileId(98),
        now: vec![if profile == ProfileId(98) { ProfileId(12) } else { profile }],
    });
    let shown = if profile.is_some() { runs[..1].to_vec() } else { runs };
    Lineage { total: shown.len() as u64, runs: shown, fate }
}

pub fn blocking_plan(params: &IdentityParams) -> Vec<BlockingEstimate> {
    let mut cumulative = 0;
    let mut rule = |rule: String, pairs: u64, kept: u64, largest_block: u64| {
        cumulative += kept;
        BlockingEstimate {
            rule,
            keyed: 7_204,
            pairs,
            kept,
            cumulative,
            largest_block,
            largest_kept: (kept > 0).then_some(200),
            instead: (kept == 0).then(|| "country + postcode (31,004 pairs)".to_owned()),
            ..BlockingEstimate::default()
        }
    };
    if params.rules.is_empty() {
        return vec![
            rule("e-mail".to_owned(), 2_310, 2_310, 6),
            rule("family name + birth date".to_owned(), 3_808, 3_808, 9),
            rule("given name + postcode".to_owned(), 33_120, 31_004, 211),
        ];
    }
    params
        .rules
        .iter()
        .map(|own| match own.fields.as_slice() {
            [MatchField::Country] => rule(own.label(), 21_004_110, 0, 6_480),
            _ => rule(own.label(), 33_120, 31_004, 211),
        })
        .collect()
}
