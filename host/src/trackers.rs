//! Counts the occurrences of words and phrases in transcripts. Pure.
//!
//! A placeholder that the anonymiser put in is no word: it matches nothing, and nothing matches across it. So counting again on an
//! anonymised transcript gives the same hits for every tracker that is not itself personal data.

use std::collections::HashMap;

use lapse_anonymise::placeholders;

/// Phrases of many trackers, ready to be counted.
pub struct Counter {
    /// By first word: the rest of the phrase and the tracker.
    phrases: HashMap<String, Vec<(Vec<String>, i64)>>,
    trackers: Vec<i64>,
}

impl Counter {
    /// Prepares trackers: key and phrases each.
    pub fn new<'a>(trackers: impl IntoIterator<Item = (i64, &'a [String])>) -> Counter {
        let mut counter = Counter { phrases: HashMap::new(), trackers: Vec::new() };
        for (tracker, phrases) in trackers {
            counter.trackers.push(tracker);
            for phrase in phrases {
                let mut words = words(phrase);
                if !words.is_empty() {
                    let first = words.remove(0);
                    counter.phrases.entry(first).or_default().push((words, tracker));
                }
            }
        }
        counter
    }

    /// The hits of every tracker over the turns; a phrase never spans two turns.
    pub fn count<'a>(&self, turns: impl IntoIterator<Item = &'a str>) -> Vec<(i64, u32)> {
        let mut hits: HashMap<i64, u32> = self.trackers.iter().map(|tracker| (*tracker, 0)).collect();
        for turn in turns {
            let mut end = 0;
            for placeholder in placeholders(turn) {
                self.count_piece(&turn[end..placeholder.start], &mut hits);
                end = placeholder.end;
            }
            self.count_piece(&turn[end..], &mut hits);
        }
        self.trackers.iter().map(|tracker| (*tracker, hits[tracker])).collect()
    }

    fn count_piece(&self, piece: &str, hits: &mut HashMap<i64, u32>) {
        if self.phrases.is_empty() {
            return;
        }
        let words = words(piece);
        for (index, word) in words.iter().enumerate() {
            for (rest, tracker) in self.phrases.get(word).into_iter().flatten() {
                if words[index + 1..].starts_with(rest) {
                    *hits.entry(*tracker).or_default() += 1;
                }
            }
        }
    }
}

/// Whether a phrase has a word to look for.
pub fn is_phrase(text: &str) -> bool {
    !words(text).is_empty()
}

fn words(text: &str) -> Vec<String> {
    let is_inside = |character: char| character.is_alphanumeric() || character == '\'' || character == '’';
    text.split(|character| !is_inside(character)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn hits(phrases: &[&str], turns: &[&str]) -> u32 {
        let phrases: Vec<String> = phrases.iter().map(|phrase| (*phrase).to_owned()).collect();
        Counter::new([(1, phrases.as_slice())]).count(turns.iter().copied())[0].1
    }

    #[test]
    fn words_are_whole_and_caseless() {
        assert_eq!(hits(&["opsige"], &["Jeg vil OPSIGE, ja opsige.", "opsigelse"]), 2);
        assert_eq!(hits(&["god dag"], &["God\u{a0}dag", "god-dag", "god", "dag"]), 2);
    }

    #[test]
    fn a_placeholder_is_no_word_and_joins_none() {
        assert_eq!(hits(&["person", "1"], &["hello [person 1]"]), 0);
        assert_eq!(hits(&["thank you"], &["thank [person 1] you"]), 0);
        assert_eq!(hits(&["thank you"], &["[person 1] thank you [person 2]"]), 1);
    }
}
