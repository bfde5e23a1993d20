//! Tensors: the few kinds our graphs use.

use super::proto::{Fields, Message};

/// ONNX element types.
pub(crate) const FLOAT: i64 = 1;
pub(crate) const INT64: i64 = 7;
pub(crate) const BOOL: i64 = 9;

/// Values in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// 32-bit floats.
    Float(Vec<f32>),
    /// 64-bit integers.
    Int(Vec<i64>),
    /// Truth values.
    Bool(Vec<bool>),
}

/// Values with a shape; no dimension: a single value.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Length of each dimension.
    pub dims: Vec<usize>,
    /// The values.
    pub data: Data,
}

impl Tensor {
    /// Floats of a shape.
    pub fn floats(dims: &[usize], values: Vec<f32>) -> Self {
        Self { dims: dims.to_vec(), data: Data::Float(values) }
    }

    /// Integers of a shape.
    pub fn ints(dims: &[usize], values: Vec<i64>) -> Self {
        Self { dims: dims.to_vec(), data: Data::Int(values) }
    }

    /// Truth values of a shape.
    pub fn bools(dims: &[usize], values: Vec<bool>) -> Self {
        Self { dims: dims.to_vec(), data: Data::Bool(values) }
    }

    /// The floats, when it holds floats.
    pub fn as_floats(&self) -> Option<&[f32]> {
        if let Data::Float(v) = &self.data { Some(v) } else { None }
    }

    /// The integers, when it holds integers.
    pub fn as_ints(&self) -> Option<&[i64]> {
        if let Data::Int(v) = &self.data { Some(v) } else { None }
    }

    /// The truth values, when it holds truth values.
    pub fn as_bools(&self) -> Option<&[bool]> {
        if let Data::Bool(v) = &self.data { Some(v) } else { None }
    }

    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        match &self.data {
            Data::Float(v) => v.len(),
            Data::Int(v) => v.len(),
            Data::Bool(v) => v.len(),
        }
    }

    /// A `TensorProto` called `name`.
    pub(crate) fn proto(&self, name: &str) -> Message {
        let (kind, raw): (i64, Vec<u8>) = match &self.data {
            Data::Float(v) => (FLOAT, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Data::Int(v) => (INT64, v.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Data::Bool(v) => (BOOL, v.iter().map(|x| u8::from(*x)).collect()),
        };
        let mut message = Message::new();
        for &dim in &self.dims {
            message = message.int(1, dim as i64);
        }
        message.int(2, kind).text(8, name).raw(9, &raw)
    }

    /// Name and tensor of a `TensorProto` with raw data.
    pub(crate) fn from_proto(bytes: &[u8]) -> Option<(String, Self)> {
        let (mut dims, mut kind, mut name, mut raw) = (Vec::new(), 0, String::new(), &[][..]);
        for field in Fields::of(bytes) {
            match field? {
                (1, f) => dims.push(usize::try_from(f.int()?).ok()?),
                (2, f) => kind = f.int()?,
                (8, f) => name = f.text()?,
                (9, f) => raw = f.bytes()?,
                _ => {}
            }
        }
        let count = dims.iter().try_fold(1usize, |all, d| all.checked_mul(*d))?;
        let data = match kind {
            FLOAT => Data::Float(numbers(raw, f32::from_le_bytes)?),
            INT64 => Data::Int(numbers(raw, i64::from_le_bytes)?),
            BOOL => Data::Bool(raw.iter().map(|b| *b != 0).collect()),
            _ => return None,
        };
        let tensor = Self { dims, data };
        (tensor.len() == count).then_some((name, tensor))
    }
}

fn numbers<const N: usize, T>(raw: &[u8], read: fn([u8; N]) -> T) -> Option<Vec<T>> {
    let (chunks, rest) = raw.as_chunks::<N>();
    rest.is_empty().then(|| chunks.iter().map(|c| read(*c)).collect())
}
