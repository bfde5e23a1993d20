//! From evidence to confidence: isotonic regression fitted on labelled links, stored as data.

use std::sync::LazyLock;

/// Evidence (log-odds) and the share of true links at it, both rising; straight lines between.
static KNOTS: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| {
    let knot = |line: &str| {
        let (evidence, share) = line.split_once(' ')?;
        Some((evidence.parse().ok()?, share.parse().ok()?))
    };
    let text = include_str!("../../data/calibration.txt");
    text.lines().filter(|l| !l.starts_with('#')).filter_map(knot).collect()
});

/// The confidence in `0..=1` that evidence of `log_odds` deserves; never less than the first
/// knot's, since links with less evidence are not made.
pub(crate) fn confidence(log_odds: f64) -> f64 {
    let knots = KNOTS.as_slice();
    let (Some(first), Some(last)) = (knots.first(), knots.last()) else {
        return 1.0 / (1.0 + (-log_odds).exp());
    };
    if log_odds <= first.0 {
        return first.1;
    }
    let pair = knots.windows(2).find(|pair| log_odds < pair[1].0);
    pair.map_or(last.1, |pair| {
        let ((a, x), (b, y)) = (pair[0], pair[1]);
        x + (y - x) * (log_odds - a) / (b - a)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_evidence_never_means_less_confidence() {
        let shares: Vec<f64> = (-80..160).map(|e| confidence(f64::from(e) / 10.0)).collect();
        assert!(shares.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(shares.iter().all(|s| (0.0..=1.0).contains(s)));
        assert!(confidence(-0.4) < 0.8 && confidence(12.0) > 0.95);
    }
}
