//! People in rows, features in columns.

use crate::FeatureError;
use kith_model::table::{Column, Frame};
use ndarray::{Array2, ArrayView1, Axis};

/// People by features, ordered by person; a missing value is NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// Person of each row, ascending.
    pub profile: Vec<u64>,
    /// Feature of each column.
    pub names: Vec<String>,
    /// People x features in the features' own units, NaN missing.
    pub values: Array2<f64>,
}

/// The numbers of a column; NULL and what is not finite become NaN.
pub(crate) fn numbers(column: &Column) -> Option<Vec<f64>> {
    let finite = |v: f64| if v.is_finite() { v } else { f64::NAN };
    Some(match column {
        Column::Int(v) => v.iter().map(|x| x.map_or(f64::NAN, |x| x as f64)).collect(),
        Column::Real(v) => v.iter().map(|x| x.map_or(f64::NAN, finite)).collect(),
        Column::Bool(v) => v.iter().map(|x| x.map_or(f64::NAN, f64::from)).collect(),
        Column::Text(_) => return None,
    })
}

impl Matrix {
    /// The columns `names` of a frame with the column `profile_id`. Rows are put in order of
    /// the person, so the frame's own order does not matter.
    ///
    /// # Errors
    /// A missing, textual or short column; a person without a number.
    pub fn from_frame(frame: &Frame, names: &[String]) -> Result<Self, FeatureError> {
        let ids =
            frame.column("profile_id").and_then(Column::int).ok_or(FeatureError::NoProfile)?;
        let ids: Vec<u64> = ids
            .iter()
            .map(|id| id.and_then(|id| u64::try_from(id).ok()).ok_or(FeatureError::NoProfile))
            .collect::<Result<_, _>>()?;
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_key(|&row| ids[row]);
        let mut values = Array2::zeros((ids.len(), names.len()));
        for (j, name) in names.iter().enumerate() {
            let column =
                frame.column(name).ok_or_else(|| FeatureError::Missing { name: name.clone() })?;
            let column =
                numbers(column).ok_or_else(|| FeatureError::NotNumeric { name: name.clone() })?;
            if column.len() != ids.len() {
                return Err(FeatureError::Ragged {
                    name: name.clone(),
                    expected: ids.len(),
                    found: column.len(),
                });
            }
            for (i, &row) in order.iter().enumerate() {
                values[[i, j]] = column[row];
            }
        }
        let profile = order.iter().map(|&row| ids[row]).collect();
        Ok(Self { profile, names: names.to_vec(), values })
    }

    /// Number of people.
    pub fn people(&self) -> usize {
        self.profile.len()
    }

    /// The feature called `name`.
    pub fn column(&self, name: &str) -> Option<ArrayView1<'_, f64>> {
        let j = self.names.iter().position(|n| n == name)?;
        Some(self.values.column(j))
    }

    /// The features `names`, in that order.
    ///
    /// # Errors
    /// No name, or one that is not there.
    pub fn select(&self, names: &[String]) -> Result<Self, FeatureError> {
        if names.is_empty() {
            return Err(FeatureError::NoFeatures);
        }
        let columns: Vec<usize> = names
            .iter()
            .map(|name| {
                self.names
                    .iter()
                    .position(|n| n == name)
                    .ok_or_else(|| FeatureError::Missing { name: name.clone() })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            profile: self.profile.clone(),
            names: names.to_vec(),
            values: self.values.select(Axis(1), &columns),
        })
    }

    /// The people in `rows`, in that order.
    #[must_use]
    pub fn rows(&self, rows: &[usize]) -> Self {
        Self {
            profile: rows.iter().map(|&i| self.profile[i]).collect(),
            names: self.names.clone(),
            values: self.values.select(Axis(0), rows),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> Frame {
        Frame::default()
            .with("profile_id", Column::Int(vec![Some(9), Some(2)]))
            .with("a", Column::Real(vec![Some(1.5), None]))
            .with("b", Column::Int(vec![Some(4), Some(5)]))
            .with("c", Column::Bool(vec![Some(true), Some(false)]))
            .with("word", Column::Text(vec![None::<&str>; 2].into()))
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&n| n.to_owned()).collect()
    }

    #[test]
    fn rows_come_in_order_of_the_person() {
        let m = Matrix::from_frame(&frame(), &names(&["b", "a", "c"])).unwrap();
        assert_eq!(m.profile, [2, 9]);
        assert_eq!(m.values.row(1).to_vec(), [4.0, 1.5, 1.0]);
        assert!(m.values[[0, 1]].is_nan());
        assert_eq!(m.select(&names(&["c"])).unwrap().values.column(0).to_vec(), [0.0, 1.0]);
        assert_eq!(m.rows(&[1]).profile, [9]);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let error = |n: &str| Matrix::from_frame(&frame(), &names(&[n])).unwrap_err();
        assert_eq!(error("zz"), FeatureError::Missing { name: "zz".into() });
        assert_eq!(error("word"), FeatureError::NotNumeric { name: "word".into() });
        let bare = Frame::default().with("a", Column::Real(vec![]));
        assert_eq!(Matrix::from_frame(&bare, &[]).unwrap_err(), FeatureError::NoProfile);
    }
}
