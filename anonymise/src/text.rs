//! One conversation as one text and its tokens. Every detector reads this and nothing else: it is made in one pass.
//!
//! The turns are joined by a line feed. A lower-case copy of the text has the same byte offsets. A token is a word, a
//! number (a run of digits), a mark (any other visible character) or a placeholder that was there before; a token never
//! crosses a turn. Spaces, line feeds and invisible characters are no tokens.

use std::ops::Range;

use crate::letters;
use crate::placeholder;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// Letters, with apostrophes between them: `don't`.
    Word,
    /// Decimal digits, with nothing between them.
    Number,
    /// Any other visible character, alone.
    Mark,
    /// `[person 1]`: written by an earlier anonymisation.
    Placeholder,
}

/// A part of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    /// First byte in [`Document::text`] and in [`Document::lower`].
    pub(crate) start: u32,
    /// Past the last byte.
    pub(crate) end: u32,
    /// Index of the turn.
    pub(crate) turn: u32,
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Begins with a capital.
    pub(crate) capital: bool,
    /// All letters are capitals, and there are two or more.
    pub(crate) capitals: bool,
    /// The first word of a turn, or the first after `.`, `?`, `!`: its capital says nothing.
    pub(crate) sentence_start: bool,
    /// Nothing lies between the token before and this one.
    pub(crate) joined: bool,
}

impl Token {
    /// The bytes of the token.
    pub(crate) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The turns of one conversation, joined and cut into tokens.
pub(crate) struct Document {
    text: String,
    lower: String,
    tokens: Vec<Token>,
    /// First byte of each turn, then one past the end plus one: a turn ends one byte before the next begins.
    turn_starts: Vec<u32>,
    cased: bool,
}

impl Document {
    /// Joins and cuts. The caller has checked that the whole is shorter than 4 GB.
    pub(crate) fn new<'a>(turns: impl Iterator<Item = &'a str>) -> Self {
        let mut text = String::new();
        let mut turn_starts = vec![0];
        for turn in turns {
            text.push_str(turn);
            text.push('\n');
            turn_starts.push(offset(text.len()));
        }
        text.pop();
        let lower = letters::lower_text(&text);
        let mut document = Self { text, lower, tokens: Vec::new(), turn_starts, cased: false };
        document.tokens = Tokeniser::new(&document).run();
        document.cased = is_cased(document.tokens.iter());
        document
    }

    /// A part of a conversation, in which it is known whether capitals mean something.
    pub(crate) fn part<'a>(turns: impl Iterator<Item = &'a str>, cased: bool) -> Self {
        Self { cased, ..Self::new(turns) }
    }

    /// Whether capitals would mean something if some ranges of bytes, in order, were no words.
    pub(crate) fn is_cased_without(&self, ranges: impl Iterator<Item = Range<usize>>) -> bool {
        let mut ranges = ranges.peekable();
        is_cased(self.tokens.iter().filter(|token| {
            while ranges.next_if(|range| range.end <= token.start as usize).is_some() {}
            // What is left of a word is a word: the s of a genitive.
            ranges.peek().is_none_or(|range| range.start > token.start as usize || range.end < token.end as usize)
        }))
    }

    /// The turns, joined by line feeds.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text in lower case; the same offsets.
    pub(crate) fn lower(&self) -> &str {
        &self.lower
    }

    /// All tokens in order.
    pub(crate) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// How many turns there are.
    pub(crate) fn turn_count(&self) -> usize {
        self.turn_starts.len() - 1
    }

    /// The bytes of a turn.
    pub(crate) fn turn(&self, turn: usize) -> Range<usize> {
        self.turn_starts[turn] as usize..self.turn_starts[turn + 1] as usize - 1
    }

    /// The turn that a byte lies in.
    pub(crate) fn turn_at(&self, byte: usize) -> usize {
        self.turn_starts.partition_point(|start| *start as usize <= byte) - 1
    }

    /// Whether capitals mean something here: speech recognition often writes none.
    pub(crate) fn cased(&self) -> bool {
        self.cased
    }

    /// The letters of a token, in lower case.
    pub(crate) fn word(&self, token: &Token) -> &str {
        &self.lower[token.range()]
    }

    /// The letters of a token, as they were written.
    pub(crate) fn written(&self, token: &Token) -> &str {
        &self.text[token.range()]
    }

    /// The lower-case letters of a token without the genitive of English (`peter's` is `peter`).
    pub(crate) fn base(&self, token: &Token) -> &str {
        let word = self.word(token);
        let stem = word.strip_suffix('s').unwrap_or(word);
        match stem.char_indices().next_back() {
            Some((at, c)) if letters::is_apostrophe(c) => &stem[..at],
            _ => word,
        }
    }

    /// The first token that starts at or after a byte.
    pub(crate) fn token_from(&self, byte: usize) -> usize {
        self.tokens.partition_point(|token| (token.start as usize) < byte)
    }
}

