//! One JSON document as records: the elements of an array, of an array inside an object, or
//! objects one behind the other over any number of lines.
//!
//! The text is walked, never held: only the record at hand lies in memory.

use crate::error::IngestError;
use crate::stream::Stream;

/// A record longer than this cannot be loaded.
const MAX_RECORD: usize = 256 * 1024 * 1024;

/// How deep inside objects an array of records is looked for.
const DEPTH: usize = 3;

/// Text that is read on when what lies ahead does not suffice.
pub(crate) trait Ahead {
    fn ahead(&self) -> &[u8];
    fn skip(&mut self, bytes: usize);
    fn ended(&self) -> bool;
    fn more(&mut self) -> Result<(), IngestError>;
    fn byte(&self) -> Option<u64>;
}

impl Ahead for Stream<'_> {
    fn ahead(&self) -> &[u8] {
        Stream::ahead(self)
    }
    fn skip(&mut self, bytes: usize) {
        Stream::skip(self, bytes);
    }
    fn ended(&self) -> bool {
        self.ended
    }
    fn more(&mut self) -> Result<(), IngestError> {
        Stream::more(self)
    }
    fn byte(&self) -> Option<u64> {
        Stream::byte(self)
    }
}

/// The head of a file.
impl Ahead for &[u8] {
    fn ahead(&self) -> &[u8] {
        self
    }
    fn skip(&mut self, bytes: usize) {
        *self = &self[bytes..];
    }
    fn ended(&self) -> bool {
        true
    }
    fn more(&mut self) -> Result<(), IngestError> {
        Ok(())
    }
    fn byte(&self) -> Option<u64> {
        None
    }
}

/// A walk through a document.
pub(crate) struct Walk<A> {
    text: A,
    /// Line at hand, from 1.
    pub(crate) line: u64,
    /// Inside the array of records.
    inside: bool,
    /// The document ended where it should not.
    pub(crate) cut_off: bool,
}

/// A value ahead: its bytes, and whether the text ends inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) bytes: usize,
    pub(crate) whole: bool,
}

/// Where in a value the walk is: how deep in brackets, and whether in a string.
#[derive(Default)]
struct Nesting {
    depth: usize,
    quoted: bool,
    escaped: bool,
}

impl Nesting {
    /// In no bracket and no string. A closing bracket here is another value's: it is not stepped
    /// over.
    fn is_outside(&self) -> bool {
        self.depth == 0 && !self.quoted
    }

    fn step(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.quoted => self.escaped = true,
            b'"' => self.quoted = !self.quoted,
            _ if self.quoted => {}
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
    }
}

impl<A: Ahead> Walk<A> {
    pub(crate) fn new(text: A) -> Self {
        Self { text, line: 1, inside: false, cut_off: false }
    }

    pub(crate) fn ahead(&self) -> &[u8] {
        self.text.ahead()
    }

    pub(crate) fn byte(&self) -> Option<u64> {
        self.text.byte()
    }

    /// Goes past `bytes`.
    pub(crate) fn skip(&mut self, bytes: usize) {
        let breaks = self.text.ahead()[..bytes].iter().filter(|&&b| b == b'\n').count();
        self.line += breaks as u64;
        self.text.skip(bytes);
    }

    /// The next byte that is no blank.
    fn peek(&mut self) -> Result<Option<u8>, IngestError> {
        loop {
            let ahead = self.text.ahead();
            let blanks = ahead.iter().take_while(|b| b.is_ascii_whitespace()).count();
            let found = ahead.get(blanks).copied();
            self.skip(blanks);
            if found.is_some() || self.text.ended() {
                return Ok(found);
            }
            self.text.more()?;
        }
    }

    /// How far the value ahead reaches.
    fn extent(&mut self) -> Result<Extent, IngestError> {
        let (mut at, mut nesting) = (0, Nesting::default());
        loop {
            while let Some(&byte) = self.text.ahead().get(at) {
                let parts = matches!(byte, b'}' | b']' | b',' | b':')
                    || matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
                if parts && nesting.is_outside() {
                    return Ok(Extent { bytes: at, whole: true });
                }
                nesting.step(byte);
                at += 1;
                // A closing bracket or quote ends the value; anything else goes on.
                if nesting.is_outside() && matches!(byte, b'}' | b']' | b'"') {
                    return Ok(Extent { bytes: at, whole: true });
                }
            }
            if self.text.ended() || at > MAX_RECORD {
                return Ok(Extent { bytes: at, whole: nesting.is_outside() });
            }
            self.text.more()?;
        }
    }

