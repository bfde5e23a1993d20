//! The graphs of our models.

use super::proto::Message;
use super::tensor::{FLOAT, INT64, Tensor};
use kith_model::predict::LogisticModel;
use kith_model::segments::KMeansModel;

const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;

/// A model being put together.
struct Graph {
    name: &'static str,
    nodes: Vec<Message>,
    constants: Vec<Message>,
    outputs: Vec<Message>,
}

/// An attribute of a node.
enum Attribute {
    Int(&'static str, i64),
    Float(&'static str, f32),
}

impl Attribute {
    fn proto(&self) -> Message {
        match self {
            Self::Int(name, value) => Message::new().text(1, name).int(3, *value).int(20, 2),
            Self::Float(name, value) => Message::new().text(1, name).float(2, *value).int(20, 1),
        }
    }
}

/// A `ValueInfoProto` with the shape `[N]` or `[N, width]`.
fn value_info(name: &str, kind: i64, width: Option<usize>) -> Message {
    let rows = Message::new().text(2, "N");
    let mut shape = Message::new().message(1, &rows);
    if let Some(width) = width {
        shape = shape.message(1, &Message::new().int(1, width as i64));
    }
    let tensor = Message::new().int(1, kind).message(2, &shape);
    Message::new().text(1, name).message(2, &Message::new().message(1, &tensor))
}

impl Graph {
    fn new(name: &'static str) -> Self {
        Self { name, nodes: Vec::new(), constants: Vec::new(), outputs: Vec::new() }
    }

    fn constant(&mut self, name: &str, tensor: &Tensor) {
        self.constants.push(tensor.proto(name));
    }

    /// Adds a node that makes `output`.
    fn node(&mut self, op: &str, inputs: &[&str], output: &str, attributes: &[Attribute]) {
        let mut node = Message::new();
        for input in inputs {
            node = node.text(1, input);
        }
        node = node.text(2, output).text(3, output).text(4, op);
        for attribute in attributes {
            node = node.message(5, &attribute.proto());
        }
        self.nodes.push(node);
    }

    fn model(self, width: usize, metadata: &[(&str, String)]) -> Vec<u8> {
        let mut graph = Message::new();
        for node in &self.nodes {
            graph = graph.message(1, node);
        }
        graph = graph.text(2, self.name);
        for constant in &self.constants {
            graph = graph.message(5, constant);
        }
        graph = graph.message(11, &value_info("features", FLOAT, Some(width)));
        for output in &self.outputs {
            graph = graph.message(12, output);
        }
        let opset = Message::new().text(1, "").int(2, OPSET);
        let mut model = Message::new()
            .int(1, IR_VERSION)
            .text(2, "kith")
            .text(3, env!("CARGO_PKG_VERSION"))
            .message(7, &graph)
            .message(8, &opset);
        for (key, value) in metadata {
            model = model.message(14, &Message::new().text(1, key).text(2, value));
        }
        model.bytes()
    }
}

/// How raw features become scaled ones.
struct Preparation<'a> {
    log1p: &'a [bool],
    centre: &'a [f64],
    scale: &'a [f64],
    fill: &'a [f64],
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|v| *v as f32).collect()
}

/// `features` -> `scaled`: missing values filled, `ln(1 + max(x, 0))` where the model says so,
/// centred, scaled.
fn prepare(graph: &mut Graph, how: &Preparation<'_>) {
    let width = how.centre.len();
    let row = |values: &[f64]| Tensor::floats(&[width], narrow(values));
    graph.constant("fill", &row(how.fill));
    graph.constant("centre", &row(how.centre));
    graph.constant("scale", &row(how.scale));
    graph.node("IsNaN", &["features"], "missing", &[]);
    graph.node("Where", &["missing", "fill", "features"], "filled", &[]);
    let mut ready = "filled";
    if how.log1p.iter().any(|l| *l) {
        graph.constant("zero", &Tensor::floats(&[], vec![0.0]));
        graph.constant("one", &Tensor::floats(&[], vec![1.0]));
        graph.constant("is_log", &Tensor::bools(&[width], how.log1p.to_vec()));
        graph.node("Max", &["filled", "zero"], "positive", &[]);
        graph.node("Add", &["positive", "one"], "plus_one", &[]);
        graph.node("Log", &["plus_one"], "logged", &[]);
        graph.node("Where", &["is_log", "logged", "filled"], "transformed", &[]);
        ready = "transformed";
    }
    graph.node("Sub", &[ready, "centre"], "centred", &[]);
    graph.node("Div", &["centred", "scale"], "scaled", &[]);
}

