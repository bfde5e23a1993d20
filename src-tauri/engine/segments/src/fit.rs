//! From a matrix of features to named segments.

use crate::SegmentError;
use crate::elbow::elbow;
use crate::indices::{assign_all, calinski_harabasz, davies_bouldin, inertia, means};
use crate::lloyd::{Clustering, KMeans};
use crate::naming::name_segments;
use crate::projection::{Projection, principal_components};
use crate::sample::stratified;
use crate::silhouette::silhouettes;
use kith_features::{FeatureError, FeatureSpec, Matrix, Scaler};
use kith_model::segments::{
    KMeansModel, Scatter, SegmentInfo, SegmentParams, SegmentsSummary, Trait,
};
use kith_model::valid::Valid;
use kith_model::{Column, Frame, Monitor, ProfileId};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array2, Axis};

/// Above this many people silhouettes are of a stratified sample.
const SILHOUETTE_ROWS: usize = 20_000;
/// People in the scatter at most.
const SCATTER_ROWS: usize = 5_000;
/// Example people a segment.
const EXAMPLES: usize = 3;

/// Everything a run of the segments stage gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Enough to assign anybody.
    pub model: KMeansModel,
    /// What was found.
    pub summary: SegmentsSummary,
    /// `profile_id, segment, distance` of everybody clustered, by person.
    pub assignment: Frame,
    /// Points of the picture.
    pub scatter: Scatter,
}

/// The features to cluster on: the user's, else the catalogue's choice among those the matrix
/// holds.
fn chosen(
    matrix: &Matrix,
    specs: &[FeatureSpec],
    params: &SegmentParams,
) -> Result<Vec<String>, SegmentError> {
    if !params.features.is_empty() {
        return Ok(params.features.clone());
    }
    let names: Vec<String> = specs
        .iter()
        .filter(|s| s.default_for_segments && matrix.names.contains(&s.name))
        .map(|s| s.name.clone())
        .collect();
    if names.is_empty() { Err(FeatureError::NoFeatures.into()) } else { Ok(names) }
}

/// People with at least one order: everybody, where the matrix does not hold `frequency`.
fn buyers(matrix: &Matrix) -> Vec<usize> {
    match matrix.column("frequency") {
        Some(orders) => (0..matrix.people()).filter(|&i| orders[i] > 0.0).collect(),
        None => (0..matrix.people()).collect(),
    }
}

/// Means of the final clusters and everybody's nearest, largest cluster first; ties by the
/// centres' coordinates.
fn settle(x: &Array2<f64>, found: &Clustering) -> (Array2<f64>, Vec<u32>, Vec<f64>) {
    let k = found.centres.nrows();
    let (labels, _) = assign_all(&x.view(), &found.centres);
    let (mut centres, sizes) = means(&x.view(), &labels, k);
    for j in (0..k).filter(|&j| sizes[j] == 0) {
        centres.row_mut(j).assign(&found.centres.row(j));
    }
    let (labels, _) = assign_all(&x.view(), &centres);
    let mut size = vec![0_usize; k];
    labels.iter().for_each(|&l| size[l as usize] += 1);
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|&a, &b| {
        let coordinates = || {
            let pairs = centres.row(a).into_iter().zip(centres.row(b));
            pairs.map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne())
        };
        size[b].cmp(&size[a]).then_with(|| coordinates().unwrap_or(a.cmp(&b)))
    });
    let centres = centres.select(Axis(0), &order);
    let (labels, distances) = assign_all(&x.view(), &centres);
    (centres, labels, distances)
}

