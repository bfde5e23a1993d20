//! Lloyd's iterations with restarts, behind linfa's traits.

use crate::SegmentError;
use crate::kernel::{Centres, nearest};
use crate::sample;
use crate::seeding::greedy;
use crate::tiles::{CHUNK, TILE, Tiles};
use kith_features::person_hash;
use kith_model::{Metric, Monitor};
use linfa::DatasetBase;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2, ArrayView1};
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256Plus;
use rayon::prelude::*;

/// Starting centres are drawn from at most this many points.
const SEEDING_ROWS: usize = 65_536;

/// K-means settings, checked. Fit it on a linfa data set of people x scaled features.
pub struct KMeans<'a> {
    /// Number of centres.
    pub k: usize,
    /// Restarts with other starting centres; the best inertia wins.
    pub restarts: usize,
    /// Iterations at most, per restart.
    pub max_iterations: usize,
    /// Stop when the inertia improves by less than this share.
    pub tolerance: f64,
    /// Seed of greedy k-means++.
    pub seed: u64,
    /// Starting centres (k x features) instead of k-means++: one run.
    pub start: Option<Array2<f64>>,
    /// Hears `inertia` (first run), `inertia 2` ... after each iteration.
    pub monitor: &'a dyn Monitor,
}

/// A fitted clustering.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// k x features.
    pub centres: Array2<f64>,
    /// Nearest centre of each person.
    pub labels: Vec<u32>,
    /// Sum of squared distances to the own centre after each iteration of the winning run.
    pub inertia: Vec<f64>,
    /// False when it stopped at the greatest number of iterations.
    pub converged: bool,
}

impl Clustering {
    pub(crate) fn last_inertia(&self) -> f64 {
        self.inertia.last().copied().unwrap_or(f64::INFINITY)
    }
}

/// Sums by centre.
#[derive(Clone)]
struct Sums {
    /// k x d.
    sums: Vec<f64>,
    counts: Vec<i64>,
    /// Points that changed their centre.
    changed: usize,
}

impl Sums {
    fn new(k: usize, d: usize) -> Self {
        Self { sums: vec![0.0; k * d], counts: vec![0; k], changed: 0 }
    }

    fn add(&mut self, other: &Self) {
        self.sums.iter_mut().zip(&other.sums).for_each(|(a, b)| *a += b);
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, b)| *a += b);
        self.changed += other.changed;
    }

    fn shift(&mut self, tile: &[f32], lane: usize, centre: usize, sign: f64) {
        let d = tile.len() / TILE;
        self.counts[centre] += sign as i64;
        let own = &mut self.sums[centre * d..(centre + 1) * d];
        for (sum, &x) in own.iter_mut().zip(tile[lane..].iter().step_by(TILE)) {
            *sum += sign * f64::from(x);
        }
    }
}

/// No centre yet.
const NOBODY: u32 = u32::MAX;

/// One run from given centres.
pub(crate) struct Run<'a> {
    tiles: &'a Tiles,
    k: usize,
    centres: Vec<f64>,
    labels: Vec<u32>,
    total: Sums,
    /// Sum of all squared coordinates.
    squares: f64,
}

impl<'a> Run<'a> {
    pub(crate) fn new(tiles: &'a Tiles, centres: Vec<f64>) -> Self {
        let k = centres.len() / tiles.d;
        let squares: Vec<f64> = tiles
            .data
            .par_chunks(CHUNK * tiles.tile_len())
            .map(|chunk| chunk.iter().map(|&x| f64::from(x) * f64::from(x)).sum())
            .collect();
        Self {
            tiles,
            k,
            centres,
            labels: vec![NOBODY; tiles.padded()],
            total: Sums::new(k, tiles.d),
            squares: squares.iter().sum(),
        }
    }