    /// A member's name, and the colon behind it; `None` at the object's end.
    fn key(&mut self) -> Result<Option<String>, IngestError> {
        while self.peek()? == Some(b',') {
            self.skip(1);
        }
        if self.peek()? != Some(b'"') {
            return Ok(None);
        }
        let extent = self.extent()?;
        let key = serde_json::from_slice(&self.text.ahead()[..extent.bytes]).ok();
        self.skip(extent.bytes);
        if self.peek()? != Some(b':') {
            return Ok(None);
        }
        self.skip(1);
        Ok(key)
    }

    /// Goes past the value ahead without holding it.
    fn pass(&mut self) -> Result<(), IngestError> {
        self.peek()?;
        let mut nesting = Nesting::default();
        loop {
            let mut at = 0;
            let mut over = false;
            for &byte in self.text.ahead() {
                if nesting.is_outside() && matches!(byte, b'}' | b']' | b',') {
                    over = true;
                    break;
                }
                at += 1;
                nesting.step(byte);
            }
            self.skip(at);
            if over || self.text.ended() {
                return Ok(());
            }
            self.text.more()?;
        }
    }

    /// Goes to the records that `pointer` (RFC 6901) names; false when there are none.
    pub(crate) fn enter(&mut self, pointer: &str) -> Result<bool, IngestError> {
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            if self.peek()? != Some(b'{') {
                return Ok(false);
            }
            self.skip(1);
            loop {
                match self.key()? {
                    Some(key) if key == step => break,
                    Some(_) => self.pass()?,
                    None => return Ok(false),
                }
            }
        }
        let array = self.peek()? == Some(b'[');
        if array {
            self.skip(1);
            self.inside = true;
        }
        Ok(array || pointer.is_empty())
    }

    /// The next record ahead; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Extent>, IngestError> {
        loop {
            match self.peek()? {
                None => {
                    self.cut_off |= self.inside;
                    return Ok(None);
                }
                Some(b']' | b'}') if self.inside => return Ok(None),
                Some(b',' | b']' | b'}' | b':') => self.skip(1),
                Some(_) => {
                    let extent = self.extent()?;
                    self.cut_off |= !extent.whole;
                    return Ok(Some(extent).filter(|extent| extent.bytes > 0));
                }
            }
        }
    }
}

/// Where the records of a document are, and what else it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Records {
    /// Each array of objects: its pointer and the elements seen. Empty: the objects themselves.
    pub(crate) arrays: Vec<(String, u64)>,
    /// Members that hold no records.
    pub(crate) beside: Vec<String>,
}

impl Records {
    /// Looks for records in the head of a document.
    pub(crate) fn find(head: &[u8]) -> Self {
        let mut walk = Walk::new(head);
        let mut found = Self::default();
        // A head is held: it cannot fail.
        let _ = found.root(&mut walk);
        found
    }

    /// The pointer of the array with most elements seen, the first of them; empty for the
    /// document itself.
    pub(crate) fn main(&self) -> &str {
        let most = self.arrays.iter().map(|(_, seen)| *seen).max();
        let first = self.arrays.iter().find(|(_, seen)| Some(*seen) == most);
        first.map_or("", |(pointer, _)| pointer.as_str())
    }

    fn root(&mut self, walk: &mut Walk<&[u8]>) -> Result<(), IngestError> {
        if walk.peek()? != Some(b'{') {
            return Ok(());
        }
        let extent = walk.extent()?;
        let mut behind = Walk::new(&walk.ahead()[extent.bytes..]);
        if extent.whole && behind.peek()?.is_some() {
            return Ok(());
        }
        self.object(walk, "", 1)
    }

    fn object(
        &mut self,
        walk: &mut Walk<&[u8]>,
        at: &str,
        depth: usize,
    ) -> Result<(), IngestError> {
        walk.skip(1);
        while let Some(key) = walk.key()? {
            let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            match walk.peek()? {
                Some(b'[') => match objects_in(walk)? {
                    0 => self.beside.push(pointer),
                    seen => self.arrays.push((pointer, seen)),
                },
                Some(b'{') if depth < DEPTH => {
                    self.object(walk, &pointer, depth + 1)?;
                    if walk.peek()? == Some(b'}') {
                        walk.skip(1);
                    }
                }
                _ => {
                    self.beside.push(pointer);
                    walk.pass()?;
                }
            }
        }
        Ok(())
    }
}

