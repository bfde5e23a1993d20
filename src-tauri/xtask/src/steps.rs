//! Says which step it is at, of how many, and how long each took.

use anyhow::Result;
use std::time::{Duration, Instant};

/// Counts steps out loud.
pub struct Steps {
    total: usize,
    at: usize,
    began: Instant,
    skipped: Vec<String>,
}

impl Steps {
    /// `total` steps to come.
    pub fn new(total: usize) -> Self {
        Self { total, at: 0, began: Instant::now(), skipped: Vec::new() }
    }

    /// Does one step, saying so before and how long it took after.
    pub fn step<T>(&mut self, doing: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.at += 1;
        eprintln!("[{}/{}] {doing} …", self.at, self.total);
        let began = Instant::now();
        let outcome = work();
        let word = if outcome.is_ok() { "done" } else { "failed" };
        let (at, total) = (self.at, self.total);
        eprintln!("[{at}/{total}] {word} in {}", seconds(began.elapsed()));
        outcome
    }

    /// Counts a step that cannot be done here, and why.
    pub fn skip(&mut self, what: &str, why: &str) {
        self.at += 1;
        eprintln!("[{}/{}] {what}: skipped, {why}", self.at, self.total);
        self.skipped.push(format!("{what} ({why})"));
    }

    /// What was skipped, for the closing line.
    pub fn skipped(&self) -> &[String] {
        &self.skipped
    }

    /// Time since the first step.
    pub fn elapsed(&self) -> String {
        seconds(self.began.elapsed())
    }
}

/// `4.2 s` or `3 min 07 s`.
pub fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    if whole < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_naturally() {
        assert_eq!(seconds(Duration::from_millis(4240)), "4.2 s");
        assert_eq!(seconds(Duration::from_secs(187)), "3 min 07 s");
    }

    #[test]
    fn a_failed_step_fails() {
        let mut steps = Steps::new(1);
        assert!(steps.step("try", || -> Result<()> { anyhow::bail!("no") }).is_err());
        assert!(steps.skipped().is_empty());
    }
}
