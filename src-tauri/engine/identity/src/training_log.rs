//! What is written down while m is learned: the sessions' log-likelihood and m of every level,
//! iteration by iteration.

use crate::em::Session;
use crate::frequency::Levels;
use crate::levels::levels;
use kith_model::identity::{BlockingRule, MatchField};
use kith_model::training::{FieldTraining, TrainingLog, TrainingSession, m_series};
use kith_model::{Metric, Monitor};

/// Written while learning goes on.
pub(crate) struct Trace {
    sessions: Vec<TrainingSession>,
    m: Vec<Levels>,
}

/// Six digits: what a chart can show.
fn short(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

impl Trace {
    /// Before the first iteration, where m is `start`.
    pub fn new(sessions: &[Session], start: &Levels) -> Self {
        let session = |s: &Session| TrainingSession {
            rule: BlockingRule { fields: s.blocked.to_vec() }.label(),
            pairs: s.pairs().round() as u64,
            log_likelihood: Vec::new(),
        };
        Self { sessions: sessions.iter().map(session).collect(), m: vec![*start] }
    }

    /// After an iteration, where m is `m` now; tells the monitor.
    pub fn note(&mut self, sessions: &[Session], m: &Levels, monitor: &dyn Monitor) {
        for (written, session) in self.sessions.iter_mut().zip(sessions) {
            written.log_likelihood.push(session.log_likelihood);
        }
        let x = self.m.len() as f64;
        for field in MatchField::ALL {
            for (level, &y) in m[field as usize].iter().enumerate().take(levels(field).len()) {
                monitor.metric(Metric { series: m_series(field, level), x, y });
            }
        }
        self.m.push(*m);
    }

    /// All of it, of the fields that `said` anything.
    pub fn log(self, said: impl Fn(MatchField) -> bool) -> TrainingLog {
        let field = |field: MatchField| FieldTraining {
            field,
            levels: levels(field).iter().map(|l| l.label.to_owned()).collect(),
            m: (0..levels(field).len())
                .map(|level| self.m.iter().map(|m| short(m[field as usize][level])).collect())
                .collect(),
        };
        let fields = MatchField::ALL.into_iter().filter(|f| said(*f)).map(field).collect();
        TrainingLog { sessions: self.sessions, fields }
    }
}