/// Elements of the array ahead when they are objects, and goes past it.
fn objects_in(walk: &mut Walk<&[u8]>) -> Result<u64, IngestError> {
    walk.skip(1);
    let objects = walk.peek()? == Some(b'{');
    let mut seen = 0;
    loop {
        match walk.peek()? {
            None => break,
            Some(b']') => {
                walk.skip(1);
                break;
            }
            Some(b',') => walk.skip(1),
            Some(_) => {
                let extent = walk.extent()?;
                if extent.bytes == 0 {
                    break;
                }
                seen += 1;
                walk.skip(extent.bytes);
            }
        }
    }
    Ok(if objects { seen } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, pointer: &str) -> (Vec<String>, bool) {
        let mut walk = Walk::new(text.as_bytes());
        assert!(walk.enter(pointer).unwrap(), "{text}");
        let mut all = Vec::new();
        while let Some(extent) = walk.next().unwrap() {
            all.push(String::from_utf8_lossy(&walk.ahead()[..extent.bytes]).into_owned());
            walk.skip(extent.bytes);
        }
        (all, walk.cut_off)
    }

    #[test]
    fn records_of_every_layout() {
        for (text, pointer) in [
            ("[{\"a\":\"]},\"}, {\"a\":[1,{}]}\n]", ""),
            ("{\"a\":\"]},\"}\n{\"a\":[1,{}]}", ""),
            ("{\"a\":\"]},\"},{\"a\":[1,{}]}", ""),
            ("{\"n\":2,\"x\":{\"d\":[{\"a\":\"]},\"},{\"a\":[1,{}]}]},\"z\":[]}", "/x/d"),
            ("{\"q\":[\"]\"],\"a/b\":[{\"a\":\"]},\"},{\"a\":[1,{}]}]}", "/a~1b"),
        ] {
            let (found, cut) = records(text, pointer);
            assert_eq!(found, ["{\"a\":\"]},\"}", "{\"a\":[1,{}]}"], "{text}");
            assert!(!cut);
        }
        assert_eq!(records("[1, \"x\" ,null]", "").0, ["1", "\"x\"", "null"]);
        assert!(records("[]", "").0.is_empty());
    }

    #[test]
    fn a_document_cut_off_says_so() {
        assert_eq!(
            records("[{\"a\":1},{\"a\"", ""),
            (vec!["{\"a\":1}".into(), "{\"a\"".into()], true)
        );
        assert!(records("[{\"a\":1}", "").1);
    }

    #[test]
    fn lines_are_counted() {
        let mut walk = Walk::new(&b"[\n {\"a\":\n1},\n\n {}]"[..]);
        assert!(walk.enter("").unwrap());
        let mut lines = Vec::new();
        while let Some(extent) = walk.next().unwrap() {
            lines.push(walk.line);
            walk.skip(extent.bytes);
        }
        assert_eq!(lines, [2, 5]);
    }

    #[test]
    fn arrays_of_objects_are_found_where_they_are() {
        let find = |text: &str| Records::find(text.as_bytes());
        let main = |text: &str| find(text).main().to_owned();
        assert_eq!(main("[{\"a\":[{}]}]"), "");
        assert_eq!(main("{\"a\":[{\"x\":1}]}\n{\"a\":[]}"), "");
        assert_eq!(
            main("{\"meta\":{\"n\":1},\"data\":[{\"x\":1},{\"x\":2}],\"tags\":[1]}"),
            "/data"
        );
        assert_eq!(main("{\"d\":{\"orders\":[{\"x\":1},{\"x\":"), "/d/orders");
        assert_eq!(main("{\"a\":[{}],\"b\":[{},{}]}"), "/b");
        assert_eq!(find("{\"a\":[{}],\"b\":[{},{}],\"c\":7}").arrays.len(), 2);
        assert_eq!(find("{\"a\":[{}],\"c\":7}").beside, ["/c"]);
    }

    #[test]
    fn deep_nesting_costs_no_stack() {
        let deep = format!("[{}{}]", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(records(&deep, "").0.len(), 1);
    }
}
