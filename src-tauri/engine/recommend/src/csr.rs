//! Sparse rows of non-negative numbers.

/// Compressed sparse rows: `u32` column indices in ascending order, `f32` values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Csr {
    starts: Vec<usize>,
    index: Vec<u32>,
    value: Vec<f32>,
}

impl Csr {
    /// Rows of `(row, column, value)` triples that are sorted by row, then column.
    pub(crate) fn from_sorted(
        rows: usize,
        triples: impl IntoIterator<Item = (u32, u32, f32)>,
    ) -> Self {
        let mut csr = Self { starts: vec![0], index: Vec::new(), value: Vec::new() };
        for (row, column, value) in triples {
            while csr.starts.len() <= row as usize {
                csr.starts.push(csr.index.len());
            }
            csr.index.push(column);
            csr.value.push(value);
        }
        csr.starts.resize(rows + 1, csr.index.len());
        csr
    }

    pub(crate) fn rows(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Column indices and values of one row.
    pub(crate) fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.index[range.clone()], &self.value[range])
    }

    /// The pairs of one row.
    pub(crate) fn pairs(&self, row: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let (index, value) = self.row(row);
        index.iter().copied().zip(value.iter().copied())
    }

    /// Columns become rows; a counting sort, so columns stay ascending.
    pub(crate) fn transpose(&self, columns: usize) -> Self {
        let mut starts = vec![0usize; columns + 1];
        for &column in &self.index {
            starts[column as usize + 1] += 1;
        }
        for i in 0..columns {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut index = vec![0u32; self.len()];
        let mut value = vec![0f32; self.len()];
        for row in 0..self.rows() {
            for (column, v) in self.pairs(row) {
                let at = &mut next[column as usize];
                index[*at] = u32::try_from(row).unwrap_or(u32::MAX);
                value[*at] = v;
                *at += 1;
            }
        }
        Self { starts, index, value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn empty_rows_at_both_ends_and_between() {
        let csr = Csr::from_sorted(5, [(1, 0, 2.0), (1, 3, 1.0), (3, 1, 4.0)]);
        assert_eq!(csr.rows(), 5);
        assert_eq!(csr.row(0), (&[][..], &[][..]));
        assert_eq!(csr.row(1), (&[0, 3][..], &[2.0, 1.0][..]));
        assert_eq!(csr.row(2), (&[][..], &[][..]));
        assert_eq!(csr.row(4), (&[][..], &[][..]));
    }

    proptest! {
        #[test]
        fn transposing_twice_gives_the_same_rows(
            cells in proptest::collection::btree_map((0u32..9, 0u32..7), 0.1f32..5.0, 0..40)
        ) {
            let csr = Csr::from_sorted(9, cells.into_iter().map(|((r, c), v)| (r, c, v)));
            prop_assert_eq!(csr.transpose(7).transpose(9), csr);
        }
    }
}
