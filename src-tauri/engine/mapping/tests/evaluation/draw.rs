//! Numbers that look drawn by chance and are the same in every run (SplitMix64, Steele, Lea and
//! Flood 2014).

/// A stream of numbers, told by its seed alone.
pub struct Draw(u64);

impl Draw {
    /// The stream of these words: FNV-1a over their bytes.
    pub fn of(words: &[&str]) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in words.iter().flat_map(|w| w.bytes().chain([0])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// A number from `least` to `most`.
    pub fn range(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// One of these.
    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len() as u64) as usize]
    }

    /// True in `pct` of 100 draws.
    pub fn chance(&mut self, pct: u64) -> bool {
        self.below(100) < pct
    }

    /// `#` in a pattern replaced by digits.
    pub fn digits(&mut self, pattern: &str) -> String {
        let digit = |c: char, d: &mut Self| {
            if c == '#' { char::from(b'0' + d.below(10) as u8) } else { c }
        };
        pattern.chars().map(|c| digit(c, self)).collect()
    }

    /// `n` characters of an alphabet.
    pub fn code(&mut self, n: usize, alphabet: &str) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..n).map(|_| letters[self.below(letters.len() as u64) as usize]).collect()
    }
}
