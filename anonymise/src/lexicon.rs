//! What words mean to the detectors of numbers: figures, fillers, repairs, units, and what a number is about.
//!
//! One look-up for each word of a conversation, in the table of its language. Knows nothing of names.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use crate::Language;
use crate::language::{self, Count, Languages};
use crate::text::{Document, Token, TokenKind};
use crate::words::WordHasher;

mod danish;
mod english;

pub(crate) use danish::is_thing;

/// The part of a spoken number that one word is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Figure {
    /// No number.
    #[default]
    None,
    /// 0 to 9.
    Digit(u8),
    /// 10 to 19.
    Teen(u8),
    /// 20, 30 … 90.
    Tens(u8),
    /// 21 … 99 in one word.
    Pair(u8),
    /// A longer number in one word: *tohundredeogfem*.
    Whole(u32),
    /// *hundrede*, *hundred*.
    Hundred,
    /// *tusind*, *thousand*.
    Thousand,
    /// *million*.
    Million,
    /// *double*, *triple*: the next digit so many times.
    Times(u8),
}

/// What a number near a word is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Nothing that helps.
    #[default]
    None,
    /// A telephone number.
    Phone,
    /// A CPR number and its kin.
    NationalId,
    /// A bank account.
    Account,
    /// A payment card.
    Card,
    /// A business registration number.
    Cvr,
    /// A customer, case, order, policy, meter or member number.
    Customer,
    /// Some number of somebody: *mit nummer*.
    Number,
    /// Money.
    Amount,
    /// What a meter shows.
    Reading,
    /// A time, a date, a year, a duration.
    Time,
    /// A product, a version, an error: its number is everybody's.
    Product,
}

impl Subject {
    /// Whether the number identifies somebody.
    pub(crate) fn identifies(self) -> bool {
        use Subject::{Account, Card, Customer, Cvr, NationalId, Number, Phone};
        matches!(self, Phone | NationalId | Account | Card | Cvr | Customer | Number)
    }
}

/// Roles that a word can have beside a number; more than one is possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roles(u32);

impl Roles {
    /// May lie between the parts of a number: *øh*, *og så*.
    pub(crate) const FILLER: Self = Self(1);
    /// A turn of nothing else does not interrupt: *ja*, *mm*, *go on*.
    pub(crate) const NOD: Self = Self(2);
    /// Takes back what was said: *nej undskyld*.
    pub(crate) const REPAIR: Self = Self(4);
    /// After a number, makes it a quantity: *kroner*, *dage*.
    pub(crate) const UNIT: Self = Self(8);
    /// Between numbers, makes them a decimal: *komma*, *point*.
    pub(crate) const DECIMAL: Self = Self(16);
    /// A month.
    pub(crate) const MONTH: Self = Self(32);
    /// First to thirty-first.
    pub(crate) const ORDINAL: Self = Self(64);
    /// A mark said aloud between digits: *bindestreg*, *dash*.
    pub(crate) const MARK: Self = Self(128);
    /// What follows is the end of an identifier, however short: *slutter på*, *ending in*.
    pub(crate) const ENDING: Self = Self(256);
    /// Joins units and tens: *og*.
    pub(crate) const AND: Self = Self(512);
    /// A figure that is also another word: *en*, *et*.
    pub(crate) const WEAK: Self = Self(1024);
    /// A letter's name in a spelling alphabet, or what introduces one: *som i*, *as in*.
    pub(crate) const GLOSS: Self = Self(2048);
    /// A word of grammar; it is no noun that a number could count.
    pub(crate) const GRAMMAR: Self = Self(4096);
    /// Says outright that a number follows: *kundenummer*, *cpr*, *number*.
    pub(crate) const NAMED: Self = Self(8192);
    /// Right before a number, makes it a quantity or a time: *omkring*, *between*.
    pub(crate) const MEASURE: Self = Self(16384);
    /// Said for `@`: *snabel*.
    pub(crate) const AT: Self = Self(1 << 15);
    /// Asks for spelling, or for a name: *staves*, *surname*.
    pub(crate) const SPELLS: Self = Self(1 << 16);
    /// Tells that an address comes: *bor*, *postcode*.
    pub(crate) const LIVES: Self = Self(1 << 17);
    /// What a street's name ends with, and hardly anything else beside a number: *street*.
    pub(crate) const STREET: Self = Self(1 << 18);
    /// What a street's name may end with: *close*.
    pub(crate) const MAYBE_STREET: Self = Self(1 << 19);
    /// Speaks for Danish.
    pub(crate) const DANISH: Self = Self(1 << 20);
    /// Speaks for English.
    pub(crate) const ENGLISH: Self = Self(1 << 21);
    /// Stands for its first letter in the radio alphabet: *lima*, *delta*.
    pub(crate) const ALPHABET: Self = Self(1 << 22);
    /// Names nobody, whatever it looks like: *router*, *kundenummer*.
    pub(crate) const NOBODY: Self = Self(1 << 23);