fn metadata(
    kind: &str,
    features: &[String],
    more: &[(String, String)],
) -> Vec<(&'static str, String)> {
    let list = serde_json::to_string(features).unwrap_or_default();
    let more: std::collections::BTreeMap<_, _> = more.iter().cloned().collect();
    vec![
        ("kith.model", kind.to_owned()),
        ("kith.features", list),
        ("kith.lineage", serde_json::to_string(&more).unwrap_or_default()),
    ]
}

/// The bytes of a K-means model; see the module for its inputs and outputs.
pub fn kmeans(model: &KMeansModel) -> Vec<u8> {
    kmeans_with(model, &[])
}

/// [`kmeans`] with lineage in the metadata.
pub fn kmeans_with(model: &KMeansModel, lineage: &[(String, String)]) -> Vec<u8> {
    let (k, width) = (model.centroids.len(), model.features.len());
    let mut graph = Graph::new("kmeans");
    prepare(
        &mut graph,
        &Preparation {
            log1p: &model.log1p,
            centre: &model.centre,
            scale: &model.scale,
            fill: &model.fill,
        },
    );
    let centroids: Vec<f32> = model.centroids.iter().flat_map(|c| narrow(c)).collect();
    let norms = model.centroids.iter().map(|c| c.iter().map(|x| x * x).sum::<f64>() as f32);
    graph.constant("centroid_norms", &Tensor::floats(&[k], norms.collect()));
    graph.constant("centroids", &Tensor::floats(&[k, width], centroids));
    graph.constant("columns", &Tensor::ints(&[1], vec![1]));
    // |x - c|^2 without |x|^2, which does not change the smallest.
    graph.node(
        "Gemm",
        &["scaled", "centroids", "centroid_norms"],
        "closeness",
        &[Attribute::Float("alpha", -2.0), Attribute::Int("transB", 1)],
    );
    graph.node(
        "ArgMin",
        &["closeness"],
        "segment",
        &[Attribute::Int("axis", 1), Attribute::Int("keepdims", 0)],
    );
    // The distance from the differences themselves: the expanded form loses digits.
    graph.node("Gather", &["centroids", "segment"], "centre_of_segment", &[]);
    graph.node("Sub", &["scaled", "centre_of_segment"], "difference", &[]);
    graph.node("Mul", &["difference", "difference"], "squares", &[]);
    graph.node("ReduceSum", &["squares", "columns"], "square", &[Attribute::Int("keepdims", 0)]);
    graph.node("Sqrt", &["square"], "distance", &[]);
    graph.outputs.push(value_info("segment", INT64, None));
    graph.outputs.push(value_info("distance", FLOAT, None));
    let mut metadata = metadata("kmeans", &model.features, lineage);
    let names = serde_json::to_string(&model.names).unwrap_or_default();
    metadata.push(("kith.segments", names));
    graph.model(width, &metadata)
}

/// The bytes of a logistic regression; see the module for its inputs and outputs.
pub fn logistic(model: &LogisticModel) -> Vec<u8> {
    logistic_with(model, &[])
}

/// [`logistic`] with lineage in the metadata.
pub fn logistic_with(model: &LogisticModel, lineage: &[(String, String)]) -> Vec<u8> {
    let width = model.features.len();
    let mut graph = Graph::new("logistic_regression");
    prepare(
        &mut graph,
        &Preparation {
            log1p: &model.log1p,
            centre: &model.centre,
            scale: &model.scale,
            fill: &model.fill,
        },
    );
    graph.constant("weights", &Tensor::floats(&[width, 1], narrow(&model.weights)));
    graph.constant("intercept", &Tensor::floats(&[1], vec![model.intercept as f32]));
    graph.constant("columns", &Tensor::ints(&[1], vec![1]));
    graph.node("Gemm", &["scaled", "weights", "intercept"], "log_odds", &[]);
    graph.node("Sigmoid", &["log_odds"], "probability", &[]);
    graph.node("Squeeze", &["probability", "columns"], "propensity", &[]);
    graph.outputs.push(value_info("propensity", FLOAT, None));
    graph.model(width, &metadata("logistic_regression", &model.features, lineage))
}
