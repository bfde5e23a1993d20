//! A trained model as a file: versioned JSON that people can read, and whether it fits.

use crate::levels::levels;
use crate::model::{MODEL_VERSION, MatchModel};
use kith_model::identity::{IdentityParams, MatchField};
use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use std::io::{Result as Io, Write};

/// Why a model trained before cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// No model, or a broken one.
    #[error("this is no match model ({0}): write one with `--save-model`")]
    Unreadable(String),
    /// Of another version.
    #[error(
        "the model has version {0} and this program reads {MODEL_VERSION}: train anew, or use the \
         program that wrote it"
    )]
    Version(u32),
    /// It knows other fields than are compared.
    #[error("the model knows {model}, and {asked} are compared: compare those, or train anew")]
    Fields {
        /// Its fields.
        model: String,
        /// Those of the settings.
        asked: String,
    },
    /// Its levels are not the program's.
    #[error("the model has other levels of {0} than this program: train anew")]
    Levels(&'static str),
    /// A number is no probability.
    #[error(
        "the model's {0} holds a number that is no probability: use the file as it was written, \
         or train anew"
    )]
    Number(&'static str),
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

fn unreadable(error: &serde_json::Error) -> ModelError {
    ModelError::Unreadable(format!("line {}", error.line()))
}

fn named(fields: impl Iterator<Item = MatchField>) -> String {
    let mut labels: Vec<_> = fields.collect();
    labels.sort_unstable();
    labels.into_iter().map(|f| f.label().to_lowercase()).collect::<Vec<_>>().join(", ")
}

impl MatchModel {
    /// The model as JSON: a line for each level, one for the frequencies of each field. The same
    /// model gives the same bytes.
    pub fn to_text(&self) -> String {
        let mut text = Vec::new();
        let mut writer = Serializer::with_formatter(&mut text, Outline { depth: 0, empty: true });
        // Writing plain values to memory does not fail.
        let _ = self.serialize(&mut writer);
        text.push(b'\n');
        String::from_utf8(text).unwrap_or_default()
    }

    /// Reads what [`Self::to_text`] wrote.
    ///
    /// # Errors
    /// What is no model of this version, with levels of this program and sane numbers.
    pub fn from_text(text: &str) -> Result<Self, ModelError> {
        let head: Head = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
        if head.version != MODEL_VERSION {
            return Err(ModelError::Version(head.version));
        }
        let model: Self = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
        let strangers = 1.0 - model.prior - model.household;
        if !(model.prior > 0.0 && model.household >= 0.0 && strangers > 0.0) {
            return Err(ModelError::Number("prior"));
        }
        if !(0.0..=1.0).contains(&model.threshold) {
            return Err(ModelError::Number("threshold"));
        }
        for of in &model.fields {
            let known = levels(of.field).iter().map(|l| l.label);
            if !known.eq(of.levels.iter().map(|l| l.label.as_str())) {
                return Err(ModelError::Levels(of.field.label()));
            }
            let probability = |p: f64| p > 0.0 && p <= 1.0;
            if !of.levels.iter().all(|l| [l.m, l.u, l.household].into_iter().all(probability)) {
                return Err(ModelError::Number(of.field.label()));
            }
            if of.frequencies.as_ref().is_some_and(|f| !f.common.is_sorted_by(|a, b| a.0 < b.0)) {
                return Err(ModelError::Number(of.field.label()));
            }
        }
        Ok(model)
    }

    /// The fields it knows, sorted.
    pub fn compared(&self) -> Vec<MatchField> {
        let mut fields: Vec<_> = self.fields.iter().map(|f| f.field).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// Whether records compared under `params` can be weighed with it.
    ///
    /// # Errors
    /// It knows other fields, or other levels.
    pub fn fits(&self, params: &IdentityParams) -> Result<(), ModelError> {
        let mut asked = params.fields.clone();
        asked.sort_unstable();
        if asked == self.compared() && self.version == MODEL_VERSION {
            return Ok(());
        }
        if self.version != MODEL_VERSION {
            return Err(ModelError::Version(self.version));
        }
        Err(ModelError::Fields {
            model: named(self.compared().into_iter()),
            asked: named(asked.into_iter()),
        })
    }
}

/// Depth from which everything stands on one line.
const INLINE: usize = 5;

/// Pretty outside, one line inside.
struct Outline {
    depth: usize,
    empty: bool,
}

impl Outline {
    fn open(&mut self, out: &mut (impl Write + ?Sized), sign: &[u8]) -> Io<()> {
        self.depth += 1;
        self.empty = true;
        out.write_all(sign)
    }

    fn close(&mut self, out: &mut (impl Write + ?Sized), sign: &[u8]) -> Io<()> {
        self.depth -= 1;
        if !self.empty && self.depth + 1 < INLINE {
            self.line(out)?;
        }
        self.empty = false;
        out.write_all(sign)
    }

    fn next(&self, out: &mut (impl Write + ?Sized), first: bool) -> Io<()> {
        if !first {
            out.write_all(b",")?;
        }
        match (self.depth < INLINE, first) {
            (true, _) => self.line(out),
            (false, true) => Ok(()),
            (false, false) => out.write_all(b" "),
        }
    }

    fn line(&self, out: &mut (impl Write + ?Sized)) -> Io<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b"  "))
    }
}

impl Formatter for Outline {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Io<()> {
        self.open(out, b"[")
    }
    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> Io<()> {
        self.close(out, b"]")
    }
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Io<()> {
        self.next(out, first)
    }
    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> Io<()> {
        self.empty = false;
        Ok(())
    }
    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Io<()> {
        self.open(out, b"{")
    }
    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> Io<()> {
        self.close(out, b"}")
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Io<()> {
        self.next(out, first)
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Io<()> {
        out.write_all(b": ")
    }
    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> Io<()> {
        self.empty = false;
        Ok(())
    }
}
