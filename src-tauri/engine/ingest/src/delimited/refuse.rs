//! What makes a record unusable, and what becomes of it then.

use super::pass::{Pass, Stop};
use crate::error::IngestError;
use crate::record::{Fields, MAX_RECORD, Next, next_near};
use crate::reject::{Good, Refused};
use crate::repair;

impl Pass<'_> {
    /// Refuses one line below the table; false at the end.
    pub(super) fn line_below(&mut self) -> Result<bool, Stop> {
        self.survey.odd = true;
        loop {
            let ahead = self.stream.ahead();
            let length = self.dialect.first_line(ahead);
            if length == ahead.len() && !self.stream.ended && length <= MAX_RECORD {
                self.stream.more()?;
                continue;
            }
            if length == 0 {
                return Ok(false);
            }
            if ahead[..length].trim_ascii().is_empty() {
                self.advance(length);
            } else {
                let reason = "Below the table: a footer or another table".to_owned();
                self.refuse(length, None, reason)?;
            }
            return Ok(true);
        }
    }

    /// Of a suspect record over several lines: bytes of its first line, when the second line is a
    /// good record by itself. Then the quote on the first one was a mistake, and only that line
    /// is lost.
    pub(super) fn first_line_alone(&mut self) -> Result<Option<usize>, IngestError> {
        let line = self.dialect.first_line(self.stream.ahead());
        let mut second = Fields::default();
        loop {
            let rest = &self.stream.ahead()[line..];
            match next_near(self.dialect, rest, self.stream.ended, &mut second) {
                Next::More => self.stream.more()?,
                Next::Record(_) if second.breaks == 0 && second.len() == self.names.len() => {
                    return Ok(Some(line));
                }
                _ => return Ok(None),
            }
        }
    }

    /// What makes a record of the right width unusable.
    pub(super) fn fault(&self, fields: &Fields, length: usize) -> Option<(usize, String)> {
        let bytes = fields.bytes();
        if bytes.contains(&0) {
            let at = fields.iter().position(|field| field.contains(&0))?;
            return Some((at, "A NUL byte".to_owned()));
        }
        match self.transcoded {
            Some(encoding) => {
                let lost = "\u{fffd}".as_bytes();
                let has = |field: &[u8]| field.windows(3).any(|window| window == lost);
                if !has(bytes) {
                    return None;
                }
                let at = fields.iter().position(has)?;
                Some((at, format!("Bytes that are not {encoding}")))
            }
            None => {
                let error = std::str::from_utf8(&self.stream.ahead()[..length]).err()?;
                let byte = self.stream.ahead()[error.valid_up_to()];
                let at = fields.iter().position(|field| std::str::from_utf8(field).is_err());
                Some((at.unwrap_or(0), format!("Byte 0x{byte:02X} is not UTF-8")))
            }
        }
    }

    /// Refuses the record ahead, unless somebody has put it right.
    pub(super) fn refuse(
        &mut self,
        length: usize,
        column: Option<usize>,
        mut reason: String,
    ) -> Result<(), Stop> {
        let raw = &self.stream.ahead()[..length];
        if let Some(edit) = repair::of(self.repairs, self.line, raw) {
            let mut fields = Fields::default();
            let read = repair::read(self.dialect, self.names.len(), &edit.text, &mut fields)
                .and_then(|()| match self.typed {
                    None => Ok(None),
                    Some(typed) => typed.cells(fields.iter()).map(Some).map_err(|(_, why)| why),
                });
            match read {
                Ok(cells) => {
                    self.survey.repaired += 1;
                    // What is loaded is not what the file says.
                    self.survey.odd = true;
                    if let Some(cells) = cells {
                        self.good_cells(&cells)?;
                    } else {
                        self.survey.good += 1;
                        self.survey.longest = self.survey.longest.max(edit.text.len());
                        self.sink.good(Good::Fields(&fields))?;
                    }
                    self.advance(length);
                    return Ok(());
                }
                Err(why) => reason = format!("As edited: {why}"),
            }
        }
        let refused = Refused {
            line: self.line,
            byte: self.stream.byte(),
            column: column.and_then(|at| self.names.get(at)).map(String::as_str),
            reason,
            raw: &self.stream.ahead()[..length],
        };
        self.sink.refused(&refused)?;
        self.survey.refused += 1;
        self.advance(length);
        Ok(())
    }
}
