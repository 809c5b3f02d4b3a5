//! Invents people: names drawn from the lists, so that texts can be had with other names than they were written with.

use std::collections::{BTreeMap, BTreeSet};

use crate::lists::Entry;
use crate::random::Random;

/// A name that is said as a word so often is doubtful …
const DOUBTFUL_PER_MILLION_MIN: f64 = 40.0;

/// … if so many people bear it.
const BORNE_PER_MILLION_MIN: f64 = 40.0;

/// The names to draw from, in lower case.
pub(crate) struct People {
    all: Tables,
    known: BTreeMap<String, bool>,
    telling: BTreeSet<String>,
    words: BTreeSet<String>,
    danish: Tables,
    /// Names that are words as well: Will, Mark, Bo, Skov.
    doubtful: Tables,
}

/// Given and family names to draw from.
struct Tables {
    given: Vec<(String, f64)>,
    family: Vec<(String, f64)>,
}

impl People {
    /// From the lists; frequencies are flattened, so that rare names come often enough to be learned from.
    pub(crate) fn new(entries: &BTreeMap<String, Entry>, danish: &BTreeSet<String>) -> Self {
        let table = |of: fn(&Entry) -> f64, within: &dyn Fn(&str, &Entry) -> bool| {
            let mut total = 0.0;
            let mut table = Vec::new();
            for (name, entry) in entries.iter().filter(|(name, entry)| of(entry) > 0.0 && within(name, entry)) {
                total += of(entry).powf(0.65);
                table.push((name.clone(), total));
            }
            table
        };
        let tables = |within: &dyn Fn(&str, &Entry) -> bool| Tables {
            given: table(|entry| entry.given, within),
            family: table(|entry| entry.family, within),
        };
        let is_doubtful = |entry: &Entry| {
            entry.english.max(entry.danish) >= DOUBTFUL_PER_MILLION_MIN
                && entry.given.max(entry.family) >= BORNE_PER_MILLION_MIN
        };
        let select = |holds: fn(&Entry) -> bool| -> BTreeSet<String> {
            entries.iter().filter(|(_, entry)| holds(entry)).map(|(name, _)| name.clone()).collect()
        };
        let known = entries.iter().filter(|(_, entry)| entry.given > 0.0 || entry.family > 0.0);
        Self {
            all: tables(&|_, _| true),
            danish: tables(&|name, _| danish.contains(name)),
            doubtful: tables(&|_, entry| is_doubtful(entry)),
            known: known.map(|(name, entry)| (name.clone(), entry.given > entry.family)).collect(),
            telling: select(|entry| entry.given.max(entry.family) > entry.english.max(entry.danish)),
            words: select(|entry| entry.given.max(entry.family) == 0.0 && entry.english > 0.0),
        }
    }

    /// A given name, in lower case.
    pub(crate) fn given(&self, random: &mut Random, danish: bool) -> &str {
        draw(&self.tables(random, danish).given, random)
    }

    /// A family name, in lower case.
    pub(crate) fn family(&self, random: &mut Random, danish: bool) -> &str {
        draw(&self.tables(random, danish).family, random)
    }

    fn tables(&self, random: &mut Random, danish: bool) -> &Tables {
        match danish {
            _ if random.chance(12) => &self.doubtful,
            true => &self.danish,
            false => &self.all,
        }
    }

    /// Whether a word is an English word and nobody's name.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Whether a word is rather somebody's name than anything else.
    pub(crate) fn is_telling(&self, word: &str) -> bool {
        self.telling.contains(word)
    }

    /// Whether a word is more often a given name than a family name; none for what is no name.
    pub(crate) fn is_given(&self, word: &str) -> Option<bool> {
        self.known.get(word).copied()
    }
}

fn draw<'a>(table: &'a [(String, f64)], random: &mut Random) -> &'a str {
    let total = table.last().map_or(0.0, |(_, sum)| *sum);
    let at = (random.bits() >> 11) as f64 / (1_u64 << 53) as f64 * total;
    &table[table.partition_point(|(_, sum)| *sum < at).min(table.len() - 1)].0
}
