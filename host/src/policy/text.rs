//! Words that a guest chose, made fit for a terminal, a log and the ledger.

use std::fmt;

use super::limits::GUEST_TEXT_CHARS_MAX;

/// Text from a guest: bounded in length, without control characters or line breaks, and marked as cut where it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestText(String);

impl GuestText {
    /// Keeps the first 300 characters that can do no harm; whatever separates words becomes one space.
    pub fn new(text: &str) -> GuestText {
        let words = text.split(|char: char| char.is_whitespace() || is_harmful(char)).filter(|word| !word.is_empty());
        let mut spaced = words.flat_map(|word| std::iter::once(' ').chain(word.chars())).skip(1);
        let mut kept: String = spaced.by_ref().take(GUEST_TEXT_CHARS_MAX).collect();
        if spaced.next().is_some() {
            kept.push('…');
        }
        GuestText(kept)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters move a terminal's cursor; direction marks and invisible characters make text read as another.
pub(super) fn is_harmful(char: char) -> bool {
    let invisible =
        matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    char.is_control() || invisible
}

impl fmt::Display for GuestText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_empty() { "no reason given" } else { &self.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_direction_marks_are_gone() {
        assert_eq!(GuestText::new("a\u{1b}[2Jb\r\nc\u{202e}d").as_str(), "a [2Jb c d");
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        let text = GuestText::new(&"æ".repeat(1_000));
        assert_eq!(text.as_str().chars().count(), GUEST_TEXT_CHARS_MAX + 1);
        assert!(text.as_str().ends_with("æ…"));
    }

    #[test]
    fn silence_is_named() {
        assert_eq!(GuestText::new(" \n").to_string(), "no reason given");
    }
}