    /// Assigns every point and moves every centre to the mean of its points. Sums are kept
    /// from one step to the next: only points that change their centre are touched.
    fn step(&mut self) {
        let (d, n) = (self.tiles.d, self.tiles.n);
        let centres = Centres::new(&self.centres, d);
        let deltas: Vec<Sums> = self
            .labels
            .par_chunks_mut(CHUNK * TILE)
            .zip(self.tiles.data.par_chunks(CHUNK * self.tiles.tile_len()))
            .enumerate()
            .map(|(c, (labels, chunk))| {
                let real = (n - c * CHUNK * TILE).min(labels.len());
                chunk_step(chunk, labels, real, &centres, Sums::new(self.k, d))
            })
            .collect();
        self.total.changed = 0;
        for delta in &deltas {
            self.total.add(delta);
        }
        self.fill_empty();
        for j in 0..self.k {
            let count = self.total.counts[j] as f64;
            for (to, sum) in self.centres[j * d..(j + 1) * d]
                .iter_mut()
                .zip(&self.total.sums[j * d..(j + 1) * d])
            {
                *to = sum / count;
            }
        }
    }

    /// A centre without points takes the point that lies furthest from its own centre.
    fn fill_empty(&mut self) {
        let d = self.tiles.d;
        while let Some(empty) = self.total.counts.iter().position(|&c| c == 0) {
            let apart = |i: usize| -> f64 {
                let own = &self.centres[self.labels[i] as usize * d..];
                (0..d).map(|j| (f64::from(self.tiles.at(i, j)) - own[j]).powi(2)).sum()
            };
            let furthest = (0..self.tiles.n)
                .filter(|&i| self.total.counts[self.labels[i] as usize] > 1)
                .map(|i| (apart(i), i))
                .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            let Some((_, i)) = furthest else { return };
            let tile =
                &self.tiles.data[i / TILE * self.tiles.tile_len()..][..self.tiles.tile_len()];
            self.total.shift(tile, i % TILE, self.labels[i] as usize, -1.0);
            self.total.shift(tile, i % TILE, empty, 1.0);
            self.labels[i] = empty as u32;
            self.total.changed += 1;
        }
    }

    /// Sum of squared distances to the centres, which are the means of their points.
    fn inertia(&self) -> f64 {
        let d = self.tiles.d;
        let explained: f64 = (0..self.k)
            .filter(|&j| self.total.counts[j] > 0)
            .map(|j| {
                let own = &self.total.sums[j * d..(j + 1) * d];
                own.iter().map(|s| s * s).sum::<f64>() / self.total.counts[j] as f64
            })
            .sum();
        (self.squares - explained).max(0.0)
    }

    /// Steps until the inertia improves by less than the share `tolerance`. `report` hears the
    /// iteration and its inertia, and says whether to go on.
    pub(crate) fn finish(
        mut self,
        max_iterations: usize,
        tolerance: f64,
        report: &dyn Fn(usize, f64) -> bool,
    ) -> Result<Clustering, SegmentError> {
        let mut inertia: Vec<f64> = Vec::new();
        let mut converged = false;
        for iteration in 0..max_iterations {
            self.step();
            let now = self.inertia();
            if !report(iteration, now) {
                return Err(SegmentError::Cancelled);
            }
            let before = inertia.last().copied();
            inertia.push(now);
            let small = before.is_some_and(|b: f64| b - now <= tolerance * b);
            if self.total.changed == 0 || small {
                converged = true;
                break;
            }
        }
        self.labels.truncate(self.tiles.n);
        let centres = Array2::from_shape_vec((self.k, self.tiles.d), self.centres)
            .map_err(linfa::Error::NdShape)?;
        Ok(Clustering { centres, labels: self.labels, inertia, converged })
    }
}

fn chunk_step(
    chunk: &[f32],
    labels: &mut [u32],
    real: usize,
    centres: &Centres,
    mut delta: Sums,
) -> Sums {
    let mut next = vec![0; labels.len()];
    nearest(chunk, centres, &mut next);
    let tile_len = chunk.len() / (labels.len() / TILE);
    for (i, (old, &new)) in labels.iter_mut().zip(&next).take(real).enumerate() {
        if *old != new {
            let tile = &chunk[i / TILE * tile_len..(i / TILE + 1) * tile_len];
            delta.shift(tile, i % TILE, new as usize, 1.0);
            if *old != NOBODY {
                delta.shift(tile, i % TILE, *old as usize, -1.0);
            }
            *old = new;
            delta.changed += 1;
        }
    }
    delta
}

