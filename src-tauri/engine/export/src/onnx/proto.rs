//! Protocol buffers, as far as ONNX models need them: tags, varints, length-delimited fields.

/// A message being written.
#[derive(Debug, Default, Clone)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn tag(&mut self, field: u32, wire: u32) {
        self.varint(u64::from(field << 3 | wire));
    }

    /// An `int64`, `int32` or enum field. Negative numbers take ten bytes, as the format wants.
    #[must_use]
    pub(crate) fn int(mut self, field: u32, value: i64) -> Self {
        self.tag(field, 0);
        self.varint(value as u64);
        self
    }

    #[must_use]
    pub(crate) fn float(mut self, field: u32, value: f32) -> Self {
        self.tag(field, 5);
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    #[must_use]
    pub(crate) fn raw(mut self, field: u32, value: &[u8]) -> Self {
        self.tag(field, 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    #[must_use]
    pub(crate) fn text(self, field: u32, value: &str) -> Self {
        self.raw(field, value.as_bytes())
    }

    #[must_use]
    pub(crate) fn message(self, field: u32, value: &Self) -> Self {
        self.raw(field, &value.0)
    }
}

/// A field read from a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Field<'a> {
    Int(u64),
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
    Fixed64,
}

impl<'a> Field<'a> {
    pub(crate) fn int(self) -> Option<i64> {
        if let Self::Int(v) = self { Some(v as i64) } else { None }
    }

    pub(crate) fn float(self) -> Option<f32> {
        if let Self::Fixed32(v) = self { Some(f32::from_le_bytes(v)) } else { None }
    }

    pub(crate) fn bytes(self) -> Option<&'a [u8]> {
        if let Self::Bytes(v) = self { Some(v) } else { None }
    }

    pub(crate) fn text(self) -> Option<String> {
        self.bytes().and_then(|b| std::str::from_utf8(b).ok()).map(str::to_owned)
    }
}

/// Reads a message field by field; `None` inside means damaged, and is the last.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(head)
    }

    fn field(&mut self) -> Option<(u32, Field<'a>)> {
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).ok()?;
        let field = match tag & 7 {
            0 => Field::Int(self.varint()?),
            1 => {
                self.take(8)?;
                Field::Fixed64
            }
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Fixed32(self.take(4)?.try_into().ok()?),
            _ => return None,
        };
        Some((number, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<(u32, Field<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.rest = &[];
        }
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read() {
        let inner = Message::new().text(1, "a");
        let bytes = Message::new().int(1, -1).float(2, 1.5).message(15, &inner).bytes();
        let fields: Vec<_> = Fields::of(&bytes).map(Option::unwrap).collect();
        assert_eq!(fields[0].1.int(), Some(-1));
        assert_eq!(fields[1].1.float(), Some(1.5));
        assert_eq!((fields[2].0, fields[2].1.bytes().unwrap()), (15, &inner.bytes()[..]));
    }

    proptest! {
        #[test]
        fn damaged_bytes_end_the_reading(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let fields: Vec<_> = Fields::of(&bytes).collect();
            prop_assert!(fields.len() <= bytes.len());
        }
    }
}
