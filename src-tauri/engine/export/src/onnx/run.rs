//! The operators, as the ONNX specification (opset 17) defines them, for float32.

use super::session::{Node, OnnxError};
use super::tensor::{Data, Tensor};

/// The output of one node.
pub(super) fn apply(node: &Node, inputs: &[&Tensor]) -> Result<Tensor, OnnxError> {
    let output = match (node.op.as_str(), inputs) {
        ("IsNaN", [x]) => {
            x.as_floats().map(|v| Tensor::bools(&x.dims, v.iter().map(|v| v.is_nan()).collect()))
        }
        ("Log", [x]) => unary(x, f32::ln),
        ("Sqrt", [x]) => unary(x, f32::sqrt),
        ("Sigmoid", [x]) => unary(x, |v| 1.0 / (1.0 + (-v).exp())),
        ("Add", [a, b]) => binary(a, b, |a, b| a + b),
        ("Sub", [a, b]) => binary(a, b, |a, b| a - b),
        ("Mul", [a, b]) => binary(a, b, |a, b| a * b),
        ("Div", [a, b]) => binary(a, b, |a, b| a / b),
        ("Max", [a, b]) => binary(a, b, f32::max),
        ("Where", [c, a, b]) => choose(c, a, b),
        ("Gemm", [a, b, c]) => gemm(node, a, b, c),
        ("ArgMin", [x]) => arg_min(node, x),
        ("Gather", [table, rows]) => gather(table, rows),
        ("ReduceSum", [x, axes]) => reduce_sum(node, x, axes),
        ("Squeeze", [x, axes]) => squeeze(x, axes),
        (other, _) => return Err(OnnxError::Unknown(other.to_owned())),
    };
    output.ok_or_else(|| OnnxError::Shape { op: node.op.clone() })
}

fn unary(x: &Tensor, f: impl Fn(f32) -> f32) -> Option<Tensor> {
    Some(Tensor::floats(&x.dims, x.as_floats()?.iter().map(|v| f(*v)).collect()))
}

/// The shape both are spread to: equal, or one is the tail of the other (the part of the
/// broadcasting rules our graphs use).
fn common<'a>(a: &'a Tensor, b: &'a Tensor) -> Option<&'a [usize]> {
    if a.dims.ends_with(&b.dims) {
        Some(&a.dims)
    } else if b.dims.ends_with(&a.dims) {
        Some(&b.dims)
    } else {
        None
    }
}

fn binary(a: &Tensor, b: &Tensor, f: impl Fn(f32, f32) -> f32) -> Option<Tensor> {
    let dims = common(a, b)?;
    let (x, y) = (a.as_floats()?, b.as_floats()?);
    let count: usize = dims.iter().product();
    let spread = x.iter().cycle().zip(y.iter().cycle()).take(count);
    Some(Tensor::floats(dims, spread.map(|(x, y)| f(*x, *y)).collect()))
}

fn choose(condition: &Tensor, a: &Tensor, b: &Tensor) -> Option<Tensor> {
    let dims = common(a, b)?;
    if !dims.ends_with(&condition.dims) {
        return None;
    }
    let count: usize = dims.iter().product();
    let parts = condition.as_bools()?.iter().cycle();
    let values = a.as_floats()?.iter().cycle().zip(b.as_floats()?.iter().cycle());
    let chosen = parts.zip(values).take(count).map(|(c, (a, b))| if *c { *a } else { *b });
    Some(Tensor::floats(dims, chosen.collect()))
}

/// `alpha * A * B' + C` with an optional transpose of B and C spread over the rows.
fn gemm(node: &Node, a: &Tensor, b: &Tensor, c: &Tensor) -> Option<Tensor> {
    let ([rows, inner], [b0, b1]) = (a.dims.as_slice(), b.dims.as_slice()) else { return None };
    let transposed = node.ints.get("transB").is_some_and(|t| *t != 0);
    let (depth, columns) = if transposed { (*b1, *b0) } else { (*b0, *b1) };
    if depth != *inner || c.dims != [columns] {
        return None;
    }
    let alpha = node.floats.get("alpha").copied().unwrap_or(1.0);
    let (x, y, bias) = (a.as_floats()?, b.as_floats()?, c.as_floats()?);
    let mut out = Vec::with_capacity(rows * columns);
    for row in x.chunks_exact((*inner).max(1)).take(*rows) {
        for (column, bias) in bias.iter().enumerate() {
            let at = |i: usize| if transposed { column * depth + i } else { i * columns + column };
            let sum: f32 = row.iter().enumerate().map(|(i, v)| v * y[at(i)]).sum();
            out.push(alpha * sum + bias);
        }
    }
    Some(Tensor::floats(&[*rows, columns], out))
}

/// Position of the least value of each row; the first of several.
fn arg_min(node: &Node, x: &Tensor) -> Option<Tensor> {
    let [rows, columns] = x.dims.as_slice() else { return None };
    if node.ints.get("axis") != Some(&1) || node.ints.get("keepdims") != Some(&0) {
        return None;
    }
    let least = |row: &[f32]| {
        let better = |best: usize, i: usize| if row[i] < row[best] { i } else { best };
        (1..row.len()).fold(0, better) as i64
    };
    let found = x.as_floats()?.chunks_exact((*columns).max(1)).map(least).collect();
    Some(Tensor::ints(&[*rows], found))
}

fn gather(table: &Tensor, rows: &Tensor) -> Option<Tensor> {
    let ([count, width], [n]) = (table.dims.as_slice(), rows.dims.as_slice()) else { return None };
    let values = table.as_floats()?;
    let mut out = Vec::with_capacity(n * width);
    for row in rows.as_ints()? {
        let row = usize::try_from(*row).ok().filter(|r| r < count)?;
        out.extend_from_slice(&values[row * width..(row + 1) * width]);
    }
    Some(Tensor::floats(&[*n, *width], out))
}

fn reduce_sum(node: &Node, x: &Tensor, axes: &Tensor) -> Option<Tensor> {
    let [rows, columns] = x.dims.as_slice() else { return None };
    if axes.data != Data::Int(vec![1]) || node.ints.get("keepdims") != Some(&0) {
        return None;
    }
    let sums = x.as_floats()?.chunks_exact((*columns).max(1)).map(|row| row.iter().sum());
    Some(Tensor::floats(&[*rows], sums.collect()))
}

fn squeeze(x: &Tensor, axes: &Tensor) -> Option<Tensor> {
    let ([rows, 1], Data::Int(axes)) = (x.dims.as_slice(), &axes.data) else { return None };
    (axes == &[1]).then(|| Tensor { dims: vec![*rows], data: x.data.clone() })
}