    /// Whether all of these roles are among them.
    pub(crate) fn has(self, roles: Self) -> bool {
        self.0 & roles.0 == roles.0
    }

    /// Whether any of these roles is among them.
    pub(crate) fn has_any(self, roles: Self) -> bool {
        self.0 & roles.0 != 0
    }

    /// These roles and those.
    pub(crate) const fn and(self, roles: Self) -> Self {
        Self(self.0 | roles.0)
    }
}

/// The radio alphabet (ICAO, annex 10), which both languages use.
const ALPHABET: &str =
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar
    papa quebec romeo sierra tango uniform victor whiskey whisky xray ray yankee zulu";

/// What has digits in it has at most so many tokens beside them that are not joined to them.
const AROUND_DIGITS_TOKENS: usize = 3;

/// Everything the table says about a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The number it is, or is a part of.
    pub(crate) figure: Figure,
    /// What it does beside a number.
    pub(crate) roles: Roles,
    /// What it says a number is about.
    pub(crate) subject: Subject,
}

/// The words of a language.
pub(crate) struct Lexicon {
    entries: HashMap<String, Entry, BuildHasherDefault<WordHasher>>,
    /// Finds out words that are made up of others.
    compound: fn(&str) -> Entry,
}

impl Lexicon {
    /// The table of a language.
    pub(crate) fn of(language: Language) -> &'static Self {
        static DANISH: LazyLock<Lexicon> = LazyLock::new(danish::lexicon);
        static ENGLISH: LazyLock<Lexicon> = LazyLock::new(english::lexicon);
        match language {
            Language::Danish => &DANISH,
            Language::English => &ENGLISH,
        }
    }

    fn new(compound: fn(&str) -> Entry) -> Self {
        let mut lexicon = Self { entries: HashMap::default(), compound };
        lexicon.roles(Roles::DANISH, language::DANISH);
        lexicon.roles(Roles::ENGLISH, language::ENGLISH);
        lexicon.roles(Roles::ALPHABET, ALPHABET);
        lexicon
    }

    /// What a lower-case word means.
    pub(crate) fn entry(&self, word: &str) -> Entry {
        match self.entries.get(word) {
            Some(entry) => *entry,
            None if word.len() >= 6 => (self.compound)(word),
            None => Entry::default(),
        }
    }

    fn read(&self, document: &Document, token: &Token) -> Entry {
        match token.kind {
            TokenKind::Word => self.entry(document.word(token)),
            _ => Entry::default(),
        }
    }

    fn figure(&mut self, word: impl Into<String>, figure: Figure) {
        self.entries.entry(word.into()).or_default().figure = figure;
    }

    fn roles(&mut self, roles: Roles, words: &str) {
        for word in words.split_whitespace() {
            // A word that gets a role keeps what its parts say.
            let entry = self.entries.entry(word.to_owned()).or_insert_with(|| (self.compound)(word));
            entry.roles = entry.roles.and(roles);
        }
    }

    fn subject(&mut self, subject: Subject, words: &str) {
        for word in words.split_whitespace() {
            let entry = self.entries.entry(word.to_owned()).or_default();
            entry.subject = subject;
            if subject.identifies() && word.contains("num") {
                entry.roles = entry.roles.and(Roles::NAMED);
            }
        }
    }
}

/// A conversation with what its words mean: what the detectors of numbers read.
pub(crate) struct Reading<'d> {
    /// The conversation.
    pub(crate) document: &'d Document,
    /// Whose words count, turn by turn.
    pub(crate) languages: &'d Languages,
    /// One for each token; numbers, marks and placeholders have an empty one.
    entries: Vec<Entry>,
}

impl<'d> Reading<'d> {
    /// Looks every word up, and finds out by the words which language each turn is in.
    pub(crate) fn new(document: &'d Document, languages: &'d mut Languages) -> Self {
        let guess = languages.main();
        let lexicon = Lexicon::of(guess);
        let mut entries: Vec<Entry> = document.tokens().iter().map(|token| lexicon.read(document, token)).collect();
        languages.hear(counts(document, &entries).into_iter());
        for (token, entry) in document.tokens().iter().zip(&mut entries) {
            let language = languages.of_turn(token.turn as usize);
            if language != guess {
                *entry = Lexicon::of(language).read(document, token);
            }
        }
        Self { document, languages, entries }
    }

    /// The language of the turn of a token.
    pub(crate) fn language(&self, at: usize) -> Language {
        self.tokens().get(at).map_or(self.languages.main(), |token| self.languages.of_turn(token.turn as usize))
    }

