//! How good probabilities are. Ties are treated as ties everywhere.

use kith_model::predict::CurvePoint;

/// Points of a curve at most.
const POINTS: usize = 200;
/// Probabilities are kept this far from 0 and 1 in the log loss.
const EDGE: f64 = 1e-15;

/// People of one score: how many, and how many of them are positive.
struct Tie {
    all: u64,
    positive: u64,
}

/// Groups of equal scores, greatest first.
fn ties(scores: &[f64], labels: &[bool]) -> Vec<Tie> {
    let mut order: Vec<usize> = (0..scores.len().min(labels.len())).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let mut groups: Vec<Tie> = Vec::new();
    let mut last = f64::NAN;
    for i in order {
        let positive = u64::from(labels[i]);
        match groups.last_mut() {
            Some(group) if scores[i] == last => {
                group.all += 1;
                group.positive += positive;
            }
            _ => groups.push(Tie { all: 1, positive }),
        }
        last = scores[i];
    }
    groups
}

/// Area under the ROC curve: the chance that a positive scores above a negative, ties counted
/// half (Mann and Whitney, 1947). `None` without both labels. NaN scores are not allowed.
pub fn area_under_roc(scores: &[f64], labels: &[bool]) -> Option<f64> {
    let (mut above, mut won, mut negatives) = (0_u64, 0.0, 0_u64);
    for tie in ties(scores, labels) {
        let negative = tie.all - tie.positive;
        won += negative as f64 * (above as f64 + tie.positive as f64 / 2.0);
        above += tie.positive;
        negatives += negative;
    }
    (above > 0 && negatives > 0).then(|| won / (above as f64 * negatives as f64))
}

/// Mean of `-ln p(label)`; 0 without people.
pub fn mean_log_loss(probabilities: &[f64], labels: &[bool]) -> f64 {
    let n = probabilities.len().min(labels.len()).max(1) as f64;
    let loss = |(p, &label): (&f64, &bool)| {
        let p = p.clamp(EDGE, 1.0 - EDGE);
        -(if label { p } else { 1.0 - p }).ln()
    };
    probabilities.iter().zip(labels).map(loss).sum::<f64>() / n
}

/// Mean squared difference of probability and label (Brier, 1950); 0 without people.
pub fn brier_score(probabilities: &[f64], labels: &[bool]) -> f64 {
    let n = probabilities.len().min(labels.len()).max(1) as f64;
    probabilities.iter().zip(labels).map(|(p, &l)| (p - f64::from(l)).powi(2)).sum::<f64>() / n
}

/// At most about [`POINTS`] of `all`, ends included.
fn thin(all: Vec<CurvePoint>) -> Vec<CurvePoint> {
    if all.len() <= POINTS {
        return all;
    }
    let last = all.len() - 1;
    (0..POINTS).map(|i| all[i * last / (POINTS - 1)]).collect()
}

/// The ROC, precision-recall and gain curves.
pub(crate) struct Curves {
    /// False positive rate against true positive rate, from (0, 0) to (1, 1).
    pub roc: Vec<CurvePoint>,
    /// Recall against precision, from the greatest score down; the first point stands at recall
    /// 0 with the precision of the greatest score.
    pub precision_recall: Vec<CurvePoint>,
    /// Share of people contacted against share of positives reached, from (0, 0) to (1, 1).
    pub gain: Vec<CurvePoint>,
}

/// Every curve of one ranking. Both labels must be there.
pub(crate) fn curves(scores: &[f64], labels: &[bool]) -> Curves {
    let groups = ties(scores, labels);
    let all: u64 = groups.iter().map(|g| g.all).sum();
    let positives: u64 = groups.iter().map(|g| g.positive).sum();
    let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    let start = CurvePoint { x: 0.0, y: 0.0 };
    let (mut roc, mut gain, mut precision_recall) = (vec![start], vec![start], Vec::new());
    let (mut seen, mut hit) = (0, 0);
    for group in groups {
        seen += group.all;
        hit += group.positive;
        let recall = share(hit, positives);
        roc.push(CurvePoint { x: share(seen - hit, all - positives), y: recall });
        gain.push(CurvePoint { x: share(seen, all), y: recall });
        let precision = share(hit, seen);
        if precision_recall.is_empty() {
            precision_recall.push(CurvePoint { x: 0.0, y: precision });
        }
        precision_recall.push(CurvePoint { x: recall, y: precision });
    }
    Curves { roc: thin(roc), precision_recall: thin(precision_recall), gain: thin(gain) }
}