/// Segments the people of `matrix` who have an order (`frequency` above 0, where the matrix
/// holds it). Emits the metrics `inertia` of each iteration and `elbow` of each k.
///
/// # Errors
/// Unknown features, fewer (different) people than segments, or the user cancelled.
pub fn fit(
    matrix: &Matrix,
    specs: &[FeatureSpec],
    params: &Valid<SegmentParams>,
    monitor: &dyn Monitor,
) -> Result<Fitted, SegmentError> {
    monitor.progress(0.0, "scaling features");
    let k = params.k as usize;
    let people = matrix.rows(&buyers(matrix)).select(&chosen(matrix, specs, params)?)?;
    if people.people() < k {
        return Err(SegmentError::TooFewPeople { people: people.people(), k });
    }
    let scaler = Scaler::fit(&people, specs, params.scaling)?;
    let data = DatasetBase::from(scaler.apply(&people)).with_feature_names(people.names.clone());
    monitor.progress(0.05, "clustering");
    let kmeans = KMeans {
        k,
        restarts: params.restarts as usize,
        max_iterations: params.max_iterations as usize,
        tolerance: params.tolerance,
        seed: params.seed,
        start: None,
        monitor,
    };
    let found = kmeans.fit(&data)?;
    let x = data.records;
    let (centres, labels, distances) = settle(&x, &found);
    if monitor.cancelled() {
        return Err(SegmentError::Cancelled);
    }
    monitor.progress(0.6, "measuring silhouettes");
    let picture = Picture { people: &people, scaler: &scaler, x: &x, labels: &labels };
    let (mean, sampled, by_segment) = picture.silhouettes(k, params.seed, monitor)?;
    monitor.progress(0.75, "drawing the elbow");
    let mut elbow = elbow(&x.view(), &people.profile, params.seed, monitor)?;
    if x.nrows() <= SILHOUETTE_ROWS {
        for point in elbow.iter_mut().filter(|p| p.k == params.k) {
            point.inertia = inertia(&x.view(), &labels, &centres);
            point.silhouette = mean;
        }
    }
    monitor.progress(0.9, "naming segments");
    let projection = principal_components(&x.view());
    let segments = picture.segments(specs, &centres, &distances, &by_segment);
    let model = KMeansModel {
        features: scaler.features.clone(),
        log1p: scaler.log1p.clone(),
        centre: scaler.centre.clone(),
        scale: scaler.scale.clone(),
        fill: scaler.fill.clone(),
        centroids: centres.rows().into_iter().map(|row| row.to_vec()).collect(),
        names: segments.iter().map(|s| s.name.clone()).collect(),
    };
    let summary = SegmentsSummary {
        people: people.people() as u64,
        features: people.names.clone(),
        inertia: found.inertia,
        silhouette: mean,
        silhouette_sample: sampled as u64,
        calinski_harabasz: calinski_harabasz(&x.view(), &labels, k),
        davies_bouldin: davies_bouldin(&x.view(), &labels, k),
        segments,
        elbow,
        explained: projection.explained,
        truth_ari: None,
    };
    let scatter = picture.scatter(&projection, params.seed);
    let assignment = assignment(&people.profile, &labels, &distances);
    monitor.progress(1.0, "segments are ready");
    Ok(Fitted { model, summary, assignment, scatter })
}

fn assignment(profile: &[u64], labels: &[u32], distances: &[f64]) -> Frame {
    Frame::default()
        .with("profile_id", Column::Int(profile.iter().map(|&p| i64::try_from(p).ok()).collect()))
        .with("segment", Column::Int(labels.iter().map(|&l| Some(i64::from(l))).collect()))
        .with("distance", Column::Real(distances.iter().map(|&d| Some(d)).collect()))
}

/// The clustered people in all their forms.
struct Picture<'a> {
    people: &'a Matrix,
    scaler: &'a Scaler,
    x: &'a Array2<f64>,
    labels: &'a [u32],
}