    /// All tokens.
    pub(crate) fn tokens(&self) -> &'d [Token] {
        self.document.tokens()
    }

    /// A token in lower case; empty past the end.
    pub(crate) fn word(&self, at: usize) -> &'d str {
        self.tokens().get(at).map_or("", |token| self.document.word(token))
    }

    /// The number that a token is a part of.
    pub(crate) fn figure(&self, at: usize) -> Figure {
        self.entries.get(at).map_or(Figure::None, |entry| entry.figure)
    }

    /// What a token does beside a number.
    pub(crate) fn roles(&self, at: usize) -> Roles {
        self.entries.get(at).map_or(Roles::default(), |entry| entry.roles)
    }

    /// What a token says numbers are about.
    pub(crate) fn subject(&self, at: usize) -> Subject {
        self.entries.get(at).map_or(Subject::None, |entry| entry.subject)
    }

    /// Whether a later token exists and is in the same turn.
    pub(crate) fn same_turn(&self, from: usize, at: usize) -> bool {
        let tokens = self.tokens();
        tokens.get(at).is_some_and(|token| token.turn == tokens[from].turn)
    }

    /// What kind of token it is; a mark past the end.
    pub(crate) fn kind(&self, at: usize) -> TokenKind {
        self.tokens().get(at).map_or(TokenKind::Mark, |token| token.kind)
    }

    /// The bytes around everything written in digits, with so many tokens on either side and whatever is joined to them:
    /// where expressions that need digits are worth trying.
    pub(crate) fn around_digits(&self) -> Vec<std::ops::Range<usize>> {
        let tokens = self.tokens();
        let mut windows: Vec<std::ops::Range<usize>> = Vec::new();
        let mut past = 0;
        for at in (0..tokens.len()).filter(|at| tokens[*at].kind == TokenKind::Number) {
            if at < past {
                continue;
            }
            let mut first = at.saturating_sub(AROUND_DIGITS_TOKENS).max(past);
            while first > past && tokens[first].joined {
                first -= 1;
            }
            let mut end = at + 1;
            let mut left = AROUND_DIGITS_TOKENS;
            while let Some(token) = tokens.get(end).filter(|token| token.turn == tokens[at].turn) {
                match token.kind {
                    TokenKind::Number => left = AROUND_DIGITS_TOKENS,
                    _ if token.joined => {}
                    _ if left == 0 => break,
                    _ => left -= 1,
                }
                end += 1;
            }
            while tokens[first].turn != tokens[at].turn {
                first += 1;
            }
            past = end;
            windows.push(self.bytes(first..end));
        }
        windows
    }

    /// The bytes from one token to before another.
    pub(crate) fn bytes(&self, tokens: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let list = self.tokens();
        list[tokens.start].start as usize..list[tokens.end - 1].end as usize
    }
}

/// How many words of each turn speak for each language.
fn counts(document: &Document, entries: &[Entry]) -> Vec<(usize, Count)> {
    let mut counts: Vec<(usize, Count)> = Vec::with_capacity(document.turn_count());
    for (token, entry) in document.tokens().iter().zip(entries) {
        let turn = token.turn as usize;
        if counts.last().is_none_or(|(last, _)| *last != turn) {
            counts.push((turn, Count::default()));
        }
        if let Some((_, count)) = counts.last_mut() {
            count.danish += usize::from(entry.roles.has(Roles::DANISH));
            count.english += usize::from(entry.roles.has(Roles::ENGLISH));
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danish_figures() {
        let danish = Lexicon::of(Language::Danish);
        let figure = |word| danish.entry(word).figure;
        assert_eq!(figure("femogtyve"), Figure::Pair(25));
        assert_eq!(figure("enoghalvfemsindstyve"), Figure::Pair(91));
        assert_eq!(figure("toogtres"), Figure::Pair(62));
        assert_eq!(figure("tohundrede"), Figure::Whole(200));
        assert_eq!(figure("nittenhundredefireogfirs"), Figure::Whole(1984));
        assert_eq!(figure("tretusindfirehundredeogtolv"), Figure::Whole(3412));
        assert_eq!(figure("hundredetusind"), Figure::Whole(100_000));
        assert_eq!(figure("tusindfryd"), Figure::None);
        assert_eq!(figure("hundredevis"), Figure::None);
        assert_eq!(figure("nioogtredive"), Figure::Pair(39));
        assert_eq!(figure("togvogn"), Figure::None);
    }

    #[test]
    fn danish_compounds_tell_what_a_number_is_about() {
        let danish = Lexicon::of(Language::Danish);
        let subject = |word| danish.entry(word).subject;
        assert_eq!(subject("policenummeret"), Subject::Customer);
        assert_eq!(subject("telefonnummer"), Subject::Phone);
        assert_eq!(subject("varmemåleraflæsningen"), Subject::Reading);
        assert_eq!(subject("husnummer"), Subject::None);
    }
}
