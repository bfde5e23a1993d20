//! A model read back from its bytes.

use super::proto::Fields;
use super::run::apply;
use super::tensor::Tensor;
use std::collections::{BTreeMap, HashMap};

/// Why a model cannot be read or run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OnnxError {
    /// The bytes are no ONNX model.
    #[error("The bytes are no ONNX model")]
    Damaged,
    /// A part of ONNX the evaluator does not know.
    #[error("The evaluator does not know {0}")]
    Unknown(String),
    /// A node's inputs do not fit it.
    #[error("The inputs of {op} do not fit")]
    Shape {
        /// The operator.
        op: String,
    },
    /// The input has another width.
    #[error("The model takes {expected} features, not {found}")]
    Width {
        /// Columns the model takes.
        expected: usize,
        /// Columns given.
        found: usize,
    },
}

/// One operation.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    pub(super) op: String,
    pub(super) inputs: Vec<String>,
    pub(super) outputs: Vec<String>,
    pub(super) ints: HashMap<String, i64>,
    pub(super) floats: HashMap<String, f32>,
}

/// A model ready to run: the operators our writer uses, in float32.
#[derive(Debug, Clone, Default)]
pub struct Session {
    nodes: Vec<Node>,
    constants: HashMap<String, Tensor>,
    outputs: Vec<String>,
    metadata: BTreeMap<String, String>,
}

impl Session {
    /// Reads a model.
    pub fn read(bytes: &[u8]) -> Result<Self, OnnxError> {
        let mut session = Self::default();
        let mut graph = None;
        for field in Fields::of(bytes) {
            match field.ok_or(OnnxError::Damaged)? {
                (7, f) => graph = f.bytes(),
                (14, f) => {
                    let (key, value) = f.bytes().and_then(property).ok_or(OnnxError::Damaged)?;
                    session.metadata.insert(key, value);
                }
                _ => {}
            }
        }
        session.read_graph(graph.ok_or(OnnxError::Damaged)?).ok_or(OnnxError::Damaged)?;
        if session.nodes.is_empty() || session.outputs.is_empty() {
            return Err(OnnxError::Damaged);
        }
        Ok(session)
    }

    fn read_graph(&mut self, bytes: &[u8]) -> Option<()> {
        for field in Fields::of(bytes) {
            match field? {
                (1, f) => self.nodes.push(node(f.bytes()?)?),
                (5, f) => {
                    let (name, tensor) = Tensor::from_proto(f.bytes()?)?;
                    self.constants.insert(name, tensor);
                }
                (12, f) => self.outputs.push(first_text(f.bytes()?)?),
                _ => {}
            }
        }
        Some(())
    }

    /// A value of the model's metadata, e.g. `kith.model`.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// A list of texts in the model's metadata.
    fn list(&self, key: &str) -> Vec<String> {
        self.metadata(key).and_then(|v| serde_json::from_str(v).ok()).unwrap_or_default()
    }

    /// Feature names, in column order.
    pub fn features(&self) -> Vec<String> {
        self.list("kith.features")
    }

    /// Segment names by number, of a K-means model.
    pub fn segments(&self) -> Vec<String> {
        self.list("kith.segments")
    }

    /// Runs the model over `features` (float [N, d], NaN missing); gives the outputs by name.
    pub fn run(&self, features: Tensor) -> Result<HashMap<String, Tensor>, OnnxError> {
        self.values(features, self.outputs.iter().map(String::as_str))
    }

    /// Runs the model and gives the named values, outputs or not.
    pub(crate) fn values<'a>(
        &self,
        features: Tensor,
        names: impl Iterator<Item = &'a str>,
    ) -> Result<HashMap<String, Tensor>, OnnxError> {
        let expected = self.constants.get("centre").map_or(0, Tensor::len);
        let found = features.dims.get(1).copied().unwrap_or(0);
        if features.dims.len() != 2 || expected != found {
            return Err(OnnxError::Width { expected, found });
        }
        let mut values: HashMap<&str, Tensor> = HashMap::from([("features", features)]);
        for node in &self.nodes {
            let output = {
                let find =
                    |name: &String| values.get(name.as_str()).or_else(|| self.constants.get(name));
                let inputs: Option<Vec<&Tensor>> = node.inputs.iter().map(find).collect();
                apply(node, &inputs.ok_or_else(|| OnnxError::Shape { op: node.op.clone() })?)?
            };
            if let Some(name) = node.outputs.first() {
                values.insert(name, output);
            }
        }
        names
            .map(|name| {
                let value = values.remove(name);
                Ok((name.to_owned(), value.ok_or(OnnxError::Damaged)?))
            })
            .collect()
    }
}

fn property(bytes: &[u8]) -> Option<(String, String)> {
    let (mut key, mut value) = (String::new(), String::new());
    for field in Fields::of(bytes) {
        match field? {
            (1, f) => key = f.text()?,
            (2, f) => value = f.text()?,
            _ => {}
        }
    }
    Some((key, value))
}

/// The text in field 1: the name of a `ValueInfoProto`.
fn first_text(bytes: &[u8]) -> Option<String> {
    Fields::of(bytes).flatten().find(|(number, _)| *number == 1)?.1.text()
}

fn node(bytes: &[u8]) -> Option<Node> {
    let mut node = Node::default();
    for field in Fields::of(bytes) {
        match field? {
            (1, f) => node.inputs.push(f.text()?),
            (2, f) => node.outputs.push(f.text()?),
            (4, f) => node.op = f.text()?,
            (5, f) => {
                let mut name = String::new();
                for part in Fields::of(f.bytes()?) {
                    match part? {
                        (1, f) => name = f.text()?,
                        (2, f) => {
                            node.floats.insert(name.clone(), f.float()?);
                        }
                        (3, f) => {
                            node.ints.insert(name.clone(), f.int()?);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Some(node)
}
