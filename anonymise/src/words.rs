//! Sets of words, written as one string and looked up fast.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

/// A set of lower-case words.
pub(crate) struct Words {
    source: &'static str,
    set: OnceLock<HashSet<&'static str, BuildHasherDefault<WordHasher>>>,
}

impl Words {
    /// The words of a text, between white space.
    pub(crate) const fn new(source: &'static str) -> Self {
        Self { source, set: OnceLock::new() }
    }

    /// Whether a lower-case word is one of them.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.set.get_or_init(|| self.source.split_whitespace().collect()).contains(word)
    }
}

/// A fast hash for short words. The sets and tables are ours, so nobody can choose words that collide in them.
#[derive(Default)]
pub(crate) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        // Multiplication mixes upwards only; a table takes its place from the low bits.
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut add = |word: u64| self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            add(chunk.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte)));
        }
        add(chunks.remainder().iter().fold(1, |word, byte| (word << 8) | u64::from(*byte)));
    }

    fn write_u8(&mut self, _terminator: u8) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_in_the_set_or_not() {
        static WORDS: Words = Words::new("snabel a\n  punktum");
        assert!(["snabel", "a", "punktum"].iter().all(|word| WORDS.contains(word)));
        assert!(!WORDS.contains("") && !WORDS.contains("snabel a") && !WORDS.contains("b"));
    }
}
