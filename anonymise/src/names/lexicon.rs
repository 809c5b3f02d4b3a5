//! What is known of a single word: how common it is in each language, and whether people or places bear it.
//!
//! A fixed table of four bytes a word, built by the lab and embedded. It holds fingerprints, no spelling: the tagger has
//! hashed every word already, so a look-up is one probe, where a trie would walk its letters again. Two words in some
//! thirty thousand share a fingerprint and a slot by accident; the model then sees one wrong hint among fifty.

/// Bytes of a table entry: sixteen bits of fingerprint, sixteen of attributes.
const ENTRY_BYTES: usize = 4;

/// What is known of a word; all zero for a word in no list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes(u16);

impl Attributes {
    const FAMILY: u32 = 3;
    const ENGLISH: u32 = 6;
    const DANISH: u32 = 9;
    const PLACE: u32 = 12;

    /// Attributes from their parts: ranks 0..=7, of places 0..=3.
    pub(crate) fn new(given: u16, family: u16, english: u16, danish: u16, place: u16) -> Self {
        debug_assert!([given, family, english, danish].iter().all(|rank| *rank < 8) && place < 4);
        Self(given | family << Self::FAMILY | english << Self::ENGLISH | danish << Self::DANISH | place << Self::PLACE)
    }

    /// 0: nobody's given name; 7: among the commonest.
    pub(crate) fn given(self) -> u16 {
        self.0 & 7
    }

    /// 0: no family's name; 7: among the commonest.
    pub(crate) fn family(self) -> u16 {
        self.0 >> Self::FAMILY & 7
    }

    /// 0: not an English word; 7: among the commonest.
    pub(crate) fn english(self) -> u16 {
        self.0 >> Self::ENGLISH & 7
    }

    /// 0: not a Danish word; 7: among the commonest.
    pub(crate) fn danish(self) -> u16 {
        self.0 >> Self::DANISH & 7
    }

    /// 0: no place; 3: a country or a town of a million.
    pub(crate) fn place(self) -> u16 {
        self.0 >> Self::PLACE & 3
    }

    /// Whether any list has the word as a name.
    pub(crate) fn is_name(self) -> bool {
        self.given() > 0 || self.family() > 0
    }
}

/// The embedded table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexicon<'a> {
    slots: &'a [u8],
}

impl<'a> Lexicon<'a> {
    /// Reads a table that [`build`] wrote.
    ///
    /// # Panics
    /// If its length is not that of a table: it is embedded, so that would be our own bug.
    pub(crate) const fn new(slots: &'a [u8]) -> Self {
        assert!(slots.len() >= ENTRY_BYTES && (slots.len() / ENTRY_BYTES).is_power_of_two());
        Self { slots }
    }

    /// What is known of the word with this hash.
    pub(crate) fn get(self, hash: u64) -> Attributes {
        let mask = self.slots.len() / ENTRY_BYTES - 1;
        let wanted = fingerprint(hash);
        let mut slot = hash as usize & mask;
        loop {
            let at = slot * ENTRY_BYTES;
            let entry = &self.slots[at..at + ENTRY_BYTES];
            let found = u16::from_le_bytes([entry[0], entry[1]]);
            if found == wanted {
                return Attributes(u16::from_le_bytes([entry[2], entry[3]]));
            }
            if found == 0 {
                return Attributes::default();
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// The table for these words. The order of `words` does not matter; of two with one hash, the last one counts.
pub(crate) fn build(words: &[(u64, Attributes)]) -> Vec<u8> {
    // At most seven slots in eight are taken, so that every look-up meets an empty one.
    let slots = (words.len() * 8 / 7 + 1).next_power_of_two();
    let mut table = vec![0; slots * ENTRY_BYTES];
    let mut sorted = words.to_vec();
    sorted.sort_by_key(|&(hash, attributes)| (hash, attributes.0));
    sorted.dedup_by_key(|word| word.0);
    for (hash, attributes) in sorted {
        let mut slot = hash as usize & (slots - 1);
        while table[slot * ENTRY_BYTES..][..2] != [0, 0] {
            slot = (slot + 1) & (slots - 1);
        }
        let at = slot * ENTRY_BYTES;
        table[at..at + 2].copy_from_slice(&fingerprint(hash).to_le_bytes());
        table[at + 2..at + 4].copy_from_slice(&attributes.0.to_le_bytes());
    }
    table
}

/// Never zero, which marks an empty slot; from bits that the slot number does not use.
fn fingerprint(hash: u64) -> u16 {
    (hash >> 48) as u16 | 1
}
