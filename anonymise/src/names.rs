//! Names of people that nobody told us of: by lists, by what stands around them, and by a small statistical tagger.
//!
//! The tagger ([`features`], [`model`]) says for each word how likely it is part of a name; [`consistency`] brings together
//! what it says of the same word in different places. It reads one turn at a time and keeps nothing from one conversation
//! to the next. Companies, products and places are not sought; one that is called like a person may go.

mod consistency;
mod cues;
mod features;
mod lexicon;
mod model;
pub mod training;
mod words;

use std::sync::LazyLock;

use crate::finding::{Kind, Span};
use crate::text::Document;
use crate::{Known, Language};
use features::Context;
use lexicon::Lexicon;
use model::{BEGIN, INSIDE, Likelihoods, Model, OUTSIDE};
use words::{Gap, Shape, Word};

/// Every word that the lists know; `anonymise/data/README.md` names them.
static LEXICON: Lexicon<'static> = Lexicon::new(include_bytes!("../data/words.bin"));

/// What training found.
static MODEL: LazyLock<Model<'static>> = LazyLock::new(|| Model::new(include_bytes!("../data/tagger.bin")));

/// The rule of what the tagger found.
pub(crate) const TAGGER: &str = "name-tagger";

/// A word that the tagger has looked at.
struct Seen {
    word: Word,
    /// That it is the first word of a name, and that it is a later one.
    likely: [f32; 2],
}

impl Seen {
    fn likelihood(&self) -> f32 {
        self.likely[0] + self.likely[1]
    }
}

/// Finds names of people in a conversation.
pub(crate) fn find(document: &Document, language: Language, _known: &Known) -> Vec<Span> {
    find_with(document, language, LEXICON, *MODEL)
}

/// [`find`] with other weights than the embedded ones: the lab measures with weights that have not seen what they measure.
fn find_with(document: &Document, language: Language, lexicon: Lexicon<'_>, model: Model<'_>) -> Vec<Span> {
    let mut turns = Vec::new();
    for tokens in document.tokens().chunk_by(|before, after| before.turn == after.turn) {
        let words = words::read(document, tokens, lexicon);
        turns.push(tag(document, words, language, model));
    }
    consistency::settle(&mut turns);
    turns.iter().flat_map(|turn| spans(turn)).collect()
}

fn tag(document: &Document, words: Vec<Word>, language: Language, model: Model<'_>) -> Vec<Seen> {
    let context = Context::new(document, &words, language);
    let mut features = Vec::with_capacity(features::PER_WORD_MAX);
    let weigh = |at: usize| -> Likelihoods {
        if context.is_plain(at) {
            return model::certain(OUTSIDE);
        }
        context.features(at, &mut features);
        model.weigh(&features)
    };
    let mut labels: Vec<Likelihoods> = (0..words.len()).map(weigh).collect();
    model.smooth(&mut labels);
    let seen = |(word, labels): (Word, Likelihoods)| Seen { word, likely: [labels[BEGIN], labels[INSIDE]] };
    words.into_iter().zip(labels).map(seen).collect()
}

/// How likely a word must be part of a name to be masked. Far below one half: a name that stays is worse than a word that
/// goes. Everyday words and short forms in capitals must be likelier: they would go too often, and they are seldom names.
fn threshold(word: &Word) -> f32 {
    const EVERYDAY_RANK_MIN: u16 = 4;
    let everyday = word.attributes.english().max(word.attributes.danish()) >= EVERYDAY_RANK_MIN;
    match word.shape {
        Shape::Upper => 0.1,
        Shape::Uncased if everyday => 0.03,
        Shape::Uncased => 0.014,
        _ if everyday && word.gap.opens_sentence() => 0.06,
        _ => 0.016,
    }
}

/// Neighbouring words of a name become one span, with the title before them.
fn spans(turn: &[Seen]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut open = false;
    for (at, seen) in turn.iter().enumerate() {
        let word = &seen.word;
        if seen.likelihood() < threshold(word) {
            open = false;
            continue;
        }
        let joins = open && seen.likely[1] >= seen.likely[0] && touches(word.gap);
        match spans.last_mut() {
            Some(span) if joins => {
                span.end = word.range.end;
                span.confidence = span.confidence.max(seen.likelihood());
            }
            _ => {
                let title = at.checked_sub(1).map(|before| &turn[before].word);
                let title = title.filter(|title| title.cue == cues::TITLE && touches(word.gap));
                let start = title.map_or(word.range.start, |title| title.range.start);
                spans.push(Span::new(start..word.range.end, Kind::Person, TAGGER, seen.likelihood()));
            }
        }
        open = true;
    }
    spans
}

/// Whether what stands between two words lets them be one name.
fn touches(gap: Gap) -> bool {
    matches!(gap, Gap::Space | Gap::Joined | Gap::Hyphen | Gap::Abbreviation | Gap::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(language: Language, text: &str) -> Vec<String> {
        let document = Document::new(text.split('\n'));
        let found = find(&document, language, &Known::default());
        found.into_iter().map(|span| document.text()[span.range()].to_owned()).collect()
    }

    #[test]
    fn names_are_found_in_both_cases() {
        assert_eq!(names(Language::Danish, "Hej, du taler med Signe fra Norlys."), ["Signe"]);
        assert_eq!(names(Language::Danish, "hej jeg hedder mogens lauritsen"), ["mogens lauritsen"]);
        assert_eq!(names(Language::English, "Hi, this is Priya Raman calling about my bill."), ["Priya Raman"]);
        assert_eq!(names(Language::English, "thanks gareth have a nice day"), ["gareth"]);
    }

    #[test]
    fn what_names_stand_beside_is_none() {
        for text in ["Hello, call me on the mobile.", "thanks, call me on it", "Hi there, how are you?"] {
            assert_eq!(names(Language::English, text), Vec::<String>::new(), "{text}");
        }
        for text in ["Hej, tak for det.", "tak skal du have", "Hvad er dit kundenummer?", "den koster toogtres kroner"]
        {
            assert_eq!(names(Language::Danish, text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_title_goes_with_its_name() {
        assert_eq!(names(Language::English, "Good morning, Mrs. Castellano."), ["Mrs. Castellano"]);
        assert_eq!(names(Language::Danish, "taler jeg med fru thygesen"), ["fru thygesen"]);
        assert_eq!(names(Language::English, "Thank you, doctor."), Vec::<String>::new());
    }

    #[test]
    fn the_number_of_a_placeholder_changes_nothing() {
        let weigh = |text: &str| {
            let document = Document::new([text].into_iter());
            let words = words::read(&document, document.tokens(), LEXICON);
            let seen = tag(&document, words, Language::English, *MODEL);
            seen.iter().map(|seen| seen.likely).collect::<Vec<_>>()
        };
        assert_eq!(weigh("Hi [person 1] Maria [phone 2]"), weigh("Hi [person 7] Maria [phone 31]"));
    }
}
