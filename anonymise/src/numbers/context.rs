//! What a number is about, by what was said or asked before it, or right after it.

use std::ops::Range;

use crate::anonymiser::is_digits;
use crate::lexicon::{Figure, Reading, Roles, Subject};
use crate::text::TokenKind;
use crate::{Kind, placeholder};

/// In the same turn, a word that names an identifier is remembered for so many tokens.
const REACH_IN_TURN: usize = 18;

/// A question is answered within so many turns …
const REACH_TURNS: u32 = 4;

/// … and so many tokens.
const REACH_TOKENS: usize = 45;

/// What shows a number to be harmless reaches less far.
const REACH_HARMLESS: usize = 9;

/// What was named as an identifier is still waited for within so many tokens, whatever was said in between.
const REACH_PENDING: usize = 14;

/// After *the last four*, the digits come within so many tokens.
const REACH_ENDING: usize = 12;

/// So many digits are a whole number, not a part of one.
const WHOLE_DIGITS_MIN: usize = 7;

/// A number of so many digits is an answer …
const ANSWER_DIGITS_MIN: usize = 4;

/// … and after so many words that are no nods the conversation has gone on.
const ANSWERED_WORDS_MIN: usize = 2;

/// In *er mit kundenummer*, the word may be so many tokens after the number.
const REACH_AFTER: usize = 6;

/// What the words around a number say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct About {
    /// What about.
    pub(crate) subject: Subject,
    /// The words name it outright: *kundenummer*, not just *kunde*.
    pub(crate) named: bool,
    /// How many tokens before the number.
    pub(crate) distance: usize,
    /// What follows is a part of it: *slutter på*.
    pub(crate) ending: bool,
    /// An identifier was named just before what shows the number to be harmless: *kundenummeret på regningen*.
    pub(crate) pending: bool,
}

impl About {
    /// Whether the words ask for an identifier right here.
    pub(crate) fn is_near(&self) -> bool {
        self.subject.identifies() && (self.distance <= 1 || (self.named && self.distance <= 5))
    }
}

/// A word that says what the next numbers are about.
#[derive(Clone, Copy)]
struct Trigger {
    subject: Subject,
    named: bool,
    token: usize,
}

/// Follows a conversation, and answers for numbers in their order.
pub(crate) struct Follower<'r> {
    reading: &'r Reading<'r>,
    at: usize,
    last: Option<Trigger>,
    /// The last one that named an identifier, until a number came.
    pending: Option<usize>,
    /// The last word after which even a few digits are the end of an identifier.
    ending: Option<usize>,
    /// Past the number that answered the last word.
    answered: Option<usize>,
}

impl<'r> Follower<'r> {
    /// At the beginning.
    pub(crate) fn new(reading: &'r Reading<'r>) -> Self {
        Self { reading, at: 0, last: None, pending: None, ending: None, answered: None }
    }

    /// What a number is about. Numbers are to be asked for in their order.
    pub(crate) fn about(&mut self, tokens: Range<usize>) -> About {
        while self.at < tokens.start {
            self.read(self.at);
            self.at += 1;
        }
        if self.is_sort_code(tokens.clone()) {
            return About { subject: Subject::Account, named: true, ..About::default() };
        }
        let before = self.before(tokens.start);
        match before.subject {
            Subject::None => self.after(tokens.end).unwrap_or(before),
            _ => before,
        }
    }

    /// Takes note of how the last number was judged. A whole number answers the question; after a part of one, or after
    /// a harmless one, the next may be of the same kind.
    pub(crate) fn judged(&mut self, end: usize, masked_digits: Option<usize>) {
        self.pending = self.pending.filter(|_| masked_digits.is_none());
        self.ending = self.ending.filter(|_| masked_digits.is_none());
        if masked_digits.is_some_and(|digits| digits >= ANSWER_DIGITS_MIN) {
            self.answered = Some(end);
        }
        let Some(last) = &mut self.last else { return };
        match masked_digits {
            Some(WHOLE_DIGITS_MIN..) => self.last = None,
            Some(_) => last.token = last.token.max(end - 1),
            None if !last.subject.identifies() => last.token = last.token.max(end - 1),
            None => {}
        }
    }

    fn read(&mut self, token: usize) {
        if self.reading.kind(token) == TokenKind::Placeholder && self.is_number(token) {
            (self.pending, self.ending, self.answered) = (None, None, Some(token + 1));
        }
        // `Customer:` says who speaks, not what about.
        let label = self.reading.word(token + 1) == ":" && !self.reading.same_turn(token.saturating_sub(2), token);
        if self.reading.kind(token) != TokenKind::Word || label {
            return;
        }
        let roles = self.reading.roles(token);
        if roles.has(Roles::ENDING) && self.is_ending(token) {
            self.ending = Some(token);
        }
        let subject = self.reading.subject(token);
        if subject == Subject::None {
            return;
        }
        let near = self.last.filter(|last| token.abs_diff(last.token) <= 2 && last.subject.identifies());
        let product = self.last.is_some_and(|last| last.token + 1 == token && last.subject == Subject::Product);
        let named = roles.has(Roles::NAMED) && !product;
        let subject = match (subject, near) {
            // *customer number*, *reg nummer*: the first word says which.
            (Subject::Number, Some(last)) => last.subject,
            // *expiry date*.
            (Subject::Time, Some(last)) if last.subject == Subject::Card => Subject::Card,
            // *error code*, *model number*.
            _ if product && roles.has(Roles::NAMED) => Subject::Product,
            _ if matches!(self.reading.word(token), "code") && self.reading.word(token - 1) == "area" => Subject::Phone,
            _ => subject,
        };
        if subject.identifies() && named {
            self.pending = Some(token);
        }
        self.last = Some(Trigger { subject, named, token });
        self.answered = None;
    }

