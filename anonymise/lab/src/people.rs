//! Invents people: names drawn from the lists, so that texts can be had with other names than they were written with.

use std::collections::{BTreeMap, BTreeSet};

use crate::lists::Entry;
use crate::random::Random;

/// The names to draw from, in lower case.
pub(crate) struct People {
    given: Vec<(String, f64)>,
    family: Vec<(String, f64)>,
    known: BTreeMap<String, bool>,
    danish: Danish,
}

/// The names of the Danish lists alone.
struct Danish {
    given: Vec<(String, f64)>,
    family: Vec<(String, f64)>,
}

impl People {
    /// From the lists; frequencies are flattened, so that rare names come often enough to be learned from.
    pub(crate) fn new(entries: &BTreeMap<String, Entry>, danish: &BTreeSet<String>) -> Self {
        let table = |of: fn(&Entry) -> f64, only: bool| {
            let mut total = 0.0;
            let mut table = Vec::new();
            for (name, entry) in entries {
                if of(entry) > 0.0 && (!only || danish.contains(name)) {
                    total += of(entry).sqrt();
                    table.push((name.clone(), total));
                }
            }
            table
        };
        let known = entries.iter().filter(|(_, entry)| entry.given > 0.0 || entry.family > 0.0);
        Self {
            given: table(|entry| entry.given, false),
            family: table(|entry| entry.family, false),
            known: known.map(|(name, entry)| (name.clone(), entry.given > entry.family)).collect(),
            danish: Danish { given: table(|entry| entry.given, true), family: table(|entry| entry.family, true) },
        }
    }

    /// A given name, in lower case.
    pub(crate) fn given(&self, random: &mut Random, danish: bool) -> &str {
        draw(if danish { &self.danish.given } else { &self.given }, random)
    }

    /// A family name, in lower case.
    pub(crate) fn family(&self, random: &mut Random, danish: bool) -> &str {
        draw(if danish { &self.danish.family } else { &self.family }, random)
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
