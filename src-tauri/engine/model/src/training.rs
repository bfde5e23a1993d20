//! Training of the match model as projects and screens know it: how learning went, iteration by
//! iteration, and whether what was learned is kept for later runs.

use crate::chart::{Chart, ChartAxis};
use crate::identity::MatchField;
use serde::{Deserialize, Serialize};

/// A training kept for later runs instead of learning anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenTraining {
    /// Hash of its file, `models/identity-MARK.json` in the project.
    pub mark: String,
    /// Records it was trained on.
    pub records: u64,
    /// When it was frozen, RFC 3339 UTC.
    pub at: String,
}

/// One session of training: the pairs that agree on a rule's fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingSession {
    /// The rule, e.g. `family name + birth date`.
    pub rule: String,
    /// Candidate pairs it learned from.
    pub pairs: u64,
    /// Log-likelihood, priors included, at each iteration; never falls.
    pub log_likelihood: Vec<f64>,
}

/// m of one field while it was learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldTraining {
    /// The field.
    pub field: MatchField,
    /// Its levels, strongest first.
    pub levels: Vec<String>,
    /// For each level: m before the first iteration and after each one.
    pub m: Vec<Vec<f64>>,
}

/// How learning went; empty when nothing was learned because the training is frozen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingLog {
    /// One for each rule that found pairs.
    pub sessions: Vec<TrainingSession>,
    /// Fields with something to learn from.
    pub fields: Vec<FieldTraining>,
}

/// Name of the live series of a level's m.
pub fn m_series(field: MatchField, level: usize) -> String {
    format!("m/{field:?}/{level}")
}

fn by_iteration(values: impl Iterator<Item = f64>, first: u32) -> Vec<[f64; 2]> {
    (first..).zip(values).map(|(i, v)| [f64::from(i), v]).collect()
}

impl TrainingLog {
    /// True when nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.fields.is_empty()
    }

    /// What each session gained: its log-likelihood above that of its first iteration, a pair.
    /// Sessions differ a thousandfold in size, so the gains stand on one axis only when shared out.
    pub fn gain_chart(&self) -> Chart {
        let line = |s: &TrainingSession| {
            let first = s.log_likelihood.first().copied().unwrap_or_default();
            let gains = s.log_likelihood.iter().map(|y| (y - first) / s.pairs.max(1) as f64);
            (s.rule.clone(), by_iteration(gains, 1))
        };
        let lines: Vec<(String, Vec<[f64; 2]>)> = self.sessions.iter().map(line).collect();
        Chart::lines(
            "training",
            "Training by session",
            (ChartAxis::new("iteration"), ChartAxis::new("log-likelihood gained, nats a pair")),
            lines.iter().map(|(name, points)| (name.as_str(), points.clone())),
        )
        .about("Expectation maximisation over the pairs that agree on each training rule")
    }

    /// m of a field's levels by iteration; none for a field that had nothing to learn from.
    pub fn m_chart(&self, field: MatchField) -> Option<Chart> {
        let found = self.fields.iter().find(|f| f.field == field)?;
        let lines = found.levels.iter().zip(&found.m);
        let lines = lines.map(|(level, m)| (level.as_str(), by_iteration(m.iter().copied(), 0)));
        let name = format!("training-{}", field.label().to_lowercase().replace([' ', '-'], "_"));
        let chart = Chart::lines(
            &name,
            &format!("m of {} while learning", field.label().to_lowercase()),
            (ChartAxis::new("iteration"), ChartAxis::share("share of true pairs")),
            lines,
        );
        Some(chart.about("Iteration 0 is where learning starts; the last one is in force"))
    }

    /// Every chart: the sessions, then each field.
    pub fn charts(&self) -> Vec<Chart> {
        if self.is_empty() {
            return Vec::new();
        }
        let fields = self.fields.iter().filter_map(|f| self.m_chart(f.field));
        std::iter::once(self.gain_chart()).chain(fields).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_begin_at_the_start_and_share_gains_out_by_pair() {
        let log = TrainingLog {
            sessions: vec![TrainingSession {
                rule: "e-mail".to_owned(),
                pairs: 4,
                log_likelihood: vec![-100.0, -96.0, -95.0],
            }],
            fields: vec![FieldTraining {
                field: MatchField::GivenName,
                levels: vec!["exact".to_owned(), "different".to_owned()],
                m: vec![vec![0.7, 0.8], vec![0.3, 0.2]],
            }],
        };
        let charts = log.charts();
        assert_eq!(charts.len(), 2);
        assert_eq!(charts[0].series[0].points, [[1.0, 0.0], [2.0, 1.0], [3.0, 1.25]]);
        assert_eq!(charts[1].name, "training-given_name");
        assert_eq!(charts[1].series[1].points, [[0.0, 0.3], [1.0, 0.2]]);
        assert!(log.m_chart(MatchField::Phone).is_none());
        assert!(TrainingLog::default().charts().is_empty());
    }
}
