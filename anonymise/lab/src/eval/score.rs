//! How much of what is marked is masked. Only letters and digits count: masking a space or a comma is free.

use std::collections::BTreeMap;

use crate::gold::Text;

/// A share of a number of things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    /// How many there are.
    pub(super) all: usize,
    /// How many of them.
    pub(super) part: usize,
}

/// What was marked and what was masked in a set of texts.
#[derive(Clone, Debug, Default)]
pub(super) struct Score {
    /// By type: marked spans, and those of which every letter and digit is masked, whatever as.
    pub(super) spans: BTreeMap<&'static str, Share>,
    /// Letters and digits that nobody marked, and those that are masked all the same.
    pub(super) others: Share,
}

/// A marked span that is not wholly masked.
#[derive(Clone, Debug)]
pub(super) struct Leak {
    /// Its type.
    pub(super) kind: &'static str,
    /// The text it is in.
    pub(super) id: String,
    /// What was marked.
    pub(super) text: String,
    /// How many of its letters and digits stay.
    pub(super) letters: usize,
}

impl Share {
    /// Counts one more thing.
    pub(super) fn count(&mut self, is_part: bool) {
        self.all += 1;
        self.part += usize::from(is_part);
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self { all: self.all + other.all, part: self.part + other.part }
    }

    /// From 0 to 1; nothing of nothing is all of it.
    pub(super) fn value(self) -> f64 {
        if self.all == 0 { 1.0 } else { self.part as f64 / self.all as f64 }
    }

    /// The 95 % interval of Wilson (1927), which holds for few spans and for shares near 1.
    pub(super) fn interval(self) -> (f64, f64) {
        const Z: f64 = 1.96;
        if self.all == 0 {
            return (0.0, 1.0);
        }
        let (n, share) = (self.all as f64, self.value());
        let middle = share + Z * Z / (2.0 * n);
        let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        (((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0))
    }
}

impl Score {
    /// Adds a text, of which some characters are masked; tells what leaks.
    pub(super) fn add(&mut self, text: &Text, masked: &[bool], types: &'static [&'static str]) -> Vec<Leak> {
        let characters: Vec<(usize, char)> = text.text.char_indices().collect();
        let at = |byte: usize| characters.partition_point(|(start, _)| *start < byte);
        let mut marked = vec![false; characters.len()];
        let mut leaks = Vec::new();
        for mark in &text.marks {
            let range = at(mark.range.start)..at(mark.range.end);
            marked[range.clone()].fill(true);
            let kind = types.iter().find(|kind| **kind == mark.kind);
            let mut letters = range.filter(|at| characters[*at].1.is_alphanumeric()).peekable();
            let (Some(kind), true) = (kind, letters.peek().is_some()) else { continue };
            let left = letters.filter(|at| !masked[*at]).count();
            self.spans.entry(kind).or_default().count(left == 0);
            if left > 0 {
                let told = text.text[mark.range.clone()].to_owned();
                leaks.push(Leak { kind, id: text.id.clone(), text: told, letters: left });
            }
        }
        for (at, _) in characters.iter().enumerate().filter(|(at, (_, c))| c.is_alphanumeric() && !marked[*at]) {
            self.others.count(masked[at]);
        }
        leaks
    }

    /// All types together.
    pub(super) fn all(&self) -> Share {
        self.spans.values().fold(Share::default(), |all, share| all.and(*share))
    }

    /// Adds another set.
    pub(super) fn merge(&mut self, other: &Self) {
        for (kind, share) in &other.spans {
            let sum = self.spans.entry(kind).or_default();
            *sum = sum.and(*share);
        }
        self.others = self.others.and(other.others);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gold::Mark;

    fn text(text: &str, marks: &[(&str, std::ops::Range<usize>)]) -> Text {
        let mark =
            |(kind, range): &(&str, std::ops::Range<usize>)| Mark { range: range.clone(), kind: (*kind).to_owned() };
        let marks = marks.iter().map(mark).collect();
        Text { id: "a".to_owned(), language: "da".to_owned(), source: String::new(), text: text.to_owned(), marks }
    }

    #[test]
    fn spaces_are_free_and_half_a_span_is_none() {
        let text = text("ø: 20 30, Bo Ek, ja", &[("phone", 4..9), ("person", 11..16), ("org", 18..20)]);
        let mut masked = vec![false; 19];
        for at in [3, 4, 6, 7, 10, 11] {
            masked[at] = true;
        }
        masked[0] = true;
        let mut score = Score::default();
        let leaks = score.add(&text, &masked, &["phone", "person"]);
        assert_eq!(score.spans["phone"], Share { all: 1, part: 1 });
        assert_eq!(score.spans["person"], Share { all: 1, part: 0 });
        assert_eq!((leaks.len(), leaks[0].text.as_str(), leaks[0].letters), (1, "Bo Ek", 2));
        assert_eq!(score.others, Share { all: 1, part: 1 });
    }

    #[test]
    fn intervals() {
        let (low, high) = Share { all: 100, part: 96 }.interval();
        assert!((low - 0.9016).abs() < 1e-4 && (high - 0.9843).abs() < 1e-4, "{low} {high}");
        assert_eq!(Share { all: 10, part: 10 }.interval().1, 1.0);
    }
}