impl KMeans<'_> {
    fn check(&self, records: &Array2<f64>) -> Result<(), SegmentError> {
        if records.nrows() < self.k || self.k == 0 {
            return Err(SegmentError::TooFewPeople { people: records.nrows(), k: self.k });
        }
        if records.ncols() == 0 {
            return Err(kith_features::FeatureError::NoFeatures.into());
        }
        match &self.start {
            Some(start) if start.dim() != (self.k, records.ncols()) => {
                let found = start.ncols();
                Err(linfa::Error::MismatchedShapes(records.ncols(), found).into())
            }
            _ => Ok(()),
        }
    }

    /// The starting centres of run `run`, k x d.
    fn start(&self, seeding: &Tiles, run: usize) -> Result<Vec<f64>, SegmentError> {
        match &self.start {
            Some(start) => Ok(start.iter().copied().collect()),
            None => {
                let seed = person_hash(run as u64, self.seed);
                greedy(seeding, self.k, &mut Xoshiro256Plus::seed_from_u64(seed))
            }
        }
    }
}

impl<T> Fit<Array2<f64>, T, SegmentError> for KMeans<'_> {
    type Object = Clustering;

    /// Clusters the records; fails when there are fewer (different) people than centres or when
    /// the user cancels.
    fn fit(&self, dataset: &DatasetBase<Array2<f64>, T>) -> Result<Clustering, SegmentError> {
        let records = &dataset.records;
        self.check(records)?;
        let tiles = Tiles::new(&records.view());
        let sampled = (tiles.n > SEEDING_ROWS && self.start.is_none()).then(|| {
            let keys: Vec<u64> = (0..tiles.n as u64).collect();
            let rows = sample::by_hash(&keys, SEEDING_ROWS, self.seed);
            Tiles::of_rows(&records.view(), &rows)
        });
        let runs = if self.start.is_some() { 1 } else { self.restarts.max(1) };
        let mut best: Option<Clustering> = None;
        for run in 0..runs {
            if self.monitor.cancelled() {
                return Err(SegmentError::Cancelled);
            }
            let start = self.start(sampled.as_ref().unwrap_or(&tiles), run)?;
            let series =
                if run == 0 { "inertia".to_owned() } else { format!("inertia {}", run + 1) };
            let report = |iteration: usize, inertia: f64| {
                let metric = Metric { series: series.clone(), x: iteration as f64, y: inertia };
                self.monitor.metric(metric);
                !self.monitor.cancelled()
            };
            let found =
                Run::new(&tiles, start).finish(self.max_iterations, self.tolerance, &report)?;
            if best.as_ref().is_none_or(|b| found.last_inertia() < b.last_inertia()) {
                best = Some(found);
            }
        }
        best.ok_or(SegmentError::Cancelled)
    }
}

/// The nearest of `centres` (k x d) to `point` and the squared distance, in f64; of equally
/// near ones the first.
pub(crate) fn nearest_centre(centres: &Array2<f64>, point: ArrayView1<'_, f64>) -> (u32, f64) {
    let mut best = (0, f64::INFINITY);
    for (j, centre) in centres.rows().into_iter().enumerate() {
        let apart: f64 = centre.iter().zip(point).map(|(c, x)| (x - c) * (x - c)).sum();
        if apart < best.1 {
            best = (j as u32, apart);
        }
    }
    best
}

impl PredictInplace<Array2<f64>, Array1<usize>> for Clustering {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<usize>) {
        for (to, point) in y.iter_mut().zip(x.rows()) {
            *to = nearest_centre(&self.centres, point).0 as usize;
        }
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}
