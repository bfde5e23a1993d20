//! Text encodings: which one a file is written in, and turning it into UTF-8.

use chardetng::EncodingDetector;
use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::Read;

/// A decision with its reason.
pub(crate) struct Guess {
    pub(crate) encoding: &'static Encoding,
    pub(crate) reason: String,
}

/// The encoding that the file's first bytes declare, or that its content shows. `None` when
/// everything in `head` is ASCII, which says nothing.
pub(crate) fn guess(head: &[u8], whole: bool) -> Option<Guess> {
    let say = |encoding, reason: &str| Some(Guess { encoding, reason: reason.to_owned() });
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return say(encoding, "The file begins with its byte order mark");
    }
    if let Some(encoding) = utf16_by_zeros(head) {
        return say(encoding, "Every other byte is zero");
    }
    if head.is_ascii() {
        return None;
    }
    if is_utf8(head, whole) {
        return say(UTF_8, "Its letters outside ASCII are valid UTF-8");
    }
    let mut detector = EncodingDetector::new();
    detector.feed(head, whole);
    let encoding = detector.guess(None, false);
    let at = std::str::from_utf8(head).map_or_else(|e| e.valid_up_to(), |_| 0);
    say(
        encoding,
        &format!("Not valid UTF-8 at byte {at}; letter frequencies fit {}", encoding.name()),
    )
}

/// Valid UTF-8, apart from a letter cut off at the end of a head.
fn is_utf8(head: &[u8], whole: bool) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => !whole && error.error_len().is_none(),
    }
}

fn utf16_by_zeros(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len().min(4096) / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |odd: usize| (0..pairs).filter(|at| head[2 * at + odd] == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match () {
        () if odd * 10 > pairs * 4 && even * 20 < pairs => Some(UTF_16LE),
        () if even * 10 > pairs * 4 && odd * 20 < pairs => Some(UTF_16BE),
        () => None,
    }
}

/// Length of a UTF-8 byte order mark at the start of `bytes`.
pub(crate) fn utf8_bom(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

/// UTF-8 read out of a stream in another encoding. Malformed bytes become U+FFFD.
pub(crate) struct Transcode<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    ended: bool,
    out: Vec<u8>,
    at: usize,
}

impl<R: Read> Transcode<R> {
    /// Decodes `inner`, dropping a byte order mark.
    pub(crate) fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { inner, decoder, raw: Vec::new(), ended: false, out: Vec::new(), at: 0 }
    }

    fn refill(&mut self) -> std::io::Result<()> {
        const CHUNK: usize = 64 * 1024;
        self.ended = crate::compress::fill(&mut self.inner, &mut self.raw, CHUNK)?;
        let room = self.decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(4 * CHUNK);
        self.out.clear();
        self.out.resize(room, 0);
        self.at = 0;
        let (_, read, written, _) =
            self.decoder.decode_to_utf8(&self.raw, &mut self.out, self.ended);
        self.raw.drain(..read);
        self.out.truncate(written);
        Ok(())
    }
}

impl<R: Read> Read for Transcode<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.out.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let n = to.len().min(self.out.len() - self.at);
        to[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{SHIFT_JIS, WINDOWS_1252};

    fn decoded(bytes: &[u8], encoding: &'static Encoding) -> String {
        let mut text = String::new();
        Transcode::new(bytes, encoding).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn byte_order_marks_and_zeros_tell_utf16() {
        let text: Vec<u8> = "näme;x\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(guess(&text, true).unwrap().encoding, UTF_16BE);
        assert_eq!(decoded(&text, UTF_16BE), "näme;x\r\n");
        let marked = [&b"\xff\xfe"[..], b"a\0,\0"].concat();
        assert_eq!(guess(&marked, true).unwrap().encoding, UTF_16LE);
        assert_eq!(decoded(&marked, UTF_16LE), "a,");
    }

    #[test]
    fn old_encodings_are_told_by_their_letters() {
        let german = "Straße;Grüße aus München, schöne Größe\n".repeat(20);
        let (bytes, ..) = WINDOWS_1252.encode(&german);
        assert_eq!(guess(&bytes, true).unwrap().encoding, WINDOWS_1252);
        let japanese = "名前,住所\n山田太郎,東京都千代田区\n".repeat(20);
        let (bytes, ..) = SHIFT_JIS.encode(&japanese);
        assert_eq!(guess(&bytes, true).unwrap().encoding, SHIFT_JIS);
        assert_eq!(decoded(&bytes, SHIFT_JIS), japanese);
    }

    #[test]
    fn a_letter_cut_in_two_is_still_utf8() {
        let bytes = "Grüß".as_bytes();
        assert_eq!(guess(&bytes[..bytes.len() - 1], false).unwrap().encoding, UTF_8);
        assert_ne!(guess(&bytes[..bytes.len() - 1], true).unwrap().encoding, UTF_8);
        assert!(guess(b"plain", true).is_none());
    }
}