/// Texts are limited to less than 4 GB before they come here.
fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("the length was checked before")
}

/// A text is cased when a fair share of its words begin with a capital.
fn is_cased<'t>(tokens: impl Iterator<Item = &'t Token>) -> bool {
    let words = tokens.filter(|token| token.kind == TokenKind::Word);
    let (mut all, mut capital) = (0_usize, 0_usize);
    for word in words {
        all += 1;
        capital += usize::from(word.capital && !word.capitals);
    }
    capital * 40 >= all
}

/// The state of the one pass.
struct Tokeniser<'d> {
    document: &'d Document,
    tokens: Vec<Token>,
    turn: u32,
    turn_end: u32,
    sentence_start: bool,
}

impl<'d> Tokeniser<'d> {
    fn new(document: &'d Document) -> Self {
        let turn_end = document.turn_starts[usize::from(document.turn_count() > 0)];
        let tokens = Vec::with_capacity(document.text.len() / 4);
        Self { document, tokens, turn: 0, turn_end, sentence_start: true }
    }

    fn run(mut self) -> Vec<Token> {
        let text = self.document.text();
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            self.enter_turn(offset(at));
            if c.is_whitespace() || letters::is_invisible(c) || c == '\0' {
                at += c.len_utf8();
                continue;
            }
            let (kind, length) = self.measure(at, c);
            self.push(at, at + length, kind);
            at += length;
        }
        self.tokens
    }

    fn enter_turn(&mut self, at: u32) {
        while at >= self.turn_end && (self.turn as usize) + 1 < self.document.turn_count() {
            self.turn += 1;
            self.turn_end = self.document.turn_starts[self.turn as usize + 1];
            self.sentence_start = true;
        }
    }

    /// The kind and the length in bytes of the token that begins here.
    fn measure(&self, at: usize, c: char) -> (TokenKind, usize) {
        let turn_end = (self.turn_end as usize - 1).min(self.document.text.len());
        let rest = &self.document.text[at..turn_end.max(at)];
        if c.is_ascii()
            && let Some(plain) = plain_length(rest.as_bytes())
        {
            return plain;
        }
        if c == '['
            && let Some(length) = placeholder::measure(rest)
        {
            return (TokenKind::Placeholder, length);
        }
        if letters::digit(c).is_some() {
            return (TokenKind::Number, run_length(rest, |c| letters::digit(c).is_some()));
        }
        if is_letter(c) { (TokenKind::Word, word_length(rest)) } else { (TokenKind::Mark, c.len_utf8()) }
    }

    fn push(&mut self, start: usize, end: usize, kind: TokenKind) {
        let written = &self.document.text[start..end];
        let first = written.chars().next().unwrap_or(' ');
        let capital =
            kind == TokenKind::Word && if first.is_ascii() { first.is_ascii_uppercase() } else { first.is_uppercase() };
        let capitals = capital && written.chars().nth(1).is_some() && !written.chars().any(char::is_lowercase);
        let joined = self.tokens.last().is_some_and(|last| last.end as usize == start);
        let sentence_start = self.sentence_start && kind != TokenKind::Mark;
        let (start, end) = (offset(start), offset(end));
        self.sentence_start = match kind {
            TokenKind::Mark => self.sentence_start || matches!(written, "." | "?" | "!" | "…"),
            _ => false,
        };
        self.tokens.push(Token { start, end, turn: self.turn, kind, capital, capitals, sentence_start, joined });
    }
}

