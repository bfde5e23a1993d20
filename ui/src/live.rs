//! Live series of running jobs; the previous run's curve stays until the next run is through.

use kith_model::{JobId, Metric, Stage};
use std::collections::BTreeMap;

/// A series of the present run and of the one before.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Series {
    job: Option<JobId>,
    /// The present run: x, y.
    pub points: Vec<[f64; 2]>,
    /// The run before.
    pub previous: Vec<[f64; 2]>,
}

/// Every series, by stage and name.
#[derive(Debug, Default)]
pub struct Live {
    series: BTreeMap<(Stage, String), Series>,
}

impl Live {
    /// Takes a live number in. A restart (x falls back) begins a new piece of the same run.
    pub fn note(&mut self, job: JobId, stage: Stage, metric: &Metric) {
        let series = self.series.entry((stage, metric.series.clone())).or_default();
        if series.job != Some(job) {
            series.previous = std::mem::take(&mut series.points);
            series.job = Some(job);
        }
        if series.points.last().is_some_and(|last| metric.x <= last[0]) {
            series.points.clear();
        }
        series.points.push([metric.x, metric.y]);
    }

    /// A series, if it was ever heard of.
    pub fn get(&self, stage: Stage, name: &str) -> Option<&Series> {
        self.series.get(&(stage, name.to_owned()))
    }

    /// Forgets everything: another project.
    pub fn clear(&mut self) {
        self.series.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_run_dims_the_one_before() {
        let mut live = Live::default();
        let metric = |x: f64, y: f64| Metric { series: "inertia".to_owned(), x, y };
        live.note(JobId(1), Stage::Segments, &metric(0.0, 9.0));
        live.note(JobId(1), Stage::Segments, &metric(1.0, 5.0));
        live.note(JobId(2), Stage::Segments, &metric(0.0, 8.0));
        let series = live.get(Stage::Segments, "inertia").unwrap();
        assert_eq!(series.previous, [[0.0, 9.0], [1.0, 5.0]]);
        assert_eq!(series.points, [[0.0, 8.0]]);
        live.note(JobId(2), Stage::Segments, &metric(0.0, 7.0));
        let series = live.get(Stage::Segments, "inertia").unwrap();
        assert_eq!(series.points, [[0.0, 7.0]], "a restart begins anew");
    }
}