impl Picture<'_> {
    /// Mean silhouette, people it was measured on, and the mean of each segment. Of a sample
    /// the segments count by their true sizes.
    fn silhouettes(
        &self,
        k: usize,
        seed: u64,
        monitor: &dyn Monitor,
    ) -> Result<(f64, usize, Vec<f64>), SegmentError> {
        let rows = stratified(&self.people.profile, self.labels, SILHOUETTE_ROWS, 100, seed);
        let each = silhouettes(&self.x.view(), self.labels, k, &rows, monitor)?;
        let (mut sum, mut n) = (vec![0.0; k], vec![0_usize; k]);
        for (&row, s) in rows.iter().zip(each) {
            sum[self.labels[row] as usize] += s;
            n[self.labels[row] as usize] += 1;
        }
        let by_segment: Vec<f64> = sum.iter().zip(&n).map(|(s, &n)| s / n.max(1) as f64).collect();
        let all = self.labels.len().max(1) as f64;
        let mean = self.labels.iter().map(|&l| by_segment[l as usize]).sum::<f64>() / all;
        Ok((mean, rows.len(), by_segment))
    }

    /// Values in the features' own units, gaps filled as the scaler fills them.
    fn filled(&self) -> Array2<f64> {
        let mut values = self.people.values.clone();
        for (mut column, &fill) in values.columns_mut().into_iter().zip(&self.scaler.fill) {
            column.mapv_inplace(|v| if v.is_nan() { fill } else { v });
        }
        values
    }

    fn segments(
        &self,
        specs: &[FeatureSpec],
        centres: &Array2<f64>,
        distances: &[f64],
        silhouettes: &[f64],
    ) -> Vec<SegmentInfo> {
        let k = centres.nrows();
        let own_specs: Vec<FeatureSpec> = self
            .people
            .names
            .iter()
            .map(|name| specs.iter().find(|s| &s.name == name).cloned().unwrap_or(bare(name)))
            .collect();
        let names = name_segments(&own_specs, &z_scores(self.x, self.labels, k).1);
        let (segment_means, z) = z_scores(&self.filled(), self.labels, k);
        let mut sizes = vec![0_u64; k];
        self.labels.iter().for_each(|&l| sizes[l as usize] += 1);
        names
            .into_iter()
            .enumerate()
            .map(|(j, name)| SegmentInfo {
                id: j as u32,
                name,
                size: sizes[j],
                share: sizes[j] as f64 / self.labels.len().max(1) as f64,
                silhouette: silhouettes[j],
                traits: own_specs
                    .iter()
                    .enumerate()
                    .map(|(f, spec)| Trait {
                        feature: spec.name.clone(),
                        label: spec.label.clone(),
                        z: z[j][f],
                        mean: segment_means[[j, f]],
                    })
                    .collect(),
                examples: self.examples(j as u32, distances),
            })
            .collect()
    }

    /// The people nearest to the centre, then by id.
    fn examples(&self, segment: u32, distances: &[f64]) -> Vec<ProfileId> {
        let mut own: Vec<usize> =
            (0..self.labels.len()).filter(|&i| self.labels[i] == segment).collect();
        let nearer = |&a: &usize, &b: &usize| {
            let id = |i: usize| self.people.profile[i];
            distances[a].total_cmp(&distances[b]).then_with(|| id(a).cmp(&id(b)))
        };
        if own.len() > EXAMPLES {
            own.select_nth_unstable_by(EXAMPLES - 1, nearer);
            own.truncate(EXAMPLES);
        }
        own.sort_by(nearer);
        own.into_iter().map(|i| ProfileId(self.people.profile[i])).collect()
    }

    fn scatter(&self, projection: &Projection, seed: u64) -> Scatter {
        let mut scatter = Scatter::default();
        let mut rows = stratified(&self.people.profile, self.labels, SCATTER_ROWS, 1, seed);
        rows.truncate(SCATTER_ROWS);
        for row in rows {
            let [x, y] = projection.point(self.x.row(row));
            scatter.x.push(x as f32);
            scatter.y.push(y as f32);
            scatter.segment.push(self.labels[row]);
            scatter.profile.push(self.people.profile[row]);
        }
        scatter
    }
}

/// A feature the catalogue does not know.
fn bare(name: &str) -> FeatureSpec {
    FeatureSpec {
        name: name.to_owned(),
        label: name.replace('_', " "),
        description: String::new(),
        unit: String::new(),
        family: String::new(),
        sql: String::new(),
        skewed: false,
        default_for_segments: false,
        timed: true,
    }
}

/// Mean of each segment (k x features), and how many population standard deviations it lies
/// from the population's mean; 0 for a constant feature or an empty segment.
fn z_scores(values: &Array2<f64>, labels: &[u32], k: usize) -> (Array2<f64>, Vec<Vec<f64>>) {
    let (centres, sizes) = means(&values.view(), labels, k);
    let mean = values.mean_axis(Axis(0)).unwrap_or_default();
    let sd = values.std_axis(Axis(0), 0.0);
    let z = (0..k)
        .map(|j| {
            (0..values.ncols())
                .map(|f| {
                    let apart = (centres[[j, f]] - mean[f]) / sd[f];
                    if sizes[j] > 0 && apart.is_finite() { apart } else { 0.0 }
                })
                .collect()
        })
        .collect();
    (centres, z)
}

/// The segment of each person and the distance to its centre in scaled units. A feature the
/// matrix does not hold counts as missing. Without centroids everybody is in segment 0 at
/// distance infinity.
pub fn assign(model: &KMeansModel, matrix: &Matrix) -> (Vec<u32>, Vec<f64>) {
    let scaler = Scaler {
        features: model.features.clone(),
        log1p: model.log1p.clone(),
        centre: model.centre.clone(),
        scale: model.scale.clone(),
        fill: model.fill.clone(),
    };
    let (k, d) = (model.centroids.len(), model.features.len());
    let centres = Array2::from_shape_fn((k, d), |(i, j)| model.centroids[i][j]);
    assign_all(&scaler.apply(matrix).view(), &centres)
}
