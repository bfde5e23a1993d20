//! The one experiment of the sample: a banner that promises free shipping.

use crate::clock::{DAY, days_of};
use crate::draw::{Draw, Stream};

/// The `experiment_id` in the events.
pub(crate) const EXPERIMENT_ID: &str = "free_shipping_banner";
/// First second of the experiment, 2026-05-01.
pub(crate) const FROM: i64 = days_of(2026, 5, 1) * DAY;
/// First second after it, 2026-08-01.
pub(crate) const UNTIL: i64 = days_of(2026, 8, 1) * DAY;
/// In treatment, the probability that a visit converts is multiplied by this.
pub(crate) const VISIT_CONVERSION_MULTIPLIER: f64 = 1.4;

/// Names of the two arms, as in the events.
pub(crate) const ARMS: [&str; 2] = ["control", "treatment"];

/// The arm of a person: 0 control, 1 treatment, by hash alone.
pub(crate) fn arm(seed: u64, person: u64) -> usize {
    usize::from(Draw::new(seed, Stream::Experiment, person).chance(0.5))
}

/// What the experiment did, counted over the people exposed to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub exposed: [u64; 2],
    pub converted: [u64; 2],
    /// Of everybody exposed, how many would have converted in each arm.
    pub would_convert: [u64; 2],
}

impl Tally {
    /// Counts one exposed person.
    pub(crate) fn add(&mut self, arm: usize, converted: bool, would_convert: [bool; 2]) {
        self.exposed[arm] += 1;
        self.converted[arm] += u64::from(converted);
        for (count, would) in self.would_convert.iter_mut().zip(would_convert) {
            *count += u64::from(would);
        }
    }

    /// The truth file.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let share = |part: u64, whole: u64| {
            let rate = part as f64 / whole.max(1) as f64;
            (rate * 1e6).round() / 1e6
        };
        let everybody = self.exposed[0] + self.exposed[1];
        let rates = self.would_convert.map(|count| share(count, everybody));
        serde_json::json!({
            "experiment_id": EXPERIMENT_ID,
            "unit": "person, recognised by user_id or user_pseudo_id",
            "assignment": "hash of person, one half each",
            "exposure": "session_start events with event_params experiment_id and variant",
            "from": "2026-05-01T00:00:00Z",
            "until": "2026-08-01T00:00:00Z",
            "outcome": "at least one order at or after the first exposure and before `until`",
            "visit_conversion_multiplier": VISIT_CONVERSION_MULTIPLIER,
            "exposed": { "control": self.exposed[0], "treatment": self.exposed[1] },
            "converted": { "control": self.converted[0], "treatment": self.converted[1] },
            "true_conversion_if_all": { "control": rates[0], "treatment": rates[1] },
            "true_uplift": ((rates[1] - rates[0]) * 1e6).round() / 1e6,
        })
    }
}