/// The kind and the length of a token of plain ASCII, as nearly all are; none where the long way must be taken.
fn plain_length(bytes: &[u8]) -> Option<(TokenKind, usize)> {
    let first = *bytes.first()?;
    let run = |qualifies: fn(&u8) -> bool| bytes.iter().position(|byte| !qualifies(byte)).unwrap_or(bytes.len());
    let (kind, length) = match first {
        b'a'..=b'z' | b'A'..=b'Z' => (TokenKind::Word, run(u8::is_ascii_alphabetic)),
        b'0'..=b'9' => (TokenKind::Number, run(u8::is_ascii_digit)),
        _ => return None,
    };
    // An apostrophe, an accent, an invisible character may go on.
    let goes_on = bytes.get(length).is_some_and(|next| !next.is_ascii() || matches!(next, b'\'' | b'`'));
    (!goes_on).then_some((kind, length))
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (!c.is_ascii() && c.is_alphanumeric() && letters::digit(c).is_none())
}

/// The length in bytes of the run of characters that qualify, with the invisible ones between them.
fn run_length(text: &str, qualifies: impl Fn(char) -> bool) -> usize {
    let mut length = 0;
    for (at, c) in text.char_indices() {
        if qualifies(c) {
            length = at + c.len_utf8();
        } else if !letters::is_invisible(c) {
            break;
        }
    }
    length
}

/// Letters, accents, and apostrophes with a letter on both sides.
fn word_length(text: &str) -> usize {
    let mut length = 0;
    let mut apostrophe = false;
    for (at, c) in text.char_indices() {
        if is_letter(c) || letters::is_accent(c) {
            length = at + c.len_utf8();
            apostrophe = false;
        } else if letters::is_apostrophe(c) && !apostrophe {
            apostrophe = true;
        } else if !letters::is_invisible(c) {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(turns: &[&str]) -> Vec<(String, TokenKind, u32)> {
        let document = Document::new(turns.iter().copied());
        let owned = |token: &Token| (document.written(token).to_owned(), token.kind, token.turn);
        document.tokens().iter().map(owned).collect()
    }

    #[test]
    fn words_numbers_marks_and_placeholders() {
        use TokenKind::{Mark, Number, Placeholder, Word};
        let expected = [
            ("Peter's", Word, 0),
            ("AB", Word, 0),
            ("12", Number, 0),
            (",", Mark, 0),
            ("[person 1]", Placeholder, 1),
            ("[", Mark, 1),
            ("x", Word, 1),
        ];
        let expected = expected.map(|(text, kind, turn)| (text.to_owned(), kind, turn));
        assert_eq!(tokens(&["Peter's AB12,", "[person 1] [x"]), expected);
    }

    #[test]
    fn turns_know_their_bytes_even_when_empty() {
        let document = Document::new(["", "a", "", "bc"].into_iter());
        assert_eq!(document.turn_count(), 4);
        assert_eq!((0..4).map(|turn| document.turn(turn)).collect::<Vec<_>>(), [0..0, 1..2, 3..3, 4..6]);
        assert_eq!(document.tokens().iter().map(|token| token.turn).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(document.turn_at(5), 3);
    }

    #[test]
    fn no_turns_no_tokens() {
        let document = Document::new(std::iter::empty());
        assert_eq!((document.turn_count(), document.tokens().len()), (0, 0));
    }

    #[test]
    fn invisible_characters_hide_nothing() {
        let document = Document::new(["Pe\u{ad}ter 12\u{200b}34 a\u{301}b"].into_iter());
        assert_eq!(document.tokens().len(), 3);
    }
}
