//! Which language a conversation is in, and each of its turns, by the commonest words of both.
//!
//! What a record says is believed unless the words say otherwise: a Danish call centre also answers in English.

/// A language whose numbers, names and contexts are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Danish.
    Danish,
    /// English.
    English,
}

/// Against what a record says, at least so many words must speak …
const AGAINST_MIN: usize = 8;

/// … and so many times as many as speak for it.
const AGAINST_RATIO: usize = 4;

/// A conversation has turns in the other language when that has one common word in so many.
const MIXED_RATIO: usize = 25;

/// A turn is in the other language when so many of its words are, and hardly any of the first.
const TURN_WORDS_MIN: usize = 3;

/// Words that are common in Danish and no word, or a rare one, in English.
pub(crate) const DANISH: &str = "af alt altså dag de den der det dig din dit du ej ellers er et godt gør hej hos hvad hvor hvordan
    ikke ja jeg jo kan kunne lige med mig min mit mod må nej nok nu når og også om på skal som så tak til ved vi vil være";

/// Words that are common in English and no word, or a rare one, in Danish.
pub(crate) const ENGLISH: &str =
    "about an and are but could from good hello i'm it's just my not now okay on please that that's
    the there they this was what will with yes you your is it we me be";

/// How many words speak for each language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// For Danish.
    pub(crate) danish: usize,
    /// For English.
    pub(crate) english: usize,
}

impl Count {
    fn of(self, language: Language) -> usize {
        match language {
            Language::Danish => self.danish,
            Language::English => self.english,
        }
    }

    fn and(self, other: Self) -> Self {
        Self { danish: self.danish + other.danish, english: self.english + other.english }
    }
}

/// The languages of a conversation. What they are depends on the words of its turns and on nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Languages {
    said: Option<Language>,
    /// The words are not asked.
    fixed: bool,
    counts: Vec<Count>,
    main: Language,
    /// That of each turn, where both occur.
    turns: Vec<Language>,
}

impl Languages {
    /// Of a conversation that nothing is known of but how many turns it has, and what a record may say.
    pub(crate) fn new(turns: usize, said: Option<Language>) -> Self {
        let main = said.unwrap_or(Language::Danish);
        Self { said, fixed: false, counts: vec![Count::default(); turns], main, turns: Vec::new() }
    }

    /// Whatever the words say, the language that these are mostly not in.
    pub(crate) fn reversed(&self) -> Self {
        Self { fixed: true, main: self.main.other(), turns: Vec::new(), ..self.clone() }
    }

    /// That of the whole.
    pub(crate) fn main(&self) -> Language {
        self.main
    }

    /// The language of a turn.
    pub(crate) fn of_turn(&self, turn: usize) -> Language {
        self.turns.get(turn).copied().unwrap_or(self.main)
    }

    /// Every language that some turn is in.
    pub(crate) fn present(&self) -> impl Iterator<Item = Language> + '_ {
        let other = self.main.other();
        [self.main].into_iter().chain(self.turns.contains(&other).then_some(other))
    }

    /// Takes note of the words of some turns, and decides anew.
    pub(crate) fn hear(&mut self, counts: impl Iterator<Item = (usize, Count)>) {
        for (turn, count) in counts {
            self.counts[turn] = count;
        }
        if self.fixed {
            return;
        }
        let all = self.counts.iter().fold(Count::default(), |all, count| all.and(*count));
        let heard = if all.english > all.danish { Language::English } else { Language::Danish };
        let against = |said: Language| {
            let (others, own) = (all.of(said.other()), all.of(said));
            others >= AGAINST_MIN && others >= own * AGAINST_RATIO
        };
        self.main = self.said.filter(|said| !against(*said)).unwrap_or(heard);
        let (others, own) = (all.of(self.main.other()), all.of(self.main));
        let mixed = others >= TURN_WORDS_MIN && others * MIXED_RATIO >= own;
        self.turns = if mixed { self.by_turn() } else { Vec::new() };
    }

    /// The language of each turn. One that says too little goes on in the language of the turn before.
    fn by_turn(&self) -> Vec<Language> {
        let mut current = self.main;
        let language = |count: &Count| {
            let (others, own) = (count.of(self.main.other()), count.of(self.main));
            current = match () {
                () if others >= TURN_WORDS_MIN && others >= own * AGAINST_RATIO => self.main.other(),
                () if own > others => self.main,
                () => current,
            };
            current
        };
        self.counts.iter().map(language).collect()
    }
}

impl Language {
    fn other(self) -> Self {
        match self {
            Self::Danish => Self::English,
            Self::English => Self::Danish,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::Reading;
    use crate::text::Document;

    fn languages(said: Option<Language>, turns: &[&str]) -> Languages {
        let mut languages = Languages::new(turns.len(), said);
        Reading::new(&Document::new(turns.iter().copied()), &mut languages);
        languages
    }

    #[test]
    fn a_sentence_is_enough() {
        let main = |text| languages(None, &[text]).main;
        assert_eq!(main("Hej, det er Peter fra Evida, jeg ringer om dit forbrug"), Language::Danish);
        assert_eq!(main("my name is peter and I'm calling about the bill"), Language::English);
        assert_eq!(main("there is a question"), Language::English);
        assert_eq!(main(""), Language::Danish);
    }

    #[test]
    fn the_words_outweigh_the_record() {
        let english = "hello my name is peter and i'm calling about the bill that you sent me from the office";
        assert_eq!(languages(Some(Language::Danish), &[english]).main, Language::English);
        assert_eq!(languages(Some(Language::Danish), &["okay, yes please"]).main, Language::Danish);
    }

    #[test]
    fn a_guest_speaks_english_until_danish_is_spoken_again() {
        use Language::{Danish, English};
        let turns = [
            "goddag du taler med mette hvad kan jeg hjælpe dig med i dag",
            "hello yes could you please tell me what my balance is",
            "sure",
            "oh seven seven",
            "",
            "så er det tilbage til dig jeg ved ikke hvad det er",
        ];
        let languages = languages(Some(Danish), &turns);
        let all: Vec<_> = (0..6).map(|turn| languages.of_turn(turn)).collect();
        assert_eq!((languages.main, all), (Danish, vec![Danish, English, English, English, English, Danish]));
    }
}