/// Mean predicted probability against observed share in ten equal groups, lowest first; fewer
/// groups than ten people have. Equal probabilities are ordered by `keys`.
pub(crate) fn calibration(probabilities: &[f64], labels: &[bool], keys: &[u64]) -> Vec<CurvePoint> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| {
        probabilities[a].total_cmp(&probabilities[b]).then(keys[a].cmp(&keys[b]))
    });
    let groups = order.len().min(10);
    (0..groups)
        .map(|g| {
            let rows = &order[g * order.len() / groups..(g + 1) * order.len() / groups];
            let n = rows.len() as f64;
            CurvePoint {
                x: rows.iter().map(|&i| probabilities[i]).sum::<f64>() / n,
                y: rows.iter().filter(|&&i| labels[i]).count() as f64 / n,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn areas_by_hand() {
        let area = |s: &[f64], l: &[bool]| area_under_roc(s, l).unwrap();
        assert_eq!(area(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]), 0.75);
        assert_eq!(area(&[0.0, 0.0, 0.0, 0.0], &[true, false, true, false]), 0.5);
        assert_eq!(area(&[0.0, 0.0, 1.0], &[false, true, true]), 0.75);
        assert_eq!(area(&[0.9, 0.1], &[false, true]), 0.0);
        assert_eq!(area_under_roc(&[0.3, 0.4], &[true, true]), None);
        assert_eq!(area_under_roc(&[], &[]), None);
    }

    #[test]
    fn losses_by_hand() {
        let (p, l) = ([0.9, 0.2], [true, false]);
        assert!((mean_log_loss(&p, &l) - (0.1053605 + 0.2231436) / 2.0).abs() < 1e-6);
        assert!((brier_score(&p, &l) - 0.025).abs() < 1e-12);
        assert!(mean_log_loss(&[0.0], &[true]).is_finite());
    }

    #[test]
    fn curves_by_hand() {
        let c = curves(&[0.1, 0.4, 0.35, 0.8], &[false, false, true, true]);
        let xy = |c: &[CurvePoint]| c.iter().map(|p| (p.x, p.y)).collect::<Vec<_>>();
        assert_eq!(xy(&c.roc), [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)]);
        assert_eq!(xy(&c.gain), [(0.0, 0.0), (0.25, 0.5), (0.5, 0.5), (0.75, 1.0), (1.0, 1.0)]);
        let pr = [(0.0, 1.0), (0.5, 1.0), (0.5, 0.5), (1.0, 2.0 / 3.0), (1.0, 0.5)];
        assert_eq!(xy(&c.precision_recall), pr);
    }

    #[test]
    fn calibration_has_ten_equal_groups() {
        let p: Vec<f64> = (0..100).map(|i| f64::from(i) / 100.0).collect();
        let labels: Vec<bool> = (0..100).map(|i| i >= 50).collect();
        let keys: Vec<u64> = (0..100).collect();
        let c = calibration(&p, &labels, &keys);
        assert_eq!(c.len(), 10);
        assert!((c[0].x - 0.045).abs() < 1e-12 && c[4].y == 0.0 && c[5].y == 1.0);
    }

    proptest! {
        #[test]
        fn the_area_is_that_under_the_curve(
            people in prop::collection::vec((0..20_u8, any::<bool>()), 2..150)
        ) {
            let scores: Vec<f64> = people.iter().map(|p| f64::from(p.0)).collect();
            let labels: Vec<bool> = people.iter().map(|p| p.1).collect();
            if let Some(area) = area_under_roc(&scores, &labels) {
                let roc = curves(&scores, &labels).roc;
                let trapezoids: f64 =
                    roc.windows(2).map(|p| (p[1].x - p[0].x) * (p[1].y + p[0].y) / 2.0).sum();
                prop_assert!((area - trapezoids).abs() < 1e-12);
                let flipped: Vec<bool> = labels.iter().map(|l| !l).collect();
                prop_assert!((area + area_under_roc(&scores, &flipped).unwrap() - 1.0).abs() < 1e-12);
            }
        }
    }
}