    /// Whether a placeholder stands for a number.
    fn is_number(&self, token: usize) -> bool {
        let document = self.reading.document;
        let kind = placeholder::parse(document.written(&document.tokens()[token])).map(|(kind, _)| kind);
        kind.is_some_and(|kind| is_digits(kind) || kind == Kind::CustomerNumber)
    }

    /// *slutter på*, *the last four*, but not *the last four weeks* and not *slutter klokken*.
    fn is_ending(&self, token: usize) -> bool {
        if self.reading.subject(token) == Subject::Phone {
            return true;
        }
        let next = self.reading.word(token + 1);
        let counted = self.reading.roles(token + 1).has(Roles::UNIT) || self.reading.roles(token + 2).has(Roles::UNIT);
        let of_digits = matches!(self.reading.word(token + 2), "cifre" | "digits" | "tal" | "numbers");
        let digits = matches!(next, "på" | "in" | "with" | "med" | "cifre" | "digits" | "tal" | "numbers")
            || self.reading.figure(token + 1) != Figure::None
            || self.reading.kind(token + 1) == TokenKind::Number;
        let last_word = !self.reading.same_turn(token, token + 1) || next == "?";
        self.reading.same_turn(token, token + 1) && digits && (!counted || of_digits)
            || (last_word && self.last.is_some_and(|last| last.subject.identifies()))
    }

    fn before(&self, start: usize) -> About {
        let tokens = self.reading.tokens();
        let ending =
            self.ending.is_some_and(|at| tokens[start].turn - tokens[at].turn <= 2 && start - at <= REACH_ENDING);
        let Some(last) = self.last else { return About { ending, ..About::default() } };
        let distance = start - last.token;
        let turns = tokens[start].turn - tokens[last.token].turn;
        let reach = match (last.subject.identifies(), turns) {
            (true, 0) => REACH_IN_TURN,
            (true, 1..=REACH_TURNS) => REACH_TOKENS,
            (false, 0) => REACH_HARMLESS,
            (false, 1) => REACH_HARMLESS,
            _ => 0,
        };
        if distance > reach {
            return About { ending, ..About::default() };
        }
        let pending = self.pending.is_some_and(|at| start - at <= REACH_PENDING);
        // The question was answered, and the conversation has gone on.
        let over = self.answered.is_some_and(|end| self.says_something(end..start));
        let (named, distance) = if over { (false, reach) } else { (last.named, distance) };
        About { subject: last.subject, named, distance, ending, pending }
    }

    /// Whether tokens are more than what goes on between the instalments of a number.
    fn says_something(&self, mut tokens: Range<usize>) -> bool {
        let light = Roles::NOD.and(Roles::FILLER).and(Roles::REPAIR).and(Roles::ORDINAL).and(Roles::MARK);
        let light = light.and(Roles::ENDING);
        let heavy = |at: &usize| self.reading.kind(*at) == TokenKind::Word && !self.reading.roles(*at).has_any(light);
        tokens.by_ref().filter(heavy).nth(ANSWERED_WORDS_MIN - 1).is_some()
    }

    /// `09-01-28`, with *account* right after it: a sort code and no date.
    fn is_sort_code(&self, tokens: Range<usize>) -> bool {
        let two = |at: usize| self.reading.tokens()[at].kind == TokenKind::Number && self.reading.word(at).len() == 2;
        let shape = tokens.len() == 5 && [0, 2, 4].into_iter().all(|at| two(tokens.start + at));
        let hyphens = shape && [1, 3].into_iter().all(|at| self.reading.word(tokens.start + at) == "-");
        hyphens && (tokens.end..tokens.end + 4).any(|at| self.reading.subject(at) == Subject::Account)
    }

    fn after(&self, end: usize) -> Option<About> {
        let reach = (end..end + REACH_AFTER).take_while(|at| self.reading.same_turn(end - 1, *at));
        let named = |at: &usize| self.reading.roles(*at).has(Roles::NAMED) && self.reading.subject(*at).identifies();
        let at = reach.take_while(|at| self.reading.kind(*at) != TokenKind::Number).find(named)?;
        Some(About { subject: self.reading.subject(at), named: true, distance: at - end + 1, ..About::default() })
    }
}
