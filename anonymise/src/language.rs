//! Which language a conversation is in, by the commonest words of each.

use crate::text::{Document, TokenKind};

/// A language whose numbers, names and contexts are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Danish.
    Danish,
    /// English.
    English,
}

/// Enough to be sure, and a bound on the work.
const WORDS_MAX: usize = 2000;

const DANISH: &[&str] = &[
    "af", "alt", "dag", "de", "den", "der", "det", "dig", "din", "dit", "du", "ej", "ellers", "en", "er", "et", "godt",
    "gør", "hej", "hos", "hvad", "hvor", "hvordan", "ikke", "ja", "jeg", "jo", "kan", "kunne", "lige", "med", "mig",
    "min", "mit", "mod", "må", "nej", "nok", "nu", "når", "og", "også", "om", "på", "skal", "som", "så", "tak", "til",
    "ved", "vi", "vil", "være",
];

const ENGLISH: &[&str] = &[
    "about", "an", "and", "are", "be", "but", "can", "could", "do", "from", "good", "have", "hello", "i'm", "in", "is",
    "it", "it's", "just", "me", "my", "no", "not", "now", "of", "okay", "on", "please", "that", "that's", "the",
    "there", "they", "this", "to", "was", "we", "what", "will", "with", "yes", "you", "your",
];

/// The language that more of the words speak for. Danish where nothing speaks for either.
pub(crate) fn find(document: &Document) -> Language {
    let words = document.tokens().iter().filter(|token| token.kind == TokenKind::Word);
    let (mut danish, mut english) = (0_usize, 0_usize);
    for word in words.take(WORDS_MAX).map(|token| document.word(token)) {
        danish += usize::from(DANISH.binary_search(&word).is_ok());
        danish += usize::from(word.contains(['æ', 'ø', 'å']));
        english += usize::from(ENGLISH.binary_search(&word).is_ok());
    }
    if english > danish { Language::English } else { Language::Danish }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(text: &str) -> Language {
        find(&Document::new(std::iter::once(text)))
    }

    #[test]
    fn lists_are_sorted() {
        assert!(DANISH.is_sorted());
        assert!(ENGLISH.is_sorted());
    }

    #[test]
    fn a_sentence_is_enough() {
        assert_eq!(language("Hej, det er Peter fra Evida, jeg ringer om dit forbrug"), Language::Danish);
        assert_eq!(language("my name is peter and I'm calling about the bill"), Language::English);
        assert_eq!(language("i have a question"), Language::English);
        assert_eq!(language(""), Language::Danish);
    }
}
